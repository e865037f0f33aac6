#[path = "../../../tls/tests/common/mod.rs"]
mod certificates;

use super::*;
use certificates::{Ca, Wish, now_s};
use chairside_tls::{Accept, Keeper, Place, Reach};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use tempfile::TempDir;

/// What the EHR of a test does with one message, one for each in turn.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// Answers with this code.
    Says(&'static str),
    /// Answers to another message first, then with `AA`.
    SaysAfterAnother,
    /// Takes the message and never answers.
    Sleeps,
    /// Takes the message and closes.
    Closes,
}

/// An EHR that does what it is told and tells the ids it was sent.
struct Fake {
    to: String,
    heard: Receiver<String>,
}

impl Fake {
    fn new(script: &'static [Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let to = listener.local_addr().expect("an address").to_string();
        let (tell, heard) = channel();
        std::thread::spawn(move || fake(&listener, script, &tell));
        Self { to, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.try_iter().collect()
    }
}

fn fake(listener: &TcpListener, script: &[Does], tell: &Sender<String>) {
    let mut script = script.iter();
    // Connections it went to sleep on stay open.
    let mut asleep = Vec::new();
    'connections: for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        while let Some(message) = frame(&mut stream) {
            let id = control_id(&message);
            tell.send(id.clone()).expect("the test listens");
            let answer = |code: &str, id: &str| format!("\u{b}MSH|^~\\&|EHR\rMSA|{code}|{id}|because\r\u{1c}\r");
            match script.next().expect("no further message is expected") {
                Does::Says(code) => stream.write_all(answer(code, &id).as_bytes()).expect("sent"),
                Does::SaysAfterAnother => {
                    stream.write_all((answer("AR", "OTHER") + &answer("AA", &id)).as_bytes()).expect("sent");
                }
                Does::Sleeps => {
                    asleep.push(stream);
                    continue 'connections;
                }
                Does::Closes => continue 'connections,
            }
        }
    }
}

fn frame(stream: &mut impl Read) -> Option<Vec<u8>> {
    let (mut heard, mut byte) = (Vec::new(), [0]);
    while !heard.ends_with(&[0x1c, 0x0d]) {
        stream.read_exact(&mut byte).ok()?;
        heard.push(byte[0]);
    }
    assert_eq!(heard.first(), Some(&0x0b), "a frame begins with VT");
    Some(heard[1..heard.len() - 2].to_vec())
}

fn message(id: &str) -> Vec<u8> {
    of_kind("ORU^R01", id)
}

fn of_kind(kind: &str, id: &str) -> Vec<u8> {
    format!("MSH|^~\\&|CHAIRSIDE||||20260302||{kind}|{id}|P|2.5.1\rPID|1\r").into_bytes()
}

const PACE: Pace = Pace {
    first: Duration::from_millis(1),
    most: Duration::from_millis(4),
    patience: Duration::from_millis(300),
    tries: 3,
};

fn plain(at: &str) -> To {
    To { at: at.to_owned(), tls: None }
}

struct Rig {
    folder: TempDir,
    ehr: Ehr,
    tries: Tries,
}

impl Rig {
    /// With these messages in the queue, in this order.
    fn new(ids: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ehr = Ehr::open(folder.path(), crate::clock::system()).expect("a queue");
        for (n, id) in (1..).zip(ids) {
            ehr.put(&format!("1-{n}"), Micros(n), &[message(id)]).expect("put");
        }
        Self { folder, ehr, tries: Tries::default() }
    }

    fn send(&mut self, to: &str) -> Result<(), String> {
        self.send_to(&plain(to))
    }

    fn send_to(&mut self, to: &To) -> Result<(), String> {
        self.ehr.send(to, PACE, &mut self.tries)
    }

    /// As after a crash.
    fn again(&mut self) {
        self.ehr = Ehr::open(self.folder.path(), crate::clock::system()).expect("a queue");
    }
}

#[test]
fn messages_go_in_the_order_of_their_signatures_one_after_the_other() {
    let fake = Fake::new(&[Does::Says("AA"), Does::Says("CA"), Does::SaysAfterAnother]);
    let mut rig = Rig::new(&["A1", "A2", "A3"]);
    assert_eq!(rig.ehr.status().waiting, 3);
    assert_eq!(rig.send(&fake.to), Ok(()));
    assert_eq!(fake.heard(), ["A1", "A2", "A3"]);
    let status = rig.ehr.status();
    let last = status.last_sent.as_ref().map(|(session, kind, _)| (session.as_str(), kind.as_str()));
    assert_eq!((status.waiting, status.sent, last), (0, 3, Some(("1-3", "ORU^R01"))));
}

#[test]
fn an_ehr_that_is_down_keeps_the_message_waiting_and_says_why() {
    let mut rig = Rig::new(&["A1"]);
    // A port that was free a moment ago.
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    let why = rig.send(&gone).expect_err("it is down");
    assert!(why.contains(&format!("{gone} cannot be reached")), "{why}");
    assert!(rig.send(&gone).is_err());
    let page = rig.ehr.page(&plain(&gone));
    let waits: Vec<_> = page.waiting.iter().map(|it| (&*it.session, &*it.kind, it.since_wall_us)).collect();
    assert_eq!((waits, page.waiting_all, page.tries), (vec![("1-1", "ORU^R01", 1)], 1, 2));
    assert_eq!((page.trouble, page.way.map(|way| way.to)), (Some(why), Some(gone)));
}

#[test]
fn an_ehr_that_is_slow_or_closes_gets_the_same_message_again_also_after_a_crash() {
    let fake = Fake::new(&[Does::Sleeps, Does::Closes, Does::Says("AA")]);
    let mut rig = Rig::new(&["A1"]);
    let why = rig.send(&fake.to).expect_err("no answer");
    assert!(why.contains("gave no answer in time"), "{why}");
    rig.again();
    let why = rig.send(&fake.to).expect_err("closed");
    assert!(why.contains("closed the connection before it answered"), "{why}");
    rig.again();
    assert_eq!(rig.send(&fake.to), Ok(()));
    assert_eq!(fake.heard(), ["A1", "A1", "A1"], "h19: the same id each time");
    assert_eq!((rig.ehr.status().waiting, rig.ehr.status().sent), (0, 1));
}

#[test]
fn h19_what_was_added_after_the_signature_waits_like_the_report_itself() {
    let fake = Fake::new(&[Does::Says("AA"), Does::Sleeps, Does::Closes, Does::Says("AE"), Does::Says("AA")]);
    let mut rig = Rig::new(&[]);
    rig.ehr.put("1-1", Micros(1), &[of_kind("MDM^T02^MDM_T02", "T02")]).expect("put");
    rig.ehr.put("1-1", Micros(2), &[of_kind("MDM^T10^MDM_T02", "T10")]).expect("put");
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    for (to, why) in [
        (&gone, "cannot be reached"),
        (&fake.to, "gave no answer in time"),
        (&fake.to, "closed the connection before it answered"),
        (&fake.to, "answered AE: because"),
    ] {
        let found = rig.send(to).expect_err(why);
        assert!(found.contains(why), "{why:?} is not in {found:?}");
        let page = rig.ehr.page(&plain(to));
        let last = page.waiting.last().map(|it| (&*it.session, &*it.kind));
        assert_eq!((last, page.trouble), (Some(("1-1", "MDM^T10")), Some(found)));
        rig.again();
    }
    assert_eq!(rig.send(&fake.to), Ok(()));
    assert_eq!(fake.heard(), ["T02", "T10", "T10", "T10", "T10"], "the same id each time, behind its report");
    let status = rig.ehr.status();
    let last = status.last_sent.as_ref().map(|(session, kind, _)| (session.as_str(), kind.as_str()));
    assert_eq!((status.waiting, last), (0, Some(("1-1", "MDM^T10"))));
}

#[test]
fn what_the_ehr_cannot_take_this_time_is_tried_again_and_then_put_aside() {
    let fake = Fake::new(&[Does::Says("AE"), Does::Says("CE"), Does::Says("AE"), Does::Says("AA")]);
    let mut rig = Rig::new(&["A1", "A2"]);
    for code in ["AE", "CE"] {
        let why = rig.send(&fake.to).expect_err("not this time");
        assert!(why.ends_with(&format!("answered {code}: because")), "{why}");
        assert_eq!(rig.ehr.status().waiting, 2, "nobody overtakes");
    }
    assert_eq!(rig.send(&fake.to), Ok(()));
    assert_eq!(fake.heard(), ["A1", "A1", "A1", "A2"]);
    let Status { waiting, sent, refused, .. } = rig.ehr.status();
    assert_eq!((waiting, sent), (0, 1));
    assert_eq!(refused, [("00000000000000001-1-1-00".to_owned(), "AE: because".to_owned())]);
}

#[test]
fn what_the_ehr_refuses_stops_nobody_behind_it_and_can_be_sent_again_by_hand() {
    let fake = Fake::new(&[Does::Says("AR"), Does::Says("CR"), Does::Says("AA"), Does::Says("AA")]);
    let mut rig = Rig::new(&["A1", "A2", "A3"]);
    assert_eq!(rig.send(&fake.to), Ok(()));
    let refused: Vec<_> = rig.ehr.status().refused.into_iter().map(|(_, why)| why).collect();
    assert_eq!((fake.heard().len(), refused), (3, vec!["AR: because".to_owned(), "CR: because".to_owned()]));
    let name = "00000000000000001-1-1-00.hl7";
    std::fs::rename(rig.folder.path().join("refused").join(name), rig.folder.path().join("waiting").join(name))
        .expect("moved");
    assert_eq!(rig.send(&fake.to), Ok(()));
    assert_eq!(fake.heard(), ["A1"]);
    assert_eq!(rig.ehr.status().refused.len(), 1);
    let page = rig.ehr.page(&plain(&fake.to));
    let refused: Vec<_> = page.refused.iter().map(|it| (&*it.session, &*it.kind, &*it.why)).collect();
    assert_eq!(refused, [("1-2", "ORU^R01", "CR: because")]);
}

#[test]
fn half_of_what_a_session_says_is_put_in_whole_after_a_crash() {
    let mut rig = Rig::new(&[]);
    rig.ehr.put("1-1", Micros(1), &[message("A1"), message("A2")]).expect("put");
    // What a crash between the two would have left.
    std::fs::remove_file(rig.folder.path().join("waiting/00000000000000001-1-1-00.hl7")).expect("removed");
    rig.again();
    assert!(!rig.ehr.knows("1-1", Micros(1)));
    rig.ehr.put("1-1", Micros(1), &[message("A1"), message("A2")]).expect("put");
    assert!(rig.ehr.knows("1-1", Micros(1)));
    assert_eq!(rig.ehr.status().waiting, 2);
}

#[test]
fn h19_a_session_that_was_sent_is_known_for_ever_and_half_a_message_never_was_one() {
    let fake = Fake::new(&[Does::Says("AA")]);
    let mut rig = Rig::new(&["A1"]);
    assert_eq!(rig.send(&fake.to), Ok(()));
    std::fs::write(rig.folder.path().join("waiting/00000000000000002-1-2-00.part"), "MSH|half").expect("written");
    rig.again();
    assert!(rig.ehr.knows("1-1", Micros(1)) && !rig.ehr.knows("1-2", Micros(2)) && !rig.ehr.knows("1-1", Micros(2)));
    rig.ehr.put("1-1", Micros(1), &[message("A1")]).expect("put");
    assert_eq!(rig.ehr.status().waiting, 0);
}

#[test]
fn the_sender_tries_again_by_itself_until_the_ehr_is_back() {
    let fake = Fake::new(&[Does::Closes, Does::Says("AE"), Does::Closes, Does::Says("AA")]);
    let rig = Rig::new(&["A1"]);
    let (wake, woken) = channel::<()>();
    let (ehr, to) = (rig.ehr.clone(), plain(&fake.to));
    let there = to.clone();
    let sender = std::thread::spawn(move || ehr.run(&there, PACE, &woken));
    for _ in 0..4 {
        assert_eq!(fake.heard.recv().as_deref(), Ok("A1"));
    }
    drop(wake);
    sender.join().expect("it ends when the program does");
    let page = rig.ehr.page(&to);
    assert_eq!((page.sent, page.waiting_all, page.tries, page.trouble, page.next_wall_us), (1, 0, 0, None, None));
}

/// An EHR that shows that certificate, takes clients of that authority named `chairside`, and says yes; its address, and
/// what it heard.
fn secure_ehr((certificate, key): (PathBuf, PathBuf), clients: &Path) -> (String, Receiver<String>) {
    let keeper = Keeper::open(Place::Given { certificate, key }, now_s()).expect("a certificate");
    let accept = Accept::listed(keeper.shown(), clients, &["chairside".into()]).expect("an authority");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to = listener.local_addr().expect("an address").to_string();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = rustls::ServerConnection::new(accept.config()).expect("a session");
            let mut stream = rustls::StreamOwned::new(session, stream.expect("a connection"));
            while let Some(message) = frame(&mut stream) {
                let id = control_id(&message);
                let _ = tell.send(id.clone());
                let _ = stream.write_all(format!("\u{b}MSH|^~\\&|EHR\rMSA|AA|{id}\r\u{1c}\r").as_bytes());
                let _ = stream.flush();
            }
        }
    });
    (to, heard)
}

#[test]
fn s03_a_record_goes_over_tls_only_to_an_ehr_whose_certificate_is_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let (at, ca) = (folder.path(), Ca::new("clinic"));
    let root = ca.file(at, "root.crt");
    let (certificate, key) = ca.issue(at, "us", Wish::of("chairside", &[]));
    let us = Keeper::open(Place::Given { certificate, key }, now_s()).expect("a certificate");
    let here = Wish::of("ehr", &["127.0.0.1"]);
    let expired = Wish { days: (-9, -1), ..here };
    let table = [
        (ca.issue(at, "right", here), None),
        (Ca::new("clinic").issue(at, "stranger", here), Some("its certificate is not accepted")),
        (ca.issue(at, "expired", expired), Some("certificate expired")),
        (ca.issue(at, "name", Wish::of("127.0.0.1", &["127.0.0.9"])), Some("not valid for name")),
    ];
    for (shown, expected) in table {
        let (ehr, heard) = secure_ehr(shown, &root);
        let mut rig = Rig::new(&["A1"]);
        let to = To { at: ehr, tls: Some(Reach::new(&root, Some(us.shown())).expect("an authority")) };
        let sent = rig.send_to(&to);
        assert_eq!(heard.try_iter().count(), usize::from(expected.is_none()), "{expected:?}");
        match (sent, expected) {
            (Ok(()), None) => assert_eq!(rig.ehr.status().sent, 1),
            (Err(why), Some(part)) => {
                assert!(why.contains("over TLS: ") && why.contains(part), "{part:?} is not in {why:?}");
                assert_eq!(rig.ehr.status().waiting, 1, "it waits for the right one");
            }
            other => panic!("{other:?}"),
        }
    }
    // Without a certificate of ours the EHR does not take it, and a server without TLS gets nothing at all.
    let (ehr, heard) = secure_ehr(ca.issue(at, "again", here), &root);
    let tls = Some(Reach::new(&root, None).expect("an authority"));
    assert!(Rig::new(&["A2"]).send_to(&To { at: ehr, tls: tls.clone() }).is_err());
    assert_eq!(heard.try_iter().count(), 0);
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to = To { at: mute.local_addr().expect("an address").to_string(), tls };
    let why = Rig::new(&["A3"]).send_to(&to).expect_err("no handshake");
    assert!(why.contains("over TLS: "), "{why}");
}
