//! Records over FHIR: found, paged, filtered, read one by one, refused in the words of the standard, and audited.

use crate::record::{LEE, act, open, over};
use crate::rig::{Answer, Rig, ask, get, received, start_whole};
use crate::session::{OPENED, press, recorded};
use serde_json::Value;

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/fhir+json", "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

async fn bundle(rig: &Rig, query: &str) -> Value {
    let answer = get(rig, &format!("/fhir/{query}"), &[]).await;
    assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.body));
    let bundle = json(&answer);
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&"Bundle".into(), &"searchset".into()));
    bundle
}

async fn form(rig: &Rig, kind: &str, body: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    ask(rig, &format!("POST /fhir/{kind}/_search"), &headers, body.as_bytes()).await
}

/// The resources of a bundle that were looked for.
fn found(bundle: &Value) -> Vec<&Value> {
    let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter(|entry| entry["search"]["mode"] == "match").map(|entry| &entry["resource"]).collect()
}

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    bundle["link"].as_array()?.iter().find(|link| link["relation"] == relation)?["url"].as_str()
}

/// A session that is over, with a saturation, a pulse and a score entered. The tests' clock stands still, so it is too short
/// for interval values.
async fn one_session(rig: &Rig) -> String {
    let over = over(rig, 1).await;
    let late = format!(r#""late":true,"wallUs":{},"#, received(1).wall.0);
    let typed = r#"{"is":"typed","values":[{"vital":"spo2","values":["96"]},{"vital":"pulse_rate","values":["61"]}]}"#;
    recorded(&act(rig, &over, 30, LEE, &late, typed).await);
    recorded(&act(rig, &over, 31, LEE, &late, r#"{"is":"entry","entry":"nausea","score":2,"text":""}"#).await);
    over
}

/// Two sessions of one patient at chair 1; the second is open.
async fn two_sessions(rig: &Rig) {
    one_session(rig).await;
    let second = format!("1-{}", recorded(&press(rig, None, 40, OPENED).await));
    let typed = r#"{"is":"typed","values":[{"vital":"spo2","values":["95"]}]}"#;
    recorded(&act(rig, &second, 41, LEE, "", typed).await);
}

async fn patient(rig: &Rig) -> String {
    let answer = form(rig, "Patient", "identifier=TEST-1").await;
    let bundle = json(&answer);
    let [patient] = found(&bundle)[..] else { panic!("{bundle}") };
    assert_eq!(
        (&patient["name"][0]["text"], &patient["identifier"][0]["value"]),
        (&"Doe, Jane".into(), &"TEST-1".into())
    );
    assert!(!link(&bundle, "self").unwrap().contains("TEST-1"), "no address we give says who");
    id(patient).to_owned()
}

#[tokio::test]
async fn a_viewer_goes_from_a_patient_to_her_sessions_values_and_report() {
    let rig = start_whole().await;
    two_sessions(&rig).await;
    let patient = patient(&rig).await;
    let encounters = bundle(&rig, &format!("Encounter?patient=Patient/{patient}")).await;
    let encounters = found(&encounters);
    let status: Vec<&str> = encounters.iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["arrived", "finished"], "the newest first");
    let over = id(encounters[1]);
    let values = bundle(&rig, &format!("Observation?encounter={over}&code=http://loinc.org|2708-6")).await;
    let [value] = found(&values)[..] else { panic!("{values}") };
    assert_eq!((&value["valueQuantity"]["value"], &values["total"]), (&96.into(), &1.into()));
    assert_eq!(value["encounter"]["reference"], format!("Encounter/{over}"));
    assert_eq!(value["subject"]["reference"], format!("Patient/{patient}"));
    // References lead somewhere.
    for reference in [&value["subject"]["reference"], &value["encounter"]["reference"]] {
        let answer = get(&rig, &format!("/fhir/{}", reference.as_str().unwrap()), &[]).await;
        assert_eq!(answer.status, 200, "{reference}");
        assert_eq!(format!("{}/{}", json(&answer)["resourceType"].as_str().unwrap(), id(&json(&answer))), *reference);
    }
    let reports = bundle(&rig, &format!("DocumentReference?patient={patient}")).await;
    let [report] = found(&reports)[..] else { panic!("an open session has none: {reports}") };
    let pages = get(&rig, &format!("/fhir/{}", report["content"][0]["attachment"]["url"].as_str().unwrap()), &[]).await;
    assert_eq!((pages.status, pages.header("content-type")), (200, "application/pdf"));
    assert!(pages.body.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn h18_over_http_stands_what_stands_in_the_bundle() {
    let rig = start_whole().await;
    let over = one_session(&rig).await;
    let body = format!(r#"{{"by":{LEE},"format":"fhir"}}"#);
    let export = crate::record::post(&rig, &format!("/api/sessions/{over}/export"), &body).await;
    let export: Value = serde_json::from_slice(&export.body).unwrap();
    let mut compared = 0;
    for entry in export["entry"].as_array().unwrap() {
        let (inside, kind) = (&entry["resource"], entry["resource"]["resourceType"].as_str().unwrap());
        if kind == "DocumentReference" {
            continue;
        }
        let uuid = id(inside);
        let encounter = bundle(&rig, "Encounter").await;
        let prefix = id(found(&encounter)[0])[..16].to_owned();
        let path = if kind == "Patient" { uuid.to_owned() } else { format!("{prefix}-{uuid}") };
        let one = get(&rig, &format!("/fhir/{kind}/{path}"), &[]).await;
        assert_eq!(one.status, 200, "{kind}");
        // Addresses for UUIDs is all the difference there is.
        let mut text = String::from_utf8(one.body).unwrap().replace(&format!("{prefix}-"), "");
        for of in ["Patient", "Encounter", "Observation", "Device"] {
            text = text.replace(&format!(r#""reference":"{of}/"#), r#""reference":"urn:uuid:"#);
        }
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *inside);
        compared += 1;
    }
    assert!(compared >= 9, "{compared}");
}

#[tokio::test]
async fn pages_follow_each_other_and_leave_nothing_out() {
    let rig = start_whole().await;
    two_sessions(&rig).await;
    let patient = patient(&rig).await;
    let all = bundle(&rig, &format!("Observation?patient={patient}")).await;
    let all: Vec<String> = found(&all).iter().map(|one| id(one).to_owned()).collect();
    assert_eq!(all.len(), 4, "two values and a score, and one of the open session");
    for count in 1..=5 {
        let (mut seen, mut query) = (Vec::new(), format!("Observation?patient={patient}&_count={count}"));
        loop {
            let page = bundle(&rig, &query).await;
            assert!(found(&page).len() <= count);
            seen.extend(found(&page).iter().map(|one| id(one).to_owned()));
            let Some(next) = link(&page, "next") else { break };
            query = next.split_once("/fhir/").unwrap().1.to_owned();
        }
        assert_eq!(seen, all, "{count} on a page");
    }
}

#[tokio::test]
async fn dates_codes_and_categories_narrow_a_search() {
    let rig = start_whole().await;
    two_sessions(&rig).await;
    let patient = patient(&rig).await;
    let day = "2027-01-15"; // The day of the tests' clock.
    assert_eq!(received(0).wall.0 / 86_400_000_000, 20_833, "the day below");
    for (query, expected) in [
        (format!("Observation?patient={patient}&code=2708-6,8867-4"), 3),
        (format!("Observation?patient={patient}&code=8889-8"), 0),
        (format!("Observation?patient={patient}&category=vital-signs&date={day}"), 3),
        (format!("Observation?patient={patient}&category=survey"), 1),
        (format!("Observation?patient={patient}&date=lt{day}"), 0),
        (format!("Encounter?patient={patient}&date=ge{day}"), 2),
        (format!("Encounter?patient={patient}&date=ge2027-01-17"), 1),
        ("Encounter?patient=nobody".to_owned(), 0),
        ("Observation?encounter=nothing".to_owned(), 0),
        ("Patient?name=d%C3%B6e+JANE".to_owned(), 1),
        ("Patient?name=doe&birthdate=1900-01-01".to_owned(), 0),
    ] {
        assert_eq!(found(&bundle(&rig, &query).await).len(), expected, "{query}");
    }
}

#[tokio::test]
async fn s16_troubles_are_outcomes_and_say_nothing_of_a_patient() {
    let rig = start_whole().await;
    two_sessions(&rig).await;
    let strict = [("Prefer", "handling=strict")];
    for (path, headers, status) in [
        ("Medication?patient=x", &[][..], 404),
        ("Patient", &[], 400),
        ("Observation", &[], 400),
        ("Observation?patient=x&code:text=y", &[], 400),
        ("Observation?patient=x&date=soon", &[], 400),
        ("Observation?patient=x&shoe=7", &strict, 400),
        ("Patient/none", &[], 404),
        ("Encounter/none", &[], 404),
        ("Observation/0123456789abcdef-00000000-0000-8000-8000-000000000000", &[], 404),
        ("Secret/1", &[], 404),
        ("metadata", &[("Accept", "application/fhir+xml")], 406),
        ("Patient?name=Doe&_format=xml", &[], 406),
        ("Patient?name=Doe", &[("Origin", "http://evil.example")], 403),
    ] {
        let answer = get(&rig, &format!("/fhir/{path}"), headers).await;
        assert_eq!(answer.status, status, "{path}");
        let outcome = json(&answer);
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{path}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("Doe"), "{path}");
    }
    let lenient = bundle(&rig, "Patient?name=Doe&shoe=7").await;
    assert_eq!((found(&lenient).len(), lenient["entry"][1]["search"]["mode"].as_str()), (1, Some("outcome")));
    let not_a_form = ask(&rig, "POST /fhir/Patient/_search", &[("Content-Type", "text/plain")], b"name=Doe").await;
    assert_eq!(not_a_form.status, 400);
    assert_eq!(form(&rig, "Patient", &format!("name={}", "x".repeat(20_000))).await.status, 413);
}

#[tokio::test]
async fn s23_who_looks_over_fhir_stands_in_the_record_once_in_ten_minutes() {
    let rig = start_whole().await;
    let over = over(&rig, 1).await;
    let encounters = bundle(&rig, "Encounter").await;
    let encounter = id(found(&encounters)[0]).to_owned();
    for _ in 0..3 {
        bundle(&rig, &format!("Observation?encounter={encounter}")).await;
    }
    let reports = bundle(&rig, &format!("DocumentReference?encounter={encounter}")).await;
    let address = found(&reports)[0]["content"][0]["attachment"]["url"].as_str().unwrap().to_owned();
    let json = get(&rig, &format!("/fhir/{address}"), &[("Accept", "application/fhir+json")]).await;
    assert_eq!(self::json(&json)["contentType"], "application/pdf");
    let record = open(&rig, &over).await;
    let audit: Vec<_> = record.audit.iter().map(|line| (&*line.by.name, &*line.did, &*line.what)).collect();
    let program = "a program, over FHIR";
    assert_eq!(audit, [(program, "viewed", "fhir"), (program, "exported", "fhir pdf"), ("Lee, Ann", "viewed", "")]);
    let again = open(&rig, &over).await;
    assert_eq!(again.audit.len(), 3, "the same person, still looking");
}

#[tokio::test]
async fn the_capabilities_name_what_there_is() {
    let rig = start_whole().await;
    let stated = json(&get(&rig, "/fhir/metadata", &[]).await);
    assert_eq!((&stated["resourceType"], &stated["fhirVersion"]), (&"CapabilityStatement".into(), &"4.0.1".into()));
    let resources = stated["rest"][0]["resource"].as_array().unwrap();
    assert_eq!(resources.len(), 8);
    for resource in resources.iter().filter(|resource| resource["searchParam"].is_array()) {
        let kind = resource["type"].as_str().unwrap();
        for param in resource["searchParam"].as_array().unwrap() {
            let value = if param["type"] == "date" { "2026-01-01" } else { "x" };
            let query = format!("/fhir/{kind}?{}={value}", param["name"].as_str().unwrap());
            let answer = get(&rig, &query, &[("Prefer", "handling=strict")]).await;
            let outcome = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!outcome.contains("not-supported"), "{query}: {outcome}");
        }
    }
}
