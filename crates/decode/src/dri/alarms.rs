//! The monitor's own alarm texts (CARESCAPE only): relayed as sent, never interpreted.
//!
//! The document fixes five texts of 80 bytes, each ended by a zero byte and followed by small numbers (changed, colour).
//! The width of those numbers could not be confirmed by a capture, so nothing here depends on it: a text is a run of
//! printable bytes, the small numbers are none. The colour, and with it the priority, is therefore not read.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Texts in one alarm record.
const TEXTS_MAX: usize = 5;
/// Longest text.
const TEXT_MAX: usize = 80;
/// A shorter run of printable bytes is a number that happens to look like a letter.
const TEXT_MIN: usize = 3;

/// The texts of the last record: a text is relayed when it appears, not as long as it stands.
#[derive(Default)]
pub(super) struct Alarms {
    standing: Vec<Box<str>>,
}

impl Alarms {
    /// Takes the body of an alarm record and returns the texts that are new since the last one.
    pub(super) fn appeared(&mut self, body: &[u8]) -> Vec<Box<str>> {
        let now: Vec<Box<str>> = texts(body).collect();
        let new = now.iter().filter(|text| !self.standing.contains(text)).cloned().collect();
        self.standing = now;
        new
    }
}

fn texts(bytes: &[u8]) -> impl Iterator<Item = Box<str>> + '_ {
    bytes
        .split(|byte| *byte < b' ' || *byte == 0x7F)
        .filter(|run| run.len() >= TEXT_MIN && run.len() <= TEXT_MAX)
        .map(text)
        .filter(|text| text.trim().len() >= TEXT_MIN)
        .take(TEXTS_MAX)
}

/// UTF-8 where it is, else Latin-1, in which every byte is a character.
fn text(run: &[u8]) -> Box<str> {
    match core::str::from_utf8(run) {
        Ok(text) => text.into(),
        Err(_) => run.iter().copied().map(char::from).collect::<String>().into_boxed_str(),
    }
}
