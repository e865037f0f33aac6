//! What a log of 100 million readings costs: bytes on the disk, the list, a record of 4 h, exports. Run by
//! `cargo xtask bench volume` only, since it takes minutes and gigabytes.
//!
//! One session of 4 h with six series at 1 Hz is written through the store; the others are its rows again, for eight chairs
//! in turn, with their own numbers, times and names: the rows are as large as real ones, but the digests of their blocks
//! mean nothing, so nothing here says how long `chairside verify` takes. Expected: reading with its index <= 24 bytes, a page
//! of the list < 50 ms, the record < 300 ms. `CHAIRSIDE_VOLUME` names another number of readings.

use chairside_observation::session::{Act, ActKey, Done, Person, Phase, Role};
use chairside_observation::{
    Amount, Decimal, Deed, Entry, Frame, FrameKind, Micros, Observation, Reading, Received, Sequence, Timeline, Unit,
    Vital, What,
};
use chairside_store::{Batch, Find, SessionLog, SqliteLog, story};
use chairside_tests::rig::{Server, http, program};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const READINGS: i64 = 100_000_000;
/// Sessions are made no longer than this: then the bench measures what there is, and says how much that was.
const MAKING_MAX: Duration = Duration::from_secs(12 * 60);
/// Nor larger than this.
const BYTES_MAX: u64 = 12 << 30;
const CHAIRS: i64 = 8;
/// Seconds of a session.
const LONG_S: i64 = 4 * 3600;
/// From the begin of a session to that of the next one of its chair.
const APART_S: i64 = 6 * 3600;
const SERIES: [(Vital, Unit); 6] = [
    (Vital::HeartRate, Unit::PerMin),
    (Vital::PulseRate, Unit::PerMin),
    (Vital::Spo2, Unit::Percent),
    (Vital::PerfusionIndex, Unit::Percent),
    (Vital::RespRate, Unit::PerMin),
    (Vital::EtCo2, Unit::MmHg),
];
/// Readings of a session.
const EACH: i64 = LONG_S * SERIES.len() as i64;
/// Acts of a session before its readings and behind them.
const ACTS: i64 = 3;
/// Entries of a session.
const ENTRIES: i64 = EACH + 2 * ACTS;
/// The session that is written as any other; the text stands nowhere else in it.
const SEED: &str = "seed-session";
const RUNS: usize = 9;

/// The folder, gone at the end however that comes.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-volume");
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    fn log(&self) -> PathBuf {
        self.0.join("log.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn main() {
    let wanted = std::env::var("CHAIRSIDE_VOLUME").ok().and_then(|n| n.parse().ok()).unwrap_or(READINGS);
    let folder = Folder::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let log = open(&folder.log()).await;
        seed(&log).await;
        log.close().await.expect("everything is in the database");
        let sessions = multiply(&folder.log(), wanted).await;
        sizes(&folder.log(), sessions * EACH).await;
        index(&folder.log(), sessions).await;
        served(&folder.0, sessions).await;
    });
    exports(&folder.0);
}

fn line(name: &str, took: Duration, expected_ms: u64) {
    let verdict = if took <= Duration::from_millis(expected_ms) { "" } else { "  ABOVE" };
    println!("{name:<44} {:>8.1} ms  expected < {expected_ms} ms{verdict}", took.as_secs_f64() * 1e3);
}

fn now() -> Received {
    story::at(100 * APART_S)
}

async fn open(path: &Path) -> SqliteLog {
    SqliteLog::open(path, "bench", Arc::new(now)).await.expect("a log")
}

/// The session the others are made of.
async fn seed(log: &SqliteLog) {
    let timeline = Timeline::Chair("0".into());
    let before = [story::opened("N00000", false), story::moved(Phase::Baseline), story::moved(Phase::Infusing)];
    let after = [Phase::Observing, Phase::Ready, Phase::Discharged].map(story::moved);
    let did = |(sequence, act): (i64, Act), second| {
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let done = Done { session: SEED.into(), by, key: ActKey(sequence.unsigned_abs().into()), about: None, act };
        story::deed_batch(&timeline, sequence.unsigned_abs(), second, Deed::Session(Box::new(done)))
    };
    let mut batches: Vec<Arc<Batch>> = (1..).zip(before).map(|act| did(act, 0)).collect();
    for second in 0..LONG_S {
        batches.push(frame(&timeline, second));
        if batches.len() >= 500 {
            log.append(&batches).await.expect("an append");
            batches.clear();
        }
    }
    batches.extend((ACTS + EACH + 1..).zip(after).map(|act| did(act, LONG_S)));
    log.append(&batches).await.expect("an append");
}

/// What a monitor says in a second.
fn frame(timeline: &Timeline, second: i64) -> Arc<Batch> {
    let raw: Arc<[u8]> = format!("HR=061 PR=061 SPO2=097 PI=01.2 RR=014 CO2=038 {second:06}\r\n").into_bytes().into();
    let (offset, received) = (second.unsigned_abs() * 64, story::at(second));
    let first = ACTS + second * SERIES.len() as i64 + 1;
    let entries = (first..).zip(SERIES).map(|(sequence, (vital, unit))| {
        let reading = Reading::Valid(Amount::One(Decimal::whole(60 + second % 40)));
        let bytes = offset..offset + raw.len() as u64;
        Entry {
            timeline: timeline.clone(),
            sequence: Sequence(sequence.unsigned_abs()),
            received,
            age: Micros(0),
            source: Some("s".into()),
            what: What::Reading(Observation::new(vital, reading, unit, bytes)),
        }
    });
    let entries = entries.collect();
    let frame = Frame { source: "s".into(), offset, received, kind: FrameKind::Understood, raw, key: None };
    Arc::new(Batch { frame: Some(frame), entries })
}

/// The rows of one more session. Parameters: timeline, entries before it, frames before it, microseconds later, name, patient,
/// blocks before it.
const AGAIN: [&str; 5] = [
    "INSERT INTO frame SELECT id + ?3, source, first_byte, boot, received_mono_us + ?4, received_wall_us + ?4, kind, key, \
     raw FROM seed_frame",
    "INSERT INTO reading SELECT ?1, seq + ?2, frame + ?3, channel, state, flags, value, places FROM seed_reading",
    "INSERT INTO note SELECT ?1, seq + ?2, kind, frame, source, boot, received_mono_us + ?4, received_wall_us + ?4, \
     word, replace(replace(text, 'seed-session', ?5), 'N00000', ?6), identity, first_byte, end_byte FROM seed_note",
    "INSERT INTO claim SELECT ?1, seq + ?2, ?5, step, bound + ?2 FROM seed_claim",
    // At one frame a second each has a block of its own.
    "INSERT INTO block (timeline, number, first_seq, last_seq, reached_wall_us, hash, salt) \
     SELECT ?1, number + ?7, first + ?2, last + ?2, wall + ?4, randomblob(32), randomblob(salted) FROM seed_block",
];

/// Copies of the first session, apart from what is made of them.
const SEEDS: [&str; 5] = [
    "CREATE TEMP TABLE seed_frame AS SELECT * FROM frame",
    "CREATE TEMP TABLE seed_reading AS SELECT * FROM reading ORDER BY seq",
    "CREATE TEMP TABLE seed_note AS SELECT * FROM note ORDER BY seq",
    "CREATE TEMP TABLE seed_claim AS SELECT * FROM claim ORDER BY seq",
    "CREATE TEMP TABLE seed_block AS SELECT row_number() OVER (ORDER BY first) AS number, first, last, wall, \
     (SELECT max(length(salt)) FROM block) AS salted FROM (\
     SELECT min(r.seq) AS first, max(r.seq) AS last, max(f.received_wall_us) AS wall FROM reading r \
     JOIN frame f ON f.id = r.frame GROUP BY r.frame UNION ALL SELECT seq, seq, received_wall_us FROM note)",
];

/// Sessions beside the first one, until there are so many readings; how many sessions that makes.
async fn multiply(path: &Path, wanted: i64) -> i64 {
    let began = Instant::now();
    // Nothing of this has to survive a crash.
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(false).disable_statement_logging();
    let options = options.journal_mode(SqliteJournalMode::Off).synchronous(SqliteSynchronous::Off);
    let options = options.pragma("cache_size", "-400000").pragma("temp_store", "MEMORY");
    let mut conn = options.connect().await.expect("the database");
    for sql in SEEDS {
        run(&mut conn, sql, &[], &[]).await;
    }
    let mut timelines = Vec::new();
    for chair in 0..CHAIRS {
        let sql = "INSERT INTO timeline (key) VALUES (?1) ON CONFLICT (key) DO UPDATE SET key = key RETURNING id";
        let id: i64 =
            sqlx::query_scalar(sql).bind(format!("chair:{chair}")).fetch_one(&mut conn).await.expect("a chair");
        timelines.push(id);
    }
    let blocks: i64 =
        sqlx::query_scalar("SELECT max(number) + 1 FROM block").fetch_one(&mut conn).await.expect("blocks");
    let (mut sessions, mut open) = (1, false);
    while sessions * EACH < wanted && began.elapsed() < MAKING_MAX && bytes_of(path) < BYTES_MAX {
        if !open {
            run(&mut conn, "BEGIN", &[], &[]).await;
        }
        session(&mut conn, &timelines, sessions, blocks).await;
        sessions += 1;
        // A million readings.
        open = sessions % 12 != 0;
        if !open {
            run(&mut conn, "COMMIT", &[], &[]).await;
        }
    }
    if open {
        run(&mut conn, "COMMIT", &[], &[]).await;
    }
    // The list is made of the deeds when the log is opened.
    run(&mut conn, "UPDATE _session_index SET version = 0", &[], &[]).await;
    conn.close().await.expect("the database is closed");
    let took = began.elapsed().as_secs_f64();
    let rate = (sessions * EACH) as f64 / took;
    println!("{} readings in {sessions} sessions made in {took:.0} s ({rate:.0} a second)", sessions * EACH);
    sessions
}

/// The session with this number: the first one again, of its own chair, time, name and patient.
async fn session(conn: &mut SqliteConnection, timelines: &[i64], n: i64, blocks: i64) {
    let (chair, turn) = (n % CHAIRS, n / CHAIRS);
    let later_us = (turn * APART_S + chair * 600) * 1_000_000;
    let timeline = timelines[usize::try_from(chair).unwrap_or(0)];
    let numbers = [timeline, turn * ENTRIES, n * LONG_S, later_us, blocks + turn * (LONG_S + 2 * ACTS)];
    let name = format!("{chair}-{}", turn * ENTRIES + 1);
    for sql in AGAIN {
        run(conn, sql, &numbers, &[&name, &format!("N{:05}", n % 300)]).await;
    }
}

/// The first four numbers, the texts, the last number.
async fn run(conn: &mut SqliteConnection, sql: &'static str, numbers: &[i64], texts: &[&str]) {
    let mut query = sqlx::query(sql);
    let (first, last) = numbers.split_at(numbers.len().min(4));
    for number in first {
        query = query.bind(*number);
    }
    for text in texts {
        query = query.bind((*text).to_owned());
    }
    for number in last {
        query = query.bind(*number);
    }
    query.execute(conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn bytes_of(path: &Path) -> u64 {
    path.metadata().map_or(0, |m| m.len())
}

/// Pages of each table and index.
async fn sizes(path: &Path, readings: i64) {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = options.connect().await.expect("the database");
    let sql = "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC";
    let tables: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&mut conn).await.expect("sizes");
    let raw: i64 = sqlx::query_scalar("SELECT sum(length(raw)) FROM (SELECT raw FROM frame LIMIT 14400)")
        .fetch_one(&mut conn)
        .await
        .expect("raw bytes");
    conn.close().await.expect("the database is closed");
    let each = |bytes: i64| bytes as f64 / readings as f64;
    println!(
        "database {:.2} GB, {:.1} bytes a reading, of them",
        bytes_of(path) as f64 / 1e9,
        each(bytes_of(path).cast_signed())
    );
    for (name, bytes) in tables.iter().filter(|(_, bytes)| each(*bytes) >= 0.05) {
        println!("  {name:<30} {:>6.1} bytes a reading", each(*bytes));
    }
    let of = |prefix: &str| tables.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, b)| b).sum::<i64>();
    let reading = each(of("reading"));
    let verdict = if reading <= 24.0 { "" } else { "  ABOVE" };
    println!("reading with its index {reading:.1} bytes  expected <= 24{verdict}");
    println!("raw bytes themselves {:.1} bytes a reading", raw as f64 / EACH as f64);
}

/// Opening fills the list anew.
async fn index(path: &Path, sessions: i64) {
    let began = Instant::now();
    let log = open(path).await;
    println!("list of {sessions} sessions made anew in {:.1} s", began.elapsed().as_secs_f64());
    let found = log.find(&Find { limit: 1, ..Find::default() }).await.expect("a page");
    assert_eq!(found.total, sessions.unsigned_abs());
    log.close().await.expect("the log is closed");
}

fn config(folder: &Path) -> PathBuf {
    let chairs: String = (0..CHAIRS).map(|chair| format!("[[chair]]\nid = \"{chair}\"\n")).collect();
    let text =
        format!("listen = \"127.0.0.1:0\"\ndata = \".\"\ndatabase = \"sqlite:log.db\"\nzone = \"UTC\"\n{chairs}");
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).expect("a configuration");
    file
}

/// The real program on that log.
async fn served(folder: &Path, sessions: i64) {
    let began = Instant::now();
    let server = Server::start(&config(folder));
    line("start of the program", began.elapsed(), 2000);
    let middle = sessions / CHAIRS / 2;
    let id = format!("3-{}", middle * ENTRIES + 1);
    let by = r#"{"name":"Ada","role":"reviewer"}"#;
    let find = "/api/sessions/find";
    for (name, method, path, body, expected_ms) in [
        ("list, newest page", "POST", find.to_owned(), r#"{"limit":50}"#.to_owned(), 50),
        ("list, a page far back", "POST", find.to_owned(), format!(r#"{{"limit":50,"after":"{id}"}}"#), 50),
        ("list, part of a name", "POST", find.to_owned(), r#"{"text":"doe N00012","limit":50}"#.to_owned(), 50),
        ("a record of 4 h opened", "POST", format!("/api/sessions/{id}/open"), format!(r#"{{"by":{by}}}"#), 300),
        ("its numbers", "GET", format!("/api/sessions/{id}/series"), String::new(), 300),
        ("its table of 5 minutes", "GET", format!("/api/sessions/{id}/table"), String::new(), 300),
    ] {
        line(name, middle_of(server.web, method, &path, &body).await, expected_ms);
    }
    server.stop();
}

async fn middle_of(web: SocketAddr, method: &str, path: &str, body: &str) -> Duration {
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        let answer = http(web, method, path, body).await;
        took.push(began.elapsed());
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {}", answer.chars().take(400).collect::<String>());
    }
    took.sort_unstable();
    took[RUNS / 2]
}

/// All sessions of one day, as files.
fn exports(folder: &Path) {
    for format in ["csv", "pdf"] {
        let out = folder.join(format);
        let began = Instant::now();
        let day = ["--from", "2026-09-23", "--to", "2026-09-23", "--format", format];
        let mut command = Command::new(program("chairside"));
        command.arg("export").args(day).arg("--out").arg(&out).arg("--config").arg(folder.join("chairside.toml"));
        let done = command.output().expect("the program");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let took = began.elapsed().as_secs_f64();
        let (sessions, bytes) = written(&out);
        let readings = (sessions * EACH) as f64 / took;
        let (rate, each) = (bytes as f64 / 1e6 / took, took / sessions.max(1) as f64);
        println!(
            "{format}: {sessions} sessions of a day in {took:.1} s, {each:.2} s a session, {readings:.0} readings/s, \
             {rate:.1} MB/s"
        );
    }
}

/// Sessions in a folder of exports, and the bytes of their files.
fn written(out: &Path) -> (i64, u64) {
    let (mut sessions, mut bytes) = (0, 0);
    for entry in
        std::fs::read_dir(out).expect("the exports").map_while(Result::ok).filter(|entry| entry.path().is_dir())
    {
        sessions += 1;
        let files = std::fs::read_dir(entry.path()).expect("a session's files").map_while(Result::ok);
        bytes += files.map(|file| file.metadata().map_or(0, |m| m.len())).sum::<u64>();
    }
    (sessions, bytes)
}
