//! What an attack may ask of a network: logits, and the gradient of a loss of them. Behind a trait, so that every
//! attack is tested on a linear function whose answer is known in closed form.

use super::Images;
use crate::snn::{How, Network, Sharpness};
use crate::spec::{BackwardMode, Encoding};
use std::cell::RefCell;

/// Some images of a batch at some points.
pub struct Query<'a> {
    /// Pixels `[n, C, H, W]`.
    pub x: &'a [f32],
    /// Which images of the batch they are, by index: what an oracle keeps for an image is kept under this.
    pub who: &'a [usize],
    /// Which draw of a random network; the same for all images.
    pub draw: u64,
}

/// From logits `[n, K]` to their loss's gradient `[n, K]`.
pub type Slope<'a> = &'a dyn Fn(&[f32]) -> Vec<f32>;

/// A network as an attacker sees it.
pub trait Oracle {
    /// Logits `[n, K]`.
    fn logits(&self, query: &Query<'_>) -> Vec<f32>;

    /// Logits, and the gradient `[n, C, H, W]` of the loss that `slope` is the derivative of.
    fn gradient(&self, query: &Query<'_>, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>);
}

/// A spiking network, differentiated in a mode of the attacker's choice.
pub struct Attacker<'a> {
    /// The network.
    pub network: &'a Network,
    /// The attacker's backward mode.
    pub mode: BackwardMode,
    /// Draws of a random coding that logits and gradients are averaged over (EOT).
    pub draws: u32,
    /// What an adaptive mode has learned of the images so far.
    sharpness: RefCell<Sharpness>,
}

impl<'a> Attacker<'a> {
    /// An attacker who has asked nothing yet.
    pub fn new(network: &'a Network, mode: BackwardMode, draws: u32) -> Attacker<'a> {
        Attacker {
            network,
            mode,
            draws,
            sharpness: RefCell::default(),
        }
    }

    /// How a draw goes forward. Every image meets the same random numbers, so that its result does not depend on the
    /// images beside it.
    fn how(&self, draw: u64, record: bool) -> How {
        How {
            draw,
            record,
            alike: true,
            ..How::attack(self.mode)
        }
    }

    /// The mean over draws of what `one` finds for each.
    fn average(&self, draw: u64, one: impl FnMut(u64) -> (Vec<f32>, Vec<f32>)) -> (Vec<f32>, Vec<f32>) {
        let count = draws(self.network, self.draws);
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
        let forward = |draw| self.network.forward(q.x, q.who.len(), &self.how(draw, false)).logits;
        self.average(q.draw, |draw| (forward(draw), Vec::new())).0
    }

    fn gradient(&self, q: &Query<'_>, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>) {
        let mut sharpness = self.sharpness.borrow_mut();
        let mut first = true;
        self.average(q.draw, |draw| {
            let pass = self.network.forward(q.x, q.who.len(), &self.how(draw, true));
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
    match network.spec.encoding {
        Encoding::Direct => 1,
        Encoding::Poisson => asked.max(1),
    }
}

/// Whether two passes of the same images give the same logits.
pub fn is_deterministic(network: &Network) -> bool {
    network.spec.encoding == Encoding::Direct
}

/// The network's own logits of some images, as they are counted: its own forward pass, averaged over `asked` draws,
/// which no attack has seen.
pub fn counted_logits(network: &Network, pixels: &[f32], images: usize, asked: u32) -> Vec<f32> {
    let counter = Attacker::new(network, How::EVALUATE.mode, asked);
    let who: Vec<usize> = (0..images).collect();
    counter.logits(&Query {
        x: pixels,
        who: &who,
        draw: u64::MAX,
    })
}

/// The gradient of a loss at some images, by itself: what probes measure.
pub fn input_gradient(attacker: &Attacker<'_>, images: &Images, slope: Slope<'_>) -> (Vec<f32>, Vec<f32>) {
    let who: Vec<usize> = (0..images.len()).collect();
    attacker.gradient(
        &Query {
            x: &images.pixels,
            who: &who,
            draw: 0,
        },
        slope,
    )
}

/// Two numbers into one, so that draws of different steps never meet (the finaliser of SplitMix64).
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
