//! The names of files and folders in a run, an attack job and a checkpoint. Nothing outside tests writes one of them out;
//! `tests/cli/file_names.rs` holds it. What is in each is said where it is written (ARCHITECTURE.md lists them).

/// What makes a folder a run.
pub const RUN: &str = "run.toml";
/// The record of a run that another program made.
pub const IMPORTED: &str = "imported.json";
/// What a worker is doing, of a run or an attack job.
pub const STATUS: &str = "status.json";
/// A run's numbers, step by step.
pub const METRICS: &str = "metrics.jsonl";
/// What a run's worker did.
pub const EVENTS: &str = "events.jsonl";
/// How a worker ended.
pub const EXIT: &str = "exit.json";
/// The same beside the checkpoints, where there was no room for it.
pub const LAST_WORDS: &str = "last-words.json";
/// Room for a status and an exit record on a full disk.
pub const RESERVE: &str = ".reserve";
/// What a worker printed.
pub const STDOUT: &str = "stdout.log";
/// What a worker complained of.
pub const STDERR: &str = "stderr.log";
/// Held by a job's worker.
pub const LOCK: &str = "lock";
/// Commands, and what viewers say of a run.
pub const CONTROL: &str = "control";
/// Tags and a note, in [`CONTROL`].
pub const LABELS: &str = "labels.json";
/// A run's attack jobs.
pub const ATTACKS: &str = "attacks";
/// Beside runs, and beside runs' checkpoints: what was removed and can be put back. Hidden, so nothing in it is listed.
pub const TRASH: &str = ".trash";

/// What makes a folder an attack job.
pub const ATTACK: &str = "attack.toml";
/// An attack job's results, batch by batch.
pub const RESULTS: &str = "results.jsonl";
/// What an attack job measured beside its cells.
pub const MEASURED: &str = "measured.json";
/// What an attack job attacks, by digest.
pub const SUBJECTS: &str = "subjects.json";
/// Adversarial images that an attack job keeps.
pub const EXAMPLES: &str = "examples";

/// What makes a folder a checkpoint.
pub const CHECKPOINT: &str = "checkpoint.json";
/// A checkpoint's weights.
pub const MODEL: &str = "model.safetensors";
/// A checkpoint's optimiser state.
pub const OPTIMIZER: &str = "optimizer.safetensors";
/// The worker's own state in a checkpoint.
pub const WORKER: &str = "worker.json";
/// What an imported checkpoint came from.
pub const SOURCE: &str = "source.json";
