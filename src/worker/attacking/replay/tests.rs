//! Kept files that are not what they should be are refused with what they should be.

use super::*;
use crate::input::{Element, Range, Time};
use crate::run::attack_job::read_example;
use crate::worker::attacking::kept_examples::{Kept, keep};
use safetensors::tensor::TensorView;

const SHAPE: Shape = Shape {
    input: Input::image([1, 2, 2]),
    classes: 3,
    most: 4,
};

fn cell() -> CellKey {
    CellKey {
        checkpoint: 0,
        attack: "fgsm".parse().unwrap(),
        backward: "rate".parse().unwrap(),
        eps: "8/255".parse().unwrap(),
    }
}

/// A file of two images; `change` may replace a tensor, and `attack` is what its metadata says.
fn file(attack: &str, change: Option<(&str, Dtype, Vec<usize>)>) -> Vec<u8> {
    let mut tensors = vec![
        ("clean", Dtype::F32, vec![2, 1, 2, 2]),
        ("adversarial", Dtype::F32, vec![2, 1, 2, 2]),
        ("clean_logits", Dtype::F32, vec![2, 3]),
        ("label", Dtype::U8, vec![2]),
        ("place", Dtype::I64, vec![2]),
    ];
    if let Some(new) = change {
        tensors.retain(|t| t.0 != new.0);
        tensors.push(new);
    }
    let data: Vec<Vec<u8>> = tensors
        .iter()
        .map(|(_, dtype, shape)| vec![0; shape.iter().product::<usize>() * dtype.bitsize() / 8])
        .collect();
    let views = tensors
        .iter()
        .zip(&data)
        .map(|((name, dtype, shape), data)| (*name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    let about: HashMap<String, String> = [("attack", attack), ("backward", "rate"), ("eps", "8/255")]
        .map(|(k, v)| (k.to_string(), v.to_string()))
        .into();
    safetensors::serialize(views, Some(about)).unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    parse(bytes, &cell(), &SHAPE).err().expect("it is refused")
}

#[test]
fn a_sound_file_is_read() {
    let found = parse(&file("fgsm", None), &cell(), &SHAPE).unwrap();
    assert_eq!((found.clean.len(), found.labels.len(), found.places.len()), (8, 2, 2));
}

#[test]
fn a_batch_of_frames_is_kept_and_read_again_value_by_value() {
    let (network, _) = crate::snn::testing::networks(2);
    let input = network.encoder.input();
    let images = crate::input::Batch {
        input,
        values: (0..2 * input.len()).map(|i| (i % 5) as f32).collect(),
        labels: vec![2, 0],
        places: vec![31, 7],
    };
    let adversarial: Vec<f32> = images.values.iter().map(|v| v + 1.0).collect();
    let folder = tempfile::tempdir().unwrap();
    let job = AttackDir::at(folder.path());
    let kept = Kept {
        number: (0, 0),
        cell: &cell(),
        images: &images,
        adversarial: &adversarial,
        robust: "10",
    };
    keep(&job, &network, crate::attack::Draws::ONE, &kept).unwrap();
    let bytes = std::fs::read(job.example(0, 0)).unwrap();
    let shape = Shape { input, ..SHAPE };
    let found = parse(&bytes, &cell(), &shape).unwrap();
    assert_eq!((&found.clean, &found.adversarial), (&images.values, &adversarial));
    assert_eq!((found.labels, found.places), (vec![2, 0], vec![31, 7]));
    // An image of as many values is another form.
    let still = Shape {
        input: Input {
            time: Time::Static,
            ..input
        },
        ..SHAPE
    };
    let refused = parse(&bytes, &cell(), &still).err().unwrap();
    assert!(
        refused.contains("[2, 2, 2, 4, 4]; this checkpoint needs F32 [n, 2, 4, 4]"),
        "{refused}"
    );
    let shown = read_example(&job.examples(), 0, 1, |_| true).unwrap().unwrap();
    assert_eq!((shown.time, shown.image), (Time::Frames(2), [2, 4, 4]));
    assert_eq!(shown.adversarial, adversarial[input.len()..]);
}

#[test]
fn a_count_that_is_not_whole_or_beyond_the_most_is_none() {
    let counts = Range {
        element: Element::Whole,
        low: 0.0,
        high: 9.0,
    };
    let budget = budget::of(Norm::Linf, 2.0, counts);
    let is = |moved: [f32; 2]| budget.holds(&moved, &[1.0, 8.0]);
    assert!(is([3.0, 9.0]) && !is([2.5, 8.0]) && !is([1.0, 10.0]) && !is([4.0, 8.0]));
}

#[test]
fn another_cells_file_and_what_is_no_file_are_refused() {
    assert!(refusal(&file("pgd:10\u{1b}[2J", None)).contains("attack pgd:10␛[2J, wanted fgsm"));
    assert!(refusal(b"not one").contains("not a safetensors file"));
    let whole = file("fgsm", None);
    assert!(refusal(&whole[..whole.len() - 1]).contains("not a safetensors file"));
    let huge = [&u64::MAX.to_le_bytes()[..], b"{}"].concat();
    assert!(refusal(&huge).contains("not a safetensors file"));
}

#[test]
fn other_types_shapes_and_numbers_of_images_are_refused_with_what_is_needed() {
    for (name, dtype, shape, said) in [
        (
            "adversarial",
            Dtype::F32,
            vec![2, 3, 2, 2],
            "adversarial is F32 [2, 3, 2, 2]; this checkpoint needs F32 [n, 1, 2, 2]",
        ),
        ("adversarial", Dtype::F64, vec![2, 1, 2, 2], "needs F32"),
        ("clean_logits", Dtype::F32, vec![2, 10], "needs F32 [n, 3]"),
        (
            "label",
            Dtype::I64,
            vec![2],
            "label is I64 [2]; this checkpoint needs U8 [n]",
        ),
        ("label", Dtype::U8, vec![], "needs U8 [n]"),
        ("place", Dtype::I64, vec![1], "the same number of images"),
        ("clean", Dtype::F32, vec![0, 1, 2, 2], "the same number of images"),
    ] {
        let found = refusal(&file("fgsm", Some((name, dtype, shape))));
        assert!(found.contains(said), "{name}: {found}");
    }
    let many = file("fgsm", None);
    let few = Shape { most: 1, ..SHAPE };
    assert!(parse(&many, &cell(), &few).err().unwrap().contains("from 1 to 1"));
}

#[test]
fn an_image_outside_its_radius_or_outside_the_pixels_is_none() {
    let clean = [0.5, 0.5, 0.0, 1.0];
    let eps = 8.0 / 255.0;
    for (moved, norm, is) in [
        ([0.53, 0.47, 0.0, 1.0], Norm::Linf, true),
        ([0.54, 0.5, 0.0, 1.0], Norm::Linf, false),
        // Beyond the radius by less and by more than rounding.
        ([0.5 + 0.031_372_55 + 5e-7, 0.5, 0.0, 1.0], Norm::Linf, true),
        ([0.5 + 0.031_372_55 + 5e-6, 0.5, 0.0, 1.0], Norm::Linf, false),
        ([0.5, 0.5 - 0.031_372_55 - 5e-6, 0.0, 1.0], Norm::L2, false),
        ([0.53, 0.47, 0.0, 1.0], Norm::L2, false),
        ([0.52, 0.48, 0.0, 1.0], Norm::L2, true),
        ([0.5, 0.5, -0.001, 1.0], Norm::Linf, false),
        ([0.5, 0.5, 0.0, 1.001], Norm::Linf, false),
        ([0.5, f32::NAN, 0.0, 1.0], Norm::Linf, false),
    ] {
        assert_eq!(
            budget::of(norm, eps, Range::UNIT).holds(&moved, &clean),
            is,
            "{moved:?} {norm:?}"
        );
    }
}
