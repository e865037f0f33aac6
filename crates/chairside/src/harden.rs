//! What the program forbids itself and others before it does anything (S22).

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Files made from now on are this user's alone, and no crash writes memory with patients' data to a disk. Where the system
/// will not have it, the program runs all the same and says so.
pub fn begin() -> Vec<String> {
    umask(Mode::RWXG | Mode::RWXO);
    let limit = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Also keeps other processes of this user from reading its memory.
    let dumps = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    [("their size cannot be limited", limit), ("they cannot be switched off", dumps)]
        .into_iter()
        .filter_map(|(what, done)| done.err().map(|error| format!("core dumps: {what}: {error}")))
        .collect()
}

/// Names of secrets: a wide one may have been read by somebody already, so that closing it silently would hide that. Who
/// reads them refuses them.
const SECRETS: [&str; 2] = ["signing.key", "access.json"];

/// Closes what lies open to others inside the data folder; tells each by name. The folder itself is the log's to judge, and
/// that of the certificates is theirs.
///
/// # Errors
/// The folder cannot be read, or something in it cannot be closed.
pub fn close_to_others(data: &Path) -> io::Result<Vec<PathBuf>> {
    let mut closed = Vec::new();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            // Of the link itself: what lies elsewhere is not ours to change.
            let found = match std::fs::symlink_metadata(&path) {
                Ok(found) => found,
                // Another program's: gone meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let is_own = |name: &str| path == data.join(name);
            if found.is_symlink() || is_own(chairside_tls::FOLDER) || SECRETS.iter().any(|name| is_own(name)) {
                continue;
            }
            if found.mode() & 0o077 != 0 {
                let mode = if found.is_dir() { 0o700 } else { 0o600 };
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
                closed.push(path.clone());
            }
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).expect("there").mode() & 0o777
    }

    #[test]
    fn s22_what_lies_open_in_the_data_folder_is_closed_and_named_and_secrets_are_left_to_be_refused() {
        let outside = tempfile::tempdir().expect("a folder");
        let data = tempfile::tempdir().expect("a folder");
        let at = |name: &str| data.path().join(name);
        for folder in ["captures", "captures/deep", "ehr", "tls"] {
            std::fs::create_dir(at(folder)).expect("made");
            set_permissions(at(folder), Permissions::from_mode(0o755)).expect("set");
        }
        for (file, wide) in [
            ("chairside.db", 0o644),
            ("closed", 0o600),
            ("captures/deep/a.cap", 0o666),
            ("signing.key", 0o644),
            ("access.json", 0o640),
            ("tls/ca.key", 0o644),
        ] {
            std::fs::write(at(file), "x").expect("written");
            set_permissions(at(file), Permissions::from_mode(wide)).expect("set");
        }
        let elsewhere = outside.path().join("elsewhere");
        std::fs::write(&elsewhere, "x").expect("written");
        set_permissions(&elsewhere, Permissions::from_mode(0o644)).expect("set");
        std::os::unix::fs::symlink(&elsewhere, at("link")).expect("linked");
        let mut closed = close_to_others(data.path()).expect("closed");
        closed.sort();
        assert_eq!(closed, ["captures", "captures/deep", "captures/deep/a.cap", "chairside.db", "ehr"].map(at));
        for (name, expected) in [
            ("captures/deep", 0o700),
            ("captures/deep/a.cap", 0o600),
            ("chairside.db", 0o600),
            ("signing.key", 0o644),
            ("access.json", 0o640),
            ("tls/ca.key", 0o644),
        ] {
            assert_eq!(mode(&at(name)), expected, "{name}");
        }
        assert_eq!(mode(&elsewhere), 0o644, "what a link leads to is not ours");
        assert_eq!(close_to_others(data.path()).expect("closed"), Vec::<PathBuf>::new());
    }
}
