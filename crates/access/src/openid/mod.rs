//! Signing in with an account of somebody else's provider (OpenID Connect, authorization code flow with PKCE): what is asked
//! of it, what it answers, and what of that is believed. No socket is opened here.

mod account;
mod keys;
mod proof;
mod provider;

pub use account::Elsewhere;
pub use keys::Keys;
pub use proof::{Claims, Expected, LEEWAY, check};
pub use provider::{Begun, Provider, challenge, same_place};

use crate::Role;
use std::collections::BTreeMap;

/// Which words of the provider are which roles here. A word that is not in it is no role (S05).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(pub BTreeMap<String, Role>);

impl Mapping {
    /// The roles of somebody with these words; none for who has none of them.
    #[must_use]
    pub fn roles(&self, words: &[String]) -> Vec<Role> {
        let mut roles = words.iter().filter_map(|word| self.0.get(word).copied()).collect::<Vec<_>>();
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}

/// Why an answer of the provider is not believed or not understood. Each sentence is for the server's log and the audit; it
/// repeats nothing of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Not what the standard says it is.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// The document is of another issuer, or leads elsewhere.
    #[error("{what}: {found} found, {expected} expected")]
    Elsewhere {
        /// Which field.
        what: &'static str,
        /// What stood there.
        found: String,
        /// What was configured.
        expected: String,
    },
    /// Signed with what is not taken here.
    #[error("the token is signed with {0:?}, RS256 or ES256 expected")]
    Algorithm(String),
    /// No key of the provider's is the token's.
    #[error("no key of the provider has signed the token")]
    Key,
    /// The signature is not its key's.
    #[error("the signature of the token is wrong")]
    Signature,
    /// Another one made the token.
    #[error("the token is of another issuer")]
    Issuer,
    /// It was made for another program.
    #[error("the token is for another program")]
    Audience,
    /// It belongs to another sign-in.
    #[error("the token belongs to another sign-in")]
    Nonce,
    /// It is over, or not yet valid.
    #[error("the token is over or not valid yet; is the clock of one of both wrong?")]
    Time,
    /// It does not say who.
    #[error("the token does not say whose it is")]
    Subject,
}

impl Unproven {
    /// A few words for the audit.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Elsewhere { .. } => "another place",
            Self::Algorithm(_) => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Nonce => "nonce",
            Self::Time => "time",
            Self::Subject => "subject",
        }
    }
}

/// Base64 without padding, of the alphabet for addresses; `None` for anything else.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s05_nobody_has_a_role_without_a_mapping() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mapping = Mapping(BTreeMap::from([
            ("ward-nurses".to_owned(), Role::Nurse),
            ("night".to_owned(), Role::Nurse),
            ("it".to_owned(), Role::Biomed),
        ]));
        assert_eq!(mapping.roles(&words(&["ward-nurses", "night", "it", "golf"])), [Role::Nurse, Role::Biomed]);
        assert_eq!(mapping.roles(&words(&["lead", "administrator", "Ward-Nurses"])), []);
        assert_eq!(Mapping::default().roles(&words(&["nurse"])), []);
    }
}
