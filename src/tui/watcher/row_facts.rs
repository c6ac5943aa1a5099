//! The facts of one run for the filter, from its small files and the end of its metrics.

use crate::{
    run::{
        RunDir, imported,
        journal::last_lines,
        metric::{Metric, is_reasonable_name},
    },
    tui::filter::Facts,
};
use std::path::Path;

/// How much of the end of `metrics.jsonl` is read, in bytes: some hundreds of steps.
const END: u64 = 64 << 10;

/// What the run in this directory says; what cannot be read says nothing.
pub fn read(dir: &Path) -> Facts {
    let run = RunDir::at(dir);
    let spec = run
        .read_manifest()
        .ok()
        .and_then(|m| serde_json::to_value(&m.spec).ok());
    // Another program's run has no specification; its files may say how it was configured.
    let spec = spec.or_else(|| serde_json::to_value(imported::record(dir).configuration).ok());
    let mut facts = spec.map(|spec| Facts::of_spec(&spec)).unwrap_or_default();
    for line in last_lines::<Metric>(&run.metrics(), END) {
        for (name, value) in line.values.iter().filter(|(name, _)| is_reasonable_name(name)) {
            facts.say(name, *value);
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{run::testing, tui::filter::Fact};

    #[test]
    fn a_run_says_its_specification_and_the_last_value_of_each_metric() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::create(folder.path(), &testing::manifest("20261123-094512-here-0abc")).unwrap();
        let line = |step: u64, name: &str, value: f64| {
            format!("{{\"step\":{step},\"epoch\":1.0,\"wall\":1.0,\"values\":{{\"{name}\":{value}}}}}\n")
        };
        let text = line(1, "train.ce", 2.0) + &line(1, "val.accuracy", 0.5) + &line(2, "train.ce", 1.0);
        std::fs::write(run.metrics(), text).unwrap();
        let facts = read(run.path());
        assert_eq!(facts.get("train.ce"), Some(&Fact::Number(1.0)));
        assert_eq!(facts.get("val.accuracy"), Some(&Fact::Number(0.5)));
        assert!(matches!(facts.get("lambda"), Some(Fact::Number(_))), "{facts:?}");
    }
}
