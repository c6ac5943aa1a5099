//! The charts of one frame: runs, x range and events are gathered once, and each chart is built from them. Draws
//! nothing.

use super::{
    Picture, all_x_of, groups,
    marks::marks,
    plans, robustness,
    selection::{Member, named_cast, names_of},
    series::Series,
    sign, unit_of,
};
use crate::{
    run::text::clean,
    tui::{
        model::charts::{
            kinds,
            plan::{Content, CurvePlan, LineStyle, Plan},
            view::XKind,
        },
        plot::{Axis, Chart, Curve, Heat, HeatRow, Mark, Point, Scale, Source},
        state::app::App,
    },
};
use std::rc::Rc;

/// The charts of one frame: what they have in common is gathered once.
pub struct ChartSet<'a> {
    app: &'a App,
    members: Vec<Member<'a>>,
    /// Which of them are drawn as one.
    groups: Vec<Vec<usize>>,
    /// What the groups are called.
    group_names: Vec<String>,
    marks: Vec<Mark>,
    x: Axis,
    unit: f64,
    x_name: &'static str,
    cursor: Option<f64>,
}

impl<'a> ChartSet<'a> {
    /// Gathers the runs shown, and the part of x.
    pub fn of(app: &'a App) -> ChartSet<'a> {
        let members = named_cast(app);
        let all = all_x_of(app, &members);
        let (from, to) = app.charts.range(all);
        let (unit, x_name) = unit_of(app.charts.x, to);
        let scale = match app.charts.x {
            XKind::Wall => Scale::Clock,
            _ if app.charts.is_log_x() => Scale::Log,
            _ => Scale::Linear,
        };
        // A growing run moves a settled axis only now and then, so that few cells change from frame to frame.
        let grows = app.charts.window.is_none() && app.charts.frozen.is_none() && is_one_live(app, &members);
        let x = match grows {
            true => Axis::growing(
                scale,
                from / unit,
                to / unit,
                whole(&members, app.charts.x).map(|w| w / unit),
            ),
            false => Axis::new(scale, from / unit, to / unit),
        };
        let x = match app.charts.x {
            XKind::Step => x.counting(),
            _ => x,
        };
        let groups = match app.charts.grouped {
            true => groups::groups(&members),
            false => (0..members.len()).map(|at| vec![at]).collect(),
        };
        let firsts: Vec<usize> = groups.iter().filter_map(|g| g.first().copied()).collect();
        ChartSet {
            app,
            group_names: match app.charts.grouped {
                true => names_of(app, &members, &firsts, &["train.seed"]),
                false => members.iter().map(|m| m.name.clone()).collect(),
            },
            groups,
            marks: marks(&members, app.charts.x, unit),
            members,
            x,
            unit,
            x_name,
            cursor: app.charts.seen_cursor(all).map(|x| x / unit),
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
            Content::Robustness => Picture::Lines(self.robustness(plan)),
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
            None => plan.title.to_string(),
        };
        Chart {
            title,
            curves,
            marks: self.marks.clone(),
            x: self.x,
            x_name: self.x_name.into(),
            x_ticks: None,
            y_scale: view.y,
            y_range: None,
            cursor: self.cursor,
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
        let groups = self.groups.iter().zip(&self.group_names);
        groups
            .filter_map(|(group, name)| self.mean((group, name), plan, columns))
            .collect()
    }

    /// One metric of one run.
    fn curve(&self, run: &Member<'a>, plan: &CurvePlan, hue: usize, name: &str) -> Option<Curve<'a>> {
        let source = self.source(run, &plan.metric)?;
        // A few points are shown individually and not smoothed.
        let dotted = plan.manner == LineStyle::Dotted && source.len() <= 60;
        let smoothed = plan.manner == LineStyle::Noisy;
        Some(Curve {
            name: name.into(),
            data: Rc::new(source),
            smoothing: if smoothed { self.app.charts.weight() } else { 0.0 },
            raw: None,
            superseded: self.superseded(run, &plan.metric),
            band: Vec::new(),
            hue,
            sign: sign(hue),
            dotted,
            best: kinds::best(&plan.metric),
        })
    }

    /// One metric of a group of runs; a group of one is drawn as itself.
    fn mean(&self, (group, name): (&[usize], &str), plan: &CurvePlan, columns: usize) -> Option<Curve<'a>> {
        let runs: Vec<&Member> = group.iter().filter_map(|at| self.members.get(*at)).collect();
        let first = *runs.first()?;
        if runs.len() == 1 {
            return self.curve(first, plan, first.hue, name);
        }
        let sources: Vec<Series> = runs.iter().filter_map(|m| self.source(m, &plan.metric)).collect();
        let sources: Vec<&dyn Source> = sources.iter().map(|s| s as &dyn Source).collect();
        let weight = if plan.manner == LineStyle::Noisy {
            self.app.charts.weight()
        } else {
            0.0
        };
        let line = groups::mean(&sources, &self.x, columns, weight);
        let raw = (weight > 0.0).then(|| groups::mean(&sources, &self.x, columns, 0.0).points);
        // A single group needs no distinguishing name.
        let own = first.manifest.map_or(first.name.as_str(), |m| m.name.as_str());
        let name = if name.is_empty() { own } else { name };
        (!line.points.is_empty()).then(|| Curve {
            name: format!("{} ({} seeds)", clean(name), sources.len()),
            data: Rc::new(line.points),
            raw: raw.map(|raw| Rc::new(raw) as Rc<dyn Source>),
            band: line.band,
            hue: first.hue,
            sign: sign(first.hue),
            best: kinds::best(&plan.metric),
            ..Curve::default()
        })
    }

    fn source(&self, run: &Member<'a>, metric: &str) -> Option<Series<'a>> {
        let series = run.history.series(metric).filter(|s| !s.is_empty())?;
        Some(Series::new(series, self.app.charts.x, self.unit, &run.calendar))
    }

    /// Points that a resume left behind.
    fn superseded(&self, run: &Member, metric: &str) -> Vec<Vec<Point>> {
        let point = |p: &crate::run::history::Point| Point {
            x: match self.app.charts.x {
                XKind::Step => p.step as f64,
                XKind::Epoch => p.epoch,
                XKind::Relative => p.wall,
                XKind::Wall => run.calendar.at(p.wall).unwrap_or(f64::NAN),
            } / self.unit,
            y: p.value,
        };
        let ghosts = run.history.ghosts(metric).iter();
        ghosts.map(|piece| piece.iter().map(point).collect()).collect()
    }

    /// A heading that says whose it is, where several runs are on the charts and only the selected one is in this.
    fn title_of_one(&self, title: &str) -> String {
        match self.members.first().filter(|_| self.compares()) {
            Some(run) => format!("{title}: {}", run.name),
            None => title.into(),
        }
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
        Heat {
            title: self.title_of_one(&plan.title),
            rows: rows.iter().filter_map(row).collect(),
            marks: self.marks.clone(),
            x: self.x,
            x_name: self.x_name.into(),
            x_ticks: None,
            range: None,
            cursor: self.cursor,
            empty: plan.empty.into(),
        }
    }

    /// What the attack jobs found on the selected run's checkpoints.
    fn robustness(&self, plan: &Plan) -> Chart<'a> {
        let (curves, found) = match (self.members.first(), self.app.detail()) {
            (Some(run), Some(detail)) => robustness::curves(run, &detail.attacks, &self.app.charts, self.unit),
            _ => (Vec::new(), 0),
        };
        let mut title = self.title_of_one(&plan.title);
        if found > curves.len() {
            title = format!("{title} ({} of {found})", curves.len());
        }
        Chart {
            title,
            y_range: (!curves.is_empty()).then_some((0.0, 1.0)),
            y_scale: Scale::Linear,
            ..self.lines(plan, curves)
        }
    }
}

fn is_one_live(app: &App, members: &[Member]) -> bool {
    let mut live = app.runs.iter().filter(|r| r.state.is_live());
    live.any(|r| members.iter().any(|m| m.dir == r.dir))
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
