//! Ports and sockets of monitors.
//!
//! [`spawn`] starts one source: it opens its port, listener or connection, hands each frame with its bytes to the recorder's
//! [`Intake`], tells the recorder how the link is, and comes back by itself after every trouble. What may leave this
//! program towards a monitor is decided by types: a [`serial::ListenPort`] cannot write, a [`serial::AskPort`] sends requests
//! of the closed list, an [`mllp::AckWriter`] sends acknowledgements and nothing else, a
//! [`vitalrecorder::Peer`] only what keeps its connection (`docs/read-only.md`).
#![warn(missing_docs)]

mod capture;
mod connect;
pub mod mllp;
mod network;
pub mod serial;
mod source;
mod stats;
mod supervise;
pub mod tail;
pub mod vitalrecorder;

pub use capture::CAPTURE_MAX;
pub use network::{Network, NetworkError};
pub use stats::{ACK_CODES, Counts, SourceStats};
pub use supervise::{Backoff, PAUSE_CONNECT_MAX, PAUSE_PORT_MAX, SILENT_AFTER};

use chairside_decode::Dialog;
use chairside_decode::catalog::{Line, Parity, Protocol};
use chairside_decode::hl7::Profile;
use chairside_observation::SourceId;
use chairside_recorder::{Clock, Intake};
use chairside_request::Request;
use source::Source;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use supervise::Link;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One source, as the configuration says.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// Its id.
    pub id: SourceId,
    /// What it speaks.
    pub protocol: Protocol,
    /// The dialect; `None` for the protocol's default.
    pub profile: Option<String>,
    /// How it is reached.
    pub transport: Transport,
    /// Never ask this monitor anything, also where its protocol would: a tap beside another recorder.
    pub passive: bool,
    /// Folder for raw captures; `None` for none.
    pub capture: Option<PathBuf>,
}

/// How a source is reached.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A serial port. It is only listened to, unless the protocol has a dialogue and the source is not passive.
    Serial {
        /// Path; it may be a link such as those in `/dev/serial/by-id`.
        port: PathBuf,
        /// Bits per second.
        baud: u32,
    },
    /// Senders connect to us.
    Listen {
        /// Our address; port 0 takes a free one.
        addr: SocketAddr,
        /// Senders beside this machine itself that may connect; with none, nobody else may.
        allow: Vec<Network>,
    },
    /// We connect to the sender.
    Connect {
        /// `host:port`.
        addr: String,
    },
}

/// Why a source cannot be started at all. What may change by itself (a port not plugged in) is no such error but the
/// state of its link.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The listener's address is taken.
    #[error("source {id}: {addr} is in use by another program; end it, or choose another port for `listen`")]
    AddressInUse {
        /// The source.
        id: SourceId,
        /// The address.
        addr: SocketAddr,
    },
    /// The listener's address is not one of this machine's.
    #[error("source {id}: this machine has no address {}; set `listen` to one it has, or to 0.0.0.0", addr.ip())]
    AddressNotHere {
        /// The source.
        id: SourceId,
        /// The address.
        addr: SocketAddr,
    },
    /// This user may not listen there.
    #[error("source {id}: this user may not listen on {addr}; choose a port from 1024 on, such as 2575")]
    AddressDenied {
        /// The source.
        id: SourceId,
        /// The address.
        addr: SocketAddr,
    },
    /// Anything else the system said.
    #[error("source {id}: cannot listen on {addr}: {found}")]
    Listen {
        /// The source.
        id: SourceId,
        /// The address.
        addr: SocketAddr,
        /// The system's words.
        found: io::Error,
    },
    /// There is no such profile.
    #[error("source {id}: protocol {} has no profile `{profile}`; expected one of: {}", protocol.word(), protocol.profiles().join(", "))]
    NoProfile {
        /// The source.
        id: SourceId,
        /// The protocol.
        protocol: Protocol,
        /// The profile found.
        profile: String,
    },
    /// The protocol does not go this way.
    #[error("source {id}: protocol {} is read {expected}", protocol.word())]
    WrongTransport {
        /// The source.
        id: SourceId,
        /// The protocol.
        protocol: Protocol,
        /// The way it goes.
        expected: &'static str,
    },
}

/// A source that runs.
#[derive(Debug)]
pub struct Running {
    /// The listener's address, with the port it really has.
    pub local_addr: Option<SocketAddr>,
    /// Its counters.
    pub stats: Arc<SourceStats>,
    /// Ends once `stop` became true and everything received was handed to the recorder.
    pub task: JoinHandle<()>,
}

/// Starts a source. A listener is bound before this returns. `run` tells this start of the program from others, and is
/// part of the control ids of our acknowledgements. To be called within a tokio runtime.
///
/// # Errors
/// [`IngestError`]: the source cannot work as configured.
pub fn spawn(
    spec: SourceSpec,
    intake: Intake,
    clock: Clock,
    run: &str,
    stop: watch::Receiver<bool>,
) -> Result<Running, IngestError> {
    if spec.protocol.decoder(spec.profile.as_deref()).is_none() {
        let profile = spec.profile.unwrap_or_default();
        return Err(IngestError::NoProfile { id: spec.id, protocol: spec.protocol, profile });
    }
    let advice = check_transport(&spec)?;
    let (way, local_addr) = match spec.transport.clone() {
        Transport::Serial { port, baud } => (Way::Serial(port, line(spec.protocol, baud)), None),
        Transport::Listen { addr, allow } => {
            let listener = bind(&spec.id, addr)?;
            let addr = listener.local_addr().unwrap_or(addr);
            (Way::Listen(listener, addr, allow), Some(addr))
        }
        Transport::Connect { addr } => (Way::Connect(addr), None),
    };
    let stats = Arc::new(SourceStats::default());
    let link = Link::new(spec.id.clone(), intake.clone(), Arc::clone(&clock), advice);
    let ids = mllp::ControlIds::new(run);
    let source = Arc::new(Source { spec, intake, clock, stats: Arc::clone(&stats), link, ids });
    let task = tokio::spawn(supervised(source, way, stop));
    Ok(Running { local_addr, stats, task })
}

/// A transport that is ready to run.
enum Way {
    Serial(PathBuf, Line),
    Listen(TcpListener, SocketAddr, Vec<Network>),
    Connect(String),
}

/// Runs the source and watches its silence beside it.
async fn supervised(source: Arc<Source>, way: Way, stop: watch::Receiver<bool>) {
    let watched = Arc::clone(&source);
    let work = async {
        match way {
            Way::Serial(port, line) => serial::run(source, port, line, stop).await,
            Way::Listen(listener, addr, allow) => mllp::listener::listen(source, listener, addr, allow, stop).await,
            Way::Connect(addr) => connect::run(source, addr, stop).await,
        }
    };
    tokio::select! {
        () = work => {}
        () = watched.link.watch() => {}
    }
}

/// Highest speed of a CMS50 with five-byte packets: 4800 baud in the maker's note, 19200 in later units. Those with nine-byte
/// packets have 115200.
const CMS50_FIVE_BYTES_BAUD_MAX: u32 = 19_200;

/// Whether this is a CMS50 with five-byte packets, which is told by its speed.
fn sends_five_bytes(protocol: Protocol, baud: u32) -> bool {
    protocol == Protocol::Cms50 && baud <= CMS50_FIVE_BYTES_BAUD_MAX
}

/// The line a source is set to: the configured speed, and the parity the protocol's maker names. CMS50 units with
/// five-byte packets have odd parity; the catalog has the line of the newer ones, which have none.
#[must_use]
pub fn line(protocol: Protocol, baud: u32) -> Line {
    let usual = protocol.line().map_or(Parity::None, |line| line.parity);
    Line { baud, parity: if sends_five_bytes(protocol, baud) { Parity::Odd } else { usual } }
}

impl SourceSpec {
    /// What to ask this source's monitor; `None` for one that is only listened to.
    fn dialog(&self) -> Option<Box<dyn Dialog>> {
        let speaks = matches!(self.transport, Transport::Serial { baud, .. } if sends_five_bytes(self.protocol, baud));
        if self.passive || speaks { None } else { self.protocol.dialog(self.profile.as_deref()) }
    }

    /// What this source's monitor has to hear about once a second, or it ends the connection. Only a profile that was set
    /// says so: what a monitor looks like is no permission to send to it.
    fn heartbeat(&self) -> Option<Request> {
        let profile = self.profile.as_deref().and_then(Profile::from_word);
        if self.passive || self.protocol != Protocol::Hl7 { None } else { profile.and_then(Profile::heartbeat) }
    }
}

/// Whether the protocol goes this way; what a silence may mean there.
fn check_transport(spec: &SourceSpec) -> Result<&'static str, IngestError> {
    let expected = match (spec.protocol, &spec.transport) {
        (Protocol::Hl7, Transport::Serial { .. }) => "over the network: give `listen` or `connect` instead of `port`",
        (Protocol::VitalRecorder, Transport::Listen { .. }) => {
            return Ok("check that VitalRecorder runs with SEND_WEB=1 and that its devices are connected");
        }
        (Protocol::VitalRecorder, _) => "by waiting for it: give `listen`, VitalRecorder connects to us",
        (Protocol::Hl7, _) => return Ok("check that the monitor has a patient and valid values, and its HL7 settings"),
        (_, Transport::Serial { .. }) if spec.dialog().is_some() => {
            return Ok(
                "check that the monitor is on, its cable (both directions), and that its port is set to this protocol and speed",
            );
        }
        (_, Transport::Serial { .. }) => {
            return Ok("check that the monitor is on, its cable, and that its port is set to this protocol and speed");
        }
        _ => "from a serial port: give `port` and `baud`",
    };
    Err(IngestError::WrongTransport { id: spec.id.clone(), protocol: spec.protocol, expected })
}

fn bind(id: &SourceId, addr: SocketAddr) -> Result<TcpListener, IngestError> {
    let listen = || {
        let listener = std::net::TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    let id = id.clone();
    listen().map_err(|found| match found.kind() {
        io::ErrorKind::AddrInUse => IngestError::AddressInUse { id, addr },
        io::ErrorKind::AddrNotAvailable => IngestError::AddressNotHere { id, addr },
        io::ErrorKind::PermissionDenied => IngestError::AddressDenied { id, addr },
        _ => IngestError::Listen { id, addr, found },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_the_configured_one_and_the_parity_the_protocols() {
        for (protocol, baud, parity) in [
            (Protocol::Nellcor, 9600, Parity::None),
            (Protocol::Nellcor, 19_200, Parity::None),
            (Protocol::Dri, 19_200, Parity::Even),
            (Protocol::Dri, 115_200, Parity::Even),
            (Protocol::Cms50, 4800, Parity::Odd),
            (Protocol::Cms50, 19_200, Parity::Odd),
            (Protocol::Cms50, 115_200, Parity::None),
        ] {
            assert_eq!(line(protocol, baud), Line { baud, parity }, "{} at {baud}", protocol.word());
        }
    }
}
