//! The handle that a running simulator is steered by: fault words, and the wish to stop.

use crate::faults::Mode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Steers running monitors; clones steer the same ones.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stop: bool,
    mode: Option<Mode>,
}

impl Control {
    /// A handle that steers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this mode, whatever the plan says; `None`: the plan again.
    pub fn set_mode(&self, mode: Option<Mode>) {
        self.lock().mode = mode;
        self.0.changed.notify_all();
    }

    /// The mode set by hand.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.lock().mode
    }

    /// Asks every monitor to stop; it does so before its next frame.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.0.changed.notify_all();
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.lock().stop
    }

    /// Waits until `due` or a stop; true when it is time to stop.
    #[must_use]
    pub fn wait_until(&self, due: Instant) -> bool {
        let mut state = self.lock();
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if state.stop || left.is_zero() {
                return state.stop;
            }
            state = self.0.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for a length of time or a stop; true when it is time to stop.
    #[must_use]
    pub fn wait(&self, time: Duration) -> bool {
        self.wait_until(Instant::now() + time)
    }

    /// Takes one line of standard input: a mode's word, or `quit`. `normal` ends a fault set by hand and one of the plan
    /// that would still hold.
    ///
    /// # Errors
    /// Any other word, with the words that are known.
    pub fn take_line(&self, line: &str) -> Result<(), String> {
        match line.trim() {
            "" => {}
            "quit" => self.stop(),
            "plan" => self.set_mode(None),
            word => {
                let known = || Mode::ALL.map(Mode::word).join(", ");
                let mode = Mode::from_word(word);
                let mode = mode.ok_or_else(|| format!("`{word}` is not known: expected {}, plan or quit", known()))?;
                self.set_mode(Some(mode));
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is two plain words: a panic elsewhere cannot leave it half-written.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_standard_input_set_the_mode() {
        let control = Control::new();
        for mode in Mode::ALL {
            control.take_line(&format!(" {} \r\n", mode.word())).unwrap();
            assert_eq!(control.mode(), Some(mode));
        }
        control.take_line("plan").unwrap();
        assert_eq!(control.mode(), None);
        assert!(control.take_line("hush").unwrap_err().contains("silence"));
        assert!(!control.stopped());
        control.take_line("quit\n").unwrap();
        assert!(control.wait(Duration::from_secs(3600)), "a stop ends every wait");
    }
}
