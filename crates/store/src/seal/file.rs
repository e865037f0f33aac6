//! A record as one file that proves itself: the chair's blocks with her entries and their frames, every act, the seal.
//!
//! The file is read back without the database, by whoever doubts it, years later: every byte of it is covered.

use super::{ACT, EDGE, SealedBlock, Sealing, unsound};
use crate::canonical::{
    BlockHasher, BlockHead, Canon, Hash, Root, Salt, block_hash, digest_of_bytes, entries_digest, entry_salt,
    frame_digest,
};
use crate::journal::{Reader, put_frame};
use chairside_observation::session::{Act, Done, SessionId};
use chairside_observation::{Deed, Entry, Frame, Hex, Micros, Received, Sequence, Timeline, What};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};

const TITLE: &[u8] = b"chairside record 1\n";
/// Bytes of blocks that are packed together: enough to pack well, little enough to be held twice.
const SECTION: usize = 1024 * 1024;
/// Most bytes one packed section may become: one block can hold one long frame beside [`SECTION`].
const UNPACKED_MAX: u64 = 256 * 1024 * 1024;

/// A block on its way into a file.
pub(crate) struct Part<'a> {
    pub(crate) block: &'a SealedBlock,
    pub(crate) previous: Hash,
    /// The frames of its entries, each with the boot its monotonic time counts in.
    pub(crate) frames: Vec<(&'a Frame, &'a str)>,
    /// Canonical bytes of her entries in it.
    pub(crate) entries: Vec<Vec<u8>>,
}

/// Writes a file.
pub(crate) struct Writer {
    file: Vec<u8>,
    blocks: Canon,
    written: HashSet<Hash>,
}

impl Writer {
    pub(crate) fn new(sealing: &Sealing, version: &str) -> Self {
        let mut head = Canon::default();
        head.text(sealing.session.as_str());
        head.text(&sealing.timeline.key());
        head.u64(sealing.first.0);
        head.u64(sealing.last.0);
        head.u64(sealing.blocks.first().map_or(0, |block| block.number));
        head.u64(sealing.blocks.len() as u64);
        head.text(version);
        let mut writer = Self { file: TITLE.to_vec(), blocks: Canon::default(), written: HashSet::new() };
        writer.section(b'H', &head.into_bytes());
        writer
    }

    pub(crate) fn block(&mut self, part: &Part<'_>) {
        let c = &mut self.blocks;
        c.u64(part.block.number);
        c.u64(part.block.first.0);
        c.u64(part.block.last.0);
        c.i64(part.block.reached_wall_us);
        c.bytes(&part.previous);
        c.bytes(&part.block.hash);
        c.option(part.block.edge.as_ref(), |c, edge| c.bytes(edge));
        // Of a block that holds others, too, the salt would help to guess what is not in this file.
        let salt = part.block.salt.as_ref().filter(|_| part.block.edge.is_none());
        c.option(salt, |c, salt| c.bytes(salt));
        // A frame that was told again is there already.
        let mut fresh = Vec::new();
        for (frame, boot) in &part.frames {
            if self.written.insert(frame_digest(frame, boot)) {
                fresh.push((frame, boot));
            }
        }
        c.u64(fresh.len() as u64);
        for (frame, boot) in fresh {
            c.text(boot);
            put_frame(c, frame);
        }
        c.u64(part.entries.len() as u64);
        for entry in &part.entries {
            put_bytes(c, entry);
        }
        if self.blocks.len() >= SECTION {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let blocks = std::mem::take(&mut self.blocks).into_bytes();
        if !blocks.is_empty() {
            self.section(b'B', &blocks);
        }
    }

    /// Ends the file with every act of the session, by their canonical bytes.
    pub(crate) fn finish(mut self, acts: &[Vec<u8>]) -> Vec<u8> {
        self.flush();
        let mut c = Canon::default();
        c.u64(acts.len() as u64);
        for act in acts {
            put_bytes(&mut c, act);
        }
        self.section(b'A', &c.into_bytes());
        self.file.push(b'E');
        let digest = Sha256::digest(&self.file);
        self.file.extend_from_slice(&digest);
        self.file
    }

    fn section(&mut self, kind: u8, bytes: &[u8]) {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        // Writing into memory cannot fail.
        let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
        self.file.push(kind);
        self.file.extend_from_slice(&u32::try_from(packed.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.file.extend_from_slice(&packed);
    }
}

fn put_bytes(c: &mut Canon, bytes: &[u8]) {
    c.bytes(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    c.bytes(bytes);
}

fn get_bytes<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], String> {
    let length = u32::from_be_bytes(r.array()?);
    r.take(usize::try_from(length).map_err(|e| e.to_string())?)
}

/// Who signed, as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSigned {
    /// Name and role.
    pub by: String,
    /// When it was recorded, UTC microseconds.
    pub at_us: i64,
    /// What the signature stands for.
    pub meaning: String,
    /// Public key, hexadecimal: compare it with the one the clinic told you.
    pub key: String,
}

/// What a file was found to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    /// The session it is of; empty when that cannot be read.
    pub session: String,
    /// Blocks that fit.
    pub blocks: u64,
    /// Entries in them.
    pub entries: u64,
    /// Frames in them.
    pub frames: u64,
    /// Who signed; `None`: nobody did.
    pub signed: Option<FileSigned>,
    /// What does not fit, the first thing first. Empty: whole.
    pub broken: Vec<String>,
}

/// Checks a record's file, all of it, without a database.
#[must_use]
pub fn verify_file(file: &[u8]) -> FileReport {
    let mut check = Check::default();
    if let Err(broken) = check.file(file) {
        check.report.broken.push(broken);
    }
    if check.report.broken.is_empty()
        && let Err(broken) = check.seal()
    {
        check.report.broken.push(broken);
    }
    check.report
}

#[derive(Default)]
struct Check {
    report: FileReport,
    head: Option<Head>,
    sealed: Vec<SealedBlock>,
    previous: Option<Hash>,
    frames: HashSet<Hash>,
    /// Her acts as they stand in the blocks, by sequence.
    in_blocks: HashMap<u64, Hash>,
    acts: Vec<(Sequence, Hash, i64, Done)>,
}

struct Head {
    session: SessionId,
    timeline: Timeline,
    first: Sequence,
    last: Sequence,
    number: u64,
    blocks: u64,
}

impl Check {
    fn file(&mut self, file: &[u8]) -> Result<(), String> {
        let mut rest =
            file.strip_prefix(TITLE).ok_or("the beginning: found another title, expected a Chairside record")?;
        let mut kinds = Vec::new();
        loop {
            let at = file.len() - rest.len();
            let (kind, after) = rest.split_first().ok_or_else(|| format!("{}: the file ends early", self.place()))?;
            if *kind == b'E' {
                let whole = Sha256::digest(&file[..=at]);
                let ends = *after == whole[..];
                return if ends && kinds.ends_with(b"A") {
                    Ok(())
                } else {
                    Err(format!("{}: the digest of the file does not fit what stands before it", self.place()))
                };
            }
            let mut r = Reader(after);
            let packed = get_bytes(&mut r).map_err(|e| format!("{} (byte {at}): {e}", self.place()))?;
            self.section(*kind, packed, &kinds)?;
            kinds.push(*kind);
            rest = r.0;
        }
    }

    /// Where the reader is: the block it expects next.
    fn place(&self) -> String {
        match &self.head {
            None => "the head".to_owned(),
            Some(head) if (self.sealed.len() as u64) < head.blocks => {
                format!("block {}", self.next(head))
            }
            Some(_) => "the acts".to_owned(),
        }
    }

    /// Number of the block that comes next. Where the file says it begins is somebody else's word: it may be any number.
    fn next(&self, head: &Head) -> u64 {
        head.number.saturating_add(self.sealed.len() as u64)
    }

    fn section(&mut self, kind: u8, packed: &[u8], before: &[u8]) -> Result<(), String> {
        let mut bytes = Vec::new();
        let mut unpacked = ZlibDecoder::new(packed).take(UNPACKED_MAX);
        // What was unpacked before the damage is looked at: it says which block is the first broken one.
        let damage = unpacked.read_to_end(&mut bytes).err();
        let mut r = Reader(&bytes);
        let read = match (kind, before.last()) {
            (b'H', None) => self.read_head(&mut r),
            (b'B', Some(b'H' | b'B')) => self.read_blocks(&mut r),
            (b'A', Some(b'H' | b'B')) => self.read_acts(&mut r),
            _ => Err("a section that does not belong there".to_owned()),
        };
        let read = read.and_then(|()| if r.0.is_empty() { Ok(()) } else { Err("bytes too many".to_owned()) });
        let read = damage.map_or(read.clone(), |damage| read.and(Err(damage.to_string())));
        read.map_err(|e| format!("{}: {e}", self.place()))
    }

    fn read_head(&mut self, r: &mut Reader<'_>) -> Result<(), String> {
        let session = SessionId::from(r.text()?);
        let timeline = Timeline::from_key(r.text()?).ok_or("a text that is the key of no timeline")?;
        let (first, last) = (Sequence(r.u64()?), Sequence(r.u64()?));
        let (number, blocks) = (r.u64()?, r.u64()?);
        r.text()?;
        self.report.session = session.to_string();
        self.head = Some(Head { session, timeline, first, last, number, blocks });
        Ok(())
    }

    fn read_blocks(&mut self, r: &mut Reader<'_>) -> Result<(), String> {
        while !r.0.is_empty() {
            let block = self.read_block(r)?;
            self.sealed.push(block);
            self.report.blocks += 1;
        }
        Ok(())
    }

    fn read_block(&mut self, r: &mut Reader<'_>) -> Result<SealedBlock, String> {
        let head = self.head.as_ref().ok_or("no head before it")?;
        let (number, first, last, reached_wall_us) = (r.u64()?, r.u64()?, r.u64()?, r.i64()?);
        let (previous, hash): (Hash, Hash) = (r.array()?, r.array()?);
        let edge = r.option(Reader::array)?;
        let salt: Option<Salt> = r.option(Reader::array)?;
        let frames = r.u64()?;
        for _ in 0..frames {
            let boot = r.text()?.to_owned();
            self.frames.insert(frame_digest(&r.frame()?, &boot));
        }
        self.report.frames += frames;
        let count = r.u64()?;
        let entries = (0..count).map(|_| get_bytes(r)).collect::<Result<Vec<_>, _>>()?;
        let expected = self.next(head);
        if number != expected || self.previous.is_some_and(|before| before != previous) {
            return Err(format!("it does not follow the block before: found number {number}"));
        }
        let block_head = BlockHead { timeline: &head.timeline.key(), number, first, last, reached_wall_us };
        let (from, to) = (first.max(head.first.0), last.min(head.last.0));
        let sequences = entries.iter().map(|entry| sequence_of(entry)).collect::<Result<Vec<_>, _>>()?;
        if from > to || !sequences.iter().copied().eq(from..=to) {
            return Err(format!("found {count} entries, expected those from {from} to {to}"));
        }
        match edge {
            None => {
                let computed = match &salt {
                    None => {
                        let mut hasher = BlockHasher::new(&previous, &block_head);
                        entries.iter().for_each(|entry| hasher.add_bytes(entry));
                        hasher.finish()
                    }
                    Some(salt) => {
                        let mut root = Root::new();
                        let digests = entries.iter().zip(&sequences);
                        let digests = digests.map(|(entry, seq)| digest_of_bytes(&entry_salt(salt, *seq), entry));
                        digests.for_each(|digest| root.add(&digest));
                        block_hash(&previous, &block_head, &root.finish())
                    }
                };
                if (from, to) != (first, last) || computed != hash {
                    return Err("an entry, a frame or the block was changed".to_owned());
                }
            }
            Some(edge) if entries_digest(EDGE, entries.iter().copied()) == edge && (from, to) != (first, last) => {}
            Some(_) => return Err("an entry or a frame of hers was changed".to_owned()),
        }
        for (entry, sequence) in entries.iter().zip(sequences) {
            let read = read_entry(entry)?;
            if read.frame.is_some_and(|frame| !self.frames.contains(&frame)) && !read.heard {
                return Err(format!("entry {sequence}: its frame is missing or was changed"));
            }
            self.in_blocks.insert(sequence, entries_digest(ACT, [*entry]));
        }
        self.previous = Some(hash);
        self.report.entries += count;
        Ok(SealedBlock { number, first: Sequence(first), last: Sequence(last), reached_wall_us, hash, edge, salt })
    }

    fn read_acts(&mut self, r: &mut Reader<'_>) -> Result<(), String> {
        let count = r.u64()?;
        for _ in 0..count {
            let bytes = get_bytes(r)?;
            let entry = read_entry(bytes)?;
            let done = entry.done.ok_or("found an entry that is no act")?;
            self.acts.push((Sequence(entry.sequence), entries_digest(ACT, [bytes]), entry.wall_us, done));
        }
        Ok(())
    }

    /// Whether the parts make the record that was signed.
    fn seal(&mut self) -> Result<(), String> {
        let head = self.head.take().ok_or("the head: there is none")?;
        if self.sealed.len() as u64 != head.blocks {
            return Err(format!("block {}: it is missing", self.next(&head)));
        }
        for (sequence, digest, ..) in &self.acts {
            let stands = self.in_blocks.get(&sequence.0);
            if stands.is_some_and(|stands| stands != digest) {
                return Err(format!("the acts: entry {} is not what its block holds", sequence.0));
            }
        }
        let entries = self.acts.iter().map(|(sequence, _, wall_us, done)| Entry {
            timeline: head.timeline.clone(),
            sequence: *sequence,
            received: Received { mono: Micros(0), wall: Micros(*wall_us) },
            age: Micros(0),
            source: None,
            what: What::Deed(Deed::Session(Box::new(done.clone()))),
        });
        let entries: Vec<Entry> = entries.collect();
        let session = crate::fold(&head.session, &entries).ok_or("the acts: none of them opens the session")?;
        let sealing = Sealing {
            session: head.session,
            timeline: head.timeline,
            first: head.first,
            last: head.last,
            blocks: std::mem::take(&mut self.sealed),
            acts: self.acts.iter().map(|(sequence, digest, ..)| (*sequence, *digest)).collect(),
        };
        let Some(signed) = session.signed() else { return Ok(()) };
        if let Some(why) = unsound(&sealing, signed) {
            return Err(format!("the seal: {why}"));
        }
        if let Act::Signed { meaning, key, .. } = &signed.done.act {
            let by = format!("{}, {}", signed.done.by.name, signed.done.by.role.word());
            let (meaning, key) = (meaning.to_string(), Hex(key).to_string());
            self.report.signed = Some(FileSigned { by, at_us: signed.received.wall.0, meaning, key });
        }
        Ok(())
    }
}

fn sequence_of(entry: &[u8]) -> Result<u64, String> {
    Reader(entry).u64()
}

/// What of an entry's canonical bytes is looked at.
struct Known {
    sequence: u64,
    wall_us: i64,
    frame: Option<Hash>,
    heard: bool,
    done: Option<Done>,
}

fn read_entry(bytes: &[u8]) -> Result<Known, String> {
    let mut r = Reader(bytes);
    let (sequence, wall_us) = (r.u64()?, r.i64()?);
    r.i64()?;
    r.text()?;
    r.i64()?;
    r.option(|r| r.text().map(|_| ()))?;
    let frame = r.option(Reader::array)?;
    let what = r.what()?;
    let heard = matches!(what, What::Heard { .. });
    let done = if let What::Deed(Deed::Session(done)) = what { Some(*done) } else { None };
    Ok(Known { sequence, wall_us, frame, heard, done })
}
