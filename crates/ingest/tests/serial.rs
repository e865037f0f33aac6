//! Listening ports on real pseudo terminals.

mod common;

use chairside_decode::catalog::{Line, Parity, Protocol};
use chairside_decode::identify::SETTINGS;
use chairside_ingest::serial::{ListenPort, READ_MAX};
use common::captures;
use common::pty::Device;
use std::path::Path;

const LINE: Line = Line { baud: 9600, parity: Parity::None };

/// Plays all of `bytes` from the device and reads them at the port; what the port read.
async fn play(device: &Device, port: &mut ListenPort, bytes: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut at = 0;
    let mut buffer = [0; READ_MAX];
    while read.len() < bytes.len() {
        at += device.send(&bytes[at..bytes.len().min(at + 512)]);
        let count = port.read(&mut buffer).await.unwrap();
        read.extend_from_slice(&buffer[..count]);
    }
    read
}

/// Every byte there is, in runs and in pairs: `Ctrl-C` twice opens a menu on a Nellcor, 0x11 and 0x13 are XON and XOFF.
fn every_byte() -> Vec<u8> {
    (0..=255).flat_map(|b| [b, b, b'\r', b'\n']).collect()
}

#[tokio::test]
async fn p17_a_listening_port_sends_nothing_whatever_it_hears() {
    // Also those of monitors that are asked: beside another recorder they are listened to in the same way.
    let mut plays: Vec<_> = Protocol::ALL.iter().filter(|p| p.line().is_some()).flat_map(|p| captures(*p)).collect();
    plays.push(("every byte".into(), every_byte()));
    for (name, bytes) in plays {
        let device = Device::new();
        for opening in ["first", "second"] {
            let mut port = ListenPort::open(&device.port, LINE).unwrap();
            let heard = play(&device, &mut port, &bytes).await;
            assert!(heard == bytes, "{name}: the port changed bytes ({opening} opening)");
            drop(port);
            // With the port closed, whatever was on its way back is there.
            assert_eq!(device.came_back(), b"", "{name}: bytes came back to the device ({opening} opening)");
        }
    }
}

#[tokio::test]
async fn p17_changing_the_line_sends_nothing_and_leaves_the_echo_off() {
    let device = Device::new();
    let mut port = ListenPort::open(&device.port, LINE).unwrap();
    for line in SETTINGS {
        port.set_line(&device.port, line).unwrap();
        let heard = play(&device, &mut port, &every_byte()).await;
        assert!(heard == every_byte(), "{line}: the port changed bytes");
        assert_eq!(device.came_back(), b"", "{line}: bytes came back to the device");
    }
    let refused = port.set_line(&device.port, Line { baud: 0, parity: Parity::None }).unwrap_err().to_string();
    assert!(refused.contains("0 baud"), "{refused}");
    drop(port);
    assert_eq!(device.came_back(), b"");
}

#[tokio::test]
async fn bytes_heard_at_the_line_before_are_thrown_away() {
    let device = Device::new();
    let mut port = ListenPort::open(&device.port, LINE).unwrap();
    device.send(b"heard at 9600");
    port.set_line(&device.port, Line { baud: 19_200, parity: Parity::Even }).unwrap();
    assert_eq!(play(&device, &mut port, b"new row\r\n").await, b"new row\r\n");
}

#[tokio::test]
async fn p17_echo_would_be_seen_by_the_silence_test() {
    let device = Device::new();
    let careless = std::fs::File::open(&device.port).unwrap();
    device.send(b"29-Dec-17\r\n");
    let mut line = [0; 32];
    let count = std::io::Read::read(&mut &careless, &mut line).unwrap();
    assert!(count > 0);
    drop(careless);
    assert!(!device.came_back().is_empty(), "a port in default mode answers the device");
}

#[tokio::test]
async fn h03_bytes_from_before_the_opening_are_not_read() {
    let device = Device::new();
    // A first opening leaves the terminal raw, so that old bytes are readable at once.
    drop(ListenPort::open(&device.port, LINE).unwrap());
    let holder = std::fs::File::open(&device.port).unwrap();
    device.send(b"old row\r\n");
    let mut port = ListenPort::open(&device.port, LINE).unwrap();
    assert_eq!(play(&device, &mut port, b"new row\r\n").await, b"new row\r\n");
    drop(holder);
}

#[tokio::test]
async fn a_pulled_cable_is_an_error_of_the_next_read() {
    let device = Device::new();
    let mut port = ListenPort::open(&device.port, LINE).unwrap();
    play(&device, &mut port, b"row\r\n").await;
    drop(device);
    assert!(port.read(&mut [0; 16]).await.is_err());
}

#[tokio::test]
async fn a_port_takes_the_parity_and_speed_of_its_protocol() {
    for (baud, parity) in [(4800, Parity::Odd), (19_200, Parity::Even), (115_200, Parity::None)] {
        let device = Device::new();
        let mut port = ListenPort::open(&device.port, Line { baud, parity }).unwrap();
        assert_eq!(play(&device, &mut port, b"x").await, b"x", "{baud} {parity:?}");
    }
    let device = Device::new();
    let refused = ListenPort::open(&device.port, Line { baud: 0, parity: Parity::None }).err().map(|e| e.to_string());
    assert!(refused.is_some_and(|e| e.contains("0 baud")), "no line runs at 0 baud");
    assert!(ListenPort::open(Path::new("/dev/null"), LINE).is_err());
}
