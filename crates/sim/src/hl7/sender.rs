//! One connection to a receiver: stop and wait, send again, come back after an outage.

use super::ack::Verdict;
use super::{Ack, Cutter, Dialect, Message, frame};
use crate::control::Control;
use crate::rng::Rng;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Times a message is sent before the sender gives up on the connection: GE's manual says three in all.
const ATTEMPTS_MAX: u32 = 3;
/// How often a waiting sender looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(50);
/// A receiver that does not take the connection within this time is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A receiver that takes no bytes for this long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// First wait after a connection was lost or refused; doubled each time, up to the longest, and spread by up to a half so
/// that many monitors do not come back at the same moment.
const BACK_OFF_FIRST: Duration = Duration::from_millis(200);
const BACK_OFF_MAX: Duration = Duration::from_secs(10);

/// What a sender has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Different messages begun.
    pub sent: u64,
    /// Messages acknowledged as stored: `AA` or `CA` as asked for, with their own control id.
    pub acknowledged: u64,
    /// Messages refused for good: `AR` or `CR`.
    pub refused: u64,
    /// Messages given up: three times unanswered, or lost with their connection by a make that does not send again.
    pub given_up: u64,
    /// Times a message was sent again.
    pub repeats: u64,
    /// Acknowledgements of the other mode than MSH-15/16 asked for: a fault of the receiver.
    pub wrong_mode: u64,
    /// Answers to no message of ours: late ones, and what is no acknowledgement.
    pub unexpected: u64,
    /// Connections made.
    pub connections: u64,
}

impl Summary {
    /// The sums of two.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            acknowledged: self.acknowledged + other.acknowledged,
            refused: self.refused + other.refused,
            given_up: self.given_up + other.given_up,
            repeats: self.repeats + other.repeats,
            wrong_mode: self.wrong_mode + other.wrong_mode,
            unexpected: self.unexpected + other.unexpected,
            connections: self.connections + other.connections,
        }
    }
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Stored,
    Refused,
    GivenUp,
    /// A stop was asked for while it was under way.
    Stopped,
}

/// How one attempt ended.
enum Answer {
    Verdict(Verdict),
    /// The time is over.
    None,
    /// The connection is gone.
    Gone,
    Stopped,
}

pub(super) struct Sender<'a> {
    to: &'a str,
    name: String,
    dialect: Dialect,
    ack_timeout: Duration,
    control: &'a Control,
    stream: Option<TcpStream>,
    cutter: Cutter,
    rng: Rng,
    back_off: Duration,
    away: bool,
    pub(super) summary: Summary,
}

impl<'a> Sender<'a> {
    pub(super) fn new(
        to: &'a str,
        name: String,
        dialect: Dialect,
        ack_timeout: Duration,
        control: &'a Control,
        seed: u64,
    ) -> Self {
        Self {
            to,
            name,
            dialect,
            ack_timeout,
            control,
            stream: None,
            cutter: Cutter::default(),
            rng: Rng::new(seed ^ 0x5E4D),
            back_off: BACK_OFF_FIRST,
            away: false,
            summary: Summary::default(),
        }
    }

    /// Sends a message, `before` in front of it, until it is answered or given up.
    pub(super) fn deliver(&mut self, message: &Message, before: &[u8]) -> Outcome {
        let bytes = [before, &frame(&message.bytes)].concat();
        let mut unanswered = 0;
        self.summary.sent += 1;
        for attempt in 0_u32.. {
            if !self.connect() {
                return Outcome::Stopped;
            }
            self.summary.repeats += u64::from(attempt > 0);
            match self.attempt(&bytes, &message.control_id) {
                Answer::Verdict(Verdict::Stored) => {
                    self.summary.acknowledged += 1;
                    self.back_off = BACK_OFF_FIRST;
                    return Outcome::Stored;
                }
                Answer::Verdict(Verdict::Refused) => {
                    self.summary.refused += 1;
                    if self.dialect == Dialect::Ge {
                        self.disconnect("the receiver refused a message");
                    }
                    return Outcome::Refused;
                }
                Answer::Stopped => return Outcome::Stopped,
                Answer::Gone if self.dialect.resends_after_reconnect() => {}
                Answer::Gone => break,
                Answer::None | Answer::Verdict(Verdict::Error | Verdict::WrongMode) => {
                    unanswered += 1;
                    if unanswered == ATTEMPTS_MAX {
                        self.disconnect("no acknowledgement after three attempts");
                        break;
                    }
                }
            }
        }
        self.summary.given_up += 1;
        Outcome::GivenUp
    }

    /// Sends the beginning of a frame and closes the connection, as when a cable is pulled.
    pub(super) fn break_off(&mut self, part: &[u8]) {
        if self.connect() {
            if let Some(stream) = &mut self.stream {
                // A failure here is just another way of breaking off.
                let _ = stream.write_all(part);
            }
            self.disconnect("cut off on purpose");
        }
    }

    fn attempt(&mut self, bytes: &[u8], control_id: &str) -> Answer {
        let Some(stream) = &mut self.stream else { return Answer::Gone };
        if let Err(error) = stream.write_all(bytes) {
            self.disconnect(&error.to_string());
            return Answer::Gone;
        }
        self.answer(control_id)
    }

    /// Waits for the acknowledgement of one message.
    fn answer(&mut self, control_id: &str) -> Answer {
        let deadline = Instant::now() + self.ack_timeout;
        let mut buffer = [0; 4096];
        while Instant::now() < deadline {
            if self.control.stopped() {
                return Answer::Stopped;
            }
            let Some(stream) = &mut self.stream else { return Answer::Gone };
            let count = match stream.read(&mut buffer) {
                Ok(0) => {
                    self.disconnect("the receiver closed the connection");
                    return Answer::Gone;
                }
                Ok(count) => count,
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => 0,
                Err(error) => {
                    self.disconnect(&error.to_string());
                    return Answer::Gone;
                }
            };
            if let Some(verdict) = self.judge(&buffer[..count], control_id) {
                return Answer::Verdict(verdict);
            }
        }
        Answer::None
    }

    /// Reads answers; the verdict on our message, if it is among them.
    fn judge(&mut self, bytes: &[u8], control_id: &str) -> Option<Verdict> {
        let mut found = None;
        for answer in self.cutter.feed(bytes) {
            match Ack::parse(&answer) {
                Some(ack) if ack.control_id == control_id => {
                    let verdict = ack.verdict(self.dialect.ack_mode());
                    if verdict == Verdict::WrongMode {
                        self.summary.wrong_mode += 1;
                        let (name, code, mode) = (&self.name, &ack.code, self.dialect.ack_mode());
                        eprintln!("{name}: FAULT: answered {code}, but MSH-15/16 ask for {mode:?} acknowledgement");
                    }
                    found = Some(verdict);
                }
                _ => self.summary.unexpected += 1,
            }
        }
        found
    }

    /// Makes sure there is a connection; false when a stop was asked for before there was one.
    fn connect(&mut self) -> bool {
        while self.stream.is_none() {
            if self.control.stopped() {
                return false;
            }
            match open(self.to) {
                Ok(stream) => {
                    if self.away || self.summary.connections == 0 {
                        eprintln!("{}: connected to {}", self.name, self.to);
                    }
                    self.summary.connections += 1;
                    self.away = false;
                    self.cutter = Cutter::default();
                    self.stream = Some(stream);
                }
                Err(error) => {
                    if !self.away {
                        eprintln!("{}: cannot reach {}: {error}; trying again", self.name, self.to);
                    }
                    self.away = true;
                    if self.wait_back_off() {
                        return false;
                    }
                }
            }
        }
        !self.control.stopped()
    }

    /// Closes the connection and waits a moment before the next; what the reason was is said.
    fn disconnect(&mut self, reason: &str) {
        if let Some(stream) = self.stream.take() {
            eprintln!("{}: connection to {} ended: {reason}", self.name, self.to);
            self.away = true;
            // It may be gone already: then there is nothing to shut.
            let _ = stream.shutdown(Shutdown::Both);
            // A stop during the wait is seen by the next look.
            let _ = self.wait_back_off();
        }
    }

    fn wait_back_off(&mut self) -> bool {
        let spread = self.rng.between(0.75, 1.25);
        let wait = self.back_off.mul_f64(spread);
        self.back_off = (self.back_off * 2).min(BACK_OFF_MAX);
        self.control.wait(wait)
    }
}

fn open(to: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in to.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(LOOK))?;
                stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
