//! Uploads as a receiver sees them.

use super::*;
use crate::hl7::Snapshot;
use crate::patient::Pressure;
use jiff::Timestamp;
use jiff::tz::Offset;

fn snapshot() -> Snapshot {
    let pressure = Pressure { systolic: 131, diastolic: 79, mean: 98 };
    Snapshot {
        heart_rate: Some(72),
        spo2: None,
        temperature_tenths_cel: Some(366),
        cuff: Some((pressure, Timestamp::UNIX_EPOCH)),
        ..Snapshot::default()
    }
}

fn upload(form: Form) -> String {
    let now = "2026-03-04T13:05:09.25Z".parse().unwrap();
    Writer::new(form, "VR".into(), Offset::constant(1)).upload(&[("B \"7\"".into(), snapshot())], now)
}

#[test]
fn a_json_upload_has_times_in_seconds_and_nan_where_the_monitor_shows_nothing() {
    let said = upload(Form::Json);
    assert!(
        said.starts_with(r#"{"ver":"1.18.40","vrcode":"VR","os":"windows","rooms":[{"roomname":"B \"7\"","#),
        "{said}"
    );
    for part in [
        r#""dtstart":1772629508.250,"dtend":1772629509.250"#,
        r#""name":"HR","type":"num","dname":"Solar8000","montype":"ECG_HR","unit":"/min","recs":[{"dt":1772629508.750,"val":72}]"#,
        r#""montype":"PLETH_SPO2","unit":"%","recs":[{"dt":1772629508.750,"val":nan}]"#,
        r#""montype":"BT","unit":"C","recs":[{"dt":1772629508.750,"val":36.6}]"#,
        r#""montype":"NIBP_MBP","unit":"mmHg","recs":[{"dt":1772629508.750,"val":98}]"#,
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn an_hl7_upload_has_local_times_and_no_row_where_the_monitor_shows_nothing() {
    let said = upload(Form::Hl7).replace('\r', "\n");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "MSH|^~\\&|VitalRecorder|VR|||20260304140509||ORU^R01|1|P|2.6");
    assert_eq!(lines[3], "OBR|1|||VITAL_SIGNS|||20260304140508|20260304140509");
    assert_eq!(lines[4], "OBX|1|NM|ECG_HR^Solar8000/HR||72|/min|||||R");
    assert_eq!(lines.len(), 4 + 5, "{said}");
    assert!(!said.contains("SPO2"), "{said}");
}
