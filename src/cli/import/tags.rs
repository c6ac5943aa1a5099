//! TensorBoard's tags as names of metrics: `train/ce` is `train.ce` here, and what no name of ours has becomes `_`.

use crate::run::metric::LONGEST_NAME;
use std::collections::HashMap;

/// Names that were given, each to one tag.
#[derive(Debug, Default)]
pub struct Names {
    /// Tag to name.
    given: HashMap<String, String>,
    taken: std::collections::HashSet<String>,
    /// How many tags did not get the name that was theirs, because another tag has it.
    pub shared: usize,
}

impl Names {
    /// The name of a tag, always the same; of two tags that would have one name, the later gets a number behind it.
    pub fn of(&mut self, tag: &str) -> &str {
        if !self.given.contains_key(tag) {
            let own = name(tag);
            self.shared += usize::from(self.taken.contains(&own));
            let numbered = (2..).map(|n| format!("{own}_{n}"));
            let free = std::iter::once(own.clone())
                .chain(numbered)
                .find(|n| !self.taken.contains(n));
            let free = free.unwrap_or(own);
            self.taken.insert(free.clone());
            self.given.insert(tag.to_string(), free);
        }
        self.given.get(tag).map_or("", String::as_str)
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
        let given: Vec<String> = ["a/b", "a.b", "a b", "a:b", "a/b"]
            .map(|t| names.of(t).to_string())
            .into();
        assert_eq!(given, ["a.b", "a.b_2", "a_b", "a_b_2", "a.b"]);
        assert_eq!(names.shared, 2);
    }
}
