//! Programs that read by themselves: each has a token of its own, with a name, few scopes and perhaps an end.

use crate::Wrong;
use crate::book::{Book, may_name};
use crate::right::Scope;
use crate::seat::Who;
use crate::secret::Token;
use chairside_observation::Micros;
use serde::{Deserialize, Serialize};

/// Most tokens: a clinic has a viewer or two and something that watches.
pub const PROGRAMS_MAX: usize = 64;
/// Longest life of a token that has an end, in days.
pub const PROGRAM_DAYS_MAX: u16 = 3_650;

/// One program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Never given twice.
    pub id: String,
    /// What people call it; the audit names it so.
    pub name: String,
    /// What it may read; at least one.
    pub scopes: Vec<Scope>,
    /// Digest of its token.
    token: String,
    /// When it was made, UTC microseconds.
    pub made_us: i64,
    /// When it ends, UTC microseconds; `None` when it is revoked only.
    pub until_us: Option<i64>,
}

impl Program {
    /// Its time is over.
    #[must_use]
    pub fn is_over(&self, now: Micros) -> bool {
        self.until_us.is_some_and(|until| now.0 >= until)
    }
}

impl Book {
    /// Every program that has a token.
    #[must_use]
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// Which program sent this token. No cookie is looked at for one, and no token of a cookie is one.
    #[must_use]
    pub fn program(&self, token: Option<&Token>, now: Micros) -> Who<'_> {
        let Some(digest) = token.map(Token::digest) else { return Who::Nobody };
        let found = self.programs.iter().find(|program| program.token == digest && !program.is_over(now));
        found.map_or(Who::Nobody, Who::Program)
    }

    /// Gives a program its token; only the digest is kept. `until`: when it ends.
    ///
    /// # Errors
    /// The name is wrong or taken, no scope is given, or there are too many.
    pub fn make_program(
        &mut self,
        name: &str,
        scopes: &[Scope],
        token: &Token,
        (now, until): (Micros, Option<Micros>),
    ) -> Result<String, Wrong> {
        if self.programs.len() >= PROGRAMS_MAX {
            return Err(Wrong::ProgramsFull);
        }
        let name = may_name("name", name)?;
        self.may_be_called(None, &name)?;
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(Wrong::Scope(String::new()));
        }
        let id = self.new_id('t');
        let until_us = until.map(|until| until.0);
        self.programs.push(Program { id: id.clone(), name, scopes, token: token.digest(), made_us: now.0, until_us });
        Ok(id)
    }

    /// A token opens nothing any more.
    ///
    /// # Errors
    /// There is no such token.
    pub fn revoke_program(&mut self, id: &str) -> Result<(), Wrong> {
        let before = self.programs.len();
        self.programs.retain(|program| program.id != id);
        if self.programs.len() < before { Ok(()) } else { Err(Wrong::NoProgram) }
    }

    /// A token by its id, or by its name however it is typed.
    #[must_use]
    pub fn program_called(&self, name: &str) -> Option<&Program> {
        let folded = crate::book::folded(name);
        self.programs.iter().find(|program| program.id == name || crate::book::folded(&program.name) == folded)
    }
}

/// Whether every program of a file is one this program makes.
pub(crate) fn are_sound(programs: &[Program]) -> bool {
    programs.iter().all(|program| !program.scopes.is_empty() && program.token.len() == 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    const NOW: Micros = Micros::from_secs(1_800_000_000);
    const DAY: Micros = Micros::from_secs(24 * 3_600);

    fn token(n: u8) -> Token {
        Token::new([n; 32])
    }

    fn who(book: &Book, token: &Token, now: Micros) -> String {
        match book.program(Some(token), now) {
            Who::Program(program) => program.name.clone(),
            _ => "nobody".to_owned(),
        }
    }

    #[test]
    fn s10_a_token_is_known_by_its_digest_until_it_ends_or_is_revoked() {
        let mut book = Book::default();
        let id = book.make_program("Viewer", &[Scope::Fhir], &token(1), (NOW, Some(NOW + DAY))).unwrap();
        book.make_program("Watch", &[Scope::Metrics, Scope::Metrics], &token(2), (NOW, None)).unwrap();
        assert_eq!([who(&book, &token(1), NOW), who(&book, &token(2), NOW)], ["Viewer", "Watch"]);
        assert_eq!(who(&book, &token(3), NOW), "nobody");
        assert_eq!(who(&book, &token(1), NOW + DAY), "nobody", "its time is over");
        assert_eq!(book.programs()[1].scopes, [Scope::Metrics]);
        book.revoke_program(&id).unwrap();
        assert_eq!(who(&book, &token(1), NOW), "nobody");
        assert_eq!(book.revoke_program(&id), Err(Wrong::NoProgram));
        let kept = serde_json::to_string(&book).unwrap();
        assert!(!kept.contains(token(2).text()) && kept.contains(&token(2).digest()), "only its digest is kept");
        assert_eq!(serde_json::from_str::<Book>(&kept).unwrap(), book);
    }

    #[test]
    fn s10_a_programs_token_is_no_cookie_and_a_cookie_no_programs_token() {
        let mut book = Book::default();
        let nurse = book.make_account("Ann", "ann", &[Role::Nurse]).unwrap();
        book.sit(None, &nurse, &token(1), "x", NOW);
        book.make_program("Viewer", &[Scope::Fhir], &token(2), (NOW, None)).unwrap();
        assert!(matches!(book.who(Some(&token(2)), NOW), Who::Nobody));
        assert!(matches!(book.program(Some(&token(1)), NOW), Who::Nobody));
        assert!(matches!(book.program(None, NOW), Who::Nobody));
    }

    #[test]
    fn s23_no_program_has_the_name_of_a_person_or_of_another() {
        let mut book = Book::default();
        book.make_account("Lee, Ann", "ann", &[Role::Nurse]).unwrap();
        let mut make = |name: &str, scopes: &[Scope]| book.make_program(name, scopes, &token(1), (NOW, None));
        assert_eq!(make("lee,  ann", &[Scope::Fhir]), Err(Wrong::Taken("name")));
        assert_eq!(make("Viewer", &[]), Err(Wrong::Scope(String::new())));
        assert!(matches!(make("", &[Scope::Fhir]), Err(Wrong::Name { .. })));
        assert!(make("Viewer", &[Scope::Fhir]).is_ok());
        assert_eq!(make("viewer", &[Scope::Fhir]), Err(Wrong::Taken("name")));
        assert_eq!(book.make_account("VIEWER", "v", &[Role::Nurse]), Err(Wrong::Taken("name")));
        assert_eq!(book.program_called("viewer").map(|program| program.id.as_str()), Some("t2"));
    }

    #[test]
    fn tokens_are_bounded() {
        let mut book = Book::default();
        let make = |book: &mut Book, n: usize| book.make_program(&n.to_string(), Scope::ALL, &token(1), (NOW, None));
        assert!((0..PROGRAMS_MAX).all(|n| make(&mut book, n).is_ok()));
        assert_eq!(make(&mut book, PROGRAMS_MAX), Err(Wrong::ProgramsFull));
    }
}
