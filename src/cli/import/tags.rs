//! TensorBoard's tags as names of metrics: `train/ce` is `train.ce` here, and what no name of ours has becomes `_`.

use crate::run::metric::LONGEST_NAME;
use std::collections::HashSet;

/// Names that were given, each once.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A name for a series spelled so; of two that would have one name, the later gets a number behind it. Says whether it
    /// did.
    pub fn give(&mut self, spelled: &str) -> (String, bool) {
        let own = name(spelled);
        let numbered = (2..).map(|n| format!("{own}_{n}"));
        let mut free = std::iter::once(own.clone()).chain(numbered);
        let given = free.find(|n| !self.taken.contains(n)).unwrap_or_default();
        self.taken.insert(given.clone());
        let is_shared = given != own;
        (given, is_shared)
    }
}

/// Letters, digits and `.-+%_` stay; slashes part as dots do; a stretch of anything else is one `_`.
fn name(tag: &str) -> String {
    let mut name = String::new();
    for part in tag.split(['/', '.']).filter(|p| !p.trim().is_empty()) {
        if !name.is_empty() {
            name.push('.');
        }
        let mut replaced = false;
        for c in part.trim().chars() {
            let stays = c.is_alphanumeric() || "-+%_".contains(c);
            match (stays, replaced) {
                (true, _) => name.push(c),
                (false, false) => name.push('_'),
                (false, true) => {}
            }
            replaced = !stays;
        }
    }
    // Room for a number behind it.
    while name.len() > LONGEST_NAME - 8 {
        name.pop();
    }
    match name.is_empty() {
        true => "unnamed".into(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_dotted_names() {
        for (tag, wanted) in [
            ("train/ce", "train.ce"),
            ("layer/0.firing_rate", "layer.0.firing_rate"),
            ("a/b/c/d", "a.b.c.d"),
            ("//a//b/", "a.b"),
            ("Loss (train)/x: 1", "Loss_train_.x_1"),
            ("\x1b[2J\u{202e}", "_2J_"),
            ("größe/λ", "größe.λ"),
            ("", "unnamed"),
            ("/ /", "unnamed"),
        ] {
            assert_eq!(name(tag), wanted, "{tag:?}");
        }
        assert!(name(&"é".repeat(1000)).len() <= LONGEST_NAME);
    }

    #[test]
    fn two_tags_never_share_a_name() {
        let mut names = Names::default();
        let given = ["a/b", "a.b", "a b", "a:b"].map(|t| names.give(t));
        let wanted = [("a.b", false), ("a.b_2", true), ("a_b", false), ("a_b_2", true)];
        assert_eq!(given, wanted.map(|(name, shared)| (name.to_string(), shared)));
    }
}
