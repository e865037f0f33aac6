//! What erasing left: tombstones and the chain of its steps, as `verify` finds them.

use crate::Verified;
use crate::canonical::{ErasureHasher, ErasureHead, GENESIS, Hash, erasure_hash};
use crate::tables::ask::{Ask, cell, maybe};
use crate::tables::rows::Damage;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Erased by itself, because no session claimed it.
pub(crate) const RETENTION: &str = "retention";
/// Erased because a person said so.
pub(crate) const REQUEST: &str = "request";

/// What is left of the entries from `first` to `last`.
pub(crate) struct Tombstone {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) digest: Hash,
    pub(crate) erasure: i64,
}

/// A row of the table of claims whose deed may be erased.
pub(crate) struct ClaimLeft {
    pub(crate) session: Option<String>,
    pub(crate) step: String,
    pub(crate) bound: i64,
}

/// Adds what is left of some entries, with what they had said of claims.
pub(crate) fn put(hasher: &mut ErasureHasher, tombstone: &Tombstone, claims: &BTreeMap<i64, ClaimLeft>) {
    let Tombstone { first, last, digest, .. } = tombstone;
    hasher.tombstone(first.cast_unsigned(), last.cast_unsigned(), digest);
    for (seq, claim) in claims.range(first..=last) {
        hasher.claim(seq.cast_unsigned(), claim.session.as_deref(), &claim.step, claim.bound.cast_unsigned());
    }
}

/// The claims of one timeline, by the sequence of their deed.
pub(crate) async fn claims(conn: &mut impl Ask, timeline: i64) -> Result<BTreeMap<i64, ClaimLeft>, sqlx::Error> {
    let sql = "SELECT seq, session, step, bound FROM claim WHERE timeline = ?";
    let rows = conn.rows(sql, vec![timeline.into()]).await?;
    let claim =
        |row| Ok((cell(row, 0)?, ClaimLeft { session: maybe(row, 1)?, step: cell(row, 2)?, bound: cell(row, 3)? }));
    rows.iter().map(claim).collect()
}

/// Tombstones of a timeline that begin after `after`, in order.
pub(crate) async fn tombstones(
    conn: &mut impl Ask,
    timeline: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Result<Tombstone, Damage>)>, sqlx::Error> {
    let sql =
        "SELECT seq, last_seq, digest, erasure FROM tombstone WHERE timeline = ? AND seq > ? ORDER BY seq LIMIT ?";
    let rows = conn.rows(sql, vec![timeline.into(), after.into(), limit.into()]).await?;
    let tombstone = |row| {
        let (first, last): (i64, i64) = (cell(row, 0)?, cell(row, 1)?);
        let erasure = cell(row, 3)?;
        let digest = Hash::try_from(cell::<Vec<u8>>(row, 2)?);
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
pub(crate) async fn kept_salts(
    conn: &mut impl Ask,
    timeline: i64,
    (first, last): (i64, i64),
) -> Result<Vec<(i64, Vec<u8>)>, sqlx::Error> {
    let sql = "SELECT seq, salt FROM kept_salt WHERE timeline = ? AND seq BETWEEN ? AND ?";
    let rows = conn.rows(sql, vec![timeline.into(), first.into(), last.into()]).await?;
    rows.iter().map(|row| Ok((cell(row, 0)?, cell(row, 1)?))).collect()
}

/// One step, as its tombstones have it.
struct Left {
    timeline: i64,
    hasher: ErasureHasher,
    entries: u64,
}

/// Everything `verify` finds of erasing on its way through the timelines.
#[derive(Default)]
pub(crate) struct Erasures {
    /// Newest step when it began: later ones may lie in a timeline already looked at.
    newest: i64,
    steps: HashMap<i64, Left>,
    /// Timeline it is at.
    key: String,
    claims: BTreeMap<i64, ClaimLeft>,
    resealed: u64,
    pub(crate) salts: u64,
}

impl Erasures {
    /// `through`: later steps are not judged; what they erased is not all here yet.
    pub(crate) async fn begin(conn: &mut impl Ask, through: i64) -> Result<Self, sqlx::Error> {
        Ok(Self { newest: newest(conn).await?.min(through), ..Self::default() })
    }

    /// Goes on to the next timeline.
    pub(crate) async fn of_timeline(&mut self, conn: &mut impl Ask, id: i64, key: &str) -> Result<(), sqlx::Error> {
        key.clone_into(&mut self.key);
        self.claims = claims(conn, id).await?;
        Ok(())
    }

    fn step(&mut self, timeline: i64, erasure: i64) -> &mut Left {
        let key = &self.key;
        let new = || Left { timeline, hasher: ErasureHasher::new(key), entries: 0 };
        self.steps.entry(erasure).or_insert_with(new)
    }

    pub(crate) fn add(&mut self, timeline: i64, tombstone: &Tombstone, broken: &mut Vec<String>) {
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
    pub(crate) fn resealed(
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
    pub(crate) async fn check(mut self, conn: &mut impl Ask, found: &mut Verified) -> Result<Vec<String>, sqlx::Error> {
        let mut broken = Vec::new();
        let sql = "SELECT number, at_wall_us, why, deed, entries, hash FROM erasure WHERE number <= ? ORDER BY number";
        let rows = conn.rows(sql, vec![self.newest.into()]).await?;
        let mut previous = GENESIS;
        for (expected, row) in (1..).zip(&rows) {
            let number: i64 = cell(row, 0)?;
            let (at_wall_us, why): (i64, Cow<'_, str>) = (cell(row, 1)?, cell(row, 2)?);
            let why = &*why;
            let (deed, entries): (Option<i64>, i64) = (maybe(row, 3)?, cell(row, 4)?);
            let hash: Vec<u8> = cell(row, 5)?;
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
            let resealed = conn.number("SELECT count(*) FROM resealed", vec![]).await?.unwrap_or(0);
            let salts = conn.number("SELECT count(*) FROM kept_salt", vec![]).await?.unwrap_or(0);
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

async fn newest(conn: &mut impl Ask) -> Result<i64, sqlx::Error> {
    Ok(conn.number("SELECT max(number) FROM erasure", vec![]).await?.unwrap_or(0))
}
