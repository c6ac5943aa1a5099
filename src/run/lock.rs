//! `<run>/lock`: held by the one worker of a run for as long as it lives. The system drops it with the process,
//! however that ends, so a lock is never left behind.

use super::{
    error::RunError,
    files::{open_inside, write_inside},
    names, process,
};
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

/// The exclusive right to write a run's (or an attack's) record; given up when dropped.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock of a run or attack directory.
    ///
    /// # Errors
    /// [`RunError::Locked`] where another process has it.
    pub fn take(job: &Path) -> Result<RunLock, RunError> {
        let path = job.join(names::LOCK);
        let mut file = write_inside(&path)?;
        match try_for_a_moment(&file) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(RunError::Locked {
                    path: job.to_path_buf(),
                    holder: holder(&mut file),
                });
            }
            Err(e) => return Err(RunError::io(&path, names::LOCK)(e.into())),
        }
        let who = process::here();
        // Only for people who wonder; the lock itself is the system's.
        let _ = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0)));
        let _ = writeln!(file, "process {} on {}", who.pid, who.host);
        Ok(RunLock { _file: file })
    }

    /// The process that took the lock last; it may have given it up since.
    pub fn holder_of(job: &Path) -> Option<u32> {
        let mut file = open_inside(&job.join(names::LOCK)).ok()?;
        holder(&mut file).split_whitespace().nth(1)?.parse().ok()
    }

    /// Whether some process holds the lock now.
    pub fn is_held(job: &Path) -> bool {
        let Ok(file) = open_inside(&job.join(names::LOCK)) else {
            return false;
        };
        matches!(
            flock(&file, FlockOperation::NonBlockingLockShared),
            Err(rustix::io::Errno::WOULDBLOCK)
        )
    }
}

/// A process that only asks ([`RunLock::is_held`]) has the lock for an instant: that is waited out.
fn try_for_a_moment(file: &File) -> rustix::io::Result<()> {
    for _ in 0..10 {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(10)),
            other => return other,
        }
    }
    Err(rustix::io::Errno::WOULDBLOCK)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.take(200).read_to_string(&mut text);
    match text.trim() {
        "" => "an unknown process".into(),
        known => known.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_workers_never_share_a_run() {
        let run = tempfile::tempdir().unwrap();
        assert!(!RunLock::is_held(run.path()));
        let first = RunLock::take(run.path()).unwrap();
        assert!(RunLock::is_held(run.path()));
        let said = RunLock::take(run.path()).unwrap_err().to_string();
        assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
        drop(first);
        assert!(RunLock::take(run.path()).is_ok());
    }
}
