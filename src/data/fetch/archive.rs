//! Unpacks the expected files of a `.tar.gz`, and nothing else.
//!
//! An entry is taken by its bare file name, from the list of those expected, and written where that file belongs: the
//! archive has no say in where anything goes. Links, folders and files that nobody asked for are passed over.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::download::{part_of, write_fault};
use super::{Progress, Watcher};
use crate::data::catalog::KnownFile;
use crate::data::checksum::Checksum;
use crate::data::error::DataError;

/// No archive we know unpacks to more than this.
const LARGEST_CONTENT: u64 = 1 << 30;

/// Put every file of `expected` into `folder`, each checked before it takes its name.
pub(super) fn unpack(
    archive: &Path,
    folder: &Path,
    expected: &[&KnownFile],
    mend: &str,
    watch: &mut Watcher,
) -> Result<(), DataError> {
    let damaged = |path: &Path, found: String, wanted: String| DataError::Damaged {
        path: path.to_path_buf(),
        found,
        expected: wanted,
        mend: mend.to_owned(),
    };
    let broken = |e: std::io::Error| damaged(archive, format!("it breaks off ({e})"), "a whole .tar.gz".to_owned());
    let file = File::open(archive).map_err(|e| DataError::io("read", archive, e))?;
    let content = GzDecoder::new(BufReader::new(file)).take(LARGEST_CONTENT);
    let mut tar = tar::Archive::new(content);
    let mut left = expected.to_vec();
    for entry in tar.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let is_file = entry.header().entry_type().is_file();
        let name = entry
            .path()
            .ok()
            .and_then(|path| path.file_name().map(ToOwned::to_owned));
        let Some(at) = left
            .iter()
            .position(|file| is_file && name.as_deref() == Some(file.name.as_ref()))
        else {
            continue;
        };
        let file = left.remove(at);
        if entry.size() != file.bytes {
            let found = format!("its {} has {} bytes", file.name, entry.size());
            return Err(damaged(archive, found, format!("{} bytes", file.bytes)));
        }
        let part = write_part(&mut entry, &folder.join(file.name), file.bytes)?;
        if let Some(sum) = file.sha256 {
            let (holds, found) = Checksum::Sha256(sum)
                .holds_for(&part)
                .map_err(|e| DataError::io("read", &part, e))?;
            if !holds {
                let _ = std::fs::remove_file(&part);
                return Err(damaged(
                    archive,
                    format!("its {} has SHA-256 {found}", file.name),
                    sum.to_owned(),
                ));
            }
        }
        std::fs::rename(&part, folder.join(file.name)).map_err(|e| DataError::io("rename", &part, e))?;
        watch(file.name, Progress::Verified { bytes: file.bytes });
    }
    match left.first() {
        None => Ok(()),
        Some(file) => Err(damaged(
            archive,
            format!("it has no {}", file.name),
            format!("a file {}", file.name),
        )),
    }
}

/// Write the entry beside its final place. A part left over from before is not continued: unpacking is quick.
fn write_part(entry: &mut dyn Read, path: &Path, bytes: u64) -> Result<PathBuf, DataError> {
    let part = part_of(path);
    match std::fs::remove_file(&part) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(DataError::io("remove", &part, e)),
        _ => {}
    }
    let opened = OpenOptions::new().write(true).create_new(true).open(&part);
    let mut file = opened.map_err(|e| DataError::io("write", &part, e))?;
    let (mut done, mut buffer) = (0, vec![0; 1 << 16]);
    loop {
        let n = entry.read(&mut buffer).map_err(|e| DataError::io("unpack", &part, e))?;
        if n == 0 {
            break;
        }
        file.write_all(&buffer[..n])
            .map_err(|e| write_fault(&part, done, Some(bytes), e))?;
        done += n as u64;
    }
    file.sync_all().map_err(|e| write_fault(&part, done, Some(bytes), e))?;
    Ok(part)
}
