//! Repeated messages: shown once, stored once, answered every time (H19).

use crate::intake::NotRecorded;
use chairside_observation::FrameKey;
use chairside_store::Committed;
use std::collections::{HashMap, VecDeque};
use tokio::sync::oneshot;

/// Messages remembered: 64 monitors that send one message a second for 17 minutes, longer than any sender we know waits
/// before it sends again. A repetition older than that is shown again, with the age of its values, and the log still
/// stores it once.
pub(crate) const KEYS_MAX: usize = 65_536;
/// Repetitions of one message that wait for the log at the same time. A sender waits for one answer before it sends again,
/// so a few connections at most hold the same message.
const WAITING_MAX: usize = 16;

/// Where an answer goes.
pub(crate) type Waiting = oneshot::Sender<Result<Committed, NotRecorded>>;

enum Known {
    Pending(Vec<Waiting>),
    Recorded(Committed),
}

/// The keys of the newest messages.
#[derive(Default)]
pub(crate) struct Keys {
    known: HashMap<FrameKey, Known>,
    order: VecDeque<FrameKey>,
}

impl Keys {
    /// Remembers a message that is in the log.
    pub(crate) fn seed(&mut self, key: FrameKey, committed: Committed) {
        if self.known.insert(key, Known::Recorded(committed)).is_none() {
            self.order.push_back(key);
        }
    }

    /// Takes note of a message. A repetition is answered, now or when the first one is, and `None` comes back.
    pub(crate) fn take(&mut self, key: FrameKey, waiting: Waiting, refused: Option<&NotRecorded>) -> Option<Waiting> {
        match self.known.get_mut(&key) {
            None => {
                self.known.insert(key, Known::Pending(Vec::new()));
                self.order.push_back(key);
                if self.order.len() > KEYS_MAX
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.known.remove(&oldest);
                }
                return Some(waiting);
            }
            Some(Known::Recorded(committed)) => drop(waiting.send(Ok(committed.clone()))),
            Some(Known::Pending(others)) => match refused {
                Some(refused) => drop(waiting.send(Err(refused.clone()))),
                None if others.len() < WAITING_MAX => others.push(waiting),
                None => {
                    let reason = "too many repetitions of this message wait for the log".to_owned();
                    drop(waiting.send(Err(NotRecorded { reason })));
                }
            },
        }
        None
    }

    /// The message is in the log. Returns who else waits for it.
    pub(crate) fn recorded(&mut self, key: FrameKey, committed: &Committed) -> Vec<Waiting> {
        match self.known.get_mut(&key) {
            None => Vec::new(),
            Some(known) => match std::mem::replace(known, Known::Recorded(committed.clone())) {
                Known::Pending(waiting) => waiting,
                Known::Recorded(_) => Vec::new(),
            },
        }
    }

    /// Everybody who waits for a repetition.
    pub(crate) fn take_waiting(&mut self) -> Vec<Waiting> {
        let pending = self.known.values_mut().filter_map(|known| match known {
            Known::Pending(waiting) => Some(std::mem::take(waiting)),
            Known::Recorded(_) => None,
        });
        pending.flatten().collect()
    }

    /// The message was given up: if it is sent again, it is a new one.
    pub(crate) fn forget(&mut self, key: FrameKey) {
        if matches!(self.known.get(&key), Some(Known::Pending(_))) {
            self.known.remove(&key);
            self.order.retain(|k| *k != key);
        }
    }
}
