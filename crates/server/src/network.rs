//! Where connections come from: the system's network, or one that is simulated.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

/// Takes connections.
pub trait Listener: Send + Sync {
    /// What it takes.
    type Stream: Stream;

    /// The next connection, and who made it.
    ///
    /// # Errors
    /// The system has none to give now; it may have one later.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
}

/// A connection.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// From now on nothing that is sent waits for more.
    ///
    /// # Errors
    /// The connection has ended already.
    fn sends_at_once(&self) -> io::Result<()>;

    /// The first byte that comes, left where it is; `None`: the other end closed without one.
    ///
    /// # Errors
    /// The connection broke.
    fn first(&mut self) -> impl Future<Output = io::Result<Option<u8>>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        Self::accept(self).await
    }
}

impl Stream for TcpStream {
    fn sends_at_once(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }

    async fn first(&mut self) -> io::Result<Option<u8>> {
        let mut first = [0];
        Ok((self.peek(&mut first).await? == 1).then_some(first[0]))
    }
}
