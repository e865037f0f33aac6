//! The bytes of a request.

use core::fmt;
use core::ops::Deref;

/// Most bytes of a frame. The longest, an IntelliVue association request of 238 bytes, may double when every byte of it has to
/// be escaped on a serial line.
pub const FRAME_MAX: usize = 512;

/// The bytes of a request. Only this crate makes one.
#[derive(Clone, Copy)]
pub struct Frame {
    bytes: [u8; FRAME_MAX],
    length: usize,
}

impl Frame {
    pub(crate) const EMPTY: Self = Self { bytes: [0; FRAME_MAX], length: 0 };

    /// A frame of fixed bytes.
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        Self::EMPTY.all(bytes)
    }

    /// The same frame and one byte more.
    pub(crate) const fn with(mut self, byte: u8) -> Self {
        self.bytes[self.length] = byte;
        self.length += 1;
        self
    }

    /// The same frame and these bytes.
    pub(crate) const fn all(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self = self.with(bytes[at]);
            at += 1;
        }
        self
    }

    /// The same frame and two bytes, big-endian.
    pub(crate) const fn u16(self, number: u16) -> Self {
        self.all(&number.to_be_bytes())
    }

    /// The same frame and four bytes, big-endian.
    pub(crate) const fn u32(self, number: u32) -> Self {
        self.all(&number.to_be_bytes())
    }

    /// The same frame, and `part` behind its length in two bytes.
    pub(crate) const fn sized(self, part: &Self) -> Self {
        self.u16(part.length as u16).all(part.bytes())
    }

    /// The same frame, and `part` behind a count and its length, two bytes each.
    pub(crate) const fn list(self, count: u16, part: &Self) -> Self {
        self.u16(count).sized(part)
    }

    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    pub(crate) const fn bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }
}

impl Deref for Frame {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|byte| write!(f, "{byte:02X} "))
    }
}
