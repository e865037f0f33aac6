//! A digest of what a record holds, for records that are read without the log's own.

use crate::{Record, Said};
use chairside_observation::session::Act;
use chairside_observation::{Deed, Hex, Micros};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

impl Record {
    /// What stands at the foot of the pages: the log's digest where it is known, else one of the content: the same content, the
    /// same digest.
    #[must_use]
    pub fn digest(&self) -> Box<str> {
        let signed = self.session.signed().and_then(|kept| match &kept.done.act {
            Act::Signed { digest, .. } => Some(Hex(digest).to_string().into()),
            _ => None,
        });
        match &self.seal {
            Some(seal) if !seal.digest.is_empty() => seal.digest.clone(),
            _ => signed.unwrap_or_else(|| content(self).into()),
        }
    }
}

/// SHA-256 of every act and value with its time on the wall clock, which does not depend on the machine that reads it.
fn content(record: &Record) -> String {
    let mut hash = Hash(Sha256::new());
    // A hash takes everything.
    let _ = write!(hash, "chairside record 1\n{}\n{}\n", record.session.id, record.chair);
    for kept in &record.session.acts {
        let deed = Deed::Session(Box::new(kept.done.clone()));
        let _ = writeln!(hash, "act {} {} {}", kept.sequence.0, kept.received.wall.0, deed.fields());
    }
    for sample in record.samples() {
        let said = match &sample.said {
            Said::Monitor(source) => source.as_str(),
            Said::Typed(name) => name,
        };
        let (at, received, o) = (sample.at.wall, sample.received.wall, &sample.observation);
        let reading = format_args!("{:?} {:?} {}", o.vital, o.reading, o.unit.word());
        // To the millisecond: see `Record::since_start`.
        let Micros(at_ms) = Micros((at.0 + 500).div_euclid(1000));
        let _ = writeln!(hash, "value {} {at_ms} {} {said} {reading}", sample.sequence.0, received.0);
    }
    for event in crate::event::of(record).iter().filter(|event| !event.act) {
        let _ = writeln!(hash, "event {} {} {} {}", event.sequence.0, event.recorded.wall.0, event.kind, event.what);
    }
    hash.0.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Text into a hash, without keeping it.
struct Hash(Sha256);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
