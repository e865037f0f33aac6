//! Monitors that speak by themselves, from a simulator on a real port or socket to a screen's socket.

use crate::asked::{check, shown};
use crate::rig::{Monitor, Screen, Server};
use chairside_sim::hl7::Dialect;
use chairside_sim::words::Word;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_masimo_shows_its_values_and_its_alarms() {
    let shown = check("masimo", &["--spo2-low", "101"], "", &["spo2", "pulse_rate", "perfusion_index"]).await;
    assert_eq!(shown[0]["flags"], serde_json::json!(["alarm active", "spo2 low"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nonin_shows_its_values_in_each_format() {
    for format in ["1", "2", "7", "8", "13", "ascii"] {
        check("nonin", &["--format", format, "--interval-s", "0.2"], "", &["spo2", "pulse_rate"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ivy_450c_shows_its_values_as_unproven() {
    let shown = check("ivy450c", &[], "", &["heart_rate", "spo2", "nibp", "resp_rate"]).await;
    assert!(shown.iter().all(|reading| reading["state"] == "questionable"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hl7_dialect_shows_its_values() {
    for dialect in Dialect::ALL {
        let folder = tempfile::tempdir().unwrap();
        let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
                    [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\nchair = \"1\"\n";
        let file = folder.path().join("chairside.toml");
        std::fs::write(&file, text).unwrap();
        let server = Server::start(&file);
        let mut screen = Screen::open(server.web).await;
        screen.follow("1", None, 0).await;
        let to = server.source("gateway").to_string();
        let said = ["hl7", "--to", &to, "--dialect", dialect.word(), "--bed", "B1", "--patient", "4711"];
        let _monitor = Monitor::start(&[&said[..], &["--interval-s", "0.5", "--speed", "60"]].concat());
        let spo2: Vec<Value> = shown(&mut screen, &["spo2", "nibp"]).await;
        assert_eq!(spo2[0]["unit"], "%", "{}", dialect.word());
    }
}
