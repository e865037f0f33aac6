//! The raw capture: every received byte, before any decoder sees it, so that trouble at a site can be replayed here.
//!
//! A capture is a pair of files in the source's capture folder for each opening of a port and each connection:
//! `<source>-<began>-<number>.raw` has the bytes and nothing else (`chairside decode` reads it), and `.times` beside it one
//! line `<offset> <received_us>` for each read. Files are 0600. A thread of its own writes them: a slow or full disk costs
//! the capture, never the live path, and is said once.

use crate::stats::SourceStats;
use chairside_observation::{Received, SourceId};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Most bytes of captures kept of one source: a day at 9600 baud is 83 MB. At the bound capturing stops; nothing is
/// overwritten, and the counter of missing bytes grows.
pub const CAPTURE_MAX: u64 = 512 * 1024 * 1024;
/// Reads waiting for the disk: seconds of a slow disk at the rate of a busy gateway.
const WAITING_MAX: usize = 256;
/// What is still to be written when a stream ends gets this long.
const END_TIME: Duration = Duration::from_secs(1);

/// Hands received bytes to the capture's thread.
pub(crate) struct Capture {
    to_disk: SyncSender<(Received, Box<[u8]>)>,
    written: oneshot::Receiver<()>,
    stats: Arc<SourceStats>,
}

impl Capture {
    /// Begins a pair of files. `None`, and a warning, when that is not possible: a source without capture is better than
    /// none.
    pub(crate) fn begin(
        folder: &Path,
        source: &SourceId,
        began: Received,
        number: u64,
        stats: &Arc<SourceStats>,
    ) -> Option<Self> {
        let (to_disk, waiting) = sync_channel(WAITING_MAX);
        let (done, written) = oneshot::channel();
        let (folder, name) = (folder.to_owned(), source.as_str().to_owned());
        let (counted, source) = (Arc::clone(stats), source.clone());
        let thread = std::thread::Builder::new().name("capture".into()).spawn(move || {
            let stem = folder.join(format!("{name}-{}-{number}", began.wall.0));
            let files = Files::create(&folder, &name, &stem);
            write_all(files, &waiting, &counted, &source);
            let _ = done.send(());
        });
        match thread {
            Ok(_) => Some(Self { to_disk, written, stats: Arc::clone(stats) }),
            Err(error) => {
                tracing::warn!(%error, "no raw capture: its thread could not be started");
                None
            }
        }
    }

    /// Takes bytes that just arrived. Never waits.
    pub(crate) fn take(&self, now: Received, bytes: &[u8]) {
        match self.to_disk.try_send((now, bytes.into())) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.stats.capture_lost(bytes.len() as u64),
        }
    }

    /// Waits until what was taken is written, but not for a disk that hangs.
    pub(crate) async fn end(self) {
        drop(self.to_disk);
        let _ = timeout(END_TIME, self.written).await;
    }
}

struct Files {
    raw: File,
    times: File,
    offset: u64,
    room: u64,
}

impl Files {
    fn create(folder: &Path, source: &str, stem: &Path) -> io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let room = CAPTURE_MAX.saturating_sub(used(folder, source)?);
        let open = |suffix: &str| {
            let mut path = stem.as_os_str().to_owned();
            path.push(suffix);
            OpenOptions::new().append(true).create_new(true).mode(0o600).open(PathBuf::from(path))
        };
        Ok(Self { raw: open(".raw")?, times: open(".times")?, offset: 0, room })
    }

    fn append(&mut self, now: Received, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() as u64 > self.room {
            return Err(io::Error::other(format!(
                "the captures of this source hold {CAPTURE_MAX} bytes, the most allowed; move old ones away"
            )));
        }
        self.raw.write_all(bytes)?;
        writeln!(self.times, "{} {}", self.offset, now.wall.0)?;
        self.offset += bytes.len() as u64;
        self.room -= bytes.len() as u64;
        Ok(())
    }
}

/// Bytes in this source's captures of earlier openings.
fn used(folder: &Path, source: &str) -> io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let of_source = name.to_str().and_then(|n| n.strip_prefix(source)).is_some_and(|rest| rest.starts_with('-'));
        if of_source && name.to_str().is_some_and(|n| n.ends_with(".raw")) {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

fn write_all(
    files: io::Result<Files>,
    waiting: &Receiver<(Received, Box<[u8]>)>,
    stats: &SourceStats,
    source: &SourceId,
) {
    let mut files = match files {
        Ok(files) => Some(files),
        Err(error) => {
            tracing::warn!(%source, %error, "no raw capture");
            None
        }
    };
    // Goes on taking after an error, so that what is missing is counted.
    for (now, bytes) in waiting {
        let written = files.as_mut().map(|f| f.append(now, &bytes));
        match written {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(%source, %error, "the raw capture stopped");
                files = None;
                stats.capture_lost(bytes.len() as u64);
            }
            None => stats.capture_lost(bytes.len() as u64),
        }
    }
}
