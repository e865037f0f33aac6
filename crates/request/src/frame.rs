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
        let mut frame = Self::EMPTY;
        let mut at = 0;
        while at < bytes.len() {
            frame = frame.with(bytes[at]);
            at += 1;
        }
        frame
    }

    /// The same frame and one byte more.
    pub(crate) const fn with(mut self, byte: u8) -> Self {
        self.bytes[self.length] = byte;
        self.length += 1;
        self
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
