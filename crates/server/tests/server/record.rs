//! Past sessions: found, opened, drawn, and every number led back to its bytes.

use crate::rig::{Answer, Rig, TestLog, ask, get, received, start_whole, start_with};
use crate::session::{OPENED, press, recorded};
use chairside_observation::{Amount, Decimal, Frame, FrameKind, Observation, Reading, Unit, Vital, What};
use chairside_recorder::Heard;
use chairside_wire::{Provenance, SessionList, SessionRecord, SessionSeries, SessionStood, SessionTable};
use serde::de::DeserializeOwned;
use std::io::Read;

const ADA: &str = r#"{"name":"Ada","role":"reviewer"}"#;

pub(crate) async fn post(rig: &Rig, path: &str, body: &str) -> Answer {
    let origin = format!("http://{}", rig.address);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json")];
    ask(rig, &format!("POST {path}"), &headers, body.as_bytes()).await
}

pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> T {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// Saturation and pulse of chair 1, in one frame.
pub(crate) async fn hear(rig: &Rig, second: i64, saturation: Option<i64>) {
    let raw = format!("SPO2={:03} PR=061\r\n", saturation.unwrap_or(0)).into_bytes();
    let offset = u64::try_from(second).unwrap() * 100;
    let value = saturation.map_or(Reading::Absent(chairside_observation::Absence::PulseSearch), |saturation| {
        Reading::Valid(Amount::One(Decimal::whole(saturation)))
    });
    let pulse = Reading::Valid(Amount::One(Decimal::new(610, 1)));
    let facts = vec![
        What::Reading(Observation::new(Vital::Spo2, value, Unit::Percent, offset + 5..offset + 8)),
        What::Reading(Observation::new(Vital::PulseRate, pulse, Unit::PerMin, offset + 12..offset + 15)),
    ];
    let frame = Frame {
        source: "com3".into(),
        offset,
        received: received(second),
        kind: FrameKind::Understood,
        raw: raw.into(),
        key: None,
    };
    rig.recorder.intake.hear(Heard { frame, said: facts }).recorded().await.unwrap();
}

async fn session_with_values(rig: &Rig, key: u8) -> String {
    hear(rig, 0, Some(90)).await;
    let id = format!("1-{}", recorded(&press(rig, None, key, OPENED).await));
    for (second, saturation) in [(1, Some(97)), (2, None), (3, Some(96))] {
        hear(rig, second, saturation).await;
    }
    id
}

#[tokio::test]
async fn a_record_is_found_opened_and_says_who_looked() {
    let rig = start_whole().await;
    let id = session_with_values(&rig, 1).await;
    let found: SessionList = read(&post(&rig, "/api/sessions/find", r#"{"text":"DÖE jane","state":"open"}"#).await);
    assert_eq!((found.total, found.more, found.rows[0].id.as_str(), &*found.rows[0].chair_name), (1, false, &*id, "1"));
    let none: SessionList = read(&post(&rig, "/api/sessions/find", r#"{"has":["typed"]}"#).await);
    assert_eq!((none.total, none.rows.len()), (0, 0));
    let open = |by: &str| format!(r#"{{"by":{by}}}"#);
    let record: SessionRecord = read(&post(&rig, &format!("/api/sessions/{id}/open"), &open(ADA)).await);
    assert_eq!((record.session.id.as_str(), record.offsets.len(), record.offsets[0].offset_min), (&*id, 1, 60));
    let audit: Vec<_> = record.audit.iter().map(|line| (&*line.by.name, &*line.did)).collect();
    assert_eq!(audit, [("Ada", "viewed")], "the reader stands in the record before it is shown");
    let lowest = record.summary.iter().find(|line| line.key == "lowest spo2").unwrap();
    assert_eq!(lowest.value, "96", "what was measured before she was bound is not hers");
    assert_eq!(record.sources[0].source, "com3");
    let bad = post(&rig, &format!("/api/sessions/{id}/open"), &open(r#"{"name":"","role":"nurse"}"#)).await;
    assert_eq!((bad.status, &*bad.code()), (409, "not_possible"));
    let none = post(&rig, "/api/sessions/1-99/open", &open(ADA)).await;
    assert_eq!((none.status, &*none.code()), (404, "no_such_session"));
}

#[tokio::test]
async fn what_a_chart_is_drawn_with_comes_first_and_says_the_same_as_the_whole() {
    let rig = start_whole().await;
    let id = over(&rig, 1).await;
    let path = format!("/api/sessions/{id}/open");
    let first: SessionRecord = read(&post(&rig, &path, &format!(r#"{{"by":{LEE},"first":true}}"#)).await);
    let whole = open(&rig, &id).await;
    assert!(first.first && !whole.first);
    assert!(first.summary.is_empty() && first.digest.is_empty() && !whole.summary.is_empty());
    let of = |record: &SessionRecord| (record.session.clone(), record.begin, record.end, record.offsets.clone());
    assert_eq!(of(&first), of(&whole));
    assert_eq!(first.audit, whole.audit, "who looks stands there at once, and once");
    assert_eq!(first.audit.len(), 1);

    let other = session_with_values(&rig, 2).await;
    let path = format!("/api/sessions/{other}/open");
    let going_on: SessionRecord = read(&post(&rig, &path, &format!(r#"{{"by":{LEE},"first":true}}"#)).await);
    assert!(!going_on.first, "how far a session that goes on was read, only its entries say");
}

#[tokio::test]
async fn r05_what_was_due_and_the_limits_in_force_stand_with_the_record_as_they_were() {
    let rig = start_whole().await;
    let limit = |numbers: &str| {
        let limit = format!(r#"{{"notice":"spo2","on":true,"limits":"{numbers}"}}"#);
        format!(r#"{{"by":{{"name":"Lead","role":"lead"}},"change":{{"is":"limit","limit":{limit}}}}}"#)
    };
    assert_eq!(post(&rig, "/api/clinic", &limit("lookLow=94 urgentLow=91")).await.status, 200);
    let id = over(&rig, 1).await;
    let stood: SessionStood = read(&get(&rig, &format!("/api/sessions/{id}/stood"), &[]).await);
    let [at_begin] = &stood.limits[..] else { panic!("{:?}", stood.limits) };
    let on: Vec<_> = at_begin.limits.iter().filter(|it| it.on).map(|it| (&*it.notice, &*it.limits)).collect();
    assert_eq!(on, [("spo2", "lookLow=94 urgentLow=91")]);
    // Nothing before the infusion, an assessment from its begin on, nothing once she had left.
    let due: Vec<_> = stood.schedules.iter().map(|it| it.schedule.as_ref().map(|it| it.assess_due.is_some())).collect();
    assert_eq!((due.first(), due.last()), (Some(&Some(false)), Some(&None)));
    assert!(due.contains(&Some(true)), "{due:?}");
    let key = "time with spo2 below 91 (limit)";
    assert!(open(&rig, &id).await.summary.iter().any(|line| line.key == key), "the summary counts against it");
    let none = get(&rig, "/api/sessions/1-99/stood", &[]).await;
    assert_eq!(refused(&none), (404, "no_such_session".to_owned()));
}

#[tokio::test]
async fn h02_series_hold_every_reading_of_the_span_and_nothing_else() {
    let rig = start_whole().await;
    let id = session_with_values(&rig, 1).await;
    let series: SessionSeries = read(&get(&rig, &format!("/api/sessions/{id}/series"), &[]).await);
    let of = |vital: &str| series.series.iter().find(|series| series.vital == vital).unwrap();
    let spo2 = of("spo2");
    assert_eq!(spo2.value, [Some(97), None, Some(96)]);
    assert_eq!((spo2.at_ms.as_slice(), spo2.received_ms.as_slice()), (&[1000, 1000, 1000][..], &[0, 0, 0][..]));
    assert_eq!(spo2.state.iter().map(|(at, why)| (*at, &**why)).collect::<Vec<_>>(), [(1, "pulse search")]);
    assert_eq!(spo2.seq[1..], [2, 2]);
    assert_eq!((of("pulse_rate").decimals, of("pulse_rate").value[0]), (1, Some(610)), "97.0 stays three digits");
    let table: SessionTable = read(&get(&rig, &format!("/api/sessions/{id}/table?every=1"), &[]).await);
    let at = table.columns.iter().position(|column| column == "spo2").unwrap();
    assert_eq!(table.rows[0].cells[at], "96");
    for path in ["table?every=2", "table?every=x", "table?often=1"] {
        let answer = get(&rig, &format!("/api/sessions/{id}/{path}"), &[]).await;
        assert_eq!((answer.status, &*answer.code()), (422, "bad_query"), "{path}");
    }
}

#[tokio::test]
async fn long_answers_are_packed_for_who_takes_it() {
    let rig = start_whole().await;
    let id = session_with_values(&rig, 1).await;
    for second in 10..400 {
        hear(&rig, second, Some(95 + second % 3)).await;
    }
    let path = format!("/api/sessions/{id}/series");
    let plain = get(&rig, &path, &[]).await;
    let packed = get(&rig, &path, &[("Accept-Encoding", "gzip")]).await;
    assert_eq!((plain.header("vary"), packed.header("content-encoding")), ("accept-encoding", "gzip"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.body);
}

#[tokio::test]
async fn h18_every_number_leads_back_to_its_bytes() {
    let rig = start_whole().await;
    let id = session_with_values(&rig, 1).await;
    let series: SessionSeries = read(&get(&rig, &format!("/api/sessions/{id}/series"), &[]).await);
    let seq = series.series.iter().find(|series| series.vital == "spo2").unwrap().seq[0];
    let from: Provenance = read(&get(&rig, &format!("/api/sessions/{id}/frame/{seq}"), &[]).await);
    assert_eq!((&*from.vital, &*from.value, &*from.state), ("spo2", "97", "valid"));
    assert_eq!(from.bytes, "53504f323d3039372050523d3036310d0a");
    assert_eq!(from.marks.iter().map(|mark| (mark.from, mark.to, &*mark.field)).collect::<Vec<_>>(), [(5, 8, "value")]);
    for seq in ["1", "0", "x", "9999"] {
        let answer = get(&rig, &format!("/api/sessions/{id}/frame/{seq}"), &[]).await;
        assert_eq!((answer.status, &*answer.code()), (404, "no_frame"), "{seq} is not hers");
    }
}

pub(crate) const LEE: &str = r#"{"name":"Lee, Ann","role":"clinician"}"#;

/// A session of chair 1 that is over.
pub(crate) async fn over(rig: &Rig, key: u8) -> String {
    let id = session_with_values(rig, key).await;
    for (key, to) in (10..).zip(["baseline", "infusing", "observing", "ready", "discharged"]) {
        let body = format!(
            r#"{{"session":"{id}","key":"{key:032x}","by":{LEE},"act":{{"is":"moved","to":"{to}","reason":"as planned"}}}}"#
        );
        recorded(&post(rig, "/api/chairs/1/session", &body).await);
    }
    id
}

pub(crate) async fn act(rig: &Rig, id: &str, key: u8, by: &str, more: &str, act: &str) -> Answer {
    let body = format!(r#"{{"session":"{id}","key":"{key:032x}","by":{by},{more}"act":{act}}}"#);
    post(rig, &format!("/api/sessions/{id}/act"), &body).await
}

pub(crate) async fn open(rig: &Rig, id: &str) -> SessionRecord {
    read(&post(rig, &format!("/api/sessions/{id}/open"), &format!(r#"{{"by":{LEE}}}"#)).await)
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

#[tokio::test]
async fn h17_a_past_record_is_corrected_signed_and_then_only_added_to() {
    let rig = start_whole().await;
    let id = over(&rig, 1).await;
    // The chair has another patient by then.
    let next = OPENED.replace("TEST-1", "TEST-2").replace("Doe, Jane", "Roe, Ann");
    let other = format!("1-{}", recorded(&press(&rig, None, 40, &next).await));
    let late = format!(r#""late":true,"wallUs":{},"#, received(2).wall.0);
    let entry = r#"{"is":"entry","entry":"nausea","score":2,"text":""}"#;
    let not_possible = (409, "not_possible".to_owned());
    assert_eq!(refused(&act(&rig, &id, 50, LEE, "", entry).await), not_possible, "not without a time");
    let seq = recorded(&act(&rig, &id, 51, LEE, &late, entry).await);
    let corrected = format!(r#"{{"is":"corrected","of":{seq},"score":1,"text":"","reason":"pressed 2"}}"#);
    let by = recorded(&act(&rig, &id, 52, LEE, "", &corrected).await);
    assert_eq!(recorded(&act(&rig, &id, 52, LEE, "", &corrected).await), by, "H19: the same press");
    let record = open(&rig, &id).await;
    let kept = |seq| record.session.acts.iter().find(|kept| kept.seq == seq).unwrap();
    assert_eq!((kept(seq).undone, kept(seq).corrected_by), (true, Some(by)));
    assert_eq!((kept(by).entry.as_deref(), kept(by).wall_us), (Some("nausea"), received(2).wall.0));
    assert_eq!((record.signed, record.digest.len()), (None, 64));
    let sign = |digest: &str| format!(r#"{{"is":"signed","meaning":"read and agreed","digest":"{digest}"}}"#);
    let shown = sign(&record.digest);
    let nurse = r#"{"name":"Ada","role":"nurse"}"#;
    assert_eq!(refused(&act(&rig, &id, 53, nurse, "", &shown).await), not_possible, "a nurse does not sign");
    assert_eq!(refused(&act(&rig, &other, 54, LEE, "", &shown).await), not_possible, "nor is an open one signed");
    let comment = r#"{"is":"addendum","text":"called her"}"#;
    recorded(&act(&rig, &id, 55, LEE, "", comment).await);
    let changed = (409, "changed".to_owned());
    assert_eq!(refused(&act(&rig, &id, 56, LEE, "", &shown).await), changed, "it is not what was shown");
    let shown = sign(&open(&rig, &id).await.digest);
    let signed = recorded(&act(&rig, &id, 57, LEE, "", &shown).await);
    assert_eq!(recorded(&act(&rig, &id, 57, LEE, "", &shown).await), signed, "H19: the same press");
    assert_eq!(refused(&act(&rig, &id, 58, LEE, "", &corrected).await), not_possible, "it only takes addenda");
    recorded(&act(&rig, &id, 59, LEE, "", comment).await);
    let record = open(&rig, &id).await;
    let proof = record.signed.unwrap();
    assert_eq!((proof.holds, &*proof.by.name, &proof.digest), (true, "Lee, Ann", &record.digest));
    let list: SessionList = read(&post(&rig, "/api/sessions/find", r#"{"state":"signed"}"#).await);
    assert_eq!((list.total, &*list.rows[0].id), (1, &*id));
    // The other patient's session knows nothing of it.
    let acts = open(&rig, &other).await.session.acts;
    assert_eq!(acts.len(), 1);
    let none = act(&rig, "1-999", 60, LEE, "", comment).await;
    assert_eq!(refused(&none), (404, "no_such_session".to_owned()));
}

#[tokio::test]
async fn a_record_leaves_as_files_and_says_so() {
    let rig = start_whole().await;
    let id = over(&rig, 1).await;
    let export = async |format: &str, more: &str| {
        let body = format!(r#"{{"by":{LEE},"format":"{format}"{more}}}"#);
        post(&rig, &format!("/api/sessions/{id}/export"), &body).await
    };
    let csv = export("csv", r#","every":1,"paper":"letter""#).await;
    assert_eq!((csv.status, csv.header("content-type")), (200, "application/zip"));
    assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"session-{id}-csv.zip\""));
    assert!(csv.body.starts_with(b"PK\x03\x04"));
    let file = export("record", "").await;
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"session-{id}.chairside\""));
    let report = chairside_store::seal::verify_file(&file.body);
    assert_eq!((report.broken.as_slice(), &*report.session), (&[][..], &*id));
    let audit = open(&rig, &id).await.audit;
    let said: Vec<_> = audit.iter().map(|line| (&*line.did, &*line.what)).collect();
    assert_eq!(said, [("exported", "csv"), ("exported", "record"), ("viewed", "")]);
    for (format, more) in [("docx", ""), ("csv", r#","every":3"#), ("csv", r#","paper":"a5""#)] {
        assert_eq!(refused(&export(format, more).await), (422, "unreadable".to_owned()), "{format} {more}");
    }
}

#[tokio::test]
async fn a_table_made_by_the_page_is_an_export() {
    let rig = start_whole().await;
    let id = over(&rig, 1).await;
    let exported =
        post(&rig, &format!("/api/sessions/{id}/open"), &format!(r#"{{"by":{LEE},"did":"exported"}}"#)).await;
    let record: SessionRecord = read(&exported);
    assert_eq!((&*record.audit[0].did, &*record.audit[0].what), ("exported", "course csv"));
    let wrong = post(&rig, &format!("/api/sessions/{id}/open"), &format!(r#"{{"by":{LEE},"did":"verified"}}"#)).await;
    assert_eq!(refused(&wrong), (422, "unreadable".to_owned()));
}

/// Two exports are made at a time: of three that are asked for at once the third is told to come again (S20).
#[tokio::test]
async fn s20_a_third_export_at_the_same_time_is_refused() {
    let rig = start_with(TestLog::gated()).await;
    let body = format!(r#"{{"by":{LEE},"format":"csv"}}"#);
    let ask = || Box::pin(post(&rig, "/api/sessions/1-1/export", &body));
    // The log answers nobody yet, so the two that have a turn keep it.
    let (first, _, others) = futures_util::future::select_all([ask(), ask(), ask()]).await;
    assert_eq!(refused(&first), (503, "busy".to_owned()));
    rig.log.open(1000);
    for answer in futures_util::future::join_all(others).await {
        assert_eq!(refused(&answer), (404, "no_such_session".to_owned()));
    }
    let after = ask().await;
    assert_eq!(refused(&after), (404, "no_such_session".to_owned()), "the turns are free again");
}

#[tokio::test]
async fn a_course_has_every_session_of_the_patient_oldest_first() {
    let rig = start_whole().await;
    let first = session_with_values(&rig, 1).await;
    let entry = r#"{"is":"entry","entry":"scale","text":"PHQ-9 14"}"#;
    recorded(&act(&rig, &first, 80, LEE, "", entry).await);
    recorded(&act(&rig, &first, 81, LEE, "", r#"{"is":"moved","to":"cancelled","reason":"unwell"}"#).await);
    let second = over(&rig, 2).await;
    let next = OPENED.replace("TEST-1", "TEST-2").replace("Doe, Jane", "Roe, Ann");
    press(&rig, None, 40, &next).await;
    let course: chairside_wire::Course =
        read(&post(&rig, "/api/course", &format!(r#"{{"session":"{second}","by":{LEE}}}"#)).await);
    let ids: Vec<_> = course.rows.iter().map(|row| (&*row.id, &*row.phase)).collect();
    assert_eq!(ids, [(&*first, "cancelled"), (&*second, "discharged")]);
    assert_eq!((&*course.patient.id, course.rows[1].days_since), ("TEST-1", Some(0)));
    assert_eq!((course.rows[1].lowest_spo2.as_deref(), course.rows[1].minutes), (Some("96"), Some(0)));
    assert_eq!((&*course.scores[0].scale, &*course.scores[0].score), ("PHQ-9", "14"));
    let none = post(&rig, "/api/course", &format!(r#"{{"session":"9-9","by":{LEE}}}"#)).await;
    assert_eq!(refused(&none), (404, "no_such_session".to_owned()));
}
