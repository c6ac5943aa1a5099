//! `:picture FILE`: what is on the screen, as a picture or as letters, for a paper or an issue. Pure but for the file: whether it is
//! there already, and writing it.

use super::{
    actions,
    app::{App, Effect},
    snapshot,
    theme::Depth,
};
use crate::run::files::save;
use ratatui::buffer::Buffer;
use std::path::{Path, PathBuf};

/// Draws it, in the form that the file's name ends with.
///
/// # Errors
/// When the name ends otherwise, or nothing may be written.
pub(super) fn take(app: &mut App, file: &str) -> Result<Vec<Effect>, String> {
    actions::may_write(app).map_err(|why| format!("picture: {why}"))?;
    let path = PathBuf::from(file);
    // Before it is drawn, which takes a while.
    free(&path)?;
    let bytes = match path.extension().and_then(|e| e.to_str()) {
        Some("svg") => snapshot::picture(&in_full_colour(app), &app.theme).into_bytes(),
        Some("png") => snapshot::png(&in_full_colour(app), &app.theme).map_err(|e| format!("picture: {e}"))?,
        Some("txt") => snapshot::text(&in_full_colour(app)).into_bytes(),
        _ => return Err("picture: write a file that ends with .svg, .png or .txt, such as picture loss.svg".into()),
    };
    Ok(vec![Effect::SavePicture(path, bytes)])
}

/// What is on the screen in the theme's own colours, however few the terminal shows; without any where none are wanted
/// (`NO_COLOR`).
fn in_full_colour(app: &mut App) -> Buffer {
    let shown = app.theme.clone();
    if shown.depth() != Depth::Mono {
        app.theme = shown.at(Depth::True);
    }
    let drawn = snapshot::draw(app);
    app.theme = shown;
    drawn
}

/// Writes it; what is there already stays.
///
/// # Errors
/// When there is such a file, or it cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    free(path)?;
    save(path, false, |file| file.write_all(bytes)).map_err(|e| e.to_string())
}

fn free(path: &Path) -> Result<(), String> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Err(format!("{}: is there already; choose another name", path.display())),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{fixture, fixture::press, theme::Theme};

    #[test]
    fn a_picture_has_the_themes_colours_on_a_terminal_of_few() {
        let mut pictures = Vec::new();
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            let mut app = fixture::app(120, 40, false);
            app.theme = Theme::named("light", depth).unwrap();
            let Ok(effects) = take(&mut app, "a.svg") else {
                panic!("no picture")
            };
            let [Effect::SavePicture(_, bytes)] = &effects[..] else {
                panic!("{effects:?}")
            };
            assert_eq!(app.theme.depth(), depth);
            pictures.push(String::from_utf8(bytes.clone()).unwrap());
        }
        assert!(pictures[0].contains("#1f5f9e"), "the accent");
        assert!(pictures.iter().all(|p| *p == pictures[0]));
    }

    fn typed(app: &mut App, text: &str) -> Vec<Effect> {
        press(app, ":");
        for c in text.chars() {
            crate::tui::update::press(app, crate::tui::input::Key::char(c));
        }
        press(app, "enter")
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
            let effects = typed(&mut app, &format!("picture {}", file.display()));
            let [Effect::SavePicture(path, bytes)] = &effects[..] else {
                panic!("{effects:?}")
            };
            assert!(
                bytes.starts_with(begins) && bytes.windows(holds.len()).any(|w| w == holds),
                "{name}"
            );
            write(path, bytes).unwrap();
            assert!(write(path, b"").unwrap_err().contains("is there already"));
            press(&mut app, "esc esc");
            press(&mut app, "tab e");
            assert_eq!(
                typed(&mut app, &format!("picture {}", file.display())),
                [],
                "nothing was drawn"
            );
            assert!(app.notice.clone().unwrap().text.contains("is there already"));
            press(&mut app, "esc");
        }
        assert_eq!(typed(&mut app, "picture a.gif"), []);
        assert!(app.notice.clone().unwrap().text.contains(".svg, .png or .txt"));
        press(&mut app, "esc");
        app.read_only = true;
        assert_eq!(typed(&mut app, "picture b.svg"), []);
    }
}
