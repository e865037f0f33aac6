//! A record from the chair to its erasure, through the real programs: the same bytes whoever asks for them, every way out of
//! it in the audit, and nothing left but who erased it and when.

use crate::rig::{Sender, Server, http, program, vitals};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Formats that are one file each: over HTTP several come as a ZIP.
const FORMATS: [&str; 3] = ["pdf", "fhir", "edf"];
const PATIENT: &str = "P-4711";
const NURSE: &str = "Ada Nurse";

fn configuration(folder: &Path) -> PathBuf {
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\nzone = \"Europe/Berlin\"\n\
                [[chair]]\nid = \"1\"\nname = \"Window left\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nprofile = \"pcd01\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"B1\", chair = \"1\" }]\n";
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn chairside(arguments: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = Command::new(program("chairside")).args(arguments).output().unwrap();
    (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// Status and body of an answer.
async fn ask(web: SocketAddr, method: &str, path: &str, body: &Value) -> (u16, Vec<u8>) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {web}\r\nOrigin: http://{web}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(web).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer.split_off(end + 4))
}

async fn json_of(web: SocketAddr, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let (status, bytes) = ask(web, method, path, body).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn by(name: &str, role: &str) -> Value {
    json!({ "name": name, "role": role })
}

/// Does something in a session: at the chair, or in its record.
async fn act(web: SocketAddr, session: Option<&str>, key: u8, by: Value, act: Value) -> u64 {
    let mut body = json!({ "key": format!("{key:032x}"), "by": by, "act": act });
    let path = session.map_or("/api/chairs/1/session".to_owned(), |id| format!("/api/sessions/{id}/act"));
    if let Some(session) = session {
        body["session"] = session.into();
    }
    let (status, answer) = json_of(web, "POST", &path, &body).await;
    assert_eq!(status, 200, "{answer}");
    answer["recorded"].as_u64().unwrap()
}

async fn open_record(web: SocketAddr, session: &str) -> (u16, Value) {
    let body = json!({ "by": by("Lee, Ann", "clinician") });
    json_of(web, "POST", &format!("/api/sessions/{session}/open"), &body).await
}

/// A session with values that is over and signed; its id.
async fn signed_session(server: &Server) -> String {
    let web = server.web;
    let patient = json!({ "id": PATIENT, "name": "Doe, Jane", "born": "1980-02-29", "alias": "JD" });
    let plan = json!({
        "template": "IV 40 min", "number": 1, "infusionMin": 40, "cuffInfusingMin": 10, "cuffObservingMin": 15,
        "observeMin": 60, "assessFirstMin": 15, "assessLaterMin": 30
    });
    let opened = json!({ "is": "opened", "patient": patient, "plan": plan });
    let id = format!("1-{}", act(web, None, 1, by(NURSE, "nurse"), opened).await);
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    for n in 0..5 {
        let message = String::from_utf8(vitals(&format!("M{n}"), "B1", 70 + n, 97)).unwrap();
        let named = message.replace("RIG-1^^^RIG^MR", &format!("{PATIENT}^^^RIG^MR"));
        assert_eq!(sender.exchange(named.as_bytes()).await.unwrap().0, "AA");
    }
    let nausea = json!({ "is": "entry", "entry": "nausea", "score": 2, "text": "" });
    act(web, Some(&id), 2, by(NURSE, "nurse"), nausea).await;
    let over = json!({ "is": "moved", "to": "cancelled", "reason": "not today" });
    act(web, Some(&id), 3, by(NURSE, "nurse"), over).await;
    let (_, record) = open_record(web, &id).await;
    let signed = json!({ "is": "signed", "meaning": "read and agreed", "digest": record["digest"] });
    act(web, Some(&id), 4, by("Lee, Ann", "clinician"), signed).await;
    id
}

/// What the audit says, a line each, without times.
async fn audit(web: SocketAddr) -> Vec<String> {
    let (status, page) = json_of(web, "POST", "/api/audit/find", &json!({ "limit": 200 })).await;
    assert_eq!(status, 200, "{page}");
    let rows = page["rows"].as_array().unwrap().iter();
    rows.map(|row| ["who", "what", "more", "session"].map(|of| row[of].as_str().unwrap_or("")).join(" | ")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h18_s23_s25_a_record_is_the_same_whoever_asks_is_audited_each_time_and_erased_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let file = config.to_str().unwrap();
    let server = Server::start(&config);
    let web = server.web;
    let id = signed_session(&server).await;

    // By HTTP and by the command line, while the server runs.
    let out = folder.path().join("out");
    let formats = FORMATS.join(",");
    let (ok, said) =
        chairside(&["export", &id, "--format", &formats, "--out", out.to_str().unwrap(), "--config", file]);
    assert!(ok, "{said}");
    let made = said.lines().map(|line| std::fs::read(line).unwrap()).collect::<Vec<_>>();
    assert_eq!(made.len(), FORMATS.len(), "{said}");
    for (format, by_command) in FORMATS.iter().zip(&made) {
        let body = json!({ "by": by("Lee, Ann", "clinician"), "format": format });
        let (status, by_http) = ask(web, "POST", &format!("/api/sessions/{id}/export"), &body).await;
        assert_eq!(status, 200);
        assert!(by_http == *by_command, "{format} is another file by HTTP than by the command line");
    }
    let (ok, said) = chairside(&["patient", PATIENT, "--config", file]);
    assert!(ok && said.contains("1 session"), "{said}");

    // Each of these is in the record's own list and in the audit.
    let (_, record) = open_record(web, &id).await;
    assert_eq!(record["chairName"], "Window left");
    let own: Vec<(&str, &str)> = record["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["did"].as_str().unwrap(), line["what"].as_str().unwrap()))
        .collect();
    for expected in [("exported", "pdf, fhir, edf"), ("exported", "pdf"), ("viewed", "list of what the record holds")] {
        assert!(own.contains(&expected), "{expected:?} is not in {own:?}");
    }
    let lines = audit(web).await;
    let by_command = format!(" | exported | pdf, fhir, edf | {id}");
    let line = lines.iter().find(|line| line.ends_with(&by_command)).unwrap_or_else(|| panic!("{lines:#?}"));
    assert!(line.starts_with("command line, user "), "{line}");
    let (status, encounters) = json_of(web, "GET", &format!("/fhir/Encounter?identifier={id}"), &Value::Null).await;
    assert_eq!((status, encounters["entry"].as_array().map(Vec::len)), (200, Some(1)), "{encounters}");
    let encounter = encounters["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    server.stop();

    // Erased, and the server says by whom wherever somebody asks for it.
    let erase = ["erase", "--patient", PATIENT, "--by", "Bo Biomed", "--reason", "asked in writing", "--yes"];
    let (ok, said) = chairside(&[&erase[..], &["--config", file]].concat());
    assert!(ok && said.contains("Erased: "), "{said}");
    let (ok, said) = chairside(&["verify", "--config", file]);
    assert!(ok && said.contains("whole") && said.contains("erased by request"), "{said}");
    let server = Server::start(&config);
    let web = server.web;
    let (_, list) = json_of(web, "POST", "/api/sessions/find", &json!({})).await;
    assert_eq!(list["total"], 0, "{list}");
    let (_, patients) = json_of(web, "GET", &format!("/fhir/Patient?identifier={PATIENT}"), &Value::Null).await;
    assert_eq!((&patients["total"], patients["entry"].as_array()), (&json!(0), None), "{patients}");
    let export = json!({ "by": by("Lee, Ann", "clinician"), "format": "pdf" });
    let open = json!({ "by": by("Lee, Ann", "clinician") });
    for (method, path, body) in [
        ("POST", format!("/api/sessions/{id}/open"), &open),
        ("POST", format!("/api/sessions/{id}/export"), &export),
        ("GET", format!("/api/sessions/{id}/series"), &Value::Null),
        ("GET", format!("/fhir/Encounter/{encounter}"), &Value::Null),
    ] {
        let (status, answer) = json_of(web, method, &path, body).await;
        assert_eq!(status, 410, "{path}: {answer}");
        let said = answer.to_string();
        assert!(said.contains("was erased by Bo Biomed at 20") && !said.contains("Doe"), "{path}: {said}");
    }
    let lines = audit(web).await;
    assert!(lines.contains(&format!("Bo Biomed | erased |  | {id}")), "{lines:#?}");
    let never = http(web, "POST", "/api/sessions/1-9999/open", &open.to_string()).await;
    assert!(never.starts_with("HTTP/1.1 404"), "one that never was is not there: {never}");
    server.stop();
    let (ok, said) = chairside(&["export", &id, "--out", out.to_str().unwrap(), "--config", file]);
    assert!(!ok && said.contains("there is no session"), "{said}");
}
