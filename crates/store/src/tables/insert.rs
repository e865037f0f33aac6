//! Rows on their way into the tables, and the few statements that carry them.

use crate::canonical::Hash;
use crate::tables::ask::{Arg, Ask};
use crate::tables::names::Names;
use std::collections::HashMap;
use std::sync::Arc;

/// Largest number of rows of one INSERT; a power of two. 64 readings with 8 columns stay far below SQLite's 32,766
/// parameters, and a larger statement gains nothing.
const CHUNK_MAX: usize = 64;

pub(crate) struct FrameRow {
    pub(crate) id: i64,
    pub(crate) source: i64,
    pub(crate) first_byte: i64,
    pub(crate) boot: i64,
    pub(crate) received_mono_us: i64,
    pub(crate) received_wall_us: i64,
    pub(crate) kind: i64,
    pub(crate) key: Option<[u8; 16]>,
    pub(crate) raw: Arc<[u8]>,
    /// Where a database finds a frame by it.
    pub(crate) digest: Option<Hash>,
}

pub(crate) struct ReadingRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) frame: i64,
    pub(crate) channel: i64,
    pub(crate) state: i64,
    pub(crate) flags: Option<i64>,
    pub(crate) value: Option<i64>,
    pub(crate) places: i64,
}

#[derive(Default, PartialEq)]
pub(crate) struct MoreRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) pressure: i64,
    pub(crate) diastolic: Option<(i64, i64)>,
    pub(crate) mean: Option<(i64, i64)>,
    pub(crate) measured_at: Option<String>,
    pub(crate) measured_sent: Option<String>,
    pub(crate) measured_ago_us: Option<i64>,
    pub(crate) age_us: i64,
    pub(crate) bytes: Option<(i64, i64)>,
}

#[derive(Default)]
pub(crate) struct NoteRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) kind: i64,
    pub(crate) frame: Option<i64>,
    pub(crate) source: Option<i64>,
    /// Boot, monotonic and wall time; `None`: the frame's.
    pub(crate) received: Option<(i64, i64, i64)>,
    pub(crate) word: Option<i64>,
    pub(crate) text: Option<String>,
    pub(crate) identity: Option<i64>,
    pub(crate) bytes: Option<(i64, i64)>,
}

pub(crate) struct BlockRow {
    pub(crate) timeline: i64,
    pub(crate) number: i64,
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
    pub(crate) reached_wall_us: i64,
    pub(crate) hash: [u8; 32],
    /// As in the column.
    pub(crate) salt: Option<Vec<u8>>,
}

pub(crate) struct ClaimRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) session: Option<String>,
    pub(crate) step: &'static str,
    pub(crate) bound: i64,
}

pub(crate) struct TombstoneRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) last_seq: i64,
    pub(crate) digest: Hash,
    pub(crate) erasure: i64,
}

pub(crate) struct SaltRow {
    pub(crate) timeline: i64,
    pub(crate) seq: i64,
    pub(crate) salt: Vec<u8>,
}

pub(crate) struct ResealedRow {
    pub(crate) timeline: i64,
    pub(crate) number: i64,
    pub(crate) digest: Vec<u8>,
    pub(crate) erasure: i64,
}

/// All rows of one commit.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) timelines: Vec<(i64, String)>,
    pub(crate) frames: Vec<FrameRow>,
    pub(crate) readings: Vec<ReadingRow>,
    pub(crate) more: Vec<MoreRow>,
    pub(crate) notes: Vec<NoteRow>,
    pub(crate) blocks: Vec<BlockRow>,
    pub(crate) claims: Vec<ClaimRow>,
    pub(crate) tombstones: Vec<TombstoneRow>,
    pub(crate) salts: Vec<SaltRow>,
    pub(crate) resealed: Vec<ResealedRow>,
}

/// A row that can be inserted.
pub(crate) trait Insert: Sync {
    const TABLE: &'static str;
    /// The values in the order of the table's columns.
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>);
}

fn ints<'a, const N: usize>(numbers: [i64; N]) -> impl Iterator<Item = Arg<'a>> {
    numbers.into_iter().map(Arg::from)
}

/// Two columns that are both NULL or none.
fn pair<'a>(two: Option<(i64, i64)>) -> [Arg<'a>; 2] {
    [two.map(|p| p.0).into(), two.map(|p| p.1).into()]
}

impl Insert for (i64, String) {
    const TABLE: &'static str = "timeline";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend([self.0.into(), (&self.1).into()]);
    }
}

impl Insert for FrameRow {
    const TABLE: &'static str = "frame";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        let boot = [self.id, self.source, self.first_byte, self.boot];
        to.extend(ints(boot).chain(ints([self.received_mono_us, self.received_wall_us, self.kind])));
        to.push(Arg::Bytes(self.key.as_ref().map(<[u8; 16]>::as_slice)));
        to.push(Arg::Raw(Arc::clone(&self.raw)));
        to.extend(self.digest.as_ref().map(|digest| Arg::Bytes(Some(digest))));
    }
}

impl Insert for ReadingRow {
    const TABLE: &'static str = "reading";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.seq, self.frame, self.channel, self.state]));
        to.extend([self.flags.into(), self.value.into(), self.places.into()]);
    }
}

impl Insert for MoreRow {
    const TABLE: &'static str = "reading_more";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.seq, self.pressure]));
        to.extend(pair(self.diastolic).into_iter().chain(pair(self.mean)));
        to.extend([self.measured_at.as_deref().into(), self.measured_sent.as_deref().into()]);
        to.extend([self.measured_ago_us.into(), self.age_us.into()]);
        to.extend(pair(self.bytes));
    }
}

impl Insert for NoteRow {
    const TABLE: &'static str = "note";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.seq, self.kind]));
        to.extend([self.frame.into(), self.source.into()]);
        to.extend([self.received.map(|r| r.0).into(), self.received.map(|r| r.1).into()]);
        to.extend([self.received.map(|r| r.2).into(), self.word.into()]);
        to.extend([self.text.as_deref().into(), self.identity.into()]);
        to.extend(pair(self.bytes));
    }
}

impl Insert for BlockRow {
    const TABLE: &'static str = "block";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.number, self.first_seq, self.last_seq, self.reached_wall_us]));
        to.extend([Arg::Bytes(Some(&self.hash)), Arg::Bytes(self.salt.as_deref())]);
    }
}

impl Insert for ClaimRow {
    const TABLE: &'static str = "claim";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.seq]));
        to.extend([self.session.as_deref().into(), self.step.into(), self.bound.into()]);
    }
}

impl Insert for TombstoneRow {
    const TABLE: &'static str = "tombstone";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend(ints([self.timeline, self.seq, self.last_seq]));
        to.extend([Arg::Bytes(Some(&self.digest)), self.erasure.into()]);
    }
}

impl Insert for SaltRow {
    const TABLE: &'static str = "kept_salt";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend([self.timeline.into(), self.seq.into(), Arg::Bytes(Some(&self.salt))]);
    }
}

impl Insert for ResealedRow {
    const TABLE: &'static str = "resealed";
    fn args<'a>(&'a self, to: &mut Vec<Arg<'a>>) {
        to.extend([self.timeline.into(), self.number.into(), Arg::Bytes(Some(&self.digest)), self.erasure.into()]);
    }
}

fn insert_sql(table: &str, rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    format!("INSERT INTO {table} VALUES {}", vec![row.as_str(); rows].join(","))
}

/// Texts of the statements used so far, so that the database prepares each only once.
#[derive(Default)]
pub(crate) struct Statements {
    chunks: HashMap<(&'static str, usize), Arc<str>>,
}

impl Statements {
    /// Inserts rows of one table, in the caller's transaction.
    pub(crate) async fn insert<T: Insert>(&mut self, conn: &mut impl Ask, rows: &[T]) -> Result<(), sqlx::Error> {
        let mut rest = rows;
        while !rest.is_empty() {
            // The largest power of two that fits: seven texts a table serve every number of rows.
            let size = CHUNK_MAX.min(1 << rest.len().ilog2());
            let (chunk, after) = rest.split_at(size);
            let mut args = Vec::new();
            chunk.iter().for_each(|row| row.args(&mut args));
            let sql = self.chunks.entry((T::TABLE, size));
            let sql = Arc::clone(sql.or_insert_with(|| insert_sql(T::TABLE, size, args.len() / size).into()));
            conn.run(&sql, args).await?;
            rest = after;
        }
        Ok(())
    }

    /// Inserts all rows of a commit, in the caller's transaction; `names`: what they refer to and is new.
    pub(crate) async fn all(
        &mut self,
        conn: &mut impl Ask,
        rows: &Rows,
        names: Option<&Names>,
    ) -> Result<(), sqlx::Error> {
        if let Some(names) = names {
            names.write(conn).await?;
        }
        self.insert(conn, &rows.timelines).await?;
        self.insert(conn, &rows.frames).await?;
        self.insert(conn, &rows.readings).await?;
        self.insert(conn, &rows.more).await?;
        self.insert(conn, &rows.notes).await?;
        self.insert(conn, &rows.blocks).await?;
        self.insert(conn, &rows.tombstones).await?;
        self.insert(conn, &rows.salts).await?;
        self.insert(conn, &rows.resealed).await?;
        self.insert(conn, &rows.claims).await
    }
}
