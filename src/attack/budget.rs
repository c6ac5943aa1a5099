//! The budget: every perturbed image lies in the ε-ball around its original and in [0, 1].

/// Clips `x` in place to |x − origin| ≤ ε and to [0, 1].
pub fn clip(x: &mut [f32], origin: &[f32], eps: f32) {
    for (x, o) in x.iter_mut().zip(origin) {
        let delta = (*x - *o).clamp(-eps, eps);
        *x = (*o + delta).clamp(0.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn nothing_leaves_the_ball_or_the_unit_interval(
            origin in proptest::collection::vec(0.0f32..=1.0, 8),
            moved in proptest::collection::vec(-3.0f32..3.0, 8),
            n in 0u32..255,
        ) {
            let eps = n as f32 / 255.0;
            let mut x = moved;
            clip(&mut x, &origin, eps);
            for (x, o) in x.iter().zip(&origin) {
                assert!((0.0..=1.0).contains(x) && (x - o).abs() <= eps + 1e-6);
            }
        }
    }
}
