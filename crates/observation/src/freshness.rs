//! How old a value may be before it stops being shown as live (`clinical-workflow` 9.1). The same rules stand in
//! `web/src/model/freshness.ts`; `fixtures/freshness.json` holds the two together.

use crate::Micros;

/// State of a continuous value by its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// Full colour.
    Live,
    /// Same digits, marked, with the age.
    Delayed,
    /// `--`, with the last value in small text.
    Lost,
}

/// State of a cuff reading by the age of its measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CuffState {
    /// Up to 5 minutes: full colour, age always shown.
    Current,
    /// Muted outlined digits and the clock time.
    Old,
    /// `--`, with the last reading in small text.
    Lost,
}

/// State of a continuous value: live up to max(3 s, 1.5 T), delayed up to max(10 s, 3 T), lost after; T is the expected
/// interval of the feed. An age below zero is a fault and counts as lost.
#[must_use]
pub fn freshness(age: Micros, every: Micros) -> Freshness {
    let live = Micros::from_secs(3).0.max(every.0.saturating_mul(3) / 2);
    let delayed = Micros::from_secs(10).0.max(every.0.saturating_mul(3));
    match age.0 {
        ..0 => Freshness::Lost,
        age if age <= live => Freshness::Live,
        age if age <= delayed => Freshness::Delayed,
        _ => Freshness::Lost,
    }
}

/// State of a cuff reading: current up to 5 min, old up to max(15 min, 1.5 times the expected cuff interval), lost after.
#[must_use]
pub fn cuff_state(age: Micros, every: Micros) -> CuffState {
    let old = Micros::from_secs(15 * 60).0.max(every.0.saturating_mul(3) / 2);
    match age.0 {
        ..0 => CuffState::Lost,
        age if age <= Micros::from_secs(5 * 60).0 => CuffState::Current,
        age if age <= old => CuffState::Old,
        _ => CuffState::Lost,
    }
}
