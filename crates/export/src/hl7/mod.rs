//! A record as HL7 v2.5.1 messages: interval vitals as ORU^R01, the report as MDM^T02. Bytes only; sending them is the
//! program's.
//!
//! **Idempotent.** The document has one number for ever (TXA-12, OBR-3), and a message's control id (MSH-10) follows from that
//! number and from what the message says. The same record sent again is the same message, byte for byte. A report that says
//! more (an addendum) has another control id; what replaces a signed one has a number of its own and names the first (TXA-13).

mod document;
mod segment;
mod vitals;

pub use document::{replacement, report};
pub use vitals::vitals;

use crate::{Face, Record, ids};
use chairside_observation::Micros;
use chairside_observation::session::{Kept, Patient};
use segment::{Segment, escaped, time};
use sha2::{Digest, Sha256};

/// Number of the record's document: the same for every version of it.
#[must_use]
pub fn document_number(record: &Record) -> String {
    ids::uuid("document", &[&ids::session(record)])
}

/// Number of the document that replaces it once `added` was added.
fn replacing_number(record: &Record, added: &Kept) -> String {
    ids::uuid("document", &[&ids::session(record), &added.sequence.0.to_string()])
}

/// What every segment is made from.
struct Maker<'a> {
    record: &'a Record,
    face: &'a Face<'a>,
    signed: Option<&'a Kept>,
    /// The last addendum after the signature, of a report that replaces the first one.
    added: Option<&'a Kept>,
}

impl<'a> Maker<'a> {
    fn new(record: &'a Record, face: &'a Face<'a>) -> Self {
        Self { record, face, signed: record.session.signed(), added: None }
    }

    /// When the record became what it is: its end, its signing after that, or what was added after that.
    fn made(&self) -> Micros {
        self.added.or(self.signed).map_or(self.record.end.wall, |signed| signed.received.wall)
    }

    /// The whole message: the header, and behind it `body`. `kind` is the text of MSH-9.
    fn message(&self, kind: &str, body: &str) -> Vec<u8> {
        let control_id = control_id(&[kind, &document_number(self.record), &time(self.face, self.made()), body]);
        let header = Segment::header()
            .raw(3, "CHAIRSIDE")
            .raw(7, &time(self.face, self.made()))
            .raw(9, kind)
            .raw(10, &control_id)
            .raw(11, "P")
            .raw(12, "2.5.1")
            .raw(18, "UNICODE UTF-8");
        format!("{}{body}", header.end()).into_bytes()
    }

    /// The patient. A name is one text here, never taken apart or put in another order: it stands whole as the family name.
    fn pid(&self) -> String {
        let Patient { id, name, born, .. } = &self.record.session.patient;
        let born: String = born.chars().filter(char::is_ascii_digit).collect();
        Segment::new("PID").raw(1, "1").raw(3, &format!("{}^^^^MR", escaped(id))).text(5, name).raw(7, &born).end()
    }

    /// The visit: an outpatient at a chair.
    fn pv1(&self) -> String {
        let (record, session) = (self.record, &self.record.session);
        let end = if session.is_open() { String::new() } else { time(self.face, record.end.wall) };
        Segment::new("PV1")
            .raw(1, "1")
            .raw(2, "O")
            .raw(3, &format!("^^{}", escaped(&record.chair)))
            .text(19, session.id.as_str())
            .raw(44, &time(self.face, record.begin().wall))
            .raw(45, &end)
            .end()
    }
}

/// 20 characters, as many as MSH-10 may have: the first 80 bits of a SHA-256 of what the message says.
fn control_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()[..10].iter().map(|byte| format!("{byte:02X}")).collect()
}
