//! Numbers as monitors send them: digits and a decimal point, never a binary fraction.

use core::fmt;

/// A decimal number that keeps the places it was sent with: 3.60 is not 3.6. Zeros that only pad a fixed-width field
/// (`097`) are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    places: u8,
}

/// Why a text is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// No digit at all.
    Empty,
    /// A byte that is neither digit, sign in front, nor the one point.
    NotANumber,
    /// More digits than a reading can have (15), or more than 9 places.
    TooLong,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no digits",
            Self::NotANumber => "not a number",
            Self::TooLong => "too many digits",
        })
    }
}

/// Most digits kept: any vital sign has at most 6, and 15 fit exactly in a double on the way to the browser.
const DIGITS_MAX: u8 = 15;
/// Most decimal places kept.
const PLACES_MAX: u8 = 9;

impl Decimal {
    /// `units / 10^places`, such as `new(360, 2)` for 3.60.
    #[must_use]
    pub const fn new(units: i64, places: u8) -> Self {
        Self { units, places }
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(units: i64) -> Self {
        Self { units, places: 0 }
    }

    /// The digits without the point: 360 for 3.60.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.units
    }

    /// Digits after the point.
    #[must_use]
    pub const fn places(self) -> u8 {
        self.places
    }

    /// Reads `[+-]digits[.digits]`; blanks are not trimmed.
    ///
    /// # Errors
    /// Anything else: empty, other bytes, more than 15 digits or 9 places. Exponents are refused: no monitor sends them.
    pub fn parse(text: &[u8]) -> Result<Self, DecimalError> {
        let (negative, digits) = match text.split_first() {
            None => return Err(DecimalError::Empty),
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            Some(_) => (false, text),
        };
        let mut units = 0_i64;
        let (mut count, mut places, mut point) = (0_u8, 0_u8, false);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    let significant = units != 0 || byte != b'0';
                    count += u8::from(significant || count == 0);
                    places += u8::from(point);
                    if count > DIGITS_MAX || places > PLACES_MAX {
                        return Err(DecimalError::TooLong);
                    }
                    units = units * 10 + i64::from(byte - b'0');
                }
                b'.' if !point => point = true,
                _ => return Err(DecimalError::NotANumber),
            }
        }
        if count == 0 {
            return Err(DecimalError::Empty);
        }
        Ok(Self { units: if negative { -units } else { units }, places })
    }

    /// Numeric order, whatever the places: 3.60 compares equal to 3.6.
    #[must_use]
    pub fn compare(self, other: Self) -> core::cmp::Ordering {
        if self.places == other.places {
            return self.units.cmp(&other.units);
        }
        let wide = |d: Self, to: u8| i128::from(d.units) * 10_i128.pow(u32::from(to - d.places));
        let to = self.places.max(other.places);
        wide(self, to).cmp(&wide(other, to))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.places == 0 {
            return write!(f, "{}", self.units);
        }
        let scale = 10_u64.pow(u32::from(self.places));
        let size = self.units.unsigned_abs();
        let sign = if self.units < 0 { "-" } else { "" };
        let width = usize::from(self.places);
        write!(f, "{sign}{}.{:0width$}", size / scale, size % scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn check(text: &str, expected: &str) {
        let shown = match Decimal::parse(text.as_bytes()) {
            Ok(d) => d.to_string(),
            Err(e) => e.to_string(),
        };
        assert_eq!(shown, expected, "of {text:?}");
    }

    #[test]
    fn digits_are_kept_as_sent() {
        check("3.60", "3.60");
        check("03.60", "3.60");
        check("097", "97");
        check("-0.9", "-0.9");
        check("+5", "5");
        check("000", "0");
        check("0.001", "0.001");
        check("28.", "28");
        check(".5", "0.5");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        check("", "no digits");
        check("-", "no digits");
        check(".", "no digits");
        check("1e3", "not a number");
        check("1.2.3", "not a number");
        check(" 97", "not a number");
        check("97 ", "not a number");
        check("1234567890123456", "too many digits");
        check("0.1234567890", "too many digits");
    }

    #[test]
    fn order_ignores_places() {
        use core::cmp::Ordering::{Equal, Less};
        assert_eq!(Decimal::new(360, 2).compare(Decimal::new(36, 1)), Equal);
        assert_eq!(Decimal::new(-9, 1).compare(Decimal::whole(0)), Less);
        assert_eq!(Decimal::new(-9, 1).compare(Decimal::new(9, 1)), Less);
        assert_eq!(Decimal::new(360, 2).compare(Decimal::new(360, 1)), Less);
    }
}
