//! Contec CMS50E, CMS50F and CMS50D+ from firmware 4.6 (fact sheet, serial, section 8). For training only.

use crate::Frame;

pub(crate) const START_LIVE: Frame = command(0xA1);
pub(crate) const KEEP_ALIVE: Frame = command(0xAF);

/// Commands have nine bytes. Others than these two erase the memory or set the clock.
const fn command(code: u8) -> Frame {
    Frame::of(&[0x7D, 0x81, code, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80])
}
