//! What an attack would cost: passes by counting, seconds from a short measurement on this machine.

use crate::run::{attack::AttackManifest, attack_job::passes};
use crate::units::seconds;
use serde_json::{Value, json};

/// The cost of a job's cells: at most so much, since images that are broken leave early. What is measured beside the cells
/// comes on top.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Forward passes of one image.
    pub forward: u64,
    /// Of these, such that are followed by a backward pass.
    pub backward: u64,
    /// Seconds at most on this machine, or why that is not known.
    pub seconds: Result<f64, String>,
}

impl Cost {
    /// Counts passes and measures how long one takes.
    pub fn of(manifest: &AttackManifest) -> Cost {
        let (forward, backward) = passes(manifest);
        let seconds = measured(manifest).map(|(one_forward, one_gradient)| {
            backward as f64 * one_gradient + forward.saturating_sub(backward) as f64 * one_forward
        });
        Cost {
            forward,
            backward,
            seconds,
        }
    }

    /// In words.
    pub fn text(&self) -> String {
        let time = match &self.seconds {
            Ok(s) => format!("at most {} for the cells on this machine", seconds(*s)),
            Err(why) => format!("how long that takes is not known ({why})"),
        };
        format!(
            "at most {} forward and {} backward passes of one image for the cells, and the checks beside them; {time}",
            self.forward, self.backward
        )
    }

    /// The seconds for scripts; null where they are not known.
    pub fn seconds_json(&self) -> Value {
        self.seconds.as_ref().map_or(Value::Null, |s| json!(s))
    }
}

/// Seconds of one image's forward pass and of its gradient, as a mean over the checkpoints.
#[cfg(feature = "engine")]
fn measured(manifest: &AttackManifest) -> Result<(f64, f64), String> {
    let count = manifest.checkpoints.len().max(1) as f64;
    let mut sum = (0.0, 0.0);
    for checkpoint in 0..manifest.checkpoints.len() {
        let one = crate::worker::pass_seconds(manifest, checkpoint).map_err(|e| format!("{e:#}"))?;
        sum = (sum.0 + one.forward / count, sum.1 + one.gradient / count);
    }
    Ok(sum)
}

#[cfg(not(feature = "engine"))]
fn measured(_: &AttackManifest) -> Result<(f64, f64), String> {
    Err("this build is the viewer only".into())
}
