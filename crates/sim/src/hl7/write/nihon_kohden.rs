//! Nihon Kohden: local numbers and plain units, in the ways of a bedside monitor and of a gateway. The cuff has an OBR of its
//! own with its own time; what is missing has no row.

use crate::hl7::encoder::Person;
use crate::hl7::rows::{Obx, digits};
use crate::hl7::{Encoder, Snapshot};
use jiff::Timestamp;

/// One local number.
struct Local {
    number: &'static str,
    /// Labels of the bedside monitor and of the gateway.
    labels: [&'static str; 2],
    value: Option<u16>,
    places: u8,
    unit: &'static str,
}

const fn local(
    number: &'static str,
    labels: [&'static str; 2],
    value: Option<u16>,
    places: u8,
    unit: &'static str,
) -> Local {
    Local { number, labels, value, places, unit }
}

/// How the two differ.
struct Way {
    label: usize,
    vitals: &'static str,
    /// What follows OBR-7 of the cuff's group up to OBR-13.
    cuff_order: &'static str,
    sub_id: &'static str,
    range: &'static str,
    status: &'static str,
    cuff_access: &'static str,
}

const BEDSIDE: Way =
    Way { label: 0, vitals: "VITAL", cuff_order: "", sub_id: "1", range: "", status: "F", cuff_access: "" };
const GATEWAY: Way = Way {
    label: 1,
    vitals: "VitalSigns",
    cuff_order: "||||||APERIODIC",
    sub_id: "",
    range: "-",
    status: "O",
    cuff_access: "APERIODIC",
};

pub(in crate::hl7) fn bedside(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    message(&BEDSIDE, e, control_id, snapshots, now)
}

pub(in crate::hl7) fn gateway(e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    message(&GATEWAY, e, control_id, snapshots, now)
}

fn message(way: &Way, e: &Encoder, control_id: &str, snapshots: &[Snapshot], now: Timestamp) -> String {
    let Person { bed, patient, name, .. } = &e.person();
    let time = e.bare(now);
    let mut text = format!(
        "MSH|^~\\&|NIHON KOHDEN|NIHON KOHDEN|CLIENT APP|CLIENT FACILITY|{time}||ORU^R01^ORU_R01|{control_id}|P|2.4\
         |||NE|AL|Japan|ASCII||ASCII\r\
         PID|||{patient}||{name}\r\
         PV1||I|^^{bed}^10.0.0.1:1\r\
         ORC|RE\r"
    );
    for s in snapshots {
        text.push_str(&format!("OBR|1|||{}|||{time}\r", way.vitals));
        write(way, &vitals(s), "", &time, &mut text);
        let Some((p, at)) = s.cuff else { continue };
        let cuff = [
            local("009000", ["NIBP SYS", "NIBP-S"], Some(p.systolic), 0, "mmHg"),
            local("009001", ["NIBP DIAS", "NIBP-D"], Some(p.diastolic), 0, "mmHg"),
            local("009002", ["NIBP MEAN", "NIBP-M"], Some(p.mean), 0, "mmHg"),
        ];
        let measured = e.bare(at);
        text.push_str(&format!("OBR|2|||NIBP|||{measured}{}\r", way.cuff_order));
        write(way, &cuff, way.cuff_access, &measured, &mut text);
    }
    text
}

fn write(way: &Way, rows: &[Local], access: &str, time: &str, text: &mut String) {
    let Way { sub_id, range, status, .. } = way;
    let there = rows.iter().filter_map(|row| row.value.map(|value| (row, value)));
    for (set_id, (row, value)) in (1..).zip(there) {
        let (code, value) = (format!("{}^{}", row.number, row.labels[way.label]), digits(value, row.places));
        let like = Obx { set_id, sub_id, range, status, access, time, ..Obx::default() };
        Obx { kind: "NM", code: &code, value: &value, unit: row.unit, ..like }.write(text);
    }
}

fn vitals(s: &Snapshot) -> [Local; 6] {
    [
        local("001000", ["VITAL HR", "HR"], s.heart_rate, 0, "/min"),
        local("007001", ["VITAL PR(spo2)", "PR(spo2)"], s.pulse_rate, 0, "/min"),
        local("007000", ["VITAL SpO2", "SpO2"], s.spo2, 0, "%"),
        // Neighbours that are easily swapped: the rate and the pressure of the CO2 module.
        local("073000", ["VITAL CO2/RR", "CO2/RR"], s.resp_rate, 0, "/min"),
        local("073001", ["VITAL EtCO2", "EtCO2"], s.etco2_mmhg, 0, "mmHg"),
        local("011000", ["VITAL Tskin", "Tskin"], s.temperature_tenths_cel, 1, "C"),
    ]
}
