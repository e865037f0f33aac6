//! Tokens of programs, kept by the administrator: made once, shown once, revoked.

use super::Caller;
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use chairside_access::{PROGRAM_DAYS_MAX, Program, Scope, Wrong};
use chairside_observation::{AccessKind, Micros};
use chairside_wire::{ChangeToken, NewToken, ProgramToken, TokenMade, Tokens, Unreadable};

const DAY: Micros = Micros::from_secs(24 * 3_600);

/// `GET /api/tokens`.
pub(crate) async fn tokens(State(app): State<App>) -> Response<Body> {
    let (book, now) = (app.people.book(), (app.clock)().wall);
    let row = |program: &Program| ProgramToken {
        id: program.id.clone(),
        name: program.name.clone(),
        scopes: program.scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        made_us: program.made_us,
        until_us: program.until_us,
        over: program.is_over(now),
    };
    json(StatusCode::OK, &Tokens { tokens: book.programs().iter().map(row).collect() })
}

/// `POST /api/tokens`: the one answer that holds the token.
pub(crate) async fn make_token(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let NewToken { name, scopes, days } = body(request).await?;
    let words = scopes.join(" ");
    let read = |word: &String| Scope::from_word(word).ok_or_else(|| Wrong::Scope(word.chars().take(40).collect()));
    let scopes = scopes.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(Refused::Account)?;
    let now = (app.clock)().wall;
    let until = days.map(|days| until(days, now)).transpose()?;
    let token = app.people.token()?;
    let (given, called) = (token.clone(), name.clone());
    let made = app.people.change(move |book| book.make_program(&called, &scopes, &given, (now, until))).await?;
    let id = made.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::TokenMade, &format!("{id} {words} {name}"));
    Ok(json(StatusCode::OK, &TokenMade { id, token: token.text().to_owned() }))
}

fn until(days: u16, now: Micros) -> Result<Micros, Refused> {
    if !(1..=PROGRAM_DAYS_MAX).contains(&days) {
        let expected = format!("1 to {PROGRAM_DAYS_MAX} days, or none for a token that is revoked only");
        return Err(Refused::Unreadable(Unreadable { field: "days", found: days.to_string(), expected }));
    }
    Ok(now + Micros(DAY.0 * i64::from(days)))
}

/// `POST /api/tokens/{id}`.
pub(crate) async fn change_token(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let ChangeToken { revoke } = body(request).await?;
    if revoke {
        let gone = id.clone();
        app.people.change(move |book| book.revoke_program(&gone)).await?.map_err(Refused::Account)?;
        caller.note(&app, AccessKind::TokenRevoked, &id);
    }
    Ok(tokens(State(app)).await)
}
