//! The oximeter on its line: what it says when.

use super::{Alarm, Exception, Line, Numbers};
use crate::bedside::Moment;
use crate::faults;
use crate::limits::{Limits, Past};
use crate::serial::{Frame, Monitor};
use crate::words::Word;

/// Seconds between lines.
pub const INTERVAL_S: f64 = 1.0;

/// How long the last numbers stay in the line after the sensor came off. A real line has shown numbers beside "sensor off";
/// for how long is ours.
const HELD_S: f64 = 5.0;

/// What the monitor's menu makes it send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// ASCII 1: one line a second.
    #[default]
    Ascii1,
    /// The rows of the trend memory, which nobody should take for live values.
    Trend,
}

impl Word for Mode {
    const ALL: &'static [Self] = &[Self::Ascii1, Self::Trend];

    fn word(self) -> &'static str {
        match self {
            Self::Ascii1 => "ascii1",
            Self::Trend => "trend",
        }
    }
}

/// How the oximeter is set, and what is wrong with it all the time.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Serial number.
    pub serial: u32,
    /// What it sends.
    pub mode: Mode,
    /// The limits set on it.
    pub limits: Limits,
    /// Exceptions it has all the time.
    pub exceptions: Vec<Exception>,
    /// Alarms it has all the time.
    pub alarms: Vec<Alarm>,
}

/// An oximeter that prints a line whenever one is due.
#[derive(Clone, Debug)]
pub struct Masimo {
    settings: Settings,
    /// The last numbers with the sensor on, and since when it is off.
    held: Option<(Numbers, Option<f64>)>,
}

impl Masimo {
    /// An oximeter set like this.
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self { settings, held: None }
    }

    /// The line of this moment.
    pub fn line(&mut self, moment: &Moment) -> Line {
        let mut exceptions = self.settings.exceptions.clone();
        exceptions.extend(match moment.mode {
            faults::Mode::SensorOff => Some(Exception::SensorOff),
            faults::Mode::Motion => Some(Exception::Interference),
            faults::Mode::LowPerfusion => Some(Exception::LowPerfusion),
            _ => None,
        });
        let numbers = self.numbers(moment);
        let has_numbers = self.settings.exceptions.iter().all(|exception| exception.keeps_numbers());
        let numbers = if has_numbers { numbers } else { Numbers::default() };
        let alarms = [self.settings.alarms.clone(), self.judge(numbers)].concat();
        Line { stamp: moment.local(), serial: self.settings.serial, numbers, alarms, exceptions }
    }

    fn numbers(&mut self, moment: &Moment) -> Numbers {
        if !moment.sensor_on() {
            let Some((last, off_since)) = &mut self.held else { return Numbers::default() };
            let off_since_s = *off_since.get_or_insert(moment.elapsed_s);
            return if moment.elapsed_s - off_since_s < HELD_S { *last } else { Numbers::default() };
        }
        let vitals = &moment.vitals;
        let numbers = Numbers {
            spo2: Some(vitals.spo2),
            pulse: Some(vitals.pulse_rate),
            perfusion_hundredths: Some(vitals.perfusion_hundredths),
        };
        self.held = Some((numbers, None));
        numbers
    }

    /// The alarms of the limits.
    fn judge(&self, numbers: Numbers) -> Vec<Alarm> {
        let pick = |past: Option<Past>, low, high| past.map(|past| if past == Past::Low { low } else { high });
        let spo2 = pick(numbers.spo2.and_then(|v| self.settings.limits.of_spo2(v)), Alarm::Spo2Low, Alarm::Spo2High);
        let pulse =
            pick(numbers.pulse.and_then(|v| self.settings.limits.of_pulse(v)), Alarm::PulseLow, Alarm::PulseHigh);
        let active = spo2.or(pulse).map(|_| Alarm::Active);
        [spo2, pulse, active].into_iter().flatten().collect()
    }
}

impl Monitor for Masimo {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        let line = self.line(moment);
        vec![match self.settings.mode {
            Mode::Ascii1 => line.encode().into(),
            Mode::Trend => line.encode_trend().into(),
        }]
    }
}
