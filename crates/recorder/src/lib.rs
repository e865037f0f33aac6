//! One writer, one order, honest receipts.
//!
//! [`Intake`] takes what sources heard, [`Desk`] what people did. Both give each fact the next sequence of its timeline,
//! show it live at once, queue it for the log, and hand back a [`Receipt`] that resolves only when the log has it.
#![warn(missing_docs)]

mod baseline;
mod claim;
mod clinic;
mod desk;
mod figures;
mod guard;
mod intake;
mod keys;
mod notices;
mod patients;
mod queue;
mod roster;
mod sessions;
mod standing;
mod state;
mod writer;

/// How a session stands, as [`Desk::standing`] tells it.
pub use chairside_observation::session::Standing;
/// What a [`Receipt`] resolves to; only the log can make one.
pub use chairside_store::Committed;
pub use desk::{Desk, DeskError, Press};
pub use figures::Figures;
pub use intake::{Heard, Intake, NotRecorded, Receipt};
pub use patients::Known;
pub use queue::HELD_BYTES_MAX;
pub use roster::{Binding, Feed, Roster};

use chairside_hub::Hub;
use chairside_observation::clinic::Clinic;
use chairside_observation::{ChairId, Deed, Entry, Past, Sequence, Timeline, What, Zone};
use chairside_store::{Find, SessionLog, StoreError};
use state::{Shared, State};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Deeds read at a time while roster and sessions are put together again.
const REPLAY_PAGE: usize = 1000;

/// Reads the log's heads, puts the latest values back on the hub, replays the house timeline into the roster, and starts
/// the writer. `roster` is what the configuration says; it should have at least one chair.
///
/// # Errors
/// The log cannot be read.
pub async fn start(
    log: Arc<dyn SessionLog>,
    hub: Hub,
    roster: Roster,
    zone: Arc<dyn Zone + Send + Sync>,
    clock: Clock,
) -> Result<Recorder, StoreError> {
    let Replayed { roster, clinic, past } = replay(&*log, roster).await?;
    let mut state = State::new(roster, clinic, past, clock());
    replay_patients(&*log, &mut state).await?;
    for head in log.heads().await? {
        let mut latest = log.latest(&head.timeline).await?;
        state.guard.remember_cuffs(&latest);
        if let Timeline::Chair(chair) = &head.timeline {
            replay_sessions(&*log, chair, &mut state).await?;
            replay_binding(&*log, chair, &mut state, &mut latest).await?;
            if let Some(open) = state.sessions.last(chair).filter(|session| session.is_open()) {
                let found = standing::recall(&*log, chair, open).await?;
                state.cuffs.hear(chair, &found);
            }
        }
        hub.seed(&head.timeline, head.sequence, &latest);
        if let Timeline::Feed { source, bed } = &head.timeline {
            let feed = Feed { source: source.clone(), bed: Arc::clone(bed) };
            let has_values = latest.iter().any(|e| matches!(e.what, What::Reading(_)));
            if has_values && state.roster.timeline(source, Some(bed)) == head.timeline {
                Arc::make_mut(&mut state.roster).unassigned.insert(feed.clone());
            }
            state.feeds.insert(feed);
        }
        state.heads.insert(head.timeline, head.sequence);
    }
    if let Some((keys, receipt)) = log.recent_keys(keys::KEYS_MAX).await? {
        state.sessions.receipt = Some(receipt.clone());
        for key in keys.into_iter().rev() {
            state.keys.seed(key, receipt.clone());
        }
    }
    let shared = Arc::new(Shared::new(log, hub, zone, clock, state));
    let version = env!("CARGO_PKG_VERSION").into();
    shared.state().deed(&shared, (shared.clock)(), Deed::Started { version }, None);
    let writer = tokio::spawn(writer::run(Arc::clone(&shared)));
    Ok(Recorder {
        intake: Intake { shared: Arc::clone(&shared) },
        desk: Desk { shared: Arc::clone(&shared) },
        shared,
        writer,
    })
}

/// What the timeline of the house says.
struct Replayed {
    roster: Roster,
    clinic: Clinic,
    past: Past,
}

/// The roster and the clinic's settings as people left them, and how they came to be so.
async fn replay(log: &dyn SessionLog, mut roster: Roster) -> Result<Replayed, StoreError> {
    let (mut clinic, mut past, mut after) = (Clinic::default(), Past::default(), Sequence(0));
    loop {
        let entries = log.read(&Timeline::House, after, REPLAY_PAGE).await?;
        let Some(last) = entries.last() else { return Ok(Replayed { roster, clinic, past }) };
        after = last.sequence;
        for entry in entries {
            let What::Deed(deed) = entry.what else { continue };
            past.hear(entry.received, &deed);
            match deed {
                Deed::ClinicChanged(changed) => clinic.apply(changed.change),
                deed => roster.apply(&deed),
            }
        }
    }
}

/// What a reader of the log needs of the house, without a recorder: what people call the chairs now, beginning with what the
/// configuration says, and how the house was.
///
/// # Errors
/// The log cannot be read.
pub async fn house(log: &dyn SessionLog, roster: Roster) -> Result<(Roster, Past), StoreError> {
    let Replayed { roster, past, .. } = replay(log, roster).await?;
    Ok((roster, past))
}

/// The last session of a chair as people left it, and since when the chair was free for it. Older ones stay in the log.
async fn replay_sessions(log: &dyn SessionLog, chair: &ChairId, state: &mut State) -> Result<(), StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let mut after = log.replay_after(chair).await?;
    loop {
        let entries = log.deeds(&timeline, after, REPLAY_PAGE).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.sequence;
        for entry in entries {
            match entry.what {
                What::Deed(Deed::Session(done)) => {
                    state.sessions.apply(chair, entry.sequence, entry.received, *done);
                }
                What::Deed(Deed::ChairCleared { .. }) => {
                    state.sessions.clear(chair, entry.sequence, entry.received);
                }
                _ => {}
            }
        }
    }
}

/// The patients of the sessions that are in the log, as far as there is room for them.
async fn replay_patients(log: &dyn SessionLog, state: &mut State) -> Result<(), StoreError> {
    let mut ask = Find { limit: REPLAY_PAGE, ..Find::default() };
    loop {
        let found = log.find(&ask).await?;
        found.lines.iter().for_each(|line| state.patients.note(line));
        let last = found.lines.last().map(|line| line.id.clone());
        if !found.more || state.patients.is_full() {
            return Ok(());
        }
        ask.after = last;
    }
}

/// What the feeds of an open session were bound to. What was measured before the chair became its patient's is no longer
/// the latest.
async fn replay_binding(
    log: &dyn SessionLog,
    chair: &ChairId,
    state: &mut State,
    latest: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let Some(session) = state.sessions.holder(chair).cloned() else {
        if let Some(since) = state.sessions.free_since(chair).filter(|_| state.sessions.is_cleared(chair)) {
            latest.retain(|entry| is_link(entry) || entry.received.mono - entry.age >= since.mono);
        }
        return Ok(());
    };
    latest.retain(|entry| is_link(entry) || session.holds(entry));
    let before = Sequence(session.from.0.saturating_sub(1));
    let first = log.read(&Timeline::Chair(chair.clone()), before, REPLAY_PAGE).await?;
    let roster = Arc::clone(&state.roster);
    state.guard.remember(chair, &session, &|source| roster.is_whole(source), [&first, latest]);
    Ok(())
}

fn is_link(entry: &Entry) -> bool {
    matches!(entry.what, What::Link(_))
}

/// The two doors, and the writer behind them.
pub struct Recorder {
    /// For sources.
    pub intake: Intake,
    /// For people.
    pub desk: Desk,
    shared: Arc<Shared>,
    writer: JoinHandle<()>,
}

impl Recorder {
    /// Writes what is queued, records that the server stopped, and ends the writer. What is handed in from now on is
    /// refused. A log that cannot be written holds it up for 5 seconds at most.
    pub async fn stop(self) {
        let at = (self.shared.clock)();
        {
            let mut state = self.shared.state();
            state.deed(&self.shared, at, Deed::Stopped, None);
            state.stopping = true;
        }
        self.shared.work.notify_one();
        if let Err(e) = self.writer.await {
            tracing::error!(error = %e, "the writer ended early");
        }
    }
}

/// Where the time comes from: the program gives the machine's clocks, a test gives its own.
pub type Clock = Arc<dyn Fn() -> chairside_observation::Received + Send + Sync>;

#[cfg(test)]
mod tests;
