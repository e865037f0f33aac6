//! SQLite: the embedded log.
//!
//! One connection writes (WAL, `synchronous=FULL`), a few others read and cannot write. A commit is one transaction and
//! reads nothing. After a failed commit the connection is thrown away, since nothing it says of the file is believed any
//! more; the next append opens a new one, which first puts the whole write-ahead log into the main file and flushes it.

mod claims;
mod error;
mod health;
mod insert;
mod names;
mod open;
mod read;
mod rows;
mod verify;
mod words;
mod write;

pub use health::LogHealth;

use crate::{Batch, Committed, Head, SessionLog, StoreError, Verified};
use async_trait::async_trait;
use chairside_observation::{Entry, Frame, FrameKey, Micros, Received, Sequence, Timeline};
use sqlx::sqlite::SqlitePool;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use words::Words;
use write::{Writer, in_this_boot};

/// Where the log gets the time from, on both clocks; used to place entries of an earlier boot on this boot's clock.
pub type Clock = Arc<dyn Fn() -> Received + Send + Sync>;

/// The session log in one SQLite file.
///
/// Monotonic times are comparable only within one boot of the machine. The log keeps the boot beside each time; entries
/// of another boot come back with `received.mono = now.mono - (now.wall - received.wall)`.
pub struct SqliteLog {
    path: PathBuf,
    boot: Box<str>,
    clock: Clock,
    words: Arc<Words>,
    readers: SqlitePool,
    /// `None` inside: the connection failed and the next append opens another. `None` outside: opened for reading.
    writer: Option<Arc<Mutex<Option<Writer>>>>,
    /// Keeps a second writer out as long as this log is open.
    _lock: Option<File>,
}

impl SqliteLog {
    /// Opens the log for writing, making folder (0700) and file (0600) where they are missing. `boot` names the boot of
    /// the machine that `clock` counts in.
    ///
    /// # Errors
    /// [`StoreError::Unusable`]: permissions, settings, version, or another writer; [`StoreError::Write`]: the disk.
    pub async fn open(path: &Path, boot: &str, clock: Clock) -> Result<Self, StoreError> {
        let lock = open::claim(path)?;
        let writer = Writer::open(path, boot).await?;
        let words = writer.words();
        let readers = open::readers(path).await?;
        let writer = Some(Arc::new(Mutex::new(Some(writer))));
        Ok(Self { path: path.into(), boot: boot.into(), clock, words, readers, writer, _lock: Some(lock) })
    }

    /// Opens an existing log for reading, also while a server writes it.
    ///
    /// # Errors
    /// [`StoreError::Read`] or [`StoreError::Unusable`]: there is no log of this version.
    pub async fn open_read_only(path: &Path, boot: &str, clock: Clock) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Read(format!("there is no file {}", path.display())));
        }
        let readers = open::readers(path).await?;
        open::expect_log(&readers, path).await?;
        let mut conn = readers.acquire().await.map_err(|e| error::read(&e))?;
        let words = Arc::new(Words::load(&mut conn).await?);
        drop(conn);
        Ok(Self { path: path.into(), boot: boot.into(), clock, words, readers, writer: None, _lock: None })
    }

    /// Closes every connection in order. Dropping the log does it, too, but does not wait.
    ///
    /// # Errors
    /// [`StoreError::Write`]: the last checkpoint failed; nothing that was committed is lost.
    pub async fn close(&self) -> Result<(), StoreError> {
        // Readers first: the last connection to go takes the write-ahead log into the main file, and readers cannot.
        self.readers.close().await;
        match &self.writer {
            Some(writer) => match writer.lock().await.take() {
                Some(open) => open.close().await,
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn here(&self, stored: Vec<rows::Stored>) -> Vec<Entry> {
        let now = (self.clock)();
        stored.into_iter().map(|stored| in_this_boot(stored, &self.boot, now)).collect()
    }

    /// A reader in a transaction: everything it reads is of one state of the log.
    async fn snapshot(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StoreError> {
        self.readers.begin().await.map_err(|e| error::read(&e))
    }

    /// Takes the write-ahead log into the main file once the receipt is on its way.
    fn checkpoint_later(writer: &Arc<Mutex<Option<Writer>>>) {
        let writer = Arc::clone(writer);
        tokio::spawn(async move {
            let mut slot = writer.lock().await;
            let Some(mut open) = slot.take() else { return };
            match open.checkpoint().await {
                Ok(()) => *slot = Some(open),
                // The slot stays empty: the next append opens a new connection and tells what is wrong.
                Err(e) => tracing::error!(error = %e, "checkpoint failed"),
            }
        });
    }
}

#[async_trait]
impl SessionLog for SqliteLog {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::Write("the log was opened for reading".to_owned()));
        };
        let mut slot = writer.lock().await;
        // Taken out while it works: an append that fails or is abandoned half-way leaves the slot empty.
        let mut open = match slot.take() {
            Some(open) => open,
            None => Writer::open(&self.path, &self.boot).await?,
        };
        let committed = open.append(batches).await?;
        if open.is_checkpoint_due() {
            Self::checkpoint_later(writer);
        }
        *slot = Some(open);
        Ok(committed)
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let mut tx = self.snapshot().await?;
        read::heads(&mut tx).await
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut tx = self.snapshot().await?;
        Ok(self.here(read::stored(&mut tx, &self.words, timeline, after, limit).await?))
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut tx = self.snapshot().await?;
        Ok(self.here(read::deeds(&mut tx, &self.words, timeline, after, limit).await?))
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        let mut tx = self.snapshot().await?;
        read::before(&mut tx, &self.words, timeline, wall.0).await
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        let mut tx = self.snapshot().await?;
        Ok(self.here(read::latest(&mut tx, &self.words, timeline).await?))
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        let mut tx = self.snapshot().await?;
        let found = read::frame(&mut tx, &self.words, timeline, sequence).await?;
        let now = (self.clock)();
        Ok(found.map(|(mut frame, boot)| {
            if *boot != *self.boot {
                frame.received.mono = now.mono - (now.wall - frame.received.wall);
            }
            frame
        }))
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        verify::verify(&self.readers).await
    }

    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::Read("the log was opened for reading and gives no receipts".to_owned()));
        };
        let slot = writer.lock().await;
        let Some(open) = &*slot else {
            return Err(StoreError::Read("the log could not be written last time and gives no receipts".to_owned()));
        };
        let everything = open.everything();
        let mut tx = self.snapshot().await?;
        Ok(Some((read::recent_keys(&mut tx, limit).await?, everything)))
    }
}

#[cfg(test)]
mod claims_tests;
#[cfg(test)]
mod tests;
