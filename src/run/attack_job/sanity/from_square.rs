//! Square, which needs no gradient, against the attacks that follow one: the clearest sign of masked gradients,
//! or that the attacks which follow them are weak. Which of the two it is has to be found out, so the check says how.

use super::compare::{Compared, Comparison, Rule, pair, percent, points};
use super::from_cells::{attacked, gradients_beside, is_single_step, leave, same_place, strongest};
use crate::run::attack_job::{Cell, Cells};
use crate::spec::AttackKind;

/// Square may be this much better than gradients.
const GRADIENT_FREE: Rule = Rule {
    floor: 0.002,
    margin: 0.01,
    fails: true,
};
/// What a run of too few steps should at least become.
const STEPS: u32 = 20;

/// Square does not beat the gradients.
pub fn gradient_free(cells: &Cells) -> Compared {
    let all = attacked(cells);
    let mut comparisons = Vec::new();
    for square in &all {
        let AttackKind::Square { queries } = square.key.attack else {
            continue;
        };
        let group = gradients_beside(&all, square);
        comparisons.extend(strongest(&group, square).map(|(cell, p)| {
            let apart = match p.excess() {
                more if more > 0.0 => format!(", {} less", points(more)),
                _ => String::new(),
            };
            Comparison {
                advice: how_to_go_on(&group, queries, &still_falls(&all, square, queries)),
                ..Comparison::of(&p, format!("{}{apart}", leave(&p, cell, square)))
            }
        }));
    }
    Compared {
        check: "gradient-beats-square",
        rule: GRADIENT_FREE,
        comparisons,
        skipped: "needs square:Q and a gradient attack at the same radius",
        advice: "masked gradients or a weak attack",
    }
}

/// What tells masked gradients from a weak attack, and what Square would still find.
pub(super) fn how_to_go_on(gradients: &[&Cell], queries: u32, falls: &str) -> String {
    let first = gradients.iter().map(|c| c.key.attack).find(|a| is_single_step(*a));
    let verdict = match first.filter(|_| gradients.iter().all(|c| is_single_step(c.key.attack))) {
        Some(one) => format!(
            "{one} is a single step, and a single step is weak: that alone does not mean that the gradients are masked. \
             Masking or a weak attack?"
        ),
        None => "masked gradients or a weak attack?".to_string(),
    };
    let steps = gradients.iter().filter_map(|c| c.key.attack.steps()).max();
    let steps = steps.unwrap_or(0).saturating_mul(2).clamp(STEPS, 10_000);
    format!(
        "{verdict} Add more iterations (pgd:{steps},apgd-ce:{}) and other backward modes (--backward \
         reference,wide,adaptive): if they catch up the attack was weak, if none does the gradients are masked. {falls}Does \
         Square still fall? Add more queries (square:{})",
        steps.max(50),
        queries.saturating_mul(2).min(1_000_000)
    )
}

/// By how much Square fell from the next fewer queries that the job has too; empty without any.
fn still_falls(all: &[&Cell], square: &Cell, queries: u32) -> String {
    let fewer = all.iter().filter_map(|c| match c.key.attack {
        AttackKind::Square { queries: few } if few < queries && same_place(c, square) => Some((few, c)),
        _ => None,
    });
    let Some((few, cell)) = fewer.max_by_key(|(few, _)| *few) else {
        return String::new();
    };
    let Some(p) = pair(&[cell], &[square]) else {
        return String::new();
    };
    format!(
        "From {few} to {queries} queries Square fell from {} to {}, by {}. ",
        percent(p.a()),
        percent(p.b()),
        points(p.excess().max(0.0))
    )
}
