//! A Masimo oximeter in ASCII 1 (Rad-8 form). Layout and bits: `crates/decode/src/masimo/README.md`.
//!
//! ASCII 2 is not here: nobody has shown its bytes.

mod monitor;

pub use monitor::{INTERVAL_S, Masimo, Mode, Settings};

use crate::words::Word;
use jiff::civil::DateTime;

/// What the monitor says is wrong, low twelve bits of `EXC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exception {
    /// No sensor connected.
    NoSensor,
    /// Sensor defective.
    DefectiveSensor,
    /// Low perfusion.
    LowPerfusion,
    /// Pulse search.
    PulseSearch,
    /// Interference, such as motion.
    Interference,
    /// Sensor off the patient.
    SensorOff,
    /// Too much ambient light.
    AmbientLight,
    /// Sensor not recognised.
    UnrecognisedSensor,
    /// Low signal IQ.
    LowSignal,
}

impl Word for Exception {
    const ALL: &'static [Self] = &[
        Self::NoSensor,
        Self::DefectiveSensor,
        Self::LowPerfusion,
        Self::PulseSearch,
        Self::Interference,
        Self::SensorOff,
        Self::AmbientLight,
        Self::UnrecognisedSensor,
        Self::LowSignal,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::NoSensor => "no-sensor",
            Self::DefectiveSensor => "defective-sensor",
            Self::LowPerfusion => "low-perfusion",
            Self::PulseSearch => "pulse-search",
            Self::Interference => "interference",
            Self::SensorOff => "sensor-off",
            Self::AmbientLight => "ambient-light",
            Self::UnrecognisedSensor => "unrecognised-sensor",
            Self::LowSignal => "low-signal",
        }
    }
}

impl Exception {
    /// Its bit of `EXC`.
    #[must_use]
    pub const fn bit(self) -> u32 {
        match self {
            Self::NoSensor => 0x001,
            Self::DefectiveSensor => 0x002,
            Self::LowPerfusion => 0x004,
            Self::PulseSearch => 0x008,
            Self::Interference => 0x010,
            Self::SensorOff => 0x020,
            Self::AmbientLight => 0x040,
            Self::UnrecognisedSensor => 0x080,
            Self::LowSignal => 0x400,
        }
    }

    /// Whether the monitor goes on showing numbers.
    const fn keeps_numbers(self) -> bool {
        matches!(self, Self::LowPerfusion | Self::Interference | Self::AmbientLight | Self::LowSignal)
    }
}

/// "Masimo SET": the algorithm runs. Always set, no exception.
const SET: u32 = 0x800;

/// A bit of `ALARM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// Saturation above its limit.
    Spo2High,
    /// Saturation below its limit.
    Spo2Low,
    /// Pulse rate above its limit.
    PulseHigh,
    /// Pulse rate below its limit.
    PulseLow,
    /// Some alarm is active.
    Active,
    /// Alarm silenced.
    Silenced,
    /// Low battery.
    LowBattery,
}

impl Word for Alarm {
    const ALL: &'static [Self] = &[
        Self::Spo2High,
        Self::Spo2Low,
        Self::PulseHigh,
        Self::PulseLow,
        Self::Active,
        Self::Silenced,
        Self::LowBattery,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Spo2High => "spo2-high",
            Self::Spo2Low => "spo2-low",
            Self::PulseHigh => "pulse-high",
            Self::PulseLow => "pulse-low",
            Self::Active => "active",
            Self::Silenced => "silenced",
            Self::LowBattery => "low-battery",
        }
    }
}

impl Alarm {
    /// Its bit of `ALARM`.
    #[must_use]
    pub const fn bit(self) -> u16 {
        match self {
            Self::Spo2High => 0x01,
            Self::Spo2Low => 0x02,
            Self::PulseHigh => 0x04,
            Self::PulseLow => 0x08,
            Self::Active => 0x10,
            Self::Silenced => 0x20,
            Self::LowBattery => 0x40,
        }
    }
}

/// The numbers of one line; `None` are dashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Per cent.
    pub spo2: Option<u16>,
    /// Per minute.
    pub pulse: Option<u16>,
    /// Perfusion index, hundredths of a per cent.
    pub perfusion_hundredths: Option<u16>,
}

/// One line before it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The monitor's clock.
    pub stamp: DateTime,
    /// Serial number, ten digits.
    pub serial: u32,
    /// What it measures.
    pub numbers: Numbers,
    /// Alarms.
    pub alarms: Vec<Alarm>,
    /// Exceptions.
    pub exceptions: Vec<Exception>,
}

impl Line {
    /// The line as sent, with its line end: `ALARM` four and `EXC` six digits wide, as a Rad-8 does.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Numbers { spo2, pulse, perfusion_hundredths } = self.numbers;
        let three = |value: Option<u16>| value.map_or("---".to_owned(), |v| format!("{v:03}"));
        let perfusion = perfusion_hundredths.map_or("--.--".to_owned(), hundredths);
        let alarm = self.alarms.iter().fold(0, |word, alarm| word | alarm.bit());
        let exceptions = self.exceptions.iter().fold(SET, |word, exception| word | exception.bit());
        let stamp = self.stamp.strftime("%m/%d/%y %H:%M:%S");
        format!(
            "{stamp} SN={:010} SPO2={}% BPM={} PI={perfusion}% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- \
             ALARM={alarm:04X} EXC={exceptions:06X}\r\n",
            self.serial,
            three(spo2),
            three(pulse),
        )
        .into_bytes()
    }

    /// The same as a row of the trend memory: zeros for dashes, no time in the one form that was seen. What stands behind
    /// the colon for exceptions is not known: only the normal word is used.
    #[must_use]
    pub fn encode_trend(&self) -> Vec<u8> {
        let Numbers { spo2, pulse, perfusion_hundredths } = self.numbers;
        let (spo2, pulse) = (spo2.unwrap_or(0), pulse.unwrap_or(0));
        let perfusion = hundredths(perfusion_hundredths.unwrap_or(0));
        format!("SpO2={spo2:03} PR={pulse:03} PI={perfusion} EXC={SET:03X}:SET\r\n").into_bytes()
    }
}

fn hundredths(value: u16) -> String {
    format!("{:02}.{:02}", value / 100, value % 100)
}

#[cfg(test)]
mod tests;
