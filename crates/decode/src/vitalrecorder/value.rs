//! Numbers and times as VitalRecorder writes them.

use chairside_observation::{Absence, Civil, Decimal};

/// Places kept of a number with more than a reading can have: a 32-bit float written in full (`36.70000076293945`) has
/// three that mean something.
const PLACES_KEPT: usize = 3;

/// What stands in the place of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated {
    /// A number.
    Value(Decimal),
    /// A number with a decimal comma: one source only says that this happens.
    Comma(Decimal),
    /// No number, and why.
    Absent(Absence),
    /// Neither.
    Unreadable,
}

/// Reads a number, or the word that stands for none: the server's own documents say `null`, its code takes `nan`.
pub(super) fn number(text: &[u8]) -> Stated {
    let text = text.trim_ascii();
    match text {
        b"" | b"\"\"" => return Stated::Absent(Absence::NoValue),
        b"null" => return Stated::Absent(Absence::Invalid),
        _ if is_not_a_number(text) => return Stated::Absent(Absence::Invalid),
        _ => {}
    }
    let mark = text.iter().position(|b| matches!(b, b'.' | b','));
    let (whole, places) = mark.map_or((text, &[][..]), |at| (&text[..at], &text[at + 1..]));
    match decimal(whole, places) {
        None => Stated::Unreadable,
        Some(value) if mark.is_some_and(|at| text[at] == b',') => Stated::Comma(value),
        Some(value) => Stated::Value(value),
    }
}

/// `nan`, `-nan(ind)`, `inf`, `Infinity`, in any case and with a sign.
fn is_not_a_number(text: &[u8]) -> bool {
    let word = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    [&b"nan"[..], b"inf"].iter().any(|w| word.get(..w.len()).is_some_and(|start| start.eq_ignore_ascii_case(w)))
}

/// Digits as sent; of more than nine places three are kept, rounded.
fn decimal(whole: &[u8], places: &[u8]) -> Option<Decimal> {
    if whole.is_empty() || places.iter().any(|b| !b.is_ascii_digit()) {
        return None;
    }
    let whole_part = Decimal::parse(whole).ok()?;
    let kept = if places.len() > 9 { &places[..PLACES_KEPT] } else { places };
    let mut units = whole_part.units().unsigned_abs();
    for digit in kept {
        units = units.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    if places.len() > 9 && places[PLACES_KEPT] >= b'5' {
        units += 1;
    }
    let units = i64::try_from(units).ok().filter(|u| *u < 1_000_000_000_000_000)?;
    let units = if whole.first() == Some(&b'-') { -units } else { units };
    Some(Decimal::new(units, u8::try_from(kept.len()).ok()?))
}

/// Seconds since 1970 with a fraction, as UTC. `None` for what no calendar holds: a time in milliseconds too.
pub(super) fn unix_time(text: &[u8]) -> Option<Civil> {
    let mark = text.iter().position(|b| matches!(b, b'.' | b','));
    let (whole, fraction) = mark.map_or((text, &[][..]), |at| (&text[..at], &text[at + 1..]));
    if whole.is_empty() || whole.len() > 11 || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    let seconds = whole.iter().fold(0_i64, |n, b| n * 10 + i64::from(b - b'0'));
    let mut civil = Civil::from_unix_s(seconds).filter(|_| seconds > 0)?;
    civil.micros = (0..6).fold(0, |n, at| n * 10 + fraction.get(at).map_or(0, |b| u32::from(b - b'0')));
    civil.offset_min = Some(0);
    Some(civil)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::{String, ToString};

    fn check(text: &str, expected: &str) {
        let found = match number(text.as_bytes()) {
            Stated::Value(d) => d.to_string(),
            Stated::Comma(d) => format!("comma {d}"),
            Stated::Absent(why) => String::from(why.word()),
            Stated::Unreadable => String::from("unreadable"),
        };
        assert_eq!(found, expected, "of {text:?}");
    }

    #[test]
    fn digits_are_kept_as_sent() {
        check("72", "72");
        check("72.0", "72.0");
        check("-0.5", "-0.5");
        check("36.6", "36.6");
        check("36,6", "comma 36.6");
        check("36.70000076293945", "36.700");
        check("36.59999847412109", "36.600");
        check("-0.99999999999", "-1.000");
    }

    #[test]
    fn h06_a_word_for_no_number_is_an_absence_and_never_0() {
        for text in ["nan", "NaN", "-nan(ind)", "inf", "-Infinity", "null"] {
            check(text, "invalid");
        }
        check("", "no value");
        check("\"\"", "no value");
    }

    #[test]
    fn what_is_no_number_is_unreadable() {
        for text in ["\"72\"", "1e3", "7.2.1", "--", "true", "[1]", ".5", "12345678901234567", "-", "9e999", "1.#QNAN"]
        {
            check(text, "unreadable");
        }
    }

    fn check_time(text: &str, expected: &str) {
        let found = unix_time(text.as_bytes()).map_or_else(|| String::from("none"), |t| t.to_string());
        assert_eq!(found, expected, "of {text:?}");
    }

    #[test]
    fn times_are_seconds_since_1970() {
        check_time("1738656000", "2025-02-04T08:00:00+00:00");
        check_time("1738656000.123", "2025-02-04T08:00:00.123+00:00");
        check_time("1738656000.1234567", "2025-02-04T08:00:00.123456+00:00");
        check_time("1738656000,5", "2025-02-04T08:00:00.500+00:00");
    }

    #[test]
    fn h11_what_is_no_time_is_none() {
        for text in ["", "0", "0.0", "-1", "nan", "null", "1738656000000", "1e9", "\"1738656000\"", "1.7.3"] {
            check_time(text, "none");
        }
    }
}
