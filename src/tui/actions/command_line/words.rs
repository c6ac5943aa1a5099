//! Commands that take arguments. They send the same commands as the keys and the shell's command line.

use super::later;
use crate::tui::keys::Word;
use crate::{
    run::{
        command::{Order, When},
        order_syntax,
    },
    spec::TUNABLES,
    tui::{
        actions::{self, layout, picture, pruning, rollback},
        model::RunRow,
        state::app::{App, Effect},
        terminal::key::Line,
    },
    units::significant,
};

impl Word {
    /// Why it cannot be done now.
    pub fn blocked(self, app: &App) -> Option<&'static str> {
        match self {
            Word::Set | Word::Ramp | Word::At | Word::Remark => actions::may_order(app).err(),
            Word::Fork => actions::may_fork(app).err(),
            Word::Prune => actions::may_prune(app).err(),
            Word::SaveLayout | Word::Picture => actions::may_write(app).err(),
            Word::Filter | Word::Select | Word::Theme | Word::Layout => None,
        }
    }

    /// What could be typed after it, with what that means.
    pub fn completions(self, app: &App, rest: &str) -> Vec<(String, String)> {
        // Only the last word is completed.
        let (before, last) = rest.rsplit_once(' ').map_or(("", rest), |(b, l)| (b, l));
        let joined = |word: String| match before.is_empty() {
            true => word,
            false => format!("{before} {word}"),
        };
        match self {
            Word::Set | Word::Ramp => TUNABLES
                .iter()
                .filter(|t| !last.contains('=') && t.key.contains(last.trim()))
                .map(|t| {
                    let value = app
                        .current(t.key)
                        .map_or_else(String::new, |v| format!("now {}", significant(v)));
                    (joined(format!("{}=", t.key)), value)
                })
                .collect(),
            Word::At => later::completions(app, rest),
            Word::Fork if before.is_empty() => rollback::steps(app, last),
            Word::Fork => TUNABLES
                .iter()
                .filter(|t| !last.contains('=') && t.key.contains(last))
                .map(|t| {
                    (
                        joined(format!("{}=", t.key)),
                        format!("{} to {}", significant(t.low), significant(t.high)),
                    )
                })
                .collect(),
            Word::Prune => pruning::choices(app, rest),
            Word::Select => {
                let wanted = rest.trim().to_lowercase();
                let fits = |text: &str| text.to_lowercase().contains(&wanted);
                let runs = app.runs.iter().filter(|r| fits(&r.id) || fits(&r.name));
                runs.map(|r| {
                    (
                        r.id.clone(),
                        crate::tui::theme::glyphs::UNICODE.state(r.state).1.to_string(),
                    )
                })
                .collect()
            }
            Word::Theme => {
                let names = app.theme.names().filter(|n| n.contains(rest.trim()));
                names.map(|n| (n.to_string(), String::new())).collect()
            }
            Word::Layout | Word::SaveLayout => {
                let names = app.layouts.names.iter().filter(|n| n.contains(rest.trim()));
                names.map(|n| (n.clone(), String::new())).collect()
            }
            Word::Remark | Word::Filter | Word::Picture => Vec::new(),
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// When the arguments are wrong or it cannot be done now; the message says how to fix it.
    pub fn done(self, app: &mut App, rest: &str) -> Result<Vec<Effect>, String> {
        if let Some(why) = self.blocked(app) {
            return Err(format!("{}: {why}", self.name()));
        }
        match self {
            Word::Set => Ok(actions::sending::send(app, order_syntax::set(rest)?, When::Now)),
            Word::Ramp => Ok(actions::sending::send(app, order_syntax::ramp(rest)?, When::Now)),
            Word::At => later::done(app, rest),
            Word::Fork => rollback::fork(app, rest),
            Word::Prune => pruning::ask(app, rest),
            Word::Remark if rest.is_empty() => Err("remark: the text is missing".into()),
            Word::Remark => Ok(actions::sending::send(
                app,
                Order::Annotate { text: rest.into() },
                When::Now,
            )),
            Word::Filter => {
                app.filter = Line::new(rest);
                actions::selection::keep_selection(app);
                match app.filter_problem() {
                    Some(why) => Err(why),
                    None => Ok(Vec::new()),
                }
            }
            Word::Select => {
                let dir = meant(app, rest)?;
                if !app.shown_runs().iter().any(|r| r.dir == dir) {
                    app.filter = Line::default();
                }
                actions::selection::select(app, dir);
                Ok(Vec::new())
            }
            Word::Layout => {
                app.layouts.file(rest)?;
                Ok(vec![Effect::ReadLayout(rest.to_string(), app.layouts.clone())])
            }
            Word::SaveLayout => layout::save(app, rest),
            Word::Picture => picture::take(app, rest),
            Word::Theme => {
                app.theme = app.theme.other(rest)?;
                Ok(Vec::new())
            }
        }
    }
}

/// The one run that has this name, or whose id or name contains it.
fn meant(app: &App, wanted: &str) -> Result<std::path::PathBuf, String> {
    if let Some(run) = app.runs.iter().find(|r| r.id == wanted) {
        return Ok(run.dir.clone());
    }
    let lower = wanted.to_lowercase();
    let fits = |r: &&RunRow| r.id.to_lowercase().contains(&lower) || r.name.to_lowercase().contains(&lower);
    let mut found: Vec<&RunRow> = app.runs.iter().filter(fits).collect();
    // A name in full is meant rather than those that contain it.
    if found.iter().any(|r| r.name == wanted) {
        found.retain(|r| r.name == wanted);
    }
    match found[..] {
        [] => Err(format!("{wanted}: no such run")),
        [one] => Ok(one.dir.clone()),
        _ => {
            let ids: Vec<&str> = found.iter().take(4).map(|r| r.id.as_str()).collect();
            let more = if found.len() > ids.len() { ", …" } else { "" };
            Err(format!(
                "{wanted} matches {} runs, type more of the id: {}{more}",
                found.len(),
                ids.join(", ")
            ))
        }
    }
}
