//! The whole way of a value: a real process, real ports and sockets, and a screen's socket at the other end. What a
//! person sees of it is tested in `tests/browser/`.

use crate::rig::{Monitor, Screen, Sender, Server, readings, vitals};
use std::path::{Path, PathBuf};

fn configuration(folder: &Path) -> PathBuf {
    let port = folder.join("oximeter");
    let text = format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n\
         [[chair]]\nid = \"1\"\n[[chair]]\nid = \"2\"\n\
         [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\n\
         route = [{{ bed = \"B1\", chair = \"1\" }}]\n\
         [[source]]\nid = \"oximeter\"\nprotocol = \"nellcor\"\nport = \"{}\"\nchair = \"2\"\n",
        port.display()
    );
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_sent_is_a_value_on_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&configuration(folder.path()));
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    screen.until(|m| (m["kind"] == "snapshot").then_some(())).await;
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    let answer = sender.exchange(&vitals("A1", "B1", 83, 96)).await.unwrap();
    assert_eq!(answer, ("AA".to_owned(), "A1".to_owned()));
    let (_, reading) = screen.until(|m| readings(m, "heart_rate").pop()).await;
    assert_eq!(
        (&reading["value"], &reading["state"], &reading["unit"]),
        (&"83".into(), &"valid".into(), &"/min".into())
    );
}

/// Whether a message says that the link of a source is in this state.
fn linked(message: &serde_json::Value, source: &str, state: &str) -> Option<()> {
    let items = message.get("items").or(message.get("latest")).and_then(|i| i.as_array())?;
    items.iter().any(|i| i["is"] == "link" && i["source"] == source && i["state"] == state).then_some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_oximeter_on_a_pty_appears_goes_lost_when_pulled_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("oximeter");
    let server = Server::start(&configuration(folder.path()));
    let mut screen = Screen::open(server.web).await;
    screen.follow("2", None, 0).await;
    for round in 0..2 {
        let monitor = Monitor::start(&["nellcor", "--link", link.to_str().unwrap(), "--interval-s", "1"]);
        let (_, reading) = screen.until(|m| (m["kind"] == "items").then(|| readings(m, "spo2").pop()).flatten()).await;
        assert_eq!(reading["source"], "oximeter", "round {round}");
        drop(monitor);
        screen.until(|m| linked(m, "oximeter", "lost")).await;
    }
}

/// A name such as those in `/dev/serial/by-id` for whichever device is plugged in.
fn plug_in(name: &Path, device: &Path) {
    std::os::unix::fs::symlink(device, name).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_an_adapter_plugged_in_elsewhere_is_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("oximeter");
    let server = Server::start(&configuration(folder.path()));
    let mut screen = Screen::open(server.web).await;
    screen.follow("2", None, 0).await;
    for tty in ["ttyUSB0", "ttyUSB1", "ttyUSB2"] {
        let device = folder.path().join(tty);
        let monitor = Monitor::start(&["nellcor", "--link", device.to_str().unwrap(), "--interval-s", "1"]);
        plug_in(&name, &device);
        let (_, reading) = screen.until(|m| (m["kind"] == "items").then(|| readings(m, "spo2").pop()).flatten()).await;
        assert_eq!((&reading["source"], &reading["state"]), (&"oximeter".into(), &"valid".into()), "{tty}");
        std::fs::remove_file(&name).unwrap();
        drop(monitor);
        screen.until(|m| linked(m, "oximeter", "lost")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_devices_on_one_chair_come_with_their_declared_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = configuration(folder.path());
    let text = std::fs::read_to_string(&file).unwrap();
    let prefer = "id = \"2\"\nprefer = { spo2 = [\"oximeter\", \"gateway\"] }\n";
    std::fs::write(&file, text.replace("id = \"2\"\n", prefer)).unwrap();
    let server = Server::start(&file);
    let mut screen = Screen::open(server.web).await;
    let chairs = screen.until(|m| (m["kind"] == "roster").then(|| m["chairs"].clone())).await;
    let oximeter = ["oximeter", "gateway"];
    let gateway = serde_json::json!({ "sources": ["gateway", "oximeter"] });
    let declared = [
        serde_json::json!({ "vital": "pulse_rate", "sources": oximeter }),
        serde_json::json!({ "vital": "spo2", "sources": oximeter }),
        gateway.clone(),
    ];
    assert_eq!(chairs[1]["prefer"], serde_json::json!(declared));
    assert_eq!(chairs[0]["prefer"], serde_json::json!([gateway]), "the order of the file");
}

/// The description of a Nellcor's rows, at another port: values come without its own decoder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_that_is_only_described_gives_its_values() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("oximeter");
    let described =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/generic/normal-nellcor-rows/chairside.toml");
    let described = std::fs::read_to_string(described).unwrap();
    let at = format!("port = \"{}\"\nchair = \"1\"", link.display());
    let described = described.replace("port = \"/dev/ttyUSB0\"", &at);
    assert!(described.contains("protocol = \"generic\"") && described.contains(&at));
    let file = folder.path().join("chairside.toml");
    let head = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n";
    std::fs::write(&file, format!("{head}{described}")).unwrap();
    let server = Server::start(&file);
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let _monitor = Monitor::start(&["nellcor", "--link", link.to_str().unwrap(), "--interval-s", "1"]);
    for (vital, unit) in [("spo2", "%"), ("pulse_rate", "/min")] {
        let valid = |m: &serde_json::Value| readings(m, vital).into_iter().find(|(_, r)| r["state"] == "valid");
        let (_, reading) = screen.until(valid).await;
        assert_eq!((&reading["source"], &reading["unit"]), (&"oximeter".into(), &unit.into()));
        let value: u32 = reading["value"].as_str().unwrap().parse().unwrap();
        assert!((40..=200).contains(&value), "{vital} {value}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_a_screen_resumes_without_losing_a_recorded_point() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let mut server = Server::start(&config);
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    screen.until(|m| (m["kind"] == "snapshot").then_some(())).await;
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    sender.exchange(&vitals("A1", "B1", 80, 97)).await.unwrap();
    let (seen, _) = screen.until(|m| readings(m, "heart_rate").pop()).await;
    // These are recorded while the screen is away.
    drop(screen);
    for n in 1..=5 {
        sender.exchange(&vitals(&format!("B{n}"), "B1", 80 + n, 97)).await.unwrap();
    }
    server.kill();
    let server = Server::start(&config);
    let mut screen = Screen::open(server.web).await;
    // The other readings of the first message come after its heart rate in the same timeline.
    screen.follow("1", Some(seen), 4 * 3600).await;
    let mut rates = Vec::new();
    screen
        .until(|m| {
            if m["kind"] == "history" {
                rates.extend(
                    readings(m, "heart_rate").into_iter().map(|(_, r)| r["value"].as_str().unwrap().to_owned()),
                );
            }
            (m["kind"] == "history" && m["done"] == true).then_some(())
        })
        .await;
    assert_eq!(rates, ["81", "82", "83", "84", "85"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_bed_becomes_an_unassigned_feed_and_can_be_given_a_chair() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&configuration(folder.path()));
    let mut screen = Screen::open(server.web).await;
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    sender.exchange(&vitals("A1", "BED 9", 83, 96)).await.unwrap();
    let feed = |m: &serde_json::Value, chair: &str| {
        let feeds = m["feeds"].as_array()?;
        feeds.iter().any(|f| f["bed"] == "BED 9" && f["chair"].as_str().unwrap_or("") == chair).then_some(())
    };
    screen.until(|m| feed(m, "")).await;
    let body = r#"{"source":"gateway","bed":"BED 9","chair":"2"}"#;
    let answer = crate::rig::http(server.web, "POST", "/api/feeds/assign", body).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    screen.until(|m| feed(m, "2")).await;
    screen.follow("2", None, 0).await;
    sender.exchange(&vitals("A2", "BED 9", 84, 96)).await.unwrap();
    let (_, reading) = screen.until(|m| readings(m, "heart_rate").pop()).await;
    assert_eq!(reading["value"], "84", "h01: what the feed said before it was given to the chair is not shown there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_two_patients_in_one_message_stay_on_their_own_chairs() {
    let folder = tempfile::tempdir().unwrap();
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n[[chair]]\nid = \"2\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"B1\", chair = \"1\" }, { bed = \"B2\", chair = \"2\" }]\n";
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    let server = Server::start(&file);
    let one = String::from_utf8(vitals("A1", "B1", 81, 91)).unwrap();
    let two = String::from_utf8(vitals("A1", "B2", 82, 92)).unwrap();
    let both =
        one.replace("\u{1c}\r", "") + two.split_once("PID").map(|(_, rest)| "PID".to_owned() + rest).unwrap().as_str();
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    sender.exchange(both.as_bytes()).await.unwrap();
    for (chair, rate, saturation) in [("1", "81", "91"), ("2", "82", "92")] {
        let mut screen = Screen::open(server.web).await;
        screen.follow(chair, None, 0).await;
        let (rates, saturations) =
            screen.until(|m| (m["kind"] == "snapshot").then(|| (readings(m, "heart_rate"), readings(m, "spo2")))).await;
        let values =
            |list: &[(u64, serde_json::Value)]| list.iter().map(|(_, r)| r["value"].clone()).collect::<Vec<_>>();
        assert_eq!(values(&rates), [rate]);
        assert_eq!(values(&saturations), [saturation]);
    }
}

fn recorder_configuration(folder: &Path) -> PathBuf {
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n[[chair]]\nid = \"2\"\n\
                [[source]]\nid = \"vr\"\nprotocol = \"vitalrecorder\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"OR-1\", chair = \"1\" }, { bed = \"OR-2\", chair = \"2\" }]\n";
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_beds_of_a_vitalrecorder_reach_their_own_chairs_and_say_which_way_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&recorder_configuration(folder.path()));
    let to = server.source("vr").to_string();
    for (engine, form) in [("3", "json"), ("4", "hl7")] {
        let recorder = Monitor::start(&[
            "vitalrecorder",
            "--to",
            &to,
            "--bed",
            "OR",
            "--beds",
            "2",
            "--engine",
            engine,
            "--form",
            form,
            "--interval-s",
            "0.2",
            "--speed",
            "60",
            "--cuff-every-min",
            "1",
        ]);
        for chair in ["1", "2"] {
            let mut screen = Screen::open(server.web).await;
            screen.follow(chair, None, 0).await;
            for vital in ["heart_rate", "spo2", "nibp"] {
                // The first cuff reading of a connection may be an old one: it says so.
                let live = |m: &serde_json::Value| if m["kind"] == "items" { readings(m, vital).pop() } else { None };
                let (_, reading) = screen.until(|m| live(m).filter(|(_, r)| r["state"] == "valid")).await;
                assert_eq!(reading["source"], "vr", "{vital} of {form}");
                assert_eq!(reading["flags"], serde_json::json!(["via VitalRecorder"]), "{vital} of {form}");
            }
        }
        drop(recorder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vitalrecorder_that_is_cut_off_again_and_again_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&recorder_configuration(folder.path()));
    let to = server.source("vr").to_string();
    let _recorder = Monitor::start(&[
        "vitalrecorder",
        "--to",
        &to,
        "--bed",
        "OR-1",
        "--interval-s",
        "0.1",
        "--fault",
        "cut%0.3",
        "--fault",
        "garbage%0.3",
        "--fault",
        "sensor-off%0.3",
    ]);
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let (mut values, mut absent) = (0, 0);
    screen
        .until(|m| {
            for (_, reading) in readings(m, "spo2") {
                assert_ne!(reading["value"], "0", "h06");
                if reading["state"] == "absent" { absent += 1 } else { values += 1 }
            }
            (values >= 20 && absent >= 2).then_some(())
        })
        .await;
}
