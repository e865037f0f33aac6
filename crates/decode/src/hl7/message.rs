//! Segments and fields: a view over the bytes of one message, nothing is copied and nothing is lost.
//!
//! Everything is cut as bytes by the delimiters of MSH-1 and MSH-2. Escapes and the character set are undone later, on
//! reading a value ([`super::text`]): done before, an escaped delimiter would cut.

use memchr::memchr;

/// The delimiters a message declares in MSH-1 and MSH-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between fields, usually `|`.
    pub field: u8,
    /// Between components, usually `^`.
    pub component: u8,
    /// Between repetitions, usually `~`.
    pub repetition: u8,
    /// Begins and ends an escape, usually `\`.
    pub escape: u8,
    /// Between sub-components, usually `&`.
    pub subcomponent: u8,
}

impl Delimiters {
    /// What every sender seen uses; also what stands in for one that MSH-2 leaves out.
    pub const USUAL: Self = Self { field: b'|', component: b'^', repetition: b'~', escape: b'\\', subcomponent: b'&' };

    /// Reads them from a segment that begins with `MSH`; `None` when it does not, or when it names no field separator.
    #[must_use]
    pub fn of(segment: &[u8]) -> Option<Self> {
        let rest = segment.strip_prefix(b"MSH")?;
        let (&field, rest) = rest.split_first()?;
        if !field.is_ascii_punctuation() {
            return None;
        }
        let declared = &rest[..memchr(field, rest).unwrap_or(rest.len())];
        let or = |at: usize, usual: u8| declared.get(at).copied().unwrap_or(usual);
        let usual = Self::USUAL;
        Some(Self {
            field,
            component: or(0, usual.component),
            repetition: or(1, usual.repetition),
            escape: or(2, usual.escape),
            subcomponent: or(3, usual.subcomponent),
        })
    }

    /// Component `n` (from 1) of a field; empty when there are fewer.
    #[must_use]
    pub fn component<'a>(&self, field: &'a [u8], n: usize) -> &'a [u8] {
        nth(field, self.component, n)
    }

    /// Sub-component `n` (from 1) of a component; empty when there are fewer.
    #[must_use]
    pub fn subcomponent<'a>(&self, component: &'a [u8], n: usize) -> &'a [u8] {
        nth(component, self.subcomponent, n)
    }

    /// Repetitions of a field, in order; at least one.
    pub fn repetitions<'a>(&self, field: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let separator = self.repetition;
        field.split(move |b| *b == separator)
    }
}

/// A plain loop: components are a few bytes long, where a vector search costs more than it saves.
fn nth(bytes: &[u8], separator: u8, n: usize) -> &[u8] {
    bytes.split(|b| *b == separator).nth(n.saturating_sub(1)).unwrap_or(&[])
}

/// A blank as HL7 means it: nothing, or the null token `""` ("known to be empty").
#[must_use]
pub fn is_null(value: &[u8]) -> bool {
    value.is_empty() || value == b"\"\""
}

/// Cuts the content of a message into segments.
///
/// Lines end with CR. One LF directly after a CR is dropped when a segment or the end follows it; any other LF is data and
/// starts nothing. Only a message without any CR is cut at LF. Empty lines are left out.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    rest: &'a [u8],
    end: u8,
}

impl<'a> Segments<'a> {
    /// Segments of `content`: a message without its framing bytes.
    #[must_use]
    pub fn new(content: &'a [u8]) -> Self {
        let end = if memchr(b'\r', content).is_some() { b'\r' } else { b'\n' };
        Self { rest: content, end }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let at = memchr(self.end, self.rest);
            let line = &self.rest[..at.unwrap_or(self.rest.len())];
            self.rest = at.map_or(&[], |at| &self.rest[at + 1..]);
            if self.end == b'\r'
                && let Some(after) = self.rest.strip_prefix(b"\n")
                && (after.is_empty() || after[0] == b'\r' || names_a_segment(after))
            {
                self.rest = after;
            }
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
    }
}

/// Whether a line begins as a segment does: a capital letter, two capital letters or digits, then a separator or the end.
#[must_use]
pub fn names_a_segment(line: &[u8]) -> bool {
    let name = line.len() >= 3
        && line[0].is_ascii_uppercase()
        && line[1..3].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    name && line.get(3).is_none_or(|b| b.is_ascii_punctuation() || matches!(b, b'\r' | b'\n'))
}

/// Fields indexed in a segment: OBX-25 is the last any profile reads. What stands behind stays in the segment's bytes.
const FIELDS: usize = 26;

/// The fields of one segment.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    segment: &'a [u8],
    /// Begin of each field; one more than there are fields, so that `starts[n + 1] - 1` is the end of field `n`.
    starts: [u32; FIELDS + 1],
    count: usize,
}

impl<'a> Fields<'a> {
    /// Cuts a segment at `separator`. A segment is never longer than a message, which fits 32 bits.
    #[must_use]
    pub fn new(segment: &'a [u8], separator: u8) -> Self {
        let mut starts = [0_u32; FIELDS + 1];
        let mut count = 0;
        // A plain loop: separators are so close that a vector search would stop at every step.
        for (at, byte) in segment.iter().enumerate() {
            if *byte == separator {
                count += 1;
                starts[count] = index(at + 1);
                if count == FIELDS {
                    return Self { segment, starts, count };
                }
            }
        }
        count += 1;
        starts[count] = index(segment.len() + 1);
        Self { segment, starts, count }
    }

    /// Field `n`, counted as HL7 counts: 0 is the segment's name. Empty when the segment is shorter. In MSH the separator
    /// itself counts as field 1, so ask [`Fields::msh`].
    #[must_use]
    pub fn get(&self, n: usize) -> &'a [u8] {
        if n >= self.count {
            return &[];
        }
        &self.segment[self.starts[n] as usize..self.starts[n + 1] as usize - 1]
    }

    /// Field MSH-`n`, `n` from 2.
    #[must_use]
    pub fn msh(&self, n: usize) -> &'a [u8] {
        self.get(n.saturating_sub(1))
    }

    /// How many fields there are, the name included; at most 26 are counted.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A message without its framing bytes.
#[must_use]
pub fn content(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(&[super::mllp::START_BLOCK]).unwrap_or(raw);
    match memchr(super::mllp::END_BLOCK, raw) {
        Some(at) => &raw[..at],
        None => raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn check_segments(content: &str, expected: &[&str]) {
        let found: Vec<String> =
            Segments::new(content.as_bytes()).map(|s| String::from_utf8_lossy(s).into_owned()).collect();
        assert_eq!(found, expected, "of {content:?}");
    }

    #[test]
    fn lines_end_with_cr_and_whatever_senders_put_beside_it() {
        check_segments("MSH|a\rOBX|1\r", &["MSH|a", "OBX|1"]);
        check_segments("MSH|a\rOBX|1", &["MSH|a", "OBX|1"]);
        check_segments("MSH|a\r\rOBX|1\r\r", &["MSH|a", "OBX|1"]);
        check_segments("MSH|a\r\nOBX|1\r\n", &["MSH|a", "OBX|1"]);
        check_segments("MSH|a\r\n\r\nOBX|1\r\n", &["MSH|a", "OBX|1"]);
        check_segments("MSH|a\nOBX|1\n", &["MSH|a", "OBX|1"]);
        check_segments("", &[]);
    }

    #[test]
    fn a_line_feed_inside_a_field_is_data() {
        check_segments("MSH|a\rOBX|1|two\nOBX|lines\rOBX|2\r", &["MSH|a", "OBX|1|two\nOBX|lines", "OBX|2"]);
        check_segments("MSH|a\r\nno segment\rOBX|2\r", &["MSH|a", "\nno segment", "OBX|2"]);
    }

    #[test]
    fn delimiters_come_from_the_header() {
        assert_eq!(Delimiters::of(b"MSH|^~\\&|x"), Some(Delimiters::USUAL));
        let other = Delimiters { field: b'#', component: b'!', repetition: b'*', escape: b'/', subcomponent: b'%' };
        assert_eq!(Delimiters::of(b"MSH#!*/%#x"), Some(other));
        assert_eq!(Delimiters::of(b"MSH|^~\\&#|x"), Some(Delimiters::USUAL), "a truncation character is left aside");
        assert_eq!(Delimiters::of(b"MSH|^|x"), Some(Delimiters::USUAL), "what is not declared is as usual");
        for bad in [&b"MSH"[..], b"MSHx", b"PID|", b""] {
            assert_eq!(Delimiters::of(bad), None);
        }
    }

    #[test]
    fn fields_components_and_subcomponents_count_from_their_place() {
        let d = Delimiters::USUAL;
        let f = Fields::new(b"PV1||I|Unit^^Bed&5&1|", d.field);
        assert_eq!(
            (f.get(0), f.get(1), f.get(2), f.get(4), f.get(5)),
            (&b"PV1"[..], &b""[..], &b"I"[..], &b""[..], &b""[..])
        );
        assert_eq!(d.component(f.get(3), 1), b"Unit");
        assert_eq!(d.component(f.get(3), 4), b"");
        assert_eq!(d.subcomponent(d.component(f.get(3), 3), 2), b"5");
        assert_eq!(f.count(), 5);
        assert_eq!(d.repetitions(b"H~PH~SP").collect::<Vec<_>>(), [&b"H"[..], b"PH", b"SP"]);
    }

    #[test]
    fn more_fields_than_any_profile_reads_are_left_in_the_segment() {
        let long: Vec<u8> =
            core::iter::once(&b"OBX"[..]).chain((0..100).map(|_| &b"|x"[..])).flatten().copied().collect();
        let f = Fields::new(&long, b'|');
        assert_eq!((f.count(), f.get(25), f.get(26)), (26, &b"x"[..], &b""[..]));
    }
}
