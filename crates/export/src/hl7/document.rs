//! MDM^T02: the report. MDM^T10: the report that replaces it, once something was added after the signature.

use super::segment::{Segment, escaped, time};
use super::{Maker, document_number, replacing_number};
use crate::{Face, Record};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chairside_observation::session::{Act, Kept};

/// The report as a document with its bytes. Unsigned it is in progress (TXA-17 `IP`), signed it is authenticated (`AU`) with
/// name and time.
#[must_use]
pub fn report(record: &Record, face: &Face<'_>, pdf: &[u8]) -> Vec<u8> {
    message(&Maker::new(record, face), "T02", pdf)
}

/// The report again, once something was added to the signed record: a document of its own that replaces the first one, which
/// it names. `None` when nothing was added.
#[must_use]
pub fn replacement(record: &Record, face: &Face<'_>, pdf: &[u8]) -> Option<Vec<u8>> {
    let signed = record.session.signed()?;
    let later = |kept: &&Kept| kept.sequence > signed.sequence && matches!(kept.done.act, Act::Addendum { .. });
    let added = Some(record.session.acts.iter().rfind(later)?);
    Some(message(&Maker { added, ..Maker::new(record, face) }, "T10", pdf))
}

fn message(maker: &Maker<'_>, event: &str, pdf: &[u8]) -> Vec<u8> {
    let made = time(maker.face, maker.made());
    // Table 0085: `C` replaces a final result.
    let status = match (maker.added, maker.signed) {
        (Some(_), _) => "C",
        (None, Some(_)) => "F",
        (None, None) => "P",
    };
    let segment = Segment::new("EVN").raw(1, event).raw(2, &made).end();
    let content = format!("CHAIRSIDE^application^pdf^Base64^{}", STANDARD.encode(pdf));
    let observation = Segment::new("OBX")
        .raw(1, "1")
        .raw(2, "ED")
        .raw(3, "RECORD^Record of an infusion session^L")
        .raw(5, &content)
        .raw(11, status)
        .raw(14, &made)
        .end();
    let body = [segment, maker.pid(), maker.pv1(), txa(maker, &made), observation].concat();
    // The standard has one structure for both events.
    maker.message(&format!("MDM^{event}^MDM_T02"), &body)
}

fn txa(maker: &Maker<'_>, made: &str) -> String {
    let session = &maker.record.session;
    let activity = maker.record.start().unwrap_or(maker.record.begin());
    let name = |name: &str| format!("^{}", escaped(name));
    let first = document_number(maker.record);
    let (number, parent) = match maker.added {
        Some(added) => (replacing_number(maker.record, added), first),
        None => (first, String::new()),
    };
    let segment = Segment::new("TXA")
        .raw(1, "1")
        // Table 0270: a note about a procedure.
        .raw(2, "PN")
        .raw(3, "AP")
        .raw(4, &time(maker.face, activity.wall))
        .raw(5, &name(&session.nurse.name))
        .raw(6, made)
        .raw(12, &number)
        .raw(13, &parent)
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
