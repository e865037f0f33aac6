//! `chairside backup` and what the server does of it by itself: one file that holds the log and everything else of the data
//! folder, verified before it gets its name.

pub(crate) mod archive;
mod folder;
mod key;
pub mod last;
pub mod restore;
pub(crate) mod schedule;

pub use archive::{ArchiveError, Manifest};
pub use key::{KeyError, Recipient};

use crate::clock;
use crate::config::Config;
use crate::words::count;
use archive::{Nowhere, Writer};
use chairside_observation::Micros;
use chairside_store::{SessionLog, SqliteLog, StoreError};
use jiff::Timestamp;
use last::Last;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Version of the form of a backup.
const FORM: u32 = 1;
/// What the names of backups begin with, and end with.
const BEGIN: &str = "chairside-";
const END: &str = ".tar";
const END_SECRET: &str = ".tar.age";
/// What follows the name of one that is not finished.
const PART: &str = ".part";
/// A backup must not be what stops the recording: so much has to be left on the disk of the data folder.
const RESERVE: u64 = 256 << 20;
/// Name under which the configuration is packed.
const CONFIGURATION: &str = "configuration.toml";

/// What to back up, and where to.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// The log's file.
    pub database: &'a Path,
    /// The configuration, which is packed, too.
    pub config: Option<&'a Path>,
    /// Folder for the backup.
    pub to: &'a Path,
    /// Who alone can open it; `None`: everybody who can read the file.
    pub encrypt_to: Option<&'a Recipient>,
    /// UTC.
    pub now: Micros,
}

/// A backup that was made and verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// What is in it.
    pub manifest: Manifest,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("{}: {cause}; {todo}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
        /// What to do.
        todo: &'static str,
    },
    /// Another one is being made.
    #[error("another backup of {} is being made; wait for its end", .0.display())]
    Busy(PathBuf),
    /// The copy of the log needs room.
    #[error(
        "the disk of {} has {free} MiB free; the copy of the log needs {needed} MiB there, with what recording needs: make room",
        path.display()
    )]
    Room {
        /// The data folder.
        path: PathBuf,
        /// MiB.
        free: u64,
        /// MiB.
        needed: u64,
    },
    /// The destination is in what is backed up.
    #[error("{} lies in the data folder; a backup belongs on another disk, such as /mnt/backup", .0.display())]
    Inside(PathBuf),
    /// The log cannot be copied.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// The log is damaged.
    #[error("the log is damaged, so no backup was made of it: {0}; keep all older backups and run `chairside verify`")]
    Broken(String),
    /// What was written is not what is read back.
    #[error("{} does not read back as it was written: {cause}; look at that disk", path.display())]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: ArchiveError,
    },
    /// The task ended early.
    #[error("the backup was interrupted")]
    Interrupted,
}

fn file_error<'a>(path: &'a Path, todo: &'static str) -> impl FnOnce(io::Error) -> BackupError + use<'a> {
    move |cause| BackupError::File { path: path.into(), cause, todo }
}

const FIX_DATA: &str = "the data folder has to be readable and writable for this user";
const FIX_TO: &str = "the folder for backups has to be there, writable, and on a disk with room";

/// Makes a backup of everything `log` has a receipt for when this is called. The server may go on recording.
///
/// # Errors
/// [`BackupError`]; no file of that name is left then.
pub async fn make(wanted: &Wanted<'_>, log: &SqliteLog) -> Result<Made, BackupError> {
    let Wanted { data, database, to, .. } = *wanted;
    let _lock = claim(data)?;
    make_folder(to).map_err(file_error(to, FIX_TO))?;
    if is_inside(to, data) {
        return Err(BackupError::Inside(to.into()));
    }
    room(data, database)?;
    remove_parts(to).map_err(file_error(to, FIX_TO))?;
    let work = Work::begin(data)?;
    let name = database.file_name().unwrap_or_default();
    let copy = work.0.join(name);
    log.copy_to(&copy).await?;
    let entries = verified(&copy).await?;
    let of = Packing {
        data: data.into(),
        database: database.into(),
        config: wanted.config.map(Into::into),
        to: to.into(),
        encrypt_to: wanted.encrypt_to.cloned(),
        copy,
        log: name.to_string_lossy().into_owned(),
        made: time(wanted.now),
        entries,
    };
    let made = tokio::task::spawn_blocking(move || of.pack()).await.map_err(|_| BackupError::Interrupted)??;
    drop(work);
    Ok(made)
}

/// The lock of backups; a folder somebody else made a backup in is left as it is.
fn claim(data: &Path) -> Result<File, BackupError> {
    let path = data.join(folder::LOCK);
    let mut options = OpenOptions::new();
    let open = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = open.map_err(file_error(&path, FIX_DATA))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(BackupError::Busy(data.into())),
        Err(fs::TryLockError::Error(cause)) => Err(file_error(&path, FIX_DATA)(cause)),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { Ok(()) } else { DirBuilder::new().mode(0o700).create(folder) }
}

fn is_inside(to: &Path, data: &Path) -> bool {
    match (to.canonicalize(), data.canonicalize()) {
        (Ok(to), Ok(data)) => to.starts_with(data),
        _ => false,
    }
}

/// Whether the copy of the log fits beside it.
fn room(data: &Path, database: &Path) -> Result<(), BackupError> {
    let Ok(disk) = rustix::fs::statvfs(data) else { return Ok(()) };
    let mut wal = database.as_os_str().to_owned();
    wal.push("-wal");
    let size = |path: &Path| path.metadata().map_or(0, |found| found.len());
    let (free, needed) = (disk.f_bavail * disk.f_frsize, size(database) + size(Path::new(&wal)) + RESERVE);
    if free >= needed {
        return Ok(());
    }
    Err(BackupError::Room { path: data.into(), free: free >> 20, needed: needed >> 20 })
}

/// The folder of the copy; gone when this is dropped, and before the next backup when the program was killed.
struct Work(PathBuf);

impl Work {
    fn begin(data: &Path) -> Result<Self, BackupError> {
        let path = data.join(folder::WORK);
        let made = match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => DirBuilder::new().mode(0o700).create(&path),
        };
        made.map_err(file_error(&path, FIX_DATA))?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "the copy of the log cannot be removed; the next backup does it");
        }
    }
}

/// Recomputes the copy's digests, chains and signatures; how many entries it has.
async fn verified(copy: &Path) -> Result<u64, BackupError> {
    let log = SqliteLog::open_read_only(copy, &clock::boot(), clock::system()).await?;
    let found = log.verify().await?;
    log.close().await?;
    match found.broken.into_iter().next() {
        Some(first) => Err(BackupError::Broken(first)),
        None => Ok(found.entries),
    }
}

/// A moment as backups write it.
fn time(at: Micros) -> Timestamp {
    let at = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Everything the thread that packs needs.
struct Packing {
    data: PathBuf,
    database: PathBuf,
    config: Option<PathBuf>,
    to: PathBuf,
    encrypt_to: Option<Recipient>,
    copy: PathBuf,
    log: String,
    made: Timestamp,
    entries: u64,
}

impl Packing {
    fn pack(self) -> Result<Made, BackupError> {
        let end = if self.encrypt_to.is_some() { END_SECRET } else { END };
        let file = self.to.join(format!("{BEGIN}{}{end}", self.made.strftime("%Y%m%dT%H%M%SZ")));
        let mut part = file.clone().into_os_string();
        part.push(PART);
        let part = PathBuf::from(part);
        let made = self.write_and_read(&part).and_then(|manifest| {
            let named = fs::rename(&part, &file).and_then(|()| File::open(&self.to)?.sync_all());
            named.map_err(file_error(&file, FIX_TO))?;
            let bytes = file.metadata().map_err(file_error(&file, FIX_TO))?.len();
            Ok(Made { file: file.clone(), bytes, manifest })
        });
        if made.is_err() {
            // What is half written only takes room.
            let _ = fs::remove_file(&part);
        }
        made
    }

    fn write_and_read(&self, part: &Path) -> Result<Manifest, BackupError> {
        let lock = key::OneTime::new();
        let out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part);
        let out = out.map_err(file_error(part, FIX_TO))?;
        let buffered = BufWriter::with_capacity(1 << 20, &out);
        let manifest = match &self.encrypt_to {
            None => self.write(buffered).and_then(|(mut out, manifest)| out.flush().map(|()| manifest)),
            Some(to) => lock
                .encrypting(to, buffered)
                .and_then(|secret| self.write(secret))
                .and_then(|(secret, manifest)| secret.finish()?.flush().map(|()| manifest)),
        };
        let manifest = manifest.and_then(|manifest| out.sync_all().map(|()| manifest));
        let manifest = manifest.map_err(file_error(part, FIX_TO))?;
        let back = File::open(part).map_err(file_error(part, FIX_TO))?;
        let back = BufReader::with_capacity(1 << 20, back);
        let read = match &self.encrypt_to {
            None => archive::read(back, &mut Nowhere),
            Some(_) => lock.decrypting(back).map_err(Into::into).and_then(|open| archive::read(open, &mut Nowhere)),
        };
        match read {
            Ok(read) if read == manifest => Ok(manifest),
            Ok(_) => Err(ArchiveError::Io(io::Error::other("another list of files"))),
            Err(cause) => Err(cause),
        }
        .map_err(|cause| BackupError::ReadBack { path: part.into(), cause })
    }

    fn write<W: Write>(&self, out: W) -> io::Result<(W, Manifest)> {
        let mut writer = Writer::new(out);
        let copy = File::open(&self.copy)?;
        writer.file(&self.log, copy.metadata()?.len(), copy)?;
        let left_out =
            folder::each(&self.data, &self.database, |found, file, about| writer.file(&found.name, about.len(), file))?;
        if let Some(config) = &self.config {
            let text = fs::read(config)?;
            writer.file(CONFIGURATION, text.len() as u64, &*text)?;
        }
        writer.finish(|files| Manifest {
            chairside_backup: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made: self.made.to_string(),
            log: self.log.clone(),
            entries: self.entries,
            files,
            left_out,
        })
    }
}

/// `chairside backup`: to the folder given, or that of the configuration; what is said of it.
///
/// # Errors
/// A sentence for the person who asked.
pub async fn by_hand(
    config: &Config,
    file: Option<&Path>,
    to: Option<PathBuf>,
    encrypt_to: Option<Recipient>,
) -> Result<Vec<String>, String> {
    let configured = config.backup.as_ref();
    let to = to.or_else(|| configured.map(|backup| backup.to.clone()));
    let to = to.ok_or("where to? Give --to FOLDER, or `to` of [backup] in the configuration")?;
    let encrypt_to = encrypt_to.or_else(|| configured.and_then(|backup| backup.encrypt_to.clone()));
    let begun = clock::now();
    let wanted = Wanted {
        data: &config.data,
        database: &config.database,
        config: file,
        to: &to,
        encrypt_to: encrypt_to.as_ref(),
        now: begun.wall,
    };
    let log = SqliteLog::open_read_only(&config.database, &clock::boot(), clock::system()).await;
    let log = log.map_err(|e| e.to_string())?;
    let made = make(&wanted, &log).await.map_err(|e| e.to_string())?;
    let took = clock::now().mono - begun.mono;
    let mut lines = told(&made);
    if let Err(error) = Last::new(&made, begun.wall, begun.wall + took).write(&config.data) {
        lines.push(format!("The health page will not know of it: {error}"));
    }
    Ok(lines)
}

fn told(made: &Made) -> Vec<String> {
    let Manifest { entries, files, left_out, .. } = &made.manifest;
    let (file, files) = (made.file.display(), count(files.len(), "file"));
    let mut lines = vec![format!("{file}: {} bytes, {files}, {entries} entries verified and read back", made.bytes)];
    lines.extend(left_out.iter().map(|left_out| format!("Left out: {left_out}")));
    if made.file.extension().is_none_or(|end| end != "age") {
        lines
            .push("Not encrypted: it holds patients' data and the key records are signed with; keep it closed.".into());
    }
    lines
}

/// Removes the oldest backups of a folder, so that `keep` are left; says which.
///
/// # Errors
/// The folder cannot be read, or a file not removed.
pub fn thin_out(to: &Path, keep: usize) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(to)? {
        all.extend(entry?.file_name().to_str().filter(|name| is_backup(name)).map(str::to_owned));
    }
    // The moment stands first in the name, in digits that sort.
    all.sort_unstable();
    let old = all.len().saturating_sub(keep);
    all.truncate(old);
    for name in &all {
        fs::remove_file(to.join(name))?;
    }
    Ok(all)
}

/// What a backup that was killed left behind. Each server has a folder of its own for its backups.
fn remove_parts(to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if entry.file_name().to_str().and_then(|name| name.strip_suffix(PART)).is_some_and(is_backup) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Only what this program named is ever removed.
fn is_backup(name: &str) -> bool {
    let moment = name.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END_SECRET).or(rest.strip_suffix(END)));
    moment.is_some_and(|moment| {
        moment.len() == 16
            && moment.bytes().enumerate().all(|(n, byte)| match n {
                8 => byte == b'T',
                15 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            })
    })
}

#[cfg(test)]
mod tests;
