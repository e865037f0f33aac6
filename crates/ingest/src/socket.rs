//! Where senders connect: the system's network, or one that is simulated.

use rustix::net::sockopt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A peer that vanished without a word is asked after this long, and given up after [`ALIVE_TRIES`] more intervals. No
/// other time limit ends a quiet connection: some monitors send every 60 minutes.
const ALIVE_IDLE: Duration = Duration::from_secs(30);
const ALIVE_INTERVAL: Duration = Duration::from_secs(10);
const ALIVE_TRIES: u32 = 3;

/// Takes the connections of senders.
pub trait Listener: Send + Sync + 'static {
    /// What it takes.
    type Stream: Stream;

    /// Its own address.
    ///
    /// # Errors
    /// The system does not say.
    fn local_addr(&self) -> io::Result<SocketAddr>;

    /// The next connection, and who made it.
    ///
    /// # Errors
    /// The system has none to give now; it may have one later.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
}

/// A connection with a sender. What may be sent on it is decided by who holds its half, never here.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The half that is read.
    type Reading: AsyncRead + Unpin + Send;
    /// The half that acknowledges.
    type Writing: AsyncWrite + Unpin + Send;

    /// From now on nothing that is sent waits for more.
    ///
    /// # Errors
    /// The connection has ended already.
    fn sends_at_once(&self) -> io::Result<()>;

    /// From now on a sender that vanished without a word is noticed.
    ///
    /// # Errors
    /// The connection has ended already, or the system cannot.
    fn keeps_alive(&self) -> io::Result<()>;

    /// Both halves.
    fn halves(self) -> (Self::Reading, Self::Writing);
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Self::local_addr(self)
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        Self::accept(self).await
    }
}

impl Stream for TcpStream {
    type Reading = OwnedReadHalf;
    type Writing = OwnedWriteHalf;

    fn sends_at_once(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }

    fn keeps_alive(&self) -> io::Result<()> {
        sockopt::set_socket_keepalive(self, true)?;
        sockopt::set_tcp_keepidle(self, ALIVE_IDLE)?;
        sockopt::set_tcp_keepintvl(self, ALIVE_INTERVAL)?;
        sockopt::set_tcp_keepcnt(self, ALIVE_TRIES)?;
        Ok(())
    }

    fn halves(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        self.into_split()
    }
}
