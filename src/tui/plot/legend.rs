//! The legend above a chart: the title, and for each curve its symbol, name and values; the values at the cursor if
//! there is one. The least important parts are dropped first if space is short.

use super::{
    axis::{Axis, Scale},
    chart::Chart,
    clock::moment,
    curve::{Best, Curve},
    point::Point,
    search::{at_or_before, extremes, visible},
    smooth::Average,
    source::{Source, drawable},
    style::Look,
};
use crate::{
    tui::theme::{Ink, glyphs::Glyphs},
    units::significant,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

/// Draws heading and legend; returns the rows used.
pub fn draw(chart: &Chart, area: Rect, look: Look, buffer: &mut Buffer) -> u16 {
    let heading = heading(chart, usize::from(area.width), look);
    let said: Vec<Said> = chart.curves.iter().map(|curve| said(chart, curve, look)).collect();
    if look.full && area.height >= 12 {
        buffer.set_line(area.x, area.y, &heading, area.width);
        let rows = chart.curves.len().min(usize::from(area.height / 4));
        let names = chart
            .curves
            .iter()
            .take(rows)
            .map(|c| look.glyphs.spell(&c.name).width());
        let wide = (names.max().unwrap_or(0) + 1).clamp(if area.width < 100 { 12 } else { 22 }, 41);
        let raw = said.iter().any(|s| s.raw.is_some());
        for (at, (curve, said)) in chart.curves.iter().zip(&said).take(rows).enumerate() {
            let room = usize::from(area.width.saturating_sub(2));
            let line = row(chart, (curve, said, raw), (wide, room), look);
            buffer.set_line(area.x + 2, area.y + 1 + at as u16, &line, area.width.saturating_sub(2));
        }
        return rows as u16 + 2;
    }
    if area.height < 3 {
        return 0;
    }
    let fits = |line: &Line| line.width() <= usize::from(area.width);
    let candidates = [
        Detail::Range,
        Detail::Raw,
        Detail::Named,
        Detail::Values,
        Detail::First,
        Detail::Name,
    ];
    let line = candidates
        .into_iter()
        .filter(|d| *d != Detail::Values || chart.cursor.is_some())
        // Each curve takes three columns for its sign, and four more for a name or a value.
        .filter(|d| chart.curves.len() * if *d <= Detail::Values { 7 } else { 3 } < usize::from(area.width))
        .map(|d| compact(chart, (&heading, &said), d, look))
        .find(fits)
        .unwrap_or_else(|| whole_entries(chart, (&heading, &said), look, usize::from(area.width)));
    buffer.set_line(area.x, area.y, &line, area.width);
    1
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Detail {
    Range,
    /// Values, the raw ones beside those that are smoothed.
    Raw,
    Named,
    /// Values next to symbols, if there is a cursor.
    Values,
    /// The first curve's value only.
    First,
    /// Names without values.
    Name,
}

/// What the legend says of a curve: the value that is drawn, and the raw one where that is another.
struct Said {
    value: String,
    raw: Option<String>,
}

fn heading(chart: &Chart, width: usize, look: Look) -> Line<'static> {
    let pointer = if look.focused { look.glyphs.pointer } else { " " };
    Line::from(vec![
        Span::styled(pointer, look.theme.ink(Ink::Accent)),
        Span::styled(
            within(&look.glyphs.spell(&chart.title), width.saturating_sub(1), look.glyphs),
            look.theme.ink(Ink::Strong),
        ),
    ])
}

/// Text truncated to this many cells, with an ellipsis.
pub(super) fn within(text: &str, width: usize, glyphs: &Glyphs) -> String {
    if text.width() <= width {
        return text.into();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    kept + glyphs.ellipsis
}

fn compact(chart: &Chart, (heading, all): (&Line<'static>, &[Said]), detail: Detail, look: Look) -> Line<'static> {
    let mut line = heading.clone();
    let muted = look.theme.ink(Ink::Muted);
    let text = look.theme.ink(Ink::Text);
    for (at, (curve, said)) in chart.curves.iter().zip(all).enumerate() {
        line.push_span(Span::styled(
            format!("  {}", curve.glyph(look)),
            look.theme.series(curve.hue),
        ));
        if detail != Detail::Values {
            line.push_span(Span::styled(format!(" {}", look.glyphs.spell(&curve.name)), muted));
        }
        let valued = match detail {
            Detail::Range | Detail::Raw | Detail::Named | Detail::Values => true,
            Detail::First => at == 0,
            Detail::Name => false,
        };
        if valued {
            line.push_span(Span::styled(format!(" {}", said.value), text));
        }
        if let (Detail::Range | Detail::Raw, Some(raw)) = (detail, &said.raw) {
            line.push_span(Span::styled(format!(" raw {raw}"), muted));
        }
        if let (Detail::Range, Some((min, max))) = (detail, range(chart, curve)) {
            let words = format!("  min {}  max {}", significant(min.y), significant(max.y));
            line.push_span(Span::styled(words, muted));
        }
    }
    line
}

/// As many curves as fit with sign, name and value, and how many there are besides: `+2`. A sign alone says nothing.
fn whole_entries(chart: &Chart, (heading, said): (&Line<'static>, &[Said]), look: Look, width: usize) -> Line<'static> {
    let (muted, text) = (look.theme.ink(Ink::Muted), look.theme.ink(Ink::Text));
    let all = chart.curves.len();
    // A long title gives way to the first curve's name, as long as more than half of it stays and they are not the
    // same.
    let title = look.glyphs.spell(&chart.title).width();
    let first = chart.curves.first().zip(said.first()).map_or(0, |(curve, said)| {
        let more = if all > 1 {
            format!("  +{}", all - 1)
        } else {
            String::new()
        };
        4 + look.glyphs.spell(&curve.name).width() + 1 + said.value.width() + more.width()
    });
    let room = width.saturating_sub(first);
    let is_same = chart.curves.iter().any(|c| c.name == chart.title);
    let mut line = match heading.width() > room && room > title / 2 && !is_same {
        true => self::heading(chart, room, look),
        false => heading.clone(),
    };
    for (at, (curve, said)) in chart.curves.iter().zip(said).enumerate() {
        let left = all - at - 1;
        let after = if left > 0 { format!("  +{left}").width() } else { 0 };
        let sign = Span::styled(format!("  {}", curve.glyph(look)), look.theme.series(curve.hue));
        let name = Span::styled(format!(" {}", look.glyphs.spell(&curve.name)), muted);
        let value = Span::styled(format!(" {}", said.value), text);
        let fits = |parts: &[&Span]| line.width() + parts.iter().map(|s| s.width()).sum::<usize>() + after <= width;
        match () {
            () if fits(&[&sign, &name, &value]) => line.spans.extend([sign, name, value]),
            // The first one's name rather than nothing.
            () if at == 0 && fits(&[&sign, &name]) => line.spans.extend([sign, name]),
            () => {
                let more = Span::styled(format!("  +{}", left + 1), muted);
                if line.width() + more.width() <= width {
                    line.push_span(more);
                }
                break;
            }
        }
    }
    line
}

/// One row of the full-screen legend; `raws` where some row has a raw value beside. What does not fit whole is left
/// out.
fn row(
    chart: &Chart,
    (curve, said, raws): (&Curve, &Said, bool),
    (wide, room): (usize, usize),
    look: Look,
) -> Line<'static> {
    let muted = look.theme.ink(Ink::Muted);
    let text = look.theme.ink(Ink::Text);
    let mut line = Line::from(vec![
        Span::styled(curve.glyph(look), look.theme.series(curve.hue)),
        Span::styled(
            format!(
                " {:<wide$}",
                within(&look.glyphs.spell(&curve.name), wide - 1, look.glyphs)
            ),
            text,
        ),
        Span::styled(if chart.cursor.is_some() { "here " } else { "last " }, muted),
        Span::styled(format!("{:<11}", said.value), text),
    ]);
    if raws {
        let raw = said.raw.as_ref().map_or_else(String::new, |raw| format!("raw {raw}"));
        line.push_span(Span::styled(format!("{raw:<15}"), muted));
    }
    let narrow = line.width();
    if let Some((min, max)) = range(chart, curve) {
        for (word, point, end) in [("min", min, Best::Least), ("max", max, Best::Greatest)] {
            // The same width either way, so that the columns of several curves line up.
            let (word, style) = match curve.best == Some(end) {
                true => ("best", look.theme.ink(Ink::Good)),
                false => (word, muted),
            };
            let column = 14 - word.len();
            let wide = if chart.x.scale() == Scale::Clock { 17 } else { 10 };
            let spans = [
                Span::styled(format!("{word} "), style),
                Span::styled(format!("{:<column$}", significant(point.y)), text),
                Span::styled(format!("at {:<wide$}", place(chart, point.x)), muted),
            ];
            // Where there is no room for places, both values come before the place of one.
            let places = narrow + 2 * (15 + 3 + wide) <= room;
            let kept = if places { 3 } else { 2 };
            if line.width() + spans[..kept].iter().map(Span::width).sum::<usize>() <= room {
                line.spans.extend(spans.into_iter().take(kept));
            }
        }
    }
    line
}

/// The last value on the screen, or the one at or before the cursor; what is not finite is said as it is. Where x has
/// named places, a value holds at its own alone.
fn said(chart: &Chart, curve: &Curve, look: Look) -> Said {
    let seen = visible(&*curve.data, &chart.x);
    let at = match chart.cursor {
        Some(x) => at_or_before(&*curve.data, x).filter(|at| chart.x_ticks.is_none() || curve.data.x(*at) == x),
        None => seen.end.checked_sub(1).filter(|at| *at >= seen.start),
    };
    let Some(at) = at else {
        let value = look.glyphs.none.into();
        return Said { value, raw: None };
    };
    let drawn = curve.data.y(at);
    let is_smoothed = curve.smoothing > 0.0 && drawable(drawn);
    let smooth = match is_smoothed {
        true => Average::new(&*curve.data, curve.smoothing).at(at),
        false => None,
    };
    let before = |raw: &dyn Source| at_or_before(raw, curve.data.x(at)).map(|at| raw.y(at));
    let raw = match smooth {
        Some(_) => Some(drawn),
        None => curve.raw.as_deref().and_then(before),
    };
    Said {
        value: significant(smooth.unwrap_or(drawn)),
        raw: raw.map(significant),
    }
}

/// Says at the right end of the heading where a symmetric logarithmic axis is linear: its spacing alone does not.
pub fn draw_linear_part(y: &Axis, area: Rect, look: Look, buffer: &mut Buffer) {
    let Some(within) = y.linear_within() else { return };
    let words = format!("linear within ±{}", significant(within));
    let words = look.glyphs.spell(&words);
    let wide = words.width() as u16;
    if area.width > wide + 30 {
        let x = area.right() - wide;
        buffer.set_string(x, area.y, &words, look.theme.ink(Ink::Muted));
    }
}

/// An x in words.
fn place(chart: &Chart, x: f64) -> String {
    match chart.x.scale() {
        Scale::Clock => moment(x),
        _ if chart.x.is_counting() => format!("{:.0}", x.round()),
        _ => significant(x),
    }
}

/// The points on the screen with the minimum and maximum value, of the raw values.
fn range(chart: &Chart, curve: &Curve) -> Option<(Point, Point)> {
    extremes(&*curve.data, visible(&*curve.data, &chart.x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        plot::{point::Point, tests},
        theme::{Depth, glyphs::UNICODE},
    };
    use std::rc::Rc;

    fn chart<'a>(title: &str, curves: Vec<Curve<'a>>) -> Chart<'a> {
        Chart {
            title: title.into(),
            curves,
            marks: Vec::new(),
            x: Axis::new(Scale::Linear, 0.0, 1.0),
            x_name: "step".into(),
            x_ticks: None,
            y_scale: Scale::Linear,
            y_range: None,
            cursor: None,
            empty: String::new(),
        }
    }

    fn legend(width: u16) -> String {
        let curve = |at: usize| Curve {
            name: format!("curve number {at}"),
            data: Rc::new(vec![Point {
                x: 0.5,
                y: at as f64 + 0.5,
            }]),
            ..Curve::default()
        };
        let chart = chart("Loss", (0..3).map(curve).collect());
        let (rows, _) = tests::drawn((width, 6), &UNICODE, Depth::Mono, |area, look, buffer| {
            draw(&chart, area, look, buffer);
        });
        rows[0].trim_end().to_string()
    }

    #[test]
    fn the_legend_says_the_smoothed_value_and_the_raw_one_beside_it() {
        let data: Vec<Point> = [1.0, 1.0, 1.0, 3.0]
            .iter()
            .enumerate()
            .map(|(i, &y)| Point { x: i as f64, y })
            .collect();
        let mut chart = Chart {
            title: "Loss".into(),
            curves: vec![Curve {
                name: "CE".into(),
                data: Rc::new(data),
                smoothing: 0.9,
                ..Curve::default()
            }],
            marks: Vec::new(),
            x: Axis::new(Scale::Linear, 0.0, 3.0).counting(),
            x_name: "step".into(),
            x_ticks: None,
            y_scale: Scale::Linear,
            y_range: None,
            cursor: None,
            empty: String::new(),
        };
        let first = |chart: &Chart, full: bool| {
            let (rows, _) = tests::drawn((100, 16), &UNICODE, Depth::Mono, |area, look, buffer| {
                draw(chart, area, Look { full, ..look }, buffer);
            });
            rows.join("\n")
        };
        // (3 + 0.9 + 0.81 + 0.729) / (1 + 0.9 + 0.81 + 0.729).
        assert!(
            first(&chart, false).contains("CE 1.582 raw 3"),
            "{}",
            first(&chart, false)
        );
        let table = first(&chart, true);
        assert!(
            table.contains("last 1.582") && table.contains("raw 3 ") && table.contains("max 3"),
            "{table}"
        );
        chart.curves[0].smoothing = 0.0;
        assert!(first(&chart, false).contains("CE 3  min"), "{}", first(&chart, false));
        assert!(!first(&chart, true).contains("raw"));
    }

    #[test]
    fn a_long_title_gives_way_to_the_first_curves_name() {
        let curve = |at: usize| Curve {
            name: format!("curve {at}"),
            data: Rc::new(vec![Point { x: 0.5, y: 0.25 }]),
            ..Curve::default()
        };
        let chart = chart("Robust accuracy over training (7 of 10)", (0..7).map(curve).collect());
        let (rows, _) = tests::drawn((42, 6), &UNICODE, Depth::Mono, |area, look, buffer| {
            draw(&chart, area, look, buffer);
        });
        let line = rows[0].trim_end();
        assert!(
            line.contains("Robust accuracy") && line.contains("curve 0 0.25  +6"),
            "{line}"
        );
    }

    #[test]
    fn what_does_not_fit_is_counted_and_no_sign_stands_alone() {
        let narrow = legend(40);
        assert!(
            narrow.contains("curve number 0 0.5") && narrow.ends_with("+2"),
            "{narrow}"
        );
        assert!(legend(120).contains("curve number 2 2.5"));
        assert!(legend(12).ends_with("+3"), "{}", legend(12));
    }
}
