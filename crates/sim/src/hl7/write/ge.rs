//! GE B1x5: each module a VMD with a row of its own, no time in the rows, no perfusion index, the expired CO2's code for the
//! end-tidal value; only modules with a valid value are there.

use super::{BEAT, BREATH, CELSIUS, MMHG, PERCENT, part};
use crate::hl7::rows::{Obx, digits};
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

pub(in crate::hl7) fn message(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let (who, device, zoned, bare) = (e.person(), e.device(), e.zoned(now), e.bare(now));
    let status = if e.demo { "D" } else { "P" };
    let mut text = format!(
        "MSH|^~\\&|VSP^{device}^EUI-64|GE Healthcare|||{zoned}||ORU^R01^ORU_R01|{control_id}|{status}|2.6|||NE|AL\
         ||UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
         PID|||{patient}^^^PID^MR||{name}\r\
         PV1||E|{unit}^^{bed}\r\
         OBR|1|{device}{bare}^VSP^{device}^EUI-64|{device}{bare}^VSP^{device}^EUI-64\
         |182777000^monitoring of patient^SCT|||{bare}\r",
        patient = who.patient,
        name = who.name,
        unit = who.unit,
        bed = who.bed,
    );
    let device = format!("{device}^B1X5_GE");
    let mut set_id = 1;
    part(set_id, "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", "1.0.0.0", &mut text);
    for module in snapshots.iter().flat_map(modules) {
        if module.values.iter().all(|(.., value)| value.is_none()) {
            continue;
        }
        set_id += 1;
        part(set_id, module.code, &format!("{}.0.0", module.place), &mut text);
        for (metric, (code, (unit, places), value)) in (1..).zip(&module.values) {
            let Some(value) = value else { continue };
            set_id += 1;
            let (code, unit) = (format!("{code}^MDC"), format!("{unit}^MDC"));
            let (sub_id, value) = (format!("{}.1.{metric}", module.place), digits(*value, *places));
            let row =
                Obx { set_id, kind: "NM", code: &code, sub_id: &sub_id, value: &value, unit: &unit, ..Obx::default() };
            Obx { status: "R", device: &device, ..row }.write(&mut text);
        }
    }
    text
}

/// A metric of a module: code, unit and decimal places, value.
type Value = (&'static str, (&'static str, u8), Option<u16>);

struct Module {
    code: &'static str,
    place: &'static str,
    values: Vec<Value>,
}

fn modules(s: &Snapshot) -> [Module; 6] {
    const BEATS: (&str, u8) = (BEAT, 0);
    let pressure = |pick: fn(&crate::patient::Pressure) -> u16| s.cuff.map(|(p, _)| pick(&p));
    let module = |code, place, values| Module { code, place, values };
    [
        // The manual names the pressure module 16; the code of its row was not seen, this is the invasive module's.
        module(
            "69854^MDC_DEV_METER_PRESS_BLD_VMD",
            "1.16",
            vec![
                ("150021^MDC_PRESS_BLD_NONINV_SYS", (MMHG, 0), pressure(|p| p.systolic)),
                ("150022^MDC_PRESS_BLD_NONINV_DIA", (MMHG, 0), pressure(|p| p.diastolic)),
                ("150023^MDC_PRESS_BLD_NONINV_MEAN", (MMHG, 0), pressure(|p| p.mean)),
            ],
        ),
        module("69798^MDC_DEV_ECG_VMD", "1.5", vec![("147842^MDC_ECG_HEART_RATE", BEATS, s.heart_rate)]),
        module(
            "69766^MDC_DEV_GEN_CONC_AWAY_VMD",
            "1.11",
            vec![
                ("151712^MDC_CONC_AWAY_CO2_EXP", (MMHG, 0), s.etco2_mmhg),
                ("151594^MDC_CO2_RESP_RATE", (BREATH, 0), s.etco2_mmhg.and(s.resp_rate)),
            ],
        ),
        module(
            "69642^MDC_DEV_ANALY_SAT_O2_VMD",
            "1.22",
            vec![
                ("149530^MDC_PULS_OXIM_PULS_RATE", BEATS, s.pulse_rate),
                ("150456^MDC_PULS_OXIM_SAT_O2", (PERCENT, 0), s.spo2),
            ],
        ),
        module("70666^MDC_DEV_ECG_RESP_VMD", "1.6", vec![("151562^MDC_RESP_RATE", (BREATH, 0), s.resp_rate)]),
        module(
            "69902^MDC_DEV_METER_TEMP_VMD",
            "1.26",
            vec![("150344^MDC_TEMP", (CELSIUS, 1), s.temperature_tenths_cel)],
        ),
    ]
}
