//! `chairside verify`: is the log still what was written?

use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, StoreError, Verified};
use std::path::Path;

/// Recomputes every digest and chain of the log at `database`, without writing to it.
///
/// # Errors
/// The log cannot be opened or read.
pub async fn run(database: &Path) -> Result<Verified, StoreError> {
    SqliteLog::open_read_only(database, &crate::clock::boot(), crate::clock::system()).await?.verify().await
}

/// What is said of it on the terminal.
#[must_use]
pub fn report(database: &Path, verified: &Verified) -> String {
    use std::fmt::Write;
    let Verified { timelines, blocks, entries, frames, waiting, erased_by_retention, erased_by_request, broken } =
        verified;
    let mut counts = format!("{timelines} timelines, {blocks} blocks, {entries} entries, {frames} frames");
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
