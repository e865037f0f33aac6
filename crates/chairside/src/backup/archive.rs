//! The file of a backup: a plain tar archive, so that it can be unpacked without this program, written in one form only, so
//! that a changed byte is found wherever it is.
//!
//! Every header is a function of name and length; what fills up to whole blocks is zeros; the list of all files with their
//! digests is the last file but one, and the digest of the list is the last. What is read is held against what would have
//! been written.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};

/// Unit of an archive.
const BLOCK: usize = 512;
/// Blocks of zeros at the end.
const END: usize = 2 * BLOCK;
/// Bytes copied at once.
const CHUNK: usize = 128 * 1024;
/// Name of the list.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Name of the file with the digest of the list.
const SEAL: &str = "manifest.sha256";
/// Longest list: some hundred bytes a file, and a data folder has thousands at most.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;
/// Bytes of a name, and of the folder before it, in a header.
const NAME_BYTES: usize = 100;
const PREFIX_BYTES: usize = 155;
/// What eleven octal digits can say; longer files have their length in binary.
const OCTAL_MAX: u64 = 0o777_7777_7777;

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    /// Path below the data folder.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of them, in hexadecimal digits.
    pub sha256: String,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this form.
    pub chairside_backup: u32,
    /// Version of the program that made it.
    pub program: String,
    /// When, in UTC.
    pub made: String,
    /// Name of the session log among the files.
    pub log: String,
    /// Entries of the log, all of which were verified.
    pub entries: u64,
    /// Every file, in the order they stand.
    pub files: Vec<Packed>,
    /// Files of the data folder that are not in it, with the reason.
    pub left_out: Vec<String>,
}

/// The header of a file; `None` for a name that fits into none.
fn header(name: &str, bytes: u64) -> Option<[u8; BLOCK]> {
    let (prefix, rest) = parts(name)?;
    let mut block = [0_u8; BLOCK];
    block[..rest.len()].copy_from_slice(rest.as_bytes());
    block[100..108].copy_from_slice(b"0000600\0");
    block[108..116].copy_from_slice(b"0000000\0");
    block[116..124].copy_from_slice(b"0000000\0");
    if bytes <= OCTAL_MAX {
        block[124..136].copy_from_slice(format!("{bytes:011o}\0").as_bytes());
    } else {
        block[124] = 0x80;
        block[128..136].copy_from_slice(&bytes.to_be_bytes());
    }
    block[136..148].copy_from_slice(b"00000000000\0");
    block[148..156].fill(b' ');
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[345..345 + prefix.len()].copy_from_slice(prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// A name as the two fields of a header.
fn parts(name: &str) -> Option<(&str, &str)> {
    if name.len() <= NAME_BYTES {
        return Some(("", name));
    }
    let fits = |at: &usize| *at <= PREFIX_BYTES && name.len() - at - 1 <= NAME_BYTES;
    let at = name.match_indices('/').map(|(at, _)| at).find(fits)?;
    Some((&name[..at], &name[at + 1..]))
}

/// Whether a file of this name can be packed and unpacked: below the folder, and short enough.
pub(crate) fn fits(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    name != MANIFEST && name != SEAL && name.split('/').all(plain) && parts(name).is_some()
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seal(manifest: &[u8]) -> Vec<u8> {
    format!("{}  {MANIFEST}\n", hex(Sha256::digest(manifest))).into_bytes()
}

/// Zeros after a file of so many bytes.
fn fill(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or(0);
    if over == 0 { 0 } else { BLOCK - over }
}

/// An archive in the making.
pub(crate) struct Writer<W> {
    out: W,
    files: Vec<Packed>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, files: Vec::new() }
    }

    /// Packs `bytes` bytes of a file; one that became shorter meanwhile is an error.
    pub(crate) fn file(&mut self, name: &str, bytes: u64, mut from: impl Read) -> io::Result<()> {
        self.head(name, bytes)?;
        let (mut left, mut digest, mut chunk) = (bytes, Sha256::new(), vec![0; CHUNK]);
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let got = from.read(&mut chunk[..want])?;
            if got == 0 {
                let short = format!("{name} became shorter while it was copied; make the backup again");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, short));
            }
            digest.update(&chunk[..got]);
            self.out.write_all(&chunk[..got])?;
            left -= got as u64;
        }
        self.out.write_all(&[0; BLOCK][..fill(bytes)])?;
        self.files.push(Packed { name: name.to_owned(), bytes, sha256: hex(digest.finalize()) });
        Ok(())
    }

    fn head(&mut self, name: &str, bytes: u64) -> io::Result<()> {
        let head = header(name, bytes).ok_or_else(|| io::Error::other(format!("{name}: the name is too long")))?;
        self.out.write_all(&head)
    }

    fn own(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.head(name, bytes.len() as u64)?;
        self.out.write_all(bytes)?;
        self.out.write_all(&[0; BLOCK][..fill(bytes.len() as u64)])
    }

    /// Adds the list and its digest; `about` makes the list of the files.
    pub(crate) fn finish(mut self, about: impl FnOnce(Vec<Packed>) -> Manifest) -> io::Result<(W, Manifest)> {
        let manifest = about(std::mem::take(&mut self.files));
        let text = serde_json::to_vec_pretty(&manifest)?;
        self.own(MANIFEST, &text)?;
        self.own(SEAL, &seal(&text))?;
        self.out.write_all(&[0; END])?;
        Ok((self.out, manifest))
    }
}

/// Why an archive is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It, or where it goes, cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is damaged, cut off or none.
    #[error("at byte {at}: found {found}, expected {expected}")]
    Damaged {
        /// Where, in the archive.
        at: u64,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

/// Where the files of an archive go.
pub(crate) trait Sink {
    /// A file begins.
    fn begin(&mut self, name: &str) -> io::Result<()>;
    /// Some of its bytes.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// It is whole.
    fn end(&mut self) -> io::Result<()>;
}

/// Nowhere: the archive is only looked at.
pub(crate) struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn bytes(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads an archive to its last byte and hands out its files. They are not to be believed before this has returned.
pub(crate) fn read(from: impl Read, sink: &mut dyn Sink) -> Result<Manifest, ArchiveError> {
    let mut reader = Reader { from, at: 0 };
    let mut files = Vec::new();
    loop {
        let start = reader.at;
        let (name, bytes) = reader.header()?;
        if name == MANIFEST {
            return reader.end(bytes, &files);
        }
        if !fits(&name) {
            return Err(damaged(start, format!("a file named {name:?}"), "a name below the data folder"));
        }
        sink.begin(&name)?;
        let sha256 = reader.file(bytes, sink)?;
        sink.end()?;
        files.push(Packed { name, bytes, sha256 });
    }
}

fn damaged(at: u64, found: impl Into<String>, expected: impl Into<String>) -> ArchiveError {
    ArchiveError::Damaged { at, found: found.into(), expected: expected.into() }
}

struct Reader<R> {
    from: R,
    at: u64,
}

impl<R: Read> Reader<R> {
    fn exact(&mut self, into: &mut [u8]) -> Result<(), ArchiveError> {
        let at = self.at;
        self.from.read_exact(into).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(at, "the end of the file", "more of the backup; it was cut off"),
            // What is encrypted fails here when a byte was changed.
            io::ErrorKind::InvalidData | io::ErrorKind::Other => damaged(at, error.to_string(), "what was written"),
            _ => ArchiveError::Io(error),
        })?;
        self.at += into.len() as u64;
        Ok(())
    }

    /// Name and length of the next file.
    fn header(&mut self) -> Result<(String, u64), ArchiveError> {
        let (start, mut block) = (self.at, [0; BLOCK]);
        self.exact(&mut block)?;
        let not_one = || damaged(start, "no header of a file", "one as this program writes it");
        let (name, prefix) = (text(&block[..100]), text(&block[345..500]));
        let (name, prefix) = (name.ok_or_else(not_one)?, prefix.ok_or_else(not_one)?);
        let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        let bytes = length(&block[124..136]).ok_or_else(not_one)?;
        // The only form there is: whatever differs was not written by this program.
        if header(&name, bytes) == Some(block) { Ok((name, bytes)) } else { Err(not_one()) }
    }

    fn file(&mut self, bytes: u64, sink: &mut dyn Sink) -> Result<String, ArchiveError> {
        let (mut left, mut digest, mut chunk) = (bytes, Sha256::new(), vec![0; CHUNK]);
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            self.exact(&mut chunk[..want])?;
            digest.update(&chunk[..want]);
            sink.bytes(&chunk[..want])?;
            left -= want as u64;
        }
        self.zeros(fill(bytes))?;
        Ok(hex(digest.finalize()))
    }

    fn zeros(&mut self, count: usize) -> Result<(), ArchiveError> {
        let (start, mut bytes) = (self.at, vec![0; count]);
        self.exact(&mut bytes)?;
        if bytes.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(damaged(start, "other bytes", "zeros")) }
    }

    /// The list, its digest, and nothing after them.
    fn end(&mut self, bytes: u64, files: &[Packed]) -> Result<Manifest, ArchiveError> {
        let start = self.at;
        let length = usize::try_from(bytes.min(MANIFEST_BYTES_MAX)).unwrap_or(0);
        let mut text = vec![0; length];
        self.exact(&mut text)?;
        self.zeros(fill(bytes))?;
        let (seal_at, sealed) = (self.at, seal(&text));
        let mut found = vec![0; sealed.len()];
        let (name, length) = self.header()?;
        if name != SEAL || length != sealed.len() as u64 {
            return Err(damaged(seal_at, format!("a file named {name:?}"), SEAL));
        }
        self.exact(&mut found)?;
        self.zeros(fill(length))?;
        if found != sealed {
            return Err(damaged(start, "a list of files with another digest", "the list that was written"));
        }
        self.zeros(END)?;
        if self.from.read(&mut [0])? != 0 {
            return Err(damaged(self.at, "more bytes", "the end of the backup"));
        }
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|e| {
            damaged(start, format!("a list of another form ({e})"), "a backup of this or an older version")
        })?;
        match manifest.files.iter().zip(files).find(|(listed, read)| listed != read) {
            Some((listed, _)) => Err(damaged(0, format!("other bytes in {}", listed.name), "those of the list")),
            None if manifest.files.len() != files.len() => {
                Err(damaged(0, format!("{} files", files.len()), format!("{}", manifest.files.len())))
            }
            None => Ok(manifest),
        }
    }
}

fn text(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    std::str::from_utf8(&field[..end]).ok()
}

fn length(field: &[u8]) -> Option<u64> {
    if field.first() == Some(&0x80) {
        return field.get(4..12).and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)));
    }
    u64::from_str_radix(text(field)?, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        for (name, bytes) in files {
            writer.file(name, bytes.len() as u64, *bytes).unwrap();
        }
        let about = |files| Manifest {
            chairside_backup: 1,
            program: "0.1.0".into(),
            made: "2026-11-22T10:15:00Z".into(),
            log: "chairside.db".into(),
            entries: 2,
            files,
            left_out: Vec::new(),
        };
        writer.finish(about).unwrap().0
    }

    #[derive(Default)]
    struct Kept(Vec<(String, Vec<u8>)>);

    impl Sink for Kept {
        fn begin(&mut self, name: &str) -> io::Result<()> {
            self.0.push((name.to_owned(), Vec::new()));
            Ok(())
        }
        fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.last_mut().unwrap().1.extend_from_slice(bytes);
            Ok(())
        }
        fn end(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const LONG: &str =
        "captures/a-folder-with-a-long-name-a-folder-with-a-long-name-a-folder-with-a-long-name/and-a-file-in-it";

    #[test]
    fn files_come_back_as_they_were() {
        let files: [(&str, &[u8]); 4] = [("a", b""), ("ehr/sent/b.hl7", &[7; 513]), (LONG, &[1; 512]), ("z", b"x")];
        let mut kept = Kept::default();
        let manifest = read(&*packed(&files), &mut kept).unwrap();
        assert_eq!(manifest.files.len(), 4);
        let kept: Vec<(&str, &[u8])> = kept.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        assert_eq!(kept, files);
    }

    #[test]
    fn h28_every_changed_byte_and_every_cut_is_found() {
        let whole = packed(&[("chairside.db", &[9; 700]), ("signing.key", &[1; 32])]);
        for at in 0..whole.len() {
            for flip in [0x01, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                assert!(read(&*changed, &mut Nowhere).is_err(), "byte {at}");
            }
            assert!(read(&whole[..at], &mut Nowhere).is_err(), "cut at {at}");
        }
        assert!(read(&*[&*whole, b"\0"].concat(), &mut Nowhere).is_err(), "something after it");
        assert!(read(&*whole, &mut Nowhere).is_ok());
    }

    #[test]
    fn s18_a_name_that_leads_out_of_the_folder_is_no_name() {
        for name in ["", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a\\b", MANIFEST, SEAL, &"x".repeat(101)] {
            assert!(!fits(name), "{name}");
        }
        assert!(fits("a") && fits("ehr/waiting/b") && fits(LONG));
        let archive = packed(&[("../outside", b"x")]);
        let error = read(&*archive, &mut Nowhere).unwrap_err().to_string();
        assert!(error.contains("../outside"), "{error}");
    }

    #[test]
    fn lengths_beyond_eight_gigabytes_are_kept() {
        for bytes in [0, 1, OCTAL_MAX, OCTAL_MAX + 1, 1 << 40] {
            assert_eq!(length(&header("a", bytes).unwrap()[124..136]), Some(bytes));
        }
    }
}
