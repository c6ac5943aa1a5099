//! `at step:2000 stop`: a command scheduled for a later step or epoch. Everything that can be sent to a worker now can
//! be scheduled.

use crate::{
    run::{
        command::{Order, When},
        order_syntax,
        schedule::when_text,
    },
    spec::TUNABLES,
    tui::{
        actions::{self, confirmations},
        state::app::{App, Effect},
    },
    units::significant,
};

/// Orders that need no more words.
const PLAIN: [(&str, Order); 5] = [
    ("checkpoint", Order::Checkpoint),
    ("evaluate", Order::Evaluate),
    ("pause", Order::Pause),
    ("resume", Order::Resume),
    ("stop", Order::Stop),
];

/// Sends it, or asks first where it ends something.
///
/// # Errors
/// When the words are not of this form, or the time has passed.
pub fn done(app: &mut App, words: &str) -> Result<Vec<Effect>, String> {
    let (when, rest) = words.split_once(' ').unwrap_or((words, ""));
    let when = order_syntax::when(when)?;
    let passed = app.run().is_some_and(|run| match when {
        When::Now => false,
        When::Step(step) => step <= run.step,
        // The current epoch has started already, so it cannot be waited for.
        When::Epoch(epoch) => epoch as f64 <= run.epoch,
    });
    if passed {
        let run = app.run().map_or((0, 0.0), |r| (r.step, r.epoch));
        return Err(format!(
            "at {}: the run is already at step {}, epoch {:.2}",
            words.split_whitespace().next().unwrap_or_default(),
            run.0,
            run.1
        ));
    }
    let order = order(rest.trim())?;
    match order {
        Order::Stop => {
            confirmations::ask_to_stop(app, when);
            Ok(Vec::new())
        }
        order => Ok(actions::sending::send(app, order, when)),
    }
}

fn order(words: &str) -> Result<Order, String> {
    let (name, rest) = words.split_once(' ').unwrap_or((words, ""));
    if let Some((_, order)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
        return match rest.trim() {
            "" => Ok(order.clone()),
            more => Err(format!("at: {name} takes no arguments, found {more:?}")),
        };
    }
    match name {
        "set" => order_syntax::set(rest),
        "ramp" => order_syntax::ramp(rest.trim()),
        _ => Err("at: say when and what, such as at epoch:5 set lambda=0.01 or at step:2000 stop".into()),
    }
}

/// What could be typed next, with what it means.
pub fn completions(app: &App, typed: &str) -> Vec<(String, String)> {
    let mut parts = typed.splitn(3, ' ');
    let (when, order, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let Some(order) = order else {
        let run = app.run().map_or((0, 0.0), |r| (r.step, r.epoch));
        let next = [
            (When::Epoch(run.1 as u64 + 1), format!("epoch:{}", run.1 as u64 + 1)),
            (When::Step(run.0 + 100), format!("step:{}", run.0 + 100)),
        ];
        let fits = |(_, text): &(When, String)| text.starts_with(when) || when.is_empty();
        return next
            .into_iter()
            .filter(fits)
            .map(|(when, text)| (text, when_text(when)))
            .collect();
    };
    match (order, rest) {
        ("set" | "ramp", Some(rest)) => {
            let last = rest.rsplit(' ').next().unwrap_or(rest);
            let before = &typed[..typed.len() - last.len()];
            TUNABLES
                .iter()
                .filter(|t| !last.contains('=') && t.key.contains(last))
                .map(|t| {
                    let now = app.current(t.key).map(significant);
                    let now = now.map_or_else(String::new, |v| format!("now {v}"));
                    (format!("{before}{}=", t.key), now)
                })
                .collect()
        }
        (_, Some(_)) => Vec::new(),
        (prefix, None) => {
            let names = PLAIN.iter().map(|(name, _)| *name).chain(["set", "ramp"]);
            let fits = names.filter(|n| n.starts_with(prefix));
            fits.map(|n| (format!("{when} {n}"), String::new())).collect()
        }
    }
}
