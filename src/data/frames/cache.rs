//! Frames kept on disk, so that a recording is read once and not in every epoch.
//!
//! An entry's name is a digest of the file's content, the rule and all else that was asked for: a file that changes, or
//! another rule, has another entry. Entries appear whole or not at all, are verified when they are read, and made again
//! where they are damaged. The folder stays below a limit; what was used least recently goes first.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use lz4_flex::frame::{FrameDecoder, FrameEncoder};
use sha2::{Digest, Sha256};

use super::{Frames, MOST_VALUES, Wanted, of_file};
use crate::data::error::DataError;
use crate::data::read::Expected;

/// How an entry begins. Another number where frames of the same rule become other ones.
const MAGIC: &[u8; 8] = b"SPKFRAM1";
/// Bytes before the counts: the magic, four extents, two counts of events, a digest.
const HEADER: usize = 8 + 6 * 8 + 32;
/// How entries end.
const EXTENSION: &str = "frames";
/// After pruning so much of the limit is taken, in percent, so that not every new entry prunes.
const AFTER: u64 = 90;
/// A file that was being written so long ago is a killed process's.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A folder of frames.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limit: u64,
    /// Bytes of all entries, as far as this process knows.
    taken: AtomicU64,
}

/// Where frames came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// Out of the folder.
    Kept,
    /// Made, and kept from now on.
    Made,
    /// Made, and not kept: why, in words.
    NotKept(String),
}

impl Cache {
    /// The folder, made if it is not there, holding `limit` bytes at most.
    ///
    /// # Errors
    /// The system's own.
    pub fn open(folder: &Path, limit: u64) -> Result<Self, DataError> {
        let io = |e| DataError::io("make", folder, e);
        fs::create_dir_all(folder).map_err(io)?;
        let cache = Self {
            folder: folder.to_path_buf(),
            limit,
            taken: AtomicU64::new(0),
        };
        cache
            .prune(limit)
            .map_err(|e| DataError::io("look through", folder, e))?;
        Ok(cache)
    }

    /// The frames of the recording `path`, out of the folder where they are in it.
    ///
    /// # Errors
    /// As [`of_file`]. What is wrong with the folder is no error: frames are made then.
    pub fn frames(&self, path: &Path, wanted: &Wanted) -> Result<(Frames, Came), DataError> {
        let entry = self.entry(&key(path, wanted)?);
        match read(&entry) {
            Ok(frames) => {
                // Used now: it goes last. That this cannot be noted costs nothing but its place in the queue.
                let _ = File::open(&entry).and_then(|file| file.set_modified(SystemTime::now()));
                return Ok((frames, Came::Kept));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(_) => drop(fs::remove_file(&entry)),
        }
        let frames = of_file(path, wanted)?;
        let came = match self.keep(&entry, &frames) {
            Ok(()) => Came::Made,
            Err(e) => Came::NotKept(e.to_string()),
        };
        Ok((frames, came))
    }

    /// Bytes of all entries, as far as this process knows.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn entry(&self, key: &str) -> PathBuf {
        self.folder.join(&key[..2]).join(format!("{key}.{EXTENSION}"))
    }

    fn keep(&self, entry: &Path, frames: &Frames) -> io::Result<()> {
        let folder = entry.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        write(&mut file, frames)?;
        let bytes = file.as_file().metadata()?.len();
        if bytes > self.limit {
            return Err(io::Error::other(format!(
                "these frames take {bytes} bytes, and the folder may hold {}",
                self.limit
            )));
        }
        // On disk before it has its name: an entry that a power cut leaves is a whole one.
        file.as_file().sync_data()?;
        file.persist(entry)?;
        if self.taken.fetch_add(bytes, Ordering::Relaxed) + bytes > self.limit {
            self.prune(self.limit / 100 * AFTER)?;
        }
        Ok(())
    }

    /// Remove what was used least recently until no more than `limit` bytes are left; how many were removed.
    ///
    /// # Errors
    /// The system's own.
    pub fn prune(&self, limit: u64) -> io::Result<u64> {
        let mut entries = Vec::new();
        for folder in fs::read_dir(&self.folder)?
            .flatten()
            .filter(|folder| folder.path().is_dir())
        {
            for file in fs::read_dir(folder.path())?.flatten() {
                let (path, Ok(meta)) = (file.path(), file.metadata()) else {
                    continue;
                };
                let used = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                let is_entry = path.extension().is_some_and(|extension| extension == EXTENSION);
                if is_entry {
                    entries.push((used, meta.len(), path));
                } else if file.file_name().to_string_lossy().starts_with(".tmp")
                    && used.elapsed().is_ok_and(|age| age > ABANDONED)
                {
                    let _ = fs::remove_file(&path);
                }
            }
        }
        entries.sort();
        let mut taken: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        let mut removed = 0;
        for (_, bytes, path) in entries {
            if taken <= limit {
                break;
            }
            match fs::remove_file(&path) {
                Ok(()) => removed += bytes,
                // Another process was quicker.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
            taken -= bytes;
        }
        self.taken.store(taken, Ordering::Relaxed);
        Ok(removed)
    }
}

/// The name of what is asked for of a file: a digest of its content and of the question.
fn key(path: &Path, wanted: &Wanted) -> Result<String, DataError> {
    let file = Expected {
        path: path.to_path_buf(),
        expected: "a recording of events".to_owned(),
        fix: "Look at the name once more".to_owned(),
    };
    let (mut handle, _) = file.open()?;
    let (mut sum, mut part) = (Sha256::new(), vec![0; 1 << 17]);
    loop {
        match handle.read(&mut part) {
            Ok(0) => break,
            Ok(n) => sum.update(&part[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(DataError::io("read", path, e)),
        }
    }
    // The file's name decides between two formats of the same bytes, so its ending is part of the question.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Wanted {
        rule,
        size,
        format,
        sensor,
        stream,
        allow_cut,
        between,
    } = wanted;
    let question = format!(
        "{rule}|{size:?}|{format:?}|{sensor:?}|{stream:?}|{allow_cut}|{between:?}|{}",
        name.ends_with(".bs2")
    );
    sum.update(MAGIC);
    sum.update(question);
    Ok(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn bytes(counts: &[u32]) -> impl Iterator<Item = [u8; 4]> {
    counts.iter().map(|count| count.to_le_bytes())
}

fn digest(counts: &[u32]) -> [u8; 32] {
    let mut sum = Sha256::new();
    for part in counts.chunks(1 << 12) {
        sum.update(bytes(part).flatten().collect::<Vec<_>>());
    }
    sum.finalize().into()
}

fn write(to: &mut impl Write, frames: &Frames) -> io::Result<()> {
    to.write_all(MAGIC)?;
    for extent in frames.shape {
        to.write_all(&(extent as u64).to_le_bytes())?;
    }
    to.write_all(&frames.dropped.to_le_bytes())?;
    to.write_all(&frames.outside.to_le_bytes())?;
    to.write_all(&digest(&frames.counts))?;
    let mut packed = FrameEncoder::new(to);
    for part in frames.counts.chunks(1 << 12) {
        packed.write_all(&bytes(part).flatten().collect::<Vec<_>>())?;
    }
    packed.finish()?.flush()
}

/// An entry, verified.
fn read(entry: &Path) -> io::Result<Frames> {
    let mut file = BufReader::new(File::open(entry)?);
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "an entry that is damaged");
    let mut header = [0; HEADER];
    file.read_exact(&mut header)?;
    let (numbers, sum) = header[8..].split_at(6 * 8);
    let mut numbers = numbers
        .as_chunks::<8>()
        .0
        .iter()
        .map(|number| u64::from_le_bytes(*number));
    let mut next = || numbers.next().ok_or_else(damaged);
    let (shape, dropped, outside) = ([next()?, next()?, next()?, next()?], next()?, next()?);
    let values = shape.iter().try_fold(1u64, |all, &extent| all.checked_mul(extent));
    let values = values.filter(|&values| values <= MOST_VALUES).ok_or_else(damaged)?;
    if !header.starts_with(MAGIC) {
        return Err(damaged());
    }
    let mut content = Vec::new();
    FrameDecoder::new(file).take(4 * values + 1).read_to_end(&mut content)?;
    let counts: Vec<u32> = content
        .as_chunks::<4>()
        .0
        .iter()
        .map(|count| u32::from_le_bytes(*count))
        .collect();
    if content.len() as u64 != 4 * values || digest(&counts)[..] != *sum {
        return Err(damaged());
    }
    Ok(Frames {
        shape: shape.map(|extent| extent as usize),
        counts,
        dropped,
        outside,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::frames::{Convention, Rule, Split};

    fn recording(folder: &Path, name: &str, events: u32) -> PathBuf {
        let event = |at: u32| [(at * 7 % 34) as u8, (at * 5 % 34) as u8, 0, (at >> 8) as u8, at as u8];
        let path = folder.join(name);
        fs::write(&path, (0..events).flat_map(event).collect::<Vec<_>>()).unwrap();
        path
    }

    fn entries(folder: &Path) -> Vec<PathBuf> {
        let folders = fs::read_dir(folder).unwrap().flatten();
        folders
            .flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten())
            .map(|file| file.path())
            .collect()
    }

    fn wanted(frames: u32) -> Wanted<'static> {
        Wanted::by(Rule::new(Convention::SpikingJelly, Split::Number(frames)))
    }

    #[test]
    fn frames_are_kept_by_content_and_rule_and_made_again_where_an_entry_is_damaged() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::open(&root.path().join("cache"), 1 << 20).unwrap();
        let path = recording(root.path(), "a.bin", 500);
        let (made, came) = cache.frames(&path, &wanted(4)).unwrap();
        assert_eq!((came, made.total(), made.shape), (Came::Made, 500, [4, 2, 34, 34]));
        let copy = recording(root.path(), "copy.bin", 500);
        assert_eq!(
            cache.frames(&copy, &wanted(4)).unwrap(),
            (made.clone(), Came::Kept),
            "by content"
        );
        assert_eq!(cache.frames(&path, &wanted(5)).unwrap().1, Came::Made, "another rule");
        recording(root.path(), "a.bin", 501);
        assert_eq!(
            cache.frames(&path, &wanted(4)).unwrap().1,
            Came::Made,
            "another content"
        );
        assert_eq!(entries(&cache.folder).len(), 3);
        for entry in entries(&cache.folder) {
            let whole = fs::read(&entry).unwrap();
            for at in [0, 9, 60, whole.len() - 10] {
                let mut broken = whole.clone();
                broken[at] ^= 0x41;
                fs::write(&entry, &broken).unwrap();
                assert!(read(&entry).is_err() || at == 60 && read(&entry).is_ok(), "byte {at}");
            }
            fs::write(&entry, &whole[..whole.len() / 2]).unwrap();
        }
        assert_eq!(cache.frames(&copy, &wanted(4)).unwrap(), (made, Came::Made), "damaged");
    }

    #[test]
    fn the_folder_stays_below_its_limit_and_what_was_used_last_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        let path = recording(root.path(), "a.bin", 3000);
        let one = {
            let cache = Cache::open(&folder, 1 << 30).unwrap();
            cache.frames(&path, &wanted(8)).unwrap();
            cache.prune(0).unwrap()
        };
        let limit = one * 4;
        let cache = Cache::open(&folder, limit).unwrap();
        assert_eq!((cache.taken(), entries(&folder).len()), (0, 0));
        let other = |number: u32| recording(root.path(), &format!("{number}.bin"), 3000 - number);
        for number in 1..20 {
            cache.frames(&path, &wanted(8)).unwrap();
            cache.frames(&other(number), &wanted(8)).unwrap();
            let bytes: u64 = entries(&folder)
                .iter()
                .map(|entry| fs::metadata(entry).unwrap().len())
                .sum();
            assert!(bytes <= limit && cache.taken() == bytes, "{bytes} {limit}");
            // Times of files have a resolution.
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(
            cache.frames(&path, &wanted(8)).unwrap().1,
            Came::Kept,
            "used all the time"
        );
        assert_eq!(
            cache.frames(&other(1), &wanted(8)).unwrap().1,
            Came::Made,
            "used long ago"
        );
        let small = Cache::open(&folder, 10).unwrap();
        assert_eq!(entries(&folder).len(), 0, "pruned when it was opened");
        let (_, came) = small.frames(&path, &wanted(8)).unwrap();
        assert!(matches!(came, Came::NotKept(why) if why.contains("may hold 10")) && entries(&folder).is_empty());
    }

    #[test]
    fn nothing_is_kept_of_a_recording_that_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        let cache = Cache::open(&folder, 1 << 20).unwrap();
        let path = recording(root.path(), "a.bin", 100);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let text = cache.frames(&path, &wanted(4)).unwrap_err().to_string();
        assert!(
            text.contains("it is cut: it ends 4 bytes into a record of 5, at byte 495"),
            "{text}"
        );
        assert!(entries(&folder).is_empty());
        let will_do = Wanted {
            allow_cut: true,
            ..wanted(4)
        };
        assert_eq!(cache.frames(&path, &will_do).unwrap().0.total(), 99);
    }
}
