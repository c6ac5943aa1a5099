//! Keys, frames of the player and its sheet.

use super::draw::draw;
use super::film::{Film, Frame};
use super::sheet;
use super::state::{Answer, Player};
use crate::tui::{
    picture::text,
    terminal::key::Key,
    theme::{Depth, Theme, glyphs},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// A dot that moves to the right, brighter in front and darker behind.
fn film(frames: usize) -> Film {
    let frame = |n: usize| {
        let mut counts = vec![0; 2 * 8 * 8];
        counts[3 * 8 + n % 8] = 1;
        counts[64 + 3 * 8 + (n + 1) % 8] = 3;
        Frame {
            counts,
            between: Some((10.0 * n as f64, 10.0 * (n + 1) as f64)),
        }
    };
    Film {
        title: "dot.bin".into(),
        about: "nmnist · 8×8 · 24 events".into(),
        width: 8,
        height: 8,
        frames: (0..frames).map(frame).collect(),
    }
}

fn shown(player: &Player, size: (u16, u16)) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    draw(
        &mut buffer,
        player,
        &Theme::named("dark", Depth::Mono).unwrap(),
        &glyphs::ASCII,
    );
    text(&buffer)
}

fn press(player: &mut Player, keys: &str) {
    for key in keys.split_whitespace() {
        assert_eq!(player.press(Key::parse(key).unwrap()), Answer::Changed, "{key}");
    }
}

#[test]
fn keys_step_jump_and_stop_at_the_ends() {
    let mut player = Player::new(film(6));
    assert!(player.playing);
    press(&mut player, "left");
    assert_eq!((player.at, player.playing), (0, false));
    press(&mut player, "right right end right");
    assert_eq!(player.at, 5);
    press(&mut player, "home pagedown space");
    assert_eq!((player.at, player.playing), (1, true));
    press(&mut player, "+ + + + + + + +");
    assert_eq!(player.frames_per_second(), 60);
    assert_eq!(player.press(Key::char('x')), Answer::Nothing);
    assert_eq!(player.press(Key::char('q')), Answer::Quit);
    (0..5).for_each(|_| player.advance());
    assert_eq!(player.at, 0, "after the last comes the first");
}

#[test]
fn a_frame_says_where_it_is_and_what_happened() {
    let mut player = Player::new(film(6));
    press(&mut player, "right");
    insta::assert_snapshot!(shown(&player, (72, 14)));
}

#[test]
fn no_size_is_too_small() {
    let player = Player::new(film(300));
    for size in [(1, 1), (2, 3), (5, 5), (10, 4), (400, 200)] {
        let _ = shown(&player, size);
    }
    let theme = Theme::named("dark", Depth::True).unwrap();
    for size in [(1, 1), (40, 10), (300, 100)] {
        let _ = sheet(&film(17), size, &theme, &glyphs::UNICODE);
    }
}

#[test]
fn all_frames_stand_side_by_side() {
    let theme = Theme::named("dark", Depth::Mono).unwrap();
    insta::assert_snapshot!(text(&sheet(&film(6), (60, 20), &theme, &glyphs::ASCII)));
}

#[test]
fn the_full_colour_is_not_set_by_one_hot_pixel() {
    let mut film = film(60);
    film.frames[0].counts[0] = 10_000;
    assert_eq!(film.full(), 3);
    film.frames.iter_mut().for_each(|f| f.counts.fill(0));
    assert_eq!(film.full(), 1);
}
