//! Whole columns at a time.
//!
//! A row of its own for each reading costs some 4 us on its way out of the library, and each of its columns more: ten times
//! what SQLite takes to find them. So a page of readings comes as one row, every column of it as a JSON list that SQLite
//! writes (`json_group_array`) and this module reads. It reads strictly: what SQLite would not write there is damage.

use crate::tables::rows::Damage;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A column of whole numbers.
pub(super) struct Column(Vec<Option<i64>>);

impl Column {
    /// The list as SQLite writes it, `[1,null,-3]`. What is no whole number is damage: no column holds anything else.
    fn read(text: &str) -> Result<Self, Damage> {
        let inner = inner(text)?;
        if inner.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let cell = |cell: &str| match cell {
            "null" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| format!("found {cell:?}, expected a whole number")),
        };
        inner.split(',').map(cell).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<i64> {
        self.0.get(index).copied().flatten()
    }

    /// A cell that is never empty.
    pub(super) fn at(&self, index: usize, name: &str) -> Result<i64, Damage> {
        self.get(index).ok_or_else(|| format!("{name}: nothing there"))
    }

    pub(super) fn last(&self) -> Option<i64> {
        self.0.last().copied().flatten()
    }
}

fn inner(text: &str) -> Result<&str, Damage> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inner.ok_or_else(|| format!("found {:?}, expected a list", text.chars().take(40).collect::<String>()))
}

/// A column of texts without quotes, backslashes and commas: times as the log writes them.
pub(super) fn texts(row: &SqliteRow, at: usize, len: usize) -> Result<Vec<Option<Box<str>>>, Damage> {
    let text: &str = row.try_get(at).map_err(|e| e.to_string())?;
    let all = plain(text)?;
    if all.len() == len { Ok(all) } else { Err(format!("found a column of {} cells, expected {len}", all.len())) }
}

fn plain(text: &str) -> Result<Vec<Option<Box<str>>>, Damage> {
    let inner = inner(text)?;
    if inner.is_empty() {
        return Ok(Vec::new());
    }
    let cell = |cell: &str| {
        if cell == "null" {
            return Ok(None);
        }
        let bare = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
        let bare = bare.filter(|bare| !bare.contains(['"', '\\']));
        bare.map(|bare| Some(bare.into())).ok_or_else(|| format!("found {cell:?}, expected a plain text"))
    };
    inner.split(',').map(cell).collect()
}

/// The first `N` columns of a page, all of one length.
pub(super) fn columns<const N: usize>(row: &SqliteRow) -> Result<[Column; N], Damage> {
    let mut all = Vec::with_capacity(N);
    for at in 0..N {
        all.push(Column::read(row.try_get(at).map_err(|e| e.to_string())?)?);
    }
    let lengths: Vec<usize> = all.iter().map(|column: &Column| column.0.len()).collect();
    if lengths.iter().any(|length| *length != lengths[0]) {
        return Err(format!("found columns of {lengths:?} cells, expected one length"));
    }
    all.try_into().map_err(|_| format!("found other than {N} columns"))
}

/// The numbers of a column as a JSON list; of those that follow each other, each once.
pub(super) fn listed(column: &Column) -> String {
    let mut numbers: Vec<i64> = column.0.iter().flatten().copied().collect();
    numbers.dedup();
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_strictly() {
        let read = |text: &str| Column::read(text).map(|column| column.0);
        assert_eq!(read("[]"), Ok(vec![]));
        assert_eq!(read("[7]"), Ok(vec![Some(7)]));
        assert_eq!(read("[1,null,-9223372036854775808]"), Ok(vec![Some(1), None, Some(i64::MIN)]));
        for damaged in ["", "[", "1,2", "[1,,2]", "[1.5]", "[\"1\"]", "[ 1]", "[99999999999999999999]"] {
            assert!(read(damaged).is_err(), "{damaged}");
        }
    }

    #[test]
    fn a_column_of_texts_is_read_strictly() {
        let read = |text: &str| {
            plain(text).map(|cells| cells.iter().map(|c| c.as_deref().map(str::to_owned)).collect::<Vec<_>>())
        };
        assert_eq!(read(r#"[null,"2026-03-02T10:42:05"]"#), Ok(vec![None, Some("2026-03-02T10:42:05".to_owned())]));
        assert_eq!(read("[]"), Ok(vec![]));
        for damaged in [r#"["a\"b"]"#, r#"["a,b"]"#, "[7]", r#"["]"#, "null"] {
            assert!(read(damaged).is_err(), "{damaged}");
        }
    }

    #[test]
    fn frames_are_asked_for_once() {
        assert_eq!(listed(&Column(vec![Some(3), Some(3), Some(4), None, Some(4)])), "[3,4]");
    }
}
