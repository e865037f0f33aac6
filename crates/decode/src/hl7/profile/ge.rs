//! GE B105, B125, B155 and B40 (HL7 Reference Manuals 2062665-005 and 2062665-001).

use super::{Identity, pcd01};
use crate::hl7::row::Row;
use chairside_observation::{Origin, Vital};

/// VMD number of the ECG-respiration module: impedance.
const VMD_ECG_RESP: u32 = 6;
/// VMD number of the spirometry module.
const VMD_SPIROMETRY: u32 = 20;

/// 151562 is the respiration rate of any source; the module number says which.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    let identity = pcd01::identify(row);
    let Identity::Known(parameter) = identity else { return identity };
    if parameter.vital != Vital::RespRate || parameter.origin.is_some() {
        return identity;
    }
    match row.channel().map(|c| c.vmd) {
        Some(VMD_ECG_RESP) => Identity::Known(parameter.from(Origin::Impedance)),
        Some(VMD_SPIROMETRY) => Identity::Known(parameter.from(Origin::Airway)),
        _ => identity,
    }
}
