//! The oracle at the end: what everybody was told, against the log.

use super::CHAIRS;
use super::book::{Book, Place, Said, Shared};
use super::sender::{patient_id, source};
use chairside_observation::session::{Act, Phase};
use chairside_observation::{Amount, Deed, Entry, Frame, LinkState, Reading, Timeline, Vital, What};
use chairside_store::SessionLog;
use chairside_store::memory::MemoryDisk;
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A source that was silent for so long has an entry that says so: silence is suspected after 10 s.
const OUTAGE_US: i64 = 14_000_000;
/// When the end is judged: behind everything that has a time.
const END_US: i64 = i64::MAX;

type Row = (Entry, Option<Arc<Frame>>);

/// What the log says, gathered once.
#[derive(Default)]
struct Found {
    /// How often a message's value is there.
    values: BTreeMap<(String, Vital), u32>,
    /// Every value with its place.
    places: BTreeMap<Place, String>,
    /// Chair and entry of each press.
    presses: BTreeMap<u128, Vec<(usize, u64)>>,
    /// When each source was heard.
    heard: BTreeMap<String, Vec<i64>>,
    /// When each source's link was said to be anything but live.
    links: BTreeMap<String, Vec<i64>>,
    /// When the server started.
    starts: Vec<i64>,
}

/// Compares everything; what is wrong goes into the book.
pub(super) fn judge(shared: &Shared, disk: &MemoryDisk) {
    let log = disk.log();
    let heads = log.heads().now_or_never().and_then(Result::ok).unwrap_or_default();
    let verified = log.verify().now_or_never().and_then(Result::ok).unwrap_or_default();
    let mut book = shared.book();
    for broken in &verified.broken {
        book.wrong(END_US, &format!("the log is not whole: {broken}"));
    }
    let mut found = Found::default();
    for head in heads {
        let rows = disk.entries(&head.timeline);
        for (entry, _) in &rows {
            book.add(&format!("{entry:?}"));
        }
        if !rows.iter().map(|(entry, _)| entry.received.mono).is_sorted() {
            book.wrong(END_US, &format!("{}: the order of time is lost", head.timeline.key()));
        }
        takes(&mut book, &mut found, &head.timeline, &rows);
    }
    judge_messages(&mut book, &found);
    judge_presses(&mut book, &found);
    judge_screens(&mut book, &found);
    judge_outages(&mut book, &mut found);
}

/// One timeline, in its order.
fn takes(book: &mut Book, found: &mut Found, timeline: &Timeline, rows: &[Row]) {
    let chair = match timeline {
        Timeline::Chair(chair) => CHAIRS.iter().position(|known| chair.as_str() == *known),
        Timeline::Feed { .. } | Timeline::House => None,
    };
    let mut holder: Option<String> = None;
    for (entry, frame) in rows {
        let mono_us = entry.received.mono.0;
        let source = entry.source.as_ref().map(ToString::to_string).unwrap_or_default();
        match &entry.what {
            What::Reading(_) | What::Heard { .. } => found.heard.entry(source).or_default().push(mono_us),
            What::Link(link) if link.state != LinkState::Live => found.links.entry(source).or_default().push(mono_us),
            What::Deed(Deed::Started { .. }) => found.starts.push(mono_us),
            What::Deed(Deed::Session(done)) => {
                match &done.act {
                    Act::Opened { patient, .. } => holder = Some(patient.id.to_string()),
                    Act::Moved { to: Phase::Cancelled | Phase::Discharged, .. } => holder = None,
                    _ => {}
                }
                let place = (chair.unwrap_or(usize::MAX), entry.sequence.0);
                found.presses.entry(done.key.0).or_default().push(place);
            }
            _ => {}
        }
        let Some((vital, value)) = number(&entry.what) else { continue };
        let id = frame.as_ref().map(|frame| control_id(&frame.raw)).unwrap_or_default();
        match book.sent.get(&id).copied() {
            None => book.wrong(END_US, &format!("{}: nobody sent {id}, {vital:?} {value}", timeline.key())),
            Some(said) => judge_value(book, timeline, (chair, holder.as_deref()), (&id, said), (vital, &value)),
        }
        if let Some(chair) = chair {
            let place = (CHAIRS[chair].to_owned(), entry.sequence.0, mono_us, vital.word().to_owned());
            found.places.insert(place, value);
        }
        *found.values.entry((id, vital)).or_default() += 1;
    }
}

/// A value is what its message said, at its chair, and never another patient's (H01).
fn judge_value(
    book: &mut Book,
    timeline: &Timeline,
    (chair, holder): (Option<usize>, Option<&str>),
    (id, said): (&str, Said),
    (vital, value): (Vital, &str),
) {
    let expected = if vital == Vital::HeartRate { said.rate } else { said.spo2 };
    let place = timeline.key();
    if value != expected.to_string() {
        book.wrong(END_US, &format!("{place}: {id} said {expected}, found {value}"));
    }
    if chair.is_some_and(|chair| chair != said.chair) {
        book.wrong(END_US, &format!("{place}: {id} was for chair {}", CHAIRS[said.chair]));
    }
    if holder.is_some_and(|holder| chair.is_some() && holder != patient_id(said.chair, said.patient)) {
        book.wrong(END_US, &format!("{place}: {id} is in the session of {holder:?}"));
    }
}

/// Each message that was acknowledged is there once, every other at most once (P01, H10, H19).
fn judge_messages(book: &mut Book, found: &Found) {
    let ids: Vec<String> = book.sent.keys().cloned().collect();
    for id in ids {
        for vital in [Vital::HeartRate, Vital::Spo2] {
            let times = found.values.get(&(id.clone(), vital)).copied().unwrap_or(0);
            let acked = book.acked.contains(&id);
            if times > 1 || (acked && times == 0) {
                let word = if acked { "was acknowledged and" } else { "was not acknowledged and" };
                book.wrong(END_US, &format!("{id} {word} is there {times} times ({vital:?})"));
            }
        }
    }
}

/// Each press with a receipt is the entry it was told, once, and in the order of presses; the last one may be unknown.
fn judge_presses(book: &mut Book, found: &Found) {
    let mut last = BTreeMap::new();
    for pressed in book.pressed.clone() {
        let places = found.presses.get(&pressed.key).map(Vec::as_slice).unwrap_or_default();
        let key = pressed.key >> 16 & 0xFFFF;
        if places.len() > 1 || (places.is_empty() && pressed.receipt.is_some()) {
            book.wrong(END_US, &format!("press {key} is there {} times", places.len()));
        }
        if let (Some(receipt), Some(&(chair, sequence))) = (pressed.receipt, places.first()) {
            if (chair, sequence) != (pressed.chair, receipt) {
                book.wrong(END_US, &format!("press {key}: told entry {receipt}, found {sequence} of chair {chair}"));
            }
            if last.insert(chair, sequence).is_some_and(|before| before >= sequence) {
                book.wrong(END_US, &format!("press {key} is before the one that was pressed before it"));
            }
        }
    }
    let known = book.pressed.iter().map(|pressed| pressed.key).collect::<Vec<_>>();
    for key in found.presses.keys().filter(|key| !known.contains(key)) {
        book.wrong(END_US, &format!("nobody pressed {key:#x}"));
    }
}

/// What a screen showed of what it was told is recorded is in the log, with that value.
fn judge_screens(book: &mut Book, found: &Found) {
    let mut wrong = Vec::new();
    for place in &book.pledged {
        let (Some(shown), logged) = (book.shown.get(place), found.places.get(place)) else { continue };
        if logged != Some(shown) {
            wrong.push(format!("a screen showed {shown} at {place:?} and that it is recorded; found {logged:?}"));
        }
    }
    wrong.into_iter().for_each(|line| book.wrong(END_US, &line));
}

/// A source that was not heard for long has an entry in that time: its link, or a start of the server (H09).
fn judge_outages(book: &mut Book, found: &mut Found) {
    for (name, heard) in &mut found.heard {
        heard.sort_unstable();
        let spoke =
            book.spoke.iter().filter(|(chair, _)| source(*chair) == name).map(|(_, at)| *at).collect::<Vec<_>>();
        for pair in heard.windows(2).filter(|pair| pair[1] - pair[0] > OUTAGE_US) {
            let (from, to) = (pair[0], pair[1]);
            let mut between = spoke.iter().copied().filter(|at| (from..=to).contains(at)).collect::<Vec<_>>();
            between.extend([from, to]);
            between.sort_unstable();
            if between.windows(2).all(|pair| pair[1] - pair[0] <= OUTAGE_US) {
                continue;
            }
            book.figures.outages += 1;
            let links = found.links.get(name).map(Vec::as_slice).unwrap_or_default();
            if !links.iter().chain(&found.starts).any(|at| (from..=to).contains(at)) {
                book.wrong(END_US, &format!("{name} was silent from {from} to {to} us, and no entry says so"));
            }
        }
    }
}

/// A number that is compared.
fn number(what: &What) -> Option<(Vital, String)> {
    let What::Reading(o) = what else { return None };
    let (Reading::Valid(amount) | Reading::Questionable(amount, _)) = &o.reading else { return None };
    match amount {
        Amount::One(value) if matches!(o.vital, Vital::HeartRate | Vital::Spo2) => Some((o.vital, value.to_string())),
        _ => None,
    }
}

/// MSH-10.
fn control_id(raw: &[u8]) -> String {
    let field = raw.split(|byte| *byte == b'|').nth(9).unwrap_or_default();
    String::from_utf8_lossy(field).into_owned()
}
