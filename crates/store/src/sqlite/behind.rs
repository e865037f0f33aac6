//! What the journal has and the database does not have yet: filled by the thread that writes the journal, emptied by the
//! one that writes the database, looked at by readers.

use crate::canonical::Hash;
use crate::{Batch, StoreError};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Batches of one transaction: more would hold its rows in memory without making it cheaper.
const TRANSACTION_BATCHES_MAX: usize = 1024;
/// How far the database is behind at rest. Each transaction has a flush of its own, which stands in the way of the
/// journal's: at this pace that is one in hundreds, and plain SQL still sees what was a moment ago.
pub(super) const APPLY_AFTER: Duration = Duration::from_millis(100);
/// First pause after the database could not be written; doubles up to [`RETRY_MAX`].
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// A disk that has room again is used again within this time.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// Attempts that may fail before somebody who waits for the database is told: the one under way when they came, and one
/// with a new connection.
const ATTEMPTS: u64 = 2;

/// One record of the journal.
pub(super) struct Group {
    pub(super) number: u64,
    pub(super) digest: Hash,
    /// The boot its monotonic times count in.
    pub(super) boot: Arc<str>,
    pub(super) batches: Vec<Arc<Batch>>,
    /// When it came.
    pub(super) at: Instant,
}

/// What the journal's thread asks of the database's, which does it once nothing is behind.
pub(super) enum Wish {
    /// Which of these are not in the log? Those that are have to be there exactly.
    Sift(Vec<Arc<Batch>>),
    /// Take these directly.
    Store(Vec<Arc<Batch>>),
    /// No record through this number is wanted any more; the next one follows the one with this digest.
    PassOver(u64, Hash),
    /// Erase something; whoever asked gets what was done.
    Erase(super::erase::Step, mpsc::SyncSender<super::erase::Outcome>),
    /// A test's own look at the writer.
    #[cfg(test)]
    Test(super::apply::Look),
}

/// A wish and where its answer goes.
pub(super) struct Ask {
    pub(super) wish: Wish,
    pub(super) answer: mpsc::SyncSender<Result<Vec<Arc<Batch>>, StoreError>>,
}

/// How far the database's thread is.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    applied: u64,
    failures: u64,
}

/// How the threads end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// After one more attempt to take in what is behind.
    InOrder,
    /// At once, as if the program were killed.
    #[cfg(test)]
    AtOnce,
}

#[derive(Default)]
struct State {
    pending: VecDeque<Arc<Group>>,
    asks: VecDeque<Ask>,
    progress: Progress,
    failure: Option<String>,
    retry: Option<(Instant, Duration)>,
    hurry: bool,
    held: bool,
    end: Option<End>,
    /// The database's thread has ended.
    over: bool,
}

/// What the database's thread is to do next.
pub(super) enum Next {
    Apply(Vec<Arc<Group>>),
    Do(Ask),
    End,
}

/// Shared by the two threads that write and by readers.
pub(super) struct Behind {
    state: Mutex<State>,
    changed: Condvar,
    progress: watch::Sender<Progress>,
    apply_after: Duration,
}

impl Behind {
    pub(super) fn new(apply_after: Duration) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), progress: watch::Sender::default(), apply_after }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Plain values, valid at every step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything through `number` is in the database already; `groups` are not.
    pub(super) fn start(&self, applied: u64, groups: Vec<Group>) {
        let mut state = self.state();
        state.progress.applied = applied;
        state.pending = groups.into_iter().map(Arc::new).collect();
        self.progress.send_replace(state.progress);
    }

    /// A record is in the journal. `hurry`: the journal has little room left.
    pub(super) fn push(&self, group: Group, hurry: bool) {
        let mut state = self.state();
        let first = state.pending.is_empty();
        state.pending.push_back(Arc::new(group));
        let wake = first || (hurry && !state.hurry);
        state.hurry |= hurry;
        drop(state);
        if wake {
            self.changed.notify_all();
        }
    }

    /// What the database does not have, oldest first.
    pub(super) fn pending(&self) -> Vec<Arc<Group>> {
        self.state().pending.iter().cloned().collect()
    }

    /// How many records those are.
    pub(super) fn len(&self) -> usize {
        self.state().pending.len()
    }

    /// Why the last attempt to write the database failed, when it did.
    pub(super) fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    /// The database has every record through this number.
    pub(super) fn applied(&self) -> u64 {
        self.state().progress.applied
    }

    /// Waits until the database has taken in more than through `number`.
    pub(super) fn wait_beyond(&self, number: u64) -> Result<(), StoreError> {
        let mut state = self.state();
        let failures = state.progress.failures;
        loop {
            if state.progress.applied > number {
                return Ok(());
            }
            if state.over || state.progress.failures >= failures + ATTEMPTS {
                return Err(self.full(&state));
            }
            state.hurry = true;
            self.changed.notify_all();
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn full(&self, state: &State) -> StoreError {
        let why = state.failure.as_deref().unwrap_or("the database is closed");
        StoreError::Write(format!("the journal is full, since the database cannot be written: {why}"))
    }

    /// Waits until the database has everything that is in the journal now.
    pub(super) async fn caught_up(&self) -> Result<(), StoreError> {
        let mut progress = self.progress.subscribe();
        let (target, failures) = {
            let state = self.state();
            let Some(newest) = state.pending.back() else { return Ok(()) };
            (newest.number, state.progress.failures)
        };
        loop {
            let now = *progress.borrow_and_update();
            if now.applied >= target {
                return Ok(());
            }
            let failure = {
                let mut state = self.state();
                state.hurry = true;
                (state.over || now.failures >= failures + ATTEMPTS).then(|| state.failure.clone())
            };
            if let Some(failure) = failure {
                let why = failure.unwrap_or_else(|| "it is closed".to_owned());
                return Err(StoreError::Read(format!("the newest entries are only in the journal: {why}")));
            }
            self.changed.notify_all();
            if progress.changed().await.is_err() {
                return Err(StoreError::Read("the log is closed".to_owned()));
            }
        }
    }

    /// Has a wish done, once the database has everything before it.
    pub(super) fn ask(&self, wish: Wish) -> Result<Vec<Arc<Batch>>, StoreError> {
        let closed = || StoreError::Write("the log is closed".to_owned());
        let (answer, answered) = mpsc::sync_channel(1);
        {
            let mut state = self.state();
            if state.over {
                return Err(closed());
            }
            state.asks.push_back(Ask { wish, answer });
        }
        self.changed.notify_all();
        answered.recv().map_err(|_| closed())?
    }

    /// Waits for something to do.
    pub(super) fn next(&self) -> Next {
        let mut state = self.state();
        loop {
            #[cfg(test)]
            if state.end == Some(End::AtOnce) {
                return Next::End;
            }
            if state.pending.is_empty() {
                state.hurry = false;
                if let Some(ask) = state.asks.pop_front() {
                    return Next::Do(ask);
                }
                if state.end.is_some() {
                    return Next::End;
                }
            }
            let wait = state.wait(self.apply_after);
            if wait == Some(Duration::ZERO) {
                return Next::Apply(state.transaction());
            }
            let guard = match wait {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(wait) => self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
            };
            state = guard;
        }
    }

    /// How an attempt went; `count` groups were tried. `false`: the thread is to end.
    pub(super) fn tried(&self, count: usize, result: Result<(), StoreError>) -> bool {
        let mut state = self.state();
        let goes_on = match result {
            Ok(()) => {
                let done = state.pending.drain(..count).next_back();
                state.progress.applied = done.map_or(state.progress.applied, |group| group.number);
                (state.failure, state.retry) = (None, None);
                true
            }
            Err(error) => {
                state.failed(&error.to_string());
                state.end.is_none()
            }
        };
        self.progress.send_replace(state.progress);
        drop(state);
        self.changed.notify_all();
        goes_on
    }

    /// Asks the database's thread to end.
    pub(super) fn end(&self, how: End) {
        let mut state = self.state();
        state.end = Some(how);
        state.held = false;
        drop(state);
        self.changed.notify_all();
    }

    /// The database's thread has ended: nobody waits for it any more.
    pub(super) fn over(&self) {
        let mut state = self.state();
        state.over = true;
        state.asks.clear();
        self.progress.send_replace(state.progress);
        drop(state);
        self.changed.notify_all();
    }

    /// Lets the database fall behind until it is let go.
    #[cfg(test)]
    pub(super) fn hold(&self, held: bool) {
        self.state().held = held;
        self.changed.notify_all();
    }
}

impl State {
    /// How long until the oldest group is to be taken in; `None`: nothing is behind.
    fn wait(&self, apply_after: Duration) -> Option<Duration> {
        let since = self.pending.front().filter(|_| !self.held)?.at;
        let wanted = self.hurry || self.end.is_some() || !self.asks.is_empty();
        let due = match self.retry {
            // Also for somebody who waits, a broken disk is not tried more often than this.
            Some((at, _)) if wanted => at + RETRY_FIRST,
            Some((at, pause)) => at + pause,
            None if wanted => since,
            None => since + apply_after,
        };
        Some(if self.end.is_some() { Duration::ZERO } else { due.saturating_duration_since(Instant::now()) })
    }

    /// The groups of the next transaction: of one boot, since times of two do not compare.
    fn transaction(&self) -> Vec<Arc<Group>> {
        let mut groups: Vec<Arc<Group>> = Vec::new();
        let mut batches = 0;
        for group in &self.pending {
            batches += group.batches.len();
            let fits = batches <= TRANSACTION_BATCHES_MAX && groups.last().is_none_or(|last| last.boot == group.boot);
            if !fits && !groups.is_empty() {
                break;
            }
            groups.push(Arc::clone(group));
        }
        groups
    }

    fn failed(&mut self, error: &str) {
        let pause = self.retry.map_or(RETRY_FIRST, |(_, pause)| (pause * 2).min(RETRY_MAX));
        if self.failure.as_deref() != Some(error) {
            tracing::error!(error, "the database cannot be written; the journal keeps what comes");
        }
        self.retry = Some((Instant::now(), pause));
        self.failure = Some(error.to_owned());
        self.progress.failures += 1;
        self.hurry = false;
        for ask in self.asks.drain(..) {
            let _ = ask.answer.send(Err(StoreError::Write(error.to_owned())));
        }
    }
}
