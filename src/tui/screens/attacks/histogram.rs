//! A histogram in one line of block characters, scaled to the largest bin.

use crate::tui::theme::glyphs::{self, Glyphs};

/// Letters from nearly empty to full; an empty bin is a space.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// How many of the values fall into each of `bins` equal parts of 0 to `most`; what is no number falls nowhere.
pub fn line(values: impl Iterator<Item = f64>, most: f64, bins: usize, glyphs: &Glyphs) -> String {
    let mut counts = vec![0usize; bins];
    for value in values.filter(|v| v.is_finite() && *v >= 0.0) {
        let at = (value / most.max(f64::MIN_POSITIVE) * bins as f64) as usize;
        if let Some(count) = counts.get_mut(at.min(bins.saturating_sub(1))) {
            *count += 1;
        }
    }
    let tallest = counts.iter().copied().max().unwrap_or(0).max(1);
    let letters = if *glyphs == glyphs::ASCII { PLAIN } else { BARS };
    let letter = |count: &usize| match count {
        0 => ' ',
        n => letters[(n * letters.len()).div_ceil(tallest) - 1],
    };
    counts.iter().map(letter).collect()
}

/// The middle of the values that are numbers; of an even number, the upper one.
pub fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tallest_bin_is_full_and_an_empty_one_is_empty() {
        let values = [0.0, 0.5, 0.9, 2.5, 4.0, f64::NAN, -1.0];
        assert_eq!(line(values.into_iter(), 4.0, 4, &glyphs::UNICODE), "█ ▃▃");
        assert_eq!(line(values.into_iter(), 4.0, 4, &glyphs::ASCII), "@ --");
        assert_eq!(line([f64::MAX].into_iter(), 0.0, 3, &glyphs::ASCII), "  @");
        assert_eq!(line([1.0].into_iter(), 1.0, 0, &glyphs::ASCII), "");
    }

    #[test]
    fn the_median_leaves_out_what_is_no_number() {
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median(std::iter::empty()), None);
    }
}
