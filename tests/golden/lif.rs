//! One LIF layer: `tau{τ}.T{T}.{mode}_{surrogate}_{width}.{input,upstream,spikes,input_gradient}`.

use crate::compare::{File, Tally, Tolerance};
use spikedeck::snn::backend::{Device, Membrane, download, kernels};
use spikedeck::spec::Surrogate;

pub fn check(file: &File, device: &Device, tally: &mut Tally) {
    let cases: Vec<&str> = file.tensors.keys().filter_map(|k| k.strip_suffix(".input")).collect();
    for case in cases {
        let (shape, input) = &file.tensors[&format!("{case}.input")];
        let (tau, rest) = case.strip_prefix("tau").unwrap().split_once(".T").unwrap();
        let (steps, neuron) = rest.split_once('.').unwrap();
        let parts: Vec<&str> = neuron.split('_').collect();
        let [mode, surrogate, width] = parts[..] else {
            panic!("{case}")
        };
        let width: f32 = width.parse().unwrap();
        let membrane = Membrane {
            steps: steps.parse().unwrap(),
            neurons: shape[1..].iter().product(),
            constant_input: false,
            leak: tau.parse().unwrap(),
            threshold: 1.0,
            soft_reset: false,
            detach_reset: false,
            strict: mode == "bptr",
        };
        let x = device.upload(input.clone());
        let upstream = device.upload(file.get(&format!("{case}.upstream")).to_vec());
        let (spikes, u) = kernels::lif(x.clone(), membrane);
        let gradient = match (mode, surrogate) {
            ("bptr", _) => kernels::rate_backward(x, upstream, membrane),
            (_, "zif") => kernels::lif_backward(u, upstream, membrane, Surrogate::Triangle(width)),
            (_, "sig") => kernels::lif_backward(u, upstream, membrane, Surrogate::Sigmoid(width)),
            (_, "atan") => kernels::lif_backward(u, upstream, membrane, Surrogate::Arctan(width)),
            _ => panic!("{case}: unknown surrogate"),
        };
        tally.input(&format!("{case}.input"));
        tally.input(&format!("{case}.upstream"));
        tally.compare(file, &format!("{case}.spikes"), &download(&spikes), Tolerance::Equal);
        tally.compare(
            file,
            &format!("{case}.input_gradient"),
            &download(&gradient),
            Tolerance::Gradient,
        );
    }
}
