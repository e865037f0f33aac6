//! The one writer: entries to rows, one transaction a commit, one block a timeline and commit.

use crate::canonical::{
    BlockHead, GENESIS, Hash, Root, block_hash, block_salt, entry_digest, entry_salt, frame_digest,
};
use crate::claims::Claims;
use crate::sqlite::insert::{BlockRow, FrameRow, MoreRow, NoteRow, ReadingRow, Rows, Statements};
use crate::sqlite::names::{Channel, Names};
use crate::sqlite::rows::{FRAMES, Rows as Decoder, Stored};
use crate::sqlite::words::{DEEDS, List, NOTES, Words, state_index};
use crate::sqlite::{claims, erase, error, names, open, read, sessions};
use crate::{Batch, StoreError};
use chairside_observation::{
    Amount, Context, Decimal, Deed, Entry, Frame, FrameKey, Measured, Observation, Sequence, Timeline, What,
};
use sqlx::{Row, SqliteConnection};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Pages in the write-ahead log after which they are put into the main file: 16 MiB. Smaller means more flushes; larger
/// means a longer pause at each checkpoint and more to read back after a crash (P04).
const CHECKPOINT_PAGES: usize = 16 * 1024 * 1024 / open::PAGE_BYTES as usize;

/// End of one timeline's chain.
#[derive(Clone)]
struct Head {
    id: i64,
    sequence: u64,
    block: u64,
    reached_wall_us: i64,
    hash: Hash,
}

/// A frame that is stored, or will be with this commit.
#[derive(Clone)]
struct Placed {
    id: i64,
    digest: Hash,
    bytes: Range<u64>,
}

/// Why a commit did not happen.
enum Refused {
    /// A frame key is in the log already; the transaction was not written.
    Duplicate,
    /// Everything else; the connection is not to be used again.
    Failed(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// How far the journal has been taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Number of the newest record that was taken in, or passed over.
    pub(super) number: u64,
    /// Digest that the next record follows.
    pub(super) digest: Hash,
}

/// The connection that writes, with everything it needs to know so that a commit reads nothing.
pub(super) struct Writer {
    pub(super) conn: SqliteConnection,
    statements: Statements,
    pub(super) names: Names,
    words: Arc<Words>,
    boot: Box<str>,
    heads: HashMap<Timeline, Head>,
    claims: Claims,
    next_timeline: i64,
    next_frame: i64,
    mark: Mark,
    pages: usize,
    /// Drawn when this writer was opened, and kept nowhere else: the salts of its blocks come from it.
    drawn: Hash,
    /// Duplicates are looked up only after a commit stumbled over one.
    known: HashMap<FrameKey, Placed>,
}

pub(super) fn whole(number: u64, what: &str) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Write(format!("{what}: found {number}, expected less than 2^63")))
}

impl Writer {
    /// Opens the log for writing, puts everything that is only in the write-ahead log into the main file and flushes it:
    /// what is there afterwards survives a power cut, whatever a flush that failed before may have dropped.
    pub(super) async fn open(path: &Path, boot: &str) -> Result<Self, StoreError> {
        let mut conn = open::writer(path).await?;
        open::migrate(&mut conn, path).await?;
        let words = Arc::new(Words::complete(&mut conn).await?);
        checkpoint(&mut conn, "TRUNCATE").await?;
        let names = names::load(&mut conn).await?;
        let (heads, next_timeline) = load_heads(&mut conn).await?;
        let claims = claims::load(&mut conn, &words).await?;
        sessions::complete(&mut conn, &words).await?;
        let next_frame: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM frame")
            .fetch_one(&mut conn)
            .await
            .map_err(|e| error::read(&e))?;
        let mark = load_mark(&mut conn).await?;
        let drawn: Vec<u8> =
            sqlx::query_scalar("SELECT randomblob(32)").fetch_one(&mut conn).await.map_err(|e| error::read(&e))?;
        let drawn = Hash::try_from(drawn).map_err(|_| StoreError::Read("nothing could be drawn".to_owned()))?;
        Ok(Self {
            conn,
            statements: Statements::default(),
            names,
            words,
            boot: boot.into(),
            heads,
            claims,
            next_timeline,
            next_frame,
            mark,
            pages: 0,
            drawn,
            known: HashMap::new(),
        })
    }

    pub(super) fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words)
    }

    /// What the salts of this writer's blocks come from.
    pub(super) fn drawn(&self) -> &Hash {
        &self.drawn
    }

    /// About so many pages went into the write-ahead log.
    pub(super) fn wrote(&mut self, pages: u64) {
        self.pages = self.pages.saturating_add(usize::try_from(pages).unwrap_or(usize::MAX));
    }

    /// The claims as the database has them.
    pub(super) fn claims(&self) -> Claims {
        self.claims.clone()
    }

    /// How far the journal has been taken in.
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// The newest sequence of each timeline.
    pub(super) fn sequences(&self) -> HashMap<Timeline, u64> {
        self.heads.iter().map(|(timeline, head)| (timeline.clone(), head.sequence)).collect()
    }

    /// Appends batches whose monotonic times count in `boot`, and the mark, in one transaction. After an error the writer
    /// must be dropped.
    pub(super) async fn append(
        &mut self,
        batches: &[Arc<Batch>],
        boot: &str,
        mark: Option<Mark>,
    ) -> Result<(), StoreError> {
        let batches = self.not_yet_stored(batches, boot).await?;
        loop {
            match self.try_append(&batches, mark).await {
                Ok(()) => {
                    self.known.clear();
                    return Ok(());
                }
                Err(Refused::Duplicate) => {
                    sqlx::query("ROLLBACK").execute(&mut self.conn).await.map_err(|e| error::write(&e))?;
                    self.look_up_duplicates(&batches).await?;
                }
                Err(Refused::Failed(error)) => return Err(error),
            }
        }
    }

    /// Leaves out what is in the log already: an append that was reported as failed may have been written all the same.
    /// It must be there exactly; then this append is its receipt. What was declared lost meanwhile, but is there, stays.
    pub(super) async fn not_yet_stored(
        &mut self,
        batches: &[Arc<Batch>],
        boot: &str,
    ) -> Result<Vec<Arc<Batch>>, StoreError> {
        if *self.boot != *boot {
            self.boot = boot.into();
        }
        let mut rest = Vec::with_capacity(batches.len());
        for batch in batches {
            let is_stored = |e: &Entry| self.heads.get(&e.timeline).is_some_and(|h| e.sequence.0 <= h.sequence);
            let (stored, new): (Vec<&Entry>, Vec<&Entry>) = batch.entries.iter().partition(|e| is_stored(e));
            if stored.is_empty() {
                rest.push(Arc::clone(batch));
                continue;
            }
            if !new.is_empty() {
                let entries = new.into_iter().cloned().collect();
                rest.push(Arc::new(Batch { frame: batch.frame.clone(), entries }));
            }
            for entry in stored {
                self.expect_stored(entry, batch.frame.as_ref()).await?;
            }
        }
        Ok(rest)
    }

    async fn expect_stored(&mut self, entry: &Entry, frame: Option<&Frame>) -> Result<(), StoreError> {
        if matches!(entry.what, What::Deed(Deed::FramesLost { .. })) {
            return Ok(());
        }
        if erase::is_erased(&mut self.conn, entry).await? {
            return Ok(());
        }
        let before = Sequence(entry.sequence.0.saturating_sub(1));
        let stored = read::stored(&mut self.conn, &self.words, &entry.timeline, before, 1).await?;
        let same = stored.first().is_some_and(|s| {
            let duplicate = matches!(s.entry.what, What::Heard { .. }) && frame.is_some_and(|f| f.key.is_some());
            *s.boot == *self.boot && s.entry.received == entry.received && (s.entry == *entry || duplicate)
        });
        if same {
            return Ok(());
        }
        Err(StoreError::Write(format!(
            "{} {}: the log holds another entry there already",
            entry.timeline.key(),
            entry.sequence.0
        )))
    }

    async fn try_append(&mut self, batches: &[Arc<Batch>], mark: Option<Mark>) -> Result<(), Refused> {
        let mut commit = Commit { next_frame: self.next_frame, next_timeline: self.next_timeline, ..Commit::default() };
        for batch in batches {
            self.place(batch, &mut commit)?;
        }
        self.seal(&mut commit)?;
        if let Some(mark) = mark {
            commit.rows.mark = Some((whole(mark.number, "record")?, mark.digest));
        }
        let names = self.names.has_fresh().then_some(&self.names);
        if !commit.rows.blocks.is_empty() || mark.is_some() {
            let written = self.statements.commit(&mut self.conn, &commit.rows, names, &self.words).await;
            if let Err(e) = written {
                self.names.undo();
                return Err(if error::is_duplicate(&e) { Refused::Duplicate } else { error::write(&e).into() });
            }
        }
        self.names.stored();
        self.next_frame = commit.next_frame;
        self.next_timeline = commit.next_timeline;
        self.mark = mark.unwrap_or(self.mark);
        self.pages += commit.pages();
        self.heads.extend(commit.heads);
        if let Some(claims) = commit.claims {
            self.claims = claims;
        }
        Ok(())
    }

    /// Finds which keys of `batches` are stored, and where.
    async fn look_up_duplicates(&mut self, batches: &[Arc<Batch>]) -> Result<(), StoreError> {
        let before = self.known.len();
        for key in batches.iter().filter_map(|b| b.frame.as_ref()?.key) {
            let sql = format!("{FRAMES} WHERE f.key = ?");
            let row = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(key.0.as_slice())
                .fetch_optional(&mut self.conn)
                .await
                .map_err(|e| error::read(&e))?;
            let Some(row) = row else { continue };
            let (id, frame, boot) = Decoder::new(&self.words).frame(&row).map_err(StoreError::Read)?;
            self.known.insert(key, Placed { id, digest: frame_digest(&frame, &boot), bytes: bytes_of(&frame) });
        }
        if self.known.len() == before {
            return Err(StoreError::Write("the index of frame keys is damaged; run `chairside verify`".to_owned()));
        }
        Ok(())
    }

    /// Adds one batch to the commit.
    fn place<'a>(&mut self, batch: &'a Batch, commit: &mut Commit<'a>) -> Result<(), StoreError> {
        let Some(frame) = &batch.frame else {
            for entry in &batch.entries {
                let row = self.note_without_frame(entry)?;
                commit.add(&self.heads, Cow::Borrowed(entry), None)?;
                commit.rows.notes.push(NoteRow { timeline: commit.timeline_id(entry), ..row });
                self.place_claim(entry, commit)?;
                let seq = whole(entry.sequence.0, "sequence")?;
                commit.rows.spoken.extend(sessions::spoken(entry, commit.timeline_id(entry), seq));
            }
            return Ok(());
        };
        if batch.entries.is_empty() {
            return Err(StoreError::Write("a frame without entries; every frame has at least one".to_owned()));
        }
        let known = frame.key.and_then(|key| self.known.get(&key).or_else(|| commit.keys.get(&key))).cloned();
        let duplicate = known.is_some();
        let placed = match known {
            Some(placed) => placed,
            None => self.place_frame(frame, commit)?,
        };
        for entry in &batch.entries {
            if entry.received != frame.received || entry.source.as_ref() != Some(&frame.source) {
                return Err(StoreError::Write("an entry with another time or source than its frame".to_owned()));
            }
            if duplicate {
                self.place_repeated(entry, &placed, commit)?;
            } else {
                self.place_framed(entry, frame, &placed, commit)?;
            }
        }
        Ok(())
    }

    /// What the entry does to the claims of its chair, held against all others.
    fn place_claim(&self, entry: &Entry, commit: &mut Commit<'_>) -> Result<(), StoreError> {
        if !matches!(entry.what, What::Deed(Deed::Session(_) | Deed::ChairCleared { .. })) {
            return Ok(());
        }
        let claims = commit.claims.get_or_insert_with(|| self.claims.clone());
        let Some(claim) = claims.take(entry)? else { return Ok(()) };
        let row = claims::row(&claim, commit.timeline_id(entry))?;
        commit.rows.claims.push(row);
        Ok(())
    }

    fn place_frame(&mut self, frame: &Frame, commit: &mut Commit<'_>) -> Result<Placed, StoreError> {
        let id = commit.next_frame;
        commit.next_frame += 1;
        commit.rows.frames.push(FrameRow {
            id,
            source: self.names.sources.id(&frame.source),
            first_byte: whole(frame.offset, "frame offset")?,
            boot: self.names.boots.id(&self.boot),
            received_mono_us: frame.received.mono.0,
            received_wall_us: frame.received.wall.0,
            kind: self.code(List::Frame, frame.kind as usize)?,
            key: frame.key.map(|key| key.0),
            raw: Arc::clone(&frame.raw),
        });
        let placed = Placed { id, digest: frame_digest(frame, &self.boot), bytes: bytes_of(frame) };
        if let Some(key) = frame.key {
            commit.keys.insert(key, placed.clone());
        }
        Ok(placed)
    }

    /// An entry of a frame that is stored already keeps its sequence, but says only that the frame was heard again.
    fn place_repeated(&mut self, entry: &Entry, placed: &Placed, commit: &mut Commit<'_>) -> Result<(), StoreError> {
        let heard = Entry {
            age: chairside_observation::Micros(0),
            what: What::Heard { bytes: placed.bytes.clone() },
            ..entry.clone()
        };
        commit.add(&self.heads, Cow::Owned(heard), Some(placed.digest))?;
        let row = NoteRow {
            timeline: commit.timeline_id(entry),
            seq: whole(entry.sequence.0, "sequence")?,
            kind: self.note_kind("heard")?,
            frame: Some(placed.id),
            received: Some(self.received(entry)),
            ..NoteRow::default()
        };
        commit.rows.notes.push(row);
        Ok(())
    }

    fn received(&mut self, entry: &Entry) -> (i64, i64, i64) {
        (self.names.boots.id(&self.boot), entry.received.mono.0, entry.received.wall.0)
    }

    fn place_framed<'a>(
        &mut self,
        entry: &'a Entry,
        frame: &Frame,
        placed: &Placed,
        commit: &mut Commit<'a>,
    ) -> Result<(), StoreError> {
        commit.add(&self.heads, Cow::Borrowed(entry), Some(placed.digest))?;
        let timeline = commit.timeline_id(entry);
        let seq = whole(entry.sequence.0, "sequence")?;
        let note = NoteRow { timeline, seq, frame: Some(placed.id), ..NoteRow::default() };
        let row = match &entry.what {
            What::Reading(o) => {
                let reading = self.reading_row(o, &frame.source)?;
                commit.rows.readings.push(ReadingRow { timeline, seq, frame: placed.id, ..reading });
                let more = more_row(o, entry.age.0, &placed.bytes)?;
                if more != MoreRow::default() {
                    commit.rows.more.push(MoreRow { timeline, seq, ..more });
                }
                return Ok(());
            }
            What::Notice(n) => NoteRow {
                kind: self.note_kind("notice")?,
                word: Some(self.code(List::Priority, n.priority as usize)?),
                text: Some(n.text.as_ref().to_owned()),
                identity: n.context.as_deref().map(|c| self.identity(c)),
                bytes: part_of(&n.bytes, &placed.bytes)?,
                ..note
            },
            What::Skipped { bytes, skip } => NoteRow {
                kind: self.note_kind("skipped")?,
                word: Some(self.code(List::Skip, *skip as usize)?),
                bytes: part_of(bytes, &placed.bytes)?,
                ..note
            },
            What::Heard { bytes } => {
                NoteRow { kind: self.note_kind("heard")?, bytes: part_of(bytes, &placed.bytes)?, ..note }
            }
            What::Link(_) | What::Deed(_) => {
                return Err(StoreError::Write("a link change or deed inside a frame".to_owned()));
            }
        };
        if entry.age.0 != 0 {
            return Err(StoreError::Write("an age on an entry that is no reading".to_owned()));
        }
        commit.rows.notes.push(row);
        Ok(())
    }

    fn note_without_frame(&mut self, entry: &Entry) -> Result<NoteRow, StoreError> {
        let refused = |what: &str| Err(StoreError::Write(format!("{what}: no such entry can be kept without a frame")));
        if entry.age.0 != 0 {
            return refused("an age");
        }
        let row = NoteRow {
            seq: whole(entry.sequence.0, "sequence")?,
            received: Some(self.received(entry)),
            ..NoteRow::default()
        };
        match &entry.what {
            What::Link(link) if entry.source.as_ref() == Some(&link.source) => Ok(NoteRow {
                kind: self.note_kind("link")?,
                source: Some(self.names.sources.id(&link.source)),
                word: Some(self.code(List::Link, link.state as usize)?),
                text: Some(link.reason.as_ref().to_owned()),
                ..row
            }),
            What::Deed(deed) if entry.source.is_none() => {
                let index = DEEDS.iter().position(|w| *w == deed.word()).unwrap_or(usize::MAX);
                let (word, text) = (Some(self.code(List::Deed, index)?), Some(deed.fields()));
                Ok(NoteRow { kind: self.note_kind("deed")?, word, text, ..row })
            }
            What::Link(_) => refused("a link of another source than its entry's"),
            What::Deed(_) => refused("a deed with a source"),
            _ => refused("what a frame said"),
        }
    }

    fn reading_row(
        &mut self,
        o: &Observation,
        source: &chairside_observation::SourceId,
    ) -> Result<ReadingRow, StoreError> {
        let channel = Channel {
            source: self.names.sources.id(source),
            vital: self.code(List::Vital, o.vital as usize)?,
            unit: self.code(List::Unit, o.unit as usize)?,
            origin: o.origin.map(|origin| self.code(List::Origin, origin as usize)).transpose()?,
            site: o.site.clone(),
            identity: o.context.as_deref().map(|c| self.identity(c)),
            synthetic: o.synthetic,
        };
        let first = match o.reading.amount() {
            None => None,
            Some(Amount::One(value)) => Some(value),
            Some(Amount::Pressure { systolic, .. }) => systolic,
        };
        Ok(ReadingRow {
            timeline: 0,
            seq: 0,
            frame: 0,
            channel: self.names.channels.id(&channel),
            state: self.code(List::State, state_index(&o.reading))?,
            flags: (!o.flags.is_empty()).then(|| self.names.flags.id(&o.flags)),
            value: first.map(Decimal::units),
            places: first.map_or(0, |d| i64::from(d.places())),
        })
    }

    fn identity(&mut self, context: &Context) -> i64 {
        self.names.identities.id(context)
    }

    fn note_kind(&self, kind: &str) -> Result<i64, StoreError> {
        self.code(List::Note, NOTES.iter().position(|w| *w == kind).unwrap_or(usize::MAX))
    }

    fn code(&self, list: List, index: usize) -> Result<i64, StoreError> {
        self.words
            .code(list, index)
            .ok_or_else(|| StoreError::Write(format!("a word of list {list:?} has no code in this log")))
    }

    /// Computes one block for each timeline of the commit.
    fn seal(&self, commit: &mut Commit<'_>) -> Result<(), StoreError> {
        for (timeline, pending) in &commit.pending {
            let Some(head) = commit.heads.get_mut(timeline) else { continue };
            let previous = head.hash;
            let first = head.sequence - pending.len() as u64 + 1;
            head.block += 1;
            let key = timeline.key();
            let block = BlockHead {
                timeline: &key,
                number: head.block,
                first,
                last: head.sequence,
                reached_wall_us: head.reached_wall_us,
            };
            let salt = block_salt(&self.drawn, &key, head.block);
            let mut root = Root::new();
            for (entry, digest) in pending {
                let own = entry_salt(&salt, entry.sequence.0);
                root.add(&entry_digest(&own, entry, &self.boot, digest.as_ref()));
            }
            head.hash = block_hash(&previous, &block, &root.finish());
            commit.rows.blocks.push(BlockRow {
                timeline: head.id,
                number: whole(head.block, "block")?,
                first_seq: whole(first, "sequence")?,
                last_seq: whole(head.sequence, "sequence")?,
                reached_wall_us: head.reached_wall_us,
                hash: head.hash,
                salt,
            });
        }
        Ok(())
    }

    /// Whether a checkpoint is due.
    pub(super) fn is_checkpoint_due(&self) -> bool {
        self.pages >= CHECKPOINT_PAGES
    }

    /// Puts the write-ahead log into the main file. Readers go on; what they still need stays for the next time.
    pub(super) async fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.pages = 0;
        checkpoint(&mut self.conn, "PASSIVE").await
    }

    /// Lets the file not grow by a page.
    #[cfg(test)]
    pub(super) async fn limit_pages_for_test(&mut self) {
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut self.conn).await.unwrap_or(0);
        let sql = format!("PRAGMA max_page_count = {pages}");
        let limited = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut self.conn).await;
        assert!(limited.is_ok());
    }

    /// The next journal of this log begins anew: that of the log it is a copy of does not belong to it.
    pub(super) async fn without_journal(&mut self) -> Result<(), StoreError> {
        let sql = "UPDATE _journal SET applied = 0, digest = randomblob(32)";
        sqlx::query(sql).execute(&mut self.conn).await.map_err(|e| error::write(&e))?;
        self.mark = load_mark(&mut self.conn).await?;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        sqlx::Connection::close(self.conn).await.map_err(|e| error::write(&e))
    }
}

/// An entry and the digest of its frame.
type Pending<'a> = (Cow<'a, Entry>, Option<Hash>);

/// A commit in the making.
#[derive(Default)]
struct Commit<'a> {
    rows: Rows,
    heads: HashMap<Timeline, Head>,
    /// Entries with the digest of their frame, by timeline; ordered so that the same batches give the same rows.
    pending: BTreeMap<Timeline, Vec<Pending<'a>>>,
    keys: HashMap<FrameKey, Placed>,
    /// The claims as they will be; `None` when the commit has none.
    claims: Option<Claims>,
    next_frame: i64,
    next_timeline: i64,
}

impl<'a> Commit<'a> {
    /// Takes the entry as the next of its timeline.
    fn add(
        &mut self,
        heads: &HashMap<Timeline, Head>,
        entry: Cow<'a, Entry>,
        digest: Option<Hash>,
    ) -> Result<(), StoreError> {
        if !self.heads.contains_key(&entry.timeline) {
            let head = match heads.get(&entry.timeline) {
                Some(head) => head.clone(),
                None => self.new_timeline(&entry.timeline),
            };
            self.heads.insert(entry.timeline.clone(), head);
        }
        let Some(head) = self.heads.get_mut(&entry.timeline) else { return Ok(()) };
        if entry.sequence.0 != head.sequence + 1 {
            return Err(StoreError::Write(format!(
                "{}: found sequence {}, expected {}",
                entry.timeline.key(),
                entry.sequence.0,
                head.sequence + 1
            )));
        }
        head.sequence += 1;
        head.reached_wall_us = head.reached_wall_us.max(entry.received.wall.0);
        match self.pending.get_mut(&entry.timeline) {
            Some(pending) => pending.push((entry, digest)),
            None => {
                self.pending.insert(entry.timeline.clone(), vec![(entry, digest)]);
            }
        }
        Ok(())
    }

    fn new_timeline(&mut self, timeline: &Timeline) -> Head {
        let id = self.next_timeline;
        self.next_timeline += 1;
        self.rows.timelines.push((id, timeline.key()));
        Head { id, sequence: 0, block: 0, reached_wall_us: i64::MIN, hash: GENESIS }
    }

    fn timeline_id(&self, entry: &Entry) -> i64 {
        self.heads.get(&entry.timeline).map_or(0, |head| head.id)
    }

    /// About how many pages the commit adds to the write-ahead log: one leaf of `frame` and its raw bytes, one leaf of
    /// the key index for each key, and two leaves (entries, block) for each timeline.
    fn pages(&self) -> usize {
        let raw: usize = self.rows.frames.iter().map(|f| f.raw.len()).sum();
        2 + raw / open::PAGE_BYTES as usize + self.keys.len() + 2 * self.heads.len()
    }
}

fn bytes_of(frame: &Frame) -> Range<u64> {
    frame.offset..frame.offset.saturating_add(frame.raw.len() as u64)
}

/// The columns of a range; `None` when it is the whole frame.
fn part_of(bytes: &Range<u64>, frame: &Range<u64>) -> Result<Option<(i64, i64)>, StoreError> {
    if bytes == frame {
        return Ok(None);
    }
    Ok(Some((whole(bytes.start, "first byte")?, whole(bytes.end, "end byte")?)))
}

/// What only few readings have; the default when this one has none of it.
fn more_row(o: &Observation, age_us: i64, frame: &Range<u64>) -> Result<MoreRow, StoreError> {
    let parts = |d: Decimal| (d.units(), i64::from(d.places()));
    let mut row = MoreRow { age_us, bytes: part_of(&o.bytes, frame)?, ..MoreRow::default() };
    if let Some(Amount::Pressure { diastolic, mean, .. }) = o.reading.amount() {
        row.pressure = 1;
        row.diastolic = diastolic.map(parts);
        row.mean = mean.map(parts);
    }
    match o.measured {
        None => {}
        Some(Measured::At { at, sent }) => {
            row.measured_at = Some(at.to_string());
            row.measured_sent = sent.map(|sent| sent.to_string());
        }
        Some(Measured::Ago(ago)) => row.measured_ago_us = Some(ago.0),
    }
    Ok(row)
}

/// Runs a checkpoint. One that must be whole (`TRUNCATE`) and is not counts as a failure.
async fn checkpoint(conn: &mut SqliteConnection, mode: &str) -> Result<(), StoreError> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await.map_err(|e| error::write(&e))?;
    let busy: i64 = row.try_get(0).map_err(|e| error::write(&e))?;
    if busy != 0 && mode == "TRUNCATE" {
        return Err(StoreError::Write("a reader still holds the write-ahead log; it is tried again".to_owned()));
    }
    Ok(())
}

/// How far the journal has been taken in.
pub(super) async fn load_mark(conn: &mut SqliteConnection) -> Result<Mark, StoreError> {
    let row: (i64, Vec<u8>) =
        sqlx::query_as("SELECT applied, digest FROM _journal").fetch_one(conn).await.map_err(|e| error::read(&e))?;
    match (u64::try_from(row.0), Hash::try_from(row.1)) {
        (Ok(number), Ok(digest)) => Ok(Mark { number, digest }),
        _ => Err(StoreError::Read("the mark of the journal is damaged; run `chairside verify`".to_owned())),
    }
}

async fn load_heads(conn: &mut SqliteConnection) -> Result<(HashMap<Timeline, Head>, i64), StoreError> {
    let rows = sqlx::query(
        "SELECT t.id, t.key, b.number, b.last_seq, b.reached_wall_us, b.hash FROM timeline t LEFT JOIN block b \
         ON b.timeline = t.id AND b.number = (SELECT max(number) FROM block WHERE timeline = t.id)",
    )
    .fetch_all(conn)
    .await
    .map_err(|e| error::read(&e))?;
    let mut heads = HashMap::new();
    let mut next = 1;
    for row in rows {
        let (timeline, head) = head_of(&row)
            .map_err(|e| StoreError::Read(format!("the end of a chain is damaged ({e}); run `chairside verify`")))?;
        next = next.max(head.id + 1);
        heads.insert(timeline, head);
    }
    Ok((heads, next))
}

fn head_of(row: &sqlx::sqlite::SqliteRow) -> Result<(Timeline, Head), String> {
    let text = |e: sqlx::Error| e.to_string();
    let key: &str = row.try_get(1).map_err(text)?;
    let timeline = Timeline::from_key(key).ok_or("a timeline's key")?;
    let hash: &[u8] = row.try_get(5).map_err(text)?;
    let number = |i: usize| -> Result<u64, String> {
        u64::try_from(row.try_get::<i64, _>(i).map_err(text)?).map_err(|e| e.to_string())
    };
    Ok((
        timeline,
        Head {
            id: row.try_get(0).map_err(text)?,
            sequence: number(3)?,
            block: number(2)?,
            reached_wall_us: row.try_get(4).map_err(text)?,
            hash: hash.try_into().map_err(|_| "a hash of another length".to_owned())?,
        },
    ))
}

/// Entries as the caller may see them: times of another boot moved to this boot's clock, so that their age is right.
pub(super) fn in_this_boot(stored: Stored, boot: &str, now: chairside_observation::Received) -> Entry {
    let Stored { mut entry, boot: of, .. } = stored;
    if *of != *boot {
        entry.received.mono = now.mono - (now.wall - entry.received.wall);
    }
    entry
}
