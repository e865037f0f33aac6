//! RS-232 framing: BOF, header, user data, frame check, EOF.

use super::HELD_MAX;
use alloc::vec::Vec;
use chairside_observation::Skip;
use core::ops::Range;
use memchr::{memchr, memchr3};

/// Begins a frame.
const BOF: u8 = 0xC0;
/// Ends a frame.
const EOF: u8 = 0xC1;
/// The byte after it was sent with bit 5 inverted.
const ESCAPE: u8 = 0x7D;
/// The bit a sender inverts after [`ESCAPE`].
const ESCAPED_BIT: u8 = 0x20;

/// Where the fields stand between BOF and EOF, escapes undone.
mod field {
    use core::ops::Range;
    /// Protocol id and message type.
    pub(super) const HEADER: Range<usize> = 0..2;
    /// Length of the user data, `u16`, big-endian.
    pub(super) const LENGTH: Range<usize> = 2..4;
    /// The user data begin.
    pub(super) const USER_DATA: usize = 4;
    /// Bytes of the frame check at the end, little-endian.
    pub(super) const CHECK_LEN: usize = 2;
}

/// Protocol id 0x11, message type 1: data export.
const HEADER: [u8; 2] = [0x11, 0x01];

/// What stands in the stream.
pub(super) enum Run<'a> {
    /// The user data of a frame whose check, header and length fit.
    UserData(&'a [u8]),
    /// No frame, and why.
    Skipped(Skip),
}

/// The framing state.
#[derive(Default)]
pub(super) struct Serial {
    /// First byte of the stream that belongs to no finding yet.
    start: u64,
    /// Next byte of the stream.
    at: u64,
    place: Place,
    /// The frame so far, escapes undone.
    frame: Vec<u8>,
    /// The last byte was an escape.
    escaped: bool,
}

/// Where in the stream the next byte stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Outside of any frame.
    #[default]
    Outside,
    /// Behind a BOF.
    Inside,
    /// Behind a BOF whose frame was too long.
    Overlong,
}

impl Serial {
    /// Takes `bytes` and calls `found` for each frame or stretch of other bytes that ends in them.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut found: impl FnMut(Range<u64>, Run<'_>)) {
        while let Some(&first) = bytes.first() {
            if self.held() >= HELD_MAX {
                self.overflow(&mut found);
            }
            let taken = match first {
                BOF => {
                    self.close(&mut found, self.interrupted());
                    self.place = Place::Inside;
                    1
                }
                EOF if self.place != Place::Outside => {
                    self.at += 1;
                    self.end_of_frame(&mut found);
                    bytes = &bytes[1..];
                    continue;
                }
                _ => self.take(bytes),
            };
            self.at += taken as u64;
            bytes = &bytes[taken..];
        }
    }

    /// The stream ended.
    pub(super) fn finish(&mut self, mut found: impl FnMut(Range<u64>, Run<'_>)) {
        self.close(&mut found, self.interrupted());
        *self = Self { start: self.at, at: self.at, ..Self::default() };
    }

    fn held(&self) -> usize {
        usize::try_from(self.at - self.start).unwrap_or(usize::MAX)
    }

    /// Why what is held is no frame if nothing more of it comes.
    fn interrupted(&self) -> Skip {
        match self.place {
            Place::Outside => Skip::BetweenFrames,
            Place::Inside => Skip::CutOff,
            Place::Overlong => Skip::TooLong,
        }
    }

    /// Takes bytes that neither begin nor end a frame; returns how many.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..(HELD_MAX - self.held()).min(bytes.len())];
        if self.place != Place::Inside {
            let to_next = match self.place {
                Place::Outside => memchr(BOF, bytes),
                _ => memchr3(BOF, EOF, EOF, bytes),
            };
            return to_next.unwrap_or(bytes.len());
        }
        if self.escaped {
            self.escaped = false;
            self.frame.push(bytes[0] ^ ESCAPED_BIT);
            return 1;
        }
        if bytes[0] == ESCAPE {
            self.escaped = true;
            return 1;
        }
        let plain = memchr3(BOF, EOF, ESCAPE, bytes).unwrap_or(bytes.len());
        self.frame.extend_from_slice(&bytes[..plain]);
        plain
    }

    fn end_of_frame(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        let run = if self.place == Place::Overlong {
            Run::Skipped(Skip::TooLong)
        } else if self.escaped {
            // An escape before the EOF is how a sender takes a frame back.
            Run::Skipped(Skip::CutOff)
        } else {
            match user_data(&self.frame) {
                Ok(user_data) => Run::UserData(user_data),
                Err(skip) => Run::Skipped(skip),
            }
        };
        found(self.start..self.at, run);
        self.reset();
    }

    /// Makes a finding of what is held, if anything.
    fn close(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>), skip: Skip) {
        if self.held() > 0 {
            found(self.start..self.at, Run::Skipped(skip));
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.start = self.at;
        self.place = Place::Outside;
        self.frame.clear();
        self.escaped = false;
    }

    /// The bound is reached: what is held becomes a finding, and the rest of an overlong frame is thrown away.
    fn overflow(&mut self, found: &mut impl FnMut(Range<u64>, Run<'_>)) {
        let outside = self.place == Place::Outside;
        self.close(found, if outside { Skip::BetweenFrames } else { Skip::TooLong });
        self.place = if outside { Place::Outside } else { Place::Overlong };
    }
}

/// The user data of a frame, or what is wrong with it.
fn user_data(frame: &[u8]) -> Result<&[u8], Skip> {
    let check_at = frame.len().checked_sub(field::CHECK_LEN).ok_or(Skip::Malformed)?;
    let (checked, check) = frame.split_at(check_at);
    if frame_check(checked) != u16::from_le_bytes([check[0], check[1]]) {
        return Err(Skip::Checksum);
    }
    let user_data = checked.get(field::USER_DATA..).ok_or(Skip::Malformed)?;
    let length = u16::from_be_bytes([checked[field::LENGTH.start], checked[field::LENGTH.start + 1]]);
    let fits = checked[field::HEADER] == HEADER && usize::from(length) == user_data.len();
    if fits { Ok(user_data) } else { Err(Skip::Malformed) }
}

/// CRC-16/X-25 over header, length and user data: initial FFFF, reflected polynomial 8408, complemented.
fn frame_check(bytes: &[u8]) -> u16 {
    !bytes.iter().fold(0xFFFF, |crc: u16, byte| crc >> 8 ^ TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)])
}

/// The check of each byte value: one look-up a byte instead of eight shifts.
static TABLE: [u16; 256] = {
    let mut table = [0_u16; 256];
    let mut byte = 0_u16;
    while byte < 256 {
        let (mut crc, mut bit) = (byte, 0);
        while bit < 8 {
            crc = if crc & 1 != 0 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_check_is_x25() {
        assert_eq!(frame_check(b"123456789"), 0x906E);
    }
}
