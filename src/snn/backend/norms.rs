//! The arithmetic of batch norm per channel, whatever the layout of the planes; on plain slices.

/// Scale and shift of a batch norm: γ/√(variance + ε), β − mean·scale.
pub fn scaling(gamma: &[f32], beta: &[f32], mean: &[f32], variance: &[f32], eps: f32) -> (Vec<f32>, Vec<f32>) {
    let scale: Vec<f32> = gamma.iter().zip(variance).map(|(g, v)| g / (v + eps).sqrt()).collect();
    let shift = beta.iter().zip(mean).zip(&scale).map(|((b, m), a)| b - m * a).collect();
    (scale, shift)
}

/// Mean and sum of squared distances from it, of some values per channel.
pub struct Moments {
    pub count: usize,
    pub mean: Vec<f64>,
    pub squares: Vec<f32>,
}

/// Mean and biased variance per channel of all parts, joined in their order in f64.
pub fn join(parts: &[Moments], mean: &mut [f32], variance: &mut [f32]) {
    let n: usize = parts.iter().map(|p| p.count).sum();
    let n = n.max(1) as f64;
    for c in 0..mean.len() {
        let middle = parts.iter().map(|p| p.count as f64 * p.mean[c]).sum::<f64>() / n;
        let apart = |p: &Moments| f64::from(p.squares[c]) + p.count as f64 * (p.mean[c] - middle).powi(2);
        mean[c] = middle as f32;
        variance[c] = (parts.iter().map(apart).sum::<f64>() / n) as f32;
    }
}

/// What the way back through a batch norm needs besides its input and gradient, per channel.
pub struct Spread {
    /// γ/σ.
    pub scale: Vec<f32>,
    /// Mean of the gradient.
    pub mean: Vec<f32>,
    /// Mean of gradient times normalised input, over σ.
    pub along: Vec<f32>,
}

/// From Σ g and Σ g·(x − mean) per channel over so many positions to what is spread over them, γ's and β's gradients
/// written out. gx = γ/σ·(g − mean(g) − x̂·mean(g·x̂)).
pub fn spread(
    [plain, centred]: &[Vec<f64>; 2],
    positions: usize,
    (gamma, variance, eps): (&[f32], &[f32], f32),
    g_gamma: &mut [f32],
    g_beta: &mut [f32],
) -> Spread {
    let n = positions as f64;
    let channels = gamma.len();
    let [mut scale, mut mean, mut along] = std::array::from_fn(|_| vec![0.0f32; channels]);
    for c in 0..channels {
        let inverse = 1.0 / (variance[c] + eps).sqrt();
        let sum = centred[c] * f64::from(inverse);
        g_gamma[c] = sum as f32;
        g_beta[c] = plain[c] as f32;
        scale[c] = gamma[c] * inverse;
        mean[c] = (plain[c] / n) as f32;
        along[c] = (sum / n) as f32 * inverse;
    }
    Spread { scale, mean, along }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_joined_from_parts_are_those_of_all_values_however_far_from_zero() {
        let x: Vec<f64> = (0..1000).map(|i| 5000.0 + f64::from(i * 7919 % 1000) * 0.01).collect();
        let parts: Vec<Moments> = x
            .chunks(300)
            .map(|x| {
                let mean = x.iter().sum::<f64>() / x.len() as f64;
                Moments {
                    count: x.len(),
                    mean: vec![mean],
                    squares: vec![x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() as f32],
                }
            })
            .collect();
        let (mut mean, mut variance) = ([0.0], [0.0]);
        join(&parts, &mut mean, &mut variance);
        assert!(
            (mean[0] - 5004.995).abs() < 1e-3 && (variance[0] - 8.3333).abs() < 1e-3,
            "{mean:?} {variance:?}"
        );
    }
}
