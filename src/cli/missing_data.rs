//! What the screen asks before it starts a run: whether the data are there.

use crate::{
    data::{
        catalog,
        check::{Depth, check},
        root,
    },
    run::text::clean,
};
use std::path::Path;

/// The command that brings a data set, where it cannot be used as it is, by names and sizes alone. `extra` is what every
/// process of the screen is started with, `--data DIR` for one.
pub fn fetch_command(name: &str, extra: &[String]) -> Option<String> {
    let given = extra.iter().skip_while(|a| *a != "--data").nth(1).map(Path::new);
    let data = root::resolve(given);
    let known = catalog::find(name).ok()?;
    let (state, _) = check(known, &data, Depth::Glance);
    (!state.is_usable()).then(|| clean(&known.fetch_command(&data)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_that_are_not_there_are_named_with_the_command_that_brings_them() {
        let folder = tempfile::tempdir().unwrap();
        let extra = ["--data".to_string(), folder.path().display().to_string()];
        assert_eq!(fetch_command("glyphs", &extra), None);
        let command = fetch_command("cifar-10", &extra).unwrap();
        assert!(
            command.starts_with("spikedeck data fetch cifar-10 --data "),
            "{command}"
        );
    }
}
