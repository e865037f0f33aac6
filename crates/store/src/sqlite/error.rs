//! SQLite's errors in words for people.

use crate::StoreError;

/// Primary result codes (<https://www.sqlite.org/rescode.html>); the extended code holds the primary one in its low byte.
const READONLY: u32 = 8;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const BUSY: u32 = 5;
const NOTADB: u32 = 26;
/// Extended code of a trigger that refused; its text is ours and names no patient.
const CONSTRAINT_TRIGGER: u32 = 1811;
/// Extended code of a violated UNIQUE constraint.
const CONSTRAINT_UNIQUE: u32 = 2067;

fn extended(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// What failed and what to do. Never the statement or a value: those may hold a patient's data.
pub(super) fn words(error: &sqlx::Error) -> String {
    let Some(code) = extended(error) else {
        return match error {
            sqlx::Error::Io(io) => format!("{io}"),
            sqlx::Error::WorkerCrashed => "the database thread ended; it is started again".to_owned(),
            other => format!("{other}"),
        };
    };
    if code == CONSTRAINT_TRIGGER {
        return error.as_database_error().map_or_else(String::new, |e| e.message().to_owned());
    }
    let what = match code & 0xff {
        FULL => "the disk is full; free some space",
        READONLY => "the file or disk is read-only; make the data folder writable",
        IOERR => "the disk reports an I/O error; check the disk and its cable",
        CORRUPT | NOTADB => "the database file is damaged; keep it, run `chairside verify`, restore a backup",
        CANTOPEN => "the file cannot be opened; check that the data folder exists and belongs to this user",
        BUSY => "another program holds the file; end it",
        _ => "the database refused it",
    };
    format!("{what} (SQLite code {code})")
}

pub(super) fn write(error: &sqlx::Error) -> StoreError {
    StoreError::Write(words(error))
}

pub(super) fn read(error: &sqlx::Error) -> StoreError {
    StoreError::Read(words(error))
}

/// A frame key that is already stored.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    extended(error) == Some(CONSTRAINT_UNIQUE)
        && error.as_database_error().is_some_and(|e| e.message().contains("frame.key"))
}
