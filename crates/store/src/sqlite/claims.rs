//! The table of claims: read when the log is opened, filled in for logs that are older than it, and checked.

use crate::StoreError;
use crate::claims::{Claim, Claims, Step};
use crate::sqlite::insert::{ClaimRow, Statements};
use crate::sqlite::words::Words;
use crate::sqlite::write::whole;
use crate::sqlite::{error, read};
use chairside_observation::{Sequence, Timeline};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// Deeds read at a time.
const PAGE: usize = 1000;

/// A row of the table.
pub(super) fn row(claim: &Claim, timeline: i64) -> Result<ClaimRow, StoreError> {
    Ok(ClaimRow {
        timeline,
        seq: whole(claim.sequence.0, "sequence")?,
        session: claim.session.as_ref().map(ToString::to_string),
        step: claim.step.word(),
        bound: whole(claim.bound.0, "claimed entry")?,
    })
}

/// How every chair stands. A log that was written before there were claims gets them from its deeds.
pub(super) async fn load(conn: &mut SqliteConnection, words: &Words) -> Result<Claims, StoreError> {
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM claim)")
        .fetch_one(&mut *conn)
        .await
        .map_err(|e| error::read(&e))?;
    if !known {
        fill_in(conn, words).await?;
    }
    // The last row of a chair says whether it is claimed; the last end of one, from where on it may be.
    let rows = sqlx::query(
        "SELECT t.key, c.seq, c.session, c.step, c.bound FROM claim c JOIN timeline t ON t.id = c.timeline \
         JOIN (SELECT timeline, max(seq) AS seq FROM claim GROUP BY timeline, step IN ('begin', 'from')) m \
         ON m.timeline = c.timeline AND m.seq = c.seq ORDER BY c.timeline, c.seq",
    )
    .fetch_all(conn)
    .await
    .map_err(|e| error::read(&e))?;
    let mut claims = Claims::default();
    for row in &rows {
        let claim = claim_of(row).map_err(StoreError::Read)?;
        claims.restore(&claim);
    }
    Ok(claims)
}

async fn fill_in(conn: &mut SqliteConnection, words: &Words) -> Result<(), StoreError> {
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
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(write)?;
    Statements::default().claims(&mut *conn, &rows).await.map_err(write)?;
    sqlx::query("COMMIT").execute(conn).await.map_err(write)?;
    Ok(())
}

/// The rows of a chair's deeds, and what does not fit.
async fn of_deeds(
    conn: &mut SqliteConnection,
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
pub(super) async fn check(conn: &mut SqliteConnection, words: &Words) -> Result<Vec<String>, StoreError> {
    let mut broken = Vec::new();
    for (id, timeline) in chairs(conn).await? {
        let key = timeline.key();
        let found = of_deeds(conn, words, &timeline, &mut Claims::default(), &mut broken).await;
        // The timeline's own check has said which of its deeds is damaged.
        let Ok(expected) = found else { continue };
        // What an erased deed had said is held by the chain of erasures.
        let found = sqlx::query(AssertSqlSafe(format!(
            "{SELECT} WHERE c.timeline = ? AND coalesce((SELECT e.last_seq FROM tombstone e WHERE e.timeline = c.timeline \
             AND e.seq <= c.seq ORDER BY e.seq DESC LIMIT 1) < c.seq, 1) ORDER BY c.seq"
        )))
            .bind(id)
            .fetch_all(&mut *conn)
            .await
            .map_err(|e| error::read(&e))?;
        let found: Result<Vec<Claim>, String> = found.iter().map(claim_of).collect();
        match found {
            Ok(found) => broken.extend(differences(&key, &expected, &found)),
            Err(damage) => broken.push(format!("{key}: table claim: {damage}")),
        }
    }
    let foreign: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM claim WHERE timeline NOT IN (SELECT id FROM timeline WHERE key LIKE 'chair:%')",
    )
    .fetch_one(conn)
    .await
    .map_err(|e| error::read(&e))?;
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

const SELECT: &str =
    "SELECT t.key, c.seq, c.session, c.step, c.bound FROM claim c JOIN timeline t ON t.id = c.timeline";

async fn chairs(conn: &mut SqliteConnection) -> Result<Vec<(i64, Timeline)>, StoreError> {
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, key FROM timeline WHERE key LIKE 'chair:%' ORDER BY id")
        .fetch_all(conn)
        .await
        .map_err(|e| error::read(&e))?;
    Ok(rows.into_iter().filter_map(|(id, key)| Some((id, Timeline::from_key(&key)?))).collect())
}

fn claim_of(row: &SqliteRow) -> Result<Claim, String> {
    let text = |e: sqlx::Error| e.to_string();
    let key: &str = row.try_get(0).map_err(text)?;
    let step: &str = row.try_get(3).map_err(text)?;
    let number = |at: usize| -> Result<Sequence, String> {
        u64::try_from(row.try_get::<i64, _>(at).map_err(text)?).map(Sequence).map_err(|e| e.to_string())
    };
    Ok(Claim {
        timeline: Timeline::from_key(key).ok_or("a timeline's key")?,
        sequence: number(1)?,
        session: row.try_get::<Option<&str>, _>(2).map_err(text)?.map(Into::into),
        step: Step::ALL.into_iter().find(|known| known.word() == step).ok_or("a step")?,
        bound: number(4)?,
    })
}
