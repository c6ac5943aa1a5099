//! `control/labels.json`: the tags and the note that people gave a run. Written by viewers, as a command is, and by
//! rename; the worker neither reads nor writes it. Bounded and sanitised whoever wrote it. Writers take turns
//! ([`change`]), so that none undoes what another one wrote meanwhile.

use super::{
    RunDir,
    error::RunError,
    files::{publish_json, read_inside, write_inside},
    text::clean,
};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::Path};

/// The most tags of one run.
pub const MOST_TAGS: usize = 32;
/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 40;
/// The longest note, in characters: what one line on the screen takes.
pub const LONGEST_NOTE: usize = 400;
/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 10;

/// What people call a run, beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Single words.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// A sentence; empty for none.
    #[serde(default)]
    pub note: String,
}

impl Labels {
    /// What stands in a run's directory; what is not there or cannot be read says nothing.
    pub fn read(run: &RunDir) -> Labels {
        let bytes = read_inside(&run.labels(), LARGEST).unwrap_or_default();
        let found: Labels = serde_json::from_slice(&bytes).unwrap_or_default();
        Labels {
            tags: found
                .tags
                .into_iter()
                .filter_map(|t| tag(&t).ok())
                .take(MOST_TAGS)
                .collect(),
            note: clean(found.note.trim()).chars().take(LONGEST_NOTE).collect(),
        }
    }

    /// From what was typed: tags separated by spaces or commas, and a note.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn typed(tags: &str, note: &str) -> Result<Labels, String> {
        let mut labels = Labels::default();
        let apart = |c: char| c.is_whitespace() || c == ',';
        for word in tags.split(apart).filter(|w| !w.is_empty()) {
            labels.add(word)?;
        }
        labels.remark(note)?;
        Ok(labels)
    }

    /// Adds a tag; one that is there already stays.
    ///
    /// # Errors
    /// Where it is no tag, or there are too many.
    pub fn add(&mut self, word: &str) -> Result<(), String> {
        let word = tag(word)?;
        if self.tags.len() >= MOST_TAGS && !self.tags.contains(&word) {
            return Err(format!("a run has at most {MOST_TAGS} tags"));
        }
        self.tags.insert(word);
        Ok(())
    }

    /// Puts a note in place of the one before; an empty one takes it away.
    ///
    /// # Errors
    /// Where it is too long.
    pub fn remark(&mut self, note: &str) -> Result<(), String> {
        let note = clean(note.trim()).into_owned();
        match note.chars().count() {
            0..=LONGEST_NOTE => self.note = note,
            long => return Err(format!("a note has at most {LONGEST_NOTE} characters, not {long}")),
        }
        Ok(())
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.note.is_empty()
    }
}

/// A tag: letters, digits and `-_./`, beginning with a letter or digit, so that it can be typed anywhere without quotes;
/// a `#` before it is left out.
///
/// # Errors
/// Where a word is none.
pub fn tag(word: &str) -> Result<String, String> {
    let bare = word.strip_prefix('#').unwrap_or(word);
    let is_inside = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    let begins = bare.chars().next().is_some_and(char::is_alphanumeric);
    if begins && bare.chars().all(is_inside) && bare.chars().count() <= LONGEST_TAG {
        return Ok(bare.to_string());
    }
    Err(format!(
        "{:?} is no tag: write up to {LONGEST_TAG} letters, digits and -_./, such as baseline",
        clean(word)
    ))
}

/// Reads a run's labels, changes them and writes them, while every other writer waits; returns what they are now. Where
/// `change` refuses, or leaves them as they are, nothing is written.
///
/// # Errors
/// Where there is no run that this program may write to, its folder cannot be written, or `change` refuses.
pub fn change<E: From<RunError>>(run: &Path, change: impl FnOnce(&mut Labels) -> Result<(), E>) -> Result<Labels, E> {
    let run = RunDir::open(run)?;
    let lock = run.labels().with_extension("lock");
    let file = write_inside(&lock)?;
    // Held for a few milliseconds. A file system without locks has what it had before: the last writer wins.
    let _ = flock(&file, FlockOperation::LockExclusive);
    let before = Labels::read(&run);
    let mut labels = before.clone();
    change(&mut labels)?;
    if labels != before {
        publish_json(&run.labels(), &labels)?;
    }
    Ok(labels)
}

/// Writes a run's labels in place of those before, whoever wrote them.
///
/// # Errors
/// Where there is no run that this program may write to, or its folder cannot be written.
pub fn write(run: &Path, labels: &Labels) -> Result<(), RunError> {
    change(run, |now| {
        now.clone_from(labels);
        Ok::<(), RunError>(())
    })
    .map(drop)
}

/// Writes what was changed from `before` to `after` in a form that stayed open for a while: tags that another writer added or
/// removed meanwhile stay so, and another writer's note stays where this one was not changed.
///
/// # Errors
/// As [`write()`], and where there would be too many tags.
pub fn merge(run: &Path, before: &Labels, after: &Labels) -> Result<Labels, RunError> {
    change(run, |now| {
        now.tags.retain(|t| after.tags.contains(t) || !before.tags.contains(t));
        for tag in after.tags.difference(&before.tags) {
            now.add(tag).map_err(|why| RunError::refused(run, why))?;
        }
        if after.note != before.note {
            now.note.clone_from(&after.note);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing;

    fn run() -> (tempfile::TempDir, RunDir) {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        (folder, run)
    }

    #[test]
    fn labels_are_read_as_they_were_written_and_none_are_none() {
        let (_folder, run) = run();
        assert!(Labels::read(&run).is_empty());
        let labels = Labels::typed("#baseline, paper/table-2", " λ too small ").unwrap();
        write(run.path(), &labels).unwrap();
        assert_eq!(Labels::read(&run), labels);
        assert_eq!((labels.tags.len(), labels.note.as_str()), (2, "λ too small"));
    }

    #[test]
    fn tags_of_many_writers_at_once_are_all_kept() {
        let (_folder, run) = run();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = run.path();
                scope.spawn(move || {
                    for n in 0..8 {
                        let add = |labels: &mut Labels| labels.add(&format!("w{writer}-{n}"));
                        change(path, |l| add(l).map_err(|why| RunError::refused(path, why))).unwrap();
                    }
                });
            }
        });
        assert_eq!(Labels::read(&run).tags.len(), 32);
    }

    #[test]
    fn a_form_that_stayed_open_undoes_nothing_that_others_wrote_meanwhile() {
        let (_folder, run) = run();
        let before = Labels::typed("old gone", "mine").unwrap();
        write(run.path(), &before).unwrap();
        // Another writer removes one, adds one and writes another note.
        write(run.path(), &Labels::typed("gone theirs", "theirs").unwrap()).unwrap();
        let after = Labels::typed("old ours", "mine").unwrap();
        let now = merge(run.path(), &before, &after).unwrap();
        assert_eq!(now, Labels::typed("theirs ours", "theirs").unwrap());
        assert_eq!(Labels::read(&run), now);
        let noted = Labels::typed("old ours", "ours").unwrap();
        assert_eq!(merge(run.path(), &before, &noted).unwrap().note, "ours");
    }

    #[test]
    fn labels_are_not_written_through_a_linked_folder() {
        let (folder, run) = run();
        let elsewhere = folder.path().join("elsewhere");
        std::fs::rename(run.path().join("control"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, run.path().join("control")).unwrap();
        let refused = write(run.path(), &Labels::typed("a", "").unwrap())
            .unwrap_err()
            .to_string();
        assert!(refused.contains("is a link"), "{refused}");
        assert!(!elsewhere.join("labels.json").exists());
        std::fs::write(elsewhere.join("labels.json"), r#"{"tags":["theirs"]}"#).unwrap();
        assert!(Labels::read(&run).is_empty());
    }

    #[test]
    fn what_is_no_tag_is_refused_with_the_fix() {
        for word in ["", "#", "-x", "a b", "a:b", "\x1b[2J", "tag\u{202e}", &"x".repeat(41)] {
            assert!(tag(word).unwrap_err().contains("such as baseline"), "{word:?}");
        }
        let many: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
        assert!(Labels::typed(&many.join(" "), "").unwrap_err().contains("at most 32"));
        assert!(Labels::typed("", &"x".repeat(401)).is_err());
    }

    #[test]
    fn a_hostile_file_is_cut_and_cleaned() {
        let (_folder, run) = run();
        let tags: Vec<String> = (0..99).map(|n| format!("t{n}")).chain(["\x1b[2J".into()]).collect();
        let file = serde_json::json!({"tags": tags, "note": "a\x07".repeat(999), "later": 1});
        std::fs::write(run.labels(), file.to_string()).unwrap();
        let labels = Labels::read(&run);
        assert_eq!(
            (labels.tags.len(), labels.note.chars().count()),
            (MOST_TAGS, LONGEST_NOTE)
        );
        assert!(!labels.note.contains('\x07'));
        for text in ["[]", "{\"tags\": 3}", "\u{0}", &" ".repeat(70_000)] {
            std::fs::write(run.labels(), text).unwrap();
            assert!(Labels::read(&run).is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_was_typed_is_labels_that_read_back_or_a_sentence(tags in "[-a-zé#,/. \u{7}]{0,60}", note in "\\PC{0,60}") {
            let (_folder, run) = run();
            match Labels::typed(&tags, &note) {
                Ok(labels) => {
                    write(run.path(), &labels).unwrap();
                    proptest::prop_assert_eq!(Labels::read(&run), labels);
                }
                Err(sentence) => proptest::prop_assert!(!sentence.is_empty()),
            }
        }
    }
}
