//! Sessions: pressed over HTTP, seen on every screen that follows the chair.

use crate::rig::{Answer, Client, Rig, ask, start_whole};
use chairside_wire::{Done, Session, ToScreen};

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
