//! What may be sent to a monitor: code, document and fixtures say the same, and none of it controls anything (H14, P17).

use chairside_request::{Link, Request};
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

/// Every value of each number an IntelliVue request may carry, the others at their lowest; and the bytes of its unit that
/// may vary.
fn with_numbers(link: Link) -> Vec<(Request, std::ops::Range<usize>)> {
    let poll = |invoke| (Request::IntellivuePollNumerics { link, invoke }, 9..10);
    let created = |invoke, context, handle| Request::IntellivueMdsCreated { link, invoke, context, handle };
    let answers = (0..=u16::MAX).flat_map(|n| {
        [(created(n, 0, 0), 8..10), (created(0, n, 0), 16..18), (created(0, 0, n), 18..20), (created(n, !n, n), 8..20)]
    });
    (0..=u8::MAX).map(poll).chain(answers).collect()
}

/// The unit a frame packs: on RS-232 its check has to be right. Written again for this test, a bit at a time.
fn unpacked(link: Link, frame: &[u8]) -> Vec<u8> {
    let Link::Rs232 = link else { return frame.to_vec() };
    let [0xC0, inner @ .., 0xC1] = frame else { panic!("no frame: {frame:02X?}") };
    let (mut plain, mut escaped) = (Vec::new(), false);
    for byte in inner {
        assert!(!matches!(byte, 0xC0 | 0xC1), "an edge inside a frame: {frame:02X?}");
        match (escaped, byte) {
            (false, 0x7D) => escaped = true,
            _ => plain.push(byte ^ if std::mem::take(&mut escaped) { 0x20 } else { 0 }),
        }
    }
    let (checked, check) = plain.split_at(plain.len() - 2);
    let bits = checked.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    let sum = bits.fold(0xFFFF_u16, |sum, bit| sum >> 1 ^ if (sum as u8 & 1) == bit { 0 } else { 0x8408 });
    assert_eq!((!sum).to_le_bytes(), check, "the frame check of {frame:02X?}");
    assert_eq!(checked[..2], [0x11, 0x01]);
    assert_eq!(usize::from(u16::from_be_bytes([checked[2], checked[3]])), checked.len() - 4);
    checked[4..].to_vec()
}

#[test]
fn p17_only_the_named_bytes_of_a_request_with_numbers_vary() {
    for link in [Link::Rs232, Link::Lan] {
        let lowest = |name: &str| {
            let lowest = Request::ALL.iter().find(|r| r.name() == name).unwrap();
            unpacked(link, &lowest.frame())
        };
        let all = with_numbers(link);
        let (poll, created) = (lowest(all[0].0.name()), lowest(all[256].0.name()));
        for (request, may_vary) in all {
            let usual = if matches!(request, Request::IntellivuePollNumerics { .. }) { &poll } else { &created };
            let unit = unpacked(link, &request.frame());
            assert_eq!(unit.len(), usual.len(), "{request:?}");
            // Between the number of the event and the context stand four fixed fields.
            let fixed = |at: &usize| !may_vary.contains(at) || (10..16).contains(at);
            assert!((0..unit.len()).filter(fixed).all(|at| unit[at] == usual[at]), "{request:?}: {unit:02X?}");
        }
    }
}

#[test]
fn h14_an_intellivue_is_asked_for_numerics_and_nothing_else_whatever_the_numbers() {
    let forbidden = fixture("forbidden.hex");
    let of_it: Vec<_> = forbidden.iter().filter(|(what, _)| what.starts_with("intellivue-")).collect();
    assert!(of_it.len() >= 8);
    for link in [Link::Rs232, Link::Lan] {
        for (request, _) in with_numbers(link) {
            let unit = unpacked(link, &request.frame());
            let two = |at: usize| u16::from_be_bytes([unit[at], unit[at + 1]]);
            let (operation, command, class) = (two(4), two(10), two(14));
            assert_eq!(class, 0x21, "{request:?} speaks of the monitor itself");
            match request {
                // An invoked action: single poll, numerics.
                Request::IntellivuePollNumerics { .. } => {
                    let (action, partition, object) = (two(24), two(30), two(32));
                    assert_eq!((operation, command, action, partition, object), (1, 7, 0x0C16, 1, 6));
                }
                // The result of an event: monitor created, nothing behind it.
                _ => assert_eq!((operation, command, two(24), two(26), unit.len()), (2, 1, 0x0D06, 0, 28)),
            }
            for (what, bytes) in &of_it {
                assert!(!unit.windows(bytes.len()).any(|w| w == bytes.as_slice()), "{request:?} holds {what}");
            }
        }
    }
}
