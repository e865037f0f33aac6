use super::*;
use crate::testing::{counts, decode, shown};
use alloc::format;
use alloc::string::String;
use chairside_observation::Flag;

fn upload(bed: &str, tracks: &str) -> String {
    format!("{{\"rooms\":[{{\"roomname\":\"{bed}\",\"dtend\":1777975201,\"trks\":[{tracks}]}}]}}\n")
}

fn track(montype: &str, name: &str, unit: &str, value: &str) -> String {
    let recs = format!("[{{\"dt\":1777975200.5,\"val\":{value}}}]");
    format!(r#"{{"name":"{name}","type":"num","dname":"M","montype":"{montype}","unit":"{unit}","recs":{recs}}}"#)
}

fn check(stream: &str, expected: &str) {
    let via = format!(" [{}]", Flag::ViaVitalRecorder.word());
    let found = shown(&decode(&mut VitalRecorder::new(), stream.as_bytes())).replace(&via, "");
    assert_eq!(found, expected, "of {stream}");
}

#[test]
fn every_reading_says_that_it_was_relayed_and_whose_it_is() {
    let stream = upload("B 1", &track("ECG_HR", "HR", "bpm", "72"));
    let found = decode(&mut VitalRecorder::new(), stream.as_bytes());
    let Some(Finding::Observation(o)) = found.last() else { panic!("no reading: {found:?}") };
    assert!(o.flags.contains(Flag::ViaVitalRecorder));
    let context = o.context.as_deref().unwrap();
    assert_eq!((context.bed.as_deref(), context.device.as_deref()), (Some("B 1"), Some("M")));
}

#[test]
fn h02_a_new_connection_tells_a_cuff_reading_again_and_a_running_one_does_not() {
    let stream = upload("1", &track("NIBP_SBP", "NIBP_SBP", "mmHg", "120"));
    check(&stream.repeat(3), "[frame], nibp 120/- (-) questionable(time not known), [frame], [frame]");
    let mut decoder = VitalRecorder::new();
    let readings = |out: &[Finding]| out.iter().filter(|f| matches!(f, Finding::Observation(_))).count();
    for _ in 0..2 {
        assert_eq!(readings(&decode(&mut decoder, stream.as_bytes())), 1, "`finish` ends the connection");
    }
}

#[test]
fn two_channels_of_one_device_are_two_readings() {
    let tracks = [
        track("BT", "BT1", "C", "36.5"),
        track("BT", "BT2", "C", "34.0"),
        track("IABP_SBP", "ART1_SBP", "mmHg", "118"),
        track("IABP_SBP", "ART2_SBP", "mmHg", "108"),
        track("IABP_DBP", "ART1_DBP", "mmHg", "70"),
        track("IABP_DBP", "ART2_DBP", "mmHg", "60"),
        track("NIBP_SBP", "S", "mmHg", "121"),
        track("NIBP_DBP", "D", "mmHg", "79"),
    ];
    let found = decode(&mut VitalRecorder::new(), upload("1", &tracks.join(",")).as_bytes());
    let sites: Vec<_> = found
        .iter()
        .filter_map(|f| if let Finding::Observation(o) = f { Some((o.vital.word(), o.site.as_deref())) } else { None })
        .collect();
    let expected =
        [("temperature", None), ("temperature", Some("BT2")), ("art", None), ("art", Some("ART2")), ("nibp", None)];
    assert_eq!(sites, expected);
    check(
        &upload("1", &tracks[2..].join(",")),
        "[frame], art 118/70 (-), art 108/60 (-), nibp 121/79 (-) questionable(time not known)",
    );
}

#[test]
fn h24_a_line_that_does_not_end_is_told_and_the_next_is_read() {
    let good = upload("1", &track("ECG_HR", "HR", "bpm", "72"));
    let long = format!("{{\"rooms\":\"{}\"}}\n", "x".repeat(UPLOAD_MAX));
    let mut decoder = VitalRecorder::new();
    let found = decode(&mut decoder, format!("{long}{good}").as_bytes());
    let too_long = found.iter().filter(|f| matches!(f, Finding::Skipped(_, Skip::TooLong))).map(Finding::bytes);
    assert_eq!(too_long.map(|b| b.end - b.start).sum::<u64>(), long.len() as u64);
    assert_eq!(counts(&found).0, 1, "the good line");
    let longest = format!("{{\"rooms\":[],\"x\":\"{}\"}}\n", "x".repeat(UPLOAD_MAX - 20));
    assert!(longest.len() <= UPLOAD_MAX);
    check(&longest, "[frame]");
}

#[test]
fn a_minute_of_many_tracks_loses_no_reading() {
    let recs: Vec<String> = (0..60).map(|s| format!("{{\"dt\":{},\"val\":70}}", 1_777_975_200 + s)).collect();
    let one = |n: usize| {
        format!(r#"{{"name":"HR{n}","type":"num","montype":"ECG_HR","unit":"bpm","recs":[{}]}}"#, recs.join(","))
    };
    let tracks: Vec<String> = (0..100).map(one).collect();
    let found = decode(&mut VitalRecorder::new(), upload("1", &tracks.join(",")).as_bytes());
    assert_eq!(found.len(), 1 + 6000);
}

#[test]
fn a_name_no_bed_can_have_is_told_as_a_fault_and_shows_nothing() {
    let stream = upload(&"b".repeat(NAME_MAX + 1), &track("ECG_HR", "HR", "bpm", "72"));
    let found = decode(&mut VitalRecorder::new(), stream.as_bytes());
    assert!(matches!(found[..], [Finding::Frame { kind: FrameKind::Fault, .. }]), "{found:?}");
}

#[test]
fn endless_brackets_are_read_in_linear_time() {
    for piece in ["{", "[", "{\"a\":", "\\", "\"", "[[],", "1,"] {
        let stream = format!("{{\"rooms\":[{}\n", piece.repeat((UPLOAD_MAX - 20) / piece.len()));
        check(&stream, "[frame]");
    }
}
