//! HL7 v2 over MLLP: vital signs that monitors and their gateways send.
//!
//! Bytes first, meaning later. [`mllp`] cuts messages out of the stream by their bytes; [`message`] gives a view of their
//! segments and fields without copying; `profile` knows what each vendor does its own way; `group` merges rows and weighs
//! them; `bedside` remembers, in bounded memory, whose rows they are and which cuff readings were told.
//!
//! Nothing here answers. [`Header`] says which acknowledgement a message asks for; `chairside-ingest` sends it, after the bytes
//! are on disk.
//!
//! **No silent loss.** Each byte of a message belongs to a segment that was read as far as the profile goes, or the frame is
//! told as [`FrameKind::Fault`](chairside_observation::FrameKind::Fault).

mod alarm;
mod bedside;
pub(crate) mod codes;
mod group;
mod header;
pub mod message;
pub mod mllp;
mod profile;
mod reader;
mod row;
mod text;
pub(crate) mod time;

#[cfg(test)]
mod tests;

pub use header::{AckCode, AckMode, AckWhen, Header, HeaderError, is_batch_header};
pub use mllp::{Framing, MESSAGE_MAX};
pub(crate) use profile::limits;
pub use profile::{Profile, judge};
pub use text::{Charset, text};

use crate::{Decoder, Finding};
use alloc::boxed::Box;
use alloc::vec::Vec;
use chairside_observation::Micros;
use mllp::{Cut, CutKind, Framer};
use reader::{Memory, Message};

/// Bytes taken into the framer at a time: bounds what is held whatever the caller feeds.
const PIECE: usize = 64 * 1024;

/// Decodes HL7 v2.
#[derive(Debug)]
pub struct Hl7Decoder {
    framer: Framer,
    profile: Option<Profile>,
    memory: Memory,
    judged: Option<(Profile, &'static str)>,
}

impl Hl7Decoder {
    /// A decoder at byte 0 of a stream. `profile` `None` judges each message by itself ("auto").
    #[must_use]
    pub fn new(profile: Option<Profile>, framing: Framing) -> Self {
        Self { framer: Framer::new(framing), profile, memory: Memory::default(), judged: None }
    }

    /// The profile the last message was read in, and why; `None` before the first.
    #[must_use]
    pub const fn judged(&self) -> Option<(Profile, &'static str)> {
        self.judged
    }

    /// Nothing more came for a while (some 200 ms): hands over a message that ended with `0x1C` and only waits for its
    /// carriage return. A sender that leaves it out and waits for its acknowledgement would wait for ever otherwise.
    pub fn quiet(&mut self, out: &mut Vec<Finding>) {
        if let Some(cut) = self.framer.quiet() {
            self.take(&cut, out);
        }
    }

    fn take(&mut self, cut: &Cut, out: &mut Vec<Finding>) {
        let unterminated = match cut.kind {
            CutKind::Skipped(skip) => return out.push(Finding::Skipped(cut.bytes.clone(), skip)),
            CutKind::Message => false,
            CutKind::Unterminated => true,
        };
        let message = Message { bytes: cut.bytes.clone(), raw: self.framer.raw(cut), unterminated };
        self.judged = reader::read(&mut self.memory, self.profile, &message, out).or(self.judged);
    }
}

/// A decoder for files: MLLP frames and bare messages. `None` when there is no such profile.
pub(crate) fn file_decoder(profile: Option<&str>) -> Option<Box<dyn Decoder>> {
    let profile = match profile {
        None | Some("auto") => None,
        Some(word) => Some(Profile::from_word(word)?),
    };
    Some(Box::new(Hl7Decoder::new(profile, Framing::MllpOrBare)))
}

impl Decoder for Hl7Decoder {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.framer.push(piece);
            while let Some(cut) = self.framer.next_cut() {
                self.take(&cut, out);
            }
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        while let Some(cut) = self.framer.finish() {
            self.take(&cut, out);
        }
        // A new connection may come from another monitor: nothing of the old one may be attributed to it.
        self.memory = Memory::default();
    }

    fn max_held(&self) -> usize {
        Framer::MAX_HELD
    }
}
