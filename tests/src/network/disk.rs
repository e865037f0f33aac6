//! A disk that takes its time: a server that is killed meanwhile has not written, or has written and does not know.

use async_trait::async_trait;
use chairside_observation::{Entry, Frame, FrameKey, Micros, Sequence, Timeline};
use chairside_sim::rng::Rng;
use chairside_store::memory::MemoryLog;
use chairside_store::{Batch, Committed, Head, SessionLog, StoreError, Verified};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::sleep;

/// The log of one start of the server.
pub(super) struct SlowLog {
    pub(super) log: MemoryLog,
    pub(super) rng: Mutex<Rng>,
    /// Longest flush.
    pub(super) flush_ms: u64,
    /// What each takes more now.
    pub(super) more_ms: Arc<AtomicU64>,
}

impl SlowLog {
    /// Milliseconds before and after the moment at which it is written.
    fn draw(&self) -> (u64, u64) {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let flush = 1 + rng.next_u64() % self.flush_ms + self.more_ms.load(Ordering::Relaxed);
        let before = rng.next_u64() % (flush + 1);
        (before, flush - before)
    }
}

#[async_trait]
impl SessionLog for SlowLog {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        let (before, after) = self.draw();
        sleep(Duration::from_millis(before)).await;
        let appended = self.log.append(batches).await;
        sleep(Duration::from_millis(after)).await;
        appended
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        self.log.heads().await
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.read(timeline, after, limit).await
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.deeds(timeline, after, limit).await
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        self.log.before(timeline, wall).await
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        self.log.latest(timeline).await
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        self.log.frame(timeline, sequence).await
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        self.log.verify().await
    }

    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        self.log.recent_keys(limit).await
    }
}
