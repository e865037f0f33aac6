//! Text of a field: escapes undone, character set applied. Only names, beds and notices are read as text; numbers and codes
//! are ASCII in every character set seen.

use super::message::Delimiters;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use memchr::memchr;

/// How the bytes of a text are read, from MSH-18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8 where the bytes are valid UTF-8, else Latin-1: `UNICODE UTF-8`, `UNICODE` (a GE example, means UTF-8 there),
    /// `ASCII`, nothing, and anything unknown.
    Utf8OrLatin1,
    /// `8859/1` (Philips).
    Latin1,
}

impl Charset {
    /// Reads MSH-18; of several repetitions the first counts.
    #[must_use]
    pub fn of(msh_18: &[u8]) -> Self {
        if msh_18.starts_with(b"8859/1") { Self::Latin1 } else { Self::Utf8OrLatin1 }
    }
}

/// The text of a field, component or sub-component.
#[must_use]
pub fn text<'a>(value: &'a [u8], delimiters: &Delimiters, charset: Charset) -> Cow<'a, str> {
    if memchr(delimiters.escape, value).is_none() {
        return chars(Cow::Borrowed(value), charset);
    }
    chars(Cow::Owned(unescaped(value, delimiters)), charset)
}

fn chars(bytes: Cow<'_, [u8]>, charset: Charset) -> Cow<'_, str> {
    let latin_1 = |bytes: &[u8]| -> String { bytes.iter().map(|b| char::from(*b)).collect() };
    match (charset, bytes) {
        (Charset::Latin1, bytes) if !bytes.is_ascii() => Cow::Owned(latin_1(&bytes)),
        (_, Cow::Borrowed(bytes)) => match core::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(latin_1(bytes)),
        },
        (_, Cow::Owned(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(e) => Cow::Owned(latin_1(e.as_bytes())),
        },
    }
}

/// Undoes `\F\ \S\ \T\ \R\ \E\ \Xhh..\ \.br\`. An escape that is none of these, or has no end, stays as it was sent.
fn unescaped(value: &[u8], d: &Delimiters) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr(d.escape, rest) {
        out.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(end) = memchr(d.escape, after) else {
            rest = &rest[at..];
            break;
        };
        match &after[..end] {
            b"F" => out.push(d.field),
            b"S" => out.push(d.component),
            b"T" => out.push(d.subcomponent),
            b"R" => out.push(d.repetition),
            b"E" => out.push(d.escape),
            b".br" => out.push(b'\n'),
            other => match hex(other) {
                Some(bytes) => out.extend(bytes),
                None => {
                    // Not an escape: the second mark may begin one.
                    out.extend_from_slice(&rest[at..=at + end]);
                    rest = &after[end..];
                    continue;
                }
            },
        }
        rest = &after[end + 1..];
    }
    out.extend_from_slice(rest);
    out
}

/// The bytes of `Xhh..`.
fn hex(escape: &[u8]) -> Option<Vec<u8>> {
    let digits = escape.strip_prefix(b"X").filter(|d| !d.is_empty() && d.len().is_multiple_of(2))?;
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &[u8], charset: &[u8], expected: &str) {
        assert_eq!(text(value, &Delimiters::USUAL, Charset::of(charset)), expected, "of {value:?}");
    }

    #[test]
    fn escapes_are_undone() {
        check(br"2.73x10\S\-7", b"", "2.73x10^-7");
        check(br"a\F\b\T\c\R\d\E\e", b"", r"a|b&c~d\e");
        check(br"line\.br\line", b"", "line\nline");
        check(br"\X48494a\!", b"", "HIJ!");
    }

    #[test]
    fn what_is_no_escape_stays_as_sent() {
        check(br"50\60", b"", r"50\60");
        check(br"\Zq\", b"", r"\Zq\");
        check(br"a\b\S\c", b"", r"a\b^c");
        check(br"\X4\", b"", r"\X4\");
    }

    #[test]
    fn the_character_set_decides_after_cutting() {
        check(b"37 \xB0C", b"8859/1", "37 \u{B0}C");
        check(b"37 \xC2\xB0C", b"UNICODE UTF-8", "37 \u{B0}C");
        check(b"37 \xC2\xB0C", b"UNICODE", "37 \u{B0}C");
        check(b"37 \xB0C", b"", "37 \u{B0}C");
        check(br"\XC3A9\", b"UNICODE UTF-8", "\u{E9}");
    }
}
