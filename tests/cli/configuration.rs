//! The configuration: file, then environment, then flags; and what a broken one does.

use crate::deck::Deck;
use crate::pseudo_terminal::Terminal;

/// A deck whose person has configured this.
fn configured(text: &str) -> Deck {
    let deck = Deck::new();
    let folder = deck.path("config-home/spikedeck");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    deck
}

#[test]
fn the_file_is_shown_with_where_each_value_came_from() {
    let deck = configured("theme = \"light\"\n[charts]\ny = \"log\"\n");
    let (code, shown) = deck.json(&["config", "show"]);
    assert_eq!(code, 0);
    assert_eq!(shown["settings"]["theme"]["from"], "file, line 1");
    assert_eq!(shown["settings"]["charts.y"]["value"], "\"log\"");
    assert_eq!(shown["settings"]["ascii"]["from"], "default");
    let (code, checked) = deck.json(&["config", "check"]);
    assert_eq!((code, &checked["sound"]), (0, &true.into()));
    let (_, path) = deck.json(&["config", "path"]);
    assert!(
        path["path"]
            .as_str()
            .unwrap()
            .ends_with("config-home/spikedeck/config.toml")
    );
    let (_, schema) = deck.json(&["config", "schema"]);
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema["properties"]["charts"]["properties"]["smoothing"]["enum"].is_array());
}

#[test]
fn the_screen_follows_file_environment_and_flags_in_that_order() {
    let deck = configured("read_only = true\nascii = true\ntheme = \"no-such-theme\"\n");
    let program = env!("CARGO_BIN_EXE_spikedeck");
    let environment = [("SPIKEDECK_THEME", "neither"), ("SPIKEDECK_ASCII", "0")];
    let arguments = ["tui", ".", "--theme", "light"];
    let mut terminal = Terminal::with(&deck, program, &arguments, &environment, (100, 30));
    terminal.wait_for(&["spikedeck", "read-only", "─"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_broken_configuration_is_refused_with_the_way_around_it() {
    let deck = configured("theme = \"dark\"\nmose = false\n");
    let mut terminal = Terminal::open(&deck, &["tui", "."], 200, 30);
    terminal.wait_for(&["line 2", "did you mean \"mouse\"?", "--no-config"]);
    assert_eq!(terminal.end(), 2);
    let mut terminal = Terminal::open(&deck, &["tui", ".", "--no-config"], 100, 30);
    terminal.until_taken();
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert_eq!(deck.json(&["config", "check"]).0, 2);
}

#[test]
fn a_layout_is_saved_on_one_screen_and_opened_by_the_next() {
    let deck = Deck::new();
    let mut run = crate::fake_worker::FakeWorker::new(&deck, &[]);
    (0..20).for_each(|_| run.step());
    run.report();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments"], 120, 40);
    terminal.wait_for(&["running", "20/100000", "quit"]);
    terminal.press_until("R", &["Runs", "name", "state"]);
    terminal.press_until(":save-layout nightly\r", &["layout nightly saved"]);
    terminal.press_until("\x1b", &["q quit"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let file = deck.path("config-home/spikedeck/layouts/nightly.toml");
    assert!(std::fs::read_to_string(&file).unwrap().contains("screen = \"table\""));
    let mut terminal = Terminal::open(&deck, &["tui", "experiments", "--layout", "nightly"], 120, 40);
    terminal.wait_for(&["name", "state", "20/100000", "esc back"]);
    terminal.press_until("\x1b", &["q quit"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    for (name, says) in [("weekly", "nightly"), ("../config", "letters, digits")] {
        let mut terminal = Terminal::open(&deck, &["tui", "experiments", "--layout", name], 160, 30);
        terminal.wait_for(&[says]);
        assert_eq!(terminal.end(), 2);
    }
    std::fs::write(&file, "pane = \"runs\"\ncolour = 1\n").unwrap();
    let mut terminal = Terminal::open(&deck, &["tui", "experiments", "--layout", "nightly"], 160, 30);
    terminal.wait_for(&["line 2", "colour"]);
    assert_eq!(terminal.end(), 2);
}

#[test]
fn the_terminal_alerts_of_a_warning_and_of_an_end() {
    use crate::fake_worker::FakeWorker;
    use spikedeck::run::event::EventKind;
    let deck = configured("alerts = \"osc9\"\n");
    let mut run = FakeWorker::new(&deck, &[]);
    (0..30).for_each(|_| run.step());
    run.report();
    let terminal = Terminal::open(&deck, &["tui", "experiments"], 100, 30);
    terminal.wait_for(&["running", "30/100000"]);
    let wrote = |words: &str| String::from_utf8_lossy(&terminal.raw()).contains(words);
    assert!(!wrote("\x1b]9;"));
    run.happened(EventKind::Alert {
        kind: "plateau".into(),
        why: "no progress\x07\x1b[2J for 9 epochs".into(),
    });
    crate::deck::until(|| wrote("\x1b]9;spikedeck: plateau: no progress").then_some(()));
    assert!(!wrote("\x1b[2J for"), "what a file says commands nothing");
    run.stop();
    crate::deck::until(|| wrote("was stopped at step 30").then_some(()));
}
