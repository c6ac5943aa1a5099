//! Mouse events: press, drag, release. Movement without a button is not requested.

/// Something that the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub kind: MouseKind,
    /// Counted from 0 at the left.
    pub column: u16,
    /// Counted from 0 at the top.
    pub row: u16,
    /// Whether Shift was held, where the terminal does not keep that for itself.
    pub shift: bool,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// A button was pressed.
    Down(Button),
    /// It moved while a button was held.
    Drag(Button),
    /// The button was let go.
    Up(Button),
    /// The wheel was scrolled up.
    ScrollUp,
    /// The wheel was scrolled down.
    ScrollDown,
    /// The wheel was scrolled left.
    ScrollLeft,
    /// The wheel was scrolled right.
    ScrollRight,
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Usually the left one.
    Left,
    /// The wheel.
    Middle,
    /// Usually the right one.
    Right,
}
