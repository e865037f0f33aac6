//! Why something with an account is not possible.

use crate::book::{ACCOUNTS_MAX, DISPLAYS_MAX, NAME_MAX};
use crate::password::Weak;
use crate::program::PROGRAMS_MAX;

/// Each sentence is for the one who asked, and says nothing of a patient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is no such account.
    #[error("there is no such account; the list of accounts has those there are")]
    NoAccount,
    /// There is no such display.
    #[error("there is no such display; the list of displays has those there are")]
    NoDisplay,
    /// The code was used, is over, or never was one.
    #[error("this link was used, is over or was never given; ask for a new one")]
    BadCode,
    /// Empty, too long, or with characters no name has.
    #[error("{field}: {found:?} found, 1 to {NAME_MAX} letters, digits, blanks and plain signs expected")]
    Name {
        /// Which field.
        field: &'static str,
        /// What stood there, its beginning.
        found: String,
    },
    /// Another account has it.
    #[error("another account has this {0}; take another one, such as with the first name")]
    Taken(&'static str),
    /// Not a role of an account.
    #[error(
        "roles: {0:?} found, at least one of nurse, clinician, reviewer, auditor, lead, biomed, administrator expected"
    )]
    Role(String),
    /// Nobody would be left to keep accounts.
    #[error("this is the last administrator; make another one first")]
    LastAdministrator,
    /// The roles are not this person's to give.
    #[error("this account, or a role asked for, is an administrator's to give")]
    NotYours,
    /// Too many accounts.
    #[error("there are {ACCOUNTS_MAX} accounts, the most there can be")]
    Full,
    /// Too many displays.
    #[error("there are {DISPLAYS_MAX} displays, the most there can be; take one away")]
    DisplaysFull,
    /// None of her words at the provider is a role here.
    #[error(
        "none of your groups at the provider of accounts has a role here; the server's configuration says which do"
    )]
    NoMapping,
    /// The account may not sign in.
    #[error("this account may not sign in; the lead or an administrator can change that")]
    Disabled,
    /// Name and password are kept elsewhere.
    #[error("name, roles and password of this account are kept by the provider of accounts")]
    OfProvider,
    /// There is no such token.
    #[error("there is no such token; the list of tokens has those there are")]
    NoProgram,
    /// Not a scope of a token.
    #[error("scopes: {0:?} found, at least one of fhir, metrics expected")]
    Scope(String),
    /// Too many tokens.
    #[error("there are {PROGRAMS_MAX} tokens, the most there can be; revoke one")]
    ProgramsFull,
    /// A password or PIN that is not taken.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// No second factor was begun, or the code is not its.
    #[error("this code is not of the app that was set up, or is too old; wait for the next one")]
    Code,
    /// A one-time code has been begun that asks for more than was sent.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The sign-in is no longer there.
    #[error("this sign-in is over")]
    NoSignIn,
    /// The PIN is not to be asked for here.
    #[error(
        "sign in with the password: the PIN works where this person signed in within 12 h, and only for a few tries"
    )]
    NoPin,
}
