//! Philips Information Center and Efficia CM: MDIL codes.

use crate::hl7::encoder::Person;
use crate::hl7::rows::{Obx, digits};
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

/// A row before it is written: code and label, value, decimal places, unit.
type Row = (&'static str, Option<u16>, u8, &'static str);

const BEAT: &str = "0004-0aa0^bpm";
const BREATH: &str = "0004-0ae0^rpm";
const PERCENT: &str = "0004-0220^%";
const MMHG: &str = "0004-0f20^mmHg";
const CELSIUS: &str = "0004-17a0^C";

/// The cuff's rows and its time.
fn cuff(s: &Snapshot) -> Option<([Row; 3], Timestamp)> {
    let (p, at) = s.cuff?;
    let rows = [
        ("0002-4a05^NBPs", Some(p.systolic), 0, MMHG),
        ("0002-4a06^NBPd", Some(p.diastolic), 0, MMHG),
        ("0002-4a07^NBPm", Some(p.mean), 0, MMHG),
    ];
    Some((rows, at))
}

/// Appends a row; `like` has what is not its own.
fn write(row: &Row, like: &Obx<'_>, text: &mut String) {
    let (code, value, places, unit) = row;
    let value = value.map(|value| digits(value, *places)).unwrap_or_default();
    let (code, unit) = (format!("{code}^MDIL"), format!("{unit}^MDIL"));
    Obx { kind: "NM", code: &code, value: &value, unit: &unit, ..*like }.write(text);
}

/// The Information Center: no sender, no time of its own, a full snapshot of each bed, one after the other.
pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    // Seen in data of a demonstration system, and of one that was perhaps none.
    let status = if e.demo { "T" } else { "P" };
    let mut text = format!("MSH|^~\\&|||||||ORU^R01|{control_id}|{status}|2.3||||||8859/1\r");
    for (identity, s) in e.beds.iter().zip(snapshots) {
        bed(e, &Person::of(identity), s, now, &mut text);
    }
    text
}

fn bed(e: &Encoder, who: &Person, s: &Snapshot, now: Timestamp, text: &mut String) {
    let Person { bed, unit, patient, name } = who;
    // `""` is the null of HL7: known to be empty.
    let patient = if patient.is_empty() { "\"\"" } else { patient };
    let name = if name.is_empty() { "\"\"^\"\"" } else { name };
    text.push_str(&format!("PID|||{patient}^^^^MR||{name}\rPV1||I|{unit}^^{bed}&0&0\rOBR|||||||{}\r", e.bare(now)));
    let like = Obx { sub_id: "0", status: "F", ..Obx::default() };
    let mode = Obx { kind: "ST", code: "0402-f8f5^sMode^MDIL", value: "MONITORING", access: "SETTING", ..like };
    mode.write(text);
    if let Some((rows, at)) = cuff(s) {
        let time = e.bare(at);
        rows.iter().for_each(|row| write(row, &Obx { access: "APERIODIC", time: &time, ..like }, text));
    }
    let rows: [Row; 7] = [
        ("0002-4182^HR", s.heart_rate, 0, BEAT),
        ("0002-4bb8^SpO2", s.spo2, 0, PERCENT),
        ("0002-4822^Pulse (SpO2)", s.pulse_rate, 0, BEAT),
        ("0002-4bb0^Perf", s.perfusion_hundredths, 2, "0004-0200^"),
        ("0002-500a^RR", s.resp_rate, 0, BREATH),
        ("0002-50b0^etCO2", s.etco2_mmhg, 0, MMHG),
        ("0002-4b48^Temp", s.temperature_tenths_cel, 1, CELSIUS),
    ];
    // What has no valid value has no row: that is how it is told.
    for row in rows.iter().filter(|row| row.1.is_some()) {
        let limit = e.heart_rate_high.filter(|_| row.0.ends_with("^HR")).map(|high| format!("<{high}"));
        write(row, &Obx { range: limit.as_deref().unwrap_or(""), ..like }, text);
    }
    alerts(e, s, text);
}

/// Alarm and inop texts beside the values, with run-together blanks as they are.
fn alerts(e: &Encoder, s: &Snapshot, text: &mut String) {
    let alert = |code: &str, said: &str, text: &mut String| {
        let code = format!("{code}^MDIL-ALERT");
        Obx { kind: "TX", code: &code, value: said, status: "F", ..Obx::default() }.write(text);
    };
    if let (Some(rate), Some(high)) = (s.heart_rate, e.heart_rate_high)
        && rate > high
    {
        alert("2^YellowAlarm", &format!("**HR     {rate}  >{high}  "), text);
    }
    if s.spo2.is_none() {
        alert("6^SoftInop", "SpO2 No Pulse", text);
    }
}

/// A clock message in between.
pub(in crate::hl7) fn clock(e: &Encoder, control_id: &str, now: Timestamp) -> String {
    format!("MSH|^~\\&|||||||NMD|{control_id}|P|2.3||||||8859/1\rNCK|{}\r", e.bare(now))
}

/// Efficia CM: the device in ORC-18, an empty value with `X` where there is none. The perfusion index and how the monitor marks
/// demonstration data were not seen.
pub(in crate::hl7) fn efficia(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (who, serial, time) = (e.person(), e.efficia_serial(), e.bare(now));
    let Person { bed, patient, name, .. } = &who;
    let mut text = format!(
        "MSH|^~\\&|^EfficiaCM||||{time}||ORU^R01^ORU_R01|{control_id}|P|2.4\r\
         PID|||{patient}||{name}\r\
         PV1|||^^{bed}|||||||||||||||A|{patient}\r\
         ORC|NW|||||||||||||||||{serial}\r\
         OBR||||MONITOR|||{time}\r"
    );
    for s in snapshots {
        let rows: [Row; 6] = [
            ("0002-4182^HR", s.heart_rate, 0, BEAT),
            ("0002-4bb8^SpO2", s.spo2, 0, PERCENT),
            ("0002-5000^Resp", s.resp_rate, 0, BREATH),
            ("0002-480a^Pulse", s.pulse_rate, 0, BEAT),
            ("0002-4b48^Temp", s.temperature_tenths_cel, 1, CELSIUS),
            ("0002-50b0^etCO2", s.etco2_mmhg, 0, MMHG),
        ];
        for row in &rows {
            let status = if row.1.is_some() { "F" } else { "X" };
            write(row, &Obx { status, ..Obx::default() }, &mut text);
        }
        if let Some((rows, at)) = cuff(s) {
            let time = e.bare(at);
            rows.iter().for_each(|row| write(row, &Obx { status: "F", time: &time, ..Obx::default() }, &mut text));
        }
    }
    text
}
