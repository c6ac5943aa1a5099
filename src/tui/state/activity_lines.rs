//! The text of a line of the activity, for the screen and for copying. Pure.

use super::{
    activity::{Row, is_coming, rows},
    app::App,
};
use crate::{
    run::{clock, command::Order, text::clean},
    tui::{
        model::{
            activity::What,
            commands::{CommandState, PendingCommand},
        },
        terminal::clipboard,
    },
};

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Done,
    /// Not known yet.
    Open,
    /// It was refused, or did not work.
    Refused,
    /// An alert.
    Alert,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Time of day, in the zone in which times are shown; empty for what is not recorded yet.
    pub clock: String,
    /// Optimiser steps done then, where that is known.
    pub step: String,
    /// Who asked for it; empty for what the worker did by itself.
    pub author: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What it was.
    pub words: String,
    /// The outcome.
    pub answer: String,
}

/// What a line says.
pub fn said(app: &App, row: &Row) -> Said {
    let at = |time: &str| clock::shown(time, "%H:%M:%S").unwrap_or_default();
    let (clock, step, author) = match row {
        Row::Pending(_) => (String::new(), String::new(), "this screen"),
        Row::Done(d) => (at(&d.time), d.step.to_string(), "this screen"),
        Row::Recorded(e) => (at(&e.time), e.step.to_string(), e.author.as_str()),
    };
    let (verdict, words, answer) = ended(app, row);
    Said {
        clock,
        step,
        author: author.to_string(),
        verdict,
        words,
        answer,
    }
}

fn ended(app: &App, row: &Row) -> (Verdict, String, String) {
    let pending = match row {
        Row::Pending(pending) => pending,
        Row::Done(doing) => {
            let (verdict, answer) = match &doing.outcome {
                None => (Verdict::Open, "started"),
                Some(Ok(what)) => (Verdict::Done, what.as_str()),
                Some(Err(why)) => (Verdict::Refused, why.as_str()),
            };
            return (verdict, doing.words(), answer.to_string());
        }
        Row::Recorded(entry) => match &entry.what {
            What::Command(pending) => pending,
            What::Removed(which) => return (Verdict::Done, "retention".into(), which.clone()),
            What::Alert { kind, why } => return (Verdict::Alert, kind.clone(), why.clone()),
        },
    };
    let (verdict, answer) = match &pending.state {
        CommandState::Sending => (Verdict::Open, "sending".into()),
        CommandState::Sent => (Verdict::Open, "sent; the worker has not answered".into()),
        CommandState::Accepted if pending.id.as_deref().is_some_and(|id| is_coming(app, id)) => {
            (Verdict::Open, "accepted; u cancels it".into())
        }
        CommandState::Accepted => (Verdict::Open, "received; no answer yet".into()),
        state => {
            let verdict = if state.is_bad() {
                Verdict::Refused
            } else {
                Verdict::Done
            };
            (verdict, pending.outcome().unwrap_or_default())
        }
    };
    (verdict, words(pending), answer)
}

fn words(pending: &PendingCommand) -> String {
    match &pending.order {
        Order::Annotate { text } => format!("remark: {}", clean(text)),
        _ => pending.words(),
    }
}

/// Every line, newest first, with tabs between its parts; as many as a clipboard takes.
pub fn copied(app: &App) -> String {
    let mut text = format!("time ({})\tstep\tby\tcommand\toutcome\n", clock::zone_name());
    for row in rows(app) {
        let said = said(app, &row);
        let parts = [said.clock, said.step, said.author, said.words, said.answer];
        // Typed text must not contain tabs.
        let line = parts.map(|p| clean(&p).into_owned()).join("\t");
        if text.len() + line.len() + 1 > clipboard::MOST {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}
