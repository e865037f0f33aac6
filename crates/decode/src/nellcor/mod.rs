//! Nellcor real-time ASCII rows (N-560 and its family). Listens only: two Ctrl-C bytes would open a menu that can set
//! the monitor's clock, and no request of this protocol exists.
//!
//! A line is a data row, one of the three header lines, or nothing we know. Lines have no checksum, so a row counts only
//! when its time stamp is a date and every fixed column holds what may stand there; see `README.md` beside this file.

mod row;

use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{FrameKind, Micros, Skip};
use core::ops::Range;
use row::{ROW_COLUMNS_FULL, Row, RowError, STAMP_COLUMNS, stamp};

/// Longest line held, line end included. The longest documented is the first header line with about 85 columns; three
/// times that leaves room for firmware that says more. What exceeds it becomes [`Skip::TooLong`], but for the last bytes,
/// in which a row may have begun.
const LINE_BYTES_MAX: usize = 256;

/// Decodes a stream of real-time ASCII rows.
#[derive(Debug)]
pub struct Rows {
    /// Bytes of the line that has not ended.
    held: Vec<u8>,
    /// Where `held` begins in the stream.
    at: u64,
    /// The last byte of `held` is a CR: one LF may still belong to it.
    after_cr: bool,
    /// The line's beginning was not seen: the first line after a start, or the rest of one that was too long.
    headless: Option<Skip>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { held: Vec::with_capacity(LINE_BYTES_MAX), at: 0, after_cr: false, headless: Some(Skip::CutOff) }
    }
}

impl Rows {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the first `count` held bytes out of the line: their range in the stream.
    fn pass(&mut self, count: usize) -> Range<u64> {
        let bytes = self.at..self.at + count as u64;
        self.held.drain(..count);
        self.at = bytes.end;
        bytes
    }

    fn skip(&mut self, count: usize, skip: Skip, out: &mut Vec<Finding>) {
        if count > 0 {
            let bytes = self.pass(count);
            out.push(Finding::Skipped(bytes, skip));
        }
    }

    /// The line in `held` is complete, its line end included.
    fn end_line(&mut self, out: &mut Vec<Finding>) {
        self.after_cr = false;
        let headless = self.headless.take();
        if let Some(start) = last_stamp(&self.held) {
            // What stands before a time stamp is a row that was cut off, or noise: it has no say in this row.
            let before = if stamp(&self.held[..start]).is_some() { Skip::CutOff } else { Skip::NotAFrame };
            let skip = headless.filter(|_| is_text(&self.held[..start])).unwrap_or(before);
            self.skip(start, skip, out);
            return self.row(out);
        }
        let text = text(&self.held);
        let skip = if text.is_empty() {
            Skip::BetweenFrames
        } else if is_header(text) {
            let bytes = self.pass(self.held.len());
            return out.push(Finding::Frame { bytes, kind: FrameKind::Understood });
        } else if is_menu(text) {
            Skip::WrongMode
        } else {
            headless.filter(|_| is_text(text)).unwrap_or(Skip::NotAFrame)
        };
        self.skip(self.held.len(), skip, out);
    }

    /// `held` begins with a time stamp and is complete.
    fn row(&mut self, out: &mut Vec<Finding>) {
        match Row::parse(text(&self.held)) {
            Ok(row) => {
                let bytes = self.pass(self.held.len());
                out.push(Finding::Frame { bytes: bytes.clone(), kind: FrameKind::Understood });
                out.extend(row.observations(&bytes).map(Finding::Observation));
            }
            Err(RowError::Short) => self.skip(self.held.len(), Skip::CutOff, out),
            Err(RowError::Field(_)) => self.skip(self.held.len(), Skip::Malformed, out),
        }
    }

    /// No line is this long: lets go of all but the bytes in which a row may have begun.
    fn overflow(&mut self, out: &mut Vec<Finding>) {
        let keep_from = match last_stamp(&self.held) {
            Some(start) if start > 0 => start,
            _ => self.held.len() - (STAMP_COLUMNS - 1),
        };
        self.skip(keep_from, Skip::TooLong, out);
        self.headless = Some(Skip::TooLong);
    }
}

impl Decoder for Rows {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for &byte in bytes {
            if self.after_cr && byte != b'\n' {
                self.end_line(out);
            }
            self.held.push(byte);
            match byte {
                b'\n' => self.end_line(out),
                b'\r' => self.after_cr = true,
                _ if self.held.len() == LINE_BYTES_MAX => self.overflow(out),
                _ => {}
            }
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        let start = last_stamp(&self.held).unwrap_or(0);
        if self.after_cr || self.held.len() - start >= ROW_COLUMNS_FULL {
            self.end_line(out);
        }
        self.skip(self.held.len(), Skip::CutOff, out);
        *self = Self { at: self.at, ..Self::default() };
    }

    fn max_held(&self) -> usize {
        LINE_BYTES_MAX
    }
}

/// A line without its line end; a line of blanks is empty.
fn text(line: &[u8]) -> &[u8] {
    let mut end = line.len();
    while end > 0 && matches!(line[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    if line[..end].iter().all(|byte| *byte == b' ') { &[] } else { &line[..end] }
}

/// Printable ASCII: what every line of this protocol is made of.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Where the last time stamp of a line begins. The last, because a row that was cut off may stand before it.
fn last_stamp(line: &[u8]) -> Option<usize> {
    let last = line.len().checked_sub(STAMP_COLUMNS)?;
    (0..=last).rev().find(|start| stamp(&line[*start..]).is_some())
}

/// One of the header lines: version and limits, patient mode, column titles. Understood by their fixed words, because
/// limits, blanks and the letters' case differ between firmwares.
fn is_header(text: &[u8]) -> bool {
    let version = has(text, b" VERSION ") && has(text, b"CRC:");
    let mode = has(text, b"SAT-S") || has(text, b"RESP MODE:");
    let titles = has(text, b"TIME") && has(text, b"%SPO2") && has(text, b"BPM");
    is_text(text) && (version || mode || titles)
}

/// A line of the interactive menu: somebody at another terminal has opened it, and no rows come until it is left.
fn is_menu(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"INTERACTIVE MODE",
        b"DUMP INSTRUMENT INFO",
        b"SET DATE AND TIME",
        b"DUMP TREND",
        b"DUMP ERROR LOG",
        b"EXIT INTERACTIVE",
        b"COMMAND?",
    ];
    WORDS.iter().any(|words| has(text, words))
}

/// Whether `text` holds `words` (upper case), in letters of any case.
fn has(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|window| window.eq_ignore_ascii_case(words))
}

#[cfg(test)]
mod tests;
