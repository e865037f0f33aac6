//! TLS of the screens, with a client of our own.

use crate::rig::{Answer, Rig, ask_over, ask_raw, get, start, start_secure};
use chairside_server::{CONNECTIONS_MAX, HANDSHAKE_TIMEOUT, Tls};
use chairside_tls::{Accept, Authority, Keeper, Name, Place, Reach};
use futures_util::StreamExt;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// When the certificates of these tests are made: now, since rustls asks the system's clock.
fn now_s() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// A server with its own authority, and what its clients need.
struct Secure {
    rig: Rig,
    keeper: Keeper,
    authority: String,
    trusting: Arc<ClientConfig>,
    _folder: tempfile::TempDir,
}

async fn secure() -> Secure {
    let folder = tempfile::tempdir().unwrap();
    let tls = folder.path().join("tls");
    let names: Arc<[Name]> = ["127.0.0.1", "chairside.local"].map(|name| name.parse().unwrap()).into();
    let place = Place::Own { folder: tls.clone(), names: names.to_vec() };
    let keeper = Keeper::open(place, now_s()).unwrap();
    let authority = Authority::open(&tls).unwrap().unwrap();
    let accept = Accept::browsers(keeper.shown()).unwrap();
    let rig = start_secure(Tls { accept, names, authority: Some(authority.pem().into()) }).await;
    let trusting = Reach::new(&authority.file(), None).unwrap().config();
    Secure { rig, keeper, authority: authority.pem(), trusting, _folder: folder }
}

impl Secure {
    async fn connect(&self) -> TlsStream<TcpStream> {
        connect(&self.rig, &self.trusting).await.unwrap()
    }

    async fn get(&self, path: &str, headers: &str) -> Answer {
        let text = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
        ask_over(self.connect().await, text.as_bytes()).await
    }

    fn host(&self) -> String {
        format!("Host: {}\r\n", self.rig.address)
    }

    /// Opens a WebSocket as a page of that origin does.
    async fn screen(&self, origin: &str) -> Result<String, u16> {
        let mut request = format!("wss://{}/ws", self.rig.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        match tokio_tungstenite::client_async(request, self.connect().await).await {
            Ok((mut socket, _)) => match socket.next().await {
                Some(Ok(Message::Text(text))) => Ok(text.to_string()),
                other => panic!("{other:?}"),
            },
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }
}

async fn connect(rig: &Rig, config: &Arc<ClientConfig>) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(rig.address).await?;
    let name = Reach::name(&rig.address.to_string()).unwrap();
    TlsConnector::from(Arc::clone(config)).connect(name, stream).await
}

/// A client that trusts the authority and speaks one version only.
fn only(secure: &Secure, version: &'static SupportedProtocolVersion) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(secure.authority.as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(&[version]).unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

#[tokio::test]
async fn s02_screens_are_served_over_tls_1_2_and_1_3_and_come_back_over_nothing_else() {
    let secure = secure().await;
    for (version, expected) in
        [(&version::TLS12, ProtocolVersion::TLSv1_2), (&version::TLS13, ProtocolVersion::TLSv1_3)]
    {
        let stream = connect(&secure.rig, &only(&secure, version)).await.unwrap();
        let (_, session) = stream.get_ref();
        assert_eq!(session.protocol_version(), Some(expected));
        let suite = format!("{:?}", session.negotiated_cipher_suite().unwrap().suite());
        assert!(suite.starts_with("TLS13_") || suite.starts_with("TLS_ECDHE_"), "forward secret: {suite}");
    }
    let page = secure.get("/", &secure.host()).await;
    assert_eq!((page.status, page.header("strict-transport-security")), (200, "max-age=31536000"));
    let refused = secure.get("/nothing", &secure.host()).await;
    assert_eq!((refused.status, refused.header("strict-transport-security")), (404, "max-age=31536000"));
    let plain = start().await;
    assert_eq!(get(&plain, "/", &[]).await.header("strict-transport-security"), "");
}

/// A first message of a client: its newest version and the suites it offers.
fn hello(version: [u8; 2], suites: &[u16]) -> Vec<u8> {
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    // Groups x25519 and P-256, uncompressed points, and signatures every client of those days knew.
    let extensions = [0, 10, 0, 6, 0, 4, 0, 29, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1];
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend(u16::try_from(suites.len()).unwrap().to_be_bytes());
    body.extend(suites);
    body.extend([1, 0]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let message = [&[1][..], &length[1..], &body].concat();
    let record = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 3, 1][..], &record, &message].concat()
}

/// The kind of record the server answers with, and of an alert its number.
async fn answered(rig: &Rig, hello: &[u8]) -> (u8, Option<u8>) {
    let mut stream = TcpStream::connect(rig.address).await.unwrap();
    stream.write_all(hello).await.unwrap();
    let mut record = [0; 7];
    stream.read_exact(&mut record).await.unwrap();
    (record[0], (record[0] == 21).then_some(record[6]))
}

#[tokio::test]
async fn s02_older_versions_and_suites_without_forward_secrecy_are_refused() {
    const ECDHE_ECDSA: u16 = 0xC02B;
    const RSA_KEY_EXCHANGE: u16 = 0x009C;
    const ECDHE_CBC: u16 = 0xC023;
    let secure = secure().await;
    let (protocol_version, handshake_failure) = (Some(70), Some(40));
    for (version, suite, expected) in [
        ([3, 3], ECDHE_ECDSA, (22, None)),
        ([3, 2], ECDHE_ECDSA, (21, protocol_version)),
        ([3, 1], ECDHE_ECDSA, (21, protocol_version)),
        ([3, 0], ECDHE_ECDSA, (21, protocol_version)),
        ([3, 3], RSA_KEY_EXCHANGE, (21, handshake_failure)),
        ([3, 3], ECDHE_CBC, (21, handshake_failure)),
    ] {
        assert_eq!(answered(&secure.rig, &hello(version, &[suite])).await, expected, "{version:?} {suite:04x}");
    }
}

#[tokio::test]
async fn s14_only_pages_of_this_server_over_https_open_a_socket_or_change_something() {
    let secure = secure().await;
    let address = secure.rig.address;
    let own = format!("https://{address}");
    assert!(secure.screen(&own).await.unwrap().contains("\"kind\":\"hello\""));
    // A page somebody put in our place without TLS has the same name.
    for origin in [format!("http://{address}"), "https://evil.example".into(), "null".into()] {
        assert_eq!(secure.screen(&origin).await, Err(403), "{origin}");
    }
    for (origin, expected) in [(&own, 200), (&format!("http://{address}"), 403)] {
        let body = r#"{"name":"Window"}"#;
        let text = format!(
            "PUT /api/chairs/1 HTTP/1.1\r\nConnection: close\r\n{}Origin: {origin}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            secure.host(),
            body.len()
        );
        let answer = ask_over(secure.connect().await, text.as_bytes()).await;
        assert_eq!(answer.status, expected, "{origin}: {}", String::from_utf8_lossy(&answer.body));
    }
    let plain = start().await;
    let headers = [("origin", &*format!("https://{}", plain.address))];
    assert_eq!(crate::rig::Client::open(plain.address, &headers).await.err(), Some(403), "nor the other way round");
}

#[tokio::test]
async fn s14_with_tls_the_configured_names_are_known_and_no_others() {
    let secure = secure().await;
    let port = secure.rig.address.port();
    for (host, expected) in [
        (format!("chairside.local:{port}"), 200),
        (format!("CHAIRSIDE.local:{port}"), 200),
        ("chairside.local".into(), 421),
        (format!("evil.example:{port}"), 421),
    ] {
        assert_eq!(secure.get("/", &format!("Host: {host}\r\n")).await.status, expected, "{host}");
    }
}

#[tokio::test]
async fn s02_the_authoritys_certificate_is_handed_out_to_anybody_and_its_key_to_nobody() {
    let secure = secure().await;
    let answer = secure.get("/ca.crt", &secure.host()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-x509-ca-cert"));
    assert_eq!(String::from_utf8(answer.body).unwrap(), secure.authority);
    let plain = start().await;
    assert_eq!(get(&plain, "/ca.crt", &[]).await.status, 404);
}

#[tokio::test]
async fn s02_an_address_typed_without_https_is_sent_there_and_told_nothing() {
    let secure = secure().await;
    let head = format!("GET /chair/1 HTTP/1.1\r\n{}\r\n", secure.host());
    let answer = ask_raw(&secure.rig, head.as_bytes()).await;
    assert_eq!((answer.status, answer.body.len()), (307, 0));
    assert_eq!(answer.header("location"), format!("https://{}/", secure.rig.address));
}

#[tokio::test]
async fn s02_a_renewed_certificate_is_shown_without_a_restart_and_open_connections_live_on() {
    let mut secure = secure().await;
    let shown = |stream: &TlsStream<TcpStream>| stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let mut open = secure.connect().await;
    let first = shown(&open);
    assert!(secure.keeper.look(secure.keeper.facts().until_s - 24 * 3600).unwrap());
    // The new one begins in the future of the system's clock: whoever looks at the dates refuses it.
    let error = connect(&secure.rig, &secure.trusting).await.unwrap_err();
    assert!(error.to_string().contains("NotValidYet") || error.to_string().contains("not valid yet"), "{error}");
    assert!(secure.keeper.look(now_s()).unwrap());
    let second = shown(&secure.connect().await);
    assert_ne!(first, second);
    open.write_all(format!("GET /healthz HTTP/1.1\r\n{}\r\n", secure.host()).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    open.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn h24_clients_that_never_finish_a_handshake_cost_nobody_else_and_end_in_time() {
    let secure = secure().await;
    let began = tokio::time::Instant::now();
    let mut idle = Vec::new();
    for n in 0..CONNECTIONS_MAX + 20 {
        let mut stream = TcpStream::connect(secure.rig.address).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
        }
        idle.push(stream);
    }
    assert_eq!(secure.get("/", &secure.host()).await.status, 200, "more than all places are taken by them");
    tokio::time::pause();
    for mut stream in idle {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "{rest:?}");
    }
    assert!(began.elapsed() >= HANDSHAKE_TIMEOUT, "the newest had their time: {:?}", began.elapsed());
}

#[tokio::test]
async fn h24_places_are_bounded_with_tls_too() {
    let secure = secure().await;
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        held.push(secure.connect().await);
    }
    let head = format!("GET /healthz HTTP/1.1\r\nConnection: close\r\n{}\r\n", secure.host());
    let waiting = ask_over(secure.connect().await, head.as_bytes());
    let freed = async {
        tokio::task::yield_now().await;
        drop(held.pop());
    };
    let (answer, ()) = tokio::join!(waiting, freed);
    assert_eq!(answer.status, 200, "it is served once a place is free");
}

#[tokio::test]
async fn a_server_that_stops_ends_handshakes_and_says_goodbye() {
    let mut secure = secure().await;
    let mut idle = TcpStream::connect(secure.rig.address).await.unwrap();
    assert_eq!(secure.get("/healthz", &secure.host()).await.status, 200);
    secure.rig.stop();
    secure.rig.stopped().await;
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap_or(0), 0);
}
