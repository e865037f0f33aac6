//! IHE PCD-01: number, name and coding system in OBX-3, in either triplet.

use super::Identity;
use crate::hl7::codes::{by_number, by_refid, number};
use crate::hl7::row::Row;

/// The MDC triplet of OBX-3: the first, or the alternate one when the first is another system's (LOINC).
pub(super) fn triplet<'m>(row: &Row<'m>) -> Option<(&'m [u8], &'m [u8])> {
    if row.code(3) == b"MDC" {
        return Some((row.code(1), row.code(2)));
    }
    (row.code(6) == b"MDC").then(|| (row.code(4), row.code(5)))
}

/// Identified by number, confirmed by name. Number 0 stands where a vendor has none: then the name decides alone.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    triplet(row).map_or(Identity::Other, |(code, refid)| by_code(code, refid))
}

pub(super) fn by_code(code: &[u8], refid: &[u8]) -> Identity {
    let code = number(code);
    match code.and_then(by_number) {
        Some(mdc) if refid == mdc.refid || refid.is_empty() => Identity::Known(mdc.parameter),
        Some(_) => Identity::Contradiction,
        None => match (by_refid(refid), code) {
            (None, _) => Identity::Other,
            (Some(mdc), Some(0)) => Identity::Known(mdc.parameter),
            (Some(_), _) => Identity::Contradiction,
        },
    }
}
