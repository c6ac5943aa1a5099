//! Tells runs of the same name apart by the shortest of: the end of the id, the whole id, the id with its root. Pure.

use super::RunRow;
use std::{collections::HashMap, path::Path};

/// How many runs of one name say the same, for each way of telling them apart.
pub struct Apart<'a> {
    named: HashMap<&'a str, usize>,
    ended: HashMap<(&'a str, &'a str), usize>,
    whole: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Apart<'a> {
    /// Counts once what is asked for each of the runs.
    pub fn of(runs: impl Iterator<Item = &'a RunRow>) -> Apart<'a> {
        let (mut named, mut ended, mut whole) = (HashMap::new(), HashMap::new(), HashMap::new());
        for run in runs {
            *named.entry(run.name.as_str()).or_default() += 1;
            *ended.entry((run.name.as_str(), end(run))).or_default() += 1;
            *whole.entry((run.name.as_str(), run.id.as_str())).or_default() += 1;
        }
        Apart { named, ended, whole }
    }

    /// What stands beside a run's name; nothing where no other has it.
    pub fn mark(&self, run: &RunRow) -> Option<String> {
        let is_several = |many: Option<&usize>| many.is_some_and(|n| *n > 1);
        if !is_several(self.named.get(run.name.as_str())) {
            return None;
        }
        Some(match () {
            () if !is_several(self.ended.get(&(run.name.as_str(), end(run)))) => end(run).into(),
            () if !is_several(self.whole.get(&(run.name.as_str(), run.id.as_str()))) => run.id.clone(),
            () => format!("{} in {}", run.id, root(run)),
        })
    }

    /// A run's name, with what tells it apart where another has the same.
    pub fn name(&self, run: &RunRow) -> String {
        match self.mark(run) {
            Some(mark) => format!("{} {mark}", run.name),
            None => run.name.clone(),
        }
    }
}

/// The part of an id after its last hyphen: `7f3a`.
fn end(run: &RunRow) -> &str {
    run.id.rsplit('-').next().unwrap_or(&run.id)
}

/// The folder in which a run's `runs/` lies, by its last two names: `ada/spikes`.
pub fn root(run: &RunRow) -> String {
    let beside = run.dir.parent().unwrap_or(Path::new(""));
    let above = match beside.file_name().is_some_and(|n| n == "runs") {
        true => beside.parent().unwrap_or(beside),
        false => beside,
    };
    let names: Vec<String> = above
        .components()
        .filter(|c| matches!(c, std::path::Component::Normal(_)))
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    let text = names[names.len().saturating_sub(2)..].join("/");
    crate::run::text::clean(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::tests::fixture;

    #[test]
    fn runs_of_one_name_are_told_apart_by_as_little_as_does() {
        let mut rows = fixture::rows();
        rows.truncate(3);
        let marks = |rows: &[RunRow]| -> Vec<Option<String>> {
            let apart = Apart::of(rows.iter());
            rows.iter().map(|r| apart.mark(r)).collect()
        };
        for (run, id) in rows
            .iter_mut()
            .zip(["20261123-094512-a-7f3a", "20261123-094512-a-0b1c", "x-7f3a"])
        {
            run.id = id.into();
        }
        assert_eq!(marks(&rows), [None, None, None]);
        rows.iter_mut().for_each(|r| r.name = "demo".into());
        let whole = |n: usize, rows: &[RunRow]| Some(rows[n].id.clone());
        assert_eq!(marks(&rows), [whole(0, &rows), Some("0b1c".into()), whole(2, &rows)]);
        rows[2].id = rows[0].id.clone();
        rows[2].dir = "/home/eve/lab/runs/a".into();
        assert_eq!(marks(&rows)[2].as_deref(), Some("20261123-094512-a-7f3a in eve/lab"));
        assert_eq!(Apart::of(rows.iter()).name(&rows[1]), "demo 0b1c");
    }
}
