//! One reply line, checked.

use chairside_observation::Skip;
use core::ops::Range;

/// The requests Chairside may send, as a capture of both directions holds them. Only these six are read over as ours.
const REQUESTS: [&[u8]; 6] = [b" NA!2", b" NF!7", b" OA!3", b" RA!6", b" RC!8", b" TC!:"];

/// Codes whose replies we read, and their characters from the unit identifier to the last data character.
const REPLIES: [(&[u8; 2], Code, usize); 6] = [
    (b"NA", Code::Nibp, 19),
    (b"NF", Code::Nibp, 19),
    (b"OA", Code::Oximeter, 10),
    (b"RA", Code::Rate, 7),
    (b"RC", Code::Rate, 7),
    (b"TC", Code::Temperature, 16),
];

/// Characters of the checksum.
const CHECK: usize = 2;
/// Longest line of interest: the longest reply, three times over, so that a reply behind noise is still found.
pub(super) const LINE_MAX: usize = 64;

/// What a reply speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// `NA`, and `NF` (as displayed): cuff.
    Nibp,
    /// `OA`: pulse oximeter.
    Oximeter,
    /// `RA`, and `RC` (of the cuff): heart or pulse rate.
    Rate,
    /// `TC`: temperature.
    Temperature,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A reply of the right length with its checksum; it stands at this range of the line.
    Reply(Code, Range<usize>),
    /// One of our own requests.
    Request(Range<usize>),
    /// A line with its checksum whose code we do not read: a negative acknowledge, or a reply to someone else's request.
    Unknown,
    /// None of these.
    Refused(Skip),
}

/// Characters of the checksum over `text`: the sum of (code - 0x1F), six bits each, upper first.
pub(super) fn checksum(text: &[u8]) -> [u8; CHECK] {
    let sum = text.iter().fold(0_u32, |s, b| s.wrapping_add(u32::from(*b)).wrapping_sub(0x1F));
    [0x20 + ((sum >> 6) & 0x3F) as u8, 0x20 + (sum & 0x3F) as u8]
}

/// A character of the protocol.
pub(super) fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn is_checked(text: &[u8]) -> bool {
    text.split_at_checked(text.len().wrapping_sub(CHECK)).is_some_and(|(data, check)| checksum(data) == check)
}

/// Finds what stands at the end of a line (given without its end). The end, because noise or a reply that lost its CR
/// may stand before it; the unit identifier is a blank, so a line is never trimmed.
pub(super) fn find(line: &[u8]) -> Found {
    for (code, kind, length) in REPLIES {
        let Some(from) = line.len().checked_sub(length + CHECK) else { continue };
        let reply = &line[from..];
        if reply[1..3] == *code && reply.iter().all(|b| is_text(*b)) && is_checked(reply) {
            return Found::Reply(kind, from..line.len());
        }
    }
    if let Some(request) = REQUESTS.iter().find(|r| line.ends_with(r)) {
        return Found::Request(line.len() - request.len()..line.len());
    }
    let known = is_begun(line);
    let text = line.iter().all(|b| is_text(*b));
    match (known, text && line.len() >= 3 + CHECK && is_checked(line)) {
        // The length belongs to the check: one digit short shifts every field behind it.
        (true, true) => Found::Refused(Skip::Malformed),
        (true, false) => Found::Refused(Skip::Checksum),
        (false, true) => Found::Unknown,
        _ => Found::Refused(Skip::NotAFrame),
    }
}

/// Whether these bytes are text that begins like a reply we read.
pub(super) fn is_begun(bytes: &[u8]) -> bool {
    let known = bytes.get(1..3).is_some_and(|code| REPLIES.iter().any(|(known, ..)| code == *known));
    known && bytes.iter().all(|b| is_text(*b))
}

/// A cuff reply: fields by offset from the unit identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nibp {
    /// Status character.
    pub(super) status: u8,
    /// Patient: `2` is neonate.
    pub(super) patient: u8,
    /// Type: `1` is stat.
    pub(super) kind: u8,
    /// Seconds since the last determination; `None` for 9999, none recent.
    pub(super) age_s: Option<i64>,
    /// Systolic, diastolic and mean in mmHg, in this order; `None` for no data.
    pub(super) pressures: [Option<i64>; 3],
}

impl Nibp {
    /// The fields of a checked reply. `None` when a field of a finished determination is no number.
    pub(super) fn read(reply: &[u8]) -> Option<Self> {
        let (status, patient, kind) = (reply[3], reply[4], reply[5]);
        if status != super::DONE {
            // While measuring, the old numbers may still stand in the fields: they are not even read.
            return Some(Self { status, patient, kind, age_s: None, pressures: [None; 3] });
        }
        let age = digits(&reply[6..10])?;
        let pressures = [value(&reply[10..13])?, value(&reply[13..16])?, value(&reply[16..19])?];
        Some(Self { status, patient, kind, age_s: (age != 9999).then_some(age), pressures })
    }
}

/// A temperature reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Temperature {
    /// Status character.
    pub(super) status: u8,
    /// Seconds since; `None` for 99999, unavailable or old.
    pub(super) age_s: Option<i64>,
    /// Tenths of a degree Fahrenheit, whatever the bedside display shows.
    pub(super) tenths_f: Option<i64>,
}

impl Temperature {
    /// The fields of a checked reply. `None` when a field of a finished determination is no number.
    pub(super) fn read(reply: &[u8]) -> Option<Self> {
        let status = reply[3];
        if status != super::TEMPERATURE_DONE {
            return Some(Self { status, age_s: None, tenths_f: None });
        }
        let age = digits(&reply[6..11])?;
        Some(Self { status, age_s: (age != 99_999).then_some(age), tenths_f: value(&reply[11..15])? })
    }
}

/// A number field: `Some(None)` for no data (zeros, or a number with a sign such as -99), `None` for no number at all.
#[allow(clippy::option_option)]
pub(super) fn value(field: &[u8]) -> Option<Option<i64>> {
    match field.split_first()? {
        (b'-', rest) => digits(rest).map(|_| None),
        _ => digits(field).map(|n| (n != 0).then_some(n)),
    }
}

fn digits(field: &[u8]) -> Option<i64> {
    field.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_worked_examples() {
        for line in [
            &b" NF1101762127073078&<"[..],
            b" NA1100042128079095&3",
            b" OA1097502#B",
            b" RA2074\"G",
            b" RA3-99\"L",
            b" NA!2",
            b" NF!7",
            b" OA!3",
            b" RA!6",
            b" RC!8",
            b" TC!:",
            b" NC0!E",
            b" ND!5",
        ] {
            assert!(is_checked(line), "{:?}", core::str::from_utf8(line));
        }
    }

    #[test]
    fn h05_a_reply_one_digit_short_is_refused_although_its_checksum_fits() {
        let short = b" NA000999900000000%U";
        assert!(is_checked(short));
        assert_eq!(find(short), Found::Refused(Skip::Malformed));
    }

    #[test]
    fn a_line_is_what_stands_at_its_end() {
        assert_eq!(find(b" RA2074\"G"), Found::Reply(Code::Rate, 0..9));
        assert_eq!(find(b"\xFF\x01 RA2074\"G"), Found::Reply(Code::Rate, 2..11));
        assert_eq!(find(b" NF1101762127 RA2074\"G"), Found::Reply(Code::Rate, 13..22));
        assert_eq!(find(b" NA!2"), Found::Request(0..5));
        assert_eq!(find(b" NC0!E"), Found::Unknown, "someone else's command is not ours");
        assert_eq!(find(b" RA2075\"G"), Found::Refused(Skip::Checksum));
        assert_eq!(find(b"hello"), Found::Refused(Skip::NotAFrame));
        assert_eq!(find(b""), Found::Refused(Skip::NotAFrame));
    }

    #[test]
    fn h06_zeros_and_signed_fields_are_no_data() {
        assert_eq!(value(b"000"), Some(None));
        assert_eq!(value(b"-99"), Some(None));
        assert_eq!(value(b"074"), Some(Some(74)));
        assert_eq!(value(b" 74"), None);
        assert_eq!(value(b"---"), None);
    }
}
