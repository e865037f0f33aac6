//! Erasing: what goes, what stays, that the files hold nothing of it, and that the chain says so whatever happens.

use super::with_journal::killed;
use super::*;
use crate::sqlite::erase::{Outcome, Step, Which};
use chairside_observation::session::Act;
use std::collections::BTreeSet;

const HOUR: i64 = 3600;
pub(crate) const DAY: Micros = Micros::from_secs(24 * HOUR);

fn chair(id: &str) -> Timeline {
    Timeline::Chair(id.into())
}

/// A log as it is `hours` after the story's beginning.
pub(crate) async fn later(folder: &TempDir, hours: i64) -> SqliteLog {
    SqliteLog::open(&folder.path().join("log.db"), "boot-1", Arc::new(move || at(hours * HOUR))).await.unwrap()
}

/// One message that says something to each of `places`: a reading and a notice that names the patient in words of its own.
fn message(places: &[(&Timeline, u64)], second: i64, patient: &str, key: Option<FrameKey>) -> Arc<Batch> {
    let raw: Arc<[u8]> = format!("MSH|^~\\&|raw of {patient}|{second}\rOBX|97\r").into_bytes().into();
    let (source, received) = (SourceId::from("hl7"), at(second));
    let bytes = 0..raw.len() as u64;
    let context = Some(Arc::new(Context { name: Some(format!("name of {patient}").into()), ..Context::default() }));
    let entries = places.iter().flat_map(|(timeline, first)| {
        let reading = Reading::Valid(Amount::One(Decimal::whole(97)));
        let observation = Observation {
            context: context.clone(),
            ..Observation::new(Vital::Spo2, reading, Unit::Percent, bytes.clone())
        };
        let text = format!("notice of {patient}").into();
        let notice = MonitorNotice { text, priority: Priority::Low, context: context.clone(), bytes: bytes.clone() };
        [What::Reading(observation), What::Notice(notice)].into_iter().zip(*first..).map(|(what, sequence)| Entry {
            timeline: (*timeline).clone(),
            sequence: Sequence(sequence),
            received,
            age: Micros(0),
            source: Some(source.clone()),
            what,
        })
    });
    let entries = entries.collect();
    let frame = Frame { source, offset: 0, received, kind: FrameKind::Understood, raw, key };
    Arc::new(Batch { frame: Some(frame), entries })
}

fn link(timeline: &Timeline, sequence: u64, second: i64) -> Arc<Batch> {
    let link = Link { source: "hl7".into(), state: LinkState::Live, reason: "first message".into() };
    let (source, received) = (Some("hl7".into()), at(second));
    let what = What::Link(link);
    let entry =
        Entry { timeline: timeline.clone(), sequence: Sequence(sequence), received, age: Micros(0), source, what };
    Arc::new(Batch { frame: None, entries: vec![entry] })
}

fn act(chair: &Timeline, sequence: u64, session: &str, second: i64, act: Act) -> Arc<Batch> {
    let batch = story::act_batch(chair, sequence, session, act);
    let entries = batch.entries.iter().map(|entry| Entry { received: at(second), ..entry.clone() }).collect();
    Arc::new(Batch { frame: None, entries })
}

/// A day of chair 1: somebody nobody claimed, a session with a late start, somebody else, and a feed without a chair.
pub(crate) fn a_day() -> Vec<Vec<Arc<Batch>>> {
    let (one, feed) = (chair("1"), Timeline::Feed { source: "hl7".into(), bed: "B9".into() });
    vec![
        vec![deed_batch(&Timeline::House, 1, 0, Deed::Started { version: "0.1.0".into() }), link(&one, 1, 0)],
        vec![message(&[(&one, 2)], 1, "Unclaimed Before", Some(FrameKey([1; 16])))],
        // In one block: two of nobody, one that the late start claims.
        vec![
            message(&[(&one, 4)], 2, "Unclaimed Before", None),
            message(&[(&one, 6)], 3, "Claimed Late", None),
            message(&[(&feed, 1)], 3, "Unclaimed Feed", None),
        ],
        vec![act(&one, 8, "1-8", 4, story::opened("Ada Claimed", false))],
        vec![act(&one, 9, "1-8", 5, story::claimed(6))],
        vec![message(&[(&one, 10)], 6, "Claimed", Some(FrameKey([2; 16])))],
        vec![act(&one, 12, "1-8", 7, story::moved(Phase::Discharged))],
        vec![message(&[(&one, 13)], 8, "Unclaimed After", None), link(&one, 15, 9)],
        // One message of two patients: hers is in the session of chair 2, his in nobody's.
        vec![act(&chair("2"), 1, "2-1", 10, story::opened("Bea Claimed", false))],
        vec![message(&[(&chair("2"), 2), (&one, 16)], 11, "Shared", None)],
        vec![act(&chair("2"), 4, "2-1", 12, story::moved(Phase::Discharged))],
        // A repetition of what nobody claimed, hours later.
        vec![message(&[(&one, 18)], 20 * HOUR, "Unclaimed Before", Some(FrameKey([1; 16])))],
    ]
}

pub(crate) async fn write(folder: &TempDir) -> SqliteLog {
    let log = open(folder).await;
    for commit in a_day() {
        log.append(&commit).await.unwrap();
        // A block for each of them.
        log.caught_up().await.unwrap();
    }
    log
}

async fn sequences(log: &SqliteLog, timeline: &Timeline) -> Vec<u64> {
    log.read(timeline, Sequence(0), usize::MAX).await.unwrap().iter().map(|entry| entry.sequence.0).collect()
}

/// Which files of the folder hold `text`.
fn found_in(folder: &TempDir, text: &str) -> Vec<String> {
    let holds = |path: &Path| std::fs::read(path).unwrap().windows(text.len()).any(|w| w == text.as_bytes());
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
    files.filter(|file| holds(&file.path())).map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

async fn whole(log: &SqliteLog) -> Verified {
    let verified = log.verify().await.unwrap();
    assert!(verified.broken.is_empty(), "{:?}", verified.broken);
    verified
}

#[tokio::test]
async fn s25_what_no_session_claims_is_erased_after_its_time_and_no_file_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(&folder).await;
    log.close().await.unwrap();
    let texts = ["Unclaimed Before", "Unclaimed Feed", "Unclaimed After"];
    for text in texts {
        assert!(!found_in(&folder, text).is_empty(), "{text}");
    }
    let copies = found_in(&folder, texts[0]);
    assert!(copies.iter().any(|file| file.contains("journal")), "the journal has a copy: {copies:?}");
    drop(log);

    let log = later(&folder, 24).await;
    let early = log.erase_unclaimed(DAY).await.unwrap();
    assert_eq!(early.entries, 0, "a day is not over yet");
    log.close().await.unwrap();
    drop(log);

    let log = later(&folder, 26).await;
    let done = log.erase_unclaimed(DAY).await.unwrap();
    assert_eq!((done.entries, done.frames, done.damaged), (10, 3, 0));
    assert_eq!(sequences(&log, &chair("1")).await, [1, 6, 7, 8, 9, 10, 11, 12, 15, 18, 19]);
    assert_eq!(sequences(&log, &chair("2")).await, [1, 2, 3, 4]);
    let verified = whole(&log).await;
    assert_eq!((verified.erased_by_retention, verified.erased_by_request), (10, 0));
    let shared = log.frame(&chair("2"), Sequence(2)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&shared.raw).contains("raw of Shared"), "what she sent stays whole");
    // The repetition, which is not a day old, leads to the first frame: that one stays until it goes.
    assert!(log.frame(&chair("1"), Sequence(18)).await.unwrap().is_some());
    for text in ["Unclaimed Feed", "Unclaimed After", "notice of Unclaimed Before", "name of Unclaimed Before"] {
        assert_eq!(found_in(&folder, text), [""; 0], "{text}");
    }
    for text in ["raw of Claimed", "name of Claimed Late", "Ada Claimed", "raw of Shared"] {
        assert_eq!(found_in(&folder, text), ["log.db"], "{text}");
    }
    assert_eq!(log.erase_unclaimed(DAY).await.unwrap(), Erasing::default(), "once");
    log.close().await.unwrap();
    drop(log);

    let log = later(&folder, 48).await;
    let done = log.erase_unclaimed(DAY).await.unwrap();
    assert_eq!((done.entries, done.frames), (2, 1), "the repetition and with it the first frame");
    assert_eq!(found_in(&folder, "Unclaimed Before"), [""; 0]);
    assert_eq!(whole(&log).await.erased_by_retention, 12);
    // What was erased goes on being continued, and handed in again it is answered.
    log.append(&a_day()[1]).await.unwrap();
    log.append(&[message(&[(&chair("1"), 20)], 48 * HOUR, "New", None)]).await.unwrap();
    assert_eq!(whole(&log).await.erased_by_retention, 12);
}

#[tokio::test]
async fn an_open_session_is_kept_however_long_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let one = chair("1");
    log.append(&[act(&one, 1, "1-1", 0, story::opened("Ada", false)), message(&[(&one, 2)], 1, "Ada", None)])
        .await
        .unwrap();
    log.close().await.unwrap();
    drop(log);
    let log = later(&folder, 1000).await;
    assert_eq!(log.erase_unclaimed(DAY).await.unwrap().entries, 0);
    assert_eq!(sequences(&log, &one).await, [1, 2, 3]);
    assert_eq!(found_in(&folder, "name of Ada"), ["log.db"], "and her name, which is in use");
}

/// Steps of a run, one at a time.
async fn steps(log: &SqliteLog, timeline: &Timeline, until: Micros) -> Vec<Outcome> {
    let mut all = Vec::new();
    loop {
        let which = Which::Unclaimed { until };
        let outcome = log.step(Step::Erase { timeline: timeline.clone(), which, deed: None, at: until }).await.unwrap();
        all.push(outcome);
        if outcome.next.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn p01_a_kill_at_any_moment_of_erasing_leaves_a_whole_log_and_the_next_run_does_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(&folder).await;
    let before = killed(&folder);
    let begun = std::fs::metadata(before.path().join("log.db-wal")).unwrap().len();
    steps(&log, &chair("1"), at(30 * HOUR).wall).await;
    let after = std::fs::read(folder.path().join("log.db-wal")).unwrap();
    let wal = u64::try_from(after.len()).unwrap();
    assert!(wal > begun);
    let step = u64::from(open::PAGE_BYTES + 24) / 2;
    let (mut erased, mut moments) = (BTreeSet::new(), 0);
    for cut in (0..).map(|n| begun + n * step).take_while(|cut| *cut < wal).chain([wal]) {
        let killed = killed(&before);
        std::fs::write(killed.path().join("log.db-wal"), &after[..usize::try_from(cut).unwrap()]).unwrap();
        let log = later(&killed, 50).await;
        erased.insert(whole(&log).await.erased_by_retention);
        log.erase_unclaimed(DAY).await.unwrap();
        assert_eq!(whole(&log).await.erased_by_retention, 12);
        assert_eq!(found_in(&killed, "Unclaimed"), [""; 0]);
        log.close().await.unwrap();
        moments += 1;
    }
    assert!(moments > 10 && erased.len() > 1, "{moments} moments, {erased:?}");
}

#[tokio::test]
async fn a_step_is_bounded_and_a_block_is_not_divided() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for n in 0..300 {
        log.append(&[
            message(&[(&chair("1"), 1 + 4 * n)], 1, "A", None),
            message(&[(&chair("1"), 3 + 4 * n)], 1, "B", None),
        ])
        .await
        .unwrap();
        if n % 10 == 9 {
            log.caught_up().await.unwrap();
        }
    }
    let all = steps(&log, &chair("1"), at(HOUR).wall).await;
    assert_eq!(all.iter().map(|outcome| outcome.entries).sum::<u64>(), 1200);
    assert!(all.len() >= 3, "{all:?}");
    assert!(all.iter().all(|outcome| outcome.entries < 512 + 2 * 4 * 10 + 1024), "{all:?}");
    let mut conn = vandal(&folder).await;
    let (tombstones, blocks): (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM tombstone), (SELECT count(*) FROM block)")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    assert_eq!(tombstones, blocks, "a block of which nothing is left has one tombstone");
    conn.close().await.unwrap();
    whole(&log).await;
}

#[tokio::test]
async fn s25_erased_text_is_in_no_corner_of_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let timelines: Vec<Timeline> = (0..7).map(|n| chair(&n.to_string())).collect();
    let mut heads = [0_u64; 7];
    let mut random = Random(11);
    for n in 0..600 {
        let place = random.below(7);
        let patient = format!("Secret {}", "x".repeat(random.below(400)));
        log.append(&[message(&[(&timelines[place], heads[place] + 1)], n, &patient, None)]).await.unwrap();
        heads[place] += 2;
        if random.below(3) == 0 {
            log.caught_up().await.unwrap();
        }
    }
    assert!(!found_in(&folder, "Secret").is_empty());
    log.close().await.unwrap();
    drop(log);
    let log = later(&folder, 48).await;
    assert_eq!(log.erase_unclaimed(DAY).await.unwrap().entries, 1200);
    assert_eq!(found_in(&folder, "Secret"), [""; 0]);
    whole(&log).await;
}

#[tokio::test]
async fn a_damaged_block_is_not_erased_so_that_it_is_still_found() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder).await.close().await.unwrap();
    let mut conn = vandal(&folder).await;
    sqlx::query("UPDATE note SET text = 'changed' WHERE text = 'notice of Unclaimed After'")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    assert_eq!(findings(&folder).await.len(), 1);
    let log = later(&folder, 50).await;
    let done = log.erase_unclaimed(DAY).await.unwrap();
    assert_eq!((done.damaged, done.entries), (1, 10));
    log.close().await.unwrap();
    assert_eq!(findings(&folder).await.len(), 1, "still the same one");
}

/// What is asked for session `1-8`.
fn request() -> Request {
    let sequences = |all: &[u64]| all.iter().copied().map(Sequence).collect();
    let (timeline, span) = (chair("1"), Some((Sequence(6), Sequence(12))));
    Request { timeline, span, deeds: sequences(&[8, 9, 12]), claims: sequences(&[8, 9, 12]) }
}

pub(crate) async fn asked(log: &SqliteLog) -> Erasing {
    log.append(&[deed_batch(&Timeline::House, 2, HOUR, erased_deed())]).await.unwrap();
    log.erase(&[request()], Sequence(2)).await.unwrap()
}

fn erased_deed() -> Deed {
    Deed::Erased { what: "1-8".into(), by: "Lee".into(), reason: "asked for".into(), entries: 7 }
}

#[tokio::test]
async fn s25_a_person_is_erased_on_request_and_the_chain_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(&folder).await;
    let done = asked(&log).await;
    assert_eq!((done.entries, done.frames), (7, 2));
    assert_eq!(sequences(&log, &chair("1")).await, [1, 2, 3, 4, 5, 13, 14, 15, 16, 17, 18, 19]);
    let verified = whole(&log).await;
    assert_eq!((verified.erased_by_retention, verified.erased_by_request), (0, 7));
    for text in ["Ada Claimed", "raw of Claimed", "name of Claimed", "notice of Claimed"] {
        assert_eq!(found_in(&folder, text), [""; 0], "{text}");
    }
    assert!(!found_in(&folder, "Bea Claimed").is_empty());
    assert!(crate::sessions_of(&log, &"1".into()).await.unwrap().is_empty(), "the session is no more");
    let deeds = log.deeds(&Timeline::House, Sequence(1), 9).await.unwrap();
    assert!(deeds.iter().any(|entry| entry.what == What::Deed(erased_deed())));
    log.close().await.unwrap();
    drop(log);
    // Her time stays hers: nobody else can claim it, also after a restart.
    let log = later(&folder, 2).await;
    log.append(&[act(&chair("1"), 20, "1-20", HOUR, story::opened("Next", false))]).await.unwrap();
    let claimed = log.append(&[act(&chair("1"), 21, "1-20", HOUR, story::claimed(10))]).await;
    assert!(matches!(claimed, Err(StoreError::Overlap { .. })), "{claimed:?}");
    whole(&log).await;
    // Then retention takes the rest of her blocks, too.
    log.append(&[act(&chair("1"), 21, "1-20", HOUR, story::moved(Phase::Discharged))]).await.unwrap();
    log.close().await.unwrap();
    drop(log);
    let log = later(&folder, 50).await;
    log.erase_unclaimed(DAY).await.unwrap();
    let verified = whole(&log).await;
    assert_eq!((verified.erased_by_retention, verified.erased_by_request), (12, 7));
}

#[tokio::test]
async fn p01_a_kill_while_a_person_is_erased_leaves_a_whole_log_and_it_can_be_said_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = write(&folder).await;
    log.append(&[deed_batch(&Timeline::House, 2, HOUR, erased_deed())]).await.unwrap();
    log.caught_up().await.unwrap();
    let before = killed(&folder);
    let begun = std::fs::metadata(before.path().join("log.db-wal")).unwrap().len();
    let Request { timeline, claims, .. } = request();
    let entries = claims.iter().map(|seq| seq.0).collect();
    for which in [Which::Span { first: 6, last: 12, after: 0 }, Which::Entries(entries)] {
        log.step(Step::Erase { timeline: timeline.clone(), which, deed: Some(2), at: at(HOUR).wall }).await.unwrap();
    }
    let after = std::fs::read(folder.path().join("log.db-wal")).unwrap();
    let step = (open::PAGE_BYTES as usize + 24) / 2;
    let mut erased = BTreeSet::new();
    for cut in (usize::try_from(begun).unwrap()..after.len()).step_by(step).chain([after.len()]) {
        let killed = killed(&before);
        std::fs::write(killed.path().join("log.db-wal"), &after[..cut]).unwrap();
        let log = open(&killed).await;
        erased.insert(whole(&log).await.erased_by_request);
        log.erase(&[request()], Sequence(2)).await.unwrap();
        assert_eq!(whole(&log).await.erased_by_request, 7);
        assert_eq!(found_in(&killed, "Ada Claimed"), [""; 0]);
        log.close().await.unwrap();
    }
    assert_eq!(erased.into_iter().collect::<Vec<_>>(), [0, 4, 7]);
}

/// Damage of what erasing left is found like any other.
#[test]
fn p06_any_damage_of_a_log_with_erased_entries_is_found() {
    const DAMAGES: usize = 100;
    const TABLES: [&str; 9] =
        ["erasure", "tombstone", "kept_salt", "resealed", "block", "reading", "note", "frame", "claim"];
    block_on(async {
        for (folder, name) in [(erased().await, "of form 2"), (old("mixed.db", 900).await, "of form 1")] {
            assert!(findings(&folder).await.is_empty(), "{name}: {:?}", findings(&folder).await);
            let file = folder.path().join("log.db");
            let whole = std::fs::read(&file).unwrap();
            let mut random = Random(3);
            let mut done = 0;
            while done < DAMAGES {
                let mut conn = vandal(&folder).await;
                let sql = damage(&mut conn, &mut random, &TABLES).await;
                conn.close().await.unwrap();
                if let Some(sql) = sql {
                    assert!(!findings(&folder).await.is_empty(), "{name}: not found: {sql}");
                    done += 1;
                    std::fs::write(&file, &whole).unwrap();
                }
            }
        }
    });
}

/// A log of which some was erased by retention, some on request.
async fn erased() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = write(&folder).await;
    asked(&log).await;
    log.close().await.unwrap();
    drop(log);
    let log = later(&folder, 30).await;
    log.erase_unclaimed(DAY).await.unwrap();
    log.close().await.unwrap();
    folder
}

fn fixture(folder: &TempDir, name: &str) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/log/before-0006").join(name);
    std::fs::copy(from, folder.path().join("log.db")).unwrap();
}

/// A log of form 1, of which what nobody claimed was erased `hours` later.
async fn old(name: &str, hours: i64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixture(&folder, name);
    let log = later(&folder, hours).await;
    let mut done = Vec::new();
    for head in log.heads().await.unwrap() {
        // Whatever time it bears.
        done.extend(steps(&log, &head.timeline, Micros(i64::MAX)).await);
    }
    assert!(
        done.iter().any(|outcome| outcome.entries > 0) && done.iter().all(|outcome| outcome.damaged == 0),
        "{done:?}"
    );
    log.erase_unclaimed(DAY).await.unwrap();
    log.close().await.unwrap();
    folder
}

/// Every row of the record, as plain SQL has it.
async fn dump(folder: &TempDir) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(folder.path().join("log.db")).read_only(true);
    let mut conn = options.connect().await.unwrap();
    let mut all = Vec::new();
    for table in [
        "timeline",
        "source",
        "boot",
        "identity",
        "flags",
        "channel",
        "frame",
        "reading",
        "reading_more",
        "note",
        "claim",
    ] {
        all.extend(rows_of(&mut conn, table, "*").await);
    }
    all.extend(rows_of(&mut conn, "block", "timeline, number, first_seq, last_seq, reached_wall_us, hash").await);
    conn.close().await.unwrap();
    all
}

async fn rows_of(conn: &mut SqliteConnection, table: &str, columns: &str) -> Vec<String> {
    let columns: Vec<String> = match columns {
        "*" => {
            let names = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)").bind(table).fetch_all(&mut *conn);
            names.await.unwrap()
        }
        given => given.split(", ").map(str::to_owned).collect(),
    };
    let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
    let sql = format!("SELECT '{table} ' || {} FROM {table} ORDER BY 1", quoted.join(" || ' ' || "));
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap()
}

#[tokio::test]
async fn h26_a_log_from_before_erasing_is_migrated_verified_and_continued() {
    for name in ["story.db", "mixed.db"] {
        let folder = tempfile::tempdir().unwrap();
        fixture(&folder, name);
        let before = dump(&folder).await;
        assert!(before.len() > 30, "{}", before.len());
        let log = open(&folder).await;
        let verified = whole(&log).await;
        let head = log.heads().await.unwrap().into_iter().find(|head| head.timeline == chair("1")).unwrap().sequence.0;
        log.close().await.unwrap();
        drop(log);
        assert_eq!(dump(&folder).await, before, "{name}: every row is as it was");
        let log = open(&folder).await;
        log.append(&[message(&[(&chair("1"), head + 1)], 1, "New", None)]).await.unwrap();
        let after = whole(&log).await;
        assert_eq!((after.entries, after.blocks), (verified.entries + 2, verified.blocks + 1), "{name}");
        log.close().await.unwrap();
        let mut conn = vandal(&folder).await;
        sqlx::query("UPDATE reading SET value = value + 1 WHERE value IS NOT NULL").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        assert!(!findings(&folder).await.is_empty(), "{name}: blocks of both forms are held against their hash");
    }
}

#[tokio::test]
async fn h26_of_a_log_from_before_erasing_can_be_erased() {
    let folder = old("story.db", 900).await;
    let log = later(&folder, 900).await;
    let verified = whole(&log).await;
    assert!(verified.erased_by_retention > 0 && verified.entries > 0, "{verified:?}");
    let copy = format!("log.db.before-{:04}", open::newest());
    assert_eq!(found_in(&folder, "two patients"), [copy], "only what was kept before the upgrade, for a week");
    upgrade::forget(&folder.path().join("log.db"), None).unwrap();
    assert_eq!(found_in(&folder, "two patients"), [""; 0]);
    assert_eq!(
        sequences(&log, &chair("claims")).await,
        (2..=14).collect::<Vec<_>>(),
        "the session's own block is divided"
    );
}
