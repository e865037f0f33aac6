//! Whole serial sources: port to log, on real pseudo terminals.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_ingest::{IngestError, SourceSpec, Transport, spawn};
use chairside_observation::LinkState;
use chairside_request::Request;
use common::captures;
use common::clinic::{Clinic, Watcher, in_time};
use common::pty::Device;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A row of a Nellcor monitor, made up.
const ROW: &[u8] = b"22-Nov-26 10:15:01    97      72      45                     \r\n";

/// A port at the speed of most of them.
fn listening(path: &Path) -> Transport {
    Transport::Serial { port: path.to_owned(), baud: 9600 }
}

/// Points the link at another device, in one step as udev does.
fn point(link: &Path, device: &Device) {
    let next = link.with_extension("next");
    symlink(&device.port, &next).unwrap();
    std::fs::rename(next, link).unwrap();
}

/// Waits until the source says that the port is open.
async fn opened(screen: &mut Watcher) {
    while !screen.until(LinkState::Connecting).await.contains("is open, waiting for the first frame") {}
}

#[tokio::test]
async fn p11_a_pulled_cable_is_lost_at_once_and_comes_back_on_another_device() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let port = clinic.folder.path().join("port");
    let mut device = Device::new();
    point(&port, &device);
    let running = clinic.start(clinic.spec(Protocol::Nellcor, listening(&port)));
    for _ in 0..3 {
        opened(&mut screen).await;
        device.send(ROW);
        screen.until(LinkState::Live).await;
        let next = Device::new();
        drop(std::mem::replace(&mut device, next));
        let reason = screen.until(LinkState::Lost).await;
        assert!(reason.starts_with(&format!("{} is gone", port.display())), "{reason}");
        point(&port, &device);
    }
    opened(&mut screen).await;
    clinic.stop(running).await;
    assert_eq!(device.came_back(), b"", "P17: opening again sends nothing");
    assert!(clinic.readings().await >= 3);
}

#[tokio::test]
async fn p11_an_adapter_that_comes_back_as_another_device_is_listened_to_within_three_seconds() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let port = clinic.folder.path().join("by-id");
    let mut device = Device::new();
    point(&port, &device);
    let running = clinic.start(clinic.spec(Protocol::Nellcor, listening(&port)));
    opened(&mut screen).await;
    for _ in 0..5 {
        device.send(ROW);
        screen.until(LinkState::Live).await;
        // As udev does it: the name goes with the device.
        std::fs::remove_file(&port).unwrap();
        let next = Device::new();
        drop(std::mem::replace(&mut device, next));
        while !screen.until(LinkState::Lost).await.starts_with("there is no port") {}
        // The runtime's clock, which passes by itself: what is measured is the pauses, not this machine.
        tokio::time::pause();
        tokio::time::sleep(Duration::from_secs(600)).await;
        point(&port, &device);
        let back = Instant::now();
        opened(&mut screen).await;
        assert!(back.elapsed() <= Duration::from_secs(3), "after {:?}", back.elapsed());
        tokio::time::resume();
    }
    clinic.stop(running).await;
    assert_eq!(device.came_back(), b"", "P17: opening again sends nothing");
    assert_eq!(clinic.readings().await, 10, "two values a row, none of them twice");
}

#[tokio::test]
async fn p17_a_whole_source_sends_its_monitor_nothing_and_loses_no_byte() {
    for protocol in Protocol::ALL.iter().copied().filter(|p| p.line().is_some()) {
        let clinic = Clinic::open().await;
        let mut screen = clinic.screen();
        let device = Device::new();
        // Also those of monitors that are asked: beside another recorder they are listened to in the same way.
        let spec = SourceSpec { passive: true, ..clinic.spec(protocol, listening(&device.port)) };
        let running = clinic.start(spec);
        opened(&mut screen).await;
        let mut sent = 0;
        for (_, bytes) in captures(protocol) {
            let mut at = 0;
            while at < bytes.len() {
                at += device.send(&bytes[at..bytes.len().min(at + 512)]);
                tokio::task::yield_now().await;
            }
            sent += bytes.len() as u64;
        }
        in_time("every byte to be heard", async {
            while running.stats.counts().bytes < sent {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let counts = running.stats.counts();
        assert!(counts.frames > 0, "{}: the fixtures hold frames", protocol.word());
        assert_eq!(counts.misplaced_bytes, 0, "{}: the decoder accounts for each byte", protocol.word());
        clinic.stop(running).await;
        assert_eq!(device.came_back(), b"", "{}", protocol.word());
        clinic.settled().await;
        assert_eq!(clinic.recorded_bytes().await, sent, "{}: every byte is in the log, once", protocol.word());
    }
}

/// Takes the frames of the closed list off the front of `bytes`, with counters at their lowest; what is left is none.
fn without_requests(mut bytes: &[u8]) -> &[u8] {
    let frames: Vec<_> = Request::ALL.iter().map(|request| request.frame()).collect();
    while let Some(frame) = frames.iter().find(|frame| !bytes.is_empty() && bytes.starts_with(frame)) {
        bytes = &bytes[frame.len()..];
    }
    bytes
}

#[tokio::test]
async fn p17_a_monitor_that_is_asked_gets_requests_and_nothing_else_while_noise_comes_back() {
    for protocol in [Protocol::Dinamap, Protocol::Dri, Protocol::Cms50] {
        let clinic = Clinic::open().await;
        let mut screen = clinic.screen();
        let device = Device::new();
        let port = Transport::Serial { port: device.port.clone(), baud: 115_200 };
        let running = clinic.start(clinic.spec(protocol, port));
        opened(&mut screen).await;
        let mut plays = captures(protocol);
        plays.push(("every byte".into(), (0..=255).flat_map(|b| [b, b, b'\r', b'\n']).collect()));
        for (_, bytes) in plays {
            let mut at = 0;
            while at < bytes.len() {
                at += device.send(&bytes[at..bytes.len().min(at + 512)]);
                tokio::task::yield_now().await;
            }
        }
        let mut sent = device.came_back();
        in_time("a request", async {
            while running.stats.counts().requests == 0 || sent.is_empty() {
                tokio::task::yield_now().await;
                sent.extend(device.came_back());
            }
        })
        .await;
        clinic.stop(running).await;
        sent.extend(device.came_back());
        assert_eq!(without_requests(&sent), b"", "{}: {sent:02X?}", protocol.word());
    }
}

#[tokio::test]
async fn a_cms50_that_sends_by_itself_is_not_asked() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let device = Device::new();
    let port = Transport::Serial { port: device.port.clone(), baud: 19_200 };
    let running = clinic.start(clinic.spec(Protocol::Cms50, port));
    opened(&mut screen).await;
    clinic.stop(running).await;
    assert_eq!(device.came_back(), b"");
}

#[tokio::test]
async fn a_dinamap_is_asked_again_after_its_cable_was_out() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let port = clinic.folder.path().join("port");
    let running = clinic.start(clinic.spec(Protocol::Dinamap, listening(&port)));
    for _ in 0..2 {
        let device = Device::new();
        point(&port, &device);
        opened(&mut screen).await;
        in_time("a request", async {
            while !device.came_back().starts_with(b" ") {
                tokio::task::yield_now().await;
            }
        })
        .await;
        device.send(b" OA1097502#B\r");
        screen.until(LinkState::Live).await;
        drop(device);
        screen.until(LinkState::Lost).await;
    }
    clinic.stop(running).await;
}

#[tokio::test]
async fn a_port_that_is_not_there_is_named_and_waited_for() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let port = clinic.folder.path().join("port");
    let running = clinic.start(clinic.spec(Protocol::Nellcor, listening(&port)));
    let reason = screen.until(LinkState::Lost).await;
    assert!(reason.starts_with(&format!("there is no port {}; ", port.display())), "{reason}");
    let device = Device::new();
    point(&port, &device);
    opened(&mut screen).await;
    device.send(ROW);
    screen.until(LinkState::Live).await;
    clinic.stop(running).await;
}

#[tokio::test]
async fn an_open_port_without_understood_frames_is_silent_with_advice() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let device = Device::new();
    let running = clinic.start(clinic.spec(Protocol::Nellcor, listening(&device.port)));
    opened(&mut screen).await;
    device.send(&[0xff; 200]);
    tokio::time::pause();
    let reason = screen.until(LinkState::Silent).await;
    assert!(reason.contains("for 10 s; check that the monitor is on"), "{reason}");
    tokio::time::resume();
    device.send(b"\r\n");
    device.send(ROW);
    screen.until(LinkState::Live).await;
    clinic.stop(running).await;
}

#[tokio::test]
async fn the_raw_capture_holds_every_byte_and_is_private() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let device = Device::new();
    let folder = clinic.folder.path().join("captures");
    let mut spec = clinic.spec(Protocol::Nellcor, listening(&device.port));
    spec.capture = Some(folder.clone());
    let running = clinic.start(spec);
    opened(&mut screen).await;
    device.send(ROW);
    screen.reading().await;
    let stats = Arc::clone(&running.stats);
    clinic.stop(running).await;
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!(std::fs::read(&files[0]).unwrap(), ROW);
    assert!(std::fs::read_to_string(&files[1]).unwrap().starts_with("0 "), "offset and time of the first read");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(stats.counts().capture_lost_bytes, 0);
}

#[tokio::test]
async fn h08_a_capture_that_cannot_be_written_costs_only_itself() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let device = Device::new();
    let mut spec = clinic.spec(Protocol::Nellcor, listening(&device.port));
    spec.capture = Some("/dev/null/captures".into());
    let running = clinic.start(spec);
    opened(&mut screen).await;
    device.send(ROW);
    screen.reading().await;
    in_time("the loss to be counted", async {
        while running.stats.counts().capture_lost_bytes < ROW.len() as u64 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    clinic.stop(running).await;
}

#[tokio::test]
async fn a_source_that_cannot_work_as_configured_is_refused() {
    let clinic = Clinic::open().await;
    let refused = |protocol, profile: Option<&str>, transport| {
        let mut spec = clinic.spec(protocol, transport);
        spec.profile = profile.map(str::to_owned);
        let stop = tokio::sync::watch::channel(false).1;
        let clock: chairside_recorder::Clock = Arc::new(|| unreachable!("nothing is received"));
        spawn(spec, clinic.recorder.intake.clone(), clock, "test", stop).unwrap_err()
    };
    let serial = || listening(Path::new("/dev/ttyS0"));
    let hl7 = refused(Protocol::Hl7, None, serial());
    assert!(matches!(hl7, IngestError::WrongTransport { .. }) && hl7.to_string().contains("`listen` or `connect`"));
    let text = refused(Protocol::Nellcor, None, Transport::Connect { addr: "host:1".into() }).to_string();
    assert!(text.contains("protocol nellcor is read from a serial port"), "{text}");
    let text = refused(Protocol::Hl7, Some("no-such"), serial()).to_string();
    assert!(text.contains("has no profile `no-such`; expected one of: auto"), "{text}");
}
