use super::*;
use crate::testing::{capture, counts, decode, shown};
use std::vec;

/// A packet of format 2 with these status bits in every frame and these float bytes by number of frame.
fn two(status: u8, floats: &[(usize, u8)]) -> Vec<u8> {
    frames(floats, |first, float| vec![0x01, 0x80 | status | u8::from(first), 0x20, float])
}

fn seven(status: u8, floats: &[(usize, u8)]) -> Vec<u8> {
    frames(floats, |first, float| vec![0x80 | status | u8::from(first), 0xC3, 0x9A, float])
}

fn frames(floats: &[(usize, u8)], frame: impl Fn(bool, u8) -> Vec<u8>) -> Vec<u8> {
    let mut packet = Vec::new();
    for number in 1..=25 {
        let float = floats.iter().find(|(n, _)| *n == number).map_or(0, |(_, f)| *f);
        let mut bytes = frame(number == 1, float);
        bytes.push(bytes.iter().fold(0, |s: u8, b| s.wrapping_add(*b)));
        packet.extend(bytes);
    }
    packet
}

/// Display values: SpO2, and HR in its two parts.
const fn display(spo2: u8, msb: u8, lsb: u8) -> [(usize, u8); 3] {
    [(9, spo2), (20, msb), (21, lsb)]
}

#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    assert_eq!(shown(&decode(&mut Nonin::new(), bytes)), expected);
}

#[test]
fn both_packet_formats_show_the_display_values() {
    for packet in [two(0, &display(97, 1, 5)), seven(0, &display(97, 1, 5))] {
        check(&packet, "[frame], spo2 97 %, pulse_rate 133 /min");
    }
    let other_averages = [(1, 0), (2, 60), (3, 90), (9, 97), (10, 91), (14, 0), (15, 61), (20, 0), (21, 62)];
    check(&two(0, &other_averages), "[frame], spo2 97 %, pulse_rate 62 /min");
}

#[test]
fn h06_marks_for_no_value_are_absent_not_numbers() {
    check(&two(0, &display(127, 3, 0x7F)), "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check(&two(0, &display(0, 0, 0)), "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check(&two(0, &display(104, 0, 60)), "[frame], spo2 104 % questionable(implausible), pulse_rate 60 /min");
}

#[test]
fn h03_a_sensor_alarm_in_one_frame_of_the_packet_makes_the_frozen_values_absent() {
    let mut packet = two(0, &display(97, 0, 61));
    packet[12 * 5 + 1] |= 0x08;
    packet[12 * 5 + 4] += 0x08;
    check(&packet, "[frame], spo2 absent(sensor off), pulse_rate absent(sensor off)");
    check(
        &two(0x48, &display(97, 0, 61)),
        "[frame], spo2 absent(sensor disconnected), pulse_rate absent(sensor disconnected)",
    );
}

#[test]
fn h07_quality_bits_of_any_frame_stand_beside_the_values() {
    check(
        &two(0x10, &display(97, 0, 61)),
        "[frame], spo2 97 % questionable(out of track) [out of track], \
         pulse_rate 61 /min questionable(out of track) [out of track]",
    );
    check(
        &seven(0x26, &[(8, 0x21), (9, 97), (21, 61)]),
        "[frame], spo2 97 % [low battery; marginal perfusion; artifact; smartpoint], \
         pulse_rate 61 /min [low battery; marginal perfusion; artifact; smartpoint]",
    );
    check(&two(0x04, &display(97, 0, 61)), "[frame], spo2 97 % [low perfusion], pulse_rate 61 /min [low perfusion]");
    check(&two(0x02, &display(97, 0, 61)), "[frame], spo2 97 %, pulse_rate 61 /min");
}

#[test]
fn h05_a_packet_with_a_bad_frame_is_refused_whole_and_the_next_is_read() {
    let good = two(0, &display(97, 0, 61));
    let mut bad = good.clone();
    bad[63] ^= 0x10;
    check(
        &[&good[..], &bad, &good].concat(),
        "[frame], spo2 97 %, pulse_rate 61 /min, [bad checksum], [frame], spo2 97 %, pulse_rate 61 /min",
    );
}

#[test]
fn frames_too_many_or_too_few_are_skipped() {
    let good = two(0, &display(97, 0, 61));
    let extra = [&good[..], &good[5..25], &good].concat();
    check(&extra, "[frame], spo2 97 %, pulse_rate 61 /min, [between frames], [frame], spo2 97 %, pulse_rate 61 /min");
    let few = [&good[..], &good[..100], &good].concat();
    check(&few, "[frame], spo2 97 %, pulse_rate 61 /min, [between frames], [frame], spo2 97 %, pulse_rate 61 /min");
    check(
        &[&good[60..], &good, &good[..60]].concat(),
        "[not a frame], [frame], spo2 97 %, pulse_rate 61 /min, [cut off]",
    );
}

#[test]
fn short_formats_are_believed_only_in_a_row() {
    let eight = [0x81, 0x05, 0x62, 0x00];
    check(&eight.repeat(2), "[cut off]");
    let one_value = ", [frame], spo2 98 %, pulse_rate 133 /min";
    check(&eight.repeat(3), &one_value.repeat(3)[2..]);
    let one = [0x81, 0x05, 0x62];
    check(&one.repeat(5), "[cut off]");
    check(&one.repeat(7), &one_value.repeat(7)[2..]);
}

#[test]
fn flags_of_the_short_formats() {
    let last = |frame: &[u8]| {
        let text = shown(&decode(&mut Nonin::new(), &frame.repeat(8)));
        std::string::String::from(text.rsplit_once("[frame], ").unwrap().1)
    };
    assert_eq!(last(&[0x81, 0x05, 0x62, 0x08]), "spo2 absent(sensor off), pulse_rate absent(sensor off)");
    assert_eq!(last(&[0x83, 0x7F, 0x7F, 0x00]), "spo2 absent(no value), pulse_rate absent(no value)");
    assert_eq!(
        last(&[0xBC, 0x40, 0x62, 0x21]),
        "spo2 98 % questionable(out of track) [low battery; low perfusion; marginal perfusion; out of track; artifact; \
         smartpoint], pulse_rate 64 /min questionable(out of track) [low battery; low perfusion; marginal perfusion; \
         out of track; artifact; smartpoint]"
    );
    assert_eq!(last(&[0xC0, 0x40, 0x62]), "spo2 absent(sensor disconnected), pulse_rate absent(sensor disconnected)");
    assert_eq!(last(&[0x84, 0x40, 0x62]), "spo2 98 % [bad pulse], pulse_rate 64 /min [bad pulse]");
}

#[test]
fn after_noise_a_short_format_has_to_show_itself_again() {
    let eight = [0x80, 0x48, 0x61, 0x00];
    let value = ", [frame], spo2 97 %, pulse_rate 72 /min";
    let bytes = [&eight.repeat(3)[..], &[0x48, 0x61, 0x80], &eight, &eight].concat();
    let expected = [&value.repeat(3)[2..], ", [not a frame]", &value.repeat(2)].concat();
    check(&bytes, &expected);
    let bytes = [&eight.repeat(3)[..], &[0x48, 0x61, 0x80], &eight].concat();
    assert!(shown(&decode(&mut Nonin::new(), &bytes)).ends_with("[not a frame], [cut off]"), "one frame is no proof");
}

#[test]
fn a_spot_check_carries_its_own_time_and_a_plain_rate() {
    let data = [0x20, 0x26, 0x11, 0x02, 0x14, 0x05, 0x09, 0x00, 0x02, 0x00, 0x00, 0x85, 0x00, 0x62];
    let spot = |change: &[(usize, u8)]| {
        let mut data = data;
        for (at, byte) in change {
            data[*at] = *byte;
        }
        let sum = data.iter().fold(0_u8, |s, b| s.wrapping_add(*b));
        [&[0x00, 0x02, 0x00, 0x0D, 0x00, 0x0E][..], &data, &[sum, 0x03]].concat()
    };
    let found = decode(&mut Nonin::new(), &spot(&[]));
    assert_eq!(shown(&found), "[frame], spo2 98 % [smartpoint], pulse_rate 133 /min [smartpoint]");
    let Finding::Observation(o) = &found[1] else { panic!("{found:?}") };
    let at = chairside_observation::Civil::new(2026, 11, 2, 14, 5, 9).unwrap();
    assert_eq!(o.measured, Some(Measured::At { at, sent: Some(at) }));
    check(&spot(&[(8, 0x01)]), "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check(
        &spot(&[(8, 0x00), (9, 0x11)]),
        "[frame], spo2 98 % [low battery; from memory], pulse_rate 133 /min [low battery; from memory]",
    );
    let mut bad = spot(&[]);
    bad[8] ^= 0x04;
    check(&bad, "[not a frame]");
}

#[test]
fn text_of_the_table_tops() {
    check(b"SPO2=097 HR=064\r\n", "[frame], spo2 97 %, pulse_rate 64 /min");
    check(b"14:05:09 SPO2=097 HR=123\r\n", "[frame], spo2 97 %, pulse_rate 123 /min");
    check(b"SPO2=--- HR=---\r\n", "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check(
        b"SPO2=097 HR=064 F*B\r\n",
        "[frame], spo2 97 % [fast averaging; event mark; breath], pulse_rate 64 /min [fast averaging; event mark; breath]",
    );
    for bad in [&b"SPO2=09- HR=064\r\n"[..], b"SPO2=097 HR=64\r\n", b"SPO2=097 HR=064X\r\n", b"MODEL 8600 01:02:03\r\n"]
    {
        check(bad, "[not a frame]");
    }
    check(b"SPO2=097 HR=06", "[cut off]");
}

#[test]
fn h05_text_and_noise_of_other_devices_give_no_values() {
    check(b"02/22/16 22:47:45 SPO2=098% BPM=097\r\n", "[not a frame]");
    let packets = two(0, &display(97, 0, 61)).repeat(3);
    // Connected one byte late, all the frames are still there but no packet before the next sync.
    let found = shown(&decode(&mut Nonin::new(), &packets[1..]));
    assert_eq!(found.matches("spo2 97").count(), 2, "{found}");
}

#[test]
fn the_given_capture_comes_out_as_another_hand_found_it() {
    let Some(bytes) = capture("serial/nonin/ipod_df2_packet.hex") else { return };
    let found = decode(&mut Nonin::new(), &bytes);
    assert_eq!(counts(&found), (1, 0, 0));
    assert_eq!(shown(&found), "[frame], spo2 97 %, pulse_rate 61 /min");
}
