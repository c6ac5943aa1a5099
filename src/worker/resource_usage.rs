//! Memory and processor time of the worker's process, recorded now and then beside a step's metrics.

use crate::run::process::{process_seconds, resident_bytes};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);

/// When it was last looked at, and the processor seconds by then.
#[derive(Debug, Clone, Default)]
pub struct ResourceUsage {
    last: Option<(Instant, f64)>,
}

impl ResourceUsage {
    /// `system.memory`, resident MiB, and `system.cpu`, cores kept busy since the last look; empty between two looks, and
    /// without what the kernel does not say.
    pub fn sample(&mut self) -> BTreeMap<String, f64> {
        let mut values = BTreeMap::new();
        let now = Instant::now();
        let passed = self.last.map(|(then, _)| now.duration_since(then));
        if passed.is_some_and(|p| p < EVERY) {
            return values;
        }
        let worked = process_seconds();
        if let (Some((_, before)), Some(passed)) = (self.last, passed)
            && worked > before
        {
            values.insert("system.cpu".into(), (worked - before) / passed.as_secs_f64());
        }
        if let Some(bytes) = resident_bytes() {
            values.insert("system.memory".into(), bytes as f64 / f64::from(1 << 20));
        }
        self.last = Some((now, worked));
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_look_tells_memory_and_the_next_waits() {
        let mut usage = ResourceUsage::default();
        let first = usage.sample();
        assert!(first["system.memory"] > 1.0, "{first:?}");
        assert!(usage.sample().is_empty());
    }
}
