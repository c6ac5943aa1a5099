//! Brings the original files of a data set from its official address, or from a mirror.
//!
//! Each file goes into a `.part` beside its place, never through a link, is checked, and only then takes its name: nothing
//! half-written is ever found under the final name, and an interrupted download continues where it stopped. There is no limit on the
//! whole time; a silent server is given up on. To retry, the user repeats the command.

mod archive;
mod download;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::catalog::{Delivery, Known, find};
use super::check::{Depth, FileState, file_report};
use super::checksum::Checksum;
use super::error::DataError;
use download::Wanted;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(30);
/// How long a server may stay silent.
const SILENCE: Duration = Duration::from_secs(60);
/// No archive we know is larger than this; a server that sends more is stopped.
const LARGEST_ARCHIVE: u64 = 256 << 20;

/// What happens during a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The file is there and valid: nothing to do.
    AlreadyThere,
    /// The download begins at this byte.
    Started {
        /// Bytes there already, from an earlier attempt.
        at: u64,
        /// Bytes in the whole file, where known.
        total: Option<u64>,
    },
    /// So many bytes are there now.
    Advanced {
        /// Bytes so far.
        done: u64,
        /// Bytes in the whole file, where known.
        total: Option<u64>,
    },
    /// The file is complete, checked, and under its name.
    Verified {
        /// Its length.
        bytes: u64,
    },
}

/// Called with a file's name and what happens to it.
pub type Watcher<'a> = dyn FnMut(&str, Progress) + 'a;

/// What became of one file.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it lies.
    pub path: PathBuf,
    /// False where it was there and valid before.
    pub is_new: bool,
}

/// Fetch the data set `name` into `root`, from `from` in place of the official address where given.
///
/// # Errors
/// An unknown name, a server that does not give the file, a wrong checksum, a full disk: each names file and fix.
pub fn fetch(name: &str, root: &Path, from: Option<&str>, watch: &mut Watcher) -> Result<Vec<Fetched>, DataError> {
    let known = find(name)?;
    let folder = root.join(known.folder);
    let (Delivery::Files { address } | Delivery::Archive { address, .. }) = known.delivery else {
        return Err(DataError::Embedded {
            name: known.name,
            verb: "fetch",
        });
    };
    let base = base_url(from.unwrap_or(address))?;
    make_folder(&folder)?;
    match known.delivery {
        Delivery::Archive { archive, md5, .. } => fetch_archive(known, root, &base, archive, md5, watch),
        _ => fetch_files(known, &folder, &base, watch),
    }
}

/// Make the folder and those above it, writable for the owner alone whatever the umask allows.
fn make_folder(folder: &Path) -> Result<(), DataError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.create(folder).map_err(|e| DataError::io("create", folder, e))
}

fn fetch_files(known: &Known, folder: &Path, base: &str, watch: &mut Watcher) -> Result<Vec<Fetched>, DataError> {
    let agent = agent(base, SILENCE);
    let mut fetched = Vec::new();
    for file in known.files() {
        let report = file_report(file, folder, Depth::Verify);
        let is_new = report.state != FileState::Valid;
        let path = if is_new { folder.join(file.name) } else { report.path };
        if is_new {
            let wanted = Wanted {
                url: format!("{base}{}", file.name),
                path: path.clone(),
                bytes: Some(file.bytes),
                at_most: file.bytes,
                sum: file.sha256.map(Checksum::Sha256),
            };
            download::download(&agent, &wanted, &mut |event| watch(file.name, event))?;
        } else {
            watch(file.name, Progress::AlreadyThere);
        }
        fetched.push(Fetched { path, is_new });
    }
    Ok(fetched)
}

/// The archive lies beside the folder it fills, under a name of its own, and goes when it is unpacked. A file of the
/// archive's original name is left alone.
fn fetch_archive(
    known: &Known,
    root: &Path,
    base: &str,
    archive: &str,
    md5: &str,
    watch: &mut Watcher,
) -> Result<Vec<Fetched>, DataError> {
    let folder = root.join(known.folder);
    let reports: Vec<_> = known
        .files()
        .map(|file| file_report(file, &folder, Depth::Verify))
        .collect();
    let is_new = !reports
        .iter()
        .all(|r| matches!(r.state, FileState::Valid | FileState::SizeOnly));
    if is_new {
        let packed = root.join(format!("{archive}.fetched"));
        let wanted = Wanted {
            url: format!("{base}{archive}"),
            path: packed.clone(),
            bytes: None,
            at_most: LARGEST_ARCHIVE,
            sum: Some(Checksum::Md5(md5)),
        };
        download::download(&agent(base, SILENCE), &wanted, &mut |event| watch(archive, event))?;
        archive::unpack(
            &packed,
            &folder,
            &known.files().collect::<Vec<_>>(),
            &known.fix(root),
            watch,
        )?;
        std::fs::remove_file(&packed).map_err(|e| DataError::io("remove", &packed, e))?;
    } else {
        reports
            .iter()
            .for_each(|report| watch(report.name, Progress::AlreadyThere));
    }
    Ok(reports
        .into_iter()
        .map(|report| Fetched {
            path: report.path,
            is_new,
        })
        .collect())
}

/// The address with exactly one slash at its end.
fn base_url(address: &str) -> Result<String, DataError> {
    let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    if plain && (address.starts_with("http://") || address.starts_with("https://")) {
        return Ok(format!("{}/", address.trim_end_matches('/')));
    }
    Err(DataError::Download {
        url: address.to_owned(),
        why: "this is no address that begins with http:// or https://".to_owned(),
        fix: "Give one with --from, or leave --from out for the official address".to_owned(),
    })
}

/// The client. A proxy from the environment is used except for this machine's own addresses.
fn agent(base: &str, silence: Duration) -> ureq::Agent {
    let rest = base.split_once("//").map_or(base, |(_, rest)| rest);
    let local = ["localhost", "127.", "[::1]"].iter().any(|host| rest.starts_with(host));
    let mut config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        // Lengths and ranges must count the file's own bytes.
        .accept_encoding("identity")
        .user_agent(concat!("spikedeck/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence));
    if local {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

#[cfg(test)]
mod tests;
