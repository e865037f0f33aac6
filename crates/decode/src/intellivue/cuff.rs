//! The cuff reading as an event: every poll repeats the last one with its own time stamp.

use super::numeric::Observed;
use chairside_observation::{Absence, Amount, Decimal, Doubt, Reading};

/// Systolic, diastolic, mean as sent.
pub(super) type Parts = [Option<Observed>; 3];
/// Time stamp of the numeric: date in BCD, counter.
pub(super) type Stamp = (Option<[u8; 8]>, Option<u32>);

/// The memory that tells a new measurement from a repeated one.
#[derive(Default)]
pub(super) struct Cuff {
    published: Option<([Option<Decimal>; 3], Stamp)>,
    /// A measurement was going on since the last publication.
    measured_since: bool,
    /// An absence was said since the last publication: when nothing new follows it, that has to be said too.
    absent: bool,
}

impl Cuff {
    /// Takes the parts of one reading; `None` when they repeat what was published.
    pub(super) fn report(&mut self, parts: &Parts, stamp: Stamp) -> Option<Reading> {
        let value = |part: &Option<Observed>| part.map_or(Err(Absence::NoValue), Observed::value);
        let sent = || parts.iter().flatten();
        let numbers = [0, 1, 2].map(|i| value(&parts[i]).ok());
        let reason = if sent().any(|part| part.is_ongoing()) {
            self.measured_since = true;
            Some(Absence::CuffMeasuring)
        } else if numbers.iter().all(Option::is_none) {
            sent().find_map(|part| part.value().err())
        } else {
            None
        };
        if let Some(reason) = reason {
            // A measurement is an event: one that never took place has no absence of its own.
            let none_yet = self.published.is_none() && !self.absent;
            if none_yet && matches!(reason, Absence::Unavailable | Absence::Invalid | Absence::NoValue) {
                return None;
            }
            self.absent = true;
            return Some(Reading::Absent(reason));
        }
        if !self.is_new(numbers, stamp) {
            let broken_off = core::mem::take(&mut self.measured_since);
            let reason = if broken_off { Absence::Aborted } else { Absence::NoneRecent };
            return core::mem::take(&mut self.absent).then_some(Reading::Absent(reason));
        }
        *self = Self { published: Some((numbers, stamp)), measured_since: false, absent: false };
        let [systolic, diastolic, mean] = numbers;
        let amount = Amount::Pressure { systolic, diastolic, mean };
        let questionable = sent().any(|part| part.is_questionable());
        Some(if questionable { Reading::Questionable(amount, Doubt::Questionable) } else { Reading::Valid(amount) })
    }

    /// Whether this is another measurement than the one published: other numbers, or another time stamp. Without a stamp
    /// equal numbers cannot be told apart and are a repetition.
    fn is_new(&self, numbers: [Option<Decimal>; 3], stamp: Stamp) -> bool {
        self.published.is_none_or(|(published, at)| published != numbers || (stamp != (None, None) && stamp != at))
    }
}
