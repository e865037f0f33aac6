//! Parts the tests of ports and sockets share.
#![allow(dead_code, unreachable_pub)]

pub mod clinic;
pub mod pty;
pub mod sender;

use chairside_decode::catalog::Protocol;
use std::path::{Path, PathBuf};

/// Captures of all fixtures of a protocol, by name: `fixtures/<protocol>/<case>/capture.*`.
pub fn captures(protocol: Protocol) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(protocol.word());
    let cases = std::fs::read_dir(&root).unwrap_or_else(|e| panic!("{}: {e}", root.display()));
    let mut folders: Vec<PathBuf> = cases.map(|c| c.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "{} has no fixtures", protocol.word());
    let named = |folder: &PathBuf| (folder.display().to_string(), capture(folder));
    folders.iter().map(named).collect()
}

fn capture(folder: &Path) -> Vec<u8> {
    for plain in ["capture.txt", "capture.hl7", "capture.bin"] {
        if let Ok(bytes) = std::fs::read(folder.join(plain)) {
            return bytes;
        }
    }
    let text =
        std::fs::read_to_string(folder.join("capture.hex")).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let digits: Vec<u8> =
        text.lines().flat_map(|l| l.split('#').next().unwrap_or("").bytes().filter(u8::is_ascii_hexdigit)).collect();
    digits.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}
