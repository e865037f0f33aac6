//! Cuts a source's stream into the frames its decoder found.
//!
//! A decoder speaks of ranges; the log wants bytes. The tail keeps what has arrived and is not cut yet, and cuts a frame
//! once its finding is there. It trusts the decoder to tile the stream (law 6 of `chairside_decode`) but does not depend
//! on it: bytes a finding left out, or claimed twice, are recorded as noise and counted, never lost.

use chairside_decode::Finding;
use chairside_observation::{Frame, FrameKind, Received, Skip, SourceId, What};
use chairside_recorder::Heard;
use core::ops::Range;
use std::sync::Arc;

/// Most bytes of one noise frame. Noise can be endless (a wrong baud rate); a row of the log should not be.
pub const NOISE_FRAME_MAX: u64 = 16 * 1024;

/// A piece of the stream on its way to become a frame.
struct Piece {
    range: Range<u64>,
    kind: FrameKind,
    said: Vec<What>,
}

/// The bytes of one stream that are not cut yet.
pub struct Tail {
    source: SourceId,
    held: Vec<u8>,
    /// Place of the first held byte in the stream.
    start: u64,
    /// Most bytes the decoder may hold back.
    max_held: usize,
    misplaced: u64,
}

impl Tail {
    /// An empty stream. `max_held` is the decoder's.
    #[must_use]
    pub fn new(source: SourceId, max_held: usize) -> Self {
        Self { source, held: Vec::new(), start: 0, max_held, misplaced: 0 }
    }

    /// Bytes that arrived and are not cut yet.
    #[must_use]
    pub fn held(&self) -> &[u8] {
        &self.held
    }

    /// Bytes the decoder's findings left out or claimed twice: 0 for every decoder that keeps law 6.
    #[must_use]
    pub const fn misplaced(&self) -> u64 {
        self.misplaced
    }

    /// Takes bytes that are handed to the decoder at the same time.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Cuts what `findings` speak of, and drains them. `now` is when the last byte arrived.
    pub fn cut(&mut self, now: Received, findings: &mut Vec<Finding>) -> Vec<Heard> {
        let mut pieces: Vec<Piece> = Vec::new();
        let end = self.start + self.held.len() as u64;
        let mut at = self.start;
        for finding in findings.drain(..) {
            match finding {
                Finding::Frame { bytes, kind } => {
                    at = self.place(&mut pieces, at, end, &bytes);
                    let range = at..bytes.end.clamp(at, end);
                    at = range.end;
                    pieces.push(Piece { range, kind, said: Vec::new() });
                }
                // Something inside the frame before it (a quarantined field) belongs to that frame.
                Finding::Skipped(bytes, skip) if bytes.end <= at => say(&mut pieces, What::Skipped { bytes, skip }),
                Finding::Skipped(bytes, skip) => {
                    at = self.place(&mut pieces, at, end, &bytes);
                    let range = at..bytes.end.clamp(at, end);
                    at = range.end;
                    noise(&mut pieces, range, skip);
                }
                Finding::Observation(o) => say(&mut pieces, What::Reading(o)),
                Finding::Notice(n) => say(&mut pieces, What::Notice(n)),
            }
        }
        // More than the decoder said it would ever hold back: these bytes will not be spoken of any more.
        let unheld = (end - at).saturating_sub(self.max_held as u64);
        if unheld > 0 {
            self.misplaced += unheld;
            noise(&mut pieces, at..at + unheld, Skip::NotAFrame);
            at += unheld;
        }
        self.take(now, pieces, at)
    }

    /// The stream ended and the decoder has said its last: whatever it did not speak of becomes noise.
    pub fn rest(&mut self, now: Received) -> Vec<Heard> {
        let end = self.start + self.held.len() as u64;
        let mut pieces = Vec::new();
        if end > self.start {
            self.misplaced += end - self.start;
            noise(&mut pieces, self.start..end, Skip::CutOff);
        }
        self.take(now, pieces, end)
    }

    /// Where a finding over `bytes` begins, given that everything before `at` is cut: bytes left out in front of it become
    /// noise, bytes claimed a second time or not arrived are counted.
    fn place(&mut self, pieces: &mut Vec<Piece>, at: u64, end: u64, bytes: &Range<u64>) -> u64 {
        let start = bytes.start.clamp(at, end);
        if start > at {
            self.misplaced += start - at;
            noise(pieces, at..start, Skip::NotAFrame);
        }
        self.misplaced += at.saturating_sub(bytes.start) + bytes.end.saturating_sub(end);
        start
    }

    /// Makes frames of `pieces` and forgets the bytes before `at`.
    fn take(&mut self, now: Received, pieces: Vec<Piece>, at: u64) -> Vec<Heard> {
        let index = |offset: u64| usize::try_from(offset - self.start).unwrap_or(usize::MAX).min(self.held.len());
        let heard = pieces
            .into_iter()
            .map(|mut piece| {
                if piece.said.is_empty() {
                    piece.said.push(What::Heard { bytes: piece.range.clone() });
                }
                let raw: Arc<[u8]> = self.held[index(piece.range.start)..index(piece.range.end)].into();
                let frame = Frame {
                    source: self.source.clone(),
                    offset: piece.range.start,
                    received: now,
                    kind: piece.kind,
                    raw,
                    key: None,
                };
                Heard { frame, said: piece.said }
            })
            .collect();
        let cut = index(at);
        self.held.drain(..cut);
        self.start = at;
        heard
    }
}

/// Adds a fact to the frame before it.
fn say(pieces: &mut [Piece], what: What) {
    match pieces.last_mut() {
        Some(piece) => piece.said.push(what),
        // A fact without any frame cannot be kept with its bytes; law 6 forbids it and the decoders' suite proves it.
        None => tracing::error!("a decoder reported a fact without a frame; it was not recorded"),
    }
}

/// Adds skipped bytes; neighbours with the same reason become one stretch.
fn noise(pieces: &mut Vec<Piece>, range: Range<u64>, skip: Skip) {
    if let Some(last) = pieces.last_mut()
        && last.kind == FrameKind::Noise
        && last.range.end == range.start
        && range.end - last.range.start <= NOISE_FRAME_MAX
        && let [What::Skipped { bytes, skip: before }] = last.said.as_mut_slice()
        && *before == skip
    {
        bytes.end = range.end;
        last.range.end = range.end;
        return;
    }
    let said = vec![What::Skipped { bytes: range.clone(), skip }];
    pieces.push(Piece { range, kind: FrameKind::Noise, said });
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Amount, Decimal, Micros, Observation, Reading, Unit, Vital};

    const NOW: Received = Received { mono: Micros(5), wall: Micros(7) };

    fn frame(bytes: Range<u64>) -> Finding {
        Finding::Frame { bytes, kind: FrameKind::Understood }
    }

    fn reading(bytes: Range<u64>) -> Finding {
        let value = Reading::Valid(Amount::One(Decimal::whole(97)));
        Finding::Observation(Observation::new(Vital::Spo2, value, Unit::Percent, bytes))
    }

    /// Feeds `stream` in one piece with `findings` and shows what was cut: offset, kind, text, number of facts.
    fn check(stream: &str, findings: &[Finding], expected: &[(u64, FrameKind, &str, usize)], misplaced: u64) {
        let mut tail = Tail::new("s".into(), 4);
        tail.push(stream.as_bytes());
        let heard = tail.cut(NOW, &mut findings.to_vec());
        let shown: Vec<_> = heard
            .iter()
            .map(|h| (h.frame.offset, h.frame.kind, String::from_utf8_lossy(&h.frame.raw).into_owned(), h.said.len()))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(o, k, t, n)| (*o, *k, (*t).to_string(), *n)).collect();
        assert_eq!(shown, expected, "of {stream:?} with {findings:?}");
        assert_eq!(tail.misplaced(), misplaced, "of {stream:?} with {findings:?}");
        let cut: usize = heard.iter().map(|h| h.frame.raw.len()).sum();
        assert_eq!(cut + tail.held().len(), stream.len(), "no byte is lost or doubled");
    }

    #[test]
    fn every_frame_gets_its_own_bytes_and_facts() {
        use FrameKind::{Noise, Understood};
        check(
            "AAxxBBBcc",
            &[
                frame(0..2),
                reading(0..2),
                reading(0..2),
                Finding::Skipped(2..4, Skip::Checksum),
                frame(4..7),
                Finding::Skipped(5..6, Skip::Quarantined),
            ],
            &[(0, Understood, "AA", 2), (2, Noise, "xx", 1), (4, Understood, "BBB", 1)],
            0,
        );
    }

    #[test]
    fn h09_a_frame_without_readings_is_still_heard() {
        let mut tail = Tail::new("s".into(), 4);
        tail.push(b"AA");
        let heard = tail.cut(NOW, &mut vec![frame(0..2)]);
        assert_eq!(heard[0].said, [What::Heard { bytes: 0..2 }]);
        assert_eq!(heard[0].frame.received, NOW);
    }

    #[test]
    fn a_frame_over_several_reads_is_cut_whole() {
        let mut tail = Tail::new("s".into(), 8);
        tail.push(b"AAB");
        assert_eq!(tail.cut(NOW, &mut vec![frame(0..2)]).len(), 1);
        assert_eq!(tail.held(), b"B");
        tail.push(b"BB");
        let heard = tail.cut(NOW, &mut vec![frame(2..5)]);
        assert_eq!((&*heard[0].frame.raw, heard[0].frame.offset), (&b"BBB"[..], 2));
    }

    #[test]
    fn h09_bytes_a_decoder_forgot_are_recorded_as_noise_and_counted() {
        use FrameKind::{Noise, Understood};
        check("xxAA", &[frame(2..4)], &[(0, Noise, "xx", 1), (2, Understood, "AA", 1)], 2);
        check("AABB", &[frame(0..3), frame(2..4)], &[(0, Understood, "AAB", 1), (3, Understood, "B", 1)], 1);
        check("AA", &[frame(0..5)], &[(0, Understood, "AA", 1)], 3);
        check("AA", &[frame(9..12)], &[(0, Noise, "AA", 1), (2, Understood, "", 1)], 12);
        check("123456", &[], &[(0, Noise, "12", 1)], 2);
    }

    #[test]
    fn h09_bytes_left_at_the_end_of_a_stream_are_recorded_as_cut_off() {
        let mut tail = Tail::new("s".into(), 8);
        tail.push(b"half");
        let heard = tail.rest(NOW);
        assert_eq!(heard[0].said, [What::Skipped { bytes: 0..4, skip: Skip::CutOff }]);
        assert!(tail.held().is_empty());
        assert!(tail.rest(NOW).is_empty());
    }

    #[test]
    fn neighbouring_noise_is_one_stretch_up_to_its_bound() {
        let mut tail = Tail::new("s".into(), 8);
        tail.push(&vec![b'x'; NOISE_FRAME_MAX as usize + 1]);
        let mut findings: Vec<_> = (0..=NOISE_FRAME_MAX).map(|i| Finding::Skipped(i..i + 1, Skip::NotAFrame)).collect();
        let heard = tail.cut(NOW, &mut findings);
        assert_eq!(heard.iter().map(|h| h.frame.raw.len()).collect::<Vec<_>>(), [NOISE_FRAME_MAX as usize, 1]);
    }
}
