//! The screen at its terminal: what it writes, when it writes nothing, and how it leaves. Needs no engine.

use crate::deck::{Deck, until};
use crate::fake_worker::FakeWorker;
use crate::pseudo_terminal::Terminal;
use spikedeck::run::event::EventKind;
use std::time::{Duration, Instant};

/// The screen on a run that says it is running.
fn watching(deck: &Deck, more: &[&str], size: (u16, u16)) -> (FakeWorker, Terminal) {
    let mut run = FakeWorker::new(deck, &[]);
    (0..50).for_each(|_| run.step());
    run.report();
    let arguments = [&["tui", "experiments"], more].concat();
    let terminal = Terminal::open(deck, &arguments, size.0, size.1);
    terminal.wait_for(&["running", "q"]);
    (run, terminal)
}

/// Waits until nothing was written for as long as that.
fn quiet(terminal: &Terminal, long: Duration) {
    let mut still = (terminal.bytes(), Instant::now());
    until(|| {
        if terminal.bytes() != still.0 {
            still = (terminal.bytes(), Instant::now());
        }
        (still.1.elapsed() > long).then_some(())
    });
}

/// The picture after so many bytes, once its last frame is whole and no further one comes.
fn settled(terminal: &Terminal, bytes: usize) -> String {
    until(|| {
        quiet(terminal, Duration::from_secs(1));
        let whole = terminal.raw().ends_with(b"\x1b[?2026l");
        (whole && terminal.bytes() > bytes).then(|| terminal.text())
    })
}

#[test]
fn a_quit_or_signalled_screen_leaves_a_sane_terminal() {
    let deck = Deck::new();
    type Way = (&'static str, fn(&mut Terminal));
    let ways: [Way; 4] = [
        ("q", |t| t.press("q")),
        ("ctrl-c", |t| t.press("\x03")),
        ("SIGTERM", |t| t.signal("TERM")),
        ("SIGHUP", |t| t.signal("HUP")),
    ];
    for (name, leave) in ways {
        let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
        terminal.wait_for(&["n new run"]);
        terminal.until_taken();
        leave(&mut terminal);
        assert_eq!(terminal.end(), 0, "{name}");
        terminal.until_sane();
        let raw = terminal.raw();
        assert!(
            raw.windows(8).any(|w| w == b"\x1b[?1002h"),
            "{name}: the mouse was asked for"
        );
        assert!(
            !raw.windows(8).any(|w| w == b"\x1b[?1003h"),
            "{name}: but not its every movement"
        );
    }
}

#[test]
fn the_mouse_is_left_alone_where_asked() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments", "--no-mouse"], 80, 24);
    terminal.wait_for(&["n new run"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.raw().windows(8).any(|w| w == b"\x1b[?1000h"));
}

/// It holds back the Esc key while a program listens to the mouse.
#[test]
fn the_mouse_is_left_to_gnu_screen() {
    let deck = Deck::new();
    let program = env!("CARGO_BIN_EXE_spikedeck");
    let inside = [("STY", "4711.pts-0.here")];
    let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], &inside, (80, 24));
    terminal.wait_for(&["n new run"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.raw().windows(8).any(|w| w == b"\x1b[?1000h"));
}

#[test]
fn everything_can_be_done_by_its_name() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["n new run"]);
    terminal.press_until(":theme li", &["theme light", "tab: complete"]);
    terminal.press_until("\x15go-logs\r", &["no run is selected"]);
    terminal.press_until("z", &["to the list of runs"]);
    terminal.press_until("r:start\r", &["Start"]);
    terminal.press("q:close\r");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_suspended_screen_gives_the_terminal_to_the_shell_and_takes_it_back() {
    let deck = Deck::new();
    let mut terminal = Terminal::with(&deck, "sh", &["-i"], &[("PS1", "shell> "), ("ENV", "")], (80, 24));
    terminal.wait_for(&["shell>"]);
    terminal.press(&format!("{} tui experiments\r", env!("CARGO_BIN_EXE_spikedeck")));
    terminal.until_taken();
    terminal.wait_for(&["n new run"]);
    terminal.press("\x1a");
    until(|| (!terminal.text().contains("n new run")).then_some(()));
    terminal.wait_for(&["shell>"]);
    terminal.press("stty -a | grep -o .icanon; echo told\r");
    terminal.wait_for(&["told\n"]);
    assert!(!terminal.text().contains("-icanon"), "{}", terminal.text());
    terminal.press("fg\r");
    terminal.until_taken();
    terminal.wait_for(&["n new run"]);
    terminal.press_until("q", &["shell>"]);
    terminal.press("exit\r");
    terminal.end();
}

/// Whether the system says that this process is stopped.
fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|s| s.trim_start().starts_with('T'))
}

#[test]
fn a_stop_signal_gives_the_terminal_back_and_really_stops() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
    terminal.wait_for(&["n new run"]);
    terminal.until_taken();
    for _ in 0..2 {
        terminal.signal("TSTP");
        until(|| is_stopped(terminal.pid()).then_some(()));
        terminal.until_sane();
        terminal.signal("CONT");
        terminal.until_taken();
        terminal.wait_for(&["n new run"]);
    }
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    terminal.until_sane();
}

#[test]
fn a_screen_that_was_stopped_by_force_is_drawn_whole_when_it_continues() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
    terminal.wait_for(&["n new run"]);
    terminal.signal("STOP");
    until(|| is_stopped(terminal.pid()).then_some(()));
    // What a shell does meanwhile: its own modes, its own words.
    terminal.scribble(b"\x1b[?1049l\x1b[?25h\x1b[2J\x1b[Hshell> ");
    assert!(terminal.text().starts_with("shell>"));
    terminal.signal("CONT");
    terminal.until_taken();
    terminal.wait_for(&["n new run", "spikedeck"]);
    assert!(!terminal.text().contains("shell>"));
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_quit_signal_restores_the_terminal_before_the_process_dies_of_it() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
    terminal.wait_for(&["n new run"]);
    terminal.signal("QUIT");
    assert_ne!(terminal.end(), 0);
    terminal.until_sane();
}

#[test]
fn the_mouse_is_switched_off_on_both_of_the_terminals_screens() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 80, 24);
    terminal.wait_for(&["n new run"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let (on_it, after) = raw.rsplit_once("\x1b[?1049l").unwrap();
    for off in ["\x1b[?1000l", "\x1b[?1002l", "\x1b[?1006l"] {
        assert!(on_it.contains(off) && after.contains(off), "{off:?}");
    }
}

#[test]
fn a_light_terminal_is_recognised_and_no_key_is_lost_meanwhile() {
    let deck = Deck::new();
    let more = [("COLORTERM", "truecolor"), ("TMUX", ""), ("STY", "")];
    let program = env!("CARGO_BIN_EXE_spikedeck");
    let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], &more, (100, 30));
    let asked = |raw: &[u8]| raw.windows(6).any(|w| w == b"\x1b]11;?");
    until(|| asked(&terminal.raw()).then_some(()));
    terminal.press("?\x1b]11;rgb:fbfb/fafa/f7f7\x1b\\\x1b[?62;22c");
    terminal.wait_for(&["Help"]);
    // The accent of the light theme, on its paper.
    let paper = b"48;2;251;250;247";
    until(|| terminal.raw().windows(paper.len()).any(|w| w == paper).then_some(()));
    terminal.press_until("\x1b", &["n new run"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_terminal_that_does_not_answer_is_not_waited_for_for_long() {
    let deck = Deck::new();
    for more in [
        [("TERM", "linux"), ("LANG", "C.UTF-8")],
        [("STY", "1.pts-0.here"), ("LANG", "C.UTF-8")],
    ] {
        let program = env!("CARGO_BIN_EXE_spikedeck");
        let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], &more, (80, 24));
        terminal.wait_for(&["n new run"]);
        assert!(!terminal.raw().windows(4).any(|w| w == b"]11;"), "{more:?}");
        terminal.press("q");
        assert_eq!(terminal.end(), 0);
    }
}

#[test]
fn without_a_utf8_locale_only_ascii_is_drawn_and_it_says_why() {
    let deck = Deck::new();
    let program = env!("CARGO_BIN_EXE_spikedeck");
    for (more, why) in [
        ([("LC_ALL", "C"), ("LANG", "C.UTF-8")], "LC_ALL=C is no UTF-8"),
        ([("LC_ALL", ""), ("LANG", "C")], "LANG=C is no UTF-8"),
        ([("TERM", "linux"), ("LC_ALL", "C.UTF-8")], "TERM=linux"),
    ] {
        let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], &more, (100, 30));
        terminal.wait_for(&["n new run", why]);
        assert!(terminal.text().is_ascii(), "{}", terminal.text());
        terminal.press("q");
        assert_eq!(terminal.end(), 0);
    }
    let more = [("LC_ALL", "C")];
    let asked = ["tui", "experiments", "--dots", "braille"];
    let mut terminal = Terminal::with(&deck, program, &asked, &more, (100, 30));
    terminal.wait_for(&["n new run"]);
    assert!(!terminal.text().is_ascii(), "what was asked for is drawn");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn keys_are_understood_however_the_terminal_encodes_them() {
    let deck = Deck::new();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["n new run"]);
    terminal.press("\x1b[47;2u");
    terminal.wait_for(&["Help"]);
    // Esc twice at once leaves the search of the help and then the help, and nothing else.
    terminal.press("/page\x1b\x1b");
    until(|| (!terminal.text().contains("Elsewhere")).then_some(()));
    terminal.wait_for(&["n new run"]);
    terminal.press("\x1b[27;2;90~");
    terminal.wait_for(&["Z: no such key here (? help)"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

/// Set for the process that [`a_panic_gives_the_terminal_back`] starts: the file whose coming makes it panic.
const PANIC: &str = "SPIKEDECK_TEST_PANIC";

/// Runs the screen and panics beside it. Only by [`a_panic_gives_the_terminal_back`], in a terminal.
#[test]
fn a_screen_beside_which_something_panics() {
    let Some(sign) = std::env::var_os(PANIC) else { return };
    std::thread::spawn(move || {
        until(|| std::fs::metadata(&sign).ok());
        panic!("on purpose");
    });
    let options = spikedeck::tui::TuiOptions {
        roots: vec![".".into()],
        ..Default::default()
    };
    let ended = spikedeck::tui::run(options).unwrap_err().to_string();
    println!("ended: {ended}");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let deck = Deck::new();
    let sign = deck.path("sign");
    let tests = std::env::current_exe().unwrap();
    let only = [
        "--exact",
        "screen::a_screen_beside_which_something_panics",
        "--nocapture",
    ];
    let environment = [(PANIC, sign.to_str().unwrap()), ("RUST_BACKTRACE", "0")];
    let mut terminal = Terminal::with(&deck, tests.to_str().unwrap(), &only, &environment, (100, 30));
    terminal.wait_for(&["n new run"]);
    terminal.until_taken();
    std::fs::write(&sign, "now").unwrap();
    terminal.wait_for(&["on purpose", "ended: a thread of the screen crashed"]);
    terminal.end();
    terminal.until_sane();
}

#[test]
fn many_changes_of_size_end_with_the_right_picture() {
    let deck = Deck::new();
    let (_run, mut terminal) = watching(&deck, &[], (100, 30));
    for n in 0..200u32 {
        terminal.resize(1 + (n * 97 % 300) as u16, 1 + (n * 61 % 100) as u16);
    }
    terminal.resize(20, 5);
    terminal.wait_for(&["needs"]);
    terminal.resize(120, 40);
    terminal.wait_for(&["running", "Loss", "quit"]);
    let whole = settled(&terminal, 0);
    let rows: Vec<&str> = whole.lines().collect();
    assert!(
        rows.len() == 40 && rows[0].contains("spikedeck") && rows[39].contains("quit"),
        "{whole}"
    );
    let before = terminal.bytes();
    terminal.press("\x0c");
    assert_eq!(settled(&terminal, before + 3000), whole, "drawn again, it is the same");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn an_idle_screen_writes_nothing() {
    let deck = Deck::new();
    let (_run, terminal) = watching(&deck, &[], (160, 45));
    quiet(&terminal, Duration::from_secs(3));
}

#[test]
fn control_characters_in_text_never_reach_the_terminal() {
    let deck = Deck::new();
    let attack = "\u{1b}]0;owned\u{7}\u{1b}[31;5mEVIL\u{9b}5m";
    let mut run = FakeWorker::new(&deck, &[]);
    run.happened(EventKind::Alert {
        kind: attack.into(),
        why: attack.into(),
    });
    (0..30).for_each(|_| run.step());
    run.report();
    std::fs::write(run.run.stdout_log(), format!("{attack} log\n")).unwrap();
    let text = std::fs::read_to_string(run.run.manifest()).unwrap();
    let name = "\\u001B]0;owned\\u0007\\u001B[31;5mEVIL";
    std::fs::write(
        run.run.manifest(),
        text.replacen("name = \"tiny\"", &format!("name = \"{name}\""), 1),
    )
    .unwrap();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 160, 45);
    terminal.wait_for(&["running", "EVIL"]);
    terminal.press_until("l", &["EVIL", "log"]);
    terminal.press("qq");
    assert_eq!(terminal.end(), 0);
    // Our own question for the terminal's background colour.
    let raw = String::from_utf8_lossy(&terminal.raw())
        .replace("\x1b]11;?\x1b\\", "")
        .replace("\x1b]11;?\x07", "");
    let raw = raw.into_bytes();
    for bad in [&b"\x1b]"[..], b"\x1b[31;5m", b"\x07", "\u{9b}".as_bytes()] {
        assert!(!raw.windows(bad.len()).any(|w| w == bad), "{bad:?}");
    }
}

#[test]
fn a_terminal_is_sent_no_more_colours_than_it_has() {
    let deck = Deck::new();
    let mut run = FakeWorker::new(&deck, &[]);
    (0..50).for_each(|_| run.step());
    run.report();
    for (environment, rgb, indexed) in [
        (&[("COLORTERM", "truecolor")][..], true, false),
        (&[], false, true),
        // On a background that is not known hardly any colour is readable.
        (&[("TERM", "xterm"), ("COLORFGBG", "15;0")], false, false),
        (&[("TERM", "linux")], false, false),
        (&[("TERM", "screen-256color")], false, true),
        (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], false, false),
    ] {
        let program = env!("CARGO_BIN_EXE_spikedeck");
        let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], environment, (120, 40));
        terminal.wait_for(&["running", "Loss"]);
        terminal.press("q");
        assert_eq!(terminal.end(), 0);
        let text = String::from_utf8_lossy(&terminal.raw()).into_owned();
        let named = (30..38)
            .chain(90..98)
            .any(|n| text.contains(&format!(";{n}m")) || text.contains(&format!("[{n}m")));
        let has = |code: &str| text.contains(&format!("38;{code};")) || text.contains(&format!("48;{code};"));
        assert_eq!((has("2"), has("5")), (rgb, indexed), "{environment:?}");
        let plain = environment.iter().any(|(k, _)| *k == "NO_COLOR");
        assert_eq!(named, !rgb && !indexed && !plain, "{environment:?}");
    }
}

#[test]
fn what_is_copied_goes_to_the_clipboard_of_the_terminals_user() {
    let deck = Deck::new();
    let (_run, mut terminal) = watching(&deck, &[], (160, 45));
    terminal.press_until("y", &["copied the folder of"]);
    terminal.press_until("\ty", &["Loss as CSV"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let copies: Vec<&str> = raw.split("\u{1b}]52;c;").skip(1).collect();
    assert_eq!(copies.len(), 2);
    // "/", and "metric,": as base64 writes them.
    assert!(
        copies[0].starts_with('L') && copies[1].starts_with("bWV0cmljL"),
        "{copies:?}"
    );
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_refused() {
    let deck = Deck::new();
    let program = env!("CARGO_BIN_EXE_spikedeck");
    let mut terminal = Terminal::with(&deck, program, &["tui", "experiments"], &[("TERM", "dumb")], (100, 40));
    terminal.wait_for(&["TERM=dumb", "spikedeck snapshot"]);
    assert_eq!(terminal.end(), 2);
    assert!(terminal.is_sane());
}

#[test]
fn a_stalled_terminal_delays_neither_keys_nor_signals() {
    let deck = Deck::new();
    for leave in ["key", "signal"] {
        let (_run, mut terminal) = watching(&deck, &[], (300, 100));
        terminal.stall(true);
        // Each redraws the whole screen, which is more than the terminal's buffer holds.
        until(|| {
            terminal.press("\x0c");
            terminal.is_full().then_some(())
        });
        match leave {
            "key" => terminal.press("q"),
            _ => terminal.signal("HUP"),
        }
        until(|| terminal.is_over().then_some(()));
        terminal.stall(false);
        terminal.until_sane();
        // Only a frame that was abandoned half written is cancelled.
        until(|| terminal.raw().contains(&0x18).then_some(()));
    }
}

#[test]
fn a_limit_of_bytes_is_shown_and_delays_no_key() {
    let deck = Deck::new();
    let (mut run, mut terminal) = watching(&deck, &["--max-kbps", "1"], (160, 45));
    terminal.wait_for(&["≤ 1 kB/s, now", "every"]);
    // News continue being shown, and keys are not kept waiting for them.
    (0..200).for_each(|_| run.step());
    terminal.press_until("?", &["Help"]);
    terminal.press_until("\x1b", &["250"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn tags_and_a_note_are_given_on_the_screen_and_in_the_shell() {
    let deck = Deck::new();
    let (run, mut terminal) = watching(&deck, &[], (120, 40));
    let path = run.run.path().to_str().unwrap().to_string();
    terminal.press_until("#", &["Tab: other field"]);
    terminal.press_until("baseline\thand-made\r", &["saved", "#baseline"]);
    let (code, said) = deck.json(&["tag", &path, "+paper", "-baseline", "-hard"]);
    assert_eq!((code, &said["tags"]), (0, &serde_json::json!(["paper"])), "{said}");
    terminal.wait_for(&["#paper"]);
    let (_, said) = deck.json(&["note", &path]);
    assert_eq!(said["note"], "hand-made");
    let (code, said) = deck.json(&["note", &path, "--clear"]);
    assert_eq!((code, &said["note"]), (0, &serde_json::json!("")));
    let (_, said) = deck.json(&["status", "experiments"]);
    assert_eq!(said["runs"][0]["tags"], serde_json::json!(["paper"]), "{said}");
    assert!(said["runs"][0]["note"].is_null());
    let (code, said) = deck.json(&["tag", &path, "two words"]);
    assert!(
        code == 2 && said["error"].as_str().unwrap().contains("is no tag"),
        "{said}"
    );
    terminal.press_until("/tag:baseline\r", &["No run matches"]);
}

#[test]
fn runs_are_listed_in_a_table_compared_and_found_by_their_best_value() {
    let deck = Deck::new();
    let mut other = FakeWorker::new(&deck, &["train.seed=77"]);
    (0..50).for_each(|_| other.step());
    other.report();
    let (_run, mut terminal) = watching(&deck, &[], (120, 40));
    terminal.press_until("R", &["best.val.accuracy", "seed", "77"]);
    terminal.press_until("pseed\r", &["Runs by train.seed"]);
    terminal.press("p");
    terminal.press_until("d", &["Configurations", "train.seed", "keys differ"]);
    terminal.press_until("\x1b", &["enter go"]);
    terminal.press_until("/best.train.ce>=100\r", &["No run matches"]);
    terminal.press_until("/\x15best.train.ce<100\r", &["2 of 2"]);
}
