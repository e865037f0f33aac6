//! The last frames of a source with what was decoded from them, for a person who looks at the bytes.
//!
//! Kept whether or not somebody looks: what came just before a silence is what explains it. A frame's bytes are shared
//! with the recorder and the rings are used again, so keeping one costs no new memory in the steady state.

use chairside_observation::{Frame, FrameKind, Skip, What};
use std::collections::VecDeque;

/// Most frames kept: a minute of a monitor that speaks every second.
pub const RECENT_FRAMES_MAX: usize = 64;
/// Most bytes kept: one message of the longest kind seen (18 KB), and some more before it.
pub const RECENT_BYTES_MAX: usize = 32 * 1024;
/// Most facts kept, of all frames together: some twenty messages of a large monitor.
pub const RECENT_FACTS_MAX: usize = 512;

/// A frame of the near past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// 1 for the first frame since the source was started; no number is left out.
    pub number: u64,
    /// The frame; its bytes end after [`RECENT_BYTES_MAX`].
    pub frame: Frame,
    /// Bytes the frame really has.
    pub length: u64,
    /// What it said, from the beginning.
    pub said: Vec<What>,
    /// Facts it said that are not kept.
    pub unsaid: u64,
}

struct Slot {
    frame: Frame,
    length: usize,
    said: usize,
    unsaid: usize,
}

/// The last frames, bounded by number, bytes and facts.
#[derive(Default)]
pub(crate) struct Recent {
    /// Number of the newest frame.
    newest: u64,
    slots: VecDeque<Slot>,
    /// What the slots said, in their order.
    facts: VecDeque<What>,
    bytes: usize,
}

impl Recent {
    /// Keeps a frame and forgets the oldest that do not fit beside it.
    pub(crate) fn push(&mut self, frame: &Frame, said: &[What]) {
        let length = frame.raw.len();
        let mut frame = frame.clone();
        if length > RECENT_BYTES_MAX {
            frame.raw = frame.raw[..RECENT_BYTES_MAX].into();
        }
        let kept = said.len().min(RECENT_FACTS_MAX);
        while self.slots.len() >= RECENT_FRAMES_MAX
            || self.bytes + frame.raw.len() > RECENT_BYTES_MAX
            || self.facts.len() + kept > RECENT_FACTS_MAX
        {
            let Some(oldest) = self.slots.pop_front() else { break };
            self.bytes -= oldest.frame.raw.len();
            self.facts.drain(..oldest.said);
        }
        self.newest += 1;
        self.bytes += frame.raw.len();
        self.facts.extend(said[..kept].iter().cloned());
        self.slots.push_back(Slot { frame, length, said: kept, unsaid: said.len() - kept });
    }

    /// Number of the newest frame; 0 before the first.
    pub(crate) const fn newest(&self) -> u64 {
        self.newest
    }

    /// The kept frames after `number`, oldest first. A number that was never given (of an earlier start) counts as 0.
    pub(crate) fn after(&self, number: u64) -> Vec<Kept> {
        let after = if number > self.newest { 0 } else { number };
        let first = self.newest - self.slots.len() as u64 + 1;
        let mut facts = self.facts.iter();
        let mut found = Vec::new();
        for (number, slot) in (first..).zip(&self.slots) {
            let said = facts.by_ref().take(slot.said);
            if number > after {
                let (frame, said) = (slot.frame.clone(), said.cloned().collect());
                found.push(Kept { number, frame, length: slot.length as u64, said, unsaid: slot.unsaid as u64 });
            } else {
                said.for_each(drop);
            }
        }
        found
    }

    /// What the kept bytes that fit no frame look like; `None` while there are none.
    pub(crate) fn noise(&self) -> Option<Noise> {
        if self.facts.iter().any(|what| matches!(what, What::Skipped { skip: Skip::WrongMode, .. })) {
            return Some(Noise::WrongMode);
        }
        let noise = self.slots.iter().filter(|slot| slot.frame.kind == FrameKind::Noise);
        let (mut all, mut readable) = (0_usize, 0_usize);
        for byte in noise.flat_map(|slot| slot.frame.raw.iter()) {
            all += 1;
            readable += usize::from(matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'));
        }
        // Noise on a line has readable bytes by chance (95 of 256); text that lost a byte here and there has nearly all.
        (all > 0).then_some(if readable * 10 >= all * 9 { Noise::Text } else { Noise::Binary })
    }
}

/// What bytes that fit no frame look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// A known device in a mode that is not decoded.
    WrongMode,
    /// Readable text for the most part.
    Text,
    /// Neither.
    Binary,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Micros, Received};

    fn frame(kind: FrameKind, raw: &[u8]) -> Frame {
        let received = Received { mono: Micros(1), wall: Micros(2) };
        Frame { source: "s".into(), offset: 0, received, kind, raw: raw.into(), key: None }
    }

    fn facts(count: u64) -> Vec<What> {
        (0..count).map(|n| What::Heard { bytes: n..n + 1 }).collect()
    }

    /// Keeps frames of these many bytes and facts; shows number, kept bytes, kept facts and facts left out of each.
    fn check(frames: &[(usize, u64)], after: u64, expected: &[(u64, usize, usize, u64)]) {
        let mut recent = Recent::default();
        for (bytes, said) in frames {
            recent.push(&frame(FrameKind::Understood, &vec![b'x'; *bytes]), &facts(*said));
        }
        let shown: Vec<_> =
            recent.after(after).iter().map(|k| (k.number, k.frame.raw.len(), k.said.len(), k.unsaid)).collect();
        assert_eq!(shown, expected, "of {frames:?} after {after}");
    }

    #[test]
    fn the_oldest_goes_for_the_newest_whatever_is_full() {
        const HALF: usize = RECENT_BYTES_MAX / 2;
        check(&[], 0, &[]);
        check(&[(3, 1), (4, 2)], 0, &[(1, 3, 1, 0), (2, 4, 2, 0)]);
        check(&[(3, 1), (4, 2)], 1, &[(2, 4, 2, 0)]);
        check(&[(3, 1), (4, 2)], 2, &[]);
        check(&[(3, 1), (4, 2)], 7, &[(1, 3, 1, 0), (2, 4, 2, 0)]);
        check(&[(HALF, 1), (HALF, 1), (1, 1)], 0, &[(2, HALF, 1, 0), (3, 1, 1, 0)]);
        check(&[(1, 500), (1, 12), (1, 1)], 0, &[(2, 1, 12, 0), (3, 1, 1, 0)]);
        let many = vec![(1, 1); RECENT_FRAMES_MAX + 5];
        let left: Vec<_> = (6..=RECENT_FRAMES_MAX as u64 + 5).map(|n| (n, 1, 1, 0)).collect();
        check(&many, 0, &left);
    }

    #[test]
    fn a_frame_beyond_all_bounds_is_kept_as_far_as_it_fits() {
        let mut recent = Recent::default();
        recent.push(&frame(FrameKind::Understood, b"before"), &facts(1));
        recent.push(
            &frame(FrameKind::Understood, &vec![b'x'; RECENT_BYTES_MAX + 9]),
            &facts(RECENT_FACTS_MAX as u64 + 7),
        );
        let kept = recent.after(0);
        assert_eq!(kept.len(), 1, "what was before had to go");
        assert_eq!((kept[0].frame.raw.len(), kept[0].length), (RECENT_BYTES_MAX, RECENT_BYTES_MAX as u64 + 9));
        assert_eq!((kept[0].said.len(), kept[0].unsaid), (RECENT_FACTS_MAX, 7));
    }

    #[test]
    fn each_frame_keeps_its_own_facts() {
        let mut recent = Recent::default();
        for n in 0..3 * RECENT_FRAMES_MAX as u64 {
            let skip = What::Skipped { bytes: n..n + 1, skip: Skip::Checksum };
            let said = if n % 3 == 0 { vec![] } else { vec![skip; 2] };
            recent.push(&frame(FrameKind::Noise, b"x"), &said);
        }
        for kept in recent.after(0) {
            let n = kept.number - 1;
            assert_eq!(kept.said.len(), if n % 3 == 0 { 0 } else { 2 }, "frame {n}");
            assert!(
                kept.said.iter().all(|w| matches!(w, What::Skipped { bytes, .. } if bytes.start == n)),
                "frame {n}"
            );
        }
    }

    #[test]
    fn text_a_wrong_mode_and_plain_noise_are_told_apart() {
        let check = |raw: &[u8], skip, expected| {
            let mut recent = Recent::default();
            recent.push(&frame(FrameKind::Understood, b"HR= 61\r\n"), &[]);
            if !raw.is_empty() {
                recent.push(&frame(FrameKind::Noise, raw), &[What::Skipped { bytes: 8..9, skip }]);
            }
            assert_eq!(recent.noise(), expected, "{raw:?}");
        };
        check(b"", Skip::NotAFrame, None);
        check(b"SPO2=097 BPM=072\r\n", Skip::NotAFrame, Some(Noise::Text));
        check(b"SPO2=097 B\xffM=072\r\n", Skip::NotAFrame, Some(Noise::Text));
        check(b"\x8c\x0c\xf0A\x00z\xfe", Skip::NotAFrame, Some(Noise::Binary));
        check(b"\x8c\x0c\xf0A\x00z\xfe", Skip::WrongMode, Some(Noise::WrongMode));
    }
}
