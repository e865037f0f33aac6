//! Accounts, roles, the permission table, passwords and tokens.
//!
//! Values in, values out: clock and random bytes are parameters, and nothing here knows of HTTP. [`file`] is the thin edge: it
//! keeps the [`Book`] on disk, whole, for this user only.
#![warn(missing_docs)]

mod book;
pub mod delay;
mod error;
pub mod file;
pub mod openid;
pub mod password;
mod program;
mod right;
mod seat;
mod secret;
mod totp;

pub use book::{
    ACCOUNTS_MAX, Account, Book, CODE_LETTERS, DISPLAYS_MAX, Display, FIRST_CODE_FOR, LINK_FOR, NAME_MAX, OneTime,
    Purpose, folded,
};
pub use error::Wrong;
pub use program::{PROGRAM_DAYS_MAX, PROGRAMS_MAX, Program};
pub use right::{Right, Role, Scope, may, rights, rights_of, rights_of_program, trial};
pub use seat::{ABSOLUTE, Holder, LOCK_AFTER, PIN_TRIES, SEATS_MAX, SIGN_INS_MAX, Seat, Who};
pub use secret::{Hash, MEMORY_KIB, PASSES, Token, code, typed};
pub use totp::{SPARE, Totp};
