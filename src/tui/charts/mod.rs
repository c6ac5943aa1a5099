//! From the histories of the selected and overlaid runs to charts ready to be drawn: which charts
//! (`model::charts::kinds`), which runs (`selection`, `groups`), which x (`model::charts::view`, `clock`), which marks
//! (`marks`); `view` gathers what one frame shows. This folder may use `plot`, `model` and `state`. Pure; draws
//! nothing.

mod clock;
mod groups;
mod marks;
mod names;
mod robustness;
mod selection;
mod series;
mod view;

pub use view::ChartSet;

use crate::tui::model;
use crate::{
    run::history::{History, SeriesView, partition},
    tui::{
        model::charts::{kinds, plan::Plan, view::XKind},
        plot::{Chart, Heat, Source, moment},
        state::app::App,
    },
    units::significant,
};
use selection::{Member, cast};
use series::Series;
use std::ops::Range;

/// A chart, ready to be drawn.
pub enum Picture<'a> {
    /// Lines.
    Lines(Chart<'a>),
    /// Colours.
    Heat(Heat<'a>),
}

/// How many charts the runs shown have.
pub fn count(app: &App) -> usize {
    plans(app, &cast(app)).len()
}

/// The title and the metrics of the chart that has the focus.
pub fn focused(app: &App) -> Option<(String, Vec<String>)> {
    let plan = plans(app, &cast(app)).into_iter().nth(app.charts.focus)?;
    let metrics = plan.curves().iter().map(|c| c.metric.clone()).collect();
    Some((plan.title.into_owned(), metrics))
}

/// The selected run's points of a metric whose x is on the screen, whatever x counts.
pub fn shown<'a>(app: &'a App, metric: &str) -> Option<(SeriesView<'a>, Range<usize>)> {
    let run = cast(app).into_iter().find(|m| Some(m.dir) == app.selected.as_deref())?;
    let view = run.history.series(metric)?;
    let (from, to) = x_range(app);
    let at = Series::new(view, app.charts.x, 1.0, &run.calendar);
    let start = partition(0..at.len(), |index| at.x(index) < from);
    Some((view, start..partition(start..at.len(), |index| at.x(index) <= to)))
}

fn plans(app: &App, members: &[Member]) -> Vec<Plan> {
    let histories: Vec<&History> = members.iter().map(|m| m.history).collect();
    let attacked = app
        .detail()
        .is_some_and(|d| d.attacks.iter().any(|a| a.cells.iter().any(|c| c.n > 0)));
    let record = |m: &Member| {
        let row = app.runs.iter().find(|r| r.dir == m.dir)?;
        row.imported.as_ref().map(|i| i.record.as_ref())
    };
    let recorded: Vec<_> = members.iter().map(|m| (m.history, record(m))).collect();
    let ours = recorded.is_empty() || recorded.iter().any(|(_, record)| record.is_none());
    let origins = model::charts::plan::Origins::of(&recorded);
    kinds::plans(&histories, kinds::Known { ours, attacked }, &origins)
}

/// First and last x there is.
pub fn all_x(app: &App) -> (f64, f64) {
    all_x_of(app, &cast(app))
}

fn all_x_of(app: &App, members: &[Member]) -> (f64, f64) {
    let ends = members
        .iter()
        .filter_map(|m| last_x(m, app.charts.x))
        .filter(|x| x.is_finite());
    let last = ends.fold(f64::NEG_INFINITY, f64::max);
    let first = match (app.charts.x, app.charts.is_log_x()) {
        (XKind::Wall, _) => {
            let starts = members.iter().filter_map(|m| m.calendar.at(0.0));
            starts.fold(f64::INFINITY, f64::min)
        }
        (_, true) => members
            .iter()
            .filter_map(|m| first_positive(m, app.charts.x))
            .fold(f64::INFINITY, f64::min),
        // A run that continues from a checkpoint begins at its step: nothing of it lies before.
        _ => members
            .iter()
            .map(|m| first_x(m, app.charts.x).unwrap_or(0.0))
            .reduce(f64::min)
            .unwrap_or(0.0),
    };
    match first.is_finite() && last.is_finite() && last > first {
        true => (first, last),
        false if first.is_finite() => (first, first + 1.0),
        false => (0.0, 1.0),
    }
}

/// None on the calendar for a run that is not yet read.
fn last_x(member: &Member, kind: XKind) -> Option<f64> {
    let progress = member.history.progress();
    match kind {
        XKind::Step => Some(progress.step as f64),
        XKind::Epoch => Some(progress.epoch),
        XKind::Relative => Some(progress.wall),
        XKind::Wall => member.calendar.at(progress.wall),
    }
}

/// Where a run that continues from another's checkpoint has its first point; one that begins by itself begins at
/// nought.
fn first_x(member: &Member, kind: XKind) -> Option<f64> {
    member.manifest.filter(|m| m.fork)?;
    let firsts = member.history.names().filter_map(|name| {
        let series = Series::new(member.history.series(name)?, kind, 1.0, &member.calendar);
        (!series.is_empty()).then(|| series.x(0)).filter(|x| x.is_finite())
    });
    firsts.reduce(f64::min)
}

/// The first x above zero, where a logarithmic axis begins.
fn first_positive(member: &Member, kind: XKind) -> Option<f64> {
    let firsts = member.history.names().filter_map(|name| {
        let series = Series::new(member.history.series(name)?, kind, 1.0, &member.calendar);
        (0..series.len().min(4)).map(|i| series.x(i)).find(|x| *x > 0.0)
    });
    firsts.reduce(f64::min)
}

/// The x shown.
pub fn x_range(app: &App) -> (f64, f64) {
    app.charts.range(all_x(app))
}

/// Where the cursor stands, in words, if it is on the screen: steps whole, as they are counted.
pub fn cursor_in_words(app: &App) -> Option<String> {
    let all = all_x(app);
    let x = app.charts.seen_cursor(all)?;
    let (unit, name) = unit_of(app.charts.x, app.charts.range(all).1);
    Some(match app.charts.x {
        XKind::Step => format!("step {x:.0}"),
        XKind::Epoch => format!("epoch {}", significant(x)),
        XKind::Relative => format!("{} {name}", significant(x / unit)),
        XKind::Wall => moment(x),
    })
}

/// Time is shown in the unit that fits.
fn unit_of(kind: XKind, to: f64) -> (f64, &'static str) {
    match kind {
        XKind::Step => (1.0, "step"),
        XKind::Epoch => (1.0, "epoch"),
        XKind::Relative if to > 3.0 * 3600.0 => (3600.0, "h"),
        XKind::Relative if to > 180.0 => (60.0, "min"),
        XKind::Relative => (1.0, "s"),
        XKind::Wall => (1.0, crate::run::clock::zone_name()),
    }
}

/// Past the eighth colour the same colours come with other signs.
pub fn sign(hue: usize) -> usize {
    hue + hue / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::fixture;

    #[test]
    fn the_charts_of_a_fork_begin_where_it_does() {
        let mut app = fixture::app(120, 40, false);
        assert_eq!(all_x(&app).0, 0.0);
        if let Some(manifest) = app.detail.as_mut().and_then(|d| d.manifest.as_mut()) {
            manifest.fork = true;
        }
        let (first, last) = all_x(&app);
        assert!(0.0 < first && first < last, "{first} {last}");
    }
}
