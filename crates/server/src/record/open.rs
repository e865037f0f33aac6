//! A record on a screen.

use super::{Kept, chair_name, digest, kept, packed, sealing, whole};
use crate::App;
use crate::api::{LOG_TIMEOUT, body, caller};
use crate::people::{Signs, signer};
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::Response;
use chairside_export::device::Device;
use chairside_export::limit::LimitNotice;
use chairside_export::summary::Line;
use chairside_export::{Note, Offsets, Record, summary};
use chairside_observation::session::{Act, Audit, AuditKind, Kept as ActKept, Person, Standing};
use chairside_observation::{Deed, Entry, Hex, Micros, Received, What};
use chairside_store::seal::unsound;
use chairside_wire::{
    AuditLine, Offset, OpenSession, RecordGap, RecordLimit, RecordNote, RecordSigned, RecordSource, SessionRecord,
    SummaryLine, Unreadable,
};
use std::sync::Arc;

/// Zones change on a quarter of an hour.
const QUARTER: i64 = 15 * 60 * 1_000_000;
/// Most quarters looked at: a week. No session is longer, and a claim by mistake must not keep a screen waiting.
const QUARTERS_MAX: usize = 7 * 24 * 4;

/// `POST /api/sessions/{id}/open`: that the record is looked at, and by whom, is in the log before anybody sees it.
pub(crate) async fn open(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let headers = request.headers().clone();
    let caller = caller(&request)?;
    let OpenSession { by, did, first } = body(request).await?;
    let (by, did) = (by.read().map_err(Refused::Unreadable)?, how(did)?);
    let by = signer(&caller, by, Signs::Usual)?;
    let found = kept(&app, &id).await?;
    // The only file a page makes by itself is the table of a course.
    let what = if did == AuditKind::Exported { "course csv" } else { "" };
    audit(&app, &found, by, did, what).await?;
    let found = kept(&app, &id).await?;
    if first && let Some((begin, end)) = chairside_export::bounds(&found.session) {
        return packed(&headers, &SessionRecord { first: true, ..head(&app, &found, begin, end) });
    }
    let record = whole(&app, &found.chair, &found.session).await?;
    let sealing = if found.session.is_open() { None } else { Some(sealing(&app, &found).await?) };
    // Beside the answers of other screens: it has some arithmetic.
    let made = tokio::task::spawn_blocking(move || {
        let lines = summary::lines(&record);
        let mut answer = wire(&app, &found, &record, &lines);
        if let Some(sealing) = sealing {
            let (digest, _) = digest(&sealing, &found.session, || summary::signed_text_of(&record, &lines));
            answer.digest = Hex(&digest).to_string();
            answer.signed = found.session.signed().and_then(|kept| signed(kept, unsound(&sealing, kept).is_none()));
        }
        packed(&headers, &answer)
    });
    made.await.map_err(|_| Refused::Internal)?
}

fn signed(kept: &ActKept, holds: bool) -> Option<RecordSigned> {
    let Act::Signed { meaning, digest, key, .. } = &kept.done.act else { return None };
    Some(RecordSigned {
        by: (&kept.done.by).into(),
        at_us: kept.received.wall.0,
        meaning: meaning.to_string(),
        digest: Hex(digest).to_string(),
        key: Hex(key).to_string(),
        holds,
    })
}

fn how(did: Option<String>) -> Result<AuditKind, Refused> {
    let opens = [AuditKind::Viewed, AuditKind::Printed, AuditKind::Replayed, AuditKind::Exported];
    let Some(did) = did else { return Ok(AuditKind::Viewed) };
    opens.into_iter().find(|kind| kind.word() == did).ok_or_else(|| {
        let found = did.chars().take(40).collect();
        Refused::Unreadable(Unreadable {
            field: "did",
            found,
            expected: "viewed, printed, replayed or exported".to_owned(),
        })
    })
}

/// Somebody who looks again within this time still looks: one line says it, not one for each time the page is loaded.
const LOOK: Micros = Micros::from_secs(600);

/// Records that something was done with a record. Without a receipt nothing of it is shown.
pub(crate) async fn audit(app: &App, of: &Kept, by: Person, did: AuditKind, what: &str) -> Result<(), Refused> {
    if did == AuditKind::Viewed && still_looks((app.clock)(), of, &by, what) {
        return Ok(());
    }
    let audit = Audit { session: of.session.id.clone(), by, did, what: what.into() };
    let deed = app.desk.audit((app.clock)(), &of.chair, audit);
    tokio::time::timeout(LOG_TIMEOUT, deed).await.map_err(|_| Refused::NotKnown)??;
    Ok(())
}

fn still_looks(now: Received, of: &Kept, by: &Person, what: &str) -> bool {
    of.deeds.iter().rev().any(|entry| {
        let What::Deed(Deed::Audited(audit)) = &entry.what else { return false };
        let same = audit.did == AuditKind::Viewed && audit.by == *by && *audit.what == *what;
        // The clock that does not step: a wall clock that was set back must not fold the looks of a day.
        same && now.mono >= entry.received.mono && now.mono - entry.received.mono < LOOK
    })
}

fn wire(app: &App, found: &Kept, record: &Record, lines: &[Line]) -> SessionRecord {
    SessionRecord {
        sources: sources(record),
        notes: record.notes.iter().map(note).collect(),
        limits: record.limits.iter().map(limit).collect(),
        gaps: gaps(record),
        summary: lines.iter().map(summary_line).collect(),
        ..head(app, found, record.begin(), record.end)
    }
}

/// What a chart is drawn with: known without reading a single value.
fn head(app: &App, found: &Kept, begin: Received, end: Received) -> SessionRecord {
    let standing = Standing { session: Arc::new(found.session.clone()), schedule: None, feeds: Vec::new() };
    SessionRecord {
        session: (&standing).into(),
        chair: found.chair.to_string(),
        chair_name: chair_name(app, &found.chair),
        begin: begin.into(),
        end: end.into(),
        zone: app.about.zone.to_string(),
        offsets: offsets(&*app.offsets, begin, end),
        sources: Vec::new(),
        notes: Vec::new(),
        limits: Vec::new(),
        gaps: Vec::new(),
        summary: Vec::new(),
        audit: found.deeds.iter().filter_map(audited).collect(),
        signed: None,
        digest: String::new(),
        version: app.about.version.to_string(),
        first: false,
    }
}

/// Offsets of the clinic's zone from the begin on, each where it changes.
fn offsets(zone: &dyn Offsets, begin: Received, end: Received) -> Vec<Offset> {
    let mut all = vec![Offset { from_us: begin.wall.0, offset_min: zone.offset_min(begin.wall) }];
    let first = (begin.wall.0.div_euclid(QUARTER) + 1) * QUARTER;
    for at in (0..).map(|n| first + n * QUARTER).take_while(|at| *at <= end.wall.0).take(QUARTERS_MAX) {
        let offset_min = zone.offset_min(Micros(at));
        if all.last().is_some_and(|last| last.offset_min != offset_min) {
            all.push(Offset { from_us: at, offset_min });
        }
    }
    all
}

fn sources(record: &Record) -> Vec<RecordSource> {
    let words = |device: &Device| {
        let mut named: Vec<&str> = device.heard.iter().map(|heard| &*heard.device).filter(|d| !d.is_empty()).collect();
        named.dedup();
        named.join(", ")
    };
    let source = |device: &Device| RecordSource {
        source: device.source.to_string(),
        words: words(device),
        adapter: device.adapter.to_string(),
    };
    record.devices.iter().map(source).collect()
}

fn note(note: &Note) -> RecordNote {
    let (seq, at, source, kind, word, text) = match note {
        Note::Monitor(seq, at, source, notice) => {
            (seq, at, source.to_string(), "monitor", notice.priority.word(), notice.text.to_string())
        }
        Note::Link(seq, at, source, state, reason) => {
            (seq, at, source.to_string(), "link", state.word(), reason.to_string())
        }
        Note::Lost(seq, at, frames) => {
            (seq, at, String::new(), "log", "frames lost", format!("{frames} frames could not be written to the log"))
        }
    };
    RecordNote { seq: seq.0, at: (*at).into(), source, kind: kind.to_owned(), word: word.to_owned(), text }
}

fn limit(notice: &LimitNotice) -> RecordLimit {
    let highest = notice.steps.iter().find(|step| step.level == notice.level());
    RecordLimit {
        seq: notice.sequence.0,
        notice: notice.kind.word().to_owned(),
        level: notice.level().word().to_owned(),
        value: highest.map(|step| step.value.to_string()).unwrap_or_default(),
        limit: highest.map(|step| step.limit.to_string()).unwrap_or_default(),
        limits: notice.limits.write(),
        own: notice.own,
        raised: notice.raised.into(),
        over: notice.cleared.map(|over| over.at.into()),
        end: notice.cleared.map(|over| over.why.word().to_owned()),
        seen_by: notice.seen.first().map(|(_, by)| by.into()),
        seen: notice.seen.first().map(|(at, _)| (*at).into()),
    }
}

fn gaps(record: &Record) -> Vec<RecordGap> {
    let gaps = summary::COVERED.into_iter().flat_map(|vital| record.gaps(vital));
    gaps.map(|gap| RecordGap {
        vital: gap.vital.word().to_owned(),
        source: gap.source.map(|source| source.to_string()).unwrap_or_default(),
        from: gap.from.into(),
        to: gap.to.into(),
        why: gap.why.to_string(),
    })
    .collect()
}

fn summary_line(line: &Line) -> SummaryLine {
    SummaryLine {
        key: line.key.clone(),
        value: line.value.clone(),
        unit: line.unit.to_owned(),
        at_us: line.at.map(|at| at.wall.0),
        seq: line.sequence.map(|sequence| sequence.0),
        definition: line.definition.to_owned(),
    }
}

fn audited(entry: &Entry) -> Option<AuditLine> {
    let What::Deed(Deed::Audited(audit)) = &entry.what else { return None };
    let (did, what) = (audit.did.word().to_owned(), audit.what.to_string());
    Some(AuditLine { at_us: entry.received.wall.0, by: (&audit.by).into(), did, what })
}
