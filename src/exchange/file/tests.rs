//! Which tensors are taken of a file that holds more than a state dict, and under which names.

use super::*;
use crate::exchange::{pytorch, read, tests::archive};
use proptest::prelude::*;

/// What the network of these tests has.
const SHAPES: [(&str, &[usize]); 4] = [
    ("l.0.weight", &[2]),
    ("l.0.running_mean", &[1]),
    ("l.0.running_var", &[1]),
    ("fc.bias", &[1]),
];

fn wanted() -> Wanted {
    SHAPES.iter().map(|(n, s)| (n.to_string(), s.to_vec())).collect()
}

fn text(text: &str) -> Vec<u8> {
    [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

/// A dictionary's opcodes.
fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let pairs: Vec<u8> = entries
        .iter()
        .flat_map(|(name, value)| [text(name), value.clone()].concat())
        .collect();
    [b"}(", &pairs[..], b"u"].concat()
}

/// A tensor's opcodes: so many values of storage `key`, of that class.
fn tensor(class: &str, key: u8, values: usize) -> Vec<u8> {
    let n = [b'K', values as u8];
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\n",
        class.as_bytes(),
        b"\nX\x01\0\0\0",
        &[key],
        b"X\x03\0\0\0cpu",
        &n,
        b"tQK\0",
        &n,
        b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR",
    ]
    .concat()
}

/// The state dict of the network under a prefix, its values in storage `key`.
fn state(prefix: &str, key: u8) -> Vec<u8> {
    let names: Vec<String> = SHAPES.iter().map(|(name, _)| format!("{prefix}{name}")).collect();
    let tensors = SHAPES.iter().map(|(_, shape)| tensor("FloatStorage", key, shape[0]));
    let entries: Vec<(&str, Vec<u8>)> = names.iter().map(String::as_str).zip(tensors).collect();
    dict(&entries)
}

fn file(value: &[u8]) -> Vec<u8> {
    let pickle = [b"\x80\x02", value, b"."].concat();
    archive(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 16]), ("a/data/1", &[0; 16])])
}

fn choose(value: &[u8], key: Option<&str>) -> Result<Chosen, String> {
    let bytes = file(value);
    let mut file = File::open(&bytes).map_err(|e| e.to_string())?;
    file.choose(key, Some(&wanted())).map_err(|e| e.to_string())
}

fn names(chosen: &Chosen) -> Vec<&str> {
    chosen.tensors.iter().map(|t| t.name.as_str()).collect()
}

const OWN: [&str; 4] = ["fc.bias", "l.0.running_mean", "l.0.running_var", "l.0.weight"];

#[test]
fn a_wrappers_prefix_is_taken_away_and_said() {
    for prefix in [
        "module.",
        "_orig_mod.",
        "_fsdp_wrapped_module.",
        "_forward_module.",
        "model.",
        "net.",
        "module.module.",
        "module._orig_mod.",
        "model._orig_mod.module.",
        "anything.",
    ] {
        let chosen = choose(&state(prefix, b'0'), None).unwrap();
        assert_eq!((names(&chosen), chosen.is_whole), (OWN.to_vec(), true), "{prefix}");
        assert_eq!(chosen.prefix, prefix);
        assert!(chosen.taken.unwrap().contains(prefix));
    }
    let plain = choose(&state("", b'0'), None).unwrap();
    assert_eq!((plain.prefix.as_str(), plain.taken), ("", None));
}

#[test]
fn safetensors_lose_the_same_prefixes() {
    for prefix in ["module.", "_orig_mod.module.", "model."] {
        let tensors: Vec<Tensor> = SHAPES
            .iter()
            .map(|(name, shape)| Tensor {
                name: format!("{prefix}{name}"),
                shape: shape.to_vec(),
                values: Values::Floats(vec![0.0; shape[0]]),
            })
            .collect();
        let bytes = crate::exchange::encode(&tensors).unwrap();
        let chosen = File::open(&bytes).unwrap().choose(None, Some(&wanted())).unwrap();
        assert_eq!((names(&chosen), chosen.prefix.as_str()), (OWN.to_vec(), prefix));
    }
}

#[test]
fn what_wrappers_put_into_the_middle_of_names_is_taken_out() {
    let t = |n| tensor("FloatStorage", b'0', n);
    let mixed = dict(&[
        ("module.l._orig_mod.0.weight", t(2)),
        ("module.l._orig_mod.0.running_mean", t(1)),
        ("module.l._orig_mod.0.running_var", t(1)),
        ("module.fc._checkpoint_wrapped_module.bias", t(1)),
    ]);
    let chosen = choose(&mixed, None).unwrap();
    assert_eq!((names(&chosen), chosen.prefix.as_str()), (OWN.to_vec(), "module."));
    let taken = chosen.taken.unwrap();
    assert!(
        taken.contains("_orig_mod") && taken.contains("_checkpoint_wrapped_module"),
        "{taken}"
    );
    let averaged = [
        b"}(",
        &text("n_averaged")[..],
        &tensor("LongStorage", b'1', 1),
        &state("module.", b'0')[2..],
    ]
    .concat();
    let chosen = choose(&averaged, None).unwrap();
    assert_eq!(names(&chosen), OWN, "SWA's counter is left out");
}

#[test]
fn a_prefix_that_only_some_names_have_is_named_as_the_cause() {
    let t = || tensor("FloatStorage", b'0', 1);
    let more = [&state("model.", b'0')[..], b"(", &text("loss.scale"), &t(), b"u"].concat();
    let chosen = choose(&more, None).unwrap();
    let hint = chosen.hint.unwrap();
    assert!(
        !chosen.is_whole && hint.contains("4 of 5 names begin with \"model.\""),
        "{hint}"
    );
    assert!(
        hint.contains("loss.scale") && hint.contains("--key \"model\""),
        "{hint}"
    );
    assert_eq!(names(&choose(&more, Some("model")).unwrap()), OWN);
    let misshapen = choose(&dict(&[("module.fc.bias", tensor("FloatStorage", b'0', 2))]), None).unwrap();
    assert!(misshapen.hint.unwrap().contains("\"module.\" in front of every name"));
}

#[test]
fn weights_are_found_under_any_name() {
    for wrapper in [
        "state_dict",
        "model_state_dict",
        "ema",
        "weights",
        "anything at all",
        "module",
    ] {
        let value = dict(&[("epoch", b"K\x01".to_vec()), (wrapper, state("module.", b'0'))]);
        let chosen = choose(&value, None).unwrap();
        assert_eq!((chosen.key.as_str(), names(&chosen)), (wrapper, OWN.to_vec()));
    }
    let deep = dict(&[(
        "checkpoint",
        [b"](", &dict(&[("net", state("", b'0'))])[..], b"e"].concat(),
    )]);
    assert_eq!(choose(&deep, None).unwrap().key, "checkpoint.0.net");
    assert_eq!(names(&choose(&deep, Some("checkpoint.0.net")).unwrap()), OWN);
}

#[test]
fn of_several_that_fit_key_chooses() {
    let both = dict(&[("model", state("", b'0')), ("ema", state("module.", b'1'))]);
    let said = choose(&both, None).unwrap_err();
    assert!(
        said.contains("\"model\" (4 tensors), \"ema\" (4 tensors)") && said.contains("--key"),
        "{said}"
    );
    assert_eq!(choose(&both, Some("ema")).unwrap().key, "ema");
    let same = dict(&[("model", state("", b'0')), ("state_dict", state("", b'0'))]);
    assert_eq!(
        choose(&same, None).unwrap().key,
        "model",
        "the same tensors twice are no question"
    );
    let other = dict(&[
        ("model", state("", b'0')),
        ("teacher", dict(&[("x", tensor("FloatStorage", b'1', 3))])),
    ]);
    assert_eq!(choose(&other, None).unwrap().key, "model", "only one fits");
    for key in ["nothing", "ema.deeper", "model.l.1", "epoch"] {
        let said = choose(&both, Some(key)).unwrap_err();
        assert!(said.contains("--key") && said.contains("\"ema\" (4 tensors)"), "{said}");
    }
}

#[test]
fn where_none_fits_the_dictionaries_are_listed() {
    let t = || tensor("FloatStorage", b'0', 1);
    let value = dict(&[("a", dict(&[("x", t())])), ("b", dict(&[("fc.bias", t()), ("y", t())]))]);
    let chosen = choose(&value, None).unwrap();
    let hint = chosen.hint.unwrap();
    assert!(
        hint.contains("\"a\" (1 tensors), \"b\" (2 tensors)") && hint.contains("--key"),
        "{hint}"
    );
    assert_eq!(chosen.key, "b", "the nearest is compared");
    let none = choose(&dict(&[("epoch", b"K\x01".to_vec()), ("lr", b"N".to_vec())]), None).unwrap_err();
    assert!(none.contains("\"epoch\" (a number), \"lr\" (None)"), "{none}");
}

#[test]
fn tensors_of_other_types_matter_only_among_the_weights() {
    let complex = || tensor("ComplexFloatStorage", b'1', 1);
    let beside = dict(&[
        ("x", complex()),
        ("unknown", tensor("NewStorage", b'1', 1)),
        ("model", state("", b'0')),
    ]);
    assert_eq!(choose(&beside, None).unwrap().key, "model");
    let inside = dict(&[("fc.bias", complex())]);
    let said = choose(&inside, None).unwrap_err();
    assert!(
        said.contains("\"fc.bias\": is of complex64") && said.contains("leave it out"),
        "{said}"
    );
}

#[test]
fn a_checkpoint_with_much_beside_the_weights_is_read() {
    let files: [&[u8]; 2] = [
        include_bytes!("../testdata/beside.pth"),
        include_bytes!("../testdata/beside_protocol5.pth"),
    ];
    let wanted = [("w", vec![2, 2]), ("b", vec![2]), ("n.running_mean", vec![9])];
    let wanted: Wanted = wanted.map(|(n, s)| (n.to_string(), s)).into_iter().collect();
    for bytes in files {
        let mut file = File::open(bytes).unwrap();
        let chosen = file.choose(Some("state_dict"), Some(&wanted)).unwrap();
        assert_eq!(names(&chosen), ["b", "n.num_batches_tracked", "w"]);
        assert_eq!(chosen.tensors[1].values, Values::Integers(vec![3]));
        for name in ["__main__.Settings", "argparse.Namespace", "functools.partial"] {
            assert!(chosen.foreign.iter().any(|n| n == name), "{name}: {:?}", chosen.foreign);
        }
        assert_eq!(file.choose(None, Some(&wanted)).unwrap().key, "state_dict");
        let attributed = file.choose(Some("fp8"), None).unwrap_err().to_string();
        assert!(attributed.contains("--key"), "{attributed}");
    }
}

#[test]
fn nothing_in_the_weights_place_is_taken_for_a_tensor() {
    let array = b"cnumpy.core.multiarray\n_reconstruct\n)R".to_vec();
    let said = choose(&dict(&[("fc.bias", array)]), None).unwrap_err();
    assert!(
        said.contains("\"fc.bias\" (an array of NumPy; save it with torch.from_numpy(array))"),
        "{said}"
    );
    let sparse = b"ctorch._utils\n_rebuild_sparse_tensor\n)R".to_vec();
    let mixed = dict(&[("fc.bias", tensor("FloatStorage", b'0', 1)), ("l.0.weight", sparse)]);
    let hint = choose(&mixed, None).unwrap().hint.unwrap();
    assert!(hint.contains("\"l.0.weight\" (a sparse tensor"), "{hint}");
}

#[test]
fn dictionaries_that_hold_themselves_end() {
    // {"a": itself, "model": …}, remembered under 1.
    let value = [
        b"}q\x01(",
        &text("a")[..],
        b"h\x01",
        &text("model"),
        &state("", b'0'),
        b"u",
    ]
    .concat();
    assert_eq!(choose(&value, None).unwrap().key, "model");
    assert_eq!(choose(&value, Some("a.a.model")).unwrap().key, "a.a.model");
}

proptest! {
    #[test]
    fn no_change_to_a_real_checkpoint_makes_a_choice_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        key in "[a-z_.0-9]{0,12}",
    ) {
        let whole: &[u8] = include_bytes!("../testdata/beside.pth");
        let mut archive = crate::exchange::archive::Archive::open(whole).unwrap();
        let mut pickle = archive.read("beside/data.pkl").unwrap().to_vec();
        for (at, byte) in &changes {
            let at = at.index(pickle.len());
            pickle[at] = *byte;
        }
        let contents = pytorch::from_pickle(&pickle, "beside", archive, whole.len());
        if let Ok(mut file) = contents.and_then(File::of) {
            let _ = file.choose(None, Some(&wanted()));
            let _ = file.choose(Some(&key), None);
        }
        prop_assert!(read(&pickle).is_err());
    }
}
