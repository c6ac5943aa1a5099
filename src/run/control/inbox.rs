//! The worker's side: reading commands in the order of their ids, each once, and answering.

use super::{LARGEST, done_of, inbox_of, is_final, send::answer_of};
use crate::run::{
    clock,
    command::{Answer, Command, Verdict},
    error::RunError,
    files::{not_a_file, publish_json, read_inside, sync_folder},
    names,
};
use std::{
    collections::BTreeSet,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};
use ulid::Ulid;

/// The most commands taken at one look.
const AT_ONCE: usize = 256;
/// Answers, and files that were no commands, that are kept at least.
pub const KEPT: usize = 1000;
/// Final answers between two sweeps.
const SWEPT_EVERY: usize = 500;
/// The most files of a folder that one sweep looks at.
const MOST_SWEPT: usize = 200_000;

/// A job's inbox, as its worker sees it.
#[derive(Debug)]
pub struct Inbox {
    job: PathBuf,
    /// Handed out and not finally answered yet.
    open: BTreeSet<Ulid>,
    /// Final answers given since the last sweep.
    pub(super) answered: usize,
}

/// What one look into the inbox found.
#[derive(Debug, Default, PartialEq)]
pub struct Polled {
    /// To be applied, in order; each must be answered with [`Inbox::answer`].
    pub commands: Vec<Command>,
    /// Answered already, because they were malformed or too late: for the record only.
    pub refused: Vec<Answer>,
    /// What went wrong with a file in it; the others were taken all the same.
    pub fault: Option<String>,
}

impl Inbox {
    /// The inbox of a run or attack directory.
    ///
    /// # Errors
    /// When others than this user could write it.
    pub fn open(job: &Path) -> Result<Inbox, RunError> {
        let inbox = Inbox {
            job: job.to_path_buf(),
            open: BTreeSet::new(),
            answered: 0,
        };
        inbox.check()?;
        Ok(inbox)
    }

    /// [`Inbox::open`] for the worker that holds the job's lock: what piled up is swept first.
    ///
    /// # Errors
    /// As [`Inbox::open`].
    pub fn take_over(job: &Path) -> Result<Inbox, RunError> {
        let mut inbox = Inbox::open(job)?;
        inbox.sweep();
        Ok(inbox)
    }

    /// Removes old answers, and old files that were no commands, so that neither folder grows without end: the newest
    /// `KEPT` of each stay, and every answer whose command still lies in the inbox. Returns how many went. Only for the
    /// worker that holds the job's lock; what was applied is in the events.
    pub fn sweep(&mut self) -> usize {
        self.answered = 0;
        let inbox = inbox_of(&self.job);
        let is_old = |file: &Path| {
            let name = file.file_name().unwrap_or_default();
            id_of(file).is_some() && !inbox.join(name).exists()
        };
        remove_old(&done_of(&self.job), KEPT, is_old) + remove_old(&self.job.join("control/bad"), KEPT, |_| true)
    }

    /// New commands. `step` is the worker's own, for the answers to what is malformed or too late. A command whose
    /// final answer exists is not returned again; one that was only `accepted` when an earlier worker died is.
    ///
    /// # Errors
    /// When the inbox is gone or others than this user can write it. Nothing was applied then.
    pub fn poll(&mut self, step: u64) -> Result<Polled, RunError> {
        self.check()?;
        let folder = inbox_of(&self.job);
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(&folder)
            .map_err(RunError::io(&folder, "list"))?
            .flatten()
        {
            // Hidden names are still being written.
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                names.insert(entry.file_name());
            }
        }
        let mut polled = Polled::default();
        for name in names {
            if polled.commands.len() + polled.refused.len() >= AT_ONCE {
                break;
            }
            // One that cannot be set aside or answered must not cost those that were taken.
            if let Err(e) = self.take(&folder.join(name), step, &mut polled) {
                polled.fault = Some(e.to_string());
            }
        }
        Ok(polled)
    }

    /// Whether this command is still unanswered; [`Inbox::poll`] does not hand it out again then.
    pub fn awaits(&mut self, id: &str) -> bool {
        let Ok(ulid) = Ulid::from_string(id) else { return false };
        let asked = inbox_of(&self.job).join(format!("{ulid}.json"));
        let waits = asked.is_file() && !answer_of(&self.job, id).is_some_and(|a| is_final(a.result));
        if waits {
            self.open.insert(ulid);
        }
        waits
    }

    /// Hands out again what was handed out and not finally answered: the run was rolled back to before it.
    pub fn reopen(&mut self) {
        self.open.clear();
    }

    /// The job's folder was renamed.
    pub fn relocate(&mut self, job: &Path) {
        self.job = job.to_path_buf();
    }

    /// Publishes the worker's answer; unless it is `accepted`, the command is done with and leaves the inbox.
    ///
    /// # Errors
    /// When the answer cannot be written; the command then stays.
    pub fn answer(&mut self, answer: &Answer) -> Result<(), RunError> {
        let id = Ulid::from_string(&answer.id)
            .map_err(|_| RunError::refused(&self.job, format!("{:?} is not a command's id", answer.id)))?;
        publish_json(&done_of(&self.job).join(format!("{id}.json")), answer)?;
        if is_final(answer.result) {
            self.answered += 1;
            self.open.remove(&id);
            let asked = inbox_of(&self.job).join(format!("{id}.json"));
            match std::fs::remove_file(&asked) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(RunError::io(&asked, "remove")(e)),
                _ => {}
            }
            if self.answered >= SWEPT_EVERY {
                self.sweep();
            }
        }
        Ok(())
    }

    fn take(&mut self, file: &Path, step: u64, polled: &mut Polled) -> Result<(), RunError> {
        let Some(id) = id_of(file) else {
            return self.set_aside(file);
        };
        if self.open.contains(&id) {
            return Ok(());
        }
        if answer_of(&self.job, &id.to_string()).is_some_and(|a| is_final(a.result)) {
            // Answered by a worker that died before it could remove the command.
            let _ = std::fs::remove_file(file);
            return Ok(());
        }
        let refuse = |verdict, why: String| Answer {
            id: id.to_string(),
            result: verdict,
            step,
            time: clock::now_text(),
            changes: Vec::new(),
            why,
        };
        let answer = match read(file, id) {
            Ok(command) if !is_expired(&command) => {
                self.open.insert(id);
                polled.commands.push(command);
                return Ok(());
            }
            Ok(command) => refuse(
                Verdict::Expired,
                format!(
                    "was to be applied before {}; send it again",
                    command.expires.unwrap_or_default()
                ),
            ),
            Err(why) => refuse(Verdict::Rejected, why),
        };
        self.set_aside(file)?;
        publish_json(&done_of(&self.job).join(format!("{id}.json")), &answer)?;
        polled.refused.push(answer);
        self.answered += 1;
        if self.answered >= SWEPT_EVERY {
            self.sweep();
        }
        Ok(())
    }

    /// Moves what is no command to `control/bad/`, unread; the folder is made when first needed.
    fn set_aside(&self, file: &Path) -> Result<(), RunError> {
        let bad = self.job.join("control/bad");
        if !bad.is_dir() {
            crate::run::files::create_private_folder(&bad)?;
        }
        let name = file.file_name().unwrap_or_default();
        std::fs::rename(file, bad.join(name))
            .or_else(|_| std::fs::remove_file(file))
            .map_err(RunError::io(file, "set aside"))?;
        sync_folder(file)
    }

    /// The inbox is applied only where nobody but this user can put something in.
    fn check(&self) -> Result<(), RunError> {
        for folder in [self.job.join(names::CONTROL), inbox_of(&self.job)] {
            let meta = std::fs::symlink_metadata(&folder).map_err(RunError::io(&folder, "find the inbox"))?;
            let me = rustix::process::geteuid().as_raw();
            let wrong = match () {
                () if !meta.is_dir() => "is a link or a file, not a folder".to_string(),
                () if meta.uid() != me => {
                    format!("belongs to user {} and not to {me}, who runs this worker", meta.uid())
                }
                () if meta.mode() & 0o022 != 0 => "can be written by others".to_string(),
                () => continue,
            };
            let fix = format!(
                "commands are not applied until it is this user's own folder: chmod 700 {}",
                folder.display()
            );
            return Err(RunError::refused(&folder, format!("{wrong}; {fix}")));
        }
        Ok(())
    }
}

/// Removes the files of a folder that `is_old` picks, but the `keep` newest of them by time; nothing through a link.
fn remove_old(folder: &Path, keep: usize, is_old: impl Fn(&Path) -> bool) -> usize {
    if folder.is_symlink() {
        return 0;
    }
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .take(MOST_SWEPT)
        .flatten();
    let mut old: Vec<_> = entries
        .filter(|e| e.file_type().is_ok_and(|t| !t.is_dir()) && is_old(&e.path()))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .collect();
    old.sort();
    let gone = old.len().saturating_sub(keep);
    let removed = old
        .iter()
        .take(gone)
        .filter(|(_, path)| std::fs::remove_file(path).is_ok());
    removed.count()
}

fn id_of(file: &Path) -> Option<Ulid> {
    let name = file.file_name()?.to_str()?;
    let stem = name.strip_suffix(".json")?;
    // The text must be the id's own form, or its answer would be looked for under another name.
    Ulid::from_string(stem).ok().filter(|id| id.to_string() == stem)
}

fn read(file: &Path, id: Ulid) -> Result<Command, String> {
    let link = std::fs::symlink_metadata(file).map_err(|e| e.to_string())?;
    if !link.is_file() {
        return Err(not_a_file(&link).into());
    }
    let me = rustix::process::geteuid().as_raw();
    if link.uid() != me {
        // It may have been put there while the folder was open to others.
        let owner = link.uid();
        return Err(format!(
            "belongs to user {owner} and not to {me}, who runs this worker; it was not applied"
        ));
    }
    let bytes = read_inside(file, LARGEST).map_err(|e| e.to_string())?;
    let command: Command = serde_json::from_slice(&bytes).map_err(|e| format!("is not a command: {e}"))?;
    match command.id == id.to_string() {
        true => Ok(command),
        false => Err(format!("its id {:?} is not its file's name", command.id)),
    }
}

/// An expiry that is no time at all is one we cannot keep: too late, to be safe.
fn is_expired(command: &Command) -> bool {
    let Some(text) = &command.expires else { return false };
    clock::parse(text).is_none_or(|time| time < clock::now())
}
