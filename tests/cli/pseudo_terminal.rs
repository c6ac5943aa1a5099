//! A program in a pseudo-terminal with a virtual screen: keys are pressed, and text is waited for, never a time.

use crate::deck::{Deck, PATIENCE, signal, until};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

/// A terminal with a program in it.
pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    /// Everything that the program wrote.
    raw: Arc<Mutex<Vec<u8>>>,
    bytes: Arc<AtomicUsize>,
    /// Whether its output has ended.
    over: Arc<AtomicBool>,
    stalled: Arc<(Mutex<bool>, Condvar)>,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
}

/// What goes beside `TERM=xterm-256color`.
pub type Environment<'a> = &'a [(&'a str, &'a str)];

impl Terminal {
    /// The program in a terminal of 256 colours.
    pub fn open(deck: &Deck, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
        Terminal::with(deck, env!("CARGO_BIN_EXE_spikedeck"), arguments, &[], (columns, rows))
    }

    /// Any program, with more in its environment.
    pub fn with(deck: &Deck, program: &str, arguments: &[&str], more: Environment, size: (u16, u16)) -> Terminal {
        let (columns, rows) = size;
        let pair = native_pty_system().openpty(pty_size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(deck.folder.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for name in ["LC_ALL", "LC_CTYPE", "COLORFGBG", "TMUX", "STY"] {
            command.env_remove(name);
        }
        command.env_remove("COLORTERM");
        command.env_remove("NO_COLOR");
        // Not the configuration of the user who runs the tests.
        command.env("XDG_CONFIG_HOME", deck.path("config-home"));
        for (name, value) in more {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let terminal = Terminal {
            screen: Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0))),
            raw: Arc::default(),
            bytes: Arc::default(),
            over: Arc::default(),
            stalled: Arc::default(),
            keys: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            child,
        };
        terminal.look();
        terminal
    }

    fn look(&self) {
        let mut output = self.master.as_ref().unwrap().try_clone_reader().unwrap();
        let (screen, raw, bytes, over, stalled) = (
            self.screen.clone(),
            self.raw.clone(),
            self.bytes.clone(),
            self.over.clone(),
            self.stalled.clone(),
        );
        std::thread::spawn(move || {
            let mut some = [0u8; 8192];
            loop {
                let mut waits = stalled.0.lock().unwrap();
                while *waits {
                    waits = stalled.1.wait(waits).unwrap();
                }
                drop(waits);
                let Ok(n @ 1..) = output.read(&mut some) else {
                    over.store(true, Ordering::SeqCst);
                    return;
                };
                screen.lock().unwrap().process(&some[..n]);
                raw.lock().unwrap().extend(&some[..n]);
                bytes.fetch_add(n, Ordering::SeqCst);
            }
        });
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Everything written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.raw.lock().unwrap().clone()
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }

    /// Presses keys, or does with the mouse what these bytes say.
    pub fn press(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until the screen shows every one of these.
    pub fn wait_for(&self, wanted: &[&str]) {
        let started = Instant::now();
        loop {
            let text = self.text();
            if wanted.iter().all(|w| text.contains(w)) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{wanted:?} never came:\n{text}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Presses keys, and waits until the screen shows every one of these.
    pub fn press_until(&mut self, keys: &str, wanted: &[&str]) {
        self.press(keys);
        self.wait_for(wanted);
    }

    /// What another program writes to the same terminal.
    pub fn scribble(&self, bytes: &[u8]) {
        self.screen.lock().unwrap().process(bytes);
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(rows, columns);
        self.master.as_ref().unwrap().resize(pty_size(columns, rows)).unwrap();
    }

    /// From now on nothing is taken from the program, as over a connection that hangs; or again it is.
    pub fn stall(&self, stalled: bool) {
        *self.stalled.0.lock().unwrap() = stalled;
        self.stalled.1.notify_all();
    }

    /// Whether the terminal takes nothing more from the program: it is stalled, and what was written fills its buffer.
    pub fn is_full(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use rustix::fs::{Mode, OFlags, open};
        let name = self.master.as_ref().unwrap().tty_name().unwrap();
        let line = open(name, OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK, Mode::empty()).unwrap();
        poll(
            &mut [PollFd::new(&line, PollFlags::OUT)],
            Some(&Timespec { tv_sec: 0, tv_nsec: 0 }),
        )
        .unwrap()
            == 0
    }

    /// Takes the terminal away, as a lost connection does.
    pub fn hang_up(&mut self) {
        self.keys = None;
        self.master = None;
    }

    /// Sends the program a signal.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// The program's process id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the program to end; its exit code.
    pub fn end(&mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        // What it wrote last may still be on its way to us; nothing comes after the end of the output.
        let over = self.over.clone();
        until(|| over.load(Ordering::SeqCst).then_some(()));
        code
    }

    /// Whether the program is gone.
    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Whether a shell would find the terminal as it left it.
    pub fn is_sane(&self) -> bool {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        let flags = self.master.as_ref().and_then(|m| m.get_termios());
        let modes = flags.map(|t| format!("{:?}", t.local_flags)).unwrap_or_default();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
            && modes.contains("ICANON")
            && modes.contains("ECHO")
    }

    /// Waits until the program has the terminal: the other screen, no cursor, nothing echoed.
    pub fn until_taken(&self) {
        until(|| self.screen.lock().unwrap().screen().alternate_screen().then_some(()));
        until(|| (!self.is_sane()).then_some(()));
    }

    /// Waits until the terminal is as it was.
    pub fn until_sane(&self) {
        until(|| self.is_sane().then_some(()));
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}
