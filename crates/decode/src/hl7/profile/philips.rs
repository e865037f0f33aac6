//! Philips Information Center ("HL7 parameter data") and Efficia CM: MDIL codes.

use super::Identity;
use crate::hl7::codes::{Parameter, by_number, mdil, mdil_parts};
use crate::hl7::row::Row;
use chairside_observation::{Decimal, Origin, Priority, Unit, Vital};

/// Private term of the pulse rate found by the cuff, label "Pulse (NBP)".
const PULSE_NBP: (u32, u32) = (0x0002, 0xF0E5);
/// Private code of the monitoring mode, label "sMode".
const MONITORING_MODE: (u32, u32) = (0x0402, 0xF8F5);
/// The inop of a lost bedside link.
const NO_DATA: &[u8] = b"No Data Monitor";

/// The number decides; labels are localised. A temperature keeps its label as site unless it is the plain one.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    if row.code(3) != b"MDIL" {
        return Identity::Other;
    }
    if mdil_parts(row.code(1)) == Some(PULSE_NBP) {
        return Identity::Known(Parameter::one(Vital::PulseRate).from(Origin::Cuff));
    }
    match mdil(row.code(1)).and_then(by_number) {
        Some(mdc) => Identity::Known(mdc.parameter),
        None => Identity::Other,
    }
}

/// As the Information Center; SureSigns sends the ECG number for a rate that may come from the oximeter, and says so in the
/// label.
pub(super) fn identify_efficia(row: &Row<'_>) -> Identity {
    let identity = identify(row);
    match identity {
        Identity::Known(parameter) if parameter.vital == Vital::HeartRate && row.code(2) == b"HR_Pulse" => {
            Identity::Known(parameter.from(Origin::HrOrPulse))
        }
        _ => identity,
    }
}

/// The Efficia guide prints unit `0004-1710` beside a Celsius value, a number that is not the one for degrees Celsius. The
/// text `C` is believed only for a value that can be a temperature in Celsius and not one in Fahrenheit.
pub(super) fn efficia_celsius(row: &Row<'_>, vital: Vital, value: Option<Decimal>) -> Option<Unit> {
    let unit = row.fields.get(6);
    let is_odd = row.d.component(unit, 1) == b"0004-1710" && row.d.component(unit, 2) == b"C";
    let value = value.filter(|_| is_odd && vital == Vital::Temperature)?;
    let between = value.compare(Decimal::whole(20)).is_ge() && value.compare(Decimal::whole(45)).is_le();
    between.then_some(Unit::Cel)
}

/// The label of a temperature that is not the plain one.
pub(in crate::hl7) fn temperature_label<'m>(row: &Row<'m>) -> Option<&'m [u8]> {
    let label = row.code(2);
    (!matches!(label, b"" | b"Temp" | b"T")).then_some(label)
}

/// Whether the row says that the bed is in another mode than monitoring; then its numbers are held back. Only `MONITORING`
/// is known to be normal. `None` when the row is not the mode row.
pub(in crate::hl7) fn is_other_mode(row: &Row<'_>) -> Option<bool> {
    if mdil_parts(row.code(1)) != Some(MONITORING_MODE) {
        return None;
    }
    Some(!matches!(row.value(), b"" | b"\"\"" | b"MONITORING"))
}

/// The priority of an alert row; `None` when the row is no alert.
pub(in crate::hl7) fn alert(row: &Row<'_>) -> Option<Priority> {
    if row.code(3) != b"MDIL-ALERT" {
        return None;
    }
    Some(match row.code(1) {
        b"1" => Priority::High,
        b"2" | b"3" => Priority::Medium,
        _ => Priority::Advisory,
    })
}

/// Whether an alert says that the bedside link is lost.
pub(in crate::hl7) fn is_link_lost(row: &Row<'_>) -> bool {
    row.value() == NO_DATA
}
