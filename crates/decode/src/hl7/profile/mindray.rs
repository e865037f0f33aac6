//! Mindray eGateway, BeneVision, VS900, VS8: PCD-01 with local additions.

use super::{Identity, pcd01};
use crate::hl7::row::Row;
use chairside_observation::Origin;

/// Two rules of its own. The cardiac-output module sends a beat rate under the number of the ECG heart rate; it is another
/// parameter. And the airway rate 151570 comes from a connected ventilator.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    match pcd01::triplet(row) {
        Some((b"147842", b"MDC_ECG_CARD_BEAT_RATE")) => Identity::Other,
        Some((code @ b"151570", refid)) => match pcd01::by_code(code, refid) {
            Identity::Known(parameter) => Identity::Known(parameter.from(Origin::Ventilator)),
            other => other,
        },
        Some((code, refid)) => pcd01::by_code(code, refid),
        None => Identity::Other,
    }
}
