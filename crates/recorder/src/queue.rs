//! What waits for the log: in order, bounded, and never dropped without a trace.

use crate::keys::Waiting;
use chairside_observation::{Deed, Entry, FrameKey, Micros, Received, Sequence, Timeline, What};
use chairside_store::Batch;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Memory for what the log does not have yet: 64 monitors with 5 messages a second of 500 bytes and 4 readings for about
/// 20 seconds, one monitor for 20 minutes, inside the 64 MiB the program may use (P19). Beyond it the oldest is declared
/// lost.
pub const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Batches of one commit. More would make the first sender wait for the last one's rows.
pub(crate) const COMMIT_BATCHES_MAX: usize = 256;
/// Bytes of one commit, for the same reason.
const COMMIT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Lost entries declared in one commit.
const LOST_MAX: u64 = 2048;
/// What an entry takes in memory beside its frame: `Entry` with its ids and a context of its own.
const ENTRY_BYTES: usize = 512;

/// One batch on its way, and who waits for it.
pub(crate) struct Item {
    pub(crate) batch: Arc<Batch>,
    pub(crate) waiting: Vec<Waiting>,
}

impl Item {
    fn bytes(&self) -> usize {
        self.batch.frame.as_ref().map_or(0, |f| f.raw.len()) + self.batch.entries.len() * ENTRY_BYTES
    }

    pub(crate) fn key(&self) -> Option<FrameKey> {
        self.batch.frame.as_ref()?.key
    }
}

/// A stretch of one timeline that was given up.
struct Gap {
    first: Sequence,
    last: Sequence,
    frames: u64,
    at: Received,
}

/// Stretches given up one after the other.
#[derive(Default)]
struct Lost(BTreeMap<Timeline, Gap>);

impl Lost {
    fn absorb(&mut self, batch: &Batch) {
        let mut counted: Option<&Timeline> = None;
        for entry in &batch.entries {
            let frames = match (&entry.what, &batch.frame) {
                // Declared before, but that did not reach the log either.
                (What::Deed(Deed::FramesLost { frames }), _) => *frames,
                (_, Some(_)) if counted != Some(&entry.timeline) => 1,
                _ => 0,
            };
            counted = Some(&entry.timeline);
            self.add(&entry.timeline, Gap { first: entry.sequence, last: entry.sequence, frames, at: entry.received });
        }
    }

    fn add(&mut self, timeline: &Timeline, gap: Gap) {
        match self.0.get_mut(timeline) {
            Some(known) => {
                known.last = gap.last;
                known.frames += gap.frames;
            }
            None => {
                self.0.insert(timeline.clone(), gap);
            }
        }
    }

    /// Takes at most [`LOST_MAX`] sequences and makes their entries: no number is left out of a timeline, so each lost
    /// one is a deed; the last of a stretch has the number of frames. (The first ones may be in the log after all, if an
    /// append was written though it failed; then the log leaves their deeds out.)
    fn declare(&mut self) -> Batch {
        let mut entries = Vec::new();
        while let Some(mut first) = self.0.first_entry() {
            let timeline = first.key().clone();
            let gap = first.get_mut();
            while gap.first <= gap.last && (entries.len() as u64) < LOST_MAX {
                let frames = if gap.first == gap.last { gap.frames } else { 0 };
                let deed = Deed::FramesLost { frames };
                entries.push(deed_entry(timeline.clone(), gap.first, gap.at, deed));
                gap.first = gap.first.next();
            }
            if gap.first <= gap.last {
                break;
            }
            first.remove();
        }
        Batch { frame: None, entries }
    }
}

/// An entry for a deed.
pub(crate) fn deed_entry(timeline: Timeline, sequence: Sequence, at: Received, deed: Deed) -> Entry {
    Entry { timeline, sequence, received: at, age: Micros(0), source: None, what: What::Deed(deed) }
}

enum Held {
    Item(Item),
    Lost(Lost),
}

/// The queue before the writer.
#[derive(Default)]
pub(crate) struct Queue {
    held: VecDeque<Held>,
    bytes: usize,
    /// Frames given up since the start.
    pub(crate) frames_lost: u64,
}

impl Queue {
    /// Queues a batch; what has to go for it comes back.
    pub(crate) fn push(&mut self, item: Item) -> Vec<Item> {
        self.bytes += item.bytes();
        self.held.push_back(Held::Item(item));
        self.shrink()
    }

    /// Puts back what could not be written, in its order, before everything else; what has to go comes back.
    pub(crate) fn put_back(&mut self, items: Vec<Item>) -> Vec<Item> {
        for item in items.into_iter().rev() {
            self.bytes += item.bytes();
            self.held.push_front(Held::Item(item));
        }
        self.shrink()
    }

    /// Declares the oldest lost until the rest fits.
    fn shrink(&mut self) -> Vec<Item> {
        let mut given_up = Vec::new();
        while self.bytes > HELD_BYTES_MAX {
            let mut lost = match self.held.pop_front() {
                Some(Held::Lost(lost)) => lost,
                Some(Held::Item(item)) => {
                    self.held.push_front(Held::Item(item));
                    Lost::default()
                }
                None => break,
            };
            match self.held.pop_front() {
                Some(Held::Item(item)) => {
                    self.bytes -= item.bytes();
                    self.frames_lost += u64::from(item.batch.frame.is_some());
                    lost.absorb(&item.batch);
                    given_up.push(item);
                }
                Some(Held::Lost(next)) => next.0.into_iter().for_each(|(timeline, gap)| lost.add(&timeline, gap)),
                None => {}
            }
            self.held.push_front(Held::Lost(lost));
        }
        given_up
    }

    /// The next commit; empty when nothing waits.
    pub(crate) fn take(&mut self) -> Vec<Item> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        while items.len() < COMMIT_BATCHES_MAX && bytes < COMMIT_BYTES_MAX {
            match self.held.pop_front() {
                None => break,
                Some(Held::Item(item)) => {
                    self.bytes -= item.bytes();
                    bytes += item.bytes();
                    items.push(item);
                }
                // From here on it is a batch like others: an attempt that failed half-way is repeated word by word.
                Some(Held::Lost(mut lost)) => {
                    let item = Item { batch: Arc::new(lost.declare()), waiting: Vec::new() };
                    bytes += item.bytes();
                    items.push(item);
                    if !lost.0.is_empty() {
                        self.held.push_front(Held::Lost(lost));
                        break;
                    }
                }
            }
        }
        items
    }

    /// Everybody who waits.
    pub(crate) fn take_waiting(&mut self) -> Vec<Waiting> {
        let items = self.held.iter_mut().filter_map(|held| match held {
            Held::Item(item) => Some(std::mem::take(&mut item.waiting)),
            Held::Lost(_) => None,
        });
        items.flatten().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}
