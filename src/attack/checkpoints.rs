//! At which steps APGD and SA-PGD check their progress: after 0.22·N steps, then after gaps that shrink by 0.03·N down to
//! 0.06·N.

/// The gaps, counted down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoints {
    gap: u32,
    shrink: u32,
    least: u32,
    since: u32,
}

impl Checkpoints {
    /// For N steps; shares of N are rounded down, but to no less than one step.
    pub fn of(steps: u32) -> Checkpoints {
        let share = |percent: u32| (steps * percent / 100).max(1);
        Checkpoints {
            gap: share(22),
            shrink: share(3),
            least: share(6),
            since: 0,
        }
    }

    /// Counts one step; where it ends a gap, that gap's length.
    pub fn tick(&mut self) -> Option<u32> {
        self.since += 1;
        if self.since < self.gap {
            return None;
        }
        let gap = self.gap;
        self.gap = self.gap.saturating_sub(self.shrink).max(self.least);
        self.since = 0;
        Some(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(steps: u32) -> Vec<u32> {
        let mut c = Checkpoints::of(steps);
        (1..=steps).filter(|_| c.tick().is_some()).collect()
    }

    #[test]
    fn a_hundred_steps_have_the_papers_checkpoints() {
        assert_eq!(at(100), [22, 41, 57, 70, 80, 87, 93, 99]);
    }

    #[test]
    fn few_steps_have_some_too() {
        assert_eq!(at(1), [1]);
        assert_eq!(at(10), [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
}
