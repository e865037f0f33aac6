//! The one writer: appends of its own, and blocks that another log made.

use super::open::{self, Patience, Place, Writing};
use crate::canonical::{Hash, frame_digest};
use crate::tables::ask::{Arg, Ask, Cells, cell, list, maybe};
use crate::tables::insert::Statements;
use crate::tables::parcel::{Frames, Leaf, Parcel, Parcels};
use crate::tables::place::{self, Commit, Head, Placer};
use crate::tables::words::Words;
use crate::tables::{error, names};
use crate::{Batch, StoreError, contract};
use chairside_observation::{Sequence, Timeline};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A step of erasing as its row has it.
pub(crate) struct StepRow {
    pub(crate) number: i64,
    pub(crate) at_wall_us: i64,
    pub(crate) why: String,
    pub(crate) deed: Option<i64>,
    pub(crate) entries: i64,
    pub(crate) hash: Vec<u8>,
}

/// Why blocks were not taken.
pub(crate) enum NotTaken {
    /// They, or a rule of the server, will not have it: nothing of them is there, and trying again changes nothing.
    Refused(String),
    /// It cannot be done now.
    Failed(StoreError),
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// How far erasing has come here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Steps whose rows are here.
    pub(crate) known: i64,
    /// Steps whose tombstones are in every block that is here.
    pub(crate) applied: i64,
    /// Steps that are here whole, since every block of the time is.
    pub(crate) whole: i64,
}

/// The connection that writes, with everything it has to know. After an error it is to be dropped, unless it
/// [is sound](Writer::is_sound).
pub(crate) struct Writer {
    conn: Writing,
    statements: Statements,
    placer: Placer,
    steps: Steps,
    sound: bool,
}

impl Writer {
    pub(crate) async fn open(place: &Place, boot: &str, patience: Patience) -> Result<Self, StoreError> {
        let mut conn = open::writer(place, patience).await?;
        let words = Arc::new(Words::complete(&mut conn).await?);
        let drawn = drawn(&mut conn).await.map_err(|e| error::read(&e))?;
        let placer = Placer::load(&mut conn, words, boot, drawn, true).await?;
        let steps = steps(&mut conn).await.map_err(|e| error::read(&e))?;
        Ok(Self { conn, statements: Statements::default(), placer, steps, sound: true })
    }

    /// The last thing that was done left the connection as it was.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound
    }

    pub(crate) fn words(&self) -> Arc<Words> {
        Arc::clone(&self.placer.words)
    }

    /// Where each timeline ends.
    pub(crate) fn heads(&self) -> &HashMap<Timeline, Head> {
        &self.placer.heads
    }

    pub(crate) fn steps(&self) -> Steps {
        self.steps
    }

    /// Appends batches whose monotonic times count in `boot`, and gives where their timelines end.
    pub(super) async fn append(
        &mut self,
        batches: &[Arc<Batch>],
        boot: &str,
    ) -> Result<Vec<(Timeline, Sequence)>, StoreError> {
        batches.iter().try_for_each(|batch| contract::check(batch)).map_err(StoreError::Write)?;
        let mut ends: HashMap<Timeline, Sequence> = HashMap::new();
        for entry in batches.iter().flat_map(|batch| &batch.entries) {
            let end = ends.entry(entry.timeline.clone()).or_insert(entry.sequence);
            *end = entry.sequence.max(*end);
        }
        self.sound = false;
        let fresh = self.placer.not_yet_stored(&mut self.conn, batches, boot).await;
        let fresh = self.refused(fresh)?;
        self.placer.look_up_duplicates(&mut self.conn, &fresh).await?;
        let frames = fresh.iter().filter_map(|batch| batch.frame.as_ref());
        let digests: Vec<Hash> = frames.map(|frame| frame_digest(frame, boot)).collect();
        self.look_up_digests(&digests).await?;
        let placed = self.placer.batches(&fresh);
        self.placer.forget_known();
        if placed.is_err() {
            self.placer.names.undo();
        }
        let commit = self.refused(placed)?;
        if !commit.rows.blocks.is_empty() {
            self.write(&commit).await.map_err(|e| error::write(&e))?;
        }
        self.placer.done(commit);
        self.sound = true;
        Ok(ends.into_iter().collect())
    }

    /// What was refused before anything was written does no harm to the connection.
    fn refused<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.sound = !matches!(result, Ok(_) | Err(StoreError::Read(_)));
        result
    }

    async fn look_up_digests(&mut self, digests: &[Hash]) -> Result<(), StoreError> {
        let hex = |digest: &Hash| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let all = digests.iter().map(hex).collect::<Vec<_>>().join(",");
        let sql = "SELECT id, digest FROM frame WHERE digest = ANY \
             (ARRAY(SELECT decode(h.digest, 'hex') FROM unnest(string_to_array(?, ',')) AS h (digest)))";
        let rows = self.conn.rows(sql, vec![(&all).into()]).await.map_err(|e| error::read(&e))?;
        let found =
            rows.iter().filter_map(|row| Some((cell::<&[u8]>(row, 1).ok()?.try_into().ok()?, cell(row, 0).ok()?)));
        self.placer.know_digests(found);
        Ok(())
    }

    async fn write(&mut self, commit: &Commit<'_>) -> Result<(), sqlx::Error> {
        self.conn.run("BEGIN", vec![]).await?;
        self.statements.all(&mut self.conn, &commit.rows, self.placer.fresh()).await?;
        self.conn.run("COMMIT", vec![]).await.map(|_| ())
    }

    /// Takes blocks of another log, in one transaction. Each has to continue its timeline, and to fit its hash.
    pub(crate) async fn take(&mut self, parcels: &[Parcel], frames: &Frames) -> Result<(), NotTaken> {
        self.sound = false;
        let digests: BTreeSet<Hash> = parcels.iter().flat_map(Parcel::frames).collect();
        self.look_up_digests(&digests.into_iter().collect::<Vec<_>>()).await?;
        let placed = self.placer.parcels(parcels, frames);
        self.placer.forget_known();
        let commit = match placed {
            Ok(commit) => commit,
            Err(error) => {
                self.placer.names.undo();
                self.sound = true;
                return Err(NotTaken::Refused(error.to_string()));
            }
        };
        if let Err(error) = self.write(&commit).await {
            let words = error::write(&error);
            if !error::is_refusal(&error) {
                return Err(words.into());
            }
            self.placer.names.undo();
            self.conn.run("ROLLBACK", vec![]).await.map_err(|e| error::write(&e))?;
            self.sound = true;
            return Err(NotTaken::Refused(words.to_string()));
        }
        self.placer.done(commit);
        self.sound = true;
        Ok(())
    }

    /// Asks the server for something, so that one that is gone is noticed also while there is nothing to do.
    pub(crate) async fn ping(&mut self) -> Result<(), StoreError> {
        self.sound = false;
        self.conn.number("SELECT one FROM _forward", vec![]).await.map_err(|e| error::read(&e))?;
        self.sound = true;
        Ok(())
    }

    /// Takes the rows of steps of erasing; their tombstones come with the blocks.
    pub(crate) async fn take_steps(&mut self, rows: &[StepRow]) -> Result<(), StoreError> {
        self.sound = false;
        let write = |e: sqlx::Error| error::write(&e);
        self.conn.run("BEGIN", vec![]).await.map_err(write)?;
        for row in rows {
            let (at, why) = (row.at_wall_us.into(), row.why.as_str().into());
            let args =
                vec![row.number.into(), at, why, row.deed.into(), row.entries.into(), row.hash.as_slice().into()];
            self.conn.run("INSERT INTO erasure VALUES (?, ?, ?, ?, ?, ?)", args).await.map_err(write)?;
        }
        self.conn.run("COMMIT", vec![]).await.map_err(write)?;
        self.steps.known = rows.last().map_or(self.steps.known, |row| row.number);
        self.sound = true;
        Ok(())
    }

    /// Brings blocks to what erasing has left of them in the other log; steps through this one are done then.
    pub(crate) async fn erase(&mut self, parcels: &[Parcels], applied: i64) -> Result<(), StoreError> {
        self.sound = false;
        self.erase_in(parcels, applied).await.map_err(|e| error::write(&e))?;
        self.steps.applied = applied;
        self.sound = true;
        Ok(())
    }

    async fn erase_in(&mut self, parcels: &[Parcels], applied: i64) -> Result<(), sqlx::Error> {
        self.conn.run("BEGIN", vec![]).await?;
        let mut gone = Gone::default();
        for parcel in parcels.iter().flat_map(|some| &some.parcels) {
            let Some(id) = self.placer.heads.get(&parcel.timeline).map(|head| head.id) else { continue };
            self.erase_block(id, parcel, &mut gone).await?;
        }
        let names = gone.unused(&mut self.conn).await?;
        self.conn.run("UPDATE _forward SET applied = ?", vec![applied.into()]).await?;
        self.conn.run("COMMIT", vec![]).await?;
        if names {
            // What is remembered of them must not be used again.
            self.placer.names = names::Names::load(&mut self.conn).await?;
        }
        Ok(())
    }

    async fn erase_block(&mut self, id: i64, parcel: &Parcel, gone: &mut Gone) -> Result<(), sqlx::Error> {
        let block = &parcel.block;
        let within = || vec![id.into(), block.first.into(), block.last.into()];
        let conn = &mut self.conn;
        let have = |table: &str| format!("SELECT seq FROM {table} WHERE timeline = ? AND seq BETWEEN ? AND ?");
        let stand = numbers(&conn.rows(&have("tombstone"), within()).await?)?;
        let kept = numbers(&conn.rows(&have("kept_salt"), within()).await?)?;
        gone.note(
            conn,
            "SELECT frame, channel FROM reading WHERE timeline = ? AND seq BETWEEN ? AND ?",
            within(),
            true,
        )
        .await?;
        let notes = "SELECT frame, identity FROM note WHERE timeline = ? AND seq BETWEEN ? AND ?";
        gone.note(conn, notes, within(), false).await?;
        let left = parcel.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Erased(left) if !stand.contains(&left.first) => Some(place::tombstone_row(id, left)),
            _ => None,
        });
        let left: Vec<_> = left.collect();
        self.statements.insert(conn, &left).await?;
        if block.salt.as_ref().is_some_and(Vec::is_empty) {
            let sql = "UPDATE block SET salt = ''::bytea WHERE timeline = ? AND number = ? AND salt <> ''::bytea";
            conn.run(sql, vec![id.into(), block.number.into()]).await?;
        }
        let known = conn.number(
            "SELECT erasure FROM resealed WHERE timeline = ? AND number = ?",
            vec![id.into(), block.number.into()],
        );
        let known = known.await?.is_some();
        let resealed: Vec<_> = place::resealed_row(id, parcel).into_iter().filter(|_| !known).collect();
        self.statements.insert(conn, &resealed).await?;
        let salts: Vec<_> = place::salt_rows(id, parcel).filter(|row| !kept.contains(&row.seq)).collect();
        self.statements.insert(conn, &salts).await?;
        for row in &left {
            for table in ["reading_more", "reading", "note", "kept_salt"] {
                let sql = format!("DELETE FROM {table} WHERE timeline = ? AND seq BETWEEN ? AND ?");
                conn.run(&sql, vec![id.into(), row.seq.into(), row.last_seq.into()]).await?;
            }
        }
        Ok(())
    }

    /// Every block of the other log is here, with every step through this one.
    pub(crate) async fn complete(&mut self, whole: i64) -> Result<(), StoreError> {
        self.sound = false;
        self.conn.run("UPDATE _forward SET whole = ?", vec![whole.into()]).await.map_err(|e| error::write(&e))?;
        self.steps.whole = whole;
        self.sound = true;
        Ok(())
    }

    /// Where every timeline ends: all of it survives a power cut.
    pub(super) fn committed(&self) -> Vec<(Timeline, Sequence)> {
        self.placer.sequences().into_iter().map(|(timeline, sequence)| (timeline, Sequence(sequence))).collect()
    }
}

/// What erased entries led to, and may lead to nothing now.
#[derive(Default)]
struct Gone {
    frames: BTreeSet<i64>,
    channels: BTreeSet<i64>,
    identities: BTreeSet<i64>,
}

impl Gone {
    async fn note(
        &mut self,
        conn: &mut Writing,
        sql: &str,
        args: Vec<Arg<'_>>,
        channel: bool,
    ) -> Result<(), sqlx::Error> {
        for row in conn.rows(sql, args).await? {
            self.frames.extend(maybe::<i64>(&row, 0)?);
            let names = if channel { &mut self.channels } else { &mut self.identities };
            names.extend(maybe::<i64>(&row, 1)?);
        }
        Ok(())
    }

    /// Erases what nothing leads to any more; gives whether names were among it.
    async fn unused(mut self, conn: &mut Writing) -> Result<bool, sqlx::Error> {
        let among = Writing::AMONG;
        let sql = format!(
            "DELETE FROM frame f WHERE f.id {among} AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.frame = f.id) \
             AND NOT EXISTS (SELECT 1 FROM note n WHERE n.frame = f.id)"
        );
        conn.run(&sql, vec![(&list(&self.frames)).into()]).await?;
        let sql = format!(
            "DELETE FROM channel c WHERE c.id {among} AND c.identity IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.channel = c.id) RETURNING c.identity"
        );
        let dropped = numbers(&conn.rows(&sql, vec![(&list(&self.channels)).into()]).await?)?;
        let channels = !dropped.is_empty();
        self.identities.extend(dropped);
        let sql = format!(
            "DELETE FROM identity i WHERE i.id {among} AND NOT EXISTS (SELECT 1 FROM channel c WHERE c.identity = i.id) \
             AND NOT EXISTS (SELECT 1 FROM note n WHERE n.identity = i.id)"
        );
        let identities = conn.run(&sql, vec![(&list(&self.identities)).into()]).await?;
        Ok(channels || identities > 0)
    }
}

fn numbers<R: Cells>(rows: &[R]) -> Result<BTreeSet<i64>, sqlx::Error> {
    rows.iter().map(|row| cell(row, 0)).collect()
}

/// 32 bytes nobody can guess, from the server's strong random numbers.
async fn drawn(conn: &mut Writing) -> Result<Hash, sqlx::Error> {
    let sql = "SELECT gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text";
    let row = conn.row(sql, vec![]).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Sha256::digest(cell::<String>(&row, 0)?).into())
}

async fn steps(conn: &mut Writing) -> Result<Steps, sqlx::Error> {
    let row = conn.row("SELECT applied, whole FROM _forward", vec![]).await?.ok_or(sqlx::Error::RowNotFound)?;
    let known = conn.number("SELECT max(number) FROM erasure", vec![]).await?.unwrap_or(0);
    Ok(Steps { known, applied: cell(&row, 0)?, whole: cell(&row, 1)? })
}
