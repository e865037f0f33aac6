//! What of the data folder goes into a backup.

use super::archive::fits;
use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// The folder in which the copy of the log is made. In the data folder, so that no patient's data is left anywhere else.
pub(super) const WORK: &str = "backup-in-progress";
/// Keeps two backups from being made at the same time.
pub(super) const LOCK: &str = "backup.lock";
/// What is known of the last good backup.
pub(super) const LAST: &str = "backup.json";
/// Passes over the folder: a file that is moved from one folder to another during the first is found by the second.
const PASSES: usize = 2;
/// Folders in folders: a data folder has two.
const DEPTH_MAX: usize = 8;

/// The files that belong to the log at `database`: they are copied as one state, not one by one.
fn is_of_the_log(path: &Path, database: &Path) -> bool {
    let (Some(name), Some(log)) = (path.file_name(), database.file_name()) else { return false };
    let (name, log) = (name.as_encoded_bytes(), log.as_encoded_bytes());
    path.parent() == database.parent()
        && name.strip_prefix(log).is_some_and(|rest| {
            rest.is_empty() || [&b"-wal"[..], b"-shm", b".lock"].contains(&rest)
                // Journals, and copies kept before an upgrade.
                || [&b".journal-"[..], b".before-"].iter().any(|begin| rest.starts_with(begin))
        })
}

/// A file to pack: its name in the backup, and where it is.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// Hands every file of the data folder to `pack` except those of the log and of backups; returns what was left out, with
/// the reason.
pub(super) fn each(
    data: &Path,
    database: &Path,
    mut pack: impl FnMut(&Found, &File, &Metadata) -> io::Result<()>,
) -> io::Result<Vec<String>> {
    let (mut done, mut left_out) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..PASSES {
        let mut found = Vec::new();
        list(data, "", database, DEPTH_MAX, &mut found, &mut left_out)?;
        for file in found {
            if !done.insert(file.name.clone()) {
                continue;
            }
            match File::open(&file.path) {
                Ok(open) => pack(&file, &open, &open.metadata()?)?,
                // Moved or removed since it was listed; where it went is seen in the next pass.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    done.remove(&file.name);
                }
                Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", file.path.display()))),
            }
        }
    }
    Ok(left_out.into_iter().collect())
}

fn list(
    folder: &Path,
    prefix: &str,
    database: &Path,
    depth: usize,
    found: &mut Vec<Found>,
    left_out: &mut BTreeSet<String>,
) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        let own = prefix.is_empty() && [WORK, LOCK, LAST].contains(&name.as_str());
        if own || is_of_the_log(&path, database) {
            continue;
        }
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            list(&path, &format!("{name}/"), database, depth - 1, found, left_out)?;
        } else if kind.is_file() && entry.file_name().to_str().is_some() && fits(&name) {
            found.push(Found { name, path });
        } else {
            let why = match kind {
                _ if kind.is_dir() => "too deep a folder",
                _ if kind.is_symlink() => "a link; what it leads to may be anywhere",
                _ if kind.is_socket() || kind.is_fifo() => "no file",
                _ if kind.is_file() => "a name that cannot be packed",
                _ => "a device",
            };
            left_out.insert(format!("{name}: {why}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_packed_but_the_files_of_the_log() {
        let data = tempfile::tempdir().unwrap();
        let at = |name: &str| data.path().join(name);
        std::fs::create_dir_all(at("ehr/sent")).unwrap();
        std::fs::create_dir_all(at(WORK)).unwrap();
        for name in [
            "log.db",
            "log.db-wal",
            "log.db-shm",
            "log.db.lock",
            "log.db.journal-3",
            "log.db.journal-new",
            "log.db.before-0007",
            "log.db.before-0007.journal-1",
            "log.dbx",
            "signing.key",
            "ehr/sent/a.hl7",
            "ehr/log.db",
            "backup-in-progress/x",
            LOCK,
            LAST,
        ] {
            std::fs::write(at(name), name).unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", at("link")).unwrap();
        let mut packed = Vec::new();
        let left_out = each(data.path(), &at("log.db"), |file, _, _| {
            packed.push(file.name.clone());
            Ok(())
        });
        assert_eq!(packed, ["ehr/log.db", "ehr/sent/a.hl7", "log.dbx", "signing.key"]);
        assert_eq!(left_out.unwrap(), ["link: a link; what it leads to may be anywhere"]);
    }

    #[test]
    fn h09_a_file_that_is_moved_meanwhile_is_packed_where_it_went() {
        let data = tempfile::tempdir().unwrap();
        let at = |name: &str| data.path().join(name);
        for folder in ["sent", "waiting"] {
            std::fs::create_dir(at(folder)).unwrap();
        }
        std::fs::write(at("a"), "").unwrap();
        std::fs::write(at("waiting/1"), "").unwrap();
        let mut packed = Vec::new();
        each(data.path(), &at("log.db"), |file, _, _| {
            packed.push(file.name.clone());
            if file.name == "a" {
                std::fs::rename(at("waiting/1"), at("sent/1")).unwrap();
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(packed, ["a", "sent/1"]);
    }
}
