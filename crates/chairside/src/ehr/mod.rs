//! Signed records go to the EHR as HL7 v2 over MLLP, and each message waits on disk until the EHR has said that it has it.
//!
//! One thread sends, one message at a time, in the order of the signatures. A connection that fails, or an EHR that cannot
//! take a message this time, is tried again, ever more seldom. What the EHR refuses is put aside with its words, so that it
//! stops nobody behind it. Whatever the EHR does, nothing of this stands between a monitor and the log.

mod follow;
mod page;
mod queue;
mod send;
#[cfg(test)]
mod tests;

pub use follow::{Needs, start};
pub(crate) use page::none;
pub use send::To;

use chairside_observation::Micros;
use chairside_recorder::Clock;
use queue::Queue;
use send::{Answer, Line};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How patient the sender is.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After the first failure it waits so long; after each further one twice as long.
    pub first: Duration,
    /// Never longer than this: the EHR is back within minutes of being back.
    pub most: Duration,
    /// For a connection, and for an answer. An interface engine that stores a report of some hundred kilobytes takes seconds.
    pub patience: Duration,
    /// A message the EHR could not take so many times is put aside: it is the message, and others wait behind it.
    pub tries: u32,
}

impl Default for Pace {
    fn default() -> Self {
        let (first, most) = (Duration::from_secs(1), Duration::from_secs(300));
        Self { first, most, patience: Duration::from_secs(30), tries: 5 }
    }
}

/// What waits, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Messages that wait.
    pub waiting: usize,
    /// Why the first of them still waits: empty when it is being sent, or nothing waits.
    pub why: String,
    /// Messages accepted since the start.
    pub sent: u64,
    /// The last of them: session, kind, and when the EHR said so.
    pub last_sent: Option<(String, String, Micros)>,
    /// The message that could not be sent last, and how often in a row.
    pub tried: Option<(String, u32)>,
    /// When the first one is tried again, UTC; absent while that is being done.
    pub next: Option<Micros>,
    /// Messages the EHR will not have, with its words; newest last.
    pub refused: Vec<(String, String)>,
}

/// The queue with its sender.
#[derive(Clone)]
pub struct Ehr {
    queue: Arc<Mutex<Queue>>,
    status: Arc<Mutex<Status>>,
    clock: Clock,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The queue's truth is on disk: a panic while it was held leaves nothing half-done in memory.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ehr {
    /// The queue in `folder`.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path, clock: Clock) -> io::Result<Self> {
        let queue = Arc::new(Mutex::new(Queue::open(folder)?));
        let ehr = Self { queue, status: Arc::default(), clock };
        ehr.look(None);
        Ok(ehr)
    }

    /// What waits now, and why.
    #[must_use]
    pub fn status(&self) -> Status {
        lock(&self.status).clone()
    }

    /// Whether the messages of a session that was signed then, or got an addendum then, are in the queue, or were.
    #[must_use]
    pub fn knows(&self, session: &str, signed: Micros) -> bool {
        lock(&self.queue).knows(&begin(session, signed))
    }

    /// Puts the messages of a session in that was signed then, or got an addendum then. They are named by that time, so that
    /// the order is that. The first one is put in last: a crash in between is known by its absence.
    ///
    /// # Errors
    /// One cannot be written; asked again, the others are not doubled.
    pub fn put(&self, session: &str, signed: Micros, messages: &[Vec<u8>]) -> io::Result<()> {
        let mut queue = lock(&self.queue);
        for (n, message) in messages.iter().enumerate().rev() {
            queue.put(&format!("{}{n:02}", begin(session, signed)), message)?;
        }
        drop(queue);
        self.look(None);
        Ok(())
    }

    /// Sends until nothing waits, however often it takes.
    pub fn drain(&self, to: &To, pace: Pace) {
        let (mut pause, mut tries) = (pace.first, Tries::default());
        while self.send(to, pace, &mut tries).is_err() {
            std::thread::sleep(pause);
            pause = (pause * 2).min(pace.most);
        }
        self.look(Some(""));
    }

    /// Sends what waits until nothing waits or something fails; says why it stopped.
    fn send(&self, to: &To, pace: Pace, tries: &mut Tries) -> Result<(), String> {
        lock(&self.status).next = None;
        let done = self.send_all(to, pace, tries);
        self.look(Some(done.as_ref().err().map_or("", String::as_str)));
        if done.is_err() {
            self.count_try();
        }
        done
    }

    /// The first of those that wait was tried in vain.
    fn count_try(&self) {
        let first = lock(&self.queue).waiting().ok().and_then(|waiting| waiting.into_iter().next());
        let mut status = lock(&self.status);
        let before = status.tried.take();
        status.tried = first.map(|first| match before {
            Some((name, count)) if name == first => (name, count.saturating_add(1)),
            _ => (first, 1),
        });
    }

    fn send_all(&self, to: &To, pace: Pace, tries: &mut Tries) -> Result<(), String> {
        let mut stream: Option<Line> = None;
        loop {
            let Some(name) = lock(&self.queue).waiting().map_err(words)?.into_iter().next() else { return Ok(()) };
            let message = lock(&self.queue).read(&name).map_err(words)?;
            let mut open = match stream.take() {
                Some(open) => open,
                None => send::connect(to, pace.patience).map_err(|error| unreached(to, &error))?,
            };
            let answer = send::deliver(&mut open, &control_id(&message), &message, pace.patience);
            match answer.map_err(|error| fault(to, &error))? {
                Answer::Accepted => {
                    lock(&self.queue).sent(&name).map_err(words)?;
                    let mut status = lock(&self.status);
                    status.sent += 1;
                    status.tried = None;
                    status.last_sent = Some((session(&name).to_owned(), kind(&message), (self.clock)().wall));
                }
                Answer::Failed(why) if tries.again(&name) < pace.tries => return Err(format!("{to} answered {why}")),
                Answer::Failed(why) | Answer::Refused(why) => {
                    tracing::error!(message = name, why, "the EHR will not have a message");
                    lock(&self.queue).refused(&name, &why).map_err(words)?;
                }
            }
            stream = Some(open);
            self.look(Some(""));
        }
    }

    /// Sends for ever. Ends when `wake` is closed; a message in it means that something new waits.
    fn run(&self, to: &To, pace: Pace, wake: &Receiver<()>) {
        let (mut pause, mut tries) = (pace.first, Tries::default());
        loop {
            let wait = match self.send(to, pace, &mut tries) {
                Ok(()) => {
                    pause = pace.first;
                    pace.most
                }
                Err(why) => {
                    tracing::warn!(why, "a message to the EHR waits");
                    let wait = pause;
                    lock(&self.status).next = Some((self.clock)().wall + micros(wait));
                    pause = (pause * 2).min(pace.most);
                    // Something new in the queue is no reason to ask an EHR sooner that is down.
                    if pause_for(wake, wait) {
                        continue;
                    }
                    return;
                }
            };
            match wake.recv_timeout(wait) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Brings the status up to date; with a reason, or without any, where that is known now.
    fn look(&self, why: Option<&str>) {
        let queue = lock(&self.queue);
        let (waiting, refused) = (queue.waiting(), queue.all_refused());
        drop(queue);
        let mut status = lock(&self.status);
        status.waiting = waiting.map_or(status.waiting, |waiting| waiting.len());
        status.refused = refused.unwrap_or_default();
        if let Some(why) = why {
            why.clone_into(&mut status.why);
        }
    }
}

/// Waits that long, whatever wakes; `false` when the program ends.
fn pause_for(wake: &Receiver<()>, wait: Duration) -> bool {
    let until = std::time::Instant::now() + wait;
    loop {
        let left = until.saturating_duration_since(std::time::Instant::now());
        match wake.recv_timeout(left) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// How often the EHR could not take the message that is first now.
#[derive(Default)]
struct Tries {
    name: String,
    count: u32,
}

impl Tries {
    fn again(&mut self, name: &str) -> u32 {
        if self.name != name {
            *self = Self { name: name.to_owned(), count: 0 };
        }
        self.count += 1;
        self.count
    }
}

/// How the names of a session's messages begin: nothing of the patient stands in a file name.
fn begin(session: &str, signed: Micros) -> String {
    format!("{:017}-{session}-", signed.0.max(0))
}

/// The session of a message, by its name.
fn session(name: &str) -> &str {
    name.split_once('-').and_then(|(_, rest)| rest.rsplit_once('-')).map_or("", |(session, _)| session)
}

/// Since when there was something to send, by the message's name.
fn since(name: &str) -> Micros {
    Micros(name.split_once('-').and_then(|(at, _)| at.parse().ok()).unwrap_or_default())
}

/// Type and event of a message of ours, the first two components of MSH-9.
fn kind(message: &[u8]) -> String {
    let field = message.split(|byte| *byte == b'|').nth(8).unwrap_or_default();
    String::from_utf8_lossy(field).split('^').take(2).collect::<Vec<_>>().join("^")
}

fn micros(wait: Duration) -> Micros {
    Micros(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
}

/// MSH-10 of a message of ours.
fn control_id(message: &[u8]) -> String {
    let field = message.split(|byte| *byte == b'|').nth(9).unwrap_or_default();
    String::from_utf8_lossy(field).into_owned()
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn words(error: io::Error) -> String {
    format!("the queue in the data folder: {error}")
}

fn unreached(to: &To, error: &io::Error) -> String {
    match &to.tls {
        Some(_) => format!("{to} cannot be reached over TLS: {}", chairside_tls::reason(error)),
        None => format!("{to} cannot be reached: {error}"),
    }
}

fn fault(to: &To, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => format!("{to} took the message and gave no answer in time"),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            format!("{to} closed the connection before it answered")
        }
        _ => format!("{to}: {error}"),
    }
}
