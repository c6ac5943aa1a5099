//! Starting a worker: this same program, in a session of its own, so that neither a closed terminal nor a killed
//! viewer takes it along. What it prints goes to `stdout.log` and `stderr.log` in its directory.

use super::{
    RunDir,
    error::RunError,
    files::{append_inside, read_inside},
    launch::Launch,
    lock::RunLock,
    names,
    process::{self, Alive},
};
use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Tells the allocators to keep freed pages: a step frees and takes the same buffers again, and the kernel would clear
/// every page again (measured: a quarter of the worker's time). The first is our own allocator's, the others are those of
/// the C library, from which LibTorch takes its memory.
const KEEP_PAGES: [(&str, &str); 4] = [
    ("MIMALLOC_PURGE_DELAY", "-1"),
    ("MALLOC_MMAP_MAX_", "0"),
    ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
    ("MALLOC_TOP_PAD_", "67108864"),
];

/// Set for the process in which [`as_a_worker_would`] does the work.
const MEASURING: &str = "SPIKEDECK_MEASURING";

/// How long a new worker may take until it holds the run's lock.
const TAKES_OVER: Duration = Duration::from_secs(60);

/// Starts `spikedeck worker RUN` with these options, waits until it has taken the run over, and returns its process id.
///
/// # Errors
/// When this program cannot be found or started, or the logs cannot be written; when the worker ended before it had the
/// run, because another one has it for example: with what it said.
pub fn start_worker(run: &RunDir, options: &[OsString]) -> Result<u32, RunError> {
    let log = run.stderr_log();
    let before = std::fs::metadata(&log).map_or(0, |m| m.len());
    let pid = start("worker", run.path(), options)?;
    let who = process::of(pid);
    let started = Instant::now();
    while !has_taken_over(run, pid) {
        if process::alive(&who) == Alive::No && !has_taken_over(run, pid) {
            return Err(RunError::refused(run.path(), said_since(&log, before)));
        }
        if started.elapsed() > TAKES_OVER {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(pid)
}

/// A worker has the run when it holds the lock and has set the exit record of the one before it aside, or has ended since
/// with an exit record of its own.
fn has_taken_over(run: &RunDir, pid: u32) -> bool {
    let holds = RunLock::holder_of(run.path()).is_some_and(|holder| holder == pid);
    holds && (!run.exit().exists() || !RunLock::is_held(run.path()))
}

/// The last line that was printed to a log since it had so many bytes.
fn said_since(log: &Path, before: u64) -> String {
    let bytes = read_inside(log, 16 << 20).unwrap_or_default();
    let new = bytes
        .get(usize::try_from(before).unwrap_or(usize::MAX)..)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(new);
    let line = text.lines().rev().find(|l| !l.trim().is_empty());
    let said = line.map_or("it said nothing", |l| l.trim().trim_start_matches("error: "));
    format!(
        "its worker ended before it had taken the run over: {}",
        super::text::clean(said)
    )
}

/// Starts `spikedeck attack-worker DIR` and returns its process id.
///
/// # Errors
/// As [`start_worker`].
pub fn start_attack_worker(dir: &Path) -> Result<u32, RunError> {
    start("attack-worker", dir, &[])
}

/// Does this process's work in another one under the settings of a worker, for what measures how fast a worker is: the
/// allocator reads them when a program starts, and a busy machine shares itself out by session (measured: half the
/// speed beside a compiler in the same terminal). Returns its exit code, or `None` where this is that process already,
/// or it could not be started: that is no reason not to measure.
pub fn as_a_worker_would() -> Option<u8> {
    if std::env::var_os(MEASURING).is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(std::env::args_os().skip(1)).env(MEASURING, "1");
    keep_pages(&mut command);
    // SAFETY: as in `start_detached`; prctl too is one bare system call.
    unsafe {
        command.pre_exec(|| {
            // Ctrl-C reaches only this session: when this process dies of it, so does the other.
            #[cfg(target_os = "linux")]
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
            rustix::process::setsid().map(|_| ()).map_err(Into::into)
        });
    }
    let status = command.status().ok()?;
    Some(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1))
}

/// What the user has set stays as it is.
fn keep_pages(command: &mut Command) {
    let open = KEEP_PAGES.iter().filter(|(name, _)| std::env::var_os(name).is_none());
    command.envs(open.copied());
}

fn start(verb: &str, job: &Path, options: &[OsString]) -> Result<u32, RunError> {
    let program = std::env::current_exe().map_err(RunError::io(Path::new("spikedeck"), "find this program"))?;
    let mut command = Command::new(&program);
    command.arg(verb).arg(job).args(options);
    keep_pages(&mut command);
    let pid = start_detached(&mut command, job)?;
    Launch::record(job, pid)?;
    Ok(pid)
}

/// Starts `command` in a new session without a terminal, printing to the job's logs.
fn start_detached(command: &mut Command, job: &Path) -> Result<u32, RunError> {
    command
        .stdin(Stdio::null())
        .stdout(append_inside(&job.join(names::STDOUT))?)
        .stderr(append_inside(&job.join(names::STDERR))?);
    // SAFETY: the closure runs in the child between fork and exec, where only async-signal-safe calls are allowed;
    // setsid is one bare system call, allocates nothing and touches no memory of ours.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(|_| ()).map_err(Into::into));
    }
    let program = command.get_program().to_os_string();
    let mut child = command.spawn().map_err(RunError::io(Path::new(&program), "start"))?;
    let pid = child.id();
    // While this process lives it must ask for the child's end, or the child would stay as a zombie.
    let reaper = std::thread::Builder::new()
        .name("reaper".into())
        .spawn(move || child.wait());
    drop(reaper);
    Ok(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_leads_its_own_session_and_prints_to_its_logs() {
        let job = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; cut -d' ' -f6 /proc/self/stat"]);
        let pid = start_detached(&mut command, job.path()).unwrap();
        let who = process::of(pid);
        for _ in 0..500 {
            if process::alive(&who) != Alive::Yes {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(
            std::fs::read_to_string(job.path().join("stdout.log")).unwrap(),
            format!("out\n{pid}\n")
        );
        assert_eq!(std::fs::read_to_string(job.path().join("stderr.log")).unwrap(), "err\n");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let job = tempfile::tempdir().unwrap();
        let error = start_detached(&mut Command::new("/no/such/program"), job.path()).unwrap_err();
        assert!(error.to_string().contains("/no/such/program"), "{error}");
    }
}
