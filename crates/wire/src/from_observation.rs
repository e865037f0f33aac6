//! From the domain to the wire.

use crate::{HeardFrame, Item, Link, Moment, MonitorNotice, RawFrame, Reading, Recording, State};
use chairside_observation::{Amount, Entry, Frame, FrameKind, Micros, Observation, Received, Unit, What};
use std::fmt::Write;

impl From<Received> for Moment {
    fn from(at: Received) -> Self {
        Self { mono_us: at.mono.0, wall_us: at.wall.0 }
    }
}

/// The item a screen shows for an entry; `None` for entries no screen shows (skipped bytes, headers, deeds).
#[must_use]
pub fn item(entry: &Entry) -> Option<Item> {
    Some(match &entry.what {
        What::Reading(_) => Item::Reading(reading(entry)?),
        What::Link(_) => Item::Link(link(entry)?),
        What::Notice(notice) => Item::Notice(MonitorNotice {
            seq: entry.sequence.0,
            source: source(entry),
            text: notice.text.to_string(),
            priority: notice.priority.word().to_owned(),
            received: entry.received.into(),
        }),
        What::Skipped { .. } | What::Heard { .. } | What::Deed(_) => return None,
    })
}

fn source(entry: &Entry) -> String {
    entry.source.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// A reading; `None` when the entry is none.
#[must_use]
pub fn reading(entry: &Entry) -> Option<Reading> {
    let What::Reading(o) = &entry.what else { return None };
    let (mut value, mut systolic, mut diastolic, mut mean) = (None, None, None, None);
    match o.reading.amount() {
        Some(Amount::One(digits)) => value = Some(digits.to_string()),
        Some(Amount::Pressure { systolic: s, diastolic: d, mean: m }) => {
            [systolic, diastolic, mean] = [s, d, m].map(|part| part.map(|digits| digits.to_string()));
        }
        None => {}
    }
    Some(Reading {
        seq: entry.sequence.0,
        source: source(entry),
        vital: o.vital.word().to_owned(),
        origin: o.origin.map(|origin| origin.word().to_owned()),
        site: o.site.as_deref().map(str::to_owned),
        state: match o.reading.state() {
            "valid" => State::Valid,
            "questionable" => State::Questionable,
            _ => State::Absent,
        },
        value,
        systolic,
        diastolic,
        mean,
        unit: o.unit.word().to_owned(),
        reason: o.reading.reason().map(str::to_owned),
        flags: o.flags.words().map(str::to_owned).collect(),
        synthetic: o.synthetic,
        at: entry.received.before(entry.age).into(),
        received: entry.received.into(),
    })
}

/// A link; `None` when the entry is none.
#[must_use]
pub fn link(entry: &Entry) -> Option<Link> {
    let What::Link(link) = &entry.what else { return None };
    Some(Link {
        seq: entry.sequence.0,
        source: link.source.to_string(),
        state: link.state.word().to_owned(),
        reason: link.reason.to_string(),
        since: entry.received.into(),
    })
}

/// Whether the log can be written; `since` and `reason` of the failure when not.
#[must_use]
pub fn recording(failing: Option<(Micros, &str)>) -> Recording {
    Recording {
        ok: failing.is_none(),
        since_wall_us: failing.map(|(since, _)| since.0),
        reason: failing.map(|(_, reason)| reason.to_owned()),
    }
}

/// A frame's bytes, for people and for programs.
#[must_use]
pub fn raw_frame(frame: &Frame) -> RawFrame {
    RawFrame {
        source: frame.source.to_string(),
        offset: frame.offset,
        received: frame.received.into(),
        frame: frame.kind.word().to_owned(),
        length: frame.raw.len() as u64,
        hex: hexadecimal(&frame.raw),
        text: readable(&frame.raw),
    }
}

/// A frame of the near past with what it said. `length` is what the frame had before it was cut to be kept, `unsaid` the
/// number of facts that were not.
#[must_use]
pub fn heard_frame(number: u64, frame: &Frame, length: u64, said: &[What], unsaid: u64) -> HeardFrame {
    let (mut lines, mut bed) = (Vec::with_capacity(said.len()), None);
    for what in said {
        // Said once, before the first of its readings; none of another bed's may seem to belong to it (H01).
        if let What::Reading(o) = what {
            let of = o.context.as_ref().and_then(|context| context.bed.as_deref());
            if of != std::mem::replace(&mut bed, of) {
                lines.push(of.map_or_else(|| "no bed:".to_owned(), |name| format!("bed {name}:")));
            }
        }
        lines.extend(fact(frame.kind, what));
    }
    if unsaid > 0 {
        lines.push(format!("and {unsaid} more"));
    }
    HeardFrame {
        number,
        offset: frame.offset,
        received_wall_us: frame.received.wall.0,
        kind: frame.kind.word().to_owned(),
        length,
        hex: hexadecimal(&frame.raw),
        text: readable(&frame.raw),
        said: lines,
    }
}

/// One fact of a frame in a line; `None` for what no frame says.
fn fact(kind: FrameKind, what: &What) -> Option<String> {
    Some(match what {
        What::Reading(observation) => observed(observation),
        What::Notice(notice) => format!("monitor: \"{}\", {} priority", notice.text, notice.priority.word()),
        What::Skipped { skip, .. } => format!("skipped: {}", skip.word()),
        What::Heard { .. } if kind == FrameKind::Fault => "complete, but not understood".to_owned(),
        What::Heard { .. } => "understood, holds no vital sign".to_owned(),
        What::Link(_) | What::Deed(_) => return None,
    })
}

/// `spo2 97 %`, `nibp 131/- (96) mm[Hg], in doubt: motion`, `temperature T1 absent: sensor disconnected`.
fn observed(o: &Observation) -> String {
    let mut line = o.vital.word().to_owned();
    if let Some(site) = &o.site {
        let _ = write!(line, " {site}");
    }
    let part = |digits: Option<chairside_observation::Decimal>| digits.map_or("-".to_owned(), |d| d.to_string());
    let amount = o.reading.amount().map(|amount| match amount {
        Amount::One(digits) => digits.to_string(),
        Amount::Pressure { systolic, diastolic, mean } => {
            format!("{}/{} ({})", part(systolic), part(diastolic), part(mean))
        }
    });
    let _ = match (amount, o.reading.reason()) {
        (Some(amount), _) if o.unit == Unit::One => write!(line, " {amount}"),
        (Some(amount), _) => write!(line, " {amount} {}", o.unit.word()),
        (None, reason) => write!(line, " absent: {}", reason.unwrap_or("no reason")),
    };
    if let (Some(_), Some(doubt)) = (o.reading.amount(), o.reading.reason()) {
        let _ = write!(line, ", in doubt: {doubt}");
    }
    for flag in o.flags.words() {
        let _ = write!(line, ", {flag}");
    }
    if o.synthetic {
        line.push_str(", demo data");
    }
    line
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            0x20..=0x7e => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}
