//! What goes out live, and when.

use chairside_observation::{Micros, Sequence, SourceId, Update};
use chairside_wire::{Every, Item};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Shortest time between two messages with new entries of one chair: four a second, more than an eye can read. The first
/// entry after a pause goes at once; those that follow within this time go together.
pub const MERGE: Duration = Duration::from_millis(250);
/// Entries in one message, a few hundred kilobytes. A source that says more within [`MERGE`] gets more than four messages
/// a second: nothing is dropped here, and nothing grows without bound.
pub const ITEMS_MAX: usize = 512;

/// One followed chair on its way to one screen. Every sequence goes through once: those up to the snapshot belong to the
/// history, those after it to the live messages.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Newest sequence taken.
    taken: Sequence,
    /// Updates were lost: nothing is taken until the screen follows again, or the same entries would come twice.
    waiting: bool,
    followed_at: Instant,
    /// From when on the next message may go.
    free_at: Instant,
    items: Vec<Item>,
    every: BTreeMap<SourceId, Micros>,
    told_every: BTreeMap<SourceId, Micros>,
}

impl Lane {
    /// From the snapshot on, which was taken at `now` and told `every`.
    pub(crate) fn new(head: Sequence, every: &[(SourceId, Micros)], now: Instant) -> Self {
        Self {
            taken: head,
            waiting: false,
            followed_at: now,
            free_at: now,
            items: Vec::new(),
            every: BTreeMap::new(),
            told_every: every.iter().cloned().collect(),
        }
    }

    /// Takes what is new in `update`.
    pub(crate) fn take(&mut self, update: &Update) {
        if self.waiting {
            return;
        }
        for entry in &update.entries {
            if entry.sequence <= self.taken {
                continue;
            }
            self.taken = entry.sequence;
            self.items.extend(chairside_wire::item(entry));
        }
        if let (Some(every), Some(source)) = (update.every, update.entries.iter().find_map(|e| e.source.as_ref())) {
            if self.told_every.get(source) == Some(&every) {
                self.every.remove(source);
            } else {
                self.every.insert(source.clone(), every);
            }
        }
    }

    /// Updates were lost on the way here: nothing more until the screen follows again.
    pub(crate) fn wait(&mut self) {
        self.waiting = true;
    }

    /// When there is something to send: from then on; `None` when there is nothing.
    pub(crate) fn due(&self) -> Option<Instant> {
        if self.items.is_empty() && self.every.is_empty() {
            return None;
        }
        // A full message is due at once, whenever the last one went.
        Some(if self.items.len() < ITEMS_MAX { self.free_at } else { self.followed_at })
    }

    /// Takes out what is to be sent now, at most [`ITEMS_MAX`] items; call it again while [`Lane::due`] says so.
    pub(crate) fn flush(&mut self, now: Instant) -> (Vec<Item>, Vec<Every>) {
        self.free_at = now + MERGE;
        let rest = self.items.split_off(self.items.len().min(ITEMS_MAX));
        let items = std::mem::replace(&mut self.items, rest);
        let every = std::mem::take(&mut self.every);
        let told =
            every.iter().map(|(source, every)| Every { source: source.to_string(), every_us: every.0 }).collect();
        self.told_every.extend(every);
        (items, told)
    }
}
