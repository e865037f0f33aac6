//! Dates as a search of FHIR compares them: everything is a range, from its first moment up to the one after its last.

use chairside_export::Offsets;
use chairside_observation::{Civil, Micros};

/// From, and up to but not including.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// How a range has to stand to the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
}

const PREFIXES: [(&str, Prefix); 8] = [
    ("eq", Prefix::Eq),
    ("ne", Prefix::Ne),
    ("gt", Prefix::Gt),
    ("lt", Prefix::Lt),
    ("ge", Prefix::Ge),
    ("le", Prefix::Le),
    ("sa", Prefix::Sa),
    ("eb", Prefix::Eb),
];

/// One date of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    prefix: Prefix,
    range: Range,
}

impl Bound {
    /// `ge2026-03-02`; without a prefix it means equal. A time without an offset is one of the clinic.
    pub(super) fn read(text: &str, zone: &dyn Offsets) -> Option<Self> {
        let named = PREFIXES.iter().find_map(|(word, prefix)| Some((*prefix, text.strip_prefix(word)?)));
        let (prefix, rest) = named.unwrap_or((Prefix::Eq, text));
        Some(Self { prefix, range: Range::read(rest, zone)? })
    }

    /// Whether what holds over `it` is looked for.
    pub(super) const fn fits(&self, it: Range) -> bool {
        let Range { from, to } = self.range;
        match self.prefix {
            Prefix::Eq => from <= it.from && it.to <= to,
            Prefix::Ne => !(from <= it.from && it.to <= to),
            Prefix::Gt => it.to > to,
            Prefix::Lt => it.from < from,
            Prefix::Ge => it.to > from,
            Prefix::Le => it.from < to,
            Prefix::Sa => it.from >= to,
            Prefix::Eb => it.to <= from,
        }
    }

    /// Whether anything within `it` could be looked for.
    pub(super) const fn may_fit_within(&self, it: Range) -> bool {
        let Range { from, to } = self.range;
        match self.prefix {
            Prefix::Eq => from < it.to && it.from < to,
            Prefix::Ne => true,
            Prefix::Gt | Prefix::Sa => it.to > to,
            Prefix::Ge => it.to > from,
            Prefix::Lt | Prefix::Eb => it.from < from,
            Prefix::Le => it.from < to,
        }
    }
}

impl Range {
    /// A year, a month, a day, or a moment to the minute, the second or a part of it.
    pub(super) fn read(text: &str, zone: &dyn Offsets) -> Option<Self> {
        let (date, clock) = text.split_once('T').map_or((text, None), |(date, clock)| (date, Some(clock)));
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |month| month.map(Some))?;
        let day = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |day| day.map(Some))?;
        if parts.next().is_some() {
            return None;
        }
        let midnight = |year: u16, month: u16, day: u16| {
            let civil = Civil::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)?;
            Some(at(civil.face().0, None, zone))
        };
        match (month, day, clock) {
            (None, None, None) => Some(Self { from: midnight(year, 1, 1)?, to: midnight(year + 1, 1, 1)? }),
            (Some(month), None, None) => {
                let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                Some(Self { from: midnight(year, month, 1)?, to: midnight(next.0, next.1, 1)? })
            }
            (Some(month), Some(day), None) => {
                let face = Civil::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)?.face().0;
                Some(Self { from: at(face, None, zone), to: at(face + 86_400_000_000, None, zone) })
            }
            (Some(month), Some(day), Some(clock)) => {
                let face = Civil::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)?.face().0;
                moment(face, clock, zone)
            }
            _ => None,
        }
    }
}

/// A time of a day: `10:42`, `10:42:05`, `10:42:05.120`, with `Z`, an offset, or that of the clinic.
fn moment(day: i64, clock: &str, zone: &dyn Offsets) -> Option<Range> {
    // In a query a `+` that nobody escaped comes as a blank.
    let (clock, offset) = match clock.find(['Z', '+', '-', ' ']) {
        None => (clock, None),
        Some(end) => (&clock[..end], Some(offset(&clock[end..])?)),
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (second, part, width) = match parts.next() {
        None => (0, 0, 60_000_000),
        Some(text) => {
            let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
            let (part, width) = part.map_or(Some((0, 1_000_000)), fraction)?;
            (digits(whole, 2)?, part, width)
        }
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let from = at(day + seconds * 1_000_000 + part, offset, zone);
    Some(Range { from, to: from + width })
}

/// Microseconds of the digits behind the point, and how many the last of them stands for.
fn fraction(text: &str) -> Option<(i64, i64)> {
    let known = text.get(..text.len().min(6)).filter(|known| !known.is_empty())?;
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let width = 10_i64.pow(6 - u32::try_from(known.len()).ok()?);
    Some((known.parse::<i64>().ok()? * width, width))
}

/// Minutes east of UTC of `Z`, `+01:00`, `-04:30`.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let east = i64::from(digits(hours, 2)?) * 60 + i64::from(digits(minutes, 2)?);
    Some(if text.starts_with('-') { -east } else { east })
}

/// The moment at which a clock with this offset, or else the clinic's, shows `face`.
fn at(face: i64, offset: Option<i64>, zone: &dyn Offsets) -> i64 {
    let minutes = |min: i64| face - min * 60_000_000;
    match offset {
        Some(min) => minutes(min),
        None => {
            // The offset at a moment near it, then at the moment itself.
            let near = minutes(i64::from(zone.offset_min(Micros(face))));
            minutes(i64::from(zone.offset_min(Micros(near))))
        }
    }
}

fn digits(text: &str, len: usize) -> Option<u16> {
    let all = text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Berlin;
    impl Offsets for Berlin {
        fn offset_min(&self, _: Micros) -> i16 {
            60
        }
    }

    fn us(text: &str) -> i64 {
        Range::read(text, &Berlin).unwrap().from
    }

    #[test]
    fn a_date_is_a_range_as_wide_as_it_was_written() {
        for (text, from, width) in [
            ("2026", "2025-12-31T23:00:00Z", 365 * 86_400_000_000),
            ("2026-02", "2026-02-01T00:00:00+01:00", 28 * 86_400_000_000),
            ("2026-12", "2026-12-01T00:00:00+01:00", 31 * 86_400_000_000),
            ("2026-03-02", "2026-03-01T23:00:00Z", 86_400_000_000),
            ("2026-03-02T10:42", "2026-03-02T09:42:00Z", 60_000_000),
            ("2026-03-02T10:42:05 01:00", "2026-03-02T09:42:05Z", 1_000_000),
            ("2026-03-02T10:42:05.12-04:30", "2026-03-02T15:12:05.12Z", 10_000),
        ] {
            let range = Range::read(text, &Berlin).unwrap();
            assert_eq!((range.from, range.to - range.from), (us(from), width), "{text}");
        }
        for wrong in
            ["", "26", "2026-1", "2026-13", "2026-02-30", "2026-03-02T", "2026-03-02T25:00", "2026-03-02T10", "x"]
        {
            assert_eq!(Range::read(wrong, &Berlin), None, "{wrong}");
        }
    }

    #[test]
    fn prefixes_compare_as_the_standard_says() {
        let hour = Range { from: us("2026-03-02T10:00:00Z"), to: us("2026-03-02T11:00:00Z") };
        for (bound, fits) in [
            ("2026-03-02", true),
            ("2026-03-03", false),
            ("eq2026-03-02T10", false),
            ("ne2026-03-03", true),
            ("ge2026-03-02T10:30:00Z", true),
            ("ge2026-03-02T11:00:00Z", false),
            ("gt2026-03-02T10:30:00Z", true),
            ("gt2026-03-02", false),
            ("le2026-03-02T10:00:00Z", true),
            ("lt2026-03-02T10:00:00Z", false),
            ("sa2026-03-01", true),
            ("eb2026-03-02T10:30:00Z", false),
            ("eb2026-03-03", true),
        ] {
            let read = Bound::read(bound, &Berlin);
            assert_eq!(read.is_some_and(|bound| bound.fits(hour)), fits, "{bound}");
            if fits {
                assert!(read.unwrap().may_fit_within(hour), "{bound}");
            }
        }
        assert_eq!(Bound::read("ap2026", &Berlin), None);
    }
}
