//! Removing a run: its folder and its checkpoints move into `.trash/` beside each of them, whole and by one rename each,
//! so that nothing is ever half removed and everything can be brought back until it is deleted for good.
//!
//! Checkpoints go first: interrupted in between, the run is still listed, and removing it again does the rest.

use super::{
    Budget, RunDir, RunError,
    attack_job::{AttackDir, AttackReader},
    checkpoint,
    clock::now,
    files::{create_folder, sync_folder},
    job_worker::worker_of,
    launcher::{Alive, attacks_at_work},
    lock::RunLock,
    names::{LAST_WORDS, TRASH},
    status::RunState,
    watch::state_of,
};
use std::path::{Path, PathBuf};

/// The most files that are counted for a size.
const MOST_FILES: usize = 1_000_000;

/// What removing a run comes to; it holds the run's lock, so that no worker begins meanwhile.
#[derive(Debug)]
pub struct Removal {
    run: RunDir,
    checkpoints: Option<PathBuf>,
    /// Why its checkpoints stay where they are, where they do.
    pub staying: Option<String>,
    _lock: RunLock,
}

/// Where a removed run and its checkpoints are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The run's folder.
    pub run: PathBuf,
    /// The folder of its checkpoints, where they went too.
    pub checkpoints: Option<PathBuf>,
}

/// Checks whether a run may be removed. `others` are all runs that are known; `force` continues where another run needs its
/// checkpoints, or where a silent worker on another machine cannot be looked up.
///
/// # Errors
/// [`RunError::Refused`] with the fix: where it is live, an attack works on it, or its checkpoints are needed.
pub fn plan(run: &RunDir, others: &[PathBuf], force: bool) -> Result<Removal, RunError> {
    let refuse = |why: String| RunError::refused(run.path(), why);
    refuse_live(run, force)?;
    for attack in AttackDir::list(&run.attacks()).into_iter().chain(elsewhere(run)) {
        if is_working(&attack) {
            let attack = attack.display();
            return Err(refuse(format!(
                "an attack works on it; `spikedeck send {attack} stop` ends it first"
            )));
        }
    }
    let lock = RunLock::take(run.path())?;
    let (checkpoints, staying) = match own_checkpoints(run, others) {
        Ok(folder) => (folder, None),
        Err(why) => (None, Some(why)),
    };
    if let Some(folder) = &checkpoints {
        let needs = |other: &&PathBuf| {
            let parent = RunDir::at(*other).header().ok().and_then(|h| h.parent);
            *other != run.path() && parent.is_some_and(|p| p.starts_with(folder))
        };
        let needing: Vec<String> = others.iter().filter(needs).map(|o| o.display().to_string()).collect();
        if !needing.is_empty() && !force {
            return Err(refuse(format!(
                "its checkpoints are what {} continued from; --force removes them all the same",
                needing.join(" and ")
            )));
        }
    }
    Ok(Removal {
        run: run.clone(),
        checkpoints,
        staying,
        _lock: lock,
    })
}

impl Removal {
    /// The folder of checkpoints that goes with it.
    pub fn checkpoints(&self) -> Option<&Path> {
        self.checkpoints.as_deref()
    }

    /// Bytes of everything that goes.
    pub fn bytes(&self) -> u64 {
        let folders = std::iter::once(self.run.path()).chain(self.checkpoints());
        folders.map(bytes_in).sum()
    }

    /// Moves it into the trash.
    ///
    /// # Errors
    /// When a folder cannot be moved.
    pub fn to_trash(self) -> Result<Removed, RunError> {
        let folders = std::iter::once(self.run.path()).chain(self.checkpoints());
        let mut places = in_trash(&folders.collect::<Vec<_>>())?.into_iter();
        let (run, checkpoints) = (places.next(), places.next());
        if let (Some(folder), Some(place)) = (&self.checkpoints, &checkpoints) {
            move_whole(folder, place)?;
        }
        let run = run.ok_or_else(|| RunError::refused(self.run.path(), "lies in no folder"))?;
        move_whole(self.run.path(), &run)?;
        Ok(Removed { run, checkpoints })
    }
}

/// Brings a run back from the trash, with its checkpoints if they are there.
///
/// # Errors
/// When something is in its old place, or a folder cannot be moved.
pub fn restore(trashed: &Path) -> Result<Removed, RunError> {
    let home = old_place(trashed)?;
    free(&home)?;
    let checkpoints = match trashed_checkpoints(trashed) {
        Some((there, home)) => {
            free(&home)?;
            move_whole(&there, &home)?;
            Some(home)
        }
        None => None,
    };
    move_whole(trashed, &home)?;
    Ok(Removed { run: home, checkpoints })
}

/// Deletes a run in the trash, and its checkpoints there, for good.
///
/// # Errors
/// When it is in no trash, or a file cannot be deleted; deleting it again does the rest.
pub fn purge(trashed: &Path) -> Result<(), RunError> {
    old_place(trashed)?;
    if let Some((there, _)) = trashed_checkpoints(trashed) {
        std::fs::remove_dir_all(&there).map_err(RunError::io(&there, "delete"))?;
    }
    std::fs::remove_dir_all(trashed).map_err(RunError::io(trashed, "delete"))?;
    sync_folder(trashed)
}

/// Every run in the trash of these folders, by name.
pub fn trashed(homes: &[PathBuf]) -> Vec<PathBuf> {
    let list = |home: &PathBuf| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(home.join(TRASH)).into_iter().flatten().flatten();
        entries.map(|e| e.path()).filter(|p| RunDir::is_run(p)).collect()
    };
    let mut all: Vec<PathBuf> = homes.iter().flat_map(list).collect();
    all.sort();
    all.dedup();
    all
}

fn refuse_live(run: &RunDir, force: bool) -> Result<(), RunError> {
    let state = state_of(run, now());
    let worker = worker_of(run.path());
    let who = worker.as_ref().map(|w| (w.describe().host, w.alive()));
    let (shown, word) = (run.path().display(), state.label());
    let why = match (state.is_live(), who) {
        (false, _) | (true, Some((_, Alive::No))) => return Ok(()),
        // Created, and never started.
        (true, None) if state == RunState::Queued => return Ok(()),
        (true, Some((_, Alive::Unknown))) if force => return Ok(()),
        (true, Some((host, Alive::Unknown))) => format!(
            "is {word}, its worker on {host}; `spikedeck send {shown} stop` ends it first, or --force where that machine is gone"
        ),
        (true, _) => format!("is {word}; `spikedeck send {shown} stop` ends it first"),
    };
    Err(RunError::refused(run.path(), why))
}

/// Attacks on its checkpoints that are recorded elsewhere (`--out`) and have a worker that a launcher can list; those of other
/// machines cannot be known.
fn elsewhere(run: &RunDir) -> Vec<PathBuf> {
    let Some(checkpoints) = run.header().ok().and_then(|h| h.checkpoints) else {
        return Vec::new();
    };
    let works_on_it = |attack: &PathBuf| {
        let manifest = AttackDir::at(attack).read_manifest();
        manifest.is_ok_and(|m| {
            m.checkpoints
                .iter()
                .chain(&m.transfer_from)
                .any(|c| c.starts_with(&checkpoints))
        })
    };
    let mut all: Vec<PathBuf> = attacks_at_work().into_iter().filter(works_on_it).collect();
    all.sort();
    all
}

fn is_working(attack: &Path) -> bool {
    let Ok(mut reader) = AttackReader::open(attack) else {
        return false;
    };
    reader.poll(Budget {
        bytes: 0,
        time: std::time::Duration::ZERO,
    });
    reader.state(now()).is_live() && worker_of(attack).is_some_and(|w| w.alive() != Alive::No)
}

/// The run's own folder of checkpoints, if there is one.
///
/// # Errors
/// Why it is better left alone: what its manifest names is not surely its own.
fn own_checkpoints(run: &RunDir, others: &[PathBuf]) -> Result<Option<PathBuf>, String> {
    let Some((folder, id)) = run.header().ok().and_then(|h| Some((h.checkpoints?, h.id))) else {
        return Ok(None);
    };
    let Ok(found) = std::fs::symlink_metadata(&folder) else {
        return Ok(None);
    };
    let shown = folder.display();
    if !found.is_dir() || folder.file_name().is_none_or(|name| name.to_string_lossy() != id) || !folder.is_absolute() {
        return Err(format!("{shown} is not a folder of this run's id, so it stays"));
    }
    if let Some(other) = checkpoint::other_owner(&folder, run) {
        return Err(format!(
            "{shown} is that of {other}, of which this run is a copy, so it stays"
        ));
    }
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{shown} cannot be read ({e}), so it stays"))?;
    if let Some(other) = entries.flatten().find(|e| !is_checkpoints_own(&e.path())) {
        let other = other.file_name().to_string_lossy().into_owned();
        return Err(format!("{shown} holds {other} beside checkpoints, so it stays"));
    }
    let shares = |other: &&PathBuf| {
        let same = RunDir::at(*other).header().ok().and_then(|h| h.checkpoints) == Some(folder.clone());
        same && *other != run.path()
    };
    match others.iter().find(shares) {
        Some(other) => Err(format!("{shown} is {}'s too, so it stays", other.display())),
        None => Ok(Some(folder)),
    }
}

/// Whether a worker writes something of this name beside its checkpoints: them, those set aside, and half-written ones.
fn is_checkpoints_own(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    checkpoint::step_of(path).is_some()
        || name == LAST_WORDS
        || name.starts_with("superseded-")
        || name.starts_with('.')
}

/// Where a run and its checkpoints go in the trash beside each of them; the trash is made. Where one of them is there by
/// that name already, all have the same number behind it: `NAME~2`.
fn in_trash(folders: &[&Path]) -> Result<Vec<PathBuf>, RunError> {
    let mut homes = Vec::new();
    for path in folders {
        let (Some(beside), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(RunError::refused(path, "lies in no folder"));
        };
        let trash = beside.join(TRASH);
        create_folder(&trash)?;
        homes.push((trash, name.to_string_lossy().into_owned()));
    }
    // A name that ends like a number of the trash has one of its own behind it, or it would come back without its end.
    let plain = homes.iter().all(|(_, name)| unnumbered(name).1.is_empty());
    let suffixes = plain
        .then(String::new)
        .into_iter()
        .chain((2..).map(|n| format!("~{n}")));
    let mut all = suffixes.map(|suffix| {
        homes
            .iter()
            .map(|(t, name)| t.join(format!("{name}{suffix}")))
            .collect()
    });
    let is_free = |places: &Vec<PathBuf>| places.iter().all(|p| std::fs::symlink_metadata(p).is_err());
    Ok(all.find(is_free).unwrap_or_default())
}

/// A name in the trash without its number, and the number with its sign.
fn unnumbered(name: &str) -> (&str, &str) {
    match name.rfind('~') {
        Some(at) if at + 1 < name.len() && name[at + 1..].bytes().all(|b| b.is_ascii_digit()) => name.split_at(at),
        _ => (name, ""),
    }
}

/// Where a run in the trash was before.
fn old_place(trashed: &Path) -> Result<PathBuf, RunError> {
    let trash = trashed.parent().filter(|t| t.file_name().is_some_and(|n| n == TRASH));
    match (trash.and_then(Path::parent), trashed.file_name()) {
        (Some(home), Some(name)) => Ok(home.join(unnumbered(&name.to_string_lossy()).0)),
        _ => Err(RunError::refused(trashed, format!("is not in a {TRASH} folder"))),
    }
}

/// A trashed run's checkpoints: where they are in the trash, if they are, and where they were.
fn trashed_checkpoints(trashed: &Path) -> Option<(PathBuf, PathBuf)> {
    let header = RunDir::at(trashed).header().ok()?;
    let home = header
        .checkpoints
        .filter(|h| h.file_name().is_some_and(|n| n.to_string_lossy() == header.id))?;
    let own = trashed.file_name()?.to_string_lossy();
    let name = format!("{}{}", home.file_name()?.to_string_lossy(), unnumbered(&own).1);
    let there = home.parent()?.join(TRASH).join(name);
    there.is_dir().then_some((there, home))
}

fn free(home: &Path) -> Result<(), RunError> {
    match std::fs::symlink_metadata(home) {
        Err(_) => Ok(()),
        Ok(_) => Err(RunError::refused(home, "is there again: move it away first")),
    }
}

fn move_whole(from: &Path, to: &Path) -> Result<(), RunError> {
    std::fs::rename(from, to).map_err(RunError::io(from, "move"))?;
    sync_folder(from)?;
    sync_folder(to)
}

/// Bytes of the files below a folder; links are not followed.
fn bytes_in(folder: &Path) -> u64 {
    let (mut open, mut files, mut bytes) = (vec![folder.to_path_buf()], 0, 0);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            files += 1;
            match entry.metadata() {
                Ok(m) if m.is_dir() => open.push(entry.path()),
                Ok(m) => bytes += m.len(),
                Err(_) => {}
            }
        }
        if files > MOST_FILES {
            break;
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
