//! The triggers are the same rule, and `verify` looks at what they guard.

use super::*;
use crate::claims::Claims;
use crate::claims::tests::{Dice, any_claim};
use crate::story::{act_batch, claimed, moved, opened};
use crate::tables::claims;
use chairside_observation::session::Phase;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

fn chair() -> Timeline {
    Timeline::Chair("1".into())
}

fn act(sequence: u64, session: &str, act: chairside_observation::session::Act) -> Arc<Batch> {
    act_batch(&chair(), sequence, session, act)
}

async fn open(folder: &TempDir) -> SqliteLog {
    let clock: Clock = Arc::new(|| crate::story::at(0));
    SqliteLog::open(&folder.path().join("log.db"), "boot-1", clock).await.unwrap()
}

/// A connection of somebody who goes round the program.
async fn raw(folder: &TempDir) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("log.db")).foreign_keys(false);
    options.connect().await.unwrap()
}

async fn run(conn: &mut SqliteConnection, sql: impl Into<String>) -> Result<(), String> {
    let done = sqlx::query(AssertSqlSafe(sql.into())).execute(conn).await;
    done.map(|_| ()).map_err(|e| e.to_string())
}

#[tokio::test]
async fn h01_the_database_refuses_what_the_rule_refuses() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).await.close().await.unwrap();
    let mut conn = raw(&folder).await;
    run(&mut conn, "PRAGMA synchronous = OFF").await.unwrap();
    run(&mut conn, "BEGIN").await.unwrap();
    let mut refused = 0;
    for seed in 0..60 {
        let (mut dice, mut claims) = (Dice::new(seed), Claims::default());
        run(&mut conn, format!("INSERT INTO timeline VALUES ({seed}, 'chair:{seed}')")).await.unwrap();
        for sequence in 1..=40 {
            let claim = any_claim(&mut dice, sequence);
            let row = claims::row(&claim, seed.cast_signed()).unwrap();
            let session = row.session.map_or("NULL".to_owned(), |session| format!("'{session}'"));
            let sql =
                format!("INSERT INTO claim VALUES ({seed}, {}, {session}, '{}', {})", row.seq, row.step, row.bound);
            let (rule, database) = (claims.put(&claim), run(&mut conn, sql).await);
            assert_eq!(rule.is_ok(), database.is_ok(), "seed {seed}, {claim:?}: {rule:?}, {database:?}");
            refused += usize::from(rule.is_err());
        }
    }
    assert!(refused > 1000, "{refused}");
    run(&mut conn, "COMMIT").await.unwrap();
}

#[tokio::test]
async fn h17_a_claim_is_never_changed_or_deleted_and_verify_sees_one_that_was() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    log.append(&[act(1, "a", opened("A", false)), act(2, "a", moved(Phase::Discharged))]).await.unwrap();
    assert!(log.verify().await.unwrap().broken.is_empty());
    log.close().await.unwrap();
    drop(log);
    let mut conn = raw(&folder).await;
    for sql in ["UPDATE claim SET bound = 1", "DELETE FROM claim"] {
        assert!(run(&mut conn, sql).await.unwrap_err().contains("claim: rows are never"), "{sql}");
    }
    let drops = ["claim_is_kept", "claim_is_never_deleted"];
    for trigger in drops {
        run(&mut conn, format!("DROP TRIGGER {trigger}")).await.unwrap();
    }
    run(&mut conn, "UPDATE claim SET bound = 1 WHERE step = 'release'").await.unwrap();
    conn.close().await.unwrap();
    let log = open(&folder).await;
    assert_eq!(
        log.verify().await.unwrap().broken,
        [
            "chair:1: claim of entry 2 (\"release\" 2) is missing",
            "chair:1: claim of entry 2 (\"release\" 1) has no deed"
        ]
    );
}

#[tokio::test]
async fn h26_a_log_from_before_there_were_claims_gets_them_from_its_deeds() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let deeds = [
        act(1, "a", opened("A", false)),
        act(2, "a", moved(Phase::Discharged)),
        act(3, "b", opened("B", false)),
        act(4, "b", claimed(3)),
    ];
    log.append(&deeds).await.unwrap();
    log.close().await.unwrap();
    drop(log);
    let mut conn = raw(&folder).await;
    run(&mut conn, "DROP TRIGGER claim_is_never_deleted").await.unwrap();
    run(&mut conn, "DELETE FROM claim").await.unwrap();
    conn.close().await.unwrap();
    let log = open(&folder).await;
    assert!(log.verify().await.unwrap().broken.is_empty(), "they are there again");
    let refused = log.append(&[act(5, "c", opened("C", false))]).await;
    assert!(matches!(refused, Err(StoreError::Overlap { .. })), "{refused:?}");
    log.append(&[act(5, "b", moved(Phase::Discharged))]).await.expect("a refusal ends nothing");
    log.close().await.unwrap();
    let mut conn = raw(&folder).await;
    let spans: Vec<(String, i64, Option<i64>)> =
        sqlx::query_as("SELECT session, first_seq, last_seq FROM spans ORDER BY first_seq")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(spans, [("a".to_owned(), 1, Some(2)), ("b".to_owned(), 3, Some(5))], "plain SQL sees who owned what");
}
