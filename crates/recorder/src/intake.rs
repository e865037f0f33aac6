//! What sources heard.

use crate::state::Shared;
use chairside_observation::{Frame, LinkState, Received, SourceId, What};
use chairside_store::Committed;
use std::sync::Arc;
use tokio::sync::oneshot;

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
pub struct Intake {
    pub(crate) shared: Arc<Shared>,
}

impl Intake {
    /// Shows what was heard at once and queues it for the log. Never waits for the disk. A frame whose key was heard
    /// before is neither shown nor stored again; its receipt is the first one's. While the log cannot be written the
    /// receipt is refused at once, and the frame is held and written later with its own time.
    #[must_use]
    pub fn hear(&self, heard: Heard) -> Receipt {
        let (waiting, receipt) = oneshot::channel();
        self.shared.state().hear(&self.shared, heard, waiting);
        self.shared.work.notify_one();
        Receipt(receipt)
    }

    /// A source's link changed; shown and recorded on every timeline the source feeds. Saying the same again changes
    /// nothing.
    pub fn link(&self, at: Received, source: &SourceId, state: LinkState, reason: &str) {
        self.shared.state().link(&self.shared, at, source, state, reason);
        self.shared.work.notify_one();
    }
}
