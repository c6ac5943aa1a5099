//! Every command a run was given and what became of it, whoever gave it, and its alerts: folded from the run's own
//! events; wishes of this session that the worker has not taken yet come first. Pure.

use super::{
    app::{App, Layer},
    model::Seen,
    wishes::{Fate, Wish},
};
use crate::run::{
    command::Order,
    event::{Event, Happening},
    text::clean,
};
use std::path::PathBuf;

/// The most entries remembered, about 300 bytes each; the oldest go.
const MOST: usize = 2000;

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, RFC 3339 UTC; empty while the worker has not said.
    pub time: String,
    /// Optimiser steps done then, once the worker has said.
    pub step: Option<u64>,
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
    /// Something a person should look at.
    Alert {
        /// A short name.
        kind: String,
        /// A sentence.
        why: String,
    },
}

/// What the record says, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    entries: Vec<Entry>,
}

impl Activity {
    /// Folds news in.
    pub fn tell(&mut self, seen: &Seen) {
        if seen.reset || seen.manifest.is_some() {
            self.entries.clear();
        }
        seen.events.iter().for_each(|e| self.happened(e));
    }

    fn happened(&mut self, event: &Event) {
        match &event.what {
            // A resumed worker obeys again what came after its checkpoint: that is the same command.
            Happening::Received { command } if self.find(&command.id).is_none() => {
                let wish = recorded(command.id.clone(), command.order.clone());
                self.push(event, clean(&command.author).into_owned(), What::Command(wish));
            }
            Happening::Applied { command, key, new, .. } => {
                if self.find(command).is_none() {
                    // Written by a program that did not record commands whole.
                    let changes = vec![(key.clone(), *new)];
                    let wish = recorded(command.clone(), Order::Set { changes });
                    self.push(event, String::new(), What::Command(wish));
                }
                self.answered(command, event);
            }
            Happening::Rejected { command, .. } => self.answered(command, event),
            Happening::Paused => self.obeyed(event, |order| *order == Order::Pause),
            Happening::Continued => self.obeyed(event, |order| *order == Order::Resume),
            Happening::Annotated { text } => {
                self.obeyed(event, |o| matches!(o, Order::Annotate { text: t } if t == text));
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
            self.entries.remove(0);
        }
        self.entries.push(Entry {
            time: clean(&event.time).into_owned(),
            step: Some(event.step),
            author,
            what,
        });
    }

    fn commands(&mut self) -> impl Iterator<Item = &mut Wish> {
        self.entries.iter_mut().rev().filter_map(|e| match &mut e.what {
            What::Command(wish) => Some(wish),
            What::Alert { .. } => None,
        })
    }

    fn find(&mut self, id: &str) -> Option<&mut Wish> {
        self.commands().find(|w| w.id.as_deref() == Some(id))
    }

    fn answered(&mut self, id: &str, event: &Event) {
        if let Some(wish) = self.find(id) {
            wish.happened(event);
        }
    }

    /// The worker did what the newest open command of this kind asked for; such events name no command.
    fn obeyed(&mut self, event: &Event, is: impl Fn(&Order) -> bool) {
        if let Some(wish) = self.commands().find(|w| is(&w.order) && w.fate == Fate::Accepted) {
            wish.fate = Fate::Applied {
                step: event.step,
                changes: Vec::new(),
            };
        }
    }
}

fn recorded(id: String, order: Order) -> Wish {
    Wish {
        ticket: 0,
        job: PathBuf::new(),
        order,
        before: Vec::new(),
        id: Some(id),
        fate: Fate::Accepted,
    }
}

/// What is listed, newest first: wishes that the worker has not taken, then what the run recorded, with the answers
/// that this session got where the record has none.
pub fn list(app: &App) -> Vec<Entry> {
    let Some(detail) = app.detail() else { return Vec::new() };
    let recorded = &detail.activity.entries;
    let known = |id: &str| {
        let is = |e: &Entry| matches!(&e.what, What::Command(w) if w.id.as_deref() == Some(id));
        recorded.iter().any(is)
    };
    let here: Vec<&Wish> = app.wishes.of(&detail.dir).collect();
    let only_wished = here.iter().filter(|w| !w.id.as_deref().is_some_and(known));
    let wished = only_wished.map(|w| Entry {
        time: String::new(),
        step: None,
        author: "this screen".into(),
        what: What::Command((*w).clone()),
    });
    let answered = recorded.iter().rev().cloned().map(|mut entry| {
        if let What::Command(wish) = &mut entry.what
            && wish.fate == Fate::Accepted
            && let Some(mine) = here.iter().find(|w| w.id == wish.id)
        {
            wish.fate = mine.fate.clone();
        }
        entry
    });
    wished.chain(answered).collect()
}

/// The id of the selected command, if its changes can be taken back; else why not.
pub fn undoable(app: &App) -> Result<String, &'static str> {
    let Some(Layer::Activity { row }) = app.layers.last() else {
        return Err("choose a change in the activity: H");
    };
    match list(app).into_iter().rev().nth(*row).map(|e| e.what) {
        None => Err("nothing has been asked of this run yet"),
        Some(What::Alert { .. }) => Err("an alert cannot be taken back"),
        Some(What::Command(wish)) => match (&wish.fate, wish.id) {
            (Fate::Applied { changes, .. }, Some(id)) if !changes.is_empty() => Ok(id),
            _ => Err("only an applied change can be taken back"),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        run::{
            command::{Command, Order, When},
            event::{Event, Happening},
        },
        tui::{
            app::Effect,
            fixture,
            model::Seen,
            snapshot::{draw, text},
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
    fn a_pause_counts_as_done_once_the_worker_paused() {
        let (drawn, _) = pressed_after(vec![received("01C", Order::Pause)], "H");
        assert!(drawn.contains("received, not done yet"), "{drawn}");
        let events = vec![received("01C", Order::Pause), event(1250, Happening::Paused)];
        let (drawn, _) = pressed_after(events, "H");
        assert!(drawn.contains("applied at step 1250"), "{drawn}");
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
        let effects = fixture::press(&mut app, "u");
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
