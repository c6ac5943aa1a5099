//! To which precision the factors of convolutions and matrix products may be rounded. It is set once for a pass, on the
//! thread that runs it, and not given to every kernel.

use crate::spec::Precision;
use std::cell::Cell;

thread_local! {
    static NOW: Cell<Precision> = const { Cell::new(Precision::F32) };
}

/// What the pass under way allows.
#[cfg(feature = "tch")]
pub fn current() -> Precision {
    NOW.get()
}

/// Does `work` in some precision.
pub fn with<R>(precision: Precision, work: impl FnOnce() -> R) -> R {
    let _before = Before(NOW.replace(precision));
    work()
}

/// Brings back what was before, also where the work panics.
struct Before(Precision);

impl Drop for Before {
    fn drop(&mut self) {
        NOW.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_before_comes_back_also_after_a_panic() {
        with(Precision::Bf16, || {
            let died = std::panic::catch_unwind(|| with(Precision::Tf32, || panic!("as asked")));
            assert!(died.is_err());
            assert_eq!(NOW.get(), Precision::Bf16);
        });
        assert_eq!(NOW.get(), Precision::F32);
    }
}
