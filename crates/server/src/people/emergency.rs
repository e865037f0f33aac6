//! Emergency access (S09): somebody whose roles show no patient reads the records of one, for an hour, with a reason. It is loud: in the
//! audit at once and with each record, in the record's own audit, and on the screens of those who read the audit.

use super::{Caller, ask_again};
use crate::App;
use crate::api::body;
use crate::record::kept;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use chairside_access::Right;
use chairside_observation::{AccessKind, Micros};
use chairside_store::Find;
use chairside_wire::{AskEmergency, Emergency, EmergencyNow, EmergencySession, Unreadable};

/// How long it lasts.
pub(super) const LASTS: Micros = Micros::from_secs(60 * 60);
/// Most at once; beyond it the next one has to wait: so many emergencies are none.
pub(super) const AT_ONCE: usize = 64;
/// Fewest and most characters of a reason.
const REASON: (usize, usize) = (10, 120);
/// Sessions of the patient that are listed, the newest first.
const SESSIONS: usize = 50;
/// Where it opens a record, to read only.
const PLACES: [&str; 4] = [
    "/api/sessions/{id}/open",
    "/api/sessions/{id}/series",
    "/api/sessions/{id}/table",
    "/api/sessions/{id}/frame/{seq}",
];

/// One that is going on.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// Id of the account.
    pub(super) account: String,
    /// Her name.
    pub(super) by: String,
    /// The clinic's number of the patient.
    pub(super) patient: String,
    pub(super) reason: String,
    /// On the monotonic clock: setting the wall clock back makes none longer.
    pub(super) until: Micros,
    pub(super) until_wall: Micros,
}

/// `POST /api/emergency`.
pub(crate) async fn ask(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let AskEmergency { patient, reason, secret } = body(request).await?;
    let account = caller.account()?.clone();
    if caller.has(Right::Records) {
        return Err(Refused::NoEmergency);
    }
    let (reason, length) = (reason.trim().to_owned(), reason.trim().chars().count());
    if !(REASON.0..=REASON.1).contains(&length) {
        let expected = format!("{} to {} characters that say why", REASON.0, REASON.1);
        return Err(Refused::Unreadable(Unreadable {
            field: "reason",
            found: format!("{length} characters"),
            expected,
        }));
    }
    ask_again(&app, &caller, secret, true).await?;
    let find = Find { patient: Some(patient.as_str().into()), limit: SESSIONS, ..Find::default() };
    let found = app.log.find(&find).await.map_err(Refused::LogUnreadable)?;
    // Also when there is nobody with this number: that it was tried is what the audit is for.
    caller.note(&app, AccessKind::EmergencyBegun, &reason);
    if found.lines.is_empty() {
        return Err(Refused::NoSuchSession);
    }
    let now = (app.clock)();
    let until_wall = now.wall + LASTS;
    let (account, by) = (account.id, account.name);
    app.people.grant(Grant { account, by, patient, reason, until: now.mono + LASTS, until_wall }, now.mono)?;
    let session = |line: &chairside_store::Line| EmergencySession {
        id: line.id.to_string(),
        chair: line.chair.to_string(),
        opened_us: line.opened.0,
        open: line.ended.is_none(),
    };
    let sessions = found.lines.iter().map(session).collect();
    Ok(json(StatusCode::OK, &Emergency { sessions, until_us: until_wall.0 }))
}

/// What is going on, for those who read the audit.
pub(super) fn going_on(app: &App, caller: &Caller) -> Vec<EmergencyNow> {
    if !caller.has(Right::Audit) {
        return Vec::new();
    }
    let grants = app.people.grants((app.clock)().mono);
    let told = |grant: Grant| EmergencyNow { by: grant.by, reason: grant.reason, until_us: grant.until_wall.0 };
    grants.into_iter().map(told).collect()
}

/// The caller with what an emergency opens to her of this session, and nothing beyond; `None` when it opens nothing.
pub(super) async fn opened(app: &App, caller: &Caller, route: &str, path: &str) -> Option<Caller> {
    let account = caller.account.as_ref().filter(|_| PLACES.contains(&route))?;
    let now = (app.clock)().mono;
    let patients = app.people.granted(&account.id, now);
    if patients.is_empty() {
        return None;
    }
    let id = path.split('/').nth(3)?;
    let found = kept(app, id).await.ok()?;
    let hers = patients.iter().any(|patient| **patient == *found.session.patient.id);
    if !hers {
        return None;
    }
    // Each time, and not once an hour.
    caller.note(app, AccessKind::EmergencyUsed, id);
    let rights = caller.rights.iter().copied().chain([Right::Names, Right::Records]).collect();
    Some(Caller { rights, emergency: true, ..caller.clone() })
}
