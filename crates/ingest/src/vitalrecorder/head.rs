//! The HTTP request that begins a connection: an upgrade to WebSocket for Engine.IO, or a clear refusal. Pure.

use super::packet::Engine;
use std::time::Duration;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Longest request head. One of a Socket.IO client has some 300 bytes; a browser with cookies stays below this.
pub const HEAD_MAX: usize = 8 * 1024;
/// The head has to be complete this long after the connection stands.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// A connection that may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upgrade {
    /// The version it speaks.
    pub(super) engine: Engine,
    key: String,
}

impl Upgrade {
    /// The answer that begins the WebSocket.
    pub(super) fn response(&self) -> String {
        let accept = derive_accept_key(self.key.as_bytes());
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Another path than Socket.IO's.
    NotSocketIo,
    /// Long polling, which VitalRecorder does not use.
    Polling,
    /// Neither Engine.IO 3 nor 4.
    Version,
    /// A page of another site, in the browser of somebody on this machine.
    ForeignPage,
    /// No request for a WebSocket.
    NotAnUpgrade,
    /// Longer than [`HEAD_MAX`].
    TooLong,
}

impl Refusal {
    /// One sentence for people, after "the connection was closed: ".
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::NotSocketIo => {
                "it asked for another path than /socket.io/; set MONITOR_SERVER_IP to host and port only"
            }
            Self::Polling => "it asked for long polling, expected transport=websocket as VitalRecorder sends it",
            Self::Version => "it speaks another Engine.IO version, expected EIO=3 or EIO=4",
            Self::ForeignPage => "a web page of another site tried to send; only VitalRecorder may",
            Self::NotAnUpgrade => "it sent no WebSocket request; is VitalRecorder set to this port, without TLS?",
            Self::TooLong => "its HTTP request was longer than 8 KiB",
        }
    }

    /// The answer, with the codes Engine.IO gives these cases.
    pub(super) fn response(self) -> String {
        let (status, code, message) = match self {
            Self::NotSocketIo => ("404 Not Found", 3, "Bad request"),
            Self::Polling => ("400 Bad Request", 0, "Transport unknown"),
            Self::Version => ("400 Bad Request", 5, "Unsupported protocol version"),
            Self::ForeignPage => ("403 Forbidden", 4, "Forbidden"),
            Self::NotAnUpgrade | Self::TooLong => ("400 Bad Request", 3, "Bad request"),
        };
        let body = format!(r#"{{"code":{code},"message":"{message}"}}"#);
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    }
}

/// Reads what has arrived: the head and where it ends, or `None` while it is not complete.
pub(super) fn read(bytes: &[u8]) -> Option<(Result<Upgrade, Refusal>, usize)> {
    match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(at) => Some((judge(&bytes[..at]), at + 4)),
        // What is no HTTP will not become it: a TLS client sends 0x16, an MLLP sender 0x0B.
        None if !b"GET ".starts_with(&bytes[..bytes.len().min(4)]) => Some((Err(Refusal::NotAnUpgrade), bytes.len())),
        None => (bytes.len() >= HEAD_MAX).then_some((Err(Refusal::TooLong), bytes.len())),
    }
}

fn judge(head: &[u8]) -> Result<Upgrade, Refusal> {
    let head = std::str::from_utf8(head).map_err(|_| Refusal::NotAnUpgrade)?;
    let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let target = line.strip_prefix("GET ").and_then(|l| l.strip_suffix(" HTTP/1.1")).ok_or(Refusal::NotAnUpgrade)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path.trim_end_matches('/') != "/socket.io" {
        return Err(Refusal::NotSocketIo);
    }
    let parameter = |name: &str| query.split('&').find_map(|p| p.strip_prefix(name)?.strip_prefix('='));
    if parameter("transport") != Some("websocket") {
        return Err(Refusal::Polling);
    }
    let engine = match parameter("EIO") {
        Some("3") => Engine::V3,
        Some("4") => Engine::V4,
        _ => return Err(Refusal::Version),
    };
    let header = |name: &str| {
        headers.split("\r\n").find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    // A recorder sends no origin, or its own target; a page that a browser opened somewhere else names itself.
    if let Some(origin) = header("origin").filter(|o| !o.is_empty())
        && origin.split_once("://").map(|(_, host)| host) != header("host")
    {
        return Err(Refusal::ForeignPage);
    }
    let upgrades = header("upgrade").is_some_and(|u| u.eq_ignore_ascii_case("websocket"));
    let key = header("sec-websocket-key").filter(|k| (1..=64).contains(&k.len()));
    match key {
        Some(key) if upgrades && header("sec-websocket-version") == Some("13") => {
            Ok(Upgrade { engine, key: key.to_owned() })
        }
        _ => Err(Refusal::NotAnUpgrade),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(target: &str, more: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: 10.0.0.2:8153\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
        )
    }

    fn check(head: &str, expected: Result<Engine, Refusal>) {
        let (found, end) = read(head.as_bytes()).unwrap();
        assert_eq!(found.map(|u| u.engine), expected, "of {head}");
        assert_eq!(end, head.len());
    }

    #[test]
    fn both_engine_versions_begin_over_websocket() {
        check(&head("/socket.io/?EIO=3&transport=websocket", ""), Ok(Engine::V3));
        check(&head("/socket.io/?EIO=4&transport=websocket&t=x", ""), Ok(Engine::V4));
        check(&head("/socket.io?transport=websocket&EIO=4", "Origin: http://10.0.0.2:8153\r\n"), Ok(Engine::V4));
    }

    #[test]
    fn what_is_something_else_is_refused_by_its_name() {
        for (target, refusal) in [
            ("/socket.io/?EIO=4&transport=polling", Refusal::Polling),
            ("/socket.io/?EIO=4", Refusal::Polling),
            ("/socket.io/?EIO=2&transport=websocket", Refusal::Version),
            ("/socket.io/?transport=websocket", Refusal::Version),
            ("/?EIO=4&transport=websocket", Refusal::NotSocketIo),
            ("/ws", Refusal::NotSocketIo),
        ] {
            check(&head(target, ""), Err(refusal));
        }
        check("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n", Err(Refusal::NotAnUpgrade));
        check("\x16\x03\x01", Err(Refusal::NotAnUpgrade));
        check("POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n", Err(Refusal::NotAnUpgrade));
    }

    #[test]
    fn a_page_of_another_site_cannot_send_values() {
        for origin in ["http://evil.example", "null", "https://10.0.0.2:8153.evil.example", "http://10.0.0.2"] {
            let more = format!("Origin: {origin}\r\n");
            check(&head("/socket.io/?EIO=4&transport=websocket", &more), Err(Refusal::ForeignPage));
        }
    }

    #[test]
    fn h24_a_head_is_waited_for_up_to_its_bound() {
        assert_eq!(read(b""), None);
        assert_eq!(read(b"GET /socket.io/?EI"), None);
        let endless = format!("GET /{}", "x".repeat(HEAD_MAX));
        check(&endless, Err(Refusal::TooLong));
    }

    #[test]
    fn the_answer_has_the_key_of_rfc_6455() {
        let (upgrade, _) = read(head("/socket.io/?EIO=4&transport=websocket", "").as_bytes()).unwrap();
        let response = upgrade.unwrap().response();
        assert!(response.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{response}");
    }
}
