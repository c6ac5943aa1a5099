//! Files that appear whole, are never reached through a link, and leave nothing behind.

use super::*;

#[test]
fn publishing_replaces_the_whole_file_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    publish(&path, b"first, and longer").unwrap();
    publish(&path, b"second").unwrap();
    assert_eq!(read_bounded(&path, 100).unwrap(), b"second");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_publication_keeps_the_old_content_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken");
    std::fs::create_dir_all(path.join("inside")).unwrap();
    let said = publish(&path, b"x").unwrap_err().to_string();
    assert!(said.contains("taken"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_saved_file_is_whole_and_replaces_another_only_where_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let write = |text: &'static str| move |to: &mut dyn Write| to.write_all(text.as_bytes());
    save(&path, false, write("first")).unwrap();
    let said = save(&path, false, write("second")).unwrap_err().to_string();
    assert!(said.contains("table.csv") && said.contains("another name"), "{said}");
    assert_eq!(read_bounded(&path, 100).unwrap(), b"first");
    save(&path, true, write("third")).unwrap();
    assert_eq!(read_bounded(&path, 100).unwrap(), b"third");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_failed_while_it_was_written_leaves_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let full = |to: &mut dyn Write| -> io::Result<()> {
        to.write_all(&[0; 1 << 20])?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    };
    let error = save(&path, false, full).unwrap_err();
    let said = error.to_string();
    assert!(
        error.is_disk_full() && said.contains("free some space") && !said.contains("resume"),
        "{said}"
    );
    let own =
        |_: &mut dyn Write| -> io::Result<()> { Err(io::Error::other(RunError::refused(Path::new("/j"), "changed"))) };
    assert_eq!(save(&path, false, own).unwrap_err().to_string(), "/j: changed");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big");
    std::fs::write(&path, vec![0; 101]).unwrap();
    assert!(matches!(
        read_bounded(&path, 100),
        Err(RunError::TooLarge { bytes: 101, .. })
    ));
    assert_eq!(read_bounded(&path, 101).unwrap().len(), 101);
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read_bounded(folder.path(), 100).is_err());
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert!(read_bounded(&pipe, 100).unwrap_err().to_string().contains("regular"));
}

#[test]
fn a_missing_json_file_is_nothing_and_a_broken_one_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("status.json");
    assert!(read_json::<u32>(&path).unwrap().is_none());
    std::fs::write(&path, "{").unwrap();
    assert!(read_json::<u32>(&path).unwrap_err().to_string().contains("status.json"));
}

#[test]
fn nothing_in_a_runs_folder_is_read_or_written_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (foreign, link) = (folder.path().join("foreign"), folder.path().join("metrics.jsonl"));
    std::fs::write(&foreign, "kept").unwrap();
    std::os::unix::fs::symlink(&foreign, &link).unwrap();
    for opened in [open_inside(&link), append_inside(&link), write_inside(&link)] {
        let said = opened.unwrap_err().to_string();
        assert!(said.contains("metrics.jsonl") && said.contains("is a link"), "{said}");
    }
    assert!(read_json::<u32>(&link).is_err() && read_inside(&link, 9).is_err());
    assert_eq!(
        read_bounded(&link, 9).unwrap(),
        b"kept",
        "what a user names may be a link"
    );
    publish(&link, b"new").unwrap();
    assert_eq!(std::fs::read(&foreign).unwrap(), b"kept");
}

#[test]
fn folders_of_a_run_are_never_gone_through_where_they_are_links() {
    let folder = tempfile::tempdir().unwrap();
    let (run, foreign) = (folder.path().join("run"), folder.path().join("foreign"));
    std::fs::create_dir_all(run.join("real/attacks/1")).unwrap();
    std::fs::create_dir_all(foreign.join("inbox")).unwrap();
    std::fs::create_dir_all(foreign.join("1/examples")).unwrap();
    for file in [
        "labels.json",
        "inbox/x.json",
        "1/attack.toml",
        "1/examples/a.safetensors",
    ] {
        std::fs::write(foreign.join(file), "{}").unwrap();
    }
    std::fs::write(run.join("run.toml"), "").unwrap();
    for name in ["control", "attacks"] {
        std::os::unix::fs::symlink(&foreign, run.join(name)).unwrap();
    }
    for inside in [
        "control/labels.json",
        "control/inbox/x.json",
        "attacks/1/attack.toml",
        "attacks/1/examples/a.safetensors",
    ] {
        let path = run.join(inside);
        let said = read_inside(&path, 9).unwrap_err().to_string();
        assert!(said.contains("is a link"), "{inside}: {said}");
        assert!(
            append_inside(&path).is_err() && publish(&path, b"new").is_err(),
            "{inside}"
        );
        assert_eq!(
            read_bounded(&foreign.join(inside.split_once('/').unwrap().1), 9).unwrap(),
            b"{}"
        );
    }
    // A job's folder that is a link, among attacks that are none.
    std::fs::remove_file(run.join("attacks")).unwrap();
    std::fs::create_dir(run.join("attacks")).unwrap();
    std::os::unix::fs::symlink(foreign.join("1"), run.join("attacks/1")).unwrap();
    assert!(read_inside(&run.join("attacks/1/attack.toml"), 9).is_err());
    // Folders around a run are the user's own affair.
    let home = folder.path().join("home");
    std::os::unix::fs::symlink(&run, &home).unwrap();
    assert!(read_inside(&home.join("run.toml"), 9).is_ok());
    for name in ["control", "attacks", "examples", "done"] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(&foreign, &link).unwrap();
        assert!(read_inside(&link.join("labels.json"), 9).is_ok(), "{name} is no run's");
    }
}

#[test]
fn who_may_read_new_runs_can_be_said_and_nonsense_is_refused() {
    for (shared, asked, mode) in [
        (false, "", Some(0o700)),
        (true, "", Some(0o750)),
        (false, "1", Some(0o750)),
        (true, "0", Some(0o700)),
        (false, "yes", None),
    ] {
        assert_eq!(owned_mode(shared, asked), mode, "{shared} {asked}");
    }
}

#[test]
fn a_runs_folder_is_its_owners_unless_it_lies_in_a_shared_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    let own = folder.path().join("runs/a");
    create_owned_folder(&own).unwrap();
    assert_eq!(mode(&own), 0o700);
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o2770)).unwrap();
    create_owned_folder(&shared.join("b")).unwrap();
    assert_eq!(mode(&shared.join("b")), 0o750);
    assert!(create_owned_folder(&own).is_err(), "it exists");
}

#[test]
fn what_a_killed_writer_left_is_swept_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = create_beside(&folder.path().join("status.json")).unwrap();
    drop(file);
    std::fs::create_dir(folder.path().join(".step-1.partial")).unwrap();
    std::fs::write(folder.path().join("status.json"), "{}").unwrap();
    assert_eq!(sweep_partial(folder.path()), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
