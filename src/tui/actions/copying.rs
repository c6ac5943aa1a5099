//! What `y` copies: the path of the selected run or checkpoint, a line of the log, an attack's table, a chart's
//! numbers. Pure; `terminal::clipboard` makes the bytes for the terminal.

use super::{Act, clipboard::hand_over, copied_tables};
use crate::{
    run::{history::SeriesView, text::clean},
    tui::{
        charts,
        state::{
            self,
            app::{App, Effect, Layer},
        },
        terminal::clipboard,
    },
};
use std::{collections::VecDeque, ops::Range, path::Path};

/// What is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chosen {
    what: String,
    text: String,
}

/// Copies what is selected, and says what and how large it is.
pub fn copy(app: &mut App) -> Vec<Effect> {
    if copied_tables::here(app).is_some() {
        return copied_tables::copy(app, Act::Copy);
    }
    match chosen(app) {
        Some(Chosen { what, text }) => hand_over(app, &what, text),
        None => {
            app.warn("nothing to copy here");
            Vec::new()
        }
    }
}

/// Why there is nothing to copy here; cheap, for the bar.
pub fn blocked(app: &App) -> Result<(), &'static str> {
    let there = match app.screen() {
        Some(Layer::Checkpoints { .. }) => app.checkpoint().is_some(),
        Some(Layer::Tensors { .. }) => state::app::checkpoints::rows(app) > 0,
        Some(Layer::Attacks(_)) => app.attack().is_some_and(|a| !a.cells.is_empty()),
        Some(Layer::Table | Layer::Diff { .. }) => !app.runs.is_empty(),
        Some(Layer::Logs(_)) => app.detail().is_some_and(|d| !d.logs.is_empty()),
        Some(Layer::Activity { .. }) => !state::activity::rows(app).is_empty(),
        _ => app.run().is_some(),
    };
    there.then_some(()).ok_or("nothing to copy here yet")
}

fn chosen(app: &App) -> Option<Chosen> {
    let path = |what: String, dir: &Path| Chosen {
        what,
        text: clean(&dir.display().to_string()).into_owned(),
    };
    match app.screen() {
        Some(Layer::Checkpoints { .. }) => {
            let row = app.checkpoint()?;
            Some(path(format!("the folder of checkpoint {}", row.step), &row.dir))
        }
        Some(Layer::Logs(view)) => {
            let logs = &app.detail()?.logs;
            let line = logs.get(view.bottom(logs))?;
            Some(Chosen {
                what: "the lowest line shown".into(),
                text: clean(&line.text).into_owned(),
            })
        }
        Some(Layer::Activity { .. }) => Some(Chosen {
            what: "the activity".into(),
            text: state::activity_lines::copied(app),
        }),
        Some(Layer::Expanded) => numbers(app),
        None if app.pane == crate::tui::state::app::Pane::Charts => numbers(app),
        _ => {
            let run = app.run()?;
            Some(path(format!("the folder of {}", run.id), &run.dir))
        }
    }
}

/// The focused chart's series of the selected run as CSV: what is shown of x, and of that the newest that fits.
fn numbers(app: &App) -> Option<Chosen> {
    let (title, names) = charts::focused(app)?;
    let heading = "metric,step,epoch,seconds,value\n";
    let room = (clipboard::MOST - heading.len()) / names.len().max(1);
    let mut text = String::from(heading);
    let mut cut = false;
    for name in &names {
        if let Some((series, shown)) = charts::shown(app, name) {
            cut |= newest(name, series, shown, room, &mut text);
        }
    }
    (text.len() > heading.len()).then(|| Chosen {
        what: format!("{title} as CSV{}", if cut { ", newest points only" } else { "" }),
        text,
    })
}

/// Appends the newest points within `room` bytes, oldest first; says whether older ones were left out.
fn newest(name: &str, series: SeriesView, shown: Range<usize>, room: usize, text: &mut String) -> bool {
    // Names of metrics are a worker's words.
    let name = clean(name).replace([',', '"'], "_");
    let mut lines = VecDeque::new();
    let mut bytes = 0;
    for index in shown.rev() {
        let (step, epoch) = (series.step(index), series.epoch(index));
        let line = format!("{name},{step},{epoch},{},{}\n", series.wall(index), series.value(index));
        bytes += line.len();
        if bytes > room {
            text.extend(lines);
            return true;
        }
        lines.push_front(line);
    }
    text.extend(lines);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{state::app::Message, terminal::key::parse_keys, tests::fixture, update::update};

    /// What is copied after these keys, and what is said.
    fn copied(keys: &str) -> (Option<String>, String) {
        let mut app = fixture::app(120, 40, false);
        let mut effects = Vec::new();
        for key in parse_keys(keys).unwrap() {
            effects = update(&mut app, Message::Key(key));
        }
        let said = app.notice.map(|n| n.text).unwrap_or_default();
        match effects.pop() {
            Some(Effect::Copy(text)) => (Some(text), said),
            _ => (None, said),
        }
    }

    #[test]
    fn each_place_copies_what_is_selected_in_it_and_says_so() {
        let (run, said) = copied("y");
        assert!(
            run.unwrap().starts_with('/') && said.starts_with("copied the folder of "),
            "{said}"
        );
        let (checkpoint, said) = copied("C y");
        assert!(checkpoint.is_some() && said.contains("checkpoint"), "{said}");
        let (line, said) = copied("l y");
        assert!(!line.unwrap().contains('\n') && said.contains("line"), "{said}");
        let (list, said) = copied("H y");
        let list = list.unwrap();
        assert!(
            list.starts_with("time (UTC)\tstep\tby\t") && list.lines().count() > 1,
            "{list}"
        );
        assert!(
            list.lines().all(|l| l.split('\t').count() == 5) && said.contains("activity"),
            "{said}"
        );
        let (table, said) = copied("r y");
        assert!(
            table.unwrap().starts_with("| checkpoint | attack |") && said.contains("Markdown"),
            "{said}"
        );
    }

    #[test]
    fn a_chart_is_copied_as_numbers_within_what_terminals_take() {
        for keys in ["tab y", "tab e y"] {
            let (csv, said) = copied(keys);
            let csv = csv.unwrap();
            assert!(said.contains("Loss as CSV"), "{said}");
            assert!(csv.starts_with("metric,step,epoch,seconds,value\ntrain.ce,"), "{csv}");
            assert!(csv.len() <= clipboard::MOST && csv.lines().all(|l| l.split(',').count() == 5));
            assert!(csv.contains(&format!(",{},", fixture::STEP)), "the newest is there");
        }
    }

    #[test]
    fn only_what_is_shown_of_x_is_copied_whatever_x_counts() {
        for axis in ["", "x ", "x x "] {
            let lines = |keys: &str| {
                let (csv, said) = copied(&format!("tab {axis}{keys}y"));
                csv.expect(&said).lines().count()
            };
            let (all, half) = (lines(""), lines("+ "));
            assert!(half < all && half > 2, "{axis:?}: {half} of {all}");
        }
    }

    #[test]
    fn where_there_is_nothing_the_key_is_greyed() {
        let app = fixture::empty(80, 24, false);
        assert!(blocked(&app).is_err());
    }
}
