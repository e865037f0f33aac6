//! One screen's two queues.

use crate::board::{Hub, Snapshot, Told};
use chairside_observation::{Timeline, Update};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Updates waiting for one screen: 64 chairs at 4 updates a second for one second. Beyond that the oldest is dropped.
pub const LIVE_MAX: usize = 256;
/// Notices waiting for one screen. They are rare; a screen that has not taken 64 of them is not reading at all.
pub const NOTICES_MAX: usize = 64;

/// What a screen gets next.
#[derive(Clone, Debug)]
pub enum Event {
    /// A notice; before any live update.
    Told(Told),
    /// New entries of a timeline it follows.
    Update(Arc<Update>),
    /// This many updates were dropped because the screen was slow; told before the updates that follow.
    Dropped(u64),
}

/// The screen did not take its notices and is cut off; on return it asks the log from its last sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSlow;

#[derive(Default)]
struct Queues {
    live: VecDeque<Arc<Update>>,
    told: VecDeque<Told>,
    dropped: u64,
    too_slow: bool,
}

#[derive(Default)]
pub(crate) struct Seat {
    queues: Mutex<Queues>,
    wake: Notify,
}

impl Seat {
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a live update; `false` when the screen is cut off and its seat can go.
    pub(crate) fn push_live(&self, update: &Arc<Update>) -> bool {
        let mut queues = self.queues();
        if queues.too_slow {
            return false;
        }
        if queues.live.len() == LIVE_MAX {
            queues.live.pop_front();
            queues.dropped += 1;
        }
        queues.live.push_back(Arc::clone(update));
        drop(queues);
        self.wake.notify_one();
        true
    }

    /// Queues a notice; `false` when the queue is full, which cuts the screen off.
    pub(crate) fn push_told(&self, told: &Told) -> bool {
        let mut queues = self.queues();
        queues.too_slow |= queues.told.len() == NOTICES_MAX;
        let keep = !queues.too_slow;
        if keep {
            queues.told.push_back(told.clone());
        }
        drop(queues);
        self.wake.notify_one();
        keep
    }
}

/// A screen's end of the hub. Dropping it leaves.
pub struct Screen {
    hub: Hub,
    seat: Arc<Seat>,
}

impl Screen {
    pub(crate) fn new(hub: Hub, seat: Arc<Seat>) -> Self {
        Self { hub, seat }
    }

    /// Follows a timeline from now on and returns its state at that very moment. Entries after the snapshot's `head`
    /// come as updates; none falls between. Following again gives a fresh snapshot.
    #[must_use]
    pub fn follow(&self, timeline: &Timeline) -> Snapshot {
        self.hub.follow(timeline, &self.seat)
    }

    /// Follows the timeline no more; updates already queued still come.
    pub fn unfollow(&self, timeline: &Timeline) {
        self.hub.unfollow(timeline, &self.seat);
    }

    /// The next event: notices first, then a loss, then live updates in order. Safe to cancel.
    ///
    /// # Errors
    /// [`TooSlow`] when the screen let its notices pile up and was cut off.
    pub async fn next(&self) -> Result<Event, TooSlow> {
        loop {
            if let Some(event) = self.take()? {
                return Ok(event);
            }
            self.seat.wake.notified().await;
        }
    }

    fn take(&self) -> Result<Option<Event>, TooSlow> {
        let mut queues = self.seat.queues();
        if queues.too_slow {
            return Err(TooSlow);
        }
        if let Some(told) = queues.told.pop_front() {
            return Ok(Some(Event::Told(told)));
        }
        if queues.dropped > 0 {
            return Ok(Some(Event::Dropped(std::mem::take(&mut queues.dropped))));
        }
        Ok(queues.live.pop_front().map(Event::Update))
    }
}
