//! The session log: what is on disk, and the only proof that it is.
//!
//! [`SessionLog`] is the whole interface; SQLite is the embedded default and lives in [`sqlite`], [`postgres`] keeps the same in a
//! database server, and [`forward`] takes the one to the other. A [`Committed`] can only
//! be made here, after the disk has it: whoever wants to say "recorded" has to show one.
#![warn(missing_docs)]

mod canonical;
mod claims;
mod contract;
pub mod forward;
mod index;
mod journal;
pub mod memory;
pub mod postgres;
pub mod seal;
mod sessions;
pub mod sqlite;
pub mod story;
mod tables;
mod value;

pub use index::{FACTS, Find, Found, Line, Stands, fold, session_of, spelled};
pub use postgres::PostgresLog;
pub use sessions::{find_session, sessions_of, span_of};
pub use sqlite::SqliteLog;
pub use value::{Series, Value};

use async_trait::async_trait;
use chairside_observation::session::SessionId;
use chairside_observation::{ChairId, Entry, Frame, FrameKey, Micros, Sequence, Timeline, Vital, What};
use std::sync::Arc;

/// One frame with everything it said, or entries without a frame (deeds, link changes). Stored whole or not at all.
///
/// With a frame there is at least one entry, each a reading, notice, skip or heard, with the frame's time and source.
/// Without one, each entry is a link change with its source, or a deed without any.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The raw bytes, when the entries come from bytes.
    pub frame: Option<Frame>,
    /// The entries; they may belong to several timelines (one message, several patients).
    pub entries: Vec<Entry>,
}

/// Proof that everything up to a point survives a power cut. Only a [`SessionLog`] makes one.
#[derive(Clone, Debug)]
pub struct Committed {
    pub(crate) through: Arc<[(Timeline, Sequence)]>,
}

impl Committed {
    /// The newest recorded sequence of each timeline the commit touched.
    #[must_use]
    pub fn through(&self) -> &[(Timeline, Sequence)] {
        &self.through
    }
}

/// Why the log did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log could not be written; nothing of the batch is in it.
    #[error("the log cannot be written: {0}")]
    Write(String),
    /// A deed would give entries of a chair to two sessions; nothing of the append is in the log, and it never will be.
    #[error("{sentence}")]
    Overlap {
        /// The chair's timeline.
        timeline: Timeline,
        /// The deed.
        sequence: Sequence,
        /// What was found and what was expected.
        sentence: String,
    },
    /// The log could not be read.
    #[error("the log cannot be read: {0}")]
    Read(String),
    /// Another program writes the log.
    #[error(
        "the log at {place} is not usable: found another Chairside that writes this log, expected one writer; stop the other \
         program"
    )]
    Held {
        /// Where.
        place: String,
    },
    /// The log is there but is not what it should be.
    #[error("the log at {place} is not usable: found {found}, expected {expected}")]
    Unusable {
        /// Where.
        place: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

/// Entries looked at together where a log has no quicker way to find those of one vital.
const READ_PAGE: usize = 1000;

/// What the log knows of one timeline.
#[derive(Clone, Debug)]
pub struct Head {
    /// The timeline.
    pub timeline: Timeline,
    /// Its newest sequence.
    pub sequence: Sequence,
}

/// What `verify` found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Timelines looked at.
    pub timelines: u64,
    /// Blocks whose chain was recomputed.
    pub blocks: u64,
    /// Entries recomputed.
    pub entries: u64,
    /// Frames whose bytes were digested again.
    pub frames: u64,
    /// Signed records held against their signature.
    pub seals: u64,
    /// Appends that are only in the journal of a server that ended early: the next start takes them in.
    pub waiting: u64,
    /// Entries of which only a tombstone is left, since no session claimed them in time.
    pub erased_by_retention: u64,
    /// Entries of which only a tombstone is left, since a person asked for it.
    pub erased_by_request: u64,
    /// What does not fit, each in a sentence that names timeline, block and first and last sequence. Empty: whole.
    pub broken: Vec<String>,
}

/// Where frames and entries are kept. Rows are never changed; a correction is a new entry.
#[async_trait]
pub trait SessionLog: Send + Sync {
    /// Appends `batches` in order, all or nothing; returns once they would survive a power cut. Entries continue their
    /// timelines without leaving out a number.
    ///
    /// A frame whose key is already in the log is stored once (H19). Its entries keep their sequences, since screens may
    /// have seen them, but each says only [`chairside_observation::What::Heard`] and leads to the first frame: a
    /// repetition adds no reading. It is covered by the receipt.
    ///
    /// Deeds that give a chair to a session, move its beginning or end it are held against all others of the chair: no entry
    /// ever belongs to two sessions (H01).
    ///
    /// # Errors
    /// [`StoreError::Write`]: no receipt. Whether it is in the log is unknown; handing the same batches in again is safe
    /// and stores them once. [`StoreError::Overlap`]: nothing was stored; without that deed the rest can be.
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError>;

    /// Every timeline with its newest sequence.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn heads(&self) -> Result<Vec<Head>, StoreError>;

    /// Entries of `timeline` with a sequence above `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Deeds of `timeline` with a sequence above `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Readings of one vital in `timeline` with a sequence above `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn readings(
        &self,
        timeline: &Timeline,
        vital: Vital,
        mut after: Sequence,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut found = Vec::new();
        while found.len() < limit {
            let entries = self.read(timeline, after, READ_PAGE).await?;
            let Some(last) = entries.last() else { break };
            after = last.sequence;
            found.extend(entries.into_iter().filter(|e| matches!(&e.what, What::Reading(o) if o.vital == vital)));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Numbers of `timeline` with a sequence above `after` and up to `through`, in order, at most `limit`: what a chart
    /// draws of the readings, and nothing else of them.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn values(
        &self,
        timeline: &Timeline,
        after: Sequence,
        through: Sequence,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        let (mut found, mut after) = (Vec::new(), after);
        while found.len() < limit {
            let entries = self.read(timeline, after, READ_PAGE).await?;
            let Some(last) = entries.last() else { break };
            after = last.sequence;
            found.extend(entries.iter().filter(|entry| entry.sequence <= through).filter_map(Value::of));
            if after >= through {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The sequence before the first entry received at or after `wall` (UTC): `read` from there gives everything since.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError>;

    /// The newest reading of each source, vital, origin and site, and the newest link of each source.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError>;

    /// The frame an entry was decoded from, with its raw bytes; `None` for deeds.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError>;

    /// Sessions that are looked for, the newest first, with everything that has a receipt by now.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn find(&self, ask: &Find) -> Result<Found, StoreError> {
        Ok(index::pick(index::all(self).await?, ask))
    }

    /// The chair of a session and every deed that speaks of it, in order: its acts, notices of limits, who looked at it.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn deeds_of(&self, session: &SessionId) -> Result<Option<(ChairId, Vec<Entry>)>, StoreError> {
        index::deeds_of(self, session).await
    }

    /// The sequence after which deeds have to be read to know the last session of a chair, when the one before it ended,
    /// and whether the chair was cleared since.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn replay_after(&self, _chair: &ChairId) -> Result<Sequence, StoreError> {
        Ok(Sequence(0))
    }

    /// What of the log a seal of this session covers.
    ///
    /// # Errors
    /// [`StoreError::Read`], also when this log cannot tell.
    async fn sealing(&self, _session: &SessionId) -> Result<Option<seal::Sealing>, StoreError> {
        Err(StoreError::Read("this log has no blocks that could be sealed".to_owned()))
    }

    /// A session's record as one file that [`seal::verify_file`] checks without the log; `None`: there is no such session.
    ///
    /// # Errors
    /// [`StoreError::Read`], also when this log cannot tell.
    async fn record_file(&self, _session: &SessionId, _version: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Err(StoreError::Read("this log has no blocks that could be written down".to_owned()))
    }

    /// Recomputes every digest and chain.
    ///
    /// # Errors
    /// [`StoreError::Read`] when the log cannot be read at all; damage is not an error but a finding.
    async fn verify(&self) -> Result<Verified, StoreError>;

    /// Keys among the newest `limit` frames, newest first, with proof that the log has them: a message that is sent again
    /// after a restart gets its receipt from here (H19). `None`: this log does not tell; it still stores a repetition once.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    async fn recent_keys(&self, _limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        // No default proof: only a log that looked can give one.
        Ok(None)
    }
}
