//! What goes to the database is what is here: compared block by block, after every kind of trouble.

use super::*;
use crate::postgres::tests::server::Server;
use crate::postgres::tests::{database, psql};
use crate::postgres::{PostgresLog, Writer};
use crate::sqlite::tests::{batches, block_on, clock, erasing, plan, seal};
use crate::story::{act_batch, at, deed_batch, frame_batch, moved, opened};
use crate::tables::parcel::Leaf;
use crate::{Batch, SessionLog};
use chairside_observation::session::Phase;
use chairside_observation::{Deed, FrameKey, Sequence};
use proptest::collection::vec;
use proptest::prelude::*;
use sqlx::{ConnectOptions, Connection};
use std::time::Duration;
use tempfile::TempDir;

/// For a server that is about to be frozen: long enough for one that is not.
const SHORT: Patience = Patience { connect: Duration::from_secs(2), answer: Duration::from_secs(2) };

async fn local(folder: &TempDir) -> Arc<SqliteLog> {
    Arc::new(crate::sqlite::tests::open(folder).await)
}

fn forwarder(local: &Arc<SqliteLog>, address: &str, patience: Patience) -> Forwarder {
    Forwarder::new(Arc::clone(local), Place::parse(address).unwrap(), "boot-1", patience)
}

fn chair(id: &str) -> Timeline {
    Timeline::Chair(id.into())
}

/// Writes batches as blocks of their own.
async fn write(log: &SqliteLog, batches: &[Arc<Batch>]) {
    log.append(batches).await.unwrap();
    log.heads().await.unwrap();
    log.verify().await.unwrap();
}

/// Steps until nothing is left; what fails is said again.
async fn catch_up(forwarder: &mut Forwarder) {
    let mut failures = 0;
    while !matches!(forwarder.step().await, Ok(Step::Idle)) {
        failures += 1;
        assert!(failures < 10_000, "{:?}", forwarder.step().await);
    }
}

/// Every block in words: all that a record is.
fn told(parcels: &Parcels) -> Vec<String> {
    let leaf = |leaf: &Leaf| match leaf {
        Leaf::Kept(stored, digest) => {
            let frame = digest.map(|digest| &parcels.frames[&digest]);
            format!("{:?} {} {frame:?}", stored.entry, stored.boot)
        }
        Leaf::Erased(left) => format!("erased {} {} {:?} {}", left.first, left.last, left.digest, left.erasure),
    };
    let parcel = |parcel: &crate::tables::parcel::Parcel| {
        let block = &parcel.block;
        format!(
            "{} {} {}-{} {} {:?} {:?} {:?}\n{:?}\n{:?}\n{}",
            parcel.timeline.key(),
            block.number,
            block.first,
            block.last,
            block.reached_wall_us,
            block.hash,
            block.salt,
            block.resealed,
            parcel.salts,
            parcel.claims,
            parcel.leaves.iter().map(leaf).collect::<Vec<_>>().join("\n")
        )
    };
    parcels.parcels.iter().map(parcel).collect()
}

/// The oracle: both have the same blocks, entries, frames, claims and tombstones, and both are whole.
async fn same(local: &SqliteLog, address: &str) {
    let place = Place::parse(address).unwrap();
    let remote = PostgresLog::open_read_only(&place, "boot-1", clock(), Patience::default()).await.unwrap();
    let mut look = local.look().await.unwrap();
    let heads: Vec<(Timeline, u64)> = look.heads().iter().map(|(t, head)| (t.clone(), head.sequence)).collect();
    let there = remote.heads().await.unwrap();
    assert_eq!(there.len(), heads.len());
    for (timeline, sequence) in &heads {
        let head = there.iter().find(|head| head.timeline == *timeline).unwrap();
        assert_eq!(head.sequence.0, *sequence, "{}", timeline.key());
        let mut after = 0;
        loop {
            let here = look.parcels(timeline, after, 500).await.unwrap();
            let Some(last) = here.parcels.last() else { break };
            let found = remote.parcels(timeline, after.cast_signed(), 500).await.unwrap();
            assert_eq!(told(&found), told(&here));
            after = last.block.number.cast_unsigned();
        }
        let beyond = remote.parcels(timeline, after.cast_signed(), 500).await.unwrap();
        assert!(beyond.parcels.is_empty());
    }
    drop(look);
    let (here, there) = (local.verify().await.unwrap(), remote.verify().await.unwrap());
    assert_eq!((&here.broken, &there.broken), (&vec![], &vec![]));
    let counts = |v: &crate::Verified| {
        (v.timelines, v.blocks, v.entries, v.frames, v.seals, v.erased_by_retention, v.erased_by_request)
    };
    assert_eq!(counts(&there), counts(&here));
    remote.close().await;
}

/// A session with values before and after it, repetitions and a message of two patients, in many blocks.
async fn a_morning(log: &SqliteLog, from: u64, frames: u64) {
    for n in from..from + frames {
        let (one, second) = (chair("1"), n.cast_signed());
        let key = (n % 3 == 0).then(|| FrameKey([u8::try_from(n % 7).unwrap(); 16]));
        let some =
            [frame_batch(&one, "s", 2 * n + 1, second, key), frame_batch(&chair("2"), "t", 2 * n + 1, second, None)];
        write(log, &some).await;
    }
}

#[tokio::test]
async fn p14_what_was_written_while_the_server_was_away_is_there_in_order_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let mut server = Server::start();
    let address = server.database("away");
    let mut forwarder = forwarder(&log, &address, Patience::default());
    a_morning(&log, 0, 10).await;
    catch_up(&mut forwarder).await;
    same(&log, &address).await;
    server.crash();
    a_morning(&log, 10, 200).await;
    assert!(forwarder.step().await.is_err(), "a server that is not there");
    let backlog = forwarder.backlog(None).await.unwrap();
    assert_eq!(backlog.entries, Some(800));
    assert_eq!(backlog.since, Some(at(10).wall), "the age is that of the oldest");
    server.again();
    catch_up(&mut forwarder).await;
    same(&log, &address).await;
    assert_eq!(forwarder.backlog(None).await.unwrap(), Backlog { entries: Some(0), ..Backlog::default() });
}

#[tokio::test]
async fn p14_a_crash_of_the_server_at_any_step_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let mut server = Server::start();
    a_morning(&log, 0, 12).await;
    let mut crashes = 0;
    for k in 0.. {
        let address = server.database(&format!("step_{k}"));
        let mut forwarder = forwarder(&log, &address, Patience::default());
        let mut idle = false;
        for _ in 0..k {
            idle = matches!(forwarder.step().await, Ok(Step::Idle));
        }
        // Under the step: whether it was done is unknown, and it is said again.
        let (step, ()) = tokio::join!(forwarder.step(), async {
            tokio::task::yield_now().await;
            server.crash();
        });
        crashes += usize::from(step.is_err());
        server.again();
        catch_up(&mut forwarder).await;
        same(&log, &address).await;
        a_morning(&log, 12 + k, 1).await;
        if idle {
            break;
        }
    }
    assert!(crashes > 0);
}

#[tokio::test]
async fn h27_connections_that_are_reset_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let server = Server::start();
    let address = server.database("reset");
    let mut forwarder = forwarder(&log, &address, Patience::default());
    for round in 0..5 {
        a_morning(&log, 10 * round, 10).await;
        server.reset();
        catch_up(&mut forwarder).await;
    }
    same(&log, &address).await;
}

#[tokio::test]
async fn h27_a_server_that_hangs_is_given_up_and_the_log_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let server = Server::start();
    let address = server.database("hang");
    let mut forwarder = forwarder(&log, &address, SHORT);
    a_morning(&log, 0, 5).await;
    catch_up(&mut forwarder).await;
    a_morning(&log, 5, 5).await;
    server.freeze();
    let error = forwarder.step().await.unwrap_err().to_string();
    assert!(error.contains("no answer within 2 s"), "{error}");
    a_morning(&log, 10, 5).await;
    let again = forwarder.step().await.unwrap_err().to_string();
    assert!(again.contains("no answer within 2 s"), "a new connection hangs, too: {again}");
    assert_eq!(forwarder.backlog(None).await.unwrap().entries, Some(40));
    server.thaw();
    catch_up(&mut forwarder).await;
    same(&log, &address).await;
}

#[tokio::test]
async fn h27_an_empty_replacement_is_filled_from_the_first_entry_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let server = Server::start();
    let address = server.database("first");
    let mut forwarder = forwarder(&log, &address, Patience::default());
    a_morning(&log, 0, 20).await;
    catch_up(&mut forwarder).await;
    server.reset();
    server.psql("postgres", "DROP DATABASE first WITH (FORCE)");
    forwarder.step().await.expect_err("also when there is nothing to take there");
    let gone = forwarder.step().await.unwrap_err().to_string();
    assert!(gone.contains("no such database"), "{gone}");
    server.database("first");
    a_morning(&log, 20, 5).await;
    catch_up(&mut forwarder).await;
    same(&log, &address).await;
}

#[tokio::test]
async fn h27_the_database_of_another_log_is_refused_by_name() {
    let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (log, other) = (local(&here).await, local(&elsewhere).await);
    a_morning(&log, 0, 3).await;
    a_morning(&other, 0, 3).await;
    let (_, address) = database();
    catch_up(&mut forwarder(&other, &address, Patience::default())).await;
    match forwarder(&log, &address, Patience::default()).step().await {
        Err(StoreError::Unusable { found, expected, .. }) => {
            assert!(found.contains("another log") && expected.contains("an empty one"), "{found}; {expected}");
        }
        found => panic!("{found:?}"),
    }
    same(&other, &address).await;
    // An old copy of the data folder was given back: the database is ahead of it, and nothing is mixed.
    let old = tempfile::tempdir().unwrap();
    log.close().await.unwrap();
    std::fs::copy(here.path().join("log.db"), old.path().join("log.db")).unwrap();
    drop(log);
    let (log, (_, address)) = (local(&here).await, database());
    a_morning(&log, 3, 3).await;
    catch_up(&mut forwarder(&log, &address, Patience::default())).await;
    let log = local(&old).await;
    let refused = forwarder(&log, &address, Patience::default()).step().await;
    assert!(matches!(refused, Err(StoreError::Unusable { .. })), "{refused:?}");
}

#[tokio::test]
async fn s25_what_is_erased_here_is_erased_there() {
    let folder = tempfile::tempdir().unwrap();
    let (_, late) = database();
    let (name, address) = database();
    let log = Arc::new(erasing::write(&folder).await);
    catch_up(&mut forwarder(&log, &address, Patience::default())).await;
    same(&log, &address).await;
    let holds = |text: &str| {
        let sql = format!(
            "SELECT (SELECT count(*) FROM frame WHERE position('{text}'::bytea IN raw) > 0) \
             + (SELECT count(*) FROM note WHERE text LIKE '%{text}%') + (SELECT count(*) FROM identity WHERE name LIKE '%{text}%')"
        );
        psql(&name, &sql) != "0"
    };
    let texts = ["Unclaimed Feed", "Unclaimed After", "Ada Claimed", "name of Claimed", "notice of Claimed"];
    assert!(texts.into_iter().all(holds));
    erasing::asked(&log).await;
    log.close().await.unwrap();
    drop(log);
    let log = Arc::new(erasing::later(&folder, 26).await);
    log.erase_unclaimed(erasing::DAY).await.unwrap();
    catch_up(&mut forwarder(&log, &address, Patience::default())).await;
    same(&log, &address).await;
    for text in texts {
        assert!(!holds(text), "{text}");
    }
    assert!(holds("Bea Claimed") && holds("raw of Shared"));
    // A database that comes late gets the tombstones, and later steps like the first one.
    catch_up(&mut forwarder(&log, &late, Patience::default())).await;
    same(&log, &late).await;
    log.close().await.unwrap();
    drop(log);
    let log = Arc::new(erasing::later(&folder, 50).await);
    log.erase_unclaimed(erasing::DAY).await.unwrap();
    for address in [&address, &late] {
        catch_up(&mut forwarder(&log, address, Patience::default())).await;
        same(&log, address).await;
    }
}

#[tokio::test]
async fn h17_a_signed_record_holds_in_the_database_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let (mut chair, id) = seal::held(&log).await;
    seal::sign(&log, &mut chair, &id).await;
    let (_, address) = database();
    catch_up(&mut forwarder(&log, &address, Patience::default())).await;
    same(&log, &address).await;
    let place = Place::parse(&address).unwrap();
    let remote = PostgresLog::open_read_only(&place, "boot-1", clock(), Patience::default()).await.unwrap();
    assert_eq!(remote.verify().await.unwrap().seals, 1);
    let of =
        |log: Arc<dyn SessionLog>, id: String| async move { log.record_file(&id.as_str().into(), "1").await.unwrap() };
    assert_eq!(of(Arc::new(remote), id.clone()).await, of(log, id).await, "the same file, byte by byte");
}

#[tokio::test]
async fn h09_a_damaged_block_holds_up_its_own_timeline_only() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    a_morning(&log, 0, 6).await;
    write(&log, &[deed_batch(&Timeline::House, 1, 1, Deed::Stopped)]).await;
    write(&log, &[act_batch(&chair("3"), 1, "3-1", opened("A", false))]).await;
    write(&log, &[act_batch(&chair("3"), 2, "3-1", moved(Phase::Discharged))]).await;
    let path = folder.path().join("log.db");
    let mut vandal = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let sql =
        "UPDATE reading SET value = 98 WHERE seq = 5 AND timeline = (SELECT id FROM timeline WHERE key = 'chair:1')";
    sqlx::query(sql).execute(&mut vandal).await.unwrap();
    vandal.close().await.unwrap();
    let (_, address) = database();
    let mut forwarder = forwarder(&log, &address, Patience::default());
    catch_up(&mut forwarder).await;
    let backlog = forwarder.backlog(None).await.unwrap();
    assert_eq!(backlog.entries, Some(8), "of the damaged block and what follows it");
    assert!(backlog.stuck.len() == 1 && backlog.stuck[0].contains("chair:1, block 3"), "{:?}", backlog.stuck);
    let place = Place::parse(&address).unwrap();
    let remote = PostgresLog::open_read_only(&place, "boot-1", clock(), Patience::default()).await.unwrap();
    assert_eq!(remote.verify().await.unwrap().broken, [""; 0]);
    let heads: Vec<(String, u64)> =
        remote.heads().await.unwrap().iter().map(|h| (h.timeline.key(), h.sequence.0)).collect();
    for expected in [("chair:2", 12), ("chair:3", 2), ("house", 1), ("chair:1", 4)] {
        assert!(heads.contains(&(expected.0.to_owned(), expected.1)), "{heads:?}");
    }
}

#[tokio::test]
async fn h09_what_the_server_refuses_holds_up_its_own_timeline_only_and_is_tried_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let (name, address) = database();
    let mut forwarder = forwarder(&log, &address, Patience::default());
    a_morning(&log, 0, 2).await;
    catch_up(&mut forwarder).await;
    psql(&name, "ALTER TABLE block ADD CONSTRAINT no CHECK (timeline <> 1 OR first_seq < 7)");
    a_morning(&log, 2, 3).await;
    catch_up(&mut forwarder).await;
    let backlog = forwarder.backlog(None).await.unwrap();
    assert_eq!((backlog.entries, backlog.stuck.len()), (Some(4), 1), "{:?}", backlog.stuck);
    assert!(backlog.stuck[0].contains("SQLSTATE 23514"), "{:?}", backlog.stuck);
    let notice = backlog.notice(at(5).wall).expect("a notice");
    assert!(notice.contains("1 timeline") && !notice.contains("chair:"), "{notice}");
    psql(&name, "ALTER TABLE block DROP CONSTRAINT no");
    drop(forwarder);
    catch_up(&mut self::forwarder(&log, &address, Patience::default())).await;
    same(&log, &address).await;
}

#[test]
fn h27_people_are_told_after_five_minutes_and_not_before() {
    let backlog =
        Backlog { entries: Some(7), since: Some(at(0).wall), trouble: Some("it is gone".into()), ..Backlog::default() };
    let unseen = Backlog { entries: None, since: None, begun: at(0).wall, ..backlog.clone() };
    assert_eq!((backlog.notice(at(299).wall), unseen.notice(at(299).wall)), (None, None));
    let (told, unseen) = (backlog.notice(at(720).wall).unwrap(), unseen.notice(at(720).wall).unwrap());
    assert!(told.contains("12 min behind, 7 entries wait: it is gone"), "{told}");
    assert!(unseen.contains("not reached since the start 12 min ago: it is gone"), "{unseen}");
    assert_eq!(Backlog { entries: Some(0), ..Backlog::default() }.notice(at(9999).wall), None);
    assert_eq!(backlog.age(Micros(0)), Some(Micros(0)), "a clock that went back");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn h19_any_entry_goes_over_as_it_is(plans in vec(plan(), 1..40), cut in 1..40_usize) {
        let (_, address) = database();
        block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let log = local(&folder).await;
            for commit in batches(plans).chunks(cut) {
                write(&log, commit).await;
            }
            catch_up(&mut forwarder(&log, &address, Patience::default())).await;
            same(&log, &address).await;
        });
    }
}

#[tokio::test]
async fn two_programs_do_not_write_one_database() {
    let folder = tempfile::tempdir().unwrap();
    let log = local(&folder).await;
    let (_, address) = database();
    let _held = Writer::open(&Place::parse(&address).unwrap(), "boot-1", Patience::default()).await.unwrap();
    let refused = forwarder(&log, &address, Patience::default()).step().await;
    assert!(matches!(refused, Err(StoreError::Unusable { .. })), "{refused:?}");
    assert_eq!(log.read(&chair("1"), Sequence(0), 1).await.unwrap(), []);
}
