//! GE / Datex-Ohmeda S/5 DRI (fact sheet, serial, section 6, "Allowed requests"). A request selects what is sent; it changes
//! nothing on the monitor.
//!
//! A record of 49 bytes: its length, main type 0 (physiological), one descriptor and the end of the list, then what is
//! asked for. Between flags, with an 8-bit sum.

use crate::Frame;

/// Seconds between the displayed values: the least the specification allows.
const EVERY_S: i16 = 5;
const ONCE: i16 = -1;
const STOP: i16 = 0;

const DISPLAYED: u8 = 1;
const AUXILIARY: u8 = 4;

/// All extension classes beside the basic one: they are kept with the raw record.
const ALL_CLASSES: u8 = 0x0E;
const BASIC_CLASS: u8 = 0;

pub(crate) const DISPLAYED_EVERY_5_S: Frame = request(DISPLAYED, EVERY_S, ALL_CLASSES);
pub(crate) const AUXILIARY_ONCE: Frame = request(AUXILIARY, ONCE, BASIC_CLASS);
pub(crate) const DISPLAYED_STOP: Frame = request(DISPLAYED, STOP, ALL_CLASSES);

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;
/// Escaped bytes are sent without this bit.
const ESCAPED: u8 = 0x20;
const LENGTH: usize = 49;

const fn request(kind: u8, interval_s: i16, classes: u8) -> Frame {
    let mut record = [0; LENGTH];
    record[0] = 0x31;
    // The second descriptor's type: the list has one.
    record[21] = 0xFF;
    record[40] = kind;
    [record[41], record[42]] = interval_s.to_le_bytes();
    record[43] = classes;
    let (mut frame, mut sum, mut at) = (Frame::of(&[FLAG]), 0_u8, 0);
    while at < LENGTH {
        frame = escaped(frame, record[at]);
        sum = sum.wrapping_add(record[at]);
        at += 1;
    }
    escaped(frame, sum).with(FLAG)
}

const fn escaped(frame: Frame, byte: u8) -> Frame {
    match byte {
        FLAG | ESCAPE => frame.with(ESCAPE).with(byte & !ESCAPED),
        _ => frame.with(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_built_as_the_worked_example_of_the_specification() {
        let frame = request(DISPLAYED, 10, ALL_CLASSES);
        let mut expected = [0; 52];
        expected[..3].copy_from_slice(&[0x7E, 0x31, 0x00]);
        expected[22] = 0xFF;
        expected[41..].copy_from_slice(&[0x01, 0x0A, 0, 0x0E, 0, 0, 0, 0, 0, 0x49, 0x7E]);
        assert_eq!(&*frame, &expected);
    }

    #[test]
    fn flags_and_escapes_inside_are_escaped() {
        assert_eq!(&*escaped(Frame::EMPTY, 0x7E), &[0x7D, 0x5E]);
        assert_eq!(&*escaped(Frame::EMPTY, 0x7D), &[0x7D, 0x5D]);
        // An interval of 125 s would have one.
        assert_eq!(request(DISPLAYED, 125, 0).len(), 53);
    }
}
