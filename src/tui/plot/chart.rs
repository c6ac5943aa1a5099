//! One chart: its content, and the order in which its layers are drawn. Axes are in `frame`, curves and bands in
//! `trace`, events in `marks`, the legend in `legend`.

use super::{
    axis::{Axis, Scale},
    curve::Curve,
    marks::Mark,
    tick::Tick,
};
use ratatui::layout::Rect;

/// A chart, ready to be drawn.
#[derive(Clone)]
pub struct Chart<'a> {
    /// Heading.
    pub title: String,
    /// The lines, the first on top.
    pub curves: Vec<Curve<'a>>,
    /// Marks on the x axis.
    pub marks: Vec<Mark>,
    /// Range of x.
    pub x: Axis,
    /// What x counts.
    pub x_name: String,
    /// Labels of x, where they are not to be round numbers.
    pub x_ticks: Option<Vec<Tick>>,
    /// How y is spread.
    pub y_scale: Scale,
    /// A fixed range of y, instead of the data's.
    pub y_range: Option<(f64, f64)>,
    /// Where the reader's cursor is.
    pub cursor: Option<f64>,
    /// What to say where there is nothing to draw.
    pub empty: String,
}

/// Where a plot was drawn: what a mouse needs to find an x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its cells.
    pub plot: Rect,
    /// What lies along them.
    pub x: Axis,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::plot::Point;
    use crate::tui::theme::glyphs::Glyphs;
    use crate::tui::{
        plot::tests,
        theme::{
            Depth,
            glyphs::{ASCII, UNICODE},
        },
    };
    use std::rc::Rc;

    fn chart(ys: impl Iterator<Item = f64>) -> Chart<'static> {
        let points: Vec<Point> = ys.enumerate().map(|(i, y)| Point { x: i as f64, y }).collect();
        Chart {
            title: "CE".into(),
            x: Axis::new(Scale::Linear, 0.0, points.len() as f64),
            curves: vec![Curve {
                data: Rc::new(points),
                ..Curve::default()
            }],
            marks: Vec::new(),
            x_name: "step".into(),
            x_ticks: None,
            y_scale: Scale::Linear,
            y_range: None,
            cursor: None,
            empty: "nothing yet".into(),
        }
    }

    fn drawn(chart: &Chart, width: u16, height: u16, glyphs: &Glyphs) -> Vec<String> {
        let drawn = tests::drawn((width, height), glyphs, Depth::Mono, |area, look, buffer| {
            chart.draw(area, look, buffer);
        });
        drawn.0
    }

    #[test]
    fn a_spike_of_one_step_in_a_hundred_thousand_reaches_the_top() {
        let spiky = chart((0..100_000).map(|i| if i == 61_803 { 9.0 } else { 1.0 }));
        for (glyphs, is_dot) in [(&UNICODE, '\u{2800}'..='\u{28ff}'), (&ASCII, '*'..='*')] {
            let rows = drawn(&spiky, 60, 12, glyphs);
            assert!(rows[1].chars().any(|c| is_dot.contains(&c)), "{}", rows.join("\n"));
        }
    }

    #[test]
    fn what_is_not_a_number_is_a_gap_with_a_mark() {
        let broken = chart((0..200).map(|i| if (80..120).contains(&i) { f64::NAN } else { 1.0 }));
        let rows = drawn(&broken, 60, 10, &ASCII);
        let line = rows.iter().find(|r| r.contains("***")).unwrap();
        let middle = line.chars().skip(5 + 24).take(6).collect::<String>();
        assert!(!middle.contains('*'), "{}", rows.join("\n"));
        assert!(rows[rows.len() - 2].contains('X'), "{}", rows.join("\n"));
    }

    #[test]
    fn without_points_a_chart_says_what_it_waits_for() {
        assert!(
            drawn(&chart(std::iter::empty()), 40, 8, &UNICODE)
                .join("")
                .contains("nothing yet")
        );
    }
}
