//! What only SQLite can be asked: exact round trips, damage of every kind, permissions, settings, boots, faults.

use super::*;
use crate::story::{self, at, deed_batch, frame_batch};
use chairside_observation::clinic::{Change, Changed, NamesPolicy};
use chairside_observation::session::{Person, Phase, Role};
use chairside_observation::{
    Absence, Amount, ChairId, Civil, Context, Decimal, Deed, Doubt, Flag, Flags, FrameKind, Link, LinkState, Measured,
    MonitorNotice, Observation, Origin, Priority, Reading, Skip, SourceId, Unit, Vital, What,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use std::collections::HashMap;
use std::ops::Range;
use tempfile::TempDir;

mod copies;
pub(crate) mod erasing;
mod index;
pub(crate) mod seal;
mod upgrades;
mod with_journal;

pub(crate) fn clock() -> Clock {
    Arc::new(|| at(100))
}

/// Looks at the writer of the database once it has everything.
fn look(log: &SqliteLog, look: impl FnOnce(&mut write::Writer, &tokio::runtime::Runtime) + Send + 'static) {
    log.writing.as_ref().unwrap().behind.ask(behind::Wish::Test(Box::new(look))).unwrap();
}

pub(crate) async fn open(folder: &TempDir) -> SqliteLog {
    SqliteLog::open(&folder.path().join("log.db"), "boot-1", clock()).await.unwrap()
}

#[tokio::test]
async fn sqlite_keeps_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    story::story(|| async {
        let log = SqliteLog::open(&path, "boot-1", clock()).await?;
        Ok(Arc::new(log) as Arc<dyn SessionLog>)
    })
    .await;
}

// Round trip

fn text() -> impl Strategy<Value = Box<str>> {
    prop_oneof![Just(String::new()), "[ -~]{1,12}", "\\PC{1,6}", Just("a\u{0}b; c\u{1f}\n'".to_owned())]
        .prop_map(String::into_boxed_str)
}

fn micros() -> impl Strategy<Value = Micros> {
    prop_oneof![Just(0), 1..100_000_000_i64, any::<i64>()].prop_map(Micros)
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![(0..400_i64, 0..3_u8), (any::<i64>(), any::<u8>())]
        .prop_map(|(units, places)| Decimal::new(units, places))
}

fn amount() -> impl Strategy<Value = Amount> {
    let part = || option::of(decimal());
    prop_oneof![
        decimal().prop_map(Amount::One),
        (part(), part(), part()).prop_map(|(systolic, diastolic, mean)| Amount::Pressure { systolic, diastolic, mean }),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        amount().prop_map(Reading::Valid),
        (amount(), select(Doubt::ALL)).prop_map(|(amount, doubt)| Reading::Questionable(amount, doubt)),
        select(Absence::ALL).prop_map(Reading::Absent),
    ]
}

fn civil() -> impl Strategy<Value = Civil> {
    let date = (1..=9999_u16, 1..=12_u8, 1..=28_u8);
    let time = (0..24_u8, 0..60_u8, 0..=60_u8, prop_oneof![Just(0), 0..1_000_000_u32]);
    (date, time, option::of(-1080..=1080_i16)).prop_map(
        |((year, month, day), (hour, minute, second, micros), offset_min)| Civil {
            micros,
            offset_min,
            ..Civil::new(year, month, day, hour, minute, second).unwrap()
        },
    )
}

fn measured() -> impl Strategy<Value = Measured> {
    prop_oneof![
        micros().prop_map(Measured::Ago),
        (civil(), option::of(civil())).prop_map(|(at, sent)| Measured::At { at, sent }),
    ]
}

fn flags() -> impl Strategy<Value = Flags> {
    (vec(select(Flag::ALL), 0..4), option::of(text())).prop_map(|(known, others)| {
        let mut flags = Flags::NONE;
        known.into_iter().for_each(|flag| flags.insert(flag));
        if let Some(others) = others {
            flags.insert_other(&others);
        }
        flags
    })
}

fn context() -> impl Strategy<Value = Option<Arc<Context>>> {
    let part = || option::of(text());
    option::of(
        (part(), part(), part(), part(), part())
            .prop_map(|(bed, unit, patient, name, device)| Arc::new(Context { bed, unit, patient, name, device })),
    )
}

/// `None`: the whole frame.
fn part() -> impl Strategy<Value = Option<Range<u64>>> {
    option::of((0..1_u64 << 40, 0..100_u64).prop_map(|(start, len)| start..start + len))
}

/// What a frame says, with the range still to be set, and an age.
type Said = (What, Option<Range<u64>>, Micros);

fn said() -> impl Strategy<Value = Said> {
    let observation = (
        (select(Vital::ALL), reading(), select(Unit::ALL), option::of(select(Origin::ALL))),
        (option::of(text()), option::of(measured()), flags(), any::<bool>(), context(), micros()),
    );
    let reading = (observation, part()).prop_map(|(((vital, reading, unit, origin), rest), range)| {
        let (site, measured, flags, synthetic, context, age) = rest;
        let observation = Observation {
            origin,
            site,
            measured,
            flags,
            synthetic,
            context,
            ..Observation::new(vital, reading, unit, 0..0)
        };
        (What::Reading(observation), range, age)
    });
    let notice = (text(), select(Priority::ALL), context(), part()).prop_map(|(text, priority, context, range)| {
        (What::Notice(MonitorNotice { text, priority, context, bytes: 0..0 }), range, Micros(0))
    });
    let skipped =
        (select(Skip::ALL), part()).prop_map(|(skip, range)| (What::Skipped { bytes: 0..0, skip }, range, Micros(0)));
    let heard = part().prop_map(|range| (What::Heard { bytes: 0..0 }, range, Micros(0)));
    prop_oneof![6 => reading, 1 => notice, 1 => skipped, 1 => heard]
}

fn alone() -> impl Strategy<Value = (Option<SourceId>, What)> {
    let plain = || "[a-zA-Z0-9 =^-]{1,8}";
    let link = (plain(), select(LinkState::ALL), text()).prop_map(|(source, state, reason)| {
        let source = SourceId::from(source);
        (Some(source.clone()), What::Link(Link { source, state, reason }))
    });
    let deed = prop_oneof![
        plain().prop_map(|version| Deed::Started { version: version.into() }),
        Just(Deed::Stopped),
        (plain(), plain()).prop_map(|(chair, name)| Deed::ChairNamed { chair: chair.into(), name: name.into() }),
        (plain(), plain(), option::of(plain())).prop_map(|(source, bed, chair)| Deed::FeedAssigned {
            source: source.into(),
            bed: bed.into(),
            chair: chair.map(ChairId::from)
        }),
        any::<i64>().prop_map(|by_us| Deed::ClockStepped { by_us }),
        any::<u64>().prop_map(|frames| Deed::FramesLost { frames }),
        plain().prop_map(|by| clinic_changed(&by)),
    ];
    prop_oneof![link, deed.prop_map(|deed| (None, What::Deed(deed)))]
}

#[derive(Debug, Clone)]
pub(crate) enum Plan {
    Frame {
        offset: u64,
        raw: Vec<u8>,
        received: Received,
        kind: FrameKind,
        key: Option<[u8; 16]>,
        said: Vec<(u8, Said)>,
    },
    Alone {
        received: Received,
        what: (Option<SourceId>, What),
    },
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let received = || (any::<i64>(), any::<i64>()).prop_map(|(m, w)| Received { mono: Micros(m), wall: Micros(w) });
    let frame = (
        (0..1_u64 << 40, vec(any::<u8>(), 0..40), received(), select(FrameKind::ALL)),
        (option::of(any::<[u8; 16]>()), vec((0..3_u8, said()), 1..6)),
    )
        .prop_map(|((offset, raw, received, kind), (key, said))| Plan::Frame {
            offset,
            raw,
            received,
            kind,
            key,
            said,
        });
    let alone = (received(), alone()).prop_map(|(received, what)| Plan::Alone { received, what });
    prop_oneof![3 => frame, 1 => alone]
}

pub(crate) fn timeline(n: u8) -> Timeline {
    match n {
        0 => Timeline::Chair("1".into()),
        1 => Timeline::Feed { source: "hl7".into(), bed: "ICU/4:\u{1f}ü".into() },
        _ => Timeline::House,
    }
}

/// Gives each entry of the plans its place.
pub(crate) fn batches(plans: Vec<Plan>) -> Vec<Arc<Batch>> {
    let mut heads: HashMap<Timeline, u64> = HashMap::new();
    let mut next = |timeline: &Timeline| {
        let head = heads.entry(timeline.clone()).or_default();
        *head += 1;
        Sequence(*head)
    };
    let mut make = |n, received, age, source, what| {
        let timeline = timeline(n);
        Entry { sequence: next(&timeline), timeline, received, age, source, what }
    };
    let batch = |plan| match plan {
        Plan::Alone { received, what: (source, what) } => {
            Batch { frame: None, entries: vec![make(2, received, Micros(0), source, what)] }
        }
        Plan::Frame { offset, raw, received, kind, key, said } => {
            let source = SourceId::from("hl7");
            let whole = offset..offset + raw.len() as u64;
            let entries = said.into_iter().map(|(n, (mut what, range, age))| {
                let range = range.unwrap_or_else(|| whole.clone());
                match &mut what {
                    What::Reading(o) => o.bytes = range,
                    What::Notice(n) => n.bytes = range,
                    What::Skipped { bytes, .. } | What::Heard { bytes } => *bytes = range,
                    What::Link(_) | What::Deed(_) => {}
                }
                make(n, received, age, Some(source.clone()), what)
            });
            let entries = entries.collect();
            let key = key.map(FrameKey);
            Batch { frame: Some(Frame { source, offset, received, kind, raw: raw.into(), key }), entries }
        }
    };
    plans.into_iter().map(batch).map(Arc::new).collect()
}

async fn everything(log: &SqliteLog) -> (Vec<Entry>, Vec<Option<Frame>>) {
    let (mut entries, mut frames) = (Vec::new(), Vec::new());
    for n in 0..3 {
        entries.extend(log.read(&timeline(n), Sequence(0), usize::MAX).await.unwrap());
    }
    for entry in &entries {
        frames.push(log.frame(&entry.timeline, entry.sequence).await.unwrap());
    }
    (entries, frames)
}

/// Whole columns at a time, one entry after the other, and as numbers for a chart.
async fn columns_and_rows_say_the_same(log: &SqliteLog, expected: &[Entry]) {
    for n in 0..3 {
        let of: Vec<&Entry> = expected.iter().filter(|entry| entry.timeline == timeline(n)).collect();
        for entry in &of {
            let before = Sequence(entry.sequence.0 - 1);
            assert_eq!(log.read(&timeline(n), before, 1).await.unwrap(), [(*entry).clone()]);
        }
        let numbers: Vec<Value> = of.iter().filter_map(|entry| Value::of(entry)).collect();
        assert_eq!(log.values(&timeline(n), Sequence(0), Sequence(u64::MAX), usize::MAX).await.unwrap(), numbers);
    }
}

pub(crate) fn expected(batches: &[Arc<Batch>]) -> (Vec<Entry>, Vec<Option<Frame>>) {
    let mut all: Vec<_> = batches.iter().flat_map(|b| b.entries.iter().map(|e| (e.clone(), b.frame.clone()))).collect();
    let place = |t: &Timeline| (0..3).position(|n| timeline(n) == *t);
    all.sort_by_key(|(e, _)| (place(&e.timeline), e.sequence));
    all.into_iter().unzip()
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn p06_every_entry_survives_the_log_exactly(plans in vec(plan(), 1..40), cut in 1..40_usize) {
        block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let log = open(&folder).await;
            let batches = batches(plans);
            for commit in batches.chunks(cut) {
                log.append(commit).await.unwrap();
            }
            assert_eq!(everything(&log).await, expected(&batches), "some of it only in the journal");
            let (boot, read) = crate::journal::decode(&crate::journal::encode("boot-1", &batches)).unwrap();
            assert_eq!((&*boot, expected(&read)), ("boot-1", expected(&batches)), "through the journal's bytes");
            let verified = log.verify().await.unwrap();
            assert!(verified.broken.is_empty(), "{:?}", verified.broken);
            log.close().await.unwrap();
            drop(log);
            let log = open(&folder).await;
            assert_eq!(everything(&log).await, expected(&batches), "after a restart");
            columns_and_rows_say_the_same(&log, &expected(&batches).0).await;
        });
    }
}

// Damage

/// A log with every kind of row, closed.
async fn filled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let plans = vec(plan(), 40).new_tree(&mut runner).unwrap().current();
    for commit in batches(plans).chunks(3) {
        log.append(commit).await.unwrap();
        // A block for each of them.
        log.caught_up().await.unwrap();
    }
    let head = log.heads().await.unwrap().into_iter().find(|head| head.timeline == timeline(0)).unwrap();
    log.append(&[frame_batch(&timeline(0), "s", head.sequence.0 + 1, 1, None)]).await.unwrap();
    let act = |sequence, session, act| story::act_batch(&Timeline::Chair("claims".into()), sequence, session, act);
    let acts = [
        act(1, "a", story::opened("A", false)),
        act(2, "a", story::claimed(1)),
        act(3, "a", story::moved(Phase::Discharged)),
        act(4, "b", story::opened("B", false)),
    ];
    log.append(&acts).await.unwrap();
    assert!(log.verify().await.unwrap().broken.is_empty());
    log.close().await.unwrap();
    folder
}

/// A connection that checks nothing, as an editor of the file would.
async fn vandal(folder: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.path().join("log.db")).foreign_keys(false);
    let mut conn = options.connect().await.unwrap();
    sqlx::query("PRAGMA ignore_check_constraints = 1").execute(&mut conn).await.unwrap();
    let triggers: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetch_all(&mut conn).await.unwrap();
    for trigger in triggers {
        sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).execute(&mut conn).await.unwrap();
    }
    conn
}

async fn findings(folder: &TempDir) -> Vec<String> {
    let path = folder.path().join("log.db");
    let log = SqliteLog::open_read_only(&path, "boot-1", clock()).await.unwrap();
    let verified = log.verify().await;
    log.close().await.unwrap();
    match verified {
        Ok(verified) => verified.broken,
        Err(e) => vec![e.to_string()],
    }
}

/// Every table of the record with its columns. `_sqlx_migrations` holds nothing of it.
async fn tables(conn: &mut SqliteConnection) -> Vec<(String, Vec<String>)> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let mut tables = Vec::new();
    for name in names {
        let columns =
            sqlx::query_scalar("SELECT name FROM pragma_table_info(?)").bind(&name).fetch_all(&mut *conn).await;
        tables.push((name, columns.unwrap()));
    }
    tables
}

/// SplitMix64: the same damages in each run.
struct Random(u64);
impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// The primary key as a WHERE clause for the row at `index`.
async fn where_row(conn: &mut SqliteConnection, table: &str, index: usize) -> String {
    let key: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
        .bind(table)
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let parts: Vec<String> = key.iter().map(|k| format!("'{k} = ' || quote({k})")).collect();
    let sql = format!("SELECT {} FROM {table} LIMIT 1 OFFSET {index}", parts.join(" || ' AND ' || "));
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
}

/// Damages one thing; `None` when the table does not take that value.
async fn damage(conn: &mut SqliteConnection, random: &mut Random, among: &[&str]) -> Option<String> {
    let mut tables = tables(conn).await;
    tables.retain(|(table, _)| among.is_empty() || among.contains(&table.as_str()));
    let (table, columns) = &tables[random.below(tables.len())];
    let count: i64 =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&mut *conn).await.unwrap();
    if count == 0 {
        return None;
    }
    let row = where_row(conn, table, random.below(usize::try_from(count).unwrap())).await;
    let sql = if random.below(4) == 0 {
        format!("DELETE FROM {table} WHERE {row}")
    } else {
        let column = &columns[random.below(columns.len())];
        let changed = match random.below(4) {
            0 => format!(
                "CASE typeof({column}) WHEN 'integer' THEN {column} + 1 WHEN 'text' THEN {column} || 'x' ELSE NULL END"
            ),
            1 => format!(
                "CASE typeof({column}) WHEN 'integer' THEN {column} - 1 WHEN 'text' THEN substr({column}, 2) ELSE zeroblob(16) END"
            ),
            2 => format!(
                "CASE typeof({column}) WHEN 'null' THEN 1 WHEN 'blob' THEN CAST(substr({column}, 1, length({column}) - 1) || x'00' AS BLOB) ELSE NULL END"
            ),
            _ => format!(
                "CASE typeof({column}) WHEN 'integer' THEN {column} * 1000003 + 7 WHEN 'text' THEN 'y' || {column} ELSE CAST({column} || x'01' AS BLOB) END"
            ),
        };
        format!("UPDATE {table} SET {column} = {changed} WHERE {row} AND {column} IS NOT ({changed})")
    };
    match sqlx::query(AssertSqlSafe(sql.as_str())).execute(conn).await {
        Ok(done) if done.rows_affected() == 1 => Some(sql),
        _ => None,
    }
}

#[test]
fn p06_any_damage_is_found() {
    const DAMAGES: usize = 300;
    block_on(async {
        let folder = filled().await;
        assert!(findings(&folder).await.is_empty());
        let file = folder.path().join("log.db");
        let whole = std::fs::read(&file).unwrap();
        let mut random = Random(7);
        let mut done = 0;
        while done < DAMAGES {
            let mut conn = vandal(&folder).await;
            let sql = damage(&mut conn, &mut random, &[]).await;
            conn.close().await.unwrap();
            if let Some(sql) = sql {
                assert!(!findings(&folder).await.is_empty(), "not found: {sql}");
                done += 1;
                std::fs::write(&file, &whole).unwrap();
            }
        }
        assert!(findings(&folder).await.is_empty(), "the undamaged file is whole");
    });
}

/// Damages that need more than one row.
#[test]
fn h17_extra_swapped_and_cut_rows_are_found() {
    let damages = [
        (
            "a frame nobody refers to",
            "INSERT INTO frame SELECT max(id) + 1, source, 0, boot, 0, 0, kind, NULL, raw FROM frame",
        ),
        ("a timeline without entries", "INSERT INTO timeline VALUES (99, 'chair:99')"),
        (
            "a reading behind the last block",
            "INSERT INTO reading SELECT timeline, max(seq) + 1000, frame, channel, state, flags, value, places FROM reading WHERE timeline = 1",
        ),
        (
            "a note before the first",
            "INSERT INTO note SELECT timeline, 0, kind, frame, source, boot, received_mono_us, received_wall_us, word, text, identity, first_byte, end_byte FROM note LIMIT 1",
        ),
        (
            "two blocks exchanged",
            "UPDATE block SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE timeline = 1 AND number IN (2, 3); UPDATE block SET number = -number WHERE number < 0",
        ),
        (
            "the last block and its entries gone, but not their frame",
            "CREATE TEMP TABLE cut AS SELECT timeline, number, first_seq FROM block WHERE number = (SELECT max(number) \
             FROM block WHERE timeline = (SELECT id FROM timeline WHERE key = 'chair:1')) \
             AND timeline = (SELECT id FROM timeline WHERE key = 'chair:1'); \
             DELETE FROM reading WHERE EXISTS (SELECT 1 FROM cut WHERE reading.timeline = cut.timeline AND seq >= first_seq); \
             DELETE FROM block WHERE EXISTS (SELECT 1 FROM cut WHERE block.timeline = cut.timeline AND block.number = cut.number)",
        ),
        (
            "raw bytes of two frames exchanged",
            "UPDATE frame SET raw = (SELECT f.raw FROM frame f WHERE f.id = 3 - frame.id) WHERE id IN (1, 2)",
        ),
        (
            "a pressure's parts of a reading that is gone",
            "INSERT INTO reading_more (timeline, seq, pressure, age_us) VALUES (1, 5000, 0, 1)",
        ),
    ];
    block_on(async {
        let folder = filled().await;
        let file = folder.path().join("log.db");
        let whole = std::fs::read(&file).unwrap();
        for (what, sql) in damages {
            let mut conn = vandal(&folder).await;
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            assert!(!findings(&folder).await.is_empty(), "not found: {what}");
            std::fs::write(&file, &whole).unwrap();
        }
    });
}

#[tokio::test]
async fn a_finding_names_timeline_block_and_entries() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for first in [1, 3, 5] {
        log.append(&[frame_batch(&timeline(0), "s", first, 1, None)]).await.unwrap();
        log.caught_up().await.unwrap();
    }
    log.close().await.unwrap();
    let mut conn = vandal(&folder).await;
    sqlx::query("UPDATE reading SET value = 98 WHERE seq = 3").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let found = findings(&folder).await;
    assert_eq!(
        found,
        ["chair:1, block 2, entries 3 to 4: the chain does not fit: an entry, a frame or the block was changed"]
    );
}

// Boots

#[tokio::test]
async fn h03_times_of_another_boot_keep_their_age() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let log = SqliteLog::open(&path, "boot-1", clock()).await.unwrap();
    log.append(&[frame_batch(&timeline(0), "s", 1, 40, None)]).await.unwrap();
    log.append(&[deed_batch(&Timeline::House, 1, 41, Deed::Stopped)]).await.unwrap();
    log.close().await.unwrap();
    drop(log);
    let now = Received { mono: Micros::from_secs(5), wall: at(100).wall };
    let log = SqliteLog::open(&path, "boot-2", Arc::new(move || now)).await.unwrap();
    let entry = log.read(&timeline(0), Sequence(0), 1).await.unwrap().remove(0);
    let frame = log.frame(&timeline(0), Sequence(1)).await.unwrap().unwrap();
    for received in [entry.received, frame.received, log.latest(&timeline(0)).await.unwrap()[0].received] {
        assert_eq!(received.wall, at(40).wall);
        assert_eq!(now.mono - received.mono, Micros::from_secs(60), "60 s ago, though this boot began 5 s ago");
    }
    log.append(&[frame_batch(&timeline(0), "s", 3, 50, None)]).await.unwrap();
    assert_eq!(log.read(&timeline(0), Sequence(2), 1).await.unwrap()[0].received, at(50), "this boot's as received");
    assert!(log.verify().await.unwrap().broken.is_empty(), "two boots in one chain");
}

// Opening

#[cfg(unix)]
#[tokio::test]
async fn s22_folder_and_files_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data/log.db");
    let log = SqliteLog::open(&path, "boot-1", clock()).await.unwrap();
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, None)]).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "of {}", file.display());
    }
    drop(log);
    std::fs::set_permissions(path.parent().unwrap(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let error = SqliteLog::open(&path, "boot-1", clock()).await.err().unwrap().to_string();
    assert!(error.contains("0770") && error.contains("chmod 700"), "found {error}");
}

#[tokio::test]
async fn a_second_writer_is_refused_and_readers_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let log = open(&folder).await;
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, None)]).await.unwrap();
    let error = SqliteLog::open(&path, "boot-1", clock()).await.err().unwrap().to_string();
    assert!(error.contains("another Chairside"), "found {error}");
    let reader = SqliteLog::open_read_only(&path, "boot-1", clock()).await.unwrap();
    assert!(reader.verify().await.unwrap().broken.is_empty(), "while the writer is at work");
    let refused = reader.append(&[frame_batch(&timeline(0), "s", 3, 1, None)]).await;
    assert!(matches!(refused, Err(StoreError::Write(_))));
    drop(log);
    open(&folder).await;
}

#[tokio::test]
async fn what_is_no_log_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    std::fs::write(&path, b"this is no database, but a text that is long enough to be looked at").unwrap();
    assert!(SqliteLog::open(&path, "boot-1", clock()).await.is_err());
    assert!(SqliteLog::open_read_only(&path, "boot-1", clock()).await.is_err());
    assert!(SqliteLog::open_read_only(&folder.path().join("none.db"), "boot-1", clock()).await.is_err());
    std::fs::remove_file(&path).unwrap();
    let log = open(&folder).await;
    log.close().await.unwrap();
    drop(log);
    let mut conn = vandal(&folder).await;
    let newer = "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time \
                 FROM _sqlx_migrations LIMIT 1";
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    for error in [
        SqliteLog::open(&path, "boot-1", clock()).await.err().unwrap(),
        SqliteLog::open_read_only(&path, "boot-1", clock()).await.err().unwrap(),
    ] {
        assert!(matches!(error, StoreError::Unusable { .. }), "found {error}");
    }
}

#[tokio::test]
async fn h26_words_keep_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    log.close().await.unwrap();
    drop(log);
    // As if an older version had listed its words in another order, and lacked one.
    let mut conn = vandal(&folder).await;
    let older = "DELETE FROM word WHERE list = 'vital' AND word = 'art'; \
                 UPDATE word SET word = 'x' WHERE list = 'vital' AND word = 'spo2'; \
                 UPDATE word SET word = 'spo2' WHERE list = 'vital' AND word = 'pulse_rate'; \
                 UPDATE word SET word = 'pulse_rate' WHERE list = 'vital' AND word = 'x'";
    sqlx::raw_sql(older).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let log = open(&folder).await;
    let batch = frame_batch(&timeline(0), "s", 1, 1, None);
    log.append(std::slice::from_ref(&batch)).await.unwrap();
    assert!(log.verify().await.unwrap().broken.is_empty());
    assert_eq!(log.read(&timeline(0), Sequence(0), 9).await.unwrap(), batch.entries);
    let mut conn = vandal(&folder).await;
    let vitals: Vec<String> =
        sqlx::query_scalar("SELECT vital FROM readings ORDER BY seq").fetch_all(&mut conn).await.unwrap();
    assert_eq!(vitals, ["spo2", "pulse_rate"], "plain SQL sees the right words");
}

fn clinic_changed(by: &str) -> Deed {
    let by = Person { name: by.into(), role: Role::Lead };
    Deed::ClinicChanged(Box::new(Changed { by, change: Change::Names(NamesPolicy::Full) }))
}

#[test]
fn every_deed_has_a_code() {
    let kind = chairside_observation::NoticeKind::Spo2;
    let noticed = chairside_observation::Noticed {
        session: "1-1".into(),
        kind,
        state: chairside_observation::NoticeState::Over(chairside_observation::NoticeEnd::Within),
        value: "95".into(),
        limit: "94".into(),
        limits: kind.limits(),
        own: false,
        about: None,
        since: Micros(0),
        unwritten: 0,
    };
    for deed in [
        Deed::Started { version: "1".into() },
        Deed::Stopped,
        Deed::ChairNamed { chair: "1".into(), name: "1".into() },
        Deed::FeedAssigned { source: "1".into(), bed: "1".into(), chair: None },
        Deed::ClockStepped { by_us: 1 },
        Deed::FramesLost { frames: 1 },
        Deed::ChairCleared { by: Person { name: "1".into(), role: Role::Nurse } },
        clinic_changed("Lee, Ann"),
        Deed::Noticed(Box::new(noticed)),
        Deed::Accessed(Box::new(chairside_observation::Accessed {
            did: chairside_observation::AccessKind::SignedIn,
            by: "Lee".into(),
            from: "1".into(),
            what: "1".into(),
        })),
        Deed::Erased { what: "1-1".into(), by: "Lee".into(), reason: "1".into(), entries: 1 },
    ] {
        assert!(words::DEEDS.contains(&deed.word()), "{}", deed.word());
    }
}

// Writing

#[tokio::test]
async fn p03_after_a_failure_the_file_is_opened_again_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let batches: Vec<_> = (0..3).map(|n| frame_batch(&timeline(0), "s", 1 + 2 * n, 1, None)).collect();
    log.append(&batches[..1]).await.unwrap();
    // A full disk, as SQLite sees it: the file may not grow by a page.
    look(&log, |writer, runtime| runtime.block_on(writer.limit_pages_for_test()));
    let mut long = (*batches[1]).clone();
    long.frame.as_mut().unwrap().raw = vec![0; 100_000].into();
    let long = Arc::new(long);
    log.append(std::slice::from_ref(&long)).await.expect("the journal takes it");
    log.append(&batches[2..]).await.expect("and what follows");
    assert_eq!(log.read(&timeline(0), Sequence(0), 99).await.unwrap().len(), 6, "whether the database has it or not");
    assert!(log.verify().await.unwrap().broken.is_empty(), "a new connection takes it in");
    assert_eq!(log.frame(&timeline(0), Sequence(3)).await.unwrap(), long.frame);
}

#[tokio::test]
async fn an_append_that_is_abandoned_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let batch = frame_batch(&timeline(0), "s", 1, 1, None);
    {
        let mut append = std::pin::pin!(log.append(std::slice::from_ref(&batch)));
        // Polled once, so that it is under way, and dropped.
        let mut noop = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(append.as_mut().poll(&mut noop).is_pending());
    }
    log.append(std::slice::from_ref(&batch)).await.unwrap();
    assert_eq!(log.read(&timeline(0), Sequence(0), 99).await.unwrap(), batch.entries);
    assert!(log.verify().await.unwrap().broken.is_empty());
}

#[tokio::test]
async fn what_breaks_the_contract_of_a_batch_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let good = frame_batch(&timeline(0), "s", 1, 1, None);
    let bend = |bend: fn(&mut Batch)| {
        let mut batch = (*good).clone();
        bend(&mut batch);
        Arc::new(batch)
    };
    for (what, bad) in [
        ("no entries", bend(|b| b.entries.clear())),
        ("another time", bend(|b| b.entries[1].received = at(9))),
        ("another source", bend(|b| b.entries[0].source = Some("t".into()))),
        ("no frame", bend(|b| b.frame = None)),
        ("a deed in a frame", bend(|b| b.entries[0].what = What::Deed(Deed::Stopped))),
        ("a sequence twice", bend(|b| b.entries[1].sequence = Sequence(1))),
        ("too far in the stream", bend(|b| b.frame.as_mut().unwrap().offset = u64::MAX)),
    ] {
        assert!(matches!(log.append(&[bad]).await, Err(StoreError::Write(_))), "{what}");
    }
    log.append(&[good]).await.unwrap();
    assert!(log.verify().await.unwrap().broken.is_empty());
}

#[tokio::test]
async fn a_checkpoint_takes_nothing_away_and_writing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    for n in 0..20 {
        log.append(&[frame_batch(&timeline(0), "s", 1 + 2 * n, 1, None)]).await.unwrap();
        log.caught_up().await.unwrap();
        if n % 5 == 0 {
            look(&log, |writer, runtime| runtime.block_on(writer.checkpoint()).unwrap());
        }
    }
    assert_eq!(log.read(&timeline(0), Sequence(0), 99).await.unwrap().len(), 40);
    assert!(log.verify().await.unwrap().broken.is_empty());
}

#[tokio::test]
async fn plain_sql_reads_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    log.append(&[frame_batch(&timeline(0), "nellcor", 1, 1, None)]).await.unwrap();
    log.append(&[deed_batch(&Timeline::House, 1, 2, Deed::Stopped)]).await.unwrap();
    log.caught_up().await.unwrap();
    let mut conn = vandal(&folder).await;
    let row =
        sqlx::query("SELECT timeline, received_utc, source, vital, state, reason, value, unit FROM readings LIMIT 1")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    let texts: Vec<Option<String>> = (0..8).map(|i| row.get(i)).collect();
    let expected = ["chair:1", "2026-09-21T14:13:21.000Z", "nellcor", "spo2", "valid", "", "97", "%"]
        .map(|t| Some(t.to_owned()).filter(|t| !t.is_empty()));
    assert_eq!(texts, expected);
    let note: (String, String, String) =
        sqlx::query_as("SELECT timeline, kind, word FROM notes").fetch_one(&mut conn).await.unwrap();
    assert_eq!(note, ("house".to_owned(), "deed".to_owned(), "stopped".to_owned()));
}

#[tokio::test]
async fn a_quick_look_tells_version_span_and_damage_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let empty = log.health().await.unwrap();
    assert_eq!((empty.version, empty.first_wall, empty.last_wall, empty.problems.len()), (7, None, None, 0));
    log.close().await.unwrap();

    let folder = filled().await;
    let path = folder.path().join("log.db");
    let log = SqliteLog::open_read_only(&path, "boot-1", clock()).await.unwrap();
    let health = log.health().await.unwrap();
    assert!(health.problems.is_empty(), "{health:?}");
    assert!(health.first_wall.is_some_and(|first| Some(first) <= health.last_wall), "{health:?}");
    log.close().await.unwrap();

    // The last page in use holds rows of some table; without its head it is none.
    let mut bytes = std::fs::read(&path).unwrap();
    let page = bytes.len() - usize::try_from(open::PAGE_BYTES).unwrap();
    bytes[page..page + 16].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let log = SqliteLog::open_read_only(&path, "boot-1", clock()).await.unwrap();
    let found = log.health().await;
    assert!(found.as_ref().is_ok_and(|h| !h.problems.is_empty()) || found.is_err(), "{found:?}");
}
