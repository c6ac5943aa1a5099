//! A pool of buffers for arrays and scratch memory. A training step makes and drops arrays of the same sizes over and over;
//! memory that is returned to the system must be cleared by it, page by page, before it can be used again.
//!
//! Idle and acquired buffers together hold at most half more than was once acquired at the same time.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shorter buffers are left to the allocator.
const SHORTEST: usize = 4096;

/// `n` unspecified values.
pub fn acquire(n: usize) -> Vec<f32> {
    poisoned(match n < SHORTEST {
        true => vec![0.0; n],
        false => pool().acquire(n),
    })
}

/// Returns a buffer to the pool.
pub fn release(buffer: Vec<f32>) {
    if buffer.len() >= SHORTEST {
        pool().release(buffer);
    }
}

/// In tests, values that no sum survives: a kernel that left one in its output would be found out.
fn poisoned(mut values: Vec<f32>) -> Vec<f32> {
    if cfg!(test) {
        values.fill(f32::NAN);
    }
    values
}

/// Drops a buffer, its pages first: workers have the allocator keep what is freed, and a length that was given up is not likely
/// to come again soon.
fn give_back(
    #[cfg_attr(not(target_os = "linux"), expect(unused_mut, reason = "only Linux has madvise"))] mut buffer: Vec<f32>,
) {
    #[cfg(target_os = "linux")]
    {
        let page = rustix::param::page_size();
        let first = buffer.as_ptr() as usize;
        let skipped = first.next_multiple_of(page) - first;
        let whole = (size_of_val(&buffer[..]).saturating_sub(skipped)) / page * page;
        if whole > 0 {
            // SAFETY: these are whole pages inside a buffer that nobody else holds; their values become zeros, which are
            // values too, and nobody reads them. Where the system refuses, they stay as they were.
            let _ = unsafe {
                let at = buffer.as_mut_ptr().byte_add(skipped).cast();
                rustix::mm::madvise(at, whole, rustix::mm::Advice::LinuxDontNeed)
            };
        }
    }
    drop(buffer);
}

/// Buffers that nobody uses, by length.
struct Pool {
    idle: BTreeMap<usize, Vec<Idle>>,
    /// Values in idle buffers, values lent, and the most ever lent at once.
    kept: usize,
    lent: usize,
    most: usize,
    /// Buffers taken back so far.
    clock: u64,
}

/// A buffer, and when it came back.
struct Idle {
    since: u64,
    buffer: Vec<f32>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool::EMPTY);

fn pool() -> MutexGuard<'static, Pool> {
    // What is counted here stays true even if a thread died while it counted.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    const EMPTY: Pool = Pool {
        idle: BTreeMap::new(),
        kept: 0,
        lent: 0,
        most: 0,
        clock: 0,
    };

    /// The most to be held: not all lengths are lent at the same time, so what comes back in every step is a little more than
    /// was ever lent at once.
    fn limit(&self) -> usize {
        self.most + self.most / 2
    }

    fn acquire(&mut self, n: usize) -> Vec<f32> {
        self.lent += n;
        self.most = self.most.max(self.lent);
        if let Some(Idle { buffer, .. }) = self.idle.get_mut(&n).and_then(Vec::pop) {
            self.kept -= n;
            return buffer;
        }
        self.shrink();
        vec![0.0; n]
    }

    fn release(&mut self, buffer: Vec<f32>) {
        let n = buffer.len();
        self.lent = self.lent.saturating_sub(n);
        self.kept += n;
        self.clock += 1;
        let since = self.clock;
        self.idle.entry(n).or_default().push(Idle { since, buffer });
        self.shrink();
    }

    /// Gives back the buffers that have been idle for longest until no more is held than may be.
    fn shrink(&mut self) {
        while self.kept + self.lent > self.limit() {
            let oldest = |(n, of): (&usize, &Vec<Idle>)| Some((of.first()?.since, *n));
            let Some((_, n)) = self.idle.iter().filter_map(oldest).min() else {
                return;
            };
            if let Some(of) = self.idle.get_mut(&n) {
                let Idle { buffer, .. } = of.remove(0);
                self.kept -= buffer.len();
                give_back(buffer);
                if of.is_empty() {
                    self.idle.remove(&n);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_came_back_is_lent_again() {
        let mut pool = Pool::EMPTY;
        let first = pool.acquire(5000);
        let at = first.as_ptr();
        pool.release(first);
        let again = pool.acquire(5000);
        assert_eq!(again.as_ptr(), at);
        assert_eq!((pool.kept, pool.lent), (0, 5000));
    }

    #[test]
    fn what_is_given_back_leaves_its_neighbours_alone() {
        let (before, after) = (vec![1.0; 5000], vec![2.0; 5000]);
        for n in [4096, 5000, 300_000, 1 << 20] {
            give_back(vec![3.0; n]);
        }
        assert!(before.iter().all(|v| *v == 1.0) && after.iter().all(|v| *v == 2.0));
    }

    #[test]
    fn what_has_been_idle_for_longest_goes_first() {
        let mut pool = Pool::EMPTY;
        let lent = [5000, 6000, 7000].map(|n| pool.acquire(n));
        lent.into_iter().for_each(|b| pool.release(b));
        let _new = pool.acquire(12_000);
        assert_eq!(pool.idle.keys().copied().collect::<Vec<_>>(), [6000, 7000]);
    }

    #[test]
    fn little_more_is_held_than_was_lent_at_once() {
        let mut pool = Pool::EMPTY;
        let sizes = [5000, 9000, 7000, 5000, 20_000, 4096, 9000];
        for round in 0..50 {
            let two: Vec<Vec<f32>> = (0..2).map(|i| pool.acquire(sizes[(round + i) % sizes.len()])).collect();
            two.into_iter().for_each(|b| pool.release(b));
            assert!(pool.kept + pool.lent <= pool.limit(), "{} {}", pool.kept, pool.most);
            let counted: usize = pool.idle.values().flatten().map(|i| i.buffer.len()).sum();
            assert_eq!(counted, pool.kept);
        }
        assert_eq!(pool.most, 25_000);
    }
}
