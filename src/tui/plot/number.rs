//! Round numbers n·10^e: their exact values, and how they are written.

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
    /// `1.2e-4`.
    Scientific,
    /// All in thousands, millions, …: a suffix, and its power of ten.
    Suffix(&'static str, i32),
    /// Each as it is shortest: for numbers decades apart.
    Each,
}

impl Notation {
    /// The one for an axis of which this is the largest number.
    pub fn of(largest: f64) -> Notation {
        match largest {
            m if m >= 1e13 || (m > 0.0 && m < 1e-3) => Notation::Scientific,
            m if m >= 1e10 => Notation::Suffix("G", 9),
            m if m >= 1e7 => Notation::Suffix("M", 6),
            m if m >= 1e4 => Notation::Suffix("k", 3),
            _ => Notation::Suffix("", 0),
        }
    }

    /// Writes n·10^e.
    pub fn write(self, n: i64, e: i32) -> String {
        match self {
            _ if n == 0 => "0".into(),
            Notation::Scientific => scientific(n, e),
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
