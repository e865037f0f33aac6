//! Capsule DataCaptor: no patient, the bed alone in PV1-3, stream numbers that mean nothing by themselves. Its rows name their
//! parameters, as one site's do; between them stand a stream without a name and a text where a number belongs.

use super::{BEAT, BREATH, CELSIUS, MMHG, PERCENT};
use crate::hl7::rows::{Obx, digits};
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (bed, time) = (e.person().bed, e.fine(now, 3));
    let mut text = format!(
        "MSH|^~\\&|DATACAPTOR||||{time}||ORU^R01|{control_id}|P|2.3||||||UNICODE UTF-8|\r\
         PID|\r\
         PV1||I|{bed}|\r\
         OBR|||||||{time}|||{bed}|||{bed}|\r"
    );
    let like = Obx { status: "F", ..Obx::default() };
    let time = time.as_str();
    Obx { set_id: 1, kind: "NA", code: "52912", value: "42.10^42.11", time, ..like }.write(&mut text);
    Obx { set_id: 2, kind: "ST", code: "52921", value: "oopsnotanumber", time, ..like }.write(&mut text);
    let mut set_ids = 3..;
    for s in snapshots {
        for (name, value, places, unit, at) in rows(s) {
            let Some(value) = value else { continue };
            let (code, value, unit) = (format!("1^{name}^MDC"), digits(value, places), format!("{unit}^MDC"));
            let time = at.map_or(time.to_owned(), |at| e.fine(at, 3));
            let row =
                Obx { set_id: set_ids.next().unwrap_or_default(), code: &code, value: &value, unit: &unit, ..like };
            Obx { kind: "NM", time: &time, ..row }.write(&mut text);
        }
    }
    text
}

/// Name, value, decimal places, unit, and the time of its own where it has one.
type Row = (&'static str, Option<u16>, u8, &'static str, Option<Timestamp>);

fn rows(s: &Snapshot) -> [Row; 10] {
    let (pressure, at) = s.cuff.unzip();
    [
        ("MDC_ECG_HEART_RATE", s.heart_rate, 0, BEAT, None),
        ("MDC_PULS_OXIM_PULS_RATE", s.pulse_rate, 0, BEAT, None),
        ("MDC_PULS_OXIM_SAT_O2", s.spo2, 0, PERCENT, None),
        ("MDC_PULS_OXIM_PERF_REL", s.perfusion_hundredths, 2, PERCENT, None),
        ("MDC_TTHOR_RESP_RATE", s.resp_rate, 0, BREATH, None),
        ("MDC_CONC_AWAY_CO2_ET", s.etco2_mmhg, 0, MMHG, None),
        ("MDC_TEMP_AXIL", s.temperature_tenths_cel, 1, CELSIUS, None),
        ("MDC_PRESS_BLD_NONINV_SYS", pressure.map(|p| p.systolic), 0, MMHG, at),
        ("MDC_PRESS_BLD_NONINV_DIA", pressure.map(|p| p.diastolic), 0, MMHG, at),
        ("MDC_PRESS_BLD_NONINV_MEAN", pressure.map(|p| p.mean), 0, MMHG, at),
    ]
}
