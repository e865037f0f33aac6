//! PostgreSQL: the same tables, digests and chain in a database server.
//!
//! A [`PostgresLog`] is a log of its own, or the copy that [`crate::forward`] keeps of the log in the data folder. Beside what the
//! program checks, the server refuses by itself what would overlap, change or take away (`migrations-postgres`).

mod ask;
mod open;
mod write;

pub use open::{Patience, Place};
pub(crate) use write::{NotTaken, StepRow, Writer};

use crate::seal::Sealing;
use crate::sqlite::Clock;
use crate::tables::ask::{Ask, Readers};
use crate::tables::place::in_this_boot;
use crate::tables::rows::Stored;
use crate::tables::words::Words;
use crate::tables::{error, read, sealing, verify};
use crate::{Batch, Committed, Head, SessionLog, StoreError, Verified, sessions_of};
use ask::Pool;
use async_trait::async_trait;
use chairside_observation::session::SessionId;
use chairside_observation::{ChairId, Entry, Frame, FrameKey, Micros, Sequence, Timeline, Vital};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Deeds read at a time.
const PAGE: usize = 1000;

/// The session log in a PostgreSQL database.
pub struct PostgresLog {
    place: Place,
    patience: Patience,
    boot: Box<str>,
    clock: Clock,
    words: Arc<Words>,
    readers: Pool,
    /// `None`: opened for reading; `Some(None)`: the connection failed, and the next append opens another.
    writer: Option<Mutex<Option<Writer>>>,
}

impl PostgresLog {
    /// Opens the log for writing and makes its tables where they are missing.
    ///
    /// # Errors
    /// [`StoreError::Write`]: the server cannot be reached; [`StoreError::Unusable`]: settings, version, or another writer.
    pub async fn open(place: &Place, boot: &str, clock: Clock, patience: Patience) -> Result<Self, StoreError> {
        let writer = Writer::open(place, boot, patience).await?;
        let words = writer.words();
        let readers = open::readers(place, patience);
        let (place, boot, writer) = (place.clone(), boot.into(), Some(Mutex::new(Some(writer))));
        Ok(Self { place, patience, boot, clock, words, readers, writer })
    }

    /// Opens the log for reading, also while it is written.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    pub async fn open_read_only(
        place: &Place,
        boot: &str,
        clock: Clock,
        patience: Patience,
    ) -> Result<Self, StoreError> {
        let readers = open::readers(place, patience);
        let mut tx = readers.begin().await.map_err(|e| error::read(&e))?;
        let words = Arc::new(Words::load(&mut tx).await?);
        let (place, boot) = (place.clone(), boot.into());
        Ok(Self { place, patience, boot, clock, words, readers, writer: None })
    }

    /// Blocks of a timeline after `after`, until they hold so many entries.
    #[cfg(test)]
    pub(crate) async fn parcels(
        &self,
        timeline: &Timeline,
        after: i64,
        entries: u64,
    ) -> Result<crate::tables::parcel::Parcels, StoreError> {
        let mut tx = self.snapshot().await?;
        let id = read::timeline_id(&mut tx, timeline).await?.unwrap_or(0);
        crate::tables::parcel::load(&mut tx, &self.words, (timeline, id), after, entries).await
    }

    /// Closes every connection in order.
    pub async fn close(self) {
        // A server that does not answer is not waited for.
        let _ = tokio::time::timeout(self.patience.connect, self.readers.pool.close()).await;
    }

    async fn snapshot(&self) -> Result<<Pool as Readers>::Tx, StoreError> {
        self.readers.begin().await.map_err(|e| error::read(&e))
    }

    fn here(&self, stored: Vec<Stored>) -> Vec<Entry> {
        let now = (self.clock)();
        stored.into_iter().map(|stored| in_this_boot(stored, &self.boot, now)).collect()
    }

    /// A session with its deeds, for a seal. The id begins with the chair's: no other chair is read.
    async fn sealed(&self, conn: &mut impl Ask, session: &SessionId) -> Result<Option<sealing::Of>, StoreError> {
        for head in read::heads(conn).await? {
            let Timeline::Chair(chair) = &head.timeline else { continue };
            if !session.as_str().strip_prefix(chair.as_str()).is_some_and(|rest| rest.starts_with('-')) {
                continue;
            }
            let (mut after, mut deeds) = (Sequence(0), Vec::new());
            loop {
                let page = read::deeds(conn, &self.words, &head.timeline, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.entry.sequence;
                deeds.extend(page.into_iter().filter(|stored| crate::session_of(&stored.entry.what) == Some(session)));
            }
            if let Some(of) = sealing::Of::new(chair.clone(), session, deeds) {
                return Ok(Some(of));
            }
        }
        Ok(None)
    }

    /// Holds every signed record against its signature.
    async fn verify_seals(&self, found: &mut Verified) -> Result<(), StoreError> {
        for head in self.heads().await? {
            let Timeline::Chair(chair) = &head.timeline else { continue };
            for session in sessions_of(self, chair).await? {
                let Some(signed) = session.signed() else { continue };
                found.seals += 1;
                let why = self.sealing(&session.id).await?.and_then(|sealing| crate::seal::unsound(&sealing, signed));
                found.broken.extend(why.map(|why| format!("the seal of session {}: {why}", session.id)));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl SessionLog for PostgresLog {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::Write("the log was opened for reading".to_owned()));
        };
        let mut held = writer.lock().await;
        let mut writer = match held.take() {
            Some(writer) => writer,
            None => Writer::open(&self.place, &self.boot, self.patience).await?,
        };
        let done = writer.append(batches, &self.boot).await;
        if writer.is_sound() {
            *held = Some(writer);
        }
        Ok(Committed { through: done?.into() })
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        read::heads(&mut self.snapshot().await?).await
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(self.here(read::stored(&mut self.snapshot().await?, &self.words, timeline, after, limit).await?))
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(self.here(read::deeds(&mut self.snapshot().await?, &self.words, timeline, after, limit).await?))
    }

    async fn readings(
        &self,
        timeline: &Timeline,
        vital: Vital,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        Ok(self.here(read::readings(&mut self.snapshot().await?, &self.words, timeline, vital, after, limit).await?))
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        read::before(&mut self.snapshot().await?, &self.words, timeline, wall.0).await
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        Ok(self.here(read::latest(&mut self.snapshot().await?, &self.words, timeline).await?))
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        let found = read::frame(&mut self.snapshot().await?, &self.words, timeline, sequence).await?;
        let now = (self.clock)();
        Ok(found.map(|(mut frame, boot)| {
            if *boot != *self.boot {
                frame.received.mono = now.mono - (now.wall - frame.received.wall);
            }
            frame
        }))
    }

    async fn deeds_of(&self, session: &SessionId) -> Result<Option<(ChairId, Vec<Entry>)>, StoreError> {
        crate::index::deeds_of(self, session).await
    }

    async fn sealing(&self, session: &SessionId) -> Result<Option<Sealing>, StoreError> {
        let mut tx = self.snapshot().await?;
        let Some(of) = self.sealed(&mut tx, session).await? else { return Ok(None) };
        of.sealing(&mut tx, &self.words).await.map(Some)
    }

    async fn record_file(&self, session: &SessionId, version: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tx = self.snapshot().await?;
        let Some(of) = self.sealed(&mut tx, session).await? else { return Ok(None) };
        of.file(&mut tx, &self.words, version).await.map(Some)
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        // What another log erased may not be here whole yet.
        let whole = self.snapshot().await?.number("SELECT whole FROM _forward", vec![]).await;
        let whole = whole.map_err(|e| error::read(&e))?.unwrap_or(0);
        let mut found = verify::verify(&self.readers, whole).await?;
        self.verify_seals(&mut found).await?;
        Ok(found)
    }

    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::Read("the log was opened for reading and gives no receipts".to_owned()));
        };
        let mut held = writer.lock().await;
        let writer = match &mut *held {
            Some(writer) => writer,
            none => none.insert(Writer::open(&self.place, &self.boot, self.patience).await?),
        };
        let through = writer.committed().into();
        let keys = read::recent_keys(&mut self.snapshot().await?, limit).await?;
        Ok(Some((keys, Committed { through })))
    }
}

#[cfg(test)]
pub(crate) mod tests;
