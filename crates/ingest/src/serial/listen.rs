//! A port that can only be listened to.

use super::settings::{self, PortError, Way};
use chairside_decode::catalog::Line;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use tokio::io::unix::AsyncFd;

/// Bytes taken in one read: what a terminal's buffer holds.
pub const READ_MAX: usize = 4096;

/// A serial port opened for reading only, raw, with echo off. There is no way to write through it: it has no such method,
/// its handle was opened read-only and is never given up.
///
/// ```compile_fail
/// # async fn f(mut port: chairside_ingest::serial::ListenPort) {
/// port.write(b"\x03\x03").await;
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut port: chairside_ingest::serial::ListenPort) {
/// tokio::io::AsyncWriteExt::write_all(&mut port, b"\x03\x03").await;
/// # }
/// ```
/// ```compile_fail
/// # fn f(port: &chairside_ingest::serial::ListenPort) {
/// use std::os::fd::AsFd;
/// port.as_fd();
/// # }
/// ```
/// Reading is what compiles:
/// ```
/// # async fn f(mut port: chairside_ingest::serial::ListenPort) {
/// let mut bytes = [0; 16];
/// let _ = port.read(&mut bytes).await;
/// # }
/// ```
pub struct ListenPort {
    fd: AsyncFd<OwnedFd>,
}

impl ListenPort {
    /// Opens `path` read-only, raw and silent.
    ///
    /// # Errors
    /// [`PortError`]; the port is closed again.
    pub fn open(path: &Path, line: Line) -> Result<Self, PortError> {
        settings::open(path, line, Way::In).map(|fd| Self { fd })
    }

    /// Sets our own end to another line and throws away what came before, which was heard at the old one. Echo stays off,
    /// and nothing is sent: the other end cannot tell.
    ///
    /// # Errors
    /// [`PortError`]: the port does not take the setting, or is gone. It is not to be listened to any more.
    pub fn set_line(&mut self, path: &Path, line: Line) -> Result<(), PortError> {
        settings::set_again(path, self.fd.get_ref(), line)
    }

    /// Waits for bytes and takes them; at least one.
    ///
    /// # Errors
    /// The port is gone: unplugged, hung up, or closed at the other end. It never comes back on this handle.
    pub async fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        settings::read(&self.fd, into).await
    }
}
