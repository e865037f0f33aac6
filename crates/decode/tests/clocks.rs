//! Clocks that wrap or stand: no value gets another time by them, and no cuff reading becomes new (P13, H11).
//!
//! The only counter of a supported monitor that wraps is IntelliVue's, 32 bits of 1/8 ms: after 149 hours. Our own times are
//! 64 bits wide; a DINAMAP decoder, which reckons with them, is led past 32 bits of microseconds (71.6 minutes).

mod support;

use chairside_decode::{Decoder, Finding, catalog::Protocol};
use chairside_observation::{Measured, Micros, Observation, Vital};

/// Handle and attributes.
type Numeric = (u16, Vec<Vec<u8>>);

const SECOND: u32 = 8000;
const HOUR: u32 = 3600 * SECOND;
/// The date the monitor gives when the association begins, in BCD; and none.
const BEGIN: [u8; 8] = [0x20, 0x26, 0x03, 0x01, 0x09, 0x30, 0x00, 0x00];
const NO_DATE: [u8; 8] = [0xFF; 8];
const RATE: u16 = 1;
const CUFF: u16 = 2;

fn be(word: usize) -> [u8; 2] {
    u16::try_from(word).unwrap().to_be_bytes()
}

fn sized(body: &[u8]) -> Vec<u8> {
    [&be(body.len()), body].concat()
}

fn attribute(id: u16, value: &[u8]) -> Vec<u8> {
    [&id.to_be_bytes()[..], &sized(value)].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [&be(items.len())[..], &sized(&items.concat())].concat()
}

/// A unit of the LAN interface.
fn unit(operation: u16, command: u16, arguments: &[u8]) -> Vec<u8> {
    let body = [&[0, 1], &command.to_be_bytes()[..], &sized(arguments)].concat();
    [&[0xE1, 0, 0, 2], &operation.to_be_bytes()[..], &sized(&body)].concat()
}

/// The monitor's description of itself, with its two clocks.
fn description(relative: u32) -> Vec<u8> {
    let attributes = list(&[attribute(0x0987, &BEGIN), attribute(0x098F, &relative.to_be_bytes())]);
    let event = sized(&[&[0; 6][..], &attributes].concat());
    unit(1, 1, &[&[0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0x0D, 0x06][..], &event].concat())
}

/// The result of a single poll: these numerics, each with its attributes.
fn poll(relative: u32, absolute: [u8; 8], numerics: &[Numeric]) -> Vec<u8> {
    let numeric = |(handle, attributes): &Numeric| [&handle.to_be_bytes()[..], &list(attributes)].concat();
    let numerics: Vec<Vec<u8>> = numerics.iter().map(numeric).collect();
    let context = [&[0, 0][..], &list(&numerics)].concat();
    let head = [&[0, 1][..], &relative.to_be_bytes(), &absolute, &[0, 1, 0, 6, 0, 0]].concat();
    let result = sized(&[head, list(&[context])].concat());
    unit(2, 7, &[&[0, 0x21, 0, 0, 0, 0, 0x0C, 0x16][..], &result].concat())
}

fn observed(physio_id: u16, unit: u16, value: u8) -> Vec<u8> {
    [&physio_id.to_be_bytes()[..], &[0, 0], &unit.to_be_bytes(), &[0, 0, 0, value]].concat()
}

fn rate(value: u8) -> Numeric {
    (RATE, vec![attribute(0x0950, &observed(0x4182, 0x0AA0, value))])
}

/// A cuff reading with its stamps: the counter, the date.
fn cuff(systolic: u8, relative: Option<u32>, absolute: Option<[u8; 8]>) -> Numeric {
    let parts = [(0x4A05, systolic), (0x4A06, 73), (0x4A07, 91)].map(|(id, value)| observed(id, 0x0F20, value));
    let stamps = relative.map(|r| attribute(0x0991, &r.to_be_bytes())).into_iter();
    let stamps = stamps.chain(absolute.map(|a| attribute(0x0990, &a)));
    (CUFF, stamps.chain([attribute(0x094B, &list(&parts))]).collect())
}

/// What one unit says: each vital with the time it is said to be measured at.
fn said(decoder: &mut dyn Decoder, now: Micros, unit: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    decoder.feed(now, unit, &mut out);
    let shown = |o: &Observation| {
        let measured = match o.measured {
            None => "on arrival".to_owned(),
            Some(Measured::Ago(age)) => format!("{} s ago", age.0 / 1_000_000),
            Some(Measured::At { at, sent }) if sent == Some(at) => format!("{at}"),
            Some(Measured::At { at, sent }) => format!("{at} of {}", sent.map_or("-".into(), |s| s.to_string())),
        };
        format!("{} {measured}", if o.vital == Vital::Nibp { "nibp" } else { "rate" })
    };
    assert!(!out.iter().any(|f| matches!(f, Finding::Skipped(..))), "the test's own bytes are wrong: {out:?}");
    out.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(shown(o)) } else { None }).collect()
}

/// An IntelliVue whose description was read while its counter stood at `relative`.
fn intellivue(relative: u32) -> impl FnMut(u32, &[Numeric]) -> Vec<String> {
    let mut decoder = Protocol::Intellivue.decoder(Some("lan")).unwrap();
    said(&mut *decoder, Micros(0), &description(relative));
    move |relative, numerics| said(&mut *decoder, Micros(0), &poll(relative, NO_DATE, numerics))
}

#[test]
fn p13_the_date_of_a_value_goes_on_when_the_counter_wraps() {
    let mut monitor = intellivue(0_u32.wrapping_sub(5 * SECOND));
    for (count, expected) in [
        (0_u32.wrapping_sub(4 * SECOND), "rate 2026-03-01T09:30:01"),
        (u32::MAX, "rate 2026-03-01T09:30:04"),
        (0, "rate 2026-03-01T09:30:05"),
        (10 * SECOND, "rate 2026-03-01T09:30:15"),
    ] {
        assert_eq!(monitor(count, &[rate(60)]), [expected], "at {count}");
    }
}

#[test]
fn p13_three_hundred_hours_of_polls_have_the_right_date_each() {
    let begin = chairside_observation::Civil::new(2026, 3, 1, 9, 30, 0).unwrap().face();
    let mut monitor = intellivue(140 * HOUR);
    for minute in 1..300 * 60_u32 {
        let date = chairside_observation::Civil::from_unix_s(begin.0 / 1_000_000 + i64::from(minute) * 60).unwrap();
        let count = (140 * HOUR).wrapping_add(minute.wrapping_mul(60 * SECOND));
        assert_eq!(monitor(count, &[rate(60)]), [format!("rate {date}")], "minute {minute}");
    }
}

#[test]
fn p13_a_cuff_reading_is_one_event_with_the_right_age_over_the_wrap() {
    let before = |seconds: u32| 0_u32.wrapping_sub(seconds * SECOND);
    let mut monitor = intellivue(before(120));
    let old = || cuff(127, Some(before(60)), None);
    assert_eq!(monitor(before(30), &[old()]), ["nibp 30 s ago"]);
    assert_eq!(monitor(30 * SECOND, &[old()]), [""; 0], "repeated after the wrap");
    assert_eq!(
        monitor(45 * SECOND, &[cuff(127, Some(40 * SECOND), None)]),
        ["nibp 5 s ago"],
        "equal numbers, new stamp"
    );
    let mut late = intellivue(before(120));
    assert_eq!(late(30 * SECOND, &[old()]), ["nibp 90 s ago"], "first heard of after the wrap");
}

#[test]
fn p13_h02_a_cuff_reading_of_days_ago_is_never_new() {
    for hours in [70, 80, 100, 148] {
        let mut monitor = intellivue(0);
        let stamp = HOUR.wrapping_sub(hours * HOUR);
        assert_eq!(monitor(HOUR, &[cuff(127, Some(stamp), None)]), [format!("nibp {} s ago", hours * 3600)]);
    }
    let mut monitor = intellivue(0);
    assert_eq!(monitor(HOUR, &[cuff(127, Some(HOUR + SECOND), None)]), ["nibp 0 s ago"], "a moment ahead is now");
}

#[test]
fn p13_under_a_counter_that_stands_values_have_the_time_of_their_arrival() {
    let mut monitor = intellivue(77);
    assert_eq!(monitor(77, &[rate(60)]), ["rate 2026-03-01T09:30:00"], "one reply alone is no proof");
    for value in 61..70 {
        assert_eq!(monitor(77, &[rate(value)]), ["rate on arrival"], "every value is told");
    }
    let more = 77 + SECOND;
    assert_eq!(monitor(more, &[rate(60)]), ["rate 2026-03-01T09:30:01"], "it runs again");
    assert_eq!(monitor(more, &[(9, vec![])]), [""; 0], "a second part of the same reply");
    assert_eq!(monitor(more + SECOND, &[rate(60)]), ["rate 2026-03-01T09:30:02"]);
}

#[test]
fn p13_h02_under_a_counter_that_stands_a_cuff_reading_has_its_own_date_or_is_told_when_it_changes() {
    let date = |minute: u8| Some([0x20, 0x26, 0x03, 0x01, 0x09, minute, 0x00, 0x00]);
    let mut monitor = intellivue(77);
    monitor(77, &[rate(60)]);
    // Beside it what the monitor's face shows, counted on our clock: no time passes in this test.
    assert_eq!(
        monitor(77, &[rate(60), cuff(127, Some(77), date(0x31))]),
        ["rate on arrival", "nibp 2026-03-01T09:31:00 of 2026-03-01T09:30:00"]
    );
    assert_eq!(monitor(77, &[rate(60), cuff(127, Some(77), date(0x31))]), ["rate on arrival"], "repeated");
    assert_eq!(
        monitor(77, &[rate(60), cuff(127, Some(77), date(0x36))])[1],
        "nibp 2026-03-01T09:36:00 of 2026-03-01T09:30:00"
    );

    let mut monitor = intellivue(77);
    monitor(77, &[rate(60)]);
    for stamp in [Some(5), None] {
        let first = if stamp.is_some() { 127 } else { 131 };
        assert_eq!(monitor(77, &[rate(60), cuff(first, stamp, None)]), ["rate on arrival", "nibp on arrival"]);
        for _ in 0..5 {
            assert_eq!(monitor(77, &[rate(60), cuff(first, stamp, None)]), ["rate on arrival"], "never dated anew");
        }
        assert_eq!(monitor(77, &[rate(60), cuff(first + 1, stamp, None)])[1], "nibp on arrival", "a change is told");
    }
}

/// A DINAMAP reply on the last cuff determination, `age_s` old.
fn dinamap(age_s: u32) -> Vec<u8> {
    let reply = format!(" NA101{age_s:04}120080095");
    let sum: u32 = reply.bytes().map(|b| u32::from(b) - 0x1F).sum();
    let check = [sum >> 6, sum].map(|six| u8::try_from(0x20 + (six & 0x3F)).unwrap());
    [reply.as_bytes(), &check, b"\r"].concat()
}

#[test]
fn p13_our_own_microseconds_may_grow_past_32_bits() {
    let mut decoder = Protocol::Dinamap.decoder(None).unwrap();
    let edge = 1_i64 << 32;
    assert_eq!(said(&mut *decoder, Micros(edge - 60_000_000), &dinamap(30)), ["nibp 30 s ago"]);
    for seconds in 1..120 {
        let now = Micros(edge + (i64::from(seconds) - 60) * 1_000_000);
        assert_eq!(said(&mut *decoder, now, &dinamap(30 + seconds)), [""; 0], "{seconds} s later it is the same one");
    }
    assert_eq!(said(&mut *decoder, Micros(edge + 61_000_000), &dinamap(2)), ["nibp 2 s ago"], "another one");
}
