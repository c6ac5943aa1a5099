//! One run of many by what people call it: its full id, its name, or its short id (`7f3a`, the end of the id, or a longer
//! end such as `demo-7f3a`). Never guesses: what fits several runs is several.

use super::{RunDir, discover};
use std::path::PathBuf;

/// The most runs that are suggested where none fits.
const MOST_NEAR: usize = 5;
/// How alike, from 0 to 1, a name must be to be suggested.
const ALIKE: f64 = 0.8;

/// A run and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its directory.
    pub dir: PathBuf,
    /// Its id, as its manifest says; the folder's name where that cannot be read.
    pub id: String,
    /// Its name; empty where it has none.
    pub name: String,
}

/// What a word fits.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// Exactly this run.
    One(&'a Named),
    /// These; the newest first.
    Several(Vec<&'a Named>),
    /// None; but these are called nearly so, the most alike first.
    None(Vec<&'a Named>),
}

/// Every run below `roots` with what it is called, sorted by start.
pub fn all(roots: &[PathBuf]) -> Vec<Named> {
    discover(roots).into_iter().map(named).collect()
}

/// What a run is called.
pub fn named(dir: PathBuf) -> Named {
    let run = RunDir::at(dir);
    let (id, name) = run.header().map_or_else(|_| Default::default(), |h| (h.id, h.name));
    Named {
        id: if id.is_empty() { run.id() } else { id },
        name,
        dir: run.path().to_path_buf(),
    }
}

impl Named {
    /// The name of its folder, which is its id unless the folder was renamed.
    fn folder(&self) -> String {
        RunDir::at(&self.dir).id()
    }

    /// Whether it is called so in full.
    fn is_id(&self, word: &str) -> bool {
        self.id == word || self.folder() == word
    }

    fn fits(&self, word: &str) -> bool {
        self.name == word || is_end(&self.id, word) || is_end(&self.folder(), word)
    }

    fn alike(&self, word: &str) -> f64 {
        let short = self.id.rsplit('-').next().unwrap_or_default();
        let ways = [self.name.as_str(), short, &self.id];
        let alike = ways.map(|way| strsim::jaro_winkler(&way.to_lowercase(), &word.to_lowercase()));
        alike.into_iter().fold(0.0, f64::max)
    }
}

/// Whether `word` is the end of `id` from a hyphen on.
fn is_end(id: &str, word: &str) -> bool {
    let id = id.to_lowercase();
    let before = id.strip_suffix(&word.to_lowercase());
    !word.is_empty() && before.is_some_and(|b| b.ends_with('-'))
}

/// Which of the runs is meant by a word. A full id goes before everything else.
pub fn choose<'a>(runs: &'a [Named], word: &str) -> Found<'a> {
    let by_id: Vec<&Named> = runs.iter().filter(|r| r.is_id(word)).collect();
    let mut fitting = match by_id.is_empty() {
        true => runs.iter().filter(|r| r.fits(word)).collect(),
        false => by_id,
    };
    match fitting[..] {
        [only] => Found::One(only),
        [] => Found::None(near(runs, word)),
        _ => {
            fitting.reverse();
            Found::Several(fitting)
        }
    }
}

fn near<'a>(runs: &'a [Named], word: &str) -> Vec<&'a Named> {
    let mut alike: Vec<(f64, &Named)> = runs.iter().map(|r| (r.alike(word), r)).collect();
    alike.retain(|(alike, _)| *alike >= ALIKE);
    // Of those equally alike, the newest.
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.id.cmp(&a.1.id)));
    alike.into_iter().take(MOST_NEAR).map(|(_, run)| run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, name: &str) -> Named {
        Named {
            dir: PathBuf::from("/w/runs").join(id),
            id: id.into(),
            name: name.into(),
        }
    }

    fn runs() -> Vec<Named> {
        vec![
            run("20261123-094512-demo-0abc", "demo"),
            run("20261123-100000-demo-7f3a", "demo"),
            run("20261123-110000-base-line-c0de", "base-line"),
            run("20261123-120000-7f3a-1111", "7f3a"),
        ]
    }

    #[test]
    fn a_run_is_found_by_its_id_its_name_and_the_end_of_its_id() {
        let runs = runs();
        for (word, at) in [
            ("20261123-094512-demo-0abc", 0),
            ("0abc", 0),
            ("0ABC", 0),
            ("demo-7f3a", 1),
            ("base-line", 2),
            ("c0de", 2),
            ("line-c0de", 2),
            ("1111", 3),
        ] {
            assert_eq!(choose(&runs, word), Found::One(&runs[at]), "{word}");
        }
    }

    #[test]
    fn what_fits_several_runs_is_several_and_what_fits_none_is_near_some() {
        let runs = runs();
        assert_eq!(choose(&runs, "demo"), Found::Several(vec![&runs[1], &runs[0]]));
        assert_eq!(
            choose(&runs, "7f3a"),
            Found::Several(vec![&runs[3], &runs[1]]),
            "a name and a short id"
        );
        assert_eq!(choose(&runs, "dmeo"), Found::None(vec![&runs[1], &runs[0]]));
        for word in ["", "-", "abc", "20261123", "zzz"] {
            assert!(matches!(choose(&runs, word), Found::None(_)), "{word:?}");
        }
    }

    #[test]
    fn a_renamed_folder_is_found_by_either_name_and_a_copy_makes_an_id_ambiguous() {
        let mut runs = runs();
        runs[0].dir = "/w/runs/kept".into();
        assert_eq!(choose(&runs, "kept"), Found::One(&runs[0]));
        assert_eq!(choose(&runs, "20261123-094512-demo-0abc"), Found::One(&runs[0]));
        runs.push(Named {
            dir: "/v/runs/20261123-094512-demo-0abc".into(),
            ..runs[0].clone()
        });
        assert!(matches!(choose(&runs, "20261123-094512-demo-0abc"), Found::Several(both) if both.len() == 2));
    }

    proptest::proptest! {
        #[test]
        fn no_word_makes_it_panic(word in "\\PC{0,20}") {
            let _ = choose(&runs(), &word);
        }
    }
}
