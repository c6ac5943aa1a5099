//! One batch of a cell: attacked, or taken from what another job kept, and counted.

use super::kept_examples::{Kept, keep};
use super::replay::Replayed;
use super::target::Target;
use super::{Sweep, draws, terms, text};
use crate::attack::{self, Attacked, Terms};
use crate::input::Batch;
use crate::run::{
    attack::CellEnd,
    attack_job::{CellKey, Span},
};
use crate::spec::AttackKind;
use anyhow::{Result, bail};

impl Sweep {
    /// One character per image of the span.
    pub(super) fn batch(&self, number: usize, cell: &CellKey, target: &Target, span: &Span) -> Result<String> {
        let places = &target.places[span.first..span.end];
        if cell.attack == AttackKind::None {
            let images = target.splits.images(target.of_test, places);
            let right = attack::classified_rightly(
                &target.network,
                &images.values,
                &images.labels,
                &images.places,
                draws(&self.manifest),
            );
            return Ok(span.line(&right));
        }
        let tried: Vec<u32> = span.tried.iter().map(|at| places[*at]).collect();
        let images = target.splits.images(target.of_test, &tried);
        let terms = Terms {
            kind: cell.attack,
            eps: cell.eps,
            mode: cell.backward,
            ..terms(&self.manifest)
        };
        let found = attack::attack(&target.network, target.source.as_ref(), &images, &terms);
        let line = span.line(&found.right);
        if self.manifest.keep {
            self.keep((number, span), cell, target, images, &found, &line)?;
        }
        Ok(line)
    }

    /// Keeps the images of a batch: all that are counted, as they are where they were not attacked because they are
    /// wrong when clean; in a worst-case job those that were tried.
    fn keep(
        &self,
        (number, span): (usize, &Span),
        cell: &CellKey,
        target: &Target,
        tried: Batch,
        found: &Attacked,
        line: &str,
    ) -> Result<()> {
        let (images, adversarial) = match self.manifest.worst_case {
            true => (tried, found.pixels.clone()),
            false => {
                let places = &target.places[span.first..span.end];
                let images = target.splits.images(target.of_test, places);
                let mut adversarial = images.values.clone();
                let size = images.size().max(1);
                for (at, x) in span.tried.iter().zip(found.pixels.chunks_exact(size)) {
                    adversarial[at * size..][..size].copy_from_slice(x);
                }
                (images, adversarial)
            }
        };
        let robust: String = line.chars().filter(|c| *c != '-').collect();
        let kept = Kept {
            number: (number, span.first),
            cell,
            images: &images,
            adversarial: &adversarial,
            robust: &robust,
        };
        keep(&self.job, &target.network, draws(&self.manifest), &kept)
    }

    /// The characters of the kept images of a cell from position `first` on, and whether no more were kept. As in any
    /// cell, an image that is wrong when clean is not robust.
    pub(super) fn replay(
        &self,
        replayed: &Replayed,
        cell: &CellKey,
        first: usize,
        target: &Target,
    ) -> Result<(String, Option<CellEnd>)> {
        let kept = replayed.read(cell, first, target)?;
        let places = target.places.iter().skip(first).take(kept.labels.len());
        let places: Vec<u64> = places.map(|p| u64::from(*p)).collect();
        let draws = draws(&self.manifest);
        let still = attack::classified_rightly(&target.network, &kept.adversarial, &kept.labels, &places, draws);
        let clean = self.cells.clean(cell.checkpoint);
        let right = still.iter().enumerate();
        let right: Vec<bool> = right
            .map(|(i, still)| *still && clean.and_then(|c| c.image(first + i)) == Some(true))
            .collect();
        let end = first + right.len();
        let images = self.cells.images(cell.checkpoint);
        if right.is_empty() || end > images {
            bail!("the job that is replayed kept other images than this one asks for");
        }
        let ended = (kept.is_last && end < images).then_some(CellEnd::Kept);
        Ok((text(&right), ended))
    }
}
