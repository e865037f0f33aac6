//! Alarm messages (IHE ACM, `ORU^R40`): by the book, and as a Mindray gateway writes them. Of the events, only "value above its
//! limit" is known by its number.

use super::{BEAT, mindray, part};
use crate::hl7::encoder::{HeartRateHigh, Phase};
use crate::hl7::rows::Obx;
use crate::hl7::{Dialect, Encoder};
use jiff::Timestamp;

/// Channel and number of the heart rate in both.
const PLACES: [&str; 2] = ["1.1.1.147842", "1.7.4.147842"];

pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, event: HeartRateHigh, now: Timestamp) -> String {
    let is_mindray = e.dialect == Dialect::Mindray;
    let (mut text, sender, time) = if is_mindray {
        let profile = "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.4.1^ISO";
        let head = mindray::head(e, "ORU^R40^ORU_R40", control_id, profile, now);
        (head, mindray::sender(e), e.fine(now, mindray::DECIMALS))
    } else {
        by_the_book(e, control_id, now)
    };
    text.push_str(&format!("OBR|1||{control_id}^{sender}|196616^MDC_EVT_ALARM^MDC|||{time}\r"));
    let place = PLACES[usize::from(is_mindray)];
    // Mindray names the event's place without its number, and the device on the first row.
    if is_mindray {
        let code = "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC";
        let device = mindray::device(e);
        Obx { set_id: 1, code, sub_id: "1.0.0.0", status: "X", device: &device, ..Obx::default() }.write(&mut text);
    } else {
        part(1, "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", "1.0.0.0", &mut text);
    }
    let event_place = if is_mindray { place.to_owned() } else { format!("{place}.1") };
    rows(event, place, &event_place, &time, !is_mindray, &mut text);
    text
}

fn by_the_book(e: &Encoder, control_id: &str, now: Timestamp) -> (String, String, String) {
    let (who, device, zoned) = (e.person(), e.device(), e.zoned(now));
    let sender = format!("CHAIRSIDE_SIM^{device}^EUI-64");
    let status = if e.demo { "D" } else { "P" };
    let text = format!(
        "MSH|^~\\&|{sender}|CHAIRSIDE|||{zoned}||ORU^R40^ORU_R40|{control_id}|{status}|2.6|||NE|AL||UNICODE UTF-8\r\
         PID|||{patient}^^^Hospital^PI||{name}\r\
         PV1||I|{unit}^^{bed}\r",
        patient = who.patient,
        name = who.name,
        unit = who.unit,
        bed = who.bed,
    );
    (text, sender, zoned)
}

/// Event, value, phase, state, inactivation, priority and, where the make has it, kind.
fn rows(event: HeartRateHigh, place: &str, event_place: &str, time: &str, with_kind: bool, text: &mut String) {
    let HeartRateHigh { phase, heart_rate, limit } = event;
    let (phase, state) = if phase == Phase::Start { ("start", "active") } else { ("end", "inactive") };
    let (value, range, unit) = (heart_rate.to_string(), format!("50-{limit}"), format!("{BEAT}^MDC"));
    let like = Obx { status: "R", ..Obx::default() };
    let high = "196652^MDC_EVT_HI_VAL_GT_LIM^MDC";
    let row =
        Obx { set_id: 2, kind: "CWE", code: "196616^MDC_EVT_ALARM^MDC", sub_id: event_place, value: high, ..like };
    Obx { marks: "H~PH~SP", time, ..row }.write(text);
    let source = format!("{place}.2");
    let row =
        Obx { set_id: 3, kind: "NM", code: "147842^MDC_ECG_HEART_RATE^MDC", sub_id: &source, value: &value, ..like };
    Obx { unit: &unit, range: &range, time, ..row }.write(text);
    let facets = [
        ("68481^MDC_ATTR_EVENT_PHASE", phase),
        ("68482^MDC_ATTR_ALARM_STATE", state),
        ("68483^MDC_ATTR_ALARM_INACTIVATION_STATE", ""),
        ("68484^MDC_ATTR_ALARM_PRIORITY", "PH"),
        ("68485^MDC_ATTR_ALERT_TYPE", "SP"),
    ];
    for (facet, (code, value)) in (3..).zip(facets).take(if with_kind { 5 } else { 4 }) {
        let (code, sub_id) = (format!("{code}^MDC"), format!("{place}.{facet}"));
        Obx { set_id: facet + 1, kind: "ST", code: &code, sub_id: &sub_id, value, ..like }.write(text);
    }
}
