//! Parts the tests of ports and sockets share.
#![allow(dead_code, unreachable_pub)]

pub mod clinic;
pub mod pty;
pub mod sender;

use std::path::{Path, PathBuf};

/// Captures of all fixtures of `protocols`, by name: `fixtures/<protocol>/<case>/capture.*`.
pub fn captures(protocols: &[&str]) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found = Vec::new();
    for protocol in protocols {
        let Ok(cases) = std::fs::read_dir(root.join(protocol)) else { continue };
        let mut folders: Vec<PathBuf> = cases.map(|c| c.unwrap().path()).filter(|p| p.is_dir()).collect();
        folders.sort();
        for folder in folders {
            found.extend(capture(&folder).map(|bytes| (folder.display().to_string(), bytes)));
        }
    }
    found
}

fn capture(folder: &Path) -> Option<Vec<u8>> {
    for plain in ["capture.txt", "capture.hl7", "capture.bin"] {
        if let Ok(bytes) = std::fs::read(folder.join(plain)) {
            return Some(bytes);
        }
    }
    let text = std::fs::read_to_string(folder.join("capture.hex")).ok()?;
    let digits: Vec<u8> =
        text.lines().flat_map(|l| l.split('#').next().unwrap_or("").bytes().filter(u8::is_ascii_hexdigit)).collect();
    Some(digits.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect())
}
