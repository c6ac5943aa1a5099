//! An image's logits and input gradient do not depend on the batch it is in: to the bit on the default backend, on every
//! family of networks and with every coding.

use super::{How, Network, backend::Device};
use crate::random::{Purpose, stream};
use crate::spec::{BackwardMode, NetworkSpec, Surrogate};

fn network(spec: serde_json::Value) -> Network {
    let spec: NetworkSpec = serde_json::from_value(spec).unwrap();
    Network::new(&spec, &Device::find("cpu").unwrap(), 3).unwrap()
}

fn networks() -> Vec<(&'static str, Network)> {
    let vgg = |encoding: &str, hidden: &[usize]| {
        network(serde_json::json!({
            "family": "vgg", "blocks": [[16, "pool"], [32, "pool"]], "hidden": hidden, "classes": 10,
            "image": [1, 16, 16], "mean": [0.2], "std": [0.3], "steps": 4, "encoding": encoding,
        }))
    };
    let wide = network(serde_json::json!({
        "family": "wide_resnet", "depth": 10, "width": 1, "classes": 10,
        "image": [3, 32, 32], "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "steps": 3,
    }));
    vec![
        ("vgg", vgg("direct", &[])),
        ("vgg with a hidden layer", vgg("direct", &[300])),
        ("vgg, poisson", vgg("poisson", &[64])),
        ("wide residual network", wide),
    ]
}

#[test]
fn logits_and_input_gradients_do_not_depend_on_the_batch() {
    const IMAGES: usize = 21;
    for (name, network) in networks() {
        let size: usize = network.encoder.input().len();
        let mut random = stream(5, Purpose::Probe, 0, 0);
        let pixels: Vec<f32> = (0..IMAGES * size).map(|_| random.uniform()).collect();
        let how = How::attack(BackwardMode::Bptt(Surrogate::REFERENCE));
        let by = |batch: usize| {
            let (mut logits, mut gradients) = (Vec::new(), Vec::new());
            for (n, pixels) in pixels.chunks(batch * size).enumerate() {
                let places: Vec<u64> = ((n * batch) as u64..).take(pixels.len() / size).collect();
                let pass = network.forward_of(pixels, &places, &how);
                let slope = [1.0, -1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].repeat(places.len());
                gradients.extend(network.input_gradient(&pass, &slope));
                logits.extend(pass.logits);
            }
            (logits, gradients)
        };
        let (logits, gradients) = by(IMAGES);
        for batch in [1, 2, 8, 20] {
            let (z, g) = by(batch);
            assert!(z == logits, "{name}: logits differ with batches of {batch}");
            assert!(g == gradients, "{name}: input gradients differ with batches of {batch}");
        }
    }
}

#[test]
fn a_random_coding_draws_for_each_image_step_and_draw_anew() {
    let network = network(serde_json::json!({
        "family": "vgg", "blocks": [[8]], "hidden": [], "classes": 4, "image": [1, 6, 6], "mean": [0.5],
        "std": [0.25], "steps": 4, "encoding": "poisson",
    }));
    let pixels = vec![0.5; 2 * 36];
    let logits = |places: &[u64], draw: u64| {
        let how = How { draw, ..How::EVALUATE };
        network.forward_of(&pixels[..places.len() * 36], places, &how).logits
    };
    let both = logits(&[3, 4], 1);
    assert_ne!(both[..4], both[4..], "two equal images have draws of their own");
    assert_eq!(both, logits(&[3, 4], 1));
    assert_eq!(both[4..], logits(&[4], 1)[..], "whatever is beside them");
    assert_ne!(both, logits(&[3, 4], 2));
}
