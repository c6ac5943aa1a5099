//! The live hyper-parameters: what may be changed while a run trains, within which bounds, from when on. The
//! worker, the command line and the screen all read this one table.

use super::Experiment;
use crate::units::Epsilon;

/// A hyper-parameter that a running worker applies.
pub struct Tunable {
    /// Dotted key in the specification and in `spikedeck send RUN set KEY=VALUE`.
    pub key: &'static str,
    /// The letter the method page gives it.
    pub symbol: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Unit, or empty.
    pub unit: &'static str,
    /// When a change takes effect, in words.
    pub effect: &'static str,
    /// What a person should know before turning it.
    pub hint: &'static str,
    /// Whether it counts in integers.
    pub whole: bool,
    get: fn(&Experiment) -> f64,
    set: fn(&mut Experiment, f64),
}

impl Tunable {
    /// The value in `experiment`.
    pub fn get(&self, experiment: &Experiment) -> f64 {
        (self.get)(experiment)
    }

    /// Writes a value that [`Tunable::check`] accepted.
    pub fn set(&self, experiment: &mut Experiment, value: f64) {
        (self.set)(experiment, value);
    }

    /// Whether `value` is within the bounds.
    ///
    /// # Errors
    /// A sentence with key, value, bounds and an example.
    pub fn check(&self, value: f64) -> Result<(), String> {
        let inside =
            value.is_finite() && (self.low..=self.high).contains(&value) && (!self.whole || value.fract() == 0.0);
        match inside {
            true => Ok(()),
            false => {
                let kind = if self.whole { "an integer " } else { "" };
                Err(format!(
                    "{} = {value}: must be {kind}between {} and {}",
                    self.key, self.low, self.high
                ))
            }
        }
    }

    /// Parses a value: a decimal, or `n/255` for radii.
    ///
    /// # Errors
    /// When the text is no number or out of bounds.
    pub fn parse(&self, text: &str) -> Result<f64, String> {
        let text = text.trim().trim_matches('"');
        let value = match (self.is_radius(), text.parse::<f64>()) {
            (_, Ok(v)) => v,
            (true, Err(_)) => text
                .parse::<Epsilon>()
                .map_err(|e| format!("{}: {e}", self.key))?
                .value(),
            (false, Err(_)) => {
                return Err(format!(
                    "{}: {text:?} is not a number; it must be between {} and {}",
                    self.key, self.low, self.high
                ));
            }
        };
        self.check(value).map(|()| value)
    }

    /// Prints a value as people write it.
    pub fn show(&self, value: f64) -> String {
        match self.is_radius() {
            true => Epsilon::new(value).map_or_else(|_| value.to_string(), |e| e.to_string()),
            false => crate::units::significant(value),
        }
    }

    fn is_radius(&self) -> bool {
        self.unit == "pixel/255"
    }
}

/// Every live hyper-parameter.
pub static TUNABLES: &[Tunable] = &[
    Tunable {
        key: "objective.lambda",
        symbol: "λ",
        low: 0.0,
        high: 1000.0,
        unit: "",
        effect: "next step",
        hint: "weight of the gradient-sparsity term",
        whole: false,
        get: |e| e.objective.lambda,
        set: |e, v| e.objective.lambda = v,
    },
    Tunable {
        key: "train.lr",
        symbol: "lr",
        low: 0.0,
        high: 100.0,
        unit: "",
        effect: "next step, as the schedule's new base",
        hint: "base learning rate; the schedule scales it",
        whole: false,
        get: |e| e.train.lr,
        set: |e, v| e.train.lr = v,
    },
    Tunable {
        key: "train.weight_decay",
        symbol: "wd",
        low: 0.0,
        high: 10.0,
        unit: "",
        effect: "next step",
        hint: "weight decay",
        whole: false,
        get: |e| e.train.weight_decay,
        set: |e, v| e.train.weight_decay = v,
    },
    Tunable {
        key: "objective.h",
        symbol: "h",
        low: 1e-5,
        high: 1.0,
        unit: "pixel",
        effect: "next step",
        hint: "finite-difference width",
        whole: false,
        get: |e| e.objective.h,
        set: |e, v| e.objective.h = v,
    },
    Tunable {
        key: "adversary.eps",
        symbol: "ε",
        low: 0.0,
        high: 1.0,
        unit: "pixel/255",
        effect: "next step of AT, SR* and RAT",
        hint: "radius of the images trained against",
        whole: false,
        get: |e| e.adversary.eps.value(),
        set: |e, v| e.adversary.eps = Epsilon::new(v).unwrap_or(e.adversary.eps),
    },
    Tunable {
        key: "adversary.alpha",
        symbol: "α",
        low: 0.0,
        high: 1.0,
        unit: "pixel/255",
        effect: "next step of AT, SR* and RAT",
        hint: "step size of the trainer's PGD; 0 is (2.55/8)·ε",
        whole: false,
        get: |e| e.adversary.alpha.value(),
        set: |e, v| e.adversary.alpha = Epsilon::new(v).unwrap_or(e.adversary.alpha),
    },
    Tunable {
        key: "probe.every",
        symbol: "probe",
        low: 0.0,
        high: 1e9,
        unit: "steps",
        effect: "next step",
        hint: "steps between gradient probes; 0 is twenty per epoch",
        whole: true,
        get: |e| e.probe.every as f64,
        set: |e, v| e.probe.every = v as u64,
    },
    Tunable {
        key: "checkpoint.every",
        symbol: "ckpt",
        low: 0.0,
        high: 1e9,
        unit: "steps",
        effect: "next step",
        hint: "steps between checkpoints; 0 is once per epoch",
        whole: true,
        get: |e| e.checkpoint.every as f64,
        set: |e, v| e.checkpoint.every = v as u64,
    },
];

/// Finds a tunable by its full key or by its last part (`lambda`, `lr`) where that is unambiguous.
///
/// # Errors
/// A sentence that lists the keys, or the candidates of an ambiguous name.
pub fn tunable(name: &str) -> Result<&'static Tunable, String> {
    if let Some(t) = TUNABLES.iter().find(|t| t.key == name) {
        return Ok(t);
    }
    let ends: Vec<_> = TUNABLES
        .iter()
        .filter(|t| t.key.rsplit('.').next() == Some(name))
        .collect();
    match ends.as_slice() {
        [one] => Ok(one),
        [] => Err(format!(
            "{name:?} cannot be changed while a run trains; what can: {}",
            keys(TUNABLES.iter())
        )),
        several => Err(format!(
            "{name:?} is ambiguous: write one of {}",
            keys(several.iter().copied())
        )),
    }
}

fn keys<'a>(of: impl Iterator<Item = &'a Tunable>) -> String {
    of.map(|t| t.key).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_names_work_where_they_are_unambiguous() {
        assert_eq!(tunable("lambda").unwrap().key, "objective.lambda");
        assert_eq!(tunable("train.lr").unwrap().key, "train.lr");
        assert!(
            tunable("every")
                .err()
                .unwrap()
                .contains("probe.every, checkpoint.every")
        );
        assert!(tunable("batch").err().unwrap().contains("objective.lambda"));
    }

    #[test]
    fn values_are_parsed_and_bounded() {
        assert_eq!(tunable("lambda").unwrap().parse("0.005"), Ok(0.005));
        assert!((tunable("eps").unwrap().parse("8/255").unwrap() - 8.0 / 255.0).abs() < 1e-12);
        assert!(
            tunable("lambda")
                .unwrap()
                .parse("-1")
                .unwrap_err()
                .contains("between 0 and 1000")
        );
        assert!(
            tunable("probe.every")
                .unwrap()
                .parse("1.5")
                .unwrap_err()
                .contains("integer")
        );
        assert!(tunable("lr").unwrap().parse("nan").is_err());
    }
}
