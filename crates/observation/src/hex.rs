//! Digests, keys and signatures as text: two lower-case hexadecimal digits a byte.

use core::fmt;

/// Bytes as they are shown.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads back exactly so many bytes; `None` for anything else, capital letters included.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn bytes_come_back_from_their_digits_and_nothing_else_does() {
        let bytes = [0, 1, 0x9f, 0xff];
        assert_eq!(Hex(&bytes).to_string(), "00019fff");
        assert_eq!(unhex::<4>("00019fff"), Some(bytes));
        for bad in ["", "00019ff", "00019fff0", "00019fFF", "0001 9ff", "é019ff"] {
            assert_eq!(unhex::<4>(bad), None, "{bad}");
        }
    }
}
