//! From the histories of the runs on the charts to what is drawn: which charts there are (`sorts`), of which runs
//! (`cast`, `groups`), against which x (`view`, `clock`), with what marked (`marks`). Pure; draws nothing.

mod cast;
mod clock;
mod groups;
mod marks;
mod robustness;
mod series;
mod sorts;
mod view;

pub use cast::Hues;
pub use sorts::{Content, CurvePlan, Plan};
pub use view::{ChartsView, SMOOTHING, Window, XKind};

use super::{
    app::App,
    plot::{Axis, Chart, Curve, Heat, HeatRow, Scale, Source},
};
use crate::run::history::History;
use cast::{Member, cast, named_cast};
use series::Series;
use sorts::Manner;
use std::rc::Rc;

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

fn plans(app: &App, members: &[Member]) -> Vec<Plan> {
    let histories: Vec<&History> = members.iter().map(|m| m.history).collect();
    let attacked = app
        .detail()
        .is_some_and(|d| d.attacks.iter().any(|a| a.cells.iter().any(|c| c.n > 0)));
    sorts::plans(&histories, attacked)
}

/// First and last x there is.
pub fn all_x(app: &App) -> (f64, f64) {
    all_x_of(app, &cast(app))
}

fn all_x_of(app: &App, members: &[Member]) -> (f64, f64) {
    let ends = members
        .iter()
        .map(|m| last_x(m, app.charts.x))
        .filter(|x| x.is_finite());
    let last = ends.fold(f64::NEG_INFINITY, f64::max);
    let first = match (app.charts.x, app.charts.is_log_x()) {
        (XKind::Wall, _) => {
            let starts = members.iter().map(|m| m.calendar.at(0.0));
            starts.fold(f64::INFINITY, f64::min)
        }
        (_, true) => members
            .iter()
            .filter_map(|m| first_positive(m, app.charts.x))
            .fold(f64::INFINITY, f64::min),
        _ => 0.0,
    };
    match first.is_finite() && last.is_finite() && last > first {
        true => (first, last),
        false if first.is_finite() => (first, first + 1.0),
        false => (0.0, 1.0),
    }
}

fn last_x(member: &Member, kind: XKind) -> f64 {
    let progress = member.history.progress();
    match kind {
        XKind::Step => progress.step as f64,
        XKind::Epoch => progress.epoch,
        XKind::Relative => progress.wall,
        XKind::Wall => member.calendar.at(progress.wall),
    }
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

/// Time is shown in the unit that fits.
fn unit_of(kind: XKind, to: f64) -> (f64, &'static str) {
    match kind {
        XKind::Step => (1.0, "step"),
        XKind::Epoch => (1.0, "epoch"),
        XKind::Relative if to > 3.0 * 3600.0 => (3600.0, "h"),
        XKind::Relative if to > 180.0 => (60.0, "min"),
        XKind::Relative => (1.0, "s"),
        XKind::Wall => (1.0, "UTC"),
    }
}

/// The charts of one frame: what they have in common is gathered once.
pub struct Stage<'a> {
    app: &'a App,
    members: Vec<Member<'a>>,
    x: Axis,
    unit: f64,
    x_name: &'static str,
}

impl<'a> Stage<'a> {
    /// Gathers the runs shown, and the part of x.
    pub fn of(app: &'a App) -> Stage<'a> {
        let members = named_cast(app);
        let (from, to) = app.charts.range(all_x_of(app, &members));
        let (unit, x_name) = unit_of(app.charts.x, to);
        let scale = match app.charts.x {
            XKind::Wall => Scale::Clock,
            _ if app.charts.is_log_x() => Scale::Log,
            _ => Scale::Linear,
        };
        // A growing run moves a settled axis only now and then, so that few cells change from frame to frame.
        let grows = app.charts.window.is_none() && app.charts.frozen.is_none() && members.iter().any(is_live(app));
        let x = match grows {
            true => Axis::growing(
                scale,
                from / unit,
                to / unit,
                whole(&members, app.charts.x).map(|w| w / unit),
            ),
            false => Axis::new(scale, from / unit, to / unit),
        };
        Stage {
            app,
            members,
            x,
            unit,
            x_name,
        }
    }

    /// The charts that the runs shown have.
    pub fn plans(&self) -> Vec<Plan> {
        plans(self.app, &self.members)
    }

    /// What one unit on the x axes is, in units of what x counts.
    pub fn unit(&self) -> f64 {
        self.unit
    }

    /// Builds one picture, for a plot of about `columns` dots across.
    pub fn picture(&self, plan: &Plan, columns: usize) -> Picture<'a> {
        match &plan.content {
            Content::Curves(curves) => Picture::Lines(self.lines(plan, self.curves(curves, columns))),
            Content::Robustness => Picture::Lines(Chart {
                y_range: Some((0.0, 1.0)),
                y_scale: Scale::Linear,
                ..self.lines(plan, self.robustness())
            }),
            Content::Heat(rows) => Picture::Heat(self.heat(plan, rows)),
        }
    }

    fn lines(&self, plan: &Plan, curves: Vec<Curve<'a>>) -> Chart<'a> {
        let view = &self.app.charts;
        let compared = match self.compares() {
            true => plan.curves().get(view.metric % plan.curves().len().max(1)),
            false => None,
        };
        let title = match compared.filter(|_| plan.curves().len() > 1) {
            Some(curve) => format!("{}: {}", plan.title, curve.name),
            None => plan.title.into(),
        };
        Chart {
            title,
            curves,
            marks: marks::marks(&self.members, view.x, self.unit),
            x: self.x,
            x_name: self.x_name.into(),
            x_ticks: None,
            y_scale: view.y,
            y_range: None,
            cursor: view.cursor.map(|x| x / self.unit),
            empty: plan.empty.into(),
        }
    }

    fn compares(&self) -> bool {
        self.members.len() > 1
    }

    fn curves(&self, plans: &[CurvePlan], columns: usize) -> Vec<Curve<'a>> {
        if !self.compares() {
            let Some(run) = self.members.first() else {
                return Vec::new();
            };
            let numbered = plans.iter().enumerate();
            return numbered
                .filter_map(|(hue, plan)| self.curve(run, plan, hue, &plan.name))
                .collect();
        }
        let Some(plan) = plans.get(self.app.charts.metric % plans.len().max(1)) else {
            return Vec::new();
        };
        if self.app.charts.grouped {
            let groups = groups::groups(&self.members);
            return groups
                .iter()
                .filter_map(|group| self.mean(group, plan, columns))
                .collect();
        }
        let all = self.members.iter();
        all.filter_map(|m| self.curve(m, plan, m.hue, &m.name)).collect()
    }

    /// One metric of one run.
    fn curve(&self, run: &Member<'a>, plan: &CurvePlan, hue: usize, name: &str) -> Option<Curve<'a>> {
        let source = self.source(run, &plan.metric)?;
        // A handful of points is shown one by one and not smoothed away.
        let dotted = plan.manner == Manner::Dotted && source.len() <= 60;
        let smoothed = plan.manner == Manner::Noisy;
        Some(Curve {
            name: name.into(),
            data: Rc::new(source),
            smoothing: if smoothed { self.app.charts.weight() } else { 0.0 },
            superseded: self.superseded(run, &plan.metric),
            band: Vec::new(),
            hue,
            sign: sign(hue),
            dotted,
        })
    }

    /// One metric of a group of runs; a group of one is drawn as itself.
    fn mean(&self, group: &[usize], plan: &CurvePlan, columns: usize) -> Option<Curve<'a>> {
        let runs: Vec<&Member> = group.iter().filter_map(|at| self.members.get(*at)).collect();
        let first = *runs.first()?;
        if runs.len() == 1 {
            return self.curve(first, plan, first.hue, &first.name);
        }
        let sources: Vec<Series> = runs.iter().filter_map(|m| self.source(m, &plan.metric)).collect();
        let sources: Vec<&dyn Source> = sources.iter().map(|s| s as &dyn Source).collect();
        let weight = if plan.manner == Manner::Noisy {
            self.app.charts.weight()
        } else {
            0.0
        };
        let line = groups::mean(&sources, (self.x.low(), self.x.high()), columns, weight);
        let name = first.manifest.map_or(first.name.as_str(), |m| m.name.as_str());
        (!line.points.is_empty()).then(|| Curve {
            name: format!("{} ({} seeds)", crate::run::text::clean(name), sources.len()),
            data: Rc::new(line.points),
            band: line.band,
            hue: first.hue,
            sign: sign(first.hue),
            ..Curve::default()
        })
    }

    fn source(&self, run: &Member<'a>, metric: &str) -> Option<Series<'a>> {
        let series = run.history.series(metric).filter(|s| !s.is_empty())?;
        Some(Series::new(series, self.app.charts.x, self.unit, &run.calendar))
    }

    /// Points that a resume left behind.
    fn superseded(&self, run: &Member, metric: &str) -> Vec<Vec<super::plot::Point>> {
        let point = |p: &crate::run::history::Point| super::plot::Point {
            x: match self.app.charts.x {
                XKind::Step => p.step as f64,
                XKind::Epoch => p.epoch,
                XKind::Relative => p.wall,
                XKind::Wall => run.calendar.at(p.wall),
            } / self.unit,
            y: p.value,
        };
        let ghosts = run.history.ghosts(metric).iter();
        ghosts.map(|piece| piece.iter().map(point).collect()).collect()
    }

    /// A metric of every layer of the selected run.
    fn heat(&self, plan: &Plan, rows: &[CurvePlan]) -> Heat<'a> {
        let run = self.members.first();
        let row = |plan: &CurvePlan| {
            let source = self.source(run?, &plan.metric)?;
            Some(HeatRow {
                name: plan.name.clone(),
                data: Rc::new(source) as Rc<dyn Source>,
            })
        };
        let title = match run.filter(|_| self.compares()) {
            Some(run) => format!("{}: {}", plan.title, run.name),
            None => plan.title.into(),
        };
        Heat {
            title,
            rows: rows.iter().filter_map(row).collect(),
            x: self.x,
            x_name: self.x_name.into(),
            x_ticks: None,
            range: None,
            cursor: self.app.charts.cursor.map(|x| x / self.unit),
            empty: plan.empty.into(),
        }
    }

    fn robustness(&self) -> Vec<Curve<'a>> {
        match (self.members.first(), self.app.detail()) {
            (Some(run), Some(detail)) => robustness::curves(run, &detail.attacks, &self.app.charts, self.unit),
            _ => Vec::new(),
        }
    }
}

fn is_live(app: &App) -> impl Fn(&Member) -> bool + '_ {
    |m| app.runs.iter().any(|r| r.dir == m.dir && r.state.is_live())
}

/// The x at which the longest of the runs ends, where that is known.
fn whole(members: &[Member], kind: XKind) -> Option<f64> {
    let end = |m: &Member| {
        let progress = m.history.progress();
        match (kind, progress.total_steps, progress.steps_per_epoch) {
            (XKind::Step, total @ 1.., _) => Some(total as f64),
            (XKind::Epoch, total @ 1.., pace @ 1..) => Some(total as f64 / pace as f64),
            _ => None,
        }
    };
    let ends: Option<Vec<f64>> = members.iter().map(end).collect();
    ends?.into_iter().reduce(f64::max)
}

/// Past the eighth colour the same colours come with other signs.
pub fn sign(hue: usize) -> usize {
    hue + hue / 8
}
