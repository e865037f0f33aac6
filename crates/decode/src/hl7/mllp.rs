//! Messages out of a stream of bytes: MLLP frames, and in files also bare messages.
//!
//! MLLP: `0x0B` message `0x1C 0x0D`. A frame is found by its bytes, never by socket reads: one read may hold 23 frames or
//! a third of one. What real senders do wrong and what happens then stands in [`Framer`].

use alloc::vec::Vec;
use chairside_observation::Skip;
use core::ops::Range;
use memchr::{memchr, memchr2, memmem};

/// First byte of an MLLP frame.
pub const START_BLOCK: u8 = 0x0B;
/// Last byte but one of an MLLP frame.
pub const END_BLOCK: u8 = 0x1C;
/// Last byte of an MLLP frame.
pub const CARRIAGE_RETURN: u8 = 0x0D;

/// Longest message taken, framing included. A vitals message of 129 rows has 18 KB and one with waveforms some hundred;
/// what is longer is skipped as "too long", and a listener closes the connection.
pub const MESSAGE_MAX: usize = 1 << 20;

/// Bytes between messages are told of in pieces of this size, so that endless noise becomes visible while it lasts.
pub const NOISE_MAX: usize = 4096;

/// Which bytes begin a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Only `0x0B`: sockets.
    Mllp,
    /// `0x0B`, or `MSH` at the begin of a line: files, where framing bytes are often lost.
    MllpOrBare,
}

/// One stretch of the stream. All stretches, in order, tile it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Range in the stream, framing bytes included.
    pub bytes: Range<u64>,
    /// What it is.
    pub kind: CutKind,
}

/// What a [`Cut`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutKind {
    /// A complete message.
    Message,
    /// A bare message whose last line has no end: the stream stopped there, so its last field may be cut.
    Unterminated,
    /// Not a message.
    Skipped(Skip),
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Outside any message; why these bytes are skipped.
    Between(Skip),
    /// `held[start]` is a start block.
    Framed,
    /// `held[start]` is the `M` of a bare message.
    Bare,
    /// A message ends before this index; one more byte tells whether a carriage return belongs to it.
    Ended(usize),
}

/// Cuts a stream into messages and the bytes between them.
///
/// | seen | done |
/// | --- | --- |
/// | bytes before `0x0B` | skipped as "between frames" |
/// | `0x1C` without `0x0D` | ends the message; it is handed over with the next byte, or by [`Framer::quiet`] |
/// | `0x0B` inside an open frame | the open frame was cut off and is skipped as such; a new one begins |
/// | more than [`MESSAGE_MAX`] bytes | skipped as "too long" up to the next begin |
/// | file framing: a cut-off frame with `MSH` at the begin of a line | a bare message begins there |
///
/// Any split of the same bytes into [`Framer::push`] calls gives the same cuts.
#[derive(Debug)]
pub struct Framer {
    framing: Framing,
    held: Vec<u8>,
    /// Place of `held[0]` in the stream.
    base: u64,
    /// Where the stretch not yet told of begins in `held`.
    start: usize,
    /// Up to here `held` was looked at.
    seen: usize,
    state: State,
}

impl Framer {
    /// Most bytes kept between calls.
    ///
    /// A bare message is decided three bytes late, and a framed one waits for its carriage return.
    pub const MAX_HELD: usize = MESSAGE_MAX + 4;

    /// A framer at byte 0 of a stream.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        Self { framing, held: Vec::new(), base: 0, start: 0, seen: 0, state: State::Between(Skip::BetweenFrames) }
    }

    /// Appends bytes; call [`Framer::next_cut`] until it says `None` before the next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.drop_told();
        self.held.extend_from_slice(bytes);
    }

    /// The bytes of a cut, framing included; empty once more bytes were pushed.
    #[must_use]
    pub fn raw(&self, cut: &Cut) -> &[u8] {
        let at = |place: u64| usize::try_from(place.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.held.get(at(cut.bytes.start)..at(cut.bytes.end)).unwrap_or(&[])
    }

    /// The next cut, or `None` when more bytes are needed to tell.
    pub fn next_cut(&mut self) -> Option<Cut> {
        loop {
            let step = match self.state {
                State::Between(why) => self.between(why),
                State::Framed => self.framed(),
                State::Bare => self.bare(),
                State::Ended(end) => self.ended(end),
            };
            match step {
                Step::More => return None,
                Step::Again => {}
                Step::Cut(cut) => return Some(cut),
            }
        }
    }

    /// Nothing more came for a while: a message that only waits for its carriage return is handed over. Needed for
    /// senders that end with `0x1C` alone and wait for the acknowledgement.
    pub fn quiet(&mut self) -> Option<Cut> {
        match self.state {
            State::Ended(end) => Some(self.cut(end, CutKind::Message, State::Between(Skip::BetweenFrames))),
            _ => None,
        }
    }

    /// The stream ended: call until `None`, which also makes the framer new but for its place.
    pub fn finish(&mut self) -> Option<Cut> {
        if let Some(cut) = self.next_cut() {
            return Some(cut);
        }
        let len = self.held.len();
        if self.start < len {
            return Some(match self.state {
                State::Ended(end) => self.cut(end, CutKind::Message, State::Between(Skip::BetweenFrames)),
                State::Between(why) => self.cut(len, CutKind::Skipped(why), self.state),
                State::Framed => self.cut_off(len),
                State::Bare => {
                    let whole = self.held.last().is_some_and(|b| matches!(b, b'\r' | b'\n'));
                    let kind = if whole { CutKind::Message } else { CutKind::Unterminated };
                    self.cut(len, kind, State::Between(Skip::BetweenFrames))
                }
            });
        }
        self.drop_told();
        self.state = State::Between(Skip::BetweenFrames);
        None
    }

    fn drop_told(&mut self) {
        if self.start > 0 {
            self.held.copy_within(self.start.., 0);
            self.held.truncate(self.held.len() - self.start);
            self.base += self.start as u64;
            self.seen -= self.start;
            if let State::Ended(end) = &mut self.state {
                *end -= self.start;
            }
            self.start = 0;
        }
    }

    fn cut(&mut self, end: usize, kind: CutKind, next: State) -> Cut {
        let bytes = self.base + self.start as u64..self.base + end as u64;
        (self.start, self.seen, self.state) = (end, end, next);
        Cut { bytes, kind }
    }

    /// The open frame ends at `end` without an end block. In a file a bare message may stand in it.
    fn cut_off(&mut self, end: usize) -> Cut {
        let kind = CutKind::Skipped(Skip::CutOff);
        if self.framing == Framing::MllpOrBare {
            let body = &self.held[self.start + 1..end];
            let begins_well = is_header(body);
            let bare = memmem::find_iter(body, b"MSH")
                .filter(|at| is_header(&body[*at..]))
                .find(|at| !begins_well || (*at > 0 && matches!(body[*at - 1], b'\r' | b'\n')));
            if let Some(at) = bare {
                return self.cut(self.start + 1 + at, kind, State::Bare);
            }
        }
        self.cut(end, kind, State::Between(Skip::BetweenFrames))
    }

    fn between(&mut self, why: Skip) -> Step {
        let open = memchr(START_BLOCK, &self.held[self.seen..]).map(|at| self.seen + at);
        let until = open.unwrap_or(self.held.len());
        let bare = match self.framing {
            Framing::Mllp => None,
            Framing::MllpOrBare => find_header(&self.held, self.seen, until),
        };
        // The last three bytes may be the begin of a header that goes on in the next piece.
        let undecided = if self.framing == Framing::MllpOrBare { 3 } else { 0 };
        let (found, next) = match (bare, open) {
            (Some(at), _) => (at, State::Bare),
            (None, Some(at)) => (at, State::Framed),
            (None, None) => (self.held.len().saturating_sub(undecided).max(self.seen), State::Between(why)),
        };
        if found - self.start >= NOISE_MAX {
            let end = self.start + NOISE_MAX;
            return Step::Cut(self.cut(end, CutKind::Skipped(why), State::Between(why)));
        }
        if matches!(next, State::Between(_)) {
            self.seen = found;
            return Step::More;
        }
        if found > self.start {
            return Step::Cut(self.cut(found, CutKind::Skipped(why), next));
        }
        (self.state, self.seen) = (next, found + 1);
        Step::Again
    }

    fn framed(&mut self) -> Step {
        let from = self.seen.max(self.start + 1);
        let Some(tail) = self.held.get(from..) else { return Step::More };
        let found = memchr2(START_BLOCK, END_BLOCK, tail).map(|at| from + at);
        if let Some(step) = self.too_long(found) {
            return step;
        }
        match found {
            None => self.more(),
            Some(at) if self.held[at] == END_BLOCK => self.end_at(at + 1),
            Some(at) => Step::Cut(self.cut_off(at)),
        }
    }

    fn bare(&mut self) -> Step {
        let from = self.seen.max(self.start + 1);
        let Some(tail) = self.held.get(from..) else { return Step::More };
        let mark = memchr2(START_BLOCK, END_BLOCK, tail).map(|at| from + at);
        let until = mark.unwrap_or(self.held.len());
        let mut next = find_header(&self.held, from, until);
        while let Some(at) = next
            && !matches!(self.held[at - 1], b'\r' | b'\n')
        {
            next = find_header(&self.held, at + 1, until);
        }
        let found = next.or(mark);
        if let Some(step) = self.too_long(found) {
            return step;
        }
        match (next, mark) {
            (Some(at), _) => Step::Cut(self.cut(at, CutKind::Message, State::Bare)),
            (None, Some(at)) if self.held[at] == END_BLOCK => self.end_at(at + 1),
            (None, Some(at)) => Step::Cut(self.cut(at, CutKind::Message, State::Framed)),
            (None, None) => {
                self.seen = self.held.len().saturating_sub(3).max(from);
                Step::More
            }
        }
    }

    fn ended(&mut self, end: usize) -> Step {
        match self.held.get(end) {
            None => Step::More,
            Some(byte) => {
                let end = end + usize::from(*byte == CARRIAGE_RETURN);
                Step::Cut(self.cut(end, CutKind::Message, State::Between(Skip::BetweenFrames)))
            }
        }
    }

    fn end_at(&mut self, end: usize) -> Step {
        self.state = State::Ended(end);
        Step::Again
    }

    fn more(&mut self) -> Step {
        self.seen = self.held.len();
        Step::More
    }

    /// Whether the open message is longer than any may be; `found` is where it would end.
    fn too_long(&mut self, found: Option<usize>) -> Option<Step> {
        // A bare message is decided up to three bytes late, so its length is judged where it would end.
        let reach = found.unwrap_or_else(|| self.held.len().saturating_sub(3));
        (reach.saturating_sub(self.start) + 2 > MESSAGE_MAX).then(|| {
            let end = self.start + MESSAGE_MAX;
            Step::Cut(self.cut(end, CutKind::Skipped(Skip::TooLong), State::Between(Skip::TooLong)))
        })
    }
}

enum Step {
    More,
    Again,
    Cut(Cut),
}

/// Whether `bytes` begin with `MSH` and a field separator.
fn is_header(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MSH") && bytes.get(3).is_some_and(u8::is_ascii_punctuation)
}

/// First header that begins in `from..until`.
fn find_header(held: &[u8], from: usize, until: usize) -> Option<usize> {
    let area = held.get(from..until)?;
    memmem::find_iter(area, b"MSH").map(|at| from + at).find(|at| is_header(&held[*at..until]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;
    use expect_test::{Expect, expect};

    fn cuts(framing: Framing, stream: &[u8], piece: usize) -> String {
        let mut framer = Framer::new(framing);
        let mut text = String::new();
        let mut show = |framer: &Framer, cut: &Cut| {
            let raw = framer.raw(cut);
            assert_eq!(raw.len() as u64, cut.bytes.end - cut.bytes.start);
            let kind = match cut.kind {
                CutKind::Message => "message",
                CutKind::Unterminated => "unterminated",
                CutKind::Skipped(skip) => skip.word(),
            };
            text.push_str(&format!("{}..{} {kind}\n", cut.bytes.start, cut.bytes.end));
        };
        for bytes in stream.chunks(piece.max(1)) {
            framer.push(bytes);
            while let Some(cut) = framer.next_cut() {
                show(&framer, &cut);
            }
        }
        while let Some(cut) = framer.finish() {
            show(&framer, &cut);
        }
        text
    }

    fn check(framing: Framing, stream: &[u8], expected: &Expect) {
        let whole = cuts(framing, stream, stream.len());
        expected.assert_eq(&whole);
        for piece in 1..stream.len() {
            assert_eq!(cuts(framing, stream, piece), whole, "in pieces of {piece}");
        }
    }

    #[test]
    fn frames_back_to_back_are_all_found() {
        check(
            Framing::Mllp,
            b"\x0BMSH|a\r\x1C\r\x0BMSH|b\r\x1C\r",
            &expect![[r"
            0..9 message
            9..18 message
        "]],
        );
    }

    #[test]
    fn bytes_between_frames_are_told_of() {
        check(
            Framing::Mllp,
            b"\r\n\x0BMSH|a\x1C\r\nxx\x0BMSH|b\x1C\r",
            &expect![[r"
            0..2 between frames
            2..10 message
            10..13 between frames
            13..21 message
        "]],
        );
    }

    #[test]
    fn an_end_block_without_carriage_return_ends_the_message() {
        check(
            Framing::Mllp,
            b"\x0BMSH|a\x1C\x0BMSH|b\x1C",
            &expect![[r"
            0..7 message
            7..14 message
        "]],
        );
    }

    #[test]
    fn a_start_block_in_an_open_frame_means_the_frame_was_cut_off() {
        check(
            Framing::Mllp,
            b"\x0BMSH|a\r\x0BMSH|b\x1C\r",
            &expect![[r"
            0..7 cut off
            7..15 message
        "]],
        );
    }

    #[test]
    fn a_frame_the_stream_ends_in_is_cut_off() {
        check(
            Framing::Mllp,
            b"\x0BMSH|a\rOBX|1",
            &expect![[r"
            0..12 cut off
        "]],
        );
    }

    #[test]
    fn strict_framing_takes_no_bare_message() {
        check(
            Framing::Mllp,
            b"MSH|a\rMSH|b\r",
            &expect![[r"
            0..12 between frames
        "]],
        );
    }

    #[test]
    fn bare_messages_begin_at_msh_at_the_begin_of_a_line() {
        check(
            Framing::MllpOrBare,
            b"\xEF\xBB\xBFMSH|a\rOBX|the MSH|of it\r\nMSH|b\n",
            &expect![[r#"
            0..3 between frames
            3..28 message
            28..34 message
        "#]],
        );
    }

    #[test]
    fn a_bare_message_may_be_followed_by_a_frame_and_end_without_a_line_end() {
        check(
            Framing::MllpOrBare,
            b"MSH|a\r\x0BMSH|b\x1C\rMSH|c",
            &expect![[r"
            0..6 message
            6..14 message
            14..19 unterminated
        "]],
        );
    }

    #[test]
    fn in_a_file_a_bare_message_after_a_stray_start_block_is_found() {
        check(
            Framing::MllpOrBare,
            b"\x0B?MSH|a\rMSH|b\r",
            &expect![[r"
            0..2 cut off
            2..8 message
            8..14 message
        "]],
        );
        check(
            Framing::MllpOrBare,
            b"\x0BMSH|a\rOBX|\rMSH|b\r",
            &expect![[r"
            0..12 cut off
            12..18 message
        "]],
        );
    }

    #[test]
    fn quiet_hands_over_a_message_that_waits_for_its_carriage_return() {
        let mut framer = Framer::new(Framing::Mllp);
        framer.push(b"\x0BMSH|a\x1C");
        assert_eq!(framer.next_cut(), None);
        let cut = framer.quiet().unwrap();
        assert_eq!((framer.raw(&cut), cut.kind), (&b"\x0BMSH|a\x1C"[..], CutKind::Message));
        framer.push(b"\r\x0BMSH|b");
        assert_eq!(framer.next_cut().unwrap().kind, CutKind::Skipped(Skip::BetweenFrames));
        assert_eq!(framer.quiet(), None, "an open frame is not a message");
    }

    #[test]
    fn p12_the_longest_message_is_taken_and_one_byte_more_is_not() {
        for framing in [Framing::Mllp, Framing::MllpOrBare] {
            for (len, expected) in [(MESSAGE_MAX, "message"), (MESSAGE_MAX + 1, "too long")] {
                let mut stream = vec![b'x'; len];
                stream[..5].copy_from_slice(b"\x0BMSH|");
                stream[len - 2..].copy_from_slice(b"\x1C\r");
                stream.extend_from_slice(b"\x0BMSH|b\x1C\r");
                for piece in [997, 65_536, stream.len()] {
                    let text = cuts(framing, &stream, piece);
                    let first = text.lines().next().unwrap();
                    assert!(first.ends_with(expected), "{len} in pieces of {piece}: {text}");
                    assert!(text.ends_with(" message\n"), "the next frame is found: {text}");
                }
            }
        }
    }

    #[test]
    fn h24_endless_noise_is_told_of_while_it_lasts() {
        let mut framer = Framer::new(Framing::MllpOrBare);
        framer.push(&vec![b'M'; 3 * NOISE_MAX]);
        let first = framer.next_cut().unwrap();
        assert_eq!(first.bytes, 0..NOISE_MAX as u64);
    }
}
