//! The real capture against the figures an independent decoder found in it, and what fixtures cannot show.

use super::Intellivue;
use crate::testing::{self, capture};
use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{Absence, Amount, Decimal, FrameKind, Micros, Observation, Reading, Skip, Vital};

/// The recording of the frames.
const CAPTURE: &str = "serial/intellivue/mp_mib_rs232_part1.raw";

fn decode(bytes: &[u8]) -> Vec<Finding> {
    testing::decode(&mut Intellivue::default(), bytes)
}

fn observations(findings: &[Finding]) -> impl Iterator<Item = &Observation> {
    findings.iter().filter_map(|f| match f {
        Finding::Observation(o) => Some(o),
        _ => None,
    })
}

fn understood(findings: &[Finding]) -> usize {
    findings.iter().filter(|f| matches!(f, Finding::Frame { kind: FrameKind::Understood, .. })).count()
}

/// The user data of each frame of an RS-232 stream.
fn user_data(bytes: &[u8]) -> Vec<u8> {
    let (mut serial, mut units) = (super::serial::Serial::default(), Vec::new());
    serial.push(bytes, |_, run| {
        if let super::serial::Run::UserData(data) = run {
            units.extend_from_slice(data);
        }
    });
    units
}

fn check_figures(findings: &[Finding]) {
    assert_eq!(understood(findings), 1924);
    let frames = |f: &&Finding| matches!(f, Finding::Frame { .. } | Finding::Skipped(..));
    assert_eq!(findings.iter().filter(frames).count(), 1924, "nothing is bad, nothing is skipped");
    let count = |vital, reading| observations(findings).filter(|o| o.vital == vital && o.reading == reading).count();
    assert_eq!(count(Vital::HeartRate, Reading::Valid(Amount::One(Decimal::whole(60)))), 240);
    assert_eq!(count(Vital::Spo2, Reading::Absent(Absence::Invalid)), 240);
    assert_eq!(count(Vital::PulseRate, Reading::Absent(Absence::Invalid)), 240);
    assert_eq!(observations(findings).count(), 3 * 240, "and nothing else: no cuff was ever taken");
    assert!(observations(findings).all(|o| !o.synthetic));
    assert!(observations(findings).all(|o| o.measured.is_some()), "its counter runs, so every value has a time");
}

#[test]
fn the_capture_gives_the_figures_of_the_independent_decoder() {
    let Some(bytes) = capture(CAPTURE) else { return };
    check_figures(&decode(&bytes));
}

#[test]
fn the_capture_grants_a_poll_each_half_second() {
    let Some(bytes) = capture(CAPTURE) else { return };
    let mut accepted = None;
    Intellivue::default().push(Micros(0), &bytes[..1000], &mut Vec::new(), |unit| {
        if let super::Pdu::Session(super::frame::Session::Accepted(period)) = unit {
            accepted = *period;
        }
    });
    assert_eq!(accepted, Some(Micros::from_millis(500)));
}

#[test]
fn a_refusal_of_nothing_but_its_reason_is_a_unit_of_its_own() {
    let refusal = [0x0C, 0x03, 0x32, 0x01, 0x00];
    for pieces in [1, 2, 5] {
        let (mut decoder, mut out) = (Intellivue::lan(), Vec::new());
        for piece in refusal.chunks(pieces) {
            decoder.feed(Micros(0), piece, &mut out);
        }
        assert_eq!(understood(&out), 1, "in pieces of {pieces}");
    }
}

#[test]
fn the_same_units_as_datagrams_say_the_same() {
    let Some(bytes) = capture(CAPTURE) else { return };
    check_figures(&testing::decode(&mut Intellivue::lan(), &user_data(&bytes)));
}

#[test]
fn decoding_begins_anywhere_in_a_frame() {
    let Some(bytes) = capture(CAPTURE) else { return };
    let bytes = &bytes[..60_000];
    let whole: Vec<u64> = observations(&decode(bytes)).map(|o| o.bytes.start).collect();
    for start in (1..3000).step_by(41) {
        let part = decode(&bytes[start..]);
        let found: Vec<u64> = observations(&part).map(|o| o.bytes.start + start as u64).collect();
        let expected: Vec<u64> = whole.iter().copied().filter(|at| *at >= start as u64).collect();
        assert_eq!(found, expected, "from byte {start}");
    }
}

/// The release request, whose bytes C1 are escaped.
const RELEASE: [u8; 35] = [
    0xC0, 0x11, 0x01, 0x00, 0x1B, 0x09, 0x18, 0x7D, 0xE1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80,
    0x62, 0x80, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xE3, 0x6D,
];

#[test]
fn h05_no_changed_byte_of_a_frame_passes() {
    let frame = [&RELEASE[..], &[0xC1]].concat();
    assert_eq!(understood(&decode(&frame)), 1);
    for (at, bit) in (1..frame.len() - 1).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut damaged = frame.clone();
        damaged[at] ^= 1 << bit;
        assert_eq!(understood(&decode(&damaged)), 0, "byte {at}, bit {bit}");
    }
}

#[test]
fn h24_a_frame_without_end_is_skipped_in_bounded_pieces_and_the_next_is_read() {
    let mut endless = std::vec![0xC0];
    endless.extend(std::vec![0x55; 3 * super::HELD_MAX]);
    endless.extend(RELEASE);
    endless.push(0xC1);
    let findings = decode(&endless);
    assert_eq!(findings.iter().filter(|f| matches!(f, Finding::Skipped(_, Skip::TooLong))).count(), 4);
    assert_eq!(understood(&findings), 1);
}

#[test]
fn h24_lengths_that_contradict_each_other_are_not_understood() {
    let Some(bytes) = capture(CAPTURE) else { return };
    let units = user_data(&bytes);
    // The first linked poll result of the capture; its own length stands in bytes 6 and 7.
    let at = units.windows(6).position(|w| w == [0xE1, 0, 0, 2, 0, 5]).unwrap();
    let length = 8 + usize::from(u16::from_be_bytes([units[at + 6], units[at + 7]]));
    let unit = &units[at..at + length];
    assert!(super::Pdu::new_checked(unit).is_ok());
    for shorter in 8..length {
        assert!(super::Pdu::new_checked(&unit[..shorter]).is_err(), "{shorter} bytes");
    }
}
