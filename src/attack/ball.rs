//! The budget: every perturbed image lies in the ε-ball around its original and in [0, 1]. Steps, projections and
//! random starts in the two norms; everything here acts on one image.

use crate::random::Stream;
use crate::spec::Norm;

/// A ball of radius ε around an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ball {
    /// The norm ε is measured in.
    pub norm: Norm,
    /// The radius in pixel units.
    pub eps: f32,
}

impl Ball {
    /// Moves `x` to the ball around `origin`, then to [0, 1]. The origin lies in [0, 1], so the second move never
    /// leaves the ball again.
    pub fn project(&self, x: &mut [f32], origin: &[f32]) {
        match self.norm {
            Norm::Linf => {
                for (x, o) in x.iter_mut().zip(origin) {
                    let delta = (*x - *o).clamp(-self.eps, self.eps);
                    *x = (*o + delta).clamp(0.0, 1.0);
                }
            }
            Norm::L2 => {
                let length = distance(x, origin);
                let share = if length > f64::from(self.eps) {
                    f64::from(self.eps) / length
                } else {
                    1.0
                };
                for (x, o) in x.iter_mut().zip(origin) {
                    *x = (*o + ((f64::from(*x) - f64::from(*o)) * share) as f32).clamp(0.0, 1.0);
                }
            }
        }
    }

    /// x ← x + size·sign(g), or x + size·g/‖g‖₂. A gradient of zero, or one that is not a number, moves nothing.
    pub fn step(&self, x: &mut [f32], gradient: &[f32], size: f32) {
        match self.norm {
            Norm::Linf => {
                for (x, g) in x.iter_mut().zip(gradient) {
                    *x += size * sign(*g);
                }
            }
            Norm::L2 => {
                let length = norm(gradient);
                if length > 0.0 && length.is_finite() {
                    for (x, g) in x.iter_mut().zip(gradient) {
                        *x += (f64::from(size) * f64::from(*g) / length) as f32;
                    }
                }
            }
        }
    }

    /// A uniform point of the ball.
    pub fn uniform(&self, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        match self.norm {
            Norm::Linf => self.moved(origin, origin.iter().map(|_| random.symmetric(self.eps)).collect()),
            Norm::L2 => {
                let direction: Vec<f32> = origin.iter().map(|_| random.normal()).collect();
                // The share of a d-ball's volume within radius r is rᵈ.
                let radius = f64::from(self.eps) * f64::from(random.uniform()).powf(1.0 / origin.len().max(1) as f64);
                self.moved(origin, scaled(direction, radius, norm))
            }
        }
    }

    /// Normal noise: of deviation ε and cut to the ball (ℓ∞), or of length ε (ℓ₂).
    pub fn normal(&self, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let noise: Vec<f32> = origin.iter().map(|_| random.normal()).collect();
        match self.norm {
            Norm::Linf => self.moved(origin, noise.into_iter().map(|v| v * self.eps).collect()),
            Norm::L2 => self.moved(origin, scaled(noise, f64::from(self.eps), norm)),
        }
    }

    /// A random point on the ball's surface: uniform noise scaled to the full radius.
    pub fn full_radius(&self, origin: &[f32], random: &mut Stream) -> Vec<f32> {
        let eps = f64::from(self.eps);
        match self.norm {
            Norm::Linf => {
                let noise = origin.iter().map(|_| random.symmetric(1.0)).collect();
                self.moved(origin, scaled(noise, eps, largest))
            }
            Norm::L2 => {
                let noise = origin.iter().map(|_| random.normal()).collect();
                self.moved(origin, scaled(noise, eps, norm))
            }
        }
    }

    fn moved(&self, origin: &[f32], delta: Vec<f32>) -> Vec<f32> {
        let mut x: Vec<f32> = origin.iter().zip(delta).map(|(o, d)| o + d).collect();
        self.project(&mut x, origin);
        x
    }
}

/// −1, 0 or 1; 0 where it is not a number.
pub fn sign(g: f32) -> f32 {
    if g > 0.0 {
        1.0
    } else if g < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// ℓ₂ norm, summed in f64.
pub fn norm(values: &[f32]) -> f64 {
    values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt()
}

fn largest(values: &[f32]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(f64::from(v.abs())))
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    a.iter().zip(b).map(square).sum::<f64>().sqrt()
}

/// `values` scaled to the given size; zeros stay.
fn scaled(values: Vec<f32>, size: f64, measure: fn(&[f32]) -> f64) -> Vec<f32> {
    let share = match measure(&values) {
        now if now > 0.0 => size / now,
        _ => 0.0,
    };
    values.into_iter().map(|v| (f64::from(v) * share) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    fn inside(ball: &Ball, x: &[f32], origin: &[f32]) {
        let far = match ball.norm {
            Norm::Linf => x
                .iter()
                .zip(origin)
                .fold(0.0f64, |m, (x, o)| m.max(f64::from((x - o).abs()))),
            Norm::L2 => distance(x, origin),
        };
        assert!(far <= f64::from(ball.eps) * (1.0 + 1e-5) + 1e-6, "{ball:?} {far}");
        assert!(x.iter().all(|x| (0.0..=1.0).contains(x)), "{x:?}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_leaves_the_ball_or_the_unit_interval(
            origin in proptest::collection::vec(0.0f32..=1.0, 8),
            moved in proptest::collection::vec(-3.0f32..3.0, 8),
            n in 0u32..510,
            seed in 0u64..1000,
        ) {
            for norm in [Norm::Linf, Norm::L2] {
                let ball = Ball { norm, eps: n as f32 / 255.0 };
                let mut x = moved.clone();
                ball.project(&mut x, &origin);
                inside(&ball, &x, &origin);
                let mut random = stream(seed, Purpose::Attack, 0, 0);
                inside(&ball, &ball.uniform(&origin, &mut random), &origin);
                inside(&ball, &ball.normal(&origin, &mut random), &origin);
                inside(&ball, &ball.full_radius(&origin, &mut random), &origin);
            }
        }
    }

    #[test]
    fn a_full_radius_start_lies_on_the_surface() {
        let origin = [0.5f32; 12];
        for norm in [Norm::Linf, Norm::L2] {
            let ball = Ball { norm, eps: 0.1 };
            let x = ball.full_radius(&origin, &mut stream(1, Purpose::Attack, 0, 0));
            let delta: Vec<f32> = x.iter().map(|x| x - 0.5).collect();
            let size = if norm == Norm::L2 {
                super::norm(&delta)
            } else {
                largest(&delta)
            };
            assert!((size - 0.1).abs() < 1e-6, "{norm:?} {size}");
        }
    }

    #[test]
    fn a_gradient_that_is_zero_or_not_a_number_moves_nothing() {
        for norm in [Norm::Linf, Norm::L2] {
            let ball = Ball { norm, eps: 0.1 };
            let mut x = [0.5f32, 0.5];
            ball.step(&mut x, &[0.0, 0.0], 0.1);
            ball.step(&mut x, &[f32::NAN, f32::NAN], 0.1);
            assert_eq!(x, [0.5, 0.5]);
        }
    }
}
