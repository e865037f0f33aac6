//! Civil time from counted seconds.

use chairside_observation::Civil;

/// The civil date and time on the face of a clock that has counted `unix_s` seconds since 1970, without an offset; `None`
/// outside the years 1 to 9999. The inverse of [`Civil::face`] in whole seconds.
pub(crate) fn civil_from_seconds(unix_s: i64) -> Option<Civil> {
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
    Civil::new(
        u16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(second_of_day / 3600)?,
        small(second_of_day / 60 % 60)?,
        small(second_of_day % 60)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_a_date_and_back() {
        let edges = [-62_135_596_800, -1, 0, 951_825_599, 951_825_600, 1_709_251_199, 4_107_542_400, 253_402_300_799];
        for unix_s in edges {
            assert_eq!(civil_from_seconds(unix_s).unwrap().face().0, unix_s * 1_000_000, "of {unix_s}");
        }
    }

    #[test]
    fn what_no_calendar_holds_is_refused() {
        for unix_s in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            assert_eq!(civil_from_seconds(unix_s), None, "of {unix_s}");
        }
    }
}
