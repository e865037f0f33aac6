//! Whether a screen's socket may go on.

use super::Caller;
use super::caller::{is_trial, rights_of};
use crate::App;
use crate::socket::{Reach, Says};
use chairside_access::{Right, Role, rights, trial};
use chairside_observation::AccessKind;
use chairside_wire::Standing;

/// With what a socket was opened.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    who: Who,
    names: bool,
    /// Chairs of a wall display's layout; empty for every chair.
    layout: Vec<String>,
    caller: Caller,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Trial,
    Seat(String),
    Display(String),
}

/// Why something a screen said is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Not {
    /// The socket ends.
    Ended(Ended),
    /// Not of this chair; the screen goes on.
    Here(&'static str),
}

impl From<Ended> for Not {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

/// The same for a chair that is not there and for one that is not this screen's to show: no refusal tells which.
pub(crate) const NO_CHAIR: &str = "there is no such chair";

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Signed out, disabled, run out, revoked: show the sign-in.
    SignedOut,
    /// A right was taken away: ask anew.
    Right,
}

impl Ended {
    /// Close code of the socket, in the range that is free for programs.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::SignedOut => 4401,
            Self::Right => 4403,
        }
    }

    /// For people.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::SignedOut => "signed out; sign in to go on",
            Self::Right => "what this screen may show has changed; it asks anew",
        }
    }
}

impl Pass {
    /// For a caller who passed the gate of the socket.
    pub(crate) fn of(app: &App, caller: Caller) -> Option<Self> {
        let who = match (caller.standing, &caller.seat, &caller.display) {
            (Standing::Trial, _, _) => Who::Trial,
            (Standing::In | Standing::Locked, Some(seat), _) => Who::Seat(seat.clone()),
            (Standing::Display, _, Some((id, _))) => Who::Display(id.clone()),
            _ => return None,
        };
        let layout = layout(app, &who);
        Some(Self { who, names: caller.has(Right::Names), layout, caller })
    }

    /// Names of patients may be shown.
    pub(crate) const fn sees_names(&self) -> bool {
        self.names
    }

    /// The chair is one this screen shows.
    pub(crate) fn shows(&self, chair: &str) -> bool {
        self.layout.is_empty() || self.layout.iter().any(|shown| shown == chair)
    }

    /// Whose sockets count together: a person's, or a display's. A trial is one person at one computer.
    pub(crate) fn owner(&self) -> String {
        match &self.who {
            Who::Trial => String::new(),
            Who::Seat(seat) => self.caller.account.as_ref().map_or_else(|| seat.clone(), |account| account.id.clone()),
            Who::Display(id) => id.clone(),
        }
    }

    /// Who has this screen now, as the book says.
    fn now(&self, app: &App) -> Result<Caller, Ended> {
        let now = (app.clock)();
        app.people.look_at_file(now.mono);
        let book = app.people.book();
        let same = || self.caller.clone();
        match &self.who {
            Who::Trial if is_trial(app, &book) => Ok(Caller { standing: Standing::Trial, rights: trial(), ..same() }),
            Who::Trial => Err(Ended::SignedOut),
            Who::Display(id) => {
                let open = book.displays().iter().any(|display| display.id == *id && display.token.is_some());
                let caller = || Caller { standing: Standing::Display, rights: rights(&[Role::Display]), ..same() };
                open.then(caller).ok_or(Ended::SignedOut)
            }
            Who::Seat(id) => {
                let seat = book.seat(id).ok_or(Ended::SignedOut)?;
                let holder = seat.holder.as_ref().filter(|holder| now.wall.0 < holder.until_us);
                let account = holder.and_then(|holder| book.account(&holder.account));
                let account = account.filter(|account| account.enabled).ok_or(Ended::SignedOut)?;
                let locked = seat.locked || app.people.is_idle(id, now);
                let standing = if locked { Standing::Locked } else { Standing::In };
                Ok(Caller { standing, rights: rights_of(account), account: Some(account.clone()), ..same() })
            }
        }
    }

    /// Whether the socket may go on as it is; asked whenever the book changed and every second.
    pub(crate) fn stands(&self, app: &App) -> Result<(), Ended> {
        self.is_as_it_was(app, &self.now(app)?)
    }

    /// Nothing of what the screen may show has changed since it was opened.
    fn is_as_it_was(&self, app: &App, caller: &Caller) -> Result<(), Ended> {
        let same = caller.has(Right::Names) == self.names && layout(app, &self.who) == self.layout;
        if caller.has(Right::Live) && same { Ok(()) } else { Err(Ended::Right) }
    }

    /// Whether this screen may say this now, of this chair: it is who it is now and not who it was when it opened (S15).
    pub(crate) fn may_say(&self, app: &App, says: Says, chair: &str) -> Result<(), Not> {
        let caller = self.now(app)?;
        self.is_as_it_was(app, &caller)?;
        says.gate.lets(&caller).map_err(|_| Ended::Right)?;
        match says.reach {
            Reach::Any => Ok(()),
            Reach::Shown if !self.shows(chair) => Err(Not::Here(NO_CHAIR)),
            Reach::Shown => self.may_follow(app, &caller, chair),
        }
    }

    /// A locked screen goes on with what it followed before, and with nothing else (S11).
    fn may_follow(&self, app: &App, caller: &Caller, chair: &str) -> Result<(), Not> {
        let Who::Seat(seat) = &self.who else { return Ok(()) };
        if caller.standing == Standing::Locked && !app.people.followed(seat, chair) {
            return Err(Not::Here("this screen is locked; unlock it to see another chair"));
        }
        Ok(())
    }

    /// Remembers that this screen follows a chair.
    pub(crate) fn follows(&self, app: &App, chair: &str) {
        if let Who::Seat(seat) = &self.who {
            app.people.follows(seat, chair);
        }
    }

    /// The seat is locked now.
    pub(crate) fn is_locked(&self, app: &App) -> bool {
        let Who::Seat(seat) = &self.who else { return false };
        let locked = app.people.book().seat(seat).is_none_or(|seat| seat.locked);
        locked || app.people.is_idle(seat, (app.clock)())
    }

    /// Puts into the audit that a chair with a patient is seen.
    pub(crate) fn note_chair(&self, app: &App, chair: &str) {
        let Who::Seat(seat) = &self.who else { return };
        let book = app.people.book();
        let account = book.seat(seat).and_then(|seat| seat.holder.as_ref());
        let account = account.and_then(|holder| book.account(&holder.account)).cloned();
        Caller { account, ..self.caller.clone() }.note_view(app, AccessKind::ChairViewed, chair);
    }
}

/// The chairs a display shows; none named for every chair.
fn layout(app: &App, who: &Who) -> Vec<String> {
    let Who::Display(id) = who else { return Vec::new() };
    let book = app.people.book();
    let display = book.displays().iter().find(|display| display.id == *id);
    display.map(|display| display.chairs.clone()).unwrap_or_default()
}
