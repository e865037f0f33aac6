//! The sending half of an MLLP connection.

use super::ack::Ack;
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::time::timeout;

/// A sender that has not taken an acknowledgement after this long does not read at all: 30 bytes fit in any socket's
/// buffer unless thousands lie there unread.
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
pub struct AckWriter(OwnedWriteHalf);

impl AckWriter {
    /// Takes the sending half of a connection.
    #[must_use]
    pub const fn new(half: OwnedWriteHalf) -> Self {
        Self(half)
    }

    /// Sends one acknowledgement.
    ///
    /// # Errors
    /// The connection is broken, or the sender took nothing for [`WRITE_TIMEOUT`].
    pub async fn send(&mut self, ack: &Ack) -> io::Result<()> {
        match timeout(WRITE_TIMEOUT, self.0.write_all(ack.frame())).await {
            Ok(sent) => sent,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the sender does not read its acknowledgements")),
        }
    }
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
