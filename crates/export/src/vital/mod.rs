//! A record as a `.vital` file, the format of VitalDB and its Vital Recorder.
//!
//! Each signal is a track of numbers with the times they were measured at, and a track of words that says when its state
//! changed: a number that must not be shown (absent, artefact, demonstration data) is NaN, and the words say why. Events are
//! the track `EVENT`. The header has its least length, 10 bytes: one of the two known readers reads no other.

mod packet;
mod tracks;

use crate::lines::lines;
use crate::{Face, Record};
use chairside_observation::Micros;
use flate2::{Compression, GzBuilder};
use packet::Bytes;
use std::io::Write;
use tracks::{Track, Value};

const DEVICE: u8 = 9;
const TRACK: u8 = 0;
const RECORD: u8 = 1;
/// Kinds of track.
const NUMBER: u8 = 2;
const WORDS: u8 = 5;
/// Numbers are doubles: a float would turn 36.8 into 36.799999.
const DOUBLE: u8 = 2;
/// White, as the file holds colours: alpha, red, green, blue.
const COLOUR: u32 = 0xffff_ffff;

/// Ids of tracks; the last one is kept for the events. A session has some dozens.
const IDS: std::ops::RangeInclusive<u16> = 1..=u16::MAX - 1;

/// The file.
#[must_use]
pub fn vital(record: &Record, face: &Face<'_>) -> Vec<u8> {
    let tracks = tracks::of(record);
    let mut bytes = Bytes::default();
    header(&mut bytes, face.0.offset_min(record.begin().wall));
    let mut devices: Vec<&str> = Vec::new();
    for track in &tracks {
        if !devices.contains(&track.device.as_str()) {
            devices.push(&track.device);
        }
    }
    for (n, name) in (1..).zip(&devices) {
        let mut body = Bytes::default();
        body.dword(n).text("Chairside").text(name).text("");
        bytes.packet(DEVICE, &body);
    }
    for (id, track) in IDS.zip(&tracks) {
        let device = (1..).zip(&devices).find(|(_, name)| **name == track.device).map_or(0, |(n, _)| n);
        bytes.packet(TRACK, &track_info(id, track, device));
    }
    let event_id = u16::try_from(tracks.len()).unwrap_or(u16::MAX).saturating_add(1);
    bytes.packet(TRACK, &track_info(event_id, &tracks::event(), 0));
    values(&mut bytes, record, &tracks, event_id);
    compressed(&bytes.0)
}

fn header(bytes: &mut Bytes, offset_min: i16) {
    bytes.0.extend(b"VITA");
    // Version 3; then 10 bytes: minutes from local time to UTC, instance, program version.
    bytes.dword(3).word(10).short(offset_min.saturating_neg()).dword(0).dword(0);
}

fn track_info(id: u16, track: &Track, device: u32) -> Bytes {
    let mut body = Bytes::default();
    let kind = if track.is_words { WORDS } else { NUMBER };
    body.word(id).byte(kind).byte(if track.is_words { 0 } else { DOUBLE });
    body.text(&track.name).text(track.unit);
    body.float(track.shown.0).float(track.shown.1).dword(COLOUR);
    // Sampling rate: none. Gain and offset of integers: not used for doubles.
    body.float(0.0).double(1.0).double(0.0).byte(track.kind).dword(device);
    body
}

/// Every value of every track, and every event, in the order of their times.
fn values(bytes: &mut Bytes, record: &Record, tracks: &[Track], event_id: u16) {
    let mut all: Vec<(Micros, u16, Value)> = Vec::new();
    for (id, track) in IDS.zip(tracks) {
        all.extend(track.values.iter().map(|(at, value)| (*at, id, value.clone())));
    }
    all.extend(lines(record).into_iter().map(|line| (line.at.wall, event_id, Value::Words(line.text))));
    all.sort_by_key(|(at, id, _)| (*at, *id));
    for (at, id, value) in all {
        let mut body = Bytes::default();
        body.word(10).double(seconds(at)).word(id);
        match value {
            Value::Number(number) => body.double(number),
            Value::Words(words) => body.dword(0).text(&words),
        };
        bytes.packet(RECORD, &body);
    }
}

/// Seconds since 1970. A double has room for the microseconds of our centuries.
#[allow(clippy::cast_precision_loss)]
fn seconds(utc: Micros) -> f64 {
    utc.0 as f64 / 1e6
}

/// With no time and no name in the frame of the compression: the same record, the same bytes.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    // Writing to memory cannot fail; were it to, an empty file is no file of a session.
    written.unwrap_or_default()
}
