//! How to add a kind of layer: a leaky ReLU, composed of burn's operations, in a network of layers of the product.

use super::{AveragePool, BatchNorm, Convolution, Flatten, Lif, Linear};
use crate::snn::layer::{Backward, Builder, Cost, Flow, Forward, Layer, Layers, Memory, Planning};
use crate::snn::{How, Network, backend::Device, backend::download, build::Blueprint, plan::plan_of, signal::Signal};
use crate::spec::{NetworkSpec, Surrogate};

/// max(x, 0) + 0.3·min(x, 0).
struct LeakyRelu;

impl Layer for LeakyRelu {
    fn forward(&self, pass: &mut Forward<'_>, x: Signal) -> (Signal, Memory) {
        let (data, shape) = (
            x.data.clone().clamp_min(0.0) + x.data.clone().clamp_max(0.0) * 0.3,
            x.shape,
        );
        (Signal { data, shape }, pass.keep(|| Memory::of(x)))
    }

    fn backward(&self, _: &mut Backward<'_>, memory: Memory, gy: Signal, _want_input: bool) -> Option<Signal> {
        let Signal { data: x, shape } = memory.take()?;
        let data = gy.data * (x.greater_elem(0.0).float() * 0.7 + 0.3);
        Some(Signal { data, shape })
    }

    fn plan(&self, plan: &mut Planning<'_>, output: Flow) -> Flow {
        plan.layer(&[], Cost::keeping(output.values(), output))
    }
}

fn blueprint(spec: &NetworkSpec) -> Blueprint {
    let mut b = Builder::new(spec.image);
    let mut layers: Layers = vec![Box::new(Convolution::build(&mut b, "a", 4, 3, 1, true))];
    layers.push(Box::new(LeakyRelu));
    layers.push(Box::new(BatchNorm::build(&mut b, "b")));
    layers.push(Box::new(Lif::of(spec)));
    layers.push(Box::new(AveragePool::build(&mut b, 2)));
    layers.push(Box::new(Flatten::build(&mut b)));
    layers.push(Box::new(Linear::build(&mut b, "c", 3)));
    Blueprint::of(layers, b)
}

#[test]
fn a_layer_of_one_file_is_computed_differentiated_checkpointed_and_planned() {
    let of =
        serde_json::json!({"family": "vgg", "classes": 3, "image": [1, 4, 4], "mean": [0.5], "std": [0.5], "steps": 4});
    let spec: NetworkSpec = serde_json::from_value(of).unwrap();
    // What enters the convolution, the toy, the batch norm, which serves the neurons too, and the linear layer.
    assert_eq!(plan_of(&blueprint(&spec), &spec).remembered, 16 + 64 + 64 + 4 * 16);
    let network = Network::of(blueprint(&spec), &spec, &Device::find("cpu").unwrap(), 3);
    let x: Vec<f32> = (0..32).map(|i| (i * 37 % 101) as f32 / 101.0).collect();
    let (slope, how) = ([1.0, -1.0, 0.5, 0.2, 0.7, -0.4], How::train(Surrogate::REFERENCE));
    let [kept, again] = [false, true].map(|recompute| {
        let pass = network.forward(&x, 2, &How { recompute, ..how });
        let gx = network.input_gradient(&pass, &slope);
        let weights = network.weight_gradients(pass, &slope, None);
        (gx, weights.iter().flatten().map(download).collect::<Vec<_>>())
    });
    assert!(kept == again && kept.1.len() == 6 && kept.0.iter().any(|g| *g != 0.0));
    // The rate curve of many levels makes the network differentiable, but for kinks that few pixels cross.
    let mut twin = network.into_twin();
    twin.levels = Some(1 << 20);
    let value = |i: usize, d: f32| -> f32 {
        let mut x = x.clone();
        x[i] += d;
        let logits = twin.forward(&x, 2, &how).logits;
        logits.iter().zip(slope).map(|(z, s)| z * s).sum()
    };
    let gx = twin.input_gradient(&twin.forward(&x, 2, &how), &slope);
    let numeric: Vec<f32> = (0..32).map(|i| (value(i, 2e-3) - value(i, -2e-3)) / 4e-3).collect();
    let close = gx
        .iter()
        .zip(&numeric)
        .filter(|(g, n)| (*g - *n).abs() < 0.03 * n.abs().max(0.2));
    assert!(close.count() >= 28, "{gx:?} {numeric:?}");
}
