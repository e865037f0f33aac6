//! Acknowledgements: which one, and its exact bytes. Pure.
//!
//! `AA` and `CA` mean "safely stored" and nothing more: they cannot be made without a [`Committed`], which only the log
//! makes. A message that is stored but not understood is accepted too: senders repeat a message they hold as refused,
//! some for ever (a "poison" message), and one disconnects.

use super::messages::{self, Message};
use chairside_decode::hl7::Header;
use chairside_decode::hl7::mllp::{CARRIAGE_RETURN, END_BLOCK, START_BLOCK};
use chairside_observation::{Civil, Micros, Received};
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

/// One acknowledgement, framed and ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    code: &'static str,
    frame: Vec<u8>,
}

impl Ack {
    /// `AA` or `CA`: the log has the message. `None` when the sender wants no such answer, or when the message is itself an
    /// acknowledgement.
    #[must_use]
    pub fn accepted(message: &Message<'_>, _: &Committed, stamp: &Stamp) -> Option<Self> {
        Self::answer(message, true, stamp)
    }

    /// `AE` or `CE`: the log does not have the message, the sender may repeat it. `None` as above.
    #[must_use]
    pub fn not_recorded(message: &Message<'_>, _: &NotRecorded, stamp: &Stamp) -> Option<Self> {
        Self::answer(message, false, stamp)
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

    fn answer(message: &Message<'_>, stored: bool, stamp: &Stamp) -> Option<Self> {
        let header = &message.header;
        let code = header.ack_mode().code(stored)?.word();
        let encoding = if header.encoding_characters.is_empty() { b"^~\\&" } else { header.encoding_characters };
        let (now, kind) = (zoned(stamp.now.wall), message_type(header));
        let mut fields: Vec<&[u8]> = vec![
            b"MSH",
            encoding,
            header.receiving_application,
            header.receiving_facility,
            header.sending_application,
            header.sending_facility,
            now.as_bytes(),
            b"",
            &kind,
            stamp.id.as_bytes(),
            message.processing_id,
            message.version,
        ];
        if !header.character_set.is_empty() {
            fields.extend([&b""[..]; 5]);
            fields.push(header.character_set);
        }
        let separator = [header.delimiters.field];
        let mut text = fields.join(&separator[..]);
        text.push(b'\r');
        text.extend([b"MSA", code.as_bytes(), header.control_id].join(&separator[..]));
        text.push(b'\r');
        Some(Self { code, frame: framed(&text) })
    }
}

/// Whether the sender of a frame takes acknowledgements (Mindray PDS does not).
#[must_use]
pub fn answered(raw: &[u8], configured: Option<&str>) -> bool {
    messages::profile(configured, raw).is_acknowledged()
}

/// `ACK^<trigger>^ACK`; the third component came with version 2.4.
fn message_type(header: &Header<'_>) -> Vec<u8> {
    let by = [header.delimiters.component];
    match (header.trigger, version(header) >= (2, 4)) {
        (b"", _) => b"ACK".to_vec(),
        (trigger, false) => [&b"ACK"[..], trigger].join(&by[..]),
        (trigger, true) => [&b"ACK"[..], trigger, b"ACK"].join(&by[..]),
    }
}

/// Major and minor of MSH-12; an unreadable one counts as old.
fn version(header: &Header<'_>) -> (u32, u32) {
    let text = String::from_utf8_lossy(header.version);
    let mut numbers = text.trim().split('.').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// One frame around `text`. A damaged header may hold framing bytes; sent back they would end our frame early.
fn framed(text: &[u8]) -> Vec<u8> {
    let text = text.iter().copied().filter(|byte| ![START_BLOCK, END_BLOCK].contains(byte));
    [START_BLOCK].into_iter().chain(text).chain([END_BLOCK, CARRIAGE_RETURN]).collect()
}

/// `YYYYMMDDHHMMSS.mmm+0000`. A clock outside the years 1 to 9999 gives an empty field, which the standard allows.
fn zoned(wall: Micros) -> String {
    let millis = wall.0.div_euclid(1000);
    let Some(Civil { year, month, day, hour, minute, second, .. }) = Civil::from_unix_s(millis.div_euclid(1000)) else {
        return String::new();
    };
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.{:03}+0000", millis.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::super::messages::{HEADER_MAX, is_hl7};
    use super::*;

    /// 2024-05-01 10:15:30.250 UTC.
    const NOW: Received = Received { mono: Micros(0), wall: Micros(1_714_558_530_250_000) };

    fn stamp() -> Stamp {
        ControlIds::new("run-7!").stamp(NOW)
    }

    /// The text of the answer, CR shown as `/`.
    fn text(message: &str) -> Option<String> {
        let ack = Ack::answer(&Message::all(message.as_bytes())[0], true, &stamp())?;
        let shown = String::from_utf8_lossy(ack.frame()).replace('\r', "/");
        assert!(shown.starts_with('\x0b') && shown.ends_with("/\x1c/"), "framed: {shown:?}");
        Some(shown.trim_matches(['\x0b', '\x1c', '/']).to_owned() + "/")
    }

    fn check(message: &str, expected: &str) {
        assert_eq!(text(message).as_deref(), Some(expected), "to {message:?}");
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
            let answer = text(&message).unwrap();
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
            // A word the table does not have: a sender that waits must get its answer.
            ("XX", "", Some("CA"), Some("CE")),
        ];
        for (accept, application, stored, not_stored) in table {
            let message = format!("MSH|^~\\&|||||||ORU^R01|1|P|2.6|||{accept}|{application}");
            let message = Message::all(message.as_bytes())[0];
            let code = |stored| Ack::answer(&message, stored, &stamp()).map(|ack| ack.code());
            assert_eq!(code(true), stored, "stored, MSH-15 {accept:?} MSH-16 {application:?}");
            assert_eq!(code(false), not_stored, "not stored, {accept:?} {application:?}");
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
            (pds, Some("philips-ic"), true),
            (ge, None, true),
            (ge, Some("pds"), false),
            (philips, None, true),
            (ack, None, false),
            (ack, Some("ge"), false),
        ] {
            let one = Message::all(message.as_bytes())[0];
            let answer = Ack::answer(&one, true, &stamp()).filter(|_| answered(message.as_bytes(), profile));
            assert_eq!(answer.is_some(), expected, "{message:?} in {profile:?}");
        }
    }

    #[test]
    fn what_is_no_hl7_is_refused_and_a_batch_is_answered_message_by_message() {
        assert!(Message::all(b"\x0bGET / HTTP/1.1\r\n\x1c\r").is_empty());
        assert!(!is_hl7(b"\x0bGET / HTTP/1.1\r\n\x1c\r"));
        assert!(!is_hl7(b"\x0b\x1c\r"));
        assert!(!is_hl7(b"\x0bMSH\x1c\r"));
        assert!(!is_hl7(&[b"MSH|".as_slice(), &[b'x'; HEADER_MAX]].concat()), "a header longer than any");
        assert_eq!(Ack::not_hl7(&stamp()).code(), "AR");
        let batch = b"\x0bFHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ORU|1\rPID|\rMSH|^~\\&|||||||ORU|2\rBTS|2\r\x1c\r";
        let ids: Vec<_> = Message::all(batch).iter().map(|m| m.header.control_id).collect();
        assert_eq!(ids, [b"1", b"2"]);
        let one = b"MSH|^~\\&|||||||ORU|1\rMSH|^~\\&|||||||ORU|2\r";
        assert_eq!(Message::all(one).len(), 1, "one frame, one message, one answer");
    }

    #[test]
    fn line_feeds_end_segments_only_where_no_carriage_return_does() {
        assert_eq!(Message::all(b"MSH|^~\\&|a\nPID|1\n")[0].header.sending_application, b"a");
        assert_eq!(Message::all(b"\x0b\r\nMSH|^~\\&|a\rPID|x\ny\r")[0].header.sending_application, b"a");
    }

    /// Every HL7 fixture with bytes changed, left out and doubled, the same ones on every run.
    fn damaged_messages() -> impl Iterator<Item = Vec<u8>> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hl7");
        let cases = std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path());
        let captures: Vec<Vec<u8>> = cases.filter_map(|case| std::fs::read(case.join("capture.hl7")).ok()).collect();
        assert!(captures.len() > 20, "fixtures/hl7 has moved");
        // Knuth's MMIX generator: the upper bits are random enough.
        let mut state = 1_u64;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        (0..20_000).map(move |_| {
            // Damage in the first segment counts: nothing else is sent back.
            let mut message: Vec<u8> = captures[random(captures.len())].iter().take(400).copied().collect();
            for _ in 0..=random(4) {
                let at = random(message.len().min(200));
                match random(4) {
                    0 => message[at] = [0x0B, 0x1C, 0x0D, 0x0A, 0x00, b'|', b'^', 0xFF][random(8)],
                    1 => message[at] = u8::try_from(random(256)).unwrap(),
                    2 => drop(message.remove(at)),
                    _ => message.insert(at, message[at]),
                }
            }
            message
        })
    }

    #[test]
    fn h24_whatever_was_sent_each_answer_is_one_frame_of_two_segments() {
        let mut answers = 0;
        for message in damaged_messages() {
            for stored in [true, false] {
                for ack in Message::all(&message).iter().filter_map(|one| Ack::answer(one, stored, &stamp())) {
                    let inner = ack.frame().strip_prefix(&[START_BLOCK]).unwrap();
                    let inner = inner.strip_suffix(&[END_BLOCK, CARRIAGE_RETURN]).unwrap();
                    let shown = || format!("{} to {}", inner.escape_ascii(), message.escape_ascii());
                    assert!(
                        !inner.iter().any(|b| [START_BLOCK, END_BLOCK].contains(b)),
                        "a frame in a frame: {}",
                        shown()
                    );
                    assert_eq!(inner.iter().filter(|b| **b == b'\r').count(), 2, "two segments: {}", shown());
                    assert!(inner.starts_with(b"MSH") && inner.ends_with(b"\r"), "{}", shown());
                    answers += 1;
                }
            }
        }
        assert!(answers > 20_000, "most are still messages: {answers}");
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
