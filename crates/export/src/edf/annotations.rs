//! Annotations: what happened, and why a trend has no value.

use super::header::Scale;
use super::trend::{Stands, Trend};
use crate::lines::lines;
use crate::{Face, Record};
use chairside_observation::Received;
use std::fmt::Write;

/// Longest text of one annotation: common readers keep 512 bytes. Longer ones are told in several.
const TEXT_MAX: usize = 400;

/// One annotation.
pub(super) struct Annotation {
    /// Milliseconds since the start of the file.
    onset_ms: i64,
    /// Seconds, where it has a length.
    lasts: Option<usize>,
    text: String,
}

/// Every annotation, in order of onset.
pub(super) fn of(
    record: &Record,
    face: &Face<'_>,
    begin: Received,
    trends: &[Trend],
    scales: &[Scale],
) -> Vec<Annotation> {
    let offset = format!("clock of the start time: UTC{}", face.offset(begin.wall));
    let mut all = vec![Annotation { onset_ms: 0, lasts: None, text: offset }];
    all.extend(lines(record).into_iter().map(|event| Annotation {
        // A time a person said may lie before the record; an annotation may not.
        onset_ms: (event.at.mono.since(begin.mono).0 / 1000).max(0),
        lasts: None,
        text: event.text,
    }));
    all.extend(trends.iter().zip(scales).flat_map(|(trend, scale)| absences(trend, *scale)));
    all.sort_by_key(|annotation| annotation.onset_ms);
    all
}

/// One for each stretch in which a trend has no value for one reason.
fn absences(trend: &Trend, scale: Scale) -> Vec<Annotation> {
    let why = |stands: &Stands| match stands {
        Stands::Nothing(why) if why.is_empty() => None,
        Stands::Nothing(why) => Some(why.clone()),
        Stands::Value(value) if scale.digital(*value).is_none() => Some(format!("{value} does not fit into this file")),
        Stands::Value(_) => None,
    };
    let mut found: Vec<Annotation> = Vec::new();
    let mut before: Option<String> = None;
    for (second, stands) in (0..).zip(&trend.seconds) {
        let now = why(stands);
        match (&now, found.last_mut()) {
            (Some(_), Some(last)) if now == before => last.lasts = last.lasts.map(|lasts| lasts + 1),
            (Some(why), _) => {
                let text = format!("no value: {}: {why}", trend.label);
                found.push(Annotation { onset_ms: second * 1000, lasts: Some(1), text });
            }
            (None, _) => {}
        }
        before = now;
    }
    found
}

/// The annotations spread over the records of the file, each of the same length.
pub(super) struct Packed {
    pub(super) bytes_a_record: usize,
    pub(super) records: Vec<Vec<u8>>,
}

/// An annotation may stand in any record; each record begins with its own time.
pub(super) fn packed(annotations: &[Annotation], seconds: usize) -> Packed {
    let pieces: Vec<Vec<u8>> = annotations.iter().flat_map(pieces).collect();
    let clock = |second: usize| format!("+{second}\u{14}\u{14}\0").into_bytes();
    let longest = pieces.iter().map(Vec::len).max().unwrap_or(0);
    let mut bytes_a_record = (clock(seconds).len() + longest).next_multiple_of(2);
    loop {
        let mut left = pieces.iter().peekable();
        let mut records = Vec::with_capacity(seconds);
        for second in 0..seconds {
            let mut record = clock(second);
            while let Some(piece) = left.next_if(|piece| record.len() + piece.len() <= bytes_a_record) {
                record.extend(piece);
            }
            record.resize(bytes_a_record, 0);
            records.push(record);
        }
        if left.peek().is_none() {
            return Packed { bytes_a_record, records };
        }
        bytes_a_record *= 2;
    }
}

/// The annotation as the format writes it, in several where its text is long.
fn pieces(annotation: &Annotation) -> Vec<Vec<u8>> {
    // The two marks of the format and the zero that ends an annotation are no text.
    let clean: String =
        annotation.text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let mut texts: Vec<String> = vec![String::new()];
    for character in clean.chars() {
        match texts.last_mut() {
            Some(text) if text.len() + character.len_utf8() <= TEXT_MAX => text.push(character),
            _ => texts.push(character.to_string()),
        }
    }
    let tal = |text: String| {
        let mut tal = format!("+{}", annotation.onset_ms / 1000);
        if annotation.onset_ms % 1000 != 0 {
            // Writing to a text cannot fail.
            let _ = write!(tal, ".{:03}", annotation.onset_ms % 1000);
        }
        if let Some(lasts) = annotation.lasts {
            let _ = write!(tal, "\u{15}{lasts}");
        }
        let _ = write!(tal, "\u{14}{text}\u{14}\0");
        tal.into_bytes()
    };
    texts.into_iter().map(tal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_a_text_cannot_end_its_annotation_and_a_long_one_is_told_in_several() {
        let text = format!("a\u{14}b\0c{}", "é".repeat(TEXT_MAX));
        let found = pieces(&Annotation { onset_ms: 1500, lasts: Some(3), text });
        assert_eq!(found.len(), 3);
        assert!(found[0].starts_with(b"+1.500\x153\x14a b c\xc3\xa9"));
        for piece in &found {
            assert_eq!(piece.iter().filter(|byte| **byte == 0x14).count(), 2);
            assert_eq!(piece.iter().position(|byte| *byte == 0), Some(piece.len() - 1));
        }
    }

    #[test]
    fn more_annotations_than_seconds_find_their_place() {
        let one = |n| Annotation { onset_ms: n, lasts: None, text: "x".repeat(50) };
        let packed = packed(&(0..100).map(one).collect::<Vec<_>>(), 2);
        let all: Vec<u8> = packed.records.concat();
        assert_eq!(String::from_utf8(all).expect("ASCII").matches(&"x".repeat(50)).count(), 100);
        assert!(packed.records.iter().all(|record| record.len() == packed.bytes_a_record));
    }
}
