//! The log is taken to a PostgreSQL database, too, where one is configured.

use crate::config::{Config, Forward};
use chairside_recorder::Clock;
use chairside_store::SqliteLog;
use chairside_store::forward::{self, Backlog, Forwarder};
use chairside_store::postgres::Patience;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The running forwarder.
pub(crate) struct Running {
    /// How far the database is behind.
    pub(crate) backlog: watch::Receiver<Backlog>,
    task: JoinHandle<()>,
}

impl Running {
    /// Waits until it has ended.
    pub(crate) async fn ended(self) {
        let _ = self.task.await;
    }
}

/// Starts it. The database need not be there, now or ever: nothing waits for it.
pub(crate) fn start(
    config: &Config,
    log: &Arc<SqliteLog>,
    boot: &str,
    clock: &Clock,
    stopped: watch::Receiver<bool>,
) -> Option<Running> {
    let Some(Forward::At(place)) = &config.forward else { return None };
    let forwarder = Forwarder::new(Arc::clone(log), (**place).clone(), boot, Patience::default());
    let (told, backlog) = watch::channel(Backlog { begun: clock().wall, ..Backlog::default() });
    // Only so that pauses of several programs differ.
    let clock = Arc::clone(clock);
    let dice = Box::new(move || u32::try_from(clock().mono.0 & 0xffff).unwrap_or(0).wrapping_mul(0x9e37));
    let task = tokio::spawn(forward::run(forwarder, dice, told, stopped));
    Some(Running { backlog, task })
}
