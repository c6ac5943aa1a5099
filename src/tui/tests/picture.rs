//! `:picture`: from the typed words to the file.

use super::fixture::{self, enter_command, press};
use crate::tui::{
    documents::snapshot::in_full_colour,
    effects::picture::write,
    picture::{Form, encode},
    state::app::Effect,
    theme::{Depth, Theme},
};

#[test]
fn a_picture_has_the_themes_colours_on_a_terminal_of_few() {
    let mut pictures = Vec::new();
    for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
        let mut app = fixture::app(120, 40, false);
        app.theme = Theme::named("light", depth).unwrap();
        let drawn = in_full_colour(&mut app);
        assert_eq!(app.theme.depth(), depth);
        pictures.push(String::from_utf8(encode(Form::Svg, &drawn, &app.theme).unwrap()).unwrap());
    }
    assert!(pictures[0].contains("#1f5f9e"), "the accent");
    assert!(pictures.iter().all(|p| *p == pictures[0]));
}

#[test]
fn what_is_seen_is_written_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = fixture::app(120, 40, false);
    press(&mut app, "tab e");
    for (name, begins, holds) in [
        ("a.svg", &b"<svg"[..], &b"CE"[..]),
        ("a.txt", b" spikedeck", b"CE"),
        ("a.png", b"\x89PNG\r\n\x1a\n", b"IHDR"),
    ] {
        let file = folder.path().join(name);
        let effects = enter_command(&mut app, &format!("picture {}", file.display()));
        assert_eq!(effects, [Effect::SavePicture(file.clone())]);
        let drawn = in_full_colour(&mut app);
        write(&file, &drawn, &app.theme).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        assert!(
            bytes.starts_with(begins) && bytes.windows(holds.len()).any(|w| w == holds),
            "{name}"
        );
        assert!(write(&file, &drawn, &app.theme).unwrap_err().contains("already exists"));
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
    assert_eq!(enter_command(&mut app, "picture a.gif"), []);
    assert!(app.notice.clone().unwrap().text.contains(".svg, .png or .txt"));
    press(&mut app, "esc");
    app.read_only = true;
    assert_eq!(enter_command(&mut app, "picture b.svg"), []);
}
