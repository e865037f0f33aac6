//! The journal in front of the database: an append is on disk, and its receipt given, once one record is written here and
//! flushed. The database takes the records in later, many in one transaction.
//!
//! One file of fixed length, written round and round in whole pages, so that a flush changes data only, never the file's
//! length. A record begins on a page of its own: no page that holds a receipted record is written again before the
//! database has it. `docs/log-format.md`, "The journal", has every byte.

mod batch;
mod file;
mod record;
mod ring;
mod scan;

pub(crate) use batch::{Reader, decode, encode, frame as put_frame};
pub(crate) use file::{Disk, File, Make, Place, salt_of};
pub(crate) use record::{PAGE, Salt, pages_of, seal};
pub(crate) use ring::Ring;
pub(crate) use scan::{Unapplied, unapplied};

/// Length of a journal: what the database may be behind. 64 monitors with 5 messages a second of 1.5 KB for 15 seconds;
/// read in some milliseconds at a start. Its batches stay in memory until the database has them, so it also bounds that
/// memory (P19).
pub(crate) const JOURNAL_PAGES: u64 = 2048;
/// Longest record, in pages. A longer append goes into the database itself: rare, and its sender waits a little longer.
pub(crate) const RECORD_PAGES_MAX: u64 = JOURNAL_PAGES / 4;

#[cfg(test)]
mod tests;
