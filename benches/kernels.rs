//! The kernels one by one on the default CPU device, at the shapes and densities of the small network after training:
//! `cargo bench --bench kernels`. `SPIKEDECK_KERNELS=dense|winograd|events` forces one branch of the convolutions. The group
//! `machine` says what this machine can do at best: a matrix product, and a walk through memory.

// A benchmark that cannot continue says so by panicking.
#![allow(clippy::expect_used)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use spikedeck::random::{Purpose, stream};
use spikedeck::snn::backend::{Array, Convolution, Device, Membrane, Neurons, Norm, NormedNeurons, Plane, kernels};
use spikedeck::spec::Surrogate;
use std::hint::black_box;
use std::time::Duration;

/// Time steps × images.
const ROWS: usize = 4 * 32;

fn device() -> Device {
    Device::find("cpu").expect("this build has a CPU backend")
}

fn upload(values: impl FnMut(usize) -> f32, n: usize) -> Array {
    device().upload((0..n).map(values).collect())
}

fn noise(n: usize, seed: u64) -> Array {
    let mut random = stream(seed, Purpose::Bench, 0, 0);
    upload(|_| random.symmetric(1.0), n)
}

/// Values of which so large a share is one, all others zero.
fn spikes(n: usize, share: f32) -> Array {
    let mut random = stream(1, Purpose::Bench, 0, 0);
    upload(|_| if random.uniform() < share { 1.0 } else { 0.0 }, n)
}

fn plane(channels: usize, side: usize) -> Plane {
    Plane {
        rows: ROWS,
        channels,
        height: side,
        width: side,
    }
}

/// The two roofs that kernels are held against: multiply-accumulates per second of a large matrix product, and bytes per second
/// of reading two long arrays and writing one.
fn machine(c: &mut Criterion) {
    let mut group = c.benchmark_group("machine");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let side = 1024;
    let (x, w, b) = (noise(side * side, 1), noise(side * side, 2), noise(side, 3));
    group.throughput(Throughput::Elements((side * side * side) as u64));
    group.bench_function("matrix product", |bench| {
        bench.iter(|| kernels::linear(x.clone(), w.clone(), b.clone(), side));
    });
    let long = 32 << 20;
    let x = noise(long, 4);
    let mut sum = Some(noise(long, 5));
    group.throughput(Throughput::Bytes(3 * 4 * long as u64));
    group.bench_function("memory", |bench| {
        bench.iter(|| {
            let before = sum.take().expect("put back by every round");
            sum = Some(kernels::accumulate(before, x.clone()));
        });
    });
}

/// Dense multiplications are the elements, so that the rate of each density can be held against the machine's peak.
fn convolutions(c: &mut Criterion) {
    let mut group = c.benchmark_group("convolution");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    for (from, to, side) in [(32, 64, 16), (64, 128, 8), (128, 256, 8)] {
        let shape = Convolution {
            input: plane(from, side),
            outputs: to,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let (w, b) = (noise(to * shape.fan_in(), 2), noise(to, 3));
        let gy = noise(shape.output().len(), 4);
        group.throughput(Throughput::Elements((shape.output().len() * shape.fan_in()) as u64));
        for share in [0.1, 0.2, 0.35, 1.0] {
            let x = spikes(shape.input.len(), share);
            let id = |pass: &str| BenchmarkId::new(format!("{pass} {from} to {to} at {side}"), share);
            group.bench_function(id("forward"), |bench| {
                bench.iter(|| kernels::convolution(x.clone(), w.clone(), b.clone(), shape));
            });
            group.bench_function(id("weight gradient"), |bench| {
                bench.iter(|| kernels::convolution_weight(x.clone(), gy.clone(), shape));
            });
        }
        group.bench_function(format!("input gradient {from} to {to} at {side}"), |bench| {
            bench.iter(|| kernels::convolution_input(gy.clone(), w.clone(), shape));
        });
    }
}

fn linear_layers(c: &mut Criterion) {
    let mut group = c.benchmark_group("linear");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let (inputs, outputs, rows) = (2048, 1024, ROWS);
    let (w, b, gy) = (noise(inputs * outputs, 2), noise(outputs, 3), noise(rows * outputs, 4));
    group.throughput(Throughput::Elements((inputs * outputs * rows) as u64));
    for share in [0.1, 0.35, 1.0] {
        let x = spikes(rows * inputs, share);
        group.bench_function(BenchmarkId::new("forward", share), |bench| {
            bench.iter(|| kernels::linear(x.clone(), w.clone(), b.clone(), rows));
        });
        group.bench_function(BenchmarkId::new("weight gradient", share), |bench| {
            bench.iter(|| kernels::linear_weight(x.clone(), gy.clone(), rows));
        });
    }
    group.bench_function("input gradient", |bench| {
        bench.iter(|| kernels::linear_input(gy.clone(), w.clone(), rows));
    });
}

/// A membrane of four steps for each neuron of `plane`.
fn membrane(plane: Plane) -> Membrane {
    Membrane {
        steps: 4,
        neurons: plane.len() / 4,
        constant_input: false,
        leak: 1.0,
        threshold: 1.0,
        soft_reset: false,
        detach_reset: false,
        strict: false,
    }
}

/// What a layer of neurons is one kernel of. Bound by memory: the elements are neurons × time steps.
fn fused(c: &mut Criterion) {
    let mut group = c.benchmark_group("element-wise");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let plane = plane(64, 16);
    let membrane = membrane(plane);
    let (x, gamma, beta) = (noise(plane.len(), 1), noise(64, 3), noise(64, 4));
    group.throughput(Throughput::Elements(plane.len() as u64));
    let neurons = Neurons {
        membrane,
        step: Plane {
            rows: ROWS / membrane.steps,
            ..plane
        },
        pool: 2,
        surrogate: Surrogate::REFERENCE,
    };
    let normed = NormedNeurons { neurons, eps: 1e-5 };
    let (mean, variance) = kernels::moments(x.clone(), plane);
    let small = noise(plane.pooled(2).len(), 5);
    let affine = || [gamma.clone(), beta.clone()];
    let statistics = || [mean.clone(), variance.clone()];
    group.bench_function("batch norm, LIF and pool", |bench| {
        bench.iter(|| {
            let ([gamma, beta], [mean, variance]) = (affine(), statistics());
            kernels::norm_spikes(x.clone(), gamma, beta, mean, variance, normed)
        });
    });
    group.bench_function("batch norm, LIF and pool, backward", |bench| {
        bench.iter(|| kernels::norm_spikes_backward(x.clone(), small.clone(), affine(), statistics(), normed));
    });
    group.bench_function("LIF and pool", |bench| {
        bench.iter(|| kernels::spikes(x.clone(), neurons))
    });
    group.bench_function("LIF and pool, backward", |bench| {
        bench.iter(|| kernels::spikes_backward(x.clone(), small.clone(), neurons));
    });
}

/// Its parts one by one.
fn element_wise(c: &mut Criterion) {
    let mut group = c.benchmark_group("element-wise");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    let plane = plane(64, 16);
    let membrane = membrane(plane);
    let norm = Norm { plane, eps: 1e-5 };
    let (x, gy) = (noise(plane.len(), 1), noise(plane.len(), 2));
    let (gamma, beta) = (noise(64, 3), noise(64, 4));
    group.throughput(Throughput::Elements(plane.len() as u64));
    let (mean, variance) = kernels::moments(x.clone(), plane);
    let small = noise(plane.pooled(2).len(), 5);
    group.bench_function("moments", |bench| bench.iter(|| kernels::moments(x.clone(), plane)));
    group.bench_function("LIF", |bench| bench.iter(|| kernels::lif(x.clone(), membrane)));
    group.bench_function("LIF, backward", |bench| {
        bench.iter(|| kernels::lif_backward(x.clone(), gy.clone(), membrane, Surrogate::REFERENCE));
    });
    group.bench_function("batch norm", |bench| {
        bench.iter(|| kernels::norm(x.clone(), gamma.clone(), beta.clone(), norm));
    });
    group.bench_function("batch norm, backward", |bench| {
        let of = || (x.clone(), gy.clone(), gamma.clone(), mean.clone(), variance.clone());
        bench.iter(|| {
            let (x, gy, gamma, mean, variance) = black_box(of());
            kernels::norm_backward(x, gy, gamma, mean, variance, norm)
        });
    });
    group.bench_function("pool", |bench| bench.iter(|| kernels::pool(x.clone(), plane, 2)));
    group.bench_function("pool, backward", |bench| {
        bench.iter(|| kernels::pool_backward(small.clone(), plane, 2));
    });
}

criterion_group!(benches, machine, convolutions, linear_layers, fused, element_wise);
criterion_main!(benches);
