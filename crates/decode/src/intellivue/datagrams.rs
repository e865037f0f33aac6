//! Bare units of the LAN interface, one behind the other: each says its own length, none has a check of its own (UDP's is
//! done before us).

use super::HELD_MAX;
use super::frame::Pdu;
use alloc::vec::Vec;
use chairside_observation::Skip;
use core::ops::Range;

/// Longest data export unit: associations negotiate at most 1364 bytes, and a datagram on an Ethernet holds 1472.
const DATA_MAX: usize = 4096;
/// Longest session message: an association request has 238 bytes.
const SESSION_MAX: usize = 1024;
/// Bytes in front of a data export unit that fix its kind and length: E1 00, context, operation, length.
const DATA_HEAD: usize = 8;
/// Bytes of a session message's parameters that are looked at.
const PARAMETERS_MIN: usize = 6;
/// A refusal may consist of its reason alone: one parameter of one byte.
const REFUSE: u8 = 0x0C;
const REASON: [u8; 2] = [0x32, 0x01];
const REFUSAL_MIN: usize = 3;
/// Presentation context of data export.
const CONTEXT: [u8; 2] = [0, 2];

/// Most noise held before it becomes a finding; behind it there is still room for the longest unit.
const NOISE_MAX: usize = HELD_MAX - DATA_MAX - DATA_HEAD;

const _: () = assert!(SESSION_MAX <= DATA_MAX && NOISE_MAX > 0);

/// What stands in the stream.
pub(super) enum Run<'a> {
    /// A unit that [`Pdu`] understands.
    Unit(Pdu<'a>),
    /// No unit, and why.
    Skipped(Skip),
}

/// The framing state.
#[derive(Default)]
pub(super) struct Datagrams {
    /// Where `held` begins in the stream.
    start: u64,
    held: Vec<u8>,
    /// Bytes at the front of `held` that are known to begin no unit.
    noise: usize,
}

/// What the first bytes of a unit say.
enum Head {
    /// More bytes are needed to tell.
    Short,
    /// A unit of this length, its head included.
    Unit(usize),
    /// No unit begins here.
    Noise,
}

impl Datagrams {
    /// Takes `bytes` and calls `found` for each unit or stretch of other bytes that ends in them.
    pub(super) fn push(&mut self, bytes: &[u8], mut found: impl FnMut(Range<u64>, Run<'_>)) {
        // One piece may hold many units: it is taken in parts, so that no more than the bound is ever held.
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = (HELD_MAX - self.held.len()).min(rest.len());
            let (now, later) = rest.split_at(room);
            self.held.extend_from_slice(now);
            rest = later;
            self.scan(&mut found);
        }
    }

    /// The stream ended: a unit that is not complete was cut off.
    pub(super) fn finish(&mut self, mut found: impl FnMut(Range<u64>, Run<'_>)) {
        let (noise, all) = (self.noise, self.held.len());
        for (part, skip) in [(0..noise, Skip::NotAFrame), (noise..all, Skip::CutOff)] {
            if !part.is_empty() {
                found(self.start + part.start as u64..self.start + part.end as u64, Run::Skipped(skip));
            }
        }
        *self = Self { start: self.start + all as u64, ..Self::default() };
    }

    fn scan(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        let range = |from: usize, to: usize| self.start + from as u64..self.start + to as u64;
        let (mut done, mut at) = (0, self.noise);
        while at < self.held.len() {
            let rest = &self.held[at..];
            let unit = match head(rest) {
                Head::Short => break,
                Head::Unit(length) if length > rest.len() => break,
                Head::Unit(length) => Pdu::new_checked(&rest[..length]).ok().map(|unit| (unit, length)),
                Head::Noise => None,
            };
            if at > done && (unit.is_some() || at - done == NOISE_MAX) {
                found(range(done, at), Run::Skipped(Skip::NotAFrame));
                done = at;
            }
            match unit {
                Some((unit, length)) => {
                    at += length;
                    found(range(done, at), Run::Unit(unit));
                    done = at;
                }
                None => at += 1,
            }
        }
        self.noise = at - done;
        self.held.drain(..done);
        self.start += done as u64;
    }
}

fn head(bytes: &[u8]) -> Head {
    match *bytes {
        [0xE1, 0, ..] | [0xE1] => {
            let Some(head) = bytes.get(..DATA_HEAD) else { return Head::Short };
            let length = usize::from(u16::from_be_bytes([head[6], head[7]]));
            let known = head[2..4] == CONTEXT && head[4] == 0 && matches!(head[5], 1 | 2 | 3 | 5);
            if known && length <= DATA_MAX { Head::Unit(DATA_HEAD + length) } else { Head::Noise }
        }
        // A session message: one byte of length, or FF and two.
        [0x09 | 0x0A | 0x0C..=0x0E | 0x19, ref rest @ ..] => match *rest {
            [] | [0xFF] | [0xFF, _] => Head::Short,
            [0xFF, high, low, ref parameters @ ..] => {
                session(bytes[0], 4, usize::from(u16::from_be_bytes([high, low])), parameters)
            }
            [length, ref parameters @ ..] => session(bytes[0], 2, usize::from(length), parameters),
        },
        _ => Head::Noise,
    }
}

/// A session message of `length` bytes behind a head of `head` bytes, if its parameters begin as its kind's do. Without a
/// frame check the first byte alone would be found in any noise.
fn session(kind: u8, head: usize, length: usize, parameters: &[u8]) -> Head {
    let least = if kind == REFUSE { REFUSAL_MIN } else { PARAMETERS_MIN };
    if !(least..=SESSION_MAX).contains(&length) {
        return Head::Noise;
    }
    let Some(begin) = parameters.get(..PARAMETERS_MIN.min(length)) else { return Head::Short };
    let fits = match kind {
        // Connect and accept: the connect/accept item.
        0x0D | 0x0E => begin.starts_with(&[0x05, 0x08]),
        REFUSE if begin.starts_with(&REASON) => true,
        // Refuse, finish, disconnect, abort: the user data are near.
        _ => begin.contains(&0xC1),
    };
    if fits { Head::Unit(head + length) } else { Head::Noise }
}
