//! The thread that reads the terminal: keys, pasted text, mouse, answers, size. Of a burst only what matters is passed
//! on.

use super::{
    decode::{Decoder, Input},
    mouse::MouseKind,
};
use anyhow::{Context, Result};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
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
/// How long an ESC may stand alone before it is the Esc key: what sends a sequence sends it at once.
const A_MOMENT: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};
/// Bytes that are read at a time.
const BURST: usize = 4096;

/// The thread that reads.
pub struct Reader {
    stop: Arc<AtomicBool>,
    over: Receiver<()>,
}

impl Reader {
    /// Starts it. `tell` is given everything that comes, and `None` once the terminal is gone; it answers whether to
    /// continue.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(tell: impl Fn(Option<Input>) -> bool + Send + 'static) -> Result<Reader> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let (done, over) = channel();
        let read = move || {
            let _done: Sender<()> = done;
            let (mut known, mut decoder) = (terminal_size(), Decoder::default());
            while !stopped.load(Ordering::SeqCst) {
                let Some(mut inputs) = next_inputs(&mut decoder) else {
                    tell(None);
                    return;
                };
                // The signal is faster, but signals can get lost, for example under multiplexers.
                let size = terminal_size();
                if size != known
                    && let Some((width, height)) = size
                {
                    known = size;
                    inputs.push(Input::Resized(width, height));
                }
                if !inputs.into_iter().all(|i| tell(Some(i))) {
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

    /// Stops it, so that the shell gets the next key; does not wait forever, because a dead terminal may never answer.
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

/// What comes within [`PATIENCE`]; `None` once the terminal is gone.
fn next_inputs(decoder: &mut Decoder) -> Option<Vec<Input>> {
    let stdin = std::io::stdin();
    let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
    let patience = if decoder.is_waiting() { A_MOMENT } else { PATIENCE };
    match poll(&mut wanted, Some(&patience)) {
        Ok(0) => return Some(thinned(decoder.pause())),
        Ok(_) => {}
        Err(Errno::INTR) => return Some(Vec::new()),
        Err(_) => return None,
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if wanted[0].revents().intersects(gone) {
        return None;
    }
    let mut bytes = [0; BURST];
    match rustix::io::read(&stdin, &mut bytes) {
        Ok(0) => None,
        Ok(n) => Some(thinned(decoder.feed(&bytes[..n]))),
        Err(Errno::INTR | Errno::AGAIN) => Some(Vec::new()),
        Err(_) => None,
    }
}

/// What of a burst matters: of the places along a drag the last is enough.
fn thinned(burst: Vec<Input>) -> Vec<Input> {
    let mut kept: Vec<Input> = Vec::new();
    for input in burst {
        if kept.last().is_some_and(|last| is_overtaken(last, &input)) {
            kept.pop();
        }
        kept.push(input);
    }
    kept
}

fn is_overtaken(last: &Input, next: &Input) -> bool {
    matches!((last, next), (Input::Mouse(a), Input::Mouse(b)) if a.kind == b.kind && matches!(a.kind, MouseKind::Drag(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_burst_the_last_place_of_a_drag_remains() {
        let mut burst = String::from("\x1b[<0;2;4M");
        (3..91).for_each(|column| burst.push_str(&format!("\x1b[<32;{column};4M")));
        burst.push_str("\x1b[<35;91;4M\x1b[<0;92;4m\x1b[<64;92;4M\x1b[<64;92;4Mq");
        let kept = thinned(Decoder::default().feed(burst.as_bytes()));
        let kept: Vec<String> = kept.iter().map(|m| format!("{m:?}")).collect();
        assert_eq!(kept.len(), 6, "{kept:#?}");
        assert!(kept[1].contains("Drag(Left), column: 89"), "{}", kept[1]);
        assert!(kept[5].contains("Char('q')"));
    }
}
