//! A simulated patient over an infusion session: pure, time is a parameter.
//!
//! The course follows what large series of ketamine infusions report: blood pressure peaks 30 to 40 minutes after the
//! start, by 16/11 mmHg on average, heart rate rises by 8, everything is back within about 90 minutes of the peak. It is
//! a stage prop for screens and tests, not a model of anybody's physiology.

use crate::rng::{self, Rng};
use std::f64::consts::TAU;

/// Average rise at the peak: 2,342 infusions with a reading every 10 minutes (Yale), mean +16/+11 mmHg.
const RISE_SYSTOLIC_MMHG: f64 = 16.0;
const RISE_DIASTOLIC_MMHG: f64 = 11.0;
/// Average rise of the heart rate at the peak.
const RISE_HEART_PER_MIN: f64 = 8.0;
/// The peak comes this long after the start, by seed: 30 min in one series, 40 in another.
const PEAK_S: (f64, f64) = (30.0 * 60.0, 40.0 * 60.0);

/// Session time at which the infusion starts unless said otherwise: a baseline of ten minutes comes first.
pub const INFUSION_AFTER_S: f64 = 600.0;

/// A blood pressure, mmHg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressure {
    /// Systolic.
    pub systolic: u16,
    /// Diastolic.
    pub diastolic: u16,
    /// Mean.
    pub mean: u16,
}

/// Everything a monitor could measure at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// Beats per minute from the ECG.
    pub heart_rate: u16,
    /// Beats per minute from the oximeter.
    pub pulse_rate: u16,
    /// Saturation, per cent.
    pub spo2: u16,
    /// Perfusion index in hundredths of a per cent.
    pub perfusion_hundredths: u16,
    /// Pulse amplitude as an oximeter of the Nellcor family shows it, no unit.
    pub amplitude: u16,
    /// Breaths per minute.
    pub resp_rate: u16,
    /// End-tidal carbon dioxide, mmHg.
    pub etco2_mmhg: u16,
    /// Skin temperature in tenths of a degree Celsius.
    pub temperature_tenths_cel: u16,
    /// The pressure a cuff would find.
    pub pressure: Pressure,
}

/// One cuff measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuff {
    /// When it was finished, session seconds.
    pub at_s: f64,
    /// What it found.
    pub pressure: Pressure,
}

/// The patient of one seed.
#[derive(Clone, Debug)]
pub struct Patient {
    seed: u64,
    infusion_after_s: f64,
    peak_s: f64,
    /// How strongly this patient reacts: 1 is the average.
    reaction: f64,
    heart_rate: f64,
    systolic: f64,
    diastolic: f64,
    spo2: f64,
    resp_rate: f64,
    etco2: f64,
    temperature: f64,
    perfusion: f64,
}

/// What a smooth variation belongs to; each has its own row of numbers.
#[derive(Clone, Copy)]
enum Channel {
    Beat = 1,
    Slow,
    Systolic,
    Diastolic,
    Spo2,
    Breath,
    Co2,
    Temperature,
    Perfusion,
    Cuff,
    Oximeter,
}

impl Patient {
    /// The patient of `seed`, whose infusion starts [`INFUSION_AFTER_S`] into the session.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_infusion_after(seed, INFUSION_AFTER_S)
    }

    /// The patient of `seed`, whose infusion starts `infusion_after_s` into the session.
    #[must_use]
    pub fn with_infusion_after(seed: u64, infusion_after_s: f64) -> Self {
        let mut rng = Rng::new(seed);
        let systolic = rng.between(112.0, 134.0);
        Self {
            seed,
            infusion_after_s,
            peak_s: rng.between(PEAK_S.0, PEAK_S.1),
            reaction: rng.between(0.5, 1.5),
            heart_rate: rng.between(60.0, 82.0),
            systolic,
            diastolic: systolic * rng.between(0.58, 0.66),
            spo2: rng.between(96.6, 99.2),
            resp_rate: rng.between(12.0, 17.0),
            etco2: rng.between(35.0, 40.0),
            temperature: rng.between(36.2, 36.9),
            perfusion: rng.between(1.5, 5.0),
        }
    }

    /// What a monitor would measure at `session_s`. The same seed and time always give the same answer.
    #[must_use]
    pub fn at(&self, session_s: f64) -> Vitals {
        let effect = self.effect(session_s);
        let breath = (TAU * session_s * self.resp_rate / 60.0).sin();
        let heart_rate = self.heart_rate
            + RISE_HEART_PER_MIN * effect
            + 1.4 * breath
            + 2.0 * self.vary(Channel::Slow, session_s, 45.0)
            + 1.2 * self.vary(Channel::Beat, session_s, 1.5);
        let pulse_rate = heart_rate + 0.8 * self.vary(Channel::Oximeter, session_s, 4.0);
        let spo2 = self.spo2 - 1.1 * effect + 0.7 * self.vary(Channel::Spo2, session_s, 25.0);
        let perfusion = self.perfusion * (1.0 - 0.2 * effect + 0.15 * self.vary(Channel::Perfusion, session_s, 8.0));
        let resp_rate = self.resp_rate - 1.2 * effect + 1.5 * self.vary(Channel::Breath, session_s, 20.0);
        let etco2 = self.etco2 + 1.8 * effect + 1.2 * self.vary(Channel::Co2, session_s, 12.0);
        let temperature = self.temperature + 0.15 * self.vary(Channel::Temperature, session_s, 600.0);
        Vitals {
            heart_rate: whole(heart_rate, 45.0, 140.0),
            pulse_rate: whole(pulse_rate, 45.0, 140.0),
            spo2: whole(spo2, 90.0, 100.0),
            perfusion_hundredths: whole(perfusion * 100.0, 20.0, 1500.0),
            amplitude: whole(perfusion * 14.0, 3.0, 200.0),
            resp_rate: whole(resp_rate, 8.0, 26.0),
            etco2_mmhg: whole(etco2, 26.0, 50.0),
            temperature_tenths_cel: whole(temperature * 10.0, 355.0, 380.0),
            pressure: self.pressure(session_s),
        }
    }

    /// The last cuff measurement at `session_s`, with one every `every_s`, the first at the session's start. `None` when
    /// there is no cuff (`every_s` is not positive) or the session has not begun.
    #[must_use]
    pub fn cuff(&self, session_s: f64, every_s: f64) -> Option<Cuff> {
        let usable = every_s > 0.0 && session_s >= 0.0;
        let at_s = usable.then(|| (session_s / every_s).floor() * every_s)?;
        Some(Cuff { at_s, pressure: self.pressure(at_s) })
    }

    /// How far the effect has come: 0 before the start, 1 at the peak, near 0 again 90 minutes later.
    fn effect(&self, session_s: f64) -> f64 {
        let since = (session_s - self.infusion_after_s) / self.peak_s;
        if since <= 0.0 { 0.0 } else { self.reaction * (since * (1.0 - since).exp()).powi(2) }
    }

    fn pressure(&self, session_s: f64) -> Pressure {
        let effect = self.effect(session_s);
        let both = 2.0 * self.vary(Channel::Cuff, session_s, 60.0);
        let systolic =
            self.systolic + RISE_SYSTOLIC_MMHG * effect + both + 2.0 * self.vary(Channel::Systolic, session_s, 30.0);
        let diastolic =
            self.diastolic + RISE_DIASTOLIC_MMHG * effect + both + 1.5 * self.vary(Channel::Diastolic, session_s, 30.0);
        let systolic = whole(systolic, 85.0, 210.0);
        // No cuff ever finds the two closer than this in a living patient.
        let diastolic = whole(diastolic, 40.0, f64::from(systolic) - 20.0);
        let mean = f64::from(diastolic) + 0.36 * f64::from(systolic - diastolic);
        Pressure { systolic, diastolic, mean: whole(mean, 0.0, 300.0) }
    }

    /// A smooth wander between -1 and 1 that changes its mind every `period_s`.
    #[allow(clippy::cast_possible_truncation)]
    fn vary(&self, channel: Channel, session_s: f64, period_s: f64) -> f64 {
        let place = (session_s / period_s).floor();
        let part = session_s / period_s - place;
        let smooth = part * part * (3.0 - 2.0 * part);
        let point = |offset: i64| 2.0 * rng::at(self.seed, channel as u64, place as i64 + offset) - 1.0;
        point(0) + (point(1) - point(0)) * smooth
    }
}

/// The nearest whole number between two bounds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(value: f64, low: f64, high: f64) -> u16 {
    value.clamp(low, high).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hours, every 7 s.
    fn session() -> impl Iterator<Item = f64> {
        (0..2057).map(|step| f64::from(step) * 7.0)
    }

    #[test]
    fn values_stay_physiological_for_every_seed() {
        for seed in 0..60 {
            let patient = Patient::new(seed);
            for s in session() {
                let v = patient.at(s);
                let p = v.pressure;
                assert!(p.systolic > p.mean && p.mean > p.diastolic, "seed {seed} at {s} s: {p:?}");
                assert!((45..=140).contains(&v.heart_rate), "seed {seed} at {s} s: {v:?}");
                assert!((93..=100).contains(&v.spo2), "seed {seed} at {s} s: {v:?}");
                assert!((8..=26).contains(&v.resp_rate), "seed {seed} at {s} s: {v:?}");
                assert!((358..=375).contains(&v.temperature_tenths_cel), "seed {seed} at {s} s: {v:?}");
                assert!((28..=48).contains(&v.etco2_mmhg), "seed {seed} at {s} s: {v:?}");
                assert!(v.heart_rate.abs_diff(v.pulse_rate) <= 2, "seed {seed} at {s} s: {v:?}");
            }
        }
    }

    #[test]
    fn p20_a_seed_is_always_the_same_patient() {
        let course = |seed| session().map(|s| Patient::new(seed).at(s)).collect::<Vec<_>>();
        assert_eq!(course(3), course(3));
        assert_ne!(course(3), course(4));
    }

    #[test]
    fn pressure_and_heart_rate_rise_after_the_start_and_come_back() {
        let (mut systolic, mut diastolic, mut heart, mut late) = (0.0, 0.0, 0.0, 0.0);
        let seeds = 200;
        for seed in 0..seeds {
            let patient = Patient::new(seed);
            // Averages over ten minutes, so that the small variation does not count.
            let around = |centre_s: f64, pick: &dyn Fn(&Vitals) -> u16| {
                (-30..30).map(|i| f64::from(pick(&patient.at(centre_s + f64::from(i) * 10.0)))).sum::<f64>() / 60.0
            };
            let (before, peak) = (300.0, INFUSION_AFTER_S + patient.peak_s);
            let rise = |pick: &dyn Fn(&Vitals) -> u16, at: f64| around(at, pick) - around(before, pick);
            systolic += rise(&|v| v.pressure.systolic, peak);
            diastolic += rise(&|v| v.pressure.diastolic, peak);
            heart += rise(&|v| v.heart_rate, peak);
            late += rise(&|v| v.pressure.systolic, peak + 5400.0);
            assert!((1800.0..=2400.0).contains(&patient.peak_s));
        }
        #[allow(clippy::cast_precision_loss)]
        let mean = |sum: f64| sum / seeds as f64;
        assert!((13.0..19.0).contains(&mean(systolic)), "systolic rose by {}", mean(systolic));
        assert!((8.5..13.5).contains(&mean(diastolic)), "diastolic rose by {}", mean(diastolic));
        assert!((6.0..10.0).contains(&mean(heart)), "heart rate rose by {}", mean(heart));
        assert!(mean(late).abs() < 3.0, "still {} above baseline 90 min after the peak", mean(late));
    }

    #[test]
    fn a_cuff_reading_stands_until_the_next_one() {
        let patient = Patient::new(1);
        let at = |s: f64| patient.cuff(s, 300.0).unwrap();
        assert_eq!(at(0.0), at(299.0));
        assert_eq!(at(300.0).at_s.to_bits(), 300.0_f64.to_bits());
        assert_eq!(at(301.0).pressure, patient.at(300.0).pressure);
        assert!(patient.cuff(10.0, 0.0).is_none());
    }
}
