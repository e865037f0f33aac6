//! One writer, one order, honest receipts.
//!
//! [`Intake`] takes what sources heard, [`Desk`] what people did. Both give each fact the next sequence of its timeline,
//! show it live at once, queue it for the log, and hand back a [`Receipt`] that resolves only when the log has it.
#![warn(missing_docs)]

mod desk;
mod intake;
mod roster;

pub use desk::{Desk, DeskError};
pub use intake::{Heard, Intake, NotRecorded, Receipt};
pub use roster::{Binding, Feed, Roster};
/// What a [`Receipt`] resolves to; only the log can make one.
pub use chairside_store::Committed;

use chairside_hub::Hub;
use chairside_observation::Zone;
use chairside_store::{SessionLog, StoreError};
use std::sync::Arc;

/// Reads the log's heads, puts the latest values back on the hub, replays the house timeline into the roster, and starts
/// the writer. `roster` is what the configuration says.
///
/// # Errors
/// The log cannot be read.
#[allow(clippy::unused_async)]
pub async fn start(
    _log: Arc<dyn SessionLog>,
    _hub: Hub,
    _roster: Roster,
    _zone: Arc<dyn Zone + Send + Sync>,
    _clock: Clock,
) -> Result<Recorder, StoreError> {
    todo!()
}

/// The two doors, and the writer behind them.
pub struct Recorder {
    /// For sources.
    pub intake: Intake,
    /// For people.
    pub desk: Desk,
}

impl Recorder {
    /// Writes what is queued, records that the server stopped, and ends the writer.
    pub async fn stop(self) {
        todo!()
    }
}

/// Where the time comes from: the program gives the machine's clocks, a test gives its own.
pub type Clock = Arc<dyn Fn() -> chairside_observation::Received + Send + Sync>;
