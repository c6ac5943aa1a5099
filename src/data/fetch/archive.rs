//! Unpacks the expected files of a `.tar.gz`, and nothing else.
//!
//! An entry is taken by its bare file name, from the list of those expected, and written where that file belongs: the
//! archive has no say in where anything goes. Links, folders and files that nobody asked for are passed over.

use std::fs::File;
use std::io::{BufReader, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use flate2::read::GzDecoder;
use tempfile::NamedTempFile;

#[cfg(unix)]
use super::download::FILE_MODE;
use super::download::write_fault;
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
    fix: &str,
    watch: &mut Watcher,
) -> Result<(), DataError> {
    let damage = Damage { archive, fix };
    let file = File::open(archive).map_err(|e| DataError::io("read", archive, e))?;
    let content = GzDecoder::new(BufReader::new(file)).take(LARGEST_CONTENT);
    let mut tar = tar::Archive::new(content);
    let mut left = expected.to_vec();
    for entry in tar.entries().map_err(|e| damage.broken(&e))? {
        let mut entry = entry.map_err(|e| damage.broken(&e))?;
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
        let size = entry.size();
        put(&mut entry, size, &folder.join(file.name), file, &damage)?;
        watch(file.name, Progress::Verified { bytes: file.bytes });
    }
    match left.first() {
        None => Ok(()),
        Some(file) => Err(damage.of(format!("it has no {}", file.name), format!("a file {}", file.name))),
    }
}

/// Which archive is damaged, and what to do about it.
struct Damage<'a> {
    archive: &'a Path,
    fix: &'a str,
}

impl Damage<'_> {
    /// Says what was found where something else was expected.
    fn of(&self, found: String, expected: String) -> DataError {
        DataError::Damaged {
            path: self.archive.to_path_buf(),
            found,
            expected,
            fix: self.fix.to_owned(),
        }
    }

    fn broken(&self, error: &std::io::Error) -> DataError {
        self.of(format!("it breaks off ({error})"), "a whole .tar.gz".to_owned())
    }
}

/// Write an entry of `size` bytes to its place, once its size and checksum are those of `file`.
fn put(entry: &mut dyn Read, size: u64, place: &Path, file: &KnownFile, damage: &Damage) -> Result<(), DataError> {
    if size != file.bytes {
        let found = format!("its {} has {size} bytes", file.name);
        return Err(damage.of(found, format!("{} bytes", file.bytes)));
    }
    let part = write_part(entry, place, file.bytes)?;
    if let Some(sum) = file.sha256 {
        let (holds, found) = Checksum::Sha256(sum)
            .holds_for(part.path())
            .map_err(|e| DataError::io("read", part.path(), e))?;
        if !holds {
            return Err(damage.of(format!("its {} has SHA-256 {found}", file.name), sum.to_owned()));
        }
    }
    part.persist(place)
        .map_err(|e| DataError::io("write", place, e.error))?;
    Ok(())
}

/// Write the entry beside its final place, into a file of a name that nobody else has; it goes when it is dropped.
fn write_part(entry: &mut dyn Read, path: &Path, bytes: u64) -> Result<NamedTempFile, DataError> {
    let (folder, name) = (
        path.parent().unwrap_or(Path::new(".")),
        path.file_name().unwrap_or_default(),
    );
    let mut builder = tempfile::Builder::new();
    builder.prefix(name).suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::fs::Permissions::from_mode(FILE_MODE));
    let made = builder.tempfile_in(folder);
    let mut file = made.map_err(|e| DataError::io("write", path, e))?;
    let (mut done, mut buffer) = (0, vec![0; 1 << 16]);
    loop {
        let n = entry.read(&mut buffer).map_err(|e| DataError::io("unpack", path, e))?;
        if n == 0 {
            break;
        }
        file.write_all(&buffer[..n])
            .map_err(|e| write_fault(path, done, Some(bytes), e))?;
        done += n as u64;
    }
    file.as_file()
        .sync_all()
        .map_err(|e| write_fault(path, done, Some(bytes), e))?;
    Ok(file)
}
