//! What waits for the EHR: one file a message in the data folder, so that a crash loses none and a person can look at them.
//!
//! `waiting/` holds messages, the first by name first; `sent/` an empty file for each that was accepted; `refused/` those the
//! EHR will not have, each beside the reason. A message is known by its name for ever: put again, it is not sent again.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const WAITING: &str = "waiting";
const SENT: &str = "sent";
const REFUSED: &str = "refused";
const END: &str = ".hl7";
/// Messages of one folder that are told one by one: a page nobody reads to its end helps nobody.
const TOLD_MAX: usize = 100;
/// Bytes of a message that hold its header.
const HEAD: u64 = 256;

/// The queue of a data folder.
pub(super) struct Queue {
    folder: PathBuf,
    known: BTreeSet<String>,
}

impl Queue {
    /// The queue in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut known = BTreeSet::new();
        for place in [WAITING, SENT, REFUSED] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder.join(place))?;
            known.extend(names(&folder.join(place))?);
        }
        Ok(Self { folder: folder.into(), known })
    }

    /// Whether the messages that begin so were ever put in, all of them: the first one is put in last.
    pub(super) fn knows(&self, begin: &str) -> bool {
        self.known.contains(&format!("{begin}00"))
    }

    /// Puts a message in; once this returns it outlives a power cut. A known one stays as it is.
    ///
    /// # Errors
    /// The message cannot be written; it is not in the queue.
    pub(super) fn put(&mut self, name: &str, message: &[u8]) -> io::Result<()> {
        if self.known.contains(name) {
            return Ok(());
        }
        let place = self.folder.join(WAITING);
        let part = place.join(format!("{name}.part"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        file.write_all(message)?;
        file.sync_all()?;
        fs::rename(&part, path(&place, name))?;
        File::open(&place)?.sync_all()?;
        self.known.insert(name.to_owned());
        Ok(())
    }

    /// Names of the messages that wait, the first one first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) fn waiting(&self) -> io::Result<Vec<String>> {
        names(&self.folder.join(WAITING))
    }

    /// The bytes of a message that waits.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(path(&self.folder.join(WAITING), name))
    }

    /// Names and kinds of the first messages that wait.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) fn told_waiting(&self) -> io::Result<Vec<(String, String)>> {
        let place = self.folder.join(WAITING);
        Ok(names(&place)?.into_iter().take(TOLD_MAX).map(|name| (name.clone(), kind(&path(&place, &name)))).collect())
    }

    /// Names, kinds and reasons of the last messages that were refused, the newest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) fn told_refused(&self) -> io::Result<Vec<(String, String, String)>> {
        let place = self.folder.join(REFUSED);
        let told = |(name, why): (String, String)| (name.clone(), kind(&path(&place, &name)), why);
        Ok(self.all_refused()?.into_iter().rev().take(TOLD_MAX).map(told).collect())
    }

    /// The EHR has it.
    ///
    /// # Errors
    /// That cannot be noted: it will be sent again, under the same id.
    pub(super) fn sent(&self, name: &str) -> io::Result<()> {
        let place = self.folder.join(SENT);
        File::create(path(&place, name))?.sync_all()?;
        File::open(&place)?.sync_all()?;
        fs::remove_file(path(&self.folder.join(WAITING), name))
    }

    /// The EHR will not have it.
    ///
    /// # Errors
    /// That cannot be noted: it will be sent again, under the same id.
    pub(super) fn refused(&self, name: &str, why: &str) -> io::Result<()> {
        let place = self.folder.join(REFUSED);
        fs::write(place.join(format!("{name}.txt")), format!("{why}\n"))?;
        fs::rename(path(&self.folder.join(WAITING), name), path(&place, name))?;
        File::open(&place)?.sync_all()
    }

    /// What was refused, and why.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) fn all_refused(&self) -> io::Result<Vec<(String, String)>> {
        let place = self.folder.join(REFUSED);
        let why = |name: &String| fs::read_to_string(place.join(format!("{name}.txt"))).unwrap_or_default();
        Ok(names(&place)?.into_iter().map(|name| (name.clone(), why(&name).trim().to_owned())).collect())
    }
}

fn path(place: &Path, name: &str) -> PathBuf {
    place.join(format!("{name}{END}"))
}

/// Type and event of a message, `MDM^T02`; empty when it cannot be read.
fn kind(path: &Path) -> String {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.map_or_else(|_| String::new(), |_| super::kind(&head))
}

/// Names of the messages in a folder, in order. What a crash left half-written has another ending.
fn names(place: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(place)? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(END)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
