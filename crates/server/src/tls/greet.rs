//! The first bytes of a connection: a handshake, or a browser that was given an address without `https`.

use crate::access::Hosts;
use crate::network::Stream;
use chairside_tls::Accept;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// First byte of a handshake (RFC 8446, 5.1: content type 22).
const HANDSHAKE: u8 = 22;
/// Bytes of a plain request that are looked through for its host.
const PLAIN_MAX: usize = 8 * 1024;

/// What became of it.
pub(crate) enum Greeted<S> {
    /// Requests can be read.
    Secure(Box<TlsStream<S>>),
    /// It was told where to go.
    SentAway,
}

/// Takes the handshake. Somebody who typed the address without `https` is sent there; nothing else is said in the clear.
pub(crate) async fn greet<S: Stream>(mut stream: S, accept: &Accept, hosts: &Hosts) -> io::Result<Greeted<S>> {
    if stream.first().await?.is_some_and(|first| first != HANDSHAKE) {
        send_away(&mut stream, hosts).await?;
        return Ok(Greeted::SentAway);
    }
    let secure = TlsAcceptor::from(accept.config()).accept(stream).await?;
    Ok(Greeted::Secure(Box::new(secure)))
}

async fn send_away(stream: &mut impl Stream, hosts: &Hosts) -> io::Result<()> {
    let mut head = Vec::new();
    while head.len() < PLAIN_MAX && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    if let Some(answer) = answer(&head, hosts) {
        stream.write_all(answer.as_bytes()).await?;
    }
    stream.shutdown().await
}

/// The answer to a plain request for a page; `None` for anything else. A host this server does not know is repeated to
/// nobody.
fn answer(head: &[u8], hosts: &Hosts) -> Option<String> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let request = lines.next()?;
    if !(request.starts_with("GET ") || request.starts_with("HEAD ")) || !request.contains(" HTTP/1.") {
        return None;
    }
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let (status, more) = if hosts.knows(host) {
        ("307 Temporary Redirect", format!("Location: https://{host}/\r\n"))
    } else {
        ("421 Misdirected Request", String::new())
    };
    Some(format!("HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s02_a_plain_request_is_sent_to_https_and_only_to_names_of_ours() {
        let hosts = Hosts::new("127.0.0.1:8443".parse().unwrap(), None);
        for (head, expected) in [
            ("GET /chair/1 HTTP/1.1\r\nHost: localhost:8443\r\n\r\n", Some("https://localhost:8443/\r\n")),
            ("HEAD / HTTP/1.1\r\nAccept: */*\r\nhost:  127.0.0.1:8443 \r\n\r\n", Some("https://127.0.0.1:8443/\r\n")),
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", Some("421")),
            ("POST /api/clinic HTTP/1.1\r\nHost: localhost:8443\r\n\r\n", None),
            ("GET / HTTP/1.1\r\n\r\n", None),
            ("SSH-2.0-x\r\n", None),
            ("", None),
        ] {
            let found = answer(head.as_bytes(), &hosts);
            assert_eq!(found.is_some(), expected.is_some(), "{head:?}");
            if let (Some(found), Some(expected)) = (found, expected) {
                assert!(found.contains(expected) && !found.contains("evil"), "{head:?}: {found}");
            }
        }
        assert_eq!(answer(b"GET /\xff HTTP/1.1\r\nHost: localhost:8443\r\n\r\n", &hosts), None);
    }
}
