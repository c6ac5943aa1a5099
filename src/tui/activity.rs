//! Every command a run was given and what became of it, whoever gave it, and its alerts: folded from the run's own events
//! and the worker's answers; wishes of this session that the worker has not taken yet come first. Pure.

mod said;

pub use said::{Said, Verdict, copied, is_coming, said};

use super::{
    app::{App, Layer},
    doings::Doing,
    model::Seen,
    wishes::{Fate, Wish},
};
use crate::run::{
    checkpoint::step_of,
    command::{Order, When},
    event::{Event, Happening},
    history::removed_words,
    text::clean,
};
use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
};

/// The most entries remembered, about 300 bytes each; the oldest go.
const MOST: usize = 2000;

/// The most commands whose answers are looked for at once: a file each, at every look.
const MOST_ASKED: usize = 100;

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, RFC 3339 UTC.
    pub time: String,
    /// Optimiser steps done then.
    pub step: u64,
    /// Who wished it; empty for what the worker did by itself.
    pub author: String,
    /// What it is about.
    pub what: What,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A command and its answer.
    Command(Wish),
    /// Older checkpoints were removed, by `checkpoint.keep` or by hand; which.
    Removed(String),
    /// Something a person should look at.
    Alert {
        /// A short name.
        kind: String,
        /// A sentence.
        why: String,
    },
}

/// What is shown as one line.
pub enum Row<'a> {
    /// A wish of this session that the record does not know yet.
    Wished(&'a Wish),
    /// What the run recorded.
    Recorded(&'a Entry),
    /// What this screen did by itself.
    Done(&'a Doing),
}

impl<'a> Row<'a> {
    /// The command, if it is one.
    pub fn command(&self) -> Option<&'a Wish> {
        match self {
            Row::Wished(wish) => Some(wish),
            Row::Recorded(entry) => entry.command(),
            Row::Done(_) => None,
        }
    }
}

impl Entry {
    fn command(&self) -> Option<&Wish> {
        match &self.what {
            What::Command(wish) => Some(wish),
            What::Alert { .. } | What::Removed(_) => None,
        }
    }
}

/// What the record says, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    entries: VecDeque<Entry>,
}

impl Activity {
    /// Folds news in.
    pub fn tell(&mut self, seen: &Seen) {
        if seen.reset || seen.manifest.is_some() {
            self.entries.clear();
        }
        seen.events.iter().for_each(|e| self.happened(e));
        for answer in &seen.answers {
            if let Some(wish) = self.find(&answer.id) {
                wish.answered(answer);
            }
        }
    }

    /// Ids of the newest commands that nothing recorded says the end of: their answers tell.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        let commands = self.entries.iter().rev().filter_map(Entry::command);
        let open = commands.filter(|w| w.fate.is_open());
        open.filter_map(|w| w.id.as_deref()).take(MOST_ASKED)
    }

    /// What a command ordered, if it is remembered.
    pub fn order(&self, id: &str) -> Option<&Order> {
        let mut commands = self.entries.iter().rev().filter_map(Entry::command);
        commands.find(|w| w.id.as_deref() == Some(id)).map(|w| &w.order)
    }

    /// What a command changed, as far as it is recorded: each value before it and after it.
    pub fn changes(&self, id: &str) -> Vec<(String, f64, f64)> {
        let mut commands = self.entries.iter().rev().filter_map(Entry::command);
        let fate = commands.find(|w| w.id.as_deref() == Some(id)).map(|w| &w.fate);
        let Some(Fate::Applied { changes, .. }) = fate else {
            return Vec::new();
        };
        // A ramp is recorded where it begins and where it ends: it is taken back to before its beginning.
        let mut whole: Vec<(String, f64, f64)> = Vec::new();
        for (key, old, new) in changes {
            match whole.iter_mut().find(|(k, ..)| k == key) {
                Some(known) => known.2 = *new,
                None => whole.push((key.clone(), *old, *new)),
            }
        }
        whole
    }

    fn happened(&mut self, event: &Event) {
        match &event.what {
            // A resumed worker obeys again what came after its checkpoint: that is the same command.
            Happening::Received { command } if self.find(&command.id).is_none() => {
                let wish = recorded(command.id.clone(), command.order.clone(), command.when);
                self.push(event, clean(&command.author).into_owned(), What::Command(wish));
            }
            Happening::Applied { command, key, new, .. } => {
                if self.find(command).is_none() {
                    // Written by a program that did not record commands whole.
                    let changes = vec![(key.clone(), *new)];
                    let wish = recorded(command.clone(), Order::Set { changes }, When::Now);
                    self.push(event, String::new(), What::Command(wish));
                }
                self.ended(command, event);
            }
            Happening::Rejected { command, .. } => self.ended(command, event),
            Happening::Pruned { checkpoints } => {
                let steps: Vec<u64> = checkpoints.iter().filter_map(|c| step_of(Path::new(c))).collect();
                self.push(event, String::new(), What::Removed(removed_words(&steps)));
            }
            Happening::Alert { kind, why } => {
                let (kind, why) = (clean(kind).into_owned(), clean(why).into_owned());
                self.push(event, String::new(), What::Alert { kind, why });
            }
            _ => {}
        }
    }

    fn push(&mut self, event: &Event, author: String, what: What) {
        if self.entries.len() >= MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            time: clean(&event.time).into_owned(),
            step: event.step,
            author,
            what,
        });
    }

    /// The command of an id; the newest are looked at first, since answers follow soon.
    fn find(&mut self, id: &str) -> Option<&mut Wish> {
        let commands = self.entries.iter_mut().rev().filter_map(|e| match &mut e.what {
            What::Command(wish) => Some(wish),
            What::Alert { .. } | What::Removed(_) => None,
        });
        commands.into_iter().find(|w| w.id.as_deref() == Some(id))
    }

    fn ended(&mut self, id: &str, event: &Event) {
        if let Some(wish) = self.find(id) {
            wish.happened(event);
        }
    }
}

fn recorded(id: String, order: Order, when: When) -> Wish {
    Wish {
        ticket: 0,
        job: PathBuf::new(),
        order,
        when,
        before: Vec::new(),
        id: Some(id),
        fate: Fate::Accepted,
    }
}

/// What is listed, newest first: wishes that the worker has not taken, then what the run recorded and this screen did.
pub fn rows(app: &App) -> Vec<Row<'_>> {
    let Some(detail) = app.detail() else { return Vec::new() };
    let recorded = &detail.activity.entries;
    let known: HashSet<&str> = recorded.iter().filter_map(|e| e.command()?.id.as_deref()).collect();
    let is_known = |w: &Wish| w.id.as_deref().is_some_and(|id| known.contains(id));
    let wished = app.wishes.of(&detail.dir).filter(|w| !is_known(w)).map(Row::Wished);
    let mut done = app.doings.of(&detail.dir).rev().peekable();
    let mut rows: Vec<Row> = wished.collect();
    for entry in recorded.iter().rev() {
        while let Some(doing) = done.next_if(|d| d.time.is_empty() || d.time > entry.time) {
            rows.push(Row::Done(doing));
        }
        rows.push(Row::Recorded(entry));
    }
    rows.extend(done.map(Row::Done));
    rows
}

/// The id of the selected command, if its changes can be taken back; else why not.
pub fn undoable(app: &App) -> Result<String, &'static str> {
    let Some(Layer::Activity { row }) = app.screen() else {
        return Err("choose a change in the activity: H");
    };
    match rows(app).into_iter().rev().nth(*row).map(|row| row.command()) {
        None => Err("nothing has been asked of this run yet"),
        Some(None) => Err("only a change of a value can be taken back"),
        Some(Some(wish)) => match (&wish.fate, &wish.id) {
            (Fate::Applied { changes, .. }, Some(id)) if !changes.is_empty() => Ok(id.clone()),
            (Fate::Accepted, Some(id)) if is_coming(app, id) => Ok(id.clone()),
            _ => Err("only an applied change can be taken back, or what is still to come"),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        run::{
            command::{Answer, Command, Order, Verdict, When},
            event::{Event, Happening},
        },
        tui::{
            app::{App, Effect},
            fixture,
            model::Seen,
            snapshot::{draw, text},
            watcher::Interest,
        },
    };

    fn event(step: u64, what: Happening) -> Event {
        Event {
            time: "2026-11-23T09:51:30.000Z".into(),
            step,
            wall: 260.0,
            what,
        }
    }

    fn received(id: &str, order: Order) -> Event {
        let command = Command {
            id: id.into(),
            author: "lise@meitner".into(),
            time: "2026-11-23T09:51:30.000Z".into(),
            expires: None,
            when: When::Now,
            order,
        };
        event(1250, Happening::Received { command })
    }

    fn pressed_after(events: Vec<Event>, keys: &str) -> (String, Vec<Effect>) {
        let mut app = fixture::app(120, 40, false);
        let seen = Seen {
            events,
            ..Seen::default()
        };
        fixture::tell(&mut app, seen);
        let effects = fixture::press(&mut app, keys);
        (text(&draw(&app)), effects)
    }

    #[test]
    fn a_command_of_another_person_is_shown_with_its_answer_and_can_be_undone() {
        let changes = vec![("objective.lambda".to_string(), 0.01)];
        let applied = Happening::Applied {
            command: "01B".into(),
            key: "objective.lambda".into(),
            old: 0.005,
            new: 0.01,
        };
        let events = vec![received("01B", Order::Set { changes }), event(1251, applied)];
        let (drawn, _) = pressed_after(events.clone(), "H");
        assert!(drawn.contains("lise@meitner"), "{drawn}");
        assert!(drawn.contains("λ 0.005 → 0.01"), "{drawn}");
        assert!(drawn.contains("12 losses were NaN and skipped"), "{drawn}");
        let (_, effects) = pressed_after(events, "H u");
        let undo = Order::Undo { id: Some("01B".into()) };
        assert!(
            matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo),
            "{effects:?}"
        );
    }

    #[test]
    fn what_somebody_else_asked_for_counts_as_done_once_the_worker_answers() {
        let mut app = fixture::app(120, 40, false);
        let asked = Seen {
            events: vec![received("01C", Order::Checkpoint)],
            ..Seen::default()
        };
        fixture::tell(&mut app, asked);
        let awaited = |app: &App| Interest::of(app).open.iter().any(|(_, id)| id == "01C");
        assert!(!awaited(&app), "nobody looks at it");
        fixture::press(&mut app, "H");
        assert!(awaited(&app) && text(&draw(&app)).contains("received; no answer yet"));
        let answer = Answer {
            id: "01C".into(),
            result: Verdict::Applied,
            step: 1251,
            time: "2026-11-23T09:51:31.000Z".into(),
            changes: Vec::new(),
            why: String::new(),
        };
        let answered = Seen {
            answers: vec![answer],
            ..Seen::default()
        };
        fixture::tell(&mut app, answered);
        assert!(!awaited(&app) && text(&draw(&app)).contains("applied at step 1251"));
    }

    #[test]
    fn what_retention_removed_is_listed() {
        let gone = |step: u64| format!("/c/r/step-{step:09}");
        let pruned = Happening::Pruned {
            checkpoints: vec![gone(120), gone(240)],
        };
        let (drawn, _) = pressed_after(vec![event(360, pruned)], "H");
        assert!(drawn.contains("removed the checkpoints of steps 120, 240"), "{drawn}");
    }

    #[test]
    fn a_refusal_says_why_and_cannot_be_undone() {
        let why = "objective.lambda is 9, allowed is 0 to 1".to_string();
        let rejected = Happening::Rejected {
            command: "01D".into(),
            why,
        };
        let set = Order::Set {
            changes: vec![("objective.lambda".into(), 9.0)],
        };
        let events = vec![received("01D", set), event(1250, rejected)];
        let (drawn, effects) = pressed_after(events, "H u");
        assert!(drawn.contains("allowed is 0 to 1"), "{drawn}");
        assert!(drawn.contains("only an applied change"), "{drawn}");
        assert!(effects.is_empty());
    }

    #[test]
    fn what_is_selected_stays_so_while_others_go_on_asking() {
        let tweak = |id: &str, new| Happening::Applied {
            command: id.into(),
            key: "objective.lambda".into(),
            old: 0.005,
            new,
        };
        let mut app = fixture::app(120, 40, false);
        let told = |event| Seen {
            events: vec![event],
            ..Seen::default()
        };
        fixture::tell(&mut app, told(event(1250, tweak("01E", 0.01))));
        fixture::press(&mut app, "H");
        fixture::tell(&mut app, told(event(1260, tweak("01F", 0.02))));
        let undo = |id: &str| Order::Undo { id: Some(id.into()) };
        // The newer change of the same value is named before it is overridden.
        assert_eq!(fixture::press(&mut app, "u"), []);
        let drawn = text(&draw(&app)).replace('\n', " ");
        assert!(drawn.contains("Undo λ 0.005 → 0.01 of"), "{drawn}");
        assert!(drawn.contains("λ 0.005 → 0.02 stands since step 1260 (set)"), "{drawn}");
        assert_eq!(fixture::press(&mut app, "n"), []);
        let effects = fixture::press(&mut app, "u y");
        assert!(matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo("01E")));
        let effects = fixture::press(&mut app, "k u");
        assert!(matches!(&effects[..], [Effect::Send { order, .. }] if *order == undo("01F")));
    }

    #[test]
    fn a_wish_of_this_screen_stands_first_until_the_worker_takes_it() {
        let (drawn, effects) = pressed_after(Vec::new(), "E H");
        assert!(drawn.contains("this screen") && drawn.contains("evaluate"), "{drawn}");
        assert!(effects.is_empty());
        let (_, effects) = pressed_after(Vec::new(), "E");
        assert!(matches!(
            &effects[..],
            [Effect::Send {
                order: Order::Evaluate,
                ..
            }]
        ));
    }
}
