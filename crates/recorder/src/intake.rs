//! What sources heard.

use chairside_observation::{Frame, LinkState, Received, SourceId, What};
use chairside_store::Committed;

/// One frame and what it said, from one source.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The raw bytes with source and time.
    pub frame: Frame,
    /// What the decoder made of them: `Reading`, `Notice`, `Skipped` or `Heard`. Empty counts as one `Heard`.
    pub said: Vec<What>,
}

/// Why there is no receipt: the log does not have it, and nobody may acknowledge it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not recorded: {reason}")]
pub struct NotRecorded {
    /// What failed, for people.
    pub reason: String,
}

/// Resolves when the log has what was handed in, or when it is clear that it has not.
pub struct Receipt(pub(crate) tokio::sync::oneshot::Receiver<Result<Committed, NotRecorded>>);

impl Receipt {
    /// Waits for the log.
    ///
    /// # Errors
    /// [`NotRecorded`]: the log could not be written, or the program is stopping. What was handed in may still be written
    /// later; until then it must not be acknowledged.
    pub async fn recorded(self) -> Result<Committed, NotRecorded> {
        self.0.await.unwrap_or_else(|_| Err(NotRecorded { reason: "the recorder is stopping".into() }))
    }
}

/// The door for sources. Cheap to clone.
#[derive(Clone)]
pub struct Intake {}

impl Intake {
    /// Shows what was heard at once and queues it for the log. Never waits for the disk.
    #[must_use]
    pub fn hear(&self, _heard: Heard) -> Receipt {
        todo!()
    }

    /// A source's link changed; shown and recorded on every timeline the source feeds.
    pub fn link(&self, _at: Received, _source: &SourceId, _state: LinkState, _reason: &str) {
        todo!()
    }
}
