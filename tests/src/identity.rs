//! Whose values a screen shows: a real server, a gateway that names patients, a monitor whose cuff reading is repeated, and a
//! screen's socket at the other end.

use crate::rig::{Screen, Sender, Server, http, readings, vitals};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn configuration(folder: &Path) -> PathBuf {
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"B1\", chair = \"1\" }]\n";
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// A message of bed B1 that names this patient and holds a cuff reading of this time beside the rest.
fn message(control: &str, patient: &str, heart_rate: u32, systolic: u32, measured: &str) -> Vec<u8> {
    let plain = String::from_utf8(vitals(control, "B1", heart_rate, 96)).unwrap();
    let cuff = |row: u8, code: &str, value: u32| {
        format!("\rOBX|{row}|NM|{code}^MDC|1.4.1.{row}|{value}|266016^MDC_DIM_MMHG^MDC|||||F|||{measured}")
    };
    let rows = cuff(5, "150021^MDC_PRESS_BLD_NONINV_SYS", systolic) + &cuff(6, "150022^MDC_PRESS_BLD_NONINV_DIA", 80);
    let named = plain.replace("RIG-1^^^RIG^MR", &format!("{patient}^^^RIG^MR"));
    named.replace("\r\x1c", &format!("{rows}\r\x1c")).into_bytes()
}

/// Presses something at chair 1; the number of its entry.
async fn press(server: &Server, session: Option<&str>, key: u8, act: Value) -> u64 {
    let mut body = json!({ "key": format!("{key:032x}"), "by": { "name": "Ada", "role": "nurse" }, "act": act });
    if let Some(session) = session {
        body["session"] = session.into();
    }
    let answer = http(server.web, "POST", "/api/chairs/1/session", &body.to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str::<Value>(body).unwrap()["recorded"].as_u64().unwrap()
}

fn opened(patient: &str) -> Value {
    json!({
        "is": "opened",
        "patient": { "id": patient, "name": "Doe, Jane", "born": "1980-02-29", "alias": "JD" },
        "plan": {
            "template": "IV 40 min", "number": 1, "infusionMin": 40, "cuffInfusingMin": 10, "cuffObservingMin": 15,
            "observeMin": 60, "assessFirstMin": 15, "assessLaterMin": 30
        }
    })
}

/// Heart rates and systolic pressures a screen that joins now is sent, as current and as history.
async fn joins(server: &Server) -> Vec<String> {
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 3600).await;
    let mut shown = Vec::new();
    let mut take = |m: &Value| {
        let (rates, cuffs) = (readings(m, "heart_rate"), readings(m, "nibp"));
        shown.extend(rates.into_iter().filter_map(|(_, r)| r["value"].as_str().map(str::to_owned)));
        shown.extend(cuffs.into_iter().filter_map(|(_, r)| r["systolic"].as_str().map(str::to_owned)));
        (m["kind"] == "history" && m["done"] == true).then_some(())
    };
    screen.until(&mut take).await;
    shown.sort();
    shown.dedup();
    shown
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_h02_a_screen_shows_a_patient_nothing_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&configuration(folder.path()));
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    let old = "20261122100000+0000";
    let a = format!("1-{}", press(&server, None, 1, opened("A")).await);
    // The message says 10:15; its cuff reading is of that minute.
    sender.exchange(&message("M1", "A", 71, 141, "20261122101500+0000")).await.unwrap();
    assert_eq!(joins(&server).await, ["141", "71"]);
    press(&server, Some(&a), 2, json!({ "is": "moved", "to": "cancelled", "reason": "not today" })).await;
    press(&server, None, 3, opened("B")).await;
    assert_eq!(joins(&server).await, [""; 0], "the chair is B's: nothing is known of her");

    // The monitor still names A, then nobody's number was changed but its cuff reading is of before.
    sender.exchange(&message("M2", "A", 72, 141, old)).await.unwrap();
    assert_eq!(joins(&server).await, [""; 0]);
    sender.exchange(&message("M3", "B", 73, 142, old)).await.unwrap();
    assert_eq!(joins(&server).await, ["73"], "her heart rate, and no old cuff reading");

    // Killed and started again: what was bound is known, and the monitor repeats itself.
    server.kill();
    let server = Server::start(&configuration(folder.path()));
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    sender.exchange(&message("M4", "A", 74, 141, old)).await.unwrap();
    sender.exchange(&message("M5", "B", 75, 142, old)).await.unwrap();
    assert_eq!(joins(&server).await, ["73", "75"]);
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let feeds = screen.until(|m| (m["kind"] == "session").then(|| m["session"]["feeds"].clone())).await;
    let says: Vec<(&str, &str)> = feeds
        .as_array()
        .unwrap()
        .iter()
        .map(|feed| (feed["patient"].as_str().unwrap(), feed["says"].as_str().unwrap()))
        .collect();
    assert_eq!(says, [("A", "patient"), ("B", "same")], "{feeds}");
    server.stop();
}
