//! The bytes a decoder has not told yet, and the ranges it tells: law 6 (every byte is accounted for) in one place.

use crate::Finding;
use alloc::vec::Vec;
use chairside_observation::{FrameKind, Skip};
use core::ops::Range;

/// Longest stretch of noise told as one finding. Noise is told when it reaches this length or when something else
/// follows; without the bound, a port that hears only noise would look silent. At 9600 baud this is a quarter second.
pub(crate) const NOISE_MAX: usize = 256;

/// Most bytes copied in at once, so that a large piece does not make a large buffer.
pub(crate) const PIECE: usize = 4096;

/// The untold end of a stream, and the noise before it that waits to be told as one range.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    held: Vec<u8>,
    /// First byte of `held` that is untold.
    head: usize,
    /// Place in the stream of `held[head]`.
    at: u64,
    noise: Option<(Range<u64>, Skip)>,
}

impl Tiles {
    /// Adds bytes at the end.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.head);
        self.head = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The untold bytes.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.held[self.head..]
    }

    /// Tells the first `count` untold bytes as a frame and returns its range.
    pub(crate) fn frame(&mut self, count: usize, kind: FrameKind, out: &mut Vec<Finding>) -> Range<u64> {
        self.flush(out);
        let bytes = self.take(count);
        out.extend(core::iter::once_with(|| Finding::Frame { bytes: bytes.clone(), kind }));
        bytes
    }

    /// Tells the first `count` untold bytes as skipped, as a finding of their own.
    pub(crate) fn reject(&mut self, count: usize, why: Skip, out: &mut Vec<Finding>) {
        self.flush(out);
        let bytes = self.take(count);
        out.push(Finding::Skipped(bytes, why));
    }

    /// Tells the first `count` untold bytes as skipped, together with noise of the same reason around them.
    pub(crate) fn noise(&mut self, count: usize, why: Skip, out: &mut Vec<Finding>) {
        let mut bytes = self.take(count);
        // Nearly always noise goes on byte by byte: what follows is for its beginning and its end.
        if let Some((range, same)) = &mut self.noise
            && *same == why
            && bytes.end - range.start < NOISE_MAX as u64
        {
            range.end = bytes.end;
            return;
        }
        while bytes.start < bytes.end {
            let from = match self.noise.take() {
                Some((range, same)) if same == why => range.start,
                Some((range, other)) => {
                    out.push(Finding::Skipped(range, other));
                    bytes.start
                }
                None => bytes.start,
            };
            let to = bytes.end.min(from + NOISE_MAX as u64);
            if to - from == NOISE_MAX as u64 {
                out.push(Finding::Skipped(from..to, why));
            } else {
                self.noise = Some((from..to, why));
            }
            bytes.start = to;
        }
    }

    /// Tells the noise that waits.
    pub(crate) fn flush(&mut self, out: &mut Vec<Finding>) {
        if let Some((range, why)) = self.noise.take() {
            out.push(Finding::Skipped(range, why));
        }
    }

    fn take(&mut self, count: usize) -> Range<u64> {
        let count = count.min(self.held.len() - self.head);
        let from = self.at;
        self.head += count;
        self.at += count as u64;
        from..self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn noise_is_told_in_the_same_ranges_however_it_is_counted() {
        let told = |steps: &[usize]| {
            let (mut tiles, mut out) = (Tiles::default(), Vec::new());
            tiles.push(&[0; 700]);
            for step in steps {
                tiles.noise(*step, Skip::NotAFrame, &mut out);
            }
            tiles.reject(700 - steps.iter().sum::<usize>(), Skip::Checksum, &mut out);
            out
        };
        assert_eq!(told(&[600]), told(&vec![1; 600]));
        assert_eq!(
            told(&[300, 300]),
            [
                Finding::Skipped(0..256, Skip::NotAFrame),
                Finding::Skipped(256..512, Skip::NotAFrame),
                Finding::Skipped(512..600, Skip::NotAFrame),
                Finding::Skipped(600..700, Skip::Checksum),
            ]
        );
    }

    #[test]
    fn noise_of_another_reason_is_another_range() {
        let (mut tiles, mut out) = (Tiles::default(), Vec::new());
        tiles.push(&[0; 10]);
        tiles.noise(3, Skip::NotAFrame, &mut out);
        tiles.noise(3, Skip::CutOff, &mut out);
        tiles.frame(4, FrameKind::Understood, &mut out);
        assert_eq!(
            out,
            [
                Finding::Skipped(0..3, Skip::NotAFrame),
                Finding::Skipped(3..6, Skip::CutOff),
                Finding::Frame { bytes: 6..10, kind: FrameKind::Understood },
            ]
        );
    }
}
