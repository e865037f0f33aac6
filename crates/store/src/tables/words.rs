//! Small codes for the program's words. The codes belong to the database: a word keeps the code it once got, whatever
//! order the program lists its words in later.

use crate::StoreError;
use crate::tables::ask::{Ask, cell};
use crate::tables::error;
use chairside_observation::{Absence, Doubt, FrameKind, LinkState, Origin, Priority, Reading, Skip, Unit, Vital};
use std::collections::HashMap;

/// The lists, by their name in `word.list`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List {
    Vital,
    Unit,
    Origin,
    State,
    Frame,
    Note,
    Priority,
    Skip,
    Link,
    Deed,
}

const LISTS: [(List, &str); 10] = [
    (List::Vital, "vital"),
    (List::Unit, "unit"),
    (List::Origin, "origin"),
    (List::State, "state"),
    (List::Frame, "frame"),
    (List::Note, "note"),
    (List::Priority, "priority"),
    (List::Skip, "skip"),
    (List::Link, "link"),
    (List::Deed, "deed"),
];

/// Kinds of rows in `note`, in the order of their codes in a new log.
pub(crate) const NOTES: [&str; 5] = ["notice", "skipped", "heard", "link", "deed"];
/// The deeds a log can hold ([`chairside_observation::Deed::word`]).
pub(crate) const DEEDS: [&str; 13] = [
    "started",
    "stopped",
    "chair named",
    "feed assigned",
    "clock stepped",
    "frames lost",
    "session",
    "clinic changed",
    "noticed",
    "chair cleared",
    "audited",
    "erased",
    "accessed",
];

fn words_of(list: List) -> Vec<String> {
    fn all<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<String> {
        all.iter().map(|v| word(*v).to_owned()).collect()
    }
    match list {
        List::Vital => all(Vital::ALL, Vital::word),
        List::Unit => all(Unit::ALL, Unit::word),
        List::Origin => all(Origin::ALL, Origin::word),
        List::Frame => all(FrameKind::ALL, FrameKind::word),
        List::Priority => all(Priority::ALL, Priority::word),
        List::Skip => all(Skip::ALL, Skip::word),
        List::Link => all(LinkState::ALL, LinkState::word),
        List::Note => NOTES.map(str::to_owned).to_vec(),
        List::Deed => DEEDS.map(str::to_owned).to_vec(),
        List::State => {
            let mut words = vec!["valid".to_owned()];
            words.extend(Doubt::ALL.iter().map(|d| format!("questionable {}", d.word())));
            words.extend(Absence::ALL.iter().map(|a| format!("absent {}", a.word())));
            words
        }
    }
}

/// Place of a reading's state in the list of states.
pub(crate) fn state_index(reading: &Reading) -> usize {
    match reading {
        Reading::Valid(_) => 0,
        Reading::Questionable(_, doubt) => 1 + *doubt as usize,
        Reading::Absent(absence) => 1 + Doubt::ALL.len() + *absence as usize,
    }
}

/// State of a reading by its place in the list of states.
pub(crate) enum State {
    Valid,
    Questionable(Doubt),
    Absent(Absence),
}

/// The state at a place in the list of states.
pub(crate) fn state_at(index: usize) -> Option<State> {
    match index.checked_sub(1) {
        None => Some(State::Valid),
        Some(i) if i < Doubt::ALL.len() => Some(State::Questionable(Doubt::ALL[i])),
        Some(i) => Absence::ALL.get(i - Doubt::ALL.len()).copied().map(State::Absent),
    }
}

/// Codes of this database, both ways.
#[derive(Default)]
pub(crate) struct Words {
    /// By list, then by the program's index; `None` for a word this log has no code for.
    codes: Vec<Vec<Option<i64>>>,
    indexes: Vec<HashMap<i64, usize>>,
    /// What does not fit in the table, for `verify`.
    pub(crate) broken: Vec<String>,
}

impl Words {
    /// The code of the word at `index` of `list`. Every word has one in a log that was opened for writing.
    pub(crate) fn code(&self, list: List, index: usize) -> Option<i64> {
        self.codes.get(list as usize)?.get(index).copied().flatten()
    }

    /// The place of the word with this code.
    pub(crate) fn index(&self, list: List, code: i64) -> Option<usize> {
        self.indexes.get(list as usize)?.get(&code).copied()
    }

    /// Reads the table.
    pub(crate) async fn load(conn: &mut impl Ask) -> Result<Self, StoreError> {
        let sql = "SELECT list, code, word FROM word ORDER BY list, code";
        let rows = conn.rows(sql, vec![]).await.map_err(|e| error::read(&e))?;
        let mut stored: HashMap<String, Vec<(i64, String)>> = HashMap::new();
        for row in &rows {
            let list: String = cell(row, 0).map_err(|e| error::read(&e))?;
            let pair = (cell(row, 1).map_err(|e| error::read(&e))?, cell(row, 2).map_err(|e| error::read(&e))?);
            stored.entry(list).or_default().push(pair);
        }
        let mut words = Self::default();
        for (list, name) in LISTS {
            words.take_list(list, name, &stored.remove(name).unwrap_or_default());
        }
        words.broken.extend(stored.keys().map(|list| format!("word: there is no list {list:?}")));
        Ok(words)
    }

    fn take_list(&mut self, list: List, name: &str, stored: &[(i64, String)]) {
        let ours = words_of(list);
        let mut codes = vec![None; ours.len()];
        let mut indexes = HashMap::new();
        for (expected, (code, word)) in (0_i64..).zip(stored) {
            if *code != expected {
                self.broken.push(format!("word: list {name}: found code {code}, expected {expected}"));
            }
            match ours.iter().position(|w| w == word) {
                Some(index) => {
                    codes[index] = Some(*code);
                    indexes.insert(*code, index);
                }
                None => self.broken.push(format!("word: list {name}: {word:?} is no word of this version")),
            }
        }
        for (index, word) in ours.iter().enumerate() {
            if codes[index].is_none() {
                self.broken.push(format!("word: list {name}: {word:?} has no code"));
            }
        }
        self.codes.push(codes);
        self.indexes.push(indexes);
    }

    /// Gives every word of this version that has no code yet the next free one of its list.
    pub(crate) async fn complete(conn: &mut impl Ask) -> Result<Self, StoreError> {
        let present = Self::load(conn).await?;
        let mut added = false;
        for (list, name) in LISTS {
            for (index, word) in words_of(list).iter().enumerate() {
                if present.code(list, index).is_some() {
                    continue;
                }
                let sql = "INSERT INTO word SELECT ?1, coalesce(max(code) + 1, 0), ?2 FROM word WHERE list = ?1";
                conn.run(sql, vec![name.into(), word.into()]).await.map_err(|e| error::write(&e))?;
                added = true;
            }
        }
        if added { Self::load(conn).await } else { Ok(present) }
    }
}
