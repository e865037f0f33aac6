//! Logs of every earlier version of the tables, as the program of that version wrote and left them (`fixtures/databases`).

use super::with_journal::killed;
use super::*;
use crate::find_session;
use crate::seal::verify_file;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

/// Readings of the chair `room` in every fixture.
const READINGS: usize = 20;
const PAGE_BYTES: u64 = 4096;
/// Statements between two kills.
const EVERY: usize = 5;

/// A log of an earlier version.
struct Old {
    name: String,
    folder: TempDir,
    /// The newest version of its tables.
    version: i64,
    /// Entries in its tables, and in its journal.
    entries: u64,
    rows: BTreeSet<String>,
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/databases")
}

async fn connect(folder: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.path().join("log.db")).create_if_missing(true);
    let options = options.page_size(open::PAGE_BYTES);
    options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal).foreign_keys(false).connect().await.unwrap()
}

/// The first line of a journal says how many pages it has; the others are those that are not empty.
fn write_journal(hex: &str, to: &Path) {
    let file = std::fs::File::create(to).unwrap();
    let mut lines = hex.lines();
    let pages: u64 = lines.next().and_then(|line| line.strip_prefix("pages ")).unwrap().parse().unwrap();
    file.set_len(pages * PAGE_BYTES).unwrap();
    for line in lines {
        let (page, hex) = line.split_once(' ').unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        let at = page.parse::<u64>().unwrap() * PAGE_BYTES;
        std::os::unix::fs::FileExt::write_all_at(&file, &bytes, at).unwrap();
    }
}

/// Records of a journal that the tables do not have.
fn waiting_in(hex: &str, applied: u64) -> u64 {
    let begin: String = b"chsrec1\n".iter().map(|byte| format!("{byte:02x}")).collect();
    let records = hex.lines().filter_map(|line| line.split_once(' ')?.1.strip_prefix(begin.as_str())?.get(..16));
    records.filter(|number| u64::from_str_radix(number, 16).unwrap() > applied).count() as u64
}

async fn old(name: &str) -> Old {
    let folder = tempfile::tempdir().unwrap();
    let mut conn = connect(&folder).await;
    let sql = std::fs::read_to_string(top().join(name).join("log.sql")).unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    let version = newest_of(&mut conn).await;
    let heads = "SELECT coalesce(sum(newest), 0) FROM (SELECT max(last_seq) AS newest FROM block GROUP BY timeline)";
    let entries: i64 = sqlx::query_scalar(heads).fetch_one(&mut conn).await.unwrap();
    let rows = rows_now(&mut conn, None).await;
    let mark = sqlx::query_scalar::<_, i64>("SELECT applied FROM _journal").fetch_one(&mut conn).await;
    let applied = u64::try_from(mark.unwrap_or(0)).unwrap();
    conn.close().await.unwrap();
    let mut waiting = 0;
    for file in std::fs::read_dir(top().join(name)).unwrap() {
        let file = file.unwrap();
        let is = file.file_name().into_string().unwrap();
        if let Some(journal) = is.strip_suffix(".hex") {
            let text = std::fs::read_to_string(file.path()).unwrap();
            write_journal(&text, &folder.path().join(format!("log.db.{journal}")));
            // Each is a frame with two readings.
            waiting += 2 * waiting_in(&text, applied);
        }
    }
    Old { name: name.to_owned(), folder, version, entries: u64::try_from(entries).unwrap() + waiting, rows }
}

async fn all_old() -> Vec<Old> {
    let entries = std::fs::read_dir(top()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        all.push(old(&name).await);
    }
    all
}

async fn newest_of(conn: &mut SqliteConnection) -> i64 {
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await.unwrap()
}

/// Every row of the record with those columns that `like` has, each as a text that begins with its table.
async fn rows_now(conn: &mut SqliteConnection, like: Option<&[(String, Vec<String>)]>) -> BTreeSet<String> {
    let columns = match like {
        Some(like) => like.to_vec(),
        None => tables(conn).await,
    };
    let mut all = BTreeSet::new();
    for (table, columns) in columns {
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT '{table} ' || {} FROM {table}", quoted.join(" || ' ' || "));
        all.extend(sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap());
    }
    all
}

/// The columns a log had before.
async fn columns_of(old: &Old) -> Vec<(String, Vec<String>)> {
    let as_it_was = killed(&old.folder);
    let mut conn = connect(&as_it_was).await;
    let columns = tables(&mut conn).await;
    conn.close().await.unwrap();
    columns
}

/// The log opens, is whole, has every row it had and every entry once, shows its record, and goes on.
async fn expect_upgraded(folder: &TempDir, old: &Old) {
    let name = &old.name;
    let log = open(folder).await;
    let verified = log.verify().await.unwrap();
    assert_eq!((verified.entries, &verified.broken), (old.entries, &Vec::new()), "{name}");
    let room = Timeline::Chair("room".into());
    let entries = log.read(&room, Sequence(0), usize::MAX).await.unwrap();
    let readings: Vec<&Entry> = entries.iter().filter(|entry| matches!(entry.what, What::Reading(_))).collect();
    assert_eq!(readings.len(), READINGS, "{name}");
    for reading in readings {
        let frame = log.frame(&room, reading.sequence).await.unwrap().unwrap();
        assert!(frame.raw.starts_with(b"SPO2=97 PR="), "{name}: every number leads back to its bytes");
    }
    if old.version > 1 {
        expect_record(&log, name).await;
    }
    let next = entries.len() as u64 + 1;
    log.append(&[frame_batch(&room, "oximeter", next, 99, Some(FrameKey([0xEE; 16])))]).await.unwrap();
    let after = log.verify().await.unwrap();
    assert_eq!((after.entries, after.broken), (verified.entries + 2, Vec::new()), "{name} goes on");
    log.close().await.unwrap();
}

/// The session of the fixture is found, folds, and its file proves itself.
async fn expect_record(log: &SqliteLog, name: &str) {
    let found = log.find(&Find { limit: 50, ..Find::default() }).await.unwrap();
    let line = found.lines.iter().find(|line| &*line.id.to_string() == "room-9");
    assert!(line.is_some(), "{name}: the session is in the list");
    let id = "room-9".into();
    let (_, session) = find_session(log, &id).await.unwrap().unwrap();
    assert_eq!((&*session.patient.id, &*session.patient.name), ("RIG-0042", "DOE^JANE"), "{name}");
    let (_, deeds) = log.deeds_of(&id).await.unwrap().unwrap();
    assert_eq!(deeds.len(), 8, "{name}: every act of hers");
    let file = log.record_file(&id, "0.1.0").await.unwrap().unwrap();
    let report = verify_file(&file);
    assert_eq!((report.broken.len(), report.entries > 8), (0, true), "{name}: {report:?}");
}

#[tokio::test]
async fn h26_p16_a_log_of_every_earlier_version_opens_whole_with_every_reading_and_goes_on() {
    let all = all_old().await;
    for old in &all {
        let columns = columns_of(old).await;
        expect_upgraded(&old.folder, old).await;
        let mut conn = connect(&old.folder).await;
        let after = rows_now(&mut conn, Some(&columns)).await;
        let missing: Vec<&String> = old.rows.difference(&after).collect();
        assert!(
            old.rows.len() > 60 && missing.is_empty(),
            "{}: of {} rows not as it was: {missing:?}",
            old.name,
            old.rows.len()
        );
        assert_eq!(newest_of(&mut conn).await, open::newest(), "{}", old.name);
        conn.close().await.unwrap();
    }
    let versions: BTreeSet<i64> = all.iter().map(|old| old.version).collect();
    // Whoever adds a migration adds the log the program wrote with it.
    assert!(versions.contains(&open::newest()), "fixtures/databases has {versions:?}, but none of {}", open::newest());
}

/// What an upgrade of `old` does, in order; a statement begins at the beginning of a line, but for the end of a trigger.
fn statements(old: &Old, there: &BTreeSet<i64>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for migration in open::migrations().filter(|migration| !there.contains(&migration.version)) {
        let sql = migration.sql.as_str();
        for line in sql.lines().filter(|line| !line.trim_start().starts_with("--") && !line.trim().is_empty()) {
            let begins =
                ["CREATE ", "INSERT ", "ALTER ", "DROP ", "UPDATE ", "DELETE "].iter().any(|w| line.starts_with(w));
            match all.last_mut() {
                Some(open) if !begins => open.push_str(&format!("\n{line}")),
                _ => all.push(line.to_owned()),
            }
        }
    }
    assert!(old.version == open::newest() || !all.is_empty(), "{}", old.name);
    all
}

/// Killed after each statement, with its pages on the disk already, as in a large log: what is there then opens, and nothing is missing.
#[tokio::test]
async fn h26_p16_an_upgrade_that_is_killed_at_any_statement_is_done_again_and_loses_nothing() {
    let mut kills = 0;
    for old in all_old().await {
        let mut conn = connect(&old.folder).await;
        let there: Vec<i64> =
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(&mut conn).await.unwrap();
        let statements = statements(&old, &there.into_iter().collect());
        sqlx::query("PRAGMA cache_size = 1").execute(&mut conn).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await.unwrap();
        for (n, statement) in statements.into_iter().enumerate() {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
            // Of the oldest after each, of the others after some: each has a journal of some megabytes to copy.
            if old.version == 1 || n % EVERY == 0 {
                expect_upgraded(&killed(&old.folder), &old).await;
                kills += 1;
            }
        }
        conn.close().await.unwrap();
    }
    assert!(kills > 35, "only {kills} kills: the statements were not found");
}

/// A copy of an old log, where an upgrade leaves it.
fn copy_of(folder: &TempDir) -> PathBuf {
    folder.path().join(format!("log.db.before-{:04}", open::newest()))
}

fn names(folder: &TempDir) -> BTreeSet<String> {
    std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn h26_before_an_upgrade_a_copy_of_the_log_is_kept_and_it_is_a_log_of_the_version_before() {
    use std::os::unix::fs::MetadataExt;
    for old in all_old().await.into_iter().filter(|old| old.version < open::newest()) {
        open(&old.folder).await.close().await.unwrap();
        let copy = copy_of(&old.folder);
        assert_eq!(copy.metadata().unwrap().mode() & 0o777, 0o600, "{}", old.name);
        let back = tempfile::tempdir().unwrap();
        for name in names(&old.folder) {
            if let Some(rest) = name.strip_prefix(copy.file_name().unwrap().to_str().unwrap()) {
                std::fs::copy(old.folder.path().join(&name), back.path().join(format!("log.db{rest}"))).unwrap();
            }
        }
        let mut conn = connect(&back).await;
        assert_eq!(
            (newest_of(&mut conn).await, rows_now(&mut conn, None).await),
            (old.version, old.rows.clone()),
            "{}",
            old.name
        );
        conn.close().await.unwrap();
        // With what only the journal had.
        expect_upgraded(&back, &old).await;
    }
}

#[tokio::test]
async fn h26_a_log_of_this_version_is_not_copied_and_neither_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).await.close().await.unwrap();
    open(&folder).await.close().await.unwrap();
    assert!(names(&folder).iter().all(|name| !name.contains("before")), "{:?}", names(&folder));
}

#[tokio::test]
async fn h26_without_its_copy_nothing_is_changed_and_the_start_says_what_to_do() {
    let old = old("0006").await;
    std::fs::create_dir_all(copy_of(&old.folder).join("in the way")).unwrap();
    let refused =
        SqliteLog::open(&old.folder.path().join("log.db"), "boot-1", clock()).await.err().unwrap().to_string();
    assert!(refused.contains("no copy could be kept") && refused.contains("nothing was changed"), "{refused}");
    let mut conn = connect(&old.folder).await;
    assert_eq!((newest_of(&mut conn).await, rows_now(&mut conn, None).await), (old.version, old.rows.clone()));
    conn.close().await.unwrap();
    std::fs::remove_dir_all(copy_of(&old.folder)).unwrap();
    expect_upgraded(&old.folder, &old).await;
}

#[tokio::test]
async fn h26_a_log_of_a_newer_version_is_refused_by_a_sentence_and_left_as_it_is() {
    let old = old("0007").await;
    let mut conn = connect(&old.folder).await;
    let newer = "INSERT INTO _sqlx_migrations SELECT 9999, 'newer', installed_on, success, checksum, execution_time \
                 FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let path = old.folder.path().join("log.db");
    for refused in [
        SqliteLog::open(&path, "boot-1", clock()).await.err().unwrap().to_string(),
        SqliteLog::open_read_only(&path, "boot-1", clock()).await.err().unwrap().to_string(),
    ] {
        assert!(refused.contains("9999") && refused.contains("expected a"), "{refused}");
    }
    assert!(names(&old.folder).iter().all(|name| !name.contains(".before-")), "no copy, nothing begun");
    let mut conn = connect(&old.folder).await;
    assert_eq!(newest_of(&mut conn).await, 9999);
    assert!(old.rows.is_subset(&rows_now(&mut conn, None).await));
}

#[tokio::test]
async fn s25_the_copy_kept_before_an_upgrade_is_gone_after_a_week_and_at_once_when_a_person_is_erased() {
    for (days_ago, stays) in [(1, true), (6, true), (8, false)] {
        let old = old("0004").await;
        let log = open(&old.folder).await;
        let now = UNIX_EPOCH + Duration::from_micros(u64::try_from(at(100).wall.0).unwrap());
        for name in names(&old.folder).iter().filter(|name| name.contains(".before-")) {
            let made = now - Duration::from_secs(days_ago * 24 * 3600);
            std::fs::File::options()
                .write(true)
                .open(old.folder.path().join(name))
                .unwrap()
                .set_modified(made)
                .unwrap();
        }
        log.erase_unclaimed(Micros::from_secs(24 * 3600)).await.unwrap();
        assert_eq!(
            names(&old.folder).iter().filter(|name| name.contains(".before-")).count(),
            if stays { 2 } else { 0 }
        );
        log.erase(&[], Sequence(1)).await.unwrap();
        assert!(names(&old.folder).iter().all(|name| !name.contains(".before-")), "{days_ago}");
        log.close().await.unwrap();
    }
    // The time of a copy is when it was made, not that of the log.
    let old = old("0001").await;
    open(&old.folder).await.close().await.unwrap();
    let made = copy_of(&old.folder).metadata().unwrap().modified().unwrap();
    assert!(SystemTime::now().duration_since(made).unwrap() < Duration::from_secs(3600));
}
