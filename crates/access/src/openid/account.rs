//! The account of somebody a provider knows.

use super::Claims;
use crate::book::{Account, Book, NAME_MAX, folded};
use crate::{Role, Wrong};
use serde::{Deserialize, Serialize};

/// Whose account at which provider it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// The provider.
    pub issuer: String,
    /// Its own id of the person: names and addresses may be given to another one.
    pub subject: String,
}

impl Book {
    /// Somebody the provider has proven, with the roles the configuration gives her: her account, made now when there is none
    /// yet, and whether it was. An account made here is never hers for having the same name.
    ///
    /// # Errors
    /// She has no role, the account may not sign in, its name is another's, or nobody would be left to keep accounts.
    pub fn come_from(&mut self, issuer: &str, claims: &Claims, roles: &[Role]) -> Result<(String, bool), Wrong> {
        if roles.is_empty() {
            return Err(Wrong::NoMapping);
        }
        let elsewhere = Elsewhere { issuer: issuer.to_owned(), subject: claims.subject.clone() };
        let known = self.accounts.iter().find(|account| account.elsewhere.as_ref() == Some(&elsewhere)).cloned();
        let name = plain(&claims.name);
        match known {
            Some(account) if !account.enabled => Err(Wrong::Disabled),
            Some(account) => {
                self.become_as_told(&account, &name, roles)?;
                Ok((account.id, false))
            }
            None => {
                let id = self.make_account(&name, &plain(&claims.sign_in), roles)?;
                self.account_mut(&id)?.elsewhere = Some(elsewhere);
                Ok((id, true))
            }
        }
    }

    /// Name and roles are the provider's to say, each time she comes.
    fn become_as_told(&mut self, account: &Account, name: &str, roles: &[Role]) -> Result<(), Wrong> {
        if account.roles != roles {
            self.set_roles(&account.id, roles)?;
        }
        if folded(&account.name) != folded(name) {
            self.rename(&account.id, name)?;
        }
        Ok(())
    }
}

/// A name as it can stand here.
fn plain(name: &str) -> String {
    let fits = |c: &char| !c.is_control() && !"<>\"\\{}|=".contains(*c);
    name.chars().filter(fits).take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seat::Who;
    use crate::secret::Token;
    use chairside_observation::Micros;

    const NOW: Micros = Micros::from_secs(1_800_000_000);
    const ISSUER: &str = "https://id.example";

    fn claims(subject: &str, name: &str) -> Claims {
        Claims { subject: subject.into(), name: name.into(), sign_in: name.to_lowercase(), words: vec![] }
    }

    fn ward() -> Book {
        let mut book = Book::default();
        book.make_account("Lee, Ann", "ann", &[Role::Administrator]).unwrap();
        book
    }

    #[test]
    fn s05_who_comes_from_the_provider_has_her_own_account_and_the_roles_that_were_mapped() {
        let mut book = ward();
        assert_eq!(book.come_from(ISSUER, &claims("u1", "Bo"), &[]), Err(Wrong::NoMapping));
        let (id, made) = book.come_from(ISSUER, &claims("u1", "Bo <b>"), &[Role::Nurse]).unwrap();
        let account = book.account(&id).unwrap().clone();
        assert_eq!((&*account.name, made, account.password), ("Bo b", true, None));
        assert_eq!(book.come_from(ISSUER, &claims("u1", "Bo b"), &[Role::Nurse]), Ok((id.clone(), false)));
        // An account made here is nobody's from elsewhere, nor is one of another provider or subject.
        assert_eq!(book.come_from(ISSUER, &claims("u2", "Lee, Ann"), &[Role::Nurse]), Err(Wrong::Taken("name")));
        let same = book.come_from("https://other.example", &claims("u1", "Bo c"), &[Role::Lead]).unwrap();
        assert!(same.0 != id && same.1);
    }

    #[test]
    fn s12_what_the_provider_took_away_ends_what_it_gave() {
        let mut book = ward();
        let (id, _) = book.come_from(ISSUER, &claims("u1", "Bo"), &[Role::Lead]).unwrap();
        let token = Token::new([1; 32]);
        book.sit(None, &id, &token, "x", NOW);
        book.come_from(ISSUER, &claims("u1", "Bo"), &[Role::Lead]).unwrap();
        assert!(matches!(book.who(Some(&token), NOW), Who::Person(..)), "nothing changed");
        book.come_from(ISSUER, &claims("u1", "Bo"), &[Role::Nurse]).unwrap();
        assert!(matches!(book.who(Some(&token), NOW), Who::Empty(_)), "her screen elsewhere was a lead's");
        book.enable(&id, false).unwrap();
        assert_eq!(book.come_from(ISSUER, &claims("u1", "Bo"), &[Role::Nurse]), Err(Wrong::Disabled));
    }

    #[test]
    fn s09_no_password_is_given_to_an_account_of_the_provider() {
        let mut book = ward();
        let (id, _) = book.come_from(ISSUER, &claims("u1", "Bo"), &[Role::Nurse]).unwrap();
        assert_eq!(book.reset(&id), Err(Wrong::OfProvider));
        assert!(serde_json::from_str::<Book>(&serde_json::to_string(&book).unwrap()).unwrap() == book);
    }
}
