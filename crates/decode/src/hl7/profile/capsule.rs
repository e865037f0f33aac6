//! Capsule DataCaptor and SmartLinx. The number of OBX-3 is a stream number of the site and means nothing by itself.

use super::Identity;
use crate::hl7::codes::by_refid;
use crate::hl7::row::Row;

/// Only rows that name their parameter in the MDC system are read (one source: unproven). Stream numbers need a table of the
/// site, which nobody has documented; their messages are kept as heard.
pub(super) fn identify(row: &Row<'_>) -> Identity {
    if row.code(3) != b"MDC" {
        return Identity::Other;
    }
    by_refid(row.code(2)).map_or(Identity::Other, |mdc| Identity::Known(mdc.parameter.unproven()))
}
