//! `chairside user`: accounts from the console, by whoever may read the data folder.
//!
//! It changes the accounts' file under the same lock as a running server, which takes the change over within a second. What
//! is done here is done by the owner of the machine; the server's audit names who signs in with it.

use crate::cli::{TokenCommand, UserCommand};
use crate::serve::random;
use chairside_access::file::{self, FileError};
use chairside_access::{Account, Book, CODE_LETTERS, LINK_FOR, Program, Purpose, Token, Wrong, code};
use chairside_observation::Micros;
use std::path::Path;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// The data folder is not there.
    #[error("{0}: there is no such folder; start `chairside serve` once, or name its configuration with --config")]
    NoData(String),
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The account cannot be like this.
    #[error("{0}")]
    Wrong(#[from] Wrong),
    /// There is no account yet.
    #[error(
        "there is no account yet; the first one is made by the link that `chairside serve` prints, and is the administrator's"
    )]
    NoFirst,
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(std::io::Error),
}

/// Does it, and says what came of it, a line each. `now`: UTC.
///
/// # Errors
/// See [`UserError`]; nothing was changed.
pub fn run(data: &Path, command: &UserCommand, now: Micros) -> Result<Vec<String>, UserError> {
    if !data.is_dir() {
        return Err(UserError::NoData(data.display().to_string()));
    }
    let path = data.join(file::NAME);
    let _turn = file::turn(&path)?;
    let (mut book, _) = file::load(&path)?;
    match command {
        UserCommand::List => return Ok(list(&book)),
        UserCommand::Token { command: TokenCommand::List } => return Ok(list_tokens(&book, now)),
        _ if book.is_new() => return Err(UserError::NoFirst),
        _ => {}
    }
    let lines = match command {
        UserCommand::Token { command } => change_token(&mut book, command, &Token::new(bytes()?), now)?,
        _ => change(&mut book, command, &code(bytes::<CODE_LETTERS>()?), now)?,
    };
    file::save(&path, &book)?;
    Ok(lines)
}

fn bytes<const N: usize>() -> Result<[u8; N], UserError> {
    let mut bytes = [0; N];
    random()(&mut bytes).map_err(UserError::Random)?;
    Ok(bytes)
}

fn list_tokens(book: &Book, now: Micros) -> Vec<String> {
    let line = |program: &Program| {
        let scopes = program.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(",");
        let until = match program.until_us.and_then(|us| jiff::Timestamp::from_microsecond(us).ok()) {
            Some(until) if program.is_over(now) => format!("over since {until:.0}"),
            Some(until) => format!("until {until:.0}"),
            None => "until revoked".to_owned(),
        };
        format!("{}  {scopes}  {until}  {}", program.id, program.name)
    };
    match book.programs() {
        [] => vec!["No token yet. `chairside user token make NAME --scope fhir` makes one.".to_owned()],
        programs => programs.iter().map(line).collect(),
    }
}

fn change_token(book: &mut Book, command: &TokenCommand, token: &Token, now: Micros) -> Result<Vec<String>, Wrong> {
    match command {
        TokenCommand::List => Ok(list_tokens(book, now)),
        TokenCommand::Make { name, scope, days } => {
            let until = days.map(|days| now + Micros::from_secs(i64::from(days) * 24 * 3_600));
            let id = book.make_program(name, scope, token, (now, until))?;
            Ok(vec![
                format!(
                    "{id}: sent with each request as this header; it is shown only now, and kept here as a digest:"
                ),
                format!("Authorization: Bearer {}", token.text()),
            ])
        }
        TokenCommand::Revoke { name } => {
            let (id, name) =
                book.program_called(name).map(|p| (p.id.clone(), p.name.clone())).ok_or(Wrong::NoProgram)?;
            book.revoke_program(&id)?;
            Ok(vec![format!("{id} ({name}) opens nothing any more.")])
        }
    }
}

fn list(book: &Book) -> Vec<String> {
    let line = |account: &Account| {
        let roles = account.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(",");
        let stands = match (account.enabled, &account.password) {
            (false, _) => "disabled",
            (true, None) => "invited",
            (true, Some(_)) => "enabled",
        };
        format!("{}  {}  {roles}  {stands}  {}", account.id, account.sign_in, account.name)
    };
    match book.accounts() {
        [] => vec!["No account yet. `chairside serve` prints the link for the first one.".to_owned()],
        accounts => accounts.iter().map(line).collect(),
    }
}

fn change(book: &mut Book, command: &UserCommand, code: &str, now: Micros) -> Result<Vec<String>, Wrong> {
    let by_name = |book: &Book, name: &str| book.by_sign_in(name).map(|a| a.id.clone()).ok_or(Wrong::NoAccount);
    let link = |book: &mut Book, id: String| {
        book.give_code(code, Purpose::Account(id), now + LINK_FOR);
        vec![format!("Open on this server, once, within 24 h:  /welcome#{code}")]
    };
    match command {
        // Done before; nothing here changes for them.
        UserCommand::List | UserCommand::Token { .. } => Ok(list(book)),
        UserCommand::Invite { name, sign_in, role } => {
            let id = book.make_account(name, sign_in, role)?;
            Ok(link(book, id))
        }
        UserCommand::Reset { sign_in, code: take } => {
            let id = by_name(book, sign_in)?;
            if *take {
                book.take_totp(&id)?;
            }
            book.reset(&id)?;
            Ok(link(book, id))
        }
        UserCommand::Disable { sign_in } => {
            let id = by_name(book, sign_in)?;
            book.enable(&id, false)?;
            Ok(vec![format!("{sign_in} may sign in no more; every sign-in has ended.")])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_access::{Hash, Role, Scope, Who};

    const NOW: Micros = Micros::from_secs(1_800_000_000);

    fn load(folder: &Path) -> Book {
        file::load(&folder.join(file::NAME)).unwrap().0
    }

    #[test]
    fn s01_the_console_makes_no_first_account_and_no_password() {
        let folder = tempfile::tempdir().unwrap();
        let invite = UserCommand::Invite { name: "Bo".into(), sign_in: "bo".into(), role: vec![Role::Administrator] };
        assert!(matches!(run(folder.path(), &invite, NOW), Err(UserError::NoFirst)));
        assert!(matches!(run(&folder.path().join("none"), &UserCommand::List, NOW), Err(UserError::NoData(_))));
        assert!(run(folder.path(), &UserCommand::List, NOW).unwrap()[0].starts_with("No account yet"));
        assert!(load(folder.path()).is_new());
    }

    #[test]
    fn s10_a_token_from_the_console_is_printed_once_and_revoked_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let said = |command: TokenCommand| run(folder.path(), &UserCommand::Token { command }, NOW);
        let make = |name: &str, days| TokenCommand::Make { name: name.into(), scope: vec![Scope::Fhir], days };
        assert!(matches!(said(make("Viewer", None)), Err(UserError::NoFirst)), "in a trial nothing is needed");
        let mut book = Book::default();
        book.make_account("Lee, Ann", "ann", &[Role::Lead, Role::Administrator]).unwrap();
        file::save(&folder.path().join(file::NAME), &book).unwrap();
        let lines = said(make("Viewer", Some(1))).unwrap();
        let token = Token::read(lines[1].strip_prefix("Authorization: Bearer ").unwrap()).unwrap();
        let known = |at| matches!(load(folder.path()).program(Some(&token), at), Who::Program(_));
        assert!(known(NOW) && !known(NOW + Micros::from_secs(24 * 3_600)));
        let listed = said(TokenCommand::List).unwrap();
        assert_eq!(listed, ["t2  fhir  until 2027-01-16T08:00:00Z  Viewer"]);
        assert!(said(TokenCommand::Revoke { name: "viewer".into() }).unwrap()[0].starts_with("t2 (Viewer)"));
        assert!(!known(NOW));
        assert!(said(TokenCommand::List).unwrap()[0].starts_with("No token yet"));
    }

    #[test]
    fn s09_a_reset_from_the_console_gives_a_link_and_never_a_password() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::default();
        let id = book.make_account("Lee, Ann", "ann", &[Role::Lead, Role::Administrator]).unwrap();
        book.set_password(&id, Hash::of("six sheep on a hill", [1; 16]).unwrap(), None).unwrap();
        file::save(&folder.path().join(file::NAME), &book).unwrap();
        let said = |command: UserCommand| run(folder.path(), &command, NOW);
        let invite = UserCommand::Invite { name: "Bo Nurse".into(), sign_in: "bo".into(), role: vec![Role::Nurse] };
        let line = said(invite).unwrap().remove(0);
        let code = line.split('#').nth(1).unwrap();
        assert_eq!(load(folder.path()).look(code, NOW).unwrap().purpose, Purpose::Account("a2".into()));
        assert!(load(folder.path()).look(code, NOW + LINK_FOR).is_none());
        said(UserCommand::Reset { sign_in: "ANN".into(), code: true }).unwrap();
        assert!(load(folder.path()).account(&id).unwrap().password.is_none());
        assert!(said(UserCommand::Disable { sign_in: "bo".into() }).unwrap()[0].starts_with("bo may sign in no more"));
        assert!(matches!(
            said(UserCommand::Disable { sign_in: "ann".into() }),
            Err(UserError::Wrong(Wrong::LastAdministrator))
        ));
        let lines = said(UserCommand::List).unwrap();
        assert_eq!(lines, ["a1  ann  lead,administrator  invited  Lee, Ann", "a2  bo  nurse  disabled  Bo Nurse"]);
    }
}
