//! Bytes of monitors in, findings out.
//!
//! A [`Decoder`] takes bytes in whatever pieces they arrive and appends what they say. It has no clock, no file, no
//! socket and no way to answer: a decoder cannot write to a monitor because nothing here carries bytes outwards. A monitor
//! that must be asked has a [`Dialog`]: it names a [`Request`] out of a closed list of complete frames, and nothing else.
//!
//! Six laws hold for every decoder, and one property suite (`laws`) checks them all:
//! 1. *Chunking does not matter*: any split of the same bytes gives the same findings.
//! 2. *Total*: no input panics.
//! 3. *Bounded*: at most [`Decoder::max_held`] bytes are kept between calls.
//! 4. *Resynchronises*: a good frame after any noise is found.
//! 5. *Deterministic*: the same bytes at the same times give the same findings.
//! 6. *Every byte is accounted for*: the ranges of [`Finding::Frame`] and [`Finding::Skipped`], in order, tile the stream.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod catalog;
pub mod cms50;
pub mod dinamap;
pub mod dri;
pub mod generic;
pub mod hl7;
pub mod identify;
pub mod intellivue;
pub mod ivy450c;
pub mod masimo;
pub mod nellcor;
pub mod nonin;
#[cfg(test)]
mod testing;
mod tiles;
mod turns;
pub mod vitalrecorder;

use alloc::vec::Vec;
use chairside_observation::{FrameKind, Micros, MonitorNotice, Observation, Skip};
use chairside_request::Request;
use core::ops::Range;

/// What bytes said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A frame, line or message. What it said follows, each with the same `bytes`.
    Frame {
        /// Range in the stream, end exclusive; line ends and framing bytes included.
        bytes: Range<u64>,
        /// Understood, or complete but not understood.
        kind: FrameKind,
    },
    /// A reading of the frame before it.
    Observation(Observation),
    /// The monitor's own notice in the frame before it.
    Notice(MonitorNotice),
    /// Bytes that fit no frame, and why.
    Skipped(Range<u64>, Skip),
}

impl Finding {
    /// The range in the stream this finding speaks of.
    #[must_use]
    pub fn bytes(&self) -> Range<u64> {
        match self {
            Self::Frame { bytes, .. } | Self::Skipped(bytes, _) => bytes.clone(),
            Self::Observation(o) => o.bytes.clone(),
            Self::Notice(n) => n.bytes.clone(),
        }
    }
}

/// Makes findings of a monitor's bytes.
pub trait Decoder: Send {
    /// Takes all of `bytes`, which arrived at `now` on the monotonic clock, and appends what they say to `out`. Never
    /// fails and never panics: what fits no frame becomes [`Finding::Skipped`].
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>);

    /// The stream ended (a closed connection, a cable pulled, the end of a file): what was held becomes findings, and the
    /// decoder stands as new but for its place in the stream.
    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>);

    /// Most bytes kept between calls.
    fn max_held(&self) -> usize;
}

/// A decoder whose monitor speaks only when it is asked: it also says what to ask, and when.
///
/// The caller owns port and clock. After each [`Decoder::feed`], and when [`Dialog::deadline`] has come, it calls
/// [`Dialog::next_request`] until there is none and sends each request whole. A dialog keeps at most one request
/// outstanding, and its own pace: its folder's README says how many a second at most.
pub trait Dialog: Decoder {
    /// What to ask at `now`, if it is time to. What it returned counts as sent.
    fn next_request(&mut self, now: Micros) -> Option<Request>;

    /// When to call [`Dialog::next_request`] again though nothing arrived. Later than the last call's `now`.
    fn deadline(&self) -> Micros;

    /// What to say before the port is closed in order, so that the monitor need not wait for us. Asked for once.
    fn farewell(&mut self) -> Option<Request> {
        None
    }

    /// Why the monitor gives no values at the moment although it answers, for people, and what to do; `None` while it does.
    fn trouble(&self) -> Option<&'static str> {
        None
    }
}
