//! The cuff reading as an event: the monitor repeats the last one in every record, one measurement is published once.

use super::basic::Group;
use super::values::civil;
use chairside_observation::{Absence, Amount, Decimal, Doubt, Flag, Flags, Measured, Micros, Reading};

/// Label bit: automatic mode.
const AUTO: u16 = 1 << 3;
/// Label bit: stat mode.
const STAT: u16 = 1 << 4;
/// Label bit: measuring now; the fields may still hold the reading before.
const MEASURING: u16 = 1 << 5;
/// Label bit: venous stasis mode.
const STASIS: u16 = 1 << 6;
/// Label bit: calibrating.
const CALIBRATING: u16 = 1 << 7;
/// Label bit: the reading is older than 60 s.
const OLD: u16 = 1 << 8;
/// What [`OLD`] says at least.
const OLD_MIN: Micros = Micros::from_secs(60);
/// Highest pressure a cuff can hold, 1/100 mmHg, with room above any monitor's range.
const PRESSURE_MAX: i16 = 30_000;

/// What the cuff group of one record says.
pub(super) struct CuffReport {
    /// The pressures, or why there are none.
    pub(super) reading: Reading,
    /// The pulse of the same measurement.
    pub(super) pulse: Option<i16>,
    /// When it was measured, as far as the monitor said.
    pub(super) measured: Option<Measured>,
    /// Mode and age as the label says.
    pub(super) flags: Flags,
}

/// The numbers by which two readings are told apart: systolic, diastolic, mean, pulse.
type Numbers = [Option<i16>; 4];

/// What was published last.
#[derive(Clone, Copy)]
struct Published {
    numbers: Numbers,
    /// Its measurement time, once known.
    time_s: Option<u32>,
    /// The time that was known then and belonged to the reading before.
    stale_time_s: Option<u32>,
}

/// The memory that tells a new measurement from a repeated one.
#[derive(Default)]
pub(super) struct Cuff {
    published: Option<Published>,
    /// The measurement time of the auxiliary subrecord received last.
    time_s: Option<u32>,
    /// The cuff was seen measuring since the last publication.
    measured_since: bool,
    /// The record before called its reading old, and was made at this second.
    old_at_s: Option<u32>,
    /// An absence was said since the last publication: when nothing new follows it, that has to be said too.
    absent: bool,
}

impl Cuff {
    /// Takes the measurement time of an auxiliary subrecord; 0 is "unknown".
    pub(super) fn auxiliary(&mut self, nibp_time_s: u32) {
        if nibp_time_s != 0 {
            self.time_s = Some(nibp_time_s);
        }
    }

    /// The cuff was said to be absent for a reason that stands outside its group.
    pub(super) fn silenced(&mut self) {
        self.absent = true;
    }

    /// Takes the cuff group of a record made at `sent_s` by the monitor's clock, the cuff being switched on; `None` when it
    /// repeats what was published. After an absence a repetition is said once, as no new reading.
    pub(super) fn report(&mut self, group: Group<'_>, sent_s: u32) -> Option<CuffReport> {
        let absent = |reason| Some(CuffReport::absent(reason, label_flags(group.label())));
        let numbers: Numbers = core::array::from_fn(|i| group.value(i).ok());
        let reason = if group.label() & MEASURING != 0 {
            self.measured_since = true;
            Some(Absence::CuffMeasuring)
        } else if group.label() & CALIBRATING != 0 {
            Some(Absence::Calibrating)
        } else if numbers[..3].iter().all(Option::is_none) {
            Some(group.value(0).err().unwrap_or(Absence::Invalid))
        } else {
            None
        };
        if reason.is_some() {
            self.absent = true;
            return reason.and_then(absent);
        }
        let old = group.label() & OLD != 0;
        let new = self.is_new(numbers, old, sent_s);
        self.old_at_s = old.then_some(sent_s);
        if new {
            return Some(self.publish(group, numbers, sent_s));
        }
        let broken_off = core::mem::take(&mut self.measured_since);
        let after_absence = core::mem::take(&mut self.absent);
        after_absence.then_some(if broken_off { Absence::Aborted } else { Absence::NoneRecent }).and_then(absent)
    }

    /// Whether these numbers are another measurement than the one published.
    fn is_new(&mut self, numbers: Numbers, old: bool, sent_s: u32) -> bool {
        let Some(published) = &mut self.published else { return true };
        if numbers != published.numbers {
            return true;
        }
        match (self.time_s, published.time_s) {
            (Some(now), Some(then)) => now != then,
            (Some(now), None) if published.stale_time_s != Some(now) => {
                // The time of the reading came after the reading.
                published.time_s = Some(now);
                false
            }
            // Without a time of its own a reading equal to the last is another one only if it is less than a minute old
            // after the cuff was seen measuring, or after the last record called it old. A clock that went back between
            // the two records (a capture played again) proves nothing.
            _ => !old && (self.measured_since || self.old_at_s.is_some_and(|then| then <= sent_s)),
        }
    }

    fn publish(&mut self, group: Group<'_>, numbers: Numbers, sent_s: u32) -> CuffReport {
        let before = self.published.and_then(|p| p.time_s.or(p.stale_time_s));
        let time_s = self.time_s.filter(|time| Some(*time) != before);
        let stale_time_s = if time_s.is_none() { self.time_s } else { None };
        self.published = Some(Published { numbers, time_s, stale_time_s });
        self.measured_since = false;
        self.absent = false;
        let [systolic, diastolic, mean, pulse] = numbers;
        let part = |value: Option<i16>| value.map(|v| Decimal::new(i64::from(v), 2));
        let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(diastolic), mean: part(mean) };
        let possible = numbers[..3].iter().flatten().all(|v| (0..=PRESSURE_MAX).contains(v));
        CuffReport {
            reading: if possible { Reading::Valid(amount) } else { Reading::Questionable(amount, Doubt::Implausible) },
            pulse,
            measured: measured(time_s, group.label() & OLD != 0, sent_s),
            flags: label_flags(group.label()),
        }
    }
}

impl CuffReport {
    fn absent(reason: Absence, flags: Flags) -> Self {
        Self { reading: Reading::Absent(reason), pulse: None, measured: None, flags }
    }
}

/// The measurement's own time; without it an old reading is at least a minute old, which is all the monitor says.
fn measured(time_s: Option<u32>, old: bool, sent_s: u32) -> Option<Measured> {
    match time_s.and_then(civil) {
        Some(at) => Some(Measured::At { at, sent: civil(sent_s) }),
        None if old => Some(Measured::Ago(OLD_MIN)),
        None => None,
    }
}

fn label_flags(label: u16) -> Flags {
    let mut flags = Flags::NONE;
    for (bit, flag) in [
        (AUTO, Flag::CuffAuto),
        (STAT, Flag::CuffStat),
        (MEASURING, Flag::Measuring),
        (STASIS, Flag::CuffStasis),
        (CALIBRATING, Flag::Calibrating),
        (OLD, Flag::CuffOld),
    ] {
        if label & bit != 0 {
            flags.insert(flag);
        }
    }
    flags
}
