//! The bytes that are hashed: `docs/log-format.md`, "Canonical bytes". Whatever database keeps the rows, these bytes are
//! the same, so a record can be checked without it.

use chairside_observation::{
    Amount, Civil, Context, Decimal, Entry, Flag, Flags, Frame, Measured, MonitorNotice, Observation, Origin, SourceId,
    What,
};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::ops::Range;

/// A SHA-256 digest.
pub(crate) type Hash = [u8; 32];

/// What stands before the first block of a chain.
pub(crate) const GENESIS: Hash = [0; 32];

/// What makes digests of entries useless to somebody who guesses what was erased.
pub(crate) type Salt = [u8; 16];

/// Appends canonical bytes: integers big-endian, texts with their length before them, options with 0 or 1 before them.
#[derive(Default)]
pub(crate) struct Canon(Vec<u8>);

impl Canon {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        // A text is a field of a frame, and frames are bounded far below 4 GiB.
        self.0.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn optional_text(&mut self, text: Option<&str>) {
        self.option(text, Self::text);
    }

    fn range(&mut self, range: &Range<u64>) {
        self.u64(range.start);
        self.u64(range.end);
    }

    fn decimal(&mut self, decimal: Decimal) {
        self.i64(decimal.units());
        self.byte(decimal.places());
    }

    fn context(&mut self, context: Option<&Context>) {
        self.option(context, |c, context| {
            for text in [&context.bed, &context.unit, &context.patient, &context.name, &context.device] {
                c.optional_text(text.as_deref());
            }
        });
    }

    fn amount(&mut self, amount: Option<Amount>) {
        match amount {
            None => self.byte(0),
            Some(Amount::One(value)) => {
                self.byte(1);
                self.decimal(value);
            }
            Some(Amount::Pressure { systolic, diastolic, mean }) => {
                self.byte(2);
                for part in [systolic, diastolic, mean] {
                    self.option(part, Self::decimal);
                }
            }
        }
    }

    fn civil(&mut self, civil: Civil) {
        self.text(&shown(&civil));
    }

    fn measured(&mut self, measured: Option<Measured>) {
        match measured {
            None => self.byte(0),
            Some(Measured::At { at, sent }) => {
                self.byte(1);
                self.civil(at);
                self.option(sent, Self::civil);
            }
            Some(Measured::Ago(age)) => {
                self.byte(2);
                self.i64(age.0);
            }
        }
    }

    fn reading(&mut self, o: &Observation) {
        self.text(o.vital.word());
        self.text(o.reading.state());
        self.optional_text(o.reading.reason());
        self.amount(o.reading.amount());
        self.text(o.unit.word());
        self.optional_text(o.origin.map(Origin::word));
        self.optional_text(o.site.as_deref());
        self.measured(o.measured);
        self.text(&known_text(&o.flags));
        self.optional_text(o.flags.others());
        self.byte(u8::from(o.synthetic));
        self.context(o.context.as_deref());
        self.range(&o.bytes);
    }

    fn notice(&mut self, n: &MonitorNotice) {
        self.text(&n.text);
        self.text(n.priority.word());
        self.context(n.context.as_deref());
        self.range(&n.bytes);
    }

    /// An entry whose `received.mono` counts in `boot`, with the digest of its frame.
    pub(crate) fn entry(&mut self, entry: &Entry, boot: &str, frame: Option<&Hash>) {
        self.u64(entry.sequence.0);
        self.i64(entry.received.wall.0);
        self.i64(entry.received.mono.0);
        self.text(boot);
        self.i64(entry.age.0);
        self.optional_text(entry.source.as_ref().map(SourceId::as_str));
        self.option(frame, |c, digest| c.0.extend_from_slice(digest));
        self.what(&entry.what);
    }

    pub(crate) fn what(&mut self, what: &What) {
        match what {
            What::Reading(o) => {
                self.byte(1);
                self.reading(o);
            }
            What::Notice(n) => {
                self.byte(2);
                self.notice(n);
            }
            What::Skipped { bytes, skip } => {
                self.byte(3);
                self.range(bytes);
                self.text(skip.word());
            }
            What::Heard { bytes } => {
                self.byte(4);
                self.range(bytes);
            }
            What::Link(link) => {
                self.byte(5);
                self.text(link.source.as_str());
                self.text(link.state.word());
                self.text(&link.reason);
            }
            What::Deed(deed) => {
                self.byte(6);
                self.text(deed.word());
                self.text(&deed.fields());
            }
        }
    }
}

fn shown(value: &impl Display) -> String {
    value.to_string()
}

/// The known words of a set of flags, parted by `; `, in the order of the list.
pub(crate) fn known_text(flags: &Flags) -> String {
    let mut text = String::new();
    for flag in flags.known() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(flag.word());
    }
    text
}

/// Flags from their known words and the others; `None` when the known words are not exactly what would be written.
pub(crate) fn flags_of(known: &str, others: Option<&str>) -> Option<Flags> {
    let mut flags = Flags::NONE;
    for word in known.split("; ").filter(|w| !w.is_empty()) {
        flags.insert(Flag::from_word(word)?);
    }
    if let Some(others) = others {
        flags.insert_other(others);
    }
    (known_text(&flags) == known).then_some(flags)
}

/// Reads what `Civil`'s `Display` writes, and nothing else.
pub(crate) fn civil_of(text: &str) -> Option<Civil> {
    let (date, rest) = text.split_once('T')?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let (clock, offset_min) = match rest.find(['+', '-']) {
        None => (rest, None),
        Some(at) => {
            let (hours, minutes) = rest[at + 1..].split_once(':')?;
            let total = hours.parse::<i16>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
            (&rest[..at], Some(if rest.as_bytes()[at] == b'-' { -total } else { total }))
        }
    };
    let (clock, micros) = match clock.split_once('.') {
        None => (clock, 0),
        Some((clock, digits)) => {
            (clock, digits.parse::<u32>().ok()?.checked_mul(if digits.len() == 3 { 1000 } else { 1 })?)
        }
    };
    let mut clock = clock.splitn(3, ':');
    let (hour, minute, second) =
        (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
    let civil = Civil { year, month, day, hour, minute, second, micros, offset_min };
    (civil.to_string() == text).then_some(civil)
}

/// Digest of a frame: its raw bytes and everything known about them.
pub(crate) fn frame_digest(frame: &Frame, boot: &str) -> Hash {
    let mut c = Canon(b"chairside frame 1\n".to_vec());
    c.text(frame.source.as_str());
    c.u64(frame.offset);
    c.i64(frame.received.wall.0);
    c.i64(frame.received.mono.0);
    c.text(boot);
    c.text(frame.kind.word());
    c.option(frame.key, |c, key| c.0.extend_from_slice(&key.0));
    c.u64(frame.raw.len() as u64);
    let mut hasher = Sha256::new();
    hasher.update(&c.0);
    hasher.update(&frame.raw);
    hasher.finalize().into()
}

/// Adds an entry to a digest of several: its length, then its bytes.
fn update(hasher: &mut Sha256, entry: &[u8]) {
    hasher.update(u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes());
    hasher.update(entry);
}

/// Digest of entries that stand in no whole block, by their canonical bytes.
pub(crate) fn entries_digest<'a>(title: &str, entries: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(title.as_bytes());
    entries.into_iter().for_each(|entry| update(&mut hasher, entry));
    hasher.finalize().into()
}

/// Position and reach of a block, as its row has them.
pub(crate) struct BlockHead<'a> {
    pub(crate) timeline: &'a str,
    pub(crate) number: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) reached_wall_us: i64,
}

/// Bytes of an entry whose `received.mono` counts in `boot`, with the digest of its frame.
fn entry_bytes(c: &mut Canon, entry: &Entry, boot: &str, frame: Option<&Hash>) {
    c.0.clear();
    c.u64(entry.sequence.0);
    c.i64(entry.received.wall.0);
    c.i64(entry.received.mono.0);
    c.text(boot);
    c.i64(entry.age.0);
    c.optional_text(entry.source.as_ref().map(SourceId::as_str));
    c.option(frame, |c, digest| c.0.extend_from_slice(digest));
    c.what(&entry.what);
}

/// Everything of a block but its entries.
fn block_bytes(domain: &[u8; 18], previous: &Hash, head: &BlockHead<'_>) -> Vec<u8> {
    let mut c = Canon(domain.to_vec());
    c.0.extend_from_slice(previous);
    c.text(head.timeline);
    c.u64(head.number);
    c.u64(head.first);
    c.u64(head.last);
    c.i64(head.reached_wall_us);
    c.0
}

/// Hashes one block of form 1 entry by entry.
pub(crate) struct BlockHasher {
    hasher: Sha256,
    scratch: Canon,
}

impl BlockHasher {
    pub(crate) fn new(previous: &Hash, head: &BlockHead<'_>) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(block_bytes(b"chairside block 1\n", previous, head));
        Self { hasher, scratch: Canon::default() }
    }

    /// Adds an entry whose `received.mono` counts in `boot`, with the digest of its frame.
    pub(crate) fn add(&mut self, entry: &Entry, boot: &str, frame: Option<&Hash>) {
        entry_bytes(&mut self.scratch, entry, boot, frame);
        update(&mut self.hasher, &self.scratch.0);
    }

    /// Adds an entry by its canonical bytes.
    pub(crate) fn add_bytes(&mut self, entry: &[u8]) {
        update(&mut self.hasher, entry);
    }

    pub(crate) fn finish(self) -> Hash {
        self.hasher.finalize().into()
    }
}

/// The salt of one entry, from that of its block. Who has it cannot find the others.
pub(crate) fn entry_salt(block: &Salt, sequence: u64) -> Salt {
    let mut hasher = Sha256::new();
    hasher.update(b"chairside salt 1\n");
    hasher.update(block);
    hasher.update(sequence.to_be_bytes());
    short(hasher)
}

/// The salt of a block, from what the writer drew when it was opened.
pub(crate) fn block_salt(drawn: &Hash, timeline: &str, number: u64) -> Salt {
    let mut hasher = Sha256::new();
    hasher.update(b"chairside block salt 1\n");
    hasher.update(drawn);
    hasher.update(number.to_be_bytes());
    hasher.update(timeline.as_bytes());
    short(hasher)
}

fn short(hasher: Sha256) -> Salt {
    let whole: Hash = hasher.finalize().into();
    let mut salt = Salt::default();
    salt.copy_from_slice(&whole[..16]);
    salt
}

/// Digest of one entry, which stays in its place when the entry is erased.
pub(crate) fn entry_digest(salt: &Salt, entry: &Entry, boot: &str, frame: Option<&Hash>) -> Hash {
    let mut bytes = Canon::default();
    entry_bytes(&mut bytes, entry, boot, frame);
    digest_of_bytes(salt, &bytes.0)
}

/// The same, of an entry's canonical bytes.
pub(crate) fn digest_of_bytes(salt: &Salt, bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"chairside entry 2\n");
    hasher.update(salt);
    hasher.update(bytes);
    hasher.finalize().into()
}

/// Digest over the digests of all entries of a block.
pub(crate) struct Root(Sha256);

impl Root {
    pub(crate) fn new() -> Self {
        Self(Sha256::new_with_prefix(b"chairside entries 2\n"))
    }

    /// Adds the digest of the next entry.
    pub(crate) fn add(&mut self, digest: &Hash) {
        self.0.update(digest);
    }

    pub(crate) fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// Hash of a block of form 2.
pub(crate) fn block_hash(previous: &Hash, head: &BlockHead<'_>, root: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(block_bytes(b"chairside block 2\n", previous, head));
    hasher.update(root);
    hasher.finalize().into()
}

/// A step of erasing as its row has it.
pub(crate) struct ErasureHead<'a> {
    pub(crate) number: u64,
    pub(crate) at_wall_us: i64,
    pub(crate) why: &'a str,
    pub(crate) deed: Option<u64>,
    pub(crate) entries: u64,
}

/// Hashes what one step of erasing left, in the order of the timeline.
#[derive(Clone)]
pub(crate) struct ErasureHasher(Sha256);

impl ErasureHasher {
    pub(crate) fn new(timeline: &str) -> Self {
        let mut c = Canon(b"chairside erased 1\n".to_vec());
        c.text(timeline);
        Self(Sha256::new_with_prefix(c.0))
    }

    /// A block of form 1 whose hash cannot be recomputed any more, and the digest over its entries.
    pub(crate) fn resealed(&mut self, number: u64, block: &Hash, reached_wall_us: i64, root: &Hash) {
        let mut c = Canon::default();
        c.byte(1);
        c.u64(number);
        c.0.extend_from_slice(block);
        c.i64(reached_wall_us);
        c.0.extend_from_slice(root);
        self.0.update(&c.0);
    }

    /// What is left of the entries from `first` to `last`.
    pub(crate) fn tombstone(&mut self, first: u64, last: u64, digest: &Hash) {
        let mut c = Canon::default();
        c.byte(2);
        c.u64(first);
        c.u64(last);
        c.0.extend_from_slice(digest);
        self.0.update(&c.0);
    }

    /// What an erased deed had said of the chair's claims.
    pub(crate) fn claim(&mut self, sequence: u64, session: Option<&str>, step: &str, bound: u64) {
        let mut c = Canon::default();
        c.byte(3);
        c.u64(sequence);
        c.optional_text(session);
        c.text(step);
        c.u64(bound);
        self.0.update(&c.0);
    }

    /// The digest of the step.
    pub(crate) fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// Hash of a step of erasing: what it left, after the step before.
pub(crate) fn erasure_hash(previous: &Hash, head: &ErasureHead<'_>, left: &Hash) -> Hash {
    let mut c = Canon(b"chairside erasure 1\n".to_vec());
    c.0.extend_from_slice(previous);
    c.u64(head.number);
    c.i64(head.at_wall_us);
    c.text(head.why);
    c.option(head.deed, Canon::u64);
    c.u64(head.entries);
    c.0.extend_from_slice(left);
    Sha256::digest(&c.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_civil_time_survives_its_text() {
        for (micros, offset_min) in [(0, None), (500_000, Some(-330)), (1, Some(0)), (999_999, Some(840))] {
            let civil = Civil { micros, offset_min, ..Civil::new(2004, 2, 29, 9, 5, 7).unwrap() };
            assert_eq!(civil_of(&civil.to_string()), Some(civil));
        }
        for text in ["", "2004-02-29", "2004-02-29T9:05:07", "2004-02-29T09:05:07.1", "2004-02-29T09:05:07Z", "T::"] {
            assert_eq!(civil_of(text), None, "of {text:?}");
        }
    }
}
