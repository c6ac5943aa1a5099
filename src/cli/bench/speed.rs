//! `bench step|attack|evaluate`: times of the engine, with what made them: firing rates, densities and kernels.

use super::{BenchArgs, What};
use crate::{
    cli::{failure::Code, output::Output},
    snn::backend::choices::{Choice, Direction},
    worker::bench::{ATTACK, Bench, Inside, Subject},
};
use anyhow::Result;
use serde_json::{Value, json};

/// Measures, says it in sentences, and answers with the figures.
///
/// # Errors
/// When a step's numbers are not finite.
pub fn measure(args: &BenchArgs, network: &str, subject: &Subject, out: Output) -> Result<Code> {
    let figures_of = Telling { args, network, subject };
    let mut answer = match args.what {
        What::Attack => {
            let measured = subject.attack()?;
            out.say(figures_of.sentence(&measured.all_steps, &format!("{ATTACK}, all steps of all images,")));
            out.say(figures_of.sentence(&measured.as_job, &format!("{ATTACK} as in a job")));
            let mut answer = figures_of.figures(&measured.all_steps);
            answer["attack"] = ATTACK.to_string().into();
            answer["as_job"] = json!({
                "images_per_second": figures_of.rate(&measured.as_job),
                "median_seconds": measured.as_job.median,
            });
            answer
        }
        What::Evaluate => {
            let measured = subject.evaluate()?;
            out.say(figures_of.sentence(&measured, "forward pass"));
            figures_of.figures(&measured)
        }
        _ => {
            let measured = subject.step()?;
            out.say(figures_of.sentence(&measured, "step"));
            let mut answer = figures_of.figures(&measured);
            answer["steps"] = measured.repeats.into();
            answer
        }
    };
    let inside = subject.inside()?;
    out.say(table(&inside));
    answer["inside"] = serde_json::to_value(&inside)?;
    out.answer(&answer);
    Ok(Code::Done)
}

struct Telling<'a> {
    args: &'a BenchArgs,
    network: &'a str,
    subject: &'a Subject,
}

impl Telling<'_> {
    fn rate(&self, measured: &Bench) -> f64 {
        self.subject.batch() as f64 / measured.median
    }

    fn sentence(&self, measured: &Bench, what: &str) -> String {
        format!(
            "{} on {}: {:.1} images/s, {:.4} s per {what} of {} (10 % to 90 %: {:.4} to {:.4} s), {} times, peak {} MiB",
            self.network,
            measured.device,
            self.rate(measured),
            measured.median,
            self.subject.batch(),
            measured.spread.0,
            measured.spread.1,
            measured.repeats,
            measured.peak_bytes >> 20,
        )
    }

    fn figures(&self, measured: &Bench) -> Value {
        json!({
            "images_per_second": self.rate(measured),
            "median_seconds": measured.median,
            "p10_seconds": measured.spread.0,
            "p90_seconds": measured.spread.1,
            "repeats": measured.repeats,
            "peak_bytes": measured.peak_bytes,
            "device": measured.device,
            "parameters": measured.parameters,
            "network": self.args.network.as_deref().unwrap_or(self.network),
            "T": self.subject.steps(),
            "batch": self.subject.batch(),
            "recipe": self.args.recipe,
            "set": self.args.set,
            "trained": self.args.weights.is_some(),
        })
    }
}

/// Firing rates, then one line per convolution: what it was given, and who computed it.
fn table(inside: &Inside) -> String {
    let rates: Vec<String> = inside
        .firing_rates
        .iter()
        .map(|r| format!("{:.1}", 100.0 * r))
        .collect();
    let mut text = format!("firing rates by layer, %: {}", rates.join(" "));
    for (title, choices) in [
        ("a forward pass", &inside.evaluation),
        ("a training step", &inside.step),
    ] {
        if !choices.is_empty() {
            text += &format!("\nconvolutions of {title}:");
        }
        for choice in choices {
            text += &format!("\n  {}", line(choice));
        }
    }
    text
}

fn line(c: &Choice) -> String {
    let pass = match c.pass {
        Direction::Forward => "forward",
        Direction::InputGradient => "input gradient",
        Direction::WeightGradient => "weight gradient",
    };
    let by = match c.event_driven {
        share if share <= 0.0 => "dense".to_string(),
        share if share >= 1.0 => "event-driven".to_string(),
        share => format!("event-driven for {:.0} %", 100.0 * share),
    };
    let what = if c.spikes { "spikes" } else { "values" };
    format!(
        "{pass:15} {:4} → {:<4} at {}×{}, {} maps: {:5.1} % {what}, {by}",
        c.inputs,
        c.outputs,
        c.size[0],
        c.size[1],
        c.rows,
        100.0 * c.nonzero
    )
}
