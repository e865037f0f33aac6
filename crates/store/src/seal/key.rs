//! The key of this server: made once, kept closed, never sent anywhere.

use super::message;
use crate::StoreError;
use chairside_observation::session::Person;
use ed25519_dalek::Signer;
use std::io::{Read, Write};
use std::path::Path;

/// Bytes of the secret, which are all the file holds.
const SECRET: usize = 32;

/// Signs records. The secret half never leaves it.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", chairside_observation::Hex(&self.public()))
    }
}

impl SigningKey {
    /// The key of these secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; SECRET]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The key in the file at `path`; makes one of `random` when there is none. The file is 0600.
    ///
    /// # Errors
    /// [`StoreError::Unusable`]: the file is no key, or others can read it; [`StoreError::Write`]: the disk.
    pub fn load_or_make(
        path: &Path,
        random: impl FnOnce() -> std::io::Result<[u8; SECRET]>,
    ) -> Result<Self, StoreError> {
        let io = |e: std::io::Error| StoreError::Write(format!("{}: {e}", path.display()));
        if !path.exists() {
            let secret = random().map_err(io)?;
            let mut file = private().write(true).create_new(true).open(path).map_err(io)?;
            file.write_all(&secret).and_then(|()| file.sync_all()).map_err(io)?;
        }
        let unusable = |found: String| {
            StoreError::Unusable {
            place: path.display().to_string(),
            found,
            expected: "the 32 bytes of a signing key that only this user can read; restore it from your backup: records signed \
                       so far stay verifiable without it"
                .to_owned(),
        }
        };
        let file = std::fs::File::open(path).map_err(io)?;
        closed(&file).map_err(unusable)?;
        let mut secret = Vec::new();
        file.take(SECRET as u64 + 1).read_to_end(&mut secret).map_err(io)?;
        let secret: [u8; SECRET] =
            secret.as_slice().try_into().map_err(|_| unusable(format!("{} bytes", secret.len())))?;
        Ok(Self::new(&secret))
    }

    /// The public half, by which anybody can check.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a digest for a person.
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32], by: &Person, meaning: &str) -> [u8; 64] {
        self.0.sign(&message(digest, by, meaning)).to_bytes()
    }
}

#[cfg(unix)]
fn private() -> std::fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
fn closed(file: &std::fs::File) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let mode = file.metadata().map_err(|e| e.to_string())?.mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(format!("a file others can read ({mode:04o})")) }
}

#[cfg(not(unix))]
fn private() -> std::fs::OpenOptions {
    std::fs::OpenOptions::new()
}

#[cfg(not(unix))]
fn closed(_: &std::fs::File) -> Result<(), String> {
    Ok(())
}
