//! SQLite: the embedded log, with a journal in front of it.
//!
//! Two threads write. One takes appends into the [journal](crate::journal): a receipt costs one write and one flush. The
//! other takes the journal into the database behind it, many records in one transaction (WAL, `synchronous=FULL`), over the
//! one connection that writes; after a failed commit that connection is thrown away, since nothing it says of the file is
//! believed any more. A few other connections read and cannot write; readers see what is only in the journal, too.

mod apply;
mod behind;
mod columns;
mod copy;
mod erase;
mod frames;
mod health;
mod keeper;
pub(crate) mod look;
mod open;
pub(crate) mod page;
mod patient;
mod retention;
mod sessions;
mod tail;
mod upgrade;
mod values;
mod write;

pub use health::LogHealth;
pub use patient::Held;
pub use retention::{Erasing, Request};

use crate::journal::{self, Place};
use crate::seal::Sealing;
use crate::tables::{erasures, error, names, read, rows, sealing, verify, words};
use crate::{Batch, Committed, Find, Found, Head, SessionLog, Stands, StoreError, Value, Verified};
use apply::Applying;
use async_trait::async_trait;
use behind::{Behind, End, Group};
use chairside_observation::session::SessionId;
use chairside_observation::{ChairId, Entry, Frame, FrameKey, Micros, Received, Sequence, Timeline, Vital, What};
use keeper::{Journaling, Keeper, Keeping};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tail::Tail;
use words::Words;
use write::in_this_boot;

/// Signed sessions looked at together.
const SEALS_PAGE: usize = 200;

/// Where the log gets the time from, on both clocks; used to place entries of an earlier boot on this boot's clock.
pub type Clock = Arc<dyn Fn() -> Received + Send + Sync>;

/// The session log in one SQLite file and its journal.
///
/// Monotonic times are comparable only within one boot of the machine. The log keeps the boot beside each time; entries
/// of another boot come back with `received.mono = now.mono - (now.wall - received.wall)`.
///
/// Dropping it takes what is behind into the database and waits for that; what cannot be taken in stays in the journal.
pub struct SqliteLog {
    path: PathBuf,
    boot: Box<str>,
    clock: Clock,
    words: Arc<Words>,
    readers: SqlitePool,
    /// `None`: opened for reading.
    writing: Option<Arc<Writing>>,
    /// What was only in the journal when the log was opened for reading.
    kept: Vec<Arc<Group>>,
    /// Since it was opened, copies of what was erased have been overwritten.
    tidied: AtomicBool,
}

/// The two threads that write, in the order they end; dropped in this order, too.
struct Writing {
    keeping: Keeping,
    applying: Applying,
    behind: Arc<Behind>,
    /// Keeps a second writer out as long as this log is open.
    lock: Mutex<Option<File>>,
}

impl Writing {
    fn end(&self, how: End) -> Result<(), StoreError> {
        self.keeping.end();
        let ended = self.applying.end(how);
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        ended
    }
}

impl SqliteLog {
    /// Opens the log for writing, making folder (0700) and files (0600) where they are missing. `boot` names the boot of
    /// the machine that `clock` counts in. A log of an older version is brought up to this one, all or nothing; a copy of it
    /// as it was stays beside it for a week, in `chairside.db.before-NNNN` and so on.
    ///
    /// # Errors
    /// [`StoreError::Held`]: another program writes it; [`StoreError::Unusable`]: permissions, settings, version, or damage of
    /// the journal; [`StoreError::Write`]: the disk.
    pub async fn open(path: &Path, boot: &str, clock: Clock) -> Result<Self, StoreError> {
        let journaling = Journaling {
            pages: journal::JOURNAL_PAGES,
            record_pages: journal::RECORD_PAGES_MAX,
            make: Box::new(journal::File::open),
        };
        Self::open_with(path, boot, clock, journaling, behind::APPLY_AFTER).await
    }

    async fn open_with(
        path: &Path,
        boot: &str,
        clock: Clock,
        journaling: Journaling,
        apply_after: Duration,
    ) -> Result<Self, StoreError> {
        let lock = open::claim(path)?;
        upgrade::keep_copy(path).await?;
        let behind = Arc::new(Behind::new(apply_after));
        let (applying, begun) = Applying::start(path, boot, Arc::clone(&behind)).await?;
        let words = Arc::clone(&begun.words);
        let readers = open::readers(path).await?;
        let keeper =
            Keeper::new(Place::of(path), boot.into(), Arc::clone(&clock), journaling, Arc::clone(&behind), begun);
        let keeping = Keeping::start(keeper)?;
        let writing = Some(Arc::new(Writing { keeping, applying, behind, lock: Mutex::new(Some(lock)) }));
        Ok(Self {
            path: path.into(),
            boot: boot.into(),
            clock,
            words,
            readers,
            writing,
            kept: Vec::new(),
            tidied: AtomicBool::new(false),
        })
    }

    /// Opens an existing log for reading, also while a server writes it. Everything that has a receipt by then is seen, in
    /// the database or in its journal; what comes later is seen a moment late.
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
        let words = Arc::new(Words::load(&mut *conn).await?);
        let kept = apply::kept(path, &mut conn).await?;
        drop(conn);
        Ok(Self {
            path: path.into(),
            boot: boot.into(),
            clock,
            words,
            readers,
            writing: None,
            kept,
            tidied: AtomicBool::new(true),
        })
    }

    /// Whether a server writes the log at `path` now.
    #[must_use]
    pub fn is_written(path: &Path) -> bool {
        open::is_written(path)
    }

    /// Takes everything into the database and closes every connection in order. Dropping the log does it, too, but does
    /// not wait for readers.
    ///
    /// # Errors
    /// [`StoreError::Write`]: the database could not take everything in; nothing that has a receipt is lost.
    pub async fn close(&self) -> Result<(), StoreError> {
        // Readers first: the last connection to go takes the write-ahead log into the main file, and readers cannot.
        self.readers.close().await;
        let Some(writing) = self.writing.clone() else { return Ok(()) };
        let ended = tokio::task::spawn_blocking(move || writing.end(End::InOrder)).await;
        ended.unwrap_or_else(|e| Err(StoreError::Write(e.to_string())))
    }

    fn here(&self, stored: Vec<rows::Stored>) -> Vec<Entry> {
        let now = (self.clock)();
        stored.into_iter().map(|stored| in_this_boot(stored, &self.boot, now)).collect()
    }

    /// What is only in the journal, and then a reader in a transaction: everything it reads is of one state of the log,
    /// and nothing falls between the two.
    async fn snapshot(&self) -> Result<(Tail, sqlx::Transaction<'static, sqlx::Sqlite>), StoreError> {
        let tail = self.writing.as_ref().map_or_else(|| self.kept.clone(), |writing| writing.behind.pending());
        let tail = Tail::new(tail);
        Ok((tail, self.readers.begin().await.map_err(|e| error::read(&e))?))
    }

    /// A page of entries, filled up from the journal where the database ends.
    async fn fill(
        &self,
        (tail, conn): (&Tail, &mut SqliteConnection),
        mut page: Vec<rows::Stored>,
        (timeline, after, limit): (&Timeline, Sequence, usize),
        wanted: impl Fn(&What) -> bool + Send,
    ) -> Result<Vec<Entry>, StoreError> {
        let room = limit.saturating_sub(page.len());
        if room > 0 {
            let behind = tail.entries(conn, &self.words, timeline).await?.into_iter();
            page.extend(behind.filter(|s| s.entry.sequence > after && wanted(&s.entry.what)).take(room));
        }
        Ok(self.here(page))
    }

    /// Holds every signed record against its signature.
    async fn verify_seals(&self, found: &mut Verified) -> Result<(), StoreError> {
        let mut ask = Find { state: Some(Stands::Signed), limit: SEALS_PAGE, ..Find::default() };
        loop {
            let signed = self.find(&ask).await?;
            for line in &signed.lines {
                found.seals += 1;
                if let Some(why) = self.unsound(&line.id).await? {
                    found.broken.push(format!("the seal of session {}: {why}", line.id));
                }
            }
            ask.after = signed.lines.last().map(|line| line.id.clone());
            if !signed.more {
                return Ok(());
            }
        }
    }

    /// A session with its deeds, for a seal.
    async fn sealed(
        &self,
        conn: &mut SqliteConnection,
        session: &SessionId,
    ) -> Result<Option<sealing::Of>, StoreError> {
        let deeds = sessions::deeds_of(conn, &self.words, session).await?;
        Ok(deeds.and_then(|(chair, deeds)| sealing::Of::new(chair, session, deeds)))
    }

    async fn unsound(&self, session: &SessionId) -> Result<Option<&'static str>, StoreError> {
        let folded = crate::find_session(self, session).await?.map(|(_, session)| session);
        let (Some(sealing), Some(folded)) = (self.sealing(session).await?, folded) else { return Ok(None) };
        Ok(folded.signed().and_then(|signed| crate::seal::unsound(&sealing, signed)))
    }

    /// Waits until the database has everything that has a receipt.
    async fn caught_up(&self) -> Result<(), StoreError> {
        match &self.writing {
            Some(writing) => writing.behind.caught_up().await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl SessionLog for SqliteLog {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        match &self.writing {
            Some(writing) => writing.keeping.append(batches).await,
            None => Err(StoreError::Write("the log was opened for reading".to_owned())),
        }
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let mut heads = read::heads(&mut tx).await?;
        tail.raise(&mut heads);
        Ok(heads)
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let stored = read::stored(&mut tx, &self.words, timeline, after, limit).await?;
        self.fill((&tail, &mut tx), stored, (timeline, after, limit), |_| true).await
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let stored = read::deeds(&mut tx, &self.words, timeline, after, limit).await?;
        self.fill((&tail, &mut tx), stored, (timeline, after, limit), |what| matches!(what, What::Deed(_))).await
    }

    async fn readings(
        &self,
        timeline: &Timeline,
        vital: Vital,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let stored = read::readings(&mut tx, &self.words, timeline, vital, after, limit).await?;
        let wanted = |what: &What| matches!(what, What::Reading(o) if o.vital == vital);
        self.fill((&tail, &mut tx), stored, (timeline, after, limit), wanted).await
    }

    async fn values(
        &self,
        timeline: &Timeline,
        after: Sequence,
        through: Sequence,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let here = values::Here { boot: &self.boot, now: (self.clock)() };
        let mut values = values::values(&mut tx, &self.words, timeline, (after, through, limit), &here).await?;
        let room = limit.saturating_sub(values.len());
        if room > 0 {
            let behind = self.here(tail.entries(&mut tx, &self.words, timeline).await?);
            let missing = behind.iter().filter(|entry| entry.sequence > after && entry.sequence <= through);
            values.extend(missing.filter_map(Value::of).take(room));
        }
        Ok(values)
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let before = read::before(&mut tx, &self.words, timeline, wall.0).await?;
        if before < read::head(&mut tx, timeline).await? {
            return Ok(before);
        }
        let behind = tail.entries(&mut tx, &self.words, timeline).await?;
        let earlier = behind.iter().take_while(|stored| stored.entry.received.wall < wall);
        Ok(earlier.last().map_or(before, |stored| stored.entry.sequence))
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let stored = read::latest(&mut tx, &self.words, timeline).await?;
        let behind = tail.entries(&mut tx, &self.words, timeline).await?;
        Ok(self.here(tail::newest(stored, behind)))
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        let (tail, mut tx) = self.snapshot().await?;
        let found = match tail.frame(&mut tx, &self.words, timeline, sequence).await? {
            Some(found) => found,
            None => read::frame(&mut tx, &self.words, timeline, sequence).await?,
        };
        let now = (self.clock)();
        Ok(found.map(|(mut frame, boot)| {
            if *boot != *self.boot {
                frame.received.mono = now.mono - (now.wall - frame.received.wall);
            }
            frame
        }))
    }

    async fn find(&self, ask: &Find) -> Result<Found, StoreError> {
        if !self.kept.is_empty() {
            // What only the journal of a server that ended early has is in no index.
            return Ok(crate::index::pick(crate::index::all(self).await?, ask));
        }
        self.caught_up().await?;
        let (_, mut tx) = self.snapshot().await?;
        sessions::find(&mut tx, ask).await
    }

    async fn deeds_of(&self, session: &SessionId) -> Result<Option<(ChairId, Vec<Entry>)>, StoreError> {
        if !self.kept.is_empty() {
            return crate::index::deeds_of(self, session).await;
        }
        self.caught_up().await?;
        let (_, mut tx) = self.snapshot().await?;
        let found = sessions::deeds_of(&mut tx, &self.words, session).await?;
        Ok(found.map(|(chair, deeds)| (chair, self.here(deeds))))
    }

    async fn replay_after(&self, chair: &ChairId) -> Result<Sequence, StoreError> {
        if !self.kept.is_empty() || self.caught_up().await.is_err() {
            // The index lacks what only the journal has; reading everything takes longer and is as right.
            return Ok(Sequence(0));
        }
        let (_, mut tx) = self.snapshot().await?;
        sessions::replay_after(&mut tx, &Timeline::Chair(chair.clone())).await
    }

    async fn sealing(&self, session: &SessionId) -> Result<Option<Sealing>, StoreError> {
        self.caught_up().await?;
        let (_, mut tx) = self.snapshot().await?;
        let Some(of) = self.sealed(&mut tx, session).await? else { return Ok(None) };
        of.sealing(&mut tx, &self.words).await.map(Some)
    }

    async fn record_file(&self, session: &SessionId, version: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.caught_up().await?;
        let (_, mut tx) = self.snapshot().await?;
        let Some(of) = self.sealed(&mut tx, session).await? else { return Ok(None) };
        of.file(&mut tx, &self.words, version).await.map(Some)
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        self.caught_up().await?;
        let mut found = verify::verify(&self.readers, i64::MAX).await?;
        self.verify_seals(&mut found).await?;
        match self.waiting().await? {
            Ok(waiting) => found.waiting = waiting,
            Err(damage) => found.broken.push(damage),
        }
        Ok(found)
    }

    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        let Some(writing) = &self.writing else {
            return Err(StoreError::Read("the log was opened for reading and gives no receipts".to_owned()));
        };
        // What a journal held at the start may never have been flushed: only the database proves it.
        if let Err(error) = self.caught_up().await {
            tracing::warn!(%error, "messages from before the start will be answered once the log can be written");
            return Ok(None);
        }
        let everything = writing.keeping.everything().await?;
        let (tail, mut tx) = self.snapshot().await?;
        let stored = read::recent_keys(&mut tx, limit).await?;
        Ok(Some((tail::keys(&tail, stored, limit), everything)))
    }
}

#[cfg(test)]
mod claims_tests;
#[cfg(test)]
pub(crate) mod tests;
