//! A disk for one program: fails when told, and knows what is left when the power goes (`tests/torture/disk.c`).

use crate::rig::program;
use chairside_sim::rng::Rng;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a file system writes at once.
const PAGE: usize = 4096;
/// What a disk writes at once: a page whose power goes may be torn here.
const SECTOR: usize = 512;
/// Failing "for ever".
pub const ALWAYS: u64 = u64::MAX;

/// A number of the control file; the order is that of the `enum` in `disk.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Knob {
    FlushFrom = 0,
    FlushTimes,
    FlushError,
    FlushDelayUs,
    WriteFrom,
    WriteTimes,
    WriteError,
    WriteShort,
    WriteGrowingOnly,
    OpenFrom,
    OpenTimes,
    OpenError,
    Lie,
    ClockOffsetUs,
    Flushes = 32,
    Writes,
    Opens,
    Injected,
    Lied,
}

/// A call that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `fsync` and `fdatasync`.
    Flush,
    /// Every way to write.
    Write,
    /// Every way to open.
    Open,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Flush, Self::Write, Self::Open];

    const fn knobs(self) -> (Knob, Knob, Knob, Knob) {
        match self {
            Self::Flush => (Knob::FlushFrom, Knob::FlushTimes, Knob::FlushError, Knob::Flushes),
            Self::Write => (Knob::WriteFrom, Knob::WriteTimes, Knob::WriteError, Knob::Writes),
            Self::Open => (Knob::OpenFrom, Knob::OpenTimes, Knob::OpenError, Knob::Opens),
        }
    }
}

/// How much of what was not flushed is found after the power went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Flushed,
    /// All of it, as if the program alone had been killed.
    All,
    /// Some pages, by the seed.
    Pages,
    /// Some pages, and some of those torn at a sector.
    Torn,
}

/// Errors a disk gives.
pub const EIO: u64 = 5;
/// No descriptor is left.
pub const EMFILE: u64 = 24;
/// No room is left.
pub const ENOSPC: u64 = 28;

/// The disk under one data folder.
#[derive(Debug)]
pub struct Disk {
    library: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    image: PathBuf,
    control: File,
    control_path: PathBuf,
}

impl Disk {
    /// Builds the library and empty folders: `data` for the server, everything else below `base`.
    ///
    /// # Errors
    /// There is no C compiler, or no room.
    pub fn new(base: &Path, data: &Path) -> io::Result<Self> {
        let library = base.join("disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("torture/disk.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status()?;
        if !built.success() {
            return Err(io::Error::other("`cc` could not build tests/torture/disk.c"));
        }
        let image = base.join("image");
        for folder in [data, &image] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let control_path = base.join("control");
        let control = fs::OpenOptions::new().read(true).write(true).create_new(true).open(&control_path)?;
        control.set_len(64 * 8)?;
        Ok(Self { library, data: data.canonicalize()?, image, control, control_path })
    }

    /// The server on this disk; `serve` and the configuration are still to be added.
    #[must_use]
    pub fn server(&self) -> Command {
        let mut command = Command::new(program("chairside"));
        command.env("LD_PRELOAD", &self.library).env("TORTURE_ROOT", &self.data);
        command.env("TORTURE_IMAGE", &self.image).env("TORTURE_CONTROL", &self.control_path);
        command
    }

    /// Sets a knob.
    ///
    /// # Panics
    /// When the control file cannot be written.
    pub fn set(&self, knob: Knob, value: u64) {
        self.control.write_all_at(&value.to_ne_bytes(), knob as u64 * 8).unwrap();
    }

    /// Reads a knob or a counter.
    ///
    /// # Panics
    /// When the control file cannot be read.
    #[must_use]
    pub fn get(&self, knob: Knob) -> u64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, knob as u64 * 8).unwrap();
        u64::from_ne_bytes(bytes)
    }

    /// From the `k`-th call from now on, `times` calls fail.
    pub fn fail(&self, call: Call, k: u64, times: u64, error: u64) {
        let (from, how_often, errno, count) = call.knobs();
        self.set(from, 0);
        self.set(errno, error);
        self.set(how_often, times);
        self.set(from, self.get(count) + k);
    }

    /// The same for the first start after this: the counters begin anew there.
    pub fn fail_at_start(&self, call: Call, k: u64, times: u64, error: u64) {
        let (from, how_often, errno, _) = call.knobs();
        self.set(errno, error);
        self.set(how_often, times);
        self.set(from, k);
    }

    /// Calls that failed since the server was started.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.get(Knob::Injected)
    }

    /// The disk has no room: what is there can be written over, nothing can grow.
    pub fn fill(&self) {
        self.set(Knob::WriteGrowingOnly, 1);
        self.fail(Call::Write, 1, ALWAYS, ENOSPC);
    }

    /// Keeps its word from now on. The clock stays where it is.
    pub fn heal(&self) {
        for knob in [
            Knob::FlushFrom,
            Knob::FlushDelayUs,
            Knob::WriteFrom,
            Knob::WriteShort,
            Knob::WriteGrowingOnly,
            Knob::OpenFrom,
            Knob::Lie,
        ] {
            self.set(knob, 0);
        }
    }

    /// The power goes: the data folder becomes what a restart finds. The server must be dead.
    ///
    /// # Errors
    /// Files cannot be read or written.
    pub fn cut(&self, left: Left, rng: &mut Rng) -> io::Result<()> {
        let found = self.survivors(left, rng)?;
        for entry in fs::read_dir(&self.data)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        for (name, bytes) in found {
            let mut options = fs::OpenOptions::new();
            let file = options.write(true).create_new(true).mode(0o600).open(self.data.join(name))?;
            file.write_all_at(&bytes, 0)?;
        }
        // What was found is on the disk: the next start begins from there.
        fs::remove_dir_all(&self.image)?;
        fs::create_dir(&self.image)
    }

    fn survivors(&self, left: Left, rng: &mut Rng) -> io::Result<Vec<(String, Vec<u8>)>> {
        let ids = self.ids()?;
        // Names go in the order they were made: those of the folder's last flush, or all of them.
        let names = if left == Left::All || (left != Left::Flushed && rng.below(2) == 0) {
            self.names_now(&ids)?
        } else {
            self.names_flushed()?
        };
        let by_id: HashMap<u64, PathBuf> =
            self.names_now(&ids)?.into_iter().map(|(id, name)| (id, self.data.join(name))).collect();
        let mut found = Vec::new();
        for (id, name) in names {
            let flushed = fs::read(self.image.join(id.to_string())).unwrap_or_default();
            let written = by_id.get(&id).map_or_else(|| Ok(flushed.clone()), fs::read)?;
            found.push((name, mixed(&flushed, &written, left, rng)));
        }
        Ok(found)
    }

    fn ids(&self) -> io::Result<HashMap<u64, u64>> {
        let text = fs::read_to_string(self.image.join("ids"))?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.filter_map(|(inode, id)| Some((inode.parse().ok()?, id.parse().ok()?))).collect())
    }

    fn names_flushed(&self) -> io::Result<Vec<(u64, String)>> {
        let text = fs::read_to_string(self.image.join("names"))?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.filter_map(|(id, name)| Some((id.parse().ok()?, name.to_owned()))).collect())
    }

    fn names_now(&self, ids: &HashMap<u64, u64>) -> io::Result<Vec<(u64, String)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.data)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // The index of the write-ahead log is memory that happens to have a name; it is made anew.
            if entry.file_type()?.is_file() && !name.ends_with("-shm") {
                names.extend(ids.get(&entry.metadata()?.ino()).filter(|id| **id > 0).map(|id| (*id, name)));
            }
        }
        names.sort();
        Ok(names)
    }
}

/// What a disk has of a file whose bytes were `flushed`, and then `written` without a flush.
fn mixed(flushed: &[u8], written: &[u8], left: Left, rng: &mut Rng) -> Vec<u8> {
    match left {
        Left::Flushed => return flushed.to_vec(),
        Left::All => return written.to_vec(),
        Left::Pages | Left::Torn => {}
    }
    let longer = rng.below(2) == 0;
    let mut bytes = flushed.to_vec();
    bytes.resize(if longer { written.len() } else { flushed.len() }, 0);
    for (page, new) in written.chunks(PAGE).enumerate() {
        let at = page * PAGE;
        let end = (at + new.len()).min(bytes.len());
        if at >= end || bytes[at..end] == new[..end - at] || rng.below(2) == 0 {
            continue;
        }
        let torn = left == Left::Torn && rng.below(4) == 0;
        let keep = if torn { rng.below(PAGE / SECTOR) * SECTOR } else { PAGE };
        let end = end.min(at + keep);
        bytes[at..end].copy_from_slice(&new[..end - at]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_flushed_survives_and_only_the_rest_is_open() {
        let flushed = vec![1; 3 * PAGE];
        let written = [vec![1; PAGE], vec![2; PAGE], vec![1; PAGE], vec![3; PAGE]].concat();
        assert_eq!(mixed(&flushed, &written, Left::Flushed, &mut Rng::new(1)), flushed);
        assert_eq!(mixed(&flushed, &written, Left::All, &mut Rng::new(1)), written);
        let mut torn = 0;
        for seed in 0..200 {
            let found = mixed(&flushed, &written, Left::Torn, &mut Rng::new(seed));
            assert_eq!((&found[..PAGE], &found[2 * PAGE..3 * PAGE]), (&flushed[..PAGE], &flushed[..PAGE]));
            assert!(found.chunks(SECTOR).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
            torn += usize::from(found[PAGE] == 2 && found[2 * PAGE - 1] == 1);
        }
        assert!(torn > 5, "{torn} torn pages in 200 cuts");
    }
}
