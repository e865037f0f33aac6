//! Makes of which one sample was seen. Only the parameters of that sample are written.

use super::{BEAT, CELSIUS, MMHG, Metric, PERCENT, metric};
use crate::hl7::encoder::Person;
use crate::hl7::rows::{Obx, digits};
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

/// GE VC150: names without numbers, values as text, no units, a time on every row. The bed is the monitor's own address; the
/// temperature stands there without its unit.
pub(in crate::hl7) fn vc150(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let Person { patient, name, .. } = &e.person();
    let [a, b, c, d] = e.serial.to_be_bytes();
    let (mac, time) = (format!("02:C5:{a:02X}:{b:02X}:{c:02X}:{d:02X}"), e.fine(now, 3));
    let mut text = format!(
        "MSH|^~\\&|VC150|{mac}|Gateway|Hospital|{time}||ORU^R01^ORU_R01|{control_id}|P|2.6|||NE|AL\
         |||||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO|||^{mac}^MAC\r\
         PID|||{patient}||{name}\r\
         PV1|1|O|{mac}\r\
         OBR|1|1^1^1^ISO|1^1^1^ISO|VITALS^Vital Signs^VSM|||{time}|{time}\r"
    );
    let mut set_ids = 1..;
    for s in snapshots {
        let (pressure, at) = s.cuff.unzip();
        let rows = [
            ("RESPRate", s.resp_rate, 0, None),
            ("MDC_PULS_OXIM_SAT_O2", s.spo2, 0, None),
            ("MDC_PRESS_BLD_NONINV_DIA", pressure.map(|p| p.diastolic), 0, at),
            ("MDC_PRESS_BLD_NONINV_MEAN", pressure.map(|p| p.mean), 0, at),
            ("MDC_TEMP", s.temperature_tenths_cel, 1, None),
            ("MDC_PULS_OXIM_PULS_RATE", s.pulse_rate, 0, None),
            ("MDC_PRESS_BLD_NONINV_SYS", pressure.map(|p| p.systolic), 0, at),
        ];
        for (code, value, places, at) in rows {
            let Some(value) = value else { continue };
            let (value, time) = (digits(value, places), at.map_or(time.clone(), |at| e.fine(at, 3)));
            let set_id = set_ids.next().unwrap_or_default();
            let row = Obx { set_id, kind: "ST", code, sub_id: "1.1.1.1", value: &value, ..Obx::default() };
            Obx { status: "F", time: &time, device: &mac, ..row }.write(&mut text);
        }
    }
    text
}

/// Comen NC5: no set ids, limits with a component separator, the arterial line's number under the name of the general pulse
/// rate, text in rows of kind NM. What is missing has no row.
pub(in crate::hl7) fn comen(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let Person { bed, patient, name, .. } = &e.person();
    let (fine, bare, zoned) = (e.fine(now, 4), e.bare(now), e.zoned(now));
    let mut text = format!(
        "MSH|^~\\&||KC{:09}G|||{fine}||ORU^R01|{control_id}|P|2.6\r\
         PID|||{patient}||{name}\r\
         PV1||I|^^&{bed}|0|||99999\r\
         OBR||||2^MON_SPOT_DATA^99COMEN|||{bare}\r",
        e.serial % 1_000_000_000
    );
    let like = Obx { status: "F", ..Obx::default() };
    for s in snapshots {
        let pulse = metric("149522^MDC_PULS_RATE", "1.0.0", BEAT, s.pulse_rate, 0);
        let rows = [
            (spo2(s), "85^100", None),
            (pulse, "50^120", None),
            (metric("150344^MDC_TEMP", "1.2.1", CELSIUS, s.temperature_tenths_cel, 1), "36.0^39.0", None),
        ];
        let at = s.cuff.map(|(_, at)| at);
        let cuff = cuff(s, "150301^MDC_PRESS_CUFF_SYS").map(|metric| (metric, "", at));
        for (metric, range, at) in cuff.into_iter().chain(rows).filter(|(metric, ..)| metric.value.is_some()) {
            let time = at.map_or(zoned.clone(), |at| e.zoned(at));
            metric.write(&Obx { range, time: &time, ..like }, "", &mut text);
        }
    }
    Obx { kind: "NM", code: "2267^COMEN_ACVPU^99COMEN", value: "Alert", time: &zoned, ..like }.write(&mut text);
    let weight = "188736^MDC_MASS_BODY_ACTUAL^MDC";
    let not_entered = Obx { kind: "NM", code: weight, sub_id: "1.10.1.188736", value: "0", ..like };
    Obx { unit: "263875^MDC_DIM_KILO_G^MDC", ..not_entered }.write(&mut text);
    text
}

/// Northern and Aquaris: -100 where there is no value, set ids that begin again, a slip in the number of the systolic pressure.
pub(in crate::hl7) fn northern(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (Person { bed, patient, name, .. }, bare) = (&e.person(), e.bare(now));
    let mut text = format!(
        "MSH|^~\\&|northern|patient monitor^|||{bare}||ORU^R01^ORU_R01|{control_id}|P|2.6|\r\
         PID|||{patient}||{name}\r\
         PV1||I|^^{bed}\r\
         OBR|1||||||{bare}|\r"
    );
    let like = Obx { status: "F", ..Obx::default() };
    for s in snapshots {
        let rows = [
            spo2(s),
            metric("149530^MDC_PULS_OXIM_PULS_RATE", "1.3.1", BEAT, s.pulse_rate, 0),
            metric("150344^MDC_TEMP", "1.2.1", CELSIUS, s.temperature_tenths_cel, 1),
        ];
        for (set_id, metric) in (1..).zip(rows) {
            metric.write(&Obx { set_id, ..like }, "-100", &mut text);
        }
        let Some((_, at)) = s.cuff else { continue };
        let time = e.bare(at);
        for (set_id, metric) in (3..).zip(cuff(s, "150031^MDC_PRESS_CUFF_SYS")) {
            let sub_id = if set_id == 3 { "1.1.9.150301" } else { "" };
            let like = Obx { set_id, access: "APERIODIC", time: &time, ..like };
            match sub_id {
                "" => metric.write(&like, "-100", &mut text),
                // The number is right in OBX-4.
                right => {
                    let mut row = String::new();
                    metric.write(&like, "-100", &mut row);
                    text.push_str(&row.replace("1.1.9.150031", right));
                }
            }
        }
    }
    text
}

/// XH80X: OBX-11 empty, -999 and -99.9 where there is no value, set ids in no order.
pub(in crate::hl7) fn xh80x(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (Person { bed, patient, name, .. }, device, bare) = (&e.person(), e.device(), e.bare(now));
    let sender = format!("XH80X^{device}^EUI-64");
    let mut text = format!(
        "MSH|^~\\&|{sender}||||{bare}||ORU^R01^ORU_R01|{control_id}|P|2.4|||AL|NE||UNICODE UTF-8\r\
         PID|||{patient}^^^^PI||{name}\r\
         PV1||I|^^{bed}^\r\
         OBR|1|{control_id}^{sender}|{control_id}^{sender}|182777000^monitoring of patient^SCT|||{bare}\r"
    );
    for s in snapshots {
        let measured = s.cuff.map_or(bare.clone(), |(_, at)| e.bare(at));
        let pressures = cuff(s, "150301^MDC_PRESS_CUFF_SYS").map(|metric| (metric, "-999", measured.as_str()));
        let temperature = metric("150344^MDC_TEMP", "1.13.1", CELSIUS, s.temperature_tenths_cel, 1);
        let rows = [
            (spo2(s), "-999", bare.as_str()),
            (metric("147842^MDC_ECG_HEART_RATE", "1.7.4", BEAT, s.heart_rate, 0), "-999", &bare),
            (temperature, "-99.9", &bare),
        ];
        for (set_id, (metric, missing, time)) in [1, 3, 2, 5, 9, 7].into_iter().zip(pressures.into_iter().chain(rows)) {
            metric.write(&Obx { set_id, time, ..Obx::default() }, missing, &mut text);
        }
    }
    text
}

fn spo2(s: &Snapshot) -> Metric {
    metric("150456^MDC_PULS_OXIM_SAT_O2", "1.3.1", PERCENT, s.spo2, 0)
}

/// Systolic, mean, diastolic, the first under this code.
fn cuff(s: &Snapshot, systolic: &'static str) -> [Metric; 3] {
    let pressure = s.cuff.map(|(pressure, _)| pressure);
    [
        metric(systolic, "1.1.9", MMHG, pressure.map(|p| p.systolic), 0),
        metric("150303^MDC_PRESS_CUFF_MEAN", "1.1.9", MMHG, pressure.map(|p| p.mean), 0),
        metric("150302^MDC_PRESS_CUFF_DIA", "1.1.9", MMHG, pressure.map(|p| p.diastolic), 0),
    ]
}
