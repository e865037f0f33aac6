//! The databases' errors in words for people.

use crate::StoreError;
use sqlx::postgres::PgDatabaseError;

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

fn postgres(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// SQLSTATE codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>). Only the texts of our own triggers are
/// passed on: others may hold a value.
fn postgres_words(error: &PgDatabaseError) -> String {
    let code = error.code();
    let what = match (code, code.get(..2).unwrap_or_default()) {
        ("P0001", _) => return error.message().to_owned(),
        ("23P01", _) => "claim: the entries belong to another session",
        ("3D000", _) => "there is no such database; make it with createdb",
        ("42501", _) => "this user may not do that; it has to own the database",
        ("25006", _) => "the server takes no changes (it is a standby?)",
        ("53100", _) => "the disk of the server is full; free some space",
        ("53300", _) => "the server has no connection left; raise max_connections",
        ("57014", _) => "the server took too long",
        ("57P01" | "57P02" | "57P03", _) => "the server is starting or stopping",
        (_, "28") => "the server refuses this user or password",
        (_, "58" | "XX") => "the server reports damage or an I/O error; look at its log",
        _ => "the database refused it",
    };
    format!("{what} (SQLSTATE {code})")
}

/// The database refused what was to be written, and would again: its content or a rule, not the moment.
pub(crate) fn is_refusal(error: &sqlx::Error) -> bool {
    let code = postgres(error).map(PgDatabaseError::code);
    code.is_some_and(|code| code == "P0001" || code.starts_with("22") || code.starts_with("23"))
}

/// Somebody else holds a lock.
pub(crate) fn is_lock_timeout(error: &sqlx::Error) -> bool {
    postgres(error).is_some_and(|error| error.code() == "55P03")
}

/// What failed and what to do. Never the statement or a value: those may hold a patient's data.
pub(crate) fn words(error: &sqlx::Error) -> String {
    if let Some(error) = postgres(error) {
        return postgres_words(error);
    }
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

pub(crate) fn write(error: &sqlx::Error) -> StoreError {
    StoreError::Write(words(error))
}

pub(crate) fn read(error: &sqlx::Error) -> StoreError {
    StoreError::Read(words(error))
}

/// A frame key that is already stored.
pub(crate) fn is_duplicate(error: &sqlx::Error) -> bool {
    extended(error) == Some(CONSTRAINT_UNIQUE)
        && error.as_database_error().is_some_and(|e| e.message().contains("frame.key"))
}
