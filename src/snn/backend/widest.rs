//! The widest vectors of this machine, chosen when the program runs: AVX-512, AVX2, NEON or plain code, through `pulp`.
//!
//! A plain loop inside [`dispatch`] is compiled once for each of them, if its closure is `#[inline(always)]`; outside it,
//! for the oldest machine that the program starts on. No product and sum are joined that the loop does not join itself, so the numbers are the same everywhere.

use pulp::{Arch, WithSimd};

/// Runs `op` with the widest vectors of this machine.
///
/// Asked here and not through `Arch` alone, which knows AVX2 only under a feature of `pulp` that gemm does not turn on.
pub fn dispatch<Op: WithSimd>(op: Op) -> Op::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return pulp::Simd::vectorize(simd, op);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return pulp::Simd::vectorize(simd, op);
        }
    }
    Arch::new().dispatch(op)
}
