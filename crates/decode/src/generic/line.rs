//! A line, cut into its fields.

use super::description::{Kind, Place};
use alloc::vec::Vec;
use memchr::memchr_iter;

/// A line without its end and check digits, cut as its form says.
pub(super) struct Cut<'a> {
    line: &'a [u8],
    cells: Cells<'a>,
}

enum Cells<'a> {
    Fields(Vec<&'a [u8]>),
    Pairs(Vec<Pair<'a>>),
    None,
}

struct Pair<'a> {
    key: &'a [u8],
    value: &'a [u8],
    /// What stands behind its number, up to the next pair.
    behind: &'a [u8],
}

/// What a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held<'a> {
    /// The place is not in this line.
    NotThere,
    /// It is there more than once.
    Twice,
    /// This text, with the blanks around it.
    Text(&'a [u8]),
}

impl<'a> Cut<'a> {
    /// Cuts a line; `body` is what stands behind the beginning all lines of the form share.
    pub(super) fn new(kind: Kind, line: &'a [u8], body: &'a [u8]) -> Self {
        let cells = match kind {
            Kind::Delimited { separator: b' ' } => Cells::Fields(words(body).collect()),
            Kind::Delimited { separator } => {
                // Counted first: a list that grows is moved several times a line.
                let mut fields = Vec::with_capacity(memchr_iter(separator, body).count() + 1);
                fields.extend(body.split(|byte| *byte == separator));
                Cells::Fields(fields)
            }
            Kind::KeyValue { separator, equals } => Cells::Pairs(pairs(body, separator, equals)),
            Kind::Columns => Cells::None,
        };
        Self { line, cells }
    }

    /// Number of fields of a delimited line.
    pub(super) fn fields(&self) -> usize {
        if let Cells::Fields(fields) = &self.cells { fields.len() } else { 0 }
    }

    /// What stands at a place. Columns that the line is too short for are blank.
    pub(super) fn at(&self, place: &Place) -> Held<'a> {
        match (place, &self.cells) {
            (Place::Columns(from, to), _) => {
                let end = self.line.len().min(*to);
                Held::Text(self.line.get(from - 1..end).unwrap_or(&[]))
            }
            (Place::Field(number), Cells::Fields(fields)) => {
                fields.get(number - 1).map_or(Held::NotThere, |text| Held::Text(text))
            }
            (Place::BehindField(number), Cells::Fields(fields)) => {
                fields.get(number - 1).map_or(Held::NotThere, |text| Held::Text(&text[number_end(text)..]))
            }
            (Place::Key(key) | Place::BehindKey(key), Cells::Pairs(pairs)) => {
                let mut found = pairs.iter().filter(|pair| pair.key == key.as_bytes());
                match (found.next(), found.next(), place) {
                    (None, ..) => Held::NotThere,
                    (Some(_), Some(_), _) => Held::Twice,
                    (Some(pair), None, Place::BehindKey(_)) => Held::Text(pair.behind),
                    (Some(pair), None, _) => Held::Text(pair.value),
                }
            }
            _ => Held::NotThere,
        }
    }
}

/// The parts of a text between blanks.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty())
}

/// The numbers of a text such as `128/79(95)`.
pub(super) fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| is_blank(*byte) || matches!(byte, b'/' | b'(' | b')')).filter(|piece| !piece.is_empty())
}

/// The text without blanks around it.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let Some(start) = text.iter().position(|byte| !is_blank(*byte)) else { return &[] };
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// Where the number ends that a text begins with.
fn number_end(text: &[u8]) -> usize {
    let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
    let digits = text[blanks..].iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+')).count();
    blanks + digits
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn pairs(body: &[u8], separator: u8, equals: u8) -> Vec<Pair<'_>> {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    // Where what stands behind the last pair begins.
    let (mut behind, mut at) = (0, 0);
    for word in body.split(|byte| *byte == separator) {
        let end = at + word.len();
        if let Some(sign) = word.iter().position(|byte| *byte == equals) {
            close(&mut pairs, body, behind, at);
            let value = &word[sign + 1..];
            pairs.push(Pair { key: trim(&word[..sign]), value, behind: &[] });
            behind = end - value.len() + number_end(value);
        }
        at = end + 1;
    }
    close(&mut pairs, body, behind, body.len());
    pairs
}

/// Gives the last pair what stands behind it.
fn close<'a>(pairs: &mut [Pair<'a>], body: &'a [u8], from: usize, to: usize) {
    if let (Some(last), Some(text)) = (pairs.last_mut(), body.get(from..to)) {
        last.behind = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kind: Kind, line: &str, place: &Place) -> alloc::string::String {
        match Cut::new(kind, line.as_bytes(), line.as_bytes()).at(place) {
            Held::NotThere => "not there".into(),
            Held::Twice => "twice".into(),
            Held::Text(text) => alloc::string::String::from_utf8(text.to_vec()).unwrap(),
        }
    }

    #[test]
    fn places_are_found() {
        let comma = Kind::Delimited { separator: b',' };
        let blank = Kind::Delimited { separator: b' ' };
        let words = Kind::KeyValue { separator: b' ', equals: b'=' };
        let list = Kind::KeyValue { separator: b',', equals: b':' };
        for (kind, line, place, expected) in [
            (comma, "10:42,72, 97 ,", Place::Field(3), " 97 "),
            (comma, "10:42,72, 97 ,", Place::Field(4), ""),
            (comma, "10:42,72, 97 ,", Place::Field(5), "not there"),
            (blank, " 72   97", Place::Field(2), "97"),
            (words, "10:42 SPO2=097 HR=064 F *", Place::Key("HR".into()), "064"),
            (words, "10:42 SPO2=097 HR=064 F *", Place::BehindKey("HR".into()), " F *"),
            (words, "10:42 SPO2=097 HR=064 F *", Place::BehindKey("SPO2".into()), " "),
            (words, "SPO2=097 HR=064", Place::BehindKey("HR".into()), ""),
            (words, "HR=064* F SPO2=097", Place::BehindKey("HR".into()), "* F "),
            (comma, "10:42,72H,97", Place::BehindField(2), "H"),
            (words, "SPO2=097 SPO2=098", Place::Key("SPO2".into()), "twice"),
            (words, "SPO2=097", Place::Key("PO2".into()), "not there"),
            (list, "HR: 72, SPO2: 97%", Place::Key("SPO2".into()), " 97%"),
            (Kind::Columns, "ab  98", Place::Columns(3, 6), "  98"),
            (Kind::Columns, "ab  9", Place::Columns(3, 6), "  9"),
            (Kind::Columns, "ab", Place::Columns(3, 6), ""),
            (Kind::Columns, "a", Place::Columns(3, 6), ""),
        ] {
            assert_eq!(at(kind, line, &place), expected, "{place} of {line:?}");
        }
    }

    #[test]
    fn pieces_and_blanks() {
        assert_eq!(pieces(b"128/79(95)").collect::<Vec<_>>(), [b"128", &b"79"[..], b"95"]);
        assert_eq!(pieces(b"---/---(---)").count(), 3);
        assert_eq!(trim(b"  a b\t"), b"a b");
        assert_eq!(trim(b"  "), b"");
    }
}
