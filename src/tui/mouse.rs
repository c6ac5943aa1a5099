//! What the mouse does: where it was pressed, dragged and let go. Movement without a button is not asked for.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

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

impl Mouse {
    /// What the terminal sent; `None` for movement without a button.
    pub fn from_event(event: MouseEvent) -> Option<Mouse> {
        let button = |b| match b {
            MouseButton::Left => Button::Left,
            MouseButton::Middle => Button::Middle,
            MouseButton::Right => Button::Right,
        };
        let kind = match event.kind {
            MouseEventKind::Down(b) => MouseKind::Down(button(b)),
            MouseEventKind::Drag(b) => MouseKind::Drag(button(b)),
            MouseEventKind::Up(b) => MouseKind::Up(button(b)),
            MouseEventKind::ScrollUp => MouseKind::ScrollUp,
            MouseEventKind::ScrollDown => MouseKind::ScrollDown,
            MouseEventKind::ScrollLeft => MouseKind::ScrollLeft,
            MouseEventKind::ScrollRight => MouseKind::ScrollRight,
            MouseEventKind::Moved => return None,
        };
        Some(Mouse {
            kind,
            column: event.column,
            row: event.row,
            shift: event.modifiers.contains(KeyModifiers::SHIFT),
        })
    }
}
