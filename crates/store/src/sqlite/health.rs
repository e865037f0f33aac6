//! A quick look at a log: its version, what time it spans, and whether SQLite finds its file in order. `verify` is the
//! thorough one: it recomputes what the log says, where this only looks at how it is stored.

use super::{SqliteLog, error};
use crate::StoreError;
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
    /// What is wrong with the file, in SQLite's words. Empty: in order.
    pub problems: Vec<String>,
}

impl SqliteLog {
    /// Takes a quick look. Reads the whole file once, so its length decides how long that takes.
    ///
    /// # Errors
    /// [`StoreError::Read`]: the log cannot be read.
    pub async fn health(&self) -> Result<LogHealth, StoreError> {
        let mut tx = self.snapshot().await?;
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
        Ok(LogHealth { version, first_wall: first.map(Micros), last_wall: last.map(Micros), problems })
    }
}
