//! What a batch has to be ([`Batch`]), checked before anything of it is written: what the journal has taken, the database
//! must be able to take.

use crate::Batch;
use chairside_observation::{Deed, Entry, Frame, What};

/// Numbers that have to fit a signed column.
const WHOLE_MAX: u64 = i64::MAX.unsigned_abs();

/// What is wrong with a batch, if anything.
pub(crate) fn check(batch: &Batch) -> Result<(), String> {
    for entry in &batch.entries {
        fits(entry.sequence.0, "sequence")?;
        if entry.age.0 != 0 && !matches!(entry.what, What::Reading(_)) {
            return Err("an age on an entry that is no reading".to_owned());
        }
        match &batch.frame {
            Some(frame) => framed(entry, frame)?,
            None => alone(entry)?,
        }
    }
    match &batch.frame {
        Some(_) if batch.entries.is_empty() => Err("a frame without entries; every frame has at least one".to_owned()),
        Some(frame) => fits(frame.offset, "frame offset"),
        None => Ok(()),
    }
}

fn fits(number: u64, what: &str) -> Result<(), String> {
    if number > WHOLE_MAX { Err(format!("{what}: found {number}, expected less than 2^63")) } else { Ok(()) }
}

fn framed(entry: &Entry, frame: &Frame) -> Result<(), String> {
    if entry.received != frame.received || entry.source.as_ref() != Some(&frame.source) {
        return Err("an entry with another time or source than its frame".to_owned());
    }
    let bytes = match &entry.what {
        What::Reading(o) => &o.bytes,
        What::Notice(n) => &n.bytes,
        What::Skipped { bytes, .. } | What::Heard { bytes } => bytes,
        What::Link(_) | What::Deed(_) => return Err("a link change or deed inside a frame".to_owned()),
    };
    // The range of the whole frame is not written, so only that of a part has to fit.
    if *bytes == (frame.offset..frame.offset.saturating_add(frame.raw.len() as u64)) {
        return Ok(());
    }
    fits(bytes.start, "first byte")?;
    fits(bytes.end, "end byte")
}

fn alone(entry: &Entry) -> Result<(), String> {
    let wrong = match &entry.what {
        What::Link(link) if entry.source.as_ref() == Some(&link.source) => return Ok(()),
        What::Deed(deed) if Deed::from_parts(deed.word(), &deed.fields()).as_ref() != Some(deed) => {
            return Err(format!("a deed {:?} that cannot be read back from its fields", deed.word()));
        }
        What::Deed(_) if entry.source.is_none() => return Ok(()),
        What::Link(_) => "a link of another source than its entry's",
        What::Deed(_) => "a deed with a source",
        _ => "what a frame said",
    };
    Err(format!("{wrong}: no such entry can be kept without a frame"))
}
