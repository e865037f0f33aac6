//! The recorder's end of the connection: Engine.IO 3 or 4 over a WebSocket, no polling.

use std::io::{self, ErrorKind};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// Engine.IO version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// As VitalRecorder itself.
    V3,
    /// As newer Socket.IO clients.
    V4,
}

impl Engine {
    /// The version of this number.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "3" => Some(Self::V3),
            "4" => Some(Self::V4),
            _ => None,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::V3 => 3,
            Self::V4 => 4,
        }
    }
}

/// A receiver that does not take the connection within this time is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A receiver that takes no bytes for this long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The receiver's part of the beginning takes no longer.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a look for what the receiver said takes.
const LOOK: Duration = Duration::from_millis(5);
/// A version 3 client asks this often whether the receiver is there.
const PING_EVERY: Duration = Duration::from_secs(20);

/// A connection that stands.
pub(super) struct Socket {
    socket: WebSocket<TcpStream>,
    engine: Engine,
    pinged: Instant,
    /// What the receiver sent that a recorder would take as a command or as data: a fault of the receiver.
    pub(super) unexpected: u64,
}

impl Socket {
    /// Connects and says which recorder it is.
    pub(super) fn open(to: &str, engine: Engine, vrcode: &str) -> io::Result<Self> {
        let addr = to.to_socket_addrs()?.next().ok_or(ErrorKind::NotFound)?;
        let stream = TcpStream::connect_timeout(&addr, CONNECT_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        stream.set_read_timeout(Some(BEGIN_TIMEOUT))?;
        let url = format!("ws://{to}/socket.io/?EIO={}&transport=websocket", engine.number());
        let (socket, _) = tungstenite::client(url, stream).map_err(io::Error::other)?;
        let mut socket = Self { socket, engine, pinged: Instant::now(), unexpected: 0 };
        socket.expect("0{")?;
        // VitalRecorder asks for the namespace in version 3 too, where it is open already.
        socket.text("40")?;
        socket.expect("40")?;
        socket.text(&format!(r#"42["join_vr","{vrcode}"]"#))?;
        socket.socket.get_ref().set_read_timeout(Some(LOOK))?;
        Ok(socket)
    }

    /// Sends one upload.
    pub(super) fn send(&mut self, attachment: &[u8]) -> io::Result<()> {
        self.announce()?;
        let prefix: &[u8] = if self.engine == Engine::V3 { &[4] } else { &[] };
        self.write(Message::binary([prefix, attachment].concat()))
    }

    /// Says that an attachment follows.
    pub(super) fn announce(&mut self) -> io::Result<()> {
        self.text(r#"451-["send_data",{"_placeholder":true,"num":0}]"#)
    }

    /// Answers what the receiver said meanwhile.
    pub(super) fn tend(&mut self) -> io::Result<()> {
        while let Some(text) = self.read()? {
            match &*text {
                "2" => self.text("3")?,
                "3" | "40" => {}
                other if other.starts_with("40{") => {}
                other => {
                    self.unexpected += 1;
                    eprintln!("FAULT: the receiver said {other}");
                }
            }
        }
        if self.engine == Engine::V3 && self.pinged.elapsed() >= PING_EVERY {
            self.pinged = Instant::now();
            self.text("2")?;
        }
        Ok(())
    }

    fn expect(&mut self, begin: &str) -> io::Result<()> {
        match self.read()? {
            Some(text) if text.starts_with(begin) => Ok(()),
            Some(text) => Err(io::Error::other(format!("the receiver said {text}, expected {begin}"))),
            None => Err(ErrorKind::TimedOut.into()),
        }
    }

    /// The next text; `None` when there is none now.
    fn read(&mut self) -> io::Result<Option<String>> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Ok(Some(text.to_string())),
                Ok(Message::Binary(_)) => {
                    self.unexpected += 1;
                    eprintln!("FAULT: the receiver sent data");
                }
                Ok(Message::Close(_)) => return Err(ErrorKind::ConnectionAborted.into()),
                Ok(_) => {}
                Err(tungstenite::Error::Io(e)) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(None);
                }
                Err(error) => return Err(other(error)),
            }
        }
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.write(Message::text(text))
    }

    fn write(&mut self, message: Message) -> io::Result<()> {
        self.socket.send(message).map_err(other)
    }
}

fn other(error: tungstenite::Error) -> io::Error {
    match error {
        tungstenite::Error::Io(error) => error,
        error => io::Error::other(error),
    }
}
