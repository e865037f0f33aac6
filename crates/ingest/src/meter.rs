//! How much came in the last seconds.

use chairside_observation::Micros;

/// Rates are taken over this many whole seconds: long enough for a monitor that speaks every few seconds, short enough
/// that a person who changes a setting sees it.
pub const METER_SECONDS: i64 = 10;
/// The whole seconds, and the one that has just begun.
const SLOTS: usize = METER_SECONDS as usize + 1;

/// What was counted in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes received.
    pub bytes: u64,
    /// Frames understood.
    pub frames: u64,
    /// Frames complete but not understood.
    pub faults: u64,
    /// Bytes that fit no frame.
    pub skipped_bytes: u64,
    /// Readings, absent ones included.
    pub readings: u64,
    /// Readings with a number.
    pub values: u64,
}

impl Tally {
    fn add(&mut self, more: &Self) {
        self.bytes += more.bytes;
        self.frames += more.frames;
        self.faults += more.faults;
        self.skipped_bytes += more.skipped_bytes;
        self.readings += more.readings;
        self.values += more.values;
    }
}

/// One tally for each of the last seconds of the monotonic clock. It takes its time from what arrives, so nothing has to
/// run beside the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    slots: [(i64, Tally); SLOTS],
}

impl Meter {
    /// Adds what was counted at `now`.
    pub(crate) fn add(&mut self, now: Micros, more: &Tally) {
        let second = second(now);
        let slot = &mut self.slots[index(second)];
        if slot.0 != second {
            *slot = (second, Tally::default());
        }
        slot.1.add(more);
    }

    /// What was counted in the [`METER_SECONDS`] whole seconds before the one of `now`.
    pub(crate) fn over(&self, now: Micros) -> Tally {
        let end = second(now);
        let mut sum = Tally::default();
        for (_, tally) in self.slots.iter().filter(|(at, _)| (end - METER_SECONDS..end).contains(at)) {
            sum.add(tally);
        }
        sum
    }
}

const fn second(now: Micros) -> i64 {
    now.0.div_euclid(1_000_000)
}

fn index(second: i64) -> usize {
    usize::try_from(second.rem_euclid(SLOTS as i64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds bytes at moments (in milliseconds) and looks at one.
    fn check(arrivals: &[(i64, u64)], look_ms: i64, expected: u64) {
        let mut meter = Meter::default();
        for (at_ms, bytes) in arrivals {
            meter.add(Micros::from_millis(*at_ms), &Tally { bytes: *bytes, ..Tally::default() });
        }
        let found = meter.over(Micros::from_millis(look_ms)).bytes;
        assert_eq!(found, expected, "{arrivals:?} seen at {look_ms} ms");
    }

    #[test]
    fn only_the_last_ten_whole_seconds_count() {
        check(&[], 5_000, 0);
        check(&[(4_200, 8), (4_900, 8)], 4_950, 0);
        check(&[(4_200, 8), (4_900, 8)], 5_000, 16);
        check(&[(4_200, 8), (4_900, 8)], 14_999, 16);
        check(&[(4_200, 8), (4_900, 8)], 15_000, 0);
        let steady: Vec<_> = (0..1_000).map(|n| (n * 100, 3)).collect();
        check(&steady, 99_999, 300);
    }

    #[test]
    fn a_silence_of_any_length_leaves_nothing_behind() {
        check(&[(0, 5), (11_000, 7)], 12_000, 7);
        check(&[(0, 5), (1_100_000, 7)], 1_100_000, 0);
        check(&[(-500, 5)], 0, 5);
    }
}
