//! The screen without a screen: driven through pipes, as a script or a screen reader's shell does. Needs no engine.

use crate::deck::{Deck, until};
use crate::fake_worker::FakeWorker;
use spikedeck::run::event::EventKind;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex};

/// `spikedeck tui --plain` between two pipes.
struct Plain {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Plain {
    fn open(deck: &Deck, more: &[&str]) -> Plain {
        let arguments = [&["tui", "experiments", "--plain"], more].concat();
        let mut child = deck
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, output) = (Arc::default(), child.stdout.take().unwrap());
        let keep: Arc<Mutex<Vec<String>>> = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                keep.lock().unwrap().push(line);
            }
        });
        Plain {
            input: child.stdin.take(),
            child,
            said,
        }
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for a line that has all of these.
    fn wait_for(&self, wanted: &[&str]) {
        until(|| {
            let said = self.said.lock().unwrap();
            said.iter().any(|l| wanted.iter().all(|w| l.contains(w))).then_some(())
        });
    }

    fn end(&mut self) -> bool {
        self.input = None;
        self.child.wait().unwrap().success()
    }
}

fn inbox(run: &FakeWorker) -> usize {
    std::fs::read_dir(run.run.path().join("control/inbox")).map_or(0, |d| d.flatten().count())
}

#[test]
fn lines_say_what_is_there_and_what_changes_without_an_escape() {
    let deck = Deck::new();
    let mut run = FakeWorker::new(&deck, &[]);
    (0..10).for_each(|_| run.step());
    run.report();
    let mut plain = Plain::open(&deck, &[]);
    plain.wait_for(&["1 of 1 runs"]);
    plain.wait_for(&["running, step 10 of 100000"]);
    plain.type_line("show");
    plain.wait_for(&["train.ce: "]);
    run.happened(EventKind::Alert {
        kind: "dead_layer".into(),
        why: "a layer is \x1b[31msilent".into(),
    });
    plain.wait_for(&["ALERT dead_layer", "silent"]);
    (0..395).for_each(|_| run.step());
    run.report();
    plain.wait_for(&["epoch 1", "done"]);
    assert!(plain.end(), "the end of the input is no error");
    assert!(plain.said.lock().unwrap().iter().all(|l| !l.contains('\x1b')));
}

#[test]
fn commands_go_to_the_run_and_a_stop_is_asked_about() {
    let deck = Deck::new();
    let mut run = FakeWorker::new(&deck, &[]);
    run.step();
    run.report();
    let mut plain = Plain::open(&deck, &[]);
    plain.type_line("set lambda=0.01");
    plain.wait_for(&["sent: ", "0.01"]);
    plain.type_line("stop");
    plain.wait_for(&["type yes to confirm"]);
    plain.type_line("no");
    plain.wait_for(&["cancelled"]);
    plain.type_line("checkpiont");
    plain.wait_for(&["error: ", "did you mean \"checkpoint\"?"]);
    assert_eq!(inbox(&run), 1);
    plain.type_line("stop");
    plain.type_line("yes");
    plain.wait_for(&["sent: stop"]);
    assert_eq!(inbox(&run), 2);
    plain.type_line("quit");
    assert!(plain.end());
}

#[test]
fn a_script_through_a_pipe_is_carried_out_to_its_end() {
    let deck = Deck::new();
    let mut run = FakeWorker::new(&deck, &[]);
    run.step();
    run.report();
    let mut plain = Plain::open(&deck, &[]);
    plain.type_line("pause\ncheckpoint\nlist");
    assert!(plain.end());
    plain.wait_for(&["(selected)"]);
    assert_eq!(inbox(&run), 2, "what was read before the end of the input is sent");
}

#[test]
fn read_only_lines_change_nothing() {
    let deck = Deck::new();
    let mut run = FakeWorker::new(&deck, &[]);
    run.step();
    run.report();
    let mut plain = Plain::open(&deck, &["--read-only"]);
    plain.type_line("pause");
    plain.wait_for(&["error: ", "read-only"]);
    assert!(plain.end());
    assert_eq!(inbox(&run), 0);
}
