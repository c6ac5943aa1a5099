//! Pictures of the screen without a terminal, as files and through pipes. Needs no engine.

use crate::deck::Deck;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[test]
fn a_png_goes_into_a_pipe_or_a_new_file_and_never_into_json() {
    let deck = Deck::new();
    deck.create(&[]);
    let png = ["snapshot", ".", "--size", "60x20", "--format", "png"];
    let piped = deck.output(&png);
    assert!(piped.status.success() && piped.stdout.starts_with(PNG));
    let (code, answer) = deck.json(&png);
    assert!(
        code == 2 && answer["error"].as_str().unwrap().contains("--to"),
        "{answer}"
    );
    let to_file = [&png[..], &["--to", "a.png"]].concat();
    let (code, answer) = deck.json(&to_file);
    let written = std::fs::read(deck.path("a.png")).unwrap();
    assert_eq!(
        (code, answer["bytes"].as_u64()),
        (0, Some(written.len() as u64)),
        "{answer}"
    );
    assert_eq!(written, piped.stdout);
    assert_eq!(deck.json(&to_file).0, 2, "nothing is overwritten");
    assert_eq!(deck.json(&[&to_file[..], &["--force"]].concat()).0, 0);
    let (code, answer) = deck.json(&["snapshot", ".", "--format", "svg", "--to", "a.svg"]);
    assert!(code == 0 && answer["format"] == "svg", "{answer}");
    assert!(std::fs::read(deck.path("a.svg")).unwrap().starts_with(b"<svg"));
}
