//! One message to the EHR and its answer, over MLLP.

use chairside_tls::Reach;
use rustls::{ClientConnection, StreamOwned};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

const BEGIN: u8 = 0x0b;
const END: [u8; 2] = [0x1c, 0x0d];
/// Longest answer: an acknowledgement has some hundred bytes. More is no answer.
const ANSWER_MAX: usize = 64 * 1024;

/// What the EHR said of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `AA` or `CA`: it has it.
    Accepted,
    /// `AE` or `CE`: it could not take it this time.
    Failed(String),
    /// `AR` or `CR`: it will not take it.
    Refused(String),
}

/// Where the EHR is, and how it is reached.
#[derive(Clone, Debug)]
pub struct To {
    /// `host:port`.
    pub at: String,
    /// Over TLS; `None` for plain TCP.
    pub tls: Option<Reach>,
}

impl fmt::Display for To {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at)
    }
}

/// A connection that stands.
pub(super) enum Line {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Line {
    const fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Secure(stream) => &stream.sock,
        }
    }
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(bytes),
            Self::Secure(stream) => stream.read(bytes),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Secure(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Secure(stream) => stream.flush(),
        }
    }
}

/// Connects within `patience`, the handshake within as much again. Nothing of a message is sent before it is known who is
/// at the other end.
pub(super) fn connect(to: &To, patience: Duration) -> io::Result<Line> {
    let mut socket = reached(&to.at, patience)?;
    let Some(reach) = &to.tls else { return Ok(Line::Plain(socket)) };
    let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why);
    let name = Reach::name(&to.at).ok_or_else(|| invalid("it has no name a certificate could be for"))?;
    let mut session = ClientConnection::new(reach.config(), name).map_err(io::Error::other)?;
    let until = Instant::now() + patience;
    while session.is_handshaking() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        socket.set_read_timeout(Some(left))?;
        socket.set_write_timeout(Some(left))?;
        session.complete_io(&mut socket)?;
    }
    Ok(Line::Secure(Box::new(StreamOwned::new(session, socket))))
}

fn reached(to: &str, patience: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in to.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Sends `message`, whose MSH-10 is `id`, and waits for the answer whose MSA-2 is that id. Answers to other messages, late
/// ones, are passed over.
pub(super) fn deliver(stream: &mut Line, id: &str, message: &[u8], patience: Duration) -> io::Result<Answer> {
    let until = Instant::now() + patience;
    stream.socket().set_write_timeout(Some(patience))?;
    let mut frame = Vec::with_capacity(message.len() + 3);
    frame.push(BEGIN);
    frame.extend(message);
    frame.extend(END);
    stream.write_all(&frame)?;
    stream.flush()?;
    let mut heard = Vec::new();
    loop {
        while let Some(end) = heard.windows(2).position(|two| two == END) {
            let rest = heard.split_off(end + 2);
            let begin = heard.iter().position(|byte| *byte == BEGIN).map_or(0, |begin| begin + 1);
            if let Some(answer) = answer(&heard[begin.min(end)..end], id) {
                return Ok(answer);
            }
            heard = rest;
        }
        if heard.len() > ANSWER_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what it says is no HL7 answer"));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.socket().set_read_timeout(Some(left))?;
        let mut piece = [0; 1024];
        match stream.read(&mut piece) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => heard.extend(&piece[..n]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(io::ErrorKind::TimedOut.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What a message says of ours; `None` when it speaks of another one, or is no acknowledgement.
fn answer(message: &[u8], id: &str) -> Option<Answer> {
    let text = String::from_utf8_lossy(message);
    let separator = text.strip_prefix("MSH")?.chars().next()?;
    let segment = |name: &str| {
        let line = text
            .split(['\r', '\n'])
            .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(separator)));
        line.map(|line| line.split(separator).map(str::to_owned).collect::<Vec<_>>())
    };
    let msa = segment("MSA")?;
    if msa.get(2).map(String::as_str) != Some(id) {
        return None;
    }
    // Text of the acknowledgement: MSA-3, or the user message of ERR-8, or the code of ERR-3.
    let error = segment("ERR").unwrap_or_default();
    let said = [msa.get(3), error.get(8), error.get(3)].into_iter().flatten().find(|text| !text.is_empty());
    let code = msa.get(1).map_or("", String::as_str);
    let words = said.map_or_else(|| code.to_owned(), |said| format!("{code}: {}", printable(said)));
    match code {
        "AA" | "CA" => Some(Answer::Accepted),
        "AE" | "CE" => Some(Answer::Failed(words)),
        "AR" | "CR" => Some(Answer::Refused(words)),
        _ => None,
    }
}

/// At most a line of what a stranger says.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_for_the_message_it_names() {
        for (text, expected) in [
            ("MSH|^~\\&|E\rMSA|AA|X1", Some(Answer::Accepted)),
            ("MSH|^~\\&|E\rMSA|CA|X1|\r", Some(Answer::Accepted)),
            ("MSH|^~\\&|E\r\nMSA|AE|X1|no such patient\r\n", Some(Answer::Failed("AE: no such patient".into()))),
            ("MSH|^~\\&|E\rMSA|AR|X1\rERR|||207^Internal|E||||down\r", Some(Answer::Refused("AR: down".into()))),
            ("MSH#^~\\&#E\rMSA#CR#X1", Some(Answer::Refused("CR".into()))),
            ("MSH|^~\\&|E\rMSA|AA|X2", None),
            ("MSH|^~\\&|E\rMSA|ZZ|X1", None),
            ("MSH|^~\\&|E\r", None),
            ("MSH", None),
            ("", None),
        ] {
            assert_eq!(answer(text.as_bytes(), "X1"), expected, "{text:?}");
        }
    }
}
