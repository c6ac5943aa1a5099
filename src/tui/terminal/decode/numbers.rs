//! Numbers of a control sequence.

/// Numbers of one sequence that are looked at, and parts of one number.
pub const MOST: usize = 8;

/// Numbers of a sequence, each with its parts between colons; 0 where one is left out.
pub struct Numbers(Vec<Vec<u32>>);

impl Numbers {
    pub fn read(text: &[u8]) -> Numbers {
        let number = |part: &[u8]| {
            let digits = part.iter().take_while(|b| b.is_ascii_digit());
            digits.fold(0u32, |n, d| n.saturating_mul(10).saturating_add(u32::from(d - b'0')))
        };
        let parts = |field: &[u8]| field.split(|b| *b == b':').take(MOST).map(number).collect();
        Numbers(text.split(|b| *b == b';').take(MOST).map(parts).collect())
    }

    /// Part `part` of number `at`.
    pub fn part(&self, at: usize, part: usize) -> u32 {
        self.0.get(at).and_then(|n| n.get(part)).copied().unwrap_or(0)
    }

    /// Number `at`.
    pub fn get(&self, at: usize) -> u32 {
        self.part(at, 0)
    }
}
