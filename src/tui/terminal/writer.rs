//! The thread that writes frames: a terminal that accepts no output for a while (a stalled connection, a stopped tmux)
//! blocks only this thread, and keys and signals still work. One write per frame, if the terminal accepts it whole.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags, open},
    io::{Errno, write},
    termios::ttyname,
};
use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    time::{Duration, Instant},
};

/// Bytes offered at a time where a write may block: what every system takes once it says that it takes something.
const SIP: usize = 256;
/// How often a blocked thread looks whether the frame is still wanted.
const GLANCE: Duration = Duration::from_millis(50);

/// Whether a frame is being written.
static BUSY: AtomicBool = AtomicBool::new(false);
/// Whether frames are dropped instead of written.
static DROPPED: AtomicBool = AtomicBool::new(false);

/// The channel to the thread, which ends when this is dropped.
pub struct Writer {
    frames: Sender<Vec<u8>>,
}

impl Writer {
    /// Starts the thread. `done` gets the outcome of each frame.
    ///
    /// # Errors
    /// When standard output is closed, or no thread can be started.
    pub fn start(done: impl Fn(io::Result<()>) + Send + 'static) -> io::Result<Writer> {
        let line = Line::open()?;
        let (sender, frames) = channel::<Vec<u8>>();
        let work = move || {
            for frame in frames {
                let result = line.write(&frame);
                BUSY.store(false, Ordering::SeqCst);
                done(result);
            }
        };
        std::thread::Builder::new().name("writer".into()).spawn(work)?;
        Ok(Writer { frames: sender })
    }

    /// Submits a frame; returns at once.
    pub fn write(&self, frame: Vec<u8>) {
        BUSY.store(true, Ordering::SeqCst);
        if self.frames.send(frame).is_err() {
            BUSY.store(false, Ordering::SeqCst);
        }
    }
}

/// Whether the last frame is still being written.
pub fn is_busy() -> bool {
    BUSY.load(Ordering::SeqCst)
}

/// Waits until nothing is being written; says whether that came true.
pub fn wait(patience: Duration) -> bool {
    let start = Instant::now();
    while is_busy() && start.elapsed() < patience {
        std::thread::sleep(Duration::from_millis(2));
    }
    !is_busy()
}

/// Gives up the frame being written, and every later one.
pub fn drop_frames() {
    DROPPED.store(true, Ordering::SeqCst);
}

/// From now on frames are written.
pub fn go_on() {
    DROPPED.store(false, Ordering::SeqCst);
}

/// Writes to standard output at once and past the thread, for as long as the terminal takes it within `patience`.
pub fn write_now(bytes: &[u8], patience: Duration) {
    let start = Instant::now();
    let out = io::stdout();
    let mut rest = bytes;
    while !rest.is_empty() && takes_more(&out, patience.saturating_sub(start.elapsed())) {
        match write(&out, &rest[..rest.len().min(SIP)]) {
            Ok(n) => rest = &rest[n..],
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

/// A line to the terminal.
struct Line {
    fd: OwnedFd,
    blocks: bool,
}

impl Line {
    /// Our own opening of the terminal never blocks; the shell's, which we must leave as it is, does.
    fn open() -> io::Result<Line> {
        let out = io::stdout();
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let own = ttyname(&out, Vec::new()).and_then(|name| open(name, flags, Mode::empty()));
        match own {
            Ok(fd) => Ok(Line { fd, blocks: false }),
            Err(_) => Ok(Line {
                fd: out.as_fd().try_clone_to_owned()?,
                blocks: true,
            }),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if DROPPED.load(Ordering::SeqCst) {
                return Ok(());
            }
            if self.blocks && !takes_more(&self.fd, GLANCE) {
                continue;
            }
            let most = if self.blocks { SIP } else { rest.len() };
            match write(&self.fd, &rest[..rest.len().min(most)]) {
                Ok(n) => rest = &rest[n..],
                Err(Errno::AGAIN) => {
                    takes_more(&self.fd, GLANCE);
                }
                Err(Errno::INTR) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }
}

/// Waits until the terminal takes something; a terminal that is gone takes everything and says so in the write.
fn takes_more(out: &impl AsFd, patience: Duration) -> bool {
    let patience = Timespec::try_from(patience).unwrap_or(Timespec { tv_sec: 1, tv_nsec: 0 });
    let mut wanted = [PollFd::new(out, PollFlags::OUT)];
    matches!(poll(&mut wanted, Some(&patience)), Ok(n) if n > 0)
}
