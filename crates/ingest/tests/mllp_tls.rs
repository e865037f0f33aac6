//! HL7 over MLLP over TLS: who may send is told by certificates, and an address proves nothing.

#[path = "../../tls/tests/common/mod.rs"]
mod certificates;
mod common;

use certificates::{Ca, Wish, now_s};
use chairside_decode::catalog::Protocol;
use chairside_ingest::mllp::{HANDSHAKE_MAX, Secure};
use chairside_ingest::{IngestError, Running, SourceSpec, Transport, spawn};
use chairside_observation::LinkState;
use chairside_tls::{Accept, Keeper, Place, Reach};
use common::clinic::{Clinic, in_time};
use common::sender::{Sender, message};
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

fn keeper((certificate, key): (PathBuf, PathBuf)) -> Keeper {
    Keeper::open(Place::Given { certificate, key }, now_s()).unwrap()
}

/// A listener that takes only `gateway-3`, with a certificate of the clinic's authority.
struct House {
    clinic: Clinic,
    ca: Ca,
    root: PathBuf,
    running: Running,
    at: SocketAddr,
}

async fn house() -> House {
    let clinic = Clinic::open().await;
    let folder = clinic.folder.path();
    let ca = Ca::new("clinic");
    let root = ca.file(folder, "root.crt");
    let own = keeper(ca.issue(folder, "server", Wish::of("server", &["127.0.0.1"])));
    let accept = Accept::listed(own.shown(), &root, &["gateway-3".into()]).unwrap();
    let transport = Transport::Listen { addr: "127.0.0.1:0".parse().unwrap(), allow: Vec::new() };
    let spec = SourceSpec { secure: Some(Secure::Accept(accept)), ..clinic.spec(Protocol::Hl7, transport) };
    let running = clinic.start(spec);
    let at = running.local_addr.unwrap();
    House { clinic, ca, root, running, at }
}

impl House {
    fn folder(&self) -> &Path {
        self.clinic.folder.path()
    }

    /// Connects and shows that certificate, or none.
    async fn connect(&self, own: Option<(PathBuf, PathBuf)>) -> io::Result<TlsStream<TcpStream>> {
        let own = own.map(keeper);
        let reach = Reach::new(&self.root, own.as_ref().map(Keeper::shown)).unwrap();
        let stream = TcpStream::connect(self.at).await?;
        TlsConnector::from(reach.config()).connect(Reach::name("127.0.0.1:1").unwrap(), stream).await
    }

    async fn gateway(&self) -> Sender<TlsStream<TcpStream>> {
        let own = self.ca.issue(self.folder(), "gateway", Wish::of("gateway-3", &[]));
        Sender::speaking(self.connect(Some(own)).await.unwrap())
    }
}

/// Sends a message; with TLS 1.3 a client learns that its certificate was refused only when it reads.
async fn is_heard(connected: io::Result<TlsStream<TcpStream>>) -> bool {
    let Ok(mut stream) = connected else { return false };
    if stream.write_all(&message("x")).await.is_err() {
        return false;
    }
    in_time("an answer or the end", stream.read(&mut [0; 1])).await.is_ok_and(|count| count > 0)
}

#[tokio::test]
async fn h29_s04_a_stolen_address_without_the_right_certificate_is_heard_by_nobody() {
    let house = house().await;
    let mut gateway = house.gateway().await;
    gateway.expect("1", "AA").await;
    let folder = house.folder();
    let intruder = Ca::new("clinic");
    let mut named = Wish::of("gateway-3", &["gateway-3"]);
    let wrong_authority = Some(intruder.issue(folder, "intruder", named));
    named.days = (-30, -1);
    let expired = Some(house.ca.issue(folder, "expired", named));
    named.days = (1, 30);
    let not_yet = Some(house.ca.issue(folder, "not-yet", named));
    let unlisted = Some(house.ca.issue(folder, "other", Wish::of("gateway-4", &["gateway-4.clinic.lan"])));
    for (n, (own, why)) in [
        (None, "it shows no certificate"),
        (wrong_authority, "its certificate is not accepted"),
        (expired, "its certificate is not accepted: certificate expired"),
        (not_yet, "its certificate is not accepted: certificate not valid yet"),
        (unlisted, "its certificate is for gateway-4.clinic.lan, gateway-4, and `names` has none of these"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(!is_heard(house.connect(own).await).await, "{why}");
        assert_eq!(house.running.stats.counts().refused_peers, n as u64 + 1, "{why}");
        let told = house.running.view.refusal().unwrap_or_default();
        assert!(told.contains("127.0.0.1 was refused: ") && told.contains(why), "{why:?} is not in {told:?}");
    }
    let mut plain = Sender::to(house.at).await;
    plain.send(&message("plain")).await;
    let rest = plain.closed().await;
    assert!(!rest.windows(3).any(|w| w == b"MSA"), "{rest:?}");
    gateway.expect("2", "AA").await;
    assert_eq!(house.clinic.readings().await, 2, "nothing of the others is in the log");
}

#[tokio::test]
async fn s04_names_are_looked_for_in_every_name_of_a_certificate() {
    let house = house().await;
    let folder = house.folder();
    for (n, wish) in [Wish::of("x", &["gateway-3"]), Wish::of("Gateway-3", &["other.lan"])].into_iter().enumerate() {
        let own = house.ca.issue(folder, &format!("named-{n}"), wish);
        Sender::speaking(house.connect(Some(own)).await.unwrap()).expect(&format!("{n}"), "AA").await;
    }
}

#[tokio::test]
async fn s04_without_client_ca_the_channel_is_closed_to_listeners_and_open_to_senders() {
    let clinic = Clinic::open().await;
    let ca = Ca::new("clinic");
    let root = ca.file(clinic.folder.path(), "root.crt");
    let own = keeper(ca.issue(clinic.folder.path(), "server", Wish::of("server", &["127.0.0.1"])));
    let transport = Transport::Listen { addr: "127.0.0.1:0".parse().unwrap(), allow: Vec::new() };
    let secure = Some(Secure::Accept(Accept::anybody(own.shown()).unwrap()));
    let running = clinic.start(SourceSpec { secure, ..clinic.spec(Protocol::Hl7, transport) });
    let stream = TcpStream::connect(running.local_addr.unwrap()).await.unwrap();
    let config = Reach::new(&root, None).unwrap().config();
    let stream = TlsConnector::from(config).connect(Reach::name("127.0.0.1:1").unwrap(), stream).await.unwrap();
    Sender::speaking(stream).expect("1", "AA").await;
}

#[tokio::test]
async fn h24_a_sender_that_never_finishes_its_handshake_is_given_up_and_costs_nobody() {
    let house = house().await;
    let mut mute = TcpStream::connect(house.at).await.unwrap();
    let mut half = TcpStream::connect(house.at).await.unwrap();
    half.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    let mut gateway = house.gateway().await;
    gateway.expect("1", "AA").await;
    let began = tokio::time::Instant::now();
    tokio::time::pause();
    for slow in [&mut mute, &mut half] {
        assert_eq!(slow.read(&mut [0; 8]).await.unwrap_or(0), 0);
    }
    assert!(began.elapsed() <= HANDSHAKE_MAX, "{:?}", began.elapsed());
    tokio::time::resume();
    house.clinic.settled().await;
    gateway.expect("2", "AA").await;
}

#[tokio::test]
async fn what_was_received_over_tls_before_the_stop_is_acknowledged_and_a_closing_without_farewell_is_no_fault() {
    let house = house().await;
    let mut screen = house.clinic.screen();
    let mut gateway = house.gateway().await;
    gateway.expect("1", "AA").await;
    // Its process is killed: the socket closes, TLS says nothing.
    let (socket, _) = gateway.stream.into_inner();
    drop(socket);
    assert_eq!(screen.until(LinkState::Silent).await, "the sender closed the connection");
    let mut last = house.gateway().await;
    last.expect("2", "AA").await;
    let House { clinic, running, .. } = house;
    clinic.stop(running).await;
    assert_eq!(last.closed().await, b"", "closed in order");
}

/// A monitor that is a server, with that certificate.
fn monitor(own: &Keeper, client: Option<(&Path, &str)>) -> Arc<ServerConfig> {
    let accept = match client {
        None => Accept::anybody(own.shown()),
        Some((ca, name)) => Accept::listed(own.shown(), ca, &[name.to_owned()]),
    };
    accept.unwrap().config()
}

#[tokio::test]
async fn s03_s04_a_monitor_we_connect_to_is_believed_only_with_its_certificate() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let folder = clinic.folder.path();
    let ca = Ca::new("clinic");
    let root = ca.file(folder, "root.crt");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let us = keeper(ca.issue(folder, "us", Wish::of("chairside", &[])));
    let secure = Some(Secure::Reach(Reach::new(&root, Some(us.shown())).unwrap()));
    let running = clinic.start(SourceSpec { secure, ..clinic.spec(Protocol::Hl7, Transport::Connect { addr }) });
    let mut expired = Wish::of("m", &["127.0.0.1"]);
    expired.days = (-9, -1);
    let wrong = [
        (
            keeper(Ca::new("clinic").issue(folder, "m1", Wish::of("m", &["127.0.0.1"]))),
            "its certificate is not accepted",
        ),
        (keeper(ca.issue(folder, "m2", expired)), "certificate expired"),
        (keeper(ca.issue(folder, "m3", Wish::of("127.0.0.1", &["127.0.0.2"]))), "not valid for name"),
    ];
    for (own, why) in &wrong {
        let (stream, _) = in_time("the program to connect", listener.accept()).await.unwrap();
        let _ = TlsAcceptor::from(monitor(own, None)).accept(stream).await;
        // The reason of the try before may still stand.
        while !screen.until(LinkState::Lost).await.contains(why) {}
    }
    let own = keeper(ca.issue(folder, "right", Wish::of("m", &["127.0.0.1"])));
    let acceptor = TlsAcceptor::from(monitor(&own, Some((&root, "chairside"))));
    let connection = in_time("a handshake", async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(secure) = acceptor.accept(stream).await {
                return secure;
            }
        }
    })
    .await;
    Sender::speaking(connection).expect("1", "AA").await;
    screen.until(LinkState::Live).await;
    assert_eq!(clinic.readings().await, 1);
    clinic.stop(running).await;
}

#[tokio::test]
async fn s04_a_source_that_should_have_tls_never_runs_without() {
    let clinic = Clinic::open().await;
    let ca = Ca::new("clinic");
    let root = ca.file(clinic.folder.path(), "root.crt");
    let own = keeper(ca.issue(clinic.folder.path(), "s", Wish::of("s", &["127.0.0.1"])));
    let accept = Secure::Accept(Accept::anybody(own.shown()).unwrap());
    let reach = Secure::Reach(Reach::new(&root, None).unwrap());
    let listen = Transport::Listen { addr: "127.0.0.1:0".parse().unwrap(), allow: Vec::new() };
    let connect = Transport::Connect { addr: "127.0.0.1:9".into() };
    for (protocol, transport, secure) in [
        (Protocol::VitalRecorder, listen.clone(), accept.clone()),
        (Protocol::Hl7, listen, reach),
        (Protocol::Hl7, connect, accept),
    ] {
        let spec = SourceSpec { secure: Some(secure), ..clinic.spec(protocol, transport) };
        let stop = tokio::sync::watch::channel(false).1;
        let clock: chairside_recorder::Clock = Arc::new(|| unreachable!("nothing is received"));
        let refused = spawn(spec, clinic.recorder.intake.clone(), clock, "test", stop).unwrap_err();
        assert!(matches!(refused, IngestError::WrongTls { .. }), "{refused}");
    }
}

/// An address of this machine that is not loopback. Nothing is sent to find it.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|at| at.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

#[tokio::test]
async fn h29_s04_a_plain_sender_is_heard_from_listed_addresses_only() {
    let Some(ip) = own_address() else {
        eprintln!("skipped: this machine has no address but loopback");
        return;
    };
    for (allow, expected) in
        [(&[][..], false), (&["198.51.100.0/24"], false), (&["198.51.100.0/24", &*ip.to_string()], true)]
    {
        let clinic = Clinic::open().await;
        let allow = allow.iter().map(|network: &&str| network.parse().unwrap()).collect();
        let transport = Transport::Listen { addr: "0.0.0.0:0".parse().unwrap(), allow };
        let running = clinic.start(clinic.spec(Protocol::Hl7, transport));
        let mut sender = Sender::to((ip, running.local_addr.unwrap().port()).into()).await;
        if expected {
            sender.expect("1", "AA").await;
        } else {
            assert_eq!(sender.closed().await, b"");
            let told = running.view.refusal().unwrap_or_default();
            assert!(told.contains("add it to `allow`"), "{told}");
        }
        assert_eq!(clinic.readings().await, usize::from(expected));
        clinic.stop(running).await;
    }
}
