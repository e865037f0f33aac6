//! What a seal covers, from the tables.

use super::ask::{Ask, Cells, get, list, optional};
use super::rows::{FRAMES, Rows, Stored};
use super::words::Words;
use super::{error, read};
use crate::StoreError;
use crate::canonical::{Canon, GENESIS, Hash, entries_digest, frame_digest};
use crate::seal::{ACT, EDGE, Part, SealedBlock, Sealing, Writer, span};
use chairside_observation::session::{Session, SessionId};
use chairside_observation::{ChairId, Deed, Frame, Sequence, Timeline, What};
use std::collections::HashMap;

/// Blocks whose entries are held together.
const BLOCKS: usize = 256;

/// A session and its deeds.
pub(crate) struct Of {
    timeline: Timeline,
    session: Session,
    deeds: Vec<Stored>,
}

/// A frame with the boot its monotonic time counts in, and its digest.
pub(crate) type Digested = (Frame, Box<str>, Hash);

impl Of {
    /// `None`: no deed opens it.
    pub(crate) fn new(chair: ChairId, session: &SessionId, deeds: Vec<Stored>) -> Option<Self> {
        let session = crate::fold(session, deeds.iter().map(|stored| &stored.entry))?;
        Some(Self { timeline: Timeline::Chair(chair), session, deeds })
    }

    /// Canonical bytes of every act, in order.
    fn acts(&self) -> Vec<(Sequence, Vec<u8>)> {
        let acts = self.deeds.iter().filter(|stored| matches!(stored.entry.what, What::Deed(Deed::Session(_))));
        acts.map(|stored| (stored.entry.sequence, bytes(stored, None))).collect()
    }

    pub(crate) async fn sealing(&self, conn: &mut impl Ask, words: &Words) -> Result<Sealing, StoreError> {
        let (first, last) = span(&self.session, read::head(conn, &self.timeline).await?);
        let mut blocks = if first <= last { blocks(conn, &self.timeline, first, last).await? } else { Vec::new() };
        for block in &mut blocks {
            if block.first < first || block.last > last {
                let entries =
                    entries(conn, words, &self.timeline, block.first.max(first), block.last.min(last)).await?;
                let frames = frames(conn, words, &entries).await?;
                let bytes = canonical(&entries, &frames, &self.timeline)?;
                block.edge = Some(entries_digest(EDGE, bytes.iter().map(Vec::as_slice)));
            }
        }
        let acts = self.acts().into_iter();
        Ok(Sealing {
            session: self.session.id.clone(),
            timeline: self.timeline.clone(),
            first,
            last,
            blocks,
            acts: acts.map(|(at, act)| (at, entries_digest(ACT, [act.as_slice()]))).collect(),
        })
    }

    pub(crate) async fn file(&self, conn: &mut impl Ask, words: &Words, version: &str) -> Result<Vec<u8>, StoreError> {
        let sealing = self.sealing(conn, words).await?;
        let mut writer = Writer::new(&sealing, version);
        let mut previous = match sealing.blocks.first() {
            Some(block) => hash_before(conn, &self.timeline, block.number).await?,
            None => GENESIS,
        };
        for some in sealing.blocks.chunks(BLOCKS) {
            let (Some(begin), Some(end)) = (some.first(), some.last()) else { continue };
            let (from, to) = (begin.first.max(sealing.first), end.last.min(sealing.last));
            let entries = entries(conn, words, &self.timeline, from, to).await?;
            let frames = frames(conn, words, &entries).await?;
            let bytes = canonical(&entries, &frames, &self.timeline)?;
            for block in some {
                let (at, end) = (
                    entries.partition_point(|stored| stored.entry.sequence < block.first),
                    entries.partition_point(|stored| stored.entry.sequence <= block.last),
                );
                let mut ids: Vec<i64> = entries[at..end].iter().filter_map(|stored| stored.frame).collect();
                ids.sort_unstable();
                ids.dedup();
                let frames = ids.iter().filter_map(|id| frames.get(id)).map(|(frame, boot, _)| (frame, &**boot));
                let part = Part { block, previous, frames: frames.collect(), entries: bytes[at..end].to_vec() };
                writer.block(&part);
                previous = block.hash;
            }
        }
        let acts: Vec<Vec<u8>> = self.acts().into_iter().map(|(_, act)| act).collect();
        Ok(writer.finish(&acts))
    }
}

fn bytes(stored: &Stored, frame: Option<&Hash>) -> Vec<u8> {
    let mut c = Canon::default();
    c.entry(&stored.entry, &stored.boot, frame);
    c.into_bytes()
}

fn canonical(
    entries: &[Stored],
    frames: &HashMap<i64, Digested>,
    timeline: &Timeline,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let of = |stored: &Stored| match stored.frame {
        None => Ok(bytes(stored, None)),
        Some(id) => match frames.get(&id) {
            Some((_, _, digest)) => Ok(bytes(stored, Some(digest))),
            None => Err(damaged(timeline, &format!("frame {id} is missing"))),
        },
    };
    entries.iter().map(of).collect()
}

fn damaged(timeline: &Timeline, damage: &str) -> StoreError {
    StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key()))
}

/// Entries from `first` to `last`, all of them.
async fn entries(
    conn: &mut impl Ask,
    words: &Words,
    timeline: &Timeline,
    first: Sequence,
    last: Sequence,
) -> Result<Vec<Stored>, StoreError> {
    let before = Sequence(first.0.saturating_sub(1));
    let count = usize::try_from(last.0 - before.0).unwrap_or(usize::MAX);
    let found = read::stored(conn, words, timeline, before, count).await?;
    let whole = found.len() == count && found.last().is_some_and(|stored| stored.entry.sequence == last);
    if whole {
        Ok(found)
    } else {
        Err(damaged(timeline, &format!("entries {} to {} are not all there", first.0, last.0)))
    }
}

pub(crate) async fn frames<C: Ask>(
    conn: &mut C,
    words: &Words,
    entries: &[Stored],
) -> Result<HashMap<i64, Digested>, StoreError> {
    let mut ids: Vec<i64> = entries.iter().filter_map(|stored| stored.frame).collect();
    ids.sort_unstable();
    ids.dedup();
    let sql = format!("{FRAMES} WHERE f.id {}", C::AMONG);
    let rows = conn.rows(&sql, vec![(&list(&ids)).into()]).await;
    let mut frames = HashMap::with_capacity(ids.len());
    for row in rows.map_err(|e| error::read(&e))? {
        let (id, frame, boot) = Rows::new(words).frame(&row).map_err(StoreError::Read)?;
        let digest = frame_digest(&frame, &boot);
        frames.insert(id, (frame, boot, digest));
    }
    Ok(frames)
}

const BLOCK: &str =
    "SELECT number, first_seq, last_seq, reached_wall_us, hash, salt FROM block WHERE timeline = ? AND number ";

/// The blocks that hold an entry from `first` to `last`. Numbers and sequences grow together, so the first is found by
/// halving.
async fn blocks(
    conn: &mut impl Ask,
    timeline: &Timeline,
    first: Sequence,
    last: Sequence,
) -> Result<Vec<SealedBlock>, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let Some(id) = read::timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let whole = |sequence: Sequence| i64::try_from(sequence.0).unwrap_or(i64::MAX);
    let newest = read::newest_block(conn, id).await.map_err(failed)?;
    let (mut low, mut high) = (1, newest + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let sql = "SELECT last_seq FROM block WHERE timeline = ? AND number = ?";
        match conn.number(sql, vec![id.into(), middle.into()]).await.map_err(failed)? {
            Some(last) if last >= whole(first) => high = middle,
            Some(_) => low = middle + 1,
            None => return Err(damaged(timeline, &format!("block {middle} is missing"))),
        }
    }
    if let Some(found) = conn.blocks((id, low, whole(last))).await {
        return found;
    }
    let sql = format!("{BLOCK} >= ? AND first_seq <= ? ORDER BY number");
    let rows = conn.rows(&sql, vec![id.into(), low.into(), whole(last).into()]).await;
    rows.map_err(failed)?.iter().map(|row| block_of(row).map_err(|damage| damaged(timeline, &damage))).collect()
}

/// The hash of the block before this one.
async fn hash_before(conn: &mut impl Ask, timeline: &Timeline, number: u64) -> Result<Hash, StoreError> {
    if number <= 1 {
        return Ok(GENESIS);
    }
    let id = read::timeline_id(conn, timeline).await?;
    let sql = format!("{BLOCK} = ?");
    let args = vec![id.into(), i64::try_from(number - 1).unwrap_or(i64::MAX).into()];
    let row = conn.row(&sql, args).await.map_err(|e| error::read(&e))?;
    let row = row.ok_or_else(|| damaged(timeline, &format!("block {} is missing", number - 1)))?;
    block_of(&row).map(|block| block.hash).map_err(|damage| damaged(timeline, &damage))
}

fn block_of(row: &impl Cells) -> Result<SealedBlock, String> {
    let number = |column: usize| u64::try_from(get::<i64>(row, column)?).map_err(|e| e.to_string());
    let hash: Hash = get::<&[u8]>(row, 4)?.try_into().map_err(|_| "a hash of another length".to_owned())?;
    Ok(SealedBlock {
        number: number(0)?,
        first: Sequence(number(1)?),
        last: Sequence(number(2)?),
        reached_wall_us: get(row, 3)?,
        hash,
        edge: None,
        salt: optional::<&[u8]>(row, 5)?.and_then(|salt| salt.try_into().ok()),
    })
}
