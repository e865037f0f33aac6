//! Entries to rows: where each goes, which numbers it gets, and the block that chains them. Nothing here writes.

use crate::canonical::{
    BlockHead, GENESIS, Hash, Root, block_hash, block_salt, entry_digest, entry_salt, frame_digest,
};
use crate::claims::Claims;
use crate::tables::ask::{Ask, Cells, get};
use crate::tables::erasures::Tombstone;
use crate::tables::insert::{
    BlockRow, FrameRow, MoreRow, NoteRow, ReadingRow, ResealedRow, Rows, SaltRow, TombstoneRow,
};
use crate::tables::names::{Channel, Names};
use crate::tables::parcel::{Frames, Leaf, Parcel};
use crate::tables::rows::{FRAMES, Rows as Decoder, Stored};
use crate::tables::words::{DEEDS, List, NOTES, Words, state_index};
use crate::tables::{claims, error, names, read};
use crate::{Batch, StoreError};
use chairside_observation::{
    Amount, Context, Decimal, Deed, Entry, Frame, FrameKey, Measured, Observation, Sequence, Timeline, What,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// End of one timeline's chain.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) id: i64,
    pub(crate) sequence: u64,
    pub(crate) block: u64,
    pub(crate) reached_wall_us: i64,
    pub(crate) hash: Hash,
}

impl Head {
    fn none(id: i64) -> Self {
        Self { id, sequence: 0, block: 0, reached_wall_us: i64::MIN, hash: GENESIS }
    }
}

/// A frame that is stored, or will be with this commit.
#[derive(Clone)]
pub(crate) struct Placed {
    id: i64,
    digest: Hash,
    bytes: Range<u64>,
}

/// What a writer has to know so that placing reads nothing.
pub(crate) struct Placer {
    pub(crate) names: Names,
    pub(crate) words: Arc<Words>,
    boot: Box<str>,
    pub(crate) heads: HashMap<Timeline, Head>,
    pub(crate) claims: Claims,
    next_timeline: i64,
    next_frame: i64,
    /// Drawn when this writer was opened, and kept nowhere else: the salts of its blocks come from it.
    drawn: Hash,
    /// Duplicates that were looked up.
    known: HashMap<FrameKey, Placed>,
    /// Frames that were looked up by their digest; `None`: this database does not find them so.
    known_digests: Option<HashMap<Hash, i64>>,
}

pub(crate) fn whole(number: u64, what: &str) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Write(format!("{what}: found {number}, expected less than 2^63")))
}

impl Placer {
    /// Reads what has to be known. `by_digest`: the database keeps the digest of a frame, and each frame once.
    pub(crate) async fn load(
        conn: &mut impl Ask,
        words: Arc<Words>,
        boot: &str,
        drawn: Hash,
        by_digest: bool,
    ) -> Result<Self, StoreError> {
        let names = names::load(conn).await?;
        let (heads, next_timeline) = load_heads(conn).await?;
        let claims = claims::load(conn, &words).await?;
        let newest = conn.number("SELECT max(id) FROM frame", vec![]).await.map_err(|e| error::read(&e))?;
        Ok(Self {
            names,
            words,
            boot: boot.into(),
            heads,
            claims,
            next_timeline,
            next_frame: newest.unwrap_or(0) + 1,
            drawn,
            known: HashMap::new(),
            known_digests: by_digest.then(HashMap::new),
        })
    }

    /// What the salts of this writer's blocks come from.
    pub(crate) fn drawn(&self) -> &Hash {
        &self.drawn
    }

    /// The newest sequence of each timeline.
    pub(crate) fn sequences(&self) -> HashMap<Timeline, u64> {
        self.heads.iter().map(|(timeline, head)| (timeline.clone(), head.sequence)).collect()
    }

    /// The rows of batches, all of which are new.
    pub(crate) fn batches<'a>(&mut self, batches: &'a [Arc<Batch>]) -> Result<Commit<'a>, StoreError> {
        let mut commit = self.commit();
        for batch in batches {
            self.place(batch, &mut commit)?;
        }
        self.seal(&mut commit)?;
        Ok(commit)
    }

    /// The rows of blocks that another log made, as they are there.
    pub(crate) fn parcels(&mut self, parcels: &[Parcel], frames: &Frames) -> Result<Commit<'static>, StoreError> {
        let mut commit = self.commit();
        for parcel in parcels {
            self.place_parcel(parcel, frames, &mut commit)?;
        }
        Ok(commit)
    }

    fn commit(&self) -> Commit<'static> {
        Commit { next_frame: self.next_frame, next_timeline: self.next_timeline, ..Commit::default() }
    }

    /// The new names, when there are some.
    pub(crate) fn fresh(&self) -> Option<&Names> {
        self.names.has_fresh().then_some(&self.names)
    }

    /// The commit is in the database.
    pub(crate) fn done(&mut self, commit: Commit<'_>) {
        self.names.stored();
        self.next_frame = commit.next_frame;
        self.next_timeline = commit.next_timeline;
        self.heads.extend(commit.heads);
        if let Some(claims) = commit.claims {
            self.claims = claims;
        }
    }

    /// What was looked up is not needed any more.
    pub(crate) fn forget_known(&mut self) {
        self.known.clear();
        if let Some(digests) = &mut self.known_digests {
            digests.clear();
        }
    }

    /// Frames with these digests have these numbers.
    pub(crate) fn know_digests(&mut self, found: impl IntoIterator<Item = (Hash, i64)>) {
        if let Some(digests) = &mut self.known_digests {
            digests.extend(found);
        }
    }

    /// Leaves out what is in the log already: an append that was reported as failed may have been written all the same.
    /// It must be there exactly; then this append is its receipt. What was declared lost meanwhile, but is there, stays.
    pub(crate) async fn not_yet_stored(
        &mut self,
        conn: &mut impl Ask,
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
                self.expect_stored(conn, entry, batch.frame.as_ref()).await?;
            }
        }
        Ok(rest)
    }

    async fn expect_stored(
        &mut self,
        conn: &mut impl Ask,
        entry: &Entry,
        frame: Option<&Frame>,
    ) -> Result<(), StoreError> {
        if matches!(entry.what, What::Deed(Deed::FramesLost { .. })) {
            return Ok(());
        }
        if read::is_erased(conn, entry).await? {
            return Ok(());
        }
        let before = Sequence(entry.sequence.0.saturating_sub(1));
        let stored = read::stored(conn, &self.words, &entry.timeline, before, 1).await?;
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

    /// Finds which keys of `batches` are stored, and where; `false`: none that was not known.
    pub(crate) async fn look_up_duplicates(
        &mut self,
        conn: &mut impl Ask,
        batches: &[Arc<Batch>],
    ) -> Result<bool, StoreError> {
        let before = self.known.len();
        for key in batches.iter().filter_map(|b| b.frame.as_ref()?.key) {
            let sql = format!("{FRAMES} WHERE f.key = ?");
            let row = conn.row(&sql, vec![key.0.as_slice().into()]).await.map_err(|e| error::read(&e))?;
            let Some(row) = row else { continue };
            let (id, frame, boot) = Decoder::new(&self.words).frame(&row).map_err(StoreError::Read)?;
            self.known.insert(key, Placed { id, digest: frame_digest(&frame, &boot), bytes: bytes_of(&frame) });
        }
        Ok(self.known.len() > before)
    }

    /// Adds one batch to the commit.
    fn place<'a>(&mut self, batch: &'a Batch, commit: &mut Commit<'a>) -> Result<(), StoreError> {
        let Some(frame) = &batch.frame else {
            for entry in &batch.entries {
                let row = self.note_without_frame(entry)?;
                commit.add(&self.heads, Cow::Borrowed(entry), None)?;
                commit.rows.notes.push(NoteRow { timeline: commit.timeline_id(entry), ..row });
                self.place_claim(entry, commit)?;
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
            None => {
                let boot = self.boot.clone();
                self.place_frame(frame, &boot, commit)?
            }
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

    fn place_frame(&mut self, frame: &Frame, boot: &str, commit: &mut Commit<'_>) -> Result<Placed, StoreError> {
        let (digest, bytes) = (frame_digest(frame, boot), bytes_of(frame));
        if let Some(known) = &self.known_digests {
            if let Some(id) = known.get(&digest).or_else(|| commit.digests.get(&digest)) {
                return Ok(Placed { id: *id, digest, bytes });
            }
            commit.digests.insert(digest, commit.next_frame);
        }
        let id = commit.next_frame;
        commit.next_frame += 1;
        commit.rows.frames.push(FrameRow {
            id,
            source: self.names.sources.id(&frame.source),
            first_byte: whole(frame.offset, "frame offset")?,
            boot: self.names.boots.id(&boot.into()),
            received_mono_us: frame.received.mono.0,
            received_wall_us: frame.received.wall.0,
            kind: self.code(List::Frame, frame.kind as usize)?,
            key: frame.key.map(|key| key.0),
            raw: Arc::clone(&frame.raw),
            digest: self.known_digests.is_some().then_some(digest),
        });
        let placed = Placed { id, digest, bytes };
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
        self.framed_rows(entry, frame, placed, timeline, &mut commit.rows)
    }

    /// The rows of an entry that leads to a frame.
    fn framed_rows(
        &mut self,
        entry: &Entry,
        frame: &Frame,
        placed: &Placed,
        timeline: i64,
        rows: &mut Rows,
    ) -> Result<(), StoreError> {
        let seq = whole(entry.sequence.0, "sequence")?;
        let note = NoteRow { timeline, seq, frame: Some(placed.id), ..NoteRow::default() };
        let row = match &entry.what {
            What::Reading(o) => {
                let reading = self.reading_row(o, &frame.source)?;
                rows.readings.push(ReadingRow { timeline, seq, frame: placed.id, ..reading });
                let more = more_row(o, entry.age.0, &placed.bytes)?;
                if more != MoreRow::default() {
                    rows.more.push(MoreRow { timeline, seq, ..more });
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
        rows.notes.push(row);
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
                salt: Some(salt.to_vec()),
            });
        }
        Ok(())
    }

    /// Adds a block as another log has it.
    fn place_parcel(
        &mut self,
        parcel: &Parcel,
        frames: &Frames,
        commit: &mut Commit<'static>,
    ) -> Result<(), StoreError> {
        let Parcel { timeline, block, .. } = parcel;
        let Head { id, sequence, block: number, hash, .. } = commit.head(&self.heads, timeline).clone();
        let place = || format!("{}, block {}, entries {} to {}", timeline.key(), block.number, block.first, block.last);
        if (block.number.cast_unsigned(), block.first.cast_unsigned()) != (number + 1, sequence + 1) {
            return Err(StoreError::Write(format!("{}: found after block {number} and entry {sequence}", place())));
        }
        let Some(own) = parcel.hash(&hash) else {
            return Err(StoreError::Read(format!("{}: it does not fit its hash; run `chairside verify`", place())));
        };
        for leaf in &parcel.leaves {
            match leaf {
                Leaf::Kept(stored, digest) => self.place_stored(stored, digest.as_ref(), frames, id, commit)?,
                Leaf::Erased(left) => commit.rows.tombstones.push(tombstone_row(id, left)),
            }
        }
        commit.rows.salts.extend(salt_rows(id, parcel));
        commit.rows.resealed.extend(resealed_row(id, parcel));
        for claim in &parcel.claims {
            commit.rows.claims.push(claims::row(claim, id)?);
        }
        commit.rows.blocks.push(BlockRow {
            timeline: id,
            number: block.number,
            first_seq: block.first,
            last_seq: block.last,
            reached_wall_us: block.reached_wall_us,
            hash: own,
            salt: block.salt.clone(),
        });
        let (sequence, number) = (block.last.cast_unsigned(), block.number.cast_unsigned());
        let head = Head { id, sequence, block: number, reached_wall_us: block.reached_wall_us, hash: own };
        commit.heads.insert(timeline.clone(), head);
        Ok(())
    }

    fn place_stored(
        &mut self,
        stored: &Stored,
        digest: Option<&Hash>,
        frames: &Frames,
        timeline: i64,
        commit: &mut Commit<'static>,
    ) -> Result<(), StoreError> {
        let Stored { entry, boot, .. } = stored;
        if self.boot != *boot {
            self.boot.clone_from(boot);
        }
        let Some(digest) = digest else {
            let row = self.note_without_frame(entry)?;
            commit.rows.notes.push(NoteRow { timeline, ..row });
            return Ok(());
        };
        let missing = || StoreError::Read(format!("{}: the frame of entry {}", entry.timeline.key(), entry.sequence.0));
        let (frame, of_frame) = frames.get(digest).ok_or_else(missing)?;
        let placed = self.place_frame(frame, of_frame, commit)?;
        self.framed_rows(entry, frame, &placed, timeline, &mut commit.rows)?;
        // A repetition was heard at another time than the frame it leads to.
        if let (What::Heard { .. }, true) = (&entry.what, entry.received != frame.received || boot != of_frame) {
            let received = Some(self.received(entry));
            commit.rows.notes.last_mut().into_iter().for_each(|row| row.received = received);
        }
        Ok(())
    }
}

/// The row of what is left of some entries.
pub(crate) fn tombstone_row(timeline: i64, left: &Tombstone) -> TombstoneRow {
    let Tombstone { first, last, digest, erasure } = left;
    TombstoneRow { timeline, seq: *first, last_seq: *last, digest: *digest, erasure: *erasure }
}

/// The salts of the entries a parcel keeps.
pub(crate) fn salt_rows(timeline: i64, parcel: &Parcel) -> impl Iterator<Item = SaltRow> {
    parcel.salts.iter().map(move |(seq, salt)| SaltRow { timeline, seq: *seq, salt: salt.clone() })
}

/// The row of a block of form 1 with erased entries.
pub(crate) fn resealed_row(timeline: i64, parcel: &Parcel) -> Option<ResealedRow> {
    let (digest, erasure) = parcel.block.resealed.clone()?;
    Some(ResealedRow { timeline, number: parcel.block.number, digest, erasure })
}

/// An entry and the digest of its frame.
type Pending<'a> = (Cow<'a, Entry>, Option<Hash>);

/// A commit in the making.
#[derive(Default)]
pub(crate) struct Commit<'a> {
    pub(crate) rows: Rows,
    heads: HashMap<Timeline, Head>,
    /// Entries with the digest of their frame, by timeline; ordered so that the same batches give the same rows.
    pending: BTreeMap<Timeline, Vec<Pending<'a>>>,
    keys: HashMap<FrameKey, Placed>,
    digests: HashMap<Hash, i64>,
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
        let head = self.head(heads, &entry.timeline);
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

    /// Where a timeline ends with this commit.
    fn head(&mut self, heads: &HashMap<Timeline, Head>, timeline: &Timeline) -> &mut Head {
        if !self.heads.contains_key(timeline) {
            let head = match heads.get(timeline) {
                Some(head) => head.clone(),
                None => self.new_timeline(timeline),
            };
            self.heads.insert(timeline.clone(), head);
        }
        self.heads.entry(timeline.clone()).or_insert_with(|| Head::none(0))
    }

    fn new_timeline(&mut self, timeline: &Timeline) -> Head {
        let id = self.next_timeline;
        self.next_timeline += 1;
        self.rows.timelines.push((id, timeline.key()));
        Head::none(id)
    }

    pub(crate) fn timeline_id(&self, entry: &Entry) -> i64 {
        self.heads.get(&entry.timeline).map_or(0, |head| head.id)
    }

    /// About how many pages the commit adds to the write-ahead log: one leaf of `frame` and its raw bytes, one leaf of
    /// the key index for each key, and two leaves (entries, block) for each timeline.
    pub(crate) fn pages(&self, page_bytes: usize) -> usize {
        let raw: usize = self.rows.frames.iter().map(|f| f.raw.len()).sum();
        2 + raw / page_bytes + self.keys.len() + 2 * self.heads.len()
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

pub(crate) async fn load_heads(conn: &mut impl Ask) -> Result<(HashMap<Timeline, Head>, i64), StoreError> {
    let sql = "SELECT t.id, t.key, b.number, b.last_seq, b.reached_wall_us, b.hash FROM timeline t LEFT JOIN block b \
         ON b.timeline = t.id AND b.number = (SELECT max(number) FROM block WHERE timeline = t.id)";
    let rows = conn.rows(sql, vec![]).await.map_err(|e| error::read(&e))?;
    let mut heads = HashMap::new();
    let mut next = 1;
    for row in &rows {
        let (timeline, head) = head_of(row)
            .map_err(|e| StoreError::Read(format!("the end of a chain is damaged ({e}); run `chairside verify`")))?;
        next = next.max(head.id + 1);
        heads.insert(timeline, head);
    }
    Ok((heads, next))
}

fn head_of(row: &impl Cells) -> Result<(Timeline, Head), String> {
    let key: Cow<'_, str> = get(row, 1)?;
    let timeline = Timeline::from_key(&key).ok_or("a timeline's key")?;
    let hash: &[u8] = get(row, 5)?;
    let number = |column: usize| u64::try_from(get::<i64>(row, column)?).map_err(|e| e.to_string());
    let hash = hash.try_into().map_err(|_| "a hash of another length".to_owned())?;
    let (sequence, block) = (number(3)?, number(2)?);
    Ok((timeline, Head { id: get(row, 0)?, sequence, block, reached_wall_us: get(row, 4)?, hash }))
}

/// Entries as the caller may see them: times of another boot moved to this boot's clock, so that their age is right.
pub(crate) fn in_this_boot(stored: Stored, boot: &str, now: chairside_observation::Received) -> Entry {
    let Stored { mut entry, boot: of, .. } = stored;
    if *of != *boot {
        entry.received.mono = now.mono - (now.wall - entry.received.wall);
    }
    entry
}
