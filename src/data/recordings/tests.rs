//! Data sets of recordings laid out in temporary folders: what is found, in which order, and what is said otherwise.

use std::path::Path;

use super::*;

/// A folder with these empty files.
fn folder(files: &[String]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    root
}

fn shown(root: &Path, recordings: &[Recording]) -> Vec<(String, Label)> {
    let name = |r: &Recording| r.path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    recordings.iter().map(|r| (name(r), r.label)).collect()
}

#[test]
fn nmnist_is_in_mnists_order_whatever_its_folders() {
    let files = [
        "Train/7/10.bin",
        "Train/3/2.bin",
        "Train/3/.hidden.bin",
        "Train/0/1.bin",
        "Train/3/read.me",
        "Test/1/60001.bin",
    ];
    let root = folder(&files.map(|file| format!("nmnist/{file}")));
    let found = find("n-mnist", root.path(), None).unwrap();
    let wanted = [
        ("nmnist/Train/0/1.bin", 0),
        ("nmnist/Train/3/2.bin", 3),
        ("nmnist/Train/7/10.bin", 7),
    ];
    assert_eq!(
        shown(root.path(), &found.train),
        wanted.map(|(name, label)| (name.to_owned(), label))
    );
    assert_eq!(
        (found.test.len(), found.class_names.len(), found.size),
        (1, 10, Some([34, 34]))
    );
    assert_eq!(
        found.note.unwrap(),
        "n-mnist: 3 of 60000 training recordings and 1 of 10000 test recordings"
    );
}

#[test]
fn cifar10_dvs_needs_all_classes_and_gives_a_tenth_of_each_to_the_test() {
    let classes = [
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ];
    let files = |classes: &[&str]| -> Vec<String> {
        let of = |class: &&str| {
            (0..20)
                .map(|n| format!("cifar10-dvs/{class}/cifar10_{class}_{n}.aedat"))
                .collect::<Vec<_>>()
        };
        classes.iter().flat_map(of).collect()
    };
    let root = folder(&files(&classes));
    let found = find("cifar10-dvs", root.path(), None).unwrap();
    assert_eq!((found.train.len(), found.test.len()), (180, 20));
    assert!((0..10).all(|class| found.test.iter().filter(|r| r.label == class).count() == 2));
    // The beginning already has every class: a limited run learns all of them.
    let first: std::collections::BTreeSet<Label> = found.train[..12].iter().map(|r| r.label).collect();
    assert!(first.len() >= 9, "{first:?}");
    assert_eq!(found, find("cifar10-dvs", root.path(), Some(Sensor::Dvs128)).unwrap());
    let transposed = find("cifar10-dvs", root.path(), Some(Sensor::Dvs128Transposed)).unwrap();
    assert_eq!(transposed.sensor, Some(Sensor::Dvs128Transposed));
    let root = folder(&files(&classes[1..]));
    let why = find("cifar10-dvs", root.path(), None).unwrap_err().to_string();
    assert!(
        why.contains("airplane is missing") && why.contains("Unpack all ten"),
        "{why}"
    );
}

#[test]
fn a_tenth_is_the_same_everywhere() {
    let files: Vec<String> = (0..30)
        .map(|n| format!("mine/{}/{n}.raw", ["left", "right"][n % 2]))
        .collect();
    let root = folder(&files);
    let found = find("events:mine", root.path(), None).unwrap();
    let tested = shown(root.path(), &found.test);
    let wanted = [
        ("mine/right/9.raw", 1),
        ("mine/left/10.raw", 0),
        ("mine/right/11.raw", 1),
        ("mine/left/16.raw", 0),
    ];
    assert_eq!(tested, wanted.map(|(name, label)| (name.to_owned(), label)));
    assert_eq!(
        (found.train.len(), found.class_names),
        (26, vec!["left".to_owned(), "right".to_owned()])
    );
}

#[test]
fn folders_of_ones_own_may_say_the_division() {
    let files = ["Train/a/1.dat", "Train/b/1.dat", "test/b/2.dat"].map(|file| format!("mine/{file}"));
    let root = folder(&files);
    let found = find("events:mine", root.path(), None).unwrap();
    assert_eq!((found.train.len(), found.test.len()), (2, 1));
    assert_eq!(found.test[0].label, 1);
    let absolute = format!("events:{}", root.path().join("mine").display());
    assert_eq!(find(&absolute, Path::new("/nowhere"), None).unwrap().train, found.train);
    std::fs::create_dir_all(root.path().join("mine/test/c")).unwrap();
    std::fs::write(root.path().join("mine/test/c/1.dat"), "").unwrap();
    let why = find("events:mine", root.path(), None).unwrap_err().to_string();
    assert!(why.contains("it has the classes b, c"), "{why}");
}

#[test]
fn a_gesture_is_a_part_of_its_file() {
    let root = folder(&["DvsGesture/user01_led.aedat", "DvsGesture/user02_led.aedat"].map(str::to_owned));
    let write = |name: &str, text: &str| std::fs::write(root.path().join("DvsGesture").join(name), text).unwrap();
    write("trials_to_train.txt", "user01_led.aedat\nuser03_led.aedat\n");
    write("trials_to_test.txt", "user02_led.aedat\n\n");
    write(
        "user01_led_labels.csv",
        "class,startTime_usec,endTime_usec\n1,100,200\n11,200,350\n",
    );
    write(
        "user02_led_labels.csv",
        "class,startTime_usec,endTime_usec\r\n2,5,6\r\n",
    );
    let found = find("dvs-gesture", root.path(), None).unwrap();
    let parts: Vec<_> = found
        .train
        .iter()
        .map(|r| (r.label, r.between.clone().unwrap()))
        .collect();
    assert_eq!(parts, [(0, 100..200), (10, 200..350)]);
    assert_eq!(found.test[0].label, 1);
    assert_eq!(found.note.unwrap(), "dvs-gesture: 1 of the listed files are not there");
    write("user02_led_labels.csv", "class,startTime_usec,endTime_usec\n12,5,6\n");
    let why = find("dvs-gesture", root.path(), None).unwrap_err().to_string();
    assert!(why.contains("line 2 is `12,5,6`"), "{why}");
    write("trials_to_test.txt", "../user02_led.aedat\n");
    let why = find("dvs-gesture", root.path(), None).unwrap_err().to_string();
    assert!(why.contains("names no .aedat file of this folder"), "{why}");
}

#[test]
fn what_is_not_there_is_named_with_what_was_expected() {
    let root = tempfile::tempdir().unwrap();
    for name in crate::spec::EVENT_SETS {
        let why = find(name, root.path(), None).unwrap_err().to_string();
        assert!(why.contains("is missing: expected") && why.contains("--data"), "{why}");
    }
    let why = find("events:here", root.path(), None).unwrap_err().to_string();
    assert!(why.contains("one folder of recordings per class"), "{why}");
    assert!(find("events:", root.path(), None).is_err());
    use crate::spec::is_recordings;
    assert!(is_recordings("events:x") && is_recordings("n-mnist") && !is_recordings("mnist"));
}

#[test]
fn names_are_compared_by_the_numbers_in_them() {
    let mut names = ["b2", "a10", "a2", "a02", "a", "a2b"];
    names.sort_by(|a, b| super::listing::natural(a, b));
    assert_eq!(names, ["a", "a02", "a2", "a2b", "a10", "b2"]);
}
