//! The book on disk: one file for this user only, written whole, never half, never over one that cannot be read.

use crate::Book;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Its name in the data folder.
pub const NAME: &str = "access.json";
/// Longest file: the most accounts and seats there can be are far below it.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Others than this user may read or write it.
    #[error("{}: others may read or write it (mode {mode:o}), expected 600; see who was there, then: chmod 600", .path.display())]
    Wide {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is not what this program writes.
    #[error("{}: not readable as accounts ({why}); it was left as it is; put back the last good copy of it", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The system would not.
    #[error("{}: {cause}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        cause: io::Error,
    },
}

/// Which writing of the file it is: each one is a new file under the old name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp(u64, i64, i64, u64);

/// The file as it is now; a stamp of nothing where there is none.
///
/// # Errors
/// The system would not say.
pub fn stamp(path: &Path) -> Result<Stamp, FileError> {
    match std::fs::metadata(path) {
        Ok(about) => Ok(Stamp(about.ino(), about.mtime(), about.mtime_nsec(), about.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Stamp::default()),
        Err(cause) => Err(FileError::Io { path: path.to_owned(), cause }),
    }
}

/// Reads the book; an empty one where there is no file yet.
///
/// # Errors
/// Others may read it, it is damaged, or the system would not.
pub fn load(path: &Path) -> Result<(Book, Stamp), FileError> {
    let io = |cause| FileError::Io { path: path.to_owned(), cause };
    let damaged = |why: String| FileError::Damaged { path: path.to_owned(), why };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Book::default(), Stamp::default())),
        Err(cause) => return Err(io(cause)),
    };
    let about = file.metadata().map_err(io)?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileError::Wide { path: path.to_owned(), mode });
    }
    if about.len() > BYTES_MAX {
        return Err(damaged(format!("{} bytes found, at most {BYTES_MAX} expected", about.len())));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| damaged(error.to_string()))?;
    let book: Book = serde_json::from_str(&text).map_err(|error| {
        // Where, not what: the text beside it may be a hash.
        damaged(format!("line {}, column {}", error.line(), error.column()))
    })?;
    book.is_sound().map_err(damaged)?;
    Ok((book, Stamp(about.ino(), about.mtime(), about.mtime_nsec(), about.len())))
}

/// Writes the book: when this returns, it is on disk, whole.
///
/// # Errors
/// The system would not; then the file is as it was.
pub fn save(path: &Path, book: &Book) -> Result<Stamp, FileError> {
    let io = |cause| FileError::Io { path: path.to_owned(), cause };
    let text = serde_json::to_vec_pretty(book).map_err(|error| io(error.into()))?;
    let new = path.with_extension("json.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new).map_err(io)?;
    // One left by a crash may have been made by somebody else.
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(io)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(io)?;
    std::fs::rename(&new, path).map_err(io)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    stamp(path)
}

/// One at a time, also among programs: held while the file is read, changed and written.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held, not read: the lock goes with the file")] File);

/// Waits for its turn.
///
/// # Errors
/// The system would not.
pub fn turn(path: &Path) -> Result<Turn, FileError> {
    let lock = path.with_extension("lock");
    let io = |cause| FileError::Io { path: lock.clone(), cause };
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock).map_err(io)?;
    file.lock().map_err(io)?;
    Ok(Turn(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn ward() -> Book {
        let mut book = Book::default();
        book.make_account("Lee, Ann", "ann", &[Role::Administrator]).unwrap();
        book
    }

    #[test]
    fn what_was_saved_is_loaded_and_each_writing_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert_eq!(load(&path).unwrap(), (Book::default(), Stamp::default()));
        let mut book = ward();
        let first = save(&path, &book).unwrap();
        assert_eq!(load(&path).unwrap(), (book.clone(), first));
        book.make_display("Wall").unwrap();
        let second = save(&path, &book).unwrap();
        assert_ne!(first, second);
        assert_eq!((load(&path).unwrap(), stamp(&path).unwrap()), ((book, second), second));
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside it");
    }

    #[test]
    fn s22_the_file_is_for_this_user_only_and_refused_when_wider() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        save(&path, &ward()).unwrap();
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        for wide in [0o640, 0o604, 0o620, 0o660, 0o666] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(wide)).unwrap();
            let error = load(&path).unwrap_err();
            assert!(matches!(error, FileError::Wide { mode, .. } if mode == wide), "{error}");
        }
    }

    #[test]
    fn s26_a_damaged_file_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        save(&path, &ward()).unwrap();
        let good = std::fs::read_to_string(&path).unwrap();
        let cases = [
            good[..good.len() / 2].to_owned(),
            String::new(),
            "{}".to_owned(),
            good.replace("\"version\": 1", "\"version\": 2"),
            good.replace("administrator", "boss"),
            good.replace("\"enabled\"", "\"enable\""),
            good.replace("\"administrator\"", ""),
        ];
        for text in cases {
            assert_ne!(text, good);
            std::fs::write(&path, &text).unwrap();
            let error = load(&path).unwrap_err();
            assert!(matches!(error, FileError::Damaged { .. }), "{error}");
            assert!(!error.to_string().contains("Lee"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_failed_writing_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        save(&path, &ward()).unwrap();
        // A folder in the way of the new file.
        std::fs::create_dir(path.with_extension("json.new")).unwrap();
        assert!(save(&path, &Book::default()).is_err());
        assert_eq!(load(&path).unwrap().0, ward());
    }
}
