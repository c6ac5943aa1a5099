//! The program in a pseudo-terminal with a virtual screen: it is driven by keys and waited for by text, never by time.

use crate::deck::{Deck, PATIENCE, until, until_step};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A terminal with the program in it.
struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    fn open(deck: &Deck, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_spikedeck"));
        command.args(arguments);
        command.cwd(deck.folder.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let mut output = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0u8; 8192];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                shared.lock().unwrap().process(&bytes[..n]);
            }
        });
        Terminal {
            screen,
            keys: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            child,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn press(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until the screen shows every one of these.
    fn wait_for(&self, wanted: &[&str]) {
        let begun = Instant::now();
        loop {
            let text = self.text();
            if wanted.iter().all(|w| text.contains(w)) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{wanted:?} never came:\n{text}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn resize(&self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.screen.lock().unwrap().screen_mut().set_size(rows, columns);
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// Takes the terminal away, as a lost connection does.
    fn hang_up(&mut self) {
        self.keys = None;
        self.master = None;
    }

    fn end(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }
}

#[test]
fn a_run_goes_on_when_its_terminal_is_gone() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(
        &deck,
        &["train", "experiments/tiny", "--set", "train.epochs=12"],
        80,
        24,
    );
    let run = deck.only_run();
    until_step(&run, 2);
    terminal.hang_up();
    terminal.end();
    let (code, answer) = deck.json(&["wait", run.path().to_str().unwrap(), "--timeout", "100"]);
    assert_eq!(code, 0, "{answer}");
}

#[test]
fn the_screen_leads_from_an_empty_folder_to_an_attack_curve() {
    let deck = Deck::new();
    // Long enough that every key comes while the run goes on, on any machine: it is ended by a key too.
    deck.change_spec("epochs = 6", "epochs = 20000");
    deck.change_spec("every = 7", "every = 500");
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["n new run"]);
    terminal.press("n");
    terminal.wait_for(&["Start a run", "tiny"]);
    terminal.press("\r");
    terminal.wait_for(&["RUN", "Loss"]);
    terminal.press("p");
    terminal.wait_for(&["PAUSE"]);
    terminal.press("?");
    terminal.wait_for(&["Help"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Loss", "PAUSE"]);
    terminal.press("p");
    terminal.wait_for(&["● RUN"]);
    terminal.press("s");
    terminal.wait_for(&["no, leave it"]);
    terminal.press("y");
    terminal.wait_for(&["■ STOP"]);
    terminal.press("a");
    terminal.wait_for(&["enter launch", "pgd:3"]);
    terminal.press("\r");
    terminal.wait_for(&["robust at ε", "Robust accuracy", "4/255", "8/255", "✓ DONE"]);
    terminal.resize(80, 24);
    terminal.wait_for(&["robust at ε"]);
    terminal.resize(20, 5);
    terminal.resize(160, 45);
    terminal.wait_for(&["robust at ε"]);
    terminal.press("\x1b");
    terminal.wait_for(&["Loss"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let run = deck.only_run();
    assert_eq!(std::fs::read_dir(run.attacks()).unwrap().count(), 1);
    let screen = terminal.screen.lock().unwrap();
    assert!(
        !screen.screen().alternate_screen() && !screen.screen().hide_cursor(),
        "the terminal is as it was"
    );
}

#[test]
fn quitting_or_killing_the_screen_leaves_the_run_alone() {
    let deck = Deck::new();
    let run = deck.start(&["train.epochs=30"]);
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["RUN"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["RUN"]);
    let pid = terminal.child.process_id().unwrap();
    crate::deck::signal(pid, "KILL");
    let at = crate::deck::metrics(&run).last().map_or(0, |m| m.step);
    until_step(&run, at + 3);
    let (_, answer) = deck.json(&["send", run.path().to_str().unwrap(), "stop", "--wait"]);
    assert_eq!(answer["result"], "applied");
}

#[test]
fn a_terminated_screen_leaves_a_sane_terminal() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
    terminal.wait_for(&["n new run"]);
    crate::deck::signal(terminal.child.process_id().unwrap(), "TERM");
    terminal.end();
    until(|| {
        let screen = terminal.screen.lock().unwrap();
        (!screen.screen().alternate_screen() && !screen.screen().hide_cursor()).then_some(())
    });
}
