//! What the mouse does: where it was pressed, dragged and let go. Movement without a button is not asked for.

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
    /// The wheel turned away from the hand.
    ScrollUp,
    /// The wheel turned towards the hand.
    ScrollDown,
    /// The wheel was pushed to the left.
    ScrollLeft,
    /// The wheel was pushed to the right.
    ScrollRight,
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Usually the forefinger's.
    Left,
    /// The wheel.
    Middle,
    /// Usually the ring finger's.
    Right,
}
