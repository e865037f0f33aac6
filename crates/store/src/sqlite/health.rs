//! A quick look at a log: its version, what time it spans, and whether SQLite finds its file in order. `verify` is the
//! thorough one: it recomputes what the log says, where this only looks at how it is stored.

use super::write::load_mark;
use super::{SqliteLog, error, open};
use crate::StoreError;
use crate::journal::Place;
use chairside_observation::Micros;

/// Findings of SQLite that are told: the first ones say enough.
const PROBLEMS_MAX: i64 = 10;

/// What a quick look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogHealth {
    /// Version of the tables: the number of the newest migration.
    pub version: i64,
    /// UTC when the first block of entries was written; `None` for an empty log.
    pub first_wall: Option<Micros>,
    /// UTC when the newest block was written.
    pub last_wall: Option<Micros>,
    /// Appends that are only in the journal: the next start takes them in. 0 while a server runs.
    pub waiting: u64,
    /// What is wrong with the file, in SQLite's words. Empty: in order.
    pub problems: Vec<String>,
}

impl SqliteLog {
    /// Takes a quick look. Reads the whole file once, so its length decides how long that takes.
    ///
    /// # Errors
    /// [`StoreError::Read`]: the log cannot be read.
    pub async fn health(&self) -> Result<LogHealth, StoreError> {
        self.caught_up().await?;
        let (_, mut tx) = self.snapshot().await?;
        let failed = |e: sqlx::Error| error::read(&e);
        let version = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations");
        let version: i64 = version.fetch_one(&mut *tx).await.map_err(failed)?;
        // Blocks are sorted by timeline and number: each timeline's ends are looked up, not searched.
        let ends = sqlx::query_as(
            "SELECT min((SELECT reached_wall_us FROM block WHERE timeline = t.id ORDER BY number LIMIT 1)), \
             max((SELECT reached_wall_us FROM block WHERE timeline = t.id ORDER BY number DESC LIMIT 1)) FROM timeline t",
        );
        let (first, last): (Option<i64>, Option<i64>) = ends.fetch_one(&mut *tx).await.map_err(failed)?;
        let check = sqlx::query_scalar("SELECT quick_check FROM pragma_quick_check LIMIT ?").bind(PROBLEMS_MAX);
        let mut problems: Vec<String> = check.fetch_all(&mut *tx).await.map_err(failed)?;
        problems.retain(|problem| problem != "ok");
        drop(tx);
        let waiting = self.waiting().await?.unwrap_or_else(|damage| {
            problems.push(damage);
            0
        });
        Ok(LogHealth { version, first_wall: first.map(Micros), last_wall: last.map(Micros), waiting, problems })
    }

    /// UTC when the first block of entries was written; `None` for an empty log. Takes a moment, whatever the log's length.
    ///
    /// # Errors
    /// [`StoreError::Read`]: the log cannot be read.
    pub async fn since(&self) -> Result<Option<Micros>, StoreError> {
        let (_, mut tx) = self.snapshot().await?;
        let first = sqlx::query_scalar(
            "SELECT min((SELECT reached_wall_us FROM block WHERE timeline = t.id ORDER BY number LIMIT 1)) FROM timeline t",
        );
        let first: Option<i64> = first.fetch_one(&mut *tx).await.map_err(|e| error::read(&e))?;
        Ok(first.map(Micros))
    }

    /// Records the database does not have yet; the journal does.
    #[must_use]
    pub fn behind(&self) -> u64 {
        self.writing.as_ref().map_or(0, |writing| writing.behind.len() as u64)
    }

    /// Why the database cannot be written; `None`: it can.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.writing.as_ref().and_then(|writing| writing.behind.failure())
    }

    /// Appends that are only in the journal of a log nobody writes, or what is wrong with that journal.
    ///
    /// # Errors
    /// [`StoreError::Read`]: the log or its journal cannot be read.
    pub(super) async fn waiting(&self) -> Result<Result<u64, String>, StoreError> {
        if self.writing.is_some() || open::is_written(&self.path) {
            return Ok(Ok(0));
        }
        let place = Place::of(&self.path);
        let (_, mut tx) = self.snapshot().await?;
        let mark = load_mark(&mut tx).await?;
        let looked = open::journals(&place).and_then(|files| open::waiting(&files, &mark));
        match looked {
            // A server that began meanwhile writes what was being read.
            Err(StoreError::Unusable { .. }) if open::is_written(&self.path) => Ok(Ok(0)),
            Err(StoreError::Unusable { place, found, .. }) => Ok(Err(format!("journal {place}: {found}"))),
            Err(other) => Err(other),
            Ok(waiting) => Ok(Ok(waiting)),
        }
    }
}
