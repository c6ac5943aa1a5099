//! Reads the terminal: keys, pasted text, the mouse, changes of size. Of a burst only what matters is passed on.

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
            while !stopped.load(Ordering::SeqCst) {
                let Some(messages) = next_messages() else {
                    tell(None);
                    return;
                };
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
    // Also where nothing was typed: a change of size comes by a signal.
    while burst.len() < BURST && event::poll(Duration::ZERO).ok()? {
        burst.push(event::read().ok()?);
    }
    Some(messages(burst))
}

/// The messages of a burst: of sizes, and of the places along a drag, the last is enough.
fn messages(burst: Vec<Event>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for event in burst {
        let message = match event {
            Event::Key(key) => Key::from_event(key).map(Message::Key),
            Event::Paste(text) => Some(Message::Paste(text)),
            Event::Resize(w, h) => Some(Message::Resize(w, h)),
            Event::Mouse(mouse) => Mouse::from_event(mouse).map(Message::Mouse),
            Event::FocusGained | Event::FocusLost => None,
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
    match (last, next) {
        (Message::Resize(..), Message::Resize(..)) => true,
        (Message::Mouse(a), Message::Mouse(b)) => matches!(a.kind, MouseKind::Drag(_)) && a.kind == b.kind,
        _ => false,
    }
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
    fn of_a_burst_the_last_size_and_the_last_place_of_a_drag_remain() {
        let drag = MouseEventKind::Drag(MouseButton::Left);
        let mut burst: Vec<Event> = (1..200).map(|n| Event::Resize(n, n)).collect();
        burst.push(mouse(MouseEventKind::Down(MouseButton::Left), 1));
        burst.extend((2..90).map(|column| mouse(drag, column)));
        burst.push(mouse(MouseEventKind::Moved, 90));
        burst.push(mouse(MouseEventKind::Up(MouseButton::Left), 91));
        burst.push(mouse(MouseEventKind::ScrollUp, 91));
        burst.push(mouse(MouseEventKind::ScrollUp, 91));
        burst.push(Event::Key(KeyCode::Char('q').into()));
        let told: Vec<String> = messages(burst).iter().map(|m| format!("{m:?}")).collect();
        assert_eq!(told.len(), 7, "{told:#?}");
        assert_eq!(told[0], "Resize(199, 199)");
        assert!(told[2].contains("Drag(Left), column: 89"), "{}", told[2]);
        assert!(told[6].contains("Char('q')"));
    }
}
