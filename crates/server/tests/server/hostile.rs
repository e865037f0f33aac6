//! What nobody's page would send, to every route and over every socket, from fixed seeds (P12, H24).

#[path = "../../../../tests/hostile/dice.rs"]
mod dice;
#[path = "../../../../tests/hostile/json.rs"]
mod json;

use crate::rig::{Answer, Client, Rig, ask, get, start, start_whole};
use crate::session::{OPENED, press, recorded};
use dice::{Dice, NUMBERS, TEXTS, rounds};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Spoiled bodies of each good one.
const EACH: usize = 20;
/// Good bodies one server gets: it is asked for some seconds only.
const TOGETHER: usize = 10;
/// The same where each costs a password's digest.
const EACH_SECRET: usize = 4;
/// Spoiled messages of a screen.
const MESSAGES: usize = 300;

/// Statuses `docs/openapi.json` names, by method and path.
fn declared() -> BTreeMap<String, BTreeSet<u16>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let api: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut all = BTreeMap::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap().keys().map(|status| status.parse().unwrap());
            all.insert(format!("{} {path}", method.to_uppercase()), statuses.collect());
        }
    }
    all
}

/// A good body, and the route it is for.
struct Good {
    route: &'static str,
    path: String,
    body: Value,
}

fn good(route: &'static str, body: Value) -> Good {
    let path = route.replace("{id}", "1");
    Good { route, path, body }
}

fn by(role: &str) -> Value {
    json!({ "name": "Ada", "role": role })
}

/// Every act at a chair, with what belongs to it.
fn acts(id: &str) -> Vec<Good> {
    let opened: Value = serde_json::from_str(OPENED).unwrap();
    let acts = [
        opened,
        json!({"is":"moved","to":"baseline","reason":""}),
        json!({"is":"claimed","from":1}),
        json!({"is":"claimed","wallUs":1_799_999_000_000_000_i64}),
        json!({"is":"baseline","values":[{"vital":"spo2","values":["97"],"from":[1,2]}]}),
        json!({"is":"entry","entry":"sedation","score":4,"text":""}),
        json!({"is":"entry","entry":"note","text":"dim light"}),
        json!({"is":"typed","values":[{"vital":"nibp","values":["121","80","93"]}]}),
        json!({"is":"artefact","vital":"spo2","first":1,"last":2,"reason":"moved"}),
        json!({"is":"undo","of":3,"reason":"wrong chair"}),
        json!({"is":"handedOver","to":{"name":"Bo","role":"nurse"}}),
        json!({"is":"accepted","source":"hl7","bed":"BED-2","patient":"4711","device":"","reason":"same person"}),
        json!({"is":"acknowledged","notice":"spo2"}),
        json!({"is":"limited","notice":"spo2","limits":"lookLow=90","reason":"altitude"}),
        json!({"is":"addendum","text":"called at home"}),
        json!({"is":"corrected","of":4,"score":3,"text":"","reason":"typed wrongly"}),
        json!({"is":"signed","meaning":"read","digest":"00"}),
    ];
    let mut all = Vec::new();
    for (key, act) in acts.into_iter().enumerate() {
        let body = json!({"session":id,"key":format!("{key:032x}"),"by":by("nurse"),"wallUs":1_800_000_000_000_000_i64,"late":true,"act":act});
        all.push(good("POST /api/chairs/{id}/session", body.clone()));
        all.push(Good { path: format!("POST /api/sessions/{id}/act"), ..good("POST /api/sessions/{id}/act", body) });
    }
    all
}

fn changes() -> Vec<Good> {
    let template = json!({"name":"IV","of":6,"infusionMin":40,"cuffInfusingMin":10,"cuffObservingMin":15,"observeMin":60,"assessFirstMin":15,"assessLaterMin":30});
    [
        json!({"is":"names","names":"alias"}),
        json!({"is":"template","template":template}),
        json!({"is":"templateGone","name":"IV"}),
        json!({"is":"staff","person":by("nurse")}),
        json!({"is":"staffGone","name":"Ada"}),
        json!({"is":"readiness","lines":["stands","walks"]}),
        json!({"is":"limit","limit":{"notice":"spo2","on":true,"limits":"lookLow=92 urgentLow=88 lookHoldS=15 urgentHoldS=10"}}),
        json!({"is":"testChair","chair":"3","on":true}),
    ]
    .into_iter()
    .map(|change| good("POST /api/clinic", json!({"by":by("lead"),"change":change})))
    .collect()
}

/// What a room does.
fn room(id: &str) -> Vec<Good> {
    let of = |route: &'static str, body| Good { path: route.replace("{id}", id), ..good(route, body) };
    let mut all = vec![
        good("PUT /api/chairs/{id}", json!({"name":"Window"})),
        good("POST /api/chairs/{id}/clear", json!({"by":by("nurse")})),
        good("POST /api/feeds/assign", json!({"source":"hl7","bed":"B9","chair":"1"})),
        good("POST /api/feeds/look", json!({"source":"hl7","bed":"B9"})),
        good("POST /api/patients/find", json!({"text":"doe 1980"})),
        good(
            "POST /api/sessions/find",
            json!({"text":"doe","chair":"1","fromUs":0,"toUs":1_900_000_000_000_000_i64,"state":"unsigned","has":["late"],"after":id,"limit":50}),
        ),
        of("POST /api/sessions/{id}/open", json!({"by":by("clinician"),"did":"viewed","first":true})),
        good("POST /api/course", json!({"session":id,"by":by("clinician")})),
        good(
            "POST /api/audit/find",
            json!({"fromUs":0,"toUs":1_900_000_000_000_000_i64,"who":"ada","what":"entry","patient":"TEST-1","before":"1.1"}),
        ),
    ];
    for format in ["csv", "pdf", "fhir", "hl7", "vital", "edf", "record", "svg"] {
        all.push(of(
            "POST /api/sessions/{id}/export",
            json!({"by":by("clinician"),"format":format,"every":5,"paper":"a4"}),
        ));
    }
    all.extend(acts(id));
    all.extend(changes());
    all
}

/// What doors do.
fn doors(_: &str) -> Vec<Good> {
    vec![
        good("POST /api/sign-in", json!({"name":"ada","password":"six sheep on a hill","code":"123456"})),
        good("POST /api/switch", json!({"person":"1","pin":"4711"})),
        good("POST /api/lock", json!({})),
        good("POST /api/sign-out", json!({})),
        good("POST /api/sign-out-everywhere", json!({})),
        good("POST /api/welcome/look", json!({"code":"7F3KQ9ZT2MWXB4DH"})),
        good(
            "POST /api/welcome",
            json!({"code":"7F3KQ9ZT2MWXB4DH","name":"Lee","signInName":"ann","password":"six sheep on a hill","pin":"4711"}),
        ),
        good("POST /api/me/active", json!({})),
        good("POST /api/me/password", json!({"old":"six sheep on a hill","new":"seven sheep on a hill"})),
        good("POST /api/me/pin", json!({"password":"six sheep on a hill","pin":"4711"})),
        good("POST /api/me/totp", json!({"password":"six sheep on a hill"})),
        good("POST /api/me/totp/confirm", json!({"code":"123456"})),
        good("POST /api/me/sign-ins/end", json!({"id":"1"})),
        good("POST /api/openid/begin", json!({})),
        good("POST /api/openid/finish", json!({"state":"7F3KQ9ZT","code":"4/0Ab","second":"123456"})),
        good(
            "POST /api/emergency",
            json!({"patient":"TEST-1","reason":"fainted in the hall","secret":"six sheep on a hill"}),
        ),
        good("POST /api/tokens", json!({"name":"EHR","scopes":["fhir","metrics"],"days":90})),
        good("POST /api/tokens/{id}", json!({"revoke":true})),
        good("POST /api/displays", json!({"name":"Corridor","chairs":["1"]})),
        good("POST /api/displays/{id}", json!({"revoke":true})),
        good("POST /api/accounts", json!({"name":"Lee, Ann","signInName":"ann","roles":["nurse"]})),
        good(
            "POST /api/accounts/{id}",
            json!({"name":"Lee","roles":["nurse"],"enabled":true,"reset":false,"signOut":false,"unlockCode":false}),
        ),
    ]
}

async fn send(rig: &Rig, path: &str, kind: &str, body: &[u8]) -> Answer {
    let origin = format!("http://{}", rig.address);
    ask(rig, path, &[("Origin", origin.as_str()), ("Content-Type", kind)], body).await
}

/// An answer `docs/openapi.json` names, and a refusal in words.
fn expect_declared(answer: &Answer, allowed: &BTreeSet<u16>, what: &str) {
    let body = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 500 && allowed.contains(&answer.status), "{what}: {} {body}", answer.status);
    let fhir = what.contains("/fhir/");
    if answer.status >= 400 && !fhir {
        assert!(answer.header("content-type").starts_with("application/json"), "{what}: {} {body}", answer.status);
        assert!(!answer.code().is_empty(), "{what}: {body}");
    } else if answer.status >= 400 {
        assert!(body.contains("OperationOutcome"), "{what}: {} {body}", answer.status);
    }
}

/// Still records, and a good press is taken.
async fn expect_well(rig: &Rig, chair: &str) {
    let health = get(rig, "/healthz", &[]).await;
    assert!(String::from_utf8_lossy(&health.body).contains(r#""recording":{"ok":true}"#));
    let name = send(rig, &format!("PUT /api/chairs/{chair}"), "application/json", br#"{"name":"Door"}"#).await;
    assert_eq!(name.status, 200, "{}", String::from_utf8_lossy(&name.body));
}

/// Sends each of some goods spoiled to a server of its own; the names of the routes.
async fn spoil(dice: &mut Dice, from: usize, each: usize, goods: fn(&str) -> Vec<Good>) -> Vec<&'static str> {
    let declared = declared();
    let rig = start_whole().await;
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    let goods: Vec<Good> = goods(&format!("1-{opened}")).into_iter().skip(from).take(TOGETHER).collect();
    for good in &goods {
        for round in 0..each {
            let body = json::spoiled(dice, &good.body);
            let answer = send(&rig, &good.path, "application/json", &body).await;
            let shown: String = String::from_utf8_lossy(&body).chars().take(600).collect();
            expect_declared(&answer, &declared[good.route], &format!("round {round}, {} {shown}", good.path));
        }
    }
    if each == EACH {
        expect_well(&rig, "2").await;
    }
    goods.iter().map(|good| good.route).collect()
}

#[tokio::test]
async fn p12_h24_no_body_of_any_route_breaks_the_server_and_each_is_answered_as_described() {
    let (mut dice, mut tried) = (Dice::new(0x5EED_0001), BTreeSet::new());
    for _ in 0..rounds(1) {
        for (each, goods) in [(EACH, room as fn(&str) -> Vec<Good>), (EACH_SECRET, doors)] {
            for from in (0..).step_by(TOGETHER) {
                let routes = spoil(&mut dice, from, each, goods).await;
                if routes.is_empty() {
                    break;
                }
                tried.extend(routes);
            }
        }
    }
    let takes_a_body = |(path, methods): (&'static str, &'static [&'static str])| {
        methods.iter().filter(|method| **method != "get").map(move |method| format!("{} {path}", method.to_uppercase()))
    };
    for route in chairside_server::routes().flat_map(takes_a_body).filter(|route| !route.contains("/fhir/")) {
        assert!(tried.contains(route.as_str()), "{route} has no good body here that could be spoiled");
    }
}

/// Parts of addresses and queries that are none.
#[tokio::test]
async fn p12_h24_no_address_breaks_the_server() {
    let mut dice = Dice::new(0x5EED_0003);
    for _ in 0..rounds(1) {
        ask_nonsense(&mut dice).await;
    }
}

async fn ask_nonsense(dice: &mut Dice) {
    let rig = start_whole().await;
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    let id = format!("1-{opened}");
    let routes = [
        "/api/sessions/{}/series",
        "/api/sessions/{}/table?every={}",
        "/api/sessions/{}/frame/{}",
        "/api/chairs/{}/frame/{}",
        "/api/sources/{}/bytes?after={}",
        "/fhir/{}/{}",
        "/fhir/Patient?name={}&_count={}",
        "/fhir/Encounter?date={}&patient={}",
        "/fhir/Observation?date={}&code={}&_summary={}",
        "/fhir/{}?_id={}&_lastUpdated={}",
        "/assets/{}",
        "/chair/{}",
        "/{}",
        "/settings/{}",
    ];
    for round in 0..EACH * routes.len() {
        let mut address = String::new();
        for (n, part) in routes[round % routes.len()].split("{}").enumerate() {
            if n > 0 {
                let raw = match dice.roll(5) {
                    0 => dice.one(&NUMBERS).to_owned(),
                    1 => id.clone(),
                    2 => "eq2026-11-22T10:15:00Z".to_owned(),
                    3 => "x".repeat(dice.roll(3_000)),
                    _ => dice.one(&TEXTS).to_owned(),
                };
                let escaped = raw
                    .bytes()
                    .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") });
                address.extend(escaped);
                // What is no text at all.
                address.push_str(if dice.roll(8) == 0 { "%FF%" } else { "" });
            }
            address += part;
        }
        let answer = get(&rig, &address, &[]).await;
        let body = String::from_utf8_lossy(&answer.body);
        assert!(answer.status < 500, "{address}: {} {body}", answer.status);
        if answer.status >= 400 {
            assert!(answer.header("content-type").contains("json"), "{address}: {} {body}", answer.status);
        }
    }
    for round in 0..EACH {
        let body = dice.bytes(b"name=Doe&birthdate=ge1980-01-01&_count=20&date=2026");
        let answer = send(&rig, "POST /fhir/Encounter/_search", "application/x-www-form-urlencoded", &body).await;
        assert!(answer.status < 500, "{round}: {}", String::from_utf8_lossy(&body));
    }
    expect_well(&rig, "2").await;
}

#[tokio::test]
async fn p12_h24_whatever_a_screen_says_it_is_told_why_it_is_sent_away_and_the_others_stay() {
    let mut dice = Dice::new(0x5EED_0004);
    for _ in 0..rounds(1) {
        say_nonsense(&mut dice).await;
    }
}

async fn say_nonsense(dice: &mut Dice) {
    let rig = start().await;
    let mut other = rig.screen().await;
    other.greeted().await;
    let goods = [
        json!({"kind":"follow","chair":"1","windowS":900,"after":7}),
        json!({"kind":"follow","chair":"2","windowS":0}),
        json!({"kind":"unfollow","chair":"1"}),
    ];
    for round in 0..MESSAGES {
        let spoiled = json::spoiled(dice, &goods[round % goods.len()]);
        let shown: String = String::from_utf8_lossy(&spoiled).chars().take(300).collect();
        let mut screen: Client = rig.screen().await;
        match String::from_utf8(spoiled) {
            Ok(text) => screen.say_text(&text).await,
            Err(bytes) => screen.say_raw(tokio_tungstenite::tungstenite::Message::binary(bytes.into_bytes())).await,
        }
        // What was good is not answered by an end; this is.
        screen.say_text("{").await;
        let (sentence, code) = screen.ended().await;
        assert!(sentence.is_some_and(|sentence| sentence.len() > 10) && code.is_some(), "round {round}: {shown}");
    }
    other.follow("1", None, 0).await;
    other.hear_until(|message| matches!(message, chairside_wire::ToScreen::Snapshot { .. }).then_some(())).await;
}
