//! What a running server says of itself and its sources, asked over HTTP as its own pages do.

use super::Finding;
use super::house::ago;
use crate::config::{Config, Source};
use crate::words::count;
use chairside_observation::Micros;
use chairside_tls::Reach;
use rustls::{ClientConnection, StreamOwned};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The server is on this machine: an answer that takes longer does not come.
const TIME_MAX: Duration = Duration::from_secs(3);
/// Longest answer read: a thousand sources need less.
const ANSWER_MAX: u64 = 1 << 20;
/// From this share of bytes skipped on, a live source is worth a look.
const SKIPPED_SHARE: f64 = 0.1;

/// `GET /healthz`, as far as it is read here.
#[derive(Clone, Debug, Deserialize)]
struct Health {
    version: String,
    recording: Recording,
    screens: u64,
    /// The second database, where there is one.
    database: Option<Database>,
}

#[derive(Clone, Debug, Deserialize)]
struct Database {
    entries: Option<u64>,
    notice: Option<String>,
    trouble: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Recording {
    ok: bool,
    reason: Option<String>,
}

/// `GET /api/sources`, as far as it is read here; other fields are left alone, so that they can grow.
#[derive(Clone, Debug, Deserialize)]
struct Sources {
    sources: Vec<State>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    id: String,
    protocol: String,
    state: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    frames: u64,
    last_frame_wall_us: Option<i64>,
    /// The age by the server's own clock, which nobody sets.
    last_frame_age_us: Option<i64>,
    /// Whether nobody has to do anything, where the server says so.
    well: Option<bool>,
    #[serde(default)]
    skipped_share: f64,
    #[serde(default)]
    advice: String,
}

/// What answers at the address of the screens.
#[derive(Clone, Debug)]
pub(super) enum Running {
    /// Nobody.
    No,
    /// Something that shows a certificate the clinic gave: it is for names that cannot be asked from here.
    Unasked(SocketAddr),
    /// Something, but no Chairside; what it did.
    Other(SocketAddr, String),
    /// A Chairside; its sources, or why it does not tell them.
    Yes(Told),
}

/// What a Chairside says.
#[derive(Clone, Debug)]
pub(super) struct Told {
    at: SocketAddr,
    secure: bool,
    health: Health,
    sources: Result<Vec<State>, String>,
}

impl Running {
    /// Asks at the address the configuration names, as that says.
    pub(super) fn of(config: &Config) -> Self {
        let mut at = config.listen;
        if at.ip().is_unspecified() {
            at.set_ip(if at.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        match &config.tls {
            None => Self::ask(at, None),
            Some(tls) if tls.pair.is_none() => {
                // Before the first start there is no authority, and nobody who shows its certificate.
                Reach::new(&config.data.join("tls/ca.crt"), None).map_or(Self::No, |reach| Self::ask(at, Some(&reach)))
            }
            Some(_) => TcpStream::connect_timeout(&at, TIME_MAX).map_or(Self::No, |_| Self::Unasked(at)),
        }
    }

    fn ask(at: SocketAddr, tls: Option<&Reach>) -> Self {
        if at.port() == 0 {
            return Self::No;
        }
        match get::<Health>(at, "/healthz", tls) {
            Err(Failed::Nobody) => Self::No,
            Err(Failed::Answer(what)) => Self::Other(at, what),
            Ok(health) => {
                let sources = get::<Sources>(at, "/api/sources", tls).map(|all| all.sources);
                Self::Yes(Told { at, secure: tls.is_some(), health, sources: sources.map_err(Failed::words) })
            }
        }
    }

    /// Whether a Chairside runs.
    pub(super) const fn is_running(&self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// What is to be said of the server itself.
    pub(super) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::No => {
                vec![Finding::skipped("no Chairside runs with this configuration; the ports are looked at instead")]
            }
            Self::Unasked(at) => vec![Finding::skipped(format!(
                "something answers at {at} with the certificate the clinic gave; open it in a browser to see how it is"
            ))],
            Self::Other(at, what) => {
                let text = format!("something else answers at {at}: {what}");
                vec![Finding::wrong(
                    text,
                    "end the other program, or set `listen` to another port, such as 127.0.0.1:8081",
                )]
            }
            Self::Yes(told) => told.findings(),
        }
    }

    /// What is to be said of one source by the running server.
    pub(super) fn source(&self, source: &Source, now: Micros) -> Option<Finding> {
        let Self::Yes(Told { sources: Ok(sources), .. }) = self else { return None };
        let id = source.id.as_str();
        let Some(state) = sources.iter().find(|state| state.id == id) else {
            let text = format!("{id}: the running Chairside does not know this source: it was configured later");
            return Some(Finding::look(text, "start Chairside again, when no session runs"));
        };
        Some(state.finding(now))
    }
}

impl Told {
    fn findings(&self) -> Vec<Finding> {
        let Self { at, secure, health, sources } = self;
        let scheme = if *secure { "https" } else { "http" };
        let mut all = Vec::new();
        all.push(Finding::fine(format!(
            "Chairside {} runs at {scheme}://{at}/, {} screens",
            health.version, health.screens
        )));
        if !health.recording.ok {
            let reason = health.recording.reason.as_deref().unwrap_or("it gives no reason");
            all.push(Finding::wrong(format!("it shows values but does NOT record: {reason}"), "see Session log above"));
        }
        all.extend(health.database.as_ref().map(Database::finding));
        if let Err(why) = sources {
            let text = format!("it does not tell its sources: {why}");
            all.push(Finding::look(text, "open the Sources page in a browser; the ports are looked at instead"));
        }
        all
    }
}

impl Database {
    fn finding(&self) -> Finding {
        let todo = "look at the database server (systemctl status postgresql) and at the program's log; nothing is lost meanwhile";
        match (&self.notice, &self.trouble, self.entries) {
            (Some(notice), _, _) => Finding::look(notice.clone(), todo),
            (None, Some(trouble), _) => {
                Finding::look(format!("the database was not reached just now: {trouble}"), todo)
            }
            (None, None, Some(0)) => Finding::fine("the database has everything"),
            (None, None, Some(entries)) => Finding::fine(format!("the database is {entries} entries behind")),
            (None, None, None) => Finding::fine("the database was not asked yet"),
        }
    }
}

impl State {
    fn finding(&self, now: Micros) -> Finding {
        let Self { id, protocol, state, reason, frames, .. } = self;
        let age = self.last_frame_age_us.map(Micros).or(self.last_frame_wall_us.map(|at| now.since(Micros(at))));
        let last = age.map_or_else(|| "no frame yet".to_owned(), |age| format!("last frame {}", ago(age)));
        let head = format!("{id} ({protocol}): {state}, {}, {last}", count(*frames, "frame"));
        let reason = if reason.is_empty() { String::new() } else { format!("; {reason}") };
        let advice = if self.advice.is_empty() { "see the Sources page" } else { &self.advice };
        // An older server does not judge by itself.
        let noisy = self.well.is_none() && self.skipped_share >= SKIPPED_SHARE;
        match (state.as_str(), self.well) {
            ("live", _) if noisy => {
                let text = format!("{head}; {:.0} % of the bytes fit no frame", self.skipped_share * 100.0);
                Finding::look(text, advice)
            }
            ("live", Some(false)) => Finding::look(format!("{head}{reason}"), advice),
            ("live", _) => Finding::fine(head),
            ("silent" | "lost", _) => Finding::wrong(format!("{head}{reason}"), advice),
            _ => Finding::look(format!("{head}{reason}"), advice),
        }
    }
}

/// Why there is no answer to read.
#[derive(Debug)]
enum Failed {
    /// Nobody listens there.
    Nobody,
    /// It is not the expected one.
    Answer(String),
}

impl Failed {
    fn words(self) -> String {
        match self {
            Self::Nobody => "it went away".to_owned(),
            Self::Answer(what) => what,
        }
    }
}

/// One question, one answer. HTTP/1.0, so that the answer comes in one piece and ends with the connection.
fn get<T: DeserializeOwned>(at: SocketAddr, path: &str, tls: Option<&Reach>) -> Result<T, Failed> {
    let asked = ask(at, path, tls).map_err(|e| match e.kind() {
        io::ErrorKind::ConnectionRefused => Failed::Nobody,
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            Failed::Answer(format!("no answer within {} s", TIME_MAX.as_secs()))
        }
        _ => Failed::Answer(chairside_tls::reason(&e)),
    })?;
    let (status, body) = parted(&asked).ok_or_else(|| Failed::Answer("no HTTP".to_owned()))?;
    match status {
        200 => serde_json::from_slice(body).map_err(|_| Failed::Answer(format!("{path} is not what is expected"))),
        401 | 403 => Err(Failed::Answer(format!("{path} needs somebody who is signed in ({status})"))),
        404 => Err(Failed::Answer(format!("it has no {path}: an older version (404)"))),
        other => Err(Failed::Answer(format!("{path} is answered with {other}"))),
    }
}

fn ask(at: SocketAddr, path: &str, tls: Option<&Reach>) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect_timeout(&at, TIME_MAX)?;
    stream.set_read_timeout(Some(TIME_MAX))?;
    stream.set_write_timeout(Some(TIME_MAX))?;
    let Some(reach) = tls else { return talk(stream, at, path) };
    let name = Reach::name(&at.to_string()).ok_or(io::ErrorKind::InvalidInput)?;
    let session = ClientConnection::new(reach.config(), name).map_err(io::Error::other)?;
    talk(StreamOwned::new(session, stream), at, path)
}

fn talk(mut stream: impl Read + Write, at: SocketAddr, path: &str) -> io::Result<Vec<u8>> {
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {at}\r\nAccept: application/json\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
    Ok(answer)
}

/// Status and body of an answer.
fn parted(answer: &[u8]) -> Option<(u16, &[u8])> {
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..body]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, &answer[body..]))
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use std::net::TcpListener;

    const HEALTH: &str = r#"{"version":"0.1.0","run":"1","recording":{"ok":true},"screens":2,"more":[]}"#;
    const SOURCES: &str = r#"{"sources":[
        {"id":"a","protocol":"nellcor","way":"/dev/ttyUSB0","state":"live","reason":"","sinceWallUs":1,"bytes":610,"frames":10,
         "faults":0,"skippedBytes":0,"bytesPerS":30.5,"framesPerS":0.5,"lastFrameWallUs":60000000,"skippedShare":0.0,"advice":"","last":[]},
        {"id":"b","protocol":"hl7","way":"0.0.0.0:2575","state":"silent","reason":"nothing for 10 s","frames":3,"skippedShare":0.0,"advice":"check the cable"},
        {"id":"c","protocol":"masimo","state":"live","frames":9,"lastFrameWallUs":60000000,"skippedShare":0.25,"advice":"check the speed"},
        {"id":"d","protocol":"masimo","state":"connecting","reason":"opening /dev/ttyUSB1","frames":0,"skippedShare":0},
        {"id":"w","protocol":"hl7","state":"live","reason":"a bed has no chair","frames":1,"lastFrameAgeUs":5000000,"well":false,"advice":"give it one"},
        {"id":"n","protocol":"hl7","state":"live","frames":1,"lastFrameAgeUs":5000000,"well":true,"skippedShare":0.5,"advice":"Nothing to do."}]}"#;

    /// A server that gives these answers, one a connection.
    fn answers(all: Vec<String>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for answer in all {
                let (mut stream, _) = listener.accept().unwrap();
                let mut question = Vec::new();
                while !question.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    question.extend(byte);
                }
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        at
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{body}")
    }

    fn source(id: &str) -> Source {
        let text = format!("[[source]]\nid = \"{id}\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyUSB0\"");
        crate::config::check(&text).unwrap().sources.remove(0)
    }

    #[test]
    fn each_source_of_a_running_server_is_told_in_words_with_its_advice() {
        let running = Running::ask(answers(vec![ok(HEALTH), ok(SOURCES)]), None);
        assert!(running.is_running());
        assert_eq!(running.findings().len(), 1);
        let now = Micros::from_secs(70);
        for (id, mark, words, todo) in [
            ("a", Mark::Fine, "a (nellcor): live, 10 frames, last frame 10 s ago", None),
            ("b", Mark::Wrong, "b (hl7): silent, 3 frames, no frame yet; nothing for 10 s", Some("check the cable")),
            (
                "c",
                Mark::Look,
                "c (masimo): live, 9 frames, last frame 10 s ago; 25 % of the bytes fit no frame",
                Some("check the speed"),
            ),
            (
                "d",
                Mark::Look,
                "d (masimo): connecting, 0 frames, no frame yet; opening /dev/ttyUSB1",
                Some("see the Sources page"),
            ),
            ("w", Mark::Look, "w (hl7): live, 1 frame, last frame 5 s ago; a bed has no chair", Some("give it one")),
            ("n", Mark::Fine, "n (hl7): live, 1 frame, last frame 5 s ago", None),
            (
                "e",
                Mark::Look,
                "e: the running Chairside does not know this source: it was configured later",
                Some("start Chairside again, when no session runs"),
            ),
        ] {
            let found = running.source(&source(id), now).unwrap();
            assert_eq!((found.mark, &*found.text, found.todo.as_deref()), (mark, words, todo));
        }
    }

    #[test]
    fn what_does_not_answer_as_chairside_does_is_told() {
        let other = |answers_: Vec<String>| Running::ask(answers(answers_), None).findings();
        let not_recording = HEALTH.replace("\"ok\":true", "\"ok\":false,\"reason\":\"the disk is full\"");
        for (given, mark, words) in [
            (vec!["SSH-2.0-OpenSSH\r\n".to_owned()], Mark::Wrong, "something else answers"),
            (vec![ok("<html>")], Mark::Wrong, "/healthz is not what is expected"),
            (vec![ok(HEALTH), "HTTP/1.0 404 Not Found\r\n\r\n".to_owned()], Mark::Look, "an older version"),
            (vec![ok(HEALTH), "HTTP/1.0 401 Unauthorized\r\n\r\n".to_owned()], Mark::Look, "signed in"),
            (vec![ok(&not_recording), ok(SOURCES)], Mark::Wrong, "does NOT record: the disk is full"),
        ] {
            let found = other(given);
            assert!(found.iter().any(|f| f.mark == mark && f.text.contains(words)), "{words}: {found:?}");
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let nobody = Running::ask(free, None);
        assert!(matches!(nobody, Running::No), "{nobody:?}");
        assert_eq!(nobody.findings()[0].mark, Mark::Skipped);
    }
}
