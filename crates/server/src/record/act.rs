//! What is done in a session, also after it is over.

use super::{kept, seal, whole};
use crate::App;
use crate::api::{acts, at_chair, body, caller};
use crate::people::ask_again;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::Response;
use chairside_observation::Sequence;
use chairside_observation::session::{self, Act, Done, SessionId};
use chairside_recorder::Press;
use chairside_wire::{DoAct, Standing};

/// `POST /api/sessions/{id}/act`.
pub(crate) async fn act(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let caller = caller(&request)?;
    let mut asked: DoAct = body(request).await?;
    let secret = asked.secret.take();
    if asked.session.as_ref().is_some_and(|named| *named != id) {
        return Err(Refused::Act(session::Refused::NotThisSession));
    }
    let (by, key, about, act) = asked.read().map_err(Refused::Unreadable)?;
    let by = acts(&caller, by, &act)?;
    if matches!(act, Act::Signed { .. }) && caller.standing != Standing::Trial {
        // A signature is a person's and not that of a screen somebody left (S12).
        ask_again(&app, &caller, secret.ok_or(Refused::BadSecret)?, true).await?;
    }
    let mut press = Press { by, key, about, act };
    let read = if matches!(press.act, Act::Signed { .. }) { Some(sign(&app, &id, &mut press).await?) } else { None };
    at_chair(app.desk.act_in_record((app.clock)(), &SessionId::from(id.as_str()), press, read)).await
}

/// Signs what the person read, if the record still says that. Gives its last act: nothing may come in between.
async fn sign(app: &App, id: &str, press: &mut Press) -> Result<Sequence, Refused> {
    let found = kept(app, id).await?;
    let last = found.session.acts.last().map_or(Sequence(0), |kept| kept.sequence);
    if found.session.known(press.key).is_some() {
        // The same press again: what it did is answered, nothing is signed twice.
        return Ok(last);
    }
    let Press { by, key, about, act } = press.clone();
    let done = Done { session: found.session.id.clone(), by, key, about, act };
    found.session.may(&done, (app.clock)(), Sequence(1)).map_err(Refused::Act)?;
    let record = whole(app, &found.chair, &found.session).await?;
    let (sealing, now, lines) = seal(app, &found, &record).await?;
    if sealing.acts.last().map(|(at, _)| *at) != Some(last) {
        return Err(Refused::Changed);
    }
    let server = app.key.as_ref().ok_or(Refused::NoKey)?;
    let Act::Signed { meaning, digest, key, signature, summary } = &mut press.act else {
        return Err(Refused::Internal);
    };
    if *digest != now {
        return Err(Refused::Changed);
    }
    *key = server.public();
    *signature = server.sign(digest, &press.by, meaning);
    *summary = lines.into();
    Ok(last)
}
