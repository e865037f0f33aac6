//! HL7 times: digits by their count, a fraction, an offset.

use chairside_observation::Civil;

/// Reads `YYYYMMDDHHMM[SS[.f..]][+-ZZZZ]`, and the 17-digit form of Mindray VS8 with milliseconds and no point. `None` for
/// anything that does not name a minute: dates alone, all zeros (Mindray PDS: "no measurement"), text, an impossible day.
#[must_use]
pub(crate) fn parse(text: &[u8]) -> Option<Civil> {
    let (stamp, offset) = match text.iter().position(|b| matches!(b, b'+' | b'-')) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let (digits, fraction) = match stamp.iter().position(|b| *b == b'.') {
        Some(at) => (&stamp[..at], &stamp[at + 1..]),
        None => (&stamp[..stamp.len().min(14)], stamp.get(14..).unwrap_or(&[])),
    };
    if !matches!(digits.len(), 12 | 14) {
        return None;
    }
    let two = |at: usize| number(digits.get(at..at + 2)?);
    let year = number(&digits[..4])?;
    let part = |at: usize| two(at).and_then(|n| u8::try_from(n).ok());
    let second = if digits.len() == 14 { part(12)? } else { 0 };
    let mut civil = Civil::new(u16::try_from(year).ok()?, part(4)?, part(6)?, part(8)?, part(10)?, second)?;
    civil.micros = micros(fraction)?;
    if let Some(offset) = offset {
        civil.offset_min = Some(minutes_east(offset)?);
    }
    Some(civil)
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// Digits after the point as microseconds; places behind the sixth are left off.
fn micros(fraction: &[u8]) -> Option<u32> {
    if fraction.iter().any(|b| !b.is_ascii_digit()) {
        return None;
    }
    let mut value = 0;
    for place in 0..6 {
        value = value * 10 + fraction.get(place).map_or(0, |b| u32::from(b - b'0'));
    }
    Some(value)
}

/// `+HHMM` or `-HHMM` as minutes east of UTC; no place on Earth is further than 14 hours.
fn minutes_east(offset: &[u8]) -> Option<i16> {
    let (sign, digits) = offset.split_first()?;
    if digits.len() != 4 {
        return None;
    }
    let (hours, minutes) = (number(&digits[..2])?, number(&digits[2..])?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let minutes = i16::try_from(hours * 60 + minutes).ok()?;
    Some(if *sign == b'-' { -minutes } else { minutes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn check(text: &str, expected: &str) {
        let found = parse(text.as_bytes()).map_or_else(|| String::from("none"), |t| t.to_string());
        assert_eq!(found, expected, "of {text:?}");
    }

    #[test]
    fn times_of_every_sender_are_read() {
        check("20240731142108.741+0100", "2024-07-31T14:21:08.741+01:00");
        check("20240501101530.0000-0500", "2024-05-01T10:15:30-05:00");
        check("20260124131540000+0800", "2026-01-24T13:15:40+08:00");
        check("20260124131540250", "2026-01-24T13:15:40.250");
        check("20191206113452", "2019-12-06T11:34:52");
        check("201912061134", "2019-12-06T11:34:00");
        check("20211129084800+0100", "2021-11-29T08:48:00+01:00");
        check("20260723224527.3793+0800", "2026-07-23T22:45:27.379300+08:00");
    }

    #[test]
    fn h11_what_is_no_time_is_none() {
        for text in [
            "",
            "0",
            "00000000000000",
            "20191206",
            "2019120611",
            "20191306113452",
            "20190229113452",
            "2019120611345",
            "20191206113452+2",
            "20191206113452+1500",
            "20191206113452x",
            "20191206113452.1x",
            "noon",
            "+0100",
            "19.1206113452",
            "2019120611345a",
        ] {
            check(text, "none");
        }
    }
}
