//! HL7 over real sockets, with a real recorder and a real log.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_decode::hl7::{Header, judge};
use chairside_ingest::mllp::{CONNECTIONS_PER_PEER_MAX, FRAME_TIME_MAX};
use chairside_ingest::{IngestError, PAUSE_CONNECT_MAX, Running, Transport, spawn};
use chairside_observation::{LinkState, Skip, What};
use common::clinic::{Clinic, Disk, in_time};
use common::sender::{Sender, framed, message, with_acks};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

/// Waits until the source has received `count` bytes in all.
async fn received(running: &Running, count: u64) {
    in_time("bytes to be received", async {
        while running.stats.counts().bytes < count {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn h10_no_acknowledgement_before_the_log_has_it() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut screen = clinic.screen();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    clinic.disk(Disk::Hangs);
    sender.send(&message("1")).await;
    screen.reading().await;
    assert!(!sender.has_answer(), "shown at once, but not acknowledged");
    assert_eq!(clinic.readings().await, 0);
    clinic.disk(Disk::Works);
    assert_eq!(sender.ack().await, ("AA".into(), "1".into()));
    assert_eq!(clinic.readings().await, 1);
}

#[tokio::test]
async fn frames_sent_in_one_piece_are_acknowledged_in_order() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    let all: Vec<u8> = (0..23).flat_map(|i| message(&format!("id-{i}"))).collect();
    sender.send(&all).await;
    for i in 0..23 {
        assert_eq!(sender.ack().await, ("AA".into(), format!("id-{i}")));
    }
    assert_eq!(clinic.readings().await, 23);
    let counts = running.stats.counts();
    assert_eq!((counts.frames, counts.acks, counts.bytes), (23, [23, 0, 0, 0, 0], all.len() as u64));
}

#[tokio::test]
async fn more_frames_than_may_be_unanswered_are_all_answered() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    clinic.disk(Disk::Hangs);
    let all: Vec<u8> = (0..100).flat_map(|i| message(&format!("id-{i}"))).collect();
    sender.send(&all).await;
    clinic.disk(Disk::Works);
    for i in 0..100 {
        assert_eq!(sender.ack().await.1, format!("id-{i}"));
    }
}

#[tokio::test]
async fn a_frame_split_at_any_byte_is_one_frame() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    let mut sent = 0;
    for at in 1..message("000").len() {
        let id = format!("{at:03}");
        let bytes = message(&id);
        sender.send(&bytes[..at]).await;
        received(&running, sent + at as u64).await;
        sender.send(&bytes[at..]).await;
        assert_eq!(sender.ack().await, ("AA".into(), id));
        sent += bytes.len() as u64;
    }
    assert_eq!(running.stats.counts().skipped_bytes, 0);
}

#[tokio::test]
async fn a_frame_without_its_carriage_return_is_answered_all_the_same() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    for id in ["1", "2", "3"] {
        let bytes = message(id);
        sender.send(&bytes[..bytes.len() - 1]).await;
        assert_eq!(sender.ack().await, ("AA".into(), id.into()));
    }
    assert_eq!(clinic.readings().await, 3);
}

#[tokio::test]
async fn h24_a_giant_frame_ends_its_own_connection_only() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    let mut good = Sender::to(addr).await;
    let mut giant = Sender::to(addr).await;
    good.expect("g1", "AA").await;
    giant.expect("x1", "AA").await;
    let (mut reading, mut writing) = giant.stream.into_split();
    let flood = tokio::spawn(async move {
        let _ = writing.write_all(b"\x0bMSH|^~\\&|").await;
        while writing.write_all(&[b'x'; 64 * 1024]).await.is_ok() {}
    });
    in_time("the giant to be cut off", async {
        use tokio::io::AsyncReadExt;
        let mut rest = Vec::new();
        while reading.read_buf(&mut rest).await.is_ok_and(|n| n > 0) {}
        assert!(rest.is_empty(), "nothing is acknowledged");
    })
    .await;
    in_time("the flood to end", flood).await.unwrap();
    good.expect("g2", "AA").await;
    let entries = clinic.entries().await;
    let too_long = |what: &What| matches!(what, What::Skipped { skip: Skip::TooLong, .. });
    assert!(entries.iter().any(|e| too_long(&e.what)), "the bytes are recorded as too long");
    assert_eq!(running.stats.counts().ended_by_us, 1);
}

#[tokio::test]
async fn h24_dripping_and_mute_senders_do_not_delay_a_good_one() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    let before = tokio::time::Instant::now();
    let mut bad = Vec::new();
    for i in 0..20 {
        let mut sender = Sender::to(addr).await;
        if i % 2 == 0 {
            sender.send(b"\x0bMSH|").await;
        }
        bad.push(sender);
    }
    let mut good = Sender::to(addr).await;
    good.expect("1", "AA").await;
    received(&running, message("1").len() as u64 + 10 * 5).await;
    // From here on the clock jumps to the next timer whenever nothing happens: the time of a frame runs out.
    tokio::time::pause();
    for dripping in bad.iter_mut().step_by(2) {
        assert_eq!(dripping.closed().await, b"");
    }
    assert!(before.elapsed() >= FRAME_TIME_MAX, "not before its time: {:?}", before.elapsed());
    tokio::time::resume();
    clinic.settled().await;
    good.expect("2", "AA").await;
    for mute in bad.iter_mut().skip(1).step_by(2) {
        mute.expect("late", "AA").await;
    }
    let cut_off = |what: &What| matches!(what, What::Skipped { skip: Skip::CutOff, .. });
    assert_eq!(clinic.entries().await.iter().filter(|e| cut_off(&e.what)).count(), 10, "no byte is lost");
}

#[tokio::test]
async fn h10_what_the_log_does_not_take_is_refused_with_ae_or_ce() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    clinic.disk(Disk::Fails);
    sender.expect("1", "AE").await;
    sender.send(&with_acks("2", "AL", "NE")).await;
    assert_eq!(sender.ack().await, ("CE".into(), "2".into()));
    clinic.disk(Disk::Works);
    clinic.settled().await;
    sender.expect("1", "AA").await;
    sender.send(&with_acks("2", "AL", "NE")).await;
    assert_eq!(sender.ack().await, ("CA".into(), "2".into()));
    assert_eq!(clinic.readings().await, 2, "each is in the log once, however often it was sent");
    assert_eq!(running.stats.counts().acks, [1, 1, 0, 1, 1]);
}

#[tokio::test]
async fn h19_a_message_sent_again_after_a_lost_acknowledgement_is_recorded_once() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    Sender::to(addr).await.expect("1", "AA").await;
    Sender::to(addr).await.expect("1", "AA").await;
    assert_eq!(clinic.readings().await, 1);
    let mut other = Sender::to(addr).await;
    other.send(&[message("1").as_slice(), b"\n"].concat().replace_last(b"72|", b"73|")).await;
    assert_eq!(other.ack().await, ("AA".into(), "1".into()));
    assert_eq!(clinic.readings().await, 2, "the same id with other bytes is another message");
}

trait ReplaceLast {
    fn replace_last(self, from: &[u8], to: &[u8]) -> Vec<u8>;
}

impl ReplaceLast for Vec<u8> {
    fn replace_last(mut self, from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = self.windows(from.len()).rposition(|w| w == from).unwrap();
        self[at..at + from.len()].copy_from_slice(to);
        self
    }
}

#[tokio::test]
async fn what_wants_no_acknowledgement_is_recorded_and_not_answered() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    sender.send(&with_acks("silent", "NE", "NE")).await;
    sender.send(&framed(b"MSH|^~\\&|A||||20261122||ACK^R01^ACK|5|P|2.6\rMSA|AA|9\r")).await;
    sender.send(&framed(b"MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|70||||||F\r")).await;
    sender.expect("last", "AA").await;
    assert_eq!(running.stats.counts().acks.iter().sum::<u64>(), 1);
    let raw = frames(&clinic).await;
    assert_eq!(raw.len(), 4, "all of them are recorded");
}

/// The bytes of every frame in the log of the chair or the source's own timeline, each once.
async fn frames(clinic: &Clinic) -> std::collections::BTreeSet<Vec<u8>> {
    use chairside_observation::Sequence;
    use chairside_store::SessionLog;
    let mut found = std::collections::BTreeSet::new();
    for head in clinic.log.heads().await.unwrap() {
        for entry in clinic.log.read(&head.timeline, Sequence(0), 1000).await.unwrap() {
            if let Some(frame) = clinic.log.frame(&head.timeline, entry.sequence).await.unwrap() {
                found.insert(frame.raw.to_vec());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_message_nobody_understands_is_accepted_and_what_is_no_hl7_is_not() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    sender.send(&framed(b"MSH|^~\\&|X||||20261122||ZZZ^Z99|p1|P|2.6\rOBX|||\xff\xfe|||\r")).await;
    assert_eq!(sender.ack().await, ("AA".into(), "p1".into()));
    sender.send(&framed(b"GET / HTTP/1.1\r\n")).await;
    assert_eq!(sender.ack().await, ("AR".into(), String::new()));
    sender.expect("2", "AA").await;
    assert_eq!(frames(&clinic).await.len(), 3, "all of them are recorded");
}

#[tokio::test]
async fn two_connections_of_one_device_are_both_recorded() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    let (mut old, mut new) = (Sender::to(addr).await, Sender::to(addr).await);
    new.expect("n1", "AA").await;
    old.expect("o1", "AA").await;
    new.expect("n2", "AA").await;
    assert_eq!(clinic.readings().await, 3);
}

#[tokio::test]
async fn h24_connections_of_one_peer_are_limited_and_the_others_live_on() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS_PER_PEER_MAX {
        open.push(Sender::to(addr).await);
    }
    open[0].expect("first", "AA").await;
    let mut one_more = Sender::to(addr).await;
    assert_eq!(one_more.closed().await, b"");
    assert_eq!(running.stats.counts().refused_peers, 1);
    drop(open.pop());
    in_time("a place to be free again", async {
        loop {
            let mut next = Sender::to(addr).await;
            next.send(&message("next")).await;
            if !next.closed_or_answered().await {
                break;
            }
        }
    })
    .await;
    open[0].expect("still", "AA").await;
}

impl Sender {
    /// `true` when the connection was closed without an answer.
    async fn closed_or_answered(&mut self) -> bool {
        use tokio::io::AsyncReadExt;
        let mut byte = [0];
        !matches!(self.stream.read(&mut byte).await, Ok(1))
    }
}

#[tokio::test]
async fn bytes_that_are_no_mllp_end_the_connection_after_a_while() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    for _ in 0..9 {
        if sender.stream.writable().await.is_err() {
            break;
        }
        let _ = sender.stream.write_all(&[b'z'; 8192]).await;
    }
    assert_eq!(sender.closed().await, b"");
    assert_eq!(running.stats.counts().ended_by_us, 1);
}

#[tokio::test]
async fn a_sender_that_closes_leaves_a_silent_link_with_its_reason() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    assert_eq!(screen.until(LinkState::Connecting).await, format!("listening on {addr}, no sender has connected yet"));
    let mut sender = Sender::to(addr).await;
    sender.expect("1", "AA").await;
    assert_eq!(screen.until(LinkState::Live).await, "frames arrive");
    drop(sender);
    assert_eq!(screen.until(LinkState::Silent).await, "the sender closed the connection");
}

#[tokio::test]
async fn a_sender_that_connects_for_each_message_stays_live_until_it_does_not_come_back() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let running = clinic.listener();
    let addr = running.local_addr.unwrap();
    for i in 0..6 {
        let mut sender = Sender::to(addr).await;
        sender.expect(&format!("{i}"), "AA").await;
        drop(sender);
        // The next one comes after the source has seen the end of this one.
        if i < 2 {
            assert_eq!(screen.until(LinkState::Silent).await, "the sender closed the connection");
        }
    }
    assert_eq!(screen.until(LinkState::Live).await, "frames arrive");
    tokio::time::pause();
    let reason = screen.link().await;
    assert_eq!(reason.state, LinkState::Silent);
    assert!(reason.reason.contains("for 10 s"), "{}", reason.reason);
}

#[tokio::test]
async fn a_connection_that_stands_but_says_nothing_is_silent() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    sender.expect("1", "AA").await;
    screen.until(LinkState::Live).await;
    tokio::time::pause();
    let reason = screen.until(LinkState::Silent).await;
    assert!(reason.starts_with("the link stands, but nothing that was understood arrived for 10 s"), "{reason}");
    tokio::time::resume();
    clinic.settled().await;
    sender.expect("2", "AA").await;
    screen.until(LinkState::Live).await;
}

#[tokio::test]
async fn p11_a_monitor_we_connect_to_is_found_again() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let monitor = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = monitor.local_addr().unwrap();
    let running = clinic.start(clinic.spec(Protocol::Hl7, Transport::Connect { addr: addr.to_string() }));
    for id in ["1", "2"] {
        let (stream, _) = in_time("the program to connect", monitor.accept()).await.unwrap();
        let mut sender = Sender::over(stream);
        sender.expect(id, "AA").await;
        screen.until(LinkState::Live).await;
        drop(sender);
        let reason = screen.until(LinkState::Lost).await;
        assert!(reason.contains("the sender closed the connection"), "{reason}");
    }
    drop(monitor);
    let reason = screen.until(LinkState::Lost).await;
    assert!(reason.contains("cannot be reached") && reason.contains(&addr.to_string()), "{reason}");
    clinic.stop(running).await;
}

#[tokio::test]
async fn h15_a_monitor_that_drops_every_connection_is_not_tried_without_pause() {
    const TRIES: u32 = 100;
    let clinic = Clinic::open().await;
    let monitor = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = monitor.local_addr().unwrap().to_string();
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let running = clinic.start(clinic.spec(Protocol::Hl7, Transport::Connect { addr }));
    for _ in 0..TRIES {
        drop(in_time("the next try", monitor.accept()).await.unwrap());
    }
    // Two pauses are shorter, all others at least 3/4 of the longest.
    let least = PAUSE_CONNECT_MAX * 3 / 4 * (TRIES - 3);
    assert!(began.elapsed() >= least, "{TRIES} tries in {:?}", began.elapsed());
    tokio::time::resume();
    clinic.stop(running).await;
}

/// HL7 files recorded at real sites or quoted in public, where they are at hand; they are not part of this repository.
fn real_captures() -> Vec<PathBuf> {
    let near = ["../../../shared/captures", "../../../../shared/captures"]
        .map(|up| Path::new(env!("CARGO_MANIFEST_DIR")).join(up));
    let folder = std::env::var_os("CHAIRSIDE_CAPTURES").map(PathBuf::from);
    let Some(folder) = folder.into_iter().chain(near).map(|f| f.join("hl7")).find(|f| f.is_dir()) else {
        return Vec::new();
    };
    let vendors = std::fs::read_dir(folder).unwrap().map(|v| v.unwrap().path()).filter(|v| v.is_dir());
    let mut files: Vec<_> =
        vendors.flat_map(|v| std::fs::read_dir(v).unwrap().map(|f| f.unwrap().path()).collect::<Vec<_>>()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "hl7"));
    files.sort();
    files
}

#[tokio::test]
async fn every_real_message_is_recorded_and_answered_as_it_asks() {
    let files = real_captures();
    if files.is_empty() {
        eprintln!("skipped: no captures of real monitors here");
        return;
    }
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let stream = if bytes.first() == Some(&0x0b) { bytes } else { framed(&bytes) };
        if Header::parse(&stream).is_err() {
            // A part of a message, kept for its rows.
            continue;
        }
        let asked: Vec<_> = stream
            .split_inclusive(|b| *b == 0x1c)
            .map(<[u8]>::trim_ascii_start)
            .filter_map(|raw| Header::parse(raw).ok().map(|header| (raw, header)))
            .filter(|(raw, _)| judge(raw).0.is_acknowledged())
            .filter_map(|(_, header)| Some((header.ack_mode().code(true)?.word(), header.control_id)))
            .collect();
        let mut sender = Sender::to(running.local_addr.unwrap()).await;
        sender.send(&stream).await;
        for (code, id) in asked {
            let id = String::from_utf8_lossy(id).into_owned();
            assert_eq!(sender.ack().await, (code.to_owned(), id), "{}", file.display());
        }
        // The end is seen after the last frame, so nothing more was answered.
        sender.stream.shutdown().await.unwrap();
        assert_eq!(sender.closed().await, b"", "{}", file.display());
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_named_with_what_to_do() {
    let clinic = Clinic::open().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = |addr: String| {
        let transport = Transport::Listen { addr: addr.parse().unwrap(), allow: Vec::new() };
        let stop = tokio::sync::watch::channel(false).1;
        let clock: chairside_recorder::Clock = Arc::new(|| unreachable!("nothing is received"));
        let spec = clinic.spec(Protocol::Hl7, transport);
        spawn(spec, clinic.recorder.intake.clone(), clock, "test", stop).unwrap_err()
    };
    let addr = taken.local_addr().unwrap();
    assert_eq!(
        listen(addr.to_string()).to_string(),
        format!("source s: {addr} is in use by another program; end it, or choose another port for `listen`")
    );
    assert!(matches!(listen("203.0.113.7:2575".into()), IngestError::AddressNotHere { .. }));
}

#[tokio::test]
async fn what_was_received_before_the_stop_is_recorded_and_acknowledged() {
    let clinic = Clinic::open().await;
    let running = clinic.listener();
    let mut sender = Sender::to(running.local_addr.unwrap()).await;
    let mut screen = clinic.screen();
    clinic.disk(Disk::Hangs);
    sender.send(&message("1")).await;
    screen.reading().await;
    let stopping = clinic.stop(running);
    let answering = async {
        clinic.disk(Disk::Works);
        assert_eq!(sender.ack().await, ("AA".into(), "1".into()));
        assert_eq!(sender.closed().await, b"");
    };
    tokio::join!(stopping, answering);
}
