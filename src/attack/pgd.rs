//! Single-step and iterated sign-gradient ascent: FGSM (Goodfellow 2015), BIM, PGD (Madry 2018).

use super::{Images, Terms, budget, loss};
use crate::snn::{
    How, Network,
    random::{Purpose, stream},
};

/// α/ε where no step size is given: 2.55/255 at 8/255.
const STEP_SHARE: f64 = 2.55 / 8.0;

/// A uniform point of each image's ball.
pub fn random_start(images: &Images, terms: &Terms, restart: u32) -> Vec<f32> {
    let eps = terms.eps.value() as f32;
    let mut x = images.pixels.clone();
    for (x, place) in x.chunks_exact_mut(images.size().max(1)).zip(&images.places) {
        let mut random = stream(terms.seed, Purpose::Attack, *place, u64::from(restart));
        for v in x {
            *v += random.symmetric(eps);
        }
    }
    budget::clip(&mut x, &images.pixels, eps);
    x
}

/// ∂loss/∂x at `x`, in the attacker's backward mode.
fn ascent(network: &Network, x: &[f32], labels: &[u8], terms: &Terms, draw: u64) -> Vec<f32> {
    let pass = network.forward(
        x,
        labels.len(),
        &How {
            draw,
            ..How::attack(terms.mode)
        },
    );
    let g = loss::gradient(terms.loss, &pass.logits, labels);
    network
        .backward(&pass, &g, true, false)
        .input
        .unwrap_or_else(|| vec![0.0; x.len()])
}

fn move_along(x: &mut [f32], gradient: &[f32], step: f32) {
    for (x, g) in x.iter_mut().zip(gradient) {
        if *g != 0.0 {
            *x += step * g.signum();
        }
    }
}

/// x + ε·sign(g).
pub fn fgsm(network: &Network, images: &Images, terms: &Terms) -> Vec<f32> {
    let eps = terms.eps.value() as f32;
    let mut x = images.pixels.clone();
    let g = ascent(network, &x, &images.labels, terms, terms.seed);
    move_along(&mut x, &g, eps);
    budget::clip(&mut x, &images.pixels, eps);
    x
}

/// `steps` times x ← P(x + α·sign(g)), from `start`; the last iterate.
pub fn descend(network: &Network, images: &Images, start: Vec<f32>, steps: u32, terms: &Terms) -> Vec<f32> {
    let eps = terms.eps.value() as f32;
    let alpha = terms.alpha.map_or(STEP_SHARE * terms.eps.value(), |a| a.value()) as f32;
    let mut x = start;
    for i in 0..steps {
        let g = ascent(
            network,
            &x,
            &images.labels,
            terms,
            terms.seed.wrapping_add(u64::from(i)),
        );
        move_along(&mut x, &g, alpha);
        budget::clip(&mut x, &images.pixels, eps);
    }
    x
}
