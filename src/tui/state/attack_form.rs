//! The attack form: what is attacked and how, the cost, and the exact command line. Pure.

use super::field::{self, Field, Kind};
use crate::{
    input::Range,
    spec::{AttackGrid, AttackKind, backward_list},
    tui::terminal::key::Key,
    units::{Epsilon, seconds},
};
use std::path::PathBuf;

/// The form's state.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackForm {
    /// The checkpoint's directory.
    pub checkpoint: PathBuf,
    /// Attacks, radii, backward modes, samples, whether images are kept: as typed.
    pub fields: [Field; 5],
    /// The field that has the focus.
    pub focus: usize,
    /// What the values of the attacked samples may be.
    pub range: Range,
}

/// Heading and hint of each field.
pub const FIELDS: [(&str, &str); 5] = [
    (
        "attacks",
        "none, noise, fgsm, pgd:K, pgd:KxR, apgd-ce:K, square:Q and more",
    ),
    ("ε", "radii such as 2/255 or 0.03; separated by commas"),
    (
        "backward",
        "bptt:triangle:1, rate, pdsg, or reference, wide, adaptive, full",
    ),
    ("samples", "how many test images, 1 to 1000000"),
    (
        "keep",
        "yes keeps every attacked image for the samples view; no keeps none",
    ),
];

/// Whether images are kept.
const KEEP: Kind = Kind::Choice(&["no", "yes"]);

/// What the form asks for, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The grid.
    pub grid: AttackGrid,
    /// Whether attacked images are kept.
    pub keep: bool,
    /// Cells: attack × backward mode × ε.
    pub cells: usize,
    /// Passes of one image through the network, forward and backward.
    pub passes: u64,
}

impl AttackForm {
    /// A form filled in from a specification's `[attack]`.
    pub fn new(checkpoint: PathBuf, grid: &AttackGrid) -> AttackForm {
        AttackForm {
            checkpoint,
            fields: [
                Field::new(list(&grid.attacks), Kind::Word),
                Field::new(list(&grid.eps), Kind::Word),
                Field::new(list(&grid.backward), Kind::Word),
                Field::new(grid.samples.to_string(), Kind::Word),
                Field::new("no", KEEP),
            ],
            focus: 0,
            range: Range::UNIT,
        }
    }

    /// A quick look: clean accuracy, FGSM and PGD-10 on 200 images, at the specification's radii. The images are kept:
    /// so few are little, and looking at them is half of what a probe is for.
    pub fn probe(checkpoint: PathBuf, grid: &AttackGrid) -> AttackForm {
        let quick = AttackGrid {
            attacks: vec![
                AttackKind::None,
                AttackKind::Fgsm,
                AttackKind::Pgd { steps: 10, restarts: 1 },
            ],
            samples: 200,
            ..grid.clone()
        };
        let mut form = AttackForm::new(checkpoint, &quick);
        form.fields[4] = Field::new("yes", KEEP);
        form
    }

    /// The same for samples whose values may be these.
    pub fn of_range(self, range: Range) -> AttackForm {
        AttackForm { range, ..self }
    }

    /// Types into the focused field or moves between fields.
    pub fn key(&mut self, key: Key) {
        field::press(&mut self.fields, &mut self.focus, key);
    }

    /// What is wrong with one field.
    pub fn problem(&self, field: usize) -> Option<String> {
        let text = self.fields[field].text();
        match field {
            0 => AttackKind::list(text).err(),
            1 => radii(text, self.range).err(),
            2 => backward_list(text).err(),
            3 => samples(text).err(),
            _ => keep(text).err(),
        }
    }

    /// The grid, where every field is in order.
    ///
    /// # Errors
    /// The first problem.
    pub fn asked(&self) -> Result<Asked, String> {
        let grid = AttackGrid {
            attacks: AttackKind::list(self.fields[0].text())?,
            eps: radii(self.fields[1].text(), self.range)?,
            backward: backward_list(self.fields[2].text())?,
            samples: samples(self.fields[3].text())?,
        };
        let keep = keep(self.fields[4].text())?;
        let (mut cells, mut passes) = (0, 0u64);
        for attack in &grid.attacks {
            let modes = if attack.uses_gradient() { grid.backward.len() } else { 1 };
            let radii = if *attack == AttackKind::None { 1 } else { grid.eps.len() };
            let (forward, backward) = attack.passes();
            cells += modes * radii;
            passes = passes.saturating_add((modes * radii) as u64 * (forward + backward) * grid.samples as u64);
        }
        Ok(Asked {
            grid,
            keep,
            cells,
            passes,
        })
    }

    /// Arguments of the process that does it.
    ///
    /// # Errors
    /// The first problem.
    pub fn arguments(&self, extra: &[String]) -> Result<Vec<String>, String> {
        let Asked { grid, keep, .. } = self.asked()?;
        let pairs = [
            ("--attack", list(&grid.attacks)),
            ("--eps", list(&grid.eps)),
            ("--backward", list(&grid.backward)),
            ("--samples", grid.samples.to_string()),
        ];
        let mut arguments = vec!["attack".to_string(), self.checkpoint.display().to_string()];
        arguments.extend(pairs.into_iter().flat_map(|(name, value)| [name.to_string(), value]));
        if keep {
            arguments.push("--keep".into());
        }
        arguments.extend(extra.iter().cloned());
        arguments.push("--detach".into());
        Ok(arguments)
    }
}

/// Passes are exact; the time is a guess from the training's own speed in images per second, of three passes an image.
pub fn cost_in_words(asked: &Asked, rate: f64) -> String {
    let passes = match asked.passes {
        p @ 0..10_000 => p.to_string(),
        p @ 10_000..10_000_000 => format!("{:.0} thousand", p as f64 / 1e3),
        p => format!("{:.1} million", p as f64 / 1e6),
    };
    let time = match rate > 0.0 {
        true => format!(
            "; very roughly {} at this run's speed",
            seconds(asked.passes as f64 / (3.0 * rate))
        ),
        false => String::new(),
    };
    let cells = match asked.cells {
        1 => "1 cell".to_string(),
        many => format!("{many} cells"),
    };
    format!("{cells}, {passes} passes of one image{time}")
}

/// A command line as people would type it.
pub fn command_line(arguments: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,=+@".contains(c);
    let quoted = arguments.iter().map(|a| match !a.is_empty() && a.chars().all(plain) {
        true => a.clone(),
        false => format!("'{}'", a.replace('\'', r"'\''")),
    });
    std::iter::once("spikedeck".to_string())
        .chain(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// Radii in the units of a range: shares of the pixel range, or events per cell.
fn radii(text: &str, range: Range) -> Result<Vec<Epsilon>, String> {
    let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
    let radii: Result<Vec<Epsilon>, _> = parts.map(str::parse).collect();
    match radii {
        Err(e) => Err(e.to_string()),
        Ok(list) if list.iter().any(|e| e.value() > f64::from(range.high - range.low)) => {
            Err("a radius is a share of the pixel range, from 0 to 1 (255/255): use for example 8/255".into())
        }
        Ok(list) if list.is_empty() => Err("the list of radii is empty: use for example 2/255,8/255".into()),
        Ok(list) => Ok(list),
    }
}

fn samples(text: &str) -> Result<usize, String> {
    let number = text
        .trim()
        .parse::<usize>()
        .ok()
        .filter(|n| (1..=1_000_000).contains(n));
    number.ok_or_else(|| format!("{text:?}: samples must be an integer from 1 to 1000000"))
}

fn keep(text: &str) -> Result<bool, String> {
    match text.trim() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("{other:?}: keep must be yes or no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radius_beyond_the_pixel_range_is_marked_before_anything_is_started() {
        let pixels = |text| radii(text, Range::UNIT);
        assert!(pixels("20").unwrap_err().contains("from 0 to 1"));
        assert!(pixels("8/255,300/255").is_err() && pixels("8/255,1").is_ok());
        assert!(radii("1,20", Range::COUNTS).is_ok(), "events per cell");
    }

    #[test]
    fn the_command_line_says_what_the_form_says() {
        let mut form = AttackForm::new("/w/run one/step-000000010".into(), &AttackGrid::default());
        assert_eq!(
            command_line(&form.arguments(&[]).unwrap()),
            "spikedeck attack '/w/run one/step-000000010' --attack fgsm,pgd:10 --eps 2/255,4/255,8/255 \
             --backward bptt:triangle:1 --samples 1000 --detach"
        );
        form.key(Key::parse("end").unwrap());
        form.key(Key::char(','));
        form.key(Key::char('x'));
        assert!(form.problem(0).unwrap().contains("pgd:KxR"));
        assert!(form.arguments(&[]).is_err());
    }

    #[test]
    fn the_cost_counts_every_pass() {
        let form = AttackForm::probe("/c".into(), &AttackGrid::default());
        let asked = form.asked().unwrap();
        // none once, fgsm and pgd:10 at three radii: 200 × (1 + 3 × 3 + 3 × 21).
        assert_eq!((asked.cells, asked.passes), (7, 200 * (1 + 9 + 63)));
    }
}
