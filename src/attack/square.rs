//! Square attack (Andriushchenko et al. 2020): random search with squares of pixels, on forward passes alone. A
//! candidate is kept where it raises the loss. The ℓ₂ form is in [`l2`].

mod l2;

use super::ball::{Ball, sign};
use super::search::{Problem, Search, View, search};
use crate::random::Stream;
use crate::spec::Norm;

/// Share of the image's area that the first squares cover.
const FIRST_SHARE: f64 = 0.8;
/// Queries, of 10,000, from which on the share is halved once more.
const HALVINGS: [u64; 9] = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/// Share of the area that query `query` of `queries` changes.
fn share(query: u32, queries: u32) -> f64 {
    let scaled = u64::from(query) * 10_000 / u64::from(queries.max(1));
    let halvings = HALVINGS.iter().filter(|at| scaled > **at).count();
    FIRST_SHARE / f64::from(1u32 << halvings)
}

/// Channels, height, width; the channels of all frames one after the other.
pub type Shape = [usize; 3];

/// An integer below `n`.
pub fn below(random: &mut Stream, n: usize) -> usize {
    ((f64::from(random.uniform()) * n as f64) as usize).min(n.saturating_sub(1))
}

/// −1 or 1.
pub fn coin(random: &mut Stream) -> f32 {
    // Uniform in [−1, 1); zero, one case in 2²⁴, counts as tails.
    let side = sign(random.symmetric(1.0));
    if side == 0.0 { -1.0 } else { side }
}

struct Square {
    origin: Vec<f32>,
    shape: Shape,
    best: Vec<f32>,
    best_loss: f64,
    candidate: Vec<f32>,
    random: Stream,
    query: u32,
    queries: u32,
}

impl Square {
    fn new(origin: &[f32], shape: Shape, mut random: Stream, ball: &Ball, queries: u32) -> Square {
        let candidate = match ball.norm {
            Norm::Linf => stripes(origin, shape, ball, &mut random),
            Norm::L2 => l2::first(origin, shape, ball, &mut random),
        };
        Square {
            origin: origin.to_vec(),
            shape,
            best: origin.to_vec(),
            best_loss: f64::NEG_INFINITY,
            candidate,
            random,
            query: 0,
            queries,
        }
    }

    /// The best image with one square set to a random corner of the ball in each channel.
    fn propose(&mut self, ball: &Ball) -> Vec<f32> {
        let [channels, height, width] = self.shape;
        let area = share(self.query, self.queries) * (height * width) as f64;
        let side = (area.sqrt().round() as usize).clamp(1, height.min(width));
        if ball.norm == Norm::L2 {
            return l2::propose(&self.best, &self.origin, self.shape, side, ball, &mut self.random);
        }
        let top = below(&mut self.random, height - side + 1);
        let left = below(&mut self.random, width - side + 1);
        let mut x = self.best.clone();
        for channel in 0..channels {
            let delta = 2.0 * ball.eps * coin(&mut self.random);
            for row in top..top + side {
                let begin = (channel * height + row) * width + left;
                x[begin..begin + side].iter_mut().for_each(|v| *v += delta);
            }
        }
        ball.project(&mut x, &self.origin);
        x
    }
}

/// Vertical stripes, one pixel wide, of ±ε.
fn stripes(origin: &[f32], [channels, height, width]: Shape, ball: &Ball, random: &mut Stream) -> Vec<f32> {
    let mut x = origin.to_vec();
    for channel in 0..channels {
        let stripe: Vec<f32> = (0..width).map(|_| ball.eps * coin(random)).collect();
        for row in x[channel * height * width..][..height * width].chunks_exact_mut(width) {
            row.iter_mut().zip(&stripe).for_each(|(v, s)| *v += s);
        }
    }
    ball.project(&mut x, origin);
    x
}

impl Search for Square {
    const GRADIENT: bool = false;

    fn point(&self) -> &[f32] {
        &self.candidate
    }

    fn advance(&mut self, view: &View<'_>, ball: &Ball) {
        if view.loss > self.best_loss {
            self.best_loss = view.loss;
            self.best.clone_from(&self.candidate);
        }
        self.query += 1;
        self.candidate = self.propose(ball);
    }

    fn result(self) -> Vec<f32> {
        self.best
    }
}

/// The best image after at most that many forward passes.
pub fn square(p: &Problem<'_>, queries: u32) -> Vec<f32> {
    let input = p.images.input;
    let [channels, height, width] = input.frame;
    let shape = [input.frames() * channels, height, width];
    let searches = p.searches(|i| Square::new(p.origin(i), shape, p.random(i), &p.ball, queries));
    search(p, searches, queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_shrink_as_the_paper_says() {
        let at = |query: u32| share(query, 10_000);
        assert_eq!((at(0), at(10), at(11), at(51)), (0.8, 0.8, 0.4, 0.2));
        assert_eq!((at(8000), at(8001)), (0.8 / 256.0, 0.8 / 512.0));
        assert_eq!(share(2500, 5000), at(5000));
    }
}
