//! Joins the pieces to a terminal: messages in, state, effects out, at most ten frames a second and none where
//! nothing changed. The threads end when this returns, or with the process.

use super::{
    app::{App, Effect, Message},
    effects,
    input::Key,
    screens,
    spots::Spots,
    terminal::Screen,
    update::update,
    watcher::{self, Interest, Request},
};
use anyhow::{Context, Result};
use crossterm::event::{self, Event};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

/// Between two frames at least.
const FRAME: Duration = Duration::from_millis(100);
/// How often the input thread looks whether it should end.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 200_000_000,
};

enum Wake {
    Message(Message),
    /// Told to end by a signal, or the terminal is gone.
    End,
}

/// Runs the screen until it is quit. Quitting touches no run.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(mut app: App, roots: Vec<PathBuf>) -> Result<()> {
    let (sender, receiver) = channel();
    let tell = sender.clone();
    let requests = watcher::start(roots, move |m| tell.send(Wake::Message(m)).is_ok()).context("start watching")?;
    let signals = end_on_signals(&sender)?;
    let mut screen = Screen::take().context("take over the terminal; is this one?")?;
    app.size = screen.size()?;
    let stop = Arc::new(AtomicBool::new(false));
    let input = read_input(&sender, &stop)?;
    let result = turn(&mut app, &mut screen, &receiver, &sender, &requests);
    stop.store(true, Ordering::SeqCst);
    signals.close();
    // So that the shell gets the next key; not for ever, because a dead terminal may never answer.
    let _ = input.recv_timeout(Duration::from_millis(400));
    drop(screen);
    result
}

fn turn(
    app: &mut App,
    screen: &mut Screen,
    receiver: &Receiver<Wake>,
    sender: &Sender<Wake>,
    requests: &Sender<Request>,
) -> Result<()> {
    let mut interest = Interest::default();
    let mut drawn: Option<Instant> = None;
    let mut dirty = true;
    loop {
        let since = drawn.map_or(FRAME, |t| t.elapsed());
        if dirty && since >= FRAME {
            let mut spots = Spots::default();
            screen
                .draw(|buffer| spots = screens::draw(app, buffer))
                .context("draw")?;
            app.spots = spots;
            drawn = Some(Instant::now());
            dirty = false;
        }
        let patience = if dirty {
            FRAME.saturating_sub(since)
        } else {
            Duration::from_secs(3600)
        };
        let wake = match receiver.recv_timeout(patience) {
            Ok(wake) => wake,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let Wake::Message(message) = wake else { return Ok(()) };
        dirty = true;
        for effect in update(app, message) {
            match effect {
                Effect::Quit => return Ok(()),
                Effect::Redraw => screen.clear()?,
                Effect::Suspend => screen.suspend()?,
                Effect::FindSpecs => {
                    let _ = requests.send(Request::FindSpecs);
                }
                other => perform(other, sender.clone()),
            }
        }
        let wanted = Interest::of(app);
        if wanted != interest {
            interest = wanted.clone();
            let _ = requests.send(Request::Interest(wanted));
        }
    }
}

/// What touches the world slowly, on a thread of its own.
fn perform(effect: Effect, sender: Sender<Wake>) {
    let work = move || {
        let message = match effect {
            Effect::Send { ticket, job, order } => effects::send_order(ticket, &job, order),
            Effect::Launch(what, arguments) => effects::launch(what, &arguments),
            _ => return,
        };
        let _ = sender.send(Wake::Message(message));
    };
    let _ = std::thread::Builder::new().name("hands".into()).spawn(work);
}

/// Reads keys until told to stop; the returned channel closes when it has.
fn read_input(sender: &Sender<Wake>, stop: &Arc<AtomicBool>) -> Result<Receiver<()>> {
    let (sender, stop) = (sender.clone(), stop.clone());
    let (done, over) = channel();
    let read = move || {
        let _done: Sender<()> = done;
        while !stop.load(Ordering::SeqCst) {
            if !next_events(&sender) {
                let _ = sender.send(Wake::End);
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("input".into())
        .spawn(read)
        .context("read keys")?;
    Ok(over)
}

/// Passes on what comes within [`PATIENCE`]; `false` once the terminal is gone. We ask the kernel first, because
/// crossterm spins for ever on a terminal that was closed.
fn next_events(sender: &Sender<Wake>) -> bool {
    let stdin = std::io::stdin();
    let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut wanted, Some(&PATIENCE)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(_) => return false,
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if wanted[0].revents().intersects(gone) {
        return false;
    }
    // Also where nothing was typed: a change of size comes by a signal.
    while let Ok(true) = event::poll(Duration::ZERO) {
        let Ok(event) = event::read() else { return false };
        let message = match event {
            Event::Key(key) => Key::from_event(key).map(Message::Key),
            Event::Paste(text) => Some(Message::Paste(text)),
            Event::Resize(w, h) => Some(Message::Resize(w, h)),
            _ => None,
        };
        if message.is_some_and(|m| sender.send(Wake::Message(m)).is_err()) {
            return false;
        }
    }
    true
}

fn end_on_signals(sender: &Sender<Wake>) -> Result<signal_hook::iterator::Handle> {
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT]).context("listen for signals")?;
    let handle = signals.handle();
    let sender = sender.clone();
    let listen = move || {
        for _ in signals.forever() {
            if sender.send(Wake::End).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(listen)
        .context("listen for signals")?;
    Ok(handle)
}
