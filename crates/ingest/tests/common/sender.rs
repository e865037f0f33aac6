//! An HL7 sender.

use super::clinic::in_time;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// A vitals message of a made-up monitor, framed.
pub fn message(id: &str) -> Vec<u8> {
    with_acks(id, "NE", "AL")
}

/// The same with other wishes in MSH-15 and MSH-16.
pub fn with_acks(id: &str, accept: &str, application: &str) -> Vec<u8> {
    let text = format!(
        "MSH|^~\\&|VSP^080019FFFE000001^EUI-64|GE Healthcare|||20261122101500+0000||ORU^R01^ORU_R01|{id}|P|2.6|||\
         {accept}|{application}||UNICODE UTF-8\r\
         PID|||P-1^^^^PI||Doe^Jane\r\
         PV1||E|^^BED-1\r\
         OBR|1|{id}^VSP|{id}^VSP|182777000^monitoring of patient^SCT|||20261122101500\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.5.1.147842|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r"
    );
    framed(text.as_bytes())
}

pub fn framed(text: &[u8]) -> Vec<u8> {
    [b"\x0b", text, b"\x1c\r"].concat()
}

pub struct Sender<S = TcpStream> {
    pub stream: S,
    held: Vec<u8>,
}

impl Sender {
    pub async fn to(addr: SocketAddr) -> Self {
        Self::over(TcpStream::connect(addr).await.unwrap())
    }

    pub fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self::speaking(stream)
    }

    /// Whether bytes are there to be read now.
    pub fn has_answer(&self) -> bool {
        let mut byte = [0];
        self.stream.try_read(&mut byte).is_ok_and(|count| count > 0)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Sender<S> {
    /// Over anything that carries bytes.
    pub const fn speaking(stream: S) -> Self {
        Self { stream, held: Vec::new() }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        in_time("a sender's bytes to be taken", self.stream.write_all(bytes)).await.unwrap();
    }

    /// The next acknowledgement: its code and the control id it answers.
    pub async fn ack(&mut self) -> (String, String) {
        let frame = in_time("an acknowledgement", async {
            loop {
                if let Some(end) = self.held.windows(2).position(|w| w == b"\x1c\r") {
                    return self.held.drain(..end + 2).collect::<Vec<u8>>();
                }
                let count = self.stream.read_buf(&mut self.held).await.unwrap();
                assert!(count > 0, "the connection was closed instead of an acknowledgement");
            }
        })
        .await;
        let text = String::from_utf8(frame).unwrap();
        assert!(text.starts_with("\x0bMSH|^~\\&|"), "{text:?}");
        let msa: Vec<_> = text.split('\r').find(|s| s.starts_with("MSA|")).unwrap().split('|').collect();
        (msa[1].to_owned(), msa[2].to_owned())
    }

    /// Sends one message and expects `code` for it.
    pub async fn expect(&mut self, id: &str, code: &str) {
        self.send(&message(id)).await;
        assert_eq!(self.ack().await, (code.to_owned(), id.to_owned()));
    }

    /// Waits until the other end has closed the connection; what came before that.
    pub async fn closed(&mut self) -> Vec<u8> {
        in_time("the connection to be closed", async {
            let mut rest = std::mem::take(&mut self.held);
            // A reset is a close as well: we may still have been sending.
            while self.stream.read_buf(&mut rest).await.is_ok_and(|count| count > 0) {}
            rest
        })
        .await
    }
}
