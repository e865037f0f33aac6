//! Encryption of a backup, in the form of `age` (age-encryption.org/v1).

use age::Decryptor;
use age::stream::{StreamReader, StreamWriter};
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};

/// How an encrypted backup begins.
pub(super) const MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// Who can open a backup: the public half of a key that `age-keygen` made.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(age::x25519::Recipient);

impl std::str::FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = text.parse().map(Self);
        found.map_err(|_| format!("found `{text}`, expected a public key of age-keygen, such as age1ql3z7hjy..."))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

/// A key that lives as long as a backup is made: whoever makes it can read back what was encrypted to somebody else.
pub(super) struct OneTime(age::x25519::Identity);

impl OneTime {
    pub(super) fn new() -> Self {
        Self(age::x25519::Identity::generate())
    }

    pub(super) fn encrypting<W: Write>(&self, to: &Recipient, out: W) -> io::Result<StreamWriter<W>> {
        let own = self.0.to_public();
        let recipients = [&to.0 as &dyn age::Recipient, &own];
        let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).map_err(io::Error::other)?;
        encryptor.wrap_output(out)
    }

    pub(super) fn decrypting<R: BufRead>(&self, from: R) -> io::Result<StreamReader<R>> {
        let open = Decryptor::new_buffered(from).map_err(io::Error::other)?;
        open.decrypt(std::iter::once(&self.0 as &dyn age::Identity)).map_err(io::Error::other)
    }
}

/// Why an encrypted backup cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No key was given.
    #[error("the backup is encrypted: give the file with its secret key, --identity FILE")]
    Missing,
    /// The file holds no key.
    #[error("{}: {found}, expected a line AGE-SECRET-KEY-1... as age-keygen writes it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The key is another one.
    #[error("no key in {} opens this backup: it was encrypted to another one", .0.display())]
    Wrong(PathBuf),
    /// The beginning of the backup is damaged.
    #[error("the backup is damaged: its head cannot be read: {0}")]
    Damaged(String),
}

/// Opens a backup that was encrypted, with the keys in a file.
pub(super) fn open<R: BufRead>(from: R, identity: Option<&Path>) -> Result<impl Read + use<R>, KeyError> {
    let path = identity.ok_or(KeyError::Missing)?;
    let unreadable = |found: String| KeyError::File { path: path.into(), found };
    let text = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
    let keys = age::IdentityFile::from_buffer(&*text).and_then(|file| file.into_identities().map_err(io::Error::other));
    let keys = keys.map_err(|_| unreadable("found no key".to_owned()))?;
    if keys.is_empty() {
        return Err(unreadable("found no key".to_owned()));
    }
    let open = Decryptor::new_buffered(from).map_err(|e| KeyError::Damaged(e.to_string()))?;
    open.decrypt(keys.iter().map(|key| &**key)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => KeyError::Wrong(path.into()),
        other => KeyError::Damaged(other.to_string()),
    })
}
