use super::*;
use crate::bedside::{Bedside, Setup};
use jiff::civil::date;

fn shown(spo2: u16, pulse: u16) -> Shown {
    Shown { spo2: Some(spo2), pulse: Some(pulse) }
}

fn averages(display: Shown) -> Averages {
    Averages { display, now: display, extended: display }
}

#[test]
fn short_frames_and_spot_checks_have_the_bytes_of_the_document() {
    assert_eq!(short(Format::Eight, &[], shown(98, 133)), [0x81, 0x05, 0x62, 0x00]);
    assert_eq!(short(Format::One, &[Status::Disconnected], Shown::default()), [0xC3, 0x7F, 0x7F]);
    assert_eq!(
        short(Format::Eight, &[Status::SensorAlarm, Status::Disconnected], shown(98, 60)),
        [0x80, 0x3C, 0x62, 8]
    );
    let at = date(2026, 11, 2).at(14, 5, 9, 0);
    let found = spot(&[Status::SmartPoint], shown(98, 133), at);
    assert_eq!(found[..6], [0x00, 0x02, 0x00, 0x0D, 0x00, 0x0E]);
    assert_eq!(found[6..20], [0x20, 0x26, 0x11, 0x02, 0x14, 0x05, 0x09, 0, 0x02, 0, 0x00, 0x85, 0, 0x62]);
    assert_eq!(found.last(), Some(&0x03));
    assert_eq!(spot(&[], Shown::default(), at)[14], 0x01, "no measurement");
}

#[test]
fn packets_have_one_sync_and_seven_bit_float_bytes() {
    let mut pleth = Pleth::default();
    let two = packet(Format::Two, &[Status::OutOfTrack], &averages(shown(97, 133)), &mut pleth);
    assert_eq!(two.len(), 125);
    for (number, frame) in (1..).zip(two.chunks(5)) {
        assert_eq!((frame[0], frame[1] & 0xF9 & !1), (0x01, 0x90));
        assert_eq!(frame[1] & 1 == 1, number == 1, "sync on the first only");
        assert_eq!(frame[4], sum_of(&frame[..4]));
        match number {
            1 | 14 | 20 | 22 => assert_eq!(frame[3], 1, "frame {number}"),
            2 | 15 | 21 | 23 => assert_eq!(frame[3], 5, "frame {number}"),
            3 | 9 | 10 | 11 | 16 | 17 => assert_eq!(frame[3], 97, "frame {number}"),
            4 => assert_eq!(frame[3], 41),
            _ => assert_eq!(frame[3], 0, "frame {number}"),
        }
    }
    let second = packet(Format::Seven, &[Status::LowBattery], &averages(shown(97, 61)), &mut pleth);
    let float = |number: usize| second[(number - 1) * 5 + 3];
    assert_eq!([float(6), float(7), float(8)], [0, 1, 1], "the counter of packets, and the battery");
}

fn sum_of(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.iter().map(|b| u32::from(*b)).sum::<u32>() % 256).unwrap()
}

#[test]
fn the_perfusion_bits_stand_in_twelve_frames_of_each_pulse() {
    let mut pleth = Pleth::default();
    let minute = |pleth: &mut Pleth, statuses: &[Status]| {
        let frames: Vec<u8> =
            (0..180).flat_map(|_| packet(Format::Two, statuses, &averages(shown(97, 60)), pleth)).collect();
        frames.chunks(5).map(|frame| frame[1] & 0x06).collect::<Vec<_>>()
    };
    let green = minute(&mut pleth, &[]);
    let lit = green.iter().filter(|bits| **bits == 0x02).count();
    assert!(lit % 12 == 0 && (59 * 12..=60 * 12).contains(&lit), "{lit}");
    let red = minute(&mut pleth, &[Status::LowPerfusion]);
    assert!(red.iter().all(|bits| matches!(bits, 0 | 0x04)) && red.contains(&0x04));
}

#[test]
fn text_has_its_time_and_marks() {
    assert_eq!(text(&[], shown(97, 64), None), b"SPO2=097 HR=064\r\n");
    assert_eq!(text(&[], Shown::default(), None), b"SPO2=--- HR=---\r\n");
    let at = date(2026, 11, 2).at(14, 5, 9, 0);
    let marks = [Status::Fast, Status::Event, Status::Breath];
    assert_eq!(text(&marks, shown(97, 123), Some(at)), b"14:05:09 SPO2=097 HR=123 F*B\r\n");
}

#[test]
fn display_values_stay_frozen_for_ten_seconds_after_the_finger_left() {
    let mut bedside = Bedside::new(Setup::default(), "2026-03-04T14:05:09Z".parse().unwrap());
    let mut monitor = Nonin::new(Settings::of(Format::Eight));
    let mut at = |elapsed_s, mode| monitor.due(&bedside.moment(elapsed_s, mode)).remove(0).bytes;
    let last = at(0.0, Mode::Normal);
    for elapsed_s in [1.0, 10.9] {
        assert_eq!(at(elapsed_s, Mode::SensorOff), [last[0], last[1], last[2], 0x08], "frozen, with the alarm");
    }
    assert_eq!(at(11.0, Mode::SensorOff), [0x83, 0x7F, 0x7F, 0x08]);
    assert_eq!(at(12.0, Mode::Normal)[3], 0);
}
