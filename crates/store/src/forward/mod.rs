//! Taking the log of the data folder to a PostgreSQL database: in order, once, whenever that can be reached.
//!
//! The local log stays the log: receipts come from it, screens read it. What goes over are its blocks as they are, with their
//! hashes, so seals hold there, too. No list of what was sent is kept: the chain itself says how far the database is. What it
//! has must be what this log had, block for block; a database that has nothing is filled from the first block on, and one that
//! has anything else is refused by name. docs/decisions/0013.

mod run;

pub use run::{Dice, run};

use crate::StoreError;
use crate::postgres::{NotTaken, Patience, Place, Writer};
use crate::sqlite::SqliteLog;
use crate::sqlite::look::Look;
use crate::tables::parcel::Parcels;
use chairside_observation::{Micros, Timeline};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Entries of one transaction: large enough that its flush is not what it waits for, and a second's work for a slow server.
const ENTRIES: u64 = 2048;
/// Rows of steps of erasing in one transaction.
const STEP_ROWS: i64 = 256;
/// Steps of erasing done in one transaction: each is at most 512 entries, or 128 blocks.
const STEPS: i64 = 4;

/// How far the database is behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Entries it does not have; `None`: it was not reached since the start, so nobody knows.
    pub entries: Option<u64>,
    /// When the oldest of them came in, UTC.
    pub since: Option<Micros>,
    /// Why nothing is taken there now.
    pub trouble: Option<String>,
    /// Timelines that cannot be taken there, each in a sentence; the others go on.
    pub stuck: Vec<String>,
    /// When the program began to take the log there, UTC.
    pub begun: Micros,
}

/// From this age on people are told: a server that is restarted is back before.
pub const NOTICE_AFTER: Micros = Micros::from_secs(300);

impl Backlog {
    /// How long the oldest entry waits, or how long nobody knows.
    #[must_use]
    pub fn age(&self, now: Micros) -> Option<Micros> {
        let since = if self.entries.is_none() { Some(self.begun) } else { self.since };
        since.map(|since| Micros((now - since).0.max(0)))
    }

    /// What a person should know, in words; `None`: nothing.
    #[must_use]
    pub fn notice(&self, now: Micros) -> Option<String> {
        let why = self.trouble.as_deref().unwrap_or("it takes what there is, more slowly than it comes");
        let minutes = self.age(now).filter(|age| *age >= NOTICE_AFTER).map(|age| age.0 / 60_000_000);
        match (minutes, self.entries) {
            (Some(minutes), Some(entries)) => Some(format!(
                "The database is {minutes} min behind, {entries} entries wait: {why}. Everything is in the log of the data folder."
            )),
            (Some(minutes), None) => Some(format!(
                "The database was not reached since the start {minutes} min ago: {why}. Everything is in the log of the data \
                 folder."
            )),
            (None, _) if !self.stuck.is_empty() => Some(format!(
                "{} of the record cannot be taken to the database, the others are: see the program's log.",
                if self.stuck.len() == 1 { "1 timeline".to_owned() } else { format!("{} timelines", self.stuck.len()) }
            )),
            (None, _) => None,
        }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    More,
    /// The database has everything that can be taken there.
    Idle,
}

/// Takes one log to one database.
pub struct Forwarder {
    local: Arc<SqliteLog>,
    place: Place,
    boot: Box<str>,
    patience: Patience,
    /// `None`: not connected.
    remote: Option<Writer>,
    /// Newest block and entry of each timeline there, as last seen; `None`: it was not reached since the start.
    seen: Option<HashMap<Timeline, (u64, u64)>>,
    stuck: BTreeMap<Timeline, String>,
    /// Where the turn is among the timelines.
    turn: usize,
}

impl Forwarder {
    /// Nothing is done yet, and the database need not be there. `boot` names the boot of the machine.
    #[must_use]
    pub fn new(local: Arc<SqliteLog>, place: Place, boot: &str, patience: Patience) -> Self {
        let stuck = BTreeMap::new();
        Self { local, place, boot: boot.into(), patience, remote: None, seen: None, stuck, turn: 0 }
    }

    /// Where it goes.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Takes over what fits into one transaction.
    ///
    /// # Errors
    /// [`StoreError::Write`] or [`StoreError::Read`]: it cannot be done now; nothing is lost, and it can be said again.
    /// [`StoreError::Unusable`]: the database is not one of this log.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        let mut look = self.local.look().await?;
        let mut remote = match self.remote.take() {
            Some(remote) => remote,
            None => self.connect(&mut look).await?,
        };
        let done = self.advance(&mut look, &mut remote).await;
        self.note(&remote);
        if remote.is_sound() {
            self.remote = Some(remote);
        }
        done
    }

    /// Opens the database and holds what is there against this log.
    async fn connect(&mut self, look: &mut Look) -> Result<Writer, StoreError> {
        let remote = Writer::open(&self.place, &self.boot, self.patience).await?;
        if remote.heads().is_empty() && look.heads().values().any(|head| head.block > 0) {
            tracing::warn!(place = %self.place, "the database is empty: it is filled from the first entry on");
        }
        for (timeline, head) in remote.heads() {
            if look.hash(timeline, head.block).await? != Some(head.hash) {
                tracing::error!(timeline = timeline.key(), block = head.block, "the database holds another log");
                return Err(StoreError::Unusable {
                    place: self.place.to_string(),
                    found: format!(
                        "the record of another log (block {} of a timeline differs or is not here)",
                        head.block
                    ),
                    expected:
                        "a database of this log, or an empty one: make a new one with createdb, or give back the data \
                               folder it belongs to"
                            .to_owned(),
                });
            }
        }
        if remote.steps().known > look.steps() {
            return Err(StoreError::Unusable {
                place: self.place.to_string(),
                found: format!("{} steps of erasing, of which this log knows {}", remote.steps().known, look.steps()),
                expected: "a database that is not ahead of this log; was an old copy of the data folder given back?"
                    .to_owned(),
            });
        }
        self.stuck.clear();
        self.note(&remote);
        Ok(remote)
    }

    fn note(&mut self, remote: &Writer) {
        let heads = remote.heads().iter();
        self.seen = Some(heads.map(|(timeline, head)| (timeline.clone(), (head.block, head.sequence))).collect());
    }

    async fn advance(&mut self, look: &mut Look, remote: &mut Writer) -> Result<Step, StoreError> {
        // First what has to go there, too: blocks that come later then lead only to steps that are there.
        let (steps, newest) = (remote.steps(), look.steps());
        if steps.known < newest {
            let rows = look.step_rows(steps.known, STEP_ROWS).await?;
            remote.take_steps(&rows).await?;
            return Ok(Step::More);
        }
        if steps.applied < newest {
            let nothing = remote.heads().values().all(|head| head.block == 0);
            let through = if nothing { newest } else { newest.min(steps.applied + STEPS) };
            let parcels =
                if nothing { Vec::new() } else { look.erased((steps.applied, through), remote.heads()).await? };
            remote.erase(&parcels, through).await?;
            return Ok(Step::More);
        }
        let parcels = self.gather(look, remote).await?;
        if parcels.parcels.is_empty() {
            if steps.whole != newest && self.stuck.is_empty() {
                remote.complete(newest).await?;
            }
            remote.ping().await?;
            return Ok(Step::Idle);
        }
        self.hand_over(remote, &parcels).await?;
        Ok(Step::More)
    }

    /// The next blocks of the timelines, each in turn.
    async fn gather(&mut self, look: &mut Look, remote: &Writer) -> Result<Parcels, StoreError> {
        let of = |timeline: &Timeline| remote.heads().get(timeline).map_or(0, |head| head.block);
        let behind = look
            .heads()
            .iter()
            .filter(|(timeline, head)| head.block > of(timeline) && !self.stuck.contains_key(*timeline));
        let mut behind: Vec<Timeline> = behind.map(|(timeline, _)| timeline.clone()).collect();
        behind.sort_unstable();
        let turn = self.turn.checked_rem(behind.len()).unwrap_or(0);
        behind.rotate_left(turn);
        let mut all = Parcels::default();
        for timeline in behind {
            if all.entries() >= ENTRIES {
                break;
            }
            self.turn = self.turn.wrapping_add(1);
            match look.parcels(&timeline, of(&timeline), ENTRIES - all.entries()).await {
                Ok(some) => {
                    all.parcels.extend(some.parcels);
                    all.frames.extend(some.frames);
                }
                // Damage of one timeline holds up no other.
                Err(StoreError::Read(what)) => self.give_up(&timeline, &what),
                Err(other) => return Err(other),
            }
        }
        Ok(all)
    }

    /// Hands blocks over, together. What is refused is looked for, and then left out with what follows it in its timeline: the
    /// others go on.
    async fn hand_over(&mut self, remote: &mut Writer, all: &Parcels) -> Result<(), StoreError> {
        match remote.take(&all.parcels, &all.frames).await {
            Ok(()) => return Ok(()),
            Err(NotTaken::Failed(error)) => return Err(error),
            Err(NotTaken::Refused(_)) => {}
        }
        for parcel in &all.parcels {
            if self.stuck.contains_key(&parcel.timeline) {
                continue;
            }
            match remote.take(std::slice::from_ref(parcel), &all.frames).await {
                Ok(()) => {}
                Err(NotTaken::Refused(why)) => self.give_up(&parcel.timeline, &why),
                Err(NotTaken::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn give_up(&mut self, timeline: &Timeline, why: &str) {
        tracing::error!(timeline = timeline.key(), why, "this timeline is not taken to the database; the others are");
        self.stuck.insert(timeline.clone(), format!("{}: {why}", timeline.key()));
    }

    /// How far the database is behind, as last seen; `trouble`: why it cannot be reached now.
    ///
    /// # Errors
    /// [`StoreError::Read`]: the local log cannot be read.
    pub async fn backlog(&self, trouble: Option<String>) -> Result<Backlog, StoreError> {
        let stuck = self.stuck.values().cloned().collect();
        let Some(seen) = &self.seen else { return Ok(Backlog { trouble, stuck, ..Backlog::default() }) };
        let mut look = self.local.look().await?;
        let (mut entries, mut behind) = (0, Vec::new());
        for (timeline, head) in look.heads() {
            let (block, sequence) = seen.get(timeline).copied().unwrap_or_default();
            entries += head.sequence.saturating_sub(sequence);
            if head.block > block {
                behind.push((timeline.clone(), block));
            }
        }
        let mut since: Option<Micros> = None;
        for (timeline, block) in behind {
            let came = look.came(&timeline, block).await?;
            since = [since, came].into_iter().flatten().min();
        }
        Ok(Backlog { entries: Some(entries), since, trouble, stuck, begun: Micros(0) })
    }
}

#[cfg(test)]
mod tests;
