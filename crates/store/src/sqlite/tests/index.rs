//! The index of sessions says what the deeds say.

use super::*;
use crate::index::{all, pick, spelled};
use crate::{Find, Found, Stands, find_session};
use chairside_observation::session::{About, Act, ActKey, Done, EntryKind, Finding, Patient, TypedVital};
use chairside_observation::{Limits, NoticeKind, NoticeLevel, NoticeState, Noticed};

pub(super) fn ada() -> Person {
    Person { name: "Ada".into(), role: Role::Reviewer }
}

/// Writes deeds of a chair one after the other.
pub(crate) struct Chair {
    pub(super) timeline: Timeline,
    pub(super) next: u64,
    pub(super) batches: Vec<Arc<Batch>>,
}

impl Chair {
    pub(super) fn new(id: &str) -> Self {
        Self { timeline: Timeline::Chair(id.into()), next: 1, batches: Vec::new() }
    }

    pub(super) fn deed(&mut self, second: i64, deed: Deed) -> u64 {
        self.batches.push(deed_batch(&self.timeline, self.next, second, deed));
        self.next += 1;
        self.next - 1
    }

    pub(super) fn act(&mut self, second: i64, session: &str, late: bool, act: Act) -> u64 {
        let about = late.then(|| About { wall: at(second - 30).wall, late });
        let key = ActKey(u128::from(self.next));
        self.deed(second, Deed::Session(Box::new(Done { session: session.into(), by: ada(), key, about, act })))
    }

    pub(super) fn session(&mut self, second: i64, name: &str, planned: bool) -> String {
        let Timeline::Chair(chair) = self.timeline.clone() else { unreachable!() };
        let id = format!("{chair}-{}", self.next);
        let Act::Opened { plan, .. } = story::opened("x", planned) else { unreachable!() };
        let patient = Patient {
            id: format!("N{}", name.len()).into(),
            name: name.into(),
            born: "1970-01-02".into(),
            alias: "A".into(),
        };
        self.act(second, &id, false, Act::Opened { patient, plan, planned });
        id
    }

    pub(super) fn way(&mut self, second: i64, session: &str, way: &[Phase]) {
        for (n, to) in (0..).zip(way) {
            self.act(second + n, session, false, story::moved(*to));
        }
    }
}

pub(super) const WHOLE: [Phase; 5] =
    [Phase::Baseline, Phase::Infusing, Phase::Observing, Phase::Ready, Phase::Discharged];

pub(super) fn text(text: &str) -> Box<str> {
    text.into()
}

fn noticed(session: &str) -> Deed {
    Deed::Noticed(Box::new(Noticed {
        session: session.into(),
        kind: NoticeKind::Spo2,
        state: NoticeState::Stands(NoticeLevel::Look),
        value: "93".into(),
        limit: "94".into(),
        limits: Limits::parse("lookLow=94").unwrap(),
        own: false,
        about: None,
        since: at(0).wall,
        unwritten: 0,
    }))
}

/// Two chairs with sessions of every kind, and things done in one that was over long before.
async fn filled(log: &SqliteLog) -> String {
    let mut one = Chair::new("1");
    let first = one.session(1, "Müller, Zoë", false);
    one.batches.push(Arc::new(Batch { frame: None, entries: vec![link(&one.timeline, one.next, LinkState::Silent)] }));
    one.next += 1;
    one.act(3, &first, true, Act::Entry { kind: EntryKind::Nausea, score: Some(2), text: text("") });
    let value = TypedVital { vital: Vital::Spo2, values: vec![Decimal::whole(97)] };
    let typed = one.act(4, &first, false, Act::Typed { values: vec![value] });
    one.act(5, &first, false, Act::Undo { of: Sequence(typed), reason: text("of another") });
    one.act(5, &first, false, Act::Entry { kind: EntryKind::Allergies, score: None, text: text("latex") });
    one.deed(6, noticed(&first));
    one.way(7, &first, &WHOLE);
    let second = one.session(20, "Łukasz O'Neil 50%_", false);
    one.act(21, &first, false, Act::Addendum { text: text("called") });
    let signature =
        Act::Signed { meaning: text("read"), digest: [1; 32], key: [2; 32], signature: [3; 64], summary: text("") };
    one.act(22, &first, false, signature);
    one.way(23, &second, &[Phase::Baseline, Phase::Infusing]);
    one.act(26, &second, false, Act::Moved { to: Phase::Observing, reason: text("vomited") });
    let mut two = Chair::new("2");
    let third = two.session(40, "Muller, Ann", true);
    two.way(41, &third, &[Phase::Cancelled]);
    let fourth = two.session(50, "Muller, Ann", true);
    two.way(51, &fourth, &[Phase::CheckedIn]);
    for chair in [one, two] {
        log.append(&chair.batches).await.unwrap();
    }
    first
}

fn link(timeline: &Timeline, sequence: u64, state: LinkState) -> Entry {
    let link = Link { source: "s".into(), state, reason: "nothing came".into() };
    let source = Some("s".into());
    Entry {
        timeline: timeline.clone(),
        sequence: Sequence(sequence),
        received: at(2),
        age: Micros(0),
        source,
        what: What::Link(link),
    }
}

fn asks() -> Vec<Find> {
    let ask = Find { limit: 50, ..Find::default() };
    let mut asks = vec![
        ask.clone(),
        Find { limit: 1, ..ask.clone() },
        Find { after: Some("2-2".into()), limit: 2, ..ask.clone() },
        Find { after: Some("1-1".into()), ..ask.clone() },
        Find { chair: Some("2".into()), ..ask.clone() },
        Find { patient: Some("N11".into()), ..ask.clone() },
        Find { from: Some(at(20).wall), to: Some(at(41).wall), ..ask.clone() },
    ];
    for parts in [&["MULLER"][..], &["müller", "ann"], &["1970-01"], &["%"], &["_"], &["o'neil"], &["nobody"]] {
        asks.push(Find { parts: parts.iter().map(|part| spelled(part)).collect(), ..ask.clone() });
    }
    for state in [Stands::Open, Stands::Over, Stands::Unsigned, Stands::Signed, Stands::Cancelled] {
        asks.push(Find { state: Some(state), ..ask.clone() });
    }
    for finding in Finding::ALL {
        asks.push(Find { has: [*finding].into_iter().collect(), ..ask.clone() });
    }
    asks.push(Find { has: [Finding::Late, Finding::Addendum].into_iter().collect(), ..ask });
    asks
}

async fn answers(log: &SqliteLog) -> Vec<Found> {
    let mut found = Vec::new();
    for ask in asks() {
        found.push(log.find(&ask).await.unwrap());
    }
    found
}

#[tokio::test]
async fn sessions_are_found_by_what_their_deeds_say() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let first = filled(&log).await;
    let found = answers(&log).await;
    let lines = all(&log).await.unwrap();
    assert_eq!(lines.len(), 4);
    for (ask, found) in asks().iter().zip(&found) {
        assert_eq!(*found, pick(lines.clone(), ask), "{ask:?}");
    }
    let ids = |found: &Found| found.lines.iter().map(|line| line.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&found[0]), ["2-3", "2-1", "1-13", "1-1"]);
    assert_eq!((ids(&found[1]), found[1].more, found[1].total), (vec!["2-3".to_owned()], true, 4));
    let whole = found[0].lines.last().unwrap();
    assert_eq!(
        whole.has.iter().map(Finding::word).collect::<Vec<_>>(),
        ["late", "gap", "limit", "addendum", "corrected"]
    );
    assert_eq!(whole.signed, Some((text("Ada"), at(22).wall)));
    assert_eq!(whole.facts, [(EntryKind::Allergies, text("latex"))]);
    let (chair, session) = find_session(&log, &first.as_str().into()).await.unwrap().unwrap();
    assert_eq!((chair.as_str(), session.acts.len(), session.phase), ("1", 12, Phase::Discharged));
    assert_eq!(session.through, Some(Sequence(12)), "what was done later does not stretch her span");
    assert!(find_session(&log, &"1-999".into()).await.unwrap().is_none());
}

#[tokio::test]
async fn an_index_that_is_missing_or_of_another_version_is_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    filled(&log).await;
    let expected = answers(&log).await;
    log.close().await.unwrap();
    for spoil in [
        "UPDATE _session_index SET version = 0; UPDATE _session SET spelled = 'x', has = 0",
        "DELETE FROM _session_index; DELETE FROM _session_deed; DELETE FROM _session",
    ] {
        let mut conn = SqliteConnectOptions::new().filename(folder.path().join("log.db")).connect().await.unwrap();
        sqlx::raw_sql(spoil).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let log = open(&folder).await;
        assert_eq!(answers(&log).await, expected, "{spoil}");
        let broken = log.verify().await.unwrap().broken;
        assert!(
            broken.iter().all(|sentence| sentence.starts_with("the seal of session 1-1")),
            "it is no part of the record"
        );
        log.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_chair_is_known_from_its_last_sessions_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    filled(&log).await;
    for (chair, after) in [("1", 0), ("2", 2), ("3", 0)] {
        assert_eq!(log.replay_after(&chair.into()).await.unwrap(), Sequence(after), "{chair}");
    }
}
