//! Erasing as a whole: what no session claims, or what a person asked for. Never in the way of recording: small steps with
//! pauses, each done only when nothing waits to be taken in, and none while the log cannot be written.

use super::behind::Wish;
use super::erase::{Outcome, Step, Which};
use super::keeper::Scrubbed;
use super::{SqliteLog, error, read, upgrade};
use crate::StoreError;
use chairside_observation::{Micros, Sequence, Timeline};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// A claim that was allowed a moment ago is in the tables long before this is over, so nothing is erased that somebody was
/// just told is hers.
const GRACE: Micros = Micros::from_secs(600);
/// Between two steps, so that appends find the disk free.
const PAUSE: Duration = Duration::from_millis(20);
/// How often what is in use still is tried again before it is left for the next time.
const TRIES: usize = 20;
/// Rows looked at in one go for names that are in use.
const NAMES_PAGE: i64 = 4096;
/// Deeds erased in one transaction, but for those that hold a claim, which go together.
const DEEDS_MAX: usize = 256;

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erasing {
    /// Entries of which tombstones are left.
    pub entries: u64,
    /// Frames whose bytes are gone.
    pub frames: u64,
    /// Identities (bed, patient, device) that nothing refers to any more.
    pub names: u64,
    /// Damaged blocks, left as they are.
    pub damaged: u64,
}

impl Erasing {
    fn add(&mut self, outcome: Outcome) {
        self.entries += outcome.entries;
        self.frames += outcome.frames;
        self.names += outcome.names;
        self.damaged += outcome.damaged;
    }
}

/// What a person asked to have erased of one chair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The chair's timeline.
    pub timeline: Timeline,
    /// First and last entry of the session, if it ever had the chair: what monitors said there goes.
    pub span: Option<(Sequence, Sequence)>,
    /// Deeds of the session; they go wholly.
    pub deeds: BTreeSet<Sequence>,
    /// Those among them that say whose the chair was: they go last and together, so that there never is half a session.
    pub claims: BTreeSet<Sequence>,
}

impl SqliteLog {
    /// Erases what came in more than `keep` ago and belongs to no session: readings, notices and raw bytes of every
    /// timeline. Deeds and links stay. Copies kept before an upgrade go after a week. May be stopped at any moment and begun
    /// again.
    ///
    /// # Errors
    /// [`StoreError::Write`]: the log cannot be written now, and what is left to do is left for the next time.
    pub async fn erase_unclaimed(&self, keep: Micros) -> Result<Erasing, StoreError> {
        let mut done = Erasing::default();
        let at = (self.clock)().wall;
        let until = at - keep - GRACE;
        if upgrade::forget(&self.path, Some(at - upgrade::KEPT))? > 0 {
            tracing::info!("the copy of the log that was kept before an upgrade is removed");
        }
        // A timeline that is only in the journal yet is known after this.
        self.caught_up().await?;
        for timeline in self.timelines().await? {
            loop {
                let which = Which::Unclaimed { until };
                let step = Step::Erase { timeline: timeline.clone(), which, deed: None, at };
                let outcome = self.step(step).await?;
                done.add(outcome);
                if outcome.next.is_none() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        // Also after a start: the last run may have been cut off before this.
        if done.entries > 0 || !self.tidied.load(Ordering::Relaxed) {
            self.tidied.store(false, Ordering::Relaxed);
            done.names = self.erase_names(false).await?;
            self.tidied.store(self.overwrite().await?, Ordering::Relaxed);
        }
        Ok(done)
    }

    /// Erases what a person asked for; entry `deed` of the house says who and why. May be stopped at any moment and begun
    /// again.
    ///
    /// # Errors
    /// [`StoreError::Write`]: the log cannot be written, or is read by somebody so that copies cannot be overwritten.
    pub async fn erase(&self, requests: &[Request], deed: Sequence) -> Result<Erasing, StoreError> {
        let mut done = Erasing::default();
        let at = (self.clock)().wall;
        for request in requests {
            let mut after = 0;
            while let Some((first, last)) = request.span {
                let which = Which::Span { first: first.0, last: last.0, after };
                let outcome = self.asked(request, which, deed, at).await?;
                done.add(outcome);
                match outcome.next {
                    Some(next) => after = next,
                    None => break,
                }
            }
            let others: Vec<u64> = request.deeds.difference(&request.claims).map(|seq| seq.0).collect();
            let claims: Vec<u64> = request.claims.iter().map(|seq| seq.0).collect();
            for entries in others.chunks(DEEDS_MAX).chain(std::iter::once(claims.as_slice())) {
                let which = Which::Entries(entries.iter().copied().collect());
                done.add(self.asked(request, which, deed, at).await?);
            }
        }
        done.names = self.erase_names(true).await?;
        // A copy kept before an upgrade has it all.
        upgrade::forget(&self.path, None)?;
        if self.overwrite().await? {
            return Ok(done);
        }
        Err(StoreError::Write(
            "what is erased is gone from the record, but copies are left in chairside.db-wal or the journal, which another \
             program reads; end it and say this again"
                .to_owned(),
        ))
    }

    async fn asked(&self, request: &Request, which: Which, deed: Sequence, at: Micros) -> Result<Outcome, StoreError> {
        self.step(Step::Erase { timeline: request.timeline.clone(), which, deed: Some(deed.0), at }).await
    }

    async fn timelines(&self) -> Result<Vec<Timeline>, StoreError> {
        let mut conn = self.readers.acquire().await.map_err(|e| error::read(&e))?;
        Ok(read::heads(&mut *conn).await?.into_iter().map(|head| head.timeline).collect())
    }

    /// Has the thread of the database do a step, once nothing is behind.
    pub(super) async fn step(&self, step: Step) -> Result<Outcome, StoreError> {
        let Some(writing) = &self.writing else {
            return Err(StoreError::Write("the log was opened for reading".to_owned()));
        };
        let behind = Arc::clone(&writing.behind);
        let asked = tokio::task::spawn_blocking(move || {
            let (done, outcome) = mpsc::sync_channel(1);
            behind.ask(Wish::Erase(step, done))?;
            outcome.recv().map_err(|_| StoreError::Write("the log is closed".to_owned()))
        });
        asked.await.unwrap_or_else(|e| Err(StoreError::Write(e.to_string())))
    }

    /// Erases identities that no entry refers to. `all`: what retention has noted to be kept is looked at, too.
    async fn erase_names(&self, all: bool) -> Result<u64, StoreError> {
        self.step(Step::Watch).await?;
        let mut conn = self.readers.acquire().await.map_err(|e| error::read(&e))?;
        let mut unused = candidates(&mut conn, all).await.map_err(|e| error::read(&e))?;
        if unused.is_empty() {
            return Ok(0);
        }
        for (timeline, after) in ends(&mut conn, all).await.map_err(|e| error::read(&e))? {
            in_use(&mut conn, timeline, after, &mut unused).await.map_err(|e| error::read(&e))?;
        }
        drop(conn);
        Ok(self.step(Step::Forget(unused.into_iter().collect())).await?.names)
    }

    /// Overwrites the copies the journal and the write-ahead log have of what was erased; `false`: something was in use
    /// all the time, and they are left.
    async fn overwrite(&self) -> Result<bool, StoreError> {
        let Some(writing) = &self.writing else { return Ok(false) };
        let (mut from, mut tries) = (1, TRIES);
        loop {
            match writing.keeping.scrub(from).await? {
                Scrubbed::All => break,
                Scrubbed::Through(page) => from = page,
                Scrubbed::Busy if tries == 0 => return Ok(false),
                Scrubbed::Busy => tries -= 1,
            }
            tokio::time::sleep(PAUSE).await;
        }
        for _ in 0..TRIES {
            if self.step(Step::Truncate).await?.next.is_none() {
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }
}

/// Identities that may be used by nothing that is left.
async fn candidates(conn: &mut SqliteConnection, all: bool) -> Result<HashSet<i64>, sqlx::Error> {
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM identity WHERE ? OR id NOT IN (SELECT identity FROM _kept_identity)")
            .bind(all)
            .fetch_all(conn)
            .await?;
    Ok(ids.into_iter().collect())
}

/// From which entry of each timeline on has to be looked: what retention has passed has been noted.
async fn ends(conn: &mut SqliteConnection, all: bool) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT t.id, CASE WHEN ? THEN 0 ELSE coalesce((SELECT b.last_seq FROM _swept s JOIN block b \
         ON b.timeline = s.timeline AND b.number = s.block WHERE s.timeline = t.id), 0) END FROM timeline t",
    )
    .bind(all)
    .fetch_all(conn)
    .await
}

/// Takes from `unused` what entries of the timeline after `after` refer to.
async fn in_use(
    conn: &mut SqliteConnection,
    timeline: i64,
    after: i64,
    unused: &mut HashSet<i64>,
) -> Result<(), sqlx::Error> {
    let channels: Vec<(i64, i64)> =
        sqlx::query_as("SELECT id, identity FROM channel WHERE identity IS NOT NULL").fetch_all(&mut *conn).await?;
    let channels: HashMap<i64, i64> = channels.into_iter().collect();
    for (table, column) in [("reading", "channel"), ("note", "identity")] {
        let sql = format!(
            "SELECT {column}, max(seq), count(*) FROM (SELECT {column}, seq FROM {table} WHERE timeline = ? AND seq > ? \
             ORDER BY seq LIMIT {NAMES_PAGE}) GROUP BY {column}"
        );
        let mut after = after;
        loop {
            let query = sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str())).bind(timeline).bind(after);
            let page: Vec<(Option<i64>, i64, i64)> = query.fetch_all(&mut *conn).await?;
            for (used, _, _) in &page {
                let identity =
                    if column == "identity" { *used } else { used.and_then(|id| channels.get(&id).copied()) };
                if let Some(identity) = identity {
                    unused.remove(&identity);
                }
            }
            after = page.iter().map(|(_, seq, _)| *seq).max().unwrap_or(after);
            if unused.is_empty() || page.iter().map(|(_, _, count)| count).sum::<i64>() < NAMES_PAGE {
                break;
            }
        }
    }
    Ok(())
}
