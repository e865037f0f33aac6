//! Pages, files, and the routes that answer with JSON.

use crate::rig::{
    Answer, NOW_S, Rig, ask, ask_raw, chair, get, reading, readings, received, seqs, start, start_unwritable,
    start_whole,
};
use chairside_observation::{Frame, FrameKind, Observation, Sequence, Timeline, What};
use chairside_recorder::Heard;
use chairside_wire::{Done, EhrPage, FeedValues, Health, HealthPage, RawFrame, SourceBytes, Sources, ToScreen};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Path of the first script the page names.
fn asset(page: &Answer) -> String {
    let page = String::from_utf8(page.body.clone()).unwrap();
    let (_, script) = page.split_once("src=\"/assets/").expect("the page names a script");
    format!("/assets/{}", script.split('"').next().unwrap())
}

async fn change(rig: &Rig, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    ask(rig, request, headers, body.as_bytes()).await
}

fn own(rig: &Rig) -> String {
    format!("http://{}", rig.address)
}

#[tokio::test]
async fn every_client_route_serves_the_page_and_asks_to_be_asked_again() {
    let rig = start().await;
    let page = get(&rig, "/", &[]).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    for path in ["/chair/1", "/chair/window-left", "/settings", "/sources", "/sources/com3", "/?chair=2"] {
        let other = get(&rig, path, &[]).await;
        assert_eq!((other.status, &other.body), (200, &page.body), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let rig = start().await;
    let page = get(&rig, "/", &[]).await;
    let etag = page.header("etag").to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".into()] {
        let again = get(&rig, "/", &[("If-None-Match", &known)]).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, &*etag), "{known}");
    }
    assert_eq!(get(&rig, "/", &[("If-None-Match", "\"other\"")]).await.status, 200);
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_compressed_for_who_takes_it() {
    let rig = start().await;
    let path = asset(&get(&rig, "/", &[]).await);
    let plain = get(&rig, &path, &[]).await;
    assert_eq!((plain.status, plain.header("cache-control")), (200, "public, max-age=31536000, immutable"));
    assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
    let packed = get(&rig, &path, &[("Accept-Encoding", "gzip, br")]).await;
    assert_eq!((packed.status, packed.header("content-encoding")), (200, "gzip"));
    assert_ne!(packed.header("etag"), plain.header("etag"), "another text of the same file");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_words() {
    let rig = start().await;
    for path in ["/nothing", "/assets/nothing.js", "/api", "/chair", "/chair/1/2", "/assets/../index.html", "/..%2f"] {
        let answer = get(&rig, path, &[]).await;
        assert_eq!((answer.status, &*answer.code()), (404, "no_route"), "{path}");
    }
    let answer = ask(&rig, "DELETE /api/chairs/1", &[], b"").await;
    assert_eq!((answer.status, &*answer.code()), (405, "bad_method"));
    assert_eq!(ask(&rig, "POST /nothing", &[], b"").await.status, 404);
    assert_eq!(ask(&rig, "HEAD /", &[], b"").await.status, 200);
}

#[tokio::test]
async fn s19_every_answer_forbids_what_the_page_does_not_need() {
    let rig = start().await;
    let path = asset(&get(&rig, "/", &[]).await);
    rig.log.panics.store(true, Ordering::SeqCst);
    let mut answers = vec![
        get(&rig, "/", &[]).await,
        get(&rig, &path, &[]).await,
        get(&rig, "/healthz", &[]).await,
        get(&rig, "/nothing", &[]).await,
        get(&rig, "/ws", &[]).await,
        get(&rig, "/api/chairs/9/frame/1", &[]).await,
        get(&rig, "/", &[("Host", "evil.example")]).await,
    ];
    let broken = get(&rig, "/api/chairs/1/frame/1", &[]).await;
    assert_eq!((broken.status, &*broken.code()), (500, "internal"), "a panic is an answer");
    answers.push(broken);
    let headers = [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for answer in &answers {
        for (name, value) in headers {
            assert_eq!(answer.header(name), value, "{name} of a {}", answer.status);
        }
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn s14_a_name_that_was_re_pointed_at_this_machine_is_refused() {
    let rig = start().await;
    let port = rig.address.port();
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        assert_eq!(get(&rig, "/healthz", &[("Host", &format!("{host}:{port}"))]).await.status, 200, "{host}");
    }
    for host in [&*format!("evil.example:{port}"), "localhost", "127.0.0.1:1", "", "localhost:8080@evil.example"] {
        let answer = get(&rig, "/healthz", &[("Host", host)]).await;
        assert_eq!((answer.status, &*answer.code()), (421, "unknown_host"), "{host}");
    }
    let twice = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(ask_raw(&rig, twice.as_bytes()).await.status, 421);
    let none = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    assert_eq!(ask_raw(&rig, none.as_bytes()).await.status, 421);
    let target = format!("GET http://evil.example/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(ask_raw(&rig, target.as_bytes()).await.status, 421);
}

#[tokio::test]
async fn s14_changes_need_proof_that_the_page_is_ours() {
    let rig = start().await;
    let own = own(&rig);
    let cases: [&[(&str, &str)]; 7] = [
        &[],
        &[("Origin", "http://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", &own), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")],
    ];
    for request in ["PUT /api/chairs/1", "POST /api/feeds/assign", "POST /api/clinic", "POST /api/patients/find"] {
        for headers in cases {
            let headers = [headers, &[("Content-Type", "application/json")]].concat();
            let answer = change(&rig, request, &headers, r#"{"name":"Door"}"#).await;
            assert_eq!((answer.status, &*answer.code()), (403, "cross_origin"), "{request} {headers:?}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn s17_bodies_are_json_short_and_without_a_field_we_do_not_know() {
    let rig = start().await;
    let own = own(&rig);
    let json: &[(&str, &str)] = &[("Origin", &own), ("Content-Type", "application/json")];
    let check = async |headers: &[(&str, &str)], body: &str, expected: (u16, &str)| {
        let answer = change(&rig, "PUT /api/chairs/1", headers, body).await;
        assert_eq!((answer.status, &*answer.code()), expected, "{headers:?} {body:.60}");
    };
    check(&[("Origin", &own)], r#"{"name":"Door"}"#, (415, "not_json")).await;
    check(&[("Origin", &own), ("Content-Type", "text/plain")], r#"{"name":"Door"}"#, (415, "not_json")).await;
    check(json, "", (422, "bad_body")).await;
    check(json, r#"{"name":"Door","bed":"4"}"#, (422, "bad_body")).await;
    check(json, r#"{"name":4}"#, (422, "bad_body")).await;
    check(json, &format!(r#"{{"name":"{}"}}"#, "x".repeat(16 * 1024)), (413, "too_large")).await;
    let answer = change(&rig, "PUT /api/chairs/a%20b", json, r#"{"name":"Door"}"#).await;
    assert_eq!((answer.status, &*answer.code()), (422, "bad_id"));
}

/// Both ways of proof.
fn proofs(own: &str) -> [[(&str, &str); 2]; 2] {
    let json = ("Content-Type", "application/json; charset=utf-8");
    [[("Origin", own), json], [("Sec-Fetch-Site", "same-origin"), json]]
}

#[tokio::test]
async fn h10_a_change_is_done_when_it_is_on_disk_and_every_screen_hears_of_it() {
    let rig = start_whole().await;
    let own = own(&rig);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    for (proof, name) in proofs(&own).iter().zip(["Window", "Garden"]) {
        let answer = change(&rig, "PUT /api/chairs/window-left", proof, &format!(r#"{{"name":"{name}"}}"#)).await;
        let done: Done = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        assert_eq!(rig.hub.marks(&Timeline::House).1, Sequence(done.recorded), "on disk when it was said");
        let ToScreen::Roster { chairs, .. } = screen.hear_news().await else { panic!("no roster") };
        let last = chairs.last().unwrap();
        assert_eq!((chairs.len(), &*last.id, &*last.name), (4, "window-left", name));
    }
    let waiting = r#"{"source":"hl7","bed":"BED-9"}"#;
    let body = r#"{"source":"hl7","bed":"BED-9","chair":"window-left"}"#;
    assert_eq!(change(&rig, "POST /api/feeds/assign", &proofs(&own)[0], body).await.status, 200);
    let ToScreen::Roster { feeds, .. } = screen.hear_news().await else { panic!("no roster") };
    let feed = feeds.iter().find(|feed| feed.bed == "BED-9").unwrap();
    assert_eq!((feed.chair.as_deref(), feed.fixed), (Some("window-left"), false));
    let look = change(&rig, "POST /api/feeds/look", &proofs(&own)[0], waiting).await;
    assert_eq!((look.status, &*look.code()), (404, "no_source"), "what a chair has is seen at the chair");
    assert_eq!(
        change(&rig, "POST /api/feeds/assign", &proofs(&own)[0], r#"{"source":"hl7","bed":"BED-9"}"#).await.status,
        200
    );
    let ToScreen::Roster { feeds, .. } = screen.hear_news().await else { panic!("no roster") };
    assert_eq!(feeds.iter().find(|feed| feed.bed == "BED-9").and_then(|feed| feed.chair.clone()), None);
    let look = change(&rig, "POST /api/feeds/look", &proofs(&own)[0], waiting).await;
    let FeedValues { now, latest } = serde_json::from_slice(&look.body).unwrap();
    assert_eq!((look.status, now, latest), (200, received(0).into(), vec![]), "it waits again, and can be looked at");
}

#[tokio::test]
async fn what_the_desk_refuses_has_its_status_and_code() {
    let rig = start_whole().await;
    let own = own(&rig);
    let check = async |request: &str, body: &str, expected: (u16, &str)| {
        let answer = change(&rig, request, &proofs(&own)[0], body).await;
        assert_eq!((answer.status, &*answer.code()), expected, "{request} {body}");
    };
    let assign = "POST /api/feeds/assign";
    check(assign, r#"{"source":"hl7","bed":"B","chair":"cellar"}"#, (404, "no_chair")).await;
    check(assign, r#"{"source":"com9","bed":"","chair":"1"}"#, (404, "no_source")).await;
    check(assign, r#"{"source":"com3","bed":"","chair":"2"}"#, (409, "bound_by_configuration")).await;
    check(assign, r#"{"source":"hl7","bed":"B\u0007","chair":"1"}"#, (422, "bad_character")).await;
    check("PUT /api/chairs/1", r#"{"name":""}"#, (422, "bad_length")).await;
    check("PUT /api/chairs/1", &format!(r#"{{"name":"{}"}}"#, "x".repeat(65)), (422, "bad_length")).await;
}

#[tokio::test]
async fn h10_nothing_is_called_done_while_the_log_cannot_be_written() {
    let rig = start_unwritable().await;
    let own = own(&rig);
    for (request, body) in [
        ("PUT /api/chairs/1", r#"{"name":"Window"}"#),
        ("POST /api/feeds/assign", r#"{"source":"hl7","bed":"B","chair":"1"}"#),
        ("POST /api/clinic", r#"{"by":{"name":"Lee, Ann","role":"lead"},"change":{"is":"names","names":"initials"}}"#),
    ] {
        let answer = change(&rig, request, &proofs(&own)[0], body).await;
        assert_eq!((answer.status, &*answer.code()), (503, "log_unavailable"), "{request}");
    }
    let health: Health = serde_json::from_slice(&get(&rig, "/healthz", &[]).await.body).unwrap();
    assert!(!health.recording.ok && health.recording.reason.is_some());
    let mut screen = rig.screen().await;
    screen.greeted().await;
    let failing = |m| if let ToScreen::Beat { recording, .. } = m { Some(recording.ok) } else { None };
    assert!(!screen.hear_until(failing).await, "a screen that joins later knows it too");
}

#[tokio::test]
async fn the_bytes_of_a_recorded_entry_come_back_from_disk() {
    let rig = start_whole().await;
    let What::Reading(observation) = reading("1", 1, 0).what else { unreachable!() };
    let raw = *b"HR= 61\r\n";
    let observation = Observation { bytes: 40..48, ..observation };
    let frame = Frame {
        source: "com3".into(),
        offset: 40,
        received: received(0),
        kind: FrameKind::Understood,
        raw: raw.into(),
        key: None,
    };
    let receipt = rig.recorder.intake.hear(Heard { frame, said: vec![What::Reading(observation)] });
    let committed = receipt.recorded().await.unwrap();
    let (_, sequence) = committed.through().iter().find(|(timeline, _)| *timeline == chair("1")).unwrap();
    let answer = get(&rig, &format!("/api/chairs/1/frame/{}", sequence.0), &[]).await;
    let frame: RawFrame = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&*frame.text, frame.offset, frame.length), (r"HR= 61\r\n", 40, 8));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 1, .. }));
    let ToScreen::History { items, done: true, .. } = screen.hear_news().await else { panic!("no history") };
    assert_eq!(seqs(&items), [1], "the real log and the real hub agree");
}

#[tokio::test]
async fn health_says_what_runs_and_whether_it_records() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    let answer = get(&rig, "/healthz", &[]).await;
    let health: Health = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&*health.version, &*health.run, health.screens, health.recording.ok), ("0.1.0", "run-1", 1, true));
    assert_eq!((health.sources_up, health.sources, health.disk_free_bytes), (2, 3, None));
    assert!(health.last_backup_wall_us.is_some());
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = get(&rig, "/api/health", &[]).await;
    let page: HealthPage = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((page.screens, page.recording.ok, page.now.wall_us), (1, true, NOW_S * 1_000_000));
    assert!(page.backup.late && page.backup.trouble.is_some());
    assert_eq!(page.queues[2].to, "ehr");
}

#[tokio::test]
async fn what_waits_for_the_ehr_is_told_without_a_patient() {
    let rig = start().await;
    let answer = get(&rig, "/api/ehr", &[]).await;
    let page: EhrPage = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((page.waiting[0].session.as_str(), page.waiting[0].kind.as_str(), page.tries), ("3-1042", "ORU^R01", 4));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn figures_are_there_for_programs_that_watch() {
    let rig = start().await;
    let answer = get(&rig, "/metrics", &[]).await;
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(text.contains("\nchairside_recording 1\n") && text.contains("\nchairside_readings_total 7\n"), "{text}");
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(!text.contains('{'), "a label would lead to a chair: {text}");
}

#[tokio::test]
async fn every_number_leads_back_to_its_bytes() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=3));
    let answer = get(&rig, "/api/chairs/1/frame/2", &[]).await;
    let frame: RawFrame = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&*frame.source, frame.offset, &*frame.text, &*frame.hex), ("com3", 20, r"HR=2\r\n", "48523d320d0a"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let check = async |path: &str, expected: (u16, &str)| {
        let answer = get(&rig, path, &[]).await;
        assert_eq!((answer.status, &*answer.code()), expected, "{path}");
    };
    check("/api/chairs/1/frame/9", (404, "no_frame")).await;
    check("/api/chairs/1/frame/-1", (404, "no_frame")).await;
    check("/api/chairs/1/frame/x", (404, "no_frame")).await;
    check("/api/chairs/cellar/frame/1", (404, "no_chair")).await;
    rig.log.fails.store(true, Ordering::SeqCst);
    check("/api/chairs/1/frame/2", (503, "log_unavailable")).await;
}

#[tokio::test]
async fn sources_are_told_whole_and_their_bytes_one_source_at_a_time() {
    let rig = start().await;
    let answer = get(&rig, "/api/sources", &[]).await;
    let all: Sources = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, all.sources.len(), &*all.sources[0].id), (200, 1, "com3"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let check = async |query: &str, expected: &[u64]| {
        let answer = get(&rig, &format!("/api/sources/com3/bytes{query}"), &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "a patient's data is not kept");
        let bytes: SourceBytes = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(bytes.frames.iter().map(|f| f.number).collect::<Vec<_>>(), expected, "{query}");
        assert_eq!((bytes.newest, &*bytes.source), (3, "com3"));
    };
    check("", &[1, 2, 3]).await;
    check("?after=1", &[2, 3]).await;
    check("?after=3", &[]).await;
    for (path, expected) in [
        ("com9/bytes", (404, "no_source")),
        ("com3/bytes?after=x", (422, "bad_query")),
        ("com3/bytes?after=-1", (422, "bad_query")),
        ("com3/bytes?before=1", (422, "bad_query")),
    ] {
        let answer = get(&rig, &format!("/api/sources/{path}"), &[]).await;
        assert_eq!((answer.status, &*answer.code()), expected, "{path}");
    }
    let other = get(&rig, "/api/sources/com3/bytes", &[("Host", "evil.example")]).await;
    assert_eq!((other.status, &*other.code()), (421, "unknown_host"));
}

#[tokio::test]
async fn s20_headers_that_never_end_are_cut() {
    let rig = start().await;
    tokio::time::pause();
    let mut stream = tokio::net::TcpStream::connect(rig.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn s20_headers_without_bound_are_refused() {
    let rig = start().await;
    let answer = get(&rig, "/", &[("X-Long", &"x".repeat(20 * 1024))]).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn s20_a_body_that_never_ends_is_cut() {
    let rig = start().await;
    tokio::time::pause();
    let head = format!(
        "PUT /api/chairs/1 HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: 90\r\n\r\n{{",
        rig.address
    );
    let answer = ask_raw(&rig, head.as_bytes()).await;
    assert_eq!((answer.status, &*answer.code()), (408, "too_slow"));
}

#[test]
fn the_openapi_text_lists_every_route_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = std::fs::read_to_string(path).unwrap();
    let api: serde_json::Value = serde_json::from_str(&text).unwrap();
    let paths = api["paths"].as_object().unwrap();
    let told = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| (path.clone(), method.clone()))
    });
    let served = chairside_server::routes()
        .flat_map(|(path, methods)| methods.iter().map(move |m| (path.replace("{*", "{"), (*m).to_owned())));
    assert_eq!(told.collect::<BTreeSet<_>>(), served.collect::<BTreeSet<_>>());
}
