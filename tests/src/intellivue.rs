//! A monitor that must be asked, end to end: the real program, the simulated monitor on a pty and on the LAN, a screen's
//! socket. The monitor judges what it is asked; at the end of each test it has nothing to complain of.

use crate::rig::{Screen, Server, program, readings};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};

/// A running simulated monitor that can be listened to.
struct Monitor {
    child: Child,
    stdin: ChildStdin,
    said: BufReader<ChildStderr>,
    /// Where it is: a link, or an address.
    place: String,
}

impl Monitor {
    fn start(way: [&str; 2], more: &[&str]) -> Self {
        let mut child = Command::new(program("chairside-sim"))
            .arg("intellivue")
            .args(way)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, mut said) = (child.stdin.take().unwrap(), BufReader::new(child.stderr.take().unwrap()));
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let place = match first.split_once(" on the LAN at ") {
            Some((_, rest)) => rest.split(',').next().unwrap().to_owned(),
            None => way[1].to_owned(),
        };
        assert!(first.starts_with("chairside-sim: IntelliVue on "), "{first}");
        Self { child, stdin, said, place }
    }

    /// On the LAN, on any port.
    fn lan(more: &[&str]) -> Self {
        Self::start(["--udp", "127.0.0.1:0"], more)
    }

    /// What it has to say at its end.
    fn end(mut self) -> String {
        writeln!(self.stdin, "quit").unwrap();
        let mut text = String::new();
        self.said.read_to_string(&mut text).unwrap();
        text
    }

    /// Ends it and checks that it was asked nothing unexpected; the rest of what it said.
    fn content(self) -> String {
        let said = self.end();
        assert!(said.contains(", 0 frames no monitor expects") && !said.contains("FAULT"), "{said}");
        said
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // Already gone after `end`; after a failed test it must not live on.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(folder: &Path, way: &str) -> PathBuf {
    let text = format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
         [[source]]\nid = \"bedside\"\nprotocol = \"intellivue\"\nchair = \"1\"\n{way}\n"
    );
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn link(message: &Value, state: &str) -> Option<String> {
    let items = message.get("items").or(message.get("latest")).and_then(Value::as_array)?;
    let found = items.iter().find(|item| item["is"] == "link" && item["state"] == state)?;
    found["reason"].as_str().map(str::to_owned)
}

/// Waits for new readings of each of these.
async fn values(screen: &mut Screen, vitals: &[&str]) {
    for vital in vitals {
        screen.until(|m| (m["kind"] == "items").then(|| readings(m, vital).pop()).flatten()).await;
    }
}

async fn screen(server: &Server) -> Screen {
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 60).await;
    screen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_a_monitor_on_a_serial_line_is_asked_goes_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("mib");
    let config = configuration(folder.path(), &format!("port = \"{}\"", port.display()));
    let server = Server::start(&config);
    let mut screen = screen(&server).await;
    let start = || Monitor::start(["--link", port.to_str().unwrap()], &[]);
    let monitor = start();
    values(&mut screen, &["heart_rate", "spo2", "temperature"]).await;
    monitor.content();
    screen.until(|m| link(m, "lost")).await;
    let monitor = start();
    values(&mut screen, &["heart_rate", "etco2"]).await;
    server.stop();
    let said = monitor.content();
    assert!(said.contains("1 ended by the host"), "the association is released: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_a_monitor_on_the_lan_is_asked_goes_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let monitor = Monitor::lan(&[]);
    let place = monitor.place.clone();
    let server = Server::start(&configuration(folder.path(), &format!("connect = \"{place}\"")));
    let mut screen = screen(&server).await;
    values(&mut screen, &["heart_rate", "spo2", "temperature"]).await;
    monitor.content();
    let reason = screen.until(|m| link(m, "lost")).await;
    assert!(reason.starts_with(&format!("{place} cannot be asked (")), "{reason}");
    let monitor = Monitor::start(["--udp", &place], &[]);
    values(&mut screen, &["heart_rate", "etco2"]).await;
    server.stop();
    let said = monitor.content();
    assert!(said.contains("1 ended by the host"), "the association is released: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lan_monitor_that_answers_from_another_port_and_whose_relative_time_never_changes_works() {
    let folder = tempfile::tempdir().unwrap();
    // A cuff measurement each second, and a clock that is ten years off.
    let monitor = Monitor::lan(&[
        "--answer-from-other-port",
        "--relative-time",
        "frozen",
        "--speed",
        "60",
        "--cuff-every-min",
        "1",
        "--clock-offset-s=-315360000",
    ]);
    let server = Server::start(&configuration(folder.path(), &format!("connect = \"{}\"", monitor.place)));
    let mut screen = screen(&server).await;
    let mut moments = Vec::new();
    while moments.len() < 4 {
        let found =
            screen.until(|m| (m["kind"] == "items").then(|| readings(m, "nibp")).filter(|r| !r.is_empty())).await;
        moments.extend(found.into_iter().map(|(_, reading)| reading));
    }
    let wall = |reading: &Value, which: &str| reading[which]["wallUs"].as_i64().unwrap();
    for two in moments.windows(2) {
        assert!(wall(&two[1], "received") > wall(&two[0], "received"), "each its own arrival: {two:?}");
        assert!(wall(&two[1], "at") > wall(&two[0], "at"), "and its own place on the trend: {two:?}");
    }
    let late = moments.iter().all(|m| wall(m, "received") - wall(m, "at") < 5_000_000);
    assert!(late, "measured about when it arrived: {moments:?}");
    values(&mut screen, &["heart_rate", "spo2"]).await;
    server.stop();
    monitor.content();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h11_a_counter_that_begins_anew_costs_no_value() {
    let folder = tempfile::tempdir().unwrap();
    // Ends after 2 s.
    let monitor = Monitor::lan(&["--relative-time", "4294951296"]);
    let server = Server::start(&configuration(folder.path(), &format!("connect = \"{}\"", monitor.place)));
    let mut screen = screen(&server).await;
    for _ in 0..5 {
        let (_, reading) =
            screen.until(|m| (m["kind"] == "items").then(|| readings(m, "heart_rate").pop()).flatten()).await;
        let age = reading["received"]["wallUs"].as_i64().unwrap() - reading["at"]["wallUs"].as_i64().unwrap();
        assert_eq!(age, 0, "{reading}");
    }
    server.stop();
    monitor.content();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_that_refuses_is_silent_with_the_reason_and_gives_values_when_it_accepts() {
    let folder = tempfile::tempdir().unwrap();
    let monitor = Monitor::lan(&["--refuse", "1"]);
    let server = Server::start(&configuration(folder.path(), &format!("connect = \"{}\"", monitor.place)));
    let mut screen = screen(&server).await;
    let reason = screen.until(|m| link(m, "silent")).await;
    assert!(reason.starts_with("the monitor refuses the association"), "{reason}");
    screen.until(|m| link(m, "live")).await;
    values(&mut screen, &["heart_rate"]).await;
    server.stop();
    let said = monitor.content();
    assert!(said.contains("1 associations, 1 refused"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p17_a_passive_serial_monitor_hears_zero_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("mib");
    let monitor = Monitor::start(["--link", port.to_str().unwrap()], &[]);
    let way = format!("port = \"{}\"\npassive = true", port.display());
    let server = Server::start(&configuration(folder.path(), &way));
    let mut screen = screen(&server).await;
    // Long enough for an asking host to have asked several times.
    screen.until(|m| link(m, "silent")).await;
    server.stop();
    let said = monitor.end();
    assert!(said.contains("received 0 bytes from the host"), "{said}");
}
