//! A data set of recordings as frames in memory: every recording is read once, several at a time, and large ones are kept
//! as frames on disk for the next time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Recording, Recordings, find};
use crate::data::dataset::{Dataset, Split};
use crate::data::error::DataError;
use crate::data::events::sensor::Sensor;
use crate::data::frames::cache::Cache;
use crate::data::frames::{self, Convention, Frames, How, Resize, Rule, Wanted};
use crate::data::info::{Given, open};
use crate::data::packed::Packed;

/// Recordings of at least so many bytes are worth a file of frames.
const LARGE: u64 = 1 << 20;
/// Bytes of the folder of frames at the most.
const CACHE_LIMIT: u64 = 20 << 30;

/// How recordings become frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameRule {
    /// How events are divided among frames.
    pub split: frames::Split,
    /// Whose rule decides what becomes of the rest.
    pub convention: Convention,
    /// `[height, width]` of the frames.
    pub size: [usize; 2],
    /// How they get that size, where it is not the sensor's.
    pub resize: How,
    /// How AEDAT 2.0 addresses are read, in place of what headers say.
    pub sensor: Option<Sensor>,
}

/// Reads the data set `name` beneath the data folder `root` as frames; `frames` is their number per recording.
///
/// # Errors
/// A folder that is not as expected; a recording that is damaged, cut or of another kind, named.
pub fn load(name: &str, root: &Path, rule: &FrameRule, frames: usize) -> Result<Dataset, DataError> {
    let found = find(name, root, rule.sensor)?;
    let [height, width] = rule.size;
    let (train, test) = (split(&found.train, &found, rule)?, split(&found.test, &found, rule)?);
    Ok(Dataset {
        name: name.to_owned(),
        image: [2, height, width],
        frames: Some(frames),
        classes: found.class_names.len(),
        class_names: found.class_names,
        train,
        test,
        note: found.note,
    })
}

fn split(recordings: &[Recording], of: &Recordings, rule: &FrameRule) -> Result<Split, DataError> {
    let cache = cache_folder().and_then(|folder| Cache::open(&folder, CACHE_LIMIT).ok());
    let found = in_parallel(recordings, |recording| read(recording, of, rule, cache.as_ref()))?;
    Ok(Split {
        recordings: found,
        labels: recordings.iter().map(|r| r.label).collect(),
        ..Split::default()
    })
}

/// The frames of one recording.
fn read(recording: &Recording, of: &Recordings, rule: &FrameRule, cache: Option<&Cache>) -> Result<Packed, DataError> {
    let [height, width] = rule.size.map(|side| u16::try_from(side).unwrap_or(u16::MAX));
    let size = [width, height];
    let given = Given {
        sensor: of.sensor,
        ..Given::default()
    };
    // A file that does not say how many pixels its sensor had is taken to have those of the frames.
    let said = match of.size {
        Some(size) => Some(size),
        None => open(&recording.path, given)?.about().size,
    };
    let resize = said
        .is_some_and(|said| said != size)
        .then_some(Resize { size, how: rule.resize });
    let wanted = Wanted {
        size: Some(said.unwrap_or(size)),
        sensor: of.sensor,
        between: recording.between.clone().map(|range| [range.start, range.end]),
        ..Wanted::by(Rule {
            convention: rule.convention,
            split: rule.split,
            resize,
        })
    };
    let is_large = std::fs::metadata(&recording.path).is_ok_and(|file| file.len() >= LARGE);
    let frames: Frames = match cache.filter(|_| is_large) {
        Some(cache) => cache.frames(&recording.path, &wanted)?.0,
        None => frames::of_file(&recording.path, &wanted)?,
    };
    Ok(Packed::of(&frames.counts))
}

/// Applies `read` to all, on as many threads as there are processors; the order stays, and of several errors the first
/// counts.
fn in_parallel<T: Send, R: Sync>(
    all: &[R],
    read: impl Fn(&R) -> Result<T, DataError> + Sync,
) -> Result<Vec<T>, DataError> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(all.len()));
    let work = || {
        while let Some((at, one)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, all.get(at)?))) {
            let result = read(one);
            let failed = result.is_err();
            if let Ok(mut done) = done.lock() {
                done.push((at, result));
            }
            if failed {
                // Those before it are under way already.
                next.store(all.len(), Ordering::Relaxed);
            }
        }
    };
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(all.len().max(1));
    std::thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Where frames of large recordings are kept; none where there is no such place.
fn cache_folder() -> Option<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let base = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
    Some(base.join("spikedeck").join("frames"))
}
