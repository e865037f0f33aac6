//! Every fixture named, at every wrong setting, and in time.

use super::uart::{AfterBadStop, CHIPS, duration_ns, heard};
use super::{Hearing, SETTINGS, Search, Slower, Step, Verdict, other_mode_advice, silent_until_asked, verdict};
use crate::catalog::{Line, Parity, Protocol};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use chairside_observation::Micros;
use std::path::{Path, PathBuf};

const PLAIN: Line = Line { baud: 9600, parity: Parity::None };

fn capture(folder: &Path) -> Vec<u8> {
    for plain in ["capture.txt", "capture.bin"] {
        if let Ok(bytes) = std::fs::read(folder.join(plain)) {
            return bytes;
        }
    }
    let text = std::fs::read_to_string(folder.join("capture.hex")).unwrap();
    let digits: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split('#').next().unwrap_or("").bytes().filter(u8::is_ascii_hexdigit))
        .collect();
    digits.chunks(2).map(|p| u8::from_str_radix(core::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    capture(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name))
}

/// Cases of serial monitors; those of a profile that is not the default are none.
fn cases(protocol: Protocol) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(protocol.word());
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|f| f.unwrap().path()).collect();
    folders.retain(|f| f.is_dir() && !f.to_string_lossy().contains("lan"));
    folders.sort();
    folders.into_iter().map(|f| (f.file_name().unwrap().to_string_lossy().into_owned(), capture(&f))).collect()
}

/// The verdict in a word or two.
fn short(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Identified(h, a) => format!("{} at {}", a.protocol.word(), h.line()),
        Verdict::OtherMode(h, p) => format!("other mode of {} at {}", p.word(), h.line()),
        Verdict::Text(h) => format!("text at {}", h.line()),
        Verdict::Garbled(_) => "garbled".to_string(),
        Verdict::Silent => "silent".to_string(),
    }
}

fn at_once(line: Line, bytes: &[u8]) -> String {
    let mut hearing = Hearing::new(line);
    hearing.heard(Micros(0), bytes);
    short(&verdict(&[hearing]))
}

/// A monitor that talks by itself: a burst of bytes each interval, from its first moment on.
struct Monitor {
    line: Line,
    bursts: Vec<Vec<u8>>,
    interval_us: i64,
    phase_us: i64,
}

impl Monitor {
    /// A burst for each text line.
    fn rows(line: Line, bytes: &[u8], interval_us: i64, phase_us: i64) -> Self {
        // C0 begins and C1 ends a frame of an IntelliVue.
        let end = if bytes[0] == 0xC0 { 0xC1 } else { b'\n' };
        let bursts = bytes.split_inclusive(|b| *b == end).map(<[u8]>::to_vec).collect();
        Self { line, bursts, interval_us, phase_us }
    }

    /// Bursts of so many bytes, the capture over and over.
    fn pieces(line: Line, bytes: &[u8], size: usize, interval_us: i64, phase_us: i64) -> Self {
        let whole = bytes.len() / size * size;
        let bursts = bytes[..whole].chunks(size).map(<[u8]>::to_vec).collect();
        Self { line, bursts, interval_us, phase_us }
    }

    /// Bytes that reach a receiver set to `line` from `from` to `to`.
    fn heard(&self, line: Line, chip: AfterBadStop, from: Micros, to: Micros) -> Vec<(Micros, u8)> {
        let mut all = Vec::new();
        let first = (from.0 - self.phase_us) / self.interval_us - 1;
        for number in first.max(0).. {
            let begin = self.phase_us + number * self.interval_us;
            if begin >= to.0 {
                break;
            }
            let burst = &self.bursts[usize::try_from(number).unwrap() % self.bursts.len()];
            assert!(duration_ns(burst, self.line) <= self.interval_us.unsigned_abs() * 1000, "faster than its line");
            for (at, byte) in heard(burst, self.line, line, chip) {
                all.push((Micros(begin + i64::try_from(at / 1000).unwrap()), byte));
            }
        }
        all.retain(|(at, _)| *at >= from && *at < to);
        all
    }

    /// What a search says of it, and after how long.
    fn searched(&self, chip: AfterBadStop, most_s: i64) -> (String, Micros, Vec<String>) {
        let mut now = Micros(0);
        let mut search = Search::new(now, Micros::from_secs(most_s));
        let mut tuned = vec![search.line().to_string()];
        loop {
            let until = match search.step(now) {
                Step::Done => return (short(&search.verdict()), now, tuned),
                Step::Retune(line) => {
                    tuned.push(line.to_string());
                    continue;
                }
                Step::Listen(until) => until,
            };
            assert!(until > now, "the search does not get on");
            // As an adapter hands bytes on: every 16 ms what came since.
            let to = until.min(now + Micros(16_000));
            let bytes: Vec<u8> = self.heard(search.line(), chip, now, to).into_iter().map(|(_, byte)| byte).collect();
            now = to;
            search.heard(now, &bytes);
        }
    }
}

/// Monitors as they talk, with the setting they have.
fn talkers() -> Vec<(&'static str, Line, Vec<u8>, usize, i64)> {
    let line = |baud, parity| Line { baud, parity };
    let even = line(19_200, Parity::Even);
    let fast = line(115_200, Parity::None);
    let text = |name: &str| fixture(name);
    vec![
        ("nellcor", PLAIN, text("nellcor/normal"), 0, 2_000_000),
        ("nellcor", line(19_200, Parity::None), text("nellcor/normal"), 0, 2_000_000),
        ("nellcor", line(38_400, Parity::None), text("nellcor/normal"), 0, 2_000_000),
        ("nellcor", line(57_600, Parity::None), text("nellcor/normal"), 0, 2_000_000),
        ("nellcor", line(115_200, Parity::None), text("nellcor/normal"), 0, 2_000_000),
        ("nellcor", line(4800, Parity::None), text("nellcor/normal"), 0, 2_000_000),
        ("masimo", PLAIN, text("masimo/normal"), 0, 1_000_000),
        ("other mode of masimo", PLAIN, text("masimo/wrong-mode"), 0, 2_000_000),
        ("nonin", PLAIN, text("nonin/normal"), 5, 13_333),
        ("nonin", PLAIN, text("nonin/normal-format-7"), 5, 13_333),
        ("nonin", PLAIN, text("nonin/normal-format-8"), 4, 1_000_000),
        ("nonin", PLAIN, text("nonin/normal-format-1"), 3, 1_000_000),
        ("nonin", PLAIN, text("nonin/normal-ascii"), 0, 1_000_000),
        ("ivy450c", PLAIN, text("ivy450c/wave-marks"), 499, 1_000_000),
        ("dinamap", PLAIN, text("dinamap/normal"), 23, 500_000),
        ("other mode of dinamap", PLAIN, text("dinamap/wrong-mode")[..540].to_vec(), 18, 20_000),
        ("cms50", fast, text("cms50/normal"), 9, 16_667),
        ("cms50", line(19_200, Parity::Odd), text("cms50/normal-old"), 5, 16_667),
        ("cms50", line(4800, Parity::Odd), text("cms50/normal-old"), 5, 16_667),
        ("intellivue", fast, text("intellivue/normal"), 0, 500_000),
        ("dri", even, text("dri/normal"), 1645, 1_000_000),
        ("dri", even, text("dri/normal"), 1645, 5_000_000),
        ("dri", line(115_200, Parity::Even), text("dri/normal"), 1645, 1_000_000),
    ]
}

/// The setting told has the right speed, and the right parity where the chip hears a difference: one that waits for a high
/// line reads every byte right without looking at the parity bit.
fn is_right(said: &str, name: &str, line: Line, chip: AfterBadStop) -> bool {
    let without = Line { parity: Parity::None, ..line };
    said == format!("{name} at {line}") || chip == AfterBadStop::WaitsForHigh && said == format!("{name} at {without}")
}

#[test]
fn every_monitor_that_talks_is_named_with_its_setting_within_15_s() {
    for (name, line, bytes, size, interval_us) in talkers() {
        // From the beginning of a burst, between two, and in the middle of one.
        for (chip, phase_us) in
            [(CHIPS[0], 0), (CHIPS[1], 137_000), (CHIPS[0], 40 * interval_us / 97), (CHIPS[1], -9_000)]
        {
            let monitor = if size == 0 {
                Monitor::rows(line, &bytes, interval_us, phase_us)
            } else {
                Monitor::pieces(line, &bytes, size, interval_us, phase_us)
            };
            let (said, took, tuned) = monitor.searched(chip, 15);
            let about =
                format!("{name} {line}, {chip:?}, phase {phase_us}: {said} after {} ms: {tuned:?}", took.0 / 1000);
            assert!(is_right(&said, name, line, chip), "{about}");
        }
    }
}

#[test]
fn a_monitor_at_the_first_setting_is_named_within_9_s_and_nobody_is_asked_to_wait_for_the_end() {
    for (name, line, bytes, size, interval_us) in talkers().into_iter().filter(|t| t.1 == PLAIN) {
        let monitor = match size {
            0 => Monitor::rows(line, &bytes, interval_us, 0),
            _ => Monitor::pieces(line, &bytes, size, interval_us, 0),
        };
        let (_, took, tuned) = monitor.searched(AfterBadStop::IsStart, 60);
        assert!(took <= Micros::from_secs(9), "{name}: {} ms", took.0 / 1000);
        assert_eq!(tuned, ["9600 baud 8N1"], "{name}");
    }
}

#[test]
fn h05_no_wrong_setting_makes_one_monitor_look_like_another() {
    for (name, line, bytes, ..) in talkers() {
        let bytes: Vec<u8> = bytes.iter().copied().cycle().take(3000).collect();
        for (to, chip) in SETTINGS.into_iter().flat_map(|to| CHIPS.map(|chip| (to, chip))) {
            let got: Vec<u8> = heard(&bytes, line, to, chip).into_iter().map(|(_, byte)| byte).collect();
            let said = at_once(to, &got);
            let sense = said != "garbled";
            assert!(!sense || is_right(&said, name, line, chip), "{name} {line} heard at {to}, {chip:?}: {said}");
            assert!(sense || to != line, "{name}: {said}");
        }
    }
}

#[test]
fn what_is_heard_at_a_wrong_speed_says_how_wrong_it_is() {
    let line = |baud| Line { baud, parity: Parity::None };
    let rows = fixture("nellcor/normal");
    for (from, to, expected) in [
        (9600, 9600, None),
        (9600, 4800, None),
        (9600, 19_200, Some(Slower::Times(2))),
        (9600, 38_400, Some(Slower::Times(4))),
        (9600, 57_600, Some(Slower::Times(6))),
        (4800, 115_200, Some(Slower::Far)),
        (19_200, 115_200, Some(Slower::Times(6))),
        (38_400, 115_200, Some(Slower::Times(3))),
        (4800, 9600, Some(Slower::Times(2))),
        (115_200, 9600, None),
    ] {
        for chip in CHIPS {
            let mut hearing = Hearing::new(line(to));
            let all: Vec<u8> = rows.iter().copied().cycle().take(2000).collect();
            for (_, byte) in heard(&all, line(from), line(to), chip) {
                hearing.heard(Micros(0), &[byte]);
            }
            assert_eq!(hearing.shape().slower(Parity::None), expected, "{from} heard at {to}, {chip:?}");
            assert_eq!(hearing.shape().is_text(), from == to, "{from} heard at {to}, {chip:?}");
        }
    }
}

#[test]
fn even_parity_heard_without_is_garbled_or_understood_by_the_chips_nature() {
    let bytes: Vec<u8> = fixture("dri/normal");
    let even = Line { baud: 19_200, parity: Parity::Even };
    let plain = Line { baud: 19_200, parity: Parity::None };
    for (chip, expected) in [(AfterBadStop::IsStart, "garbled"), (AfterBadStop::WaitsForHigh, "dri at 19200 baud 8N1")]
    {
        let got: Vec<u8> = heard(&bytes, even, plain, chip).into_iter().map(|(_, byte)| byte).collect();
        assert_eq!(at_once(plain, &got), expected);
    }
}

#[test]
fn every_fixture_is_named_as_its_own_protocol() {
    // Too few bytes to prove anything, or none of the protocol.
    let nothing = ["nonin unproven", "intellivue wrong-mode"];
    for protocol in Protocol::ALL.iter().filter(|p| p.line().is_some() && **p != Protocol::Cms50) {
        let line = protocol.line().unwrap();
        for (name, bytes) in cases(*protocol) {
            let case = format!("{} {name}", protocol.word());
            let expected = match &*case {
                "masimo wrong-mode" => format!("other mode of masimo at {line}"),
                other if nothing.contains(&other) => "garbled".to_string(),
                _ => format!("{} at {line}", protocol.word()),
            };
            assert_eq!(at_once(line, &bytes), expected, "{case}");
        }
    }
}

#[test]
fn the_format_is_named_where_a_protocol_has_several() {
    for (name, times, expected) in [
        ("nonin/normal", 1, "format 2"),
        ("nonin/normal-format-7", 1, "format 7"),
        ("nonin/normal-format-8", 1, "format 8"),
        ("nonin/normal-format-1", 1, "format 1"),
        ("nonin/normal-format-13", 1, "format 13, spot checks"),
        ("nonin/normal-ascii", 1, "table-top text"),
        ("cms50/normal", 20, "9-byte packets"),
        ("cms50/normal-old", 20, "old 5-byte packets"),
    ] {
        let mut hearing = Hearing::new(PLAIN);
        (0..times).for_each(|_| hearing.heard(Micros(0), &fixture(name)));
        let account = hearing.proven().unwrap_or_else(|| panic!("{name} is not proven"));
        assert_eq!(account.format, Some(expected), "{name}");
        assert!(!account.last.is_empty(), "{name}");
    }
}

#[test]
fn other_modes_come_with_the_menu_entry_to_change() {
    for (name, upto, protocol, entry) in [
        ("masimo/wrong-mode", usize::MAX, Protocol::Masimo, "ASCII 1"),
        ("dinamap/wrong-mode", 540, Protocol::Dinamap, "Compact"),
    ] {
        let mut hearing = Hearing::new(PLAIN);
        let bytes = fixture(name);
        hearing.heard(Micros(0), &bytes[..upto.min(bytes.len())]);
        let hearings = [hearing];
        let Verdict::OtherMode(_, found) = verdict(&hearings) else { panic!("{name}") };
        assert_eq!(found, protocol);
        assert!(other_mode_advice(found).unwrap().1.contains(entry));
    }
    let mut menu = Hearing::new(PLAIN);
    menu.heard(Micros(0), b"N-560   INTERACTIVE MODE\r\n  2) SET DATE AND TIME\r\n");
    assert_eq!(short(&verdict(&[menu])), "other mode of nellcor at 9600 baud 8N1");
    for protocol in Protocol::ALL.iter().filter(|p| silent_until_asked(**p).is_some()) {
        assert!(protocol.asks(), "{}", protocol.word());
    }
}

#[test]
fn text_of_no_known_format_silence_and_noise_are_told_apart() {
    let mut unknown = Hearing::new(PLAIN);
    unknown.heard(Micros(0), b"BED 12  AUX 1 READY\r\nBED 12  AUX 2 READY\r\n");
    assert_eq!(short(&verdict(&[unknown])), "text at 9600 baud 8N1");
    assert_eq!(short(&verdict(&[Hearing::new(PLAIN)])), "silent");
    let noise: Vec<u8> = (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for line in SETTINGS {
        assert_eq!(at_once(line, &noise), "garbled", "{line}");
    }
}

#[test]
fn silence_is_listened_to_until_the_end_at_one_setting() {
    let mut search = Search::new(Micros(0), Micros::from_secs(15));
    assert_eq!(search.step(Micros(0)), Step::Listen(Micros::from_secs(15)));
    assert_eq!(search.step(Micros::from_secs(15)), Step::Done);
    assert_eq!(search.hearings().len(), 1);
}

#[test]
fn noise_is_given_up_when_every_setting_was_tried() {
    let (mut now, mut tuned) = (Micros(0), 1);
    let mut search = Search::new(now, Micros::from_secs(600));
    loop {
        match search.step(now) {
            Step::Done => break,
            Step::Retune(_) => tuned += 1,
            Step::Listen(_) => {
                now = now + Micros(50_000);
                search.heard(now, &now.0.wrapping_mul(0x1E37_79B9_7F4A_7C15).to_le_bytes());
            }
        }
    }
    assert_eq!(tuned, SETTINGS.len());
    assert!(now < Micros::from_secs(60), "{now:?}");
}

#[test]
fn the_settings_hold_those_of_the_catalog_once_each() {
    for protocol in Protocol::ALL {
        assert!(protocol.line().is_none_or(|line| SETTINGS[..3].contains(&line)), "{}", protocol.word());
    }
    for (at, line) in SETTINGS.iter().enumerate() {
        assert!(!SETTINGS[..at].contains(line), "{line} stands twice");
    }
}
