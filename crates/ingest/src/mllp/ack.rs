//! Acknowledgements: which one, and its exact bytes. Pure.
//!
//! `AA` and `CA` mean "safely stored" and nothing more: they cannot be made without a [`Committed`], which only the log
//! makes. A message that is stored but not understood is accepted too: senders repeat a message they hold as refused,
//! some for ever (a "poison" message), and one disconnects.

use super::header::Header;
use chairside_observation::{Micros, Received};
use chairside_recorder::{Committed, NotRecorded};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Characters of the run's name in our MSH-10: with `-` and eight digits that fills the 20 characters HL7 2.3 allows.
const RUN_MAX: usize = 11;
/// Our own control ids count to this and begin again.
const IDS: u32 = 100_000_000;

/// Makes our own MSH-10: the run's name and a counter.
#[derive(Debug)]
pub struct ControlIds {
    run: String,
    next: AtomicU32,
}

impl ControlIds {
    /// `run` tells this start of the program from others; only its letters and digits are used.
    #[must_use]
    pub fn new(run: &str) -> Self {
        let run = run.chars().filter(char::is_ascii_alphanumeric).take(RUN_MAX).collect();
        Self { run, next: AtomicU32::new(1) }
    }

    /// The stamp of one acknowledgement.
    pub fn stamp(&self, now: Received) -> Stamp {
        let count = self.next.fetch_add(1, Relaxed) % IDS;
        Stamp { now, id: format!("{}-{count:08}", self.run) }
    }
}

/// Time and control id of one acknowledgement.
#[derive(Clone, Debug)]
pub struct Stamp {
    now: Received,
    id: String,
}

/// What became of the message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Stored,
    NotStored,
}

/// One acknowledgement, framed and ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    code: &'static str,
    frame: Vec<u8>,
}

impl Ack {
    /// `AA` or `CA`: the log has the message. `None` when the sender wants no such answer.
    #[must_use]
    pub fn accepted(header: &Header<'_>, _: &Committed, stamp: &Stamp) -> Option<Self> {
        Some(Self::answer(header, code(header, Outcome::Stored)?, stamp))
    }

    /// `AE` or `CE`: the log does not have the message, the sender may repeat it. `None` when it wants no such answer.
    #[must_use]
    pub fn not_recorded(header: &Header<'_>, _: &NotRecorded, stamp: &Stamp) -> Option<Self> {
        Some(Self::answer(header, code(header, Outcome::NotStored)?, stamp))
    }

    /// `AR`: what came is no HL7, there is no header to answer to.
    #[must_use]
    pub fn not_hl7(stamp: &Stamp) -> Self {
        let text = format!("MSH|^~\\&|||||{}||ACK|{}|P|2.3\rMSA|AR|\r", zoned(stamp.now.wall), stamp.id);
        Self { code: "AR", frame: framed(text.as_bytes()) }
    }

    /// The code: `AA`, `AE`, `AR`, `CA` or `CE`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The bytes on the wire, framing included.
    #[must_use]
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    fn answer(header: &Header<'_>, code: &'static str, stamp: &Stamp) -> Self {
        let received = |n: usize| header.field(n).to_vec();
        let encoding = if header.field(2).is_empty() { b"^~\\&".to_vec() } else { received(2) };
        let mut fields = vec![
            b"MSH".to_vec(),
            encoding,
            received(5),
            received(6),
            received(3),
            received(4),
            zoned(stamp.now.wall).into_bytes(),
            Vec::new(),
            message_type(header),
            stamp.id.clone().into_bytes(),
            received(11),
            received(12),
        ];
        if !header.field(18).is_empty() {
            fields.extend([const { Vec::new() }; 5]);
            fields.push(received(18));
        }
        let separator = [header.separator()];
        let mut text = fields.join(&separator[..]);
        text.push(b'\r');
        text.extend([b"MSA", code.as_bytes(), header.field(10)].join(&separator[..]));
        text.push(b'\r');
        Self { code, frame: framed(&text) }
    }
}

/// Whether a message could be answered at all: not when it is an acknowledgement itself, and not in a profile without
/// acknowledgements (Mindray PDS; there MSH-10 is no id either).
#[must_use]
pub fn answered(header: &Header<'_>, profile: Option<&str>) -> bool {
    if header.part(9, 1) == b"ACK" {
        return false;
    }
    match profile {
        Some("pds") => false,
        None | Some("auto") => !header.id_is_a_type(),
        Some(_) => true,
    }
}

/// The code MSH-15 (accept acknowledgement) and MSH-16 (application acknowledgement) ask for, per HL7 table 0155. Both
/// absent is the original mode. When both ask, the accept code is sent: the second, as a message of its own, was never
/// seen from a monitor.
fn code(header: &Header<'_>, outcome: Outcome) -> Option<&'static str> {
    let asked = |field: usize| match header.field(field) {
        b"AL" => Some(true),
        b"NE" => Some(false),
        b"ER" => Some(outcome == Outcome::NotStored),
        b"SU" => Some(outcome == Outcome::Stored),
        // Absent, or a word the table does not have.
        _ => None,
    };
    let (accept, application) = match (asked(15), asked(16)) {
        (None, None) => (false, true),
        (accept, application) => (accept.unwrap_or(false), application.unwrap_or(false)),
    };
    match (accept, application, outcome) {
        (true, _, Outcome::Stored) => Some("CA"),
        (true, _, Outcome::NotStored) => Some("CE"),
        (false, true, Outcome::Stored) => Some("AA"),
        (false, true, Outcome::NotStored) => Some("AE"),
        (false, false, _) => None,
    }
}

/// `ACK^<trigger>^ACK`; the third component came with version 2.4.
fn message_type(header: &Header<'_>) -> Vec<u8> {
    let trigger = header.part(9, 2);
    let by = [header.component()];
    match (trigger.is_empty(), version(header) >= (2, 4)) {
        (true, _) => b"ACK".to_vec(),
        (false, false) => [&b"ACK"[..], trigger].join(&by[..]),
        (false, true) => [&b"ACK"[..], trigger, b"ACK"].join(&by[..]),
    }
}

/// Major and minor of MSH-12; an unreadable one counts as old.
fn version(header: &Header<'_>) -> (u32, u32) {
    let text = String::from_utf8_lossy(header.part(12, 1));
    let mut numbers = text.trim().split('.').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn framed(text: &[u8]) -> Vec<u8> {
    [b"\x0b", text, b"\x1c\r"].concat()
}

/// `YYYYMMDDHHMMSS.mmm+0000`.
fn zoned(wall: Micros) -> String {
    let millis = wall.0.div_euclid(1000);
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (s, ms) = (of_day / 1000, of_day % 1000);
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}.{ms:03}+0000", s / 3600, s / 60 % 60, s % 60)
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::super::header::HEADER_MAX;
    use super::*;

    /// 2024-05-01 10:15:30.250 UTC.
    const NOW: Received = Received { mono: Micros(0), wall: Micros(1_714_558_530_250_000) };

    fn stamp() -> Stamp {
        ControlIds::new("run-7!").stamp(NOW)
    }

    /// The text of the answer, CR shown as `/`.
    fn text(message: &str, outcome: Outcome) -> Option<String> {
        let header = Header::all(message.as_bytes())[0];
        let ack = Ack::answer(&header, code(&header, outcome)?, &stamp());
        let shown = String::from_utf8_lossy(ack.frame()).replace('\r', "/");
        assert!(shown.starts_with('\x0b') && shown.ends_with("/\x1c/"), "framed: {shown:?}");
        Some(shown.trim_matches(['\x0b', '\x1c', '/']).to_owned() + "/")
    }

    fn check(message: &str, expected: &str) {
        assert_eq!(text(message, Outcome::Stored).as_deref(), Some(expected), "to {message:?}");
    }

    #[test]
    fn an_acknowledgement_mirrors_the_header_it_answers() {
        check(
            "MSH|^~\\&|VSP^0001^EUI-64|GE Healthcare|REC|CLINIC|20240501101530||ORU^R01^ORU_R01|A 1/7|P|2.6|||NE|AL||UNICODE UTF-8\rPID|1\r",
            "MSH|^~\\&|REC|CLINIC|VSP^0001^EUI-64|GE Healthcare|20240501101530.250+0000||ACK^R01^ACK|run7-00000001|P|2.6\
             ||||||UNICODE UTF-8/MSA|AA|A 1/7/",
        );
        check(
            "\x0bMSH|^~\\&|||||||ORU^R01|HP0802104904|T|2.3|||||8859/1\r\x1c\r",
            "MSH|^~\\&|||||20240501101530.250+0000||ACK^R01|run7-00000001|T|2.3/MSA|AA|HP0802104904/",
        );
        check(
            "MSH#*~\\&#a#b#c#d#t##NMD*N02*NMD_N02#7#P#2.4",
            "MSH#*~\\&#c#d#a#b#20240501101530.250+0000##ACK*N02*ACK#run7-00000001#P#2.4/MSA#AA#7/",
        );
        check("MSH|^~\\&|||||||ORU||P|", "MSH|^~\\&|||||20240501101530.250+0000||ACK|run7-00000001|P|/MSA|AA|/");
        check("MSH|", "MSH|^~\\&|||||20240501101530.250+0000||ACK|run7-00000001||/MSA|AA|/");
    }

    #[test]
    fn the_trigger_has_its_third_component_from_version_2_4_on() {
        for (version, expected) in [
            ("2.2", "ACK^R01"),
            ("2.3.1", "ACK^R01"),
            ("2.4", "ACK^R01^ACK"),
            ("2.6", "ACK^R01^ACK"),
            ("2.6^AUS", "ACK^R01^ACK"),
            ("2.10", "ACK^R01^ACK"),
            ("", "ACK^R01"),
        ] {
            let message = format!("MSH|^~\\&|||||||ORU^R01^ORU_R01|1|P|{version}");
            let answer = text(&message, Outcome::Stored).unwrap();
            assert_eq!(answer.split('|').nth(8), Some(expected), "version {version:?}");
        }
    }

    #[test]
    fn h10_the_code_is_what_msh_15_and_16_ask_for() {
        // MSH-15, MSH-16, answer when stored, answer when not.
        let table = [
            ("", "", Some("AA"), Some("AE")),
            ("NE", "AL", Some("AA"), Some("AE")),
            ("", "AL", Some("AA"), Some("AE")),
            ("AL", "NE", Some("CA"), Some("CE")),
            ("AL", "", Some("CA"), Some("CE")),
            ("AL", "AL", Some("CA"), Some("CE")),
            ("NE", "NE", None, None),
            ("", "NE", None, None),
            ("NE", "", None, None),
            ("NE", "ER", None, Some("AE")),
            ("NE", "SU", Some("AA"), None),
            ("ER", "NE", None, Some("CE")),
            ("SU", "NE", Some("CA"), None),
            ("ER", "ER", None, Some("CE")),
            ("SU", "SU", Some("CA"), None),
            ("ER", "SU", Some("AA"), Some("CE")),
            ("SU", "ER", Some("CA"), Some("AE")),
            ("ER", "AL", Some("AA"), Some("CE")),
            ("SU", "AL", Some("CA"), Some("AE")),
            ("AL", "ER", Some("CA"), Some("CE")),
            ("AL", "SU", Some("CA"), Some("CE")),
            ("XX", "", Some("AA"), Some("AE")),
        ];
        for (accept, application, stored, not_stored) in table {
            let message = format!("MSH|^~\\&|||||||ORU^R01|1|P|2.6|||{accept}|{application}");
            let header = Header::all(message.as_bytes())[0];
            assert_eq!(code(&header, Outcome::Stored), stored, "stored, MSH-15 {accept:?} MSH-16 {application:?}");
            assert_eq!(code(&header, Outcome::NotStored), not_stored, "not stored, {accept:?} {application:?}");
        }
    }

    #[test]
    fn an_acknowledgement_is_never_answered_and_pds_has_none() {
        let pds = "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|";
        let ge = "MSH|^~\\&|VSP||||20240501||ORU^R01^ORU_R01|204|P|2.6";
        let philips = "MSH|^~\\&|||||||ORU^R01|HP0802104904123|T|2.3";
        let ack = "MSH|^~\\&|A||||20240501||ACK^R01^ACK|5|P|2.6\rMSA|AA|1";
        for (message, profile, expected) in [
            (pds, Some("pds"), false),
            (pds, None, false),
            (pds, Some("auto"), false),
            (pds, Some("philips"), true),
            (ge, None, true),
            (ge, Some("pds"), false),
            (philips, None, true),
            (ack, None, false),
            (ack, Some("ge"), false),
        ] {
            let header = Header::all(message.as_bytes())[0];
            assert_eq!(answered(&header, profile), expected, "{message:?} in {profile:?}");
        }
    }

    #[test]
    fn what_is_no_hl7_is_refused_and_a_batch_is_answered_message_by_message() {
        assert!(Header::all(b"\x0bGET / HTTP/1.1\r\n\x1c\r").is_empty());
        assert!(!Header::is_hl7(b"\x0bGET / HTTP/1.1\r\n\x1c\r"));
        assert!(!Header::is_hl7(b"\x0b\x1c\r"));
        assert!(!Header::is_hl7(b"\x0bMSH\x1c\r"));
        assert!(!Header::is_hl7(&[b"MSH|".as_slice(), &[b'x'; HEADER_MAX]].concat()), "a header longer than any");
        assert_eq!(Ack::not_hl7(&stamp()).code(), "AR");
        let batch = b"\x0bFHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ORU|1\rPID|\rMSH|^~\\&|||||||ORU|2\rBTS|2\r\x1c\r";
        let ids: Vec<_> = Header::all(batch).iter().map(|h| h.field(10)).collect();
        assert_eq!(ids, [b"1", b"2"]);
        let one = b"MSH|^~\\&|||||||ORU|1\rMSH|^~\\&|||||||ORU|2\r";
        assert_eq!(Header::all(one).len(), 1, "one frame, one message, one answer");
    }

    #[test]
    fn line_feeds_end_segments_only_where_no_carriage_return_does() {
        assert_eq!(Header::all(b"MSH|^~\\&|a\nPID|1\n")[0].field(3), b"a");
        assert_eq!(Header::all(b"\x0b\r\nMSH|^~\\&|a\rPID|x\ny\r")[0].field(3), b"a");
    }

    #[test]
    fn our_control_ids_fit_in_20_characters_and_differ() {
        let ids = ControlIds::new("0123456789abcdef");
        let (a, b) = (ids.stamp(NOW).id, ids.stamp(NOW).id);
        assert_eq!((a.len(), a == b), (20, false), "{a} {b}");
    }

    #[test]
    fn time_is_utc_with_its_zone() {
        for (wall_us, expected) in [
            (0, "19700101000000.000+0000"),
            (951_782_399_999_999, "20000228235959.999+0000"),
            (951_782_400_000_000, "20000229000000.000+0000"),
            (1_735_689_599_000_000, "20241231235959.000+0000"),
            (-1, "19691231235959.999+0000"),
        ] {
            assert_eq!(zoned(Micros(wall_us)), expected);
        }
    }
}
