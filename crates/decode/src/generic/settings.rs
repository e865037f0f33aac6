//! The settings of a description, free of the format of the file they stand in, and a reader that names every mistake.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

/// One setting, as a configuration file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// `true` or `false`.
    Flag(bool),
    /// A list.
    List(Vec<Setting>),
    /// Settings by key.
    Table(Vec<(String, Setting)>),
    /// Anything else the file's format has, as it stood there: no setting of ours takes it.
    Other(String),
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Setting {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl<const N: usize> From<[(&str, Setting); N]> for Setting {
    fn from(settings: [(&str, Setting); N]) -> Self {
        Self::Table(settings.into_iter().map(|(key, setting)| (key.to_owned(), setting)).collect())
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Other(text) => f.write_str(text),
            Self::List(list) => {
                let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", shown.join(", "))
            }
            Self::Table(table) => {
                let shown: Vec<String> = table.iter().map(|(key, setting)| format!("{key} = {setting}")).collect();
                write!(f, "{{ {} }}", shown.join(", "))
            }
        }
    }
}

/// One mistake in a description: the key, what stood there, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as `lines.field[2].unit`; the second field is number 2.
    pub key: String,
    /// What stood there; `nothing` where the key is missing.
    pub found: String,
    /// What is wrong with it, in a few words.
    pub wrong: String,
    /// A setting that would be valid.
    pub example: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}: {}. For example: {}", self.key, self.found, self.wrong, self.example)
    }
}

/// One table: hands out settings by key and notes what is wrong. A key that is missing, and one that is wrong and noted,
/// both give `None`: a description with a fault is never used.
pub(super) struct Reader<'a, 'f> {
    table: &'a [(String, Setting)],
    path: String,
    faults: &'f mut Vec<Fault>,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn new<'f>(
        setting: &'a Setting,
        path: String,
        example: &str,
        faults: &'f mut Vec<Fault>,
    ) -> Option<Reader<'a, 'f>> {
        if let Setting::Table(table) = setting {
            return Some(Reader { table, path, faults });
        }
        let wrong = "a table of settings is expected".to_owned();
        faults.push(Fault { key: path, found: setting.to_string(), wrong, example: example.to_owned() });
        None
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Setting> {
        self.table.iter().find(|(name, _)| name == key).map(|(_, setting)| setting)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Notes what is wrong with a key; an empty key is the table itself.
    pub(super) fn wrong(&mut self, key: &str, wrong: impl Into<String>, example: &str) {
        let found = self.get(key).map_or_else(|| "nothing".to_owned(), ToString::to_string);
        let key = if key.is_empty() { self.path.clone() } else { format!("{}.{key}", self.path) };
        self.faults.push(Fault { key, found, wrong: wrong.into(), example: example.to_owned() });
    }

    /// Notes every key that is not in the list.
    pub(super) fn only(&mut self, known: &[&str], example: &str) {
        let table = self.table;
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            self.wrong(key, format!("there is no such key here; known keys are {}", known.join(", ")), example);
        }
    }

    pub(super) fn text(&mut self, key: &str, example: &str) -> Option<&'a str> {
        match self.get(key)? {
            Setting::Text(text) => Some(text),
            _ => {
                self.wrong(key, "a text in quotes is expected", example);
                None
            }
        }
    }

    /// A text of at least one character, all of them printable ASCII or a tab: what a line can hold.
    pub(super) fn printable(&mut self, key: &str, example: &str) -> Option<&'a str> {
        let text = self.text(key, example)?;
        let fits = !text.is_empty() && text.bytes().all(|b| matches!(b, b'\t' | b' '..=b'~'));
        if !fits {
            self.wrong(key, "one or more printable ASCII characters are expected", example);
        }
        fits.then_some(text)
    }

    pub(super) fn needed_text(&mut self, key: &str, example: &str) -> Option<&'a str> {
        if !self.has(key) {
            self.wrong(key, "this key is needed", example);
        }
        self.printable(key, example)
    }

    /// One printable ASCII character or a tab; `usual` when the key is not there.
    pub(super) fn character(&mut self, key: &str, usual: u8, example: &str) -> u8 {
        match self.printable(key, example).map(str::as_bytes) {
            Some([one]) => *one,
            Some(_) => {
                self.wrong(key, "exactly one character is expected", example);
                usual
            }
            None => usual,
        }
    }

    pub(super) fn whole(&mut self, key: &str, within: RangeInclusive<i64>, example: &str) -> Option<i64> {
        match self.get(key)? {
            Setting::Whole(number) if within.contains(number) => Some(*number),
            _ => {
                let wrong = format!("a whole number from {} to {} is expected", within.start(), within.end());
                self.wrong(key, wrong, example);
                None
            }
        }
    }

    /// The same, as a size in memory.
    pub(super) fn size(&mut self, key: &str, within: RangeInclusive<i64>, example: &str) -> Option<usize> {
        self.whole(key, within, example).and_then(|number| usize::try_from(number).ok())
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some(Setting::Flag(flag)) => *flag,
            Some(_) => {
                self.wrong(key, "true or false is expected", &format!("{key} = true"));
                false
            }
        }
    }

    /// A word out of a fixed list.
    pub(super) fn word<T: Copy>(&mut self, key: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        let example = format!("{key} = {:?}", all.first().map_or("", |first| word(*first)));
        let text = self.text(key, &example)?;
        let found = all.iter().copied().find(|one| word(*one) == text);
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(|one| word(*one)).collect();
            self.wrong(key, format!("known are {}", known.join(", ")), &example);
        }
        found
    }

    pub(super) fn needed_word<T: Copy>(&mut self, key: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        if !self.has(key) {
            let known: Vec<&str> = all.iter().map(|one| word(*one)).collect();
            let example = format!("{key} = {:?}", known.first().unwrap_or(&""));
            self.wrong(key, format!("this key is needed; known are {}", known.join(", ")), &example);
        }
        self.word(key, all, word)
    }

    /// The items of a list; none when the key is missing.
    pub(super) fn list(&mut self, key: &str, example: &str) -> &'a [Setting] {
        match self.get(key) {
            None => &[],
            Some(Setting::List(list)) => list,
            Some(_) => {
                self.wrong(key, "a list is expected", example);
                &[]
            }
        }
    }

    /// The table below a key.
    pub(super) fn table(&mut self, key: &str, example: &str) -> Option<Reader<'a, '_>> {
        let setting = self.get(key)?;
        Reader::new(setting, format!("{}.{key}", self.path), example, self.faults)
    }

    /// The `number`-th item, counted from 0, of the list below a key, which is a table.
    pub(super) fn item(
        &mut self,
        key: &str,
        number: usize,
        setting: &'a Setting,
        example: &str,
    ) -> Option<Reader<'a, '_>> {
        Reader::new(setting, format!("{}.{key}[{}]", self.path, number + 1), example, self.faults)
    }
}
