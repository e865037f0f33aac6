//! Monitors asked over the LAN, on real sockets.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_ingest::datagram::{AskSocket, DATAGRAM_MAX};
use chairside_ingest::{IngestError, Running, SourceSpec, Transport, spawn};
use chairside_observation::LinkState;
use chairside_request::{Link, Request};
use common::captures;
use common::clinic::{Clinic, in_time};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;

/// The one association refusal there is: its reason, and nothing behind it.
const REFUSAL: [u8; 5] = [0x0C, 0x03, 0x32, 0x01, 0x00];

async fn socket(at: &str) -> UdpSocket {
    UdpSocket::bind(at).await.unwrap()
}

/// The next datagram and where it came from.
async fn heard(monitor: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut bytes = [0; DATAGRAM_MAX];
    let (count, from) = in_time("a request", monitor.recv_from(&mut bytes)).await.unwrap();
    (bytes[..count].to_vec(), from)
}

/// Bytes a monitor sends, out of a fixture of this profile: its first data units with values.
fn values() -> Vec<u8> {
    let name = "normal-lan";
    captures(Protocol::Intellivue).into_iter().find(|(folder, _)| folder.ends_with(name)).unwrap().1
}

fn spec(clinic: &Clinic, addr: SocketAddr) -> SourceSpec {
    clinic.spec(Protocol::Intellivue, Transport::Connect { addr: addr.to_string() })
}

#[tokio::test]
async fn a_request_goes_to_the_monitor_and_its_datagrams_come_from_any_of_its_ports() {
    let (monitor, elsewhere) = (socket("127.0.0.1:0").await, socket("127.0.0.1:0").await);
    let mut asking = AskSocket::open(&monitor.local_addr().unwrap().to_string()).await.unwrap();
    let request = Request::IntellivueAssociate(Link::Lan);
    asking.ask(request).await.unwrap();
    let (frame, host) = heard(&monitor).await;
    assert_eq!(frame, *request.frame());
    let mut bytes = [0; 64];
    for (from, text) in [(&monitor, b"same"), (&elsewhere, b"else"), (&monitor, b"same")] {
        from.send_to(text, host).await.unwrap();
        assert_eq!(in_time("an answer", asking.read(&mut bytes)).await.unwrap(), Some(4));
        assert_eq!(bytes[..4], *text);
    }
}

#[tokio::test]
async fn h01_a_datagram_of_another_host_is_thrown_away() {
    let (monitor, stranger) = (socket("127.0.0.1:0").await, socket("127.0.0.2:0").await);
    let mut asking = AskSocket::open(&monitor.local_addr().unwrap().to_string()).await.unwrap();
    asking.ask(Request::IntellivueAssociate(Link::Lan)).await.unwrap();
    let (_, host) = heard(&monitor).await;
    stranger.send_to(b"values of another patient", host).await.unwrap();
    assert_eq!(in_time("the datagram", asking.read(&mut [0; 64])).await.unwrap(), None);
}

#[tokio::test]
async fn two_sockets_never_share_a_port_of_ours() {
    let monitor = socket("127.0.0.1:0").await;
    let mut ports = std::collections::BTreeSet::new();
    let mut open = Vec::new();
    for _ in 0..50 {
        let mut asking = AskSocket::open(&monitor.local_addr().unwrap().to_string()).await.unwrap();
        asking.ask(Request::IntellivueAssociate(Link::Lan)).await.unwrap();
        assert!(ports.insert(heard(&monitor).await.1.port()));
        open.push(asking);
    }
}

#[tokio::test]
async fn a_host_where_nobody_listens_is_an_error_of_the_next_request() {
    let gone = socket("127.0.0.1:0").await.local_addr().unwrap();
    let mut asking = AskSocket::open(&gone.to_string()).await.unwrap();
    let request = Request::IntellivueAssociate(Link::Lan);
    asking.ask(request).await.unwrap();
    // The network's answer to the first one is there by then.
    let refused = asking.ask(request).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(AskSocket::open("no-such-host.invalid:24105").await.is_err());
}

#[tokio::test]
async fn p11_a_monitor_that_is_gone_is_lost_with_the_reason_and_comes_back() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let monitor = socket("127.0.0.1:0").await;
    let at = monitor.local_addr().unwrap();
    let running = clinic.start(spec(&clinic, at));
    let (first, host) = heard(&monitor).await;
    assert_eq!(first, *Request::IntellivueAssociate(Link::Lan).frame());
    monitor.send_to(&values(), host).await.unwrap();
    screen.until(LinkState::Live).await;
    drop(monitor);
    let reason = screen.until(LinkState::Lost).await;
    assert!(reason.starts_with(&format!("{at} cannot be asked (")) && reason.contains("check that the monitor is on"));
    let monitor = socket(&at.to_string()).await;
    let (_, host) = heard(&monitor).await;
    monitor.send_to(&values(), host).await.unwrap();
    screen.until(LinkState::Live).await;
    clinic.stop(running).await;
    assert!(clinic.readings().await > 2);
}

#[tokio::test]
async fn a_monitor_that_refuses_is_silent_with_the_reason_and_not_live() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let monitor = socket("127.0.0.1:0").await;
    let running = clinic.start(spec(&clinic, monitor.local_addr().unwrap()));
    let (_, host) = heard(&monitor).await;
    monitor.send_to(&REFUSAL, host).await.unwrap();
    let reason = loop {
        let link = screen.link().await;
        assert_ne!(link.state, LinkState::Live);
        if link.state == LinkState::Silent {
            break link.reason;
        }
    };
    assert!(reason.starts_with("the monitor refuses the association"), "{reason}");
    clinic.stop(running).await;
}

#[tokio::test]
async fn h01_a_strangers_values_are_counted_and_shown_nowhere() {
    let clinic = Clinic::open().await;
    let (monitor, stranger) = (socket("127.0.0.1:0").await, socket("127.0.0.2:0").await);
    let running: Running = clinic.start(spec(&clinic, monitor.local_addr().unwrap()));
    let (_, host) = heard(&monitor).await;
    stranger.send_to(&values(), host).await.unwrap();
    in_time("the datagram to be counted", async {
        while running.stats.counts().refused_peers == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(running.stats.counts().bytes, 0);
    clinic.stop(running).await;
    assert_eq!(clinic.readings().await, 0);
}

#[tokio::test]
async fn p17_whatever_a_monitor_sends_it_hears_listed_frames_and_a_farewell() {
    let clinic = Clinic::open().await;
    let monitor = socket("127.0.0.1:0").await;
    let running = clinic.start(spec(&clinic, monitor.local_addr().unwrap()));
    let (first, host) = heard(&monitor).await;
    let mut frames = vec![first];
    for (_, bytes) in captures(Protocol::Intellivue) {
        for datagram in bytes.chunks(1364) {
            monitor.send_to(datagram, host).await.unwrap();
        }
    }
    // The description among them is answered.
    while !frames.last().unwrap().starts_with(&[0xE1, 0x00, 0x00, 0x02, 0x00, 0x02]) {
        frames.push(heard(&monitor).await.0);
    }
    let stopping = clinic.stop(running);
    let ((), ()) = tokio::join!(stopping, async {
        while frames.last().unwrap()[..] != *Request::IntellivueRelease(Link::Lan).frame() {
            frames.push(heard(&monitor).await.0);
        }
    });
    let numbered = |frame: &[u8]| {
        let mut frame = frame.to_vec();
        if frame[0] == 0xE1 {
            // The numbers a request may carry, at their lowest.
            for at in if frame[5] == 1 { vec![9] } else { vec![8, 9, 16, 17, 18, 19] } {
                frame[at] = 0;
            }
        }
        frame
    };
    for frame in frames {
        let listed = Request::ALL.iter().any(|request| *request.frame() == numbered(&frame));
        assert!(listed, "not in the list: {frame:02X?}");
    }
}

#[tokio::test]
async fn a_source_that_cannot_be_asked_as_configured_is_refused() {
    let clinic = Clinic::open().await;
    let refused = |profile: Option<&str>, passive: bool, transport: Transport| {
        let mut spec = clinic.spec(Protocol::Intellivue, transport);
        (spec.profile, spec.passive) = (profile.map(str::to_owned), passive);
        let stop = tokio::sync::watch::channel(false).1;
        let clock: chairside_recorder::Clock = Arc::new(|| unreachable!("nothing is received"));
        let error = spawn(spec, clinic.recorder.intake.clone(), clock, "test", stop).unwrap_err();
        assert!(matches!(error, IngestError::WrongTransport { .. }));
        error.to_string()
    };
    let connect = || Transport::Connect { addr: "127.0.0.1:1".into() };
    let serial = Transport::Serial { port: "/dev/ttyS0".into(), baud: 115_200 };
    assert!(refused(None, true, connect()).contains("leave `passive` out"));
    assert!(refused(Some("rs232"), false, connect()).contains("give `port`"));
    assert!(refused(Some("lan"), false, serial).contains("give `connect`"));
}
