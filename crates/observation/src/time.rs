//! The three clocks, kept apart.
//!
//! The monitor's clock is evidence only ([`Civil`], [`Measured`]). The server's monotonic clock gives order and age, and
//! its wall clock gives what people read; a [`Received`] carries both.

use core::fmt;
use core::ops::{Add, Sub};

/// Microseconds: a point on one clock or a length of time, as the name of the field says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

impl Micros {
    /// Whole seconds as microseconds; saturates.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Whole milliseconds as microseconds; saturates.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// `self - earlier`, saturating.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Micros {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.since(other)
    }
}

/// One moment on both of the server's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Received {
    /// Monotonic, counted through suspend; comparable only within one boot of the machine. Order and age come from it.
    pub mono: Micros,
    /// UTC since 1970. People read it; it may step.
    pub wall: Micros,
}

impl Received {
    /// The moment `age` before this one, on both clocks.
    #[must_use]
    pub fn before(self, age: Micros) -> Self {
        Self { mono: self.mono - age, wall: self.wall - age }
    }

    /// The moment `time` after this one, on both clocks.
    #[must_use]
    pub fn after(self, time: Micros) -> Self {
        Self { mono: self.mono + time, wall: self.wall + time }
    }
}

/// A civil date and time as a monitor sent it, with the offset only if the monitor gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Civil {
    /// Full year, such as 2026.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60; 60 is a leap second and counts as the next minute's first.
    pub second: u8,
    /// Part of a second, in microseconds.
    pub micros: u32,
    /// Minutes east of UTC, when sent.
    pub offset_min: Option<i16>,
}

impl Civil {
    /// A checked date and time; `None` when a field is out of its range or the day is not in the month.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        let whole = (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
        (whole && (1..=9999).contains(&year) && hour <= 23 && minute <= 59 && second <= 60).then_some(Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            micros: 0,
            offset_min: None,
        })
    }

    /// The date and time on the face of a clock that has counted `unix_s` seconds since 1970, without an offset; `None`
    /// outside the years 1 to 9999. The inverse of [`Civil::face`] in whole seconds.
    #[must_use]
    pub fn from_unix_s(unix_s: i64) -> Option<Self> {
        let second_of_day = unix_s.rem_euclid(86_400);
        // Howard Hinnant's `civil_from_days`: years run from March, eras of 400 years.
        let from_march_0000 = unix_s.div_euclid(86_400).checked_add(719_468)?;
        let era = from_march_0000.div_euclid(146_097);
        let day_of_era = from_march_0000.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let small = |n: i64| u8::try_from(n).ok();
        Self::new(
            u16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
            small(second_of_day / 3600)?,
            small(second_of_day / 60 % 60)?,
            small(second_of_day % 60)?,
        )
    }

    /// Microseconds since 1970 on this clock's own face, as if it showed UTC. The difference of two is a length of time
    /// when both come from one clock that was not set in between.
    #[must_use]
    pub fn face(self) -> Micros {
        let days = days_from_1970(self.year, self.month, self.day);
        let secs = days * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        Micros(secs * 1_000_000 + i64::from(self.micros))
    }

    /// UTC, when the monitor sent its offset.
    #[must_use]
    pub fn utc(self) -> Option<Micros> {
        Some(self.face() - Micros::from_secs(i64::from(self.offset_min?) * 60))
    }
}

impl fmt::Display for Civil {
    /// ISO 8601; the fraction and the offset stand only where they were sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, micros, offset_min } = *self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if micros != 0 {
            let (digits, width) = if micros % 1000 == 0 { (micros / 1000, 3) } else { (micros, 6) };
            write!(f, ".{digits:0width$}")?;
        }
        match offset_min {
            None => Ok(()),
            Some(min) => {
                let sign = if min < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", min.unsigned_abs() / 60, min.unsigned_abs() % 60)
            }
        }
    }
}

/// When a value was measured, as far as the monitor said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measured {
    /// The time on the monitor's clock, and what that clock showed when it sent the message, if it said so. The
    /// difference is the age whatever year the monitor believes in.
    At {
        /// The measurement's own time.
        at: Civil,
        /// The same clock when the message was made.
        sent: Option<Civil>,
    },
    /// The monitor gave an age: this long before the frame arrived.
    Ago(Micros),
}

/// Turns civil times without an offset into UTC: the clinic's zone, given by the program.
pub trait Zone {
    /// UTC microseconds since 1970 of `civil`; an offset in `civil` wins over the zone.
    fn utc(&self, civil: Civil) -> Micros;
}

impl Measured {
    /// How old the measurement was when its frame arrived; never negative. Uses the monitor's own clock for both ends
    /// where it can (a monitor may be years off), else `zone`.
    #[must_use]
    pub fn age(&self, arrived: Received, zone: &dyn Zone) -> Micros {
        let age = match *self {
            Self::Ago(age) => age,
            Self::At { at, sent: Some(sent) } => match (at.utc(), sent.utc()) {
                (Some(at), Some(sent)) => sent - at,
                // One of the two has no offset: they come from one clock, so its face decides.
                _ => sent.face() - at.face(),
            },
            Self::At { at, sent: None } => arrived.wall - zone.utc(at),
        };
        age.max(Micros(0))
    }
}

/// Days in a month of the Gregorian calendar; 0 for a month that does not exist.
fn days_in(year: u16, month: u8) -> u8 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 0,
    }
}

/// Days from 1970-01-01 to the date (Howard Hinnant's `days_from_civil`: years run from March, eras of 400 years).
fn days_from_1970(year: u16, month: u8, day: u8) -> i64 {
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn seconds_become_a_date_and_back() {
        let edges = [-62_135_596_800, -1, 0, 951_825_599, 951_825_600, 1_709_251_199, 4_107_542_400, 253_402_300_799];
        for unix_s in edges {
            assert_eq!(Civil::from_unix_s(unix_s).unwrap().face().0, unix_s * 1_000_000, "of {unix_s}");
        }
    }

    #[test]
    fn what_no_calendar_holds_is_refused() {
        for unix_s in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            assert_eq!(Civil::from_unix_s(unix_s), None, "of {unix_s}");
        }
    }

    struct Utc;
    impl Zone for Utc {
        fn utc(&self, civil: Civil) -> Micros {
            civil.utc().unwrap_or_else(|| civil.face())
        }
    }

    fn civil(h: u8, m: u8) -> Civil {
        Civil::new(2004, 2, 29, h, m, 7).unwrap()
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused() {
        assert!(Civil::new(2023, 2, 29, 0, 0, 0).is_none());
        assert!(Civil::new(2024, 2, 29, 0, 0, 0).is_some());
        assert!(Civil::new(1900, 2, 29, 0, 0, 0).is_none());
        assert!(Civil::new(2024, 13, 1, 0, 0, 0).is_none());
        assert!(Civil::new(0, 1, 1, 0, 0, 0).is_none());
    }

    #[test]
    fn the_face_counts_from_1970() {
        assert_eq!(Civil::new(1970, 1, 1, 0, 0, 0).unwrap().face(), Micros(0));
        assert_eq!(Civil::new(2024, 5, 1, 10, 15, 1).unwrap().face(), Micros::from_secs(1_714_558_501));
        assert_eq!(Civil::new(1, 1, 1, 0, 0, 0).unwrap().face(), Micros::from_secs(-62_135_596_800));
    }

    #[test]
    fn iso_text_has_the_offset_only_where_it_was_sent() {
        assert_eq!(civil(9, 5).to_string(), "2004-02-29T09:05:07");
        assert_eq!(
            Civil { micros: 500_000, offset_min: Some(-330), ..civil(9, 5) }.to_string(),
            "2004-02-29T09:05:07.500-05:30"
        );
    }

    #[test]
    fn age_comes_from_the_monitors_own_clock_when_it_shows_both_ends() {
        let arrived = Received { mono: Micros(0), wall: Micros::from_secs(1_800_000_000) };
        let both = Measured::At { at: civil(9, 0), sent: Some(civil(9, 24)) };
        assert_eq!(both.age(arrived, &Utc), Micros::from_secs(24 * 60));
        let zoned = Civil { offset_min: Some(60), ..civil(9, 24) };
        assert_eq!(Measured::At { at: civil(9, 0), sent: Some(zoned) }.age(arrived, &Utc), Micros::from_secs(24 * 60));
        let future = Measured::At { at: civil(10, 0), sent: Some(civil(9, 0)) };
        assert_eq!(future.age(arrived, &Utc), Micros(0), "a measurement from the future is not older than its arrival");
        assert_eq!(Measured::Ago(Micros::from_secs(42)).age(arrived, &Utc), Micros::from_secs(42));
    }
}
