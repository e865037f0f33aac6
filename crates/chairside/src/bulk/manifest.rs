//! `manifest.jsonl` beside the folders of an export: its kind, then a line for each session that is whole.

use crate::export::ExportError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const NAME: &str = "manifest.jsonl";

/// First line.
#[derive(Serialize, Deserialize)]
struct Head {
    export: String,
}

/// One finished session: by its folder, whose name is a pseudonym in an export without names.
#[derive(Serialize, Deserialize)]
struct Line {
    folder: String,
    /// The last of its acts that is in it.
    through: u64,
}

/// The manifest of a folder.
pub(super) struct Manifest {
    path: PathBuf,
    file: File,
    /// The last act of each finished folder.
    done: BTreeMap<String, u64>,
}

impl Manifest {
    /// That of the folder `out`, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be written to, or holds an export of another kind.
    pub(super) fn open(out: &Path, kind: &str) -> Result<Self, ExportError> {
        let path = out.join(NAME);
        let failed = |error| ExportError::Write { path: path.clone(), error };
        std::fs::create_dir_all(out).map_err(failed)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        // A line that was cut off by a crash is no line: its session is made anew.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64).map_err(failed)?;
        let mut lines = text[..whole].lines();
        match lines.next().map(serde_json::from_str::<Head>) {
            None => write_line(&mut file, &Head { export: kind.to_owned() }).map_err(failed)?,
            Some(Ok(head)) if head.export == kind => {}
            Some(found) => {
                let found = found.map_or_else(|_| "something else".to_owned(), |head| head.export);
                return Err(ExportError::OtherKind { path, found, wanted: kind.to_owned() });
            }
        }
        // Of two lines of a folder the later one holds.
        let known = lines.filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let done = known.map(|line| (line.folder, line.through)).collect();
        Ok(Self { path, file, done })
    }

    /// Whether the folder is whole and holds the session up to its act `through`.
    pub(super) fn has(&self, folder: &str, through: u64) -> bool {
        self.done.get(folder) == Some(&through) && self.path.with_file_name(folder).is_dir()
    }

    /// A folder that is whole now.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(super) fn add(&mut self, folder: &str, through: u64) -> Result<(), ExportError> {
        let line = Line { folder: folder.to_owned(), through };
        write_line(&mut self.file, &line).map_err(|error| ExportError::Write { path: self.path.clone(), error })?;
        self.done.insert(folder.to_owned(), through);
        Ok(())
    }
}

fn write_line(file: &mut File, line: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_data()
}
