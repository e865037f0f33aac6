//! Flags and escapes: cuts the stream into the runs between two flags (M1017617, "Datex-Ohmeda record protocol").

use super::frame::LEN_MIN;
use alloc::vec::Vec;
use chairside_observation::Skip;
use core::ops::Range;
use memchr::memchr2;

/// Opens and closes a record.
const FLAG: u8 = 0x7E;
/// The byte after it was sent with bit 5 cleared.
const ESCAPE: u8 = 0x7D;
/// The bit a sender clears after [`ESCAPE`].
const ESCAPED_BIT: u8 = 0x20;

/// Most bytes held between two flags, escapes counted as sent. A physiological record with its five subrecords has 1431
/// bytes, at most twice as many if every one were escaped; the rest is room for longer records of later levels. What is
/// longer is skipped as too long, up to the next flag.
pub(super) const HELD_MAX: usize = 8192;

/// What stands between two flags.
pub(super) enum Run<'a> {
    /// At least as long as the shortest record; checksum included, escapes undone.
    Closed(&'a [u8]),
    /// No record, and why.
    Skipped(Skip),
}

/// The framing state.
#[derive(Default)]
pub(super) struct Runs {
    /// First byte of the stream that belongs to no finding yet.
    start: u64,
    /// Next byte of the stream.
    at: u64,
    /// The run so far, escapes undone.
    record: Vec<u8>,
    /// The last byte was an escape.
    escaped: bool,
    /// The run was too long and is thrown away up to the next flag.
    overlong: bool,
}

impl Runs {
    /// Takes `bytes` and calls `found` for each run that ends in them, with its range in the stream.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut found: impl FnMut(Range<u64>, Run<'_>)) {
        while let Some(&first) = bytes.first() {
            if self.held() >= HELD_MAX {
                self.overflow(&mut found);
            }
            let taken = match first {
                FLAG => {
                    self.at += 1;
                    self.flag(&mut found);
                    1
                }
                _ => {
                    self.drop_idle_flags(&mut found);
                    self.take(bytes)
                }
            };
            bytes = &bytes[taken..];
        }
    }

    /// The stream ended.
    pub(super) fn finish(&mut self, mut found: impl FnMut(Range<u64>, Run<'_>)) {
        if self.held() > 0 {
            let skip = match (self.is_idle(), self.overlong) {
                (true, _) => Skip::BetweenFrames,
                (false, true) => Skip::TooLong,
                (false, false) => Skip::CutOff,
            };
            found(self.start..self.at, Run::Skipped(skip));
        }
        *self = Self { start: self.at, at: self.at, ..Self::default() };
    }

    fn held(&self) -> usize {
        usize::try_from(self.at - self.start).unwrap_or(usize::MAX)
    }

    /// Nothing came since the last flag.
    fn is_idle(&self) -> bool {
        self.record.is_empty() && !self.escaped && !self.overlong
    }

    /// Takes bytes that are no flag, as many as there are in one piece and as fit; returns how many.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let room = (HELD_MAX - self.held()).min(bytes.len());
        let taken = if self.escaped {
            // A doubled escape cannot come from a sender; the rule of the document holds for it all the same.
            self.escaped = false;
            if !self.overlong {
                self.record.push(bytes[0] | ESCAPED_BIT);
            }
            1
        } else if bytes[0] == ESCAPE {
            self.escaped = true;
            1
        } else {
            let plain = memchr2(FLAG, ESCAPE, &bytes[..room]).unwrap_or(room);
            if !self.overlong {
                self.record.extend_from_slice(&bytes[..plain]);
            }
            plain
        };
        self.at += taken as u64;
        taken
    }

    /// A flag came: an empty run is an idle flag, which may open the next record.
    fn flag(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        if self.is_idle() {
            return;
        }
        let run = if self.overlong {
            Run::Skipped(Skip::TooLong)
        } else if self.escaped {
            Run::Skipped(Skip::Malformed)
        } else if self.record.len() < LEN_MIN {
            Run::Skipped(Skip::NotAFrame)
        } else {
            Run::Closed(&self.record)
        };
        found(self.start..self.at, run);
        self.start = self.at;
        self.record.clear();
        self.escaped = false;
        self.overlong = false;
    }

    /// Of several flags in a row only the last opens the run that begins now.
    fn drop_idle_flags(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        if self.is_idle() && self.held() > 1 {
            found(self.start..self.at - 1, Run::Skipped(Skip::BetweenFrames));
            self.start = self.at - 1;
        }
    }

    /// The bound is reached: what is held becomes a finding.
    fn overflow(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        let idle = self.is_idle();
        found(self.start..self.at, Run::Skipped(if idle { Skip::BetweenFrames } else { Skip::TooLong }));
        self.start = self.at;
        self.record.clear();
        self.escaped = false;
        self.overlong = !idle;
    }
}
