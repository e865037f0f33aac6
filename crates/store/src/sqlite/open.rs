//! Opening: permissions, settings that are asked back, migrations.

use crate::StoreError;
use crate::journal::{self, Place, Salt, Unapplied};
use crate::sqlite::error;
use crate::sqlite::write::{Mark, checkpoint};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Size of a database page. A commit writes every page it touches as a whole, and with one chair a frame each touches
/// three of its own: small pages quarter what goes to the disk, for a tenth more space (measured with `append_rate`).
pub(super) const PAGE_BYTES: u32 = 1024;
/// Page cache of the writer, in KiB: the inner pages of every table and the index of frame keys stay in it, so that a
/// commit reads nothing from the disk.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Page cache of one reader, in KiB.
const READER_CACHE_KIB: u32 = 2 * 1024;
/// Connections for readers: a screen's history and a record being reviewed at the same time; more wait for their turn.
const READERS_MAX: u32 = 4;
/// How long a statement waits for another connection's lock. Readers never block in WAL; a checkpoint may.
const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept by the writer: every power of two of each table's rows, and the lookups.
pub(super) const STATEMENTS_MAX: usize = 128;

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging()
}

/// Opens the one connection that writes and asks its settings back.
pub(super) async fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = options(path)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        // Checkpoints are a step of their own, after the receipt.
        .pragma("wal_autocheckpoint", "0")
        // No file outside the data folder (S22).
        .pragma("temp_store", "MEMORY")
        // What is erased is overwritten (S25). Always, since a page that is divided leaves copies, too.
        .pragma("secure_delete", "ON")
        .connect()
        .await
        .map_err(|e| error::write(&e))?;
    expect(&mut conn, path, "journal_mode", "wal").await?;
    expect(&mut conn, path, "synchronous", "2").await?;
    expect(&mut conn, path, "foreign_keys", "1").await?;
    expect(&mut conn, path, "secure_delete", "1").await?;
    Ok(conn)
}

/// Whether the file is a copy on a read-only medium, complete without a write-ahead log. SQLite opens one only when told so:
/// it could not make the file beside it by which readers and writers see one another.
fn cannot_change(path: &Path) -> bool {
    let read_only = |e: &std::io::Error| e.kind() == std::io::ErrorKind::ReadOnlyFilesystem;
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let is_whole = std::fs::metadata(wal).map_or(true, |wal| wal.len() == 0);
    is_whole && !is_written(path) && OpenOptions::new().write(true).open(path).is_err_and(|e| read_only(&e))
}

/// Connections that cannot write.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(path)
        .read_only(true)
        .immutable(cannot_change(path))
        .pragma("cache_size", format!("-{READER_CACHE_KIB}"))
        .pragma("temp_store", "MEMORY")
        .pragma("query_only", "1");
    SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(Duration::from_secs(30))
        // A connection that sat idle needs no test of its own: SQLite has no network in between.
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|e| error::read(&e))
}

/// The connection that copies the file elsewhere. It cannot write here; `query_only` would keep it from writing there, too.
pub(super) async fn copier(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path)
        .read_only(true)
        .pragma("cache_size", format!("-{READER_CACHE_KIB}"))
        .pragma("temp_store", "MEMORY");
    options.connect().await.map_err(|e| error::read(&e))
}

/// Asks a setting back: SQLite ignores what it cannot do.
async fn expect(conn: &mut SqliteConnection, path: &Path, pragma: &str, expected: &str) -> Result<(), StoreError> {
    let sql = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
    let found: String =
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(conn).await.map_err(|e| error::write(&e))?;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(StoreError::Unusable {
        place: path.display().to_string(),
        found: format!("{pragma} = {found}"),
        expected: format!("{pragma} = {expected}; use a local disk, not a network share"),
    })
}

/// Brings the tables up to this version, in one transaction: a log is of the old version or of this one, whatever happens in between.
pub(super) async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let mut tx = conn.begin().await.map_err(|e| error::write(&e))?;
    // `run` takes anything that can be made a connection and its future is not provably `Send`; this is what it calls.
    MIGRATOR.run_direct(None, &mut *tx, false).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) => StoreError::Unusable {
            place: path.display().to_string(),
            found: format!("tables of a newer version ({version})"),
            expected: "a log of this or an older version; use the newer program".to_owned(),
        },
        MigrateError::VersionMismatch(version) => StoreError::Unusable {
            place: path.display().to_string(),
            found: format!("migration {version} with another text"),
            expected: "the migration this program was built with".to_owned(),
        },
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => error::write(&e),
        other => StoreError::Write(other.to_string()),
    })?;
    tx.commit().await.map_err(|e| error::write(&e))
}

/// The version [`migrate`] would bring the log at `path` up to; `None`: it is of this version, has no tables yet, or is one that
/// `migrate` refuses. What only the write-ahead log had is in the file afterwards.
pub(super) async fn upgrade_of(path: &Path) -> Result<Option<i64>, StoreError> {
    let mut conn = writer(path).await?;
    let known = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let known: i64 = sqlx::query_scalar(known).fetch_one(&mut conn).await.map_err(|e| error::read(&e))?;
    let mut there: Vec<i64> = Vec::new();
    if known > 0 {
        let versions = sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(&mut conn).await;
        there = versions.map_err(|e| error::read(&e))?;
    }
    let missing = MIGRATOR.iter().any(|migration| !there.contains(&migration.version));
    let newest = newest();
    let older = missing && !there.is_empty() && there.iter().all(|version| *version <= newest);
    if older {
        checkpoint(&mut conn, "TRUNCATE").await?;
    }
    conn.close().await.map_err(|e| error::write(&e))?;
    Ok(older.then_some(newest))
}

/// Version of the tables of this program.
pub(super) fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// All migrations, in order.
#[cfg(test)]
pub(super) fn migrations() -> impl Iterator<Item = &'static sqlx::migrate::Migration> {
    MIGRATOR.iter()
}

/// Refuses a file that is no log, or a newer one, when it cannot be migrated because it is opened for reading.
pub(super) async fn expect_log(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let newest = newest();
    let unusable = |found: String| StoreError::Unusable {
        place: path.display().to_string(),
        found,
        expected: format!("a Chairside log of version {newest}"),
    };
    let found: Result<i64, sqlx::Error> =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(pool).await;
    match found {
        Ok(version) if version == newest => Ok(()),
        Ok(version) => Err(unusable(format!("version {version}"))),
        Err(e) => Err(unusable(error::words(&e))),
    }
}

/// `chairside.db` has its lock in `chairside.db.lock`.
fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Makes folder and file with the right permissions and takes the lock that keeps a second writer out. The lock ends
/// with the returned file, also when the program is killed.
pub(super) fn claim(path: &Path) -> Result<File, StoreError> {
    let place = path.display().to_string();
    let io = |e: std::io::Error| StoreError::Write(format!("{place}: {e}"));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private::folder(folder)?;
    private::file(path).map_err(io)?;
    let lock = private::file(&lock_path(path)).map_err(io)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Held { place }),
        Err(std::fs::TryLockError::Error(e)) => Err(io(e)),
    }
}

/// A journal file that was read whole.
pub(super) struct Journal {
    path: PathBuf,
    salt: Salt,
    bytes: Vec<u8>,
}

/// What a journal that is not what it should be means, and what to do.
fn damaged(path: &Path, found: String) -> StoreError {
    StoreError::Unusable {
        place: path.display().to_string(),
        found,
        expected:
            "every record the database does not have; keep a copy and look at the disk (dmesg). To go on without \
                   what only this file holds, move it away"
                .to_owned(),
    }
}

/// Reads the journals of a log.
pub(super) fn journals(place: &Place) -> Result<Vec<Journal>, StoreError> {
    let read = |e: std::io::Error| StoreError::Read(format!("the journal cannot be read: {e}"));
    let mut all = Vec::new();
    for (_, path) in place.all().map_err(read)? {
        let bytes = std::fs::read(&path).map_err(read)?;
        let salt = journal::salt_of(&bytes).map_err(|found| damaged(&path, found))?;
        all.push(Journal { path, salt, bytes });
    }
    Ok(all)
}

/// What the journals hold that the database does not have.
pub(super) fn unapplied<'a>(files: &'a [Journal], mark: &Mark) -> Result<Unapplied<'a>, StoreError> {
    let pages: Vec<(Salt, &[u8])> = files.iter().map(|file| (file.salt, file.bytes.as_slice())).collect();
    journal::unapplied(&pages, mark.number, mark.digest).map_err(|damage| {
        let path = files.last().map_or(Path::new("the journal"), |file| &file.path);
        damaged(path, format!("at record {}: {}", damage.expected, damage.found))
    })
}

/// How many records the journals hold that the database does not have. Each has to be one this version can read.
pub(super) fn waiting(files: &[Journal], mark: &Mark) -> Result<u64, StoreError> {
    let found = unapplied(files, mark)?;
    for record in &found.records {
        journal::decode(record.payload).map_err(|found| unreadable(record.number, &found))?;
    }
    Ok(found.records.len() as u64)
}

/// A record of another version.
pub(super) fn unreadable(record: u64, found: &str) -> StoreError {
    StoreError::Unusable {
        place: "the journal".to_owned(),
        found: format!("record {record} holds {found}"),
        expected: "a journal of this or an older version; start the newer program once".to_owned(),
    }
}

/// Whether a server writes this log now.
pub(super) fn is_written(path: &Path) -> bool {
    let Ok(lock) = File::open(lock_path(path)) else { return false };
    matches!(lock.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// Salt of the journal at `path`, when it is one of so many pages.
pub(super) fn journal_salt(path: &Path, pages: u64) -> Option<Salt> {
    let bytes = std::fs::read(path).ok()?;
    (bytes.len() as u64 == pages * journal::PAGE as u64).then(|| journal::salt_of(&bytes).ok())?
}

/// Makes a file that only its owner can read.
pub(super) fn private_file(path: &Path) -> std::io::Result<()> {
    private::file(path).map(drop)
}

fn open_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(unix)]
mod private {
    use super::{File, Path, StoreError};
    use std::fs::{DirBuilder, Permissions};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    /// Makes the folder 0700. One that is there may be shared on purpose, so it is not ours to close: others who can look
    /// into it are warned of, others who can write in it (and so replace the log) are refused.
    pub(super) fn folder(folder: &Path) -> Result<(), StoreError> {
        let io = |e: std::io::Error| StoreError::Write(format!("{}: {e}", folder.display()));
        if !folder.exists() {
            return DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io);
        }
        let mode = std::fs::metadata(folder).map_err(io)?.mode() & 0o777;
        if mode & 0o022 != 0 {
            return Err(StoreError::Unusable {
                place: folder.display().to_string(),
                found: format!("a folder others can write in ({mode:04o})"),
                expected: format!("0700, since it holds patient data: run `chmod 700 {}`", folder.display()),
            });
        }
        if mode & 0o077 != 0 {
            tracing::warn!(folder = %folder.display(), "others can look into the data folder; `chmod 700` closes it");
        }
        Ok(())
    }

    /// Opens or makes a file of our own and closes it to others.
    pub(super) fn file(path: &Path) -> std::io::Result<File> {
        let file = super::open_file().mode(0o600).open(path)?;
        if file.metadata()?.mode() & 0o077 != 0 {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }
}

#[cfg(not(unix))]
mod private {
    use super::{File, Path, StoreError};

    /// Permissions are those the folder inherits.
    pub(super) fn folder(folder: &Path) -> Result<(), StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::Write(format!("{}: {e}", folder.display())))
    }

    pub(super) fn file(path: &Path) -> std::io::Result<File> {
        super::open_file().open(path)
    }
}
