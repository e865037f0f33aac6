//! The list of sessions.

use super::chair_name;
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use chairside_observation::Micros;
use chairside_observation::session::NAME_MAX;
use chairside_store::{Find, Line, Stands, spelled};
use chairside_wire::{FindSessions, Finding, RowSigned, SessionList, SessionRow, SessionState};

/// Rows of a page, where none are asked for.
const ROWS: u16 = 50;
/// Most rows of a page.
const ROWS_MAX: u16 = 200;

/// `POST /api/sessions/find`: it changes nothing; it is a body since no address may hold a name.
pub(crate) async fn find(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let asked: FindSessions = body(request).await?;
    let found = app.log.find(&ask(asked)?).await.map_err(Refused::LogUnreadable)?;
    let rows = found.lines.iter().map(|line| row(&app, line)).collect();
    Ok(json(StatusCode::OK, &SessionList { rows, more: found.more, total: found.total }))
}

fn ask(asked: FindSessions) -> Result<Find, Refused> {
    let text = asked.text.unwrap_or_default();
    if text.chars().count() > NAME_MAX {
        return Err(Refused::Search { found: text.chars().count(), expected: (0, NAME_MAX) });
    }
    let parts = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    let limit = asked.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX);
    Ok(Find {
        parts: parts.map(spelled).collect(),
        chair: asked.chair.map(Into::into),
        patient: None,
        from: asked.from_us.map(Micros),
        to: asked.to_us.map(Micros),
        state: asked.state.map(stands),
        has: asked.has.into_iter().map(Finding::read).collect(),
        after: asked.after.map(|id| id.as_str().into()),
        limit: usize::from(limit),
    })
}

const fn stands(state: SessionState) -> Stands {
    match state {
        SessionState::Open => Stands::Open,
        SessionState::Over => Stands::Over,
        SessionState::Unsigned => Stands::Unsigned,
        SessionState::Signed => Stands::Signed,
        SessionState::Cancelled => Stands::Cancelled,
    }
}

fn row(app: &App, line: &Line) -> SessionRow {
    SessionRow {
        id: line.id.to_string(),
        chair: line.chair.to_string(),
        chair_name: chair_name(app, &line.chair),
        patient: (&line.patient).into(),
        number: line.plan.number,
        of: line.plan.of,
        template: line.plan.template.to_string(),
        phase: line.phase.word().to_owned(),
        nurse: line.nurse.to_string(),
        opened_us: line.opened.0,
        started_us: line.started.map(|at| at.0),
        stopped_us: line.stopped.map(|at| at.0),
        ended_us: line.ended.map(|at| at.0),
        signed: line.signed.as_ref().map(|(by, at)| RowSigned { by: by.to_string(), at_us: at.0 }),
        has: line.has.iter().map(Finding::from).collect(),
    }
}
