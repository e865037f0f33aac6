//! What of this log another database lacks: read in one state of the tables. What is only in the journal comes a moment later.

use super::{SqliteLog, error};
use crate::StoreError;
use crate::canonical::Hash;
use crate::postgres::StepRow;
use crate::tables::ask::{Ask, cell, maybe};
use crate::tables::parcel::{self, Parcels};
use crate::tables::place::{self, Head};
use crate::tables::words::Words;
use chairside_observation::{Micros, Timeline};
use sqlx::Sqlite;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// One state of the tables.
pub(crate) struct Look {
    tx: sqlx::Transaction<'static, Sqlite>,
    words: Arc<Words>,
    heads: HashMap<Timeline, Head>,
    /// The newest step of erasing.
    steps: i64,
}

impl SqliteLog {
    pub(crate) async fn look(&self) -> Result<Look, StoreError> {
        let mut tx = self.readers.begin().await.map_err(|e| error::read(&e))?;
        let (heads, _) = place::load_heads(&mut tx).await?;
        let steps = tx.number("SELECT max(number) FROM erasure", vec![]).await.map_err(|e| error::read(&e))?;
        Ok(Look { tx, words: Arc::clone(&self.words), heads, steps: steps.unwrap_or(0) })
    }
}

impl Look {
    /// Where each timeline ends.
    pub(crate) fn heads(&self) -> &HashMap<Timeline, Head> {
        &self.heads
    }

    /// The newest step of erasing.
    pub(crate) fn steps(&self) -> i64 {
        self.steps
    }

    fn id(&self, timeline: &Timeline) -> i64 {
        self.heads.get(timeline).map_or(0, |head| head.id)
    }

    /// Blocks of a timeline after `after`, until they hold so many entries.
    pub(crate) async fn parcels(
        &mut self,
        timeline: &Timeline,
        after: u64,
        entries: u64,
    ) -> Result<Parcels, StoreError> {
        let of = (timeline, self.id(timeline));
        parcel::load(&mut self.tx, &self.words, of, after.cast_signed(), entries).await
    }

    /// The hash of a block; `None`: it is not there.
    pub(crate) async fn hash(&mut self, timeline: &Timeline, number: u64) -> Result<Option<Hash>, StoreError> {
        let id = self.id(timeline);
        parcel::hash_at(&mut self.tx, id, number.cast_signed()).await.map_err(|e| error::read(&e))
    }

    /// When the block after `after` came in, UTC.
    pub(crate) async fn came(&mut self, timeline: &Timeline, after: u64) -> Result<Option<Micros>, StoreError> {
        let sql = "SELECT reached_wall_us FROM block WHERE timeline = ? AND number = ?";
        let args = vec![self.id(timeline).into(), (after.cast_signed() + 1).into()];
        Ok(self.tx.number(sql, args).await.map_err(|e| error::read(&e))?.map(Micros))
    }

    /// Steps of erasing after `after`, in order, at most `limit`.
    pub(crate) async fn step_rows(&mut self, after: i64, limit: i64) -> Result<Vec<StepRow>, StoreError> {
        let read = |e: sqlx::Error| error::read(&e);
        let sql =
            "SELECT number, at_wall_us, why, deed, entries, hash FROM erasure WHERE number > ? ORDER BY number LIMIT ?";
        let rows = self.tx.rows(sql, vec![after.into(), limit.into()]).await.map_err(read)?;
        let step = |row| {
            Ok(StepRow {
                number: cell(row, 0)?,
                at_wall_us: cell(row, 1)?,
                why: cell(row, 2)?,
                deed: maybe(row, 3)?,
                entries: cell(row, 4)?,
                hash: cell(row, 5)?,
            })
        };
        rows.iter().map(step).collect::<Result<_, sqlx::Error>>().map_err(read)
    }

    /// Of the blocks another database has up to `heads`, those that steps after `after` through `through` erased something of.
    pub(crate) async fn erased(
        &mut self,
        (after, through): (i64, i64),
        heads: &HashMap<Timeline, Head>,
    ) -> Result<Vec<Parcels>, StoreError> {
        let read = |e: sqlx::Error| error::read(&e);
        let sql = "SELECT t.timeline, t.seq FROM tombstone t WHERE t.erasure > ? AND t.erasure <= ? ORDER BY t.timeline, t.seq";
        let rows = self.tx.rows(sql, vec![after.into(), through.into()]).await.map_err(read)?;
        let known: HashMap<i64, Timeline> =
            self.heads.iter().map(|(timeline, head)| (head.id, timeline.clone())).collect();
        let mut blocks = BTreeSet::new();
        for row in &rows {
            let (id, seq): (i64, i64) = (cell(row, 0).map_err(read)?, cell(row, 1).map_err(read)?);
            let Some(timeline) = known.get(&id) else { continue };
            if heads.get(timeline).is_some_and(|head| seq.cast_unsigned() <= head.sequence) {
                blocks.insert((id, super::erase::holding(&mut self.tx, id, seq.cast_unsigned()).await?));
            }
        }
        let mut parcels = Vec::with_capacity(blocks.len());
        for (id, number) in blocks {
            let Some(timeline) = known.get(&id) else { continue };
            // One block: a second one would be more than one entry.
            parcels.push(parcel::load(&mut self.tx, &self.words, (timeline, id), number - 1, 1).await?);
        }
        Ok(parcels)
    }
}
