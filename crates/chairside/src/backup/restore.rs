//! `chairside restore`: a backup becomes a data folder again, or nothing does.

use super::archive::{self, ArchiveError, Manifest, Sink};
use super::key::{self, KeyError, MAGIC};
use crate::clock;
use crate::words::count;
use chairside_store::{SessionLog, SqliteLog, StoreError};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file or the folder.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The folder holds something.
    #[error("{} is not empty; nothing is ever restored over other files: name a folder that is not there yet", .0.display())]
    NotEmpty(PathBuf),
    /// It cannot be opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is damaged.
    #[error("{} is damaged or no backup: {cause}; take an older one", path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        cause: ArchiveError,
    },
    /// The log in it is not one this program can read.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// The log in it does not verify.
    #[error("the log of the backup is damaged: {0}; take an older backup")]
    Broken(String),
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Entries that were verified.
    pub entries: u64,
}

/// Restores the backup in `file` to the folder `to`, which must be empty or not there. Everything is unpacked beside it and
/// verified, and only then gets its name.
///
/// # Errors
/// [`RestoreError`]; then `to` is as it was.
pub async fn run(file: &Path, identity: Option<&Path>, to: &Path) -> Result<Restored, RestoreError> {
    let failed = |cause| RestoreError::File { path: to.into(), cause };
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) || to.is_file() {
        return Err(RestoreError::NotEmpty(to.into()));
    }
    let work = Work::beside(to).map_err(failed)?;
    let manifest = unpack(file, identity, &work.0)?;
    let entries = verified(&work.0.join(&manifest.log)).await?;
    if entries != manifest.entries {
        let found = format!("found {entries} entries, expected {}", manifest.entries);
        return Err(RestoreError::Broken(found));
    }
    if to.is_dir() {
        fs::remove_dir(to).map_err(failed)?;
    }
    fs::rename(&work.0, to).and_then(|()| File::open(parent(to))?.sync_all()).map_err(failed)?;
    Ok(Restored { manifest, entries })
}

/// What is said of it on the terminal.
#[must_use]
pub fn told(restored: &Restored, to: &Path) -> Vec<String> {
    let Manifest { made, program, files, left_out, .. } = &restored.manifest;
    let (to, files) = (to.display(), count(files.len(), "file"));
    let mut lines = vec![
        format!("{to}: {files} of {made} (Chairside {program}), {} entries verified", restored.entries),
        "To serve it, name this folder as `data` in the configuration; the one of the backup is in configuration.toml."
            .to_owned(),
    ];
    lines.extend(left_out.iter().map(|left_out| format!("Not in the backup: {left_out}")));
    lines
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder beside the one that is to be; gone when this is dropped, unless it got its name.
struct Work(PathBuf);

impl Work {
    fn beside(to: &Path) -> io::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(to.file_name().ok_or(io::ErrorKind::InvalidInput)?);
        name.push(".restoring");
        let path = parent(to).join(name);
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unpack(file: &Path, identity: Option<&Path>, into: &Path) -> Result<Manifest, RestoreError> {
    let failed = |cause| RestoreError::File { path: file.into(), cause };
    let mut from = BufReader::with_capacity(1 << 20, File::open(file).map_err(failed)?);
    let is_secret = from.fill_buf().map_err(failed)?.starts_with(MAGIC);
    let mut folder = Folder { into: into.into(), open: None };
    let read = if is_secret {
        archive::read(key::open(from, identity)?, &mut folder)
    } else {
        archive::read(from, &mut folder)
    };
    read.map_err(|cause| RestoreError::Damaged { path: file.into(), cause })
}

/// The folder files are unpacked to.
struct Folder {
    into: PathBuf,
    open: Option<BufWriter<File>>,
}

impl Sink for Folder {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        let path = self.into.join(name);
        DirBuilder::new().recursive(true).mode(0o700).create(parent(&path))?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        self.open = Some(BufWriter::with_capacity(1 << 20, file));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn end(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all(),
            None => Ok(()),
        }
    }
}

/// Recomputes everything the log says. One of an older version is brought up to this one first.
async fn verified(database: &Path) -> Result<u64, RestoreError> {
    let (boot, clock) = (clock::boot(), clock::system());
    let log = match SqliteLog::open_read_only(database, &boot, clock.clone()).await {
        Ok(log) => log,
        Err(StoreError::Unusable { .. }) => {
            SqliteLog::open(database, &boot, clock.clone()).await?.close().await?;
            SqliteLog::open_read_only(database, &boot, clock).await?
        }
        Err(other) => return Err(other.into()),
    };
    let found = log.verify().await?;
    log.close().await?;
    match found.broken.into_iter().next() {
        Some(first) => Err(RestoreError::Broken(first)),
        None => Ok(found.entries),
    }
}
