//! A port whose monitor must be asked.

use super::settings::{self, PortError, Way};
use chairside_decode::catalog::Line;
use chairside_request::Request;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::time::timeout;

/// A frame that the port has not taken by then is given up: 512 bytes, the longest, need half a second at 9600 baud.
pub const ASK_TIMEOUT: Duration = Duration::from_secs(2);

/// A serial port of a monitor that speaks only when it is asked: raw, with echo off. What goes out is a [`Request`] and
/// nothing else; there is no way to hand it bytes.
///
/// ```compile_fail
/// # async fn f(mut port: chairside_ingest::serial::AskPort) {
/// port.ask(b" NC0!E\r").await;
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut port: chairside_ingest::serial::AskPort) {
/// tokio::io::AsyncWriteExt::write_all(&mut port, b" NC0!E\r").await;
/// # }
/// ```
/// ```compile_fail
/// # fn f(port: &chairside_ingest::serial::AskPort) {
/// use std::os::fd::AsFd;
/// port.as_fd();
/// # }
/// ```
/// Asking is what compiles:
/// ```
/// # async fn f(mut port: chairside_ingest::serial::AskPort) {
/// let _ = port.ask(chairside_request::Request::DinamapReadNibp).await;
/// # }
/// ```
pub struct AskPort {
    fd: AsyncFd<OwnedFd>,
}

impl AskPort {
    /// Opens `path` for both ways, raw and silent.
    ///
    /// # Errors
    /// [`PortError`]; the port is closed again.
    pub fn open(path: &Path, line: Line) -> Result<Self, PortError> {
        settings::open(path, line, Way::Both).map(|fd| Self { fd })
    }

    /// Waits for bytes and takes them; at least one.
    ///
    /// # Errors
    /// The port is gone: unplugged, hung up, or closed at the other end. It never comes back on this handle.
    pub async fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        settings::read(&self.fd, into).await
    }

    /// Sends one request, whole.
    ///
    /// # Errors
    /// The port is gone, or does not take bytes for [`ASK_TIMEOUT`]. It is not to be used again: part of a frame may be out.
    pub async fn ask(&mut self, request: Request) -> io::Result<()> {
        let frame = request.frame();
        let too_late = |_| io::Error::new(io::ErrorKind::TimedOut, "the port takes no bytes");
        timeout(ASK_TIMEOUT, self.write_all(&frame)).await.map_err(too_late)?
    }

    async fn write_all(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            let mut ready = self.fd.writable().await?;
            match ready.try_io(|fd| rustix::io::write(fd.get_ref(), rest).map_err(io::Error::from)) {
                Ok(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(Ok(count)) => rest = &rest[count..],
                Ok(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(e)) => return Err(e),
                Err(_not_ready) => {}
            }
        }
        Ok(())
    }
}
