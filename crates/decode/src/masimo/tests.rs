use super::*;
use crate::testing::{capture, counts, decode, shown};
use alloc::format;
use std::vec;

const AT: &str = "07/04/25 09:30:01 SN=0000012345";

/// One live line with these words after time and serial number.
#[track_caller]
fn check(words: &str, expected: &str) {
    let found = decode(&mut Masimo::new(), format!("{AT} {words}\r\n").as_bytes());
    assert_eq!(shown(&found), expected, "{words}");
}

#[test]
fn numbers_of_a_line_without_exceptions_are_valid() {
    check(
        "SPO2=098% BPM=097 PI=03.60% SPCO=--.-% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800",
        "[frame], spo2 98 %, pulse_rate 97 /min, perfusion_index 3.60 %",
    );
    check(
        "SPO2=097% BPM=064 PI=11.82 ALARM=00 EXC=800",
        "[frame], spo2 97 %, pulse_rate 64 /min, perfusion_index 11.82 %",
    );
}

#[test]
fn h06_dashes_are_absent_not_zero() {
    check(
        "SPO2=---% BPM=--- PI=--.--% ALARM=0000 EXC=000800",
        "[frame], spo2 absent(no value), pulse_rate absent(no value)",
    );
    check("SPO2=---% BPM=---% ALARM=0000 EXC=000800", "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check("SPO2=000% BPM=000 ALARM=00 EXC=800", "[frame], spo2 absent(no value), pulse_rate absent(no value)");
    check(
        "SPO2=098% BPM=--- PI=--.--% ALARM=0000 EXC=000800",
        "[frame], spo2 98 %, pulse_rate absent(no value), perfusion_index absent(no value)",
    );
}

#[test]
fn h05_a_number_sent_with_a_voiding_exception_is_absent() {
    for (exceptions, reason) in [
        ("000801", "sensor disconnected"),
        ("000802", "sensor fault"),
        ("000808", "pulse search"),
        ("000820", "sensor off"),
        ("000840", "ambient light"),
        ("000880", "unrecognised sensor"),
        ("0008A1", "sensor disconnected"),
    ] {
        let line = format!("{AT} SPO2=098% BPM=101 PI=02.00% ALARM=0000 EXC={exceptions}\r\n");
        let found = shown(&decode(&mut Masimo::new(), line.as_bytes()));
        assert!(found.contains(&format!("spo2 absent({reason})")), "{exceptions}: {found}");
        assert!(found.contains(&format!("pulse_rate absent({reason})")), "{exceptions}: {found}");
        assert!(!found.contains("perfusion_index"), "{exceptions}: {found}");
    }
    check(
        "SPO2=098% BPM=101 ALARM=0000 EXC=000824",
        "[frame], spo2 absent(sensor off) [low perfusion], pulse_rate absent(sensor off) [low perfusion]",
    );
}

#[test]
fn h07_doubt_and_its_word_stand_beside_the_number() {
    check(
        "SPO2=091% BPM=080 ALARM=0000 EXC=000804",
        "[frame], spo2 91 % questionable(low perfusion) [low perfusion], \
         pulse_rate 80 /min questionable(low perfusion) [low perfusion]",
    );
    check(
        "SPO2=091% ALARM=0000 EXC=000814",
        "[frame], spo2 91 % questionable(interference) [low perfusion; interference]",
    );
    check(
        "SPO2=091% ALARM=000000 EXC=0000C00",
        "[frame], spo2 91 % questionable(low signal quality) [low signal quality]",
    );
}

#[test]
fn h07_an_alarm_never_changes_the_number_and_is_never_lost() {
    check(
        "SPO2=084% BPM=133 PI=01.00% ALARM=0036 EXC=000800",
        "[frame], spo2 84 % [alarm active; alarm silenced; spo2 low], \
         pulse_rate 133 /min [alarm active; alarm silenced; pulse high], perfusion_index 1.00 % [alarm active; alarm silenced]",
    );
    check(
        "SPO2=099% BPM=044 PI=01.00% ALARM=3D49 EXC=000800",
        "[frame], spo2 99 % [low battery; spo2 high; desaturation index; perfusion change; spco limit; spmet limit], \
         pulse_rate 44 /min [low battery; pulse low], perfusion_index 1.00 % [low battery; perfusion change]",
    );
    check("SPO2=099% ALARM=0080 EXC=000800", "[frame], spo2 99 % [ALARM=0080]");
}

#[test]
fn h05_a_number_is_only_as_good_as_its_status() {
    for (words, why) in [
        ("SPO2=099%", "no EXC at all"),
        ("SPO2=099% ALARM=0000 EXC=000", "EXC lost digits: four of ALARM go with six"),
        ("SPO2=099% EXC=0800", "a width nobody documents"),
        ("SPO2=099% ALARM=0000 EXC=000A00", "a reserved bit"),
        ("SPO2=099% ALARM=0000 EXC=001800", "one source only: no cable"),
    ] {
        let line = format!("{AT} {words}\r\n");
        let found = shown(&decode(&mut Masimo::new(), line.as_bytes()));
        assert!(found.contains("spo2 99 % questionable(unknown status)"), "{why}: {found}");
    }
    // These bits speak of use-by dates and of other quantities.
    check("SPO2=099% ALARM=0000 EXC=240800", "[frame], spo2 99 % [sensor message; EXC=240800]");
}

#[test]
fn other_outputs_of_the_monitor_are_the_wrong_mode() {
    check("SpO2=097 PR=069 PI=04.69 EXC=800:SET", "[wrong mode]");
    let bare = decode(&mut Masimo::new(), b"SpO2=097 PR=069 PI=04.69 EXC=800:SET\r\n");
    assert_eq!(shown(&bare), "[wrong mode]");
}

#[test]
fn lines_end_with_any_mix_of_cr_and_lf() {
    let line = |end: &str| format!("{AT} SPO2=098% ALARM=00 EXC=800{end}{AT} SPO2=097% ALARM=00 EXC=800{end}");
    for end in ["\r\n", "\n", "\r", "\n\r", "\r\n\r\n", "\n\n", "\r\r\n"] {
        let found = shown(&decode(&mut Masimo::new(), line(end).as_bytes()));
        let found = found.trim_end_matches(", [frame]");
        assert_eq!(found, "[frame], spo2 98 %, [frame], spo2 97 %", "{end:?}");
    }
}

#[test]
fn the_range_of_a_line_includes_its_end() {
    let text = format!("{AT} SPO2=098% ALARM=00 EXC=800\r\n");
    let found = decode(&mut Masimo::new(), text.repeat(2).as_bytes());
    let length = text.len() as u64;
    assert_eq!(found[1].bytes(), 0..length);
    assert_eq!(found[3].bytes(), length..2 * length);
}

#[test]
fn a_line_behind_noise_or_a_cut_line_is_found() {
    let good = format!("{AT} SPO2=098% ALARM=00 EXC=800\r\n");
    let read = |before: &[u8]| shown(&decode(&mut Masimo::new(), &[before, good.as_bytes()].concat()));
    assert_eq!(read(b"\xFF\x00~"), "[not a frame], [frame], spo2 98 %");
    assert_eq!(read(b"8% BPM=097 EXC=000800\r\n"), "[not a frame], [frame], spo2 98 %");
    assert_eq!(read(format!("{AT} SPO2=09").as_bytes()), "[cut off], [frame], spo2 98 %");
    assert_eq!(read(&vec![b'x'; 5000]).rsplit_once("[not a frame], ").unwrap().1, "[frame], spo2 98 %");
}

#[test]
fn h05_the_last_line_without_its_end_is_not_believed() {
    assert_eq!(shown(&decode(&mut Masimo::new(), format!("{AT} SPO2=098% EXC=800").as_bytes())), "[cut off]");
}

#[test]
fn time_and_serial_number_go_along_as_evidence() {
    let found = decode(&mut Masimo::new(), format!("{AT} SPO2=098% ALARM=00 EXC=800\r\n").as_bytes());
    let Finding::Observation(o) = &found[1] else { panic!("{found:?}") };
    let at = chairside_observation::Civil::new(2025, 7, 4, 9, 30, 1).unwrap();
    assert_eq!(o.measured, Some(Measured::At { at, sent: Some(at) }));
    assert_eq!(o.context.as_ref().unwrap().device.as_deref(), Some("0000012345"));
}

#[test]
fn roots_capnography_is_unproven_and_only_where_the_unit_is_certain() {
    check(
        "capnoEtCO2=38mmHg capnoRR=14",
        "[frame], resp_rate 14 /min questionable(unproven format), etco2 38 mm[Hg] questionable(unproven format)",
    );
    check("capnoEtCO2=38 capnoRR=--", "[frame], resp_rate absent(no value)");
}

#[test]
fn the_given_capture_comes_out_as_another_hand_found_it() {
    let Some(bytes) = capture("serial/masimo/masimo_ascii1_lines.txt") else { return };
    let found = decode(&mut Masimo::new(), &bytes);
    assert_eq!(counts(&found), (10, 0, 6));
    let values = |vital| {
        let of = |f: &Finding| match f {
            Finding::Observation(o) if o.vital == vital => o.reading.amount(),
            _ => None,
        };
        found.iter().filter_map(of).count()
    };
    assert_eq!([Vital::Spo2, Vital::PulseRate, Vital::PerfusionIndex].map(values), [7, 7, 7]);
}
