//! One connection of a VitalRecorder: begin, read, hand each upload to the recorder, stay alive.

use super::head::{self, HEAD_MAX, HEAD_TIME_MAX, Upgrade};
use super::inflate::{self, Unreadable};
use super::packet::{Engine, PING_INTERVAL, PING_TIMEOUT, Packet, Saying};
use super::peer::{Peer, Said};
use crate::mllp::Ended;
use crate::socket::Stream;
use crate::source::{Ear, Source};
use crate::supervise::stopped;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

/// A connection of which no whole frame came for so long is given up: a recorder sends every second, and a quiet one
/// answers our ping in this time. It bounds a frame that drips, too.
pub const IDLE_MAX: Duration = PING_INTERVAL.saturating_add(PING_TIMEOUT);
/// Attachments in a row that are no uploads, after which a connection is no VitalRecorder's.
pub const BAD_MAX: u32 = 8;
/// Bytes of uploads taken of one connection in a second. Sixteen beds with all their waves send a tenth of it; a sender
/// without measure waits in its own network buffers and cannot push other sources out of the recorder's queue.
pub const BYTES_PER_S_MAX: usize = 4 << 20;
/// A peer that takes no HTTP answer for this long is left.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// Serves a connection until it ends.
pub(crate) async fn run(mut stream: impl Stream, source: &Arc<Source>, mut stop: watch::Receiver<bool>) -> Ended {
    let begun = tokio::select! {
        begun = begin(&mut stream) => begun,
        () = stopped(&mut stop) => return Ended::Stopping,
    };
    let (upgrade, rest) = match begun {
        Ok(begun) => begun,
        Err(ended) => return ended,
    };
    let Some(ear) = source.ear() else { return Ended::ByUs("its protocol has no decoder".into()) };
    let peer = Peer::new(stream, rest).await;
    let session = source.stats.counts().connections + 1;
    let mut connection = Connection {
        ear,
        peer,
        source,
        engine: upgrade.engine,
        session,
        announced: 0,
        is_upload: false,
        bad: 0,
        heard: Instant::now(),
        pinged: Instant::now(),
    };
    connection.ear.begin();
    let ended = tokio::select! {
        ended = connection.serve() => ended,
        () = stopped(&mut stop) => Ended::Stopping,
    };
    connection.ear.end();
    connection.ear.close().await;
    if !matches!(ended, Ended::BySender | Ended::Broken(_)) {
        connection.peer.close().await;
    }
    ended
}

/// Reads the request and answers it. What arrived behind it belongs to the WebSocket.
async fn begin(stream: &mut impl Stream) -> Result<(Upgrade, Vec<u8>), Ended> {
    let _ = stream.sends_at_once();
    let too_late = || Ended::ByUs(format!("no request came for {} s", HEAD_TIME_MAX.as_secs()));
    let (judged, rest) = timeout(HEAD_TIME_MAX, request(stream)).await.map_err(|_| too_late())??;
    let answer = match &judged {
        Ok(upgrade) => upgrade.response(),
        Err(refusal) => refusal.response(),
    };
    let answered = timeout(ANSWER_TIME, stream.write_all(answer.as_bytes())).await;
    match (judged, answered) {
        (Err(refusal), _) => Err(Ended::ByUs(refusal.sentence().into())),
        (Ok(upgrade), Ok(Ok(()))) => Ok((upgrade, rest)),
        (Ok(_), Ok(Err(error))) => Err(Ended::Broken(error)),
        (Ok(_), Err(_)) => Err(Ended::ByUs("it does not read what it is answered".into())),
    }
}

async fn request(stream: &mut impl Stream) -> Result<(Result<Upgrade, head::Refusal>, Vec<u8>), Ended> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        match (&mut *stream).take((HEAD_MAX - bytes.len()) as u64).read_buf(&mut bytes).await {
            Ok(0) => return Err(Ended::BySender),
            Ok(_) => {}
            Err(error) => return Err(Ended::Broken(error)),
        }
        if let Some((judged, end)) = head::read(&bytes) {
            return Ok((judged, bytes.split_off(end)));
        }
    }
}

struct Connection<'s, S> {
    ear: Ear,
    peer: Peer<S>,
    source: &'s Source,
    engine: Engine,
    session: u64,
    /// Binary frames that still belong to the event announced last, and whether that is an upload.
    announced: usize,
    is_upload: bool,
    /// Attachments in a row that were no uploads.
    bad: u32,
    heard: Instant,
    pinged: Instant,
}

impl<S: Stream> Connection<'_, S> {
    async fn serve(&mut self) -> Ended {
        match self.talk().await {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ended::ByUs(error.to_string()),
            Err(error) => Ended::Broken(error),
            Ok(ended) => ended,
        }
    }

    async fn talk(&mut self) -> io::Result<Ended> {
        self.peer.say(Saying::Open(self.session)).await?;
        if self.engine == Engine::V3 {
            self.peer.say(Saying::Connected).await?;
        }
        loop {
            let quiet_since = if self.engine == Engine::V3 { self.heard.max(self.pinged) } else { self.pinged };
            let said = tokio::select! {
                said = self.peer.next() => said,
                () = sleep_until(quiet_since + PING_INTERVAL) => {
                    self.pinged = Instant::now();
                    self.peer.say(Saying::Ping).await?;
                    continue;
                }
                () = sleep_until(self.heard + IDLE_MAX) => return Ok(Ended::ByUs(format!(
                    "nothing whole arrived for {} s, not even an answer to our ping", IDLE_MAX.as_secs()
                ))),
            };
            self.heard = Instant::now();
            let ended = match said {
                Ok(Said::Text(text)) => self.text(&text).await?,
                Ok(Said::Binary(bytes)) => self.binary(&bytes).await,
                Ok(Said::Control) => None,
                Ok(Said::Closed) => Some(Ended::BySender),
                Err(error) => Some(broken(error)),
            };
            if let Some(ended) = ended {
                return Ok(ended);
            }
        }
    }

    async fn text(&mut self, text: &str) -> io::Result<Option<Ended>> {
        match Packet::read(text) {
            Packet::Close => return Ok(Some(Ended::BySender)),
            Packet::Ping => self.peer.say(Saying::Pong).await?,
            Packet::Connect if self.engine == Engine::V3 => self.peer.say(Saying::Connected).await?,
            Packet::Connect => self.peer.say(Saying::ConnectedAs(self.session)).await?,
            Packet::Announced { event, attachments } => {
                (self.announced, self.is_upload) = (attachments, event == "send_data");
            }
            // An upload without an attachment is in no form we know: it is kept as noise.
            Packet::Event("send_data") => return Ok(self.noise("an upload came as text", text.as_bytes())),
            // `join_vr` names the recorder, and so does each upload; other events are for VitalServer's own pages.
            Packet::Event(event) => tracing::debug!(source = %self.source.spec.id, event, "event left alone"),
            Packet::Quiet => {}
            Packet::Strange(found) => return Ok(self.noise(found, text.as_bytes())),
        }
        Ok(None)
    }

    async fn binary(&mut self, bytes: &[u8]) -> Option<Ended> {
        if self.announced == 0 {
            return self.noise("a binary frame came that no event announced", bytes);
        }
        self.announced -= 1;
        if !self.is_upload {
            return None;
        }
        match inflate::line(bytes) {
            Ok(line) => {
                self.bad = 0;
                self.ear.take(&line);
                sleep(pause(line.len())).await;
                None
            }
            Err(why) => self.noise(Unreadable::sentence(why), bytes),
        }
    }

    /// Records the beginning of what is no upload, so that it is seen; ends a connection that sends nothing else.
    fn noise(&mut self, found: &'static str, bytes: &[u8]) -> Option<Ended> {
        self.bad += 1;
        if self.bad == 1 {
            tracing::warn!(source = %self.source.spec.id, found, "not an upload");
        }
        self.ear.take(&inflate::noise(bytes));
        (self.bad >= BAD_MAX)
            .then(|| Ended::ByUs(format!("{found}, {BAD_MAX} times in a row; is this a VitalRecorder?")))
    }
}

/// How long an upload of this length keeps the next from being read.
fn pause(length: usize) -> Duration {
    Duration::from_micros((length * 1_000_000 / BYTES_PER_S_MAX) as u64)
}

fn broken(error: Error) -> Ended {
    match error {
        Error::Io(error) => Ended::Broken(error),
        // A program that ends does not say good-bye.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ended::BySender,
        Error::Capacity(_) => Ended::ByUs("a frame was larger than any upload".into()),
        Error::Protocol(error) => Ended::ByUs(format!("it does not keep to WebSocket: {error}")),
        other => Ended::Broken(io::Error::other(other)),
    }
}
