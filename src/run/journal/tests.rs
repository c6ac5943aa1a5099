//! Torn, shrunk, replaced, rotated and interleaved files.

use super::*;
use proptest::prelude::*;
use std::io::Write;

fn raw(path: &Path, text: &[u8]) {
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(text).unwrap();
}

fn look(tail: &mut Tail<u64>) -> Batch<u64> {
    tail.poll(Budget::ALL)
}

#[test]
fn a_torn_last_line_means_not_yet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    let mut tail = Tail::new(&path);
    assert_eq!(look(&mut tail).lines, Vec::<u64>::new());
    raw(&path, b"1\n2\n34");
    assert_eq!(look(&mut tail).lines, [1, 2]);
    assert_eq!(look(&mut tail).lines, Vec::<u64>::new());
    raw(&path, b"5\n6\n");
    assert_eq!(
        look(&mut tail),
        Batch {
            reset: false,
            lines: vec![345, 6],
            more: false
        }
    );
    assert_eq!(tail.skipped(), 0);
}

#[test]
fn a_bad_line_is_skipped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"1\nnonsense\n\xff\xfe\n\n2\n");
    let mut tail = Tail::new(&path);
    assert_eq!(look(&mut tail).lines, [1, 2]);
    assert_eq!(tail.skipped(), 2);
}

#[test]
fn a_shrunk_or_replaced_file_is_read_again_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"1\n2\n3\n");
    let mut tail = Tail::new(&path);
    look(&mut tail);
    std::fs::write(&path, b"7\n").unwrap();
    assert_eq!(
        look(&mut tail),
        Batch {
            reset: true,
            lines: vec![7],
            more: false
        }
    );
    std::fs::write(folder.path().join("other"), b"8\n9\n10\n").unwrap();
    std::fs::rename(folder.path().join("other"), &path).unwrap();
    assert_eq!(
        look(&mut tail),
        Batch {
            reset: true,
            lines: vec![8, 9, 10],
            more: false
        }
    );
    std::fs::remove_file(&path).unwrap();
    assert!(look(&mut tail).reset);
}

#[test]
fn the_same_inode_with_another_beginning_is_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"1\n2\n");
    let mut tail = Tail::new(&path);
    look(&mut tail);
    std::fs::write(&path, b"3\n4\n5\n").unwrap();
    assert_eq!(
        look(&mut tail),
        Batch {
            reset: true,
            lines: vec![3, 4, 5],
            more: false
        }
    );
}

#[test]
fn a_line_beyond_all_bounds_is_skipped_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"1\n");
    raw(&path, &vec![b'9'; 3 * LONGEST_LINE]);
    let mut tail = Tail::new(&path);
    assert_eq!(look(&mut tail).lines, [1]);
    raw(&path, b"9\n2\n");
    assert_eq!(look(&mut tail).lines, [2]);
    assert_eq!(tail.skipped(), 1);
}

#[test]
fn a_long_line_within_the_bound_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    let long = "x".repeat(LONGEST_LINE - 4);
    let mut appender = Appender::open(&path).unwrap();
    appender.append(&"short").unwrap();
    appender.append(&long).unwrap();
    appender.append(&"end").unwrap();
    let mut tail = Tail::<String>::new(&path);
    assert_eq!(
        tail.poll(Budget::ALL).lines,
        ["short".to_string(), long, "end".to_string()]
    );
}

#[test]
fn a_budget_is_kept_and_every_look_gets_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    let mut appender = Appender::open(&path).unwrap();
    for n in 0..200_000u64 {
        appender.append(&n).unwrap();
    }
    let mut tail = Tail::new(&path);
    let budget = Budget {
        bytes: 1,
        time: std::time::Duration::ZERO,
    };
    let (mut all, mut looks) = (Vec::new(), 0);
    loop {
        let batch: Batch<u64> = tail.poll(budget);
        all.extend(batch.lines);
        looks += 1;
        if !batch.more {
            break;
        }
    }
    assert_eq!(all, (0..200_000).collect::<Vec<_>>());
    assert!(looks > 3, "{looks}");
}

proptest! {
    #[test]
    fn a_number_that_is_written_is_read_back_to_the_bit(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        let back: f64 = serde_json::from_str(&serde_json::to_string(&number).unwrap()).unwrap();
        prop_assert_eq!(back.to_bits(), bits);
    }
}

#[test]
fn the_writer_repairs_a_line_that_a_kill_left_torn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"1\n2");
    let mut tail = Tail::new(&path);
    assert_eq!(look(&mut tail).lines, [1]);
    let mut appender = Appender::open(&path).unwrap();
    appender.append(&3u64).unwrap();
    appender.sync().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"1\n3\n");
    assert_eq!(
        look(&mut tail),
        Batch {
            reset: false,
            lines: vec![3],
            more: false
        }
    );
    raw(&path, &vec![b'x'; 200_000]);
    Appender::open(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"1\n3\n");
}

#[test]
fn rotation_loses_nothing_for_old_and_new_readers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    let mut appender = Appender::open(&path).unwrap().rotate_at(40);
    let mut following = Tail::new(&path);
    let mut seen = Vec::new();
    for n in 0..100u64 {
        appender.append(&n).unwrap();
        if n % 7 == 0 {
            let batch = look(&mut following);
            assert!(!batch.reset);
            seen.extend(batch.lines);
        }
        if n == 50 {
            appender = Appender::open(&path).unwrap().rotate_at(40);
        }
    }
    seen.extend(look(&mut following).lines);
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    assert_eq!(look(&mut Tail::new(&path)).lines, seen);
    assert!(folder.path().join("m.3.jsonl").exists());
}

#[test]
fn a_journal_is_never_written_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (foreign, path) = (folder.path().join("foreign"), folder.path().join("m.jsonl"));
    raw(&foreign, b"not a journal");
    std::os::unix::fs::symlink(&foreign, &path).unwrap();
    let said = Appender::open(&path).unwrap_err().to_string();
    assert!(said.contains("m.jsonl") && said.contains("is a link"), "{said}");
    assert_eq!(std::fs::read(&foreign).unwrap(), b"not a journal");
    assert!(Tail::<u64>::new(&path).poll(Budget::ALL).lines.is_empty());
}

#[test]
fn the_newest_lines_are_had_without_reading_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    raw(&path, b"100\n200\n300\n4");
    assert_eq!(last_lines::<u64>(&path, 1 << 10), [100, 200, 300]);
    assert_eq!(last_lines::<u64>(&path, 6), [300]);
    assert_eq!(last_lines::<u64>(&path, 0), Vec::<u64>::new());
    assert_eq!(last_lines::<u64>(&folder.path().join("none"), 6), Vec::<u64>::new());
}

/// What may happen to a journal between two looks.
#[derive(Debug, Clone)]
enum Act {
    Line(u64),
    Bad(Vec<u8>),
    Torn(Vec<u8>),
    Reopen,
    Look,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<u64>().prop_map(Act::Line),
        1 => proptest::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\n'), 1..20).prop_map(Act::Bad),
        1 => proptest::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\n'), 1..20).prop_map(Act::Torn),
        1 => Just(Act::Reopen),
        3 => Just(Act::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whole_good_lines_are_never_lost(acts in proptest::collection::vec(act(), 0..60), limit in 20u64..200) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        let mut appender = Appender::open(&path).unwrap().rotate_at(limit);
        let mut tail = Tail::<Vec<u64>>::new(&path);
        let (mut wrote, mut seen) = (Vec::new(), Vec::new());
        for act in acts {
            match act {
                Act::Line(n) => { appender.append(&vec![n]).unwrap(); wrote.push(vec![n]); }
                // Not through the appender: so the appender is opened again, as after a kill.
                Act::Bad(bytes) => { raw(&path, &bytes); raw(&path, b"\n"); appender = Appender::open(&path).unwrap().rotate_at(limit); }
                Act::Torn(bytes) => { raw(&path, &bytes); tail_into(&mut tail, &mut seen); appender = Appender::open(&path).unwrap().rotate_at(limit); }
                Act::Reopen => appender = Appender::open(&path).unwrap().rotate_at(limit),
                Act::Look => { tail_into(&mut tail, &mut seen); }
            }
        }
        tail_into(&mut tail, &mut seen);
        prop_assert_eq!(&seen, &wrote);
        prop_assert_eq!(Tail::<Vec<u64>>::new(&path).poll(Budget::ALL).lines, wrote);
    }

    #[test]
    fn no_file_and_no_truncation_makes_the_reader_panic(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..10),
        cuts in proptest::collection::vec(any::<u16>(), 0..10),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        let mut tail = Tail::<serde_json::Value>::new(&path);
        for (n, piece) in pieces.iter().enumerate() {
            raw(&path, piece);
            let _ = tail.poll(Budget::FRAME);
            if let Some(cut) = cuts.get(n) {
                let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
                let size = file.metadata().unwrap().len();
                file.set_len(size.min(u64::from(*cut) % 300)).unwrap();
                let _ = tail.poll(Budget::FRAME);
            }
        }
        let _ = last_lines::<serde_json::Value>(&path, 100);
    }
}

fn tail_into(tail: &mut Tail<Vec<u64>>, seen: &mut Vec<Vec<u64>>) {
    let batch = tail.poll(Budget::ALL);
    if batch.reset {
        seen.clear();
    }
    seen.extend(batch.lines);
}

#[test]
fn a_reader_says_how_far_it_is_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.jsonl");
    let mut appender = Appender::open(&path).unwrap().rotate_at(40);
    (10..50u64).for_each(|n| appender.append(&n).unwrap());
    let mut reader = LineReader::new(&path);
    assert_eq!((reader.bytes_read(), reader.bytes_there()), (0, 120));
    let mut numbers: Vec<u64> = Vec::new();
    while reader
        .poll(
            Budget {
                bytes: 1,
                ..Budget::FRAME
            },
            &mut numbers,
        )
        .more
    {
        assert_eq!(
            (reader.bytes_read(), reader.bytes_there()),
            (numbers.len() as u64 * 3, 120)
        );
    }
    assert_eq!(
        (reader.bytes_read(), reader.bytes_there(), numbers.len()),
        (120, 120, 40)
    );
}
