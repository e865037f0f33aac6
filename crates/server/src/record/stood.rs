//! What a screen at the chair was told beside the values, as it stood at each moment: for playing a record again.

use super::{Kept, kept, packed};
use crate::App;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use chairside_export::Record;
use chairside_export::limit::{LimitNotice, Step};
use chairside_observation::session::{Cuffs, Person, Session};
use chairside_observation::{
    Deed, Entry, Micros, NoticeKind, NoticeLevel, Past, Received, Sequence, Timeline, Vital, What,
};
use chairside_store::StoreError;
use chairside_wire::{Limit, LimitNotice as Shown, Schedule, SessionStood, StoodLimits, StoodNotices, StoodSchedule};

/// Cuff readings asked for at once: more than a session has.
const PAGE: usize = 1000;

/// `GET /api/sessions/{id}/stood`.
pub(crate) async fn stood(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    let found = kept(&app, &id).await?;
    let cuffs = cuffs(&app, &found).await.map_err(Refused::LogUnreadable)?;
    let (past, has_limits) = (app.desk.past(), app.notices.is_some());
    let made = tokio::task::spawn_blocking(move || {
        // The acts, notices and looks alone: no value is needed for what stood beside them.
        let record = Record::new("", found.session.clone(), &found.deeds, "");
        let answer = SessionStood {
            schedules: schedules(&found.session, &found.deeds, &cuffs),
            limits: limits(&record, &past),
            has_limits,
            notices: notices(&record.limits),
        };
        packed(&headers, &answer)
    });
    made.await.map_err(|_| Refused::Internal)?
}

/// The readings of cuffs within the session's span.
async fn cuffs(app: &App, found: &Kept) -> Result<Vec<Entry>, StoreError> {
    let timeline = Timeline::Chair(found.chair.clone());
    let (mut all, mut after) = (Vec::new(), Sequence(found.session.from.0.saturating_sub(1)));
    loop {
        let page = app.log.readings(&timeline, Vital::Nibp, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.sequence;
        let over = page.len() < PAGE || found.session.through.is_some_and(|through| after >= through);
        all.extend(page.into_iter().filter(|entry| found.session.holds(entry)));
        if over {
            return Ok(all);
        }
    }
}

/// What was due, each time that changed: the session as far as it had gone, with the cuff readings that had come.
fn schedules(session: &Session, deeds: &[Entry], cuffs: &[Entry]) -> Vec<StoodSchedule> {
    let mut events: Vec<&Entry> = deeds.iter().chain(cuffs).collect();
    events.sort_by_key(|entry| entry.sequence);
    let (mut so_far, mut heard): (Option<Session>, _) = (None, Cuffs::default());
    let mut all: Vec<StoodSchedule> = Vec::new();
    for entry in events {
        match &entry.what {
            What::Deed(Deed::Session(done)) if done.session == session.id => match &mut so_far {
                None => so_far = Session::open(entry.sequence, entry.received, (**done).clone()),
                Some(so_far) => so_far.apply(entry.sequence, entry.received, (**done).clone()),
            },
            What::Reading(_) if heard.hear(entry) => {}
            _ => continue,
        }
        let schedule = so_far.as_ref().and_then(|so_far| so_far.schedule(&heard)).as_ref().map(Schedule::from);
        let before = all.last().and_then(|last| last.schedule.as_ref());
        if before != schedule.as_ref() {
            all.push(StoodSchedule { at_us: entry.received.wall.0, schedule });
        }
    }
    all
}

/// The clinic's limits when the session began, and each time one was set in it.
fn limits(record: &Record, past: &Past) -> Vec<StoodLimits> {
    let (begin, end) = (record.begin().wall, record.end.wall);
    let at = |at: Micros| StoodLimits {
        at_us: at.0,
        limits: NoticeKind::ALL.iter().map(|kind| Limit::from(&past.limit(*kind, at))).collect(),
    };
    std::iter::once(begin).chain(past.limits_set(begin, end)).map(at).collect()
}

/// The clinic's notices that stood, each time they changed.
fn notices(raised: &[LimitNotice]) -> Vec<StoodNotices> {
    let seen = |notice: &LimitNotice| {
        let quiet = |at: &Received| level_at(notice, at.wall).map(|level| at.wall + level.quiet());
        notice.seen.iter().flat_map(move |(at, _)| [Some(at.wall), quiet(at)]).flatten().collect::<Vec<_>>()
    };
    let mut moments: Vec<Micros> = Vec::new();
    for notice in raised {
        moments.extend(notice.steps.iter().map(|step| step.at.wall));
        moments.extend(notice.cleared.map(|over| over.at.wall));
        moments.extend(seen(notice));
    }
    moments.sort_unstable();
    moments.dedup();
    let mut all: Vec<StoodNotices> = Vec::new();
    for at in moments {
        let notices: Vec<Shown> = raised.iter().filter_map(|notice| shown(notice, at)).collect();
        if all.last().map_or(!notices.is_empty(), |before| before.notices != notices) {
            all.push(StoodNotices { at_us: at.0, notices });
        }
    }
    all
}

/// The step a notice had come to, and since when it was that bad; `None` before it was raised and once it is over.
fn step_at(notice: &LimitNotice, at: Micros) -> Option<(&Step, Received)> {
    if notice.cleared.is_some_and(|over| over.at.wall <= at) {
        return None;
    }
    let mut since = notice.raised.before(notice.raised.wall - notice.since);
    let mut stood: Option<&Step> = None;
    for step in notice.steps.iter().take_while(|step| step.at.wall <= at) {
        if stood.is_some_and(|before| before.level < step.level) {
            since = step.at;
        }
        stood = Some(step);
    }
    stood.map(|step| (step, since))
}

fn level_at(notice: &LimitNotice, at: Micros) -> Option<NoticeLevel> {
    step_at(notice, at).map(|(step, _)| step.level)
}

/// The notice as a screen showed it.
fn shown(notice: &LimitNotice, at: Micros) -> Option<Shown> {
    let (step, since) = step_at(notice, at)?;
    // Whoever saw the milder one has not seen the worse one, and what was seen is quiet for a while only.
    let quiet = |(seen, by): &(Received, Person)| {
        let until = seen.after(level_at(notice, seen.wall)?.quiet());
        let counts = seen.wall <= at && seen.wall >= since.wall && at < until.wall;
        counts.then(|| (by.into(), until.into()))
    };
    let (seen_by, quiet_until) = notice.seen.iter().rev().find_map(quiet).unzip();
    Some(Shown {
        notice: notice.kind.word().to_owned(),
        level: step.level.word().to_owned(),
        value: step.value.to_string(),
        limit: step.limit.to_string(),
        since: since.into(),
        seen_by,
        quiet_until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_export::limit::Cleared;
    use chairside_observation::session::Role;
    use chairside_observation::{Limits, NoticeEnd};

    fn at(second: i64) -> Received {
        Received { mono: Micros::from_secs(second + 50), wall: Micros::from_secs(second) }
    }

    fn step(second: i64, level: NoticeLevel, value: &str) -> Step {
        Step { sequence: Sequence(1), at: at(second), level, value: value.into(), limit: "94".into() }
    }

    #[test]
    fn h13_notices_stand_as_a_screen_showed_them_and_what_was_seen_is_loud_again_after_its_time() {
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let notice = LimitNotice {
            sequence: Sequence(1),
            kind: NoticeKind::Spo2,
            raised: at(100),
            since: at(85).wall,
            steps: vec![step(100, NoticeLevel::Look, "93"), step(200, NoticeLevel::Urgent, "88")],
            limits: Limits::default(),
            own: false,
            about: None,
            cleared: Some(Cleared { sequence: Sequence(9), at: at(900), why: NoticeEnd::Within }),
            seen: vec![(at(150), by.clone()), (at(210), by)],
            unwritten: 0,
        };
        let told: Vec<_> = notices(&[notice])
            .into_iter()
            .map(|stood| {
                let say = |it: &Shown| {
                    let seen = if it.seen_by.is_some() { " seen" } else { "" };
                    format!("{} {}{seen} since {}", it.level, it.value, it.since.wall_us / 1_000_000)
                };
                (stood.at_us / 1_000_000, stood.notices.iter().map(say).collect::<Vec<_>>().join("; "))
            })
            .collect();
        let expected = [
            (100, "look 93 since 85"),
            (150, "look 93 seen since 85"),
            (200, "urgent 88 since 200"),
            (210, "urgent 88 seen since 200"),
            (330, "urgent 88 since 200"),
            (900, ""),
        ];
        assert_eq!(told, expected.map(|(second, says)| (second, says.to_owned())));
    }
}
