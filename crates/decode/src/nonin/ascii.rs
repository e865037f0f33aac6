//! The text of the table-top models (7500, 8500, 8600, 9600/Avant, 9847): `SPO2=097 HR=064`.

use super::Said;
use super::fit::{Fit, Misfit};
use chairside_observation::Flag;

/// Some models put the time of day in front. Without a date it says no time we could use; the raw bytes keep it.
const TIME: &[u8] = b"dd:dd:dd ";
const VALUES: &[u8] = b"SPO2=vvv HR=vvv";
/// Places of the two values in [`VALUES`].
const SPO2: usize = 5;
const HR: usize = 12;
/// Most characters behind the values: ` F`, `*` and `B` with blanks between.
const MARKS_MAX: usize = 12;
/// Longest line with its end.
pub(super) const LINE_MAX: usize = TIME.len() + VALUES.len() + MARKS_MAX + 2;

/// A line of the right form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    values: &'a [u8],
    marks: &'a [u8],
    /// Bytes with the line end.
    pub(super) length: usize,
}

impl<'a> Line<'a> {
    /// Whether a line stands here.
    pub(super) fn fit(bytes: &'a [u8]) -> Fit<Self> {
        let time = if bytes.first().is_some_and(u8::is_ascii_digit) { TIME } else { &[] };
        for (at, form) in time.iter().chain(VALUES).enumerate() {
            let Some(byte) = bytes.get(at) else { return Fit::Short };
            let fits = match form {
                b'd' => byte.is_ascii_digit(),
                b'v' => byte.is_ascii_digit() || *byte == b'-',
                same => byte == same,
            };
            if !fits {
                return Fit::No(Misfit::Marks);
            }
        }
        let values = &bytes[time.len()..time.len() + VALUES.len()];
        if [SPO2, HR].iter().any(|at| three(&values[*at..]).is_err()) {
            return Fit::No(Misfit::Marks);
        }
        let rest = &bytes[time.len() + VALUES.len()..];
        let marks = rest.iter().take_while(|b| matches!(b, b' ' | b'F' | b'*' | b'B')).count();
        let end = match &rest[marks..] {
            _ if marks > MARKS_MAX => return Fit::No(Misfit::Marks),
            [] | [b'\r'] => return Fit::Short,
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return Fit::No(Misfit::Marks),
        };
        let length = time.len() + VALUES.len() + marks + end;
        Fit::Whole(Self { values, marks: &rest[..marks], length })
    }

    /// What the line says.
    pub(super) fn said(&self) -> Said {
        let value = |at: usize| three(&self.values[at..]).ok().flatten().filter(|v| *v != 0);
        let mut said = Said { pulse: value(HR), spo2: value(SPO2), ..Said::default() };
        for (mark, flag) in [(b'F', Flag::FastValue), (b'*', Flag::EventMark), (b'B', Flag::Breath)] {
            if self.marks.contains(&mark) {
                said.flags.insert(flag);
            }
        }
        said
    }
}

/// Three digits, or three dashes for no value; anything between is damage.
fn three(text: &[u8]) -> Result<Option<u16>, ()> {
    match &text[..3] {
        b"---" => Ok(None),
        digits if digits.iter().all(u8::is_ascii_digit) => {
            Ok(Some(digits.iter().fold(0, |n, d| n * 10 + u16::from(d - b'0'))))
        }
        _ => Err(()),
    }
}
