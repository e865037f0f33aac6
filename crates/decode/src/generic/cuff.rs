//! The cuff reading as an event: a line may repeat the last one for hours, one measurement is published once.

use super::clock::{DAY_S, Stamp};
use super::description::NewWhen;
use super::read::Mark;
use chairside_observation::{Absence, Amount, Civil, Decimal, Measured, Micros, Reading};

/// A cuff's time and the line's may be rounded in different ways, so a cuff reading may seem to come from so far in the
/// future; by hours and minutes alone that reads as almost a day old.
const AHEAD_MAX_S: i64 = 120;
/// Ages arrive with the delay of their line: two lines of one measurement may differ by so much more than the unit the age
/// is counted in.
const AGE_SLACK_S: i64 = 5;
/// An age above this says that there is no reading: it stands in lines as 9999 or 65535.
const AGE_MAX_S: i64 = DAY_S;

/// Systolic, diastolic, mean.
pub(super) type Numbers = [Option<Decimal>; 3];

/// What was published last.
#[derive(Clone, Debug)]
struct Published {
    numbers: Numbers,
    mark: Mark,
    /// When it was measured, on the clock of arrivals; only for ages.
    at: Micros,
}

/// What a line's cuff reading is worth publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) reading: Reading,
    pub(super) measured: Option<Measured>,
    /// It may be of any age: the first one heard, of a monitor that repeats and says no time.
    pub(super) age_unknown: bool,
}

/// The memory that tells a new measurement from a repeated one.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuff {
    published: Option<Published>,
    /// An absence was said since the last publication: when nothing new follows it, that has to be said too.
    absent: bool,
}

impl Cuff {
    /// Takes the cuff reading of a line; `None` when it repeats what was published.
    pub(super) fn report(
        &mut self,
        how: &NewWhen,
        now: Micros,
        line: Option<Stamp>,
        mark: &Mark,
        reading: Reading,
    ) -> Option<Report> {
        let numbers = match reading.amount() {
            Some(Amount::Pressure { systolic, diastolic, mean }) => [systolic, diastolic, mean],
            Some(Amount::One(_)) | None => return Some(self.absence(reading)),
        };
        let age_s = match (how, mark) {
            (NewWhen::Age(..), Mark::Age(seconds)) if *seconds <= AGE_MAX_S => *seconds,
            (NewWhen::Age(..), _) => return Some(self.absence(Reading::Absent(Absence::NoneRecent))),
            _ => 0,
        };
        let this = Published { numbers, mark: mark.clone(), at: now - Micros::from_secs(age_s) };
        // The newest line has the newest age: what comes next is compared with it.
        let before = self.published.replace(this.clone());
        if before.as_ref().is_some_and(|before| this.repeats(before, how)) {
            let after_absence = core::mem::take(&mut self.absent);
            return after_absence.then_some(Report::plain(Reading::Absent(Absence::NoneRecent)));
        }
        self.absent = false;
        let measured = measured(how, mark, line);
        let told = matches!(how, NewWhen::Printed) || measured.is_some();
        let age_unknown = before.is_none() && (!told || matches!(how, NewWhen::Changed | NewWhen::Counter(_)));
        Some(Report { reading, measured: measured.filter(|_| !age_unknown), age_unknown })
    }

    fn absence(&mut self, reading: Reading) -> Report {
        self.absent = true;
        Report::plain(reading)
    }
}

impl Report {
    const fn plain(reading: Reading) -> Self {
        Self { reading, measured: None, age_unknown: false }
    }
}

impl Published {
    fn repeats(&self, before: &Self, how: &NewWhen) -> bool {
        let same = match how {
            NewWhen::Printed => false,
            // Equal numbers cannot be told apart, and so are a repetition.
            NewWhen::Changed => true,
            NewWhen::Time(..) | NewWhen::Counter(_) => self.mark == before.mark,
            NewWhen::Age(_, unit_s) => self.same_age(before, *unit_s),
        };
        same && self.numbers == before.numbers
    }

    /// A measurement does not move on the clock of arrivals while its age grows. An age that grew is only another
    /// measurement when it lies later than the one before; a shorter one, when it lies elsewhere at all.
    fn same_age(&self, before: &Self, unit_s: i64) -> bool {
        let slack = Micros::from_secs(AGE_SLACK_S + if unit_s > 1 { unit_s } else { 0 });
        let moved = self.at.since(before.at);
        let (Mark::Age(now), Mark::Age(then)) = (&self.mark, &before.mark) else { return false };
        if now < then { moved.0.saturating_abs() <= slack.0 } else { moved <= slack }
    }
}

/// When the reading was measured, as far as the line says.
fn measured(how: &NewWhen, mark: &Mark, line: Option<Stamp>) -> Option<Measured> {
    let sent = line.and_then(Stamp::civil);
    let of_line = |at: Civil| Measured::At { at, sent: Some(at) };
    match (how, mark) {
        (NewWhen::Age(..), Mark::Age(seconds)) => Some(Measured::Ago(Micros::from_secs(*seconds))),
        (NewWhen::Time(..), Mark::Time(stamp)) => match (stamp.civil(), line) {
            (Some(at), _) => Some(Measured::At { at, sent }),
            // A time of day: its age is the way to the line's time of day.
            (None, Some(line)) => {
                let age_s = (line.of_day_s() - stamp.of_day_s()).rem_euclid(DAY_S);
                let age_s = if age_s > DAY_S - AHEAD_MAX_S { 0 } else { age_s };
                Some(Measured::Ago(Micros::from_secs(age_s)))
            }
            (None, None) => None,
        },
        _ => sent.map(of_line),
    }
}
