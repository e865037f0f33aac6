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
}

impl Clock {
    /// The clock of a monitor's description; `None` when it gives no date.
    pub(super) fn new(mds: MdsCreate) -> Option<Self> {
        Some(Self { face: civil(mds.absolute?)?.face(), last: mds.relative?, ticks: 0 })
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

/// How long before `now` a time stamp of the counter lies; one that lies ahead has no age.
pub(super) fn age(now: u32, stamp: u32) -> Micros {
    Micros(since(now, stamp).max(0) * TICK_US)
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
        Clock::new(MdsCreate { absolute: Some(BEGIN), relative: Some(relative) }).unwrap()
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
    }

    #[test]
    fn what_is_no_date_is_none() {
        assert_eq!(civil([0xFF; 8]), None);
        assert_eq!(civil([0x20, 0x26, 0x13, 0x01, 0, 0, 0, 0]), None);
        assert_eq!(civil([0x20, 0x26, 0x0A, 0x01, 0, 0, 0, 0]), None);
        assert_eq!(civil(BEGIN).unwrap().to_string(), "2026-03-01T09:30:00");
    }
}
