//! The specifications that come with the program: each can be read, says what its folder's name says, and describes a
//! network that can be built.

use spikedeck::snn;
use spikedeck::spec::{Experiment, LossTerm, Recipe};
use std::path::PathBuf;

fn all() -> Vec<(String, Experiment)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let mut found: Vec<(String, Experiment)> = std::fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.join("experiment.toml").is_file())
        .map(|p| {
            let name = p.file_name().unwrap().to_string_lossy().into_owned();
            (
                name,
                Experiment::load(&p, &Vec::new()).unwrap_or_else(|e| panic!("{e}")),
            )
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn recipe(name: &str) -> Option<Recipe> {
    let (_, word) = name.split_once('-')?.1.split_once('-')?;
    Recipe::named(word)
}

#[test]
fn every_specification_is_valid_and_trains_what_its_name_says() {
    for (name, spec) in all() {
        let plan = snn::plan(&spec.network).unwrap_or_else(|| panic!("{name}: no network"));
        assert!(plan.parameters() > 0 && plan.macs() > 0, "{name}");
        assert_eq!(
            plan.layers.last().unwrap().output,
            [spec.network.classes, 1, 1],
            "{name}"
        );
        assert!(!spec.description.is_empty(), "{name}");
        if name != "demo" {
            assert_eq!(recipe(&name), Some(spec.train.recipe), "{name}");
        }
        let sparse = spec.train.recipe.has(LossTerm::Sparsity);
        assert_eq!(sparse, spec.objective.lambda > 0.0, "{name}");
    }
}

#[test]
fn the_papers_twenty_are_there_in_its_settings() {
    let found = all();
    for data in ["cifar10", "cifar100"] {
        for (network, parameters) in [("vgg11", 61_377_034), ("wrn16", 2_748_902)] {
            for recipe in ["plain", "sr", "at", "sr-at", "rat"] {
                let name = format!("{data}-{network}-{recipe}");
                let (_, spec) = found
                    .iter()
                    .find(|(n, _)| *n == name)
                    .unwrap_or_else(|| panic!("{name}"));
                let t = &spec.train;
                assert_eq!((t.epochs, t.batch, t.lr, t.momentum), (200, 32, 0.1, 0.9), "{name}");
                assert_eq!(t.weight_decay, if recipe == "rat" { 0.0 } else { 5e-4 }, "{name}");
                assert_eq!((spec.network.steps, spec.network.leak), (8, 1.0), "{name}");
                // The two data sets differ in the last layer only.
                let last = if network == "vgg11" { 4097 } else { 257 };
                let more = (spec.network.classes as u64 - 10) * last;
                assert_eq!(
                    snn::plan(&spec.network).unwrap().parameters(),
                    parameters + more,
                    "{name}"
                );
            }
        }
    }
    for recipe in ["plain", "sr", "at", "sr-at"] {
        let name = format!("cifar10-small-{recipe}");
        assert!(found.iter().any(|(n, _)| *n == name), "{name}");
    }
}
