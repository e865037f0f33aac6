//! The native binary stream of a PRO monitor: recognised so that the user can be told, never read.
//!
//! Blocks of 18 bytes at 50 Hz: sequence, status, ten wave bytes, three parameter bytes, two check bytes of which the
//! second is the ones' complement of the first, ones' complement of the sequence.

/// Bytes of a block.
pub(super) const BLOCK: usize = 18;
/// Blocks in a row that prove the stream: 48 bits have to fit by chance, and text cannot fit at all, for one byte of each
/// complement pair has bit 7.
pub(super) const PROOF: usize = 3;

/// Whether `count` blocks stand here; `None` when more bytes will tell.
pub(super) fn blocks(bytes: &[u8], count: usize) -> Option<bool> {
    for number in 0..count {
        let block = bytes.get(number * BLOCK..(number + 1) * BLOCK)?;
        if block[0] ^ block[17] != 0xFF || block[15] ^ block[16] != 0xFF {
            return Some(false);
        }
    }
    Some(true)
}
