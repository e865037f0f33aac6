//! A patient and the monitor beside them, whatever language it speaks: what it measures now, what its clock shows, and what
//! goes wrong. Pure: time is a parameter, chance comes from a seed.

use crate::faults::{Fault, Faults, Mode};
use crate::patient::{INFUSION_AFTER_S, Patient, Pressure, Vitals};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// How patient and monitor behave.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Seed of the patient and of chance.
    pub seed: u64,
    /// Session seconds for each real second.
    pub speed: f64,
    /// Session second at which the infusion starts.
    pub infusion_after_s: f64,
    /// Session seconds between cuff measurements; 0: no cuff.
    pub cuff_every_s: f64,
    /// The monitor's clock is off by so many seconds; years are common.
    pub clock_offset_s: i64,
    /// The zone the monitor's clock is set to.
    pub zone: Offset,
    /// Planned faults.
    pub faults: Vec<Fault>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: 1.0,
            infusion_after_s: INFUSION_AFTER_S,
            cuff_every_s: 300.0,
            clock_offset_s: 0,
            zone: Offset::UTC,
            faults: Vec::new(),
        }
    }
}

/// A finished cuff measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CuffReading {
    /// What it found.
    pub pressure: Pressure,
    /// When, by the monitor's clock: the same however often it is told. Whole seconds.
    pub at: Timestamp,
}

/// What the monitor has to say at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// What is wrong.
    pub mode: Mode,
    /// Real seconds since the start.
    pub elapsed_s: f64,
    /// The monitor's clock.
    pub clock: Timestamp,
    /// What it measures. With the sensor off ([`Moment::sensor_on`]) the oximeter's values must not be told.
    pub vitals: Vitals,
    /// The last cuff measurement.
    pub cuff: Option<CuffReading>,
    zone: Offset,
}

impl Moment {
    /// The monitor's clock as it shows it.
    #[must_use]
    pub fn local(&self) -> DateTime {
        self.shown(self.clock)
    }

    /// A time of the monitor's clock as it shows it.
    #[must_use]
    pub fn shown(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    /// Whether the oximeter's sensor is on the patient.
    #[must_use]
    pub fn sensor_on(&self) -> bool {
        self.mode != Mode::SensorOff
    }

    /// Whole seconds since the last cuff measurement, as a monitor that tells ages would say.
    #[must_use]
    pub fn cuff_age_s(&self) -> Option<u64> {
        self.cuff.map(|cuff| u64::try_from((self.clock - cuff.at).get_seconds()).unwrap_or(0))
    }
}

/// Patient, monitor clock and faults of one run.
#[derive(Clone, Debug)]
pub struct Bedside {
    setup: Setup,
    patient: Patient,
    faults: Faults,
    /// By the computer's clock.
    start: Timestamp,
    frozen: Option<(Vitals, Option<CuffReading>)>,
}

/// Perfusion of a cold hand: an index of 0.2 %, and an amplitude at the lower end of its scale.
const LOW_PERFUSION_HUNDREDTHS: u16 = 20;
const LOW_AMPLITUDE: u16 = 3;
/// Below every usual limit.
const DESATURATED_PERCENT: u16 = 88;

impl Bedside {
    /// A monitor switched on at `start` by the computer's clock.
    #[must_use]
    pub fn new(setup: Setup, start: Timestamp) -> Self {
        Self {
            patient: Patient::with_infusion_after(setup.seed, setup.infusion_after_s),
            faults: Faults::new(setup.faults.clone(), setup.seed),
            setup,
            start,
            frozen: None,
        }
    }

    /// What is wrong `elapsed_s` after the start. Ask once for each frame, even while a mode is set by hand, so that the
    /// plan's chances stay those of its seed.
    pub fn mode(&mut self, elapsed_s: f64, by_hand: Option<Mode>) -> Mode {
        let planned = self.faults.mode(elapsed_s);
        by_hand.unwrap_or(planned)
    }

    /// What the monitor has to say `elapsed_s` after the start.
    pub fn moment(&mut self, elapsed_s: f64, mode: Mode) -> Moment {
        if mode != Mode::Freeze {
            self.frozen = None;
        }
        let session_s = elapsed_s * self.setup.speed;
        let mut vitals = self.patient.at(session_s);
        let cuff = self.patient.cuff(session_s, self.setup.cuff_every_s);
        let mut cuff = cuff.map(|cuff| CuffReading { pressure: cuff.pressure, at: self.cuff_time(cuff.at_s) });
        match mode {
            Mode::Freeze => (vitals, cuff) = *self.frozen.get_or_insert((vitals, cuff)),
            Mode::LowPerfusion => {
                vitals.perfusion_hundredths = LOW_PERFUSION_HUNDREDTHS;
                vitals.amplitude = LOW_AMPLITUDE;
            }
            Mode::Desaturation => vitals.spo2 = DESATURATED_PERCENT,
            _ => {}
        }
        Moment { mode, elapsed_s, clock: self.clock(elapsed_s), vitals, cuff, zone: self.setup.zone }
    }

    /// What a fault leaves of a frame on its line: `lead` goes out whole, the frame may be cut, random bytes may come first.
    pub fn on_the_line(&mut self, mode: Mode, lead: &[u8], frame: &[u8]) -> Vec<u8> {
        match mode {
            Mode::Cut => [lead, self.faults.cut(frame)].concat(),
            Mode::Garbage => [lead, &self.faults.garbage(), frame].concat(),
            _ => [lead, frame].concat(),
        }
    }

    /// Random bytes to send before a frame.
    pub fn garbage(&mut self) -> Vec<u8> {
        self.faults.garbage()
    }

    /// The beginning of a frame that breaks off.
    pub fn cut<'a>(&mut self, frame: &'a [u8]) -> &'a [u8] {
        self.faults.cut(frame)
    }

    /// A clock that is off; one off the calendar stays right.
    fn clock(&self, elapsed_s: f64) -> Timestamp {
        let elapsed = SignedDuration::try_from_secs_f64(elapsed_s).unwrap_or(SignedDuration::ZERO);
        let right = self.start.saturating_add(elapsed).unwrap_or(self.start);
        right.checked_add(SignedDuration::from_secs(self.setup.clock_offset_s)).unwrap_or(right)
    }

    fn cuff_time(&self, at_s: f64) -> Timestamp {
        let at = self.clock(at_s / self.setup.speed);
        Timestamp::from_second(at.as_second()).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bedside() -> Bedside {
        let setup = Setup { speed: 60.0, clock_offset_s: -3600, ..Setup::default() };
        Bedside::new(setup, "2026-03-04T13:05:09.25Z".parse().unwrap())
    }

    #[test]
    fn a_cuff_measurement_keeps_its_time_while_its_age_grows() {
        let mut bedside = bedside();
        let seen: Vec<_> = [5.0, 6.5, 9.9, 10.0].map(|s| bedside.moment(s, Mode::Normal)).into();
        let at = |n: usize| seen[n].cuff.unwrap().at.to_string();
        assert_eq!([at(0), at(1), at(2)], [const { "2026-03-04T12:05:14Z" }; 3]);
        assert_eq!(at(3), "2026-03-04T12:05:19Z", "five session minutes later");
        assert_eq!(seen.iter().map(|m| m.cuff_age_s().unwrap()).collect::<Vec<_>>(), [0, 1, 5, 0]);
    }

    #[test]
    fn frozen_values_stand_still_while_the_clock_runs() {
        let mut bedside = bedside();
        let [a, b, c] =
            [(1.0, Mode::Freeze), (20.0, Mode::Freeze), (21.0, Mode::Normal)].map(|(s, m)| bedside.moment(s, m));
        assert_eq!((a.vitals, a.cuff), (b.vitals, b.cuff));
        assert_ne!(a.clock, b.clock);
        assert_ne!((b.vitals, b.cuff), (c.vitals, c.cuff));
    }

    #[test]
    fn a_saturation_that_falls_takes_nothing_else_along() {
        let mut bedside = bedside();
        let (well, low) = (bedside.moment(1.0, Mode::Normal).vitals, bedside.moment(1.0, Mode::Desaturation).vitals);
        assert_eq!(low, Vitals { spo2: 88, ..well });
    }

    #[test]
    fn a_cold_hand_has_little_perfusion_and_the_same_saturation() {
        let mut bedside = bedside();
        let (warm, cold) = (bedside.moment(1.0, Mode::Normal).vitals, bedside.moment(1.0, Mode::LowPerfusion).vitals);
        assert_eq!((cold.perfusion_hundredths, cold.amplitude, cold.spo2), (20, 3, warm.spo2));
    }
}
