//! The widest vectors of this machine, chosen when the program runs: AVX-512, AVX2, NEON or plain code, through `pulp`.
//!
//! A plain loop inside [`dispatch`] is compiled once for each of them, if its closure is `#[inline(always)]`; outside it,
//! for the oldest machine that the program starts on. No product and sum are joined that the loop does not join itself, so the numbers are the same everywhere.
//!
//! `SPIKEDECK_VECTORS=scalar|v3|v4` forces one, so that tests meet each on one machine: v3 is AVX2, v4 AVX-512. It does not
//! reach the products of `gemm` (dense linear layers, unrolled patches), which chooses by itself.

use pulp::{Arch, Scalar, Simd, WithSimd};
use std::sync::OnceLock;

/// The variable that forces a width.
const VARIABLE: &str = "SPIKEDECK_VECTORS";

/// A width that this machine has.
#[derive(Clone, Copy)]
enum Width {
    #[cfg(target_arch = "x86_64")]
    V4(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    V3(pulp::x86::V3),
    /// What `pulp` knows of other processors.
    #[cfg_attr(target_arch = "x86_64", allow(dead_code, reason = "of other processors"))]
    Native(Arch),
    Scalar(Scalar),
}

impl Width {
    /// Asked here and not through `Arch` alone, which knows AVX2 only under a feature of `pulp` that gemm does not turn on.
    #[cfg(target_arch = "x86_64")]
    fn widest() -> Width {
        let v4 = pulp::x86::V4::try_new().map(Width::V4);
        v4.or_else(|| pulp::x86::V3::try_new().map(Width::V3))
            .unwrap_or(Width::Scalar(Scalar::new()))
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn widest() -> Width {
        Width::Native(Arch::new())
    }

    #[cfg(target_arch = "x86_64")]
    fn by_name(name: &str) -> Option<Width> {
        match name {
            "v4" => pulp::x86::V4::try_new().map(Width::V4),
            "v3" => pulp::x86::V3::try_new().map(Width::V3),
            _ => None,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn by_name(_: &str) -> Option<Width> {
        None
    }

    /// What `asked` names, the widest where it is empty.
    fn asked(asked: &str) -> Result<Width, String> {
        match asked {
            "" => Ok(Width::widest()),
            "scalar" => Ok(Width::Scalar(Scalar::new())),
            "v3" | "v4" => Width::by_name(asked).ok_or_else(|| {
                format!("{VARIABLE}={asked}: this processor has no such vectors (v3 is AVX2, v4 AVX-512)")
            }),
            _ => Err(format!("{VARIABLE}={asked} must be scalar, v3, v4 or unset")),
        }
    }
}

fn width() -> &'static Result<Width, String> {
    static WIDTH: OnceLock<Result<Width, String>> = OnceLock::new();
    WIDTH.get_or_init(|| Width::asked(&std::env::var(VARIABLE).unwrap_or_default()))
}

/// The width that everything here runs with: `v4`, `v3`, `scalar`, or `native` on other processors.
///
/// # Errors
/// When the environment asks for one that is not there.
pub fn name() -> Result<&'static str, String> {
    width().clone().map(|width| match width {
        #[cfg(target_arch = "x86_64")]
        Width::V4(_) => "v4",
        #[cfg(target_arch = "x86_64")]
        Width::V3(_) => "v3",
        Width::Native(_) => "native",
        Width::Scalar(_) => "scalar",
    })
}

/// Whether intrinsics beside [`dispatch`] may be used.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there are none"))]
pub fn is_scalar() -> bool {
    matches!(width(), Ok(Width::Scalar(_)))
}

/// Runs `op` with the widest vectors of this machine, or those that are asked for.
///
/// # Panics
/// When those are not there; a device is not found then, so that only tests of single kernels come so far.
pub fn dispatch<Op: WithSimd>(op: Op) -> Op::Output {
    match width() {
        #[cfg(target_arch = "x86_64")]
        Ok(Width::V4(simd)) => Simd::vectorize(*simd, op),
        #[cfg(target_arch = "x86_64")]
        Ok(Width::V3(simd)) => Simd::vectorize(*simd, op),
        // Never another width in silence: what was to be tested would not have been.
        Err(why) => panic!("{why}"),
        #[cfg(not(target_arch = "x86_64"))]
        Ok(Width::Native(arch)) => arch.dispatch(op),
        Ok(_) => Simd::vectorize(Scalar::new(), op),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many numbers the chosen vectors hold.
    struct Lanes;

    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }

    /// Said by the tests' output, so that CI can demand the line.
    #[test]
    fn the_width_asked_for_is_the_one_that_runs() {
        let asked = std::env::var(VARIABLE).unwrap_or_default();
        let name = name().unwrap();
        println!("vectors: {name}");
        assert!(asked.is_empty() || asked == name, "{asked} {name}");
        match name {
            "v4" => assert_eq!(dispatch(Lanes), 16),
            "v3" => assert_eq!(dispatch(Lanes), 8),
            "scalar" => assert_eq!(dispatch(Lanes), 1),
            _ => {}
        }
    }

    #[test]
    fn a_width_that_is_unknown_or_not_there_is_refused() {
        assert!(Width::asked("v5").is_err_and(|e| e.contains("scalar, v3, v4")));
        for name in ["v3", "v4"] {
            assert_eq!(Width::asked(name).is_ok(), Width::by_name(name).is_some());
        }
        assert!(Width::asked("").is_ok() && Width::asked("scalar").is_ok());
    }
}
