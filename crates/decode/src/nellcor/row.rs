//! One data row: 18 columns of time stamp, three right-aligned numbers, status codes.
//!
//! Columns count from 0 and are those of a real N-560 row; an N-600x program reads the same ones.

use alloc::string::String;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Civil, Decimal, Doubt, Flag, Flags, Measured, Observation, Origin, Reading, Unit, Vital,
};
use core::fmt;
use core::ops::Range;

/// Columns of a data row.
mod column {
    use core::ops::Range;
    /// `DD-Mon-YY HH:MM:SS`.
    pub(super) const STAMP: Range<usize> = 0..18;
    /// Saturation, right-aligned; the column after it is `*` or blank.
    pub(super) const SPO2: Range<usize> = 18..24;
    /// `*` when the saturation's limit is violated.
    pub(super) const SPO2_STAR: usize = 24;
    /// Blank.
    pub(super) const GAP: usize = 25;
    /// Pulse rate, right-aligned.
    pub(super) const PULSE: Range<usize> = 26..32;
    /// `*` when the pulse rate's limit is violated.
    pub(super) const PULSE_STAR: usize = 32;
    /// From here on blanks part the words: pulse amplitude, then status codes.
    pub(super) const REST: usize = 33;
}

/// Columns of the time stamp.
pub(super) const STAMP_COLUMNS: usize = column::STAMP.end;
/// Columns up to and including the pulse amplitude (its last digit stands in column 39): no row is shorter.
pub(super) const ROW_COLUMNS_MIN: usize = 40;
/// Columns up to and including the last status slot seen (two letters at 59). A row without its line end is only believed
/// when it is this long: a shorter one may have lost the code that says its numbers mean nothing.
pub(super) const ROW_COLUMNS_FULL: usize = 61;
/// Highest pulse rate taken at its word. The field could hold 999; no heart does.
const PULSE_MAX_PER_MIN: i64 = 300;
/// Two-digit years from here on are of the last century: the oldest monitors of the family are from the nineties.
const YEAR_PIVOT: u16 = 80;

/// Why a line with a time stamp is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowError {
    /// The row ends before its pulse amplitude column, 39.
    Short,
    /// A column holds what cannot stand there: the row is damaged, or of a layout we do not know.
    Field(&'static str),
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("the row ends before its pulse amplitude"),
            Self::Field(name) => write!(f, "the column of the {name} does not hold one"),
        }
    }
}

/// What stands in a number column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    /// `---`: no value.
    Dashes,
    /// Digits. Zero is no value either: it stands where a pulse is searched.
    Digits(Decimal),
}

/// A checked row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    stamp: Civil,
    spo2: Number,
    spo2_star: bool,
    pulse: Number,
    pulse_star: bool,
    status: Status,
}

/// The status codes of a row, read together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Status {
    /// A code that says there is no valid value; the first one where there are several.
    absence: Option<Absence>,
    motion: bool,
    /// Codes that are not in our table, as sent.
    unknown: Vec<String>,
    /// Words for both values.
    both: Flags,
    /// Words for the saturation.
    spo2: Flags,
    /// Words for the pulse rate.
    pulse: Flags,
}

impl Row {
    /// Reads a line without its line end, which begins with a time stamp.
    ///
    /// # Errors
    /// [`RowError::Short`] when it ends before column 39; [`RowError::Field`] when any column holds what cannot stand
    /// there: shifted columns, a saturation above 100 %, bytes that are no text.
    pub(super) fn parse(line: &[u8]) -> Result<Self, RowError> {
        if line.len() < ROW_COLUMNS_MIN {
            return Err(RowError::Short);
        }
        let stamp = stamp(line).ok_or(RowError::Field("time stamp"))?;
        let spo2 = number(&line[column::SPO2]).ok_or(RowError::Field("saturation"))?;
        let hundred = Decimal::whole(100);
        if matches!(spo2, Number::Digits(percent) if percent.compare(hundred).is_gt()) {
            return Err(RowError::Field("saturation"));
        }
        let pulse = number(&line[column::PULSE]).ok_or(RowError::Field("pulse rate"))?;
        let spo2_star = star(line[column::SPO2_STAR]).ok_or(RowError::Field("saturation's star"))?;
        let pulse_star = star(line[column::PULSE_STAR]).ok_or(RowError::Field("pulse rate's star"))?;
        if line[column::GAP] != b' ' || line[column::REST] != b' ' {
            return Err(RowError::Field("gap between numbers"));
        }
        let status = Status::parse(&line[column::REST..])?;
        Ok(Self { stamp, spo2, spo2_star, pulse, pulse_star, status })
    }

    /// The saturation and the pulse rate the row says, in this order.
    pub(super) fn observations(self, bytes: &Range<u64>) -> [Observation; 2] {
        let spo2 = self.reading(self.spo2);
        let pulse = match self.reading(self.pulse) {
            Reading::Valid(Amount::One(rate)) if rate.compare(Decimal::whole(PULSE_MAX_PER_MIN)).is_gt() => {
                Reading::Questionable(Amount::One(rate), Doubt::Implausible)
            }
            reading => reading,
        };
        // The clock in the row is the monitor's and may be years off: as both ends of an age it does no harm.
        let measured = Some(Measured::At { at: self.stamp, sent: Some(self.stamp) });
        let one = |vital, reading, unit, own: &Flags, star: bool| {
            let mut flags = self.status.both.clone();
            own.known().for_each(|flag| flags.insert(flag));
            if star {
                flags.insert(Flag::LimitViolated);
            }
            let plain = Observation::new(vital, reading, unit, bytes.clone());
            Observation { origin: Some(Origin::Pleth), measured, flags, ..plain }
        };
        [
            one(Vital::Spo2, spo2, Unit::Percent, &self.status.spo2, self.spo2_star),
            one(Vital::PulseRate, pulse, Unit::PerMin, &self.status.pulse, self.pulse_star),
        ]
    }

    /// A number as its row's status allows it to be read. A code that says "no value" wins over any digits: rows of a
    /// pulse search read 0 and 0.
    fn reading(&self, number: Number) -> Reading {
        let amount = match (self.status.absence, number) {
            (Some(absence), _) => return Reading::Absent(absence),
            (None, Number::Dashes) => return Reading::Absent(Absence::NoValue),
            (None, Number::Digits(digits)) if digits.units() == 0 => return Reading::Absent(Absence::NoValue),
            (None, Number::Digits(digits)) => Amount::One(digits),
        };
        if self.status.motion {
            Reading::Questionable(amount, Doubt::Motion)
        } else if self.status.unknown.is_empty() {
            Reading::Valid(amount)
        } else {
            Reading::Questionable(amount, Doubt::UnknownStatus)
        }
    }
}

impl Status {
    /// Reads everything behind the pulse rate: the pulse amplitude, which has no unit and is not the perfusion index
    /// and therefore is only checked, then the codes.
    fn parse(rest: &[u8]) -> Result<Self, RowError> {
        if !super::is_text(rest) {
            return Err(RowError::Field("status"));
        }
        let mut words = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let amplitude = words.next().and_then(number);
        amplitude.ok_or(RowError::Field("pulse amplitude"))?;
        let mut status = Self::default();
        words.filter(|word| !is_numeric(word)).for_each(|word| status.take(word));
        for word in &status.unknown {
            status.both.insert_other(word);
        }
        Ok(status)
    }

    /// Takes one code. Table: `serial.md`'s sources, in this folder's README.
    fn take(&mut self, code: &[u8]) {
        match code {
            b"AO" => self.both.insert(Flag::AlarmOff),
            b"AS" => self.both.insert(Flag::AlarmSilenced),
            b"LB" => self.both.insert(Flag::LowBattery),
            b"MO" => {
                self.motion = true;
                self.both.insert(Flag::Motion);
            }
            b"SH" => self.spo2.insert(Flag::Spo2High),
            b"SL" => self.spo2.insert(Flag::Spo2Low),
            b"PH" => self.pulse.insert(Flag::PulseHigh),
            b"PL" => self.pulse.insert(Flag::PulseLow),
            b"LP" => self.no_value(Absence::PulseLost),
            b"LM" => {
                self.both.insert(Flag::Motion);
                self.no_value(Absence::PulseLost);
            }
            b"PS" => self.no_value(Absence::PulseSearch),
            b"SD" => self.no_value(Absence::SensorDisconnected),
            b"SO" => self.no_value(Absence::SensorOff),
            unknown => self.unknown.push(String::from_utf8_lossy(unknown).into_owned()),
        }
    }

    fn no_value(&mut self, absence: Absence) {
        self.absence.get_or_insert(absence);
    }
}

/// A right-aligned number: blanks, then digits or dashes up to the last column.
fn number(field: &[u8]) -> Option<Number> {
    let start = field.iter().position(|byte| *byte != b' ')?;
    let text = &field[start..];
    if text.iter().all(|byte| *byte == b'-') {
        return Some(Number::Dashes);
    }
    let digits = text.iter().all(u8::is_ascii_digit);
    digits.then(|| Decimal::parse(text).ok().map(Number::Digits))?
}

/// A word behind the pulse amplitude that is a number, not a code: other firmware may have further columns, which are not
/// read. Anything else that is not in the table counts as an unknown code, because a damaged code looks like that.
fn is_numeric(word: &[u8]) -> bool {
    word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'%' | b'*'))
}

/// The column behind a number: `*` is a violated limit, blank is none.
fn star(byte: u8) -> Option<bool> {
    match byte {
        b'*' => Some(true),
        b' ' => Some(false),
        _ => None,
    }
}

/// The time stamp a line begins with: `DD-Mon-YY HH:MM:SS`, the month in English letters of any case.
pub(super) fn stamp(line: &[u8]) -> Option<Civil> {
    let text = line.get(column::STAMP)?;
    for (at, mark) in [(2, b'-'), (6, b'-'), (9, b' '), (12, b':'), (15, b':')] {
        if text[at] != mark {
            return None;
        }
    }
    let two = |at: usize| -> Option<u8> {
        let (tens, ones) = (text[at], text[at + 1]);
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
    };
    let year = u16::from(two(7)?);
    let year = if year >= YEAR_PIVOT { 1900 + year } else { 2000 + year };
    Civil::new(year, month(&text[3..6])?, two(0)?, two(10)?, two(13)?, two(16)?)
}

/// 1 to 12 for an English month's first three letters.
fn month(name: &[u8]) -> Option<u8> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC"];
    (1_u8..).zip(MONTHS).find(|(_, month)| name.eq_ignore_ascii_case(&month[..])).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    /// `spo2 <state> [flags] | pulse <state> [flags]`, or the error.
    fn check(line: &str, expected: &str) {
        let shown = match Row::parse(line.as_bytes()) {
            Err(error) => error.to_string(),
            Ok(row) => {
                let said = row.observations(&(0..1)).map(|o| {
                    let value = match o.reading.amount() {
                        Some(Amount::One(digits)) => format!("{digits} "),
                        _ => String::new(),
                    };
                    let reason = o.reading.reason().map(|r| format!("({r})")).unwrap_or_default();
                    format!("{value}{}{reason} [{}]", o.reading.state(), o.flags.to_text())
                });
                said.join(" | ")
            }
        };
        assert_eq!(shown, expected, "of {line:?}");
    }

    #[test]
    fn columns_hold_saturation_and_pulse() {
        check("04-Mar-26 14:05:09    98      72      41                     ", "98 valid [] | 72 valid []");
        check("04-MAR-26 14:05:09   100     105      88", "100 valid [] | 105 valid []");
        check("04-mar-26 14:05:09     7       5       0", "7 valid [] | 5 valid []");
    }

    #[test]
    fn h06_codes_that_say_no_value_win_over_the_digits() {
        for (code, reason) in
            [("LP", "loss of pulse"), ("PS", "pulse search"), ("SD", "sensor disconnected"), ("SO", "sensor off")]
        {
            let absent = format!("absent({reason}) [] | absent({reason}) []");
            check(&format!("04-Mar-26 14:05:09     0       0     ---    {code}               "), &absent);
            check(&format!("04-Mar-26 14:05:09    98      72      41    {code}               "), &absent);
            check(&format!("04-Mar-26 14:05:09   ---     ---     ---    {code}               "), &absent);
        }
        check(
            "04-Mar-26 14:05:09    98      72      41    LM               ",
            "absent(loss of pulse) [motion] | absent(loss of pulse) [motion]",
        );
    }

    #[test]
    fn h06_dashes_and_zeros_without_a_code_are_absent_not_zero() {
        check("04-Mar-26 14:05:09   ---     ---     ---", "absent(no value) [] | absent(no value) []");
        check("04-Mar-26 14:05:09    98     ---      41", "98 valid [] | absent(no value) []");
        check("04-Mar-26 14:05:09     0      72      41", "absent(no value) [] | 72 valid []");
    }

    #[test]
    fn h07_flags_stay_beside_their_own_value() {
        check(
            "04-Mar-26 14:05:09    79*     66      18    MO SL       AS   ",
            "79 questionable(motion) [limit violated; alarm silenced; spo2 low; motion] | \
             66 questionable(motion) [alarm silenced; motion]",
        );
        check(
            "04-Mar-26 14:05:09    98     155*     18       PH    LB AO   ",
            "98 valid [audible alarm off; low battery] | \
             155 valid [limit violated; audible alarm off; low battery; pulse high]",
        );
        check("04-Mar-26 14:05:09    98      41      18       PL", "98 valid [] | 41 valid [pulse low]");
        check("04-Mar-26 14:05:09    98      41      18       SH", "98 valid [spo2 high] | 41 valid []");
    }

    #[test]
    fn an_unknown_code_is_kept_and_makes_the_value_doubtful() {
        check(
            "04-Mar-26 14:05:09    98      72      41    QX ZZ            ",
            "98 questionable(unknown status) [QX ZZ] | 72 questionable(unknown status) [QX ZZ]",
        );
    }

    #[test]
    fn a_further_column_of_numbers_is_not_read() {
        check(
            "04-Mar-26 14:05:09    98      72      41    SL               117*  ---  3.5",
            "98 valid [spo2 low] | 72 valid []",
        );
    }

    #[test]
    fn h05_shifted_or_damaged_columns_are_no_row() {
        let rows = [
            ("04-Mar-26 14:05:09   98      72      41                      ", "saturation"),
            ("04-Mar-26 14:05:09     98      72      41                    ", "saturation's star"),
            ("04-Mar-26 14:05:09    9 8     72      41                     ", "saturation"),
            ("04-Mar-26 14:05:09   1 8      72      41                     ", "saturation"),
            ("04-Mar-26 14:05:09   198      72      41                     ", "saturation"),
            ("04-Mar-26 14:05:09    9x      72      41                     ", "saturation"),
            ("04-Mar-26 14:05:09            72      41                     ", "saturation"),
            ("04-Mar-26 14:05:09    98     7 2      41                     ", "pulse rate"),
            ("04-Mar-26 14:05:09    98      72     MO                      ", "pulse amplitude"),
            ("04-Mar-26 14:05:09    98      72      41    M\u{7f}               ", "status"),
            ("31-Feb-26 14:05:09    98      72      41                     ", "time stamp"),
        ];
        for (row, field) in rows {
            check(row, &format!("the column of the {field} does not hold one"));
        }
        check("04-Mar-26 14:05:09    98      72      4", "the row ends before its pulse amplitude");
    }

    #[test]
    fn a_pulse_no_heart_has_is_doubtful() {
        check("04-Mar-26 14:05:09    98     301      41", "98 valid [] | 301 questionable(implausible) []");
    }
}
