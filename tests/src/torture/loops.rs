//! The fault loop over `k`: the k-th flush, write or open fails, once or from then on; while the server starts, and while it
//! runs. Afterwards the disk is well again, and so must the server be.

use super::disk::{Call, EIO};
use super::world::World;
use crate::rig::PATIENCE;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Load before the fault, and under it.
const BEFORE: Duration = Duration::from_millis(150);
const UNDER: Duration = Duration::from_millis(300);
/// How often the ledger is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// When the counting begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// With the program.
    Starting,
    /// With the load.
    Running,
}

/// One turn of the loop.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// When.
    pub when: When,
    /// Which call.
    pub call: Call,
    /// The first that fails.
    pub k: u64,
    /// How many fail.
    pub times: u64,
}

impl World {
    /// Plays a turn and compares; whether anything failed at all.
    ///
    /// # Errors
    /// What is not as promised, in sentences.
    pub async fn turn(&self, turn: Turn) -> Result<bool, String> {
        let touched = match turn.when {
            When::Starting => self.start_with(turn),
            When::Running => self.run_with(turn).await?,
        };
        self.check().await.map_err(|why| format!("{turn:?}: {why}"))?;
        Ok(touched)
    }

    /// A start may refuse to go on, by a sentence; it may not harm what is there.
    fn start_with(&self, turn: Turn) -> bool {
        self.disk().heal();
        self.disk().fail_at_start(turn.call, turn.k, turn.times, EIO);
        drop(self.start());
        self.disk().injected() > 0
    }

    async fn run_with(&self, turn: Turn) -> Result<bool, String> {
        let (mut server, around, mut all) = self.loaded(turn.k)?;
        sleep(BEFORE).await;
        self.disk().fail(turn.call, turn.k, turn.times, EIO);
        sleep(UNDER).await;
        self.disk().heal();
        let (before, healed) = (self.ledger().acked.len(), Instant::now());
        let mut well = false;
        while !well && healed.elapsed() < PATIENCE {
            sleep(LOOK).await;
            well = self.ledger().acked.len() > before;
        }
        let touched = self.disk().injected() > 0;
        server.kill();
        around.end(&mut all).await;
        self.ledger().crashed();
        if well { Ok(touched) } else { Err(format!("{turn:?}: no receipt since the disk is well again")) }
    }
}
