//! Uploads in JSON: rooms, their devices, their tracks, and the tracks' records.

use super::NAME_MAX;
use super::json::{Broken, View};
use super::memory::Memory;
use super::room::{Facts, Record, Room};
use super::tracks::{DEMO, Identity, Track};
use super::value::{Stated, number, unix_time};
use crate::Finding;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use chairside_observation::Civil;
use core::ops::Range;

/// Devices read of one room; VitalRecorder has at most a dozen there.
const DEVICES_MAX: usize = 64;

/// A device as the room lists it.
struct Device<'u> {
    kind: Cow<'u, str>,
    name: Cow<'u, str>,
}

/// Reads an upload and appends what its rooms say. `false` when not all of it was understood.
pub(super) fn read(line: &[u8], bytes: &Range<u64>, memory: &mut Memory, out: &mut Vec<Finding>) -> bool {
    let rooms = View::whole(line).and_then(|upload| upload.get("rooms"));
    let Ok(Some(rooms)) = rooms else { return false };
    let mut is_sound = true;
    for one in rooms.each() {
        is_sound &= one.and_then(|view| room(view, bytes, memory, out)).unwrap_or(false);
    }
    is_sound
}

fn room(view: View<'_>, bytes: &Range<u64>, memory: &mut Memory, out: &mut Vec<Finding>) -> Result<bool, Broken> {
    let (mut name, mut sent, mut devices, mut tracks) = (None, None, None, None);
    for member in view.members() {
        let (key, value) = member?;
        match key {
            b"roomname" => name = Some(value),
            b"dtend" => sent = Some(value),
            b"devs" => devices = Some(value),
            b"trks" => tracks = Some(value),
            _ => {}
        }
    }
    let Some(bed) = name.map_or(Some("".into()), short) else { return Ok(false) };
    let devices = devices.map_or(Ok(Vec::new()), listed)?;
    let facts = Facts {
        bytes: bytes.clone(),
        bed: bed.into_owned(),
        patient: None,
        sent: sent.and_then(|at| unix_time(at.raw())),
    };
    let mut room = Room::new(facts, memory);
    let mut is_sound = true;
    for one in tracks.into_iter().flat_map(View::each) {
        is_sound &= one.and_then(|view| track(view, &devices, &mut room, out)).unwrap_or(false);
    }
    room.settle(out);
    Ok(is_sound)
}

/// A text that can be a name.
fn short(view: View<'_>) -> Option<Cow<'_, str>> {
    view.text().filter(|text| text.len() <= NAME_MAX)
}

fn listed(view: View<'_>) -> Result<Vec<Device<'_>>, Broken> {
    let mut devices = Vec::new();
    for one in view.each().take(DEVICES_MAX) {
        let one = one?;
        let text = |key| one.get(key).map(|v| v.and_then(short).unwrap_or_default());
        devices.push(Device { kind: text("type")?, name: text("name")? });
    }
    Ok(devices)
}

fn track<'u>(
    view: View<'u>,
    devices: &[Device<'u>],
    room: &mut Room<'_>,
    out: &mut Vec<Finding>,
) -> Result<bool, Broken> {
    let Some((mut track, records)) = numeric(view)? else { return Ok(true) };
    let synthetic = attribute(&mut track, devices);
    let meaning = match track.identify() {
        Identity::Known(meaning) => meaning,
        Identity::Other => return Ok(true),
        Identity::Contradiction => return Ok(false),
    };
    let unit = track.unit_of(meaning.vital);
    let mut is_sound = true;
    for one in records.into_iter().flat_map(View::each) {
        let (at, stated) = record(one?)?;
        // A value without a time is shown as of its arrival; a time that is none is a fault.
        is_sound &= at != Some(None);
        let record = Record { meaning, unit, at: at.flatten(), stated, synthetic };
        is_sound &= room.take(&track, &record, out);
    }
    Ok(is_sound)
}

/// A numeric track and its records; `None` for waves and texts.
fn numeric(view: View<'_>) -> Result<Option<(Track<'_>, Option<View<'_>>)>, Broken> {
    let (mut track, mut kind, mut records) = (Track::default(), Cow::Borrowed("num"), None);
    for member in view.members() {
        let (key, value) = member?;
        let into = match key {
            b"name" => &mut track.name,
            b"type" => &mut kind,
            b"dname" => &mut track.device,
            b"montype" => &mut track.montype,
            b"unit" => &mut track.unit,
            b"recs" => {
                records = Some(value);
                continue;
            }
            _ => continue,
        };
        // `null` is no name; a longer one than any is none of ours either.
        *into = short(value).unwrap_or_default();
    }
    Ok((kind == "num").then_some((track, records)))
}

/// The time of a record, if it has one, and what it states.
#[allow(clippy::option_option)] // outer: none is given; inner: what is given is none
fn record(view: View<'_>) -> Result<(Option<Option<Civil>>, Stated), Broken> {
    let (mut at, mut value) = (None, None);
    for member in view.members() {
        match member? {
            (b"dt", view) => at = Some(unix_time(view.raw())),
            (b"val", view) => value = Some(view),
            _ => {}
        }
    }
    Ok((at, number(value.map_or(&[], View::raw))))
}

/// Finds the device of a track by its name, or by being the only one. Whether it is the demonstration device; where that
/// cannot be told it is enough that the room has one (H21).
fn attribute<'u>(track: &mut Track<'u>, devices: &[Device<'u>]) -> bool {
    let found = match (&*track.device, devices) {
        ("", [only]) => Some(only),
        ("", _) => None,
        (name, _) => devices.iter().find(|d| d.name == name),
    };
    if let Some(device) = found {
        track.device.clone_from(&device.name);
        track.kind.clone_from(&device.kind);
        return track.is_demo();
    }
    track.is_demo() || (track.device.is_empty() && devices.iter().any(|d| d.kind == DEMO))
}
