//! GE / Critikon DINAMAP host communications, ASCII (fact sheet, serial, section 1, "Allowed requests").
//!
//! A request is the unit identifier (a blank), two letters, two characters of checksum and a CR. The neighbours differ by a
//! letter: `NC` starts the cuff, `ND` stops it.

use crate::Frame;

pub(crate) const READ_NIBP: Frame = read(*b"NA");
pub(crate) const READ_OXIMETER: Frame = read(*b"OA");
pub(crate) const READ_RATE: Frame = read(*b"RA");
pub(crate) const READ_CUFF_RATE: Frame = read(*b"RC");
pub(crate) const READ_TEMPERATURE: Frame = read(*b"TC");

/// The request of these two letters, with the checksum over all characters before it: the sum of each one's distance from
/// 0x1F, as two characters of six bits each.
const fn read(code: [u8; 2]) -> Frame {
    const BELOW: u8 = 0x1F;
    let unit = b' ';
    let sum = (unit - BELOW) as u16 + (code[0] - BELOW) as u16 + (code[1] - BELOW) as u16;
    let high = 0x20 + ((sum >> 6) & 0x3F) as u8;
    let low = 0x20 + (sum & 0x3F) as u8;
    Frame::of(&[unit, code[0], code[1], high, low, b'\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_the_fact_sheet() {
        for (frame, expected) in [
            (READ_NIBP, b" NA!2\r"),
            (READ_OXIMETER, b" OA!3\r"),
            (READ_RATE, b" RA!6\r"),
            (READ_CUFF_RATE, b" RC!8\r"),
            (READ_TEMPERATURE, b" TC!:\r"),
        ] {
            assert_eq!(&*frame, expected);
        }
    }
}
