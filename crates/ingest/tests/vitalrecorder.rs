//! VitalRecorder over real sockets, with a real recorder and a real log.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_ingest::vitalrecorder::{BAD_MAX, HEAD_TIME_MAX, IDLE_MAX};
use chairside_ingest::{IngestError, Running, Transport, spawn};
use chairside_observation::{LinkState, What};
use common::clinic::{Clinic, in_time};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::{SinkExt, StreamExt};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const ANNOUNCED: &str = r#"451-["send_data",{"_placeholder":true,"num":0}]"#;

fn listener(clinic: &Clinic) -> Running {
    let transport = Transport::Listen { addr: "127.0.0.1:0".parse().unwrap(), allow: Vec::new() };
    clinic.start(clinic.spec(Protocol::VitalRecorder, transport))
}

fn json(heart_rate: u32) -> String {
    format!(
        r#"{{"vrcode":"V","rooms":[{{"roomname":"B1","trks":[{{"name":"HR","type":"num","montype":"ECG_HR","unit":"bpm","recs":[{{"dt":1777975200.5,"val":{heart_rate}}}]}}]}}]}}"#
    )
}

const HL7: &str = "MSH|^~\\&|VitalRecorder|V|||20260505100001||ORU^R01|1|P|2.6\rPID|||\rPV1||I|B1\r\
                   OBR|1|||VITAL_SIGNS|||20260505100000|20260505100001\r\
                   OBX|1|NM|PLETH_SPO2^M/SpO2||97|%|80^100||||R\r";

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A recorder that writes down every text it is sent.
struct Recorder {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heard: Vec<String>,
}

impl Recorder {
    async fn to(addr: SocketAddr, engine: u8) -> Self {
        let url = format!("ws://{addr}/socket.io/?EIO={engine}&transport=websocket");
        let (socket, _) = in_time("the upgrade", tokio_tungstenite::connect_async(url)).await.unwrap();
        let mut recorder = Self { socket, heard: Vec::new() };
        recorder.hear().await;
        recorder.text("40").await;
        recorder.hear().await;
        recorder.text(r#"42["join_vr","VR_ABC123"]"#).await;
        recorder
    }

    async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn upload(&mut self, packed: &[u8]) {
        self.text(ANNOUNCED).await;
        self.socket.send(Message::binary(packed.to_vec())).await.unwrap();
    }

    /// Waits for the end of the connection.
    async fn end(&mut self) {
        while self.hear().await.is_some() {}
    }

    /// The next text, `None` at the end.
    async fn hear(&mut self) -> Option<String> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(other)) => assert!(!other.is_binary(), "no data is ever sent"),
                }
            }
        };
        let text = in_time("an answer", next).await;
        self.heard.extend(text.clone());
        text
    }
}

/// What is recorded of the chair, in short.
async fn values(clinic: &Clinic) -> Vec<String> {
    let shown = |what: &What| match what {
        What::Reading(o) => Some(format!("{} {:?}", o.vital.word(), o.reading.amount())),
        _ => None,
    };
    clinic.entries().await.iter().filter_map(|e| shown(&e.what)).collect()
}

#[tokio::test]
async fn uploads_of_both_engine_versions_and_both_forms_become_readings() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let addr = running.local_addr.unwrap();
    let mut screen = clinic.screen();
    let mut vr = Recorder::to(addr, 3).await;
    // Engine.IO 3 has its packet type in front of a binary message.
    vr.upload(&[&[4][..], &zlib(json(72).as_bytes())].concat()).await;
    screen.reading().await;
    vr.upload(&[&[4][..], &gzip(HL7.as_bytes())].concat()).await;
    screen.reading().await;
    let mut client = Recorder::to(addr, 4).await;
    client.upload(&zlib(json(73).as_bytes())).await;
    screen.reading().await;
    clinic.settled().await;
    let found = values(&clinic).await.join("; ");
    for expected in ["72", "97", "73"] {
        assert!(found.contains(expected), "{expected} in {found}");
    }
    let counts = running.stats.counts();
    assert_eq!((counts.frames, counts.skipped_bytes, counts.misplaced_bytes), (3, 0, 0));
    let expected = (json(72).len() + HL7.len() + json(73).len() + 3) as u64;
    assert_eq!(counts.bytes, expected, "each upload is one line");
}

#[tokio::test]
async fn p17_a_recorder_is_sent_what_keeps_the_connection_and_nothing_else() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let addr = running.local_addr.unwrap();
    for (engine, connected) in [(3, "40"), (4, r#"40{"sid":"chairside-"#)] {
        let mut vr = Recorder::to(addr, engine).await;
        let events = ["dt", "update", "restart", "new_bed", "req_cmd", "send_vrconf", "send_data"];
        for event in events {
            vr.text(&format!(r#"42["{event}","x"]"#)).await;
            vr.text(&format!(r#"427["{event}","x"]"#)).await;
        }
        vr.upload(&zlib(json(72).as_bytes())).await;
        vr.text("2").await;
        while vr.hear().await.as_deref() != Some("3") {}
        vr.text("41").await;
        vr.end().await;
        let heard = std::mem::take(&mut vr.heard);
        assert!(heard[0].starts_with(r#"0{"sid":"chairside-"#), "{heard:?}");
        let rest: Vec<&str> = heard[1..].iter().map(String::as_str).collect();
        let (last, connects) = rest.split_last().unwrap();
        assert!(connects.iter().all(|text| text.starts_with(connected)), "{rest:?}");
        assert_eq!((connects.len(), *last), (usize::from(engine == 3) + 1, "3"), "{rest:?}");
    }
}

#[tokio::test]
async fn what_is_no_recorder_gets_a_clear_refusal_and_the_source_says_it() {
    for (request, answer, said) in [
        (
            "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n",
            r#"{"code":0,"message":"Transport unknown"}"#,
            "polling",
        ),
        ("GET /ws HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "another path"),
        (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n\r\n",
            "403 Forbidden",
            "web page",
        ),
        ("\u{b}MSH|^~\\&|", "400 Bad Request", "no WebSocket request"),
    ] {
        let clinic = Clinic::open().await;
        let running = listener(&clinic);
        let mut screen = clinic.screen();
        let mut socket = TcpStream::connect(running.local_addr.unwrap()).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut text = Vec::new();
        in_time("the end", socket.read_to_end(&mut text)).await.unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(answer), "{text}");
        let reason = screen.until(LinkState::Silent).await;
        assert!(reason.contains(said), "{reason}");
        let counts = running.stats.counts();
        assert_eq!((counts.ended_by_us, counts.bytes), (1, 0));
    }
}

#[tokio::test]
async fn h24_a_bomb_costs_nobody_anything_and_only_bombs_end_their_connection() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let mut screen = clinic.screen();
    let mut vr = Recorder::to(running.local_addr.unwrap(), 4).await;
    let bomb = zlib(&vec![b'x'; 64 << 20]);
    for round in 0..3 {
        for _ in 1..BAD_MAX {
            vr.upload(&bomb).await;
        }
        vr.upload(&zlib(json(70 + round).as_bytes())).await;
        screen.reading().await;
    }
    for _ in 0..BAD_MAX {
        vr.upload(&bomb).await;
    }
    assert_eq!(vr.hear().await, None);
    let reason = screen.until(LinkState::Silent).await;
    assert!(reason.contains("unpacks to more") && reason.contains("in a row"), "{reason}");
    clinic.settled().await;
    let noise = |what: &What| matches!(what, What::Skipped { .. });
    assert!(clinic.entries().await.iter().any(|e| noise(&e.what)), "the bytes are seen");
    assert!(running.stats.counts().skipped_bytes < 64 * 1024, "but not kept whole");
}

#[tokio::test]
async fn h24_a_giant_frame_ends_its_own_connection_only() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let addr = running.local_addr.unwrap();
    let mut screen = clinic.screen();
    let (mut good, mut giant) = (Recorder::to(addr, 3).await, Recorder::to(addr, 3).await);
    giant.text(ANNOUNCED).await;
    // The head of the frame is enough: its length is not waited for.
    let MaybeTlsStream::Plain(stream) = giant.socket.get_mut() else { panic!("no TLS here") };
    let head = [&[0x82, 0xFF][..], &(1_u64 << 40).to_be_bytes(), &[1, 2, 3, 4]].concat();
    stream.write_all(&head).await.unwrap();
    giant.end().await;
    good.upload(&zlib(json(71).as_bytes())).await;
    screen.reading().await;
    assert_eq!(running.stats.counts().ended_by_us, 1);
}

#[tokio::test]
async fn h24_mute_and_dripping_senders_are_given_up_in_time() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let addr = running.local_addr.unwrap();
    let before = tokio::time::Instant::now();
    let mut mute = TcpStream::connect(addr).await.unwrap();
    mute.write_all(b"GET /socket.io/").await.unwrap();
    let mut deaf = Recorder::to(addr, 4).await;
    while running.stats.counts().connections < 1 {
        tokio::task::yield_now().await;
    }
    // From here on the clock jumps to the next timer whenever nothing happens.
    tokio::time::pause();
    let mut rest = Vec::new();
    in_time("the mute one's end", mute.read_to_end(&mut rest)).await.unwrap();
    assert!(before.elapsed() >= HEAD_TIME_MAX, "not before its time");
    assert_eq!(deaf.hear().await.as_deref(), Some("2"), "it is asked first");
    assert_eq!(deaf.hear().await, None);
    assert!(before.elapsed() >= IDLE_MAX, "not before its time");
}

#[tokio::test]
async fn a_recorder_that_comes_back_is_heard_and_a_cuff_it_repeats_is_told_once() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let addr = running.local_addr.unwrap();
    let mut screen = clinic.screen();
    let cuff = json(120).replace("ECG_HR", "NIBP_SBP").replace(r#""HR""#, r#""NIBP_SBP""#).replace("bpm", "mmHg");
    let mut vr = Recorder::to(addr, 3).await;
    for heart_rate in [70, 71] {
        vr.upload(&zlib(cuff.as_bytes())).await;
        vr.upload(&zlib(json(heart_rate).as_bytes())).await;
    }
    for _ in 0..3 {
        screen.reading().await;
    }
    drop(vr);
    assert!(
        screen.until(LinkState::Silent).await.contains("closed the connection")
            || running.stats.counts().connections == 1
    );
    let mut vr = Recorder::to(addr, 4).await;
    vr.upload(&zlib(json(72).as_bytes())).await;
    screen.reading().await;
    clinic.settled().await;
    let found = values(&clinic).await;
    assert_eq!(found.iter().filter(|v| v.starts_with("nibp")).count(), 1, "{found:?}");
    assert_eq!(found.iter().filter(|v| v.starts_with("heart_rate")).count(), 3, "{found:?}");
}

#[tokio::test]
async fn a_broken_upload_is_a_fault_in_the_log_and_the_next_is_read() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let mut screen = clinic.screen();
    let mut vr = Recorder::to(running.local_addr.unwrap(), 4).await;
    vr.upload(&zlib(br#"{"rooms":[{"roomname":"B1","trks":"#)).await;
    vr.upload(&zlib(json(72).as_bytes())).await;
    screen.reading().await;
    clinic.settled().await;
    let counts = running.stats.counts();
    assert_eq!((counts.frames, counts.faults, counts.misplaced_bytes), (1, 1, 0));
}

#[tokio::test]
async fn stopping_ends_every_connection_in_order() {
    let clinic = Clinic::open().await;
    let running = listener(&clinic);
    let mut screen = clinic.screen();
    let mut vr = Recorder::to(running.local_addr.unwrap(), 3).await;
    vr.upload(&zlib(json(72).as_bytes())).await;
    screen.reading().await;
    let hanging = TcpStream::connect(running.local_addr.unwrap()).await.unwrap();
    clinic.stop(running).await;
    vr.end().await;
    drop(hanging);
}

#[tokio::test]
async fn it_is_only_ever_listened_for() {
    let clinic = Clinic::open().await;
    for transport in
        [Transport::Serial { port: "/dev/null".into(), baud: 9600 }, Transport::Connect { addr: "127.0.0.1:1".into() }]
    {
        let spec = clinic.spec(Protocol::VitalRecorder, transport);
        let (_stop, stopping) = tokio::sync::watch::channel(false);
        let clock: chairside_recorder::Clock = Arc::new(|| panic!("no time is asked for"));
        let refused = spawn(spec, clinic.recorder.intake.clone(), clock, "test", stopping);
        assert!(matches!(refused, Err(IngestError::WrongTransport { .. })), "{refused:?}");
    }
}
