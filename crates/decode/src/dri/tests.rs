//! The two real captures against the figures an independent decoder found in them, and the cuff's one-event rule.

use super::Dri;
use crate::Finding;
use crate::testing::{self, capture};
use alloc::vec::Vec;
use chairside_observation::{Amount, Decimal, FrameKind, Observation, Origin, Reading, Skip, Vital};
use std::string::ToString;

fn decode(bytes: &[u8]) -> Vec<Finding> {
    testing::decode(&mut Dri::default(), bytes)
}

/// Frames good and bad, as the sheet counts them: a bad frame stands between two flags.
fn frames(findings: &[Finding]) -> (usize, usize) {
    let good = |f: &&Finding| matches!(f, Finding::Frame { kind: FrameKind::Understood, .. });
    let bad = |f: &&Finding| matches!(f, Finding::Skipped(_, Skip::Checksum | Skip::Malformed | Skip::TooLong));
    (findings.iter().filter(good).count(), findings.iter().filter(bad).count())
}

fn observations(findings: &[Finding]) -> impl Iterator<Item = &Observation> {
    findings.iter().filter_map(|f| match f {
        Finding::Observation(o) => Some(o),
        _ => None,
    })
}

/// Number of values of a vital from one source, their least and their greatest.
fn range(findings: &[Finding], vital: Vital, origin: Origin) -> (usize, Decimal, Decimal) {
    let values: Vec<Decimal> = observations(findings)
        .filter(|o| o.vital == vital && o.origin == Some(origin))
        .map(|o| match o.reading {
            Reading::Valid(Amount::One(value)) => value,
            _ => panic!("not a plain value: {o:?}"),
        })
        .collect();
    let least = values.iter().copied().min_by(|a, b| a.compare(*b)).unwrap();
    let greatest = values.iter().copied().max_by(|a, b| a.compare(*b)).unwrap();
    (values.len(), least, greatest)
}

fn check_capture(file: &str, good_bad: (usize, usize), physiological: usize, heart: (i64, i64), pulse: (i64, i64)) {
    let Some(bytes) = capture(file) else { return };
    let findings = decode(&bytes);
    assert_eq!(frames(&findings), good_bad, "frames of {file}");
    let whole = |vital, origin, (least, greatest)| {
        let expected = (physiological, Decimal::whole(least), Decimal::whole(greatest));
        assert_eq!(range(&findings, vital, origin), expected, "{vital:?} of {file}");
    };
    whole(Vital::HeartRate, Origin::Ecg, heart);
    whole(Vital::PulseRate, Origin::Pleth, pulse);
    whole(Vital::RespRate, Origin::Co2, (15, 17));
    whole(Vital::RespRate, Origin::Impedance, (15, 17));
    let spo2 = (physiological, Decimal::new(9571, 2), Decimal::new(9665, 2));
    assert_eq!(range(&findings, Vital::Spo2, Origin::Pleth), spo2);
    assert_eq!(range(&findings, Vital::EtCo2, Origin::Co2).0, physiological);
    let cuff: Vec<_> = observations(&findings).filter(|o| o.vital == Vital::Nibp).collect();
    assert_eq!(cuff.len(), 1, "one measurement is one event");
    let part = |hundredths| Some(Decimal::new(hundredths, 2));
    let pressure = Amount::Pressure { systolic: part(9300), diastolic: part(4800), mean: part(6900) };
    assert_eq!(cuff[0].reading, Reading::Valid(pressure));
    assert_eq!(observations(&findings).filter(|o| o.reading.amount().is_none()).count(), 0, "nothing is absent");
}

#[test]
fn a_noisy_capture_gives_the_figures_of_the_independent_decoder() {
    check_capture("serial/dri/db01.raw", (2126, 282), 1151, (77, 80), (75, 84));
}

#[test]
fn a_clean_capture_gives_the_figures_of_the_independent_decoder() {
    check_capture("serial/dri/db02.raw", (213, 0), 107, (76, 80), (74, 84));
}

#[test]
fn decoding_begins_anywhere_in_a_record() {
    let Some(bytes) = capture("serial/dri/db02.raw") else { return };
    let whole = decode(&bytes[..6000]);
    let last = |findings: &[Finding], shift: u64| {
        observations(findings).last().map(|o| (o.reading, o.bytes.start + shift)).unwrap()
    };
    for start in (1..2400).step_by(37) {
        let part = decode(&bytes[start..6000]);
        assert_eq!(last(&part, start as u64), last(&whole, 0), "from byte {start}");
    }
}

/// A record of one displayed subrecord with only a cuff group, and an auxiliary subrecord when `nibp_time_s` is not 0.
fn cuff_record(sent_s: u32, label: u16, numbers: [i16; 4], nibp_time_s: u32) -> Vec<u8> {
    let mut body = std::vec![0_u8; 278];
    body[276] = 0xA1;
    body[4 + 72] = 0b11;
    body[4 + 76..4 + 78].copy_from_slice(&label.to_le_bytes());
    for (i, number) in numbers.iter().enumerate() {
        body[4 + 78 + 2 * i..][..2].copy_from_slice(&number.to_le_bytes());
    }
    let mut descriptors = std::vec![0, 0, 1];
    if nibp_time_s != 0 {
        body.extend(nibp_time_s.to_le_bytes());
        body.extend([0; 110]);
        descriptors.extend([0x16, 0x01, 4]);
    }
    descriptors.extend([0, 0, 0xFF]);
    descriptors.resize(24, 0);
    let mut record = std::vec![0_u8; 16];
    record[..2].copy_from_slice(&u16::try_from(40 + body.len()).unwrap().to_le_bytes());
    record[6..10].copy_from_slice(&sent_s.to_le_bytes());
    record.extend(descriptors);
    record.extend(body);
    record.push(record.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)));
    let escaped = record.iter().flat_map(|byte| match byte {
        0x7D | 0x7E => std::vec![0x7D, byte & !0x20],
        _ => std::vec![*byte],
    });
    core::iter::once(0x7E).chain(escaped).chain([0x7E]).collect()
}

const NONE: i16 = -32_767;
const FIRST: [i16; 4] = [12_700, 7300, 9100, 71];
const SECOND: [i16; 4] = [13_100, 7500, 9400, NONE];
const OLD: u16 = 0x100;
const MEASURING: u16 = 0x20;

/// What the cuff says in each record: `sys@measured` of a publication, `absent`, or nothing.
fn check_cuff(records: &[(u32, u16, [i16; 4], u32)], expected: &[&str]) {
    let bytes: Vec<u8> = records.iter().flat_map(|(s, l, n, t)| cuff_record(*s, *l, *n, *t)).collect();
    let findings = decode(&bytes);
    let said: Vec<_> = observations(&findings)
        .filter(|o| o.vital == Vital::Nibp)
        .map(|o| match (o.reading, o.measured) {
            (Reading::Valid(Amount::Pressure { systolic, .. }), measured) => {
                let systolic = systolic.unwrap();
                match measured {
                    None => std::format!("{systolic}"),
                    Some(chairside_observation::Measured::Ago(age)) => std::format!("{systolic} {} us ago", age.0),
                    Some(chairside_observation::Measured::At { at, .. }) => std::format!("{systolic} {at}"),
                }
            }
            (reading, _) => reading.reason().unwrap().to_string(),
        })
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn h02_a_repeated_cuff_reading_is_published_once() {
    check_cuff(&[(100, 0, FIRST, 0), (101, 0, FIRST, 0), (160, OLD, FIRST, 0)], &["127.00"]);
    check_cuff(&[(100, 0, FIRST, 90), (101, 0, FIRST, 90)], &["127.00 1970-01-01T00:01:30"]);
    check_cuff(&[(100, 0, FIRST, 0), (101, 0, FIRST, 90), (102, 0, FIRST, 0)], &["127.00"]);
}

#[test]
fn h02_an_old_cuff_reading_without_a_time_is_not_published_as_new() {
    check_cuff(&[(100, OLD, FIRST, 0), (101, OLD, FIRST, 0)], &["127.00 60000000 us ago"]);
}

#[test]
fn a_measurement_equal_to_the_one_before_is_another_event() {
    let twice = ["127.00 1970-01-01T00:01:30", "127.00 1970-01-01T00:06:40"];
    check_cuff(&[(100, 0, FIRST, 90), (410, 0, FIRST, 400)], &twice);
    check_cuff(
        &[(100, 0, FIRST, 0), (400, MEASURING, FIRST, 0), (430, 0, FIRST, 0)],
        &["127.00", "measuring", "127.00"],
    );
    check_cuff(&[(100, OLD, FIRST, 0), (430, 0, FIRST, 0)], &["127.00 60000000 us ago", "127.00"]);
}

#[test]
fn a_cuff_measurement_broken_off_does_not_bring_the_old_reading_back() {
    let said = ["127.00", "measuring", "aborted"];
    check_cuff(&[(100, 0, FIRST, 0), (400, MEASURING, FIRST, 0), (430, OLD, FIRST, 0), (431, OLD, FIRST, 0)], &said);
}

#[test]
fn the_time_of_the_reading_before_is_not_given_to_the_next() {
    let said = ["127.00 1970-01-01T00:01:30", "131.00"];
    check_cuff(&[(100, 0, FIRST, 90), (401, 0, SECOND, 0), (402, 0, SECOND, 400), (403, 0, SECOND, 0)], &said);
}

#[test]
fn h06_pressures_while_measuring_are_absent_though_numbers_stand_there() {
    check_cuff(&[(100, MEASURING, FIRST, 0)], &["measuring"]);
    check_cuff(&[(100, 0, [NONE; 4], 0)], &["invalid"]);
}

#[test]
fn h05_a_shifted_record_passes_its_sum_and_is_refused_by_its_length() {
    let mut record = cuff_record(100, 0, FIRST, 0);
    record.insert(1, 0);
    assert!(matches!(decode(&record)[..], [Finding::Skipped(_, Skip::Malformed)]));
    let zeros: Vec<u8> = core::iter::once(0x7E).chain([0; 400]).chain([0x7E]).collect();
    assert!(matches!(decode(&zeros)[..], [Finding::Skipped(_, Skip::Malformed)]));
}

#[test]
fn h05_a_subrecord_that_reaches_beyond_its_record_is_refused() {
    for offset in [1_u16, 300, 0x8000, 0xFFFF] {
        let mut record = cuff_record(100, 0, FIRST, 0);
        let sum = record.len() - 2;
        record[1 + 16..1 + 18].copy_from_slice(&offset.to_le_bytes());
        record[sum] = record[1..sum].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        assert!(matches!(decode(&record)[..], [Finding::Skipped(_, Skip::Malformed)]), "offset {offset}");
    }
}

#[test]
fn a_sound_record_of_an_unknown_main_type_is_shown_as_not_understood() {
    let mut record = cuff_record(100, 0, FIRST, 0);
    let sum = record.len() - 2;
    record[1 + 14] = 9;
    record[sum] = record[sum].wrapping_add(9);
    assert!(matches!(decode(&record)[..], [Finding::Frame { kind: FrameKind::Fault, .. }]));
}

#[test]
fn h24_a_run_without_end_is_skipped_in_bounded_pieces_and_the_next_record_is_read() {
    let mut bytes = std::vec![0x41; 3 * super::HELD_MAX + 5];
    bytes.extend(cuff_record(100, 0, FIRST, 0));
    let findings = decode(&bytes);
    let skipped = |f: &&Finding| matches!(f, Finding::Skipped(_, Skip::TooLong));
    assert_eq!(findings.iter().filter(skipped).count(), 4);
    assert_eq!(observations(&findings).filter(|o| o.vital == Vital::Nibp).count(), 1);
}
