//! Erases, while the server runs, what no session has claimed in time.

use chairside_observation::Micros;
use chairside_store::SqliteLog;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Time between two looks: what is erased an hour late was kept for 25 hours instead of 24, and a look costs a moment.
const EVERY: Duration = Duration::from_secs(3600);
/// The first look waits until everything else has started.
const FIRST: Duration = Duration::from_secs(60);

/// Erases again and again until `stopped`. A log that cannot be written is left alone until the next time.
pub(crate) async fn run(log: Arc<SqliteLog>, keep: Micros, mut stopped: watch::Receiver<bool>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        let erased = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            erased = log.erase_unclaimed(keep) => erased,
        };
        match erased {
            Ok(done) if done.entries > 0 => {
                let (entries, frames) = (done.entries, done.frames);
                tracing::info!(entries, frames, "erased what no session claimed in time");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "what no session claimed is not erased yet; it is tried again"),
        }
    }
}
