//! Opening a file whose format its content tells, and the reader of a recording in it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::format::{Format, RecognisedBy, Sample, recognise};
use super::{Given, unsupported};
use crate::data::error::DataError;
use crate::data::events::aedat2::Aedat2;
use crate::data::events::aedat3::Aedat3;
use crate::data::events::aedat4::Aedat4;
use crate::data::events::dat::Dat;
use crate::data::events::evt2::Evt2;
use crate::data::events::evt3::Evt3;
use crate::data::events::evt21::Evt21;
use crate::data::events::nmnist::{self, Bits40};
use crate::data::events::prophesee;
use crate::data::events::{About, Event, Fault, Reader, Source};
use crate::data::read::Expected;

/// A file whose format is known.
pub(super) struct Recognised {
    pub file: Expected,
    pub reader: BufReader<File>,
    /// The file's first bytes, which the reader still has.
    pub start: Vec<u8>,
    pub bytes: u64,
    pub format: Format,
    pub by: RecognisedBy,
}

/// Open `path` and tell its format.
pub(super) fn begin(path: &Path, given: Given) -> Result<Recognised, DataError> {
    let mut file = Expected {
        path: path.to_path_buf(),
        expected: "a file of images or events".to_owned(),
        fix: "Look at the name once more".to_owned(),
    };
    let (handle, bytes) = file.open()?;
    let mut reader = BufReader::with_capacity(1 << 16, handle);
    let start = reader.fill_buf().map_err(|e| DataError::io("read", path, e))?.to_vec();
    let sample = Sample {
        path,
        start: &start,
        bytes,
    };
    let (format, by) = match given.format {
        Some(format) => (format, RecognisedBy::Argument),
        None => recognise(&sample).map_err(|why| unsupported(path, why))?,
    };
    file.expected = format.describe().to_owned();
    file.fix = "Get the file again".to_owned();
    Ok(Recognised {
        file,
        reader,
        start,
        bytes,
        format,
        by,
    })
}

/// A recording that is being read, with its file at hand for what may go wrong.
pub struct Opened {
    /// Its format.
    pub format: Format,
    /// The file's length.
    pub bytes: u64,
    file: Expected,
    reader: Box<dyn Reader>,
}

/// Open the recording `path`.
///
/// # Errors
/// What is no recording, or missing, damaged, or of a kind that is not read.
pub fn open(path: &Path, given: Given) -> Result<Opened, DataError> {
    let opened = begin(path, given)?;
    if matches!(opened.format, Format::Idx | Format::Cifar10 | Format::Cifar100) {
        let what = opened.format.describe();
        return Err(unsupported(path, format!("{what}, and no recording of events")));
    }
    let (format, bytes, file) = (opened.format, opened.bytes, opened.file);
    let source = Source::new(opened.reader, Some(bytes));
    let reader = reader(source, format, given).map_err(|fault| error(fault, &file))?;
    Ok(Opened {
        format,
        bytes,
        file,
        reader,
    })
}

impl Opened {
    /// Put the next events in the place of what `batch` holds; `false` once there are none left.
    ///
    /// # Errors
    /// A file that contradicts its format, with its name; the system's own.
    pub fn read(&mut self, batch: &mut Vec<Event>) -> Result<bool, DataError> {
        self.reader.read(batch).map_err(|fault| error(fault, &self.file))
    }

    /// What is known beside the events. Whole at the end.
    #[must_use]
    pub fn about(&self) -> &About {
        self.reader.about()
    }
}

/// The reader of a recording of `format`.
///
/// # Errors
/// A header that is damaged, or says what is not read; the stream's own.
pub(super) fn reader<'a>(source: Source<'a>, format: Format, given: Given) -> Result<Box<dyn Reader + 'a>, Fault> {
    Ok(match format {
        Format::Nmnist => Box::new(Bits40::new(source, Some(nmnist::SIZE))),
        Format::Bits40 => Box::new(Bits40::new(source, None)),
        Format::Aedat2 => Box::new(Aedat2::new(source, given.sensor)?),
        Format::Aedat3 => Box::new(Aedat3::new(source, given.stream)?),
        Format::Aedat4 => Box::new(Aedat4::new(source, given.stream)?),
        Format::Evt2 | Format::Evt21 | Format::Evt3 | Format::Dat => return words(source, format),
        Format::Idx | Format::Cifar10 | Format::Cifar100 => {
            return Err(Fault::Unsupported(format!("{} hold no events", format.describe())));
        }
    })
}

/// The reader of one of Prophesee's formats. A header that names another one says sizes all the same.
fn words<'a>(mut source: Source<'a>, format: Format) -> Result<Box<dyn Reader + 'a>, Fault> {
    let (fields, version) = prophesee::take(&mut source)?;
    Ok(match format {
        Format::Evt2 => Box::new(Evt2::new(source, &fields)),
        Format::Evt21 => Box::new(Evt21::new(source, &fields)?),
        Format::Evt3 => Box::new(Evt3::new(source, &fields)),
        _ => Box::new(Dat::new(source, &fields, version.as_deref())?),
    })
}

/// A reader's fault with the file it is about.
pub(super) fn error(fault: Fault, file: &Expected) -> DataError {
    match fault {
        Fault::Damaged(found) => file.damaged(found),
        Fault::Unsupported(why) => unsupported(&file.path, why),
        Fault::Io(e) => DataError::io("read", &file.path, e),
    }
}
