//! Samples through every coding and back, and frames through a whole network.

use super::*;
use crate::snn::{How, Network, encoder::testing};

const SLOPE: [f32; 3] = [1.0, -1.0, 0.5];

/// Values of a static sample of the toy.
fn image() -> Vec<f32> {
    (0..32).map(|i| (i * 7 % 32) as f32 / 31.0).collect()
}

fn passed(network: &Network, samples: &[f32], n: usize) -> (Vec<f32>, Vec<f32>) {
    let pass = network.forward(samples, n, &How::attack(How::EVALUATE.mode));
    let gradient = network.input_gradient(&pass, &SLOPE.repeat(n));
    (pass.logits, gradient)
}

#[test]
fn a_frame_that_stays_is_the_static_image_and_its_gradients_add_up_to_that_ones() {
    let (framed, still) = testing::networks(3);
    let (logits, gradient) = passed(&framed, &image().repeat(3), 1);
    let (expected, whole) = passed(&still, &image(), 1);
    assert_eq!((gradient.len(), whole.len()), (3 * 32, 32));
    assert!(whole.iter().any(|g| *g != 0.0));
    assert_eq!(logits, expected);
    for (i, g) in whole.iter().enumerate() {
        let sum: f32 = (0..3).map(|t| gradient[t * 32 + i]).sum();
        assert!((sum - g).abs() < 1e-5, "{i}: {sum} {g}");
    }
}

#[test]
fn frames_are_shown_in_their_order_and_each_has_a_gradient_of_its_own() {
    let (framed, _) = testing::networks(3);
    let dark = vec![0.0; 32];
    let early = [image(), dark.clone(), dark.clone()].concat();
    let late = [dark.clone(), dark, image()].concat();
    let (logits, gradient) = passed(&framed, &[early.clone(), late.clone()].concat(), 2);
    assert_ne!(logits[..3], logits[3..], "the order counts");
    assert_eq!(gradient.len(), 2 * 3 * 32);
    assert_eq!(
        passed(&framed, &late, 1),
        (logits[3..].to_vec(), gradient[96..].to_vec())
    );
    let frame = |t: usize| &gradient[t * 32..][..32];
    assert!(frame(0) != frame(1), "frames are told apart on the way back");
}

#[test]
fn weights_learn_from_frames() {
    let (framed, _) = testing::networks(2);
    let samples = [image(), image()].concat();
    let pass = framed.forward(&samples, 1, &How::train(crate::spec::Surrogate::REFERENCE));
    let found = framed.weight_gradients(pass, &SLOPE, None);
    assert!(found.iter().all(Option::is_some));
}

#[test]
fn work_on_frames_is_that_of_every_frame() {
    let how = How {
        observe: true,
        ..How::attack(How::EVALUATE.mode)
    };
    let (framed, still) = testing::networks(2);
    let frames = framed.work(&framed.forward(&image().repeat(2), 1, &how));
    let once = still.work(&still.forward(&image(), 1, &how));
    assert_eq!(frames.multiply_accumulates, 2.0 * once.multiply_accumulates);
    assert_eq!(frames.synaptic_operations, once.synaptic_operations);
}

#[test]
fn a_gradient_comes_back_in_the_samples_form_with_its_zeros_signs() {
    let (_, still) = testing::networks(2);
    let encoder = Encoder {
        input: still.encoder.input(),
        coding: Box::new(Poisson { steps: 2 }),
    };
    let encoded = encoder.encode(&still.device, &image(), &[0], 5);
    let minus = Signal {
        data: still.device.upload(vec![-0.0; 64]),
        shape: encoded.shape,
    };
    let found = encoder.decode(minus, encoded.shape);
    assert_eq!(found.len(), 32);
    assert!(found.iter().all(|g| g.is_sign_negative()));
    assert!(encoder.is_random() && encoder.is_spiking() && !still.encoder.is_random());
}

#[test]
fn a_coding_of_one_file_is_encoded_differentiated_and_seen_by_the_plan_of_work() {
    let (framed, _) = testing::networks(3);
    let blinking = testing::blinking(3);
    assert_eq!((blinking.encoder.steps(), blinking.encoder.is_random()), (3, false));
    let (logits, gradient) = passed(&blinking, &image(), 1);
    // In frames, nothing is what the normalisation makes nothing of: the mean.
    let nothing: Vec<f32> = (0..32).map(|i| if i < 16 { 0.5 } else { 0.25 }).collect();
    let (expected, by_frame) = passed(&framed, &[image(), nothing, image()].concat(), 1);
    assert_eq!(logits, expected);
    for (i, g) in gradient.iter().enumerate() {
        assert!((by_frame[i] + by_frame[64 + i] - g).abs() < 1e-5, "{i}");
    }
}
