//! What is reported of which run.

use super::*;
use crate::tui::App;
use crate::tui::effects::interest::wanted;
use crate::tui::update::update;
use crate::{
    run::{RunDir, journal::Appender, testing},
    tui::tests::fixture,
};
use std::sync::Mutex;

/// A run in `folder` with as many steps measured as `steps` says.
fn run(folder: &Path, id: &str, steps: u64) -> PathBuf {
    let run = RunDir::create(folder, &testing::manifest(id)).unwrap();
    let mut metrics = Appender::open(&run.metrics()).unwrap();
    (1..=steps).for_each(|step| metrics.append(&testing::metric(step, "train.ce", 1.0)).unwrap());
    run.path().to_path_buf()
}

/// Looks until there is nothing more, folding what is reported into `app`; returns what was reported of which run.
fn look(eyes: &mut WatchLoop, app: &mut App) -> Vec<PathBuf> {
    let reported = Mutex::new(Vec::new());
    eyes.others_at = Instant::now();
    assert!(eyes.look(&|message| {
        reported.lock().unwrap().push(message);
        true
    }));
    let mut of = Vec::new();
    for message in reported.into_inner().unwrap() {
        if let News::Seen(seen) = &message {
            of.push(seen.dir.clone());
        }
        update(app, message.into());
    }
    of
}

fn ask(eyes: &mut WatchLoop, app: &App) {
    eyes.take(Request::Interest(wanted(app)), &|_| true);
}

#[test]
fn runs_laid_over_the_selected_one_are_read_too_and_each_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = std::fs::canonicalize(folder.path()).unwrap();
    let [a, b, c] = [
        "20261123-094512-a-0abc",
        "20261123-094512-b-0abc",
        "20261123-094512-c-0abc",
    ];
    let [a, b, c] = [run(&folder, a, 1), run(&folder, b, 2), run(&folder, c, 3)];
    let mut app = fixture::empty(80, 24, false);
    let mut eyes = WatchLoop::new(vec![folder], channel().0);
    look(&mut eyes, &mut app);
    app.selected = Some(a.clone());
    crate::tui::actions::selection::select(&mut app, c.clone());
    app.overlay = vec![b.clone(), c.clone(), a.clone()];
    ask(&mut eyes, &app);
    assert_eq!(look(&mut eyes, &mut app), [c.clone(), a.clone(), b.clone()]);
    let steps = |app: &App, dir: &PathBuf| app.others[dir].history.progress().step;
    assert_eq!((app.others.len(), steps(&app, &a), steps(&app, &b)), (2, 1, 2));
    assert_eq!(app.detail().unwrap().history.progress().step, 3);
    assert!(look(&mut eyes, &mut app).is_empty(), "nothing changed");
    // Another is selected: it is read as such, and the one before is read again as one of the others.
    crate::tui::actions::selection::select(&mut app, a.clone());
    assert_eq!(
        (app.detail().unwrap().history.progress().step, steps(&app, &c)),
        (1, 3),
        "known until then"
    );
    // As the key that takes one away does.
    app.overlay = vec![c.clone(), a.clone()];
    app.others.remove(&b);
    ask(&mut eyes, &app);
    assert_eq!(look(&mut eyes, &mut app), [a, c.clone()]);
    assert_eq!(app.others.keys().collect::<Vec<_>>(), [&c]);
    assert_eq!(steps(&app, &c), 3);
}

#[test]
fn a_screen_that_lags_behind_is_given_time() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = WatchLoop::new(vec![folder.path().to_path_buf()], channel().0);
    let waiting: Vec<_> = (0..MOST_UNREAD).map(|_| eyes.unread.clone()).collect();
    assert!(eyes.is_far_ahead());
    drop(waiting);
    assert!(!eyes.is_far_ahead());
}
