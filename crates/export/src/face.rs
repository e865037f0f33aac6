//! Times as people and other programs read them.

use chairside_observation::{Civil, Micros};

/// Minutes east of UTC at a moment, in the clinic's zone. The program knows the zone; this crate has no table of zones.
pub trait Offsets {
    /// The offset at `utc`, microseconds since 1970.
    fn offset_min(&self, utc: Micros) -> i16;
}

/// Writes moments in the clinic's zone, always with the offset: on the night the clocks go back, 01:30-04:00 and 01:30-05:00
/// are two different moments.
pub struct Face<'a>(pub &'a dyn Offsets);

impl Face<'_> {
    /// ISO 8601 with milliseconds and offset: `2026-03-02T10:42:05.120+01:00`; empty outside the years 1 to 9999.
    #[must_use]
    pub fn iso(&self, utc: Micros) -> String {
        let offset = self.0.offset_min(utc);
        let Some(civil) = self.civil(utc) else { return String::new() };
        let Civil { year, month, day, hour, minute, second, .. } = civil;
        let millis = utc.0.rem_euclid(1_000_000) / 1000;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}{}", offset_text(offset))
    }

    /// `10:42:05`, for a table whose heading names day and offset.
    #[must_use]
    pub fn clock(&self, utc: Micros) -> String {
        let Some(civil) = self.civil(utc) else { return String::new() };
        format!("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second)
    }

    /// `2026-03-02`.
    #[must_use]
    pub fn day(&self, utc: Micros) -> String {
        let Some(civil) = self.civil(utc) else { return String::new() };
        format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
    }

    /// `+01:00`.
    #[must_use]
    pub fn offset(&self, utc: Micros) -> String {
        offset_text(self.0.offset_min(utc))
    }

    /// How far the clinic's clock is ahead of UTC.
    pub(crate) fn east(&self, utc: Micros) -> Micros {
        Micros::from_secs(i64::from(self.0.offset_min(utc)) * 60)
    }

    fn civil(&self, utc: Micros) -> Option<Civil> {
        let local = utc + Micros::from_secs(i64::from(self.0.offset_min(utc)) * 60);
        Civil::from_unix_s(local.0.div_euclid(1_000_000))
    }
}

fn offset_text(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let size = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", size / 60, size % 60)
}

/// `1:02:03` since T+0, `-0:04:10` before it.
#[must_use]
pub(crate) fn t_plus(since: Micros) -> String {
    let sign = if since.0 < 0 { "-" } else { "" };
    let seconds = since.0.unsigned_abs() / 1_000_000;
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// New York on 2026-11-01: the clocks went back at 06:00 UTC.
    struct NewYork;
    impl Offsets for NewYork {
        fn offset_min(&self, utc: Micros) -> i16 {
            if utc < Micros::from_secs(1_793_512_800) { -240 } else { -300 }
        }
    }

    #[test]
    fn h11_the_two_half_past_ones_of_the_night_are_two_moments() {
        let face = Face(&NewYork);
        let half_past = Micros::from_secs(1_793_512_800 - 1800);
        assert_eq!(face.iso(half_past), "2026-11-01T01:30:00.000-04:00");
        assert_eq!(face.iso(half_past + Micros::from_secs(3600)), "2026-11-01T01:30:00.000-05:00");
    }

    #[test]
    fn times_since_the_start_count_both_ways() {
        for (us, text) in [(0, "0:00:00"), (3_723_999_999, "1:02:03"), (-250_000_000, "-0:04:10")] {
            assert_eq!(t_plus(Micros(us)), text);
        }
    }
}
