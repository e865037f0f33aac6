//! Whether a screen's socket may go on.

use super::Caller;
use super::caller::{is_trial, rights_of};
use crate::App;
use chairside_access::Right;
use chairside_observation::AccessKind;
use chairside_wire::Standing;

/// With what a socket was opened.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    who: Who,
    names: bool,
    caller: Caller,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Trial,
    Seat(String),
    Display(String),
}

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
    pub(crate) fn of(caller: Caller) -> Option<Self> {
        let who = match (caller.standing, &caller.seat, &caller.display) {
            (Standing::Trial, _, _) => Who::Trial,
            (Standing::In | Standing::Locked, Some(seat), _) => Who::Seat(seat.clone()),
            (Standing::Display, _, Some((id, _))) => Who::Display(id.clone()),
            _ => return None,
        };
        Some(Self { who, names: caller.has(Right::Names), caller })
    }

    /// Names of patients may be shown.
    pub(crate) const fn sees_names(&self) -> bool {
        self.names
    }

    /// Whose sockets count together: a person's, or a display's. A trial is one person at one computer.
    pub(crate) fn owner(&self) -> String {
        match &self.who {
            Who::Trial => String::new(),
            Who::Seat(seat) => self.caller.account.as_ref().map_or_else(|| seat.clone(), |account| account.id.clone()),
            Who::Display(id) => id.clone(),
        }
    }

    /// Whether the socket may go on as it is; asked whenever the book changed and every second.
    pub(crate) fn stands(&self, app: &App) -> Result<(), Ended> {
        let now = (app.clock)();
        app.people.look_at_file(now.mono);
        let book = app.people.book();
        let rights = match &self.who {
            Who::Trial => return if is_trial(app, &book) { Ok(()) } else { Err(Ended::SignedOut) },
            Who::Display(id) => {
                let open = book.displays().iter().any(|display| display.id == *id && display.token.is_some());
                return if open { Ok(()) } else { Err(Ended::SignedOut) };
            }
            Who::Seat(seat) => {
                let holder = book.seat(seat).and_then(|seat| seat.holder.as_ref());
                let holder = holder.filter(|holder| now.wall.0 < holder.until_us);
                let account = holder.and_then(|holder| book.account(&holder.account));
                rights_of(account.filter(|account| account.enabled).ok_or(Ended::SignedOut)?)
            }
        };
        if rights.contains(&Right::Live) && rights.contains(&Right::Names) == self.names {
            Ok(())
        } else {
            Err(Ended::Right)
        }
    }

    /// Whether this screen may follow a chair now: a locked one only what it followed before (S11).
    pub(crate) fn may_follow(&self, app: &App, chair: &str) -> bool {
        let Who::Seat(seat) = &self.who else { return true };
        if self.is_locked(app) {
            return app.people.followed(seat, chair);
        }
        app.people.follows(seat, chair);
        true
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
