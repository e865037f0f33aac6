//! What may be sent to a monitor: code, document and fixtures say the same, and none of it controls anything (H14, P17).

use chairside_request::Request;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, PathBuf::from)
}

/// Name to bytes, out of a fixture of lines `name 20 4E ...`.
fn fixture(file: &str) -> BTreeMap<String, Vec<u8>> {
    let text = std::fs::read_to_string(top().join("fixtures/requests").join(file)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let named = |line: &str| {
        let (name, digits) = line.split_once(' ').unwrap();
        (name.to_owned(), hex(digits))
    };
    lines.map(named).collect()
}

fn hex(digits: &str) -> Vec<u8> {
    digits.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn in_code() -> BTreeMap<String, Vec<u8>> {
    Request::ALL.iter().map(|request| (request.name().to_owned(), request.frame().to_vec())).collect()
}

#[test]
fn p17_the_allowed_frames_are_those_of_the_list_byte_by_byte() {
    assert_eq!(in_code().len(), Request::ALL.len(), "two requests have one name");
    assert_eq!(in_code(), fixture("allowed.hex"));
}

#[test]
fn p17_the_document_lists_every_request_and_no_other() {
    let page = std::fs::read_to_string(top().join("docs/requests.md")).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (name, bytes) = (cells.next()?, cells.next()?);
        bytes.bytes().all(|b| b.is_ascii_hexdigit() || b == b' ').then(|| (name.to_owned(), hex(bytes)))
    };
    let listed: BTreeMap<_, _> = page.lines().filter_map(row).collect();
    assert_eq!(listed, in_code());
}

#[test]
fn h14_no_frame_is_or_holds_one_that_controls_a_monitor() {
    let forbidden = fixture("forbidden.hex");
    assert!(forbidden.len() >= 10);
    for request in Request::ALL {
        let frame = request.frame();
        for (what, bytes) in &forbidden {
            assert!(!frame.windows(bytes.len()).any(|w| w == bytes), "{} holds {what}", request.name());
        }
    }
}
