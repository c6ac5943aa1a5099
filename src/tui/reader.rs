//! Reads the terminal: keys, pasted text, the mouse, its size. Of a burst only what matters is passed on.

use super::{app::Message, input::Key, mouse::Mouse, mouse::MouseKind};
use anyhow::{Context, Result};
use crossterm::event::{self, Event};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

/// How often the thread looks whether it should end.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};
/// How long the events that are there may take to be told: with no time at all crossterm does not look.
const A_MOMENT: Duration = Duration::from_millis(1);
/// Events of one burst that are looked at together at most.
const BURST: usize = 1000;

/// The thread that reads.
pub struct Reader {
    stop: Arc<AtomicBool>,
    over: Receiver<()>,
}

impl Reader {
    /// Starts it. `tell` is given every message, and `None` once the terminal is gone; it answers whether to go on.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(tell: impl Fn(Option<Message>) -> bool + Send + 'static) -> Result<Reader> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let (done, over) = channel();
        let read = move || {
            let _done: Sender<()> = done;
            let mut known = terminal_size();
            while !stopped.load(Ordering::SeqCst) {
                let Some(mut messages) = next_messages() else {
                    tell(None);
                    return;
                };
                // The signal tells sooner; but signals get lost, between us and under multiplexers.
                let size = terminal_size();
                if size != known
                    && let Some((width, height)) = size
                {
                    known = size;
                    messages.push(Message::Resize(width, height));
                }
                if !messages.into_iter().all(|m| tell(Some(m))) {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("input".into())
            .spawn(read)
            .context("read keys")?;
        Ok(Reader { stop, over })
    }

    /// Stops it, so that the shell gets the next key; does not wait for ever, because a dead terminal may never answer.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = self.over.recv_timeout(Duration::from_millis(400));
    }
}

/// Columns and rows, where the terminal says.
pub fn terminal_size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    // Serial lines and some containers know nothing and say 0 × 0.
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// What comes within [`PATIENCE`]; `None` once the terminal is gone. We ask the kernel first, because crossterm spins
/// for ever on a terminal that was closed.
fn next_messages() -> Option<Vec<Message>> {
    let stdin = std::io::stdin();
    let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut wanted, Some(&PATIENCE)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(_) => return None,
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if wanted[0].revents().intersects(gone) {
        return None;
    }
    let mut burst = Vec::new();
    while burst.len() < BURST && event::poll(A_MOMENT).ok()? {
        burst.push(event::read().ok()?);
    }
    Some(messages(burst))
}

/// The messages of a burst: of the places along a drag the last is enough.
fn messages(burst: Vec<Event>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for event in burst {
        let message = match event {
            Event::Key(key) => Key::from_event(key).map(Message::Key),
            Event::Paste(text) => Some(Message::Paste(text)),
            Event::Mouse(mouse) => Mouse::from_event(mouse).map(Message::Mouse),
            Event::Resize(..) | Event::FocusGained | Event::FocusLost => None,
        };
        let Some(message) = message else { continue };
        if messages.last().is_some_and(|last| is_overtaken(last, &message)) {
            messages.pop();
        }
        messages.push(message);
    }
    messages
}

fn is_overtaken(last: &Message, next: &Message) -> bool {
    matches!((last, next), (Message::Mouse(a), Message::Mouse(b)) if a.kind == b.kind && matches!(a.kind, MouseKind::Drag(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

    fn mouse(kind: MouseEventKind, column: u16) -> Event {
        Event::Mouse(MouseEvent {
            kind,
            column,
            row: 3,
            modifiers: KeyModifiers::empty(),
        })
    }

    #[test]
    fn of_a_burst_the_last_place_of_a_drag_remains() {
        let drag = MouseEventKind::Drag(MouseButton::Left);
        let mut burst = vec![mouse(MouseEventKind::Down(MouseButton::Left), 1)];
        burst.extend((2..90).map(|column| mouse(drag, column)));
        burst.push(mouse(MouseEventKind::Moved, 90));
        burst.push(mouse(MouseEventKind::Up(MouseButton::Left), 91));
        burst.push(mouse(MouseEventKind::ScrollUp, 91));
        burst.push(mouse(MouseEventKind::ScrollUp, 91));
        burst.push(Event::Key(KeyCode::Char('q').into()));
        let told: Vec<String> = messages(burst).iter().map(|m| format!("{m:?}")).collect();
        assert_eq!(told.len(), 6, "{told:#?}");
        assert!(told[1].contains("Drag(Left), column: 89"), "{}", told[1]);
        assert!(told[5].contains("Char('q')"));
    }
}
