//! Accounts and displays, kept by those who may.

use super::Caller;
use crate::App;
use crate::api::body;
use crate::refusal::{Refused, json};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use chairside_access::{Account, Book, CODE_LETTERS, LINK_FOR, Purpose, Right, Role, Wrong, code};
use chairside_observation::{AccessKind, Micros};
use chairside_wire::{
    Account as Row, AccountChanged, Accounts, ChangeAccount, ChangeDisplay, Display, Displays, NewAccount, NewDisplay,
    OneTimeLink, RoomChair,
};
use std::collections::BTreeSet;

/// `GET /api/accounts`.
pub(crate) async fn accounts(State(app): State<App>, Extension(caller): Extension<Caller>) -> Response<Body> {
    let (book, now) = (app.people.book(), (app.clock)().wall);
    let accounts = book.accounts().iter().map(|account| row(&book, &caller, account, now)).collect();
    json(StatusCode::OK, &Accounts { accounts })
}

fn row(book: &Book, caller: &Caller, account: &Account, now: Micros) -> Row {
    Row {
        id: account.id.clone(),
        name: account.name.clone(),
        sign_in_name: account.sign_in.clone(),
        roles: account.roles.iter().map(|role| role.word().to_owned()).collect(),
        enabled: account.enabled,
        invited: account.password.is_none() && account.elsewhere.is_none(),
        pin_set: account.pin.is_some(),
        code_set: account.totp.is_some(),
        sign_ins: u32::try_from(book.seats_of(&account.id, now).len()).unwrap_or(u32::MAX),
        mine_to_change: may_keep(caller, account).is_ok(),
        elsewhere: account.elsewhere.is_some(),
    }
}

/// A lead keeps the ward's own; an administrator keeps all (S05).
fn may_keep(caller: &Caller, account: &Account) -> Result<(), Wrong> {
    if caller.has(Right::Administer) || account.is_of_the_ward() { Ok(()) } else { Err(Wrong::NotYours) }
}

fn read_roles(caller: &Caller, words: &[String]) -> Result<Vec<Role>, Wrong> {
    let read = |word: &String| Role::from_word(word).ok_or_else(|| Wrong::Role(word.chars().take(40).collect()));
    let roles = words.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let may = caller.has(Right::Administer) || roles.iter().all(|role| role.is_of_the_ward());
    if may { Ok(roles) } else { Err(Wrong::NotYours) }
}

fn link(id: &str, code: &str, until: Micros) -> OneTimeLink {
    OneTimeLink { id: id.to_owned(), link: format!("/welcome#{code}"), until_us: until.0 }
}

/// A new code, and until when it works.
fn new_code(app: &App) -> Result<(String, Micros), Refused> {
    let code = code(app.people.random::<CODE_LETTERS>().map_err(Refused::Random)?);
    Ok((code, (app.clock)().wall + LINK_FOR))
}

/// `POST /api/accounts`.
pub(crate) async fn make_account(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let NewAccount { name, sign_in_name, roles } = body(request).await?;
    let words = roles.join(" ");
    let roles = read_roles(&caller, &roles).map_err(Refused::Account)?;
    let (code, until) = new_code(&app)?;
    let given = code.clone();
    let made = app.people.change(move |book| {
        let id = book.make_account(&name, &sign_in_name, &roles)?;
        book.give_code(&given, Purpose::Account(id.clone()), until);
        Ok(id)
    });
    let id = made.await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::AccountMade, &format!("{id} {words}"));
    Ok(json(StatusCode::OK, &link(&id, &code, until)))
}

/// `POST /api/accounts/{id}`.
pub(crate) async fn change_account(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let asked: ChangeAccount = body(request).await?;
    let roles = asked.roles.as_ref().map(|roles| read_roles(&caller, roles)).transpose().map_err(Refused::Account)?;
    let (code, until) = new_code(&app)?;
    let (change, given, who, at) = (asked.clone(), code.clone(), caller.clone(), id.clone());
    let changed = app.people.change(move |book| {
        let mut after = book.clone();
        may_keep(&who, after.account(&at).ok_or(Wrong::NoAccount)?)?;
        apply(&mut after, &at, change, roles.as_deref(), (given, until))?;
        *book = after;
        Ok(())
    });
    changed.await?.map_err(Refused::Account)?;
    note(&app, &caller, &id, &asked);
    let (book, now) = (app.people.book(), (app.clock)().wall);
    let account = book.account(&id).ok_or(Refused::Account(Wrong::NoAccount))?;
    let link = asked.reset.then(|| link(&id, &code, until));
    Ok(json(StatusCode::OK, &AccountChanged { account: row(&book, &caller, account, now), link }))
}

fn apply(
    book: &mut Book,
    id: &str,
    change: ChangeAccount,
    roles: Option<&[Role]>,
    (code, until): (String, Micros),
) -> Result<(), Wrong> {
    if let Some(name) = change.name {
        book.rename(id, &name)?;
    }
    if let Some(roles) = roles {
        book.set_roles(id, roles)?;
    }
    if let Some(enabled) = change.enabled {
        book.enable(id, enabled)?;
    }
    if change.unlock_code {
        book.take_totp(id)?;
    }
    if change.sign_out {
        book.sign_out_everywhere(id);
    }
    if change.reset {
        book.reset(id)?;
        book.give_code(&code, Purpose::Account(id.to_owned()), until);
    }
    Ok(())
}

fn note(app: &App, caller: &Caller, id: &str, asked: &ChangeAccount) {
    if asked.reset {
        caller.note(app, AccessKind::PasswordReset, id);
    }
    if asked.unlock_code {
        caller.note(app, AccessKind::CodeTaken, id);
    }
    let named = [
        asked.name.as_ref().map(|_| "name".to_owned()),
        asked.roles.as_ref().map(|roles| roles.join(" ")),
        asked.enabled.map(|on| if on { "enabled" } else { "disabled" }.to_owned()),
        asked.sign_out.then(|| "signed out".to_owned()),
    ];
    let named = named.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if !named.is_empty() {
        caller.note(app, AccessKind::AccountChanged, &format!("{id} {named}"));
    }
}

/// `GET /api/displays`.
pub(crate) async fn displays(State(app): State<App>) -> Response<Body> {
    let book = app.people.book();
    let row = |display: &chairside_access::Display| Display {
        id: display.id.clone(),
        name: display.name.clone(),
        opened: display.token.is_some(),
        chairs: display.chairs.clone(),
    };
    let roster = app.desk.roster();
    let chairs = roster.chairs.iter().map(|(id, name)| RoomChair { id: id.to_string(), name: name.to_string() });
    json(StatusCode::OK, &Displays { displays: book.displays().iter().map(row).collect(), chairs: chairs.collect() })
}

/// `POST /api/displays`.
pub(crate) async fn make_display(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let NewDisplay { name, chairs } = body(request).await?;
    let chairs = layout(&app, chairs)?;
    let (code, until) = new_code(&app)?;
    let given = code.clone();
    let made = app.people.change(move |book| {
        let id = book.make_display(&name)?;
        book.lay_out(&id, &chairs)?;
        book.give_code(&given, Purpose::Display(id.clone()), until);
        Ok(id)
    });
    let id = made.await?.map_err(Refused::Account)?;
    caller.note(&app, AccessKind::DisplayMade, &id);
    Ok(json(StatusCode::OK, &link(&id, &code, until)))
}

/// The chairs of a layout, each once, in the order they were given. Each has to be there.
fn layout(app: &App, chairs: Vec<String>) -> Result<Vec<String>, Refused> {
    let roster = app.desk.roster();
    let mut known = BTreeSet::new();
    let mut layout = Vec::new();
    for chair in chairs {
        if !roster.has_chair(&chair.as_str().into()) {
            return Err(Refused::NoChair);
        }
        if known.insert(chair.clone()) {
            layout.push(chair);
        }
    }
    Ok(layout)
}

/// `POST /api/displays/{id}`.
pub(crate) async fn change_display(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let ChangeDisplay { revoke, chairs } = body(request).await?;
    if let Some(chairs) = chairs {
        let (chairs, of) = (layout(&app, chairs)?, id.clone());
        app.people.change(move |book| book.lay_out(&of, &chairs)).await?.map_err(Refused::Account)?;
        caller.note(&app, AccessKind::DisplayChanged, &id);
    }
    if revoke {
        let gone = id.clone();
        app.people.change(move |book| book.revoke_display(&gone)).await?.map_err(Refused::Account)?;
        caller.note(&app, AccessKind::DisplayRevoked, &id);
    }
    Ok(displays(State(app)).await)
}
