//! Erases, while the server runs, what no session has claimed in time.

use chairside_observation::{Micros, Received};
use chairside_recorder::Clock;
use chairside_store::SqliteLog;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Time between two looks: what is erased an hour late was kept for 25 hours instead of 24, and a look costs a moment.
const EVERY: Duration = Duration::from_secs(3600);
/// The first look waits until everything else has started.
const FIRST: Duration = Duration::from_secs(60);

/// A wall clock that went ahead of the monotonic one by more than this between two looks was set: slewing moves it by 2 s an
/// hour at most.
const SET: Micros = Micros::from_secs(60);

/// Keeps a clock that was set forward from making everything old: what came in a minute before would be a day old by the wall.
struct Steady {
    /// Wall clock minus monotonic clock at the last look.
    offset: Micros,
    /// Until then, on the monotonic clock, nothing is erased.
    hold: Micros,
}

impl Steady {
    fn new(now: Received) -> Self {
        Self { offset: now.wall - now.mono, hold: now.mono }
    }

    /// Whether what the wall clock calls older than `keep` is so. After a step forward it is once that much time has passed
    /// on the monotonic clock, too: what is erased late harms nobody.
    fn is_old(&mut self, now: Received, keep: Micros) -> bool {
        let offset = now.wall - now.mono;
        if offset - self.offset > SET {
            tracing::warn!(
                "the wall clock was set forward; nothing is erased before the time it skipped has really passed"
            );
            self.hold = now.mono + keep;
        }
        self.offset = offset;
        now.mono >= self.hold
    }
}

/// Erases again and again until `stopped`. A log that cannot be written is left alone until the next time.
pub(crate) async fn run(log: Arc<SqliteLog>, keep: Micros, clock: Clock, mut stopped: watch::Receiver<bool>) {
    let mut wait = FIRST;
    let mut steady = Steady::new(clock());
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        if !steady.is_old(clock(), keep) {
            continue;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A look at this hour, with the wall clock ahead by so many hours.
    fn at(hour: i64, ahead: i64) -> Received {
        let hours = |n: i64| Micros::from_secs(n * 3600);
        Received { mono: hours(hour), wall: hours(1000 + hour + ahead) }
    }

    #[test]
    fn h11_a_wall_clock_that_was_set_forward_makes_nothing_old_before_its_time() {
        let (day, mut steady) = (Micros::from_secs(24 * 3600), Steady::new(at(0, 0)));
        for (hour, ahead, expected) in [
            (1, 0, true),
            (2, 30, false),
            (3, 30, false),
            (25, 30, false),
            (26, 30, true),
            // Back again: nothing becomes older by that.
            (27, 0, true),
            (28, 1, false),
        ] {
            assert_eq!(steady.is_old(at(hour, ahead), day), expected, "hour {hour}, {ahead} ahead");
        }
    }
}
