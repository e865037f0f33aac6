//! One block of the stream and the records behind its wave.

use chairside_observation::Skip;
use memchr::memmem;

/// How a block begins.
pub(super) const HEAD: &[u8] = b"\xFFANSAR-B ";
/// Wave bytes behind the head. They may hold any value, the end mark included: they are counted, never searched.
pub(super) const WAVE: usize = 400;
/// The end mark.
const END: u8 = 0xFE;
/// Longest text behind the wave: the one capture known has about 120 characters.
pub(super) const TEXT_MAX: usize = 1024;
/// Longest block.
pub(super) const BLOCK_MAX: usize = HEAD.len() + WAVE + TEXT_MAX + 1;

/// Whether a block stands at a place of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit<'a> {
    /// A whole block.
    Whole {
        /// Records, parted by CR.
        text: &'a [u8],
        /// Bytes of the block.
        length: usize,
    },
    /// The beginning of a block; more bytes will tell.
    Short,
    /// No block begins here.
    NotHere,
    /// A block began; so many bytes belong to none.
    Broken(usize, Skip),
}

/// Looks at the beginning of `bytes`.
pub(super) fn fit(bytes: &[u8]) -> Fit<'_> {
    if !bytes.iter().zip(HEAD).all(|(byte, mark)| byte == mark) {
        return Fit::NotHere;
    }
    let Some(behind) = bytes.get(HEAD.len() + WAVE..) else { return Fit::Short };
    let heard = &behind[..behind.len().min(TEXT_MAX + 1)];
    let at = heard.iter().position(|b| !is_text(*b));
    let broken = |text: usize, why| {
        // The next block may have begun within what was counted as wave.
        let seen = &bytes[1..(HEAD.len() + WAVE + text).min(bytes.len())];
        Fit::Broken(memmem::find(seen, HEAD).map_or(1 + seen.len(), |next| 1 + next), why)
    };
    match at {
        Some(at) if heard[at] == END => {
            let text = &heard[..at];
            if records(text).all(|record| record.is_some()) {
                Fit::Whole { text, length: HEAD.len() + WAVE + at + 1 }
            } else {
                broken(at + 1, Skip::Malformed)
            }
        }
        // A byte that is no text: bytes are missing, and this is wave.
        Some(at) => broken(at, Skip::CutOff),
        None if heard.len() > TEXT_MAX => broken(TEXT_MAX, Skip::TooLong),
        None => Fit::Short,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\r' | b'\n')
}

/// One record: `NAME=state;field;field;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Name.
    pub(super) name: &'a str,
    /// The digit behind `=`; its meaning is unknown.
    pub(super) state: &'a str,
    fields: &'a str,
}

impl<'a> Record<'a> {
    /// Field by number from 0, without blanks around it; empty when there is none.
    pub(super) fn field(&self, number: usize) -> &'a str {
        self.fields.split(';').nth(number).unwrap_or("").trim()
    }
}

/// The records of a text; `None` for a line that is no record. There is no checksum, so one such line condemns the block.
pub(super) fn records(text: &[u8]) -> impl Iterator<Item = Option<Record<'_>>> {
    text.split(|b| matches!(b, b'\r' | b'\n')).filter(|line| !line.is_empty()).map(|line| {
        let line = core::str::from_utf8(line).ok()?;
        let (name, rest) = line.split_once('=')?;
        let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let (state, fields) = rest.split_once(';').unwrap_or((rest, ""));
        named.then_some(Record { name, state, fields })
    })
}
