//! Profiles that rest on one source each: every value is marked as unproven until a recorded sample of the site confirms it.

use super::{Identity, pcd01};
use crate::hl7::codes::{Parameter, Part, by_refid};
use crate::hl7::row::Row;
use chairside_observation::{Unit, Vital};

fn unproven(identity: Identity) -> Identity {
    match identity {
        Identity::Known(parameter) => Identity::Known(parameter.unproven()),
        other => other,
    }
}

/// GE VC150: names without numbers and no units; later firmware sends full codes. Its temperature has no unit anywhere, so
/// without OBX-6 it is left alone.
pub(super) fn vc150(row: &Row<'_>) -> Identity {
    if pcd01::triplet(row).is_some() {
        return unproven(pcd01::identify(row));
    }
    let name = row.code(1);
    let known = match name {
        b"RESPRate" => Some(Parameter::one(Vital::RespRate)),
        _ => by_refid(name).map(|mdc| mdc.parameter),
    };
    let Some(parameter) = known else { return Identity::Other };
    let parameter = match parameter.vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => parameter.implying(Unit::PerMin),
        Vital::Spo2 => parameter.implying(Unit::Percent),
        Vital::Nibp => parameter.implying(Unit::MmHg),
        _ if row.fields.get(6).is_empty() => return Identity::Other,
        _ => parameter,
    };
    Identity::Known(parameter.unproven())
}

/// Comen NC5: sends the arterial line's number with the name of the general pulse rate; the name is right.
pub(super) fn comen(row: &Row<'_>) -> Identity {
    if pcd01::triplet(row) == Some((b"149522", b"MDC_PULS_RATE")) {
        return Identity::Known(Parameter::one(Vital::PulseRate).unproven());
    }
    unproven(pcd01::identify(row))
}

/// Northern and Aquaris: the number of the systolic cuff pressure is misspelt in OBX-3 and right in OBX-4.
pub(super) fn northern(row: &Row<'_>) -> Identity {
    let misspelt = pcd01::triplet(row) == Some((b"150031", b"MDC_PRESS_CUFF_SYS"));
    if misspelt && row.sub_id().ends_with(b".150301") {
        return Identity::Known(Parameter::cuff(Part::Systolic).unproven());
    }
    unproven(pcd01::identify(row))
}

/// XH80X: as PCD-01.
pub(super) fn xh80x(row: &Row<'_>) -> Identity {
    unproven(pcd01::identify(row))
}
