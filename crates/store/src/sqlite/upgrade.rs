//! Before this program changes the tables of an older log, it keeps a copy of it beside it (H26): whoever has to go back to the
//! program of before finds the log as that program left it.

use super::open;
use crate::StoreError;
use crate::journal::Place;
use chairside_observation::Micros;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How long a copy is kept. An update that went wrong is noticed at the next sessions; what was erased since is still in the
/// copy, so that it may not stay for long (S25).
pub(super) const KEPT: Micros = Micros::from_secs(7 * 24 * 3600);
/// Bytes copied at once.
const CHUNK: usize = 1 << 20;
/// What follows the name of a copy that is not whole yet.
const UNFINISHED: &str = ".new";

/// `chairside.db` has its copies in `chairside.db.before-0007` and so on: the version of the tables that came after it.
fn beginning(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".before-");
    name
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Copies the log at `path` when its tables are of an older version. The caller holds its lock.
pub(super) async fn keep_copy(path: &Path) -> Result<(), StoreError> {
    let empty = std::fs::metadata(path).map_or(true, |found| found.len() == 0);
    let Some(version) = (if empty { None } else { open::upgrade_of(path).await? }) else { return Ok(()) };
    let mut name = beginning(path);
    name.push(format!("{version:04}"));
    let to = folder(path).join(name);
    let done = copy_log(path, &to);
    done.map_err(|e| {
        StoreError::Write(format!(
            "its tables are of an older version, and no copy could be kept before they are changed: {}: {e}. Make room, or \
             start the program of before; nothing was changed",
            to.display()
        ))
    })?;
    tracing::warn!(copy = %to.display(), "the log is brought up to this version; a copy of it as it was is kept for a week");
    Ok(())
}

/// The journals first: a copy of the log has its name only when everything that belongs to it is there.
fn copy_log(path: &Path, to: &Path) -> io::Result<()> {
    for (_, old) in Place::of(to).all()? {
        std::fs::remove_file(old)?;
    }
    for (number, journal) in Place::of(path).all()? {
        copy_file(&journal, &Place::of(to).path(number))?;
    }
    copy_file(path, to)?;
    flush_names(folder(to))
}

/// Copies a file and flushes it. It has its name only when it is whole.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(UNFINISHED);
    let unfinished = PathBuf::from(unfinished);
    let copied = write_copy(from, &unfinished).and_then(|()| std::fs::rename(&unfinished, to));
    if copied.is_err() {
        // What there is of it would only take room on a disk that may have none.
        let _ = std::fs::remove_file(&unfinished);
    }
    copied
}

fn write_copy(from: &Path, to: &Path) -> io::Result<()> {
    open::private_file(to)?;
    let (mut from, mut to) = (File::open(from)?, std::fs::OpenOptions::new().write(true).truncate(true).open(to)?);
    let mut bytes = vec![0; CHUNK];
    loop {
        match from.read(&mut bytes)? {
            0 => return to.sync_all(),
            count => to.write_all(&bytes[..count])?,
        }
    }
}

#[cfg(unix)]
fn flush_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Names are kept by the system's own journal there.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn flush_names(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes the copies of the log at `path` that were made before `until`, or all of them; returns how many files.
pub(super) fn forget(path: &Path, until: Option<Micros>) -> Result<usize, StoreError> {
    let failed = |e: io::Error| {
        StoreError::Write(format!(
            "a copy that was kept before an upgrade cannot be removed from {}: {e}",
            folder(path).display()
        ))
    };
    let (beginning, mut removed) = (beginning(path), 0);
    for entry in std::fs::read_dir(folder(path)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes()) {
            continue;
        }
        let changed = entry.metadata().and_then(|found| found.modified()).map_err(failed)?;
        let made = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        if until.is_none_or(|until| i128::from(until.0) > i128::try_from(made).unwrap_or(i128::MAX)) {
            std::fs::remove_file(entry.path()).map_err(failed)?;
            removed += 1;
        }
    }
    if removed > 0 {
        flush_names(folder(path)).map_err(failed)?;
    }
    Ok(removed)
}
