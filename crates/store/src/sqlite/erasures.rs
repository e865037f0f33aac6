//! What erasing left: tombstones and the chain of its steps, as `verify` finds them.

use crate::Verified;
use crate::canonical::{ErasureHasher, ErasureHead, GENESIS, Hash, erasure_hash};
use crate::sqlite::rows::Damage;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Erased by itself, because no session claimed it.
pub(super) const RETENTION: &str = "retention";
/// Erased because a person said so.
pub(super) const REQUEST: &str = "request";

/// What is left of the entries from `first` to `last`.
pub(super) struct Tombstone {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) digest: Hash,
    pub(super) erasure: i64,
}

/// A row of the table of claims whose deed may be erased.
pub(super) struct ClaimLeft {
    pub(super) session: Option<String>,
    pub(super) step: String,
    pub(super) bound: i64,
}

/// Adds what is left of some entries, with what they had said of claims.
pub(super) fn put(hasher: &mut ErasureHasher, tombstone: &Tombstone, claims: &BTreeMap<i64, ClaimLeft>) {
    let Tombstone { first, last, digest, .. } = tombstone;
    hasher.tombstone(first.cast_unsigned(), last.cast_unsigned(), digest);
    for (seq, claim) in claims.range(first..=last) {
        hasher.claim(seq.cast_unsigned(), claim.session.as_deref(), &claim.step, claim.bound.cast_unsigned());
    }
}

/// The claims of one timeline, by the sequence of their deed.
pub(super) async fn claims(
    conn: &mut SqliteConnection,
    timeline: i64,
) -> Result<BTreeMap<i64, ClaimLeft>, sqlx::Error> {
    let rows = sqlx::query("SELECT seq, session, step, bound FROM claim WHERE timeline = ?").bind(timeline);
    let rows = rows.fetch_all(conn).await?;
    let claim = |row: &sqlx::sqlite::SqliteRow| {
        Ok((row.try_get(0)?, ClaimLeft { session: row.try_get(1)?, step: row.try_get(2)?, bound: row.try_get(3)? }))
    };
    rows.iter().map(claim).collect()
}

/// Tombstones of a timeline that begin after `after`, in order.
pub(super) async fn tombstones(
    conn: &mut SqliteConnection,
    timeline: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Result<Tombstone, Damage>)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT seq, last_seq, digest, erasure FROM tombstone WHERE timeline = ? AND seq > ? ORDER BY seq LIMIT ?",
    );
    let rows = rows.bind(timeline).bind(after).bind(limit).fetch_all(conn).await?;
    let tombstone = |row: &sqlx::sqlite::SqliteRow| {
        let (first, last): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let erasure = row.try_get(3)?;
        let digest = Hash::try_from(row.try_get::<Vec<u8>, _>(2)?);
        let tombstone = match digest {
            Ok(digest) if last >= first => Ok(Tombstone { first, last, digest, erasure }),
            Ok(_) => Err(format!("a tombstone that ends at {last}")),
            Err(found) => Err(format!("a tombstone with a digest of {} bytes", found.len())),
        };
        Ok((first, tombstone))
    };
    rows.iter().map(tombstone).collect()
}

/// The salts of entries that are kept in a block of which others are erased.
pub(super) async fn kept_salts(
    conn: &mut SqliteConnection,
    timeline: i64,
    (first, last): (i64, i64),
) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as("SELECT seq, salt FROM kept_salt WHERE timeline = ? AND seq BETWEEN ? AND ?")
        .bind(timeline)
        .bind(first)
        .bind(last)
        .fetch_all(conn)
        .await
}

/// One step, as its tombstones have it.
struct Left {
    timeline: i64,
    hasher: ErasureHasher,
    entries: u64,
}

/// Everything `verify` finds of erasing on its way through the timelines.
#[derive(Default)]
pub(super) struct Erasures {
    /// Newest step when it began: later ones may lie in a timeline already looked at.
    newest: i64,
    steps: HashMap<i64, Left>,
    /// Timeline it is at.
    key: String,
    claims: BTreeMap<i64, ClaimLeft>,
    resealed: u64,
    pub(super) salts: u64,
}

impl Erasures {
    pub(super) async fn begin(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        Ok(Self { newest: newest(conn).await?, ..Self::default() })
    }

    /// Goes on to the next timeline.
    pub(super) async fn of_timeline(
        &mut self,
        conn: &mut SqliteConnection,
        id: i64,
        key: &str,
    ) -> Result<(), sqlx::Error> {
        key.clone_into(&mut self.key);
        self.claims = claims(conn, id).await?;
        Ok(())
    }

    fn step(&mut self, timeline: i64, erasure: i64) -> &mut Left {
        let key = &self.key;
        let new = || Left { timeline, hasher: ErasureHasher::new(key), entries: 0 };
        self.steps.entry(erasure).or_insert_with(new)
    }

    pub(super) fn add(&mut self, timeline: i64, tombstone: &Tombstone, broken: &mut Vec<String>) {
        let claims = std::mem::take(&mut self.claims);
        let step = self.step(timeline, tombstone.erasure);
        if step.timeline != timeline {
            broken.push(format!("erasure {}: it speaks of two timelines", tombstone.erasure));
        }
        put(&mut step.hasher, tombstone, &claims);
        step.entries += tombstone.last.abs_diff(tombstone.first) + 1;
        self.claims = claims;
    }

    /// Takes a block of form 1 with erased entries; `false`: its row cannot be one.
    pub(super) fn resealed(
        &mut self,
        timeline: i64,
        number: i64,
        hash: &[u8],
        reached_wall_us: i64,
        (digest, erasure): (&[u8], i64),
    ) -> bool {
        let (Ok(hash), Ok(digest)) = (Hash::try_from(hash), Hash::try_from(digest)) else { return false };
        self.resealed += 1;
        let step = self.step(timeline, erasure);
        step.hasher.resealed(number.cast_unsigned(), &hash, reached_wall_us, &digest);
        step.timeline == timeline
    }

    /// Holds the chain of steps against what was found of them.
    pub(super) async fn check(
        mut self,
        conn: &mut SqliteConnection,
        found: &mut Verified,
    ) -> Result<Vec<String>, sqlx::Error> {
        let mut broken = Vec::new();
        let rows = sqlx::query(
            "SELECT number, at_wall_us, why, deed, entries, hash FROM erasure WHERE number <= ? ORDER BY number",
        );
        let rows = rows.bind(self.newest).fetch_all(&mut *conn).await?;
        let mut previous = GENESIS;
        for (expected, row) in (1..).zip(&rows) {
            let number: i64 = row.try_get(0)?;
            let (at_wall_us, why): (i64, &str) = (row.try_get(1)?, row.try_get(2)?);
            let (deed, entries): (Option<i64>, i64) = (row.try_get(3)?, row.try_get(4)?);
            let hash: Vec<u8> = row.try_get(5)?;
            let Some(step) = self.steps.remove(&number).filter(|_| number == expected) else {
                broken.push(format!("erasure {number}: nothing is left of it, or expected {expected}"));
                continue;
            };
            let (number, deed) = (number.cast_unsigned(), deed.map(i64::cast_unsigned));
            let head = ErasureHead { number, at_wall_us, why, deed, entries: step.entries };
            let computed = erasure_hash(&previous, &head, &step.hasher.finish());
            if computed[..] != *hash || step.entries != entries.cast_unsigned() {
                broken.push(format!("erasure {number}: its chain does not fit: what it left was changed"));
            }
            if why == REQUEST {
                found.erased_by_request += step.entries;
            } else {
                found.erased_by_retention += step.entries;
            }
            previous = computed;
        }
        let unknown = self.steps.keys().filter(|number| **number <= self.newest || **number < 1).count();
        if unknown > 0 {
            broken.push(format!("tombstones of {unknown} erasures that are not there"));
        }
        if newest(conn).await? == self.newest {
            let (resealed, salts): (i64, i64) =
                sqlx::query_as("SELECT (SELECT count(*) FROM resealed), (SELECT count(*) FROM kept_salt)")
                    .fetch_one(conn)
                    .await?;
            if (resealed.cast_unsigned(), salts.cast_unsigned()) != (self.resealed, self.salts) {
                broken.push("tables resealed and kept_salt: rows that belong to no block".to_owned());
            }
            if self.steps.keys().any(|number| *number > self.newest) {
                broken.push("tombstones of an erasure that is not there".to_owned());
            }
        }
        Ok(broken)
    }
}

async fn newest(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM erasure").fetch_one(conn).await
}
