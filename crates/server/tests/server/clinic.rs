//! The clinic's settings, patients who were here before, what is due: asked over HTTP, seen on screens.

use crate::rig::{Answer, Client, Rig, ask, received, start_whole};
use crate::session::{OPENED, press, recorded, told};
use chairside_observation::{
    Amount, Decimal, Frame, FrameKind, Observation, Reading, Sequence, Timeline, Unit, Vital, What,
};
use chairside_recorder::Heard;
use chairside_wire::{Act, Clinic, Done, FoundPatients, Refusal, ToScreen};

async fn post(rig: &Rig, path: &str, body: &str) -> Answer {
    let origin = format!("http://{}", rig.address);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json")];
    ask(rig, &format!("POST {path}"), &headers, body.as_bytes()).await
}

async fn change(rig: &Rig, role: &str, change: &str) -> Answer {
    let body = format!(r#"{{"by":{{"name":"Lee, Ann","role":"{role}"}},"change":{change}}}"#);
    post(rig, "/api/clinic", &body).await
}

async fn settings(screen: &mut Client) -> Clinic {
    screen.hear_until(|m| if let ToScreen::Clinic { clinic } = m { Some(clinic) } else { None }).await
}

fn sentence(answer: &Answer) -> String {
    serde_json::from_slice::<Refusal>(&answer.body).unwrap().message
}

#[tokio::test]
async fn h10_a_setting_is_on_every_screen_once_it_is_on_disk() {
    let rig = start_whole().await;
    let mut screen = rig.screen().await;
    assert_eq!(settings(&mut screen).await.staff, [], "told at the start");
    let answer = change(&rig, "nurse", r#"{"is":"staff","person":{"name":"Bo","role":"nurse"}}"#).await;
    let done: Done = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, rig.hub.marks(&Timeline::House).1), (200, Sequence(done.recorded)));
    assert_eq!(settings(&mut screen).await.staff[0].name, "Bo");
    let spo2 = r#"{"is":"limit","limit":{"notice":"spo2","on":true,"limits":"lookLow=92 urgentLow=88"}}"#;
    assert_eq!(change(&rig, "lead", spo2).await.status, 200);
    let now = settings(&mut screen).await;
    let limit = now.limits.iter().find(|limit| limit.notice == "spo2").unwrap();
    assert_eq!((limit.on, limit.limits.as_str()), (true, "lookLow=92 urgentLow=88"));
    let mut late = rig.screen().await;
    assert_eq!(settings(&mut late).await, now, "a screen that comes later sees the same");
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_in_words() {
    let rig = start_whole().await;
    let check = async |role: &str, asked: &str, status: u16, code: &str, said: &str| {
        let answer = change(&rig, role, asked).await;
        assert_eq!((answer.status, &*answer.code()), (status, code), "{asked}");
        assert!(sentence(&answer).contains(said), "{}", sentence(&answer));
    };
    let names = r#"{"is":"names","names":"full"}"#;
    check("nurse", names, 409, "not_possible", "can be changed by the lead only").await;
    check("boss", names, 422, "unreadable", "expected nurse, clinician, reviewer, lead").await;
    check("lead", r#"{"is":"templateGone","name":"x"}"#, 409, "not_possible", "there is none of this name").await;
    let limit = r#"{"is":"limit","limit":{"notice":"spo2","on":true,"limits":"lookHigh=99"}}"#;
    check("lead", limit, 409, "not_possible", "has only lookLow urgentLow").await;
    check("lead", r#"{"is":"dose","mg":5}"#, 422, "bad_body", "unknown variant").await;
}

#[tokio::test]
async fn h22_a_patient_is_found_by_a_body_and_never_by_an_address() {
    let rig = start_whole().await;
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    let allergies = r#"{"is":"entry","entry":"allergies","text":"penicillin"}"#;
    recorded(&press(&rig, Some(&format!("1-{opened}")), 2, allergies).await);
    let find = async |text: &str| post(&rig, "/api/patients/find", &format!(r#"{{"text":"{text}"}}"#)).await;
    let answer = find("jane").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let found = serde_json::from_slice::<FoundPatients>(&answer.body).unwrap().found;
    assert_eq!((found.len(), &*found[0].patient.id, found[0].plan.number), (1, "TEST-1", 1));
    assert_eq!((&*found[0].facts[0].entry, &*found[0].facts[0].text), ("allergies", "penicillin"));
    let nobody = serde_json::from_slice::<FoundPatients>(&find("smith").await.body).unwrap();
    assert_eq!(nobody.found, []);
    let short = find("j").await;
    assert_eq!((short.status, &*short.code()), (422, "bad_length"));
    let by_address = ask(&rig, "GET /api/patients/find?text=jane", &[], b"").await;
    assert_eq!((by_address.status, &*by_address.code()), (405, "bad_method"));
}

async fn hear(rig: &Rig, vital: Vital, amount: Amount, unit: Unit) {
    let frame = Frame {
        source: "com3".into(),
        offset: 0,
        received: received(0),
        kind: FrameKind::Understood,
        raw: (*b"row\n").into(),
        key: None,
    };
    let said = vec![What::Reading(Observation::new(vital, Reading::Valid(amount), unit, 0..4))];
    rig.recorder.intake.hear(Heard { frame, said }).recorded().await.unwrap();
}

#[tokio::test]
async fn a_baseline_pressed_without_values_is_taken_by_the_server_and_what_is_due_is_told() {
    let rig = start_whole().await;
    let mut screen = rig.screen().await;
    screen.follow("1", None, 0).await;
    let id = format!("1-{}", recorded(&press(&rig, None, 1, OPENED).await));
    recorded(&press(&rig, Some(&id), 2, r#"{"is":"moved","to":"baseline","reason":""}"#).await);
    let baseline = r#"{"is":"baseline","values":[]}"#;
    let refused = press(&rig, Some(&id), 3, baseline).await;
    assert_eq!((refused.status, &*refused.code()), (409, "not_possible"));
    assert!(sentence(&refused).contains("no cuff reading yet"), "{}", sentence(&refused));
    hear(&rig, Vital::Spo2, Amount::One(Decimal::whole(97)), Unit::Percent).await;
    let part = |value| Some(Decimal::whole(value));
    let pressure = Amount::Pressure { systolic: part(128), diastolic: part(79), mean: part(95) };
    hear(&rig, Vital::Nibp, pressure, Unit::MmHg).await;
    let seq = recorded(&press(&rig, Some(&id), 4, baseline).await);
    recorded(&press(&rig, Some(&id), 5, r#"{"is":"moved","to":"infusing","reason":""}"#).await);
    let session = loop {
        let session = told(&mut screen).await;
        if let Some(session) = session.filter(|session| session.phase == "infusing") {
            break session;
        }
    };
    let Some(Act::Baseline { values }) = session.acts.iter().find(|kept| kept.seq == seq).map(|kept| &kept.act) else {
        panic!("no baseline")
    };
    assert_eq!(*values, session.baseline);
    let digits: Vec<_> = values.iter().map(|value| (value.vital.as_str(), value.values.join("/"))).collect();
    assert_eq!(digits, [("spo2", "97".to_owned()), ("nibp", "128/79/95".into())]);
    let schedule = session.schedule.unwrap();
    let in_minutes =
        |moment: Option<chairside_wire::Moment>| moment.map(|m| (m.wall_us - received(0).wall.0) / 60_000_000);
    assert_eq!((in_minutes(schedule.cuff_due), schedule.cuff_every_s), (Some(10), 600));
    assert_eq!((in_minutes(schedule.assess_due), in_minutes(schedule.planned_end)), (Some(15), Some(40)));
    let mark = &schedule.marks[0];
    assert_eq!(
        (&*mark.mark, mark.seq, mark.values.join("/")),
        ("baseline", values[1].from.map(|from| from.0), "128/79/95".into())
    );
    assert_eq!((&*schedule.marks[1].mark, in_minutes(schedule.marks[1].due)), ("40 min", Some(40)));
}
