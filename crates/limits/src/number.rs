//! A number as a screen shows it, held against a limit.

use chairside_observation::{Decimal, Unit, Vital};
use std::cmp::Ordering;

/// One millimetre of mercury in nanopascal, by its definition (13.5951 g/cm3 at 9.80665 m/s2). A monitor that sends kPa is
/// held against the clinic's mmHg by this factor; the shown digits stay as sent.
const MMHG_NPA: i128 = 133_322_387_415;
/// One kilopascal in nanopascal.
const KPA_NPA: i128 = 1_000_000_000_000;

/// What is held against a limit: digits and unit as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) digits: Decimal,
    pub(crate) unit: Unit,
}

impl Number {
    /// A number of a reading. Digits beyond those a screen shows are rounded half up, as the screen does
    /// (`web/src/format/rounded.ts`): a notice never says "90 (limit 90)".
    pub(crate) fn shown(vital: Vital, digits: Decimal, unit: Unit) -> Self {
        let whole = matches!((vital, unit), (Vital::Spo2, Unit::Percent) | (Vital::Nibp, Unit::MmHg));
        Self { digits: if whole { rounded(digits) } else { digits }, unit }
    }

    /// Digits as shown; the unit only where it is not the one of the limit.
    pub(crate) fn text(self) -> String {
        match self.unit {
            Unit::KPa => format!("{} kPa", self.digits),
            _ => self.digits.to_string(),
        }
    }

    /// Order of this number to `percent` of a limit: 100 for the limit itself. Exact: integers on both sides.
    pub(crate) fn against(self, limit: Decimal, percent: i64) -> Ordering {
        let (own, limits) = match self.unit {
            Unit::KPa => (KPA_NPA, MMHG_NPA),
            _ => (1, 1),
        };
        scaled(self.digits, limit.places(), own * 100).cmp(&scaled(
            limit,
            self.digits.places(),
            limits * i128::from(percent),
        ))
    }

    /// The same against another number in the same unit.
    pub(crate) fn against_own(self, other: Decimal, percent: i64) -> Ordering {
        scaled(self.digits, other.places(), 100).cmp(&scaled(other, self.digits.places(), i128::from(percent)))
    }
}

/// Units of a decimal with `more` places added, times a factor. 15 digits, 9 places and the largest factor stay below 2^127.
fn scaled(digits: Decimal, more: u8, factor: i128) -> i128 {
    i128::from(digits.units()).saturating_mul(10_i128.pow(u32::from(more))).saturating_mul(factor)
}

/// Half up, to a whole number.
fn rounded(digits: Decimal) -> Decimal {
    let one = 10_i64.pow(u32::from(digits.places()));
    Decimal::whole((digits.units() + one / 2).div_euclid(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(vital: Vital, digits: &str, unit: Unit, limit: i64, expected: (&str, Ordering)) {
        let number = Number::shown(vital, Decimal::parse(digits.as_bytes()).unwrap(), unit);
        assert_eq!((&*number.text(), number.against(Decimal::whole(limit), 100)), expected, "{digits} against {limit}");
    }

    #[test]
    fn a_number_is_held_against_its_limit_as_it_is_shown() {
        use Ordering::{Equal, Less};
        check(Vital::Spo2, "90", Unit::Percent, 90, ("90", Equal));
        check(Vital::Spo2, "89.50", Unit::Percent, 90, ("90", Equal));
        check(Vital::Spo2, "89.49", Unit::Percent, 90, ("89", Less));
        check(Vital::Nibp, "179.6", Unit::MmHg, 180, ("180", Equal));
        check(Vital::RespRate, "9.9", Unit::PerMin, 10, ("9.9", Less));
        check(Vital::EtCo2, "50.0", Unit::MmHg, 50, ("50.0", Equal));
    }

    #[test]
    fn kilopascal_are_held_against_mmhg_by_the_definition() {
        use Ordering::{Greater, Less};
        // 180 mmHg are 23.9980297 kPa.
        check(Vital::Nibp, "23.9", Unit::KPa, 180, ("23.9 kPa", Less));
        check(Vital::Nibp, "24.0", Unit::KPa, 180, ("24.0 kPa", Greater));
        check(Vital::EtCo2, "6.67", Unit::KPa, 50, ("6.67 kPa", Greater));
        check(Vital::EtCo2, "6.66", Unit::KPa, 50, ("6.66 kPa", Less));
        check(Vital::Nibp, "123456789012345", Unit::KPa, i64::from(i16::MAX), ("123456789012345 kPa", Greater));
    }

    #[test]
    fn a_share_is_exact() {
        let number = |n| Number { digits: Decimal::whole(n), unit: Unit::MmHg };
        // 20 % over 118 are 141.6.
        assert_eq!(number(141).against_own(Decimal::whole(118), 120), Ordering::Less);
        assert_eq!(number(142).against_own(Decimal::whole(118), 120), Ordering::Greater);
        assert_eq!(number(144).against_own(Decimal::whole(120), 120), Ordering::Equal);
        assert_eq!(number(84).against_own(Decimal::new(1200, 1), 70), Ordering::Equal);
    }
}
