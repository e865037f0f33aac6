//! What a line says by its description, or the first thing in it that does not fit.

use super::checksum::CheckError;
use super::clock::Stamp;
use super::description::{
    AbsentMark, Align, Alphabet, Code, Description, Field, Form, Group, Kind, Meaning, NewWhen, Place, Sign, Size,
    Status,
};
use super::limits::{possible, range};
use super::line::{Cut, Held, pieces, trim, words};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chairside_observation::{Absence, Amount, Decimal, Doubt, Flags, Reading, Skip, Vital};
use core::fmt;

/// Why a line is not read: the first thing that does not fit. There is mostly no checksum, so it condemns the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) skip: Skip,
    /// Which part of the line, such as `spo2 (field 3)`.
    pub(super) what: String,
    /// What stood there.
    pub(super) found: String,
    pub(super) expected: String,
}

impl Misfit {
    fn new(skip: Skip, what: impl Into<String>, found: &[u8], expected: impl Into<String>) -> Self {
        Self { skip, what: what.into(), found: shown(found), expected: expected.into() }
    }

    /// Without what was found: the same for all lines that fail in the same way.
    pub(super) fn cause(&self) -> String {
        format!("{}: {}", self.what, self.expected)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}; {}", self.what, self.found, self.expected)
    }
}

/// Characters of a line in quotes.
pub(super) fn shown(text: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(text))
}

/// What a line says, by the fields of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The line's own time.
    pub(super) stamp: Option<Stamp>,
    /// What tells its cuff reading from others.
    pub(super) mark: Mark,
    /// One for each field of the form.
    pub(super) taken: Vec<Taken>,
}

/// What tells a cuff reading from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing, or the place of the mark is blank.
    None,
    Time(Stamp),
    /// Seconds.
    Age(i64),
    Counter(Box<[u8]>),
}

/// A field and the statuses that speak of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) value: Value,
    pub(super) verdict: Verdict,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Value {
    /// Its key is not in the line.
    #[default]
    NotSent,
    /// No value, with the reason of the mark that stands there.
    Missing(Absence),
    Number(Decimal),
}

/// What the statuses of a line say of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) absent: Option<Absence>,
    doubt: Option<Doubt>,
    /// A status is missing, or says something that is not described.
    unknown: bool,
    pub(super) flags: Flags,
}

impl Verdict {
    /// What a number is worth. An absence wins over any digits.
    pub(super) fn judge(&self, amount: Amount) -> Reading {
        let unknown = self.unknown.then_some(Doubt::UnknownStatus);
        match (self.absent, self.doubt.or(unknown)) {
            (Some(absence), _) => Reading::Absent(absence),
            (None, Some(doubt)) => Reading::Questionable(amount, doubt),
            (None, None) => Reading::Valid(amount),
        }
    }

    fn take(&mut self, meaning: Meaning) {
        self.absent = self.absent.or(meaning.absent);
        self.doubt = self.doubt.or(meaning.doubt);
        if let Some(flag) = meaning.flag {
            self.flags.insert(flag);
        }
    }

    /// Both together, for the parts of one pressure.
    pub(super) fn and(&mut self, other: &Self) {
        self.absent = self.absent.or(other.absent);
        self.doubt = self.doubt.or(other.doubt);
        self.unknown |= other.unknown;
        other.flags.known().for_each(|flag| self.flags.insert(flag));
        if self.flags.others().is_none()
            && let Some(others) = other.flags.others()
        {
            self.flags.insert_other(others);
        }
    }
}

impl Taken {
    /// What it says; `None` when it was not sent.
    pub(super) fn reading(&self) -> Option<Reading> {
        match self.value {
            Value::NotSent => None,
            Value::Missing(reason) => Some(Reading::Absent(self.verdict.absent.unwrap_or(reason))),
            Value::Number(number) => Some(self.verdict.judge(Amount::One(number))),
        }
    }
}

impl Description {
    /// Whether a line is one that holds no vitals by its description.
    pub(super) fn ignores(&self, line: &[u8]) -> bool {
        let line = trim(line);
        self.forms.iter().flat_map(|form| &form.ignore).any(|start| line.starts_with(start.as_bytes()))
    }

    /// What a line says, and the number of its form.
    pub(super) fn read(&self, line: &[u8]) -> Result<(usize, Said), Misfit> {
        let mut first = None;
        for (number, form) in self.forms.iter().enumerate() {
            match form.read(line) {
                Ok(said) => return Ok((number, said)),
                // The form whose beginning it has says best what is wrong.
                Err(misfit) if first.as_ref().is_none_or(|m: &Misfit| m.skip == Skip::NotAFrame) => {
                    first = Some(misfit);
                }
                Err(_) => {}
            }
        }
        let misfit =
            first.unwrap_or_else(|| Misfit::new(Skip::NotAFrame, "line", line, "no form of line is described"));
        if misfit.skip == Skip::NotAFrame && self.forms.len() > 1 {
            return Err(Misfit { expected: format!("{}, and no other form fits", misfit.expected), ..misfit });
        }
        Err(misfit)
    }
}

impl Form {
    /// Whether a line of this form shows that nothing of its beginning is missing.
    pub(super) fn shows_its_beginning(&self) -> bool {
        let first = |place: &Place| matches!(place, Place::Field(1) | Place::Columns(1, _));
        self.starts_with.is_some()
            || self.check.is_some()
            || self.time.as_ref().is_some_and(|(place, _)| first(place))
            || self.must.iter().any(|must| first(&must.place) && !must.is.is_empty())
    }

    /// Where the last line of several that lost the ends between them begins. Only a date and time in front of each line
    /// tells; other times in the line must not look like it.
    pub(super) fn last_beginning(&self, line: &[u8]) -> Option<usize> {
        let (Place::Field(1) | Place::Columns(1, _), time) = self.time.as_ref()? else { return None };
        let alone = time.has_date() && self.starts_with.is_none() && !matches!(self.cuff, Some(NewWhen::Time(..)));
        alone.then(|| time.last_in(line))?
    }

    /// Cuts a line that begins as this form does, and whose check digits fit. Also gives it without those.
    pub(super) fn cut<'a>(&self, line: &'a [u8]) -> Result<(Cut<'a>, &'a [u8]), Misfit> {
        let start = self.starts_with.as_deref().unwrap_or("");
        if self.starts_with.is_some() && !line.starts_with(start.as_bytes()) {
            return Err(Misfit::new(Skip::NotAFrame, "line", line, format!("begins with {start:?} when it is ours")));
        }
        let line = self.verified(line)?;
        let body = line.get(start.len()..).unwrap_or(&[]);
        Ok((Cut::new(self.kind, line, body), line))
    }

    fn read(&self, line: &[u8]) -> Result<Said, Misfit> {
        let (cut, line) = self.cut(line)?;
        self.known(&cut)?;
        self.whole(&cut, line)?;
        let stamp = self.stamp(&cut)?;
        let mut taken = self.judged(&cut)?;
        for (field, taken) in self.fields.iter().zip(&mut taken) {
            taken.value = field.value(self.kind, cut.at(&field.place))?;
        }
        if taken.iter().all(|t| t.value == Value::NotSent) {
            let keys: Vec<String> = self.fields.iter().map(|field| field.place.to_string()).collect();
            return Err(Misfit::new(Skip::NotAFrame, "line", line, format!("none of {} is in it", keys.join(", "))));
        }
        self.pressures_possible(&taken)?;
        let mark = self.mark(&cut, &taken)?;
        Ok(Said { stamp, mark, taken })
    }

    fn verified<'a>(&self, line: &'a [u8]) -> Result<&'a [u8], Misfit> {
        let Some(check) = &self.check else { return Ok(line) };
        let (digits, word) = (check.sum.digits(), check.sum.word());
        check.verify(line).map_err(|error| {
            let end = &line[line.len().saturating_sub(digits)..];
            match error {
                CheckError::Missing => {
                    let behind = check.behind.as_deref().map_or(String::new(), |mark| format!(" behind {mark:?}"));
                    let expected = format!("{digits} hexadecimal digits{behind} end the line");
                    Misfit::new(Skip::CutOff, "checksum", end, expected)
                }
                CheckError::Differs { computed } => {
                    let found = format!("{}, the line gives {computed:0digits$X}", shown(end));
                    let expected = format!("the digits have to fit the line, by {word}");
                    Misfit { skip: Skip::Checksum, what: "checksum".into(), found, expected }
                }
            }
        })
    }

    /// The fixed texts of the form are there.
    fn known(&self, cut: &Cut<'_>) -> Result<(), Misfit> {
        for must in &self.must {
            let found = match cut.at(&must.place) {
                Held::Text(text) => trim(text),
                Held::NotThere | Held::Twice => &[],
            };
            if found != must.is.as_bytes() {
                let expected = format!("{:?} stands there in every line", must.is);
                return Err(Misfit::new(Skip::NotAFrame, must.place.to_string(), found, expected));
            }
        }
        Ok(())
    }

    /// The line is as long as it must be.
    fn whole(&self, cut: &Cut<'_>, line: &[u8]) -> Result<(), Misfit> {
        let fields = |skip, expected| {
            let found = format!("{} fields", cut.fields());
            Err(Misfit { skip, what: "line".into(), found, expected })
        };
        match self.size {
            Size::Fields(count) if cut.fields() < count => {
                fields(Skip::CutOff, format!("exactly {count} fields are expected"))
            }
            Size::Fields(count) if cut.fields() > count => {
                fields(Skip::Malformed, format!("exactly {count} fields are expected"))
            }
            Size::FieldsMin(count) if cut.fields() < count => {
                fields(Skip::CutOff, format!("at least {count} fields are expected"))
            }
            Size::ColumnsMin(columns) if line.len() < columns => {
                let (found, expected) =
                    (format!("{} columns", line.len()), format!("at least {columns} columns are expected"));
                Err(Misfit { skip: Skip::CutOff, what: "line".into(), found, expected })
            }
            _ => Ok(()),
        }
    }

    fn stamp(&self, cut: &Cut<'_>) -> Result<Option<Stamp>, Misfit> {
        let Some((place, form)) = &self.time else { return Ok(None) };
        let text = match cut.at(place) {
            Held::Text(text) => trim(text),
            Held::NotThere | Held::Twice => &[],
        };
        let refused = || {
            let expected = format!("{:?} is expected", form.format());
            Misfit::new(Skip::NotAFrame, format!("time ({place})"), text, expected)
        };
        form.read(text).map(Some).ok_or_else(refused)
    }

    /// Each field with what the statuses say of it, its value not taken yet.
    fn judged(&self, cut: &Cut<'_>) -> Result<Vec<Taken>, Misfit> {
        let mut taken: Vec<Taken> = self.fields.iter().map(|_| Taken::default()).collect();
        for status in &self.statuses {
            let what = || format!("status ({})", status.place);
            match cut.at(&status.place) {
                // A number is only as good as its status.
                Held::NotThere => status.unknown(None, &mut taken),
                Held::Twice => {
                    return Err(Misfit::new(Skip::Malformed, what(), b"", "it is in the line more than once"));
                }
                Held::Text(text) => status.read(text, &mut taken).map_err(|()| {
                    let expected = "up to 8 hexadecimal digits are expected";
                    Misfit::new(Skip::Malformed, what(), text, expected)
                })?,
            }
        }
        Ok(taken)
    }

    /// A cuff's systolic pressure lies above its diastolic one, the mean between them: other numbers are damage, or fields
    /// that are taken for each other.
    fn pressures_possible(&self, taken: &[Taken]) -> Result<(), Misfit> {
        for group in &self.groups {
            let Group::Pressure(parts) = group else { continue };
            if parts.iter().flatten().any(|part| self.fields[*part].vital != Vital::Nibp) {
                continue;
            }
            let number = |part: Option<usize>| match part.map(|part| taken[part].value) {
                Some(Value::Number(number)) => Some(number),
                _ => None,
            };
            let [systolic, diastolic, mean] = parts.map(number);
            let below = |low: Option<Decimal>, high: Option<Decimal>| {
                low.zip(high).is_none_or(|(low, high)| low.compare(high).is_le())
            };
            if !below(diastolic, systolic) || !below(diastolic, mean) || !below(mean, systolic) {
                let shown = |part: Option<Decimal>| part.map_or_else(|| "-".to_owned(), |number| number.to_string());
                let found = format!("{}/{} ({})", shown(systolic), shown(diastolic), shown(mean));
                let expected = "the diastolic lies below the systolic pressure and the mean between them".into();
                return Err(Misfit { skip: Skip::Malformed, what: "nibp".into(), found, expected });
            }
        }
        Ok(())
    }

    fn mark(&self, cut: &Cut<'_>, taken: &[Taken]) -> Result<Mark, Misfit> {
        let place = match &self.cuff {
            None | Some(NewWhen::Printed | NewWhen::Changed) => return Ok(Mark::None),
            Some(NewWhen::Time(place, _) | NewWhen::Age(place, _) | NewWhen::Counter(place)) => place,
        };
        let text = match cut.at(place) {
            Held::Text(text) => trim(text),
            Held::NotThere | Held::Twice => &[],
        };
        let numbers = self
            .fields
            .iter()
            .zip(taken)
            .any(|(field, taken)| field.vital == Vital::Nibp && matches!(taken.value, Value::Number(_)));
        let misfit = |expected: &str| Err(Misfit::new(Skip::Malformed, format!("cuff ({place})"), text, expected));
        if is_void(text) {
            // Without its age a reading may be hours old; without another mark nobody knows which it is.
            let needed = numbers && !matches!(self.cuff, Some(NewWhen::Age(..)));
            return if needed { misfit("it has to tell this cuff reading from others") } else { Ok(Mark::None) };
        }
        match &self.cuff {
            Some(NewWhen::Time(_, form)) => match form.read(text) {
                Some(stamp) => Ok(Mark::Time(stamp)),
                None => misfit(&format!("{:?} is expected", form.format())),
            },
            Some(NewWhen::Age(_, seconds)) => match Decimal::parse(text) {
                Ok(age) if age.places() == 0 && age.units() >= 0 => Ok(Mark::Age(age.units().saturating_mul(*seconds))),
                _ => misfit("a whole number is expected"),
            },
            _ => Ok(Mark::Counter(text.into())),
        }
    }
}

impl Field {
    fn value(&self, kind: Kind, held: Held<'_>) -> Result<Value, Misfit> {
        let refused = |text: &[u8], expected: String| {
            Err(Misfit::new(Skip::Malformed, format!("{} ({})", self.name(), self.place), text, expected))
        };
        let raw = match held {
            Held::NotThere => return Ok(Value::NotSent),
            Held::Twice => return refused(b"", "it is in the line more than once".into()),
            Held::Text(raw) => raw,
        };
        let raw = match self.piece {
            Some(piece) if !is_void(trim(raw)) && self.mark_of(trim(raw)).is_none() => match pieces(raw).nth(piece - 1)
            {
                Some(text) => text,
                None => return refused(raw, format!("number {piece} of it is expected")),
            },
            _ => raw,
        };
        let text = trim(raw);
        if let Some(reason) = self.mark_of(text) {
            return Ok(Value::Missing(reason));
        }
        let digits = self.without_suffix(text);
        if is_void(digits) {
            return Ok(Value::Missing(Absence::NoValue));
        }
        match self.number(kind, raw, digits) {
            Ok(number) if number.units() == 0 && !self.zero_is_a_value => Ok(Value::Missing(Absence::NoValue)),
            Ok(number) => Ok(Value::Number(number)),
            Err(expected) => refused(raw, expected),
        }
    }

    /// The text without what may stand behind its digits.
    fn without_suffix<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        self.suffix.iter().find_map(|suffix| text.strip_suffix(suffix.as_bytes())).map_or(text, trim)
    }

    /// The reason of the absence mark that stands there.
    fn mark_of(&self, text: &[u8]) -> Option<Absence> {
        if self.absent.is_empty() {
            return None;
        }
        let number = Decimal::parse(self.without_suffix(text)).ok();
        let fits = |mark: &&AbsentMark| {
            mark.text.as_bytes() == text || mark.number.zip(number).is_some_and(|(a, b)| a.compare(b).is_eq())
        };
        self.absent.iter().find(fits).map(|mark| mark.reason)
    }

    /// The number of `digits`, which stand in `raw`.
    fn number(&self, kind: Kind, raw: &[u8], digits: &[u8]) -> Result<Decimal, String> {
        let number = Decimal::parse(digits).map_err(|error| match &self.suffix[..] {
            [] => format!("{error}; a number is expected"),
            all => format!("{error}; a number is expected, alone or with {}", all.join(" or ")),
        })?;
        let count = digits.iter().filter(|byte| byte.is_ascii_digit()).count();
        if let Some(expected) = self.digits
            && count != expected
        {
            return Err(format!("exactly {expected} digits are expected"));
        }
        if matches!(kind, Kind::Columns) && self.piece.is_none() {
            self.aligned(raw)?;
        }
        let number = match self.decimals {
            None => number,
            Some(_) if digits.contains(&b'.') => {
                return Err("digits without a point are expected, by `decimals`".into());
            }
            Some(places) => Decimal::new(number.units(), places),
        };
        if number.units() != 0 && !possible(self.vital, self.unit, number) {
            let range = range(self.vital, self.unit);
            return Err(format!(
                "{} in {} lies between {} and {}; a number that means \"no value\" belongs into `absent`",
                self.vital.word(),
                self.unit.word(),
                range.start(),
                range.end()
            ));
        }
        Ok(number)
    }

    /// A number that does not stand where it is always printed was shifted by a lost or added character.
    fn aligned(&self, raw: &[u8]) -> Result<(), String> {
        let Place::Columns(from, to) = self.place else { return Ok(()) };
        let blank = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b' ');
        match self.align {
            Align::Right if raw.len() < to + 1 - from || blank(raw.last()) => {
                Err(format!("a number that ends in column {to} is expected, by `align`"))
            }
            Align::Left if blank(raw.first()) => {
                Err(format!("a number that begins in column {from} is expected, by `align`"))
            }
            _ => Ok(()),
        }
    }
}

/// Blank, or dashes in any form a number could have: no value.
fn is_void(text: &[u8]) -> bool {
    let dashes =
        text.contains(&b'-') && text.iter().all(|byte| matches!(byte, b'-' | b'.' | b'+' | b':' | b'/' | b'(' | b')'));
    trim(text).is_empty() || dashes
}

impl Status {
    /// Reads codes.
    ///
    /// # Errors
    /// Bits that are no hexadecimal number.
    fn read(&self, text: &[u8], taken: &mut [Taken]) -> Result<(), ()> {
        match self.alphabet {
            Alphabet::Words => {
                for word in words(text) {
                    self.sign(word, |code| matches!(&code.sign, Sign::Word(w) if w.as_bytes() == word), taken);
                }
            }
            Alphabet::Letters => {
                for letter in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
                    self.sign(&[*letter], |code| code.sign == Sign::Letter(*letter), taken);
                }
            }
            Alphabet::Bits => return self.bits(trim(text), taken),
        }
        Ok(())
    }

    /// Takes one word or letter.
    fn sign(&self, text: &[u8], is: impl Fn(&&Code) -> bool, taken: &mut [Taken]) {
        match self.codes.iter().find(is) {
            Some(code) => take(code, taken),
            None => self.unknown(Some(&String::from_utf8_lossy(text)), taken),
        }
    }

    fn bits(&self, text: &[u8], taken: &mut [Taken]) -> Result<(), ()> {
        if is_void(text) {
            self.unknown(None, taken);
            return Ok(());
        }
        let hex = text.iter().all(u8::is_ascii_hexdigit);
        let digits = core::str::from_utf8(text).ok().filter(|_| hex).ok_or(())?;
        let label = || if let Place::Key(key) = &self.place { format!("{key}={digits}") } else { digits.to_owned() };
        if digits.len() != self.digits {
            // The line may have lost its end, and with it the bits that say that its numbers mean nothing.
            self.unknown(Some(&label()), taken);
        }
        let mut rest = u32::from_str_radix(digits, 16).map_err(|_| ())?;
        for code in &self.codes {
            let Sign::Bit(bit) = code.sign else { continue };
            if rest & (1 << bit) != 0 {
                take(code, taken);
                rest &= !(1 << bit);
            }
        }
        if rest != 0 && digits.len() == self.digits {
            self.unknown(Some(&label()), taken);
        }
        Ok(())
    }

    /// The status, or something in it, is not known: the values stay and are doubtful, what was sent goes along (H07).
    fn unknown(&self, sent: Option<&str>, taken: &mut [Taken]) {
        for (_, taken) in taken.iter_mut().enumerate().filter(|(field, _)| self.of.has(*field)) {
            taken.verdict.unknown = true;
            if let Some(sent) = sent {
                taken.verdict.flags.insert_other(sent);
            }
        }
    }
}

fn take(code: &Code, taken: &mut [Taken]) {
    for (_, taken) in taken.iter_mut().enumerate().filter(|(field, _)| code.of.has(*field)) {
        taken.verdict.take(code.meaning);
    }
}
