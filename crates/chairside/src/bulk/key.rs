//! The clinic's key of pseudonyms, and the list that leads back: both in the data folder, for its owner only.

use crate::export::ExportError;
use chairside_export::pseudonym::{Key, Pseudonymous};
use chairside_observation::session::{Patient, Session};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const KEY: &str = "pseudonym.key";
const MAPPING: &str = "pseudonyms.csv";
/// Nobody but the owner may read or write.
const OWNER_ONLY: u32 = 0o600;
const HEADING: &str = "pseudonym,session_pseudonym,weeks_earlier,patient,name,born,session\r\n";

/// The key of the data folder; made at its first use.
///
/// # Errors
/// It cannot be read or made, is not one, or others may read it.
pub(super) fn of(data: &Path) -> Result<Key, ExportError> {
    let path = data.join(KEY);
    let failed = |error| ExportError::Data { path: path.clone(), error };
    match File::open(&path) {
        Ok(file) => read(&path, file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = [0_u8; 32];
            File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes)).map_err(failed)?;
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).mode(OWNER_ONLY).open(&path);
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            file.and_then(|mut file| {
                file.write_all(format!("{digits}\n").as_bytes())?;
                file.sync_all()
            })
            .map_err(failed)?;
            Ok(Key(bytes))
        }
        Err(error) => Err(failed(error)),
    }
}

fn read(path: &Path, mut file: File) -> Result<Key, ExportError> {
    let failed = |error| ExportError::Data { path: path.into(), error };
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(ExportError::Key { path: path.into(), why: "others may read it; set it to 0600 with chmod" });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    let bad = || ExportError::Key { path: path.into(), why: "found no 64 hexadecimal digits; put the kept copy back" };
    let digits = text.trim();
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(bad());
    }
    let mut bytes = [0_u8; 32];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).map_err(|_| bad())?;
    }
    Ok(Key(bytes))
}

/// Adds the session to the list, before anything of it is written elsewhere.
///
/// # Errors
/// The list cannot be written.
pub(super) fn remember(data: &Path, session: &Session, cloaked: &Pseudonymous) -> Result<(), ExportError> {
    let path: PathBuf = data.join(MAPPING);
    let failed = |error| ExportError::Data { path: path.clone(), error };
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).create(true).mode(OWNER_ONLY).open(&path);
    let mut file = file.map_err(failed)?;
    let mut known = String::new();
    file.read_to_string(&mut known).map_err(failed)?;
    let line = line(session, cloaked);
    if known.contains(&line) {
        return Ok(());
    }
    let heading = if known.is_empty() { HEADING } else { "" };
    // A line that a crash cut off ends here.
    let end = if known.is_empty() || known.ends_with('\n') { "" } else { "\r\n" };
    file.write_all(format!("{end}{heading}{line}").as_bytes()).and_then(|()| file.sync_data()).map_err(failed)
}

fn line(session: &Session, cloaked: &Pseudonymous) -> String {
    let Patient { id, name, born, .. } = &session.patient;
    let cells = [
        &*cloaked.session.patient.id,
        cloaked.session.id.as_str(),
        &cloaked.weeks.to_string(),
        id,
        name,
        born,
        session.id.as_str(),
    ];
    format!("{}\r\n", cells.map(cell).join(","))
}

/// A cell in quotes, that no spreadsheet takes for a formula (S17).
fn cell(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}
