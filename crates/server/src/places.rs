//! Places for connections: a bounded number, and none that is held for nothing while somebody waits.

use crate::counts::Counts;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The places, and who sits there without a request. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Idle>>,
    counts: Arc<Counts>,
}

/// Connections on which no request is being answered, the one that has been so for longest first.
#[derive(Default)]
struct Idle {
    since: BTreeMap<u64, Arc<Notify>>,
    next: u64,
}

/// One connection's place.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    idle: Arc<Mutex<Idle>>,
    seat: Mutex<Option<u64>>,
    cut: Arc<Notify>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain values, valid at every step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    pub(crate) fn new(count: usize, counts: Arc<Counts>) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), idle: Arc::default(), counts }
    }

    /// A place. When all are taken, the connection that has said nothing for longest loses its own: a crowd of those that
    /// send headers for ever keeps nobody out. Where all have a request under way, one waits for its end.
    pub(crate) async fn take(&self) -> Option<Place> {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                self.cut_longest_idle();
                Arc::clone(&self.free).acquire_owned().await.ok()?
            }
        };
        let place = Place {
            _permit: permit,
            idle: Arc::clone(&self.idle),
            seat: Mutex::new(None),
            cut: Arc::new(Notify::new()),
        };
        place.rests();
        Some(place)
    }

    fn cut_longest_idle(&self) {
        let Some((_, cut)) = lock(&self.idle).since.pop_first() else { return };
        self.counts.connections_cut.add(1);
        cut.notify_one();
    }
}

impl Place {
    /// A request has come.
    pub(crate) fn works(&self) {
        if let Some(seat) = lock(&self.seat).take() {
            lock(&self.idle).since.remove(&seat);
        }
    }

    /// Nothing is being answered.
    pub(crate) fn rests(&self) {
        let mut idle = lock(&self.idle);
        let seat = idle.next;
        idle.next += 1;
        idle.since.insert(seat, Arc::clone(&self.cut));
        drop(idle);
        if let Some(old) = lock(&self.seat).replace(seat) {
            lock(&self.idle).since.remove(&old);
        }
    }

    /// Resolves when the place is needed by somebody else.
    pub(crate) async fn cut(&self) {
        self.cut.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.works();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn h24_who_says_nothing_for_longest_makes_room_and_who_is_being_answered_does_not() {
        let counts = Arc::new(Counts::default());
        let places = Places::new(3, Arc::clone(&counts));
        let (busy, mute, spoke) =
            (places.take().await.unwrap(), places.take().await.unwrap(), places.take().await.unwrap());
        busy.works();
        spoke.works();
        spoke.rests();
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take().await }
        });
        mute.cut().await;
        assert_eq!(counts.now().connections_cut, 1);
        drop(mute);
        let fourth = waiting.await.unwrap().unwrap();
        drop((busy, spoke, fourth));
        assert_eq!((places.free.available_permits(), lock(&places.idle).since.len()), (3, 0));
    }

    #[tokio::test]
    async fn where_all_are_being_answered_one_waits_for_an_end() {
        let places = Places::new(1, Arc::default());
        let busy = places.take().await.unwrap();
        busy.works();
        let mut waiting = std::pin::pin!(places.take());
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("a place was given twice"),
            () = std::future::ready(()) => {}
        }
        drop(busy);
        assert!(waiting.await.is_some());
    }
}
