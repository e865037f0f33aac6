//! Recomputes every digest and chain, in bounded memory.

use crate::canonical::{
    BlockHasher, BlockHead, GENESIS, Hash, Root, Salt, block_hash, entry_digest, entry_salt, frame_digest,
};
use crate::tables::ask::{Ask, Cells, Readers, cell, list, maybe};
use crate::tables::erasures::{self, Erasures, Tombstone};
use crate::tables::rows::{Damage, FRAMES, NOTES_SELECT, READINGS, Rows, Stored};
use crate::tables::words::Words;
use crate::tables::{claims, error};
use crate::{StoreError, Verified};
use chairside_observation::Timeline;
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

/// Entries and blocks read at a time.
const PAGE: i64 = 512;
/// Frames whose bytes are in memory together: each may be as long as a message may be.
const FRAMES_PAGE: usize = 32;
/// Numbers of frames read at a time.
const IDS_PAGE: i64 = 4096;
/// Findings told; a log that is damaged all over needs no longer list.
const BROKEN_MAX: usize = 1000;
/// Frames one page of [`Seen`] stands for.
const SEEN_PAGE: u64 = 32_768;

/// Which frames some entry refers to: one bit a frame, so that 100 million frames need 12 MiB. Pages exist only where
/// frames do, so a damaged number costs one page.
#[derive(Default)]
struct Seen(HashMap<u64, Box<[u64]>>);

impl Seen {
    /// Notes the frame; `true` when it is new.
    fn add(&mut self, id: i64) -> bool {
        let (page, bit) = Self::place(id);
        let words = self.0.entry(page).or_insert_with(|| vec![0; (SEEN_PAGE / 64) as usize].into());
        let word = &mut words[(bit / 64) as usize];
        let new = *word & (1 << (bit % 64)) == 0;
        *word |= 1 << (bit % 64);
        new
    }

    fn contains(&self, id: i64) -> bool {
        let (page, bit) = Self::place(id);
        self.0.get(&page).is_some_and(|words| words[(bit / 64) as usize] & (1 << (bit % 64)) != 0)
    }

    fn place(id: i64) -> (u64, u64) {
        let id = id.cast_unsigned();
        (id / SEEN_PAGE, id % SEEN_PAGE)
    }
}

struct Check {
    words: Words,
    found: Verified,
    more: u64,
    seen: Seen,
    erasures: Erasures,
}

impl Check {
    fn broken(&mut self, sentence: String) {
        if self.found.broken.len() < BROKEN_MAX {
            self.found.broken.push(sentence);
        } else {
            self.more += 1;
        }
    }
}

/// A block as its row has it.
pub(crate) struct Block {
    pub(crate) number: i64,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) reached_wall_us: i64,
    pub(crate) hash: Vec<u8>,
    /// `None`: form 1. Empty: some of its entries are erased.
    pub(crate) salt: Option<Vec<u8>>,
    /// Of form 1 with erased entries: the digest over all entries and the step that made it.
    pub(crate) resealed: Option<(Vec<u8>, i64)>,
}

impl Block {
    pub(crate) fn head<'a>(&self, timeline: &'a str) -> BlockHead<'a> {
        BlockHead {
            timeline,
            number: self.number.cast_unsigned(),
            first: self.first.cast_unsigned(),
            last: self.last.cast_unsigned(),
            reached_wall_us: self.reached_wall_us,
        }
    }
}

/// What stands at a place of a timeline.
enum Leaf {
    Kept(Box<Stored>, Option<Hash>),
    Erased(Tombstone),
}

/// How the entries of a block are hashed.
enum Hashing {
    Entries(BlockHasher),
    /// With the salt of the block.
    Whole(Root, Salt),
    /// With the salts of those entries that are kept.
    Opened(Root, HashMap<i64, Salt>),
}

/// An entry ready to be hashed, or what is wrong with its row, with its sequence.
type Item = (i64, Result<Leaf, Damage>);

/// `through`: steps of erasing after this one are not judged.
pub(crate) async fn verify(readers: &impl Readers, through: i64) -> Result<Verified, StoreError> {
    let read = |e: sqlx::Error| error::read(&e);
    let mut conn = readers.begin().await.map_err(read)?;
    let mut check = Check {
        words: Words::load(&mut conn).await?,
        found: Verified::default(),
        more: 0,
        seen: Seen::default(),
        erasures: Erasures::begin(&mut conn, through).await.map_err(read)?,
    };
    for sentence in std::mem::take(&mut check.words.broken) {
        check.broken(sentence);
    }
    // Frames that arrive while this runs are not judged: their entries may lie in a timeline already looked at.
    let newest = conn.number("SELECT max(id) FROM frame", vec![]).await.map_err(read)?.unwrap_or(0);
    drop(conn);
    let mut timelines = 0;
    let mut after = i64::MIN;
    loop {
        // One state of the log for each timeline; a longer one would keep the writer from re-using its log.
        let mut tx = readers.begin().await.map_err(read)?;
        let Some(id) = next_timeline(&mut tx, after).await.map_err(read)? else { break };
        timeline(&mut tx, &mut check, id).await.map_err(read)?;
        timelines += 1;
        if id == i64::MAX {
            break;
        }
        after = id;
    }
    let mut tx = readers.begin().await.map_err(read)?;
    frames(&mut tx, &mut check, newest).await.map_err(read)?;
    orphans(&mut tx, &mut check).await.map_err(read)?;
    let erasures = std::mem::take(&mut check.erasures);
    for sentence in erasures.check(&mut tx, &mut check.found).await.map_err(read)? {
        check.broken(sentence);
    }
    for sentence in claims::check(&mut tx, &check.words).await? {
        check.broken(sentence);
    }
    check.found.timelines = timelines;
    if check.more > 0 {
        check.found.broken.push(format!("and {} more", check.more));
    }
    Ok(check.found)
}

/// The next timeline number any table speaks of, known or not.
async fn next_timeline(conn: &mut impl Ask, after: i64) -> Result<Option<i64>, sqlx::Error> {
    let sql = "SELECT min(n.id) FROM (SELECT min(id) AS id FROM timeline WHERE id > ?1 \
         UNION ALL SELECT min(timeline) FROM block WHERE timeline > ?1 \
         UNION ALL SELECT min(timeline) FROM reading WHERE timeline > ?1 \
         UNION ALL SELECT min(timeline) FROM note WHERE timeline > ?1 \
         UNION ALL SELECT min(timeline) FROM tombstone WHERE timeline > ?1) n";
    conn.number(sql, vec![after.into()]).await
}

async fn timeline(conn: &mut impl Ask, check: &mut Check, id: i64) -> Result<(), sqlx::Error> {
    let row = conn.row("SELECT key FROM timeline WHERE id = ?", vec![id.into()]).await?;
    let key = row.as_ref().map(cell_0).transpose()?;
    let Some(timeline) = key.as_deref().and_then(Timeline::from_key) else {
        check.broken(format!("timeline {id}: there are rows, but no such timeline"));
        return Ok(());
    };
    check.erasures.of_timeline(conn, id, &timeline.key()).await?;
    let mut walk = Walk { id, key: timeline.key(), timeline, after: i64::MIN, page: VecDeque::new(), done: false };
    let mut previous: Hash = GENESIS;
    let (mut number, mut sequence, mut reached) = (0_i64, 0_i64, i64::MIN);
    let mut after_block = i64::MIN;
    loop {
        let blocks = blocks(conn, id, after_block, PAGE).await?;
        let Some(last) = blocks.last() else { break };
        after_block = last.number;
        for block in &blocks {
            number = number.saturating_add(1);
            let place = format!("{}, block {}, entries {} to {}", walk.key, block.number, block.first, block.last);
            if block.number != number || block.first != sequence.saturating_add(1) || block.last < block.first {
                check.broken(format!("{place}: expected block {number} from entry {}", sequence.saturating_add(1)));
            }
            (number, sequence) = (block.number, block.last);
            let computed = walk.block(conn, check, &place, block, &previous, reached).await?;
            reached = reached.max(block.reached_wall_us);
            check.found.blocks += 1;
            if computed.is_some_and(|hash| hash != *block.hash) {
                check.broken(format!("{place}: the chain does not fit: an entry, a frame or the block was changed"));
            }
            previous = block.hash.as_slice().try_into().unwrap_or(GENESIS);
        }
    }
    if number == 0 {
        check.broken(format!("{}: there are no blocks", walk.key));
    }
    while let Some((seq, _)) = walk.next(conn, check).await? {
        check.broken(format!("{}, entry {seq}: belongs to no block", walk.key));
    }
    Ok(())
}

fn cell_0<R: Cells>(row: &R) -> Result<Cow<'_, str>, sqlx::Error> {
    cell(row, 0)
}

/// Blocks after a number, in order.
pub(crate) async fn blocks(
    conn: &mut impl Ask,
    timeline: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Block>, sqlx::Error> {
    let sql = "SELECT b.number, b.first_seq, b.last_seq, b.reached_wall_us, b.hash, b.salt, r.digest, r.erasure FROM block b \
         LEFT JOIN resealed r ON r.timeline = b.timeline AND r.number = b.number \
         WHERE b.timeline = ? AND b.number > ? ORDER BY b.number LIMIT ?";
    let rows = conn.rows(sql, vec![timeline.into(), after.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Block {
                number: cell(row, 0)?,
                first: cell(row, 1)?,
                last: cell(row, 2)?,
                reached_wall_us: cell(row, 3)?,
                hash: cell(row, 4)?,
                salt: maybe(row, 5)?,
                resealed: maybe::<Vec<u8>>(row, 6)?.zip(maybe(row, 7)?),
            })
        })
        .collect()
}

/// Goes through the entries of one timeline once.
struct Walk {
    id: i64,
    key: String,
    timeline: Timeline,
    after: i64,
    page: VecDeque<Item>,
    done: bool,
}

impl Walk {
    /// Recomputes the hash of one block; `None` when entries are missing or unreadable, which is told, or when it is held
    /// by the chain of erasures alone.
    async fn block(
        &mut self,
        conn: &mut impl Ask,
        check: &mut Check,
        place: &str,
        block: &Block,
        previous: &Hash,
        reached: i64,
    ) -> Result<Option<Hash>, sqlx::Error> {
        let Some(mut hashing) = self.hashing(conn, check, place, block, previous).await? else { return Ok(None) };
        let (mut expected, mut whole, mut reached, mut erased) = (block.first, true, reached, false);
        let mut all = None;
        while let Some((seq, _)) = self.peek(conn, check).await? {
            if *seq > block.last {
                break;
            }
            let Some((seq, item)) = self.page.pop_front() else { break };
            if seq != expected {
                check.broken(format!("{place}: found entry {seq}, expected {expected}"));
                whole = false;
            }
            expected = seq.saturating_add(1);
            let taken = match item {
                Ok(Leaf::Kept(stored, digest)) => {
                    check.found.entries += 1;
                    reached = reached.max(stored.entry.received.wall.0);
                    hashing.kept(seq, &stored, digest.as_ref())
                }
                Ok(Leaf::Erased(tombstone)) => {
                    (expected, erased) = (tombstone.last.saturating_add(1), true);
                    check.erasures.add(self.id, &tombstone, &mut check.found.broken);
                    if (tombstone.first, tombstone.last) == (block.first, block.last) {
                        all = Some(tombstone.digest);
                    }
                    hashing.erased(&tombstone)
                }
                Err(damage) => Err(damage),
            };
            if let Err(damage) = taken {
                check.broken(format!("{place}: entry {seq}: {damage}"));
                whole = false;
            }
        }
        if whole && expected != block.last.saturating_add(1) {
            check.broken(format!("{place}: entries from {expected} on are missing"));
            whole = false;
        }
        // Where entries are gone the hash alone says how far it reached.
        if whole && !erased && reached != block.reached_wall_us {
            check.broken(format!("{place}: reached_wall_us: found {}, expected {reached}", block.reached_wall_us));
        }
        let Finished { hash, root, left } = hashing.finish(previous, &block.head(&self.key), all);
        if left {
            check.broken(format!("{place}: kept_salt has rows without an entry"));
        }
        let Some((digest, _)) = &block.resealed else { return Ok(whole.then_some(hash)) };
        if whole && root.is_none_or(|root| root[..] != **digest) {
            check.broken(format!("{place}: the chain does not fit: an entry, a frame or a tombstone was changed"));
        }
        Ok(None)
    }

    /// How the block is hashed; `None` when its row contradicts itself, which is told.
    async fn hashing(
        &mut self,
        conn: &mut impl Ask,
        check: &mut Check,
        place: &str,
        block: &Block,
        previous: &Hash,
    ) -> Result<Option<Hashing>, sqlx::Error> {
        let opened = match (&block.salt, &block.resealed) {
            (None, None) => {
                return Ok(Some(Hashing::Entries(BlockHasher::new(previous, &block.head(&self.key)))));
            }
            (Some(salt), None) if !salt.is_empty() => match Salt::try_from(salt.as_slice()) {
                Ok(salt) => return Ok(Some(Hashing::Whole(Root::new(), salt))),
                Err(_) => false,
            },
            (None, Some((digest, erasure))) => {
                check.erasures.resealed(self.id, block.number, &block.hash, block.reached_wall_us, (digest, *erasure))
            }
            (Some(salt), None) => salt.is_empty(),
            (Some(_), Some(_)) => false,
        };
        if !opened {
            check.broken(format!("{place}: its salt, hash or digest has another length, or does not belong there"));
            return Ok(None);
        }
        let salts = erasures::kept_salts(conn, self.id, (block.first, block.last)).await?;
        check.erasures.salts += salts.len() as u64;
        let count = salts.len();
        let salts: HashMap<i64, Salt> =
            salts.into_iter().filter_map(|(seq, salt)| Some((seq, Salt::try_from(salt).ok()?))).collect();
        if salts.len() != count {
            check.broken(format!("{place}: a salt of an entry has another length"));
        }
        Ok(Some(Hashing::Opened(Root::new(), salts)))
    }

    async fn next(&mut self, conn: &mut impl Ask, check: &mut Check) -> Result<Option<Item>, sqlx::Error> {
        self.peek(conn, check).await?;
        Ok(self.page.pop_front())
    }

    async fn peek(&mut self, conn: &mut impl Ask, check: &mut Check) -> Result<Option<&Item>, sqlx::Error> {
        if self.page.is_empty() && !self.done {
            self.load(conn, check).await?;
        }
        Ok(self.page.front())
    }

    /// Reads the next page of entries and the digests of their frames.
    async fn load(&mut self, conn: &mut impl Ask, check: &mut Check) -> Result<(), sqlx::Error> {
        let mut items: Vec<(i64, Result<Stored, Damage>)> = Vec::new();
        let tombstones = erasures::tombstones(conn, self.id, self.after, PAGE).await?;
        let mut rows = Rows::new(&check.words);
        for (select, table, is_reading) in [(READINGS, "r", true), (NOTES_SELECT, "n", false)] {
            let sql = format!(
                "{select} WHERE {table}.timeline = ? AND {table}.seq > ? ORDER BY {table}.timeline, {table}.seq LIMIT ?"
            );
            let found = conn.rows(&sql, vec![self.id.into(), self.after.into(), PAGE.into()]).await?;
            for row in &found {
                let stored =
                    if is_reading { rows.reading(&self.timeline, row) } else { rows.note(&self.timeline, row) };
                items.push((cell(row, 0)?, stored));
            }
        }
        let frames = items.iter().filter_map(|(_, stored)| stored.as_ref().ok()?.frame).collect();
        let digests = digests(conn, check, frames).await?;
        let mut leaves: Vec<Item> = items.into_iter().map(|(seq, stored)| (seq, leaf(stored, &digests))).collect();
        leaves.extend(tombstones.into_iter().map(|(seq, tombstone)| (seq, tombstone.map(Leaf::Erased))));
        leaves.sort_by_key(|(seq, _)| *seq);
        leaves.truncate(PAGE as usize);
        self.done = leaves.len() < PAGE as usize;
        self.after = leaves.last().map_or(i64::MAX, |(seq, _)| *seq);
        self.page.extend(leaves);
        Ok(())
    }
}

fn leaf(stored: Result<Stored, Damage>, digests: &HashMap<i64, Result<Hash, Damage>>) -> Result<Leaf, Damage> {
    let stored = Box::new(stored?);
    let Some(frame) = stored.frame else { return Ok(Leaf::Kept(stored, None)) };
    match digests.get(&frame) {
        Some(Ok(digest)) => Ok(Leaf::Kept(stored, Some(*digest))),
        Some(Err(damage)) => Err(format!("frame {frame}: {damage}")),
        None => Err(format!("frame {frame} is missing")),
    }
}

impl Hashing {
    fn kept(&mut self, seq: i64, stored: &Stored, frame: Option<&Hash>) -> Result<(), Damage> {
        let Stored { entry, boot, .. } = stored;
        match self {
            Self::Entries(hasher) => hasher.add(entry, boot, frame),
            Self::Whole(root, salt) => root.add(&entry_digest(&entry_salt(salt, entry.sequence.0), entry, boot, frame)),
            Self::Opened(root, salts) => {
                let salt = salts.remove(&seq).ok_or("its salt is missing")?;
                root.add(&entry_digest(&salt, entry, boot, frame));
            }
        }
        Ok(())
    }

    fn erased(&mut self, tombstone: &Tombstone) -> Result<(), Damage> {
        match self {
            Self::Opened(root, _) => {
                root.add(&tombstone.digest);
                Ok(())
            }
            _ => Err("a tombstone in a block that knows of no erasure".to_owned()),
        }
    }

    /// `all`: the digest over all entries, when not one is kept.
    fn finish(self, previous: &Hash, head: &BlockHead<'_>, all: Option<Hash>) -> Finished {
        let (root, left) = match self {
            Self::Entries(hasher) => return Finished { hash: hasher.finish(), root: None, left: false },
            Self::Whole(root, _) => (root.finish(), false),
            Self::Opened(root, salts) => (all.unwrap_or_else(|| root.finish()), !salts.is_empty()),
        };
        Finished { hash: block_hash(previous, head, &root), root: Some(root), left }
    }
}

/// A block that was gone through.
struct Finished {
    /// Its hash, of form 1 or 2.
    hash: Hash,
    /// The digest over its entries.
    root: Option<Hash>,
    /// Salts are left over.
    left: bool,
}

/// Digests frames, a few at a time: their raw bytes may be large.
async fn digests<C: Ask>(
    conn: &mut C,
    check: &mut Check,
    mut frames: Vec<i64>,
) -> Result<HashMap<i64, Result<Hash, Damage>>, sqlx::Error> {
    frames.sort_unstable();
    frames.dedup();
    let mut digests = HashMap::with_capacity(frames.len());
    let sql = format!("{FRAMES} WHERE f.id {}", C::AMONG);
    for some in frames.chunks(FRAMES_PAGE) {
        for row in conn.rows(&sql, vec![(&list(some)).into()]).await? {
            let id: i64 = cell(&row, 0)?;
            let digest = Rows::new(&check.words).frame(&row).map(|(_, frame, boot)| frame_digest(&frame, &boot));
            if check.seen.add(id) {
                check.found.frames += 1;
            }
            digests.insert(id, digest);
        }
    }
    Ok(digests)
}

/// Every frame belongs to an entry, and so to a chain.
async fn frames(conn: &mut impl Ask, check: &mut Check, newest: i64) -> Result<(), sqlx::Error> {
    let sql = "SELECT id FROM frame WHERE id > ? AND id <= ? ORDER BY id LIMIT ?";
    let mut after = i64::MIN;
    loop {
        let rows = conn.rows(sql, vec![after.into(), newest.into(), IDS_PAGE.into()]).await?;
        for row in &rows {
            after = cell(row, 0)?;
            if !check.seen.contains(after) {
                check.broken(format!("frame {after}: no entry belongs to it"));
            }
        }
        if (rows.len() as i64) < IDS_PAGE {
            return Ok(());
        }
    }
}

/// Rows that say more of a reading that is not there.
async fn orphans(conn: &mut impl Ask, check: &mut Check) -> Result<(), sqlx::Error> {
    let sql = "SELECT m.timeline, m.seq FROM reading_more m WHERE NOT EXISTS \
         (SELECT 1 FROM reading r WHERE r.timeline = m.timeline AND r.seq = m.seq) LIMIT 100";
    for row in conn.rows(sql, vec![]).await? {
        let (timeline, seq): (i64, i64) = (cell(&row, 0)?, cell(&row, 1)?);
        check.broken(format!("timeline {timeline}, entry {seq}: reading_more has a row, but there is no reading"));
    }
    Ok(())
}
