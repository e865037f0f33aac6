//! The table of claims: read when the log is opened, filled in for logs that are older than it, and checked.

use crate::StoreError;
use crate::claims::{Claim, Claims, Step};
use crate::tables::ask::{Ask, Cells, cell, get, optional};
use crate::tables::insert::{ClaimRow, Statements};
use crate::tables::place::whole;
use crate::tables::words::Words;
use crate::tables::{error, read};
use chairside_observation::{Sequence, Timeline};
use std::borrow::Cow;

/// Deeds read at a time.
const PAGE: usize = 1000;

/// A row of the table.
pub(crate) fn row(claim: &Claim, timeline: i64) -> Result<ClaimRow, StoreError> {
    Ok(ClaimRow {
        timeline,
        seq: whole(claim.sequence.0, "sequence")?,
        session: claim.session.as_ref().map(ToString::to_string),
        step: claim.step.word(),
        bound: whole(claim.bound.0, "claimed entry")?,
    })
}

/// How every chair stands. A log that was written before there were claims gets them from its deeds.
pub(crate) async fn load(conn: &mut impl Ask, words: &Words) -> Result<Claims, StoreError> {
    let known = conn.number("SELECT seq FROM claim LIMIT 1", vec![]).await.map_err(|e| error::read(&e))?;
    if known.is_none() {
        fill_in(conn, words).await?;
    }
    // The last row of a chair says whether it is claimed; the last end of one, from where on it may be.
    let sql = "SELECT t.key, c.seq, c.session, c.step, c.bound FROM claim c JOIN timeline t ON t.id = c.timeline \
         JOIN (SELECT timeline, max(seq) AS seq FROM claim GROUP BY timeline, step IN ('begin', 'from')) m \
         ON m.timeline = c.timeline AND m.seq = c.seq ORDER BY c.timeline, c.seq";
    let rows = conn.rows(sql, vec![]).await.map_err(|e| error::read(&e))?;
    let mut claims = Claims::default();
    for row in &rows {
        let claim = claim_of(row).map_err(StoreError::Read)?;
        claims.restore(&claim);
    }
    Ok(claims)
}

async fn fill_in<C: Ask>(conn: &mut C, words: &Words) -> Result<(), StoreError> {
    let (mut claims, mut rows) = (Claims::default(), Vec::new());
    for (id, timeline) in chairs(conn).await? {
        for claim in of_deeds(conn, words, &timeline, &mut claims, &mut Vec::new()).await? {
            rows.push(row(&claim, id)?);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let write = |e: sqlx::Error| error::write(&e);
    conn.run(C::BEGIN, vec![]).await.map_err(write)?;
    Statements::default().insert(&mut *conn, &rows).await.map_err(write)?;
    conn.run("COMMIT", vec![]).await.map_err(write)?;
    Ok(())
}

/// The rows of a chair's deeds, and what does not fit.
async fn of_deeds(
    conn: &mut impl Ask,
    words: &Words,
    timeline: &Timeline,
    claims: &mut Claims,
    broken: &mut Vec<String>,
) -> Result<Vec<Claim>, StoreError> {
    let (mut after, mut rows) = (Sequence(0), Vec::new());
    loop {
        let page = read::deeds(conn, words, timeline, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = last.entry.sequence;
        for stored in &page {
            match claims.take(&stored.entry) {
                Ok(claim) => rows.extend(claim),
                Err(overlap) => broken.push(overlap.sentence),
            }
        }
    }
}

/// What does not fit between the table and the deeds.
pub(crate) async fn check(conn: &mut impl Ask, words: &Words) -> Result<Vec<String>, StoreError> {
    let mut broken = Vec::new();
    for (id, timeline) in chairs(conn).await? {
        let key = timeline.key();
        let found = of_deeds(conn, words, &timeline, &mut Claims::default(), &mut broken).await;
        // The timeline's own check has said which of its deeds is damaged.
        let Ok(expected) = found else { continue };
        // What an erased deed had said is held by the chain of erasures.
        let sql = format!(
            "{SELECT} WHERE c.timeline = ? AND coalesce((SELECT e.last_seq FROM tombstone e WHERE e.timeline = c.timeline \
             AND e.seq <= c.seq ORDER BY e.seq DESC LIMIT 1), 0) < c.seq ORDER BY c.seq"
        );
        let found = conn.rows(&sql, vec![id.into()]).await.map_err(|e| error::read(&e))?;
        let found: Result<Vec<Claim>, String> = found.iter().map(claim_of).collect();
        match found {
            Ok(found) => broken.extend(differences(&key, &expected, &found)),
            Err(damage) => broken.push(format!("{key}: table claim: {damage}")),
        }
    }
    let sql = "SELECT count(*) FROM claim WHERE timeline NOT IN (SELECT id FROM timeline WHERE key LIKE 'chair:%')";
    let foreign = conn.number(sql, vec![]).await.map_err(|e| error::read(&e))?.unwrap_or(0);
    if foreign > 0 {
        broken.push(format!("table claim: {foreign} rows belong to no chair"));
    }
    Ok(broken)
}

fn differences(key: &str, expected: &[Claim], found: &[Claim]) -> Vec<String> {
    let missing = expected.iter().filter(|claim| !found.contains(claim)).map(|claim| (claim, "is missing"));
    let foreign = found.iter().filter(|claim| !expected.contains(claim)).map(|claim| (claim, "has no deed"));
    let told = missing.chain(foreign);
    told.map(|(claim, what)| {
        let Claim { sequence, step, bound, .. } = claim;
        format!("{key}: claim of entry {} (\"{}\" {}) {what}", sequence.0, step.word(), bound.0)
    })
    .collect()
}

pub(crate) const SELECT: &str =
    "SELECT t.key, c.seq, c.session, c.step, c.bound FROM claim c JOIN timeline t ON t.id = c.timeline";

async fn chairs(conn: &mut impl Ask) -> Result<Vec<(i64, Timeline)>, StoreError> {
    let sql = "SELECT id, key FROM timeline WHERE key LIKE 'chair:%' ORDER BY id";
    let rows = conn.rows(sql, vec![]).await.map_err(|e| error::read(&e))?;
    let chair = |row| Ok((cell(row, 0)?, Timeline::from_key(&cell::<Cow<'_, str>>(row, 1)?)));
    let chairs: Result<Vec<(i64, Option<Timeline>)>, sqlx::Error> = rows.iter().map(chair).collect();
    let chairs = chairs.map_err(|e| error::read(&e))?;
    Ok(chairs.into_iter().filter_map(|(id, timeline)| Some((id, timeline?))).collect())
}

/// A row of timeline's key, sequence, session, step and bound.
pub(crate) fn claim_of(row: &impl Cells) -> Result<Claim, String> {
    let (key, step): (Cow<'_, str>, Cow<'_, str>) = (get(row, 0)?, get(row, 3)?);
    let number = |at: usize| u64::try_from(get::<i64>(row, at)?).map(Sequence).map_err(|e| e.to_string());
    Ok(Claim {
        timeline: Timeline::from_key(&key).ok_or("a timeline's key")?,
        sequence: number(1)?,
        session: optional::<Cow<'_, str>>(row, 2)?.as_deref().map(Into::into),
        step: Step::ALL.into_iter().find(|known| known.word() == step).ok_or("a step")?,
        bound: number(4)?,
    })
}
