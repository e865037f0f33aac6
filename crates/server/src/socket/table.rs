//! Who may say what on a socket: one row for each kind of message, and the check goes by it (S15, S16).

use crate::people::Gate;
use chairside_wire::FromScreen;

/// Which chairs a message may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those the screen may show: of a wall display those of its layout, of a locked screen those it followed before.
    Shown,
    /// Any: it only takes away what was given.
    Any,
}

/// What a kind of message asks of the one who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Says {
    /// The word of the kind.
    pub kind: &'static str,
    /// Who may say it.
    pub gate: Gate,
    /// Of which chairs.
    pub reach: Reach,
}

const FOLLOW: Says = Says { kind: "follow", gate: Gate::Live, reach: Reach::Shown };
const UNFOLLOW: Says = Says { kind: "unfollow", gate: Gate::Live, reach: Reach::Any };

/// Every kind there is. Anything else is not read at all.
pub const MESSAGES: [Says; 2] = [FOLLOW, UNFOLLOW];

/// The row of a message. A new kind does not compile without one.
pub(super) const fn row(message: &FromScreen) -> Says {
    match message {
        FromScreen::Follow { .. } => FOLLOW,
        FromScreen::Unfollow { .. } => UNFOLLOW,
    }
}
