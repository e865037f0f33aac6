//! The HTTP routes that answer with JSON.

use crate::counts::Counts;
use crate::people::{Caller, Signs, signer};
use crate::refusal::{Refused, json};
use crate::{App, access};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::middleware::Next;
use chairside_access::Right;
use chairside_hub::Recording;
use chairside_observation::session::{Act, Person, Phase};
use chairside_observation::{ChairId, Micros, Sequence, SourceId, Timeline};
use chairside_recorder::{DeskError, Feed, Known, Press};
use chairside_store::Committed;
use chairside_store::forward::Backlog;
use chairside_wire::{
    AssignFeed, ChangeClinic, ClearChair, DoAct, Done, FeedValues, FindPatients, FoundPatients, KnownPatient,
    LookAtFeed, NameChair,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// Longest body: the largest one holds three names, and 16 KiB is what a socket may say at once.
pub(crate) const BODY_MAX: usize = 16 * 1024;
/// From the end of the headers to the answer. A body that drips in more slowly holds a connection for nothing.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// A person waits at the screen for the log; shorter than [`REQUEST_TIMEOUT`], so that the answer says what is known.
pub(crate) const LOG_TIMEOUT: Duration = Duration::from_secs(8);
/// Longest chair id: it stands in addresses, log rows and file names.
pub(crate) const CHAIR_ID_MAX: usize = 32;

/// How far the second database is. The names of timelines, which hold those of chairs and beds, stay in the program's own log.
pub(crate) fn database(backlog: &Backlog, now: Micros) -> chairside_wire::Database {
    chairside_wire::Database {
        entries: backlog.entries,
        age_us: backlog.age(now).map(|age| age.0),
        trouble: backlog.trouble.clone(),
        stuck: backlog.stuck.len() as u64,
        notice: backlog.notice(now),
    }
}

/// The log's state for a screen.
pub(crate) fn recording(recording: &Recording) -> chairside_wire::Recording {
    chairside_wire::recording(match recording {
        Recording::Yes => None,
        Recording::No { since, reason } => Some((since.wall, reason)),
    })
}

/// `PUT /api/chairs/{id}`.
pub(crate) async fn name_chair(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let NameChair { name } = body(request).await?;
    let chair = chair_id(&id)?;
    recorded(app.desk.name_chair((app.clock)(), &chair, &name)).await
}

/// `POST /api/feeds/assign`.
pub(crate) async fn assign_feed(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let AssignFeed { source, bed, chair } = body(request).await?;
    let chair = chair.as_deref().map(chair_id).transpose()?;
    recorded(app.desk.assign_feed((app.clock)(), &source.into(), &bed, chair.as_ref())).await
}

/// `POST /api/feeds/look`: what a feed that waits for a chair says now.
pub(crate) async fn look_at_feed(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let LookAtFeed { source, bed } = body(request).await?;
    let (source, bed) = (SourceId::from(source), Arc::<str>::from(bed));
    if !app.desk.roster().unassigned.contains(&Feed { source: source.clone(), bed: Arc::clone(&bed) }) {
        return Err(Refused::NoSource);
    }
    let found = app.hub.snapshot(&Timeline::Feed { source, bed });
    let latest = found.latest.iter().filter_map(chairside_wire::item).collect();
    Ok(json(StatusCode::OK, &FeedValues { now: (app.clock)().into(), latest }))
}

/// `POST /api/chairs/{id}/session`: opens a session, or does something in the one that is open.
pub(crate) async fn act(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let caller = caller(&request)?;
    let asked: DoAct = body(request).await?;
    let (chair, session, since) = (chair_id(&id)?, asked.session.clone(), asked.claims_since());
    let (by, key, about, act) = asked.read().map_err(Refused::Unreadable)?;
    let by = acts(&caller, by, &act)?;
    let (now, press) = ((app.clock)(), Press { by, key, about, act });
    let deed = async {
        match session {
            None => app.desk.open_session(now, &chair, press).await,
            Some(session) => {
                let session = session.as_str().into();
                match since {
                    Some(wall) => app.desk.claim_since(now, &chair, &session, press, wall).await,
                    None => app.desk.act_in_session(now, &chair, &session, press).await,
                }
            }
        }
    };
    at_chair(deed).await
}

/// `POST /api/chairs/{id}/clear`: the chair is ready for the next patient.
pub(crate) async fn clear_chair(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let caller = caller(&request)?;
    let ClearChair { by } = body(request).await?;
    let (chair, by) = (chair_id(&id)?, by.read().map_err(Refused::Unreadable)?);
    let by = signer(&caller, by, Signs::Usual)?;
    at_chair(app.desk.clear_chair((app.clock)(), &chair, by)).await
}

/// Waits for the log. A receipt is needed, and is not enough: it is the deed's own entry that the screen is told.
pub(crate) async fn at_chair(
    deed: impl Future<Output = Result<(Sequence, Committed), DeskError>>,
) -> Result<Response<Body>, Refused> {
    let done = tokio::time::timeout(LOG_TIMEOUT, deed).await.map_err(|_| Refused::NotKnown)??;
    let (Sequence(recorded), _committed) = done;
    Ok(json(StatusCode::OK, &Done { recorded }))
}

/// `POST /api/clinic`: changes a setting of the clinic.
pub(crate) async fn change_clinic(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let caller = caller(&request)?;
    let asked: ChangeClinic = body(request).await?;
    let mut changed = asked.read().map_err(Refused::Unreadable)?;
    changed.by = signer(&caller, changed.by, Signs::Lead)?;
    recorded(app.desk.change_clinic((app.clock)(), changed)).await
}

/// `POST /api/patients/find`: changes nothing; it is a body since no address may hold a name.
pub(crate) async fn find_patients(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let FindPatients { text } = body(request).await?;
    let found = app.desk.find_patients(&text)?;
    let known = |known: &Known| KnownPatient::new(&known.patient, &known.plan, known.last, &known.facts);
    Ok(json(StatusCode::OK, &FoundPatients { found: found.iter().map(known).collect() }))
}

/// `GET /api/chairs/{id}/frame/{seq}`: every number leads back to its bytes.
pub(crate) async fn frame(
    State(app): State<App>,
    Path((id, sequence)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let chair = ChairId::from(id);
    if !app.desk.roster().has_chair(&chair) {
        return Err(Refused::NoChair);
    }
    let sequence = Sequence(sequence.parse().map_err(|_| Refused::NoFrame)?);
    let found = app.log.frame(&Timeline::Chair(chair), sequence).await.map_err(Refused::LogUnreadable)?;
    found.map(|frame| json(StatusCode::OK, &chairside_wire::raw_frame(&frame))).ok_or(Refused::NoFrame)
}

/// Who asks, as the guard found her.
pub(crate) fn caller(request: &Request) -> Result<Caller, Refused> {
    request.extensions().get::<Caller>().cloned().ok_or(Refused::Internal)
}

/// The right an act needs. One place for all kinds: a new kind does not compile without its right (S16).
pub(crate) const fn right_of(act: &Act) -> Right {
    match act {
        Act::Limited { .. } => Right::Decide,
        Act::Addendum { .. } => Right::Comment,
        Act::Signed { .. } => Right::Sign,
        Act::Opened { .. }
        | Act::Moved { .. }
        | Act::Claimed { .. }
        | Act::Baseline { .. }
        | Act::Entry { .. }
        | Act::Typed { .. }
        | Act::Artefact { .. }
        | Act::Undo { .. }
        | Act::HandedOver { .. }
        | Act::Accepted { .. }
        | Act::Acknowledged { .. }
        | Act::Corrected { .. } => Right::Enter,
    }
}

/// Who stands under an act, if she may do it.
pub(crate) fn acts(caller: &Caller, by: Person, act: &Act) -> Result<Person, Refused> {
    caller.may(right_of(act))?;
    let decides = matches!(act, Act::Moved { to: Phase::Ready, .. } | Act::Limited { .. } | Act::Signed { .. });
    signer(caller, by, if decides { Signs::Clinician } else { Signs::Usual })
}

/// Waits for the log. Only a [`Committed`] makes a [`Done`].
async fn recorded(deed: impl Future<Output = Result<Committed, DeskError>>) -> Result<Response<Body>, Refused> {
    let committed = tokio::time::timeout(LOG_TIMEOUT, deed).await.map_err(|_| Refused::NotKnown)??;
    let house = committed.through().iter().find(|(timeline, _)| *timeline == Timeline::House);
    let (_, sequence) = house.ok_or(Refused::Internal)?;
    Ok(json(StatusCode::OK, &Done { recorded: sequence.0 }))
}

/// Reads a body that changes state: from our own page, as JSON, short, and with no field we do not know.
pub(crate) async fn body<T: DeserializeOwned>(request: Request) -> Result<T, Refused> {
    if !access::may_change(request.headers()) {
        return Err(Refused::CrossOrigin);
    }
    if !is_json(request.headers()) {
        return Err(Refused::NotJson);
    }
    let bytes = to_bytes(request.into_body(), BODY_MAX).await.map_err(|_| Refused::TooLarge(BODY_MAX))?;
    serde_json::from_slice(&bytes).map_err(|e| Refused::BadBody(e.to_string()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn chair_id(id: &str) -> Result<ChairId, Refused> {
    let fits = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if fits && (1..=CHAIR_ID_MAX).contains(&id.len()) {
        Ok(id.into())
    } else {
        Err(Refused::BadId { max: CHAIR_ID_MAX })
    }
}

/// Ends a request that takes too long, whatever it waits for.
pub(crate) async fn in_time(request: Request, next: Next) -> Response<Body> {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::TooSlow.into_answer(),
    }
}

/// Counts what is answered with a refusal or a failure.
pub(crate) async fn count_refusals(State(counts): State<Arc<Counts>>, request: Request, next: Next) -> Response<Body> {
    let answer = next.run(request).await;
    if answer.status().is_client_error() || answer.status().is_server_error() {
        counts.requests.add(1);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chair_id_can_stand_in_an_address() {
        for id in ["1", "window-left", "A_2.b", &"x".repeat(CHAIR_ID_MAX)] {
            assert!(chair_id(id).is_ok(), "{id}");
        }
        for id in ["", "a b", "a/b", "a:b", "ä", "a\n", &"x".repeat(CHAIR_ID_MAX + 1)] {
            assert!(chair_id(id).is_err(), "{id}");
        }
    }
}
