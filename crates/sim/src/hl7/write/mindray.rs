//! Mindray eGateway: a time on every row, the device only on the first, the cuff with its older time and `^APERIODIC`, its
//! mean before its diastolic; what is missing has no row.

use super::{BEAT, BREATH, CELSIUS, MMHG, Metric, PERCENT, metric};
use crate::hl7::rows::Obx;
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

/// Decimals of its times.
pub(super) const DECIMALS: u32 = 4;

pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let mut text = head(e, "ORU^R01^ORU_R01", control_id, "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO", now);
    let (sender, time) = (sender(e), e.fine(now, DECIMALS));
    text.push_str(&format!(
        "OBR|1|{control_id}^{sender}|{control_id}^{sender}|182777000^monitoring of patient^SCT|||{time}|||||||{time}\r"
    ));
    let device = device(e);
    let marks = if e.demo { "DEMO" } else { "" };
    let mut set_id = 0;
    for s in snapshots {
        let now = metrics(s).into_iter().map(|metric| (metric, time.clone(), ""));
        let cuff = cuff(s).into_iter().map(|(metric, at)| (metric, e.fine(at, DECIMALS), "^APERIODIC"));
        for (metric, time, method) in now.chain(cuff).filter(|(metric, ..)| metric.value.is_some()) {
            set_id += 1;
            let device = if set_id == 1 { device.as_str() } else { "" };
            let like = Obx { set_id, marks, status: "R", time: &time, method, device, ..Obx::default() };
            metric.write(&like, "", &mut text);
        }
    }
    text
}

/// MSH, PID and PV1.
pub(super) fn head(e: &Encoder, kind: &str, control_id: &str, profile: &str, now: Timestamp) -> String {
    let (who, sender, time) = (e.person(), sender(e), e.fine(now, DECIMALS));
    format!(
        "MSH|^~\\&|{sender}|MINDRAY|||{time}||{kind}|{control_id}|P|2.6|||AL|NE||UNICODE UTF-8|||{profile}\r\
         PID|||{patient}||{name}\r\
         PV1||I|{unit}^^{bed}\r",
        patient = who.patient,
        name = who.name,
        unit = who.unit,
        bed = who.bed,
    )
}

pub(super) fn sender(e: &Encoder) -> String {
    format!("MINDRAY_EGATEWAY^{}^EUI-64", e.device())
}

/// OBX-18 of the first row.
pub(super) fn device(e: &Encoder) -> String {
    let device = e.device();
    format!("{device}^BIG_DIPPER^{device}^EUI-64")
}

fn metrics(s: &Snapshot) -> [Metric; 7] {
    [
        metric("188496^MDC_TEMP_AXIL", "1.2.5", CELSIUS, s.temperature_tenths_cel, 1),
        metric("150456^MDC_PULS_OXIM_SAT_O2", "1.3.1", PERCENT, s.spo2, 0),
        metric("149530^MDC_PULS_OXIM_PULS_RATE", "1.3.1", BEAT, s.pulse_rate, 0),
        metric("150488^MDC_BLD_PERF_INDEX", "1.3.1", PERCENT, s.perfusion_hundredths, 2),
        metric("151578^MDC_TTHOR_RESP_RATE", "1.7.1", BREATH, s.resp_rate, 0),
        metric("147842^MDC_ECG_HEART_RATE", "1.7.4", BEAT, s.heart_rate, 0),
        metric("151708^MDC_CONC_AWAY_CO2_ET", "1.8.1", MMHG, s.etco2_mmhg, 0),
    ]
}

fn cuff(s: &Snapshot) -> Vec<(Metric, Timestamp)> {
    let Some((p, at)) = s.cuff else { return Vec::new() };
    [
        metric("150301^MDC_PRESS_CUFF_SYS", "1.1.9", MMHG, Some(p.systolic), 0),
        metric("150303^MDC_PRESS_CUFF_MEAN", "1.1.9", MMHG, Some(p.mean), 0),
        metric("150302^MDC_PRESS_CUFF_DIA", "1.1.9", MMHG, Some(p.diastolic), 0),
    ]
    .map(|metric| (metric, at))
    .into()
}
