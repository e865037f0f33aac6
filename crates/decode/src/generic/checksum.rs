//! Check digits at the end of a line.

use alloc::boxed::Box;

/// How check digits are computed. Only sums with a name that means one thing; a CRC's name is that of the "CRC catalogue".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    /// All bytes, exclusive or.
    Xor8,
    /// All bytes added, modulo 256.
    Sum8,
    /// What added to all bytes gives 0, modulo 256.
    Complement8,
    /// CRC-16/ARC.
    Crc16Arc,
    /// CRC-16/MODBUS.
    Crc16Modbus,
    /// CRC-16/XMODEM.
    Crc16Xmodem,
    /// CRC-16/IBM-3740, also known as CCITT-FALSE.
    Crc16Ibm3740,
    /// CRC-16/KERMIT.
    Crc16Kermit,
}

impl Sum {
    pub(super) const ALL: &'static [Self] = &[
        Self::Xor8,
        Self::Sum8,
        Self::Complement8,
        Self::Crc16Arc,
        Self::Crc16Modbus,
        Self::Crc16Xmodem,
        Self::Crc16Ibm3740,
        Self::Crc16Kermit,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Xor8 => "xor8",
            Self::Sum8 => "sum8",
            Self::Complement8 => "sum8-complement",
            Self::Crc16Arc => "crc-16/arc",
            Self::Crc16Modbus => "crc-16/modbus",
            Self::Crc16Xmodem => "crc-16/xmodem",
            Self::Crc16Ibm3740 => "crc-16/ibm-3740",
            Self::Crc16Kermit => "crc-16/kermit",
        }
    }

    /// Hex digits it is printed with.
    pub(super) const fn digits(self) -> usize {
        match self {
            Self::Xor8 | Self::Sum8 | Self::Complement8 => 2,
            _ => 4,
        }
    }

    fn of(self, bytes: &[u8]) -> u16 {
        let sum = || bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        match self {
            Self::Xor8 => u16::from(bytes.iter().fold(0, |all, byte| all ^ byte)),
            Self::Sum8 => u16::from(sum()),
            Self::Complement8 => u16::from(sum().wrapping_neg()),
            Self::Crc16Arc => reflected(bytes, 0xA001, 0x0000),
            Self::Crc16Modbus => reflected(bytes, 0xA001, 0xFFFF),
            Self::Crc16Kermit => reflected(bytes, 0x8408, 0x0000),
            Self::Crc16Xmodem => plain(bytes, 0x1021, 0x0000),
            Self::Crc16Ibm3740 => plain(bytes, 0x1021, 0xFFFF),
        }
    }
}

fn plain(bytes: &[u8], polynomial: u16, start: u16) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let carry = crc & 0x8000 != 0;
            (crc << 1) ^ if carry { polynomial } else { 0 }
        })
    })
}

fn reflected(bytes: &[u8], polynomial: u16, start: u16) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| {
            let carry = crc & 1 != 0;
            (crc >> 1) ^ if carry { polynomial } else { 0 }
        })
    })
}

/// The check digits of a form of line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) sum: Sum,
    /// First character it covers, from 0.
    pub(super) from: usize,
    /// What stands between the covered text and the digits, and is not covered.
    pub(super) behind: Option<Box<str>>,
}

/// Why check digits do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckError {
    /// They are not there: the line was cut, or is another one.
    Missing,
    /// They are there and say something else than the line gives.
    Differs {
        /// What the line gives.
        computed: u16,
    },
}

impl Check {
    /// The line without its check digits, when they fit.
    pub(super) fn verify<'a>(&self, line: &'a [u8]) -> Result<&'a [u8], CheckError> {
        let at = line.len().checked_sub(self.sum.digits()).ok_or(CheckError::Missing)?;
        let (body, digits) = line.split_at(at);
        let said = digits.iter().try_fold(0_u16, |value, digit| {
            let digit = char::from(*digit).to_digit(16).and_then(|d| u16::try_from(d).ok())?;
            Some((value << 4) | digit)
        });
        let body = match &self.behind {
            Some(mark) => body.strip_suffix(mark.as_bytes()).ok_or(CheckError::Missing)?,
            None => body,
        };
        let computed = self.sum.of(body.get(self.from..).ok_or(CheckError::Missing)?);
        match said {
            None => Err(CheckError::Missing),
            Some(said) if said == computed => Ok(body),
            Some(_) => Err(CheckError::Differs { computed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value each sum has for `123456789`: the check of the CRC catalogue, the others computed by hand.
    #[test]
    fn sums_give_their_published_check_values() {
        for (sum, expected) in [
            (Sum::Xor8, 0x31),
            (Sum::Sum8, 0xDD),
            (Sum::Complement8, 0x23),
            (Sum::Crc16Arc, 0xBB3D),
            (Sum::Crc16Modbus, 0x4B37),
            (Sum::Crc16Xmodem, 0x31C3),
            (Sum::Crc16Ibm3740, 0x29B1),
            (Sum::Crc16Kermit, 0x2189),
        ] {
            assert_eq!(sum.of(b"123456789"), expected, "{}", sum.word());
        }
    }

    #[test]
    fn digits_are_taken_in_either_case_and_only_where_they_belong() {
        let check = Check { sum: Sum::Xor8, from: 1, behind: Some("*".into()) };
        // The sentence of a GPS receiver's manual.
        let line = b"$GPGLL,5300.97914,N,00259.98174,E,125926,A*28";
        assert_eq!(check.verify(line), Ok(&line[..line.len() - 3]));
        assert_eq!(check.verify(b"$A*41"), Ok(&b"$A"[..]));
        assert_eq!(check.verify(b"$O*4f"), Ok(&b"$O"[..]));
        assert_eq!(check.verify(b"$A*42"), Err(CheckError::Differs { computed: 0x41 }));
        for missing in [&b"$A*4"[..], b"$A", b"", b"*00", b"$A*4G", b"$A+41"] {
            assert_eq!(check.verify(missing), Err(CheckError::Missing), "{missing:?}");
        }
    }
}
