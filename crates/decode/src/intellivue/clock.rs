//! The monitor's two clocks: a counter of 1/8 ms that wraps after 149 hours, and a date in BCD that many replies leave out.

use super::frame::MdsCreate;
use chairside_observation::{Civil, Micros};

/// Microseconds of one tick of the counter.
const TICK_US: i64 = 125;

/// Ties the counter to the date the monitor gave when the association began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The date the monitor gave, on its own face.
    face: Micros,
    /// The counter as last seen.
    last: u32,
    /// Ticks from the date to the counter as last seen, wraps included.
    ticks: i64,
    /// When the date arrived, on our clock.
    arrived: Micros,
}

impl Clock {
    /// The clock of a monitor's description; `None` when it gives no date.
    pub(super) fn new(mds: MdsCreate, arrived: Micros) -> Option<Self> {
        Some(Self { face: civil(mds.absolute?)?.face(), last: mds.relative?, ticks: 0, arrived })
    }

    /// The date at `now` on our clock: what the monitor's face shows where its counter stands.
    pub(super) fn face_at(&self, now: Micros) -> Option<Civil> {
        Civil::from_unix_s((self.face + now.since(self.arrived)).0.div_euclid(1_000_000))
    }

    /// The date when the counter stands at `relative`. The counter may wrap between two calls if they are less than 74
    /// hours apart; an association dies of silence long before.
    pub(super) fn at(&mut self, relative: u32) -> Option<Civil> {
        self.ticks = self.ticks.saturating_add(since(relative, self.last));
        self.last = relative;
        Civil::from_unix_s((self.face.0.saturating_add(self.ticks.saturating_mul(TICK_US))).div_euclid(1_000_000))
    }
}

/// Ticks from `earlier` to `later` on a counter that wraps; less than half its range counts forwards, the rest backwards.
fn since(later: u32, earlier: u32) -> i64 {
    i64::from(later.wrapping_sub(earlier).cast_signed())
}

/// Ticks a time stamp may lie ahead of the reply that carries it and still mean "just now": a minute. Without it one tick
/// ahead would be 149 hours old; with half the range a reading of four days ago would be new.
const AHEAD_MAX: u32 = 60 * 8000;

/// How long before `now` a time stamp of the counter lies; one that lies a little ahead has no age.
pub(super) fn age(now: u32, stamp: u32) -> Micros {
    let ahead = stamp.wrapping_sub(now) <= AHEAD_MAX;
    Micros(if ahead { 0 } else { i64::from(now.wrapping_sub(stamp)) * TICK_US })
}

/// Whether the counter runs. There are monitors that show the same count in every reply: it says nothing about time then,
/// and values have the time of their arrival.
#[derive(Default)]
pub(super) struct Counter {
    /// The count last seen, and the first numeric of the first reply that showed it.
    seen: Option<(u32, (u16, u16))>,
    stands: bool,
}

impl Counter {
    /// The count of a reply if it means a time. A reply in several parts shows one count in all of them, but no numeric
    /// twice: the same numeric again under the same count is another reply, and the counter stands.
    pub(super) fn read(&mut self, count: u32, first: (u16, u16)) -> Option<u32> {
        match self.seen {
            Some((seen, numeric)) if seen == count => self.stands |= numeric == first,
            _ => *self = Self { seen: Some((count, first)), stands: false },
        }
        (!self.stands).then_some(count)
    }
}

/// Eight bytes of BCD: century, year, month, day, hour, minute, second, and a part of a second that is not read. All FF,
/// or anything that is no date, is none.
pub(super) fn civil(bcd: [u8; 8]) -> Option<Civil> {
    let mut digits = [0_u8; 7];
    for (digit, byte) in digits.iter_mut().zip(bcd) {
        if byte >> 4 > 9 || byte & 0xF > 9 {
            return None;
        }
        *digit = (byte >> 4) * 10 + (byte & 0xF);
    }
    let [century, year, month, day, hour, minute, second] = digits;
    Civil::new(u16::from(century) * 100 + u16::from(year), month, day, hour, minute, second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const BEGIN: [u8; 8] = [0x20, 0x26, 0x03, 0x01, 0x09, 0x30, 0x00, 0x00];
    const HOUR: u32 = 8 * 1000 * 3600;

    fn clock(relative: u32) -> Clock {
        Clock::new(MdsCreate { absolute: Some(BEGIN), relative: Some(relative) }, Micros(0)).unwrap()
    }

    #[test]
    fn h11_the_date_goes_on_when_the_counter_wraps() {
        let mut clock = clock(u32::MAX - HOUR + 1);
        assert_eq!(clock.at(u32::MAX - HOUR / 2 + 1).unwrap().to_string(), "2026-03-01T10:00:00");
        assert_eq!(clock.at(HOUR).unwrap().to_string(), "2026-03-01T11:30:00");
        // Three times round the counter, 149 hours each.
        for hour in (0..450_u32).step_by(50) {
            clock.at(HOUR.wrapping_mul(hour).wrapping_add(HOUR));
        }
        assert_eq!(clock.at(HOUR.wrapping_mul(450).wrapping_add(HOUR)).unwrap().to_string(), "2026-03-20T05:30:00");
    }

    #[test]
    fn h11_an_age_is_right_across_the_wrap() {
        assert_eq!(age(HOUR, HOUR - 8000), Micros::from_secs(1));
        assert_eq!(age(4000, u32::MAX - 3999), Micros::from_secs(1));
        assert_eq!(age(HOUR, HOUR + 8000), Micros(0), "a stamp from the future is not old");
        assert_eq!(age(70 * HOUR, 0), Micros::from_secs(70 * 3600));
        assert_eq!(age(140 * HOUR, 0), Micros::from_secs(140 * 3600), "more than half round is old, not ahead");
        assert_eq!(age(HOUR, HOUR + 61 * 8000), Micros((1 << 32) * TICK_US - 61_000_000), "a minute ahead at most");
    }

    #[test]
    fn h11_a_counter_that_shows_one_count_for_two_replies_means_no_time() {
        let mut counter = Counter::default();
        let (a, b) = ((0, 1), (0, 2));
        let seen = [(7, a), (7, b), (8, a), (8, a), (8, b), (9, b), (9, a), (9, b)].map(|(c, n)| counter.read(c, n));
        assert_eq!(seen, [Some(7), Some(7), Some(8), None, None, Some(9), Some(9), None]);
    }

    #[test]
    fn what_is_no_date_is_none() {
        assert_eq!(civil([0xFF; 8]), None);
        assert_eq!(civil([0x20, 0x26, 0x13, 0x01, 0, 0, 0, 0]), None);
        assert_eq!(civil([0x20, 0x26, 0x0A, 0x01, 0, 0, 0, 0]), None);
        assert_eq!(civil(BEGIN).unwrap().to_string(), "2026-03-01T09:30:00");
    }
}
