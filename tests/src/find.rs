//! `chairside identify` and `chairside doctor` as people run them: real ports, real processes.

use crate::rig::{Server, program};
use chairside_decode::catalog::Protocol;
use chairside_sim::pty::{Line, Pty};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Bytes a device sends at once, and how long it then listens for an answer that must not come.
const PIECE: usize = 128;
const LISTENS: Duration = Duration::from_millis(20);

fn chairside(arguments: &[&str]) -> (bool, String, String) {
    let Output { status, stdout, stderr } = Command::new(program("chairside")).args(arguments).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Captures of all fixtures of serial monitors, by protocol and case.
fn captures() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut all = Vec::new();
    for protocol in Protocol::ALL.iter().filter(|p| p.line().is_some()) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(protocol.word());
        let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|f| f.unwrap().path()).collect();
        folders.retain(|folder| folder.is_dir());
        folders.sort();
        for folder in folders {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            all.push((protocol.word(), name, capture(&folder)));
        }
    }
    all
}

fn capture(folder: &Path) -> Vec<u8> {
    if let Ok(bytes) = std::fs::read(folder.join("capture.txt")) {
        return bytes;
    }
    let text = std::fs::read_to_string(folder.join("capture.hex")).unwrap();
    let digits: Vec<u8> =
        text.lines().flat_map(|l| l.split('#').next().unwrap_or("").bytes().filter(u8::is_ascii_hexdigit)).collect();
    digits.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

/// Runs identify at a port in the system's default mode, where a device sends `bytes` over and over: exit, report, and
/// what came back to the device.
fn identified(bytes: &[u8], seconds: &str) -> (bool, String, Vec<u8>) {
    let mut device = Pty::open(Line::Echoing).unwrap();
    let mut child = Command::new(program("chairside"))
        .arg("identify")
        .arg(device.slave_path())
        .args(["--seconds", seconds])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line is said once the port is open: before, the system would echo, whoever listens or not.
    let mut progress = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    progress.read_line(&mut first).unwrap();
    assert!(first.starts_with("listening to "), "{first}");
    let mut back = Vec::new();
    let mut pieces = bytes.chunks(PIECE).cycle();
    while child.try_wait().unwrap().is_none() {
        device.write(pieces.next().unwrap_or_default()).unwrap();
        back.extend(device.read_within(LISTENS).unwrap());
    }
    back.extend(device.read_nonblocking().unwrap());
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    (child.wait().unwrap().success(), text, back)
}

/// What is wrong with how identify met a device that sends this capture.
fn failure(word: &str, name: &str, bytes: &[u8]) -> Option<String> {
    let talks = name.starts_with("normal") && name != "normal-lan";
    let (found, text, back) = identified(bytes, if talks { "60" } else { "4" });
    if !back.is_empty() {
        return Some(format!("{word} {name}: {back:02x?} came back to the device"));
    }
    let named = found && text.contains(&format!("protocol  {word}\n"));
    (talks && !named).then(|| format!("{word} {name} was not named: {text}"))
}

#[test]
fn p17_identify_sends_no_byte_to_any_monitor_and_names_those_that_talk() {
    let captures = captures();
    assert!(captures.len() > 50, "the fixtures were not found");
    let failures: Vec<String> = std::thread::scope(|scope| {
        let run = |(word, name, bytes): &(&str, String, Vec<u8>)| failure(word, name, bytes);
        let threads: Vec<_> = captures.iter().map(|case| scope.spawn(move || run(case))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn h14_identify_asks_nobody_at_a_silent_port() {
    let (found, text, back) = identified(b"", "1");
    assert!(!found && text.contains("not one byte"), "{text}");
    for asked in ["DINAMAP", "GE S/5 (DRI)", "IntelliVue", "CMS50"] {
        assert!(text.contains(asked), "{text}");
    }
    assert_eq!(back, b"");
}

#[test]
fn identify_says_what_to_do_where_it_cannot_listen() {
    let (ok, _, said) = chairside(&["identify", "monitor7:2575"]);
    assert!(!ok && said.contains("network address") && said.contains("protocol = \"hl7\""), "{said}");
    let (ok, _, said) = chairside(&["identify", "/dev/chairside-no-such-port"]);
    assert!(!ok && said.contains("there is no port /dev/chairside-no-such-port"), "{said}");
    let (ok, _, said) = chairside(&["identify", "/dev/null"]);
    assert!(!ok && said.contains("/dev/null is no serial port"), "{said}");
    let device = Pty::open(Line::Raw).unwrap();
    let ours = std::fs::File::open(device.slave_path()).unwrap();
    let (ok, _, said) = chairside(&["identify", device.slave_path().to_str().unwrap()]);
    assert!(!ok && said.contains("is in use by ") && said.contains(&std::process::id().to_string()), "{said}");
    drop(ours);
}

#[test]
fn doctor_says_what_is_wrong_with_a_house_that_stands_still() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    std::fs::write(
        &file,
        "zone = \"Europe/Berlin\"\n[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let doctor = || chairside(&["doctor", "--config", file.to_str().unwrap()]);
    let (ok, said, _) = doctor();
    assert!(ok && said.contains("0 things are wrong"), "{said}");
    assert!(said.contains("0 chairs, 1 source") && said.contains("time zone Europe/Berlin"), "{said}");
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.push_str("[[source]]\nid = \"b\"\nprotocol = \"nellcor\"\nport = \"/dev/chairside-no-such-port\"\n");
    std::fs::write(&file, &text).unwrap();
    let (ok, said, _) = doctor();
    assert!(!ok && said.contains("WRONG  b: there is no port /dev/chairside-no-such-port"), "{said}");
    assert!(said.contains("1 thing is wrong") && said.lines().all(|line| line.chars().count() < 80), "{said}");
    std::fs::write(&file, "listen = \"8080\"\n").unwrap();
    let (ok, said, _) = doctor();
    assert!(!ok && said.contains("WRONG  listen: found \"8080\""), "{said}");
}

#[test]
fn doctor_tells_a_running_server_from_none_and_disturbs_neither_port_nor_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    let mut device = Pty::open(Line::Echoing).unwrap();
    let port = device.slave_path().display().to_string();
    let config = |listen: &str| {
        let text = format!(
            "listen = \"{listen}\"\ndatabase = \"sqlite:log.db\"\nzone = \"UTC\"\n[[chair]]\nid = \"1\"\n[[source]]\n\
             id = \"a\"\nprotocol = \"nellcor\"\nport = \"{port}\"\nchair = \"1\"\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    config("127.0.0.1:0");
    let server = Server::start(&file);
    config(&server.web.to_string());
    // Lines are broken to fit a terminal.
    let doctor = || {
        let (ok, said, _) = chairside(&["doctor", "--config", file.to_str().unwrap()]);
        (ok, said.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (_, said) = doctor();
    assert!(said.contains(&format!("runs at http://{}/", server.web)), "{said}");
    assert!(said.contains("its file is in order"), "{said}");
    assert!(!said.contains("there is no port"), "{said}");
    server.stop();
    let (ok, said) = doctor();
    assert!(ok && said.contains("no Chairside runs with this configuration"), "{said}");
    assert!(said.contains(&format!("a: {port} is there, may be opened")), "{said}");
    assert_eq!(device.read_nonblocking().unwrap(), b"", "P17");
}
