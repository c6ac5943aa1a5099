//! The size of one sample's input gradient ∇f, and what follows from it to first order: under uniform noise of the ℓ∞ size ε
//! f moves by ρ_rand = (ε²/3)·‖∇f‖₂² (mean square), under an adversary by ρ_adv = ε²·‖∇f‖₁², so
//! 3 ≤ ρ_adv/ρ_rand = 3·‖∇f‖₁²/‖∇f‖₂² ≤ 3·‖∇f‖₀.

/// Norms of a gradient, summed in f64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientSize {
    /// ‖∇f‖₁.
    pub l1: f64,
    /// ‖∇f‖₂².
    pub squares: f64,
    /// ‖∇f‖∞.
    pub largest: f64,
    /// ‖∇f‖₀: values that are not zero; one that is not a number is not counted.
    pub l0: usize,
}

impl GradientSize {
    /// Of one sample's gradient.
    #[must_use]
    pub fn of(gradient: &[f32]) -> GradientSize {
        let absolute = || gradient.iter().map(|v| f64::from(*v).abs());
        GradientSize {
            l1: absolute().sum(),
            squares: absolute().map(|v| v * v).sum(),
            largest: absolute().fold(0.0, f64::max),
            l0: above(gradient, 0.0),
        }
    }

    /// ‖∇f‖₂.
    #[must_use]
    pub fn l2(&self) -> f64 {
        self.squares.sqrt()
    }

    /// Whether there is a gradient at all.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.squares > 0.0
    }

    /// 3·‖∇f‖₁²/‖∇f‖₂²; NaN without a gradient.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        3.0 * self.l1 * self.l1 / self.squares
    }

    /// What the ratio can be at most, 3·‖∇f‖₀.
    #[must_use]
    pub fn bound(&self) -> f64 {
        3.0 * self.l0 as f64
    }
}

/// Values whose size is above a threshold.
#[must_use]
pub fn above(gradient: &[f32], threshold: f64) -> usize {
    gradient.iter().filter(|v| f64::from(**v).abs() > threshold).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_gradient_reaches_the_bound_of_its_ratio_and_a_single_value_the_least() {
        let flat = GradientSize::of(&[0.5, -0.5, 0.0, 0.0]);
        assert_eq!((flat.l1, flat.squares, flat.largest, flat.l0), (1.0, 0.5, 0.5, 2));
        assert_eq!((flat.ratio(), flat.bound()), (6.0, 6.0));
        assert_eq!(GradientSize::of(&[0.0, -3.0]).ratio(), 3.0);
    }

    #[test]
    fn without_a_gradient_there_is_no_ratio() {
        let none = GradientSize::of(&[0.0, 0.0]);
        assert!(!none.is_alive() && none.ratio().is_nan() && none.bound() == 0.0);
    }

    #[test]
    fn only_what_is_above_the_threshold_is_counted() {
        assert_eq!(above(&[0.1, -0.3, f32::NAN, 0.0], 0.2), 1);
    }
}
