//! Convolutions beside their definition, one product at a time.

use super::*;
use crate::snn::backend::kernels::Plane;

/// The definition, channels last, one product at a time.
fn plain(x: &[f32], w: &[f32], b: &[f32], c: Convolution) -> Vec<f32> {
    let out = c.output();
    let mut y = Vec::new();
    for n in 0..c.input.rows {
        for (oy, ox) in (0..out.height).flat_map(|y| (0..out.width).map(move |x| (y, x))) {
            for o in 0..c.outputs {
                let mut sum = b[o];
                for tap in 0..c.kernel * c.kernel {
                    let (ky, kx) = (tap / c.kernel, tap % c.kernel);
                    let iy = (oy * c.stride + ky) as isize - c.padding as isize;
                    let ix = (ox * c.stride + kx) as isize - c.padding as isize;
                    if iy < 0 || ix < 0 || iy >= c.input.height as isize || ix >= c.input.width as isize {
                        continue;
                    }
                    let at = (n * c.input.height + iy as usize) * c.input.width + ix as usize;
                    for ch in 0..c.input.channels {
                        let weight = w[(o * c.input.channels + ch) * c.kernel * c.kernel + tap];
                        sum += weight * x[at * c.input.channels + ch];
                    }
                }
                y.push(sum);
            }
        }
    }
    y
}

fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut random = crate::random::stream(seed, crate::random::Purpose::Probe, 0, 0);
    (0..n).map(|_| random.symmetric(1.0)).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn forward_is_the_definition_and_both_gradients_are_its_adjoints() {
    for (kernel, stride, height, width) in [
        (3, 1, 7, 5),
        (3, 2, 8, 6),
        (1, 1, 4, 4),
        (1, 2, 6, 4),
        (3, 1, 1, 1),
        (3, 1, 2, 40),
    ] {
        let input = Plane {
            rows: 3,
            channels: 5,
            height,
            width,
        };
        let c = Convolution {
            input,
            outputs: 4,
            kernel,
            stride,
            padding: kernel / 2,
        };
        let (x, w, b) = (numbers(input.len(), 1), numbers(4 * c.fan_in(), 2), numbers(4, 3));
        let mut y = vec![f32::NAN; c.output().len()];
        forward(&x, &w, &b, &mut y, c, Branch::Measured);
        let want = plain(&x, &w, &b, c);
        assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4), "{c:?}");
        let gy = numbers(y.len(), 4);
        let (mut gx, mut gw) = (vec![f32::NAN; x.len()], vec![f32::NAN; w.len()]);
        input_gradient(&gy, &w, &mut gx, c, Branch::Measured);
        weight_gradient(&x, &gy, &mut gw, c, Branch::Measured);
        let linear = dot(&plain(&x, &w, &[0.0; 4], c), &gy);
        assert!(
            (dot(&gx, &x) - linear).abs() < 1e-3 && (dot(&gw, &w) - linear).abs() < 1e-3,
            "{c:?}"
        );
    }
}

/// Mostly zeros: spikes, or spikes pooled over four positions.
fn activity(n: usize, share: f32, pooled: bool) -> Vec<f32> {
    let levels = numbers(n, 8);
    numbers(n, 7)
        .iter()
        .zip(levels)
        .map(|(v, level)| match (v + 1.0) * 0.5 < share {
            true if pooled => ((level + 1.0) * 2.0).ceil() / 4.0,
            true => 1.0,
            false => 0.0,
        })
        .collect()
}

#[test]
fn event_driven_kernels_agree_with_the_dense_ones() {
    for (channels, outputs, side, share, pooled) in [
        (8, 70, 5, 0.2, false),
        (33, 20, 6, 0.3, true),
        (16, 64, 1, 0.5, false),
        (24, 9, 17, 0.1, true),
        (9, 7, 3, 0.0, false),
        (17, 5, 4, 1.0, false),
    ] {
        let input = Plane {
            rows: 7,
            channels,
            height: side,
            width: side + 1,
        };
        let c = Convolution {
            input,
            outputs,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let x = activity(input.len(), share, pooled);
        let (w, b) = (numbers(outputs * c.fan_in(), 2), numbers(outputs, 3));
        let gy = numbers(c.output().len(), 4);
        // As it comes from neurons: zero outside the surrogate's support.
        let upstream: Vec<f32> = gy.iter().map(|g| if g.abs() < 0.7 { 0.0 } else { *g }).collect();
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-4);
        let of = |branch| {
            let (mut y, mut gw) = (vec![f32::NAN; c.output().len()], vec![f32::NAN; w.len()]);
            forward(&x, &w, &b, &mut y, c, branch);
            weight_gradient(&x, &gy, &mut gw, c, branch);
            let mut gx = vec![f32::NAN; x.len()];
            input_gradient(&upstream, &w, &mut gx, c, branch);
            (y, gw, gx)
        };
        let (dense, events, winograd) = (of(Branch::Dense), of(Branch::Events), of(Branch::Winograd));
        assert!(close(&dense.0, &plain(&x, &w, &b, c)), "dense forward, {c:?}");
        assert!(close(&dense.0, &events.0), "forward, {c:?}");
        assert!(close(&dense.1, &events.1), "weight gradient, {c:?}");
        assert!(close(&dense.2, &events.2), "input gradient, {c:?}");
        assert!(close(&dense.2, &winograd.2), "input gradient by Winograd, {c:?}");
        assert_eq!(dense.0, winograd.0, "a forward pass never goes by Winograd");
    }
}

#[test]
fn an_image_is_computed_alike_in_any_company() {
    // Kernel, stride, channels in and out, side.
    for (kernel, stride, channels, outputs, side) in [
        (3, 1, 16, 12, 4),
        (3, 2, 16, 24, 8),
        (1, 2, 16, 32, 8),
        (1, 1, 8, 5, 3),
        (3, 1, 3, 16, 16),
        (3, 2, 64, 40, 6),
    ] {
        let c = Convolution {
            input: Plane {
                rows: 9,
                channels,
                height: side,
                width: side,
            },
            outputs,
            kernel,
            stride,
            padding: kernel / 2,
        };
        let image = c.input.len() / c.input.rows;
        let x: Vec<f32> = (0..c.input.rows)
            .flat_map(|n| activity(image, [0.1, 0.9, 0.3][n % 3], n % 2 == 0))
            .collect();
        let (w, b) = (numbers(outputs * c.fan_in(), 2), numbers(outputs, 3));
        let upstream = numbers(c.output().len(), 4);
        let of = |x: &[f32], upstream: &[f32]| {
            let input = Plane {
                rows: x.len() / image,
                ..c.input
            };
            let c = Convolution { input, ..c };
            let (mut y, mut gx) = (vec![f32::NAN; c.output().len()], vec![f32::NAN; x.len()]);
            forward(x, &w, &b, &mut y, c, Branch::Measured);
            input_gradient(upstream, &w, &mut gx, c, Branch::Measured);
            (y, gx)
        };
        let (y, gx) = of(&x, &upstream);
        let each = c.output().len() / c.input.rows;
        for size in [1, 2, 4] {
            let parts = x.chunks(size * image).zip(upstream.chunks(size * each));
            let parts: Vec<_> = parts.map(|(x, upstream)| of(x, upstream)).collect();
            let ys: Vec<f32> = parts.iter().flat_map(|p| &p.0).copied().collect();
            let gxs: Vec<f32> = parts.iter().flat_map(|p| &p.1).copied().collect();
            assert_eq!(ys, y, "forward by {size}, {c:?}");
            assert_eq!(gxs, gx, "input gradient by {size}, {c:?}");
        }
    }
}
