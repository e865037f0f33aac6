use super::*;
use crate::testing::{capture, counts, decode, shown};
use alloc::string::String;
use reply::checksum;

/// A reply line with its checksum and CR.
fn line(data: &str) -> Vec<u8> {
    let sum = checksum(data.as_bytes());
    [data.as_bytes(), &sum, b"\r"].concat()
}

#[track_caller]
fn check(data: &str, expected: &str) {
    assert_eq!(shown(&decode(&mut Dinamap::new(), &line(data))), expected, "{data}");
}

#[test]
fn every_reply_is_read_by_offset() {
    check(" NA1100042128079095", "[frame], nibp 128/79 (95) 42 s ago");
    check(" NF1101762127073078", "[frame], nibp 127/73 (78) 1762 s ago");
    check(" OA1097502", "[frame], spo2 97 %");
    check(" RA2074", "[frame], pulse_rate 74 /min");
    check(" RC3072", "[frame], pulse_rate 72 /min");
    check(" TC00 0003009860", "[frame], temperature 98.6 [degF] 30 s ago");
    check(" TC0170003009861", "[frame], temperature 98.6 [degF] 30 s ago");
    check("1OA1097502", "[frame], spo2 97 %");
}

#[test]
fn h06_numbers_count_only_with_the_status_that_says_so() {
    for (status, reason) in [
        ('0', "measuring"),
        ('3', "cuff error"),
        ('4', "cuff time-out"),
        ('6', "cuff time-out"),
        ('7', "cuff time-out"),
        ('8', "cuff overpressure"),
    ] {
        check(&alloc::format!(" NA{status}100042128079095"), &alloc::format!("[frame], nibp absent({reason})"));
    }
    for status in ['2', '5', '9', 'x'] {
        let expected = alloc::format!("[frame], nibp absent(invalid) [status {status}]");
        check(&alloc::format!(" NA{status}100042128079095"), &expected);
    }
    for (status, expected) in [
        ('0', "[frame], spo2 absent(standby)"),
        ('3', "[frame], spo2 absent(no value)"),
        ('6', "[frame], spo2 absent(sensor disconnected)"),
        ('7', "[frame], spo2 absent(invalid) [status 7]"),
    ] {
        check(&alloc::format!(" OA{status}097502"), expected);
    }
    for (status, expected) in [
        ('1', "[frame], temperature absent(measuring)"),
        ('2', "[frame], temperature absent(unavailable) [time-out]"),
        ('3', "[frame], temperature absent(lost contact)"),
        ('4', "[frame], temperature absent(aborted)"),
        ('5', "[frame], temperature absent(invalid) [status 5]"),
    ] {
        check(&alloc::format!(" TC{status}0A0003009860"), expected);
    }
}

#[test]
fn h06_marks_for_no_data_are_absent() {
    check(" RA3-99", "[frame], pulse_rate absent(no value)");
    check(" RA2000", "[frame], pulse_rate absent(no value)");
    check(" OA1-99502", "[frame], spo2 absent(no value)");
    check(" NA1109999128079095", "[frame], nibp absent(none recent)");
    check(" NA1100042000000000", "[frame], nibp absent(no value)");
    check(" NA1100042128079-99", "[frame], nibp 128/79 (-) 42 s ago");
    check(" TC0059999909860", "[frame], temperature absent(none recent)");
    check(" TC0050003000000", "[frame], temperature absent(no value)");
}

#[test]
fn what_is_impossible_or_unknown_says_so() {
    check(" OA1104502", "[frame], spo2 104 % questionable(implausible)");
    check(" RA5074", "[frame], pulse_rate 74 /min questionable(unknown status) [status 5]");
    check(" NA1100042 28079095", "[malformed]");
    check(" NA1210042128079095", "[frame], nibp 128/79 (95) 42 s ago [cuff stat; neonate mode]");
}

#[test]
fn h05_bad_checksum_wrong_length_and_unknown_replies_are_refused() {
    assert_eq!(shown(&decode(&mut Dinamap::new(), b" NF1102207118080091&+\r")), "[bad checksum]");
    check(" NA000999900000000", "[malformed]");
    check(" NA11000421280790950", "[malformed]");
    let nak = decode(&mut Dinamap::new(), &line(" X?12"));
    assert!(matches!(nak[..], [Finding::Frame { kind: FrameKind::Fault, .. }]), "{nak:?}");
    assert_eq!(shown(&decode(&mut Dinamap::new(), b"?\r")), "[not a frame]");
}

#[test]
fn our_own_requests_say_nothing() {
    let both = [b" NA!2\r".to_vec(), line(" NA1100042128079095"), b"\r OA!3\r\n".to_vec(), line(" OA1097502")].concat();
    assert_eq!(
        shown(&decode(&mut Dinamap::new(), &both)),
        "[frame], [frame], nibp 128/79 (95) 42 s ago, [frame], [frame], spo2 97 %"
    );
}

/// What a monitor says that is asked at these seconds and answers with these ages and systolic pressures.
fn polled(replies: &[(i64, i64, i64)]) -> String {
    let (mut decoder, mut out) = (Dinamap::new(), Vec::new());
    for (second, age, systolic) in replies {
        let reply = line(&alloc::format!(" NA110{age:04}{systolic:03}079095"));
        decoder.feed(Micros::from_secs(*second), &reply, &mut out);
    }
    out.retain(|f| matches!(f, Finding::Observation(_)));
    shown(&out)
}

#[test]
fn h02_a_cuff_reading_is_told_once_however_often_it_is_repeated() {
    assert_eq!(polled(&[(0, 42, 128), (2, 44, 128), (4, 46, 128), (600, 643, 128)]), "nibp 128/79 (95) 42 s ago");
    assert_eq!(polled(&[(0, 42, 128), (2, 43, 128), (4, 47, 128)]), "nibp 128/79 (95) 42 s ago", "seconds are coarse");
    assert_eq!(polled(&[(0, 42, 128), (0, 44, 128), (0, 60, 128)]), "nibp 128/79 (95) 42 s ago", "a file has one time");
}

#[test]
fn a_new_determination_is_told_by_its_age_its_time_or_its_numbers() {
    assert_eq!(polled(&[(0, 300, 128), (60, 5, 128)]), "nibp 128/79 (95) 300 s ago, nibp 128/79 (95) 5 s ago");
    assert_eq!(
        polled(&[(0, 10, 128), (3600, 400, 128)]),
        "nibp 128/79 (95) 10 s ago, nibp 128/79 (95) 400 s ago",
        "measured while the link was away"
    );
    assert_eq!(polled(&[(0, 10, 128), (0, 10, 131)]), "nibp 128/79 (95) 10 s ago, nibp 131/79 (95) 10 s ago");
    assert_eq!(polled(&[(0, 300, 128), (0, 10, 128)]), "nibp 128/79 (95) 300 s ago, nibp 128/79 (95) 10 s ago");
}

#[test]
fn the_pulse_of_the_cuff_is_as_old_as_its_determination() {
    let (mut decoder, mut out) = (Dinamap::new(), Vec::new());
    decoder.feed(Micros::from_secs(100), &line(" NA1100042128079095"), &mut out);
    out.clear();
    decoder.feed(Micros::from_secs(103), &line(" RC3072"), &mut out);
    assert_eq!(shown(&out), "[frame], pulse_rate 72 /min 45 s ago");
}

#[test]
fn a_reply_is_told_at_its_cr_whatever_ends_the_line() {
    let (mut decoder, mut out) = (Dinamap::new(), Vec::new());
    decoder.feed(Micros(0), &line(" OA1097502"), &mut out);
    assert_eq!(shown(&out), "[frame], spo2 97 %");
    for end in ["\r\n", "\n", "\r\r", "\n\r"] {
        let text = [&line(" OA1097502")[..12], end.as_bytes(), &line(" OA1096502")].concat();
        assert_eq!(shown(&decode(&mut Dinamap::new(), &text)), "[frame], spo2 97 %, [frame], spo2 96 %", "{end:?}");
    }
}

#[test]
fn a_reply_behind_noise_or_a_cut_reply_is_found() {
    let behind = |noise: &[u8]| shown(&decode(&mut Dinamap::new(), &[noise, &line(" OA1097502")].concat()));
    assert_eq!(behind(b"\xFE\x00\x80"), "[not a frame], [frame], spo2 97 %");
    assert_eq!(behind(b" NA11000421"), "[cut off], [frame], spo2 97 %");
    assert_eq!(behind(&[0xAA; 300]), "[not a frame], [not a frame], [frame], spo2 97 %");
    assert_eq!(shown(&decode(&mut Dinamap::new(), b" OA1097")), "[cut off]");
    assert_eq!(shown(&decode(&mut Dinamap::new(), b" OA1097\xFF")), "[not a frame]");
}

#[test]
fn the_binary_stream_of_a_pro_is_the_wrong_mode() {
    let block = |seq: u8| {
        let mut block = [0x0D, 0x20, seq].repeat(6);
        (block[0], block[17]) = (seq, !seq);
        (block[15], block[16]) = (0x3C, !0x3C);
        block
    };
    let stream: Vec<u8> = (0..14).flat_map(block).collect();
    assert_eq!(shown(&decode(&mut Dinamap::new(), &stream)), "[wrong mode]");
    let then_text = [&stream[7..], &line(" OA1097502")].concat();
    let found = shown(&decode(&mut Dinamap::new(), &then_text));
    assert!(found.ends_with("[wrong mode], [frame], spo2 97 %"), "{found}");
}

#[test]
fn the_given_capture_comes_out_as_another_hand_found_it() {
    let Some(bytes) = capture("serial/dinamap/v100_quoted_replies.txt") else { return };
    let found = decode(&mut Dinamap::new(), &bytes);
    let (_, bad, absent) = counts(&found);
    assert_eq!((bad, absent), (2, 0));
    assert!(shown(&found).starts_with("[frame], nibp 127/73 (78) 1762 s ago, [bad checksum], [bad checksum]"));
}
