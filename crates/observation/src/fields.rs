//! Deeds as the log keeps them: `name=value`, parted by U+001F. Text that people typed cannot hold that character
//! ([`crate::session::Refused`]).

use crate::Sequence;
use crate::session::{Person, Role};
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::{Display, Write};
use core::str::FromStr;

const SEP: char = '\u{1f}';

/// Writes fields.
#[derive(Default)]
pub(crate) struct Writer(String);

impl Writer {
    /// Adds a field.
    pub(crate) fn put(&mut self, name: &str, value: impl Display) {
        if !self.0.is_empty() {
            self.0.push(SEP);
        }
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{name}={value}");
    }

    /// All of them.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// Reads fields.
pub(crate) struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// Reads what a [`Writer`] wrote.
    pub(crate) const fn new(fields: &'a str) -> Self {
        Self(fields)
    }

    /// Every value of a name, in order.
    pub(crate) fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.split(SEP).filter_map(move |field| field.strip_prefix(name)?.strip_prefix('='))
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The same, to keep.
    pub(crate) fn text(&self, name: &'a str) -> Option<Box<str>> {
        self.get(name).map(Into::into)
    }

    /// The same as a number.
    pub(crate) fn number<T: FromStr>(&self, name: &'a str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// The same as a position in a timeline.
    pub(crate) fn sequence(&self, name: &'a str) -> Option<Sequence> {
        self.number(name).map(Sequence)
    }

    /// Name and role of a person.
    pub(crate) fn person(&self, name: &'a str, role: &'a str) -> Option<Person> {
        Some(Person { name: self.text(name)?, role: Role::from_word(self.get(role)?)? })
    }
}
