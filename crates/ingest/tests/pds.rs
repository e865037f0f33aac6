//! A Mindray PDS monitor, which is a server and wants a heartbeat: over real sockets, with a real recorder and a real log.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_ingest::mllp::HEARTBEAT_INTERVAL;
use chairside_ingest::{Running, SourceSpec, Transport};
use chairside_observation::{Entry, LinkState, Reading, Vital, What};
use chairside_request::Request;
use common::clinic::{Clinic, in_time};
use common::sender::{Sender, framed};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The monitor's end: where we connect to.
struct Monitor(TcpListener);

impl Monitor {
    async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn at(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// The next connection.
    async fn accept(&self) -> Sender {
        Sender::over(in_time("the program to connect", self.0.accept()).await.unwrap().0)
    }
}

fn start(clinic: &Clinic, monitor: &Monitor, profile: Option<&str>, passive: bool) -> Running {
    let transport = Transport::Connect { addr: monitor.at().to_string() };
    let spec = clinic.spec(Protocol::Hl7, transport);
    clinic.start(SourceSpec { profile: profile.map(str::to_owned), passive, ..spec })
}

fn pds(kind: &str, rows: &str) -> Vec<u8> {
    framed(format!("MSH|^~\\&|||||||ORU^R01|{kind}|P|2.3.1|\r{rows}").as_bytes())
}

/// 103: who lies in the bed.
fn patient(id: &str) -> Vec<u8> {
    pds("103", &format!("PID|||{id}||DOE^JANE\rPV1||I|^^INF&B7&2130706433&4601&&1|\rOBR||||Mindray Monitor|||0|\r"))
}

/// 204: a heart rate.
fn rate(per_min: u32) -> Vec<u8> {
    pds("204", &format!("OBX||NM|101^HR|2101|{per_min}||||||F\r"))
}

/// Heartbeats in what a monitor received; everything else fails the test.
fn heartbeats(mut bytes: &[u8]) -> usize {
    let frame = Request::PdsHeartbeat.frame();
    let mut count = 0;
    while !bytes.is_empty() {
        assert!(bytes.starts_with(&frame), "P17: no heartbeat: {}", bytes.escape_ascii());
        (bytes, count) = (&bytes[frame.len()..], count + 1);
    }
    count
}

/// Waits for so many heartbeats, whole.
async fn heard(monitor: &mut Sender, count: usize) {
    use tokio::io::AsyncReadExt;
    let mut bytes = vec![0; count * Request::PdsHeartbeat.frame().len()];
    in_time("heartbeats", monitor.stream.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(heartbeats(&bytes), count);
}

#[tokio::test]
async fn h15_the_heartbeat_goes_out_once_a_second_and_is_not_made_up_for_after_a_pause() {
    let clinic = Clinic::open().await;
    let monitor = Monitor::new().await;
    tokio::time::pause();
    let running = start(&clinic, &monitor, Some("pds"), false);
    let mut socket = monitor.accept().await;
    let began = Instant::now();
    heard(&mut socket, 10).await;
    assert!(began.elapsed() >= HEARTBEAT_INTERVAL * 8, "{:?}", began.elapsed());
    // The machine slept for an hour.
    tokio::time::advance(Duration::from_secs(3600)).await;
    heard(&mut socket, 1).await;
    let after = Instant::now();
    heard(&mut socket, 5).await;
    assert!(after.elapsed() >= HEARTBEAT_INTERVAL * 4, "{:?}", after.elapsed());
    clinic.stop(running).await;
}

#[tokio::test]
async fn p17_a_pds_monitor_is_sent_heartbeats_and_nothing_else_whatever_it_says() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let monitor = Monitor::new().await;
    let running = start(&clinic, &monitor, Some("pds"), false);
    let mut socket = monitor.accept().await;
    // Messages of other makes too, whose headers ask for an acknowledgement.
    socket
        .send(&[patient("P1"), rate(71), common::sender::message("7"), pds("106", ""), pds("999", "")].concat())
        .await;
    screen.reading().await;
    heard(&mut socket, 1).await;
    clinic.stop(running).await;
    heartbeats(&socket.closed().await);
}

#[tokio::test]
async fn p17_a_passive_source_and_one_whose_profile_was_not_set_are_sent_no_heartbeat() {
    for (profile, passive) in [(Some("pds"), true), (None, false), (Some("auto"), false)] {
        let clinic = Clinic::open().await;
        let mut screen = clinic.screen();
        let monitor = Monitor::new().await;
        let running = start(&clinic, &monitor, profile, passive);
        let mut socket = monitor.accept().await;
        socket.send(&[patient("P1"), rate(71)].concat()).await;
        screen.reading().await;
        clinic.settled().await;
        clinic.stop(running).await;
        assert_eq!(socket.closed().await, b"", "{profile:?}, passive {passive}");
    }
}

#[tokio::test]
async fn p17_a_sender_that_connects_to_us_in_pds_is_sent_nothing() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let transport = Transport::Listen { addr: "127.0.0.1:0".parse().unwrap(), allow: Vec::new() };
    let running = clinic.start(SourceSpec { profile: Some("pds".into()), ..clinic.spec(Protocol::Hl7, transport) });
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    sender.send(&[patient("P1"), rate(71)].concat()).await;
    screen.reading().await;
    clinic.settled().await;
    clinic.stop(running).await;
    assert_eq!(sender.closed().await, b"");
}

/// Heart rate and patient of each reading in the log.
async fn rates(clinic: &Clinic) -> Vec<(String, Option<String>)> {
    clinic.settled().await;
    let rate = |entry: Entry| match entry.what {
        What::Reading(o) if o.vital == Vital::HeartRate => {
            let Reading::Valid(amount) = o.reading else { panic!("{:?}", o.reading) };
            Some((format!("{amount:?}"), o.context.as_ref().and_then(|c| c.patient.as_deref().map(str::to_owned))))
        }
        _ => None,
    };
    clinic.entries().await.into_iter().filter_map(rate).collect()
}

#[tokio::test]
async fn h01_after_a_reconnection_no_value_has_a_patient_before_the_monitor_has_named_one() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let monitor = Monitor::new().await;
    let running = start(&clinic, &monitor, Some("pds"), false);
    let mut first = monitor.accept().await;
    first.send(&[rate(61), patient("P1"), rate(62)].concat()).await;
    screen.reading().await;
    screen.reading().await;
    drop(first);
    screen.until(LinkState::Lost).await;
    let mut second = monitor.accept().await;
    // Another patient lies there by now.
    second.send(&[rate(81), rate(82)].concat()).await;
    screen.reading().await;
    screen.reading().await;
    second.send(&[patient("P2"), rate(83)].concat()).await;
    screen.reading().await;
    let patients: Vec<_> = rates(&clinic).await.into_iter().map(|(_, patient)| patient).collect();
    let expected = [None, Some("P1"), None, None, Some("P2")].map(|p| p.map(str::to_owned));
    assert_eq!(patients, expected);
    clinic.stop(running).await;
}

#[tokio::test]
async fn h24_a_monitor_that_reads_nothing_is_given_up_and_found_again() {
    let clinic = Clinic::open().await;
    let monitor = Monitor::new().await;
    tokio::time::pause();
    let running = start(&clinic, &monitor, Some("pds"), false);
    // It never reads: heartbeats fill its buffers, and with them the time it is given to take one.
    let _deaf = monitor.accept().await;
    let _again = monitor.accept().await;
    assert_eq!(running.stats.counts().ended_by_us, 1);
    clinic.stop(running).await;
}
