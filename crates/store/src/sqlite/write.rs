//! The one writer: one transaction a commit, one block a timeline and commit.

use crate::canonical::Hash;
use crate::claims::Claims;
use crate::sqlite::{error, open, sessions};
use crate::tables::ask::Ask;
use crate::tables::insert::Statements;
use crate::tables::place::{Commit, Placer};
use crate::tables::words::Words;
use crate::{Batch, StoreError};
use chairside_observation::Timeline;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

pub(super) use crate::tables::place::{in_this_boot, whole};

/// Pages in the write-ahead log after which they are put into the main file: 16 MiB. Smaller means more flushes; larger
/// means a longer pause at each checkpoint and more to read back after a crash (P04).
const CHECKPOINT_PAGES: usize = 16 * 1024 * 1024 / open::PAGE_BYTES as usize;

/// Why a commit did not happen.
enum Refused {
    /// A frame key is in the log already; the transaction was not written.
    Duplicate,
    /// Everything else; the connection is not to be used again.
    Failed(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// How far the journal has been taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Number of the newest record that was taken in, or passed over.
    pub(super) number: u64,
    /// Digest that the next record follows.
    pub(super) digest: Hash,
}

/// The connection that writes, with everything it needs to know so that a commit reads nothing.
pub(super) struct Writer {
    pub(super) conn: SqliteConnection,
    statements: Statements,
    pub(super) placer: Placer,
    mark: Mark,
    pages: usize,
}

impl Writer {
    /// Opens the log for writing, puts everything that is only in the write-ahead log into the main file and flushes it:
    /// what is there afterwards survives a power cut, whatever a flush that failed before may have dropped.
    pub(super) async fn open(path: &Path, boot: &str) -> Result<Self, StoreError> {
        let mut conn = open::writer(path).await?;
        open::migrate(&mut conn, path).await?;
        let words = Arc::new(Words::complete(&mut conn).await?);
        checkpoint(&mut conn, "TRUNCATE").await?;
        let drawn: Vec<u8> =
            sqlx::query_scalar("SELECT randomblob(32)").fetch_one(&mut conn).await.map_err(|e| error::read(&e))?;
        let drawn = Hash::try_from(drawn).map_err(|_| StoreError::Read("nothing could be drawn".to_owned()))?;
        let placer = Placer::load(&mut conn, words, boot, drawn, false).await?;
        sessions::complete(&mut conn, &placer.words).await?;
        let mark = load_mark(&mut conn).await?;
        Ok(Self { conn, statements: Statements::default(), placer, mark, pages: 0 })
    }

    pub(super) fn words(&self) -> Arc<Words> {
        Arc::clone(&self.placer.words)
    }

    /// About so many pages went into the write-ahead log.
    pub(super) fn wrote(&mut self, pages: u64) {
        self.pages = self.pages.saturating_add(usize::try_from(pages).unwrap_or(usize::MAX));
    }

    /// The claims as the database has them.
    pub(super) fn claims(&self) -> Claims {
        self.placer.claims.clone()
    }

    /// How far the journal has been taken in.
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// The newest sequence of each timeline.
    pub(super) fn sequences(&self) -> HashMap<Timeline, u64> {
        self.placer.sequences()
    }

    /// Appends batches whose monotonic times count in `boot`, and the mark, in one transaction. After an error the writer
    /// must be dropped.
    pub(super) async fn append(
        &mut self,
        batches: &[Arc<Batch>],
        boot: &str,
        mark: Option<Mark>,
    ) -> Result<(), StoreError> {
        let batches = self.not_yet_stored(batches, boot).await?;
        loop {
            match self.try_append(&batches, mark).await {
                Ok(()) => {
                    self.placer.forget_known();
                    return Ok(());
                }
                Err(Refused::Duplicate) => {
                    sqlx::query("ROLLBACK").execute(&mut self.conn).await.map_err(|e| error::write(&e))?;
                    if !self.placer.look_up_duplicates(&mut self.conn, &batches).await? {
                        let damage = "the index of frame keys is damaged; run `chairside verify`";
                        return Err(StoreError::Write(damage.to_owned()));
                    }
                }
                Err(Refused::Failed(error)) => return Err(error),
            }
        }
    }

    /// Leaves out what is in the log already; see [`Placer::not_yet_stored`].
    pub(super) async fn not_yet_stored(
        &mut self,
        batches: &[Arc<Batch>],
        boot: &str,
    ) -> Result<Vec<Arc<Batch>>, StoreError> {
        self.placer.not_yet_stored(&mut self.conn, batches, boot).await
    }

    async fn try_append(&mut self, batches: &[Arc<Batch>], mark: Option<Mark>) -> Result<(), Refused> {
        let commit = self.placer.batches(batches)?;
        if !commit.rows.blocks.is_empty() || mark.is_some() {
            let written = self.write(&commit, batches, mark).await;
            if let Err(e) = written {
                self.placer.names.undo();
                return Err(if error::is_duplicate(&e) { Refused::Duplicate } else { error::write(&e).into() });
            }
        }
        self.mark = mark.unwrap_or(self.mark);
        self.pages += commit.pages(open::PAGE_BYTES as usize);
        self.placer.done(commit);
        Ok(())
    }

    /// Writes a commit in one transaction. On an error the transaction may be open.
    async fn write(
        &mut self,
        commit: &Commit<'_>,
        batches: &[Arc<Batch>],
        mark: Option<Mark>,
    ) -> Result<(), sqlx::Error> {
        let conn = &mut self.conn;
        conn.run(SqliteConnection::BEGIN, vec![]).await?;
        self.statements.all(conn, &commit.rows, self.placer.fresh()).await?;
        let alone = batches.iter().filter(|batch| batch.frame.is_none()).flat_map(|batch| &batch.entries);
        let spoken = alone.filter_map(|entry| {
            // It fits: it was placed.
            sessions::spoken(entry, commit.timeline_id(entry), entry.sequence.0.cast_signed())
        });
        sessions::follow(conn, &self.placer.words, &spoken.collect::<Vec<_>>()).await?;
        if let Some(mark) = mark {
            let args = vec![mark.number.cast_signed().into(), mark.digest.as_slice().into()];
            conn.run("UPDATE _journal SET applied = ?, digest = ?", args).await?;
        }
        conn.run("COMMIT", vec![]).await.map(|_| ())
    }

    /// Whether a checkpoint is due.
    pub(super) fn is_checkpoint_due(&self) -> bool {
        self.pages >= CHECKPOINT_PAGES
    }

    /// Puts the write-ahead log into the main file. Readers go on; what they still need stays for the next time.
    pub(super) async fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.pages = 0;
        checkpoint(&mut self.conn, "PASSIVE").await
    }

    /// Lets the file not grow by a page.
    #[cfg(test)]
    pub(super) async fn limit_pages_for_test(&mut self) {
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut self.conn).await.unwrap_or(0);
        let sql = format!("PRAGMA max_page_count = {pages}");
        let limited = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut self.conn).await;
        assert!(limited.is_ok());
    }

    /// The next journal of this log begins anew: that of the log it is a copy of does not belong to it.
    pub(super) async fn without_journal(&mut self) -> Result<(), StoreError> {
        let sql = "UPDATE _journal SET applied = 0, digest = randomblob(32)";
        sqlx::query(sql).execute(&mut self.conn).await.map_err(|e| error::write(&e))?;
        self.mark = load_mark(&mut self.conn).await?;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        sqlx::Connection::close(self.conn).await.map_err(|e| error::write(&e))
    }
}

/// Runs a checkpoint. One that must be whole (`TRUNCATE`) and is not counts as a failure.
pub(super) async fn checkpoint(conn: &mut SqliteConnection, mode: &str) -> Result<(), StoreError> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await.map_err(|e| error::write(&e))?;
    let busy: i64 = row.try_get(0).map_err(|e| error::write(&e))?;
    if busy != 0 && mode == "TRUNCATE" {
        return Err(StoreError::Write("a reader still holds the write-ahead log; it is tried again".to_owned()));
    }
    Ok(())
}

/// How far the journal has been taken in.
pub(super) async fn load_mark(conn: &mut SqliteConnection) -> Result<Mark, StoreError> {
    let row: (i64, Vec<u8>) =
        sqlx::query_as("SELECT applied, digest FROM _journal").fetch_one(conn).await.map_err(|e| error::read(&e))?;
    match (u64::try_from(row.0), Hash::try_from(row.1)) {
        (Ok(number), Ok(digest)) => Ok(Mark { number, digest }),
        _ => Err(StoreError::Read("the mark of the journal is damaged; run `chairside verify`".to_owned())),
    }
}
