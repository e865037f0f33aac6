//! VitalRecorder (VitalDB, Seoul National University Hospital): a program that records many bedside devices and relays
//! what it hears to a "web monitoring server". Its values are second hand, and every reading says so
//! ([`Flag::ViaVitalRecorder`](chairside_observation::Flag::ViaVitalRecorder)).
//!
//! The stream is one upload a line, decompressed, ended by a line feed: JSON that begins with `{`, or HL7 v2.6 that begins
//! with `MSH` and parts its segments with carriage returns. `chairside-ingest` takes the uploads out of the socket and writes
//! them in this form; a capture file has it too. See `README.md` beside this file.

mod hl7;
mod json;
mod memory;
mod room;
#[cfg(test)]
mod tests;
mod tracks;
mod upload;
mod value;

use crate::tiles::{PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{FrameKind, Micros, Skip};
use memchr::memchr;
use memory::Memory;

/// Longest upload, line end included. One second of one bed with eight waves has about 6 KB, and an upload covers at most a
/// minute: this holds ten such beds after an outage, and any number of beds without waves.
pub const UPLOAD_MAX: usize = 4 << 20;

/// Longest name of a bed, device or track, in bytes; HL7 gives identifiers 250. A longer one names nothing.
const NAME_MAX: usize = 250;

/// Decodes VitalRecorder's uploads.
#[derive(Debug, Default)]
pub struct VitalRecorder {
    tiles: Tiles,
    /// Untold bytes already looked at: no line end is among them.
    seen: usize,
    /// The line is too long: everything up to its end is told as that.
    is_too_long: bool,
    memory: Memory,
}

impl VitalRecorder {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lines(&mut self, out: &mut Vec<Finding>) {
        loop {
            let rest = self.tiles.rest();
            let end = memchr(b'\n', &rest[self.seen..]).map(|at| self.seen + at + 1);
            match end {
                Some(end) if self.is_too_long || end > UPLOAD_MAX => {
                    self.tiles.noise(end, Skip::TooLong, out);
                    self.is_too_long = false;
                }
                Some(end) => self.line(end, true, out),
                None if self.is_too_long || rest.len() > UPLOAD_MAX => {
                    self.is_too_long = true;
                    self.tiles.noise(rest.len(), Skip::TooLong, out);
                    self.seen = 0;
                    return;
                }
                None => {
                    self.seen = rest.len();
                    return;
                }
            }
            self.seen = 0;
        }
    }

    /// The first `count` untold bytes are a line, or what the stream ended with.
    fn line(&mut self, count: usize, is_whole: bool, out: &mut Vec<Finding>) {
        let line = self.tiles.rest()[..count].trim_ascii();
        let read = match line.first() {
            None => return self.tiles.noise(count, Skip::BetweenFrames, out),
            Some(b'{') => upload::read,
            Some(_) if line.starts_with(b"MSH") => hl7::read,
            Some(_) => return self.tiles.noise(count, Skip::NotAFrame, out),
        };
        // Without a line end an upload is whole only if its own form says so.
        let is_whole = is_whole
            || match line.first() {
                Some(b'{') => json::View::whole(line).is_ok(),
                _ => self.tiles.rest()[..count].ends_with(b"\r"),
            };
        if !is_whole {
            return self.tiles.reject(count, Skip::CutOff, out);
        }
        let line = line.to_vec();
        let frame = self.tiles.frame(count, FrameKind::Understood, out);
        let at = out.len() - 1;
        if !read(&line, &frame, &mut self.memory, out)
            && let Some(Finding::Frame { kind, .. }) = out.get_mut(at)
        {
            *kind = FrameKind::Fault;
        }
    }
}

impl Decoder for VitalRecorder {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            self.lines(out);
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        let count = self.tiles.rest().len();
        if count > 0 {
            self.line(count, false, out);
        }
        self.tiles.flush(out);
        // The next connection may be another recorder's: nothing of this one may be attributed to it.
        (self.seen, self.is_too_long, self.memory) = (0, false, Memory::default());
    }

    fn max_held(&self) -> usize {
        UPLOAD_MAX + PIECE
    }
}
