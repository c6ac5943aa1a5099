//! Neurons on CUDA as one kernel each way (`neurons.cu`), compiled while the program runs. The loop over time is bound by
//! memory: composed of LibTorch's operations it reads and writes every membrane several times per step.
//!
//! Works on LibTorch's own memory and on the stream that it uses, CUDA's default one. Where NVRTC is not to be found, `None`
//! is the answer and the composition serves.

#[cfg(test)]
mod tests;

use crate::{snn::backend::kernels::Neurons, spec::Surrogate};
use cudarc::driver::{CudaContext, CudaFunction, DeviceRepr, LaunchConfig, PushKernelArg};
use cudarc::nvrtc::{CompileOptions, compile_ptx_with_opts};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tch::{Device, Kind, Tensor};

const SOURCE: &str = include_str!("neurons.cu");
/// Threads per block.
const BLOCK: u32 = 256;

/// What one compiled module is for: the device and the macros of `neurons.cu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Switches {
    device: usize,
    steps: usize,
    constant: bool,
    soft: bool,
    detach: bool,
    strict: bool,
    normed: bool,
    pool: usize,
    surrogate: u8,
}

impl Switches {
    fn of(device: usize, n: Neurons, normed: bool) -> Switches {
        let m = n.membrane;
        Switches {
            device,
            steps: m.steps,
            constant: m.constant_input,
            soft: m.soft_reset,
            detach: m.detach_reset,
            strict: m.strict,
            normed,
            pool: n.pool,
            surrogate: number(n.surrogate).0,
        }
    }

    /// As macros.
    fn definitions(self) -> [(&'static str, usize); 8] {
        [
            ("STEPS", self.steps),
            ("CONSTANT", self.constant.into()),
            ("SOFT", self.soft.into()),
            ("DETACH", self.detach.into()),
            ("STRICT", self.strict.into()),
            ("NORMED", self.normed.into()),
            ("POOL", self.pool),
            ("SURROGATE", self.surrogate.into()),
        ]
    }
}

/// The number of a surrogate in `neurons.cu`, and its parameter.
fn number(s: Surrogate) -> (u8, f32) {
    match s {
        Surrogate::Triangle(w) => (0, w),
        Surrogate::Sigmoid(a) => (1, a),
        Surrogate::Arctan(a) => (2, a),
        Surrogate::Rectangle(w) => (3, w),
        Surrogate::Gaussian(w) => (4, w),
        Surrogate::StraightThrough => (5, 1.0),
    }
}

/// Mirrors `Layer` in neurons.cu.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
struct Layer {
    maps: i32,
    channels: i32,
    height: i32,
    width: i32,
    leak: f32,
    threshold: f32,
    parameter: f32,
}

// SAFETY: seven plain 32-bit numbers in C's layout, which is how the kernel declares them.
unsafe impl DeviceRepr for Layer {}

impl Layer {
    /// `None` where a map count does not fit the kernel's numbers.
    fn of(n: Neurons) -> Option<Layer> {
        let small = |n: usize| i32::try_from(n).ok();
        Some(Layer {
            maps: small(n.step.rows * n.step.channels)?,
            channels: small(n.step.channels)?,
            height: small(n.step.height)?,
            width: small(n.step.width)?,
            leak: n.membrane.leak,
            threshold: n.membrane.threshold,
            parameter: number(n.surrogate).1,
        })
    }
}

/// Both kernels for some switches.
#[derive(Clone)]
struct Compiled {
    context: Arc<CudaContext>,
    fire: CudaFunction,
    carry: CudaFunction,
}

/// The kernels for these switches; `None` where they cannot be compiled; that is not tried again.
fn compiled(switches: Switches) -> Option<Compiled> {
    static MADE: OnceLock<Mutex<HashMap<Switches, Option<Compiled>>>> = OnceLock::new();
    let mut made = MADE
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    made.entry(switches).or_insert_with(|| compile(switches)).clone()
}

fn compile(switches: Switches) -> Option<Compiled> {
    // SAFETY: only looks whether the libraries can be loaded.
    let there = unsafe { cudarc::nvrtc::sys::is_culib_present() && cudarc::driver::sys::is_culib_present() };
    if !there {
        return None;
    }
    let context = CudaContext::new(switches.device).ok()?;
    let (major, minor) = context.compute_capability().ok()?;
    let mut options: Vec<String> = (switches.definitions().iter())
        .map(|(name, value)| format!("-D{name}={value}"))
        .collect();
    options.push(format!("--gpu-architecture=compute_{major}{minor}"));
    let options = CompileOptions {
        fmad: Some(false),
        options,
        ..CompileOptions::default()
    };
    let module = context.load_module(compile_ptx_with_opts(SOURCE, options).ok()?).ok()?;
    Some(Compiled {
        fire: module.load_function("fire").ok()?,
        carry: module.load_function("carry").ok()?,
        context,
    })
}

/// Scale and shift of the batch norm before the neurons, per channel.
pub type Scaling<'a> = Option<(&'a Tensor, &'a Tensor)>;

/// Spikes behind their pool.
pub fn forward(x: &Tensor, scaling: Scaling<'_>, n: Neurons) -> Option<Tensor> {
    let y = Tensor::empty([n.outputs().len() as i64], (Kind::Float, x.device()));
    launch(x, scaling, None, &y, n)?;
    Some(y)
}

/// ∂/∂current from the gradient of what the pool left.
pub fn backward(x: &Tensor, gy: &Tensor, scaling: Scaling<'_>, n: Neurons) -> Option<Tensor> {
    let gx = Tensor::empty([n.inputs().len() as i64], (Kind::Float, x.device()));
    launch(x, scaling, Some(gy), &gx, n)?;
    Some(gx)
}

/// Runs `carry` where there is a gradient to carry, else `fire`.
fn launch(x: &Tensor, scaling: Scaling<'_>, gy: Option<&Tensor>, out: &Tensor, n: Neurons) -> Option<()> {
    let Device::Cuda(device) = x.device() else { return None };
    let layer = Layer::of(n)?;
    let kernels = compiled(Switches::of(device, n, scaling.is_some()))?;
    let windows = n.outputs().len() / n.membrane.steps.max(1);
    let blocks = u32::try_from(windows.div_ceil(BLOCK as usize)).ok()?;
    if blocks == 0 {
        return Some(());
    }
    let plain = |t: &Tensor| t.contiguous();
    let (x, gy) = (plain(x), gy.map(plain));
    let (scale, shift) = match scaling {
        Some((scale, shift)) => (plain(scale), plain(shift)),
        None => (x.shallow_clone(), x.shallow_clone()),
    };
    assert!(x.numel() >= n.inputs().len() && gy.as_ref().is_none_or(|g| g.numel() >= n.outputs().len()));
    assert!(scaling.is_none() || (scale.numel() >= n.step.channels && shift.numel() >= n.step.channels));
    let at = |t: &Tensor| t.data_ptr() as u64;
    let (x, scale, shift, out) = (at(&x), at(&scale), at(&shift), at(out));
    kernels.context.bind_to_thread().ok()?;
    let stream = kernels.context.default_stream();
    let function = if gy.is_some() { &kernels.carry } else { &kernels.fire };
    let mut call = stream.launch_builder(function);
    call.arg(&x).arg(&scale).arg(&shift);
    let gy = gy.as_ref().map(at);
    if let Some(gy) = &gy {
        call.arg(gy);
    }
    call.arg(&out).arg(&layer);
    let shape = LaunchConfig {
        grid_dim: (blocks, 1, 1),
        block_dim: (BLOCK, 1, 1),
        shared_mem_bytes: 0,
    };
    // SAFETY: arguments are those of the kernel, in its order; the arrays are contiguous f32 on this device and as long as
    // the kernel reads and writes, as just asserted and as `forward` and `backward` allocate; LibTorch reuses their memory in
    // the order of the same stream only.
    unsafe { call.launch(shape) }.ok()?;
    Some(())
}
