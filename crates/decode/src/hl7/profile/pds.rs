//! Mindray PDS: local numbers, no units, and a conversation that goes on over many messages of one connection.

use super::Identity;
use crate::hl7::codes::{Line, Parameter, Part, number};
use crate::hl7::message::is_null;
use crate::hl7::row::Row;
use chairside_observation::{Origin, Unit, Vital};

/// MSH-10, which is the type of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hl7) enum Kind {
    /// 103: who lies in the bed.
    Patient,
    /// 204 periodic and 503 aperiodic values.
    Values,
    /// 205: whether each parameter has a value.
    States,
    /// 106 heartbeat, 54 and 56 alarms (only empty ones are documented), waves and others.
    Heard,
}

impl Kind {
    pub(in crate::hl7) fn of(control_id: &[u8]) -> Self {
        match control_id {
            b"103" => Self::Patient,
            b"204" | b"503" => Self::Values,
            b"205" => Self::States,
            _ => Self::Heard,
        }
    }
}

/// OBX-3.1 of the bed's label in a patient message.
const BED_LABEL: &[u8] = b"2308";
/// OBX-3.1 of a parameter's state.
const STATE: &[u8] = b"2037";

/// The bed's label, when the row is that row.
pub(in crate::hl7) fn bed_label<'m>(row: &Row<'m>) -> Option<&'m [u8]> {
    (row.code(1) == BED_LABEL && !is_null(row.value())).then(|| row.value())
}

/// One local number.
struct Local {
    id: u32,
    module: u32,
    parameter: Parameter,
}

const fn local(id: u32, module: u32, unit: Unit, parameter: Parameter) -> Local {
    Local { id, module, parameter: parameter.implying(unit) }
}

const fn one(vital: Vital) -> Parameter {
    Parameter::one(vital)
}

/// 101, 151, 160, 170 to 172, 200 and 201 rest on two sources, the rest on one. Units are never sent: these are the monitors'
/// factory settings. Not here: 250 series oxygen (sent in mmHg, not per cent), ST and cardiac output (where -100 is legal or
/// unknown), pulmonary pressure. Note the order of 170 to 172 and of 500 to 502.
const TABLE: &[Local] = &[
    local(101, 2101, Unit::PerMin, one(Vital::HeartRate).from(Origin::Ecg)),
    local(151, 2102, Unit::PerMin, one(Vital::RespRate).from(Origin::Impedance)),
    local(160, 2103, Unit::Percent, one(Vital::Spo2)),
    local(161, 2103, Unit::PerMin, one(Vital::PulseRate).from(Origin::Pleth).unproven()),
    local(162, 2103, Unit::Percent, one(Vital::PerfusionIndex).unproven()),
    local(170, 2105, Unit::MmHg, Parameter::cuff(Part::Systolic)),
    local(171, 2105, Unit::MmHg, Parameter::cuff(Part::Diastolic)),
    local(172, 2105, Unit::MmHg, Parameter::cuff(Part::Mean)),
    local(173, 2105, Unit::PerMin, one(Vital::PulseRate).from(Origin::Cuff).unproven()),
    local(200, 2104, Unit::Cel, one(Vital::Temperature).at("T1")),
    local(201, 2104, Unit::Cel, one(Vital::Temperature).at("T2")),
    local(220, 2106, Unit::MmHg, one(Vital::EtCo2).unproven()),
    local(250, 2106, Unit::MmHg, one(Vital::EtCo2).unproven()),
    local(280, 2106, Unit::PerMin, one(Vital::RespRate).from(Origin::Airway).unproven()),
    local(500, 2116, Unit::MmHg, Parameter::arterial(Line::Art, Part::Systolic).unproven()),
    local(501, 2116, Unit::MmHg, Parameter::arterial(Line::Art, Part::Mean).unproven()),
    local(502, 2116, Unit::MmHg, Parameter::arterial(Line::Art, Part::Diastolic).unproven()),
    local(600, 2115, Unit::PerMin, one(Vital::PulseRate).from(Origin::Line).unproven()),
];

fn position(code: &[u8]) -> Option<usize> {
    let id = number(code)?;
    TABLE.binary_search_by_key(&id, |l| l.id).ok()
}

/// By number and module. One source calls 161 the perfusion index; there the row's own label decides.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    let Some(local) = position(row.code(1)).map(|at| &TABLE[at]) else { return Identity::Other };
    let module = row.sub_id();
    if !module.is_empty() && number(module) != Some(local.module) {
        return Identity::Contradiction;
    }
    match (local.id, row.code(2)) {
        (161, b"PI") | (162, b"PR") => Identity::Contradiction,
        _ => Identity::Known(local.parameter),
    }
}

/// Which parameters had a value when last sent, so that a later state message can take it back.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::hl7) struct Standing(u32);

const _: () = assert!(TABLE.len() <= 32, "Standing keeps one bit for each local number");

impl Standing {
    /// Takes note of a row of values.
    pub(in crate::hl7) fn note(&mut self, row: &Row<'_>, has_value: bool) {
        if let Some(at) = position(row.code(1)) {
            self.0 = self.0 & !(1 << at) | u32::from(has_value) << at;
        }
    }

    /// A state row says that a parameter with a value has none any more; told once. Only state 3, "value present", is known:
    /// any other means invalid.
    pub(in crate::hl7) fn revoked(&mut self, row: &Row<'_>) -> Option<Parameter> {
        if row.code(1) != STATE || row.d.component(row.value(), 1) == b"3" {
            return None;
        }
        let at = position(row.sub_id())?;
        let stood = self.0 & (1 << at) != 0;
        self.0 &= !(1 << at);
        // A cuff reading is an event: it stays what it was.
        let parameter = TABLE[at].parameter;
        (stood && parameter.vital != Vital::Nibp && parameter.origin != Some(Origin::Cuff)).then_some(parameter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(TABLE.windows(2).all(|w| w[0].id < w[1].id), "binary search needs the order");
    }
}
