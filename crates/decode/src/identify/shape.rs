//! What bytes look like, whatever they mean: text, zeros for wrong parity, or bits that last too long.
//!
//! A receiver set to another speed than the sender still hears bytes. When the sender is slower, each of its bits lasts for
//! several of the receiver's, so that single bits become rare. How long the shortest bits are says how much slower it is.

use crate::catalog::Parity;

/// Fewest bytes anything is concluded from: half of the shortest text line of a monitor that sends one a second.
pub(super) const BYTES_MIN: u64 = 24;
/// Longest run of equal bits in a character that has an edge at both ends: the start bit and eight data bits.
const RUN_MAX: usize = 9;
/// A sender that is slower by more than this cannot have two edges inside a character's data bits.
const INNER_MAX: usize = 4;

/// Lengths of runs of equal bits, counted.
type Runs = [u64; RUN_MAX + 1];

/// How much slower the sender is than the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slower {
    /// By about this factor. Where a receiver begins inside a long bit, a larger one may look like half of it.
    Times(u32),
    /// By nine times or more: the start bit alone fills a character.
    Far,
}

/// Counts over the bytes heard at one setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    bytes: u64,
    printable: u64,
    line_ends: u64,
    zeros: u64,
    /// Runs that begin with the start bit. Some receivers begin a character in the middle of a long bit, which then looks
    /// shorter than it is.
    first: Runs,
    /// Runs between two edges inside the data bits.
    inner: Runs,
}

impl Shape {
    /// Counts more bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.bytes += 1;
            self.printable += u64::from(matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'));
            self.line_ends += u64::from(matches!(byte, b'\r' | b'\n'));
            self.zeros += u64::from(*byte == 0);
            self.count_runs(*byte);
        }
    }

    /// The bits of a character in the order they came: the start bit is 0; the run that reaches the stop bit has no edge
    /// of its own and is not counted.
    fn count_runs(&mut self, byte: u8) {
        let (mut level, mut length, mut first) = (false, 1, true);
        for bit in (0..8).map(|n| byte >> n & 1 == 1) {
            if bit == level {
                length += 1;
                continue;
            }
            let runs = if first { &mut self.first } else { &mut self.inner };
            runs[length] += 1;
            (level, length, first) = (bit, 1, false);
        }
    }

    fn share(&self, part: u64, percent: u64) -> bool {
        self.bytes >= BYTES_MIN && part * 100 >= self.bytes * percent
    }

    /// Printable text with line ends and next to nothing else: speed and parity are right.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.line_ends > 0 && self.share(self.printable, 97)
    }

    /// At a setting with parity the system reads a byte with a wrong one as zero: text with many zeros in it is heard at the
    /// right speed with a wrong parity.
    #[must_use]
    pub fn is_text_of_other_parity(&self, parity: Parity) -> bool {
        let some_zeros = self.share(self.zeros, 20) && !self.is_zeros();
        parity != Parity::None && self.line_ends > 0 && some_zeros && self.share(self.printable + self.zeros, 97)
    }

    /// Next to nothing but zeros.
    #[must_use]
    pub fn is_zeros(&self) -> bool {
        self.share(self.zeros, 80)
    }

    /// How much slower the sender is than the setting; `None` when its bits are as short as ours, or too little was heard.
    /// Only without parity: with it, wrong bytes are read as zeros, whatever their bits were.
    #[must_use]
    pub fn slower(&self, parity: Parity) -> Option<Slower> {
        if parity != Parity::None || self.bytes < BYTES_MIN {
            return None;
        }
        let times = |runs: usize| u32::try_from(runs).ok().map(Slower::Times);
        let inner: u64 = self.inner.iter().sum();
        if inner * 10 >= self.bytes {
            let single = self.inner[1] * 100 > inner * 4;
            return if single { None } else { times((2..=RUN_MAX).find(|n| self.inner[*n] * 10 >= inner)?) };
        }
        if self.first[1] * 10 >= self.bytes {
            // Single start bits without a second edge: the bytes FE, FF and their like, as they are.
            return None;
        }
        let most = (INNER_MAX + 1..RUN_MAX).max_by_key(|n| self.first[*n])?;
        // Zeros are natural here: two long bits in a row fill a character.
        if self.first[most] * 10 >= self.bytes { times(most) } else { Some(Slower::Far) }
    }

    /// Enough was heard, and bits as short as ours were in it: the sender is not slower than the setting.
    pub(super) fn is_sharp(&self, parity: Parity) -> bool {
        parity == Parity::None && self.bytes >= BYTES_MIN && self.slower(parity).is_none()
    }
}
