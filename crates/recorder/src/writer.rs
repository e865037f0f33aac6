//! The one writer: group commit, receipts, retries.

use crate::intake::NotRecorded;
use crate::queue::{COMMIT_BATCHES_MAX, Item, deed_entry};
use crate::state::Shared;
use chairside_hub::{Recording, Told};
use chairside_observation::{Deed, Entry, Received, Sequence, Timeline};
use chairside_store::{Batch, Committed, StoreError};
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// A commit that takes longer is told as "not recording" (P03: within 1 s), with a little left for the way to the screen.
const FLUSH_LATE: Duration = Duration::from_millis(900);
/// First pause before a failed commit is tried again; doubles up to [`RETRY_MAX`].
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// Longest pause: a disk that comes back is used again within this time.
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How long stopping waits for a log that cannot be written.
const STOP_MAX: Duration = Duration::from_secs(5);
/// Shortest wait a timer can keep.
const TICK: Duration = Duration::from_millis(1);
/// Flushes from this length on are worth a wait of a [`TICK`]; before shorter ones the time is spent yielding to the
/// senders.
const SLOW_FLUSH: Duration = Duration::from_millis(2);
/// Yields that stand for a wait shorter than [`TICK`]: each lets every sender that is ready hand in its next message.
const YIELDS: usize = 16;

/// Looks for the log's answer before the writer sleeps until it is woken. Sleeping and waking takes as long as a quick disk
/// takes to flush, so before a quick flush it stays awake; every look lets all others have their turn first. At a message a
/// second that is a fifth of a thousandth of a core.
const LOOKS: usize = 400;

/// How the last commit went, for the next one.
#[derive(Default)]
struct Pace {
    /// Batches the next commit may hope for: those that came during this one, and one from each sender it answered.
    expected: usize,
    flush: Duration,
}

/// Runs until the recorder stops and the queue is empty, or [`STOP_MAX`] after it was asked to.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut pace = Pace::default();
    let mut pause = RETRY_FIRST;
    let mut stop_by = None;
    loop {
        let stopping = wait(&shared, &pace).await;
        let items = shared.state().queue.take();
        if items.is_empty() {
            if stopping {
                return;
            }
            continue;
        }
        if stopping {
            stop_by.get_or_insert_with(|| Instant::now() + STOP_MAX);
        }
        let attempt = commit(&shared, items, &mut pace);
        let written = match stop_by {
            Some(by) => match timeout_at(by, attempt).await {
                Ok(written) => written,
                Err(_) => return given_up(&shared),
            },
            None => attempt.await,
        };
        if written {
            pause = RETRY_FIRST;
            continue;
        }
        if stop_by.is_some_and(|by| Instant::now() >= by) {
            return given_up(&shared);
        }
        sleep(pause).await;
        pause = (pause * 2).min(RETRY_MAX);
    }
}

fn given_up(shared: &Shared) {
    let held = shared.state().queue.len();
    tracing::error!(held, "stopped although the log could not be written");
}

/// Waits until there is something to write; `true` when the recorder is stopping.
async fn wait(shared: &Shared, pace: &Pace) -> bool {
    loop {
        let (empty, stopping) = {
            let state = shared.state();
            (state.queue.is_empty(), state.stopping)
        };
        if stopping {
            return true;
        }
        if !empty {
            linger(shared, pace).await;
            return false;
        }
        shared.work.notified().await;
    }
}

/// Senders that wait for each answer before they send again come back one after the other. Whoever wrote the first of
/// them alone would serve them in two alternating halves, each waiting for the other's flush. So the next commit waits
/// until as many are back as were answered, beside those that came meanwhile, or for a quarter of a flush (a tick at least). A single
/// sender never waits.
async fn linger(shared: &Shared, pace: &Pace) {
    let expected = pace.expected.min(COMMIT_BATCHES_MAX);
    let limit = (pace.flush / 4).max(TICK);
    let all_back = || {
        let state = shared.state();
        state.queue.len() >= expected || state.stopping
    };
    if expected < 2 || all_back() {
        return;
    }
    if pace.flush < SLOW_FLUSH {
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
            if all_back() {
                return;
            }
        }
        return;
    }
    let back = async {
        while !all_back() {
            shared.work.notified().await;
        }
    };
    let _ = timeout(limit, back).await;
}

/// Writes one commit. On failure its batches go back to the front of the queue. `false`: not before a pause.
async fn commit(shared: &Shared, mut items: Vec<Item>, pace: &mut Pace) -> bool {
    let batches: Vec<Arc<Batch>> = items.iter().map(|item| Arc::clone(&item.batch)).collect();
    let start = Instant::now();
    let looks = if pace.flush < SLOW_FLUSH { LOOKS } else { 0 };
    let result = append(shared, &batches, &mut items, looks).await;
    match result {
        Ok(committed) => {
            pace.flush = start.elapsed();
            shared.counting.flushed(batches.len(), pace.flush);
            pace.expected = succeed(shared, items, &batches, &committed);
            true
        }
        Err(StoreError::Overlap { timeline, sequence, sentence }) => {
            tracing::error!(sentence, "a deed was refused by the log");
            refuse(shared, &mut items, &timeline, sequence, &sentence);
            let mut state = shared.state();
            let given_up = state.queue.put_back(items);
            state.give_up(given_up);
            true
        }
        Err(error) => {
            shared.counting.failed();
            shared.not_recording(&error.to_string(), &mut items);
            let mut state = shared.state();
            let given_up = state.queue.put_back(items);
            state.give_up(given_up);
            *pace = Pace::default();
            false
        }
    }
}

/// A deed the log will never take must not keep everything else from it: it is declared lost, and whoever pressed it is told.
fn refuse(shared: &Shared, items: &mut [Item], timeline: &Timeline, sequence: Sequence, sentence: &str) {
    let is_it = |entry: &Entry| entry.timeline == *timeline && entry.sequence == sequence;
    let Some(item) = items.iter_mut().find(|item| item.batch.entries.iter().any(is_it)) else { return };
    let lost = |e: &Entry| deed_entry(e.timeline.clone(), e.sequence, e.received, Deed::FramesLost { frames: 0 });
    let entries = item.batch.entries.iter().map(lost).collect();
    item.batch = Arc::new(Batch { frame: None, entries });
    let refused = NotRecorded { reason: sentence.to_owned() };
    for sender in item.waiting.drain(..) {
        drop(sender.send(Err(refused.clone())));
    }
    if let Timeline::Chair(chair) = timeline {
        shared.state().sessions.lost(chair, sequence);
    }
}

/// Appends, and tells everybody when the disk does not answer. The append itself is never abandoned: the disk may still
/// do it.
async fn append(
    shared: &Shared,
    batches: &[Arc<Batch>],
    items: &mut [Item],
    looks: usize,
) -> Result<Committed, StoreError> {
    let mut append = pin!(shared.log.append(batches));
    for _ in 0..looks {
        // The waker of the wait below replaces this one.
        if let Poll::Ready(result) = append.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
        tokio::task::yield_now().await;
    }
    if let Ok(result) = timeout(FLUSH_LATE, &mut append).await {
        return result;
    }
    shared.not_recording("the disk has not answered for a second", items);
    append.await
}

/// Answers everybody who waits. Returns what the next commit may hope for.
fn succeed(shared: &Shared, items: Vec<Item>, batches: &[Arc<Batch>], committed: &Committed) -> usize {
    let mut times: HashMap<&Timeline, Received> = HashMap::new();
    for entry in batches.iter().flat_map(|batch| &batch.entries) {
        times.insert(&entry.timeline, entry.received);
    }
    for (timeline, sequence) in committed.through() {
        if let Some(at) = times.get(timeline) {
            shared.hub.recorded(timeline, *sequence, *at);
        }
    }
    let mut state = shared.state();
    let waiting = state.recorded(shared, items, committed);
    if state.refused.is_some() && !state.stopping {
        state.refused = None;
        tracing::info!("recording again");
        shared.hub.tell(&Told::Recording(Recording::Yes));
    }
    let queued = state.queue.len();
    drop(state);
    // A source that let go of its receipt does not wait for it.
    queued + waiting.into_iter().filter_map(|sender| sender.send(Ok(committed.clone())).ok()).count()
}
