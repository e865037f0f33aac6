//! Who asks, as the book says now.

use super::{bearer, cookie};
use crate::App;
use crate::refusal::Refused;
use axum::http::HeaderMap;
use chairside_access::{Account, Book, Right, Role, Who, rights, rights_of_program, trial};
use chairside_observation::session::{Person, Role as ActsAs};
use chairside_observation::{AccessKind, Accessed, Received};
use chairside_wire::Standing;
use std::net::SocketAddr;

/// What a lead or administrator may not do before a second factor is set up (S07). What is done at the chairs is not among it.
const NEEDS_CODE: [Right; 4] = [Right::Settings, Right::Accounts, Right::Administer, Right::Audit];

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) standing: Standing,
    /// Id of the seat, where the browser has one.
    pub(crate) seat: Option<String>,
    /// The person signed in.
    pub(crate) account: Option<Account>,
    /// Id and name of the display.
    pub(crate) display: Option<(String, String)>,
    /// Name of the program that sent its token.
    pub(crate) program: Option<String>,
    /// What is asked for is one patient's, and an emergency opens it to her.
    pub(crate) emergency: bool,
    /// What she may do; what a locked screen's person may do once it is unlocked.
    pub(crate) rights: Vec<Right>,
    /// Network address, as text.
    pub(crate) from: String,
}

impl Caller {
    /// Reads the token of a program, else the cookie, and looks in the book. Where a token was sent no cookie counts: a wrong
    /// one is nobody's.
    pub(crate) fn of(app: &App, headers: &HeaderMap, peer: Option<SocketAddr>, now: Received) -> Self {
        app.people.look_at_file(now.mono);
        let book = app.people.book();
        let from = peer.map(|peer| peer.ip().to_canonical().to_string()).unwrap_or_default();
        let nobody = Self::nobody(from);
        if is_trial(app, &book) {
            return Self { standing: Standing::Trial, rights: trial(), ..nobody };
        }
        let who = match bearer::read(headers) {
            Some(sent) => book.program(sent.token().as_ref(), now.wall),
            None => book.who(cookie::read(headers).as_ref(), now.wall),
        };
        match who {
            Who::Nobody => nobody,
            Who::Program(program) => Self {
                standing: Standing::Program,
                program: Some(program.name.clone()),
                rights: rights_of_program(&program.scopes),
                ..nobody
            },
            Who::Empty(seat) => Self { seat: Some(seat.id.clone()), ..nobody },
            Who::Display(display) => Self {
                standing: Standing::Display,
                display: Some((display.id.clone(), display.name.clone())),
                rights: rights(&[Role::Display]),
                ..nobody
            },
            Who::Person(seat, account) => {
                let locked = seat.locked || app.people.is_idle(&seat.id, now);
                Self {
                    standing: if locked { Standing::Locked } else { Standing::In },
                    seat: Some(seat.id.clone()),
                    rights: rights_of(account),
                    account: Some(account.clone()),
                    ..nobody
                }
            }
        }
    }

    /// Nobody that is known, from there.
    pub(crate) const fn nobody(from: String) -> Self {
        let standing = Standing::Out;
        Self {
            standing,
            seat: None,
            account: None,
            display: None,
            program: None,
            emergency: false,
            rights: Vec::new(),
            from,
        }
    }

    /// Whether she has a right, locked or not.
    pub(crate) fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Refuses what she may not.
    pub(crate) fn may(&self, right: Right) -> Result<(), Refused> {
        if self.has(right) {
            return Ok(());
        }
        let with_code = self.account.as_ref().is_some_and(|account| {
            account.needs_code() && account.roles.iter().any(|role| chairside_access::may(*role, right))
        });
        Err(if with_code { Refused::CodeRequired } else { Refused::NoRight })
    }

    /// The person signed in, or a refusal.
    pub(crate) fn account(&self) -> Result<&Account, Refused> {
        self.account.as_ref().ok_or(Refused::SignedOut)
    }

    /// Whom the audit names.
    pub(crate) fn name(&self) -> &str {
        let display = || self.display.as_ref().map(|(_, name)| name.as_str());
        let person = self.account.as_ref().map(|account| account.name.as_str());
        person.or_else(display).or(self.program.as_deref()).unwrap_or_default()
    }

    /// Puts into the audit what she did.
    pub(crate) fn note(&self, app: &App, did: AccessKind, what: &str) {
        note(app, did, self.name(), &self.from, what);
    }

    /// The same for what is looked at again and again: once an hour. What a program reads of patients is noted each time: nobody
    /// sits before it.
    pub(crate) fn note_view(&self, app: &App, did: AccessKind, what: &str) {
        let who = format!("{} {}", self.name(), self.from);
        let each = self.standing == Standing::Program && did != AccessKind::TokenUsed && did != AccessKind::Refused;
        if self.standing != Standing::Trial
            && (each || app.people.is_news(&who, &format!("{} {what}", did.word()), (app.clock)()))
        {
            self.note(app, did, what);
        }
    }
}

/// There is no account, and nobody but this computer reaches the server (S01).
pub(crate) fn is_trial(app: &App, book: &Book) -> bool {
    book.is_new() && app.listen.ip().is_loopback()
}

/// Rights of a person as she stands.
pub(crate) fn rights_of(account: &Account) -> Vec<Right> {
    let all = rights(&account.roles).into_iter();
    all.filter(|right| !account.needs_code() || !NEEDS_CODE.contains(right)).collect()
}

/// Longest text of an audit entry beside the name.
const WHAT_MAX: usize = 120;

pub(crate) fn note(app: &App, did: AccessKind, by: &str, from: &str, what: &str) {
    // The separator of the log's fields, and whatever else no line should hold, has no place in it.
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(WHAT_MAX).collect::<String>().into();
    app.desk.note((app.clock)(), Accessed { did, by: plain(by), from: plain(from), what: plain(what) });
}

/// As what somebody stands under a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// As what she usually is.
    Usual,
    /// As a clinician: what only one decides or signs.
    Clinician,
    /// As the lead: the clinic's settings.
    Lead,
}

/// Who stands under a deed: in a trial whoever was typed; else the person signed in, whatever was sent, and nobody for her
/// (S05). What waits in a browser for another person is refused until she signs in.
pub(crate) fn signer(caller: &Caller, by: Person, signs: Signs) -> Result<Person, Refused> {
    if caller.standing == Standing::Trial {
        return Ok(by);
    }
    let account = caller.account()?;
    if *by.name != *account.name {
        return Err(Refused::AnotherPerson);
    }
    let reads = caller.emergency.then_some(ActsAs::Reviewer);
    let role = acts_as(&account.roles, signs).or(reads).ok_or(Refused::NoRight)?;
    Ok(Person { name: account.name.as_str().into(), role })
}

/// The role beside a name. A lead does a clinician's and a nurse's work too.
pub(crate) fn acts_as(roles: &[Role], signs: Signs) -> Option<ActsAs> {
    let has = |role: Role| roles.contains(&role);
    let clinician = has(Role::Clinician) || has(Role::Lead);
    match signs {
        Signs::Clinician if clinician => Some(ActsAs::Clinician),
        Signs::Lead if has(Role::Lead) => Some(ActsAs::Lead),
        _ if has(Role::Clinician) => Some(ActsAs::Clinician),
        _ if has(Role::Lead) => Some(ActsAs::Lead),
        _ if has(Role::Nurse) => Some(ActsAs::Nurse),
        _ if has(Role::Reviewer) => Some(ActsAs::Reviewer),
        _ if has(Role::Auditor) => Some(ActsAs::Auditor),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s05_the_role_under_a_deed_is_one_the_person_has() {
        for (roles, usual, clinician, lead) in [
            (&[Role::Nurse][..], Some(ActsAs::Nurse), Some(ActsAs::Nurse), Some(ActsAs::Nurse)),
            (&[Role::Lead], Some(ActsAs::Lead), Some(ActsAs::Clinician), Some(ActsAs::Lead)),
            (&[Role::Clinician], Some(ActsAs::Clinician), Some(ActsAs::Clinician), Some(ActsAs::Clinician)),
            (&[Role::Auditor, Role::Biomed], Some(ActsAs::Auditor), Some(ActsAs::Auditor), Some(ActsAs::Auditor)),
            (&[Role::Biomed, Role::Administrator], None, None, None),
        ] {
            let found = [Signs::Usual, Signs::Clinician, Signs::Lead].map(|signs| acts_as(roles, signs));
            assert_eq!(found, [usual, clinician, lead], "{roles:?}");
        }
    }
}
