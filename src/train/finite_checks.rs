//! Whether everything that a checkpoint would hold is finite.

use super::{NotFinite, Trainer};
use crate::snn::backend::{Array, download};

impl Trainer {
    /// Looks at every weight, batch-norm statistic and optimiser state, with one download; to be asked before weights
    /// are saved, because a finite gradient can still carry a weight beyond what f32 holds.
    ///
    /// # Errors
    /// [`NotFinite`] where one is NaN or infinite.
    pub fn check_finite(&self, step: u64) -> Result<(), NotFinite> {
        let network = &self.network;
        let weights = network.parameters.iter().map(|p| &p.value);
        let statistics = network.buffers.iter().flat_map(|b| [&b.mean, &b.variance]);
        let state: Vec<&Array> = self.optimizer.state(network).map(|(_, array)| array).collect();
        NotFinite::check("a weight", disturbance(weights), step)?;
        NotFinite::check("a batch-norm statistic", disturbance(statistics), step)?;
        NotFinite::check("the optimiser's state", disturbance(state), step)
    }
}

/// 0 where all values are finite, NaN otherwise: 0·∞ and 0·NaN are NaN, and nothing can overflow.
fn disturbance<'a>(arrays: impl IntoIterator<Item = &'a Array>) -> f64 {
    let sums: Vec<Array> = arrays.into_iter().map(|a| (a.clone() * 0.0).sum()).collect();
    match sums.is_empty() {
        true => 0.0,
        false => download(&Array::cat(sums, 0)).iter().map(|v| f64::from(*v)).sum(),
    }
}
