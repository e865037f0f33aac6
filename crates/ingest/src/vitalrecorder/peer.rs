//! The WebSocket of one connection, of which only [`Saying`]s can be sent.

use super::packet::Saying;
use crate::socket::Stream;
use chairside_decode::vitalrecorder::UPLOAD_MAX;
use futures_util::{SinkExt, StreamExt};
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// A peer that has not taken a few bytes after this long does not read at all.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Each connection has this buffer for as long as it stands.
const READ_BUFFER: usize = 16 * 1024;
/// The closing frame of a connection we end is worth no longer wait.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// A WebSocket that can be read, and to which nothing can be sent but what keeps it standing.
///
/// ```compile_fail
/// # async fn f(mut peer: chairside_ingest::vitalrecorder::Peer) {
/// peer.say("42[\"restart\"]").await; // a text is no saying
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut peer: chairside_ingest::vitalrecorder::Peer) {
/// let message = tokio_tungstenite::tungstenite::Message::text("42[\"restart\"]");
/// futures_util::SinkExt::send(&mut peer, message).await; // nor is it a sink
/// # }
/// ```
#[derive(Debug)]
pub struct Peer<S = TcpStream>(WebSocketStream<S>);

/// What a peer sent.
#[derive(Debug)]
pub(super) enum Said {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
    /// A frame of WebSocket itself, answered by it.
    Control,
    /// It closed the connection in order.
    Closed,
}

impl<S: Stream> Peer<S> {
    /// Takes over a connection whose upgrade was answered; `rest` arrived behind the request.
    pub(super) async fn new(stream: S, rest: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(UPLOAD_MAX))
            .max_frame_size(Some(UPLOAD_MAX))
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0);
        Self(WebSocketStream::from_partially_read(stream, rest, Role::Server, Some(config)).await)
    }

    /// The next frame.
    ///
    /// # Errors
    /// The connection broke, or the peer does not keep to WebSocket.
    pub(super) async fn next(&mut self) -> Result<Said, Error> {
        Ok(match self.0.next().await {
            None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed) | Ok(Message::Close(_))) => Said::Closed,
            Some(Ok(Message::Text(text))) => Said::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => Said::Binary(bytes.into()),
            Some(Ok(_)) => Said::Control,
            Some(Err(error)) => return Err(error),
        })
    }

    /// Says it.
    ///
    /// # Errors
    /// The connection is broken, or the peer took nothing for 10 s.
    pub async fn say(&mut self, saying: Saying) -> io::Result<()> {
        match timeout(WRITE_TIMEOUT, self.0.send(Message::text(saying.text()))).await {
            Ok(sent) => sent.map_err(io::Error::other),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the recorder does not read what it is answered")),
        }
    }

    /// Ends the WebSocket in order, if the peer takes it.
    pub(super) async fn close(&mut self) {
        let _ = timeout(CLOSE_TIME, self.0.close(None)).await;
    }
}
