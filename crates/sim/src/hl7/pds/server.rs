//! The monitor's server: its clients, their heartbeats, and what they get.

use super::{Encoder, HEARTBEAT};
use crate::bedside::{Bedside, Moment, Setup};
use crate::control::Control;
use crate::faults::Mode;
use crate::hl7::{Cutter, Identity, Snapshot, frame};
use jiff::Timestamp;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// How a simulated PDS monitor behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Patient, clock and faults.
    pub bedside: Setup,
    /// Who and where.
    pub identity: Identity,
    /// Seconds between two rounds of values; the monitor's is 1.
    pub interval_s: f64,
    /// A client whose last heartbeat is older than this is dropped. The real figure is not known; this one is ours.
    pub heartbeat_timeout: Duration,
    /// How long after the connection was made the patient message comes.
    pub patient_after: Duration,
    /// Where announcements are sent by UDP, `HOST:PORT`; `None`: nowhere.
    pub announce: Option<String>,
    /// Rounds of each connection before it is closed; `None`: until it ends.
    pub count: Option<u64>,
}

impl Options {
    /// One patient at one bed, a round a second, five seconds of patience.
    #[must_use]
    pub fn new(bed: &str, patient: &str) -> Self {
        let identity =
            Identity { bed: bed.to_owned(), unit: String::new(), patient: patient.to_owned(), name: String::new() };
        Self {
            bedside: Setup::default(),
            identity,
            interval_s: 1.0,
            heartbeat_timeout: Duration::from_secs(5),
            patient_after: Duration::ZERO,
            announce: None,
            count: None,
        }
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Connections accepted.
    pub connections: u64,
    /// Rounds of values sent.
    pub rounds: u64,
    /// Heartbeats heard.
    pub heartbeats: u64,
    /// Heartbeats that came less than half a second after the one before: a burst.
    pub early_heartbeats: u64,
    /// Bytes of clients that belong to no heartbeat: a fault of the host (H14).
    pub unwanted_bytes: u64,
    /// Clients dropped because no heartbeat came.
    pub dropped: u64,
}

impl Summary {
    const fn plus(self, other: Self) -> Self {
        Self {
            connections: self.connections + other.connections,
            rounds: self.rounds + other.rounds,
            heartbeats: self.heartbeats + other.heartbeats,
            early_heartbeats: self.early_heartbeats + other.early_heartbeats,
            unwanted_bytes: self.unwanted_bytes + other.unwanted_bytes,
            dropped: self.dropped + other.dropped,
        }
    }
}

/// How often a client is looked at, and the listener for a new one.
const LOOK: Duration = Duration::from_millis(20);
/// A client that takes no bytes for this long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Heartbeats nearer to each other than this are a burst: one a second is asked for.
const EARLY: Duration = Duration::from_millis(500);
/// Between two announcements, and between two heartbeats of the monitor.
const EVERY: Duration = Duration::from_secs(1);

/// Serves clients until it is stopped.
///
/// # Errors
/// When the listener fails.
pub fn run(options: &Options, control: &Control, listener: &TcpListener) -> io::Result<Summary> {
    listener.set_nonblocking(true)?;
    let (start, start_wall) = (Instant::now(), Timestamp::now());
    let mut announcer = Announcer::open(options, listener)?;
    std::thread::scope(|scope| {
        let mut clients = Vec::new();
        while !control.wait(LOOK) {
            announcer.announce_if_due();
            match listener.accept() {
                Ok((stream, peer)) => clients.push(scope.spawn(move || {
                    let bedside = Bedside::new(options.bedside.clone(), start_wall);
                    Client::new(options, control, bedside, start, peer).serve(stream)
                })),
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(error) => {
                    control.stop();
                    return Err(error);
                }
            }
        }
        let join = |client: std::thread::ScopedJoinHandle<'_, Summary>| {
            // A client that panicked is a fault of the simulator: let it be seen.
            client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        Ok(clients.into_iter().map(join).fold(Summary::default(), Summary::plus))
    })
}

/// Tells everybody by UDP that the monitor is there.
struct Announcer<'a> {
    to: Option<(UdpSocket, &'a str)>,
    frame: Vec<u8>,
    due: Instant,
}

impl<'a> Announcer<'a> {
    fn open(options: &'a Options, listener: &TcpListener) -> io::Result<Self> {
        let at = listener.local_addr()?;
        let to = options.announce.as_deref().map(|to| UdpSocket::bind((at.ip(), 0)).map(|socket| (socket, to)));
        let to = to.transpose()?;
        if let Some((socket, _)) = &to {
            socket.set_broadcast(true)?;
        }
        Ok(Self { to, frame: Encoder::new(options.identity.clone()).announcement(at), due: Instant::now() })
    }

    fn announce_if_due(&mut self) {
        let Some((socket, to)) = &self.to else { return };
        if Instant::now() < self.due {
            return;
        }
        self.due = Instant::now() + EVERY;
        if let Err(error) = socket.send_to(&self.frame, to) {
            eprintln!("pds: cannot announce to {to}: {error}");
        }
    }
}

/// One client on its connection.
struct Client<'a> {
    options: &'a Options,
    control: &'a Control,
    bedside: Bedside,
    encoder: Encoder,
    /// When the monitor was switched on.
    start: Instant,
    peer: SocketAddr,
    cutter: Cutter,
    last_heartbeat: Instant,
    last_round: Vec<u8>,
    summary: Summary,
}

/// Why a connection ended.
enum End {
    /// The client closed it, or it broke.
    Gone,
    /// The monitor closed it: stopped, counted out, cut off.
    Ours,
}

impl<'a> Client<'a> {
    fn new(options: &'a Options, control: &'a Control, bedside: Bedside, start: Instant, peer: SocketAddr) -> Self {
        Self {
            options,
            control,
            bedside,
            encoder: Encoder::new(options.identity.clone()),
            start,
            peer,
            cutter: Cutter::default(),
            last_heartbeat: Instant::now(),
            last_round: Vec::new(),
            summary: Summary { connections: 1, ..Summary::default() },
        }
    }

    fn serve(mut self, mut stream: TcpStream) -> Summary {
        eprintln!("pds: {} connected", self.peer);
        let ended = self.converse(&mut stream);
        let reason = match ended {
            Ok(End::Gone) => "the client closed it".to_owned(),
            Ok(End::Ours) => "closed".to_owned(),
            Err(error) => error.to_string(),
        };
        eprintln!("pds: connection of {} ended: {reason}", self.peer);
        self.summary.unwanted_bytes += self.cutter.stray();
        self.summary
    }

    fn converse(&mut self, stream: &mut TcpStream) -> io::Result<End> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        let (begun, at) = (Instant::now(), stream.local_addr()?);
        let (mut round_due, mut beat_due, mut patient_due) = (begun, begun, Some(begun + self.options.patient_after));
        self.last_heartbeat = begun;
        while !self.control.stopped() && self.options.count.is_none_or(|count| self.summary.rounds < count) {
            if self.listen(stream)? {
                return Ok(End::Gone);
            }
            if self.last_heartbeat.elapsed() > self.options.heartbeat_timeout {
                self.summary.dropped += 1;
                eprintln!("pds: no heartbeat of {} for {:?}", self.peer, self.options.heartbeat_timeout);
                return Ok(End::Ours);
            }
            let now = Instant::now();
            if self.control.mode() != Some(Mode::Silence) && patient_due.is_some_and(|due| now >= due) {
                patient_due = None;
                stream.write_all(&self.encoder.patient(at))?;
            }
            if now >= round_due {
                round_due += Duration::from_secs_f64(self.options.interval_s);
                let beats = now >= beat_due;
                if beats {
                    beat_due = now + EVERY;
                }
                if let Some(end) = self.send_round(stream, beats)? {
                    return Ok(end);
                }
            }
        }
        Ok(End::Ours)
    }

    /// Takes what the client sent; true when it is gone.
    fn listen(&mut self, stream: &mut TcpStream) -> io::Result<bool> {
        let mut buffer = [0; 4096];
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(count) => count,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => 0,
            Err(error) => return Err(error),
        };
        for message in self.cutter.feed(&buffer[..count]) {
            if message == HEARTBEAT {
                let early = self.summary.heartbeats > 0 && self.last_heartbeat.elapsed() < EARLY;
                self.summary.heartbeats += 1;
                self.summary.early_heartbeats += u64::from(early);
                self.last_heartbeat = Instant::now();
            } else {
                self.summary.unwanted_bytes += message.len() as u64;
                eprintln!("FAULT: a client sent what is no heartbeat: {}", message.escape_ascii());
            }
        }
        Ok(false)
    }

    /// Sends a second's frames, with a heartbeat where one is due; the end, if the fault is that.
    fn send_round(&mut self, stream: &mut TcpStream, beats: bool) -> io::Result<Option<End>> {
        let elapsed_s = self.start.elapsed().as_secs_f64();
        let mode = self.bedside.mode(elapsed_s, self.control.mode());
        if mode == Mode::Silence {
            return Ok(None);
        }
        let moment = self.bedside.moment(elapsed_s, mode);
        if mode != Mode::Repeat || self.last_round.is_empty() {
            self.last_round = round(&self.encoder, &moment, beats);
        }
        let bytes = self.bedside.on_the_line(mode, &[], &self.last_round);
        stream.write_all(&bytes)?;
        self.summary.rounds += u64::from(mode != Mode::Cut);
        Ok((mode == Mode::Cut).then_some(End::Ours))
    }
}

/// The bytes of a round.
fn round(encoder: &Encoder, moment: &Moment, beats: bool) -> Vec<u8> {
    let cuff = moment.cuff.map(|cuff| (cuff.pressure, cuff.at));
    let snapshot = Snapshot::of(&moment.vitals, moment.sensor_on(), cuff);
    let heartbeat = if beats { frame(HEARTBEAT) } else { Vec::new() };
    [heartbeat, encoder.round(&snapshot, |at| moment.shown(at)).concat()].concat()
}
