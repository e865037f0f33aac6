//! What is known of a device that prints lines: checked, and never changed afterwards.

use super::checksum::Check;
use super::clock::TimeForm;
use super::describe;
use super::settings::{Fault, Setting};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use chairside_observation::{Absence, Decimal, Doubt, Flag, Origin, Unit, Vital};
use core::fmt;

/// A description of all lines of one device that hold vitals. Its `README.md` says what the settings mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Forms of line, tried in this order; at least one.
    pub(super) forms: Vec<Form>,
}

impl Description {
    /// Checks settings: those of one form of line, or a list of several. `path` is where they stand in the configuration.
    ///
    /// # Errors
    /// Every mistake in them.
    pub fn new(settings: &Setting, path: &str) -> Result<Self, Vec<Fault>> {
        describe::description(settings, path)
    }
}

/// One form of line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) kind: Kind,
    /// What every line of this form begins with. Fields and keys stand behind it; columns are counted with it.
    pub(super) starts_with: Option<Box<str>>,
    /// Beginnings of lines that hold no vitals and are no trouble: titles, settings.
    pub(super) ignore: Vec<Box<str>>,
    pub(super) size: Size,
    pub(super) must: Vec<Must>,
    pub(super) time: Option<(Place, TimeForm)>,
    pub(super) check: Option<Check>,
    pub(super) cuff: Option<NewWhen>,
    pub(super) fields: Vec<Field>,
    pub(super) statuses: Vec<Status>,
    pub(super) groups: Vec<Group>,
}

/// How a line is cut into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One after the other, with a separator between. A blank separates in any number.
    Delimited { separator: u8 },
    /// Pairs of a key and a value, in any order.
    KeyValue { separator: u8, equals: u8 },
    /// At fixed columns.
    Columns,
}

/// How long a line must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Exactly so many fields.
    Fields(usize),
    /// At least so many fields.
    FieldsMin(usize),
    /// At least so many characters.
    ColumnsMin(usize),
    /// Any.
    Any,
}

/// A fixed text of every line of a form, by which it is known from others and damage is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Must {
    pub(super) place: Place,
    /// The text without blanks around it; empty for nothing but blanks.
    pub(super) is: Box<str>,
}

/// Where something stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The field of this number, from 1.
    Field(usize),
    /// The value of this key.
    Key(Box<str>),
    /// What stands behind the number of this field.
    BehindField(usize),
    /// What stands behind the number of this key, before the next key.
    BehindKey(Box<str>),
    /// From the first to the last column, from 1, both inclusive.
    Columns(usize, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(number) => write!(f, "field {number}"),
            Self::Key(key) => write!(f, "key {key}"),
            Self::BehindField(number) => write!(f, "behind field {number}"),
            Self::BehindKey(key) => write!(f, "behind key {key}"),
            Self::Columns(from, to) if from == to => write!(f, "column {from}"),
            Self::Columns(from, to) => write!(f, "columns {from} to {to}"),
        }
    }
}

/// Part of a blood pressure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Systolic,
    Diastolic,
    Mean,
}

impl Part {
    pub(super) const ALL: &'static [Self] = &[Self::Systolic, Self::Diastolic, Self::Mean];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Systolic => "systolic",
            Self::Diastolic => "diastolic",
            Self::Mean => "mean",
        }
    }
}

/// Where in its columns a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// It ends in the last column.
    Right,
    /// It begins in the first column.
    Left,
    /// Anywhere.
    Any,
}

impl Align {
    pub(super) const ALL: &'static [Self] = &[Self::Right, Self::Left, Self::Any];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Any => "any",
        }
    }
}

/// A number of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) vital: Vital,
    pub(super) part: Option<Part>,
    pub(super) place: Place,
    /// Which of several numbers in the place, from 1; `None` for the whole place.
    pub(super) piece: Option<usize>,
    pub(super) unit: Unit,
    /// Exact number of digits.
    pub(super) digits: Option<usize>,
    /// Places of the number, which is sent without its point.
    pub(super) decimals: Option<u8>,
    /// What may stand behind the digits, the longest first.
    pub(super) suffix: Vec<Box<str>>,
    pub(super) align: Align,
    pub(super) absent: Vec<AbsentMark>,
    pub(super) zero_is_a_value: bool,
    pub(super) origin: Option<Origin>,
    pub(super) site: Option<Box<str>>,
}

impl Field {
    /// Short name for messages: `spo2`, `nibp systolic`, `temperature T1`.
    pub(super) fn name(&self) -> String {
        let words = [Some(self.vital.word()), self.site.as_deref(), self.part.map(Part::word)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A text that stands where no value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AbsentMark {
    pub(super) text: Box<str>,
    /// The same as a number, where it is one: `127` is also printed as `0127`.
    pub(super) number: Option<Decimal>,
    pub(super) reason: Absence,
}

/// How many fields a form may have: `of` of a status keeps them in 32 bits.
pub(super) const FIELDS_MAX: usize = 32;

/// Fields of a form, by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Which(pub(super) u32);

impl Which {
    pub(super) const ALL: Self = Self(u32::MAX);

    pub(super) const fn has(self, field: usize) -> bool {
        self.0 & (1 << field) != 0
    }
}

/// A place with codes that say how good the values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) place: Place,
    pub(super) alphabet: Alphabet,
    /// How many hexadecimal digits bits are printed with.
    pub(super) digits: usize,
    pub(super) codes: Vec<Code>,
    /// The fields it speaks of.
    pub(super) of: Which,
}

/// What the codes of a status are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Words with blanks between.
    Words,
    /// Single characters.
    Letters,
    /// Bits of a number in hexadecimal digits.
    Bits,
}

/// One code of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) sign: Sign,
    pub(super) meaning: Meaning,
    pub(super) of: Which,
}

/// By what a code is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Word(Box<str>),
    Letter(u8),
    Bit(u32),
}

/// What a code says; nothing at all for one that is known and means that all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) absent: Option<Absence>,
    pub(super) doubt: Option<Doubt>,
    pub(super) flag: Option<Flag>,
}

/// How two cuff measurements are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NewWhen {
    /// Each is printed once.
    Printed,
    /// The last one is repeated, and only other numbers are a new one.
    Changed,
    /// The time of the measurement is printed.
    Time(Place, TimeForm),
    /// Its age is printed, in units of so many seconds.
    Age(Place, i64),
    /// A number or text that is another for each measurement is printed.
    Counter(Place),
}

/// What becomes one reading: a field, or the parts of a pressure. Numbers of fields of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    One(usize),
    /// Systolic, diastolic, mean.
    Pressure([Option<usize>; 3]),
}
