//! Each mode against a plain loop over one neuron's time, in f64.

use super::*;
use crate::random::{Purpose, stream};
use crate::snn::backend::{Device, download, kernels};
use crate::spec::Spread;
use std::f64::consts::PI;

const IMAGES: usize = 3;
const CHANNELS: usize = 2;
const SIDE: usize = 2;
const STEPS: usize = 5;
const UNITS: usize = CHANNELS * SIDE * SIDE;
const NEURONS: usize = IMAGES * UNITS;

fn membrane(leak: f32, soft_reset: bool, detach_reset: bool) -> Membrane {
    Membrane {
        steps: STEPS,
        neurons: NEURONS,
        constant_input: false,
        leak,
        threshold: 0.8,
        soft_reset,
        detach_reset,
        strict: false,
    }
}

fn shape(images: usize) -> Shape {
    Shape {
        steps: STEPS,
        images,
        channels: CHANNELS,
        height: SIDE,
        width: SIDE,
    }
}

/// Currents, the potentials that they lead to, and the gradients of the spikes; the last two in the device's order.
struct Case {
    m: Membrane,
    device: Device,
    u: Array,
    gs: Array,
}

impl Case {
    fn new(m: Membrane) -> Case {
        let device = Device::find("cpu").unwrap();
        let mut random = stream(5, Purpose::Probe, 0, 0);
        let x: Vec<f32> = (0..STEPS * NEURONS).map(|_| 0.4 + random.symmetric(1.0)).collect();
        let gs: Vec<f32> = (0..STEPS * NEURONS).map(|_| random.symmetric(1.0)).collect();
        let (_, u) = kernels::lif(device.upload(x), m);
        let gs = device.upload(gs);
        Case { m, device, u, gs }
    }

    fn found(&self, mode: BackwardMode, sharpness: &mut Sharpness) -> Vec<f64> {
        let layer = Spiked {
            u: &self.u,
            gs: self.gs.clone(),
            membrane: self.m,
            shape: shape(IMAGES),
        };
        let gx = download(&backward(mode, layer, sharpness).unwrap());
        gx.into_iter().map(f64::from).collect()
    }

    /// Values `[T, neurons]` of one neuron.
    fn of(&self, x: &Array, neuron: usize) -> Vec<f64> {
        let x = download(x);
        (0..STEPS).map(|t| f64::from(x[t * NEURONS + neuron])).collect()
    }

    /// Back-propagation through time where the slope of each step is known.
    fn plain(&self, neuron: usize, slope: &[f64]) -> Vec<f64> {
        let (u, gs) = (self.of(&self.u, neuron), self.of(&self.gs, neuron));
        let (leak, theta) = (f64::from(self.m.leak), f64::from(self.m.threshold));
        let mut gv = 0.0;
        let mut gx = vec![0.0; STEPS];
        for t in (0..STEPS).rev() {
            let fired = u[t] >= theta;
            let reset = if self.m.soft_reset { theta } else { u[t] };
            let keep = if fired && !self.m.soft_reset { 0.0 } else { 1.0 };
            let through = if self.m.detach_reset { 0.0 } else { gv * reset };
            gx[t] = (gs[t] - through) * slope[t] + gv * keep;
            gv = leak * gx[t];
        }
        gx
    }

    fn check(&self, found: &[f64], want: impl Fn(usize) -> Vec<f64>) {
        for n in 0..NEURONS {
            for (t, want) in want(n).iter().enumerate() {
                let found = found[t * NEURONS + n];
                assert!(
                    (found - want).abs() < 2e-4 * (1.0 + want.abs()),
                    "neuron {n} step {t}: {found} {want}"
                );
            }
        }
    }
}

fn every_membrane() -> impl Iterator<Item = Case> {
    (0..8).map(|flags| {
        let leak = if flags & 1 != 0 { 0.5 } else { 1.0 };
        Case::new(membrane(leak, flags & 2 != 0, flags & 4 != 0))
    })
}

#[test]
fn active_passes_the_gradient_to_every_step_of_a_neuron_that_fired() {
    for case in every_membrane() {
        let found = case.found(BackwardMode::Active, &mut Sharpness::default());
        let theta = f64::from(case.m.threshold);
        let fired: Vec<bool> = (0..NEURONS)
            .map(|n| case.of(&case.u, n).iter().any(|u| *u >= theta))
            .collect();
        assert!(fired.contains(&true) && fired.contains(&false));
        case.check(&found, |n| {
            let gs = case.of(&case.gs, n);
            gs.iter().map(|g| if fired[n] { *g } else { 0.0 }).collect()
        });
    }
}

#[test]
fn hart_cuts_the_recursion_and_averages_over_time() {
    for case in every_membrane() {
        let found = case.found(BackwardMode::Hart(0.7), &mut Sharpness::default());
        let theta = f64::from(case.m.threshold);
        case.check(&found, |n| {
            let (u, gs) = (case.of(&case.u, n), case.of(&case.gs, n));
            let own = u.iter().zip(&gs);
            let sum: f64 = own.map(|(u, g)| g * (0.7 - (u - theta).abs()).max(0.0) / 0.49).sum();
            vec![sum / STEPS as f64; STEPS]
        });
    }
}

#[test]
fn assg_learns_each_neurons_own_sharpness_over_the_steps_of_an_attack() {
    for case in every_membrane() {
        let a = 0.425f64;
        let mut sharpness = Sharpness::default();
        for looks in 1..4 {
            sharpness.begin(&[7, 8, 9], false);
            let found = case.found(BackwardMode::Assg(a as f32), &mut sharpness);
            case.check(&found, |n| {
                let theta = f64::from(case.m.threshold);
                let slope = |u: &f64| {
                    let v = u - theta;
                    let (mut mean, mut deviation) = (1.0, 0.0);
                    for _ in 0..looks {
                        mean = 0.9 * mean + 0.1 * v.abs();
                        deviation = 0.9 * deviation + 0.1 * (v.abs() - mean).abs();
                    }
                    let alpha = 2.0 / PI * (PI * a).tan() / (mean + 1.5 * deviation + 1e-4);
                    0.5 * alpha / (1.0 + (0.5 * PI * alpha * v).powi(2))
                };
                let slopes: Vec<f64> = case.of(&case.u, n).iter().map(slope).collect();
                case.plain(n, &slopes)
            });
        }
    }
}

#[test]
fn what_assg_learned_of_an_image_leaves_and_stays_with_it() {
    let case = Case::new(membrane(1.0, false, false));
    let v = case.u.clone().reshape([STEPS, NEURONS]) - case.m.threshold;
    let of_image = |x: Vec<f32>, image: usize, images: usize| -> Vec<f32> {
        let per_step = x.len() / STEPS;
        let at = |t: usize| t * per_step + image * per_step / images;
        (0..STEPS).flat_map(|t| x[at(t)..at(t) + UNITS].to_vec()).collect()
    };
    let flat = |x: Tensor<2>| {
        let n = x.dims()[0] * x.dims()[1];
        download(&x.reshape([n]))
    };
    let only = |image: usize| v.clone().slice([0..STEPS, image * UNITS..(image + 1) * UNITS]);
    let mut sharpness = Sharpness::default();
    sharpness.begin(&[4, 5, 6], false);
    sharpness.slope(v.clone(), 3, 0.4);
    // A frozen pass uses what is known and learns nothing.
    sharpness.begin(&[4, 5, 6], true);
    let known = flat(sharpness.slope(v.clone(), 3, 0.4));
    sharpness.begin(&[6], true);
    assert_eq!(
        flat(sharpness.slope(only(2), 1, 0.4)),
        of_image(known.clone(), 2, 3),
        "image 6 is known"
    );
    sharpness.begin(&[9, 6], true);
    let pair = Tensor::cat(vec![only(0), only(2)], 1);
    let both = flat(sharpness.slope(pair, 2, 0.4));
    assert_eq!(of_image(both.clone(), 1, 2), of_image(known, 2, 3));
    let mut fresh = Sharpness::default();
    fresh.begin(&[9], true);
    assert_eq!(
        of_image(both, 0, 2),
        flat(fresh.slope(only(0), 1, 0.4)),
        "image 9 begins afresh"
    );
}

#[test]
fn pdsg_is_as_wide_as_a_channels_potentials_are_spread_so_far() {
    for case in every_membrane() {
        let found = case.found(BackwardMode::Pdsg(Spread::Channel), &mut Sharpness::default());
        let plane = shape(IMAGES).plane();
        // The channel of each neuron in the device's own order.
        let numbers = (0..NEURONS * STEPS).map(|i| (i / (SIDE * SIDE) % CHANNELS) as f32);
        let channels = download(&kernels::plane_in(case.device.upload(numbers.collect()), plane));
        let theta = f64::from(case.m.threshold);
        let sigma = |n: usize, t: usize| {
            let alike = (0..NEURONS).filter(|o| channels[*o] == channels[n]);
            let seen: Vec<f64> = alike.flat_map(|o| case.of(&case.u, o)[..=t].to_vec()).collect();
            let mean = seen.iter().sum::<f64>() / seen.len() as f64;
            (seen.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / (seen.len() - 1) as f64).sqrt()
        };
        case.check(&found, |n| {
            let potentials = case.of(&case.u, n);
            let slope = |(t, u): (usize, &f64)| {
                let s = sigma(n, t);
                (-0.5 * ((u - theta - s / 2.0) / s).powi(2)).exp() / (s * (2.0 * PI).sqrt())
            };
            let slopes: Vec<f64> = potentials.iter().enumerate().map(slope).collect();
            case.plain(n, &slopes)
        });
    }
}

#[test]
fn potentials_that_do_not_differ_count_as_spread_by_one() {
    let m = Membrane {
        neurons: 4,
        ..membrane(1.0, false, true)
    };
    let device = Device::find("cpu").unwrap();
    let still = Shape {
        channels: 4,
        height: 1,
        width: 1,
        ..shape(1)
    };
    let u = device.upload(vec![0.8; STEPS * 4]).reshape([STEPS, 4]);
    let slopes = download(&potentials::slope(u, m, still, Spread::Layer).reshape([STEPS * 4]));
    let want = (-0.125f32).exp() / (2.0 * std::f32::consts::PI).sqrt();
    assert!(slopes.iter().all(|s| (s - want).abs() < 1e-5), "{slopes:?}");
}

#[test]
fn pdsg_in_a_linear_layer_is_as_wide_as_each_neurons_potentials_unless_asked_for_the_layers() {
    let (images, neurons) = (5, 3);
    let m = Membrane {
        neurons: images * neurons,
        ..membrane(1.0, false, true)
    };
    let linear = Shape {
        channels: neurons,
        height: 1,
        width: 1,
        ..shape(images)
    };
    let mut random = stream(6, Purpose::Probe, 0, 0);
    // Each neuron's potentials spread ten times as far as the one's before it; one image's lie side by side.
    let u: Vec<f32> = (0..STEPS * images * neurons)
        .map(|i| random.symmetric(0.1) * 10f32.powi((i % neurons) as i32))
        .collect();
    let slopes = |spread| {
        let on_device = Device::find("cpu").unwrap().upload(u.clone());
        let slopes = potentials::slope(on_device.reshape([STEPS, images * neurons]), m, linear, spread);
        download(&slopes.reshape([STEPS * images * neurons]))
    };
    // As `torch.std` of [images × steps so far] along dimension 0, which is one per neuron.
    let expected = |i: usize, alike: &dyn Fn(usize) -> bool| {
        let t = i / (images * neurons);
        let seen: Vec<f64> = (0..(t + 1) * images * neurons)
            .filter(|o| alike(*o))
            .map(|o| f64::from(u[o]))
            .collect();
        let mean = seen.iter().sum::<f64>() / seen.len() as f64;
        let s = (seen.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / (seen.len() - 1) as f64).sqrt();
        let v = f64::from(u[i]) - f64::from(m.threshold);
        (-0.5 * ((v - s / 2.0) / s).powi(2)).exp() / (s * (2.0 * PI).sqrt())
    };
    for (i, (own, whole)) in slopes(Spread::Channel).iter().zip(slopes(Spread::Layer)).enumerate() {
        let want = expected(i, &|o| o % neurons == i % neurons);
        assert!(
            (f64::from(*own) - want).abs() < 1e-4 * want.max(1.0),
            "{i}: {own} {want}"
        );
        let want = expected(i, &|_| true);
        assert!(
            (f64::from(whole) - want).abs() < 1e-4 * want.max(1.0),
            "{i}: {whole} {want}"
        );
    }
}

#[test]
fn a_constant_input_gathers_the_gradients_of_all_steps() {
    let case = Case::new(membrane(1.0, false, false));
    let constant = Membrane {
        constant_input: true,
        ..case.m
    };
    for mode in [
        BackwardMode::Active,
        BackwardMode::Hart(1.0),
        BackwardMode::Pdsg(Spread::Channel),
    ] {
        let apart = case.found(mode, &mut Sharpness::default());
        let layer = Spiked {
            u: &case.u,
            gs: case.gs.clone(),
            membrane: constant,
            shape: shape(IMAGES),
        };
        let gathered = download(&backward(mode, layer, &mut Sharpness::default()).unwrap());
        for (n, found) in gathered.iter().enumerate() {
            let want: f64 = (0..STEPS).map(|t| apart[t * NEURONS + n]).sum();
            assert!((f64::from(*found) - want).abs() < 1e-4, "{mode}: {found} {want}");
        }
    }
}
