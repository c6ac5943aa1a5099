//! Runs that differ only in their seed, drawn as one curve: their mean, with the min–max range as a band. Pure.

use super::selection::Member;
use crate::{
    spec::Experiment,
    tui::plot::{Average, Axis, Point, Source, at_or_before, drawable},
};

/// A line of a group: the mean, and min and max.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeanLine {
    /// The mean at each place.
    pub points: Vec<Point>,
    /// x, min, max.
    pub band: Vec<(f64, f64, f64)>,
}

/// The members of each group, by index; a run that is not yet read is a group of its own.
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

/// The mean over `sources` at `count` places along `x`, each smoothed by `weight` first. A run counts from its first to
/// its last point; between its points the one before holds. Where one of them is not a number there is no mean.
pub fn mean(sources: &[&dyn Source], x: &Axis, count: usize, weight: f64) -> MeanLine {
    let mut averages: Vec<Average> = sources.iter().map(|s| Average::new(*s, weight)).collect();
    let mut line = MeanLine::default();
    let mut before = x.low();
    for place in 0..count {
        let here = x.value_at(place, count);
        let mut values = Vec::with_capacity(sources.len());
        for (source, average) in sources.iter().zip(&mut averages) {
            let Some(at) = at_or_before(*source, here) else {
                continue;
            };
            let has_ended = at + 1 == source.len() && source.x(at) < before;
            if !has_ended {
                values.push(average.at(at).filter(|_| drawable(source.y(at))));
            }
        }
        before = here;
        if values.is_empty() {
            continue;
        }
        match values.into_iter().collect::<Option<Vec<f64>>>() {
            None => {
                line.points.push(Point { x: here, y: f64::NAN });
                line.band.push((here, f64::NAN, f64::NAN));
            }
            Some(values) => {
                let least = values.iter().copied().fold(f64::INFINITY, f64::min);
                let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let y = values.iter().sum::<f64>() / values.len() as f64;
                line.points.push(Point { x: here, y });
                line.band.push((here, least, greatest));
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::{history::History, manifest::Manifest, testing},
        tui::{charts::clock::Calendar, plot::Scale},
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
        let x = Axis::new(Scale::Linear, -0.5, 10.5);
        let found = mean(&[&long, &short], &x, 11, 0.0);
        assert_eq!(found.points[2], Point { x: 2.0, y: 2.0 });
        assert_eq!(found.band[2], (2.0, 1.0, 3.0));
        assert_eq!(found.band[10], (10.0, 1.0, 1.0));
        assert_eq!(found.points.len(), 11);
    }

    #[test]
    fn there_is_no_mean_where_a_seed_is_not_a_number() {
        let line = |broken: usize| -> Vec<Point> {
            let y = |i| if i >= broken { f64::NAN } else { 1.0 };
            (0..10).map(|i| Point { x: i as f64, y: y(i) }).collect()
        };
        let x = Axis::new(Scale::Linear, -0.5, 9.5);
        let found = mean(&[&line(4), &line(99)], &x, 10, 0.9);
        let broken = found.points.iter().position(|p| p.y.is_nan());
        assert_eq!((broken, found.points.len()), (Some(4), 10));
        assert!(found.band[3].1.is_finite() && found.band[4].1.is_nan());
    }
}
