//! One file over HTTP: into its `.part`, resumed by range, checked, then renamed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use rustix::fs::OFlags;

use super::Progress;
use crate::data::checksum::Checksum;
use crate::data::error::DataError;

/// Nobody but the owner may write to what is fetched, whatever the umask allows.
pub(super) const FILE_MODE: u32 = 0o644;

/// A file to download.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub url: String,
    /// Its final place.
    pub path: PathBuf,
    /// Its exact length, where known.
    pub bytes: Option<u64>,
    /// More than this is not taken from any server.
    pub at_most: u64,
    pub sum: Option<Checksum<'a>>,
}

/// How a transfer ended without an error.
enum Ended {
    /// The server sent everything it had to send.
    Complete,
    /// What we had does not fit what the server has: begin again from nothing.
    Stale,
}

/// Bring the file to its place. A `.part` of an earlier attempt is continued, and dropped where it turns out stale.
pub(super) fn download(agent: &ureq::Agent, wanted: &Wanted, watch: &mut dyn FnMut(Progress)) -> Result<(), DataError> {
    let part_path = part_of(&wanted.path);
    let mut part = open_part(&part_path)?;
    loop {
        let had = length(&part, &part_path)?;
        if had > wanted.bytes.unwrap_or(wanted.at_most) {
            truncate(&mut part, &part_path)?;
            continue;
        }
        // A part that is as long as the file needs no request, only its check.
        let ended = match wanted.bytes {
            Some(bytes) if had == bytes => Ended::Complete,
            _ => transfer(agent, wanted, had, (&mut part, &part_path), watch)?,
        };
        let why = match ended {
            Ended::Complete => match wrong_sum(wanted, &mut part, &part_path)? {
                None => return publish(wanted, &part, &part_path, watch),
                Some(why) => why,
            },
            Ended::Stale => "the server refuses to send the rest".to_owned(),
        };
        truncate(&mut part, &part_path)?;
        // What was resumed may have been another version's beginning: once more, from nothing.
        if had == 0 {
            std::fs::remove_file(&part_path).map_err(|e| DataError::io("remove", &part_path, e))?;
            return Err(fault(
                wanted,
                why,
                "This is not the original file: give another address with --from",
            ));
        }
    }
}

/// The path with `.part` after its name.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Open for appending, locked against a second fetch for as long as the handle lives. What another put there in its
/// place, a link or a pipe, is not written to.
fn open_part(path: &Path) -> Result<File, DataError> {
    let file = plain_file(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DataError::Busy {
            path: path.to_path_buf(),
        }),
        // Some network file systems know no locks; the checksum still stands between a mix-up and the final name.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// A file of its own at `path`, made where there is none: never through a link, nor one that has a second name.
fn plain_file(path: &Path) -> Result<File, DataError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    options
        .mode(FILE_MODE)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    let refused = |what| DataError::NotAFile {
        path: path.to_path_buf(),
        what,
        fix: "A download would be written to it: remove it and give the same command again".to_owned(),
    };
    let file = options.open(path).map_err(|e| match path.is_symlink() {
        true => refused("a link"),
        false => DataError::io("write", path, e),
    })?;
    let meta = file.metadata().map_err(|e| DataError::io("write", path, e))?;
    if !meta.is_file() {
        return Err(refused("not a regular file"));
    }
    #[cfg(unix)]
    if meta.nlink() > 1 {
        return Err(refused("a file with a second name (a hard link)"));
    }
    Ok(file)
}

fn transfer(
    agent: &ureq::Agent,
    wanted: &Wanted,
    had: u64,
    (part, part_path): (&mut File, &Path),
    watch: &mut dyn FnMut(Progress),
) -> Result<Ended, DataError> {
    let mut request = agent.get(&wanted.url);
    if had > 0 {
        request = request.header("Range", format!("bytes={had}-"));
    }
    let again = "See that the address can be reached and give the same command again";
    let response = request.call().map_err(|e| fault(wanted, e.to_string(), again))?;
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let start = match response.status().as_u16() {
        200 => 0,
        206 if had > 0 && range_start(header("content-range").as_deref()) == Some(had) => had,
        206 | 416 if had > 0 => return Ok(Ended::Stale),
        code => {
            let why = format!(
                "the server answered {code} {}",
                response.status().canonical_reason().unwrap_or("")
            );
            return Err(fault(
                wanted,
                why.trim_end().to_owned(),
                "Check the address, or give another with --from",
            ));
        }
    };
    if start != had {
        truncate(part, part_path)?;
    }
    let sent = header("content-length")
        .and_then(|text| text.parse::<u64>().ok())
        .map(|n| n.saturating_add(start));
    let total = expected_size(wanted, sent)?;
    watch(Progress::Started { at: start, total });
    let mut body = response.into_body().into_reader();
    copy(wanted, &mut body, (part, part_path), start, total, watch).map(|()| Ended::Complete)
}

/// The size that the file must have, where it is known; `sent` is what the server says.
fn expected_size(wanted: &Wanted, sent: Option<u64>) -> Result<Option<u64>, DataError> {
    let total = wanted.bytes.or(sent);
    if let (Some(sent), Some(total)) = (sent, total)
        && (sent != total || sent > wanted.at_most)
    {
        let why = format!(
            "the server has a file of {sent} bytes, expected {}",
            total.min(wanted.at_most)
        );
        return Err(fault(
            wanted,
            why,
            "This is not the original file: give another address with --from",
        ));
    }
    Ok(total)
}

/// The body into the part. Whatever arrived stays there when the rest does not.
fn copy(
    wanted: &Wanted,
    body: &mut dyn Read,
    (part, part_path): (&mut File, &Path),
    start: u64,
    total: Option<u64>,
    watch: &mut dyn FnMut(Progress),
) -> Result<(), DataError> {
    let broke = |done: u64, why: String| {
        let again = format!("Give the same command again: it continues from byte {done}");
        fault(
            wanted,
            format!("the connection broke off after {done} bytes ({why})"),
            &again,
        )
    };
    let (mut done, mut buffer) = (start, vec![0; 1 << 16]);
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(broke(done, e.to_string())),
        };
        if done + n as u64 > total.unwrap_or(wanted.at_most) {
            truncate(part, part_path)?;
            return Err(fault(
                wanted,
                "the server sends more than the file has".to_owned(),
                "Give another address with --from",
            ));
        }
        part.write_all(&buffer[..n])
            .map_err(|e| write_fault(part_path, done, total, e))?;
        done += n as u64;
        watch(Progress::Advanced { done, total });
    }
    match total {
        Some(total) if done < total => Err(broke(done, format!("of {total}"))),
        _ => Ok(()),
    }
}

/// The first byte of a `Content-Range: bytes 5-9/10`.
fn range_start(header: Option<&str>) -> Option<u64> {
    header?
        .trim()
        .strip_prefix("bytes ")?
        .split_once('-')?
        .0
        .trim()
        .parse()
        .ok()
}

/// The words for a checksum that does not hold.
fn wrong_sum(wanted: &Wanted, part: &mut File, path: &Path) -> Result<Option<String>, DataError> {
    let Some(sum) = wanted.sum else { return Ok(None) };
    part.rewind().map_err(|e| DataError::io("read", path, e))?;
    let (holds, found) = sum.holds(part).map_err(|e| DataError::io("read", path, e))?;
    let (Checksum::Sha256(expected) | Checksum::Md5(expected)) = sum;
    Ok((!holds).then(|| format!("wrong checksum: what came has {found}, expected {expected}")))
}

fn publish(wanted: &Wanted, part: &File, path: &Path, watch: &mut dyn FnMut(Progress)) -> Result<(), DataError> {
    let bytes = length(part, path)?;
    part.sync_all().map_err(|e| write_fault(path, bytes, wanted.bytes, e))?;
    std::fs::rename(path, &wanted.path).map_err(|e| DataError::io("rename", path, e))?;
    watch(Progress::Verified { bytes });
    Ok(())
}

fn length(part: &File, path: &Path) -> Result<u64, DataError> {
    part.metadata()
        .map(|meta| meta.len())
        .map_err(|e| DataError::io("read", path, e))
}

fn truncate(part: &mut File, path: &Path) -> Result<(), DataError> {
    part.set_len(0).map_err(|e| DataError::io("truncate", path, e))
}

/// A full disk is an error of its own, because the part written so far is kept.
pub(super) fn write_fault(path: &Path, have: u64, need: Option<u64>, error: std::io::Error) -> DataError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DataError::DiskFull {
            path: path.to_path_buf(),
            have,
            need,
        },
        _ => DataError::io("write", path, error),
    }
}

fn fault(wanted: &Wanted, why: String, fix: &str) -> DataError {
    DataError::Download {
        url: wanted.url.clone(),
        why,
        fix: fix.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_says_so() {
        let mut part = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let wanted = Wanted {
            url: "http://x/".to_owned(),
            path: "x".into(),
            bytes: Some(9),
            at_most: 9,
            sum: None,
        };
        let body: &mut dyn Read = &mut &[1; 9][..];
        let text = copy(&wanted, body, (&mut part, Path::new("x.part")), 0, Some(9), &mut |_| {})
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("no space left") && text.contains("continues from there"),
            "{text}"
        );
    }
}
