//! Runs that differ in their seed alone, drawn as one line: their mean, within the least and the greatest of them.

use super::cast::Member;
use crate::{
    spec::Experiment,
    tui::plot::{Average, Point, Source},
};

/// A line of a group: the mean, and least and greatest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeanLine {
    /// The mean at each place.
    pub points: Vec<Point>,
    /// x, least, greatest.
    pub band: Vec<(f64, f64, f64)>,
}

/// The members of each group, by index; who is not yet read stands alone.
pub fn groups(members: &[Member]) -> Vec<Vec<usize>> {
    let recipe = |m: &Member| {
        m.manifest.map(|manifest| {
            let mut spec = manifest.spec.clone();
            spec.train.seed = 0;
            spec
        })
    };
    let mut groups: Vec<(Option<Experiment>, Vec<usize>)> = Vec::new();
    for (index, recipe) in members.iter().map(recipe).enumerate() {
        match groups.iter_mut().find(|(r, _)| r.is_some() && *r == recipe) {
            Some((_, list)) => list.push(index),
            None => groups.push((recipe, vec![index])),
        }
    }
    groups.into_iter().map(|(_, list)| list).collect()
}

/// The mean over `sources` at `count` places from `from` to `to`, each smoothed by `weight` first. A run counts from
/// its first to its last point; between its points the one before holds.
pub fn mean(sources: &[&dyn Source], (from, to): (f64, f64), count: usize, weight: f64) -> MeanLine {
    let mut averages: Vec<Average> = sources.iter().map(|s| Average::new(*s, weight)).collect();
    let mut line = MeanLine::default();
    let steps = count.max(2) - 1;
    for place in 0..=steps {
        let x = from + (to - from) * place as f64 / steps as f64;
        let mut values = Vec::with_capacity(sources.len());
        for (source, average) in sources.iter().zip(&mut averages) {
            let Some(at) = last_before(*source, x) else { continue };
            let ended = at + 1 == source.len() && source.x(at) < x - (to - from) / steps as f64;
            if !ended {
                values.extend(average.at(at).filter(|y| y.is_finite()));
            }
        }
        if values.is_empty() {
            continue;
        }
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let y = values.iter().sum::<f64>() / values.len() as f64;
        line.points.push(Point { x, y });
        line.band.push((x, least, greatest));
    }
    line
}

/// The index of the last point at or before `x`.
fn last_before(source: &dyn Source, x: f64) -> Option<usize> {
    let (mut low, mut high) = (0, source.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match source.x(middle) <= x {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::{history::History, manifest::Manifest, testing},
        tui::charts::clock::Calendar,
    };
    use std::path::Path;

    fn seeded(seed: u64, lr: f64) -> Manifest {
        let mut manifest = testing::manifest("20261123-094512-here-0abc");
        manifest.spec.train.seed = seed;
        manifest.spec.train.lr = lr;
        manifest
    }

    #[test]
    fn runs_that_differ_in_their_seed_alone_are_a_group() {
        let history = History::default();
        let manifests = [seeded(0, 0.1), seeded(1, 0.1), seeded(0, 0.2), seeded(2, 0.1)];
        let mut members: Vec<Member> = manifests
            .iter()
            .map(|m| Member {
                dir: Path::new("/x"),
                name: String::new(),
                history: &history,
                manifest: Some(m),
                calendar: Calendar::default(),
                hue: 0,
            })
            .collect();
        assert_eq!(groups(&members), [vec![0, 1, 3], vec![2]]);
        members[1].manifest = None;
        members[3].manifest = None;
        assert_eq!(groups(&members), [vec![0], vec![1], vec![2], vec![3]]);
    }

    #[test]
    fn the_mean_lies_within_its_band_and_a_run_that_ended_no_longer_counts() {
        let line = |ys: &[f64]| -> Vec<Point> {
            let point = |(i, y): (usize, &f64)| Point { x: i as f64, y: *y };
            ys.iter().enumerate().map(point).collect()
        };
        let (long, short) = (line(&[1.0; 11]), line(&[3.0, 3.0, 3.0, 3.0, 3.0]));
        let found = mean(&[&long, &short], (0.0, 10.0), 11, 0.0);
        assert_eq!(found.points[2], Point { x: 2.0, y: 2.0 });
        assert_eq!(found.band[2], (2.0, 1.0, 3.0));
        assert_eq!(found.band[10], (10.0, 1.0, 1.0));
        assert_eq!(found.points.len(), 11);
    }
}
