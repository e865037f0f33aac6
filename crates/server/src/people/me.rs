//! What somebody is told of herself, and what she changes of her own.

use super::Caller;
use super::caller::rights_of;
use super::sign::seated;
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use chairside_access::password::{may_be_password, may_be_pin};
use chairside_access::{Account, CODE_LETTERS, Right, SPARE, Totp, code, delay};
use chairside_observation::session::Role as ActsAs;
use chairside_observation::{AccessKind, Micros};
use chairside_wire::{
    AskCode, ChangePassword, ChangePin, CodeSecret, ConfirmCode, EndSignIn, Me, PersonHere, SignInRow, SignIns,
    SignedIn, SpareCodes, Standing,
};
use serde::Deserialize;

/// `GET /api/me`.
pub(crate) async fn me(State(app): State<App>, Extension(caller): Extension<Caller>) -> Response<Body> {
    json(StatusCode::OK, &tell(&app, &caller))
}

/// What a caller is told of herself.
pub(super) fn tell(app: &App, caller: &Caller) -> Me {
    let now = (app.clock)().wall;
    let book = app.people.book();
    let seat = caller.seat.as_deref().and_then(|seat| book.seat(seat));
    let here = |account: &Account| PersonHere { id: account.id.clone(), name: account.name.clone() };
    let account = caller.account.as_ref();
    Me {
        standing: caller.standing,
        person: account.map(|account| signed_in(app, account)),
        rights: words(&caller.rights),
        lock_after_s: u32::try_from(app.people.locks_after().0 / 1_000_000).unwrap_or(u32::MAX),
        people: seat.map(|seat| book.people_at(seat, now).into_iter().map(here).collect()).unwrap_or_default(),
        code_needed: account.is_some_and(Account::needs_code),
        pin_set: account.is_some_and(|account| account.pin.is_some()),
        code_set: account.is_some_and(|account| account.totp.is_some()),
        emergencies: super::emergency::going_on(app, caller),
        open_id: app.openid.as_ref().filter(|_| !book.is_new()).map(|openid| openid.name.clone()),
    }
}

/// The same of somebody who sits at a seat from now on.
pub(super) fn tell_seated(app: &App, seat: &str, account: &Account, from: &str) -> Me {
    let caller = Caller {
        standing: Standing::In,
        seat: Some(seat.to_owned()),
        account: Some(account.clone()),
        rights: rights_of(account),
        ..Caller::nobody(from.to_owned())
    };
    tell(app, &caller)
}

fn words(rights: &[Right]) -> Vec<String> {
    rights.iter().map(|right| right.word().to_owned()).collect()
}

fn signed_in(app: &App, account: &Account) -> SignedIn {
    // Who may read in an emergency opens records as a reviewer does.
    let reads = !app.people.granted(&account.id, (app.clock)().mono).is_empty();
    let acts_as = super::caller::acts_as(&account.roles, super::Signs::Usual).or(reads.then_some(ActsAs::Reviewer));
    SignedIn {
        id: account.id.clone(),
        name: account.name.clone(),
        roles: account.roles.iter().map(|role| role.word().to_owned()).collect(),
        elsewhere: account.elsewhere.is_some(),
        acts_as: acts_as.map(|role| role.word().to_owned()),
    }
}

/// A body without fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// `POST /api/me/active`: somebody touches the screen. The guard has taken note of it.
pub(crate) async fn active(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let Nothing {} = body(request).await?;
    Ok(json(StatusCode::OK, &tell(&app, &caller)))
}

/// How long after she came from the provider somebody without a password here may set a PIN and a second factor.
const FRESH: Micros = Micros::from_secs(10 * 60);

/// Asks for the password before something of one's own is changed. Whose password is the provider's has just come from there.
async fn ask_own(app: &App, caller: &Caller, password: String) -> Result<(), Refused> {
    let account = caller.account()?;
    if account.elsewhere.is_none() {
        return ask_again(app, caller, password, false).await;
    }
    let (book, now) = (app.people.book(), (app.clock)().wall);
    let fresh = caller.seat.as_deref().is_some_and(|seat| book.came_whole(seat, &account.id, FRESH, now));
    if fresh { Ok(()) } else { Err(Refused::NotFresh) }
}

/// Asks for the password, or for the PIN where that is enough, once more (S12). Wrong ones are slow, like those at the door.
pub(crate) async fn ask_again(app: &App, caller: &Caller, secret: String, pin_too: bool) -> Result<(), Refused> {
    let account = caller.account()?;
    let keys = delay::keys(&format!("again {}", account.id), &caller.from, true);
    app.people.guess(&keys, (app.clock)())?;
    let is_pin = pin_too && may_be_pin(&secret).is_ok() && account.pin.is_some();
    let hash = if is_pin { account.pin.clone() } else { account.password.clone() };
    if !app.people.is(hash, secret).await? {
        caller.note(app, AccessKind::SecretFailed, "");
        return Err(Refused::BadSecret);
    }
    app.people.right(&keys);
    Ok(())
}

/// `POST /api/me/password`.
pub(crate) async fn change_password(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let ChangePassword { old, new } = body(request).await?;
    let account = caller.account()?.clone();
    ask_again(&app, &caller, old, false).await?;
    may_be_password(&new, &[&account.name, &account.sign_in]).map_err(|weak| Refused::Account(weak.into()))?;
    let hash = app.people.hash(new).await?;
    let (token, seat, id) = (app.people.token()?, caller.seat.clone().ok_or(Refused::SignedOut)?, account.id.clone());
    let given = token.clone();
    let at = seat.clone();
    let changed = app.people.change(move |book| {
        book.set_password(&id, hash, Some(&at))?;
        book.renew(&at, &given)
    });
    changed.await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::PasswordSet, "");
    seated(&app, &seat, &account, &caller.from, &token)
}

/// `POST /api/me/pin`.
pub(crate) async fn change_pin(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let ChangePin { password, pin } = body(request).await?;
    let id = caller.account()?.id.clone();
    ask_own(&app, &caller, password).await?;
    let hash = match pin {
        None => None,
        Some(pin) => {
            may_be_pin(&pin).map_err(|weak| Refused::Account(weak.into()))?;
            Some(app.people.hash(pin).await?)
        }
    };
    app.people.change(move |book| book.set_pin(&id, hash)).await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::PinSet, "");
    again(&app, caller)
}

/// `POST /api/me/totp`.
pub(crate) async fn ask_code(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let AskCode { password } = body(request).await?;
    let account = caller.account()?.clone();
    ask_own(&app, &caller, password).await?;
    let totp = Totp::new(app.people.random().map_err(Refused::Random)?);
    let answer = CodeSecret { secret: totp.base32(), uri: totp.uri(&account.sign_in) };
    app.people.change(move |book| book.begin_totp(&account.id, totp)).await?.map_err(Refused::Account)?;
    Ok(json(StatusCode::OK, &answer))
}

/// `POST /api/me/totp/confirm`.
pub(crate) async fn confirm_code(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let ConfirmCode { code: typed } = body(request).await?;
    let id = caller.account()?.id.clone();
    let keys = delay::keys(&format!("code {id}"), &caller.from, true);
    let now = (app.clock)();
    app.people.guess(&keys, now)?;
    let spare = (0..SPARE).map(|_| app.people.random::<CODE_LETTERS>().map(code)).collect::<Result<Vec<_>, _>>();
    let spare = spare.map_err(Refused::Random)?;
    let kept = spare.clone();
    let confirmed = app.people.change(move |book| book.confirm_totp(&id, &typed, &kept, now.wall)).await?;
    confirmed.map_err(Refused::Account)?;
    app.people.right(&keys);
    caller.note(&app, AccessKind::CodeSet, "");
    Ok(json(StatusCode::OK, &SpareCodes { spare }))
}

/// `GET /api/me/sign-ins`.
pub(crate) async fn sign_ins(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response<Body>, Refused> {
    let now = (app.clock)();
    let book = app.people.book();
    let row = |seat: &&chairside_access::Seat| SignInRow {
        id: seat.id.clone(),
        since_us: seat.holder.as_ref().map_or(0, |holder| holder.since_us),
        last_us: app.people.last_press(&seat.id, now).0,
        from: seat.from.clone(),
        here: caller.seat.as_ref() == Some(&seat.id),
    };
    let rows = book.seats_of(&caller.account()?.id, now.wall).iter().map(row).collect();
    Ok(json(StatusCode::OK, &SignIns { sign_ins: rows }))
}

/// `POST /api/me/sign-ins/end`: one's own only.
pub(crate) async fn end_sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let EndSignIn { id } = body(request).await?;
    let account = caller.account()?.id.clone();
    let now = (app.clock)().wall;
    let ended = app.people.change(move |book| {
        let mine = book.seats_of(&account, now).iter().any(|seat| seat.id == id);
        if mine { book.sign_out(&id) } else { Err(chairside_access::Wrong::NoSignIn) }
    });
    ended.await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::SignedOut, "elsewhere");
    again(&app, caller)
}

/// What a caller is told after she changed something of her own.
pub(super) fn again(app: &App, caller: Caller) -> Result<Response<Body>, Refused> {
    let book = app.people.book();
    let account = caller.account.as_ref().and_then(|account| book.account(&account.id)).cloned();
    Ok(json(StatusCode::OK, &tell(app, &Caller { account, ..caller })))
}
