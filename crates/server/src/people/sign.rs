//! Coming in and going out.

use super::caller::{Caller, note};
use super::cookie::{self, Keeps};
use super::me::{Nothing, again, tell, tell_seated};
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use chairside_access::password::{may_be_password, may_be_pin};
use chairside_access::{Account, Book, Hash, Purpose, Role, Token, Wrong, delay, folded};
use chairside_observation::{AccessKind, Micros};
use chairside_wire::{LookAtWelcome, SignIn, Standing, Switch, Welcome, WelcomeFor, WelcomeSaid};

/// Longest name that is told apart where guesses are counted.
const KEY_MAX: usize = 120;

/// The answer to somebody who sits at a seat with a new token.
pub(super) fn seated(
    app: &App,
    seat: &str,
    account: &Account,
    from: &str,
    token: &Token,
) -> Result<Response<Body>, Refused> {
    app.people.pressed(seat, (app.clock)());
    let account = app.people.book().account(&account.id).cloned().ok_or(Refused::SignedOut)?;
    let mut answer = json(StatusCode::OK, &tell_seated(app, seat, &account, from));
    let cookie = cookie::give(token, Keeps::Person).ok_or(Refused::Internal)?;
    answer.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// `POST /api/sign-in`. An unknown name, a disabled account and a wrong password are one answer, after the same work (S08).
pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let asked = body(request).await?;
    come_by_password(&app, &caller, asked).await.inspect_err(|refused| match refused {
        Refused::SlowDown(_) => app.counts.sign_ins_refused.add(1),
        Refused::BadSignIn => app.counts.sign_ins_failed.add(1),
        _ => {}
    })
}

async fn come_by_password(app: &App, caller: &Caller, asked: SignIn) -> Result<Response<Body>, Refused> {
    let SignIn { name, password, code } = asked;
    let account = app.people.book().by_sign_in(&name).cloned();
    let known = account.as_ref().is_some_and(|account| account.from.contains(&caller.from));
    let named = folded(&name).chars().take(KEY_MAX).collect::<String>();
    let keys = delay::keys(&named, &caller.from, known);
    app.people.guess(&keys, (app.clock)())?;
    let hash = account.as_ref().filter(|account| account.enabled).and_then(|account| account.password.clone());
    // A flood of strangers does not stand before who signed in from here before.
    let right = match known {
        true => app.people.is(hash.clone(), password).await?,
        false => app.people.is_stranger(hash.clone(), password).await?,
    };
    let Some(account) = account.filter(|_| right) else {
        // A name nobody has may be a password in the wrong field: it is kept nowhere.
        let by = app.people.book().by_sign_in(&name).map(|account| account.name.clone()).unwrap_or_default();
        note_failure(app, &by, &caller.from, "");
        return Err(Refused::BadSignIn);
    };
    if account.totp.is_some() && code.is_none() {
        return Err(Refused::CodeNeeded);
    }
    let (seat, token) = sit(app, caller, &account, hash, code).await.inspect_err(|_| {
        note_failure(app, &account.name, &caller.from, "code");
    })?;
    app.people.right(&keys);
    note(app, AccessKind::SignedIn, &account.name, &caller.from, "");
    seated(app, &seat, &account, &caller.from, &token)
}

/// Puts a failed sign-in into the audit; of a flood a part, and how many there were.
pub(super) fn note_failure(app: &App, by: &str, from: &str, what: &str) {
    let (line, more) = app.people.failed((app.clock)());
    if more > 0 {
        note(app, AccessKind::SignInFailed, "", "", &format!("{more} more within a minute"));
    }
    if line {
        note(app, AccessKind::SignInFailed, by, from, what);
    }
}

/// Takes the code and the seat in one: of two at once with the same code one gets in. `hash`: the password that was right; one
/// that was changed meanwhile is no longer.
async fn sit(
    app: &App,
    caller: &Caller,
    account: &Account,
    hash: Option<Hash>,
    code: Option<String>,
) -> Result<(String, Token), Refused> {
    let (token, now) = (app.people.token()?, (app.clock)().wall);
    let (id, from, here, given) = (account.id.clone(), caller.from.clone(), caller.seat.clone(), token.clone());
    let sat = app.people.change(move |book: &mut Book| {
        let account = book.account(&id).filter(|account| account.enabled && account.password == hash);
        let needs_code = account.ok_or(Refused::BadSignIn)?.totp.is_some();
        if needs_code {
            let code = code.ok_or(Refused::CodeNeeded)?;
            book.take_code(&id, &code, now).map_err(|_| Refused::BadSignIn)?;
        }
        Ok::<_, Refused>(book.sit(here.as_deref(), &id, &given, &from, now))
    });
    Ok((sat.await??, token))
}

/// `POST /api/switch`: by PIN, where this person signed in whole within 12 h (S05).
pub(crate) async fn switch(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let Switch { person, pin } = body(request).await?;
    let seat = caller.seat.clone().ok_or(Refused::PinSpent)?;
    let now = (app.clock)().wall;
    let (at, id) = (seat.clone(), person.clone());
    let account = app.people.change(move |book| book.try_pin(&at, &id, now)).await?.map_err(Refused::Account)?;
    if !app.people.is(account.pin.clone(), pin).await? {
        note(&app, AccessKind::SecretFailed, &account.name, &caller.from, "PIN");
        return Err(Refused::BadSecret);
    }
    let token = app.people.token()?;
    let (at, given, hash) = (seat.clone(), token.clone(), account.pin.clone());
    let switched = app.people.change(move |book| {
        let same = book.account(&person).is_some_and(|account| account.enabled && account.pin == hash);
        if same { book.switch(&at, &person, &given, now) } else { Err(Wrong::NoPin) }
    });
    switched.await?.map_err(Refused::Account)?;
    note(&app, AccessKind::Switched, &account.name, &caller.from, "");
    seated(&app, &seat, &account, &caller.from, &token)
}

/// `POST /api/lock`.
pub(crate) async fn lock(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let Nothing {} = body(request).await?;
    let seat = caller.seat.clone().ok_or(Refused::SignedOut)?;
    app.people.change(move |book| book.lock(&seat)).await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::Locked, "");
    again(&app, Caller { standing: Standing::Locked, ..caller })
}

/// `POST /api/sign-out`.
pub(crate) async fn sign_out(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let Nothing {} = body(request).await?;
    let seat = caller.seat.clone().ok_or(Refused::SignedOut)?;
    app.people.forget_followed(&seat);
    app.people.change(move |book| book.sign_out(&seat)).await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::SignedOut, "");
    Ok(out(&app, caller))
}

/// `POST /api/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let Nothing {} = body(request).await?;
    let id = caller.account()?.id.clone();
    app.people.change(move |book| book.sign_out_everywhere(&id)).await?;
    caller.note(&app, AccessKind::SignedOut, "everywhere");
    Ok(out(&app, caller))
}

fn out(app: &App, caller: Caller) -> Response<Body> {
    let caller = Caller { standing: Standing::Out, account: None, rights: vec![], ..caller };
    json(StatusCode::OK, &tell(app, &caller))
}

/// `POST /api/welcome/look`: what a one-time code is for.
pub(crate) async fn look(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let LookAtWelcome { code } = body(request).await?;
    let (book, now) = (app.people.book(), (app.clock)());
    let keys = delay::keys("welcome", &caller.from, true);
    app.people.guess(&keys, now)?;
    let purpose = &book.look(&code, now.wall).ok_or(Refused::Account(Wrong::BadCode))?.purpose;
    app.people.right(&keys);
    let (purpose, name, sign_in_name) = match purpose {
        Purpose::First => (WelcomeFor::First, None, None),
        Purpose::Account(id) => {
            let account = book.account(id);
            let names = |of: fn(&Account) -> &String| account.map(|account| of(account).clone());
            (WelcomeFor::Account, names(|account| &account.name), names(|account| &account.sign_in))
        }
        Purpose::Display(id) => {
            let display = book.displays().iter().find(|display| display.id == *id);
            (WelcomeFor::Display, display.map(|display| display.name.clone()), None)
        }
    };
    Ok(json(StatusCode::OK, &WelcomeSaid { purpose, name, sign_in_name }))
}

/// `POST /api/welcome`: uses a one-time code up.
pub(crate) async fn welcome(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let asked: Welcome = body(request).await?;
    let now = (app.clock)();
    let keys = delay::keys("welcome", &caller.from, true);
    app.people.guess(&keys, now)?;
    let book = app.people.book();
    let purpose = book.look(&asked.code, now.wall).ok_or(Refused::Account(Wrong::BadCode))?.purpose.clone();
    app.people.right(&keys);
    match purpose {
        Purpose::Display(id) => open_display(&app, &caller, asked.code, id).await,
        Purpose::First => {
            let missing = |what| Refused::Account(Wrong::Missing(what));
            let name = asked.name.clone().ok_or_else(|| missing("name"))?;
            let sign_in = asked.sign_in_name.clone().ok_or_else(|| missing("signInName"))?;
            come_in(&app, &caller, asked, Comes::First { name, sign_in }).await
        }
        Purpose::Account(id) => {
            let account = book.account(&id).cloned().ok_or(Refused::Account(Wrong::BadCode))?;
            come_in(&app, &caller, asked, Comes::Invited(Box::new(account))).await
        }
    }
}

/// Who comes in by a link.
enum Comes {
    First { name: String, sign_in: String },
    Invited(Box<Account>),
}

/// The first account is the lead's and the administrator's.
const FIRST: [Role; 2] = [Role::Lead, Role::Administrator];

async fn come_in(app: &App, caller: &Caller, asked: Welcome, comes: Comes) -> Result<Response<Body>, Refused> {
    let password = asked.password.ok_or(Refused::Account(Wrong::Missing("password")))?;
    let names: [&str; 2] = match &comes {
        Comes::First { name, sign_in } => [name, sign_in],
        Comes::Invited(account) => [&account.name, &account.sign_in],
    };
    let weak = |weak: chairside_access::password::Weak| Refused::Account(weak.into());
    may_be_password(&password, &names).map_err(weak)?;
    asked.pin.as_deref().map_or(Ok(()), may_be_pin).map_err(weak)?;
    let hash = app.people.hash(password).await?;
    let pin = match asked.pin {
        Some(pin) => Some(app.people.hash(pin).await?),
        None => None,
    };
    let (token, now) = (app.people.token()?, (app.clock)().wall);
    let (given, from, here, code) = (token.clone(), caller.from.clone(), caller.seat.clone(), asked.code);
    let first = matches!(comes, Comes::First { .. });
    let came = app.people.change(move |book| settle(book, &code, comes, (hash, pin), (here, &given, &from, now)));
    let (seat, account) = came.await?.map_err(Refused::Account)?;
    let did = if first { AccessKind::AccountMade } else { AccessKind::PasswordSet };
    note(app, did, &account.name, &caller.from, if first { "first account" } else { "" });
    if account.totp.is_some() {
        // A link replaces the password, never the second factor (S07).
        return Err(Refused::CodeNeeded);
    }
    note(app, AccessKind::SignedIn, &account.name, &caller.from, "");
    seated(app, &seat, &account, &caller.from, &token)
}

/// Code, account, password and seat in one: all of it or nothing.
fn settle(
    book: &mut Book,
    code: &str,
    comes: Comes,
    (password, pin): (Hash, Option<Hash>),
    (here, token, from, now): (Option<String>, &Token, &str, Micros),
) -> Result<(String, Account), Wrong> {
    let mut after = book.clone();
    after.use_code(code, now)?;
    let id = match comes {
        Comes::First { name, sign_in } => after.make_account(&name, &sign_in, &FIRST)?,
        Comes::Invited(account) => account.id,
    };
    after.set_password(&id, password, None)?;
    if pin.is_some() {
        after.set_pin(&id, pin)?;
    }
    let account = after.account(&id).cloned().ok_or(Wrong::NoAccount)?;
    let seat = match account.totp {
        Some(_) => String::new(),
        None => after.sit(here.as_deref(), &id, token, from, now),
    };
    *book = after;
    Ok((seat, account))
}

async fn open_display(app: &App, caller: &Caller, code: String, id: String) -> Result<Response<Body>, Refused> {
    let (token, now) = (app.people.token()?, (app.clock)().wall);
    let (given, opened) = (token.clone(), id.clone());
    let open = app.people.change(move |book| {
        book.use_code(&code, now)?;
        book.open_display(&opened, &given)
    });
    open.await?.map_err(Refused::Account)?;
    let book = app.people.book();
    let name = book.displays().iter().find(|display| display.id == id).map(|display| display.name.clone());
    note(app, AccessKind::DisplayOpened, name.as_deref().unwrap_or_default(), &caller.from, "");
    let caller = Caller {
        standing: Standing::Display,
        display: Some((id, name.unwrap_or_default())),
        rights: chairside_access::rights(&[Role::Display]),
        ..Caller::nobody(caller.from.clone())
    };
    let mut answer = json(StatusCode::OK, &tell(app, &caller));
    let cookie = cookie::give(&token, Keeps::Display).ok_or(Refused::Internal)?;
    answer.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(answer)
}
