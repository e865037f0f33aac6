//! The file of a journal: made whole before it is used, so that writing it later changes nothing but its pages.

use super::record::{PAGE, Salt};
use crate::canonical::Hash;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"chsjrnl1";
/// Bytes of the file's own page that mean something; the rest is zero.
const HEAD_BYTES: usize = 64;

/// What a journal asks of its file. A test gives one that fails.
pub(crate) trait Disk: Send {
    /// Writes all of `bytes` at a place in the file.
    fn write(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Returns once everything written survives a power cut.
    fn flush(&mut self) -> io::Result<()>;
}

/// Opens the file of a journal for writing.
pub(crate) type Make = Box<dyn Fn(&Path) -> io::Result<Box<dyn Disk>> + Send>;

/// A file of the system.
pub(crate) struct File(std::fs::File);

impl File {
    /// Opens a file that is there.
    pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Disk>> {
        Ok(Box::new(Self(std::fs::OpenOptions::new().read(true).write(true).open(path)?)))
    }
}

impl Disk for File {
    #[cfg(unix)]
    fn write(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.0, bytes, at)
    }

    #[cfg(not(unix))]
    fn write(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        use std::io::{Seek, SeekFrom};
        self.0.seek(SeekFrom::Start(at))?;
        self.0.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// Where the journals of one log are: `chairside.db.journal-1` beside `chairside.db`. A file whose flush failed is
/// followed by one with the next number.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    prefix: OsString,
}

impl Place {
    pub(crate) fn of(database: &Path) -> Self {
        let folder = database.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut prefix = database.file_name().unwrap_or_default().to_owned();
        prefix.push(".journal-");
        Self { folder: folder.to_owned(), prefix }
    }

    pub(crate) fn path(&self, generation: u64) -> PathBuf {
        let mut name = self.prefix.clone();
        name.push(generation.to_string());
        self.folder.join(name)
    }

    /// The journals that are there, by their number.
    pub(crate) fn all(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            let number = name.strip_prefix(self.prefix.as_encoded_bytes());
            let number = number.and_then(|n| std::str::from_utf8(n).ok()?.parse::<u64>().ok());
            all.extend(number.map(|number| (number, path)));
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Makes a journal of `pages` pages, all on disk, and its name too.
    pub(crate) fn make(&self, generation: u64, salt: &Salt, pages: u64) -> io::Result<PathBuf> {
        let path = self.path(generation);
        // Under another name until it is whole: a file with the right name is one that was finished.
        let mut unfinished = self.prefix.clone();
        unfinished.push("new");
        let unfinished = self.folder.join(unfinished);
        if let Err(error) = fill(&unfinished, salt, pages).and_then(|()| std::fs::rename(&unfinished, &path)) {
            // What there is of it would only take room on a disk that may have none.
            let _ = std::fs::remove_file(&unfinished);
            return Err(error);
        }
        self.flush_names()?;
        Ok(path)
    }

    /// Removes a journal that holds nothing the database does not have.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)?;
        self.flush_names()
    }

    #[cfg(unix)]
    fn flush_names(&self) -> io::Result<()> {
        std::fs::File::open(&self.folder)?.sync_all()
    }

    /// Names are kept by the system's own journal there.
    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    fn flush_names(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes an empty journal and flushes all of it.
fn fill(path: &Path, salt: &Salt, pages: u64) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&first_page(salt, pages))?;
    let zeros = [0; PAGE];
    for _ in 1..pages {
        file.write_all(&zeros)?;
    }
    file.sync_all()
}

/// The file's own page.
pub(super) fn first_page(salt: &Salt, pages: u64) -> Vec<u8> {
    let mut page = Vec::with_capacity(PAGE);
    page.extend_from_slice(&MAGIC);
    page.extend_from_slice(salt);
    page.extend_from_slice(&pages.to_be_bytes());
    let check: Hash = Sha256::digest(&page).into();
    page.extend_from_slice(&check);
    page.resize(PAGE, 0);
    page
}

/// Salt of a journal that was read whole, when it is one.
pub(crate) fn salt_of(bytes: &[u8]) -> Result<Salt, String> {
    let head = bytes.get(..HEAD_BYTES).ok_or_else(|| format!("{} bytes", bytes.len()))?;
    let check: Hash = Sha256::digest(&head[..HEAD_BYTES / 2]).into();
    if head[..8] != MAGIC || head[HEAD_BYTES / 2..] != check {
        return Err("a first page that is damaged or not of a journal".to_owned());
    }
    let pages = u64::from_be_bytes(head[24..32].try_into().map_err(|_| "no length".to_owned())?);
    if bytes.len() as u64 != pages.saturating_mul(PAGE as u64) {
        return Err(format!("{} bytes of {pages} pages", bytes.len()));
    }
    head[8..24].try_into().map_err(|_| "no salt".to_owned())
}
