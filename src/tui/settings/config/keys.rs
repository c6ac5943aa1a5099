//! Every setting: name, allowed values, the environment variable that overrides the file, and the default.

/// What can be configured, beside the `[keys]` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The theme's name.
    Theme,
    /// The arrangement that the screen opens with.
    Layout,
    /// Whether lines are written instead of a screen.
    Plain,
    /// Whether only ASCII is drawn.
    Ascii,
    /// What curves are drawn with.
    Dots,
    /// Whether the mouse is listened to.
    Mouse,
    /// Kilobytes per second at most.
    MaxKbps,
    /// Whether the screen is read-only.
    ReadOnly,
    /// The folder of data sets.
    Data,
    /// Folders with runs.
    Roots,
    /// How the user is alerted.
    Alerts,
    /// The charts' moving average.
    Smoothing,
    /// The unit of x.
    X,
    /// The scale of y.
    Y,
    /// Whether x is logarithmic.
    LogX,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these numbers.
    Steps(&'static [f64]),
    /// An integer within.
    Whole(i64, i64),
    /// A folder.
    Folder,
    /// A list of folders.
    Folders,
}

impl Kind {
    /// What is allowed, in words.
    pub fn words(self) -> String {
        match self {
            Kind::Text => "text in quotes".into(),
            Kind::Flag => "true or false".into(),
            Kind::Choice(list) => {
                let list: Vec<String> = list.iter().map(|word| format!("{word:?}")).collect();
                format!("one of {}", list.join(", "))
            }
            Kind::Steps(list) => {
                let list: Vec<String> = list.iter().map(f64::to_string).collect();
                format!("one of {}", list.join(", "))
            }
            Kind::Whole(low, high) => format!("an integer from {low} to {high}"),
            Kind::Folder => "an absolute path, or one starting with ~/".into(),
            Kind::Folders => "a list of absolute paths, or paths starting with ~/".into(),
        }
    }
}

/// The value of a setting that is not configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// This, as the file would write it.
    Default(&'static str),
    /// Nothing at all; such as this it could be.
    Unset(&'static str),
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Which.
    pub key: Key,
    /// Its name in the file; with a table before the dot.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What overrides the file.
    pub variable: &'static str,
    /// What it is otherwise.
    pub otherwise: Otherwise,
    /// What it is for.
    pub help: &'static str,
}

macro_rules! setting {
    ($key:ident, $name:literal, $kind:expr, $variable:literal, $otherwise:ident($text:literal), $help:literal) => {
        Setting {
            key: Key::$key,
            name: $name,
            kind: $kind,
            variable: $variable,
            otherwise: Otherwise::$otherwise($text),
            help: $help,
        }
    };
}

const DOTS: Kind = Kind::Choice(&["braille", "octant", "block", "ascii"]);
const ALERTS: Kind = Kind::Choice(&["none", "bell", "osc9"]);
const XS: Kind = Kind::Choice(&["step", "epoch", "relative", "wall"]);
const YS: Kind = Kind::Choice(&["linear", "log", "symlog"]);

/// Every setting, in the order of the file.
pub const SETTINGS: [Setting; 15] = [
    setting!(
        Theme,
        "theme",
        Kind::Text,
        "SPIKEDECK_THEME",
        Default("\"dark\""),
        "The theme; T cycles through them."
    ),
    setting!(
        Layout,
        "layout",
        Kind::Text,
        "SPIKEDECK_LAYOUT",
        Unset("\"nightly\""),
        "The saved layout to open with; it overrides [charts], and a theme given by flag overrides its theme."
    ),
    setting!(
        Plain,
        "plain",
        Kind::Flag,
        "SPIKEDECK_PLAIN",
        Default("false"),
        "Write lines instead of a screen, for screen readers and logs."
    ),
    setting!(
        Ascii,
        "ascii",
        Kind::Flag,
        "SPIKEDECK_ASCII",
        Default("false"),
        "Draw with ASCII characters only."
    ),
    setting!(
        Dots,
        "dots",
        DOTS,
        "SPIKEDECK_DOTS",
        Default("\"braille\""),
        "What curves are drawn with."
    ),
    setting!(
        Mouse,
        "mouse",
        Kind::Flag,
        "SPIKEDECK_MOUSE",
        Default("true"),
        "Use the mouse; false leaves it to the terminal."
    ),
    setting!(
        MaxKbps,
        "max_kbps",
        Kind::Whole(1, 100_000),
        "SPIKEDECK_MAX_KBPS",
        Unset("8"),
        "Maximum output to the terminal, in kilobytes per second."
    ),
    setting!(
        ReadOnly,
        "read_only",
        Kind::Flag,
        "SPIKEDECK_READ_ONLY",
        Default("false"),
        "Read only: nothing is started, changed or stopped."
    ),
    setting!(
        Data,
        "data",
        Kind::Folder,
        "SPIKEDECK_DATA",
        Unset("\"~/data\""),
        "The data-set folder passed to runs started here."
    ),
    setting!(
        Roots,
        "roots",
        Kind::Folders,
        "SPIKEDECK_ROOTS",
        Default("[]"),
        "Folders with runs, if none is named; the working folder if empty."
    ),
    setting!(
        Alerts,
        "alerts",
        ALERTS,
        "SPIKEDECK_ALERTS",
        Default("\"none\""),
        "How to alert you that a run ended, failed or was lost."
    ),
    setting!(
        Smoothing,
        "charts.smoothing",
        Kind::Steps(&crate::tui::model::charts::view::SMOOTHING),
        "SPIKEDECK_SMOOTHING",
        Default("0.9"),
        "Weight of the past in the moving average."
    ),
    setting!(X, "charts.x", XS, "SPIKEDECK_X", Default("\"step\""), "The unit of x."),
    setting!(
        Y,
        "charts.y",
        YS,
        "SPIKEDECK_Y",
        Default("\"linear\""),
        "The scale of y."
    ),
    setting!(
        LogX,
        "charts.log_x",
        Kind::Flag,
        "SPIKEDECK_LOG_X",
        Default("false"),
        "Logarithmic x."
    ),
];

impl Key {
    /// Its row.
    pub fn setting(self) -> &'static Setting {
        &SETTINGS[SETTINGS.iter().position(|s| s.key == self).unwrap_or(0)]
    }
}
