//! `chairside verify`: is the log still what was written?

use chairside_observation::session::SessionId;
use chairside_store::postgres::{Patience, Place};
use chairside_store::seal::{FileReport, verify_file};
use chairside_store::sqlite::SqliteLog;
use chairside_store::{PostgresLog, SessionLog, StoreError, Verified};
use std::path::Path;

/// Recomputes every digest and chain of the log at `database`, without writing to it.
///
/// # Errors
/// The log cannot be opened or read.
pub async fn run(database: &Path) -> Result<Verified, StoreError> {
    SqliteLog::open_read_only(database, &crate::clock::boot(), crate::clock::system()).await?.verify().await
}

/// The same of the database the log is taken to. It may lack what came last; what it has is judged.
///
/// # Errors
/// The database cannot be reached or read.
pub async fn copy(place: &Place) -> Result<Verified, StoreError> {
    let (boot, clock) = (crate::clock::boot(), crate::clock::system());
    PostgresLog::open_read_only(place, &boot, clock, Patience::default()).await?.verify().await
}

/// Checks one session's record as its file would be checked; `None`: there is no such session.
///
/// # Errors
/// The log cannot be opened or read.
pub async fn session(database: &Path, id: &str) -> Result<Option<FileReport>, StoreError> {
    let log = SqliteLog::open_read_only(database, &crate::clock::boot(), crate::clock::system()).await?;
    let made = log.record_file(&SessionId::from(id), env!("CARGO_PKG_VERSION")).await?;
    Ok(made.map(|bytes| file(&bytes)))
}

/// Checks an exported record, without a log.
#[must_use]
pub fn file(bytes: &[u8]) -> FileReport {
    verify_file(bytes)
}

/// What is said of a record on the terminal.
#[must_use]
pub fn file_report(place: &str, report: &FileReport) -> String {
    let FileReport { session, blocks, entries, frames, signed, broken } = report;
    let counts = format!("{blocks} blocks, {entries} entries, {frames} frames");
    if let Some(first) = broken.first() {
        return format!("{place}: BROKEN ({counts} before it fit)\n  {first}");
    }
    let signed = signed.as_ref().map_or_else(
        || "not signed".to_owned(),
        |it| format!("signed by {} (\"{}\"), public key {}", it.by, it.meaning, it.key),
    );
    format!("{place}: whole: session {session}, {counts}; {signed}")
}

/// What is said of it on the terminal.
#[must_use]
pub fn report(database: &Path, verified: &Verified) -> String {
    use std::fmt::Write;
    let Verified { timelines, blocks, entries, frames, seals, waiting, erased_by_retention, erased_by_request, broken } =
        verified;
    let mut counts =
        format!("{timelines} timelines, {blocks} blocks, {entries} entries, {frames} frames, {seals} signed records");
    for (erased, by) in [(erased_by_retention, "retention"), (erased_by_request, "request")] {
        if *erased > 0 {
            let _ = write!(counts, "; {erased} entries erased by {by}");
        }
    }
    if *waiting > 0 {
        let _ = write!(counts, "; {waiting} appends wait in the journal for the next start");
    }
    if broken.is_empty() {
        return format!("{}: whole: {counts}", database.display());
    }
    let mut text = format!("{}: BROKEN in {} places ({counts} looked at)", database.display(), broken.len());
    for place in broken {
        let _ = write!(text, "\n  {place}");
    }
    text
}
