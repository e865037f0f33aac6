//! IHE PCD-01: device tree first, OBX-14 only on the episodic cuff rows, a row with `X` where a value is missing.

use super::{BEAT, BREATH, CELSIUS, MMHG, Metric, PERCENT, metric, part};
use crate::hl7::rows::Obx;
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (who, device, zoned) = (e.person(), e.device(), e.zoned(now));
    let status = if e.demo { "D" } else { "P" };
    let mut text = format!(
        "MSH|^~\\&|CHAIRSIDE_SIM^{device}^EUI-64|CHAIRSIDE|||{zoned}||ORU^R01^ORU_R01|{control_id}|{status}|2.6|||NE|AL\
         ||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
         PID|||{patient}^^^Hospital^PI||{name}\r\
         PV1||I|{unit}^^{bed}\r\
         OBR|1|{control_id}^CHAIRSIDE_SIM^{device}^EUI-64|{control_id}^CHAIRSIDE_SIM^{device}^EUI-64\
         |182777000^monitoring of patient^SCT|||{zoned}\r",
        patient = who.patient,
        name = who.name,
        unit = who.unit,
        bed = who.bed,
    );
    part(1, "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", "1.0.0.0", &mut text);
    let device = format!("{device}^CHAIRSIDE_SIM^{device}^EUI-64");
    let like = Obx { method: "AMEAS^auto-measurement^MDC", device: &device, ..Obx::default() };
    let mut set_ids = 2..;
    for s in snapshots {
        for (metric, time) in
            metrics(s).iter().map(|m| (m, String::new())).chain(cuff(s).iter().map(|(m, at)| (m, e.zoned(*at))))
        {
            let status = if metric.value.is_some() { "R" } else { "X" };
            let set_id = set_ids.next().unwrap_or_default();
            metric.write(&Obx { set_id, status, time: &time, ..like }, "", &mut text);
        }
    }
    text
}

fn metrics(s: &Snapshot) -> [Metric; 7] {
    [
        metric("147842^MDC_ECG_HEART_RATE", "1.1.1", BEAT, s.heart_rate, 0),
        metric("150456^MDC_PULS_OXIM_SAT_O2", "1.2.1", PERCENT, s.spo2, 0),
        metric("149530^MDC_PULS_OXIM_PULS_RATE", "1.2.1", BEAT, s.pulse_rate, 0),
        metric("150448^MDC_PULS_OXIM_PERF_REL", "1.2.1", PERCENT, s.perfusion_hundredths, 2),
        metric("151578^MDC_TTHOR_RESP_RATE", "1.3.1", BREATH, s.resp_rate, 0),
        metric("151708^MDC_CONC_AWAY_CO2_ET", "1.4.1", MMHG, s.etco2_mmhg, 0),
        metric("188496^MDC_TEMP_AXIL", "1.5.1", CELSIUS, s.temperature_tenths_cel, 1),
    ]
}

/// The cuff's rows, each with its time; none when there is no new measurement.
fn cuff(s: &Snapshot) -> Vec<(Metric, Timestamp)> {
    let Some((p, at)) = s.cuff else { return Vec::new() };
    [
        metric("150021^MDC_PRESS_BLD_NONINV_SYS", "1.6.1", MMHG, Some(p.systolic), 0),
        metric("150022^MDC_PRESS_BLD_NONINV_DIA", "1.6.1", MMHG, Some(p.diastolic), 0),
        metric("150023^MDC_PRESS_BLD_NONINV_MEAN", "1.6.1", MMHG, Some(p.mean), 0),
    ]
    .map(|metric| (metric, at))
    .into()
}
