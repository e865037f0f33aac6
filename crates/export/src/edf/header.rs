//! The header: ASCII in fields of fixed width.

use super::annotations::Packed;
use super::trend::Trend;
use crate::{Face, Record};
use chairside_observation::Micros;

/// Most seconds of a file: its count has eight characters. Three years are more than any session.
pub(super) const RECORDS_MAX: i64 = 99_999_999;
/// Most decimal places: with three, 32.767 is the largest number of a file.
const PLACES_MAX: u8 = 3;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// How whole numbers of 16 bits stand for a quantity: `one` is 1.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) places: u8,
    pub(super) one: i16,
    /// Largest whole number.
    pub(super) most: i16,
}

impl Scale {
    /// The scale with so many decimal places, or as many as there is room for.
    pub(super) fn of(places: u8) -> Self {
        let places = places.min(PLACES_MAX);
        let one = 10_i16.pow(u32::from(places));
        Self { places, one, most: one.saturating_mul(999) }
    }

    /// The largest number, as text.
    fn most_text(self) -> String {
        let (whole, rest) = (self.most / self.one, self.most % self.one);
        if self.places == 0 {
            return whole.to_string();
        }
        format!("{whole}.{rest:0width$}", width = usize::from(self.places))
    }
}

pub(super) fn header(
    record: &Record,
    face: &Face<'_>,
    begin: Micros,
    trends: &[Trend],
    scales: &[Scale],
    annotations: &Packed,
) -> Vec<u8> {
    let signals = trends.len() + 1;
    let mut bytes = Vec::new();
    let mut field = |text: &str, width: usize| bytes.extend(padded(text, width));
    field("0", 8);
    field(&patient(record), 80);
    field(&recording(record, face, begin), 80);
    let (date, clock) = start(face, begin);
    field(&date, 8);
    field(&clock, 8);
    field(&(256 * (signals + 1)).to_string(), 8);
    field("EDF+C", 44);
    field(&annotations.records.len().to_string(), 8);
    field("1", 8);
    field(&signals.to_string(), 4);
    let mut each = |width: usize, of: &dyn Fn(&Trend, Scale) -> String, last: &str| {
        for (trend, scale) in trends.iter().zip(scales) {
            field(&of(trend, *scale), width);
        }
        field(last, width);
    };
    each(16, &|trend, _| trend.label.clone(), "EDF Annotations");
    each(80, &|trend, _| trend.transducer.clone(), "");
    each(8, &|trend, _| trend.unit.word().to_owned(), "");
    each(8, &|_, _| super::ABSENT.to_string(), "-1");
    each(8, &|_, scale| scale.most_text(), "1");
    each(8, &|_, scale| scale.absent().to_string(), "-32768");
    each(8, &|_, scale| scale.most.to_string(), "32767");
    each(80, &|_, _| String::new(), "");
    each(8, &|_, _| "1".to_owned(), &(annotations.bytes_a_record / 2).to_string());
    each(32, &|_, _| String::new(), "");
    bytes
}

/// ASCII of this width: what is none becomes `?`, what is too long is cut. The whole text stands in other exports.
fn padded(text: &str, width: usize) -> Vec<u8> {
    let ascii = |character: char| if matches!(character, ' '..='~') { character } else { '?' };
    let mut bytes: Vec<u8> = text.chars().map(ascii).take(width).map(|character| character as u8).collect();
    bytes.resize(width, b' ');
    bytes
}

/// A subfield: without a blank, which would end it; `X` when there is none.
fn subfield(text: &str) -> String {
    if text.trim().is_empty() { "X".to_owned() } else { text.trim().replace(' ', "_") }
}

/// Number, sex (not known here), birth date and name.
fn patient(record: &Record) -> String {
    let patient = &record.session.patient;
    let born = named_day(&patient.born).unwrap_or_else(|| "X".to_owned());
    format!("{} X {born} {}", subfield(&patient.id), subfield(&patient.name))
}

fn recording(record: &Record, face: &Face<'_>, begin: Micros) -> String {
    let day = named_day(&face.day(begin)).unwrap_or_else(|| "X".to_owned());
    let equipment = subfield(&format!("Chairside {}", record.version));
    format!("Startdate {day} {} X {equipment}", subfield(record.session.id.as_str()))
}

/// `29-FEB-1980` of `1980-02-29`.
fn named_day(iso: &str) -> Option<String> {
    let mut parts = iso.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str, len: usize| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(number(year, 4) && number(month, 2) && number(day, 2)) {
        return None;
    }
    let name = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{day}-{name}-{year}"))
}

/// `dd.mm.yy` and `hh.mm.ss` on the clinic's clock.
fn start(face: &Face<'_>, begin: Micros) -> (String, String) {
    let day = face.day(begin);
    let mut parts = day.split('-');
    let (year, month, of_month) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let date = format!("{of_month}.{month}.{}", year.get(2..).unwrap_or(""));
    (date, face.clock(begin).replace(':', "."))
}
