//! What `--network` and `--set` come to.

use super::*;

const NETWORK: &str = "[network]\nfamily = \"vgg\"\nblocks = [[4, \"pool\"]]\nclasses = 10\nimage = [1, 16, 16]\nmean = [0.2]\nstd = [0.3]\n";

/// The specification of a file with that text and those `--set`.
fn of(text: &str, set: &[&str]) -> Result<Experiment, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.toml");
    std::fs::write(&file, text).unwrap();
    named(file.to_str().unwrap(), set, &[])
}

fn named(network: &str, set: &[&str], shapes: &[(&str, &[usize])]) -> Result<Experiment, String> {
    let set: Vec<String> = set.iter().map(|s| s.to_string()).collect();
    let spec = specification(network, &set, shapes.iter().copied(), Output::new(true));
    spec.map_err(|e| crate::cli::failure::chain(&e))
}

#[test]
fn a_data_set_that_set_names_is_taken_over() {
    let flat = NETWORK.replace("[network]\n", "");
    let with_data = format!("{NETWORK}[data]\nlimit = 100\n");
    let with_name = format!("{NETWORK}[data]\nname = \"glyphs\"\n");
    for text in [NETWORK, &flat, &with_data, &with_name] {
        for set in ["data.name=mnist", "data.name = \"mnist\"", " data.name=mnist "] {
            assert_eq!(of(text, &[set]).unwrap().data.name, "mnist", "{set}: {text}");
        }
    }
    let last = of(NETWORK, &["data.name=mnist", "data.name=glyphs"]).unwrap();
    assert_eq!(last.data.name, "glyphs");
    assert_eq!(of(NETWORK, &[]).unwrap().data.name, "glyphs", "what fits is found");
    assert_eq!(of(&with_data, &["data.name=glyphs"]).unwrap().data.limit, 100);
}

#[test]
fn a_preset_takes_its_classes_from_the_data_set_or_the_file() {
    let hundred = ("module.classifier.5.bias", &[100][..]);
    let ten = ("fc.bias", &[10][..]);
    for (set, last, name, classes) in [
        (&["data.name=cifar-100"][..], ten, "cifar-100", 100),
        (&["data.name=cifar-10"], hundred, "cifar-10", 10),
        (&[], hundred, "cifar-100", 100),
        (&["network.steps=3"], ten, "cifar-10", 10),
    ] {
        let spec = named("vgg11", set, &[last]).unwrap();
        assert_eq!(
            (spec.data.name.as_str(), spec.network.classes),
            (name, classes),
            "{set:?}"
        );
    }
}

#[test]
fn other_keys_of_tables_that_the_file_lacks_are_taken_or_named() {
    let spec = of(
        NETWORK,
        &["network.steps=3", "data.limit=50", "train.lr=0.5", "lambda=0"],
    )
    .unwrap();
    assert_eq!(
        (spec.network.steps, spec.data.limit, spec.data.name.as_str()),
        (3, 50, "glyphs")
    );
    let open = NETWORK
        .replace("image = [1, 16, 16]\n", "")
        .replace("classes = 10\n", "");
    let spec = of(&open, &["network.image=[1,16,16]", "network.classes=7"]).unwrap();
    assert_eq!((spec.network.image, spec.network.classes), ([1, 16, 16], 7));
    for (set, words) in [
        ("data.name=cifar100", &["data.name", "cifar-100"][..]),
        ("data.names=glyphs", &["--set", "names"]),
        ("nothing.at=1", &["--set", "nothing"]),
        ("network.stepz=1", &["--set", "stepz"]),
        ("data.name", &["--set", "KEY=VALUE"]),
        ("name.data=1", &["--set", "name"]),
    ] {
        let said = of(NETWORK, &[set]).unwrap_err();
        assert!(words.iter().all(|w| said.contains(w)), "{set}: {said}");
    }
}

#[test]
fn files_that_are_no_network_say_what_is_missing() {
    for (text, words) in [
        ("[data]\nname = \"glyphs\"\n", "no [network]"),
        (&*format!("{NETWORK}[data]\nlimit = 100\n"), "[data] has no name"),
        ("[network\n", "net.toml"),
        (&*NETWORK.replace("classes = 10\n", ""), "classes"),
    ] {
        let said = of(text, &[]).unwrap_err();
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = of(&NETWORK.replace("std = [0.3]", "std = 0.3"), &[]).unwrap_err();
    assert!(said.contains("line 7"), "the file's own line: {said}");
}

#[test]
fn what_was_done_to_the_names_is_said_on_lines_of_their_own() {
    let mut chosen = Chosen {
        tensors: Vec::new(),
        key: String::new(),
        prefix: String::new(),
        taken: None,
        is_whole: true,
        hint: None,
        foreign: Vec::new(),
    };
    assert_eq!(remarks(&chosen), "");
    chosen.key = "ema".into();
    chosen.taken = Some("\"module.\" in front of every name".into());
    chosen.foreign = (0..7).map(|i| format!("a.B\n{i}")).collect();
    let text = remarks(&chosen);
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        text.contains("\"ema\"") && text.contains("module.") && text.contains("and 2 more"),
        "{text}"
    );
}

#[test]
fn a_full_disk_asks_for_space_and_no_other_error_does() {
    let target = Path::new("/out");
    let full = RunError::io(target, "write")(std::io::Error::from(std::io::ErrorKind::StorageFull));
    let said = crate::cli::failure::chain(&unwritten(full, target, 2_500_000));
    assert!(
        said.contains("/out: the disk is full") && said.contains("free about 3 MB"),
        "{said}"
    );
    assert!(
        said.contains("--out") && !said.contains("--resume") && !said.contains("damaged"),
        "{said}"
    );
    let denied = RunError::io(target, "write")(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
    assert!(!unwritten(denied, target, 1).to_string().contains("full"));
}
