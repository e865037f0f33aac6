//! The real capture against the figures an independent decoder found in it, and the evidence a packet needs.

use super::{Cms50, NOISE_MAX};
use crate::testing::{self, capture};
use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{Amount, Decimal, FrameKind, Micros, Reading, Skip, Vital};

/// The recording of new packets.
const CAPTURE: &str = "serial/cms50/cms50e_v7_live.hex";

fn decode(bytes: &[u8]) -> Vec<Finding> {
    testing::decode(&mut Cms50::default(), bytes)
}

fn frames(findings: &[Finding]) -> usize {
    findings.iter().filter(|f| matches!(f, Finding::Frame { kind: FrameKind::Understood, .. })).count()
}

#[test]
fn the_capture_gives_the_figures_of_the_independent_decoder() {
    let Some(bytes) = capture(CAPTURE) else { return };
    let findings = decode(&bytes);
    let count = |vital, value| {
        let reading = Reading::Valid(Amount::One(Decimal::whole(value)));
        findings
            .iter()
            .filter(|f| matches!(f, Finding::Observation(o) if o.vital == vital && o.reading == reading))
            .count()
    };
    assert_eq!((frames(&findings), count(Vital::PulseRate, 60), count(Vital::Spo2, 99)), (102, 102, 102));
    let skipped: Vec<_> = findings.iter().filter(|f| matches!(f, Finding::Skipped(..))).collect();
    assert!(matches!(skipped[..], [Finding::Skipped(_, Skip::CutOff)]), "the capture ends in a packet: {skipped:?}");
}

#[test]
fn after_the_end_of_a_stream_the_first_packet_is_believed_as_at_the_very_first() {
    let mut decoder = Cms50::default();
    let packets = [0x85, 0x30, 0x05, 0x48, 0x62].repeat(2);
    let first = testing::decode(&mut decoder, &packets);
    let again = testing::decode(&mut decoder, &packets);
    assert_eq!((frames(&first), frames(&again)), (2, 2));
}

#[test]
fn decoding_begins_anywhere_in_a_packet() {
    let Some(bytes) = capture(CAPTURE) else { return };
    for start in 1..30_usize {
        let lost = start.div_ceil(9);
        assert_eq!(frames(&decode(&bytes[start..])), 102 - lost, "from byte {start}");
    }
}

/// Frames found in packets joined by nothing.
fn check(packets: &[&[u8]], expected: usize) {
    assert_eq!(frames(&decode(&packets.concat())), expected, "of {packets:02x?}");
}

const OLD: &[u8] = &[0xE5, 0x30, 0x05, 0x48, 0x62];
const NEW: &[u8] = &[0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE3, 0xFF, 0xFF];

#[test]
fn h05_a_packet_in_noise_needs_others_beside_it() {
    check(&[b"..", OLD, b".."], 0);
    check(&[b"..", NEW, b".."], 0);
    check(&[b"..", OLD, OLD, OLD, b".."], 0);
    check(&[b"..", OLD, OLD, OLD, OLD, b".."], 4);
    check(&[b"..", NEW, NEW, NEW, b".."], 3);
    check(&[b"..", OLD, NEW, b".."], 0);
    check(&[OLD, OLD, NEW, NEW], 4);
    check(&[OLD, OLD, b".."], 2);
    check(&[OLD, b".."], 0);
}

#[test]
fn a_packet_that_is_all_there_is_is_read() {
    check(&[OLD], 1);
    check(&[NEW], 1);
}

#[test]
fn a_row_that_ends_in_what_may_be_the_other_kind_stays_within_the_bound() {
    let mut bytes = alloc::vec![0x65; NOISE_MAX];
    bytes.extend([0x85, 0x30, 0x05, 0x3C, 0x62].repeat(3));
    bytes.extend([0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE3, 0xFF]);
    let (mut decoder, mut out) = (Cms50::default(), Vec::new());
    for byte in &bytes {
        decoder.feed(Micros(0), &[*byte], &mut out);
    }
    let told = out.iter().map(|f| f.bytes().end).max().unwrap_or(0);
    let held = bytes.len() - usize::try_from(told).unwrap();
    assert!((277..=decoder.max_held()).contains(&held), "{held} bytes are held, a fuzzer found 277");
}
