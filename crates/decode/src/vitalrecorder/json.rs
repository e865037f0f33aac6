//! A bounded view of JSON: nothing is built, nothing is copied, depth has a limit.
//!
//! What VitalRecorder sends is JSON with three liberties, each undone by the receivers this was written from: bare `nan` and
//! `inf` words, control characters inside texts, and on some Windows languages a comma in front of decimals. A [`View`] is
//! the text of one value; its parts are found when they are asked for, so that a broken room costs no other room.

use alloc::borrow::Cow;
use alloc::string::String;
use memchr::memchr2;

/// Deepest nesting taken. An upload has six levels: upload, rooms, room, tracks, track, records, record, samples.
const DEPTH_MAX: usize = 16;

/// The text is not JSON here, or is nested deeper than any upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The text of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View<'u>(&'u [u8]);

impl<'u> View<'u> {
    /// The one value a line holds.
    pub(super) fn whole(line: &'u [u8]) -> Result<Self, Broken> {
        let line = blank(line);
        let end = value_end(line)?;
        if blank(&line[end..]).is_empty() { Ok(Self(&line[..end])) } else { Err(Broken) }
    }

    /// The value of the first member of this name; `None` when there is none, or when this is no object.
    pub(super) fn get(self, name: &str) -> Result<Option<Self>, Broken> {
        for member in self.members() {
            let (key, value) = member?;
            if key == name.as_bytes() {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The members of an object, in order, keys as written; nothing for any other value.
    pub(super) fn members(self) -> Members<'u> {
        Members { rest: self.inside(b'{') }
    }

    /// The elements of an array, or the values of an object: VitalRecorder's rooms come as either.
    pub(super) fn each(self) -> Each<'u> {
        if self.0.first() == Some(&b'{') {
            Each::Members(self.members())
        } else {
            Each::Elements(Elements { rest: self.inside(b'[') })
        }
    }

    /// The text of a string; `None` for any other value. Control characters are left out, as every receiver does.
    pub(super) fn text(self) -> Option<Cow<'u, str>> {
        let inside = self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        let plain = !inside.iter().any(|b| *b == b'\\' || is_blank_control(*b));
        if plain && let Ok(text) = core::str::from_utf8(inside) {
            return Some(Cow::Borrowed(text));
        }
        Some(Cow::Owned(unescaped(&String::from_utf8_lossy(inside))))
    }

    /// A number, or the word that stands in its place, as written.
    pub(super) const fn raw(self) -> &'u [u8] {
        self.0
    }

    fn inside(self, open: u8) -> Option<&'u [u8]> {
        (self.0.first() == Some(&open)).then(|| &self.0[1..self.0.len() - 1])
    }
}

/// Members of an object.
pub(super) struct Members<'u> {
    /// What is not read yet; `None` when there is nothing more.
    rest: Option<&'u [u8]>,
}

impl<'u> Members<'u> {
    fn member(&mut self, at: &'u [u8]) -> Result<(&'u [u8], View<'u>), Broken> {
        if at.first() != Some(&b'"') {
            return Err(Broken);
        }
        let end = value_end(at)?;
        let key = &at[1..end - 1];
        let at = blank(blank(&at[end..]).strip_prefix(b":").ok_or(Broken)?);
        let end = value_end(at)?;
        // A name follows the comma between members: digits there are decimals.
        let end = end + decimals(&at[..end], &at[end..]);
        self.rest = next_item(&at[end..])?;
        Ok((key, View(&at[..end])))
    }
}

impl<'u> Iterator for Members<'u> {
    type Item = Result<(&'u [u8], View<'u>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = blank(self.rest.take()?);
        (!at.is_empty()).then(|| self.member(at))
    }
}

/// Elements of an array.
pub(super) struct Elements<'u> {
    rest: Option<&'u [u8]>,
}

impl<'u> Iterator for Elements<'u> {
    type Item = Result<View<'u>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = blank(self.rest.take()?);
        if at.is_empty() {
            return None;
        }
        Some(value_end(at).and_then(|end| {
            self.rest = next_item(&at[end..])?;
            Ok(View(&at[..end]))
        }))
    }
}

/// Elements of an array or values of an object.
pub(super) enum Each<'u> {
    Members(Members<'u>),
    Elements(Elements<'u>),
}

impl<'u> Iterator for Each<'u> {
    type Item = Result<View<'u>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Members(members) => members.next().map(|m| m.map(|(_, value)| value)),
            Self::Elements(elements) => elements.next(),
        }
    }
}

/// What stands behind the comma; `None` at the end. A comma before the end is left to the next step, which finds nothing.
fn next_item(rest: &[u8]) -> Result<Option<&[u8]>, Broken> {
    match blank(rest).split_first() {
        None => Ok(None),
        Some((b',', rest)) => Ok(Some(rest)),
        Some(_) => Err(Broken),
    }
}

/// Bytes of `,digits` behind a whole number.
fn decimals(number: &[u8], rest: &[u8]) -> usize {
    let is_whole = number.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    match rest.split_first() {
        Some((b',', rest)) if is_whole => match rest.iter().take_while(|b| b.is_ascii_digit()).count() {
            0 => 0,
            digits => digits + 1,
        },
        _ => 0,
    }
}

/// Where the value ends that `at` begins with.
fn value_end(at: &[u8]) -> Result<usize, Broken> {
    match at.first() {
        Some(b'"') => string_end(at, 0),
        Some(b'{' | b'[') => nested_end(at),
        _ => match at.iter().take_while(|b| is_bare(**b)).count() {
            0 => Err(Broken),
            end => Ok(end),
        },
    }
}

/// End of the string that begins at `from`.
fn string_end(bytes: &[u8], from: usize) -> Result<usize, Broken> {
    let mut at = from + 1;
    loop {
        let rest = bytes.get(at..).ok_or(Broken)?;
        at += memchr2(b'"', b'\\', rest).ok_or(Broken)?;
        if bytes[at] == b'"' {
            return Ok(at + 1);
        }
        at += 2;
    }
}

/// End of an object or array: its brackets match, whatever stands between.
fn nested_end(bytes: &[u8]) -> Result<usize, Broken> {
    let (mut open, mut depth, mut at) = ([0_u8; DEPTH_MAX], 0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => {
                *open.get_mut(depth).ok_or(Broken)? = byte;
                depth += 1;
            }
            b'}' | b']' => {
                depth -= 1;
                // `{` and `}`, `[` and `]` are two apart in ASCII.
                if open[depth] + 2 != byte {
                    return Err(Broken);
                }
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(Broken)
}

const fn is_bare(byte: u8) -> bool {
    byte > b' ' && byte < 0x7F && !matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
}

const fn is_blank_control(byte: u8) -> bool {
    byte < b' ' || byte == 0x7F
}

fn blank(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take_while(|b| **b == b' ' || is_blank_control(**b)).count();
    &bytes[blanks..]
}

/// Undoes escapes; one that is none, and half a surrogate pair, become the replacement character.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0_u16; 2];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next() {
                Some('b' | 'f' | 'n' | 'r' | 't') => continue,
                Some('u') => {
                    let code = hex(&mut chars);
                    units = [units[1], code];
                    match char::decode_utf16(units).last() {
                        _ if (0xD800..0xDC00).contains(&code) => continue,
                        Some(Ok(c)) => c,
                        _ => char::REPLACEMENT_CHARACTER,
                    }
                }
                Some(c @ ('"' | '\\' | '/')) => c,
                _ => char::REPLACEMENT_CHARACTER,
            },
            c => c,
        };
        if !c.is_control() {
            out.push(c);
        }
    }
    out
}

/// Four hexadecimal digits; what is none counts as the replacement character.
fn hex(chars: &mut core::str::Chars<'_>) -> u16 {
    let mut code = 0_u32;
    for _ in 0..4 {
        match chars.next().and_then(|c| c.to_digit(16)) {
            Some(digit) => code = code << 4 | digit,
            None => return 0xFFFD,
        }
    }
    u16::try_from(code).unwrap_or(0xFFFD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn view(text: &str) -> View<'_> {
        View::whole(text.as_bytes()).unwrap()
    }

    fn check_members(text: &str, expected: &[(&str, &str)]) {
        let lossy = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let found: Vec<_> = view(text).members().map(|m| m.map(|(k, v)| (lossy(k), lossy(v.raw())))).collect();
        let expected: Vec<_> = expected.iter().map(|(k, v)| Ok((String::from(*k), String::from(*v)))).collect();
        assert_eq!(found, expected, "of {text}");
    }

    #[test]
    fn members_are_found_whatever_their_values_hold() {
        check_members("{}", &[]);
        check_members(" { } ", &[]);
        check_members(
            r#"{"a":1,"b":"x,}\"","c":{"d":[1,{}]},"e":[[],"]"]}"#,
            &[("a", "1"), ("b", r#""x,}\"""#), ("c", r#"{"d":[1,{}]}"#), ("e", r#"[[],"]"]"#)],
        );
        check_members("{\"val\":nan,\"max\":-inf,\n\"n\":null}", &[("val", "nan"), ("max", "-inf"), ("n", "null")]);
        check_members("[1,2]", &[]);
    }

    #[test]
    fn a_comma_before_digits_in_an_object_is_a_decimal_comma() {
        check_members(
            r#"{"val":36,8,"dt":1738656000,125,"n":5}"#,
            &[("val", "36,8"), ("dt", "1738656000,125"), ("n", "5")],
        );
        check_members(r#"{"val":-0,5}"#, &[("val", "-0,5")]);
    }

    #[test]
    fn elements_of_arrays_and_values_of_objects_are_each_given() {
        for text in [r#"[{"n":1},{"n":2}]"#, r#"{"0":{"n":1},"1":{"n":2}}"#] {
            let found: Vec<_> =
                view(text).each().map(|v| v.unwrap().get("n").unwrap().unwrap().raw().to_vec()).collect();
            assert_eq!(found, [b"1".to_vec(), b"2".to_vec()], "of {text}");
        }
        assert_eq!(view("7").each().count(), 0);
    }

    #[test]
    fn what_is_no_json_is_broken_and_never_more() {
        for text in ["", "{", "[1,2", r#"{"a""#, r#"{"a":"b"#, "{]", "[}", r#"{"a":1}x"#, "{\"a\\", &"[".repeat(100)] {
            assert_eq!(View::whole(text.as_bytes()).err(), Some(Broken), "of {text}");
        }
        for text in [r#"{"a"}"#, "{1}", r#"{"a":}"#, r#"{"a":1 2}"#, "[1 2]", "[,]", r#"{"a":1;"b":2}"#] {
            let view = view(text);
            assert!(view.members().any(|m| m.is_err()) || view.each().any(|e| e.is_err()), "of {text}");
        }
    }

    #[test]
    fn texts_lose_their_escapes_and_control_characters() {
        for (text, expected) in [
            (r#""OR-1""#, "OR-1"),
            ("\"OR\u{1}-\u{7f}1\"", "OR-1"),
            (r#""a\"\\\/b\n""#, "a\"\\/b"),
            (r#""\uc218\uc220\uC2E4""#, "수술실"),
            (r#""\ud83d\ude00\ud83d""#, "😀"),
            (r#""\udE00\u12""#, "\u{fffd}\u{fffd}"),
            ("\"수\"", "수"),
        ] {
            assert_eq!(view(text).text().unwrap(), expected, "of {text}");
        }
        assert_eq!(view("5").text(), None);
    }
}
