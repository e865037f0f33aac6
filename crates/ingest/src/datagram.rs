//! Monitors that are asked over the LAN, datagram by datagram.

use crate::source::{Ear, Source};
use crate::supervise::{Backoff, PAUSE_CONNECT_MAX, stopped};
use chairside_request::Request;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, sockopt};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UdpSocket, lookup_host};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Longest datagram taken whole: monitors negotiate at most 1364 bytes. A longer one is cut, and its last unit with it.
pub const DATAGRAM_MAX: usize = 8192;
/// A name that was not found by then is not found.
const LOOKUP_TIME_MAX: Duration = Duration::from_secs(2);

/// The way to one monitor on the LAN. What goes out is a [`Request`] and nothing else, and only to the address it was opened
/// for; what comes in is taken from that monitor's address, from whichever of its ports: some answer from another one.
///
/// ```compile_fail
/// # async fn f(mut socket: chairside_ingest::datagram::AskSocket) {
/// socket.ask(b"\xE1\x00").await;
/// # }
/// ```
/// ```compile_fail
/// # async fn f(mut socket: chairside_ingest::datagram::AskSocket) {
/// socket.send(b"\xE1\x00").await;
/// # }
/// ```
/// ```compile_fail
/// # fn f(socket: &chairside_ingest::datagram::AskSocket) {
/// use std::os::fd::AsFd;
/// socket.as_fd();
/// # }
/// ```
/// Asking is what compiles:
/// ```
/// # async fn f(mut socket: chairside_ingest::datagram::AskSocket) {
/// let _ = socket.ask(chairside_request::Request::IntellivueAssociate(chairside_request::Link::Lan)).await;
/// # }
/// ```
pub struct AskSocket {
    monitor: SocketAddr,
    /// Sends, and hears the port we ask: connected, so that the network's "nobody is there" reaches the next request.
    asked: UdpSocket,
    /// Hears all other ports. It has the same port of ours and is never written to.
    others: UdpSocket,
}

impl AskSocket {
    /// Opens the way to `host:port`.
    ///
    /// # Errors
    /// The name is not known, or this machine has no way there.
    pub async fn open(addr: &str) -> io::Result<Self> {
        let too_late = |_| io::Error::new(io::ErrorKind::TimedOut, "the name was not found in time");
        let found = timeout(LOOKUP_TIME_MAX, lookup_host(addr)).await.map_err(too_late)??.next();
        let monitor = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))?;
        let (any, family): (IpAddr, _) = match monitor {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), AddressFamily::INET),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), AddressFamily::INET6),
        };
        let socket = || net::socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None);
        let (others, asked) = (socket()?, socket()?);
        // A port nobody else has is taken first, and only then opened for the second socket: of this user, on this port.
        net::bind(&others, &SocketAddr::new(any, 0))?;
        let others = UdpSocket::from_std(others.into())?;
        sockopt::set_socket_reuseport(&others, true)?;
        sockopt::set_socket_reuseport(&asked, true)?;
        net::bind(&asked, &others.local_addr()?)?;
        net::connect(&asked, &monitor)?;
        Ok(Self { monitor, asked: UdpSocket::from_std(asked.into())?, others })
    }

    /// Waits for a datagram and takes it. `None`: it came from somebody else and was thrown away.
    ///
    /// # Errors
    /// The sockets are of no more use.
    pub async fn read(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        let idle = |e: &io::Error| e.kind() == io::ErrorKind::WouldBlock;
        loop {
            tokio::select! {
                ready = self.asked.readable() => ready?,
                ready = self.others.readable() => ready?,
            }
            match self.asked.try_recv(into) {
                Err(e) if idle(&e) => {}
                taken => return taken.map(Some),
            }
            match self.others.try_recv_from(into) {
                Err(e) if idle(&e) => {}
                Err(e) => return Err(e),
                Ok((count, from)) => return Ok(self.is_monitor(from).then_some(count)),
            }
        }
    }

    /// Sends one request, whole.
    ///
    /// # Errors
    /// The network said of the request before that nobody is there, or there is no way. A monitor that comes back is asked
    /// on a new socket.
    pub async fn ask(&mut self, request: Request) -> io::Result<()> {
        self.asked.send(&request.frame()).await.map(drop)
    }

    fn is_monitor(&self, from: SocketAddr) -> bool {
        from.ip().to_canonical() == self.monitor.ip().to_canonical()
    }
}

/// Asks the monitor at `addr` and hears it, until told to stop.
pub(crate) async fn run(source: Arc<Source>, addr: String, mut stop: watch::Receiver<bool>) {
    let Some(mut ear) = source.ear() else { return };
    let mut backoff = Backoff::new(&source.spec.id, PAUSE_CONNECT_MAX);
    source.link.connecting(&format!("asking {addr}"));
    loop {
        let opened = tokio::select! {
            opened = AskSocket::open(&addr) => opened,
            () = stopped(&mut stop) => return,
        };
        let lost = match opened {
            Ok(socket) => {
                source.link.opened(&format!("asking {addr}, waiting for its first answer"));
                let before = source.stats.counts().frames;
                let Some(lost) = session(socket, &mut ear, &source, &mut stop).await else { return };
                // A monitor that is off is not to be tried twice a second (H15).
                if source.stats.counts().frames > before {
                    backoff.reset();
                }
                lost
            }
            Err(error) => error,
        };
        source.link.lost(&format!(
            "{addr} cannot be asked ({lost}); check that the monitor is on, its address, and that its LAN data export is \
             enabled; trying again every 2 s"
        ));
        tokio::select! {
            () = sleep(backoff.pause()) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// One opening, until the network fails or it is time to stop (`None`).
async fn session(
    mut socket: AskSocket,
    ear: &mut Ear,
    source: &Source,
    stop: &mut watch::Receiver<bool>,
) -> Option<io::Error> {
    ear.begin();
    let lost = tokio::select! {
        ended = converse(&mut socket, ear, source) => match ended {
            Ok(never) => match never {},
            Err(lost) => Some(lost),
        },
        () = stopped(stop) => None,
    };
    if lost.is_none()
        && let Some(farewell) = ear.farewell()
    {
        // The monitor drops the association by itself when this does not arrive.
        let _ = socket.ask(farewell).await;
    }
    drop(ear.end());
    ear.close().await;
    lost
}

async fn converse(socket: &mut AskSocket, ear: &mut Ear, source: &Source) -> io::Result<Infallible> {
    let mut bytes = [0; DATAGRAM_MAX];
    loop {
        while let Some(request) = ear.next_request() {
            socket.ask(request).await?;
        }
        let due = ear.until_due();
        tokio::select! {
            read = socket.read(&mut bytes) => match read? {
                Some(count) => drop(ear.take(&bytes[..count])),
                None => source.stats.refused(),
            },
            () = sleep(due) => {}
        }
    }
}
