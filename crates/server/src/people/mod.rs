//! Who asks, and whether she may: the accounts behind every route and message.
//!
//! `keeper` holds the book and its file; `guard` stands before every route; the other files are routes.

mod accounts;
mod audit;
mod bearer;
mod caller;
mod cookie;
mod emergency;
mod guard;
mod keeper;
mod me;
mod openid;
mod sign;
mod tokens;
mod watch;

pub(crate) use accounts::{accounts, change_account, change_display, displays, make_account, make_display};
pub(crate) use audit::find as find_audit;
pub(crate) use caller::{Caller, Signs, acts_as, signer};
pub(crate) use emergency::ask as ask_emergency;
pub use guard::Gate;
pub(crate) use guard::{Post, guard};
pub use keeper::{People, Random};
pub(crate) use me::{
    active, ask_again, ask_code, change_password, change_pin, confirm_code, end_sign_in, me, sign_ins,
};
pub use openid::{OpenId, Secret, Under};
pub(crate) use openid::{begin as begin_openid, finish as finish_openid};
pub(crate) use sign::{lock, look, sign_in, sign_out, sign_out_everywhere, switch, welcome};
pub(crate) use tokens::{change_token, make_token, tokens};
pub(crate) use watch::{NO_CHAIR, Not, Pass};
