//! Colours as numbers, and how many of them a terminal can show.

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 24 bits.
    True,
    /// The 256-colour palette.
    Indexed,
    /// The sixteen that a terminal names, on its own background.
    Sixteen,
    /// None: bold, dim, underlined and reversed only.
    Mono,
}

impl Depth {
    /// From the environment: `NO_COLOR`, then `COLORTERM`, then `TERM`.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Depth {
        let is_set = |name| env(name).is_some_and(|v| !v.is_empty());
        let has = |name, part| env(name).is_some_and(|v| v.contains(part));
        if is_set("NO_COLOR") || env("TERM").as_deref() == Some("dumb") {
            Depth::Mono
        } else if has("COLORTERM", "truecolor") || has("COLORTERM", "24bit") || has("TERM", "direct") {
            Depth::True
        } else if env("TERM").is_some_and(|t| MANY.iter().any(|part| t.contains(part))) {
            Depth::Indexed
        } else {
            Depth::Sixteen
        }
    }

    /// Whether colours are as the theme says them, and not the terminal's own or none.
    pub fn is_rich(self) -> bool {
        matches!(self, Depth::True | Depth::Indexed)
    }
}

/// Parts of the names of terminals that have 256 colours.
const MANY: [&str; 10] = [
    "256color",
    "kitty",
    "alacritty",
    "foot",
    "wezterm",
    "ghostty",
    "contour",
    "konsole",
    "iterm",
    "mintty",
];

/// `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii());
        let part = |at: usize| hex.and_then(|h| u8::from_str_radix(&h[at..at + 2], 16).ok());
        match (part(0), part(2), part(4)) {
            (Some(r), Some(g), Some(b)) => Ok(Rgb(r, g, b)),
            _ => Err(format!("{text:?} is not a colour: write #rrggbb")),
        }
    }
}

impl Rgb {
    /// `share` of `self` over the rest of `under`.
    pub fn over(self, under: Rgb, share: f32) -> Rgb {
        let mix = |a: u8, b: u8| (f32::from(a) * share + f32::from(b) * (1.0 - share)).round() as u8;
        Rgb(mix(self.0, under.0), mix(self.1, under.1), mix(self.2, under.2))
    }

    /// The nearest of the palette's 6×6×6 cube and its greys.
    pub fn indexed(self) -> u8 {
        let level = |v: u8| match v {
            0..=47 => 0u8,
            48..=114 => 1,
            _ => (v - 35) / 40,
        };
        let value = |l: u8| if l == 0 { 0 } else { 55 + 40 * l };
        let (r, g, b) = (level(self.0), level(self.1), level(self.2));
        let cube = Rgb(value(r), value(g), value(b));
        let mean = (u16::from(self.0) + u16::from(self.1) + u16::from(self.2)) / 3;
        let step = (mean.saturating_sub(3) / 10).min(23) as u8;
        let grey = Rgb(8 + 10 * step, 8 + 10 * step, 8 + 10 * step);
        match self.distance(grey) < self.distance(cube) {
            true => 232 + step,
            false => 16 + 36 * r + 6 * g + b,
        }
    }

    /// As pictures call it: `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Relative luminance (WCAG 2.1).
    pub fn luminance(self) -> f64 {
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Whether light letters are easier to read on it than dark ones.
    pub fn is_dark(self) -> bool {
        self.luminance() < 0.18
    }

    /// How different two colours look: their distance in OKLab (Ottosson 2020), where 0.02 is about what is just
    /// noticed.
    pub fn apart(self, other: Rgb) -> f64 {
        let (a, b) = (self.oklab(), other.oklab());
        (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt()
    }

    fn oklab(self) -> [f64; 3] {
        let [r, g, b] = [self.0, self.1, self.2].map(linear);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    /// Contrast of one on the other, from 1 to 21 (WCAG 2.1).
    pub fn contrast(self, other: Rgb) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Hue in degrees; none where it is nearly grey.
    pub fn hue(self) -> Option<f32> {
        let [r, g, b] = [self.0, self.1, self.2].map(f32::from);
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let span = high - low;
        if span < 0.15 * high.max(1.0) {
            return None;
        }
        let sixth = if high == r {
            (g - b) / span
        } else if high == g {
            2.0 + (b - r) / span
        } else {
            4.0 + (r - g) / span
        };
        Some((60.0 * sixth).rem_euclid(360.0))
    }

    fn distance(self, other: Rgb) -> u32 {
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        d(self.0, other.0) + d(self.1, other.1) + d(self.2, other.2)
    }
}

/// A share of light, from a number of sRGB.
fn linear(v: u8) -> f64 {
    let v = f64::from(v) / 255.0;
    match v <= 0.04045 {
        true => v / 12.92,
        false => ((v + 0.055) / 1.055).powf(2.4),
    }
}
