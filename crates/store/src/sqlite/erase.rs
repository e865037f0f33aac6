//! Erasing in bounded steps: content goes, digests stay, the chain is as verifiable as before (S25).
//!
//! Each step is one transaction of the thread that writes the database, done only while nothing waits to be taken in. A
//! kill between two steps leaves a whole log of which less is erased.

use crate::StoreError;
use crate::canonical::{
    BlockHasher, BlockHead, ErasureHasher, ErasureHead, GENESIS, Hash, Root, Salt, block_hash, block_salt,
    entry_digest, entry_salt, erasure_hash, frame_digest,
};
use crate::sqlite::erasures::{self, ClaimLeft, REQUEST, RETENTION, Tombstone};
use crate::sqlite::rows::{FRAMES, Rows as Decoder, Stored};
use crate::sqlite::words::Words;
use crate::sqlite::write::{Writer, whole};
use crate::sqlite::{error, frames, names, read, sessions};
use crate::tables::ask::Ask;
use chairside_observation::{Micros, Sequence, Timeline};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Entries after which a step takes no further block: some ten milliseconds in which nothing is taken in. A block is never
/// divided, so that most leave one tombstone; the largest is one transaction of the journal.
const STEP_ENTRIES: u64 = 512;
/// Blocks looked at in one step, erased or not.
const STEP_BLOCKS: i64 = 128;

/// What is to be erased of a timeline.
pub(super) enum Which {
    /// What came in before `until` and no session claims; goes on where the last step ended.
    Unclaimed { until: Micros },
    /// What monitors said, in these entries; blocks after this number.
    Span { first: u64, last: u64, after: i64 },
    /// These entries, whatever they are, all in one transaction.
    Entries(BTreeSet<u64>),
}

/// One step.
pub(super) enum Step {
    /// Erases entries.
    Erase {
        timeline: Timeline,
        which: Which,
        /// Entry of the house that says who asked for it; `None`: nobody, it is retention.
        deed: Option<u64>,
        at: Micros,
    },
    /// From now on the names that are used are noted.
    Watch,
    /// Erases these names, but none that was used since they are noted.
    Forget(Vec<i64>),
    /// Takes the write-ahead log into the main file and empties it.
    Truncate,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) entries: u64,
    pub(super) frames: u64,
    pub(super) names: u64,
    /// Blocks that are damaged, and left as they are.
    pub(super) damaged: u64,
    /// The last block looked at, when there may be more; or that the step could not be done now (a number below 0).
    pub(super) next: Option<i64>,
}

/// A block as its row has it.
struct Block {
    number: i64,
    first: i64,
    last: i64,
    reached_wall_us: i64,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    resealed: Option<Vec<u8>>,
}

impl Block {
    const SELECT: &str = "SELECT b.number, b.first_seq, b.last_seq, b.reached_wall_us, b.hash, b.salt, r.digest \
         FROM block b LEFT JOIN resealed r ON r.timeline = b.timeline AND r.number = b.number WHERE b.timeline = ?";

    fn of(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: row.try_get(0)?,
            first: row.try_get(1)?,
            last: row.try_get(2)?,
            reached_wall_us: row.try_get(3)?,
            hash: row.try_get(4)?,
            salt: row.try_get(5)?,
            resealed: row.try_get(6)?,
        })
    }

    fn len(&self) -> u64 {
        self.last.abs_diff(self.first) + 1
    }

    /// Nothing of it was erased before.
    fn is_new(&self) -> bool {
        self.resealed.is_none() && self.salt.as_ref().is_none_or(|salt| !salt.is_empty())
    }

    fn head<'a>(&self, key: &'a str) -> BlockHead<'a> {
        BlockHead {
            timeline: key,
            number: self.number.cast_unsigned(),
            first: self.first.cast_unsigned(),
            last: self.last.cast_unsigned(),
            reached_wall_us: self.reached_wall_us,
        }
    }
}

/// A block with the digests of all its entries, which fit its hash.
struct Opened {
    block: Block,
    /// Entries that are there: digest, salt, frame.
    kept: BTreeMap<i64, (Hash, Salt, Option<i64>)>,
    /// The digest over all of them.
    root: Hash,
}

/// What a step writes and what it takes away.
struct Doing {
    timeline: i64,
    key: String,
    claims: BTreeMap<i64, ClaimLeft>,
    erasure: i64,
    left: ErasureHasher,
    frames: BTreeSet<i64>,
    done: Outcome,
}

impl Writer {
    /// Does one step. After an error the writer must be dropped.
    pub(super) async fn step(&mut self, step: &Step) -> Result<Outcome, StoreError> {
        let write = |e: sqlx::Error| error::write(&e);
        match step {
            Step::Erase { timeline, which, deed, at } => {
                // What leads to an erased row is its tombstone. Asked for each deleted row, SQLite would search every table.
                sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut self.conn).await.map_err(write)?;
                let done = self.erase(timeline, which, *deed, *at).await?;
                sqlx::query("PRAGMA foreign_keys = ON").execute(&mut self.conn).await.map_err(write)?;
                self.wrote(done.entries / 8 + 2 * done.frames);
                Ok(done)
            }
            Step::Watch => {
                self.placer.names.identities.watch();
                Ok(Outcome::default())
            }
            Step::Forget(ids) => self.forget(ids).await,
            Step::Truncate => self.truncate().await,
        }
    }

    async fn erase(
        &mut self,
        timeline: &Timeline,
        which: &Which,
        deed: Option<u64>,
        at: Micros,
    ) -> Result<Outcome, StoreError> {
        let write = |e: sqlx::Error| error::write(&e);
        let Some(id) = read::timeline_id(&mut self.conn, timeline).await? else { return Ok(Outcome::default()) };
        sqlx::query("BEGIN IMMEDIATE").execute(&mut self.conn).await.map_err(write)?;
        let blocks = blocks(&mut self.conn, id, which).await?;
        let previous: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT number, hash FROM erasure ORDER BY number DESC LIMIT 1")
                .fetch_optional(&mut self.conn)
                .await
                .map_err(write)?;
        let (before, previous) = previous.unwrap_or((0, GENESIS.to_vec()));
        let key = timeline.key();
        let mut doing = Doing {
            timeline: id,
            claims: erasures::claims(&mut self.conn, id).await.map_err(write)?,
            erasure: before + 1,
            left: ErasureHasher::new(&key),
            key,
            frames: BTreeSet::new(),
            done: Outcome::default(),
        };
        let mut looked = None;
        for block in blocks {
            if doing.done.entries >= STEP_ENTRIES && !matches!(which, Which::Entries(_)) {
                doing.done.next = looked;
                break;
            }
            looked = Some(block.number);
            self.erase_of_block(timeline, which, block, &mut doing).await?;
            doing.done.next = looked;
        }
        let Doing { erasure, left, frames, mut done, .. } = doing;
        done.frames = frames::erase(&mut self.conn, &frames).await.map_err(write)?;
        if done.entries > 0 {
            let why = if deed.is_some() { REQUEST } else { RETENTION };
            let previous = Hash::try_from(previous).map_err(|_| damaged("the chain of erasures"))?;
            let number = erasure.cast_unsigned();
            let head = ErasureHead { number, at_wall_us: at.0, why, deed, entries: done.entries };
            sqlx::query("INSERT INTO erasure VALUES (?, ?, ?, ?, ?, ?)")
                .bind(erasure)
                .bind(at.0)
                .bind(why)
                .bind(deed.map(|deed| whole(deed, "sequence")).transpose()?)
                .bind(whole(done.entries, "entries")?)
                .bind(erasure_hash(&previous, &head, &left.finish()).as_slice())
                .execute(&mut self.conn)
                .await
                .map_err(write)?;
        }
        if let Which::Entries(_) = which {
            sessions::forget(&mut self.conn, id).await.map_err(write)?;
        }
        if let (Which::Unclaimed { .. }, Some(block)) = (which, looked) {
            sqlx::query("INSERT OR REPLACE INTO _swept VALUES (?, ?)")
                .bind(id)
                .bind(block)
                .execute(&mut self.conn)
                .await
                .map_err(write)?;
        }
        sqlx::query("COMMIT").execute(&mut self.conn).await.map_err(write)?;
        Ok(done)
    }

    async fn erase_of_block(
        &mut self,
        timeline: &Timeline,
        which: &Which,
        block: Block,
        doing: &mut Doing,
    ) -> Result<(), StoreError> {
        let write = |e: sqlx::Error| error::write(&e);
        let (first, last) = (block.first, block.last);
        let wanted = wanted(&mut self.conn, doing, which, (first, last)).await.map_err(write)?;
        if !wanted.is_empty() {
            match self.opened(timeline, block, doing).await {
                Ok(opened) => put(&mut self.conn, &opened, &wanted, doing).await.map_err(write)?,
                // It stays as it is: evidence of what happened to it, which a tombstone would wash away.
                Err(StoreError::Read(what)) => {
                    tracing::error!(what, "a damaged block is not erased; run `chairside verify`");
                    doing.done.damaged += 1;
                }
                Err(other) => return Err(other),
            }
        }
        if matches!(which, Which::Unclaimed { .. }) {
            keep_names(&mut self.conn, doing.timeline, (first, last)).await.map_err(write)?;
        }
        Ok(())
    }

    /// Computes the digest of every entry of the block and holds them against its hash.
    async fn opened(&mut self, timeline: &Timeline, block: Block, doing: &Doing) -> Result<Opened, StoreError> {
        let read = |e: sqlx::Error| error::read(&e);
        let Doing { timeline: id, key, .. } = doing;
        let after = Sequence((block.first - 1).cast_unsigned());
        let size = usize::try_from(block.len()).unwrap_or(usize::MAX);
        let words = self.words();
        let mut stored = read::stored(&mut self.conn, &words, timeline, after, size).await?;
        stored.retain(|stored| stored.entry.sequence.0 <= block.last.cast_unsigned());
        let digests = digests(&mut self.conn, &words, &stored).await?;
        let own = match &block.salt {
            None if block.is_new() => Some(block_salt(self.placer.drawn(), key, block.number.cast_unsigned())),
            Some(salt) if !salt.is_empty() => {
                Some(Salt::try_from(salt.as_slice()).map_err(|_| damaged("a block's salt"))?)
            }
            _ => None,
        };
        let salts = erasures::kept_salts(&mut self.conn, *id, (block.first, block.last)).await.map_err(read)?;
        let salts: HashMap<i64, Vec<u8>> = salts.into_iter().collect();
        let mut kept = BTreeMap::new();
        for Stored { entry, boot, frame } in &stored {
            let seq = whole(entry.sequence.0, "sequence")?;
            let salt = match &own {
                Some(own) => entry_salt(own, entry.sequence.0),
                None => salts
                    .get(&seq)
                    .and_then(|salt| Salt::try_from(salt.as_slice()).ok())
                    .ok_or_else(|| damaged("a salt"))?,
            };
            let digest = frame.map(|frame| digests.get(&frame).ok_or_else(|| damaged("a frame"))).transpose()?;
            kept.insert(seq, (entry_digest(&salt, entry, boot, digest), salt, *frame));
        }
        let root = root(&mut self.conn, *id, &block, &kept).await?;
        let opened = Opened { kept, root, block };
        let hash = previous_hash(&mut self.conn, *id, opened.block.number).await.map_err(read)?;
        let fits = match (&opened.block.salt, &opened.block.resealed) {
            (None, Some(digest)) => root[..] == **digest,
            (None, None) => {
                let mut hasher = BlockHasher::new(&hash, &opened.block.head(key));
                for Stored { entry, boot, frame } in &stored {
                    hasher.add(entry, boot, frame.and_then(|frame| digests.get(&frame)));
                }
                hasher.finish()[..] == *opened.block.hash
            }
            (Some(_), _) => block_hash(&hash, &opened.block.head(key), &root)[..] == *opened.block.hash,
        };
        if fits { Ok(opened) } else { Err(damaged(&format!("{key}, block {}", opened.block.number))) }
    }

    async fn forget(&mut self, ids: &[i64]) -> Result<Outcome, StoreError> {
        let Some(used) = self.placer.names.identities.watched() else { return Ok(Outcome::default()) };
        let unused: Vec<String> = ids.iter().filter(|id| !used.contains(id)).map(i64::to_string).collect();
        if unused.is_empty() {
            return Ok(Outcome::default());
        }
        let list = format!("[{}]", unused.join(","));
        let write = |e: sqlx::Error| error::write(&e);
        for sql in ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"] {
            sqlx::query(sql).execute(&mut self.conn).await.map_err(write)?;
        }
        for table in ["identity WHERE id", "channel WHERE identity", "_kept_identity WHERE identity"] {
            let sql = format!("DELETE FROM {table} IN (SELECT value FROM json_each(?))");
            sqlx::query(AssertSqlSafe(sql)).bind(&list).execute(&mut self.conn).await.map_err(write)?;
        }
        for sql in ["COMMIT", "PRAGMA foreign_keys = ON"] {
            sqlx::query(sql).execute(&mut self.conn).await.map_err(write)?;
        }
        // What is remembered of them must not be used again.
        self.placer.names = names::load(&mut self.conn).await?;
        self.wrote(unused.len() as u64);
        Ok(Outcome { names: unused.len() as u64, ..Outcome::default() })
    }

    /// Does not wait for readers: whoever asked comes again.
    async fn truncate(&mut self) -> Result<Outcome, StoreError> {
        let write = |e: sqlx::Error| error::write(&e);
        let waits: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut self.conn).await.map_err(write)?;
        sqlx::query("PRAGMA busy_timeout = 0").execute(&mut self.conn).await.map_err(write)?;
        let busy: i64 = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.conn)
            .await
            .and_then(|row| row.try_get(0))
            .map_err(write)?;
        let restore = format!("PRAGMA busy_timeout = {waits}");
        sqlx::query(AssertSqlSafe(restore)).execute(&mut self.conn).await.map_err(write)?;
        Ok(Outcome { next: (busy != 0).then_some(-1), ..Outcome::default() })
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Read(format!("{what} is damaged"))
}

/// The blocks a step looks at, in order.
async fn blocks(conn: &mut SqliteConnection, timeline: i64, which: &Which) -> Result<Vec<Block>, StoreError> {
    let read = |e: sqlx::Error| error::read(&e);
    let select = Block::SELECT;
    let rows = match which {
        Which::Unclaimed { until } => {
            let sql = format!(
                "{select} AND b.number > coalesce((SELECT block FROM _swept WHERE timeline = ?1), 0) \
                 AND b.reached_wall_us < ?2 ORDER BY b.number LIMIT ?3"
            );
            let query = sqlx::query(AssertSqlSafe(sql)).bind(timeline).bind(until.0).bind(STEP_BLOCKS);
            query.fetch_all(conn).await.map_err(read)?
        }
        Which::Span { first, last, after } => {
            let from = (*after).max(holding(conn, timeline, *first).await? - 1);
            let sql = format!("{select} AND b.number > ?2 AND b.first_seq <= ?3 ORDER BY b.number LIMIT ?4");
            let query = sqlx::query(AssertSqlSafe(sql)).bind(timeline).bind(from).bind(whole(*last, "sequence")?);
            query.bind(STEP_BLOCKS).fetch_all(conn).await.map_err(read)?
        }
        Which::Entries(entries) => {
            let mut numbers = BTreeSet::new();
            for entry in entries {
                numbers.insert(holding(conn, timeline, *entry).await?.to_string());
            }
            let list = numbers.into_iter().collect::<Vec<_>>().join(",");
            let sql = format!("{select} AND b.number IN (SELECT value FROM json_each(?)) ORDER BY b.number");
            let query = sqlx::query(AssertSqlSafe(sql)).bind(timeline).bind(format!("[{list}]"));
            query.fetch_all(conn).await.map_err(read)?
        }
    };
    rows.iter().map(Block::of).collect::<Result<_, _>>().map_err(read)
}

/// Number of the block that holds an entry, or of the one after the last.
pub(super) async fn holding(conn: &mut impl Ask, timeline: i64, entry: u64) -> Result<i64, StoreError> {
    let entry = whole(entry, "sequence")?;
    let failed = |e: sqlx::Error| error::read(&e);
    let newest = read::newest_block(conn, timeline).await.map_err(failed)?;
    let (mut low, mut high) = (1, newest + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let sql = "SELECT last_seq FROM block WHERE timeline = ? AND number = ?";
        let last = conn.number(sql, vec![timeline.into(), middle.into()]).await.map_err(failed)?;
        if last.is_none_or(|last| last >= entry) { high = middle } else { low = middle + 1 }
    }
    Ok(low)
}

/// The entries of a block that go.
async fn wanted(
    conn: &mut SqliteConnection,
    doing: &Doing,
    which: &Which,
    (first, last): (i64, i64),
) -> Result<BTreeSet<i64>, sqlx::Error> {
    // What monitors said has a frame; links and deeds have none.
    let framed: Vec<i64> = sqlx::query_scalar(
        "SELECT seq FROM reading WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 \
         UNION ALL SELECT seq FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 AND (frame IS NOT NULL OR ?4)",
    )
    .bind(doing.timeline)
    .bind(first)
    .bind(last)
    .bind(matches!(which, Which::Entries(_)))
    .fetch_all(conn)
    .await?;
    let spans = if matches!(which, Which::Unclaimed { .. }) { spans(&doing.claims) } else { Vec::new() };
    let goes = |seq: &i64| match which {
        Which::Unclaimed { .. } => !spans.iter().any(|(from, through)| (from..=through).contains(&seq)),
        Which::Span { first, last, .. } => (*first..=*last).contains(&seq.cast_unsigned()),
        Which::Entries(entries) => entries.contains(&seq.cast_unsigned()),
    };
    Ok(framed.into_iter().filter(goes).collect())
}

/// First and last entry of each session, from its claims.
pub(super) fn spans(claims: &BTreeMap<i64, ClaimLeft>) -> Vec<(i64, i64)> {
    let (mut spans, mut open) = (Vec::new(), None);
    for claim in claims.values() {
        match claim.step.as_str() {
            "begin" | "from" => open = Some(claim.bound),
            "release" => spans.extend(open.take().map(|from| (from, claim.bound))),
            _ => {}
        }
    }
    spans.extend(open.map(|from| (from, i64::MAX)));
    spans
}

/// Digests of the frames of some entries.
async fn digests(
    conn: &mut SqliteConnection,
    words: &Words,
    stored: &[Stored],
) -> Result<HashMap<i64, Hash>, StoreError> {
    let frames: BTreeSet<i64> = stored.iter().filter_map(|stored| stored.frame).collect();
    let mut digests = HashMap::with_capacity(frames.len());
    let sql = format!("{FRAMES} WHERE f.id = ?");
    for id in frames {
        // One at a time: their raw bytes may be large.
        let row = sqlx::query(AssertSqlSafe(sql.as_str())).bind(id).fetch_optional(&mut *conn).await;
        let Some(row) = row.map_err(|e| error::read(&e))? else { continue };
        let (_, frame, boot) = Decoder::new(words).frame(&row).map_err(StoreError::Read)?;
        digests.insert(id, frame_digest(&frame, &boot));
    }
    Ok(digests)
}

/// The digest over all entries of a block, those that are there and those of which a tombstone is left.
async fn root(
    conn: &mut SqliteConnection,
    timeline: i64,
    block: &Block,
    kept: &BTreeMap<i64, (Hash, Salt, Option<i64>)>,
) -> Result<Hash, StoreError> {
    let limit = i64::try_from(block.len()).unwrap_or(i64::MAX);
    let found = erasures::tombstones(conn, timeline, block.first - 1, limit).await.map_err(|e| error::read(&e))?;
    let mut all: BTreeMap<i64, Hash> = kept.iter().map(|(seq, (digest, ..))| (*seq, *digest)).collect();
    for (seq, tombstone) in found.into_iter().take_while(|(seq, _)| *seq <= block.last) {
        all.insert(seq, tombstone.map_err(StoreError::Read)?.digest);
    }
    let mut root = Root::new();
    all.values().for_each(|digest| root.add(digest));
    if all.len() as u64 == block.len() { Ok(root.finish()) } else { Err(damaged("a block with missing entries")) }
}

async fn previous_hash(conn: &mut SqliteConnection, timeline: i64, number: i64) -> Result<Hash, sqlx::Error> {
    let hash: Option<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM block WHERE timeline = ? AND number = ?")
        .bind(timeline)
        .bind(number - 1)
        .fetch_optional(conn)
        .await?;
    Ok(hash.and_then(|hash| Hash::try_from(hash).ok()).unwrap_or(GENESIS))
}

/// Puts tombstones in the place of the `wanted` entries of a block.
async fn put(
    conn: &mut SqliteConnection,
    opened: &Opened,
    wanted: &BTreeSet<i64>,
    doing: &mut Doing,
) -> Result<(), sqlx::Error> {
    let Opened { block, kept, root } = opened;
    let (timeline, erasure) = (doing.timeline, doing.erasure);
    let all = block.is_new() && wanted.len() as u64 == block.len();
    if block.is_new() {
        match block.salt {
            None => {
                let hash = Hash::try_from(block.hash.as_slice()).unwrap_or(GENESIS);
                doing.left.resealed(block.number.cast_unsigned(), &hash, block.reached_wall_us, root);
                let insert = sqlx::query("INSERT INTO resealed VALUES (?, ?, ?, ?)").bind(timeline).bind(block.number);
                insert.bind(root.as_slice()).bind(erasure).execute(&mut *conn).await?;
            }
            Some(_) => {
                let update = sqlx::query("UPDATE block SET salt = x'' WHERE timeline = ? AND number = ?");
                update.bind(timeline).bind(block.number).execute(&mut *conn).await?;
            }
        }
        for (seq, (_, salt, _)) in kept.iter().filter(|(seq, _)| !wanted.contains(seq)) {
            let insert = sqlx::query("INSERT INTO kept_salt VALUES (?, ?, ?)").bind(timeline).bind(seq);
            insert.bind(salt.as_slice()).execute(&mut *conn).await?;
        }
    }
    let single = wanted.iter().filter_map(|seq| {
        let (digest, ..) = kept.get(seq)?;
        Some(Tombstone { first: *seq, last: *seq, digest: *digest, erasure })
    });
    let tombstones: Vec<Tombstone> = if all {
        vec![Tombstone { first: block.first, last: block.last, digest: *root, erasure }]
    } else {
        single.collect()
    };
    for tombstone in &tombstones {
        erasures::put(&mut doing.left, tombstone, &doing.claims);
        let Tombstone { first, last, digest, .. } = tombstone;
        let insert = sqlx::query("INSERT INTO tombstone VALUES (?, ?, ?, ?, ?)").bind(timeline).bind(first).bind(last);
        insert.bind(digest.as_slice()).bind(erasure).execute(&mut *conn).await?;
        for table in ["reading_more", "reading", "note", "kept_salt"] {
            let sql = format!("DELETE FROM {table} WHERE timeline = ? AND seq BETWEEN ? AND ?");
            sqlx::query(AssertSqlSafe(sql)).bind(timeline).bind(first).bind(last).execute(&mut *conn).await?;
        }
    }
    doing.done.entries += wanted.len() as u64;
    doing.frames.extend(wanted.iter().filter_map(|seq| kept.get(seq)?.2));
    Ok(())
}

/// Notes whose names the entries of a block refer to that retention has kept.
async fn keep_names(conn: &mut SqliteConnection, timeline: i64, (first, last): (i64, i64)) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO _kept_identity SELECT c.identity FROM reading r JOIN channel c ON c.id = r.channel \
         WHERE r.timeline = ?1 AND r.seq BETWEEN ?2 AND ?3 AND c.identity IS NOT NULL \
         UNION SELECT identity FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 AND identity IS NOT NULL",
    )
    .bind(timeline)
    .bind(first)
    .bind(last)
    .execute(conn)
    .await
    .map(|_| ())
}
