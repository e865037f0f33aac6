//! Which frames nothing leads to any more.
//!
//! No index leads from a frame to its entries: it would cost a third more for every reading. Frames are numbered in the
//! order of writing, and so are the entries of a timeline, so the entries of a few frames are found by bisection.

use sqlx::{AssertSqlSafe, SqliteConnection};
use std::collections::BTreeSet;

/// Entries that came with their frame, in the two tables; a repetition has a time of its own, and so a boot.
const FIRST_TOLD: [(&str, &str); 2] = [("reading", "1"), ("note", "frame IS NOT NULL AND boot IS NULL")];

/// Erases those of `frames` no entry leads to; gives how many.
pub(super) async fn erase(conn: &mut SqliteConnection, frames: &BTreeSet<i64>) -> Result<u64, sqlx::Error> {
    let mut gone = frames.clone();
    for kept in repeated(conn, frames).await? {
        gone.remove(&kept);
    }
    // Repetitions lead to frames far before the others, so the stretch is looked at in pieces that hang together.
    for piece in pieces(&gone) {
        for kept in told(conn, piece).await? {
            gone.remove(&kept);
        }
    }
    let sql = format!("DELETE FROM frame WHERE id IN (SELECT value FROM json_each('{}'))", list(&gone));
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|done| done.rows_affected())
}

fn list(numbers: &BTreeSet<i64>) -> String {
    format!("[{}]", numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

/// First and last number of each stretch without a wide gap.
fn pieces(frames: &BTreeSet<i64>) -> Vec<(i64, i64)> {
    const GAP: i64 = 1024;
    let mut pieces: Vec<(i64, i64)> = Vec::new();
    for frame in frames {
        match pieces.last_mut() {
            Some((_, last)) if *frame - *last <= GAP => *last = *frame,
            _ => pieces.push((*frame, *frame)),
        }
    }
    pieces
}

/// Which of `frames` some repetition leads to.
async fn repeated(conn: &mut SqliteConnection, frames: &BTreeSet<i64>) -> Result<Vec<i64>, sqlx::Error> {
    // The condition of the index `note_again`, word for word.
    sqlx::query_scalar(
        "SELECT DISTINCT frame FROM note WHERE frame IS NOT NULL AND boot IS NOT NULL \
         AND frame IN (SELECT value FROM json_each(?))",
    )
    .bind(list(frames))
    .fetch_all(conn)
    .await
}

/// The frames from `first` to `last` that an entry of any timeline leads to which came with them.
async fn told(conn: &mut SqliteConnection, (first, last): (i64, i64)) -> Result<Vec<i64>, sqlx::Error> {
    let heads: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT t.id, coalesce((SELECT last_seq FROM block WHERE timeline = t.id ORDER BY number DESC LIMIT 1), 0) \
         FROM timeline t",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut told = Vec::new();
    for (timeline, head) in heads {
        for (table, with) in FIRST_TOLD {
            let low = first_from(conn, (table, with), timeline, head, first).await?;
            let sql = format!(
                "SELECT frame FROM {table} WHERE timeline = ?1 AND seq >= ?2 AND {with} ORDER BY seq LIMIT 1024 OFFSET ?3"
            );
            let mut offset = 0;
            loop {
                let query = sqlx::query_scalar(AssertSqlSafe(sql.as_str())).bind(timeline).bind(low).bind(offset);
                let page: Vec<i64> = query.fetch_all(&mut *conn).await?;
                let full = page.len() == 1024;
                let within = page.iter().take_while(|frame| **frame <= last).count();
                told.extend(&page[..within]);
                if within < page.len() || !full {
                    break;
                }
                offset += 1024;
            }
        }
    }
    Ok(told)
}

/// The first sequence from which on every entry leads to `frame` or a later one.
async fn first_from(
    conn: &mut SqliteConnection,
    (table, with): (&str, &str),
    timeline: i64,
    head: i64,
    frame: i64,
) -> Result<i64, sqlx::Error> {
    let sql = format!("SELECT seq, frame FROM {table} WHERE timeline = ? AND seq >= ? AND {with} ORDER BY seq LIMIT 1");
    let (mut low, mut high) = (0, head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let query = sqlx::query_as::<_, (i64, i64)>(AssertSqlSafe(sql.as_str())).bind(timeline).bind(middle);
        match query.fetch_optional(&mut *conn).await? {
            Some((seq, found)) if found < frame => low = std::cmp::max(seq, middle) + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
