//! Signing in with an account of the clinic's own provider. Nobody gets a role that the configuration does not give; local
//! accounts stay.

mod flows;
mod reach;

use super::caller::{Caller, note};
use super::cookie;
use super::me::Nothing;
use super::sign::{note_failure, seated};
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use chairside_access::openid::{Begun, Claims, Expected, Keys, Mapping, Provider, Unproven, check};
use chairside_access::{Book, Wrong, delay};
use chairside_observation::{AccessKind, Micros};
use chairside_tls::Reach;
use chairside_wire::{BeginOpenId, FinishOpenId};
use flows::{Flow, Flows};
use reach::{Form, ask};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};

/// What the provider says of itself, and its keys, are asked for again after this.
const KNOWN_FOR: Micros = Micros::from_secs(3_600);
/// And sooner where a token has a key nobody knows: providers change them without a word. Not more often than this.
const AGAIN_AFTER: Micros = Micros::from_secs(60);

/// The configured provider.
#[derive(Clone)]
pub struct OpenId {
    /// What the button on the sign-in screen says.
    pub name: String,
    /// Its issuer, to the letter.
    pub issuer: String,
    /// This program's id there.
    pub client: String,
    /// This program's secret there.
    pub secret: Secret,
    /// The claim with the words of the roles.
    pub claim: String,
    /// Which words are which roles.
    pub mapping: Mapping,
    /// Whom to trust on the way there.
    pub reach: Reach,
    /// What is under way.
    pub state: Under,
}

/// A secret; it is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Secret(..)")
    }
}

/// Sign-ins under way, and what is known of the provider.
#[derive(Clone, Default)]
pub struct Under(Arc<Mutex<Now>>);

#[derive(Default)]
struct Now {
    flows: Flows,
    known: Option<(Micros, Known)>,
}

/// What the provider said of itself.
#[derive(Clone)]
struct Known {
    provider: Provider,
    keys: Keys,
}

impl Under {
    fn with<T>(&self, what: impl FnOnce(&mut Now) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl OpenId {
    /// What the provider says of itself; asked for when it is not known, or was asked for before `oldest`.
    async fn known(&self, now: Micros, oldest: Micros) -> Result<Known, Refused> {
        let kept = self.state.with(|state| state.known.clone());
        if let Some((_, known)) = kept.filter(|(at, _)| *at >= oldest && *at <= now) {
            return Ok(known);
        }
        let said = ask(&self.reach, &Provider::document(&self.issuer), None).await.map_err(|why| unreached(&why))?;
        let provider = Provider::read(&said, &self.issuer).map_err(Refused::Unproven)?;
        let keys = Keys::read(&ask(&self.reach, &provider.keys, None).await.map_err(|why| unreached(&why))?);
        let known = Known { provider, keys: keys.map_err(Refused::Unproven)? };
        self.state.with(|state| state.known = Some((now, known.clone())));
        Ok(known)
    }

    /// Changes the code for a token, and says who it is.
    async fn prove(&self, flow: &Flow, code: &str, now: chairside_observation::Received) -> Result<Claims, Refused> {
        let known = self.known(now.mono, now.mono - KNOWN_FOR).await?;
        let in_body = known.provider.secret_in_body.then_some(self.secret.0.as_str());
        let proof = in_body.is_none().then(|| Provider::basic(&self.client, &self.secret.0));
        let body = Provider::exchange(&self.client, in_body, &flow.back, code, &flow.begun.verifier);
        let answer =
            ask(&self.reach, &known.provider.token, Some(Form { body, proof })).await.map_err(|why| unreached(&why))?;
        let Answer { id_token } = serde_json::from_slice(&answer)
            .map_err(|_| Refused::Unproven(Unproven::Unreadable("the answer to the code")))?;
        let nonce = &flow.begun.nonce;
        let expected =
            Expected { issuer: &self.issuer, client: &self.client, nonce, roles: &self.claim, now: now.wall };
        match check(&id_token, &known.keys, &expected) {
            // It may have changed its keys since they were asked for.
            Err(Unproven::Key | Unproven::Signature) => {
                let known = self.known(now.mono, now.mono - AGAIN_AFTER).await?;
                check(&id_token, &known.keys, &expected)
            }
            found => found,
        }
        .map_err(Refused::Unproven)
    }
}

/// What is needed of the answer to a code.
#[derive(Deserialize)]
struct Answer {
    id_token: String,
}

fn unreached(why: &str) -> Refused {
    tracing::warn!(why, "the provider of accounts did not answer as expected");
    Refused::NoProvider
}

fn configured(app: &App) -> Result<&OpenId, Refused> {
    app.openid.as_ref().ok_or(Refused::NoOpenId)
}

/// Guesses of an address are slow here, too.
fn keys(caller: &Caller) -> Vec<String> {
    delay::keys("openid", &caller.from, true)
}

/// `POST /api/openid/begin`: where the browser goes to sign in.
pub(crate) async fn begin(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let back = back(&app, request.headers())?;
    let Nothing {} = body(request).await?;
    let openid = configured(&app)?;
    if app.people.book().is_new() {
        // The first account is this machine's own: the one that is left when the provider is gone.
        return Err(Refused::NoOpenId);
    }
    let now = (app.clock)();
    app.people.guess(&keys(&caller), now)?;
    let known = openid.known(now.mono, now.mono - KNOWN_FOR).await?;
    let random = || app.people.random::<32>().map_err(Refused::Random);
    let begun = Begun::new([random()?, random()?, random()?]);
    let browser = app.people.token()?;
    let to = known.provider.sign_in_at(&openid.client, &back, &begun);
    openid.state.with(|state| state.flows.begin(&browser, begun, back, now.mono));
    let mut answer = json(StatusCode::OK, &BeginOpenId { to });
    let cookie = cookie::give_flow(&browser).ok_or(Refused::Internal)?;
    answer.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// This server as the browser called it; the host was checked before.
fn back(app: &App, headers: &HeaderMap) -> Result<String, Refused> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or(Refused::UnknownHost)?;
    let scheme = if app.tls.is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{host}/openid"))
}

/// `POST /api/openid/finish`: the browser came back with a code.
pub(crate) async fn finish(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let browser = cookie::read_flow(request.headers());
    let FinishOpenId { state, code, second } = body(request).await?;
    let openid = configured(&app)?;
    let now = (app.clock)();
    let flow = openid.state.with(|under| under.flows.take(browser.as_ref(), &state, now.mono));
    let flow = flow.ok_or(Refused::NoFlow)?;
    let proven = match (&flow.proven, &code) {
        (Some(claims), _) => Ok(claims.clone()),
        (None, Some(code)) => openid.prove(&flow, code, now).await,
        (None, None) => Err(Refused::NoFlow),
    };
    let claims = proven.inspect_err(|refused| {
        let why = if let Refused::Unproven(why) = refused { why.word() } else { "provider" };
        note_failure(&app, "", &caller.from, &format!("openid {why}"));
    })?;
    let come = come(&app, &caller, &claims, second).await;
    if matches!(come, Err(Refused::CodeNeeded | Refused::BadSignIn)) {
        openid.state.with(|under| under.flows.proven(flow, claims));
    }
    come
}

/// Makes the account, or makes it what the provider says, and sits down: all of it or nothing.
async fn come(app: &App, caller: &Caller, claims: &Claims, second: Option<String>) -> Result<Response<Body>, Refused> {
    let openid = configured(app)?;
    let roles = openid.mapping.roles(&claims.words);
    let (token, now) = (app.people.token()?, (app.clock)());
    let keys = keys(caller);
    if second.is_some() {
        // A code of the second factor is a guess like any other.
        app.people.guess(&keys, now)?;
    }
    let (here, from, given) = (caller.seat.clone(), caller.from.clone(), token.clone());
    let (issuer, who) = (openid.issuer.clone(), claims.clone());
    let came = app.people.change(move |book: &mut Book| {
        let mut after = book.clone();
        let (id, is_new) = after.come_from(&issuer, &who, &roles).map_err(Refused::Account)?;
        if after.account(&id).is_some_and(|account| account.totp.is_some()) {
            let code = second.ok_or(Refused::CodeNeeded)?;
            after.take_code(&id, &code, now.wall).map_err(|_| Refused::BadSignIn)?;
        }
        let seat = after.sit(here.as_deref(), &id, &given, &from, now.wall);
        let account = after.account(&id).cloned().ok_or(Refused::Internal)?;
        *book = after;
        Ok::<_, Refused>((seat, account, is_new))
    });
    let (seat, account, is_new) = came.await?.inspect_err(|refused| {
        let why = match refused {
            Refused::Account(Wrong::NoMapping) => "openid no role",
            Refused::CodeNeeded => return,
            _ => "openid",
        };
        note_failure(app, &claims.name, &caller.from, why);
    })?;
    app.people.right(&keys);
    if is_new {
        note(app, AccessKind::AccountMade, &account.name, &caller.from, &format!("{} openid", account.id));
    }
    note(app, AccessKind::SignedIn, &account.name, &caller.from, "openid");
    seated(app, &seat, &account, &caller.from, &token)
}
