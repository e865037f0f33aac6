//! What a monitor measures, as numerics: label, state, unit, value.

use super::units::{attribute, bcd, list};
use crate::patient::{Pressure, Vitals};
use jiff::civil::DateTime;
use std::str::FromStr;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// ECG heart rate.
    Hr,
    /// Respiration.
    Rr,
    /// Saturation.
    Spo2,
    /// Pulse of the oximeter.
    Pulse,
    /// Perfusion index.
    Perf,
    /// Cuff.
    Nbp,
    /// End-tidal carbon dioxide.
    Etco2,
    /// Temperature.
    Temp,
}

impl Measure {
    /// All of them, in the order they are sent.
    pub const ALL: [Self; 8] =
        [Self::Hr, Self::Rr, Self::Spo2, Self::Pulse, Self::Perf, Self::Nbp, Self::Etco2, Self::Temp];

    const fn word(self) -> &'static str {
        match self {
            Self::Hr => "hr",
            Self::Rr => "rr",
            Self::Spo2 => "spo2",
            Self::Pulse => "pulse",
            Self::Perf => "perf",
            Self::Nbp => "nbp",
            Self::Etco2 => "etco2",
            Self::Temp => "temp",
        }
    }

    /// Handle and label, as an English monitor shows it.
    const fn shown(self) -> (u16, &'static str) {
        match self {
            Self::Hr => (0x82CF, "HR"),
            Self::Rr => (0x82D6, "RR"),
            Self::Spo2 => (0x8400, "SpO\u{2082}"),
            Self::Pulse => (0x8406, "Pulse"),
            Self::Perf => (0x840A, "Perf"),
            Self::Nbp => (0x8272, "NBP"),
            Self::Etco2 => (0x9002, "etCO\u{2082}"),
            Self::Temp => (0x9003, "Temp"),
        }
    }

    pub(super) const fn is_of_oximeter(self) -> bool {
        matches!(self, Self::Spo2 | Self::Pulse | Self::Perf)
    }
}

/// State of an observed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No value: not valid.
    Invalid,
    /// A value to be doubted.
    Questionable,
    /// No value: nothing is measured.
    Unavailable,
    /// No value: calibrating.
    Calibrating,
    /// The monitor's demonstration.
    Demo,
    /// A measurement is going on.
    Ongoing,
    /// A value in alarm.
    InAlarm,
}

impl State {
    const ALL: [(Self, &'static str, u16); 7] = [
        (Self::Invalid, "invalid", 0x8000),
        (Self::Questionable, "questionable", 0x4000),
        (Self::Unavailable, "unavailable", 0x2000),
        (Self::Calibrating, "calibrating", 0x1000),
        (Self::Demo, "demo", 0x0400),
        (Self::Ongoing, "ongoing", 0x0020),
        (Self::InAlarm, "in-alarm", 0x0002),
    ];

    fn bits(self) -> u16 {
        Self::ALL.iter().find(|(state, ..)| *state == self).map_or(0, |(.., bits)| *bits)
    }

    const fn has_value(self) -> bool {
        !matches!(self, Self::Invalid | Self::Unavailable | Self::Calibrating)
    }
}

/// A measure, or all, in a state: `spo2=invalid`, `all=demo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// `None`: all of them.
    pub measure: Option<Measure>,
    /// Its state.
    pub state: State,
}

/// Why a state could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no state: expected MEASURE=STATE such as spo2=invalid; measures are hr, rr, spo2, pulse, perf, nbp, etco2, \
     temp, all; states are invalid, questionable, unavailable, calibrating, demo, ongoing, in-alarm"
)]
pub struct StateError(String);

impl FromStr for Stated {
    type Err = StateError;

    fn from_str(text: &str) -> Result<Self, StateError> {
        let wrong = || StateError(text.to_owned());
        let (measure, state) = text.split_once('=').ok_or_else(wrong)?;
        let measure = match measure {
            "all" => None,
            word => Some(Measure::ALL.into_iter().find(|m| m.word() == word).ok_or_else(wrong)?),
        };
        let (state, ..) = State::ALL.into_iter().find(|(_, word, _)| *word == state).ok_or_else(wrong)?;
        Ok(Self { measure, state })
    }
}

/// The monitor's units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    pub(super) kpa: bool,
    pub(super) fahrenheit: bool,
}

/// A FLOAT: exponent of ten, mantissa.
type Float = (i8, i32);
/// Not a number.
const NAN: Float = (0, 0x7F_FFFF);

/// One numeric as an object of a poll result.
pub(super) struct Numeric {
    pub(super) measure: Measure,
    pub(super) states: Vec<State>,
    pub(super) units: Units,
}

impl Numeric {
    /// Encodes it; `None` where there is nothing to tell of it (no cuff measurement yet).
    pub(super) fn encode(&self, vitals: &Vitals, cuff: Option<(Pressure, DateTime)>) -> Option<Vec<u8>> {
        let (handle, label) = self.measure.shown();
        let mut attributes = vec![attribute(0x0927, &text(label))];
        let rate = |n: u16| vec![(0, i32::from(n))];
        let (ids, unit, values): (&[u16], u16, Vec<Float>) = match self.measure {
            Measure::Hr => (&[0x4182], 0x0AA0, rate(vitals.heart_rate)),
            Measure::Rr => (&[0x500A], 0x0AE0, rate(vitals.resp_rate)),
            Measure::Spo2 => (&[0x4BB8], 0x0220, rate(vitals.spo2)),
            Measure::Pulse => (&[0x4822], 0x0AA0, rate(vitals.pulse_rate)),
            Measure::Perf => (&[0x4BB0], 0x0200, vec![(-2, i32::from(vitals.perfusion_hundredths))]),
            Measure::Etco2 => (&[0x50B0], self.pressure_unit(), vec![self.pressure(vitals.etco2_mmhg)]),
            Measure::Temp => {
                (&[0x4B48], self.temperature_unit(), vec![self.temperature(vitals.temperature_tenths_cel)])
            }
            Measure::Nbp => {
                let (pressure, at) = cuff?;
                attributes.push(attribute(0x0990, &bcd(at)));
                let parts = [pressure.systolic, pressure.diastolic, pressure.mean].map(|p| self.pressure(p));
                (&[0x4A05, 0x4A06, 0x4A07], self.pressure_unit(), parts.to_vec())
            }
        };
        let observed: Vec<_> = ids.iter().zip(values).map(|(id, value)| self.observed(*id, unit, value)).collect();
        attributes.push(match &observed[..] {
            [one] => attribute(0x0950, one),
            parts => attribute(0x094B, &list(parts)),
        });
        Some([&handle.to_be_bytes()[..], &list(&attributes)].concat())
    }

    fn observed(&self, id: u16, unit: u16, value: Float) -> Vec<u8> {
        let bits = self.states.iter().fold(0, |bits, state| bits | state.bits());
        let (exponent, mantissa) = if self.states.iter().all(|state| state.has_value()) { value } else { NAN };
        let [_, mantissa @ ..] = mantissa.to_be_bytes();
        let [id, bits, unit] = [id, bits, unit].map(u16::to_be_bytes);
        [&id[..], &bits, &unit, &exponent.to_be_bytes(), &mantissa].concat()
    }

    const fn pressure_unit(&self) -> u16 {
        if self.units.kpa { 0x0F03 } else { 0x0F20 }
    }

    /// mmHg, or tenths of a kilopascal.
    fn pressure(&self, mmhg: u16) -> Float {
        if self.units.kpa { (-1, (i32::from(mmhg) * 133_322 + 50_000) / 100_000) } else { (0, i32::from(mmhg)) }
    }

    const fn temperature_unit(&self) -> u16 {
        if self.units.fahrenheit { 0x1140 } else { 0x17A0 }
    }

    fn temperature(&self, tenths_cel: u16) -> Float {
        let tenths = i32::from(tenths_cel);
        (-1, if self.units.fahrenheit { (tenths * 9 + 2) / 5 + 320 } else { tenths })
    }
}

/// A label: its length, UTF-16 padded to six characters, a zero.
fn text(label: &str) -> Vec<u8> {
    let padded = format!("{label:<6}\0");
    let units: Vec<u8> = padded.encode_utf16().flat_map(u16::to_be_bytes).collect();
    super::units::sized(&units)
}
