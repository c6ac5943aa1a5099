//! The message of a worker in which a library panicked: running out of memory is reported as that, with what to change.
//!
//! LibTorch reports a failed allocation, and burn turns it into a panic, which is caught. Rust's own allocator ends the
//! process instead: such a run is found to be lost, and what the allocator wrote is in its stderr.log.

use super::recorder::Recorder;

/// How allocators say it: LibTorch on CUDA, CUDA itself, LibTorch on the CPU.
const SIGNS: [&str; 4] = [
    "out of memory",
    "out_of_memory",
    "not enough memory",
    "can't allocate memory",
];

/// Whether a panic's message says that memory ran out.
fn is_out_of_memory(panic: &str) -> bool {
    let text = panic.to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// A panic as the run's exit record.
pub fn panic_message(panic: &str, recorder: &Recorder) -> String {
    match is_out_of_memory(panic) {
        false => format!("the worker panicked: {panic}; please report it with stderr.log"),
        true => {
            let (step, batch) = (recorder.reached.step, recorder.reached.batch);
            exhausted(recorder.device(), step, batch, &recorder.last_good(), panic)
        }
    }
}

fn exhausted(device: &str, step: u64, batch: usize, good: &str, panic: &str) -> String {
    let first = panic.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let smaller = (batch / 2).max(1);
    format!(
        "out of memory on {device} after step {step}, with batches of {batch}; {good}; start again with a smaller \
         train.batch, such as --set train.batch={smaller} (with --resume-weights from that checkpoint): {}",
        first.chars().take(300).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_out_of_memory_is_told_from_other_panics() {
        for text in [
            "CUDA out of memory. Tried to allocate 2.00 GiB",
            "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY",
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 64 bytes",
            "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory",
        ] {
            assert!(is_out_of_memory(text), "{text}");
        }
        assert!(!is_out_of_memory("index out of bounds"));
    }

    #[test]
    fn the_message_names_step_batch_checkpoint_and_mend() {
        let said = exhausted(
            "tch:cuda:0",
            12,
            64,
            "there is no checkpoint yet",
            "\nCUDA out of memory.\nstack",
        );
        for words in [
            "tch:cuda:0",
            "step 12",
            "batches of 64",
            "no checkpoint",
            "train.batch=32",
            "CUDA out of memory.",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("stack"));
    }
}
