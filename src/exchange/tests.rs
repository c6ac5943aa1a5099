//! Files that PyTorch 2.9 wrote (`testdata/make.py`), files made by hand, and hostile files.

use super::{archive::Archive, *};

use proptest::prelude::*;

const TINY: &[u8] = include_bytes!("testdata/tiny.pth");
const ODD: &[u8] = include_bytes!("testdata/odd.pth");

/// The values of `make.py`.
fn values(k: usize, n: usize) -> Vec<f32> {
    (0..n).map(|i| ((7 * i + k) % 64) as f32 / 16.0 - 2.0).collect()
}

fn find<'t>(tensors: &'t [Tensor], name: &str) -> &'t Tensor {
    tensors.iter().find(|t| t.name == name).unwrap()
}

fn floats(shape: &[usize], values: Vec<f32>) -> (Vec<usize>, Values) {
    (shape.to_vec(), Values::Floats(values))
}

fn contents(t: &Tensor) -> (Vec<usize>, Values) {
    (t.shape.clone(), t.values.clone())
}

/// A zip archive of stored entries.
pub(super) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let (length, at) = ((content.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(sum.sum().to_le_bytes());
        common.extend([length, length].concat());
        common.extend([name.len() as u8, 0, 0, 0]);
        bytes.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), content].concat());
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &common, &[0; 10], &at, name.as_bytes()].concat());
    }
    let (count, start) = ((entries.len() as u16).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
    let size = (directory.len() as u32).to_le_bytes();
    bytes.extend(directory);
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    bytes
}

/// What is said of a file with this pickle and one storage of four bytes.
fn said_of(pickle: &[u8]) -> String {
    let file = archive(&[("a/data.pkl", pickle), ("a/data/0", &[0; 4])]);
    read(&file).unwrap_err().to_string()
}

/// A state dict `{"w": tensor}` with that offset, shape and strides (each below 256) into a storage of one element.
fn one_tensor(elements: u8, offset: u8, shape: &[u8], strides: &[u8]) -> Vec<u8> {
    let tuple = |sizes: &[u8]| {
        let items: Vec<u8> = sizes.iter().flat_map(|n| [b'K', *n]).collect();
        [b"(", &items[..], b"t"].concat()
    };
    [
        &b"\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK"[..],
        &[elements],
        b"tQK",
        &[offset],
        &tuple(shape),
        &tuple(strides),
        b"\x89ccollections\nOrderedDict\n)RtRs.",
    ]
    .concat()
}

#[test]
fn a_state_dict_of_pytorch_is_read_to_the_bit() {
    let tensors = read(TINY).unwrap();
    assert_eq!(tensors.len(), 16);
    let weight = find(&tensors, "layer2.0.weight");
    assert_eq!(contents(weight), floats(&[3, 2, 3, 3], values(8, 54)));
    let variance = find(&tensors, "layer1.1.running_var");
    let wanted = values(7, 2).iter().map(|v| v + 3.0).collect();
    assert_eq!(contents(variance), floats(&[2], wanted));
    let count = find(&tensors, "layer1.1.num_batches_tracked");
    assert_eq!(contents(count), (vec![], Values::Integers(vec![5])));
}

#[test]
fn other_types_strides_offsets_and_wrappers_are_understood() {
    for file in [ODD, include_bytes!("testdata/odd_protocol4.pth")] {
        let tensors = read(file).unwrap();
        let matrix = values(0, 12);
        let find = |tensors, name| find(tensors, &format!("module.{name}"));
        let transposed = (0..12).map(|i| matrix[i % 3 * 4 + i / 3]).collect();
        for (name, wanted) in [
            ("half", floats(&[5], values(1, 5))),
            ("brain", floats(&[5], values(2, 5))),
            ("double", floats(&[5], values(3, 5))),
            ("count", (vec![], Values::Integers(vec![-7]))),
            ("transposed", floats(&[4, 3], transposed)),
            (
                "corner",
                floats(&[2, 2], vec![matrix[6], matrix[7], matrix[10], matrix[11]]),
            ),
            ("expanded", floats(&[4], vec![values(4, 1)[0]; 4])),
            ("parameter", floats(&[2, 2], values(5, 4))),
        ] {
            assert_eq!(contents(find(&tensors, name)), wanted, "{name}");
        }
        assert_eq!(tensors.len(), 8);
    }
}

#[test]
fn safetensors_hold_the_same_after_a_round_trip() {
    for file in [TINY, ODD] {
        let tensors = read(file).unwrap();
        let again = read(&encode(&tensors).unwrap()).unwrap();
        assert_eq!(again, tensors);
    }
}

#[test]
fn the_old_format_is_refused_with_the_fix() {
    let said = read(include_bytes!("testdata/legacy.pth")).unwrap_err().to_string();
    assert!(
        said.contains("before 1.6") && said.contains("torch.save(torch.load("),
        "{said}"
    );
}

#[test]
fn a_whole_module_is_refused_by_the_name_of_its_class() {
    let said = read(include_bytes!("testdata/module.pth")).unwrap_err().to_string();
    assert!(said.contains("torch.nn.modules.linear.Linear"), "{said}");
    assert!(
        said.contains("a whole model") && said.contains("nothing of it was run") && said.contains("model.state_dict()"),
        "{said}"
    );
}

#[test]
fn what_no_writer_of_tensors_writes_is_refused_by_its_name() {
    for (pickle, name) in [
        (&b"(S'id'\nios\nsystem\n."[..], "protocol 0"),
        (b"(ios\nsystem\n.", "INST"),
        (b"\x80\x02X\x03\0\0\0pid\x85Q.", "persistent id"),
        (b"\x80\x02})}b.", "sets attributes of a tuple"),
        (b"\x80\x02K\x01)R.", "calls a number"),
        (b"\x80\x07.", "protocol 7"),
        (b"\x80\x05\x97.", "a buffer outside"),
        (b"\x80\x02", "ends in the middle"),
        (b"\x80\x02X\xff\xff\xff\xffabc", "ends in the middle"),
        (b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc", "ends in the middle"),
        (b"\x80\x02(\x85", "empty stack"),
        (b"\x80\x02t", "no mark"),
        (b"\x80\x02h\x05", "memo"),
    ] {
        let said = said_of(pickle);
        assert!(
            said.contains(name) && said.contains("nothing of it was run"),
            "{name}: {said}"
        );
    }
    let endless = [&b"\x80\x02"[..], &vec![b'N'; 3 << 20], b"."].concat();
    assert!(said_of(&endless).contains("opcodes"));
}

#[test]
fn what_would_run_something_only_names_it() {
    for (pickle, name) in [
        (&b"\x80\x02cos\nsystem\nX\x02\0\0\0id\x85R."[..], "os.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", "builtins.eval"),
        (b"\x80\x02ctorch\nload\n)R)R.", "torch.load"),
        (b"\x80\x02ccopyreg\n_reconstructor\nca\nNet\n\x85R.", "a.Net"),
        (
            b"\x80\x02ccollections\nOrderedDict\n(K\x01tR.",
            "OrderedDict with arguments",
        ),
        (b"\x80\x02ctorch\nFloatStorage\n)R.", "a storage that is made by a call"),
        (b"\x80\x02\x82\x01)R.", "extension code"),
    ] {
        let said = said_of(pickle);
        assert!(
            said.contains("no state dict") && said.contains(name) && !said.contains('\n'),
            "{name}: {said}"
        );
    }
}

#[test]
fn what_is_no_state_dict_is_said_to_be_none() {
    for (pickle, words) in [
        (&b"\x80\x02]."[..], "it is a list"),
        (b"\x80\x02}.", "it is empty"),
        (b"\x80\x02}X\x01\0\0\0aK\x01s.", "\"a\" (a number)"),
        (b"\x80\x02}K\x01K\x01s.", "a number (a number)"),
    ] {
        let said = said_of(pickle);
        assert!(
            said.contains("no state dict") && said.contains(words),
            "{words}: {said}"
        );
    }
}

#[test]
fn a_tensor_that_leaves_its_storage_is_refused_before_anything_is_reserved() {
    let file = |pickle: &[u8]| read(&archive(&[("a/data.pkl", pickle), ("a/data/0", &[0; 4])]));
    assert_eq!(file(&one_tensor(1, 0, &[1], &[1])).unwrap().len(), 1);
    for (pickle, words) in [
        (one_tensor(2, 0, &[2], &[1]), "only 4 bytes"),
        (one_tensor(1, 1, &[1], &[1]), "reaches element 1"),
        (one_tensor(1, 0, &[2], &[1]), "reaches element 1"),
        (one_tensor(1, 0, &[255, 255, 255], &[0, 0, 0]), "more values"),
        (one_tensor(1, 0, &[255; 8], &[0; 8]), "more values"),
        (one_tensor(1, 0, &[1; 9], &[1; 9]), "more than 8 dimensions"),
        (one_tensor(1, 0, &[1, 1], &[1]), "1 strides"),
    ] {
        let said = file(&pickle).unwrap_err().to_string();
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn archives_that_are_not_of_pytorch_say_why() {
    let pickle = one_tensor(1, 0, &[1], &[1]);
    let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(said(&archive(&[("readme", b"x")])).contains("no data.pkl"));
    assert!(said(&archive(&[("a/data.pkl", b"."), ("b/data.pkl", b".")])).contains("more than one"));
    assert!(said(&archive(&[("a/data.pkl", &pickle)])).contains("tensor \"w\": \"a/data/0\" is not in it"));
    let big = archive(&[("a/data.pkl", &pickle), ("a/byteorder", b"big")]);
    assert!(said(&big).contains("big-endian"));
    let nan = archive(&[("a/data.pkl", &pickle), ("a/data/0", &f32::NAN.to_le_bytes())]);
    assert!(said(&nan).contains("\"w\": holds NaN"));
    let whole = archive(&[("a/data.pkl", &pickle), ("a/data/0", &[7; 4])]);
    let mut damaged = whole.clone();
    let at = damaged.windows(4).position(|w| w == [7; 4]).unwrap();
    damaged[at] = 8;
    assert!(said(&damaged).contains("checksum"));
    let mut squeezed = whole.clone();
    let at = squeezed.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    squeezed[at + 10] = 8;
    assert!(said(&squeezed).contains("compressed"));
    assert!(said(&whole[..whole.len() - 1]).contains("cut off"));
    assert!(said(b"hello").contains("neither"));
    assert!(said(b"").contains("is empty"));
}

#[test]
fn sizes_of_64_bits_are_found_in_the_extra_field() {
    let whole = archive(&[("n", b"content")]);
    let at = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let mut wide = whole[..at].to_vec();
    let mut record = whole[at..at + 47].to_vec();
    record[20..28].fill(0xff);
    record[42..46].fill(0xff);
    record[30] = 28;
    record.extend([1, 0, 24, 0]);
    for value in [7u64, 7, 0] {
        record.extend(value.to_le_bytes());
    }
    let end64 = wide.len() + record.len();
    wide.extend(record);
    wide.extend(b"PK\x06\x06");
    wide.extend([0; 20]);
    for value in [1u64, 1, 0, at as u64] {
        wide.extend(value.to_le_bytes());
    }
    wide.extend(b"PK\x06\x07\0\0\0\0");
    wide.extend((end64 as u64).to_le_bytes());
    wide.extend([1, 0, 0, 0]);
    wide.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    assert_eq!(Archive::open(&wide).unwrap().read("n").unwrap(), b"content");
}

/// The pickle of a file, and its archive's name.
fn pickle_of(file: &[u8], root: &str) -> Vec<u8> {
    let mut archive = Archive::open(file).unwrap();
    archive.read(&format!("{root}/data.pkl")).unwrap().to_vec()
}

/// Reads a file with another pickle in it; checksums would stop most changes too early.
fn read_with<'a>(file: &'a [u8], root: &'a str, pickle: &'a [u8]) -> Result<Vec<Tensor>, ExchangeError> {
    let contents = pytorch::from_pickle(pickle, root, Archive::open(file)?, file.len())?;
    Ok(File::of(contents)?.choose(None, None)?.tensors)
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = pickle::run(&bytes);
        bytes.splice(0..0, *b"PK\x03\x04");
        let _ = read(&bytes);
    }

    #[test]
    fn no_sequence_of_known_opcodes_makes_the_machine_panic(
        picks in proptest::collection::vec((0usize..80, any::<u8>()), 0..200)
    ) {
        let known: Vec<u8> = (0..=255).filter(|b| *b != b'.' && pickle::is_known(*b)).collect();
        let bytes: Vec<u8> = picks.iter().flat_map(|(i, b)| [known[i % known.len()], *b % 4]).collect();
        let _ = pickle::run(&bytes);
        let alone: Vec<u8> = picks.iter().map(|(i, _)| known[i % known.len()]).collect();
        let _ = pickle::run(&alone);
    }

    #[test]
    fn no_change_to_a_real_file_makes_a_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        for (file, root) in [(TINY, "tiny"), (ODD, "odd")] {
            let mut whole = file.to_vec();
            let mut pickle = pickle_of(file, root);
            for (at, byte) in &changes {
                whole[at.index(file.len())] = *byte;
                let at = at.index(pickle.len());
                pickle[at] = *byte;
            }
            if cut {
                whole.truncate(length.index(file.len()));
                pickle.truncate(length.index(pickle.len()));
            }
            let _ = read(&whole);
            if let Ok(tensors) = read_with(file, root, &pickle) {
                let values: usize = tensors.iter().map(|t| t.shape.iter().product::<usize>()).sum();
                prop_assert!(values <= file.len());
            }
        }
    }
}
