//! Who this process is, and whether another one is still alive: by host, boot, process id and start time, so that
//! neither a reused id nor another machine's id is taken for the worker.

use super::{attack::AttackStatus, status::Status};
use serde::{Deserialize, Serialize};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::PathBuf, sync::OnceLock};

/// A process, told apart from every other that ever ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The machine.
    pub host: String,
    /// That machine's boot; empty where the system does not tell.
    pub boot: String,
    /// The process id.
    pub pid: u32,
    /// Its start in clock ticks since boot; 0 where the system does not tell.
    pub process_start: u64,
}

/// Whether a process is alive, as far as can be told from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alive {
    /// This machine, this boot, and the process table has it.
    Yes,
    /// It cannot be: the machine was booted since, or the process table does not have it.
    No,
    /// Another machine, or a system that does not tell.
    Unknown,
}

/// This process.
pub fn here() -> Identity {
    of(std::process::id())
}

/// The process `pid` of this machine.
pub fn of(pid: u32) -> Identity {
    Identity {
        host: host(),
        boot: boot().into(),
        pid,
        process_start: Stat::of(pid).map_or(0, |s| s.start),
    }
}

/// Looks a process up in the process table, where that means anything. Only `launcher::local` asks this; everybody else asks
/// a [`Worker`](super::launcher::Worker).
pub fn alive(who: &Identity) -> Alive {
    if who.host != host() {
        return Alive::Unknown;
    }
    let boot = boot();
    if boot.is_empty() || who.boot.is_empty() {
        return Alive::Unknown;
    }
    if boot != who.boot {
        return Alive::No;
    }
    match Stat::of(who.pid) {
        // A zombie has ended; only its parent has not looked yet.
        Some(stat) if stat.start == who.process_start && !matches!(stat.state, b'Z' | b'X') => Alive::Yes,
        _ => Alive::No,
    }
}

impl From<&Status> for Identity {
    fn from(s: &Status) -> Self {
        Identity {
            host: s.host.clone(),
            boot: s.boot.clone(),
            pid: s.pid,
            process_start: s.process_start,
        }
    }
}

impl From<&AttackStatus> for Identity {
    fn from(s: &AttackStatus) -> Self {
        Identity {
            host: s.host.clone(),
            boot: s.boot.clone(),
            pid: s.pid,
            process_start: s.process_start,
        }
    }
}

/// This machine's name.
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// `user@host`, as commands and notes are signed.
pub fn author() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.unwrap_or_else(|_| format!("uid{}", rustix::process::geteuid().as_raw()));
    format!("{user}@{}", host())
}

/// This machine's boot; empty where the system does not tell. It cannot change while this process lives.
fn boot() -> &'static str {
    static BOOT: OnceLock<String> = OnceLock::new();
    BOOT.get_or_init(|| {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map(|t| t.trim().to_string())
            .unwrap_or_default()
    })
}

/// Whether `boot` of `host` is this machine since it was booted last, so that its seconds since boot are ours.
pub fn is_this_boot(host: &str, boot: &str) -> bool {
    !boot.is_empty() && boot == self::boot() && host == self::host()
}

/// The directories that attack workers of this machine work on, as their command lines name them; empty where the system
/// does not show processes.
pub fn attack_workers() -> Vec<PathBuf> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let job = |process: std::fs::DirEntry| {
        process.file_name().to_str()?.parse::<u32>().ok()?;
        let line = std::fs::read(process.path().join("cmdline")).ok()?;
        let words: Vec<&[u8]> = line.split(|b| *b == 0).collect();
        let at = words.iter().position(|w| *w == b"attack-worker")?;
        words.get(at + 1).map(|dir| PathBuf::from(OsStr::from_bytes(dir)))
    };
    processes.filter_map(job).collect()
}

/// Seconds since this machine was booted; `None` where the system does not tell. Unlike a clock, nobody sets it.
pub fn uptime() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Processor seconds of this process; 0 where the kernel does not say.
pub fn process_seconds() -> f64 {
    worked_seconds("/proc/self/stat")
}

/// Bytes of this process that are in memory; `None` where the kernel does not say.
pub fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

/// Processor seconds of this thread; 0 where the kernel does not say.
pub fn thread_seconds() -> f64 {
    worked_seconds("/proc/thread-self/stat")
}

fn worked_seconds(file: &str) -> f64 {
    let stat = std::fs::read_to_string(file).ok().and_then(|text| Stat::parse(&text));
    stat.map_or(0.0, |s| {
        s.worked as f64 / rustix::param::clock_ticks_per_second() as f64
    })
}

/// What we need of `/proc/<pid>/stat`.
#[derive(Debug, PartialEq)]
struct Stat {
    state: u8,
    /// Clock ticks of work, for itself and in the kernel.
    worked: u64,
    start: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Stat> {
        Stat::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Fields 3, 14 and 15, and 22 of proc(5). The name in field 2 may itself hold spaces and brackets: the last `)` ends it.
    fn parse(text: &str) -> Option<Stat> {
        let rest = text.get(text.rfind(')')? + 1..)?;
        let mut fields = rest.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let (own, kernel): (u64, u64) = (fields.nth(10)?.parse().ok()?, fields.next()?.parse().ok()?);
        let start = fields.nth(6)?.parse().ok()?;
        Some(Stat {
            state,
            worked: own.saturating_add(kernel),
            start,
        })
    }
}

/// Where an open folder is now; `None` where it was removed or the system does not tell.
pub fn path_of(folder: &std::fs::File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let now = std::fs::read_link(format!("/proc/self/fd/{}", folder.as_raw_fd())).ok()?;
    // A removed one is called "… (deleted)", which is no folder.
    now.is_dir().then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_predecessors_are_not() {
        let me = here();
        assert_eq!(alive(&me), Alive::Yes);
        assert_eq!(
            alive(&Identity {
                process_start: me.process_start + 1,
                ..me.clone()
            }),
            Alive::No
        );
        assert_eq!(
            alive(&Identity {
                boot: "another".into(),
                ..me.clone()
            }),
            Alive::No
        );
        assert_eq!(
            alive(&Identity {
                host: "elsewhere".into(),
                ..me
            }),
            Alive::Unknown
        );
    }

    #[test]
    fn a_name_with_brackets_does_not_confuse_the_process_table() {
        let text = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 20";
        assert_eq!(
            Stat::parse(text),
            Some(Stat {
                state: b'S',
                worked: 11 + 12,
                start: 777
            })
        );
        assert_eq!(Stat::parse("nonsense"), None);
    }

    #[test]
    fn a_child_that_has_ended_is_not_alive() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let who = of(child.id());
        let mut tries = 0;
        while alive(&who) == Alive::Yes && tries < 500 {
            std::thread::sleep(std::time::Duration::from_millis(10));
            tries += 1;
        }
        assert_eq!(alive(&who), Alive::No);
        child.wait().unwrap();
    }
}
