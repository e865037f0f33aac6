//! The audit, searched: who saw, entered, changed, exported, came in or was refused. Never what was entered.

use super::Caller;
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use chairside_access::Right;
use chairside_observation::session::{NAME_MAX, SessionId};
use chairside_observation::{AccessKind, Deed, Entry, Micros, Sequence, Timeline, What};
use chairside_store::{Find, fold};
use chairside_wire::{AuditPage, AuditRow, FindAudit, Unreadable};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a page, where none are asked for.
const ROWS: u16 = 50;
/// Most rows of a page.
const ROWS_MAX: u16 = 200;
/// The log is read backwards so much at a time.
const STEP: Micros = Micros::from_secs(24 * 3_600);
/// Days one request reads: the next one goes on from there.
const STEPS_MAX: usize = 31;
/// Deeds read at once.
const DEEDS: usize = 1_000;
/// Sessions of one patient that are looked for.
const SESSIONS_MAX: usize = 200;

/// `POST /api/audit/find`. That it was searched is in the audit, too.
pub(crate) async fn find(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let asked: FindAudit = body(request).await?;
    caller.note_view(&app, AccessKind::AuditSearched, "");
    let names = caller.has(Right::Names);
    let ask = Ask::read(&app, asked, names).await?;
    let mut page = look(&app, &ask).await?;
    if names {
        name_patients(&app, &mut page.rows).await?;
    }
    Ok(json(StatusCode::OK, &page))
}

/// The place of a row among all: newer is greater.
type Place = (i64, String, u64);

struct Ask {
    from: Micros,
    to: Micros,
    who: String,
    what: Option<String>,
    sessions: Option<BTreeSet<String>>,
    before: Option<Place>,
    limit: usize,
}

impl Ask {
    async fn read(app: &App, asked: FindAudit, names: bool) -> Result<Self, Refused> {
        let FindAudit { from_us, to_us, who, what, patient, before, limit } = asked;
        let who = who.unwrap_or_default();
        if who.chars().count() > NAME_MAX {
            return Err(Refused::Search { found: who.chars().count(), expected: (0, NAME_MAX) });
        }
        if patient.is_some() && !names {
            return Err(Refused::NoRight);
        }
        let sessions = match patient {
            None => None,
            Some(patient) => {
                let find = Find { patient: Some(patient.into()), limit: SESSIONS_MAX, ..Find::default() };
                let found = app.log.find(&find).await.map_err(Refused::LogUnreadable)?;
                Some(found.lines.iter().map(|line| line.id.to_string()).collect())
            }
        };
        Ok(Self {
            from: Micros(from_us.unwrap_or(i64::MIN)),
            to: Micros(to_us.unwrap_or(i64::MAX)),
            who: who.trim().to_lowercase(),
            what,
            sessions,
            before: before.map(|text| place(&text)).transpose()?,
            limit: usize::from(limit.unwrap_or(ROWS).clamp(1, ROWS_MAX)),
        })
    }

    fn fits(&self, row: &AuditRow, place: &Place) -> bool {
        self.before.as_ref().is_none_or(|before| place < before)
            && (self.who.is_empty() || row.who.to_lowercase().contains(&self.who))
            && self.what.as_ref().is_none_or(|what| *what == row.what)
            && self.sessions.as_ref().is_none_or(|sessions| {
                row.session.as_deref().is_some_and(|of| of.split(' ').any(|id| sessions.contains(id)))
            })
    }
}

/// A cursor: time, chair (empty for the house), sequence.
fn place(text: &str) -> Result<Place, Refused> {
    let read = || {
        let (at, rest) = text.split_once('/')?;
        let (chair, sequence) = rest.rsplit_once('/')?;
        Some((at.parse().ok()?, chair.to_owned(), sequence.parse().ok()?))
    };
    read().ok_or_else(|| {
        let (found, expected) = (text.chars().take(40).collect(), "the cursor of the answer before".to_owned());
        Refused::Unreadable(Unreadable { field: "before", found, expected })
    })
}

fn cursor((at, chair, sequence): &Place) -> String {
    format!("{at}/{chair}/{sequence}")
}

/// Reads backwards, a day at a time, until the page is full or the log, or what one request may read, is at its end.
async fn look(app: &App, ask: &Ask) -> Result<AuditPage, Refused> {
    let heads = app.log.heads().await.map_err(Refused::LogUnreadable)?;
    let timelines = heads.into_iter().map(|head| head.timeline);
    let timelines = timelines.filter(|timeline| !matches!(timeline, Timeline::Feed { .. })).collect::<Vec<_>>();
    let first = app.log.read(&Timeline::House, Sequence(0), 1).await.map_err(Refused::LogUnreadable)?;
    let begin = first.first().map_or(ask.to, |entry| entry.received.wall).max(ask.from);
    let newest = (app.clock)().wall + Micros(1);
    let cursor_at = ask.before.as_ref().map_or(i64::MAX, |(at, ..)| at.saturating_add(1));
    let mut end = ask.to.min(newest).min(Micros(cursor_at));
    let mut found: BTreeMap<Place, AuditRow> = BTreeMap::new();
    for _ in 0..STEPS_MAX {
        if end <= begin || found.len() > ask.limit {
            break;
        }
        let start = (end - STEP).max(begin);
        for timeline in &timelines {
            read_span(app, timeline, (start, end), ask, &mut found).await?;
        }
        end = start;
    }
    let more = found.len() > ask.limit || end > begin;
    let rows = found.into_iter().rev().take(ask.limit).collect::<Vec<_>>();
    let next = match rows.last() {
        Some((last, _)) if rows.len() == ask.limit => last.clone(),
        _ => (end.0, String::new(), 0),
    };
    Ok(AuditPage { rows: rows.into_iter().map(|(_, row)| row).collect(), cursor: more.then(|| cursor(&next)) })
}

/// Every fitting row of a timeline within a span of wall time.
async fn read_span(
    app: &App,
    timeline: &Timeline,
    (start, end): (Micros, Micros),
    ask: &Ask,
    found: &mut BTreeMap<Place, AuditRow>,
) -> Result<(), Refused> {
    let mut after = app.log.before(timeline, start).await.map_err(Refused::LogUnreadable)?;
    loop {
        let deeds = app.log.deeds(timeline, after, DEEDS).await.map_err(Refused::LogUnreadable)?;
        let Some(last) = deeds.last() else { return Ok(()) };
        after = last.sequence;
        let over = deeds.len() < DEEDS || last.received.wall >= end + STEP;
        for entry in deeds.iter().filter(|entry| entry.received.wall >= start && entry.received.wall < end) {
            let Some(row) = row(entry) else { continue };
            let place = (row.at_us, row.chair.clone().unwrap_or_default(), row.sequence);
            if ask.fits(&row, &place) {
                found.insert(place, row);
            }
        }
        if over {
            return Ok(());
        }
    }
}

/// The line of a deed; `None` for what no person and no door did.
fn row(entry: &Entry) -> Option<AuditRow> {
    let What::Deed(deed) = &entry.what else { return None };
    let chair = if let Timeline::Chair(chair) = &entry.timeline { Some(chair.to_string()) } else { None };
    let mut row = AuditRow {
        at_us: entry.received.wall.0,
        sequence: entry.sequence.0,
        who: String::new(),
        from: None,
        what: deed.word().to_owned(),
        more: String::new(),
        chair,
        session: None,
        patient: None,
    };
    match deed {
        Deed::Session(done) => {
            (row.who, row.what) = (done.by.name.to_string(), done.act.word().to_owned());
            row.session = Some(done.session.to_string());
        }
        Deed::Audited(audit) => {
            (row.who, row.what) = (audit.by.name.to_string(), audit.did.word().to_owned());
            (row.more, row.session) = (audit.what.to_string(), Some(audit.session.to_string()));
        }
        Deed::Accessed(accessed) => {
            (row.who, row.what) = (accessed.by.to_string(), accessed.did.word().to_owned());
            row.from = Some(accessed.from.to_string()).filter(|from| !from.is_empty());
            row.more = accessed.what.to_string();
        }
        Deed::ClinicChanged(changed) => row.who = changed.by.name.to_string(),
        Deed::ChairCleared { by } => row.who = by.name.to_string(),
        Deed::Erased { what, by, .. } => {
            (row.who, row.session) = (by.to_string(), Some(what.to_string()));
        }
        Deed::ChairNamed { chair, .. } => row.more = chair.to_string(),
        Deed::FeedAssigned { source, .. } => row.more = source.to_string(),
        Deed::Started { version } => row.more = version.to_string(),
        Deed::ClockStepped { .. } | Deed::FramesLost { .. } | Deed::Stopped => {}
        Deed::Noticed(_) => return None,
    }
    Some(row)
}

/// The patient's number of each row of a session.
async fn name_patients(app: &App, rows: &mut [AuditRow]) -> Result<(), Refused> {
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    for row in rows {
        let Some(id) = row.session.clone() else { continue };
        if !known.contains_key(&id) {
            let session = SessionId::from(id.as_str());
            let deeds = app.log.deeds_of(&session).await.map_err(Refused::LogUnreadable)?;
            let patient = deeds.and_then(|(_, deeds)| fold(&session, &deeds)).map(|s| s.patient.id.to_string());
            known.insert(id.clone(), patient);
        }
        row.patient = known.get(&id).cloned().flatten();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_anything_else_refused() {
        for found in [(1_800_000_000_000_000, "2".to_owned(), 17), (-5, String::new(), 0)] {
            assert_eq!(place(&cursor(&found)).unwrap(), found);
        }
        for text in ["", "1", "1/2", "x/2/3", "1/2/x", "99999999999999999999//1"] {
            assert!(place(text).is_err(), "{text}");
        }
    }
}
