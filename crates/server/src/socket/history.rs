//! What a screen missed: from the log, and what the log does not have yet from the hub's memory.

use chairside_hub::Snapshot;
use chairside_observation::session::Session;
use chairside_observation::{ChairId, Entry, Micros, Sequence, Timeline, What};
use chairside_store::{SessionLog, StoreError};
use chairside_wire::ToScreen;
use std::sync::Arc;

/// Entries asked from the log at once, and in one message: some 80 KB, little enough that live messages of the same
/// screen do not wait behind it.
pub const HISTORY_ENTRIES: usize = 256;
/// Furthest back a screen can ask: the longest view, a whole session of a day, in seconds.
pub const WINDOW_MAX: u32 = 8 * 3600;

/// The entries of one chair from where the screen stands through the snapshot it just got. What comes after the snapshot
/// is live and none of this job's business, so the two can never overlap, however slow the log is.
#[derive(Debug)]
pub(crate) struct History {
    /// The chair.
    pub(crate) chair: ChairId,
    /// Which follow of the chair it serves.
    pub(crate) follow: u64,
    timeline: Timeline,
    /// Nothing received before this wall time; asked from the log first.
    since: Option<Micros>,
    cursor: Sequence,
    through: Sequence,
    /// The end of the span as the hub remembered it at the snapshot.
    recent: Vec<Entry>,
    /// Who has the chair: what is not hers is left out.
    session: Option<Arc<Session>>,
}

/// What the log answered.
pub(crate) type Answer = Result<Vec<Entry>, StoreError>;

impl History {
    /// The history a follow asks for; `None` when it asks for none. Without `after` it is the last `window_s` seconds (0:
    /// none). With it, everything after it, but no further back than `window_s` (0: the longest). An `after` beyond the
    /// snapshot is not of this log, and counts as none.
    pub(crate) fn new(
        chair: &ChairId,
        follow: u64,
        snapshot: &Snapshot,
        after: Option<Sequence>,
        window_s: u32,
        now_wall: Micros,
    ) -> Option<Self> {
        let after = after.filter(|after| *after <= snapshot.head);
        let window_s = match (after, window_s) {
            (None, 0) => return None,
            (Some(_), 0) => WINDOW_MAX,
            (_, asked) => asked.min(WINDOW_MAX),
        };
        Some(Self {
            chair: chair.clone(),
            follow,
            timeline: Timeline::Chair(chair.clone()),
            since: Some(now_wall - Micros::from_secs(i64::from(window_s))),
            cursor: after.unwrap_or_default(),
            through: snapshot.head,
            recent: snapshot.recent.clone(),
            session: None,
        })
    }

    /// Only what belongs to the patient who has the chair, if anybody has it.
    pub(crate) fn of_session(self, session: Option<Arc<Session>>) -> Self {
        Self { session, ..self }
    }

    fn shows(&self, entry: &Entry) -> bool {
        let is_reading = matches!(entry.what, What::Reading(_) | What::Notice(_));
        !is_reading || self.session.as_ref().is_none_or(|session| session.holds(entry))
    }

    /// Asks the log for the next entries.
    pub(crate) async fn read(mut self, log: &dyn SessionLog) -> (Self, Answer) {
        if self.cursor == self.through {
            return (self, Ok(Vec::new()));
        }
        if let Some(since) = self.since {
            match log.before(&self.timeline, since).await {
                // Entries after the snapshot may be older by the wall clock, when that was set back meanwhile.
                Ok(before) => self.cursor = self.cursor.max(before).min(self.through),
                Err(error) => return (self, Err(error)),
            }
            self.since = None;
        }
        let answer = log.read(&self.timeline, self.cursor, HISTORY_ENTRIES).await;
        (self, answer)
    }

    /// The message for what the log answered, and the job again when there is more. Where the log ends before the span
    /// does, or cannot be read, the hub's memory gives the rest; what neither has is told as `incomplete`.
    pub(crate) fn part(mut self, answer: Answer) -> (ToScreen, Option<Self>) {
        let more = answer.as_ref().is_ok_and(|entries| entries.len() == HISTORY_ENTRIES);
        let mut entries = answer.unwrap_or_else(|error| {
            tracing::warn!(%error, "history from memory only");
            Vec::new()
        });
        entries.retain(|entry| entry.sequence > self.cursor && entry.sequence <= self.through);
        self.cursor = entries.last().map_or(self.cursor, |entry| entry.sequence);
        let mut incomplete = false;
        let done = !more || self.cursor == self.through;
        if done {
            let rest = self.recent.iter().filter(|e| e.sequence > self.cursor && e.sequence <= self.through);
            let rest = rest.cloned().collect::<Vec<_>>();
            // No number is left out in a timeline, so counting finds a hole.
            incomplete = rest.len() as u64 != self.through.0 - self.cursor.0;
            entries.extend(rest);
            self.cursor = self.through;
        }
        let message = ToScreen::History {
            chair: self.chair.to_string(),
            items: entries.iter().filter(|entry| self.shows(entry)).filter_map(chairside_wire::item).collect(),
            through: self.cursor.0,
            done,
            incomplete,
        };
        (message, (!done).then_some(self))
    }
}
