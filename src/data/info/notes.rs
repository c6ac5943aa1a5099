//! What is odd about a recording, in sentences for people.

use super::Given;
use super::format::{Format, RecognisedBy};
use super::recording::Recording;
use crate::data::events::Stream;
use crate::data::events::ToldBy;

/// All that is odd.
pub(super) fn of(found: &Recording, format: Format, given: Given) -> Vec<String> {
    let mut notes: Vec<String> = [beyond(found, format), streams(found), falls(found)]
        .into_iter()
        .flatten()
        .collect();
    match found.recognised_by {
        RecognisedBy::Name => notes.push("taken for 40-bit events by its name, and because its content can be such events: the format has no signature".to_owned()),
        RecognisedBy::Argument => notes.push("read in this format because --format says so".to_owned()),
        _ => {}
    }
    if found.sensor_from == Some(ToldBy::Assumed) {
        notes.push("the header names no chip: DVS128 is assumed, and --sensor says otherwise".to_owned());
    }
    if given.sensor.is_some() && format != Format::Aedat2 {
        notes.push("--sensor has no effect: only AEDAT 2.0 leaves the sensor open".to_owned());
    }
    if given.stream.is_some() && !matches!(format, Format::Aedat3 | Format::Aedat4) {
        notes.push("--stream has no effect: only AEDAT 3.1 and 4.0 have streams".to_owned());
    }
    if let Some(early @ 1..) = found.tally.skipped.get("before_time") {
        notes.push(format!(
            "{early} events before the first word of time (TIME_HIGH) have no time, and are left out"
        ));
    }
    if found.summary.events == 0 {
        notes.push("there is no event in it".to_owned());
    }
    notes
}

/// Events beyond the sensor.
fn beyond(found: &Recording, format: Format) -> Option<String> {
    let (at, first) = found.tally.first_beyond?;
    let whose = match (&found.chip, found.sensor_from, format) {
        (Some(chip), Some(ToldBy::Header), _) => format!("of {chip}, which the header names"),
        (_, Some(ToldBy::Argument), _) => "that --sensor says".to_owned(),
        (_, Some(ToldBy::Assumed), _) => "that are assumed".to_owned(),
        (_, _, Format::Nmnist) => "of N-MNIST".to_owned(),
        _ => "that the header names".to_owned(),
    };
    let [width, height] = found.size.unwrap_or([2048, 2048]);
    let whose = if found.size.is_none() {
        "that the format has addresses for"
    } else {
        &whose
    };
    let fix = match format {
        Format::Aedat2 => "; --sensor reads it as another",
        _ => "; they are damaged, or the size is wrong",
    };
    let (count, events) = (found.tally.out_of_range, found.summary.events);
    Some(format!(
        "{count} of {events} events have addresses beyond the {width}x{height} pixels {whose}{fix}. The first is x = {}, y = {} at byte {at}",
        first.x, first.y
    ))
}

/// Several streams.
fn streams(found: &Recording) -> Option<String> {
    let [_, _, ..] = &found.streams[..] else { return None };
    let words = |stream: &Stream| match &stream.name[..] {
        "" => stream.id.to_string(),
        name => format!("{} ({name})", stream.id),
    };
    let chosen = found.streams.iter().find(|stream| Some(stream.id) == found.stream);
    let all: Vec<_> = found.streams.iter().map(words).collect();
    Some(format!(
        "there are {} streams of events, {}; these are the figures of {} alone, and --stream chooses another",
        all.len(),
        all.join(", "),
        chosen.map(words).unwrap_or_default()
    ))
}

/// Time that goes back.
fn falls(found: &Recording) -> Option<String> {
    let (falls, wraps) = (found.summary.time_goes_back, found.tally.clock_wraps);
    let wraps = match wraps {
        1.. if found.format == Format::Aedat2.word() => {
            format!(" ({wraps} of these where the clock of 32 bits starts over)")
        }
        _ => String::new(),
    };
    (falls > 0).then(|| format!("time goes back {falls} times{wraps}; events are neither sorted nor repaired"))
}
