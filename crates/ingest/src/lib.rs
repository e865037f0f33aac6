//! Ports and sockets of monitors.
//!
//! [`spawn`] starts one source: it opens its port, listener or connection, hands each frame with its bytes to the recorder's
//! [`Intake`], tells the recorder how the link is, and comes back by itself after every trouble. What may leave this
//! program towards a monitor is decided by types: a [`serial::ListenPort`] cannot write, a [`serial::AskPort`] and a
//! [`datagram::AskSocket`] send requests of the closed list, an [`mllp::AckWriter`] sends acknowledgements and nothing else,
//! a [`vitalrecorder::Peer`] only what keeps its connection (`docs/read-only.md`).
#![warn(missing_docs)]

mod capture;
mod connect;
pub mod datagram;
mod meter;
pub mod mllp;
mod network;
mod recent;
pub mod serial;
mod socket;
mod source;
mod stats;
mod supervise;
pub mod tail;
mod view;
pub mod vitalrecorder;

pub use capture::CAPTURE_MAX;
pub use meter::{METER_SECONDS, Tally};
pub use network::{Network, NetworkError};
pub use recent::{Kept, Noise, RECENT_BYTES_MAX, RECENT_FACTS_MAX, RECENT_FRAMES_MAX};
pub use socket::{Listener, Stream};
pub use stats::{ACK_CODES, Counts, SourceStats};
pub use supervise::{Backoff, LinkNow, PAUSE_CONNECT_MAX, PAUSE_PORT_MAX, SILENT_AFTER};
pub use view::View;

use chairside_decode::catalog::{LAN, Line, Parity, Protocol};
use chairside_decode::generic::{Description, Generic};
use chairside_decode::hl7::Profile;
use chairside_decode::{Decoder, Dialog};
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
    /// The lines of a device that is described: for [`Protocol::Generic`] only.
    pub description: Option<Arc<Description>>,
    /// Parity of the serial line; `None` for the protocol's usual one.
    pub parity: Option<Parity>,
    /// How it is reached.
    pub transport: Transport,
    /// Never ask this monitor anything, also where its protocol would: a tap beside another recorder.
    pub passive: bool,
    /// TLS, for HL7 over MLLP; `None` for plain connections.
    pub secure: Option<mllp::Secure>,
    /// Folder for raw captures; `None` for none.
    pub capture: Option<PathBuf>,
}

impl SourceSpec {
    /// A decoder that starts at byte 0 of a stream; `None` when the protocol has no such profile, or needs a description
    /// and has none.
    pub(crate) fn decoder(&self) -> Option<Box<dyn Decoder>> {
        match (&self.description, self.protocol) {
            (Some(description), Protocol::Generic) => Some(Box::new(Generic::new(Arc::clone(description)))),
            _ => self.protocol.decoder(self.profile.as_deref()),
        }
    }
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
    /// We connect to the sender; or, where the protocol is asked over the LAN, the monitor is asked there.
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
    /// A device that is described, without its description.
    #[error("source {id}: protocol generic needs a description of its lines")]
    NoDescription {
        /// The source.
        id: SourceId,
    },
    /// TLS where there is none, or for the other end.
    #[error(
        "source {id}: `tls` is for HL7 over the network, with a certificate to show for `listen`, an authority to trust for `connect`"
    )]
    WrongTls {
        /// The source.
        id: SourceId,
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
    /// For whoever looks at it.
    pub view: View,
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
    spawn_on(spec, bind, intake, clock, run, stop)
}

/// The same on a network that may be simulated: `bind` gives the listener of a source whose senders connect.
///
/// # Errors
/// [`IngestError`]: the source cannot work as configured, or `bind` says so.
pub fn spawn_on<L: Listener>(
    mut spec: SourceSpec,
    bind: impl FnOnce(&SourceId, SocketAddr) -> Result<L, IngestError>,
    intake: Intake,
    clock: Clock,
    run: &str,
    stop: watch::Receiver<bool>,
) -> Result<Running, IngestError> {
    if spec.protocol == Protocol::Generic && spec.description.is_none() {
        return Err(IngestError::NoDescription { id: spec.id });
    }
    if spec.decoder().is_none() {
        let profile = spec.profile.unwrap_or_default();
        return Err(IngestError::NoProfile { id: spec.id, protocol: spec.protocol, profile });
    }
    let advice = check_transport(&spec)?;
    check_secure(&spec)?;
    if is_lan(&spec) {
        spec.profile = Some(LAN.to_owned());
    }
    let (way, local_addr) = match spec.transport.clone() {
        Transport::Serial { port, baud } => (Way::Serial(port, line(spec.protocol, baud, spec.parity)), None),
        Transport::Listen { addr, allow } => {
            let listener = bind(&spec.id, addr)?;
            let addr = listener.local_addr().unwrap_or(addr);
            (Way::Listen(listener, addr, allow), Some(addr))
        }
        Transport::Connect { addr } if is_lan(&spec) => (Way::Ask(addr), None),
        Transport::Connect { addr } => (Way::Connect(addr), None),
    };
    let stats = Arc::new(SourceStats::default());
    let link = Link::new(spec.id.clone(), intake.clone(), Arc::clone(&clock), advice);
    let ids = mllp::ControlIds::new(run);
    let source = Arc::new(Source { spec, intake, clock, stats: Arc::clone(&stats), link, ids });
    let view = View::new(Arc::clone(&source), &way);
    let task = tokio::spawn(supervised(source, way, stop));
    Ok(Running { local_addr, stats, view, task })
}

/// A transport that is ready to run.
enum Way<L> {
    Serial(PathBuf, Line),
    Listen(L, SocketAddr, Vec<Network>),
    Connect(String),
    Ask(String),
}

/// Runs the source and watches its silence beside it.
async fn supervised(source: Arc<Source>, way: Way<impl Listener>, stop: watch::Receiver<bool>) {
    let watched = Arc::clone(&source);
    let work = async {
        match way {
            Way::Serial(port, line) => serial::run(source, port, line, stop).await,
            Way::Listen(listener, addr, allow) => mllp::listener::listen(source, listener, addr, allow, stop).await,
            Way::Connect(addr) => connect::run(source, addr, stop).await,
            Way::Ask(addr) => datagram::run(source, addr, stop).await,
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

/// The line a source is set to: the configured speed, and the configured parity or the one the protocol's maker names. CMS50
/// units with five-byte packets have odd parity; the catalog has the line of the newer ones, which have none.
#[must_use]
pub fn line(protocol: Protocol, baud: u32, parity: Option<Parity>) -> Line {
    let usual = protocol.line().map_or(Parity::None, |line| line.parity);
    let of_protocol = if sends_five_bytes(protocol, baud) { Parity::Odd } else { usual };
    Line { baud, parity: parity.unwrap_or(of_protocol) }
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

/// Whether this monitor is asked over the LAN.
fn is_lan(spec: &SourceSpec) -> bool {
    spec.protocol.lan_port().is_some() && matches!(spec.transport, Transport::Connect { .. })
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
        (_, Transport::Connect { .. }) if is_lan(spec) => match spec.profile.as_deref() {
            None | Some(LAN) if !spec.passive => {
                return Ok("check that the monitor is on, its address, and that its LAN data export is enabled");
            }
            None | Some(LAN) => "over the LAN only by asking it: leave `passive` out",
            Some(_) => "from a serial port with this profile: give `port`, or the profile `lan`",
        },
        (_, Transport::Serial { .. }) if spec.profile.as_deref() == Some(LAN) => {
            "over the LAN with this profile: give `connect` instead of `port`"
        }
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

/// A source that should have TLS never runs without.
fn check_secure(spec: &SourceSpec) -> Result<(), IngestError> {
    match (spec.protocol, &spec.transport, &spec.secure) {
        (_, _, None)
        | (Protocol::Hl7, Transport::Listen { .. }, Some(mllp::Secure::Accept(_)))
        | (Protocol::Hl7, Transport::Connect { .. }, Some(mllp::Secure::Reach(_))) => Ok(()),
        _ => Err(IngestError::WrongTls { id: spec.id.clone() }),
    }
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
            assert_eq!(line(protocol, baud, None), Line { baud, parity }, "{} at {baud}", protocol.word());
        }
        let even = Line { baud: 1200, parity: Parity::Even };
        assert_eq!(line(Protocol::Generic, 1200, Some(Parity::Even)), even);
    }
}
