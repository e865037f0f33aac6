//! Formats 2 and 7: 25 frames of five bytes make a packet, three packets a second.

use super::Said;
use super::fit::{Fit, Misfit};
use chairside_observation::{Absence, Doubt, Flag};

/// Bytes of a frame.
const FRAME: usize = 5;
/// Frames of a packet; only the first carries the sync bit.
const FRAMES: usize = 25;
/// Bytes of a packet.
pub(super) const PACKET: usize = FRAME * FRAMES;

/// Which of the two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Format 2: 01, status, 8-bit pleth, float byte, checksum.
    Two,
    /// Format 7: status, 16-bit pleth, float byte, checksum.
    Seven,
}

/// Place of the float byte in both formats; what it holds goes by the number of the frame.
const FLOAT: usize = 3;
const SUM: usize = 4;

mod status {
    pub(super) const ALWAYS: u8 = 0x80;
    /// Reserved on the 9560, which leaves it clear.
    pub(super) const DISCONNECTED: u8 = 0x40;
    pub(super) const ARTIFACT: u8 = 0x20;
    pub(super) const OUT_OF_TRACK: u8 = 0x10;
    pub(super) const SENSOR_ALARM: u8 = 0x08;
    /// Bits 2 and 1: 10 red, 11 yellow, 01 green.
    pub(super) const PERFUSION: u8 = 0x06;
    pub(super) const PERFUSION_RED: u8 = 0x04;
    pub(super) const PERFUSION_YELLOW: u8 = 0x06;
    pub(super) const SYNC: u8 = 0x01;
}

/// Numbers of the frames, from 1 as in the vendor's table, whose float byte we read: the values a display would show.
mod float {
    pub(super) const STAT2: usize = 8;
    pub(super) const SPO2_D: usize = 9;
    pub(super) const HR_D_MSB: usize = 20;
    pub(super) const HR_D_LSB: usize = 21;
}
const STAT2_SMARTPOINT: u8 = 0x20;
const STAT2_LOW_BATTERY: u8 = 0x01;

/// A packet whose 25 frames all fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    layout: Layout,
    bytes: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Whether a packet begins here.
    pub(super) fn fit(layout: Layout, bytes: &'a [u8]) -> Fit<Self> {
        for number in 1..=FRAMES {
            let from = (number - 1) * FRAME;
            let frame = &bytes[from.min(bytes.len())..bytes.len().min(from + FRAME)];
            match layout.frame(frame, number == 1) {
                Fit::Whole(()) => {}
                Fit::Short => return Fit::Short,
                Fit::No(why) => return Fit::No(why),
            }
        }
        Fit::Whole(Self { layout, bytes: &bytes[..PACKET] })
    }

    fn float(&self, number: usize) -> u8 {
        self.bytes[(number - 1) * FRAME + FLOAT]
    }

    /// What the packet says. After the finger has left, the display values stay frozen for 10 s while the sensor alarm is
    /// set: an alarm in any frame makes both values absent at once.
    pub(super) fn said(&self) -> Said {
        let status = self.bytes.iter().skip(self.layout.status()).step_by(FRAME);
        let any = status.clone().fold(0, |any, s| any | s);
        let perfusion = |level: u8| status.clone().any(|s| s & status::PERFUSION == level);
        let mut said = Said {
            pulse: seven_bit(self.float(float::HR_D_MSB), self.float(float::HR_D_LSB)),
            spo2: super::saturation(self.float(float::SPO2_D)),
            ..Said::default()
        };
        if any & status::DISCONNECTED != 0 {
            said.void = Some(Absence::SensorDisconnected);
        } else if any & status::SENSOR_ALARM != 0 {
            said.void = Some(Absence::SensorOff);
        }
        if any & status::OUT_OF_TRACK != 0 {
            said.doubt = Some(Doubt::OutOfTrack);
        }
        let stat2 = self.float(float::STAT2);
        for (set, flag) in [
            (any & status::OUT_OF_TRACK != 0, Flag::OutOfTrack),
            (any & status::ARTIFACT != 0, Flag::Artifact),
            (perfusion(status::PERFUSION_RED), Flag::LowPerfusion),
            (perfusion(status::PERFUSION_YELLOW), Flag::MarginalPerfusion),
            (stat2 & STAT2_SMARTPOINT != 0, Flag::SmartPoint),
            (stat2 & STAT2_LOW_BATTERY != 0, Flag::LowBattery),
        ] {
            if set {
                said.flags.insert(flag);
            }
        }
        said
    }
}

impl Layout {
    /// Place of the status byte.
    const fn status(self) -> usize {
        match self {
            Self::Two => 1,
            Self::Seven => 0,
        }
    }

    /// Whether `frame` (up to five bytes) is a frame, with the sync bit set just when it is the `first`.
    fn frame(self, frame: &[u8], first: bool) -> Fit<()> {
        if self == Self::Two && frame.first().is_some_and(|b| *b != 0x01) {
            return Fit::No(Misfit::Marks);
        }
        let Some(status) = frame.get(self.status()) else { return Fit::Short };
        if status & status::ALWAYS == 0 {
            return Fit::No(Misfit::Marks);
        }
        if first && status & status::SYNC == 0 {
            // Said before the checksum is there, so said whatever it is: nothing may hang on how much has arrived.
            return Fit::No(Misfit::Place);
        }
        let Some(sum) = frame.get(SUM) else { return Fit::Short };
        let placed = (status & status::SYNC != 0) == first;
        let summed = frame[..SUM].iter().fold(0_u8, |s, b| s.wrapping_add(*b)) == *sum;
        match (placed, summed) {
            (true, true) => Fit::Whole(()),
            (_, false) => Fit::No(Misfit::Checksum),
            (false, true) => Fit::No(Misfit::Place),
        }
    }
}

/// Heart rate in seven-bit packing; 511 is no value. (Drivers are known that take eight or six bits: wrong.)
pub(super) fn seven_bit(msb: u8, lsb: u8) -> Option<u16> {
    super::rate((u16::from(msb & 0x03) << 7) | u16::from(lsb & 0x7F))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h05_the_rate_is_packed_in_seven_bits() {
        assert_eq!(seven_bit(0, 0x3D), Some(61));
        assert_eq!(seven_bit(1, 0x00), Some(128), "not 256");
        assert_eq!(seven_bit(1, 0x05), Some(133));
        assert_eq!(seven_bit(2, 0x2C), Some(300));
        assert_eq!(seven_bit(3, 0x7F), None, "511 is no value");
        assert_eq!(seven_bit(0x7C, 0x80 | 0x3D), Some(61), "only two and seven bits belong to it");
    }

    #[test]
    fn a_frame_of_the_vendors_example_fits_and_each_damage_does_not() {
        let fit = |frame: &[u8], first| Layout::Two.frame(frame, first);
        assert_eq!(fit(&[0x01, 0x98, 0x63, 0x7F, 0x7B], false), Fit::Whole(()));
        assert_eq!(fit(&[0x01, 0x98, 0x63, 0x7F, 0x7C], false), Fit::No(Misfit::Checksum));
        assert_eq!(fit(&[0x01, 0x98, 0x63, 0x7F, 0x7B], true), Fit::No(Misfit::Place));
        assert_eq!(fit(&[0x02, 0x98, 0x63, 0x7F, 0x7C], false), Fit::No(Misfit::Marks));
        assert_eq!(fit(&[0x01, 0x18], false), Fit::No(Misfit::Marks));
        assert_eq!(fit(&[0x01, 0x98, 0x63], false), Fit::Short);
        assert_eq!(fit(&[0x01, 0x98], true), Fit::No(Misfit::Place));
    }
}
