//! A serial line without hardware: the monitor's end of a pseudo-terminal.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the line behaves before the host has set it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Raw, echo off: as a port is left by a program that set it up properly.
    Raw,
    /// As a terminal is by default: whatever the monitor sends is echoed back to it until the host switches the echo
    /// off. A host that does so too late, or not at all, is caught by it (H14).
    Echoing,
}

/// The monitor's end of a serial line; the host opens [`Pty::slave_path`].
#[derive(Debug)]
pub struct Pty {
    master: OwnedFd,
    slave_path: PathBuf,
    received: u64,
    unheard: u64,
}

/// Bytes read from the host in one call; whatever it is, more calls follow until there is nothing.
const READ_BYTES: usize = 4096;

impl Pty {
    /// Opens a new line. Its settings last as long as this value, whoever opens and closes the host's end.
    ///
    /// # Errors
    /// When the system gives no pseudo-terminal.
    pub fn open(line: Line) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let slave_path = PathBuf::from(OsString::from_vec(ptsname(&master, Vec::new())?.into_bytes()));
        // Opened and closed once: from then on the master can tell whether anybody has the other end open.
        let slave = rustix::fs::open(&slave_path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        if line == Line::Raw {
            let mut settings = tcgetattr(&slave)?;
            settings.make_raw();
            tcsetattr(&slave, OptionalActions::Now, &settings)?;
        }
        drop(slave);
        rustix::io::ioctl_fionbio(&master, true)?;
        Ok(Self { master, slave_path, received: 0, unheard: 0 })
    }

    /// The device the host opens.
    #[must_use]
    pub fn slave_path(&self) -> &Path {
        &self.slave_path
    }

    /// Whether anybody has the host's end open.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn is_heard(&self) -> io::Result<bool> {
        Ok(!self.poll(PollFlags::OUT, Duration::ZERO)?.contains(PollFlags::HUP))
    }

    /// Sends bytes as a wire does: what nobody listens to, or what the host does not take in time, is gone and counted
    /// in [`Pty::unheard`].
    ///
    /// # Errors
    /// When the line itself fails.
    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if !self.is_heard()? {
                break;
            }
            match rustix::io::write(&self.master, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.unheard += bytes.len() as u64;
        Ok(())
    }

    /// Everything the host has written so far and that was not read yet; empty when there is nothing. For a monitor that
    /// is only listened to, every single byte is a fault of the host (H14).
    ///
    /// # Errors
    /// When the line itself fails.
    pub fn read_nonblocking(&mut self) -> io::Result<Vec<u8>> {
        let mut found = Vec::new();
        let mut buffer = [0; READ_BYTES];
        loop {
            match rustix::io::read(&self.master, &mut buffer) {
                // EIO: nobody has the other end open, and everything it wrote was read.
                Ok(0) | Err(Errno::AGAIN | Errno::IO) => break,
                Ok(count) => found.extend_from_slice(&buffer[..count]),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.received += found.len() as u64;
        Ok(found)
    }

    /// As [`Pty::read_nonblocking`], but waits up to `wait` for the first byte: the system passes bytes on in its own
    /// time. An echo, though, is always there before the host can read the bytes it answers.
    ///
    /// # Errors
    /// When the line itself fails.
    pub fn read_within(&mut self, wait: Duration) -> io::Result<Vec<u8>> {
        self.poll(PollFlags::IN, wait)?;
        self.read_nonblocking()
    }

    /// Bytes the host wrote to the monitor, as far as [`Pty::read_nonblocking`] has read them.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Bytes nobody took.
    #[must_use]
    pub const fn unheard(&self) -> u64 {
        self.unheard
    }

    fn poll(&self, wanted: PollFlags, wait: Duration) -> io::Result<PollFlags> {
        let mut fds = [PollFd::from_borrowed_fd(self.master.as_fd(), wanted)];
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        rustix::io::retry_on_intr(|| poll(&mut fds, Some(&wait)))?;
        Ok(fds[0].revents())
    }
}

/// A fixed name for a line, such as `/tmp/chair1`: a symbolic link that is removed when this value is dropped.
#[derive(Debug)]
pub struct Link(PathBuf);

impl Link {
    /// Makes `path` lead to `target`. An old symbolic link at `path` is replaced; anything else there is left alone.
    ///
    /// # Errors
    /// When something that is no symbolic link stands at `path`, or the folder cannot be written.
    pub fn create(path: &Path, target: &Path) -> io::Result<Self> {
        match path.symlink_metadata() {
            Ok(found) if !found.file_type().is_symlink() => {
                return Err(io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "there is a file, and it is no symbolic link",
                ));
            }
            Ok(_) => std::fs::remove_file(path)?,
            Err(_) => {}
        }
        symlink(target, path)?;
        Ok(Self(path.to_owned()))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and a dangling link is replaced by the next run.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, OpenOptions};
    use std::io::{Read, Write};

    /// Only reached when a test fails.
    const LONG: Duration = Duration::from_secs(10);

    fn host(pty: &Pty, write: bool) -> File {
        OpenOptions::new().read(true).write(write).open(pty.slave_path()).unwrap()
    }

    #[test]
    fn the_host_reads_what_the_monitor_sends_and_answers_nothing() {
        let mut pty = Pty::open(Line::Raw).unwrap();
        let mut host = host(&pty, false);
        pty.write(b"row\r\n").unwrap();
        let mut got = [0; 5];
        host.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"row\r\n", "raw: CR and LF arrive as sent");
        assert_eq!(pty.read_nonblocking().unwrap(), b"");
        assert_eq!((pty.received(), pty.unheard()), (0, 0));
    }

    #[test]
    fn h14_a_host_that_leaves_the_echo_on_is_caught() {
        let mut pty = Pty::open(Line::Echoing).unwrap();
        let _host = host(&pty, false);
        pty.write(b"row\n").unwrap();
        assert!(!pty.read_within(LONG).unwrap().is_empty());
        assert!(pty.received() > 0);
    }

    #[test]
    fn h14_bytes_of_the_host_are_counted() {
        let mut pty = Pty::open(Line::Raw).unwrap();
        let mut host = host(&pty, true);
        host.write_all(&[3]).unwrap();
        assert_eq!(pty.read_within(LONG).unwrap(), [3]);
        host.write_all(&[3]).unwrap();
        assert_eq!(pty.read_within(LONG).unwrap(), [3]);
        assert_eq!(pty.received(), 2);
    }

    #[test]
    fn what_nobody_hears_is_gone_and_counted() {
        let mut pty = Pty::open(Line::Raw).unwrap();
        pty.write(b"old").unwrap();
        assert_eq!(pty.unheard(), 3);
        let mut first = host(&pty, false);
        pty.write(b"new").unwrap();
        let mut got = [0; 8];
        assert_eq!(first.read(&mut got).unwrap(), 3);
        assert_eq!(&got[..3], b"new");
        drop(first);
        pty.write(b"lost").unwrap();
        assert_eq!(pty.unheard(), 7, "the host closed its end");
    }

    #[test]
    fn a_host_that_stops_reading_does_not_block_the_monitor() {
        let mut pty = Pty::open(Line::Raw).unwrap();
        let _host = host(&pty, false);
        for _ in 0..200 {
            pty.write(&[b'x'; 1000]).unwrap();
        }
        assert!(pty.unheard() > 0);
    }

    #[test]
    fn settings_outlive_the_hosts_close() {
        let mut pty = Pty::open(Line::Raw).unwrap();
        for _ in 0..2 {
            let mut host = host(&pty, false);
            pty.write(b"a\r").unwrap();
            let mut got = [0; 2];
            host.read_exact(&mut got).unwrap();
            assert_eq!(&got, b"a\r");
        }
        assert_eq!(pty.read_nonblocking().unwrap(), b"");
    }

    #[test]
    fn a_link_is_made_replaced_and_removed_but_no_file_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("line");
        let pty = Pty::open(Line::Raw).unwrap();
        symlink("/nowhere", &path).unwrap();
        let link = Link::create(&path, pty.slave_path()).unwrap();
        assert_eq!(std::fs::read_link(&path).unwrap(), pty.slave_path());
        drop(link);
        assert!(path.symlink_metadata().is_err());
        std::fs::write(&path, "a diary").unwrap();
        Link::create(&path, pty.slave_path()).unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a diary");
    }
}
