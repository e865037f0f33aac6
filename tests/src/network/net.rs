//! The simulated network in the shape the server wants its own in.

use chairside_ingest as ingest;
use chairside_server as server;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use turmoil::net::{TcpListener, TcpStream};

/// A connection that is not made after this long is given up.
const CONNECT: Duration = Duration::from_secs(3);

/// A listener of a simulated host.
pub(super) struct Ear(TcpListener);

/// A connection of a simulated host.
pub(super) struct Pipe(TcpStream);

impl Ear {
    pub(super) async fn at(port: u16) -> io::Result<Self> {
        TcpListener::bind(("0.0.0.0", port)).await.map(Self)
    }

    async fn next(&self) -> io::Result<(Pipe, SocketAddr)> {
        let (stream, peer) = self.0.accept().await?;
        Ok((Pipe(stream), peer))
    }
}

/// Connects to the server as anybody on the network does.
pub(super) async fn connect(port: u16) -> Option<TcpStream> {
    timeout(CONNECT, TcpStream::connect((super::SERVER, port))).await.ok()?.ok()
}

impl server::Listener for Ear {
    type Stream = Pipe;

    async fn accept(&self) -> io::Result<(Pipe, SocketAddr)> {
        self.next().await
    }
}

impl server::Stream for Pipe {
    fn sends_at_once(&self) -> io::Result<()> {
        Ok(())
    }

    async fn first(&mut self) -> io::Result<Option<u8>> {
        let mut first = [0];
        Ok((self.0.peek(&mut first).await? == 1).then_some(first[0]))
    }
}

impl ingest::Listener for Ear {
    type Stream = Pipe;

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    async fn accept(&self) -> io::Result<(Pipe, SocketAddr)> {
        self.next().await
    }
}

impl ingest::Stream for Pipe {
    type Reading = OwnedReadHalf;
    type Writing = OwnedWriteHalf;

    fn sends_at_once(&self) -> io::Result<()> {
        Ok(())
    }

    /// What the system's TCP would ask by itself is not simulated: a half-open connection stays.
    fn keeps_alive(&self) -> io::Result<()> {
        Ok(())
    }

    fn halves(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        self.0.into_split()
    }
}

impl AsyncRead for Pipe {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
