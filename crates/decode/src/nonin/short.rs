//! Formats 1 and 8: three or four bytes once a second. Nothing but bit 7 marks them, so they are believed only in a row.

use super::Said;
use super::fit::{Fit, Misfit};
use chairside_observation::{Absence, Doubt, Flag};

/// Which of the two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// Format 1: status and HR, HR, SpO2.
    One,
    /// Format 8: the same and a second status.
    Eight,
}

/// Bits of byte 0. Bit 6 is documented for format 1 only; in format 8 it is read the same way, as in formats 2 and 7,
/// because a number is never to be believed over it.
const DISCONNECTED: u8 = 0x40;
const OUT_OF_TRACK: u8 = 0x20;
const LOW_PERFUSION: u8 = 0x10;
const MARGINAL_PERFUSION: u8 = 0x08;
/// Bad pulse in format 1, artifact in format 8.
const BAD_PULSE: u8 = 0x04;
/// Bits of byte 3.
const SMARTPOINT: u8 = 0x20;
const SENSOR_ALARM: u8 = 0x08;
const LOW_BATTERY: u8 = 0x01;

impl Short {
    /// Bytes of a frame.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::One => 3,
            Self::Eight => 4,
        }
    }

    /// Frames in a row that prove the format. At first, chance in a megabyte of random bytes is below one in ten for
    /// either format; after a disturbance the format is known and half is enough.
    pub(super) const fn proof(self, known: bool) -> usize {
        match (self, known) {
            (Self::One, false) => 6,
            (Self::Eight, false) | (Self::One, true) => 3,
            (Self::Eight, true) => 2,
        }
    }

    /// Whether `count` frames in a row stand here. Unless `known`, reserved bits have to be clear too.
    pub(super) fn fit(self, bytes: &[u8], count: usize, known: bool) -> Fit<()> {
        let length = self.length();
        for (at, byte) in bytes.iter().take(count * length).enumerate() {
            let marked = (byte & 0x80 != 0) == (at % length == 0);
            let possible = match at % length {
                2 => matches!(byte, 0..=100 | 127),
                3 => known || byte & !(SMARTPOINT | SENSOR_ALARM | LOW_BATTERY) == 0,
                _ => true,
            };
            if !marked || !possible {
                return Fit::No(Misfit::Marks);
            }
        }
        if bytes.len() < count * length { Fit::Short } else { Fit::Whole(()) }
    }

    /// What one frame says. The values are those of a display.
    pub(super) fn said(self, frame: &[u8]) -> Said {
        let (status, second) = (frame[0], if self == Self::Eight { frame[3] } else { 0 });
        let mut said = Said {
            pulse: super::packet::seven_bit(status, frame[1]),
            spo2: super::saturation(frame[2]),
            ..Said::default()
        };
        if status & DISCONNECTED != 0 {
            said.void = Some(Absence::SensorDisconnected);
        } else if second & SENSOR_ALARM != 0 {
            said.void = Some(Absence::SensorOff);
        }
        if status & OUT_OF_TRACK != 0 {
            said.doubt = Some(Doubt::OutOfTrack);
        }
        let bad_pulse = if self == Self::One { Flag::BadPulse } else { Flag::Artifact };
        for (set, flag) in [
            (status & OUT_OF_TRACK, Flag::OutOfTrack),
            (status & LOW_PERFUSION, Flag::LowPerfusion),
            (status & MARGINAL_PERFUSION, Flag::MarginalPerfusion),
            (status & BAD_PULSE, bad_pulse),
            (second & SMARTPOINT, Flag::SmartPoint),
            (second & LOW_BATTERY, Flag::LowBattery),
        ] {
            if set != 0 {
                said.flags.insert(flag);
            }
        }
        said
    }
}
