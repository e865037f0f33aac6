//! Sessions: pressed over HTTP, seen on every screen that follows the chair.

use crate::rig::{Answer, Client, Rig, ask, received, start_whole};
use chairside_observation::{
    Amount, Context, Decimal, Frame, FrameKind, Measured, Micros, Observation, Reading, Unit, Vital, What,
};
use chairside_recorder::Heard;
use chairside_wire::{Done, FromScreen, Item, Session, ToScreen};
use std::sync::Arc;

pub(crate) const OPENED: &str = r#"{"is":"opened","patient":{"id":"TEST-1","name":"Doe, Jane","born":"1980-02-29","alias":"JD"},
    "plan":{"template":"IV 40 min","number":1,"of":6,"infusionMin":40,"cuffInfusingMin":10,"cuffObservingMin":15,"observeMin":60,"assessFirstMin":15,"assessLaterMin":30}}"#;

pub(crate) async fn press(rig: &Rig, session: Option<&str>, key: u8, act: &str) -> Answer {
    let session = session.map(|id| format!(r#""session":"{id}","#)).unwrap_or_default();
    let body = format!(r#"{{{session}"key":"{key:032x}","by":{{"name":"Ada","role":"nurse"}},"act":{act}}}"#);
    let origin = format!("http://{}", rig.address);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json")];
    ask(rig, "POST /api/chairs/1/session", &headers, body.as_bytes()).await
}

pub(crate) fn recorded(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice::<Done>(&answer.body).unwrap().recorded
}

/// The next word of chair 1's session.
pub(crate) async fn told(screen: &mut Client) -> Option<Box<Session>> {
    let session = |message| match message {
        ToScreen::Session { chair, session, .. } if chair == "1" => Some(session),
        _ => None,
    };
    screen.hear_until(session).await
}

#[tokio::test]
async fn h10_what_is_pressed_is_on_every_screen_once_it_is_on_disk() {
    let rig = start_whole().await;
    let mut screens = [rig.screen().await, rig.screen().await];
    for screen in &mut screens {
        screen.follow("1", None, 0).await;
        assert_eq!(told(screen).await, None, "nobody has the chair");
    }
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    let id = format!("1-{opened}");
    for screen in &mut screens {
        let session = told(screen).await.unwrap();
        assert_eq!((&*session.id, &*session.patient.alias, &*session.phase), (&*id, "JD", "checked in"));
        assert_eq!(
            (session.next.as_slice(), session.started),
            (&["baseline".to_owned(), "cancelled".into()][..], None)
        );
    }
    let entry = r#"{"is":"entry","entry":"sedation","score":5,"text":""}"#;
    let first = recorded(&press(&rig, Some(&id), 2, entry).await);
    assert_eq!(recorded(&press(&rig, Some(&id), 2, entry).await), first, "H19: the same press");
    let session = told(&mut screens[0]).await.unwrap();
    assert_eq!(session.acts.iter().map(|kept| kept.seq).collect::<Vec<_>>(), [opened, first]);
    // A screen that comes later sees the same.
    let mut late = rig.screen().await;
    late.follow("1", None, 0).await;
    assert_eq!(told(&mut late).await.unwrap(), session);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_words() {
    let rig = start_whole().await;
    let moved = r#"{"is":"moved","to":"baseline","reason":""}"#;
    let check = async |session: Option<&str>, act: &str, status: u16, code: &str| {
        let answer = press(&rig, session, 9, act).await;
        assert_eq!((answer.status, &*answer.code()), (status, code), "{act}");
    };
    check(Some("1-1"), moved, 409, "no_session").await;
    check(None, moved, 409, "not_possible").await;
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    let id = format!("1-{opened}");
    check(None, OPENED, 409, "occupied").await;
    check(Some(&id), r#"{"is":"moved","to":"infusing","reason":""}"#, 409, "not_possible").await;
    check(Some(&id), r#"{"is":"moved","to":"asleep","reason":""}"#, 422, "unreadable").await;
    check(Some(&id), r#"{"is":"dose","mg":"5"}"#, 422, "bad_body").await;
}

async fn post(rig: &Rig, path: &str, body: &str) -> Answer {
    let origin = format!("http://{}", rig.address);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json")];
    ask(rig, &format!("POST {path}"), &headers, body.as_bytes()).await
}

/// A cuff reading of chair 1's monitor, received at `second` and measured `ago_s` before.
async fn cuff(rig: &Rig, second: i64, systolic: i64, ago_s: i64, patient: Option<&str>) {
    let part = |n| Some(Decimal::whole(n));
    let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: None };
    let context = Context { patient: patient.map(Into::into), ..Context::default() };
    let observation = Observation {
        measured: Some(Measured::Ago(Micros::from_secs(ago_s))),
        context: Some(Arc::new(context)),
        ..Observation::new(Vital::Nibp, Reading::Valid(amount), Unit::MmHg, 0..4)
    };
    let frame = Frame {
        source: "com3".into(),
        offset: 0,
        received: received(second),
        kind: FrameKind::Understood,
        raw: (*b"row\n").into(),
        key: None,
    };
    rig.recorder.intake.hear(Heard { frame, said: vec![What::Reading(observation)] }).recorded().await.unwrap();
}

fn systolics(items: &[Item]) -> Vec<&str> {
    fn of(item: &Item) -> Option<&str> {
        if let Item::Reading(reading) = item { reading.systolic.as_deref() } else { None }
    }
    items.iter().filter_map(of).collect()
}

/// Cuff readings of the snapshot and of the history a screen that joins now is sent.
async fn joins(rig: &Rig) -> (Vec<String>, Vec<String>) {
    let mut screen = rig.screen().await;
    screen.say(&FromScreen::Follow { chair: "1".into(), after: None, window_s: 3600 }).await;
    let owned = |items: &[Item]| systolics(items).into_iter().map(str::to_owned).collect();
    let latest = screen
        .hear_until(|m| if let ToScreen::Snapshot { latest, .. } = m { Some(owned(&latest)) } else { None })
        .await;
    let history =
        screen.hear_until(|m| if let ToScreen::History { items, .. } = m { Some(owned(&items)) } else { None }).await;
    (latest, history)
}

#[tokio::test]
async fn h02_no_screen_is_sent_what_was_measured_before_the_patient_took_the_chair() {
    let rig = start_whole().await;
    cuff(&rig, -20, 140, 0, None).await;
    assert_eq!(joins(&rig).await, (vec!["140".to_owned()], vec!["140".to_owned()]));
    let opened = recorded(&press(&rig, None, 1, OPENED).await);
    assert_eq!(joins(&rig).await, (vec![], vec![]));
    let mut open = rig.screen().await;
    open.follow("1", None, 0).await;
    told(&mut open).await;
    cuff(&rig, 30, 140, 50, None).await;
    cuff(&rig, 40, 118, 5, None).await;
    let live = open
        .hear_until(|m| {
            let ToScreen::Items { items, .. } = m else { return None };
            systolics(&items).first().map(|first| (*first).to_owned())
        })
        .await;
    assert_eq!(live, "118", "the repeat of what was measured before is not sent");
    assert_eq!(joins(&rig).await, (vec!["118".to_owned()], vec!["118".to_owned()]));
    // She was connected all along: what was measured since then is hers after all.
    let id = format!("1-{opened}");
    let since = received(-20).wall.0;
    recorded(&press(&rig, Some(&id), 2, &format!(r#"{{"is":"claimed","wallUs":{since}}}"#)).await);
    assert_eq!(joins(&rig).await, (vec!["118".to_owned()], vec!["140".to_owned(), "118".to_owned()]), "claimed");
}

#[tokio::test]
async fn h01_a_screen_learns_whose_a_chair_is_before_it_gets_values() {
    let rig = start_whole().await;
    recorded(&press(&rig, None, 1, OPENED).await);
    cuff(&rig, 30, 118, 5, None).await;
    let mut screen = rig.screen().await;
    screen.follow("1", None, 0).await;
    let first =
        screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. } | ToScreen::Session { .. }).then_some(m)).await;
    // It may have kept the name of whoever had the chair when its connection broke.
    assert!(matches!(first, ToScreen::Session { session: Some(_), .. }), "{first:?}");
}

#[tokio::test]
async fn h01_screens_are_told_what_a_feed_says_and_a_person_may_accept_it() {
    let rig = start_whole().await;
    let mut screen = rig.screen().await;
    screen.follow("1", None, 0).await;
    told(&mut screen).await;
    let id = format!("1-{}", recorded(&press(&rig, None, 1, OPENED).await));
    told(&mut screen).await;
    cuff(&rig, 10, 140, 1, Some("OTHER^^^H")).await;
    let session = told(&mut screen).await.unwrap();
    let feed = &session.feeds[0];
    assert_eq!(
        (&*feed.source, &*feed.says, &*feed.patient, feed.withheld),
        ("com3", "patient", "OTHER^^^H", 1),
        "{:?}",
        session.feeds
    );
    let accepted =
        r#"{"is":"accepted","source":"com3","bed":"","patient":"OTHER^^^H","device":"","reason":"asked her"}"#;
    recorded(&press(&rig, Some(&id), 2, accepted).await);
    assert_eq!(told(&mut screen).await.unwrap().feeds[0].says, "accepted");
    cuff(&rig, 20, 141, 1, Some("OTHER^^^H")).await;
    assert_eq!(joins(&rig).await.0, ["141"]);
}

#[tokio::test]
async fn h20_a_late_start_and_a_cleared_chair_go_over_the_wire() {
    let rig = start_whole().await;
    let clear = r#"{"by":{"name":"Ada","role":"nurse"}}"#;
    cuff(&rig, -20, 140, 0, None).await;
    recorded(&post(&rig, "/api/chairs/1/clear", clear).await);
    let mut screen = rig.screen().await;
    screen.follow("1", None, 0).await;
    let cleared = |m| if let ToScreen::Session { session, cleared, .. } = m { Some((session, cleared)) } else { None };
    assert_eq!(screen.hear_until(cleared).await, (None, true));
    let id = format!("1-{}", recorded(&press(&rig, None, 1, OPENED).await));
    let (_, is_cleared) = screen.hear_until(cleared).await;
    assert!(!is_cleared);
    let since = received(-20).wall.0;
    let refused = press(&rig, Some(&id), 2, &format!(r#"{{"is":"claimed","wallUs":{since}}}"#)).await;
    let said = String::from_utf8_lossy(&refused.body).into_owned();
    assert_eq!((refused.status, &*refused.code()), (409, "not_possible"));
    assert!(said.contains("the chair was somebody else's until 08:00:00; claim from then on"), "{said}");
    for (path, body, status, code) in [
        ("/api/chairs/1/clear", clear, 409, "occupied"),
        ("/api/chairs/9/clear", clear, 404, "no_chair"),
        ("/api/chairs/2/clear", r#"{"by":{"name":" ","role":"nurse"}}"#, 409, "not_possible"),
        ("/api/chairs/2/clear", r#"{"by":{"name":"Ada","role":"boss"}}"#, 422, "unreadable"),
        ("/api/chairs/2/clear", "{}", 422, "bad_body"),
    ] {
        let answer = post(&rig, path, body).await;
        assert_eq!((answer.status, &*answer.code()), (status, code), "{path} {body}");
    }
}
