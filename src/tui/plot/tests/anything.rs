//! Charts and heat-maps of anything at all, in any area: they neither panic nor draw outside it.

use super::scale;
use crate::tui::theme::glyphs::Dots;
use crate::tui::{
    plot::*,
    theme::{
        Depth, Theme,
        glyphs::{ASCII, Glyphs, UNICODE},
    },
};
use proptest::{collection::vec, option, prelude::*};
use ratatui::{buffer::Buffer, layout::Rect};
use std::{fmt, rc::Rc};

/// Cells around the area in which nothing may change.
const MARGIN: u16 = 2;

/// Something that a failing test can show.
struct Told<T>(T);

fn points_of(source: &dyn Source) -> Vec<(f64, f64)> {
    (0..source.len()).map(|at| (source.x(at), source.y(at))).collect()
}

impl fmt::Debug for Told<Curve<'static>> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Curve { name, data, band, .. } = &self.0;
        let look = (name, self.0.smoothing, self.0.dotted);
        writeln!(f, "{look:?} {:?} {band:?} {:?}", points_of(&**data), self.0.superseded)
    }
}

impl fmt::Debug for Told<HeatRow<'static>> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{:?} {:?}", self.0.name, points_of(&*self.0.data))
    }
}

impl fmt::Debug for Told<Chart<'static>> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Chart { title, marks, x, .. } = &self.0;
        let more = (&self.0.x_ticks, self.0.y_scale, self.0.y_range, self.0.cursor);
        writeln!(f, "{title:?} {x:?} {more:?} {marks:?}")?;
        let mut curves = self.0.curves.iter().cloned();
        curves.try_for_each(|curve| Told(curve).fmt(f))
    }
}

impl fmt::Debug for Told<Heat<'static>> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let more = (&self.0.title, &self.0.x_ticks, self.0.range, self.0.cursor);
        writeln!(f, "{:?} {more:?}", self.0.x)?;
        let mut rows = self.0.rows.iter().cloned();
        rows.try_for_each(|row| Told(row).fmt(f))
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -10.0..1000.0f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
        1 => any::<f64>(),
    ]
}

/// Mostly in order, as runs write them; equal, reversed, or of no order at all, as a hostile file may hold them.
fn points() -> impl Strategy<Value = Vec<Point>> {
    let number = || (number(), number());
    let numbers = prop_oneof![vec(number(), 0..4), vec(number(), 0..400)];
    (numbers, 0..6).prop_map(|(numbers, order)| {
        let count = numbers.len();
        let each = numbers.into_iter().enumerate();
        let point = |(i, (x, y)): (usize, (f64, f64))| match order {
            0 => Point { x, y },
            1 => Point {
                x: (count - i) as f64,
                y,
            },
            2 => Point { x: 7.0, y },
            3 => Point { x: i as f64, y: 3.0 },
            _ => Point { x: i as f64, y },
        };
        each.map(point).collect()
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-zλ ]{0,40}",
        "\\PC{0,20}",
        "[\\x00-\\x1f層]{1,9}"
    ]
}

fn axis() -> impl Strategy<Value = Axis> {
    let ends = prop_oneof![3 => (Just(0.0), 1.0..400.0f64), 1 => (number(), number())];
    (scale(), ends).prop_map(|(scale, (low, high))| Axis::new(scale, low, high))
}

fn curve() -> impl Strategy<Value = Told<Curve<'static>>> {
    let look = (name(), 0usize..20, 0usize..20, any::<bool>());
    let smoothing = prop_oneof![Just(0.0), Just(0.9), Just(1.0), number()];
    let more = (
        vec(points(), 0..3),
        vec((number(), number(), number()), 0..9),
        smoothing,
    );
    (points(), more, look).prop_map(|(data, (superseded, band, smoothing), (name, hue, sign, dotted))| {
        Told(Curve {
            name,
            data: Rc::new(data),
            smoothing,
            raw: None,
            superseded,
            band,
            hue,
            sign,
            dotted,
            best: dotted.then_some(Best::Least),
        })
    })
}

fn mark() -> impl Strategy<Value = Mark> {
    let kind = prop_oneof![
        Just(MarkKind::Checkpoint),
        Just(MarkKind::Tweak),
        Just(MarkKind::Alert),
        Just(MarkKind::Resume),
        Just(MarkKind::Fork)
    ];
    (number(), kind, name()).prop_map(|(x, kind, text)| Mark { x, kind, text })
}

fn ticks() -> impl Strategy<Value = Option<Vec<Tick>>> {
    option::weighted(
        0.2,
        vec(
            (number(), name()).prop_map(|(value, label)| Tick { value, label }),
            0..9,
        ),
    )
}

fn chart() -> impl Strategy<Value = Told<Chart<'static>>> {
    let lines = (vec(curve(), 0..4), vec(mark(), 0..9), name());
    let y = (scale(), option::weighted(0.2, (number(), number())));
    (lines, axis(), ticks(), y, option::of(number())).prop_map(
        |((curves, marks, name), x, x_ticks, (y_scale, y_range), cursor)| {
            Told(Chart {
                title: name.clone(),
                curves: curves.into_iter().map(|c| c.0).collect(),
                marks,
                x,
                x_name: name.clone(),
                x_ticks,
                y_scale,
                y_range,
                cursor,
                empty: name,
            })
        },
    )
}

fn heat() -> impl Strategy<Value = Told<Heat<'static>>> {
    let row = (name(), points()).prop_map(|(name, data)| {
        Told(HeatRow {
            name,
            data: Rc::new(data),
        })
    });
    let range = option::weighted(0.3, (number(), number()));
    (vec(row, 0..40), axis(), ticks(), range, (option::of(number()), name())).prop_map(
        |(rows, x, x_ticks, range, (cursor, name))| {
            Told(Heat {
                title: name.clone(),
                rows: rows.into_iter().map(|r| r.0).collect(),
                marks: Vec::new(),
                x,
                x_name: name.clone(),
                x_ticks,
                range,
                cursor,
                empty: name,
            })
        },
    )
}

/// Every size of interest: nothing, a line, small ones, and any up to a wall of screens.
fn area() -> impl Strategy<Value = Rect> {
    let size = prop_oneof![(0u16..12, 0u16..12), (0u16..=300, 0u16..=100)];
    size.prop_map(|(width, height)| Rect::new(MARGIN, MARGIN, width, height))
}

#[derive(Debug, Clone)]
struct LineStyle {
    dots: Dots,
    depth: Depth,
    focused: bool,
    full: bool,
}

fn manner() -> impl Strategy<Value = LineStyle> {
    let depth = prop_oneof![Just(Depth::True), Just(Depth::Indexed), Just(Depth::Mono)];
    (0usize..4, depth, any::<bool>(), any::<bool>()).prop_map(|(dots, depth, focused, full)| LineStyle {
        dots: Dots::ALL[dots],
        depth,
        focused,
        full,
    })
}

impl LineStyle {
    /// What `draw` did: nothing outside its area, and its plot within it.
    fn check(&self, area: Rect, draw: impl FnOnce(Look, &mut Buffer) -> Option<Placed>) -> Result<(), TestCaseError> {
        let theme = Theme::named("dark", self.depth).unwrap();
        let glyphs: Glyphs = match self.dots {
            Dots::Ascii => ASCII,
            dots => UNICODE.with_dots(dots),
        };
        let look = Look {
            theme: &theme,
            glyphs: &glyphs,
            focused: self.focused,
            full: self.full,
        };
        let whole = Rect::new(0, 0, area.width + 2 * MARGIN, area.height + 2 * MARGIN);
        let mut buffer = Buffer::empty(whole);
        let placed = draw(look, &mut buffer);
        for position in whole.positions().filter(|p| !area.contains(*p)) {
            prop_assert_eq!(
                &buffer[position],
                &ratatui::buffer::Cell::EMPTY,
                "{:?} of {:?}",
                position,
                area
            );
        }
        if let Some(placed) = placed {
            prop_assert_eq!(placed.plot.intersection(area), placed.plot);
            prop_assert!(!placed.plot.is_empty());
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_chart_of_anything_stays_within_any_area(
        chart in chart(), area in area(), manner in manner(),
    ) {
        manner.check(area, |look, buffer| chart.0.draw(area, look, buffer))?;
    }

    #[test]
    fn a_heat_map_of_anything_stays_within_any_area(
        heat in heat(), area in area(), manner in manner(),
    ) {
        manner.check(area, |look, buffer| heat.0.draw(area, look, buffer))?;
    }
}
