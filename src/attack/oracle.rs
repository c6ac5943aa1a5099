//! What an attack may ask of a network: logits, and the gradient of a loss of them. Behind a trait, so that every
//! attack is tested on a linear function whose answer is known in closed form.

use crate::input::Batch;
pub use crate::random::mix;
use crate::snn::{How, Network, Sharpness};
use crate::spec::BackwardMode;
use std::cell::RefCell;

/// Some images of a batch at some points.
pub struct Query<'a> {
    /// Values `[n, C, H, W]` or `[n, T, C, H, W]`.
    pub x: &'a [f32],
    /// Which images of the batch they are, by index: what an oracle keeps for an image is kept under this.
    pub who: &'a [usize],
    /// Which draw of a random coding; in each, every image has random numbers of its own.
    pub draw: u64,
}

/// From logits `[n, K]` to their loss's gradient `[n, K]`.
pub type Slope<'a> = &'a dyn Fn(&[f32]) -> Vec<f32>;

/// A network as an attacker sees it.
pub trait Oracle {
    /// Logits `[n, K]`.
    fn logits(&self, query: &Query<'_>) -> Vec<f32>;

    /// Logits, and the gradient of the values, in their form, of the loss that `slope` is the derivative of.
    fn gradient(&self, query: &Query<'_>, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>);
}

/// A spiking network, differentiated in a mode of the attacker's choice.
pub struct Attacker<'a> {
    /// The network.
    pub network: &'a Network,
    /// The attacker's backward mode.
    pub mode: BackwardMode,
    /// Draws of a random coding that logits and gradients are averaged over (EOT).
    pub draws: Draws,
    /// The places of the batch's images in the data set, by which a random coding knows them.
    places: Vec<u64>,
    /// What an adaptive mode has learned of the images so far.
    sharpness: RefCell<Sharpness>,
}

/// Draws of a random coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// How many are averaged over.
    pub count: u32,
    /// From which they are drawn.
    pub seed: u64,
}

impl Draws {
    /// A single one.
    pub const ONE: Draws = Draws { count: 1, seed: 0 };
}

impl<'a> Attacker<'a> {
    /// An attacker of the images at these places, who has asked nothing yet.
    pub fn new(network: &'a Network, mode: BackwardMode, draws: Draws, places: &[u64]) -> Attacker<'a> {
        Attacker {
            network,
            mode,
            draws,
            places: places.to_vec(),
            sharpness: RefCell::default(),
        }
    }

    /// The same attacker, who has asked nothing yet.
    pub fn afresh(&self) -> Attacker<'a> {
        Attacker::new(self.network, self.mode, self.draws, &self.places)
    }

    fn how(&self, draw: u64, record: bool) -> How {
        How {
            draw,
            record,
            ..How::attack(self.mode)
        }
    }

    fn places(&self, who: &[usize]) -> Vec<u64> {
        let place = |i: &usize| self.places.get(*i).copied().unwrap_or(*i as u64);
        who.iter().map(place).collect()
    }

    /// The mean over draws of what `one` finds for each.
    fn average(&self, draw: u64, one: impl FnMut(u64) -> (Vec<f32>, Vec<f32>)) -> (Vec<f32>, Vec<f32>) {
        let count = draws(self.network, self.draws.count);
        let draw = mix(self.draws.seed, draw);
        let mut found = (0..u64::from(count)).map(|j| mix(draw, j)).map(one);
        let (mut z, mut g) = found.next().unwrap_or_default();
        for (more_z, more_g) in found {
            z.iter_mut().zip(more_z).for_each(|(a, b)| *a += b);
            g.iter_mut().zip(more_g).for_each(|(a, b)| *a += b);
        }
        let share = 1.0 / count as f32;
        if count > 1 {
            z.iter_mut().chain(g.iter_mut()).for_each(|v| *v *= share);
        }
        (z, g)
    }
}

impl Oracle for Attacker<'_> {
    fn logits(&self, q: &Query<'_>) -> Vec<f32> {
        let places = self.places(q.who);
        let forward = |draw| self.network.forward_of(q.x, &places, &self.how(draw, false)).logits;
        self.average(q.draw, |draw| (forward(draw), Vec::new())).0
    }

    fn gradient(&self, q: &Query<'_>, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>) {
        let mut sharpness = self.sharpness.borrow_mut();
        let places = self.places(q.who);
        let mut first = true;
        self.average(q.draw, |draw| {
            let pass = self.network.forward_of(q.x, &places, &self.how(draw, true));
            // Of several draws of one step only the first teaches.
            sharpness.begin(q.who, !std::mem::take(&mut first));
            let gz = slope(&pass.logits);
            let gx = self.network.input_gradient_adapting(&pass, &gz, &mut sharpness);
            (pass.logits, gx)
        })
    }
}

/// Draws that are worth taking: one where nothing is random.
fn draws(network: &Network, asked: u32) -> u32 {
    match network.encoder.is_random() {
        true => asked.max(1),
        false => 1,
    }
}

/// Whether two passes of the same images give the same logits.
pub fn is_deterministic(network: &Network) -> bool {
    !network.encoder.is_random()
}

/// The network's own logits of some images, as they are counted: its own forward pass, averaged over draws which no attack
/// has seen. The images are known by their places in the data set, so that their logits do not depend on the batch.
pub fn counted_logits(network: &Network, pixels: &[f32], places: &[u64], draws: Draws) -> Vec<f32> {
    let counter = Attacker::new(network, How::EVALUATE.mode, draws, places);
    let who: Vec<usize> = (0..places.len()).collect();
    counter.logits(&Query {
        x: pixels,
        who: &who,
        draw: u64::MAX,
    })
}

/// The gradient of a loss at some images, by itself: what probes measure.
pub fn input_gradient(attacker: &Attacker<'_>, images: &Batch, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>) {
    let who: Vec<usize> = (0..images.len()).collect();
    attacker.gradient(
        &Query {
            x: &images.values,
            who: &who,
            draw: 0,
        },
        slope,
    )
}
