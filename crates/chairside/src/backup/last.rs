//! What is known of the last good backup: a line in the data folder, for the health page and after a restart.

use super::{Made, folder};
use chairside_observation::Micros;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The last backup that was made and verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// UTC.
    pub made_wall_us: i64,
    /// Bytes of its file.
    pub bytes: u64,
    /// Seconds it took.
    pub took_s: i64,
    /// Only the holder of a key can open it.
    pub encrypted: bool,
}

impl Last {
    /// Of a backup that was begun and ended at these moments.
    #[must_use]
    pub fn new(made: &Made, begun: Micros, ended: Micros) -> Self {
        let encrypted = made.file.extension().is_some_and(|end| end == "age");
        let took_s = (ended - begun).0 / 1_000_000;
        Self { made_wall_us: begun.0, bytes: made.bytes, took_s, encrypted }
    }

    /// What the data folder says; `None`: no backup was made, or nobody knows.
    #[must_use]
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(data.join(folder::LAST)).ok()?).ok()
    }

    /// Writes it down.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub fn write(&self, data: &Path) -> std::io::Result<()> {
        let (path, part) = (data.join(folder::LAST), data.join(format!("{}.part", folder::LAST)));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        std::fs::rename(part, path)
    }
}
