//! A log that lives in memory, for simulations: simulated days are written in seconds, and its faults are switches.
//!
//! It keeps the contract of [`SessionLog`] (the same story runs on it) but for the one thing that matters outside of a
//! simulation: nothing of it survives the process. The program never opens one.

use crate::claims::Claims;
use crate::{Batch, Committed, Head, SessionLog, StoreError, Verified, contract};
use async_trait::async_trait;
use chairside_observation::{Entry, Frame, FrameKey, Micros, Sequence, SourceId, Timeline, What};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How an append goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// It does not.
    #[default]
    None,
    /// Nothing is written, and the answer says so.
    Before,
    /// Everything is written, and the answer says that it was not.
    After,
}

/// What outlives a restart of the simulated program: each [`MemoryDisk::log`] is the log on it, opened once more.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Kept>>);

/// The log on a [`MemoryDisk`].
#[derive(Clone, Debug)]
pub struct MemoryLog(MemoryDisk);

/// An entry and the frame it was decoded from.
#[derive(Clone, Debug)]
struct Row {
    entry: Entry,
    frame: Option<Arc<Frame>>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    rows: BTreeMap<Timeline, Vec<Row>>,
    keys: HashMap<FrameKey, Arc<Frame>>,
    /// Keys in the order they came.
    order: Vec<FrameKey>,
    claims: Claims,
    fault: Fault,
}

impl MemoryDisk {
    /// Opens the log.
    #[must_use]
    pub fn log(&self) -> MemoryLog {
        MemoryLog(self.clone())
    }

    /// From now on every append goes wrong like this.
    pub fn fail(&self, fault: Fault) {
        self.kept().fault = fault;
    }

    /// A disk of its own with what is on this one now.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.kept().clone())))
    }

    /// Every entry of a timeline with the bytes it was decoded from.
    #[must_use]
    pub fn entries(&self, timeline: &Timeline) -> Vec<(Entry, Option<Arc<Frame>>)> {
        let kept = self.kept();
        kept.of(timeline).iter().map(|row| (row.entry.clone(), row.frame.clone())).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // An append is made on a copy and takes its place whole: what is here is valid also after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn of(&self, timeline: &Timeline) -> &[Row] {
        self.rows.get(timeline).map_or(&[], Vec::as_slice)
    }

    /// The head of a timeline.
    fn head(&self, timeline: &Timeline) -> u64 {
        self.of(timeline).len() as u64
    }

    /// What of `batches` is not here yet: an append that was reported as failed may have been written all the same.
    fn missing(&self, batches: &[Arc<Batch>]) -> Result<Vec<Arc<Batch>>, StoreError> {
        let mut missing = Vec::new();
        for batch in batches {
            let Some(first) = batch.entries.first() else { continue };
            let Some(row) = self.of(&first.timeline).get(index(first.sequence)) else {
                missing.push(Arc::clone(batch));
                continue;
            };
            let same = batch.frame.as_ref().map(|f| &f.raw) == row.frame.as_ref().map(|f| &f.raw)
                && first.received == row.entry.received;
            if !same {
                let (key, found) = (first.timeline.key(), first.sequence.0);
                return Err(StoreError::Write(format!("{key}: found other facts at {found}, which is taken")));
            }
        }
        Ok(missing)
    }

    /// Sequences after which each touched timeline stands, if the batches continue them.
    fn continued(&self, batches: &[Arc<Batch>]) -> Result<BTreeMap<Timeline, u64>, StoreError> {
        let mut heads = BTreeMap::new();
        for entry in batches.iter().flat_map(|batch| &batch.entries) {
            let head = heads.entry(entry.timeline.clone()).or_insert_with(|| self.head(&entry.timeline));
            *head += 1;
            if entry.sequence.0 != *head {
                let (key, found) = (entry.timeline.key(), entry.sequence.0);
                return Err(StoreError::Write(format!("{key}: found sequence {found}, expected {head}")));
            }
        }
        Ok(heads)
    }

    fn append(&mut self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        for batch in batches {
            contract::check(batch).map_err(StoreError::Write)?;
        }
        let missing = self.missing(batches)?;
        self.continued(&missing)?;
        if let Some(claims) = self.claims.after(&missing)? {
            self.claims = claims;
        }
        for batch in &missing {
            self.put(batch);
        }
        let touched: BTreeMap<Timeline, ()> =
            batches.iter().flat_map(|b| &b.entries).map(|e| (e.timeline.clone(), ())).collect();
        let through = touched.into_keys().map(|timeline| {
            let head = self.head(&timeline);
            (timeline, Sequence(head))
        });
        Ok(Committed { through: through.collect() })
    }

    /// A frame with a key that is here is stored once: its entries only say that it was heard again (H19).
    fn put(&mut self, batch: &Batch) {
        let frame = batch.frame.as_ref().map(|frame| Arc::new(frame.clone()));
        let key = frame.as_ref().and_then(|frame| frame.key);
        let first = key.and_then(|key| self.keys.get(&key).cloned());
        if let (Some(key), Some(frame), None) = (key, &frame, &first) {
            self.keys.insert(key, Arc::clone(frame));
            self.order.push(key);
        }
        let repeats = first.is_some();
        let leads_to = first.or(frame);
        for entry in &batch.entries {
            let mut entry = entry.clone();
            if repeats && let Some(frame) = &leads_to {
                let bytes = frame.offset..frame.offset + frame.raw.len() as u64;
                (entry.what, entry.age) = (What::Heard { bytes }, Micros(0));
            }
            self.rows.entry(entry.timeline.clone()).or_default().push(Row { entry, frame: leads_to.clone() });
        }
    }
}

fn index(sequence: Sequence) -> usize {
    usize::try_from(sequence.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

#[async_trait]
impl SessionLog for MemoryLog {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        // Others run meanwhile, as they do while a disk flushes.
        tokio::task::yield_now().await;
        let mut kept = self.0.kept();
        let fault = kept.fault;
        if fault == Fault::Before {
            return Err(StoreError::Write("the simulated disk takes nothing".to_owned()));
        }
        let committed = kept.append(batches)?;
        match fault {
            Fault::After => Err(StoreError::Write("the simulated disk lies".to_owned())),
            _ => Ok(committed),
        }
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let kept = self.0.kept();
        let head = |(timeline, rows): (&Timeline, &Vec<Row>)| Head {
            timeline: timeline.clone(),
            sequence: Sequence(rows.len() as u64),
        };
        Ok(kept.rows.iter().map(head).collect())
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let kept = self.0.kept();
        let from = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(kept.of(timeline).iter().skip(from).take(limit).map(|row| row.entry.clone()).collect())
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let kept = self.0.kept();
        let from = usize::try_from(after.0).unwrap_or(usize::MAX);
        let deeds = kept.of(timeline).iter().skip(from).filter(|row| matches!(row.entry.what, What::Deed(_)));
        Ok(deeds.take(limit).map(|row| row.entry.clone()).collect())
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        let kept = self.0.kept();
        let rows = kept.of(timeline);
        let first = rows.iter().position(|row| row.entry.received.wall >= wall).unwrap_or(rows.len());
        Ok(Sequence(first as u64))
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        let kept = self.0.kept();
        let mut latest: HashMap<(Option<SourceId>, Option<String>), &Entry> = HashMap::new();
        for row in kept.of(timeline) {
            let what = match &row.entry.what {
                What::Reading(o) => Some(format!("{:?} {:?} {:?}", o.vital, o.origin, o.site)),
                What::Link(_) => None,
                _ => continue,
            };
            latest.insert((row.entry.source.clone(), what), &row.entry);
        }
        let mut latest: Vec<Entry> = latest.into_values().cloned().collect();
        latest.sort_by_key(|entry| entry.sequence);
        Ok(latest)
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        let kept = self.0.kept();
        let row = kept.of(timeline).get(index(sequence));
        Ok(row.and_then(|row| row.frame.as_deref().cloned()))
    }

    /// Memory is not damaged by itself: what can be wrong is a number left out.
    async fn verify(&self) -> Result<Verified, StoreError> {
        let kept = self.0.kept();
        let mut verified = Verified { timelines: kept.rows.len() as u64, ..Verified::default() };
        for (timeline, rows) in &kept.rows {
            verified.blocks += 1;
            verified.entries += rows.len() as u64;
            verified.frames += rows.iter().filter(|row| row.frame.is_some()).count() as u64;
            let numbered = (1..).zip(rows).find(|(n, row)| row.entry.sequence.0 != *n);
            verified.broken.extend(numbered.map(|(n, _)| format!("{}: no entry {n}", timeline.key())));
        }
        Ok(verified)
    }

    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        let kept = self.0.kept();
        let keys = kept.order.iter().rev().take(limit).copied().collect();
        let through = kept.rows.iter().map(|(timeline, rows)| (timeline.clone(), Sequence(rows.len() as u64)));
        Ok(Some((keys, Committed { through: through.collect() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_story_of_every_log_is_told_of_this_one_too() {
        let disk = MemoryDisk::default();
        crate::story::story(|| async { Ok(Arc::new(disk.log()) as Arc<dyn SessionLog>) }).await;
    }

    #[tokio::test]
    async fn a_disk_that_lies_has_what_it_denies() {
        let disk = MemoryDisk::default();
        let timeline = Timeline::Chair("1".into());
        let batch = crate::story::frame_batch(&timeline, "com3", 1, 1, None);
        disk.fail(Fault::Before);
        assert!(disk.log().append(&[Arc::clone(&batch)]).await.is_err());
        assert!(disk.entries(&timeline).is_empty());
        disk.fail(Fault::After);
        assert!(disk.log().append(&[Arc::clone(&batch)]).await.is_err());
        assert_eq!(disk.entries(&timeline).len(), 2);
        disk.fail(Fault::None);
        disk.log().append(&[batch]).await.unwrap();
        assert_eq!(disk.entries(&timeline).len(), 2, "handed in again it is stored once");
    }
}
