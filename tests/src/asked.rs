//! Monitors that must be asked, from a simulator that answers on a real port to a screen's socket. The simulator refuses,
//! loudly, whatever is no read request (H14).

use crate::rig::{Monitor, Screen, Server, readings};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub(crate) fn configuration(folder: &Path, protocol: &str, more: &str) -> PathBuf {
    let text = format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
         [[source]]\nid = \"monitor\"\nprotocol = \"{protocol}\"\nport = \"{}\"\nchair = \"1\"\n{more}",
        folder.join("port").display()
    );
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// Waits until each of `vitals` was shown with a value.
pub(crate) async fn shown(screen: &mut Screen, vitals: &[&str]) -> Vec<Value> {
    let mut found: Vec<Option<Value>> = vec![None; vitals.len()];
    while found.iter().any(Option::is_none) {
        screen
            .until(|message| {
                let mut any = None;
                for (vital, found) in vitals.iter().zip(&mut found) {
                    let value = readings(message, vital).pop().filter(|(_, r)| r["state"] != "absent");
                    if let Some((_, reading)) = value {
                        *found = Some(reading);
                        any = Some(());
                    }
                }
                any
            })
            .await;
    }
    found.into_iter().flatten().collect()
}

pub(crate) async fn check(protocol: &str, simulated: &[&str], more: &str, vitals: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("port");
    let server = Server::start(&configuration(folder.path(), protocol, more));
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let _monitor = Monitor::start(&[&[protocol, "--link", link.to_str().unwrap()], simulated].concat());
    shown(&mut screen, vitals).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dinamap_that_is_asked_shows_its_values() {
    let vitals = ["spo2", "pulse_rate", "nibp", "temperature"];
    let shown = check("dinamap", &["--speed", "60"], "", &vitals).await;
    assert_eq!(shown[3]["unit"], "[degF]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_s5_that_is_asked_shows_its_values_and_the_cuffs_own_time() {
    let vitals = ["heart_rate", "spo2", "nibp", "resp_rate", "temperature", "etco2"];
    let shown = check("dri", &["--speed", "60"], "", &vitals).await;
    assert_eq!((&shown[0]["origin"], &shown[5]["unit"]), (&"ecg".into(), &"%".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cms50_that_is_asked_shows_its_values_marked() {
    let shown = check("cms50", &[], "", &["spo2", "pulse_rate"]).await;
    assert_eq!(shown[0]["flags"], serde_json::json!(["training only"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cms50_that_sends_by_itself_is_heard() {
    check("cms50", &["--old"], "baud = 19200\n", &["spo2", "pulse_rate"]).await;
}
