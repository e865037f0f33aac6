//! Whole serial sources: port to log, on real pseudo terminals.

mod common;

use chairside_decode::catalog::Protocol;
use chairside_ingest::{IngestError, Transport, spawn};
use chairside_observation::LinkState;
use common::captures;
use common::clinic::{Clinic, in_time};
use common::pty::Device;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A row of a Nellcor monitor, made up.
const ROW: &[u8] = b"22-Nov-26 10:15:01    97      72      45                     \r\n";

fn nellcor(port: &Path) -> Transport {
    Transport::Serial { port: port.to_owned(), baud: 9600 }
}

/// Points the link at another device, in one step as udev does.
fn point(link: &Path, device: &Device) {
    let next = link.with_extension("next");
    symlink(&device.port, &next).unwrap();
    std::fs::rename(next, link).unwrap();
}

#[tokio::test]
async fn p11_a_pulled_cable_is_lost_at_once_and_comes_back_on_another_device() {
    let clinic = Clinic::open().await;
    let mut screen = clinic.screen();
    let port = clinic.folder.path().join("port");
    let mut device = Device::new();
    point(&port, &device);
    let running = clinic.start(clinic.spec(Protocol::Nellcor, nellcor(&port)));
    for _ in 0..3 {
        screen.until(LinkState::Connecting).await;
        // The port is open once the reason says so.
        while !screen_says_open(&port, &mut screen).await {}
        device.send(ROW);
        screen.until(LinkState::Live).await;
        drop(device);
        let reason = screen.until(LinkState::Lost).await;
        assert!(reason.starts_with(&format!("{} is gone", port.display())), "{reason}");
        device = Device::new();
        point(&port, &device);
    }
    clinic.stop(running).await;
    assert_eq!(device.came_back(), b"", "P17: reopening sends nothing");
}
