//! Stands before every route: who asks, and what the table says of her.

use super::{Caller, emergency};
use crate::App;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, Response};
use axum::middleware::Next;
use chairside_access::Right;
use chairside_observation::AccessKind;
use chairside_wire::Standing;
use std::net::SocketAddr;

/// What a route asks of the one who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing: the page itself, signing in, whether the server lives. No data.
    Anyone,
    /// A person who is signed in, locked or not: what ends a sign-in.
    Held,
    /// A person who is signed in and not locked: her own password, PIN and sign-ins.
    Own,
    /// A right of the table, and a screen that is not locked.
    Right(Right),
    /// The same, and a locked screen may come too: the chairs it followed go on.
    Live,
}

impl Gate {
    /// Whether this one may pass.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn lets(self, caller: &Caller) -> Result<(), Refused> {
        let locked = caller.standing == Standing::Locked;
        match self {
            Self::Anyone => Ok(()),
            Self::Own if locked && caller.account.is_some() => Err(Refused::Locked),
            Self::Held | Self::Own => caller.account().map(|_| ()),
            Self::Right(_) | Self::Live if caller.standing == Standing::Out => Err(Refused::SignedOut),
            Self::Right(_) if locked => Err(Refused::Locked),
            Self::Right(right) => caller.may(right),
            Self::Live => caller.may(Right::Live),
        }
    }
}

/// A gate, what passing it puts into the audit, and the server.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) app: App,
    pub(crate) path: &'static str,
    pub(crate) gate: Gate,
    pub(crate) notes: Option<AccessKind>,
}

/// Lets a request through, or not. The handler finds the [`Caller`] among the request's extensions.
pub(crate) async fn guard(State(post): State<Post>, mut request: Request, next: Next) -> Response<Body> {
    let Post { app, path, gate, notes } = post;
    // A handler that wants a part of it as text would have it refused in other words than ours.
    if !is_text(request.uri().path()) {
        return Refused::NoRoute.into_answer();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let now = (app.clock)();
    let mut caller = Caller::of(&app, request.headers(), peer, now);
    let mut lets = gate.lets(&caller);
    if matches!(lets, Err(Refused::NoRight))
        && let Some(opened) = emergency::opened(&app, &caller, path, request.uri().path()).await
    {
        lets = gate.lets(&opened);
        caller = opened;
    }
    if let Err(refused) = lets {
        if matches!(refused, Refused::NoRight | Refused::CodeRequired) {
            caller.note_view(&app, AccessKind::Refused, &format!("{} {path}", request.method()));
        }
        return refused.into_answer();
    }
    if request.method() != Method::GET && caller.standing == Standing::In {
        caller.seat.iter().for_each(|seat| app.people.pressed(seat, now));
    }
    // A person who looks at the figures is nothing to remember; that a program's token is in use is.
    let notes = notes.filter(|did| *did != AccessKind::TokenUsed || caller.program.is_some());
    if let Some(did) = notes {
        // The part of the path after its kind: a chair, a session or a source; of FHIR the kind itself. No address holds a name.
        let at = if path.starts_with("/fhir/") { 2 } else { 3 };
        let what = request.uri().path().split('/').nth(at).unwrap_or_default().to_owned();
        caller.note_view(&app, did, &what);
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Whether a path is text once each `%XX` is read as its byte.
fn is_text(path: &str) -> bool {
    let (mut bytes, mut at) = (Vec::with_capacity(path.len()), 0);
    while let Some(byte) = path.as_bytes().get(at) {
        let hex = path.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| *byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                at += 3;
            }
            None => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_a_path_that_is_no_text_is_known() {
        for (path, expected) in [
            ("/chair/1", true),
            ("/chair/%C3%A4", true),
            ("/chair/ä", true),
            ("/chair/%", true),
            ("/chair/%4", true),
            ("/chair/%zz", true),
            ("/chair/%FF", false),
            ("/chair/%C3", false),
            ("/%c3%28/series", false),
        ] {
            assert_eq!(is_text(path), expected, "{path}");
        }
    }
}
