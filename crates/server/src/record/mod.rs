//! Past sessions: finding them, reading a record, what becomes of it.

mod act;
mod course;
mod export;
mod find;
mod frame;
mod open;
mod series;
mod stood;
mod table;
mod zip;

pub(crate) use act::act;
pub(crate) use course::course;
pub(crate) use export::{EXPORTS_MAX, Making, export, sealed};
pub(crate) use find::find;
pub(crate) use frame::frame;
pub(crate) use open::{audit, open};
pub(crate) use series::series;
pub(crate) use stood::stood;
pub(crate) use table::table;

use crate::App;
use crate::bundle::takes_gzip;
use crate::refusal::Refused;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use chairside_export::{Face, Record, summary};
use chairside_observation::session::{Act, Cuffs, Session, SessionId};
use chairside_observation::{ChairId, Entry, Erased};
use chairside_store::seal::Sealing;
use chairside_store::{fold, span_of};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Longest id of a session: that of a chair, a dash, and a number.
const ID_MAX: usize = 64;
/// Shorter answers are not worth packing.
const PACK_FROM: usize = 2048;

/// A session with the deeds that speak of it.
pub(crate) struct Kept {
    pub(crate) chair: ChairId,
    pub(crate) session: Session,
    pub(crate) deeds: Vec<Entry>,
}

/// The session with this id.
pub(crate) async fn kept(app: &App, id: &str) -> Result<Kept, Refused> {
    if id.len() > ID_MAX {
        return Err(Refused::NoSuchSession);
    }
    let id = SessionId::from(id);
    let found = app.log.deeds_of(&id).await.map_err(Refused::LogUnreadable)?;
    let Some((chair, deeds)) = found else { return Err(gone(app, &id)) };
    let session = fold(&id, &deeds).ok_or(Refused::NoSuchSession)?;
    Ok(Kept { chair, session, deeds })
}

/// Why there is no such session: it never was, or somebody erased it.
pub(crate) fn gone(app: &App, id: &SessionId) -> Refused {
    let past = app.desk.past();
    let erased = past.erased(id);
    erased.map_or(Refused::NoSuchSession, |Erased { by, at, .. }| Refused::Erased {
        by: by.to_string(),
        at: Face(&*app.offsets).iso(*at),
    })
}

/// What people call a chair now; its id when the roster no longer has it.
pub(crate) fn chair_name(app: &App, chair: &ChairId) -> String {
    let roster = app.desk.roster();
    let named = roster.chairs.iter().find(|(id, _)| id == chair);
    named.map_or_else(|| chair.to_string(), |(_, name)| name.to_string())
}

/// The whole record of a session. Its arithmetic runs beside the answers of other screens.
pub(crate) async fn whole(app: &App, chair: &ChairId, session: &Session) -> Result<Record, Refused> {
    with_cuffs(app, chair, session).await.map(|(record, _)| record)
}

/// The same with its cuff readings, from which the fixed ones are picked.
pub(crate) async fn with_cuffs(app: &App, chair: &ChairId, session: &Session) -> Result<(Record, Cuffs), Refused> {
    let entries = span_of(&*app.log, chair, session).await.map_err(Refused::LogUnreadable)?;
    let (name, session, version) = (chair_name(app, chair), session.clone(), app.about.version.clone());
    let past = app.desk.past();
    let adapters = app.sources.adapters();
    let made = tokio::task::spawn_blocking(move || {
        let mut cuffs = Cuffs::default();
        for entry in entries.iter().filter(|entry| session.holds(entry)) {
            cuffs.hear(entry);
        }
        let record = Record::new(&name, session, &entries, &version)
            .with_adapters(|source| adapters.get(source).map(String::as_str))
            .with_past(&past);
        (record, cuffs)
    });
    made.await.map_err(|_| Refused::Internal)
}

/// What a signature covers now: its digest, and the lines of the summary. Of a signed record, what was signed.
pub(crate) async fn seal(app: &App, found: &Kept, record: &Record) -> Result<(Sealing, [u8; 32], String), Refused> {
    let sealing = sealing(app, found).await?;
    let (digest, summary) = digest(&sealing, &found.session, || summary::signed_text(record));
    Ok((sealing, digest, summary))
}

/// What the log has of a session that a signature covers.
pub(crate) async fn sealing(app: &App, found: &Kept) -> Result<Sealing, Refused> {
    let sealing = app.log.sealing(&found.session.id).await.map_err(Refused::LogUnreadable)?;
    sealing.ok_or(Refused::NoSuchSession)
}

/// Its digest, and the lines of the summary: those that were signed, or `now` while nobody did.
pub(crate) fn digest(sealing: &Sealing, session: &Session, now: impl FnOnce() -> String) -> ([u8; 32], String) {
    let signed = session.signed();
    let summary = match signed.map(|kept| &kept.done.act) {
        Some(Act::Signed { summary, .. }) => summary.to_string(),
        _ => now(),
    };
    (sealing.digest(signed.map(|kept| kept.sequence), &summary), summary)
}

/// An answer in JSON that nobody keeps, as gzip where that is taken.
pub(crate) fn packed(asked: &HeaderMap, body: &impl serde::Serialize) -> Result<Response<Body>, Refused> {
    let text = serde_json::to_vec(body).map_err(|_| Refused::Internal)?;
    let pack = text.len() >= PACK_FROM && takes_gzip(asked);
    let (bytes, coding) = if pack { (gzip(&text)?, Some("gzip")) } else { (text, None) };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(response)
}

fn gzip(text: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
    encoder.write_all(text).and_then(|()| encoder.finish()).map_err(|_| Refused::Internal)
}
