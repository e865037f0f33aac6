//! The monitor's clock: seconds since 1970 as civil time.

use chairside_observation::Civil;

/// Civil date and time of `unix_s` on the monitor's clock, without an offset: whether the monitor counts UTC or wall time
/// is not documented. `None` for 0, which is "unknown".
pub(super) fn civil(unix_s: u32) -> Option<Civil> {
    if unix_s == 0 {
        return None;
    }
    let (days, second_of_day) = (unix_s / 86_400, unix_s % 86_400);
    // Howard Hinnant's `civil_from_days`: years run from March, eras of 400 years; the era count never goes below 0 here.
    let from_march_0000 = days + 719_468;
    let era = from_march_0000 / 146_097;
    let day_of_era = from_march_0000 % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    let small = |n: u32| u8::try_from(n).ok();
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
        assert_eq!(civil(0), None, "0 is unknown, not 1970");
        for unix_s in [1, 951_825_599, 951_825_600, 1_709_251_199, 1_709_251_200, 4_107_542_400, u32::MAX] {
            let face = civil(unix_s).unwrap().face();
            assert_eq!(face.0, i64::from(unix_s) * 1_000_000, "of {unix_s}");
        }
    }
}
