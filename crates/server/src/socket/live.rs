//! What goes out live, and when.

use chairside_observation::{Micros, Sequence, SourceId, Update};
use chairside_wire::{Every, Item};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Messages with new entries of one chair within [`WINDOW`]: more than an eye can read. The first so many go at once, so
/// that a change of the link does not delay the value that follows it; what comes after them goes together.
pub const MESSAGES_MAX: usize = 4;
/// The time in which [`MESSAGES_MAX`] may go.
pub const WINDOW: Duration = Duration::from_secs(1);
/// Entries in one message, a few hundred kilobytes. A source that says more gets more than [`MESSAGES_MAX`]: nothing is
/// dropped here, and nothing grows without bound.
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
    /// When the last messages went, at most [`MESSAGES_MAX`].
    sent_at: VecDeque<Instant>,
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
            sent_at: VecDeque::with_capacity(MESSAGES_MAX),
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
        // A full message is due at once, whenever the last ones went.
        let free = self.items.len() >= ITEMS_MAX || self.sent_at.len() < MESSAGES_MAX;
        Some(if free { self.followed_at } else { self.sent_at[0] + WINDOW })
    }

    /// Takes out what is to be sent now, at most [`ITEMS_MAX`] items; call it again while [`Lane::due`] says so.
    pub(crate) fn flush(&mut self, now: Instant) -> (Vec<Item>, Vec<Every>) {
        if self.sent_at.len() == MESSAGES_MAX {
            self.sent_at.pop_front();
        }
        self.sent_at.push_back(now);
        let rest = self.items.split_off(self.items.len().min(ITEMS_MAX));
        let items = std::mem::replace(&mut self.items, rest);
        let every = std::mem::take(&mut self.every);
        let told =
            every.iter().map(|(source, every)| Every { source: source.to_string(), every_us: every.0 }).collect();
        self.told_every.extend(every);
        (items, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Entry, Link, LinkState, Received, Timeline, What};

    /// An update with these sequences, each a change of the link: the smallest thing a screen shows.
    fn update(sequences: &[u64], every_s: Option<i64>) -> Update {
        let timeline = Timeline::Chair("1".into());
        let link = Link { source: "com3".into(), state: LinkState::Live, reason: "".into() };
        let entry = |sequence: &u64| Entry {
            timeline: timeline.clone(),
            sequence: Sequence(*sequence),
            received: Received { mono: Micros(0), wall: Micros(0) },
            age: Micros(0),
            source: Some("com3".into()),
            what: What::Link(link.clone()),
        };
        let entries = sequences.iter().map(entry).collect();
        Update { timeline: timeline.clone(), entries, every: every_s.map(Micros::from_secs) }
    }

    fn lane(head: u64, now: Instant) -> Lane {
        Lane::new(Sequence(head), &[("com3".into(), Micros::from_secs(1))], now)
    }

    /// Sequences of the next message.
    fn sent(lane: &mut Lane, now: Instant) -> Vec<u64> {
        let link = |item: Item| if let Item::Link(link) = item { link.seq } else { 0 };
        lane.flush(now).0.into_iter().map(link).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn h19_what_the_snapshot_covers_is_not_sent_again() {
        let now = Instant::now();
        let mut lane = lane(7, now);
        lane.take(&update(&[6, 7], None));
        assert_eq!(lane.due(), None);
        lane.take(&update(&[7, 8, 9], None));
        lane.take(&update(&[9, 10], None));
        assert_eq!(sent(&mut lane, now), [8, 9, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn four_go_at_once_and_the_fifth_when_the_first_is_a_second_old() {
        let now = Instant::now();
        let mut lane = lane(0, now);
        for sequence in 1..=4 {
            lane.take(&update(&[sequence], None));
            assert!(lane.due() <= Some(now));
            assert_eq!(sent(&mut lane, now), [sequence]);
        }
        lane.take(&update(&[5], None));
        lane.take(&update(&[6], None));
        assert_eq!(lane.due(), Some(now + WINDOW));
        assert_eq!(sent(&mut lane, now + WINDOW), [5, 6], "together, and none dropped");
        assert_eq!(lane.due(), None);
        lane.take(&update(&[7], None));
        assert_eq!(lane.due(), Some(now + WINDOW), "after a pause this lies in the past: at once");
    }

    #[tokio::test(start_paused = true)]
    async fn h24_a_flood_is_cut_into_bounded_messages_that_do_not_wait() {
        let now = Instant::now();
        let mut lane = lane(0, now);
        for sequence in 1..=4 {
            lane.take(&update(&[sequence], None));
            assert_eq!(sent(&mut lane, now), [sequence]);
        }
        let flood = (5..=2 * ITEMS_MAX as u64 + 6).collect::<Vec<_>>();
        lane.take(&update(&flood, None));
        let mut got = Vec::new();
        for expected in [ITEMS_MAX, ITEMS_MAX] {
            assert!(lane.due() <= Some(now), "a full message is due at once");
            let part = sent(&mut lane, now);
            assert_eq!(part.len(), expected);
            got.extend(part);
        }
        assert_eq!(lane.due(), Some(now + WINDOW), "the rest waits its turn");
        got.extend(sent(&mut lane, now + WINDOW));
        assert_eq!(got, flood, "nothing dropped");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_loss_nothing_is_taken_until_the_screen_follows_again() {
        let now = Instant::now();
        let mut lane = lane(0, now);
        lane.wait();
        lane.take(&update(&[1, 2], Some(5)));
        assert_eq!(lane.due(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_interval_is_told_when_it_changed_and_only_then() {
        let now = Instant::now();
        let mut lane = lane(0, now);
        let every = |lane: &mut Lane| lane.flush(now).1.iter().map(|every| every.every_us).collect::<Vec<_>>();
        lane.take(&update(&[1], Some(1)));
        assert!(every(&mut lane).is_empty(), "the snapshot told it");
        lane.take(&update(&[2], Some(5)));
        lane.take(&update(&[3], Some(6)));
        assert_eq!(every(&mut lane), [6_000_000]);
        lane.take(&update(&[4], Some(9)));
        lane.take(&update(&[5], Some(6)));
        assert!(every(&mut lane).is_empty(), "back where it was");
    }
}
