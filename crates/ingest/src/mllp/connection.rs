//! One MLLP connection, whoever made it: read, hand to the recorder, acknowledge in order. A monitor that knows no
//! acknowledgements and wants a heartbeat instead gets that.
//!
//! Two halves run side by side. The reading half hands each frame to the recorder as soon as it is complete, so frames sent
//! back to back share one commit; the answering half waits for their receipts in order of arrival. Between them is a
//! bounded queue: when it is full nothing more is read, and the sender waits in its own network buffers.

use super::ack::{self, Ack};
use super::messages::{self, Message};
use super::writer::{AckWriter, AskWriter};
use crate::socket::Stream;
use crate::source::{Ear, Source, Told};
use crate::supervise::stopped;
use chairside_decode::hl7::mllp::END_BLOCK;
use chairside_observation::FrameKind;
use chairside_recorder::Receipt;
use chairside_request::Request;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_rustls::TlsStream;

/// Frames of one connection that wait for the log. Senders that wait for each answer have one; a gateway seen sends 23 in
/// one piece.
pub const UNANSWERED_MAX: usize = 32;
/// A frame has to be complete this long after its first byte. 18 KB, the longest seen, take 19 s even through a converter
/// at 9600 baud; a sender that drips slower holds a connection for nothing.
pub const FRAME_TIME_MAX: Duration = Duration::from_secs(30);
/// Bytes without a single frame in between after which a connection is no HL7 over MLLP.
pub const NOISE_MAX: usize = 64 * 1024;
/// How long the carriage return after an end block is waited for. A sender that leaves it out and waits for its answer
/// would otherwise wait for ever; one that sends it late only leaves a stray byte.
const QUIET: Duration = Duration::from_millis(200);
/// Bytes taken in one read: about what a few network packets bring.
const READ_MAX: usize = 16 * 1024;
/// Answers still owed when the program stops get this long.
const STOP_TIME: Duration = Duration::from_secs(2);
/// Between two heartbeats: "about once a second" (fact sheet, HL7, section 3.5).
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// Why a connection ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The sender closed it in order.
    BySender,
    /// It broke.
    Broken(io::Error),
    /// We ended it, for this reason.
    ByUs(String),
    /// The program stops.
    Stopping,
}

impl Ended {
    /// One sentence for people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::BySender => "the sender closed the connection".into(),
            Self::Broken(error) => format!("the connection broke ({error}); check the monitor and the network"),
            Self::ByUs(reason) => format!("the connection was closed: {reason}"),
            Self::Stopping => "the program is stopping".into(),
        }
    }
}

/// What an answer is made from, once the log has spoken.
struct Unanswered {
    told: Told,
    /// There is no header to answer to.
    not_hl7: bool,
}

/// Serves a connection that a sender made, until it ends.
pub(crate) async fn accepted(stream: impl Stream, source: &Arc<Source>, stop: watch::Receiver<bool>) -> Ended {
    watch_over(&stream, source);
    run(stream.halves(), source, None, stop).await
}

/// The same after a handshake.
pub(crate) async fn accepted_secure(
    stream: TlsStream<impl Stream>,
    source: &Arc<Source>,
    stop: watch::Receiver<bool>,
) -> Ended {
    watch_over(stream.get_ref().0, source);
    run(tokio::io::split(stream), source, None, stop).await
}

/// Serves a connection that we made, until it ends.
pub(crate) async fn connected(stream: impl Stream, source: &Arc<Source>, stop: watch::Receiver<bool>) -> Ended {
    watch_over(&stream, source);
    run(stream.halves(), source, source.spec.heartbeat(), stop).await
}

/// The same after a handshake.
pub(crate) async fn connected_secure(
    stream: TlsStream<impl Stream>,
    source: &Arc<Source>,
    stop: watch::Receiver<bool>,
) -> Ended {
    watch_over(stream.get_ref().0, source);
    run(tokio::io::split(stream), source, source.spec.heartbeat(), stop).await
}

fn watch_over(stream: &impl Stream, source: &Source) {
    if let Err(error) = stream.sends_at_once().and_then(|()| stream.keeps_alive()) {
        tracing::warn!(source = %source.spec.id, %error, "keep-alive is off: a vanished sender will be noticed by silence only");
    }
}

async fn run<R, W>(
    (read_half, write_half): (R, W),
    source: &Arc<Source>,
    heartbeat: Option<Request>,
    mut stop: watch::Receiver<bool>,
) -> Ended
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let Some(mut ear) = source.ear() else { return Ended::ByUs("its protocol has no decoder".into()) };
    ear.begin();
    let mut stopping = stop.clone();
    let (queue, unanswered) = mpsc::channel(UNANSWERED_MAX);
    let reading = async {
        let mut reader = Reader { ear: &mut ear, source, queue, began: None, noise: 0 };
        let ended = tokio::select! {
            ended = reader.run(read_half) => ended,
            () = stopped(&mut stop) => Ended::Stopping,
        };
        let Reader { ear, queue, .. } = reader;
        // What was held back is recorded before the connection counts as ended, answered or not.
        for told in ear.end() {
            let _ = queue_answer(source, &queue, told).await;
        }
        drop(queue);
        ear.close().await;
        ended
    };
    let answering = speak(write_half, heartbeat, source, unanswered);
    let both = async { tokio::join!(reading, answering) };
    let (ended, answered) = tokio::select! {
        both = both => both,
        () = async {
            stopped(&mut stopping).await;
            sleep(STOP_TIME).await;
        } => return Ended::Stopping,
    };
    match answered {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Ended::ByUs(error.to_string()),
        Err(error) if !matches!(ended, Ended::ByUs(_)) => Ended::Broken(error),
        _ => ended,
    }
}

/// The reading half of one connection.
struct Reader<'a> {
    ear: &'a mut Ear,
    source: &'a Source,
    queue: mpsc::Sender<Unanswered>,
    /// When the frame that is not complete yet began.
    began: Option<Instant>,
    /// Bytes since the last frame that belong to none.
    noise: usize,
}

/// What the reading half has to do next.
enum Next {
    Bytes(usize),
    /// No byte came after an end block: the message is complete all the same.
    Quiet,
    End(Ended),
}

impl Reader<'_> {
    async fn run(&mut self, mut half: impl AsyncRead + Unpin) -> Ended {
        let mut bytes = vec![0; READ_MAX];
        loop {
            let told = match self.next(&mut half, &mut bytes).await {
                Next::Bytes(count) => self.ear.take(&bytes[..count]),
                Next::Quiet => self.ear.quiet(),
                Next::End(ended) => return ended,
            };
            self.began = match (in_frame(self.ear.held()), told.is_empty()) {
                (false, _) => None,
                (true, true) => self.began.or_else(|| Some(Instant::now())),
                (true, false) => Some(Instant::now()),
            };
            if let Some(ended) = self.hand_on(told).await {
                return ended;
            }
        }
    }

    async fn next(&mut self, half: &mut (impl AsyncRead + Unpin), bytes: &mut [u8]) -> Next {
        let complete_by = self.began.unwrap_or_else(Instant::now) + FRAME_TIME_MAX;
        let at_end_block = self.ear.held().last() == Some(&END_BLOCK);
        tokio::select! {
            read = half.read(bytes) => match read {
                Ok(0) => Next::End(Ended::BySender),
                Ok(count) => Next::Bytes(count),
                // TLS without its farewell. A message has an end of its own, so nothing can be cut off unseen.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Next::End(Ended::BySender),
                Err(error) => Next::End(Ended::Broken(error)),
            },
            () = sleep(QUIET), if at_end_block => Next::Quiet,
            () = sleep_until(complete_by), if self.began.is_some() => Next::End(Ended::ByUs(format!(
                "a message was not complete {} s after its first byte",
                FRAME_TIME_MAX.as_secs()
            ))),
            () = self.queue.closed() => Next::End(no_answers()),
        }
    }

    /// Queues what wants an answer, and looks whether this is still a connection worth having.
    async fn hand_on(&mut self, told: Vec<Told>) -> Option<Ended> {
        let too_long = told.iter().any(|t| t.too_long);
        for told in told {
            self.noise = if told.frame.kind == FrameKind::Noise { self.noise + told.frame.raw.len() } else { 0 };
            if !queue_answer(self.source, &self.queue, told).await {
                return Some(no_answers());
            }
        }
        if too_long {
            return Some(Ended::ByUs("a message was longer than any HL7 message may be here".into()));
        }
        (self.noise > NOISE_MAX).then(|| {
            Ended::ByUs(format!("more than {NOISE_MAX} bytes came without an MLLP frame; this is no HL7 over MLLP"))
        })
    }
}

fn no_answers() -> Ended {
    Ended::ByUs("answers cannot be sent any more".into())
}

/// Whether a message has begun and is not finished. Line ends between frames are no message.
fn in_frame(held: &[u8]) -> bool {
    !held.trim_ascii().is_empty()
}

/// Queues a frame that is to be answered; waits while too many are unanswered. `false`: nobody answers any more.
async fn queue_answer(source: &Source, queue: &mpsc::Sender<Unanswered>, told: Told) -> bool {
    let raw = &told.frame.raw;
    if told.frame.kind == FrameKind::Noise || !ack::answered(raw, source.spec.profile.as_deref()) {
        // Recorded all the same: the receipt is only how we would hear of it.
        return true;
    }
    let not_hl7 = !messages::is_hl7(raw);
    queue.send(Unanswered { told, not_hl7 }).await.is_ok()
}

/// The speaking half, until the reading half is done. It gets acknowledgements or heartbeats to send, never both: a monitor
/// with a heartbeat knows no acknowledgements.
async fn speak(
    half: impl AsyncWrite + Unpin,
    heartbeat: Option<Request>,
    source: &Source,
    mut unanswered: mpsc::Receiver<Unanswered>,
) -> io::Result<()> {
    let Some(heartbeat) = heartbeat else { return answer(AckWriter::new(half), source, unanswered).await };
    tokio::select! {
        beaten = beat(AskWriter::new(half), heartbeat) => match beaten? {},
        () = async { while unanswered.recv().await.is_some() {} } => Ok(()),
    }
}

/// One heartbeat, and the next an interval after it was taken: after a pause there is nothing to make up for (H15).
async fn beat(mut writer: AskWriter<impl AsyncWrite + Unpin>, heartbeat: Request) -> io::Result<Infallible> {
    loop {
        writer.ask(heartbeat).await?;
        sleep(HEARTBEAT_INTERVAL).await;
    }
}

/// Receipts in order of arrival.
async fn answer(
    mut writer: AckWriter<impl AsyncWrite + Unpin>,
    source: &Source,
    mut queue: mpsc::Receiver<Unanswered>,
) -> io::Result<()> {
    while let Some(Unanswered { told, not_hl7 }) = queue.recv().await {
        for ack in acks(source, &told.frame.raw, told.receipt, not_hl7).await {
            writer.send(&ack).await?;
            source.stats.acked(ack.code());
        }
    }
    writer.close().await;
    Ok(())
}

/// The answers to one frame, once the log has spoken: one, or one for each message of a batch.
async fn acks(source: &Source, raw: &[u8], receipt: Receipt, not_hl7: bool) -> Vec<Ack> {
    let recorded = receipt.recorded().await;
    let stamp = || source.ids.stamp((source.clock)());
    if not_hl7 {
        return vec![Ack::not_hl7(&stamp())];
    }
    if let Err(not_recorded) = &recorded {
        source.stats.not_recorded();
        tracing::warn!(source = %source.spec.id, %not_recorded, "a message is not acknowledged");
    }
    let answer = |message: &Message<'_>| match &recorded {
        Ok(committed) => Ack::accepted(message, committed, &stamp()),
        Err(not_recorded) => Ack::not_recorded(message, not_recorded, &stamp()),
    };
    Message::all(raw).iter().filter_map(answer).collect()
}
