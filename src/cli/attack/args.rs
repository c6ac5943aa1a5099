//! The arguments of `attack`.

use crate::{
    cli::failure::usage,
    run::attack::{AttackLoss, MOST_BATCH, MOST_DRAWS, MOST_STEPS, Norm, Order, PRECISIONS, Split, Twin},
    spec::{Aim, AttackKind, BackwardMode, backward_list},
    units::Epsilon,
};
use anyhow::Result;
use clap::{Args, ValueEnum, builder::PossibleValue};
use std::{path::PathBuf, str::FromStr};

/// Attack checkpoints and measure the accuracy that survives
#[derive(Debug, Args)]
pub struct AttackArgs {
    /// Checkpoints: their folders, or RUN:best, RUN:latest, RUN:STEP
    #[arg(value_name = "CKPT", required = true)]
    pub checkpoints: Vec<PathBuf>,
    /// Attacks: none, noise, gaussian, fgsm, rfgsm, rfgsm-ta, bim:K, pgd:K, pgd:KxR, mifgsm:K, apgd-ce:K, apgd-dlr:K,
    /// apgd-t:K, sapgd:K, square:Q [default: those of the checkpoint's specification]
    #[arg(long, value_name = "LIST")]
    pub attack: Option<List<AttackKind>>,
    /// Radii [default: 2/255,4/255,8/255]
    #[arg(long, value_name = "LIST")]
    pub eps: Option<List<Epsilon>>,
    /// The attacker's backward modes: bptt:SURROGATE, rate, active, hart:WIDTH, pdsg, assg:A; or the presets reference,
    /// wide, adaptive (with sapgd:100, where no attack is named) and full [default: bptt:triangle:1]
    #[arg(long, value_name = "LIST")]
    pub backward: Option<List<BackwardMode>>,
    /// The norm of the radius
    #[arg(long, default_value = "linf")]
    pub norm: Norm,
    /// Images attacked [default: 1000]
    #[arg(long, value_name = "N", value_parser = samples)]
    pub samples: Option<usize>,
    /// Which images first
    #[arg(long, default_value = "file")]
    pub order: OrderArg,
    /// Which images
    #[arg(long, default_value = "test")]
    pub split: SplitArg,
    /// From which all randomness is drawn
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// Images per batch
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = batch)]
    pub batch: usize,
    /// The loss that is ascended, by the attacks that have none of their own
    #[arg(long, default_value = "ce")]
    pub loss: LossArg,
    /// Step size [default: the attack's own, for pgd (2.55/8)·ε]
    #[arg(long, value_name = "A")]
    pub alpha: Option<Epsilon>,
    /// Stop after so many seconds; what is done is kept
    #[arg(long, value_name = "S", value_parser = max_seconds)]
    pub max_seconds: Option<f64>,
    /// The attack's directory; one of the same attack continues where it ended
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The folder that holds the data sets [default: $SPIKEDECK_DATA, else ./data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// cpu, flex, tch, tch:cuda:N or cuda:N
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
    /// Answer at once and let the attack continue by itself
    #[arg(long)]
    pub detach: bool,
    /// Say what it would cost, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Average gradients and predictions over so many draws of a random coding
    #[arg(long, value_name = "M", value_parser = eot)]
    pub eot: Option<u32>,
    /// Follow the gradients of this checkpoint; the accuracy is still counted on CKPT
    #[arg(long, value_name = "CKPT")]
    pub transfer_from: Option<PathBuf>,
    /// Lead every image to one class: next, least-likely or a class's number
    #[arg(long, value_name = "CLASS")]
    pub target: Option<Aim>,
    /// Attack the network with another number of time steps
    #[arg(long, value_name = "T", value_parser = steps)]
    pub steps: Option<usize>,
    /// Keep adversarial images as safetensors in the attack's directory
    #[arg(long)]
    pub keep: bool,
    /// Follow the gradients of the network's ANN twin: rate curves instead of neurons, no time axis
    #[arg(long, value_name = "TWIN")]
    pub twin: Option<TwinArg>,
    /// Attack only the images that all earlier cells left, cheap attacks first: the worst case for less
    #[arg(long, conflicts_with = "precision")]
    pub worst_case: bool,
    /// End a cell at the first batch after which its accuracy is known to ± P, a share such as 0.02 [0.001 to 0.25]
    #[arg(long, value_name = "P", value_parser = precision)]
    pub precision: Option<f64>,
    /// Attack nothing: count the images that this finished attack kept (--keep) on CKPT
    #[arg(long, value_name = "ATTACK_DIR", conflicts_with_all = [
        "attack", "eps", "backward", "norm", "samples", "order", "split", "seed", "loss", "alpha", "transfer_from",
        "target", "twin", "keep", "worst_case", "precision",
    ])]
    pub replay: Option<PathBuf>,
    /// Which of that attack's checkpoints the images were made on, from 1 [default: its only one]
    #[arg(long, value_name = "N", requires = "replay", value_parser = replay_of)]
    pub replay_of: Option<usize>,
}

impl AttackArgs {
    /// What the parser cannot see.
    ///
    /// # Errors
    /// Wrong usage, naming the argument.
    pub fn check(&self) -> Result<()> {
        match self.device.is_empty() {
            true => Err(usage("--device: write cpu, flex, tch, tch:cuda:N or cuda:N")),
            false => Ok(()),
        }
    }
}

/// A comma-separated list.
#[derive(Debug, Clone, PartialEq)]
pub struct List<T>(pub Vec<T>);

impl FromStr for List<AttackKind> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        AttackKind::list(text).map(List)
    }
}

impl FromStr for List<BackwardMode> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        backward_list(text).map(List)
    }
}

impl FromStr for List<Epsilon> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        let radii: Vec<Epsilon> = parts
            .map(|p| p.parse().map_err(|e| format!("{e}")))
            .collect::<Result<_, String>>()?;
        match radii.is_empty() {
            true => Err("the list of radii is empty: write for example 2/255,8/255".into()),
            false => Ok(List(radii)),
        }
    }
}

fn bounded(text: &str, most: usize) -> Result<usize, String> {
    let n = text.parse().ok().filter(|n| (1..=most).contains(n));
    n.ok_or_else(|| format!("must be an integer between 1 and {most}"))
}

fn samples(text: &str) -> Result<usize, String> {
    bounded(text, 1_000_000)
}

fn batch(text: &str) -> Result<usize, String> {
    bounded(text, MOST_BATCH)
}

fn steps(text: &str) -> Result<usize, String> {
    bounded(text, MOST_STEPS)
}

fn eot(text: &str) -> Result<u32, String> {
    bounded(text, MOST_DRAWS as usize).map(|n| n as u32)
}

fn replay_of(text: &str) -> Result<usize, String> {
    bounded(text, 1_000_000)
}

fn precision(text: &str) -> Result<f64, String> {
    let p = text.parse().ok().filter(|p: &f64| PRECISIONS.contains(p));
    p.ok_or_else(|| {
        let (low, high) = PRECISIONS.into_inner();
        format!("must be a share between {low} and {high}: 0.02 ends at ± 2 points")
    })
}

fn max_seconds(text: &str) -> Result<f64, String> {
    let s = text.parse().ok().filter(|s: &f64| s.is_finite() && *s > 0.0);
    s.ok_or_else(|| "must be a number of seconds above 0".to_string())
}

impl ValueEnum for Norm {
    fn value_variants<'a>() -> &'a [Norm] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.meaning()))
    }
}

/// `--twin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TwinArg {
    /// Rate curves instead of neurons.
    Ann,
}

impl From<TwinArg> for Twin {
    fn from(arg: TwinArg) -> Twin {
        match arg {
            TwinArg::Ann => Twin::Ann,
        }
    }
}

/// `--order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OrderArg {
    /// The first N, as the file has them.
    File,
    /// A shuffle by the seed.
    Shuffled,
}

/// `--split`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitArg {
    /// The test set.
    Test,
    /// What the run held out.
    Validation,
}

/// `--loss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LossArg {
    /// Cross-entropy.
    Ce,
    /// The margin between the best wrong and the right class.
    Margin,
    /// Difference of logits ratio.
    Dlr,
}

impl From<OrderArg> for Order {
    fn from(arg: OrderArg) -> Order {
        match arg {
            OrderArg::File => Order::File,
            OrderArg::Shuffled => Order::Shuffled,
        }
    }
}

impl From<SplitArg> for Split {
    fn from(arg: SplitArg) -> Split {
        match arg {
            SplitArg::Test => Split::Test,
            SplitArg::Validation => Split::Validation,
        }
    }
}

impl From<LossArg> for AttackLoss {
    fn from(arg: LossArg) -> AttackLoss {
        match arg {
            LossArg::Ce => AttackLoss::Ce,
            LossArg::Margin => AttackLoss::Margin,
            LossArg::Dlr => AttackLoss::Dlr,
        }
    }
}
