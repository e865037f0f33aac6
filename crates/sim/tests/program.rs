//! The program `chairside-sim` on a real pseudo-terminal: what a host reads, what stops it, what it leaves behind.

use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{Absence, Micros, Observation, Reading};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// A running simulator with its line and its messages.
struct Sim {
    child: Child,
    stdin: Option<ChildStdin>,
    said: BufReader<std::process::ChildStderr>,
    link: PathBuf,
    _folder: tempfile::TempDir,
}

impl Sim {
    /// A Nellcor oximeter.
    fn start(arguments: &[&str]) -> Self {
        Self::of("nellcor", arguments)
    }

    fn of(monitor: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("line");
        let mut child = Command::new(env!("CARGO_BIN_EXE_chairside-sim"))
            .args([monitor, "--link"])
            .arg(&link)
            .args(arguments)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, mut said) = (child.stdin.take(), BufReader::new(child.stderr.take().unwrap()));
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        assert!(first.starts_with("chairside-sim: ") && first.contains(" every "), "{first}");
        Self { child, stdin, said, link, _folder: folder }
    }

    fn say(&mut self, word: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{word}").unwrap();
    }

    /// The host's end, read-only or not.
    fn host(&self, write: bool) -> Host {
        self.host_of(Protocol::Nellcor, write)
    }

    fn host_of(&self, protocol: Protocol, write: bool) -> Host {
        let file = OpenOptions::new().read(true).write(write).open(&self.link).unwrap();
        Host { file, decoder: protocol.decoder(None).unwrap(), found: Vec::new() }
    }

    /// Waits for the end: exit code, and everything that was said.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.stdin.take());
        let mut text = String::new();
        self.said.read_to_string(&mut text).unwrap();
        let code = self.child.wait().unwrap().code();
        assert!(!is_there(&self.link), "the link is left behind");
        (code, text)
    }
}

fn is_there(link: &Path) -> bool {
    link.symlink_metadata().is_ok()
}

impl Drop for Sim {
    fn drop(&mut self) {
        // Already gone after `end`; after a failed test it must not live on.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Host {
    file: File,
    decoder: Box<dyn chairside_decode::Decoder>,
    found: Vec<Observation>,
}

impl Host {
    /// Reads until a reading is as `wanted`; a test that waits for ever has failed.
    fn until(&mut self, wanted: impl Fn(&Observation) -> bool) {
        let mut buffer = [0; 256];
        loop {
            let count = self.file.read(&mut buffer).unwrap();
            let mut findings = Vec::new();
            self.decoder.feed(Micros(0), &buffer[..count], &mut findings);
            let start = self.found.len();
            self.found.extend(findings.into_iter().filter_map(|finding| match finding {
                Finding::Observation(o) => Some(o),
                _ => None,
            }));
            if self.found[start..].iter().any(&wanted) {
                return;
            }
        }
    }
}

fn valid(o: &Observation) -> bool {
    matches!(o.reading, Reading::Valid(_))
}

#[test]
fn a_host_reads_rows_and_faults_follow_the_words_on_standard_input() {
    let mut sim = Sim::start(&["--interval-s", "0.01"]);
    let mut host = sim.host(false);
    host.until(valid);
    sim.say("sensor-off");
    host.until(|o| o.reading == Reading::Absent(Absence::SensorOff));
    sim.say("cut");
    sim.say("garbage");
    sim.say("normal");
    host.until(valid);
    sim.say("quit");
    let (code, said) = sim.end();
    assert_eq!(code, Some(0));
    assert!(said.contains("received 0 bytes from the host"), "{said}");
}

#[test]
fn every_monitor_on_a_line_is_heard_with_its_faults() {
    let absent = |o: &Observation| matches!(o.reading, Reading::Absent(_));
    for (protocol, arguments) in [
        (Protocol::Masimo, &[][..]),
        (Protocol::Nonin, &["--format", "1"][..]),
        (Protocol::Nonin, &["--format", "2"]),
        (Protocol::Nonin, &["--format", "7"]),
        (Protocol::Nonin, &["--format", "8"]),
        (Protocol::Nonin, &["--format", "13"]),
        (Protocol::Nonin, &["--format", "ascii", "--text-with-time"]),
        (Protocol::Ivy450c, &[]),
    ] {
        let mut sim = Sim::of(protocol.word(), &[&["--interval-s", "0.01"], arguments].concat());
        let mut host = sim.host_of(protocol, false);
        host.until(|o| o.reading.amount().is_some());
        sim.say("sensor-off");
        host.until(absent);
        sim.say("garbage");
        sim.say("normal");
        host.until(|o| o.reading.amount().is_some());
        sim.say("quit");
        let (code, said) = sim.end();
        assert_eq!(code, Some(0), "{}", protocol.word());
        assert!(said.contains("received 0 bytes from the host"), "{said}");
    }
}

#[test]
fn h14_bytes_of_the_host_are_said_aloud() {
    let mut sim = Sim::start(&["--interval-s", "0.01"]);
    let mut host = sim.host(true);
    host.file.write_all(&[3, 3]).unwrap();
    let mut line = String::new();
    sim.said.read_line(&mut line).unwrap();
    assert!(line.starts_with("FAULT: the host wrote") && line.contains("\\x03"), "{line}");
    host.until(valid);
    sim.say("quit");
    let (_, said) = sim.end();
    assert!(said.contains("received 2 bytes from the host"), "{said}");
}

#[test]
fn h14_a_line_left_echoing_answers_the_monitor_and_is_caught() {
    let mut sim = Sim::start(&["--interval-s", "0.01", "--echoing"]);
    let _host = sim.host(false);
    let mut line = String::new();
    sim.said.read_line(&mut line).unwrap();
    assert!(line.starts_with("FAULT: the host wrote"), "{line}");
    sim.say("quit");
    sim.end();
}

#[test]
fn a_count_a_signal_and_the_end_of_input_each_end_it_in_order() {
    assert_eq!(Sim::start(&["--interval-s", "0.001", "--count", "3"]).end().0, Some(0));
    assert_eq!(Sim::start(&["--exit-with-stdin"]).end().0, Some(0));
    let sim = Sim::start(&[]);
    let id = rustix::process::Pid::from_child(&sim.child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(sim.end().0, Some(0));
}
