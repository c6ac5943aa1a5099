//! Mouse events with xterm's button numbers: as numbers (mode 1006), or in the three bytes of the older protocol.

use super::{Input, numbers::Numbers};
use crate::tui::terminal::mouse::{Button, Mouse, MouseKind};

const SHIFT: u32 = 4;
const MOVED: u32 = 32;

/// `CSI < button ; column ; row M`, or `m` where it is let go.
pub fn by_numbers(numbers: &Numbers, is_up: bool) -> Option<Input> {
    let place = (numbers.get(1), numbers.get(2));
    mouse(numbers.get(0), place, is_up)
}

/// `CSI M` and three bytes, each 32 more than its number. It does not say which button was released.
pub fn old(code: [u8; 3]) -> Option<Input> {
    let [button, column, row] = code.map(|b| u32::from(b.saturating_sub(32)));
    let is_up = button & 0b1100_0011 == 3;
    let button = if is_up { button & !3 } else { button };
    mouse(button, (column, row), is_up)
}

fn mouse(code: u32, (column, row): (u32, u32), is_up: bool) -> Option<Input> {
    let button = match code & 3 {
        0 => Some(Button::Left),
        1 => Some(Button::Middle),
        2 => Some(Button::Right),
        _ => None,
    };
    let kind = match code & 0b1100_0000 {
        64 => match code & 3 {
            0 => MouseKind::ScrollUp,
            1 => MouseKind::ScrollDown,
            2 => MouseKind::ScrollLeft,
            _ => MouseKind::ScrollRight,
        },
        0 if is_up => MouseKind::Up(button?),
        0 if code & MOVED != 0 => MouseKind::Drag(button?),
        0 => MouseKind::Down(button?),
        _ => return None,
    };
    let place = |n: u32| u16::try_from(n.saturating_sub(1)).ok();
    Some(Input::Mouse(Mouse {
        kind,
        column: place(column)?,
        row: place(row)?,
        shift: code & SHIFT != 0,
    }))
}
