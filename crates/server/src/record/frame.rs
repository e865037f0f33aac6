//! Where a number came from: the bytes, and which of them said it.

use super::kept;
use super::table::shown;
use crate::App;
use crate::refusal::{Refused, json};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use chairside_observation::{Amount, Decimal, Entry, Frame, Hex, Measured, Observation, Sequence, Timeline, What};
use chairside_wire::{ByteMark, Provenance};
use std::ops::Range;

/// `GET /api/sessions/{id}/frame/{seq}`.
pub(crate) async fn frame(
    State(app): State<App>,
    Path((id, sequence)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let sequence = Sequence(sequence.parse().ok().filter(|n| *n > 0).ok_or(Refused::NoFrame)?);
    let found = kept(&app, &id).await?;
    let timeline = Timeline::Chair(found.chair.clone());
    let before = Sequence(sequence.0 - 1);
    let entry = app.log.read(&timeline, before, 1).await.map_err(Refused::LogUnreadable)?.pop();
    // What is not hers is not shown in her record (H01).
    let entry =
        entry.filter(|entry| entry.sequence == sequence && found.session.holds(entry)).ok_or(Refused::NoFrame)?;
    let frame = app.log.frame(&timeline, sequence).await.map_err(Refused::LogUnreadable)?.ok_or(Refused::NoFrame)?;
    Ok(json(StatusCode::OK, &provenance(&entry, &frame)))
}

fn provenance(entry: &Entry, frame: &Frame) -> Provenance {
    let mut answer = Provenance {
        seq: entry.sequence.0,
        source: frame.source.to_string(),
        words: String::new(),
        measured: None,
        received: entry.received.into(),
        device_time: None,
        vital: String::new(),
        value: String::new(),
        unit: String::new(),
        state: String::new(),
        reason: None,
        frame: frame.kind.word().to_owned(),
        bytes: Hex(&frame.raw).to_string(),
        marks: Vec::new(),
    };
    let bytes = match &entry.what {
        What::Reading(o) => {
            reading(&mut answer, entry, o);
            answer.marks.extend(said_by(frame, o));
            &o.bytes
        }
        What::Notice(notice) => {
            answer.value = notice.text.to_string();
            &notice.bytes
        }
        What::Skipped { bytes, .. } | What::Heard { bytes } => bytes,
        What::Link(_) | What::Deed(_) => return answer,
    };
    if answer.marks.is_empty() {
        answer.marks.extend(finding(frame, bytes));
    }
    answer
}

fn reading(answer: &mut Provenance, entry: &Entry, o: &Observation) {
    answer.words = o.context.as_ref().and_then(|context| context.device.as_deref()).unwrap_or_default().to_owned();
    answer.measured = o.measured.map(|_| entry.received.before(entry.age).into());
    answer.device_time = match o.measured {
        Some(Measured::At { at, sent }) => Some(sent.unwrap_or(at).to_string()),
        Some(Measured::Ago(ago)) => Some(format!("{} s before it was sent", ago.0.div_euclid(1_000_000))),
        None => None,
    };
    o.vital.word().clone_into(&mut answer.vital);
    answer.value = o.reading.amount().map(shown).unwrap_or_default();
    o.unit.word().clone_into(&mut answer.unit);
    o.reading.state().clone_into(&mut answer.state);
    answer.reason = o.reading.reason().map(str::to_owned);
}

/// The bytes the decoder named, counted from the frame's first.
fn finding(frame: &Frame, bytes: &Range<u64>) -> Option<ByteMark> {
    let length = frame.raw.len() as u64;
    let from = bytes.start.checked_sub(frame.offset)?;
    let to = bytes.end.checked_sub(frame.offset)?.min(length);
    let field = if (from, to) == (0, length) { "frame" } else { "value" };
    (from < to).then(|| ByteMark { from, to, field: field.to_owned() })
}

/// The rows of an HL7 message that said it: for each part of the value the one `OBX` segment whose value field holds exactly
/// its digits. Where none does, or several do, nothing is marked: it would be a guess.
fn said_by(frame: &Frame, o: &Observation) -> Vec<ByteMark> {
    let rows = obx(&frame.raw);
    let parts: Vec<Decimal> = match o.reading.amount() {
        Some(Amount::One(one)) => vec![one],
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            [systolic, diastolic, mean].into_iter().flatten().collect()
        }
        None => Vec::new(),
    };
    let row_of = |part: &Decimal| {
        let digits = part.to_string();
        let mut fitting = rows.iter().filter(|(_, value)| *value == digits.as_bytes());
        match (fitting.next(), fitting.next()) {
            (Some((row, _)), None) => Some(row.clone()),
            _ => None,
        }
    };
    let found: Option<Vec<Range<usize>>> = parts.iter().map(row_of).collect();
    let mut found = found.unwrap_or_default();
    found.sort_by_key(|row| row.start);
    found.dedup();
    let mark =
        |row: Range<usize>| ByteMark { from: row.start as u64, to: row.end as u64, field: "OBX segment".to_owned() };
    found.into_iter().map(mark).collect()
}

/// The `OBX` segments of a message with their fifth field; none when it is no HL7.
fn obx(raw: &[u8]) -> Vec<(Range<usize>, &[u8])> {
    let body = raw.strip_prefix(b"\x0b").unwrap_or(raw);
    let shift = raw.len() - body.len();
    let Some(separator) = body.strip_prefix(b"MSH").and_then(|rest| rest.first().copied()) else { return Vec::new() };
    let (mut rows, mut at) = (Vec::new(), 0);
    for segment in body.split(|byte| matches!(byte, b'\r' | b'\n')) {
        let range = shift + at..shift + at + segment.len();
        at += segment.len() + 1;
        let mut fields = segment.split(|byte| *byte == separator);
        if fields.next() == Some(b"OBX")
            && let Some(value) = fields.nth(4)
        {
            rows.push((range, value));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{FrameKind, Micros, Reading, Received, Unit, Vital};

    fn marks(raw: &[u8], bytes: Range<u64>, amount: Amount) -> Vec<(String, String)> {
        let at = Received { mono: Micros(0), wall: Micros(0) };
        let frame = Frame {
            source: "s".into(),
            offset: 100,
            received: at,
            kind: FrameKind::Understood,
            raw: raw.into(),
            key: None,
        };
        let o = Observation::new(Vital::Spo2, Reading::Valid(amount), Unit::Percent, bytes);
        let timeline = Timeline::Chair("1".into());
        let entry = Entry {
            timeline,
            sequence: Sequence(1),
            received: at,
            age: Micros(0),
            source: None,
            what: What::Reading(o),
        };
        let text = |mark: &ByteMark| {
            let bytes = &raw[usize::try_from(mark.from).unwrap()..usize::try_from(mark.to).unwrap()];
            (mark.field.clone(), String::from_utf8_lossy(bytes).into_owned())
        };
        provenance(&entry, &frame).marks.iter().map(text).collect()
    }

    #[test]
    fn the_bytes_that_said_it_are_marked_and_none_is_guessed() {
        let one = |n| Amount::One(Decimal::whole(n));
        let hl7 = b"\x0bMSH|^~\\&|G\rOBX|1|NM|spo2||97|%\rOBX|2|NM|hr||72|/min\rOBX|3|NM|pr||72|/min\r\x1c\r";
        let whole = 100..100 + hl7.len() as u64;
        let pair = |field: &str, text: &str| (field.to_owned(), text.to_owned());
        assert_eq!(marks(hl7, whole.clone(), one(97)), [pair("OBX segment", "OBX|1|NM|spo2||97|%")]);
        let of_two = marks(hl7, whole.clone(), one(72));
        assert_eq!(of_two[0].0, "frame", "two rows say 72, so neither is marked");
        assert_eq!(of_two.len(), 1);
        assert_eq!(marks(hl7, whole, one(9))[0].0, "frame");
        let row = b"SPO2=97 PR=72\r\n";
        assert_eq!(marks(row, 105..107, one(97)), [pair("value", "97")]);
        assert_eq!(marks(row, 100..115, one(97)), [pair("frame", "SPO2=97 PR=72\r\n")]);
        assert_eq!(marks(row, 7..9, one(97)), [], "a range outside of the frame is damage, and nothing is marked");
    }
}
