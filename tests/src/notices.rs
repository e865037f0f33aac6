//! The clinic's limit notices from end to end: a monitor whose patient desaturates, the real server, a screen's socket, the
//! log.

use crate::rig::{Monitor, Screen, Server, http};
use chairside_observation::{Deed, Micros, NoticeEnd, NoticeKind, NoticeLevel, NoticeState, Received, Sequence, What};
use chairside_store::{SessionLog, SqliteLog};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn configuration(folder: &Path) -> PathBuf {
    let text = format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
         [[source]]\nid = \"oximeter\"\nprotocol = \"nellcor\"\nport = \"{}\"\nchair = \"1\"\n",
        folder.join("oximeter").display()
    );
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

async fn post(server: &Server, path: &str, body: &Value) -> Value {
    let answer = http(server.web, "POST", path, &body.to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

/// The lead switches the saturation on, with holds of so many seconds.
async fn switch_on(server: &Server, hold_s: u8) {
    let limits = format!("lookLow=94 urgentLow=90 lookHoldS={hold_s} urgentHoldS={hold_s}");
    let limit = json!({ "notice": "spo2", "on": true, "limits": limits });
    let by = json!({ "name": "Lee, Ann", "role": "lead" });
    post(server, "/api/clinic", &json!({ "by": by, "change": { "is": "limit", "limit": limit } })).await;
}

async fn act(server: &Server, session: Option<&str>, key: u8, act: Value) -> u64 {
    let mut body = json!({ "key": format!("{key:032x}"), "by": { "name": "Ada", "role": "nurse" }, "act": act });
    if let Some(session) = session {
        body["session"] = session.into();
    }
    post(server, "/api/chairs/1/session", &body).await["recorded"].as_u64().unwrap()
}

/// Opens a session. Its id.
async fn open(server: &Server) -> String {
    let patient = json!({ "id": "TEST-1", "name": "Doe, Jane", "born": "1980-02-29", "alias": "JD" });
    let plan = json!({ "template": "IV", "number": 1, "infusionMin": 40, "cuffInfusingMin": 10, "cuffObservingMin": 15,
        "observeMin": 60, "assessFirstMin": 15, "assessLaterMin": 30 });
    let opened = act(server, None, 1, json!({ "is": "opened", "patient": patient, "plan": plan })).await;
    format!("1-{opened}")
}

/// The notices of a message, if it has any word of them.
fn notices(message: &Value) -> Option<Vec<Value>> {
    assert!(message.get("failed").is_none(), "{message}");
    (message["kind"] == "notices").then(|| message["notices"].as_array().cloned().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h13_a_saturation_that_falls_to_88_is_told_on_the_socket_acknowledged_over_and_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&configuration(folder.path()));
    let mut screen = Screen::open(server.web).await;
    let has = screen.until(|m| (m["kind"] == "clinic").then(|| m["clinic"]["hasLimits"].clone())).await;
    assert_eq!(has, true);
    switch_on(&server, 1).await;
    screen.follow("1", None, 0).await;
    assert!(screen.until(notices).await.is_empty(), "said after the snapshot, be it nothing");
    let session = open(&server).await;
    let link = folder.path().join("oximeter");
    let link = link.to_str().unwrap();
    let _monitor = Monitor::start(&["nellcor", "--link", link, "--interval-s", "0.5", "--fault", "desaturation@3+6"]);

    let raised = screen.until(|m| notices(m).and_then(|all| all.into_iter().next())).await;
    assert_eq!(raised["notice"], "spo2");
    assert_eq!((&raised["level"], &raised["value"], &raised["limit"]), (&"urgent".into(), &"88".into(), &"90".into()));
    assert!(raised.get("seenBy").is_none());
    act(&server, Some(&session), 2, json!({ "is": "acknowledged", "notice": "spo2" })).await;
    let seen = screen.until(|m| notices(m)?.into_iter().find(|notice| notice.get("seenBy").is_some())).await;
    assert_eq!(seen["seenBy"]["name"], "Ada");
    let quiet = seen["quietUntil"]["monoUs"].as_i64().unwrap() - seen["since"]["monoUs"].as_i64().unwrap();
    assert!(quiet > 120_000_000, "two minutes from when it was pressed");
    screen.until(|m| notices(m).filter(Vec::is_empty)).await;
    server.stop();

    let clock = Arc::new(|| Received { mono: Micros(0), wall: Micros(0) });
    let log = SqliteLog::open(&folder.path().join("data/chairside.db"), "a later boot", clock).await.unwrap();
    let deeds = log.deeds(&chairside_observation::Timeline::Chair("1".into()), Sequence(0), 99).await.unwrap();
    let noticed = deeds.iter().filter_map(|entry| match &entry.what {
        What::Deed(Deed::Noticed(noticed)) => Some(noticed),
        _ => None,
    });
    let noticed: Vec<_> = noticed.collect();
    let [raised, over] = noticed[..] else { panic!("{noticed:?}") };
    assert_eq!((raised.kind, raised.state), (NoticeKind::Spo2, NoticeState::Stands(NoticeLevel::Urgent)));
    assert_eq!((&*raised.value, &*raised.limit, raised.session.as_str()), ("88", "90", &*session));
    assert_eq!(raised.limits.write(), "lookLow=94 urgentLow=90 lookHoldS=1 urgentHoldS=1");
    assert!(raised.about.is_some());
    assert_eq!(over.state, NoticeState::Over(NoticeEnd::Within));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h13_after_a_kill_a_notice_stands_again_as_it_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let mut server = Server::start(&config);
    switch_on(&server, 1).await;
    let session = open(&server).await;
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let link = folder.path().join("oximeter");
    let link = link.to_str().unwrap();
    let _monitor = Monitor::start(&["nellcor", "--link", link, "--interval-s", "0.5", "--fault", "desaturation@0"]);
    let raised = screen.until(|m| notices(m).and_then(|all| all.into_iter().next())).await;
    act(&server, Some(&session), 2, json!({ "is": "acknowledged", "notice": "spo2" })).await;
    let seen = screen.until(|m| notices(m)?.into_iter().find(|notice| notice.get("seenBy").is_some())).await;
    server.kill();

    let server = Server::start(&config);
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    let again = screen.until(|m| notices(m).and_then(|all| all.into_iter().next())).await;
    assert_eq!((&again["notice"], &again["level"]), (&"spo2".into(), &"urgent".into()));
    assert_eq!(again["seenBy"], seen["seenBy"], "nobody has to acknowledge it again");
    assert_eq!(again["since"]["wallUs"], raised["since"]["wallUs"]);
}
