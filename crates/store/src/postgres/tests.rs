//! The story and the server's own rules, on a real server.

pub(crate) mod server;

use super::*;
use crate::claims::Claims;
use crate::claims::tests::{Dice, any_claim};
use crate::sqlite::tests::{batches, block_on, clock, expected, plan, timeline};
use crate::story::{self, act_batch, frame_batch, opened};
use proptest::collection::vec;
use proptest::prelude::*;
use server::Server;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex as Lock};

/// One server for all tests that do it no harm.
static SERVER: LazyLock<Lock<Server>> = LazyLock::new(|| Lock::new(Server::start()));
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// A new, empty database: its name and address.
pub(crate) fn database() -> (String, String) {
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let address = SERVER.lock().unwrap().database(&name);
    (name, address)
}

/// Asks the server as its owner would.
pub(crate) fn psql(database: &str, sql: &str) -> String {
    SERVER.lock().unwrap().psql(database, sql)
}

async fn open(address: &str) -> Result<PostgresLog, StoreError> {
    PostgresLog::open(&Place::parse(address).unwrap(), "boot-1", clock(), Patience::default()).await
}

/// A connection of somebody who goes round the program.
async fn raw(address: &str) -> PgConnection {
    PgConnectOptions::from_str(address).unwrap().connect().await.unwrap()
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), String> {
    conn.execute(AssertSqlSafe(sql)).await.map(|_| ()).map_err(|e| e.to_string())
}

#[tokio::test]
async fn postgres_keeps_the_story() {
    let (_, address) = database();
    story::story(|| async { Ok(Arc::new(open(&address).await?) as Arc<dyn SessionLog>) }).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn p06_every_entry_survives_the_log_exactly(plans in vec(plan(), 1..40), cut in 1..40_usize) {
        let (_, address) = database();
        block_on(async {
            let log = open(&address).await.unwrap();
            let batches = batches(plans);
            for commit in batches.chunks(cut) {
                log.append(commit).await.unwrap();
            }
            drop(log);
            let log = open(&address).await.unwrap();
            let (entries, frames) = expected(&batches);
            let mut found = Vec::new();
            for n in 0..3 {
                found.extend(log.read(&timeline(n), Sequence(0), usize::MAX).await.unwrap());
            }
            assert_eq!(found, entries);
            for (entry, frame) in entries.iter().zip(frames) {
                assert_eq!(log.frame(&entry.timeline, entry.sequence).await.unwrap(), frame);
            }
            assert_eq!(log.verify().await.unwrap().broken, [""; 0]);
        });
    }
}

#[tokio::test]
async fn h01_the_server_refuses_what_the_rule_refuses() {
    let (_, address) = database();
    drop(open(&address).await.unwrap());
    let mut conn = raw(&address).await;
    run(&mut conn, "BEGIN".to_owned()).await.unwrap();
    let mut refused = 0;
    for seed in 0..40 {
        let (mut dice, mut claims) = (Dice::new(seed), Claims::default());
        run(&mut conn, format!("INSERT INTO timeline VALUES ({seed}, 'chair:{seed}')")).await.unwrap();
        for sequence in 1..=40 {
            let claim = any_claim(&mut dice, sequence);
            let row = crate::tables::claims::row(&claim, seed.cast_signed()).unwrap();
            let session = row.session.map_or("NULL".to_owned(), |session| format!("'{session}'"));
            let insert =
                format!("INSERT INTO claim VALUES ({seed}, {}, {session}, '{}', {})", row.seq, row.step, row.bound);
            run(&mut conn, "SAVEPOINT one".to_owned()).await.unwrap();
            let (rule, server) = (claims.put(&claim), run(&mut conn, insert).await);
            let end = if server.is_ok() { "RELEASE one" } else { "ROLLBACK TO one" };
            run(&mut conn, end.to_owned()).await.unwrap();
            assert_eq!(rule.is_ok(), server.is_ok(), "seed {seed}, {claim:?}: {rule:?}, {server:?}");
            refused += usize::from(rule.is_err());
        }
    }
    assert!(refused > 600, "{refused}");
}

#[tokio::test]
async fn h01_two_who_write_at_the_same_time_cannot_both_have_the_chair() {
    let (_, address) = database();
    drop(open(&address).await.unwrap());
    let (mut one, mut two) = (raw(&address).await, raw(&address).await);
    run(&mut one, "INSERT INTO timeline VALUES (1, 'chair:1')".to_owned()).await.unwrap();
    run(&mut one, "BEGIN; INSERT INTO claim VALUES (1, 5, 'a', 'begin', 5)".to_owned()).await.unwrap();
    // The second does not see the first yet, so only the constraint can refuse it, once the first has committed.
    run(&mut two, "BEGIN".to_owned()).await.unwrap();
    let second =
        tokio::spawn(async move { run(&mut two, "INSERT INTO claim VALUES (1, 7, 'b', 'begin', 6)".to_owned()).await });
    run(&mut one, "COMMIT".to_owned()).await.unwrap();
    let refused = second.await.unwrap().unwrap_err();
    assert!(refused.contains("spans_never_overlap") || refused.contains("another session"), "{refused}");
}

#[tokio::test]
async fn h17_the_server_refuses_to_change_or_take_away_rows() {
    let (name, address) = database();
    let log = open(&address).await.unwrap();
    let chair = Timeline::Chair("1".into());
    log.append(&[frame_batch(&chair, "s", 1, 1, None), act_batch(&chair, 3, "1-3", opened("A", false))]).await.unwrap();
    for sql in [
        "UPDATE reading SET value = 98",
        "DELETE FROM reading",
        "UPDATE note SET text = ''",
        "DELETE FROM note",
        "UPDATE frame SET raw = ''",
        "DELETE FROM frame",
        "UPDATE block SET hash = hash",
        "UPDATE block SET salt = ''",
        "DELETE FROM block",
        "UPDATE claim SET bound = 1",
        "DELETE FROM claim",
        "UPDATE _span SET entries = int8range(9, 10)",
        "DELETE FROM _span",
        "INSERT INTO _span VALUES (1, 9, 'b', int8range(9, 10))",
        "UPDATE word SET code = 7",
        "UPDATE timeline SET key = 'x'",
        "UPDATE channel SET unit = 1",
        "DELETE FROM channel",
        "TRUNCATE reading_more",
        "TRUNCATE erasure CASCADE",
    ] {
        let refused = SERVER.lock().unwrap().refused(&name, sql);
        assert!(
            ["refused", "violates foreign key", "never written"].iter().any(|word| refused.contains(word)),
            "{sql}: {refused}"
        );
    }
    assert_eq!(log.verify().await.unwrap().broken, [""; 0]);
    // Whoever owns the tables can take the rules away; then the chain still tells.
    psql(&name, "ALTER TABLE reading DISABLE TRIGGER USER; UPDATE reading SET value = 98 WHERE seq = 1");
    let broken = log.verify().await.unwrap().broken;
    assert!(broken.len() == 1 && broken[0].contains("chair:1, block 1, entries 1 to 3"), "{broken:?}");
}

#[tokio::test]
async fn a_second_writer_is_refused_and_readers_are_not() {
    let (_, address) = database();
    let log = open(&address).await.unwrap();
    match open(&address).await.map(|_| ()) {
        Err(StoreError::Unusable { found, .. }) => assert!(found.contains("another Chairside"), "{found}"),
        other => panic!("{other:?}"),
    }
    let place = Place::parse(&address).unwrap();
    let reader = PostgresLog::open_read_only(&place, "boot-1", clock(), Patience::default()).await.unwrap();
    assert!(reader.heads().await.unwrap().is_empty());
    assert!(matches!(reader.append(&[]).await, Err(StoreError::Write(_))));
    drop(log);
    open(&address).await.unwrap();
}

#[tokio::test]
async fn h10_a_server_that_does_not_flush_is_refused_by_name() {
    let (name, address) = database();
    psql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    match open(&address).await.map(|_| ()) {
        Err(StoreError::Unusable { found, expected, .. }) => {
            assert_eq!(found, "synchronous_commit = off");
            assert!(expected.contains("power cut"), "{expected}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn p01_a_crash_of_the_server_loses_nothing_that_has_a_receipt() {
    let mut server = Server::start();
    let address = server.database("crash");
    let log = open(&address).await.unwrap();
    let chair = Timeline::Chair("1".into());
    let mut receipts = 0;
    for n in 0..24 {
        let batch = [frame_batch(&chair, "s", 2 * n + 1, n.cast_signed(), None)];
        if n % 6 == 5 {
            // Between two appends, or under one: what it says then is no receipt, and it is said again.
            let (done, ()) = tokio::join!(log.append(&batch), async { server.crash() });
            receipts += u64::from(done.is_ok());
            server.again();
        }
        while log.append(&batch).await.is_err() {}
        receipts += 1;
    }
    assert!(receipts >= 24);
    let entries = log.read(&chair, Sequence(0), usize::MAX).await.unwrap();
    assert!(entries.iter().map(|entry| entry.sequence.0).eq(1..=48), "{entries:?}");
    assert_eq!(log.verify().await.unwrap().broken, [""; 0]);
}
