//! What readers add to what the database says: entries that have their receipt and are only in the journal yet.

use super::behind::Group;
use super::read;
use super::rows::Stored;
use super::words::Words;
use crate::{Batch, Head, StoreError};
use chairside_observation::{Entry, Frame, FrameKey, Micros, Origin, Sequence, SourceId, Timeline, Vital, What};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::Arc;

/// Everything that was only in the journal a moment before the database was looked at. What the database has of it
/// meanwhile is known by its sequence.
pub(super) struct Tail(Vec<Arc<Group>>);

/// One batch with the boot its times count in.
type Placed<'a> = (&'a Arc<str>, &'a Arc<Batch>);

impl Tail {
    pub(super) fn new(groups: Vec<Arc<Group>>) -> Self {
        Self(groups)
    }

    fn batches(&self) -> impl DoubleEndedIterator<Item = Placed<'_>> {
        self.0.iter().flat_map(|group| group.batches.iter().map(|batch| (&group.boot, batch)))
    }

    /// Entries of `timeline` the database does not have, in order, as it will have them.
    pub(super) async fn entries(
        &self,
        conn: &mut SqliteConnection,
        words: &Words,
        timeline: &Timeline,
    ) -> Result<Vec<Stored>, StoreError> {
        let mut all = Vec::new();
        if self.0.is_empty() {
            return Ok(all);
        }
        let head = read::head(conn, timeline).await?;
        for (index, (boot, batch)) in self.batches().enumerate() {
            let is_new = |entry: &&Entry| entry.timeline == *timeline && entry.sequence > head;
            if !batch.entries.iter().any(|entry| is_new(&entry)) {
                continue;
            }
            let first = self.first(conn, words, index, batch).await?;
            let entries = batch.entries.iter().filter(is_new);
            all.extend(entries.map(|entry| Stored {
                entry: first.as_ref().map_or_else(|| entry.clone(), |(first, _)| repeated(entry, first)),
                boot: (&**boot).into(),
                frame: None,
            }));
        }
        Ok(all)
    }

    /// The frame that was stored first with the key of `batch`, when this one, at `index`, is a repetition.
    async fn first(
        &self,
        conn: &mut SqliteConnection,
        words: &Words,
        index: usize,
        batch: &Batch,
    ) -> Result<Option<(Frame, Box<str>)>, StoreError> {
        let Some(key) = batch.frame.as_ref().and_then(|frame| frame.key) else { return Ok(None) };
        if let Some(stored) = read::frame_of_key(conn, words, key).await? {
            return Ok(Some(stored));
        }
        let earlier = self
            .batches()
            .take(index)
            .find_map(|(boot, batch)| Some((boot, batch.frame.as_ref()?)).filter(|(_, f)| f.key == Some(key)));
        Ok(earlier.map(|(boot, frame)| (frame.clone(), (&**boot).into())))
    }

    /// The frame of one entry; `None`: the database has to say.
    pub(super) async fn frame(
        &self,
        conn: &mut SqliteConnection,
        words: &Words,
        timeline: &Timeline,
        sequence: Sequence,
    ) -> Result<Option<Option<(Frame, Box<str>)>>, StoreError> {
        if self.0.is_empty() || sequence <= read::head(conn, timeline).await? {
            return Ok(None);
        }
        for (index, (boot, batch)) in self.batches().enumerate() {
            if batch.entries.iter().any(|entry| entry.timeline == *timeline && entry.sequence == sequence) {
                let own = batch.frame.as_ref().map(|frame| (frame.clone(), (&**boot).into()));
                return Ok(Some(self.first(conn, words, index, batch).await?.or(own)));
            }
        }
        Ok(None)
    }

    /// Raises the heads to what the journal has.
    pub(super) fn raise(&self, heads: &mut Vec<Head>) {
        let mut places: HashMap<Timeline, usize> =
            heads.iter().enumerate().map(|(place, head)| (head.timeline.clone(), place)).collect();
        for entry in self.batches().flat_map(|(_, batch)| &batch.entries) {
            if let Some(place) = places.get(&entry.timeline) {
                let head = &mut heads[*place];
                head.sequence = head.sequence.max(entry.sequence);
            } else {
                places.insert(entry.timeline.clone(), heads.len());
                heads.push(Head { timeline: entry.timeline.clone(), sequence: entry.sequence });
            }
        }
    }
}

/// An entry of a frame that is stored already, as the log keeps it.
pub(super) fn repeated(entry: &Entry, first: &Frame) -> Entry {
    let bytes = first.offset..first.offset.saturating_add(first.raw.len() as u64);
    Entry { age: Micros(0), what: What::Heard { bytes }, ..entry.clone() }
}

/// What the newest entry of each kind is looked for by.
#[derive(PartialEq, Eq, Hash)]
enum Kind {
    Reading(Option<SourceId>, Vital, Option<Origin>, Option<Box<str>>),
    Link(Option<SourceId>),
}

fn kind(entry: &Entry) -> Option<Kind> {
    match &entry.what {
        What::Reading(o) => Some(Kind::Reading(entry.source.clone(), o.vital, o.origin, o.site.clone())),
        What::Link(_) => Some(Kind::Link(entry.source.clone())),
        _ => None,
    }
}

/// The newest of each kind, in order of sequence; `later` comes after `earlier`.
pub(super) fn newest(earlier: Vec<Stored>, later: Vec<Stored>) -> Vec<Stored> {
    let mut newest: HashMap<Kind, Stored> = HashMap::new();
    for stored in earlier.into_iter().chain(later) {
        if let Some(kind) = kind(&stored.entry) {
            newest.insert(kind, stored);
        }
    }
    let mut all: Vec<Stored> = newest.into_values().collect();
    all.sort_unstable_by_key(|stored| stored.entry.sequence);
    all
}

/// Keys of frames, newest first, each once.
pub(super) fn keys(tail: &Tail, stored: Vec<FrameKey>, limit: usize) -> Vec<FrameKey> {
    let mut all: Vec<FrameKey> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let behind = tail.batches().rev().filter_map(|(_, batch)| batch.frame.as_ref()?.key);
    for key in behind.chain(stored) {
        if all.len() < limit && seen.insert(key) {
            all.push(key);
        }
    }
    all
}
