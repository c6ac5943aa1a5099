//! Round numbers n·10^e: their exact values and how they are written.

/// n·10^e, correctly rounded.
pub fn power(n: i64, e: i32) -> f64 {
    format!("{n}e{e}").parse().unwrap_or(f64::NAN)
}

/// The exponent of the power of ten at or below a positive number.
pub fn exponent(value: f64) -> i32 {
    let near = value.log10().floor() as i32;
    // The logarithm of a power of ten may lie on either side of its exponent.
    let exact = |e: &i32| power(1, *e) <= value;
    [near + 1, near, near - 1].into_iter().find(exact).unwrap_or(near)
}

/// The power of ten at or below a positive number.
pub fn decade(value: f64) -> f64 {
    power(1, exponent(value))
}

/// How numbers of one axis are written. [`str::parse`] gives the value back, but for a suffix (k, M, G).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// All in thousands, millions, …: a suffix, and its power of ten.
    Suffix(&'static str, i32),
    /// Each as it is shortest: for numbers decades apart.
    Each,
}

impl Notation {
    /// Writes n·10^e.
    pub fn write(self, n: i64, e: i32) -> String {
        match self {
            _ if n == 0 => "0".into(),
            Notation::Suffix(suffix, thousands) => format!("{}{suffix}", decimal(n, e - thousands)),
            Notation::Each => match power(n, e).abs() {
                m if !(1e-3..1e12).contains(&m) => scientific(n, e),
                m if m >= 1e9 => Notation::Suffix("G", 9).write(n, e),
                m if m >= 1e6 => Notation::Suffix("M", 6).write(n, e),
                m if m >= 1e4 => Notation::Suffix("k", 3).write(n, e),
                _ => decimal(n, e),
            },
        }
    }
}

/// Numbers of one axis: all with the same suffix or exponent, and equally many decimals.
pub fn alike(numbers: &[(i64, i32)]) -> Vec<String> {
    let largest = numbers.iter().map(|(n, e)| power(*n, *e).abs()).fold(0.0, f64::max);
    // The least exponent that is needed.
    let finest = numbers
        .iter()
        .filter(|(n, _)| *n != 0)
        .map(|(n, e)| e + zeros(*n))
        .min()
        .unwrap_or(0);
    let (suffix, unit) = match largest {
        m if m >= 1e13 || (m > 0.0 && m < 1e-3) => (format!("e{}", exponent(m)), exponent(m)),
        m => {
            let fits = |(_, least, unit): &(&str, f64, i32)| m >= *least && finest >= *unit;
            let suffixes = [("G", 1e10, 9), ("M", 1e7, 6), ("k", 1e4, 3)];
            let found = suffixes.into_iter().find(fits).unwrap_or(("", 0.0, 0));
            (found.0.to_string(), found.2)
        }
    };
    let places = (unit - finest).max(0) as usize;
    let written = |(n, e): &(i64, i32)| match n {
        0 if places > 0 => format!("0.{}", "0".repeat(places)),
        0 => "0".into(),
        _ => format!("{}{suffix}", rounded(*n, e - unit, places)),
    };
    numbers.iter().map(written).collect()
}

/// Zeros at the end of a number that is not zero.
fn zeros(mut n: i64) -> i32 {
    let mut count = 0;
    while n != 0 && n % 10 == 0 {
        (n, count) = (n / 10, count + 1);
    }
    count
}

/// n·10^e with so many decimals, which are enough.
fn rounded(n: i64, e: i32, places: usize) -> String {
    let text = decimal(n, e);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    match places {
        0 => whole.to_string(),
        _ => format!("{whole}.{part:0<places$.places$}"),
    }
}

/// 12·10^-5 is written 1.2e-4.
fn scientific(mut n: i64, mut e: i32) -> String {
    while n % 10 == 0 && n != 0 {
        (n, e) = (n / 10, e + 1);
    }
    let digits = n.unsigned_abs().to_string();
    let sign = if n < 0 { "-" } else { "" };
    let exponent = e + digits.len() as i32 - 1;
    match digits.split_at(1) {
        (d, "") => format!("{sign}{d}e{exponent}"),
        (d, rest) => format!("{sign}{d}.{rest}e{exponent}"),
    }
}

/// n·10^e written out, without an exponent.
fn decimal(n: i64, e: i32) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = n.unsigned_abs().to_string();
    if e >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(e as usize));
    }
    let places = (-e) as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{part}")
}

/// The number a label says.
#[cfg(test)]
pub fn read(label: &str) -> Option<f64> {
    let exponents = [("k", "e3"), ("M", "e6"), ("G", "e9")];
    let suffixed = exponents
        .iter()
        .find_map(|(suffix, e)| Some(format!("{}{e}", label.strip_suffix(suffix)?)));
    suffixed.as_deref().unwrap_or(label).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_their_own_decades() {
        for e in -200..200 {
            assert_eq!(exponent(power(1, e)), e);
            assert_eq!(exponent(power(999, e - 2)), e);
        }
    }

    #[test]
    fn numbers_of_one_axis_are_written_alike() {
        let written = [
            (&[(0, 0), (2, -1), (10, -1)][..], &["0.0", "0.2", "1.0"][..]),
            (&[(0, 0), (25, -2), (100, -2)], &["0.00", "0.25", "1.00"]),
            (&[(5, -6), (10, -6), (15, -6)], &["0.5e-5", "1.0e-5", "1.5e-5"]),
            (&[(0, 0), (1, -5)], &["0", "1e-5"]),
            (&[(0, 0), (25, 2), (100, 2)], &["0", "2500", "10000"]),
            (&[(0, 0), (10, 3), (20, 3)], &["0", "10k", "20k"]),
            (&[(1_000_001, 0), (1_000_002, 0)], &["1000001", "1000002"]),
            (&[(-5, -1), (0, 0), (5, -1)], &["-0.5", "0.0", "0.5"]),
        ];
        for (numbers, labels) in written {
            assert_eq!(alike(numbers), labels);
            for ((n, e), label) in numbers.iter().zip(labels) {
                assert_eq!(read(label), Some(power(*n, *e)), "{label}");
            }
        }
    }

    #[test]
    fn numbers_decades_apart_are_each_written_short() {
        let written = [
            (1, -6),
            (2, -3),
            (5, -1),
            (1, 3),
            (1, 4),
            (5, 5),
            (1, 6),
            (1, 10),
            (1, 13),
            (-1, 2),
        ];
        let labels = written.map(|(n, e)| Notation::Each.write(n, e));
        assert_eq!(
            labels,
            [
                "1e-6", "0.002", "0.5", "1000", "10k", "500k", "1M", "10G", "1e13", "-100"
            ]
        );
    }
}
