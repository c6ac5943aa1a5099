//! The next batch, gathered on a thread of its own while a step computes. A batch is a pure function of its epoch and
//! position, so it does not matter which thread gathers it.

use crate::input::Batch;
use std::thread::{Builder, JoinHandle};

/// An epoch and a position in it.
type Place = (u64, u64);

/// What is under way, if anything.
#[derive(Default)]
pub struct Prefetch(Option<(Place, JoinHandle<Batch>)>);

impl Prefetch {
    /// Begins to gather the batch at a place. Where no thread can be started, nothing is prefetched.
    pub fn begin(&mut self, place: Place, gather: impl FnOnce() -> Batch + Send + 'static) {
        let thread = Builder::new().name("batches".into()).spawn(gather);
        self.0 = thread.ok().map(|thread| (place, thread));
    }

    /// The batch at a place, if it is the one under way.
    pub fn take(&mut self, place: Place) -> Option<Batch> {
        let (of, thread) = self.0.take()?;
        thread.join().ok().filter(|_| of == place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;

    fn images(n: u64) -> Batch {
        Batch {
            labels: vec![0],
            places: vec![n],
            ..Batch::empty(Input::image([1, 1, 1]))
        }
    }

    #[test]
    fn only_the_batch_that_was_begun_is_given_and_only_once() {
        let mut prefetch = Prefetch::default();
        prefetch.begin((1, 2), || images(7));
        assert_eq!(prefetch.take((1, 2)).map(|i| i.places), Some(vec![7]));
        assert!(prefetch.take((1, 2)).is_none());
        prefetch.begin((1, 3), || images(8));
        assert!(prefetch.take((0, 0)).is_none(), "a run that went back gathers anew");
        prefetch.begin((1, 3), || panic!("no image"));
        assert!(prefetch.take((1, 3)).is_none());
    }
}
