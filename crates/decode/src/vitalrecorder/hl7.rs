//! Uploads in HL7 v2.6: one `ORU^R01` for each bed, one after another.

use super::NAME_MAX;
use super::memory::Memory;
use super::room::{Facts, Record, Room};
use super::tracks::{Identity, Track};
use super::value::number;
use crate::Finding;
use crate::hl7::message::{Fields, Segments, is_null, names_a_segment};
use crate::hl7::time::parse as parse_time;
use crate::hl7::{Header, text};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use chairside_observation::Civil;
use core::ops::Range;

/// Fields of an OBX row up to its status; a shorter one was cut.
const OBX_FIELDS_MIN: usize = 12;

/// Reads an upload and appends what its messages say. `false` when not all of it was understood.
pub(super) fn read(line: &[u8], bytes: &Range<u64>, memory: &mut Memory, out: &mut Vec<Finding>) -> bool {
    let mut walk =
        Walk { bytes, memory, is_sound: true, header: None, patient: &[], bed: &[], from: None, rows: Vec::new() };
    for segment in Segments::new(line) {
        walk.segment(segment, out);
    }
    walk.end_of_message(out);
    walk.is_sound
}

struct Walk<'u, 'm> {
    bytes: &'m Range<u64>,
    memory: &'m mut Memory,
    is_sound: bool,
    header: Option<Header<'u>>,
    /// PID-3, component 1.
    patient: &'u [u8],
    /// PV1-3, component 1.
    bed: &'u [u8],
    /// OBR-7: the window of the message begins here.
    from: Option<Civil>,
    /// OBX segments of the message: read once its bed is known.
    rows: Vec<&'u [u8]>,
}

impl<'u> Walk<'u, '_> {
    fn segment(&mut self, segment: &'u [u8], out: &mut Vec<Finding>) {
        if segment.starts_with(b"MSH") {
            self.end_of_message(out);
            self.header = Header::of_segment(segment).ok();
            self.is_sound &= self.header.is_some();
            return;
        }
        let Some(header) = self.header else {
            self.is_sound = false;
            return;
        };
        let d = header.delimiters;
        if !names_a_segment(segment) || segment.get(3) != Some(&d.field) {
            self.is_sound = false;
            return;
        }
        let fields = || Fields::new(segment, d.field);
        match &segment[..3] {
            b"PID" => self.patient = d.component(fields().get(3), 1),
            b"PV1" => self.bed = d.component(fields().get(3), 1),
            b"OBR" => self.from = parse_time(fields().get(7)),
            b"OBX" => self.rows.push(segment),
            _ => {}
        }
    }

    fn end_of_message(&mut self, out: &mut Vec<Finding>) {
        let (rows, from) = (core::mem::take(&mut self.rows), self.from.take());
        let (patient, bed) = (core::mem::take(&mut self.patient), core::mem::take(&mut self.bed));
        let Some(header) = self.header.take().filter(Header::is_observation) else { return };
        let word = |field: &'u [u8]| -> Cow<'u, str> {
            let field = if is_null(field) { &[] } else { field };
            text(field, &header.delimiters, header.charset())
        };
        if patient.len() > NAME_MAX || bed.len() > NAME_MAX {
            self.is_sound = false;
            return;
        }
        let patient = word(patient);
        let facts = Facts {
            bytes: self.bytes.clone(),
            bed: word(bed).into_owned(),
            patient: (!patient.is_empty()).then(|| patient.into()),
            sent: parse_time(header.message_time),
        };
        let mut room = Room::new(facts, self.memory);
        for segment in rows {
            self.is_sound &= row(segment, &header, from, &mut room, out);
        }
        room.settle(out);
    }
}

/// One OBX row. A message has the last value of each track in its window, so the window's begin is the time that cannot be
/// too young.
fn row(segment: &[u8], header: &Header<'_>, from: Option<Civil>, room: &mut Room<'_>, out: &mut Vec<Finding>) -> bool {
    let d = header.delimiters;
    let fields = Fields::new(segment, d.field);
    if fields.get(2) != b"NM" {
        return true;
    }
    if fields.count() < OBX_FIELDS_MIN {
        return false;
    }
    let place = d.component(fields.get(3), 2);
    // The device's name may have a slash, the track's has none.
    let slash = place.iter().rposition(|b| *b == b'/');
    let (device, name) = slash.map_or((&[][..], place), |at| (&place[..at], &place[at + 1..]));
    let word = |field| text(field, &d, header.charset());
    let track = Track {
        montype: word(d.component(fields.get(3), 1)),
        name: word(name),
        device: word(&device[..device.len().min(NAME_MAX)]),
        kind: Cow::Borrowed(""),
        unit: word(d.component(fields.get(6), 1)),
    };
    let meaning = match track.identify() {
        Identity::Known(meaning) => meaning,
        Identity::Other => return true,
        Identity::Contradiction => return false,
    };
    let record = Record {
        meaning,
        unit: track.unit_of(meaning.vital),
        at: from,
        stated: number(fields.get(5)),
        synthetic: track.is_demo(),
    };
    room.take(&track, &record, out)
}
