//! The loop around a forwarder: how often, how long after a failure, and what is told meanwhile.

use super::{Backlog, Forwarder, Step};
use crate::StoreError;
use std::time::Duration;
use tokio::sync::watch;

/// How often is looked for something new: the database is a second behind at rest.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// First pause after a failure; doubles up to [`PAUSE_MAX`].
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// A server that is back is used again within this time.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Where pauses get their jitter from: any number.
pub type Dice = Box<dyn FnMut() -> u32 + Send>;

/// The pause after so many failures in a row, between three quarters and one and a quarter of what it would be: many programs
/// that lost one server do not come back at the same moment.
fn pause(failures: u32, dice: u32) -> Duration {
    let whole = PAUSE_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(PAUSE_MAX);
    whole * 3 / 4 + whole / 2 * (dice % 1024) / 1024
}

/// Takes the log to the database until `stopped`, and tells how far it is.
pub async fn run(
    mut forwarder: Forwarder,
    mut dice: Dice,
    told: watch::Sender<Backlog>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut failures = 0_u32;
    loop {
        let (trouble, wait) = tokio::select! {
            done = forwarder.step() => after(done, &mut failures, &mut dice, &told),
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match forwarder.backlog(trouble.clone()).await {
            Ok(backlog) => told.send_modify(|old| *old = Backlog { begun: old.begun, ..backlog }),
            Err(error) => tracing::warn!(%error, "how far the database is behind cannot be counted now"),
        }
        let Some(wait) = wait else { continue };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// The trouble there is, and how long to wait.
fn after(
    done: Result<Step, StoreError>,
    failures: &mut u32,
    dice: &mut Dice,
    told: &watch::Sender<Backlog>,
) -> (Option<String>, Option<Duration>) {
    match done {
        Ok(step) => {
            if *failures > 0 {
                tracing::info!("the database is back; what it lacks is taken there");
            }
            *failures = 0;
            (None, (step == Step::Idle).then_some(LOOK_EVERY))
        }
        Err(error) => {
            let words = error.to_string();
            if told.borrow().trouble.as_ref() != Some(&words) {
                tracing::warn!(
                    error = words,
                    "nothing can be taken to the database; the log in the data folder keeps everything"
                );
            }
            *failures = failures.saturating_add(1);
            (Some(words), Some(pause(*failures, dice())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_differ_and_end() {
        for (failures, least, most) in
            [(1, 750, 1250), (2, 1500, 2500), (3, 3000, 5000), (6, 22_500, 37_500), (u32::MAX, 22_500, 37_500)]
        {
            for dice in [0, 511, 1023, u32::MAX] {
                let pause = pause(failures, dice).as_millis();
                assert!((least..=most).contains(&pause), "{failures}, {dice}: {pause}");
            }
        }
        assert_ne!(pause(3, 1), pause(3, 900));
    }
}
