//! Format 13: one spot check with its time.

use super::Said;
use super::fit::{Fit, Misfit};
use chairside_observation::{Civil, Flag, Measured};

const HEADER: [u8; 4] = [0x00, 0x02, 0x00, 0x0D];
/// Places of the length and of the data.
const LENGTH: usize = 4;
const DATA: usize = 6;
/// Shortest data: all fields documented.
const DATA_MIN: usize = 0x0E;
/// Longest data we wait for: four times the documented fields, so that a damaged length cannot hold the stream.
const DATA_MAX: usize = 4 * DATA_MIN;
const END: u8 = 0x03;

/// Places in the data.
mod field {
    pub(super) const STATUS_MSB: usize = 8;
    pub(super) const STATUS_LSB: usize = 9;
    pub(super) const HR: usize = 10;
    pub(super) const SPO2: usize = 13;
}
const SMARTPOINT: u8 = 0x02;
const NO_MEASUREMENT: u8 = 0x01;
const FROM_MEMORY: u8 = 0x10;
const LOW_BATTERY: u8 = 0x01;

/// The data of a spot check whose length, checksum and end fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot<'a>(&'a [u8]);

impl<'a> Spot<'a> {
    /// Whether a spot check stands here.
    pub(super) fn fit(bytes: &'a [u8]) -> Fit<Self> {
        if !bytes.iter().zip(HEADER).all(|(byte, mark)| *byte == mark) {
            return Fit::No(Misfit::Marks);
        }
        let Some(length) = bytes.get(LENGTH..DATA) else { return Fit::Short };
        let length = usize::from(length[0]) << 8 | usize::from(length[1]);
        if !(DATA_MIN..=DATA_MAX).contains(&length) {
            return Fit::No(Misfit::Marks);
        }
        let (Some(data), Some([sum, end])) =
            (bytes.get(DATA..DATA + length), bytes.get(DATA + length..DATA + length + 2))
        else {
            return Fit::Short;
        };
        let summed = data.iter().fold(0_u8, |s, b| s.wrapping_add(*b)) == *sum;
        match (*end == END, summed) {
            (false, _) => Fit::No(Misfit::Marks),
            (true, false) => Fit::No(Misfit::Checksum),
            (true, true) => Fit::Whole(Self(data)),
        }
    }

    /// Bytes of the whole frame.
    pub(super) fn length(&self) -> usize {
        DATA + self.0.len() + 2
    }

    /// What the spot check says. Its HR is a plain 16-bit number, not the seven-bit packing of the other formats.
    pub(super) fn said(&self) -> Said {
        let (msb, lsb) = (self.0[field::STATUS_MSB], self.0[field::STATUS_LSB]);
        let measured = msb & NO_MEASUREMENT == 0;
        let hr = u16::from(self.0[field::HR]) << 8 | u16::from(self.0[field::HR + 1]);
        let mut said = Said {
            pulse: super::rate(hr & 0x01FF).filter(|_| measured),
            spo2: super::saturation(self.0[field::SPO2]).filter(|_| measured),
            measured: self.time().map(|at| Measured::At {
                at,
                // Out of memory it may be any age, and the frame does not say what the clock shows now.
                sent: (lsb & FROM_MEMORY == 0).then_some(at),
            }),
            ..Said::default()
        };
        for (set, flag) in [
            (msb & SMARTPOINT, Flag::SmartPoint),
            (lsb & FROM_MEMORY, Flag::FromMemory),
            (lsb & LOW_BATTERY, Flag::LowBattery),
        ] {
            if set != 0 {
                said.flags.insert(flag);
            }
        }
        said
    }

    /// Binary-coded decimal: 20 YY MM DD hh mm ss. `None` when it is no time that exists.
    fn time(&self) -> Option<Civil> {
        let mut two = [0_u8; 7];
        for (out, byte) in two.iter_mut().zip(self.0) {
            let (tens, ones) = (byte >> 4, byte & 0x0F);
            if tens > 9 || ones > 9 {
                return None;
            }
            *out = tens * 10 + ones;
        }
        let [century, year, month, day, hour, minute, second] = two;
        Civil::new(u16::from(century) * 100 + u16::from(year), month, day, hour, minute, second)
    }
}
