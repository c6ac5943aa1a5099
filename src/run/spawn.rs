//! Starting a process of this machine that outlives us: this same program, in a session of its own, so that neither a
//! closed terminal nor a killed viewer takes it along. What it prints goes to `stdout.log` and `stderr.log` in its
//! directory. Who starts workers is `launcher`.

use super::{error::RunError, files::append_inside, names};
use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
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

/// Starts `spikedeck VERB JOB OPTIONS…` under the settings of a worker, and returns its process id.
///
/// # Errors
/// When this program cannot be found or started, or the logs cannot be written.
pub fn this_program(verb: &str, job: &Path, options: &[OsString]) -> Result<u32, RunError> {
    let program = std::env::current_exe().map_err(RunError::io(Path::new("spikedeck"), "find this program"))?;
    let mut command = Command::new(&program);
    command.arg(verb).arg(job).args(options);
    keep_pages(&mut command);
    start_detached(&mut command, job)
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
    use crate::run::process::{self, Alive};
    use std::time::Duration;

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
