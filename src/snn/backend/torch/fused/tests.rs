//! The CUDA kernels beside the Rust ones, on the CPU: their source is C++ but for a few words, so the machine's compiler can
//! make a program of it, with one copy for every set of switches.

use super::*;
use crate::snn::backend::{
    channels_last::{self, layout},
    kernels::{Membrane, Neurons, Plane},
    norms::scaling,
    samples::{SURROGATES, membranes, numbers},
};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn cases() -> Vec<(Neurons, bool)> {
    let step = Plane {
        rows: 3,
        channels: 4,
        height: 6,
        width: 10,
    };
    let mut cases = Vec::new();
    for (i, m) in membranes().into_iter().enumerate() {
        for (j, (pool, normed)) in [(1, false), (2, true), (2, false), (1, true)].into_iter().enumerate() {
            let n = Neurons {
                membrane: Membrane {
                    neurons: step.len(),
                    ..m
                },
                step,
                pool,
                surrogate: SURROGATES[(i + 4 * j) % SURROGATES.len()],
            };
            cases.push((n, normed));
        }
    }
    cases
}

/// A program that reads a case's number and arrays, and writes what both kernels make of them.
fn program(cases: &[(Neurons, bool)], place: &Path) -> std::path::PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snn/backend/torch/fused");
    let mut text = format!(
        "#include \"{}\"\n#include <cstdio>\n#include <vector>\n",
        here.join("host.h").display()
    );
    let mut choices = String::new();
    for (i, (n, normed)) in cases.iter().enumerate() {
        writeln!(text, "namespace case_{i} {{").unwrap();
        for (name, value) in Switches::of(0, *n, *normed).definitions() {
            writeln!(text, "#undef {name}\n#define {name} {value}").unwrap();
        }
        // Names that C++ would share between the copies.
        writeln!(text, "#define fire fire_{i}\n#define carry carry_{i}").unwrap();
        writeln!(
            text,
            "#include \"{}\"\n#undef fire\n#undef carry\n}}",
            here.join("neurons.cu").display()
        )
        .unwrap();
        let (l, inputs, outputs) = (Layer::of(*n).unwrap(), n.inputs().len(), n.outputs().len());
        let numbers = format!("{}, {}, {}, {}", l.maps, l.channels, l.height, l.width);
        let floats = format!("{:?}f, {:?}f, {:?}f", l.leak, l.threshold, l.parameter);
        writeln!(
            choices,
            "case {i}: {{ run<case_{i}::Layer>({{ {numbers}, {floats} }}, {inputs}, {outputs}, {}, {}, \
             case_{i}::fire_{i}, case_{i}::carry_{i}); break; }}",
            n.step.channels,
            outputs / n.membrane.steps,
        )
        .unwrap();
    }
    text.push_str(
        "template <class L, class F, class C> void run(L l, size_t in, size_t out, size_t channels, size_t windows, F fire, C carry) {\n\
           std::vector<float> x(in), scale(channels), shift(channels), gy(out), y(out), gx(in);\n\
           for (auto v : {&x, &scale, &shift, &gy}) if (fread(v->data(), 4, v->size(), stdin) != v->size()) throw 1;\n\
           for (blockIdx.x = 0; blockIdx.x < windows + 7; ++blockIdx.x) {\n\
             fire(x.data(), scale.data(), shift.data(), y.data(), l);\n\
             carry(x.data(), scale.data(), shift.data(), gy.data(), gx.data(), l);\n\
           }\n\
           fwrite(y.data(), 4, out, stdout); fwrite(gx.data(), 4, in, stdout);\n\
         }\n",
    );
    writeln!(
        text,
        "int main(int, char **a) {{ switch (atoi(a[1])) {{\n{choices}}} }}"
    )
    .unwrap();
    let (source, made) = (place.join("neurons.cpp"), place.join("neurons"));
    std::fs::write(&source, text).unwrap();
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    let done = Command::new(&compiler)
        .args(["-std=c++17", "-O1", "-ffp-contract=off", "-o"])
        .args([&made, &source])
        .output()
        .unwrap_or_else(|e| panic!("{compiler}, which the feature tch needs: {e}"));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    made
}

fn first(x: &[f32], p: Plane) -> Vec<f32> {
    let mut y = vec![0.0; x.len()];
    layout::channels_first(x, &mut y, p);
    y
}

#[test]
fn the_cuda_kernels_compute_what_the_rust_ones_do() {
    let place = tempfile::tempdir().unwrap();
    let cases = cases();
    let program = program(&cases, place.path());
    for (i, (n, normed)) in cases.into_iter().enumerate() {
        let (inside, outside, c) = (n.inputs(), n.outputs(), n.step.channels);
        let (x, gy) = (numbers(inside.len(), 1), numbers(outside.len(), 2));
        let (gamma, beta, mean) = (numbers(c, 3), numbers(c, 4), numbers(c, 5));
        let variance: Vec<f32> = numbers(c, 6).iter().map(|v| v * v + 0.1).collect();
        let (scale, shift) = scaling(&gamma, &beta, &mean, &variance, 1e-5);
        let mut scaled = x.clone();
        if normed {
            channels_last::norm::affine(&x, &scale, &shift, &mut scaled);
        }
        let [mut y, mut gx] = [outside.len(), inside.len()].map(|n| vec![9.0; n]);
        channels_last::spikes(&scaled, &mut y, n);
        channels_last::spikes_backward(&scaled, &gy, &mut gx, n);

        let mut child = Command::new(&program)
            .arg(i.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut into = child.stdin.take().unwrap();
        for values in [&first(&x, inside), &scale, &shift, &first(&gy, outside)] {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            into.write_all(&bytes).unwrap();
        }
        drop(into);
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success());
        let (quads, _) = out.stdout.as_chunks::<4>();
        let got: Vec<f32> = quads.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let (got_y, got_gx) = got.split_at(outside.len());
        assert_eq!(got_y, first(&y, outside), "spikes, {n:?}");
        assert!(y.iter().sum::<f32>() > 50.0, "few spikes test little");
        let largest = gx.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        for (a, b) in got_gx.iter().zip(&first(&gx, inside)) {
            assert!((a - b).abs() <= 1e-5 * largest.max(1.0), "{a} for {b}, {n:?}");
        }
    }
}
