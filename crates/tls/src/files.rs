//! Files that hold secrets: read only when nobody else can, written whole or not at all.

use crate::TlsError;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Bytes of a file of certificates or keys; a clinic's whole bundle of authorities has some hundred kilobytes.
const FILE_MAX: u64 = 1 << 20;

/// Whose a secret file is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Ours: this user alone may read it.
    Us,
    /// The clinic's: its group may read it, too, since that is how a service is usually let at a key that is not its own.
    Clinic,
}

/// A file that is no secret.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let fault = |cause| TlsError::File { path: path.to_owned(), cause };
    all(&File::open(path).map_err(fault)?).map_err(fault)
}

/// A file that holds a key.
pub(crate) fn read_secret(path: &Path, owner: Owner) -> Result<Vec<u8>, TlsError> {
    let fault = |cause| TlsError::File { path: path.to_owned(), cause };
    let file = File::open(path).map_err(fault)?;
    // Of the open file, not of the path: nobody can exchange it in between.
    let mode = file.metadata().map_err(fault)?.mode() & 0o777;
    let (forbidden, wanted) = match owner {
        Owner::Us => (0o077, "600"),
        Owner::Clinic => (0o037, "640"),
    };
    if mode & forbidden != 0 {
        return Err(TlsError::Wide { path: path.to_owned(), mode, wanted });
    }
    all(&file).map_err(fault)
}

fn all(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_MAX {
        let wrong = format!("found more than {FILE_MAX} bytes, expected certificates and a key");
        return Err(io::Error::new(io::ErrorKind::InvalidData, wrong));
    }
    Ok(bytes)
}

/// The folder of the authority, 0700: made when it is missing, refused when others can look into it.
pub(crate) fn folder(path: &Path) -> Result<(), TlsError> {
    let fault = |cause| TlsError::File { path: path.to_owned(), cause };
    if !path.exists() {
        return DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fault);
    }
    let mode = path.metadata().map_err(fault)?.mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(TlsError::Wide { path: path.to_owned(), mode, wanted: "700" }) }
}

/// Writes a file of ours, 0600: after a crash it is the old one or the new one.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    let part = path.with_extension("part");
    let written = || -> io::Result<()> {
        // What a crash left behind may have other permissions.
        let _ = std::fs::remove_file(&part);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    written().map_err(|cause| TlsError::File { path: path.to_owned(), cause })
}
