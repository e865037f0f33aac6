//! The sending half of an MLLP connection: one type that sends acknowledgements, one that sends requests.

use super::ack::Ack;
use chairside_request::Request;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::time::timeout;

/// A peer that has not taken an acknowledgement or a heartbeat after this long does not read at all: 200 bytes fit in any
/// socket's buffer unless thousands lie there unread.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends acknowledgements, and nothing else: there is no method that takes bytes, and the half is never given up.
///
/// ```compile_fail
/// # async fn f(mut writer: chairside_ingest::mllp::AckWriter) {
/// writer.send(b"MSH|^~\\&|").await; // bytes are not an acknowledgement
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut writer: chairside_ingest::mllp::AckWriter) {
/// tokio::io::AsyncWriteExt::write_all(&mut writer, b"x").await; // nor is it a writer
/// # }
/// ```
#[derive(Debug)]
pub struct AckWriter<W = OwnedWriteHalf>(W);

impl<W: AsyncWrite + Unpin> AckWriter<W> {
    /// Takes the sending half of a connection.
    #[must_use]
    pub const fn new(half: W) -> Self {
        Self(half)
    }

    /// Sends one acknowledgement.
    ///
    /// # Errors
    /// The connection is broken, or the sender took nothing for [`WRITE_TIMEOUT`].
    pub async fn send(&mut self, ack: &Ack) -> io::Result<()> {
        send(&mut self.0, ack.frame(), "the sender does not read its acknowledgements").await
    }

    /// Ends the sending half in order: nothing more will be said.
    pub async fn close(mut self) {
        // A peer that is gone, or takes nothing, is not owed a farewell.
        let _ = timeout(WRITE_TIMEOUT, self.0.shutdown()).await;
    }
}

/// Sends requests of the closed list, and nothing else: to a monitor that is a server and ends a connection on which it hears
/// no heartbeat.
///
/// ```compile_fail
/// # async fn f(mut writer: chairside_ingest::mllp::AskWriter) {
/// writer.ask(b"MSH|^~\\&|").await; // bytes are not a request
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut writer: chairside_ingest::mllp::AskWriter) {
/// tokio::io::AsyncWriteExt::write_all(&mut writer, b"x").await; // nor is it a writer
/// # }
/// ```
/// Asking is what compiles:
/// ```
/// # async fn f(mut writer: chairside_ingest::mllp::AskWriter) {
/// let _ = writer.ask(chairside_request::Request::PdsHeartbeat).await;
/// # }
/// ```
#[derive(Debug)]
pub struct AskWriter<W = OwnedWriteHalf>(W);

impl<W: AsyncWrite + Unpin> AskWriter<W> {
    /// Takes the sending half of a connection.
    #[must_use]
    pub const fn new(half: W) -> Self {
        Self(half)
    }

    /// Sends one request, whole.
    ///
    /// # Errors
    /// The connection is broken, or the monitor took nothing for [`WRITE_TIMEOUT`].
    pub async fn ask(&mut self, request: Request) -> io::Result<()> {
        send(&mut self.0, &request.frame(), "the monitor does not read what keeps the connection alive").await
    }
}

async fn send(half: &mut (impl AsyncWrite + Unpin), frame: &[u8], too_late: &str) -> io::Result<()> {
    let too_late = |_| io::Error::new(io::ErrorKind::TimedOut, too_late);
    timeout(WRITE_TIMEOUT, half.write_all(frame)).await.map_err(too_late)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mllp::ControlIds;
    use chairside_observation::{Micros, Received};
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test(start_paused = true)]
    async fn h24_a_sender_that_does_not_read_is_given_up_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let deaf = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (ours, _) = listener.accept().await.unwrap();
        let (_reading, writing) = ours.into_split();
        let mut writer = AckWriter::new(writing);
        let now = Received { mono: Micros(0), wall: Micros(0) };
        let ack = Ack::not_hl7(&ControlIds::new("run").stamp(now));
        let error = loop {
            if let Err(error) = writer.send(&ack).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(deaf);
    }
}
