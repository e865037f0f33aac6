//! Big-endian fields out of a slice that shrinks from the front. Every read is checked; `None` is "not there".

/// What is left to read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// Two bytes.
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes as they stand.
    pub(super) fn eight(&mut self) -> Option<[u8; 8]> {
        self.array()
    }

    /// A length of two bytes and that many bytes.
    pub(super) fn sized(&mut self) -> Option<Self> {
        let length = self.u16()?;
        self.take(usize::from(length)).map(Self)
    }

    /// A count of two bytes, a length of two bytes, and that many bytes.
    pub(super) fn list(&mut self) -> Option<(u16, Self)> {
        Some((self.u16()?, self.sized()?))
    }
}
