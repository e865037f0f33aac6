//! MDM^T02: the report.

use super::segment::{Segment, escaped, time};
use super::{Maker, document_number};
use crate::{Face, Record};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The report as a document with its bytes. Unsigned it is in progress (TXA-17 `IP`), signed it is authenticated (`AU`) with
/// name and time.
#[must_use]
pub fn report(record: &Record, face: &Face<'_>, pdf: &[u8]) -> Vec<u8> {
    let maker = Maker::new(record, face);
    let made = time(face, maker.made());
    let event = Segment::new("EVN").raw(1, "T02").raw(2, &made).end();
    let content = format!("CHAIRSIDE^application^pdf^Base64^{}", STANDARD.encode(pdf));
    let observation = Segment::new("OBX")
        .raw(1, "1")
        .raw(2, "ED")
        .raw(3, "RECORD^Record of an infusion session^L")
        .raw(5, &content)
        .raw(11, if maker.signed.is_some() { "F" } else { "P" })
        .raw(14, &made)
        .end();
    let body = [event, maker.pid(), maker.pv1(), txa(&maker, &made), observation].concat();
    maker.message("MDM^T02^MDM_T02", &body)
}

fn txa(maker: &Maker<'_>, made: &str) -> String {
    let session = &maker.record.session;
    let activity = maker.record.start().unwrap_or(maker.record.begin());
    let name = |name: &str| format!("^{}", escaped(name));
    let segment = Segment::new("TXA")
        .raw(1, "1")
        // Table 0270: a note about a procedure.
        .raw(2, "PN")
        .raw(3, "AP")
        .raw(4, &time(maker.face, activity.wall))
        .raw(5, &name(&session.nurse.name))
        .raw(6, made)
        .raw(12, &document_number(maker.record))
        .raw(17, if maker.signed.is_some() { "AU" } else { "IP" })
        .raw(19, "AV");
    match maker.signed {
        // A PPN: name in its second component, time in its fifteenth.
        Some(signed) => {
            let at = time(maker.face, signed.received.wall);
            segment.raw(22, &format!("{}{}{at}", name(&signed.done.by.name), "^".repeat(13))).end()
        }
        None => segment.end(),
    }
}
