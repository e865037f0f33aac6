//! Rows on their way into the tables, and the few statements that carry them.

use crate::sqlite::sessions::{self, Spoken};
use crate::sqlite::words::Words;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// Largest number of rows of one INSERT; a power of two. 64 readings with 8 columns stay far below SQLite's 32,766
/// parameters, and a larger statement gains nothing.
const CHUNK_MAX: usize = 64;

pub(super) struct FrameRow {
    pub(super) id: i64,
    pub(super) source: i64,
    pub(super) first_byte: i64,
    pub(super) boot: i64,
    pub(super) received_mono_us: i64,
    pub(super) received_wall_us: i64,
    pub(super) kind: i64,
    pub(super) key: Option<[u8; 16]>,
    pub(super) raw: Arc<[u8]>,
}

pub(super) struct ReadingRow {
    pub(super) timeline: i64,
    pub(super) seq: i64,
    pub(super) frame: i64,
    pub(super) channel: i64,
    pub(super) state: i64,
    pub(super) flags: Option<i64>,
    pub(super) value: Option<i64>,
    pub(super) places: i64,
}

#[derive(Default, PartialEq)]
pub(super) struct MoreRow {
    pub(super) timeline: i64,
    pub(super) seq: i64,
    pub(super) pressure: i64,
    pub(super) diastolic: Option<(i64, i64)>,
    pub(super) mean: Option<(i64, i64)>,
    pub(super) measured_at: Option<String>,
    pub(super) measured_sent: Option<String>,
    pub(super) measured_ago_us: Option<i64>,
    pub(super) age_us: i64,
    pub(super) bytes: Option<(i64, i64)>,
}

#[derive(Default)]
pub(super) struct NoteRow {
    pub(super) timeline: i64,
    pub(super) seq: i64,
    pub(super) kind: i64,
    pub(super) frame: Option<i64>,
    pub(super) source: Option<i64>,
    /// Boot, monotonic and wall time; `None`: the frame's.
    pub(super) received: Option<(i64, i64, i64)>,
    pub(super) word: Option<i64>,
    pub(super) text: Option<String>,
    pub(super) identity: Option<i64>,
    pub(super) bytes: Option<(i64, i64)>,
}

pub(super) struct BlockRow {
    pub(super) timeline: i64,
    pub(super) number: i64,
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    pub(super) reached_wall_us: i64,
    pub(super) hash: [u8; 32],
    pub(super) salt: [u8; 16],
}

pub(super) struct ClaimRow {
    pub(super) timeline: i64,
    pub(super) seq: i64,
    pub(super) session: Option<String>,
    pub(super) step: &'static str,
    pub(super) bound: i64,
}

/// All rows of one commit.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) timelines: Vec<(i64, String)>,
    pub(super) frames: Vec<FrameRow>,
    pub(super) readings: Vec<ReadingRow>,
    pub(super) more: Vec<MoreRow>,
    pub(super) notes: Vec<NoteRow>,
    pub(super) blocks: Vec<BlockRow>,
    pub(super) claims: Vec<ClaimRow>,
    /// Deeds the index of sessions has to follow.
    pub(super) spoken: Vec<Spoken>,
    /// How far the journal is taken in with this commit.
    pub(super) mark: Option<(i64, [u8; 32])>,
}

trait Insert {
    const TABLE: &'static str;
    const COLUMNS: usize;
    fn bind(&self, to: &mut Binder);
}

/// Collects parameters. Encoding a number, text or blob for SQLite cannot fail; if it ever did, the statement would lack
/// a parameter, so the first failure is kept and the commit refused.
#[derive(Default)]
struct Binder {
    args: SqliteArguments,
    failed: bool,
}

impl Binder {
    fn add<'q, T: sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + 'q>(&mut self, value: T) {
        self.failed |= self.args.add(value).is_err();
    }
}

impl Insert for (i64, String) {
    const TABLE: &'static str = "timeline";
    const COLUMNS: usize = 2;
    fn bind(&self, to: &mut Binder) {
        to.add(self.0);
        to.add(self.1.as_str());
    }
}

impl Insert for FrameRow {
    const TABLE: &'static str = "frame";
    const COLUMNS: usize = 9;
    fn bind(&self, to: &mut Binder) {
        for number in
            [self.id, self.source, self.first_byte, self.boot, self.received_mono_us, self.received_wall_us, self.kind]
        {
            to.add(number);
        }
        to.add(self.key.as_ref().map(<[u8; 16]>::as_slice));
        to.add(Arc::clone(&self.raw));
    }
}

impl Insert for ReadingRow {
    const TABLE: &'static str = "reading";
    const COLUMNS: usize = 8;
    fn bind(&self, to: &mut Binder) {
        for number in [self.timeline, self.seq, self.frame, self.channel, self.state] {
            to.add(number);
        }
        to.add(self.flags);
        to.add(self.value);
        to.add(self.places);
    }
}

impl Insert for MoreRow {
    const TABLE: &'static str = "reading_more";
    const COLUMNS: usize = 13;
    fn bind(&self, to: &mut Binder) {
        for number in [self.timeline, self.seq, self.pressure] {
            to.add(number);
        }
        for part in [self.diastolic, self.mean] {
            to.add(part.map(|p| p.0));
            to.add(part.map(|p| p.1));
        }
        to.add(self.measured_at.as_deref());
        to.add(self.measured_sent.as_deref());
        to.add(self.measured_ago_us);
        to.add(self.age_us);
        to.add(self.bytes.map(|b| b.0));
        to.add(self.bytes.map(|b| b.1));
    }
}

impl Insert for NoteRow {
    const TABLE: &'static str = "note";
    const COLUMNS: usize = 13;
    fn bind(&self, to: &mut Binder) {
        for number in [self.timeline, self.seq, self.kind] {
            to.add(number);
        }
        to.add(self.frame);
        to.add(self.source);
        to.add(self.received.map(|r| r.0));
        to.add(self.received.map(|r| r.1));
        to.add(self.received.map(|r| r.2));
        to.add(self.word);
        to.add(self.text.as_deref());
        to.add(self.identity);
        to.add(self.bytes.map(|b| b.0));
        to.add(self.bytes.map(|b| b.1));
    }
}

impl Insert for BlockRow {
    const TABLE: &'static str = "block";
    const COLUMNS: usize = 7;
    fn bind(&self, to: &mut Binder) {
        for number in [self.timeline, self.number, self.first_seq, self.last_seq, self.reached_wall_us] {
            to.add(number);
        }
        to.add(self.hash.as_slice());
        to.add(self.salt.as_slice());
    }
}

impl Insert for ClaimRow {
    const TABLE: &'static str = "claim";
    const COLUMNS: usize = 5;
    fn bind(&self, to: &mut Binder) {
        to.add(self.timeline);
        to.add(self.seq);
        to.add(self.session.as_deref());
        to.add(self.step);
        to.add(self.bound);
    }
}

fn push_insert<T: Insert>(sql: &mut String, rows: usize) {
    if rows == 0 {
        return;
    }
    sql.push_str("INSERT INTO ");
    sql.push_str(T::TABLE);
    sql.push_str(" VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(?" } else { ",(?" });
        for _ in 1..T::COLUMNS {
            sql.push_str(",?");
        }
        sql.push(')');
    }
    sql.push(';');
}

/// Texts of the statements used so far, so that SQLite prepares each only once.
#[derive(Default)]
pub(super) struct Statements {
    chunks: HashMap<(&'static str, usize), Arc<str>>,
}

impl Statements {
    async fn insert<T: Insert>(&mut self, conn: &mut SqliteConnection, rows: &[T]) -> Result<(), sqlx::Error> {
        let mut rest = rows;
        while !rest.is_empty() {
            // The largest power of two that fits: seven texts a table serve every number of rows.
            let size = CHUNK_MAX.min(1 << rest.len().ilog2());
            let (chunk, after) = rest.split_at(size);
            let sql = self.chunks.entry((T::TABLE, size)).or_insert_with(|| {
                let mut sql = String::new();
                push_insert::<T>(&mut sql, size);
                sql.into()
            });
            let mut binder = Binder::default();
            chunk.iter().for_each(|row| row.bind(&mut binder));
            run(conn, Arc::clone(sql), binder).await?;
            rest = after;
        }
        Ok(())
    }

    /// Writes claims alone, in the caller's transaction.
    pub(super) async fn claims(&mut self, conn: &mut SqliteConnection, rows: &[ClaimRow]) -> Result<(), sqlx::Error> {
        self.insert(conn, rows).await
    }

    /// Writes `rows` in one transaction; `names` inserts what they refer to. On an error the transaction may be open.
    pub(super) async fn commit(
        &mut self,
        conn: &mut SqliteConnection,
        rows: &Rows,
        names: Option<&crate::sqlite::names::Names>,
        words: &Words,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
        if let Some(names) = names {
            names.write(conn).await?;
        }
        self.insert(conn, &rows.timelines).await?;
        self.insert(conn, &rows.frames).await?;
        self.insert(conn, &rows.readings).await?;
        self.insert(conn, &rows.more).await?;
        self.insert(conn, &rows.notes).await?;
        self.insert(conn, &rows.blocks).await?;
        self.insert(conn, &rows.claims).await?;
        sessions::follow(conn, words, &rows.spoken).await?;
        if let Some((number, digest)) = &rows.mark {
            let update = sqlx::query("UPDATE _journal SET applied = ?, digest = ?");
            update.bind(number).bind(digest.as_slice()).execute(&mut *conn).await?;
        }
        sqlx::query("COMMIT").execute(conn).await.map(|_| ())
    }
}

async fn run(conn: &mut SqliteConnection, sql: Arc<str>, binder: Binder) -> Result<(), sqlx::Error> {
    if binder.failed {
        return Err(sqlx::Error::Encode("a parameter could not be encoded".into()));
    }
    // The text is made of constants above; values are parameters only.
    sqlx::query_with(AssertSqlSafe(sql), binder.args).persistent(true).execute(conn).await.map(|_| ())
}
