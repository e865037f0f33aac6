//! The handshake before the first message, where a source has TLS.

use crate::socket::Stream;
use chairside_tls::{Accept, Reach, reason};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

/// A handshake that is not through by then is given up; meanwhile it holds a connection of its own address only.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// Our end of the TLS of a source.
#[derive(Clone, Debug)]
pub enum Secure {
    /// Senders connect to us; the certificate they have to show is part of it.
    Accept(Accept),
    /// We connect, and trust no other authorities than these.
    Reach(Reach),
}

/// With a sender that connected; an error says why it is not served.
pub(crate) async fn accept<S: Stream>(stream: S, accept: &Accept) -> Result<TlsStream<S>, String> {
    let shaken = timeout(HANDSHAKE_MAX, TlsAcceptor::from(accept.config()).accept(stream)).await;
    match shaken {
        Ok(Ok(stream)) => Ok(TlsStream::Server(stream)),
        Ok(Err(error)) => Err(reason(&error)),
        Err(_elapsed) => Err(too_late()),
    }
}

/// With a monitor or gateway we connected to; an error says why it is not listened to.
pub(crate) async fn reach(stream: TcpStream, reach: &Reach, addr: &str) -> Result<TlsStream<TcpStream>, String> {
    let name = Reach::name(addr).ok_or_else(|| format!("{addr} has no name a certificate could be for"))?;
    let shaken = timeout(HANDSHAKE_MAX, TlsConnector::from(reach.config()).connect(name, stream)).await;
    match shaken {
        Ok(Ok(stream)) => Ok(TlsStream::Client(stream)),
        Ok(Err(error)) => Err(reason(&error)),
        Err(_elapsed) => Err(too_late()),
    }
}

fn too_late() -> String {
    format!("its handshake was not over after {} s", HANDSHAKE_MAX.as_secs())
}
