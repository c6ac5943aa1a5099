//! Downloads from a server that misbehaves.

mod server;

use super::download::{Wanted, download, part_of};
use super::*;
use server::{Behaviour, Server};

fn content() -> Vec<u8> {
    (0..300_000u32).map(|i| (i % 251) as u8).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Checksum::Sha256("").holds(bytes).unwrap().1
}

/// Download `content` from the server into a fresh or given folder.
fn get(server: &Server, folder: &Path, sum: &str) -> Result<Vec<Progress>, DataError> {
    let wanted = Wanted {
        url: format!("{}/file.bin", server.base),
        path: folder.join("file.bin"),
        bytes: Some(300_000),
        at_most: 300_000,
        sum: Some(Checksum::Sha256(sum)),
    };
    let mut events = Vec::new();
    download(
        &agent(&server.base, Duration::from_millis(500)),
        &wanted,
        &mut |event| events.push(event),
    )?;
    Ok(events)
}

#[test]
fn a_plain_download_arrives_whole_and_leaves_no_part() {
    let (server, folder) = (
        Server::start(content(), &[Behaviour::Proper]),
        tempfile::tempdir().unwrap(),
    );
    let events = get(&server, folder.path(), &sha256(&content())).unwrap();
    assert_eq!(std::fs::read(folder.path().join("file.bin")).unwrap(), content());
    assert!(!part_of(&folder.path().join("file.bin")).exists());
    assert_eq!(
        events.first(),
        Some(&Progress::Started {
            at: 0,
            total: Some(300_000)
        })
    );
    assert_eq!(events.last(), Some(&Progress::Verified { bytes: 300_000 }));
}

#[test]
fn an_interrupted_download_continues_where_it_stopped() {
    let server = Server::start(content(), &[Behaviour::BreakOff(100_000), Behaviour::Proper]);
    let folder = tempfile::tempdir().unwrap();
    let text = get(&server, folder.path(), &sha256(&content()))
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("broke off after 100000 bytes") && text.contains("same command again"),
        "{text}"
    );
    assert!(!folder.path().join("file.bin").exists());
    assert_eq!(
        std::fs::metadata(folder.path().join("file.bin.part")).unwrap().len(),
        100_000
    );
    get(&server, folder.path(), &sha256(&content())).unwrap();
    assert_eq!(std::fs::read(folder.path().join("file.bin")).unwrap(), content());
    assert_eq!(server.ranges(), ["", "bytes=100000-"]);
}

#[test]
fn a_server_that_ignores_or_refuses_or_mistakes_the_range_is_asked_for_the_whole() {
    for (behaviours, requests) in [
        (&[Behaviour::IgnoreRange][..], 1),
        (&[Behaviour::RefuseRange][..], 2),
        (&[Behaviour::WrongRange, Behaviour::Proper][..], 2),
    ] {
        let (server, folder) = (Server::start(content(), behaviours), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("file.bin.part"), &content()[..50_000]).unwrap();
        get(&server, folder.path(), &sha256(&content())).unwrap();
        assert_eq!(std::fs::read(folder.path().join("file.bin")).unwrap(), content());
        assert_eq!(server.ranges().len(), requests, "{behaviours:?}");
    }
}

#[test]
fn a_part_of_another_version_is_dropped_and_a_finished_part_needs_no_request() {
    let (server, folder) = (
        Server::start(content(), &[Behaviour::Proper]),
        tempfile::tempdir().unwrap(),
    );
    std::fs::write(folder.path().join("file.bin.part"), vec![9; 50_000]).unwrap();
    get(&server, folder.path(), &sha256(&content())).unwrap();
    assert_eq!(server.ranges(), ["bytes=50000-", ""]);
    std::fs::rename(folder.path().join("file.bin"), folder.path().join("file.bin.part")).unwrap();
    get(&server, folder.path(), &sha256(&content())).unwrap();
    assert_eq!(server.ranges().len(), 2);
}

#[test]
fn a_wrong_checksum_leaves_nothing_and_keeps_the_old_file() {
    let (server, folder) = (
        Server::start(content(), &[Behaviour::Proper]),
        tempfile::tempdir().unwrap(),
    );
    std::fs::write(folder.path().join("file.bin"), "old").unwrap();
    let text = get(&server, folder.path(), &"0".repeat(64)).unwrap_err().to_string();
    assert!(text.contains("wrong checksum") && text.contains("--from"), "{text}");
    assert_eq!(std::fs::read(folder.path().join("file.bin")).unwrap(), b"old");
    assert!(!folder.path().join("file.bin.part").exists());
}

#[test]
fn an_answer_that_is_not_the_file_is_an_error_with_the_answer() {
    let (server, folder) = (
        Server::start(content(), &[Behaviour::NotFound]),
        tempfile::tempdir().unwrap(),
    );
    let text = get(&server, folder.path(), "").unwrap_err().to_string();
    assert!(text.contains("404 Not Found") && text.contains("/file.bin"), "{text}");
    assert!(!folder.path().join("file.bin").exists());
    let server = Server::start(vec![1; 400_000], &[Behaviour::Proper]);
    let text = get(&server, folder.path(), "").unwrap_err().to_string();
    assert!(text.contains("400000 bytes, expected 300000"), "{text}");
}

#[test]
fn nobody_listening_is_an_error_and_not_a_wait() {
    let server = Server::absent();
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        get(&server, folder.path(), ""),
        Err(DataError::Download { .. })
    ));
}

#[test]
fn a_silent_server_is_given_up_on_and_what_came_is_kept() {
    let server = Server::start(content(), &[Behaviour::FallSilent(70_000)]);
    let folder = tempfile::tempdir().unwrap();
    let started = std::time::Instant::now();
    let text = get(&server, folder.path(), "").unwrap_err().to_string();
    assert!(
        started.elapsed() < Duration::from_secs(10) && text.contains("broke off after 70000 bytes"),
        "{text}"
    );
    assert_eq!(
        std::fs::metadata(folder.path().join("file.bin.part")).unwrap().len(),
        70_000
    );
}

#[cfg(unix)]
#[test]
fn a_download_is_not_written_through_a_link_nor_into_a_file_with_two_names_nor_a_pipe() {
    let server = Server::start(content(), &[Behaviour::Proper]);
    for kind in ["link", "dangling", "hard", "pipe"] {
        let folder = tempfile::tempdir().unwrap();
        let (precious, part) = (folder.path().join("precious"), folder.path().join("file.bin.part"));
        match kind {
            "dangling" => std::os::unix::fs::symlink(&precious, &part).unwrap(),
            "pipe" => rustix::fs::mkfifoat(rustix::fs::CWD, &part, rustix::fs::Mode::RWXU).unwrap(),
            _ => std::fs::write(&precious, "precious").unwrap(),
        }
        match kind {
            "link" => std::os::unix::fs::symlink(&precious, &part).unwrap(),
            "hard" => std::fs::hard_link(&precious, &part).unwrap(),
            _ => {}
        }
        let text = get(&server, folder.path(), &sha256(&content()))
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("file.bin.part is ") && text.contains("remove it"),
            "{text}"
        );
        assert!(part.symlink_metadata().is_ok(), "{kind}: what is not its own stays");
        match kind {
            "link" | "hard" => assert_eq!(std::fs::read(&precious).unwrap(), b"precious"),
            _ => assert!(!precious.exists(), "{kind}"),
        }
    }
    assert!(server.ranges().is_empty());
}

#[cfg(unix)]
#[test]
fn what_is_fetched_takes_the_place_of_a_link_and_only_its_owner_may_write_to_it() {
    use std::os::unix::fs::PermissionsExt;
    let (server, folder) = (
        Server::start(content(), &[Behaviour::Proper]),
        tempfile::tempdir().unwrap(),
    );
    let precious = folder.path().join("precious");
    std::fs::write(&precious, "precious").unwrap();
    std::os::unix::fs::symlink(&precious, folder.path().join("file.bin")).unwrap();
    // Of the whole process: what other tests make meanwhile is a little more open than else.
    let before = rustix::process::umask(rustix::fs::Mode::empty());
    let got = get(&server, folder.path(), &sha256(&content()));
    make_folder(&folder.path().join("made/here")).unwrap();
    rustix::process::umask(before);
    got.unwrap();
    assert_eq!(std::fs::read(&precious).unwrap(), b"precious");
    for made in ["file.bin", "made", "made/here"] {
        let mode = std::fs::metadata(folder.path().join(made))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o022, 0, "{made}");
    }
    let meta = folder.path().join("file.bin").symlink_metadata().unwrap();
    assert!(meta.is_file());
}

#[test]
fn a_second_fetch_of_the_same_file_is_refused() {
    let (server, folder) = (
        Server::start(content(), &[Behaviour::Proper]),
        tempfile::tempdir().unwrap(),
    );
    let held = std::fs::File::create(folder.path().join("file.bin.part")).unwrap();
    held.lock().unwrap();
    assert!(matches!(get(&server, folder.path(), ""), Err(DataError::Busy { .. })));
}

#[test]
fn fetching_by_name_asks_the_given_address_for_each_file() {
    let (server, root) = (
        Server::start(content(), &[Behaviour::NotFound]),
        tempfile::tempdir().unwrap(),
    );
    let error = fetch("mnist", root.path(), Some(&server.base), &mut |_, _| {})
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&format!("{}/train-images-idx3-ubyte.gz", server.base)),
        "{error}"
    );
    assert!(
        fetch("glyphs", root.path(), None, &mut |_, _| {})
            .unwrap_err()
            .to_string()
            .contains("embedded")
    );
    let error = fetch("mnist", root.path(), Some("ftp://x"), &mut |_, _| {})
        .unwrap_err()
        .to_string();
    assert!(error.contains("http://"), "{error}");
}

/// A tar.gz of the given (path, content) entries, written raw so that hostile paths get in.
fn tar_gz(path: &Path, entries: &[(&str, &[u8])]) {
    let gz = flate2::write::GzEncoder::new(std::fs::File::create(path).unwrap(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gz);
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

#[test]
fn only_the_expected_files_leave_the_archive_and_only_into_the_folder() {
    use crate::data::catalog::KnownFile;
    let root = tempfile::tempdir().unwrap();
    let (archive, folder) = (root.path().join("a.tar.gz"), root.path().join("in/side"));
    std::fs::create_dir_all(&folder).unwrap();
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let file = KnownFile {
        name: "train.bin",
        bytes: 3,
        sha256: Some(abc),
        unpacked: None,
    };
    let unpack = || super::archive::unpack(&archive, &folder, &[&file], "Mend", &mut |_, _| {});

    tar_gz(
        &archive,
        &[
            ("../escaped.bin", b"x"),
            ("readme.html", b"x"),
            ("../../train.bin", b"abc"),
        ],
    );
    unpack().unwrap();
    assert_eq!(std::fs::read(folder.join("train.bin")).unwrap(), b"abc");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);

    for (entries, words) in [
        (&[("d/train.bin", &b"abd"[..])][..], "SHA-256"),
        (&[("d/train.bin", &b"abcd"[..])][..], "has 4 bytes"),
        (&[("d/other.bin", &b"abc"[..])][..], "no train.bin"),
    ] {
        tar_gz(&archive, entries);
        let text = unpack().unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
        assert_eq!(
            std::fs::read_dir(&folder).unwrap().count(),
            1,
            "nothing half-written stays"
        );
    }
    std::fs::write(&archive, b"no gzip").unwrap();
    assert!(unpack().unwrap_err().to_string().contains("breaks off"));
}

#[test]
fn an_archive_is_fetched_unpacked_and_gone_and_not_fetched_again() {
    use crate::data::catalog::{KnownFile, Piece};
    const TRAIN: KnownFile = KnownFile {
        name: "train.bin",
        bytes: 3,
        sha256: None,
        unpacked: None,
    };
    let root = tempfile::tempdir().unwrap();
    let made = root.path().join("made");
    tar_gz(&made, &[("set/train.bin", b"abc"), ("set/readme.html", b"x")]);
    let packed = std::fs::read(&made).unwrap();
    std::fs::remove_file(&made).unwrap();
    let md5 = Checksum::Md5("").holds(&packed[..]).unwrap().1;
    let known = Known {
        name: "set",
        folder: "set",
        image: [3, 32, 32],
        class_names: &[],
        train: &[Piece::Records {
            file: TRAIN,
            label_bytes: 1,
            count: 1,
            may_be_shorter: false,
        }],
        test: &[],
        delivery: Delivery::Embedded,
    };
    std::fs::create_dir(root.path().join("set")).unwrap();
    // One's own file of the archive's name, and one of a name that a temporary might have.
    std::fs::write(root.path().join("set.tar.gz"), "mine").unwrap();
    std::fs::write(root.path().join("set/train.bin.part"), "mine").unwrap();
    let server = Server::start(packed, &[Behaviour::Proper]);
    let base = format!("{}/", server.base);
    let fetch = |md5: &str| fetch_archive(&known, root.path(), &base, "set.tar.gz", md5, &mut |_, _| {});
    assert!(fetch("00").unwrap_err().to_string().contains("wrong checksum"));
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);
    assert!(fetch(&md5).unwrap()[0].is_new);
    assert_eq!(std::fs::read(root.path().join("set/train.bin")).unwrap(), b"abc");
    assert_eq!(
        std::fs::read_dir(root.path()).unwrap().count(),
        2,
        "the archive is gone"
    );
    for own in ["set.tar.gz", "set/train.bin.part"] {
        assert_eq!(std::fs::read(root.path().join(own)).unwrap(), b"mine", "{own}");
    }
    assert!(!fetch(&md5).unwrap()[0].is_new);
    assert_eq!(server.ranges().len(), 2);
}
