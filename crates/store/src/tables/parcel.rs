//! A block with everything that belongs to it, to be taken to another database as it is: the same entries, the same hash.

use crate::StoreError;
use crate::canonical::{BlockHasher, GENESIS, Hash, Root, Salt, block_hash, entry_digest, entry_salt};
use crate::claims::Claim;
use crate::tables::ask::Ask;
use crate::tables::erasures::{self, Tombstone};
use crate::tables::rows::Stored;
use crate::tables::verify::{self, Block};
use crate::tables::words::Words;
use crate::tables::{claims, error, read, sealing};
use chairside_observation::{Frame, Sequence, Timeline};
use std::collections::HashMap;

/// Blocks read at a time, most of them of a few entries.
const BLOCKS_PAGE: i64 = 256;

/// What stands at a place of a block.
pub(crate) enum Leaf {
    /// An entry, with the digest of its frame.
    Kept(Box<Stored>, Option<Hash>),
    /// What is left of erased entries.
    Erased(Tombstone),
}

impl Leaf {
    fn first(&self) -> i64 {
        match self {
            Self::Kept(stored, _) => stored.entry.sequence.0.cast_signed(),
            Self::Erased(left) => left.first,
        }
    }

    fn last(&self) -> i64 {
        match self {
            Self::Kept(..) => self.first(),
            Self::Erased(left) => left.last,
        }
    }
}

/// One block.
pub(crate) struct Parcel {
    pub(crate) timeline: Timeline,
    pub(crate) block: Block,
    /// In order.
    pub(crate) leaves: Vec<Leaf>,
    /// Salts of the entries that are kept where others are erased.
    pub(crate) salts: Vec<(i64, Vec<u8>)>,
    /// Claims of its deeds, also of erased ones.
    pub(crate) claims: Vec<Claim>,
}

/// Blocks with the frames they lead to.
#[derive(Default)]
pub(crate) struct Parcels {
    pub(crate) parcels: Vec<Parcel>,
    pub(crate) frames: Frames,
}

impl Parcels {
    /// How many entries they hold, erased ones too.
    pub(crate) fn entries(&self) -> u64 {
        self.parcels.iter().map(|parcel| parcel.block.last.abs_diff(parcel.block.first) + 1).sum()
    }
}

impl Parcel {
    /// Digests of the frames it leads to.
    pub(crate) fn frames(&self) -> impl Iterator<Item = Hash> {
        let digest = |leaf: &Leaf| if let Leaf::Kept(_, digest) = leaf { *digest } else { None };
        self.leaves.iter().filter_map(digest)
    }

    /// The hash of the block, when everything in it fits; `previous`: that of the block before.
    pub(crate) fn hash(&self, previous: &Hash) -> Option<Hash> {
        let (block, key) = (&self.block, self.timeline.key());
        let head = block.head(&key);
        let stored = Hash::try_from(block.hash.as_slice()).ok()?;
        let mut expected = block.first;
        for leaf in &self.leaves {
            if leaf.first() != expected {
                return None;
            }
            expected = leaf.last().checked_add(1)?;
        }
        if expected != block.last.checked_add(1)? {
            return None;
        }
        let computed = match (&block.salt, &block.resealed) {
            (None, None) => {
                let mut hasher = BlockHasher::new(previous, &head);
                for leaf in &self.leaves {
                    let Leaf::Kept(stored, frame) = leaf else { return None };
                    hasher.add(&stored.entry, &stored.boot, frame.as_ref());
                }
                hasher.finish()
            }
            (Some(salt), None) => block_hash(previous, &head, &self.root(salt)?),
            // Of form 1 with erased entries: its own hash only links its neighbours.
            (None, Some((digest, _))) => return (self.root(&[])?[..] == **digest).then_some(stored),
            (Some(_), Some(_)) => return None,
        };
        (computed == stored).then_some(stored)
    }

    /// The digest over all entries.
    fn root(&self, salt: &[u8]) -> Option<Hash> {
        if let [Leaf::Erased(left)] = self.leaves.as_slice() {
            // One tombstone for a whole block has the digest over its entries.
            return Some(left.digest);
        }
        let own = if salt.is_empty() { None } else { Some(Salt::try_from(salt).ok()?) };
        let mut root = Root::new();
        for leaf in &self.leaves {
            match leaf {
                Leaf::Erased(left) if own.is_none() && left.first == left.last => root.add(&left.digest),
                Leaf::Erased(_) => return None,
                Leaf::Kept(stored, frame) => {
                    let sequence = stored.entry.sequence.0;
                    let salt = match &own {
                        Some(own) => entry_salt(own, sequence),
                        None => {
                            let kept = self.salts.iter().find(|(seq, _)| seq.cast_unsigned() == sequence)?;
                            Salt::try_from(kept.1.as_slice()).ok()?
                        }
                    };
                    root.add(&entry_digest(&salt, &stored.entry, &stored.boot, frame.as_ref()));
                }
            }
        }
        Some(root.finish())
    }
}

/// Blocks of a timeline after `after`, until they hold `entries` entries; a block is never divided. The caller holds a
/// transaction.
pub(crate) async fn load(
    conn: &mut impl Ask,
    words: &Words,
    (timeline, id): (&Timeline, i64),
    after: i64,
    entries: u64,
) -> Result<Parcels, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let mut blocks = verify::blocks(conn, id, after, BLOCKS_PAGE).await.map_err(failed)?;
    let mut held = 0;
    let fitting = blocks.iter().take_while(|block| {
        let fits = held < entries;
        held += block.last.abs_diff(block.first) + 1;
        fits
    });
    let fitting = fitting.count();
    blocks.truncate(fitting);
    let (Some(first), Some(last)) = (blocks.first().map(|b| b.first), blocks.last().map(|b| b.last)) else {
        return Ok(Parcels::default());
    };
    let (mut leaves, frames) = leaves(conn, words, (timeline, id), (first, last)).await?;
    let mut salts = erasures::kept_salts(conn, id, (first, last)).await.map_err(failed)?;
    salts.sort_unstable();
    let sql = format!("{} WHERE c.timeline = ? AND c.seq BETWEEN ? AND ? ORDER BY c.seq", claims::SELECT);
    let claimed = conn.rows(&sql, vec![id.into(), first.into(), last.into()]).await.map_err(failed)?;
    let claimed: Result<Vec<Claim>, String> = claimed.iter().map(claims::claim_of).collect();
    let mut claimed = claimed.map_err(StoreError::Read)?;
    let mut parcels = Vec::with_capacity(blocks.len());
    for block in blocks {
        let end = block.last;
        let mine = leaves.partition_point(|leaf| leaf.first() <= end);
        let kept = salts.partition_point(|(seq, _)| *seq <= end);
        let deeds = claimed.partition_point(|claim| claim.sequence.0.cast_signed() <= end);
        parcels.push(Parcel {
            timeline: timeline.clone(),
            block,
            leaves: leaves.drain(..mine).collect(),
            salts: salts.drain(..kept).collect(),
            claims: claimed.drain(..deeds).collect(),
        });
    }
    Ok(Parcels { parcels, frames })
}

/// Frames by their digest, each with the boot its monotonic time counts in.
pub(crate) type Frames = HashMap<Hash, (Frame, Box<str>)>;

async fn leaves(
    conn: &mut impl Ask,
    words: &Words,
    (timeline, id): (&Timeline, i64),
    (first, last): (i64, i64),
) -> Result<(Vec<Leaf>, Frames), StoreError> {
    let count = last.abs_diff(first) + 1;
    let (before, limit) = (Sequence(first.abs_diff(1)), usize::try_from(count).unwrap_or(usize::MAX));
    let mut stored = read::stored(conn, words, timeline, before, limit).await?;
    stored.retain(|stored| stored.entry.sequence.0.cast_signed() <= last);
    let limit = i64::try_from(count).unwrap_or(i64::MAX);
    let left = erasures::tombstones(conn, id, first - 1, limit).await.map_err(|e| error::read(&e))?;
    let found = sealing::frames(conn, words, &stored).await?;
    let mut leaves = Vec::with_capacity(stored.len());
    for stored in stored {
        let digest = match stored.frame {
            None => None,
            Some(id) => {
                let missing =
                    || StoreError::Read(format!("{}: frame {id} is missing; run `chairside verify`", timeline.key()));
                Some(found.get(&id).ok_or_else(missing)?.2)
            }
        };
        leaves.push(Leaf::Kept(Box::new(stored), digest));
    }
    for (_, tombstone) in left.into_iter().take_while(|(seq, _)| *seq <= last) {
        leaves.push(Leaf::Erased(tombstone.map_err(StoreError::Read)?));
    }
    leaves.sort_by_key(Leaf::first);
    Ok((leaves, found.into_values().map(|(frame, boot, digest)| (digest, (frame, boot))).collect()))
}

/// The hash of one block; `None`: there is no such block.
pub(crate) async fn hash_at(conn: &mut impl Ask, timeline: i64, number: i64) -> Result<Option<Hash>, sqlx::Error> {
    if number == 0 {
        return Ok(Some(GENESIS));
    }
    let found = verify::blocks(conn, timeline, number - 1, 1).await?;
    let block = found.into_iter().find(|block| block.number == number);
    Ok(block.and_then(|block| Hash::try_from(block.hash).ok()))
}
