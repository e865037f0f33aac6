//! Times as a line prints them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use chairside_observation::Civil;

/// Two-digit years from here on are of the last century: monitors that print lines are older than 2000, never than this.
const YEAR_PIVOT: u16 = 80;
/// Seconds of a day.
pub(super) const DAY_S: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year4,
    Year2,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

/// What a format may be made of; longer words before shorter ones that begin like them.
const WORDS: [(&str, Token); 9] = [
    ("YYYY", Token::Year4),
    ("YY", Token::Year2),
    ("Mon", Token::MonthName),
    ("MM", Token::Month),
    ("DD", Token::Day),
    ("hh", Token::Hour),
    ("mm", Token::Minute),
    ("ss", Token::Second),
    ("T", Token::Literal(b'T')),
];

/// A form of fixed width, such as `DD-Mon-YY hh:mm:ss`: a whole date with a time, or a time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeForm {
    tokens: Vec<Token>,
    /// Characters of a time in this form: four or more, for hours and minutes are in each.
    width: usize,
    /// As it was described.
    format: Box<str>,
}

/// A time as it was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    date: Option<(u16, u8, u8)>,
    hour: u8,
    minute: u8,
    second: u8,
}

impl TimeForm {
    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn new(format: &str) -> Result<Self, &'static str> {
        let (mut tokens, mut rest) = (Vec::new(), format);
        while let Some(first) = rest.bytes().next() {
            let token = WORDS.iter().find(|(word, _)| rest.starts_with(word));
            let (length, token) = match token {
                Some((word, token)) => (word.len(), *token),
                None if matches!(first, b' '..=b'~') && !first.is_ascii_alphanumeric() => (1, Token::Literal(first)),
                None => return Err("made of YYYY YY MM Mon DD hh mm ss and marks between them"),
            };
            let literal = matches!(token, Token::Literal(_));
            if !literal && tokens.contains(&token) {
                return Err("each part may stand there once");
            }
            tokens.push(token);
            rest = &rest[length..];
        }
        let has = |token| tokens.contains(&token);
        let year = usize::from(has(Token::Year4)) + usize::from(has(Token::Year2));
        let month = usize::from(has(Token::Month)) + usize::from(has(Token::MonthName));
        let date = year + month + usize::from(has(Token::Day));
        if !has(Token::Hour) || !has(Token::Minute) || !(date == 0 || (year, month, date) == (1, 1, 3)) {
            return Err("hours and minutes are needed, and either no date or year, month and day");
        }
        let width = tokens.iter().map(|token| token.width()).sum();
        Ok(Self { tokens, width, format: format.into() })
    }

    /// The form as it was described.
    pub(super) fn format(&self) -> &str {
        &self.format
    }

    /// Characters of a time in this form.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Whether a date is in it.
    pub(super) fn has_date(&self) -> bool {
        self.tokens.contains(&Token::Day)
    }

    /// Reads exactly this form; `None` for anything else. A date that does not exist is still of the form.
    pub(super) fn read(&self, text: &[u8]) -> Option<Stamp> {
        if text.len() != self.width {
            return None;
        }
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut stamp = Stamp { date: None, hour: 0, minute: 0, second: 0 };
        let mut rest = text;
        for token in &self.tokens {
            let (part, after) = rest.split_at_checked(token.width())?;
            rest = after;
            match token {
                Token::Literal(byte) if part != [*byte] => return None,
                Token::Literal(_) => {}
                Token::MonthName => month = month_of(part)?,
                Token::Year4 => year = u16::from(two(&part[..2])?) * 100 + u16::from(two(&part[2..])?),
                Token::Year2 => {
                    let short = u16::from(two(part)?);
                    year = if short >= YEAR_PIVOT { 1900 + short } else { 2000 + short };
                }
                Token::Month => month = two(part)?,
                Token::Day => day = two(part)?,
                Token::Hour => stamp.hour = two(part)?,
                Token::Minute => stamp.minute = two(part)?,
                Token::Second => stamp.second = two(part)?,
            }
        }
        stamp.date = self.has_date().then_some((year, month, day));
        Some(stamp)
    }

    /// Where the last time of this form begins.
    pub(super) fn last_in(&self, line: &[u8]) -> Option<usize> {
        line.windows(self.width).rposition(|text| self.read(text).is_some())
    }
}

impl Token {
    const fn width(self) -> usize {
        match self {
            Self::Year4 => 4,
            Self::MonthName => 3,
            Self::Literal(_) => 1,
            Self::Year2 | Self::Month | Self::Day | Self::Hour | Self::Minute | Self::Second => 2,
        }
    }
}

impl Stamp {
    /// Date and time; `None` without a date, or with one that does not exist.
    pub(super) fn civil(self) -> Option<Civil> {
        let (year, month, day) = self.date?;
        Civil::new(year, month, day, self.hour, self.minute, self.second)
    }

    /// Seconds since midnight on the monitor's clock.
    pub(super) fn of_day_s(self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
}

fn two(text: &[u8]) -> Option<u8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

/// 1 to 12 for an English month's first three letters, of any case.
fn month_of(name: &[u8]) -> Option<u8> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC"];
    (1_u8..).zip(MONTHS).find(|(_, month)| name.eq_ignore_ascii_case(&month[..])).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn times_are_read_in_their_form_only() {
        for (format, text, expected) in [
            ("DD-Mon-YY hh:mm:ss", "04-Mar-26 14:05:09", Some("2026-03-04T14:05:09")),
            ("DD-Mon-YY hh:mm:ss", "31-dec-96 23:59:59", Some("1996-12-31T23:59:59")),
            ("MM/DD/YY hh:mm:ss", "11/02/26 14:05:01", Some("2026-11-02T14:05:01")),
            ("YYYY-MM-DDThh:mm", "2026-11-02T14:05", Some("2026-11-02T14:05:00")),
            ("MM/DD/YY hh:mm:ss", "02/30/26 14:05:01", Some("no such date")),
            ("hh:mm:ss", "14:05:01", Some("50701 s")),
            ("hh:mm:ss", "14:05:0", None),
            ("hh:mm:ss", "14:05:011", None),
            ("hh:mm:ss", "1 :05:01", None),
            ("DD-Mon-YY hh:mm:ss", "04-Mrz-26 14:05:09", None),
        ] {
            let shown = TimeForm::new(format).unwrap().read(text.as_bytes()).map(|stamp| match stamp.civil() {
                Some(civil) => civil.to_string(),
                None if stamp.date.is_some() => "no such date".to_string(),
                None => alloc::format!("{} s", stamp.of_day_s()),
            });
            assert_eq!(shown.as_deref(), expected, "{text:?} as {format}");
        }
    }

    #[test]
    fn a_form_that_says_no_time_is_refused() {
        for format in ["", "hh", "ss:mm", "DD hh:mm", "MM/DD hh:mm", "HH:MM:SS", "hh:mm:mm", "YYYY-YY-MM-DD hh:mm"] {
            assert!(TimeForm::new(format).is_err(), "{format:?}");
        }
    }
}
