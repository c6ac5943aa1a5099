//! Data of one run beyond its small files: values for the filter, and its health.

use crate::{
    run::{
        RunDir,
        digest::{self, Depth},
        health::Problem,
        imported,
    },
    tui::model::facts::Facts,
};
use std::path::Path;

/// What the run in this directory says, and what is wrong with it; what cannot be read says nothing.
pub fn read(dir: &Path) -> (Facts, Vec<Problem>) {
    let run = RunDir::at(dir);
    let manifest = run.read_manifest().ok();
    let spec = manifest.as_ref().and_then(|m| serde_json::to_value(&m.spec).ok());
    // Another program's run has no specification; its files may say how it was configured.
    let spec = spec.or_else(|| serde_json::to_value(imported::record(dir).configuration).ok());
    let mut facts = spec.map(|spec| Facts::of_spec(&spec)).unwrap_or_default();
    let digest = digest::read(&run, manifest.as_ref(), None, Depth::Newest);
    for (name, value) in digest.history.latest() {
        facts.say(&name, value);
    }
    let clean = |problem: Problem| Problem {
        why: crate::run::text::clean(&problem.why).into_owned(),
        ..problem
    };
    (facts, digest.health.into_iter().map(clean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{run::testing, tui::model::facts::Fact};

    #[test]
    fn a_run_says_its_specification_and_the_last_value_of_each_metric() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let line = |step: u64, name: &str, value: f64| {
            format!("{{\"step\":{step},\"epoch\":1.0,\"wall\":1.0,\"values\":{{\"{name}\":{value}}}}}\n")
        };
        let text = line(1, "train.ce", 2.0) + &line(1, "val.accuracy", 0.5) + &line(2, "train.ce", 1.0);
        std::fs::write(run.metrics(), text).unwrap();
        let (facts, health) = read(run.path());
        assert_eq!(health, []);
        assert_eq!(facts.get("train.ce"), Some(&Fact::Number(1.0)));
        assert_eq!(facts.get("val.accuracy"), Some(&Fact::Number(0.5)));
        assert!(matches!(facts.get("lambda"), Some(Fact::Number(_))), "{facts:?}");
    }
}
