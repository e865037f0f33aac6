//! Everything that is kept of accounts: the accounts, the displays, who sits where, and the one-time codes that are out.

use crate::openid::Elsewhere;
use crate::password::may_be_password;
use crate::program::Program;
use crate::seat::Seat;
use crate::secret::{Hash, digest, typed};
use crate::totp::Totp;
use crate::{Role, Wrong};
use chairside_observation::Micros;
use serde::{Deserialize, Serialize};

/// Most accounts; people who left stay as disabled ones, since their names stand in records.
pub const ACCOUNTS_MAX: usize = 1_000;
/// Most displays.
pub const DISPLAYS_MAX: usize = 64;
/// Longest name, as a session takes it.
pub const NAME_MAX: usize = 120;
/// How long the first account's code works (S01).
pub const FIRST_CODE_FOR: Micros = Micros::from_secs(30 * 60);
/// How long an invitation, a reset or a display's link works.
pub const LINK_FOR: Micros = Micros::from_secs(24 * 3_600);
/// Letters of a one-time code: 100 bits.
pub const CODE_LETTERS: usize = 20;
/// Addresses of an account's last sign-ins that are remembered for the delays.
const FROM_MAX: usize = 8;
/// The file's own version.
const VERSION: u32 = 1;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Never given twice.
    pub id: String,
    /// Name under entries.
    pub name: String,
    /// Name to sign in with, folded.
    pub sign_in: String,
    /// At least one; never [`Role::Display`].
    pub roles: Vec<Role>,
    /// It may sign in.
    pub enabled: bool,
    /// `None` until its link was used.
    pub password: Option<Hash>,
    /// `None` for no PIN.
    pub pin: Option<Hash>,
    /// The second factor.
    pub totp: Option<Totp>,
    /// One that was begun and not confirmed.
    pub totp_begun: Option<Totp>,
    /// Addresses it was signed in from, the newest last.
    pub from: Vec<String>,
    /// Whose account at which provider it is; `None` for one made here, with its password here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

impl Account {
    /// Its roles ask for a second factor and there is none (S07).
    #[must_use]
    pub fn needs_code(&self) -> bool {
        self.totp.is_none() && self.roles.iter().any(|role| role.needs_code())
    }

    /// All its roles are the ward's to give.
    #[must_use]
    pub fn is_of_the_ward(&self) -> bool {
        self.roles.iter().all(|role| role.is_of_the_ward())
    }

    fn names(&self) -> [&str; 2] {
        [&self.name, &self.sign_in]
    }
}

/// A wall display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// Never given twice.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Digest of its token, once its link was opened.
    pub token: Option<String>,
    /// Ids of the chairs it shows; empty for every chair of the room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chairs: Vec<String>,
}

/// What a one-time code is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// The first account.
    First,
    /// The password of this account.
    Account(String),
    /// This display.
    Display(String),
}

/// A one-time code that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneTime {
    digest: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Until when, UTC microseconds.
    pub until_us: i64,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    version: u32,
    /// The next id's number.
    next: u64,
    pub(crate) accounts: Vec<Account>,
    pub(crate) displays: Vec<Display>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) programs: Vec<Program>,
    pub(crate) seats: Vec<Seat>,
    codes: Vec<OneTime>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            version: VERSION,
            next: 1,
            accounts: vec![],
            displays: vec![],
            programs: vec![],
            seats: vec![],
            codes: vec![],
        }
    }
}

impl Book {
    /// Whether what a file said can have been written by this program.
    ///
    /// # Errors
    /// What was found.
    pub fn is_sound(&self) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!("version {} found, {VERSION} expected", self.version));
        }
        let mut hashes = self.accounts.iter().flat_map(|account| [&account.password, &account.pin]).flatten();
        if !hashes.all(Hash::is_sound) {
            return Err("a hash was found that this program does not make".to_owned());
        }
        let display = |account: &Account| account.roles.is_empty() || account.roles.contains(&Role::Display);
        if self.accounts.iter().any(display) {
            return Err("an account without a role was found".to_owned());
        }
        if !crate::program::are_sound(&self.programs) {
            return Err("a program's token without scope or digest was found".to_owned());
        }
        Ok(())
    }

    /// Nobody has an account yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Every account, in the order they were made.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Every display.
    #[must_use]
    pub fn displays(&self) -> &[Display] {
        &self.displays
    }

    /// An account by its id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn account_mut(&mut self, id: &str) -> Result<&mut Account, Wrong> {
        self.accounts.iter_mut().find(|account| account.id == id).ok_or(Wrong::NoAccount)
    }

    /// An account by the name it signs in with, however it is typed.
    #[must_use]
    pub fn by_sign_in(&self, name: &str) -> Option<&Account> {
        let name = folded(name);
        self.accounts.iter().find(|account| account.sign_in == name)
    }

    pub(crate) fn new_id(&mut self, letter: char) -> String {
        let id = format!("{letter}{}", self.next);
        self.next += 1;
        id
    }

    /// Makes an account without a password; [`Book::give_code`] makes the link for it.
    ///
    /// # Errors
    /// A name is wrong or taken, or no role is given.
    pub fn make_account(&mut self, name: &str, sign_in: &str, roles: &[Role]) -> Result<String, Wrong> {
        if self.accounts.len() >= ACCOUNTS_MAX {
            return Err(Wrong::Full);
        }
        let (name, sign_in) = (may_name("name", name)?, folded(&may_name("signInName", sign_in)?));
        self.may_be_called(None, &name)?;
        if self.by_sign_in(&sign_in).is_some() {
            return Err(Wrong::Taken("sign-in name"));
        }
        let roles = may_have(roles)?;
        let id = self.new_id('a');
        self.accounts.push(Account {
            id: id.clone(),
            name,
            sign_in,
            roles,
            enabled: true,
            password: None,
            pin: None,
            totp: None,
            totp_begun: None,
            from: vec![],
            elsewhere: None,
        });
        Ok(id)
    }

    /// No two people share the name that stands under entries, and no program has a person's: the audit names both.
    pub(crate) fn may_be_called(&self, id: Option<&str>, name: &str) -> Result<(), Wrong> {
        let people =
            self.accounts.iter().filter(|account| Some(account.id.as_str()) != id).map(|account| &account.name);
        let mut others = people.chain(self.programs.iter().map(|program| &program.name));
        if others.any(|other| folded(other) == folded(name)) { Err(Wrong::Taken("name")) } else { Ok(()) }
    }

    /// Another name for later entries. Whoever is signed in has to sign in again.
    ///
    /// # Errors
    /// No such account, or the name is wrong or taken.
    pub fn rename(&mut self, id: &str, name: &str) -> Result<(), Wrong> {
        let name = may_name("name", name)?;
        self.may_be_called(Some(id), &name)?;
        self.account_mut(id)?.name = name;
        self.sign_out_everywhere(id);
        Ok(())
    }

    /// Other roles. Every sign-in of the account ends: a token never outlives what it was given for (S10, S12).
    ///
    /// # Errors
    /// No such account, no role, or nobody would be left to keep accounts.
    pub fn set_roles(&mut self, id: &str, roles: &[Role]) -> Result<(), Wrong> {
        let roles = may_have(roles)?;
        let mut after = self.clone();
        after.account_mut(id)?.roles = roles;
        after.has_administrator()?;
        after.sign_out_everywhere(id);
        *self = after;
        Ok(())
    }

    /// Lets an account sign in, or no longer.
    ///
    /// # Errors
    /// No such account, or nobody would be left to keep accounts.
    pub fn enable(&mut self, id: &str, enabled: bool) -> Result<(), Wrong> {
        let mut after = self.clone();
        after.account_mut(id)?.enabled = enabled;
        after.has_administrator()?;
        if !enabled {
            after.sign_out_everywhere(id);
            after.take_codes_of(&Purpose::Account(id.to_owned()));
        }
        *self = after;
        Ok(())
    }

    fn has_administrator(&self) -> Result<(), Wrong> {
        let is_one = |account: &Account| account.enabled && account.roles.contains(&Role::Administrator);
        if self.accounts.iter().any(is_one) { Ok(()) } else { Err(Wrong::LastAdministrator) }
    }

    /// A new password has to be set by link; the old one and the PIN are gone (S09), every sign-in ends.
    ///
    /// # Errors
    /// No such account, or its password is its provider's.
    pub fn reset(&mut self, id: &str) -> Result<(), Wrong> {
        let account = self.account_mut(id)?;
        if account.elsewhere.is_some() {
            return Err(Wrong::OfProvider);
        }
        (account.password, account.pin) = (None, None);
        self.sign_out_everywhere(id);
        Ok(())
    }

    /// The second factor is gone.
    ///
    /// # Errors
    /// No such account.
    pub fn take_totp(&mut self, id: &str) -> Result<(), Wrong> {
        let account = self.account_mut(id)?;
        (account.totp, account.totp_begun) = (None, None);
        self.sign_out_everywhere(id);
        Ok(())
    }

    /// Whether this may be the password of an account.
    ///
    /// # Errors
    /// What stands against it.
    pub fn may_have_password(&self, id: &str, password: &str) -> Result<(), Wrong> {
        let account = self.account(id).ok_or(Wrong::NoAccount)?;
        Ok(may_be_password(password, &account.names())?)
    }

    /// A new password. Every other sign-in ends; `here` is the seat that asks.
    ///
    /// # Errors
    /// No such account.
    pub fn set_password(&mut self, id: &str, hash: Hash, here: Option<&str>) -> Result<(), Wrong> {
        self.account_mut(id)?.password = Some(hash);
        self.sign_out_elsewhere(id, here);
        Ok(())
    }

    /// A new PIN, or none.
    ///
    /// # Errors
    /// No such account.
    pub fn set_pin(&mut self, id: &str, hash: Option<Hash>) -> Result<(), Wrong> {
        self.account_mut(id)?.pin = hash;
        Ok(())
    }

    /// Begins a second factor; the one there is counts until the new one is confirmed.
    ///
    /// # Errors
    /// No such account.
    pub fn begin_totp(&mut self, id: &str, totp: Totp) -> Result<(), Wrong> {
        self.account_mut(id)?.totp_begun = Some(totp);
        Ok(())
    }

    /// Confirms the second factor by one of its codes.
    ///
    /// # Errors
    /// None was begun, or the code is not its.
    pub fn confirm_totp(&mut self, id: &str, code: &str, spare: &[String], now: Micros) -> Result<(), Wrong> {
        let account = self.account_mut(id)?;
        let mut begun = account.totp_begun.clone().ok_or(Wrong::Code)?;
        if !begun.take(code, now) {
            return Err(Wrong::Code);
        }
        begun.set_spare(spare);
        (account.totp, account.totp_begun) = (Some(begun), None);
        Ok(())
    }

    /// Takes a code of the second factor.
    ///
    /// # Errors
    /// It is not one, or was taken before.
    pub fn take_code(&mut self, id: &str, code: &str, now: Micros) -> Result<(), Wrong> {
        let totp = self.account_mut(id)?.totp.as_mut().ok_or(Wrong::Code)?;
        if totp.take(code, now) { Ok(()) } else { Err(Wrong::Code) }
    }

    /// Remembers where an account signed in from.
    pub(crate) fn came_from(&mut self, id: &str, from: &str) {
        if let Ok(account) = self.account_mut(id) {
            account.from.retain(|known| known != from);
            account.from.push(from.to_owned());
            let over = account.from.len().saturating_sub(FROM_MAX);
            account.from.drain(..over);
        }
    }

    /// Gives a one-time code out; any earlier one for the same is dead.
    pub fn give_code(&mut self, code: &str, purpose: Purpose, until: Micros) {
        self.take_codes_of(&purpose);
        self.codes.push(OneTime { digest: digest(code), purpose, until_us: until.0 });
    }

    fn take_codes_of(&mut self, purpose: &Purpose) {
        self.codes.retain(|known| known.purpose != *purpose);
    }

    /// What a code is for; `None` when it is none, was used, or is over.
    #[must_use]
    pub fn look(&self, code: &str, now: Micros) -> Option<&OneTime> {
        let digest = digest(&typed(code));
        let found = self.codes.iter().find(|known| known.digest == digest && now.0 < known.until_us)?;
        match &found.purpose {
            Purpose::First => self.is_new().then_some(found),
            Purpose::Account(id) => self.account(id).filter(|account| account.enabled).map(|_| found),
            Purpose::Display(id) => self.displays.iter().any(|display| display.id == *id).then_some(found),
        }
    }

    /// Uses a code up.
    ///
    /// # Errors
    /// It is none, was used, or is over.
    pub fn use_code(&mut self, code: &str, now: Micros) -> Result<Purpose, Wrong> {
        let purpose = self.look(code, now).ok_or(Wrong::BadCode)?.purpose.clone();
        self.take_codes_of(&purpose);
        Ok(purpose)
    }

    /// A new display; [`Book::give_code`] makes the link for it.
    ///
    /// # Errors
    /// The name is wrong, or there are too many.
    pub fn make_display(&mut self, name: &str) -> Result<String, Wrong> {
        if self.displays.len() >= DISPLAYS_MAX {
            return Err(Wrong::DisplaysFull);
        }
        let name = may_name("name", name)?;
        let id = self.new_id('d');
        self.displays.push(Display { id: id.clone(), name, token: None, chairs: vec![] });
        Ok(id)
    }

    /// A display shows these chairs from now on, and no other; none named for every chair of the room.
    ///
    /// # Errors
    /// There is no such display.
    pub fn lay_out(&mut self, id: &str, chairs: &[String]) -> Result<(), Wrong> {
        let display = self.displays.iter_mut().find(|display| display.id == id).ok_or(Wrong::NoDisplay)?;
        display.chairs = chairs.to_vec();
        Ok(())
    }

    /// A display shows nothing any more.
    ///
    /// # Errors
    /// There is no such display.
    pub fn revoke_display(&mut self, id: &str) -> Result<(), Wrong> {
        let before = self.displays.len();
        self.displays.retain(|display| display.id != id);
        self.take_codes_of(&Purpose::Display(id.to_owned()));
        if self.displays.len() < before { Ok(()) } else { Err(Wrong::NoDisplay) }
    }

    /// Forgets codes and seats that are over.
    pub fn tidy(&mut self, now: Micros) {
        self.codes.retain(|code| now.0 < code.until_us);
        self.tidy_seats(now);
    }
}

/// A sign-in name as it is compared: small letters, single blanks.
#[must_use]
pub fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

pub(crate) fn may_name(field: &'static str, name: &str) -> Result<String, Wrong> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if !(1..=NAME_MAX).contains(&length) || name.chars().any(|c| c.is_control() || "<>\"\\{}|=".contains(c)) {
        return Err(Wrong::Name { field, found: name.chars().take(40).collect() });
    }
    Ok(name)
}

fn may_have(roles: &[Role]) -> Result<Vec<Role>, Wrong> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    match roles.as_slice() {
        [] => Err(Wrong::Role(String::new())),
        some if some.contains(&Role::Display) => Err(Wrong::Role(Role::Display.word().to_owned())),
        _ => Ok(roles),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros::from_secs(1_800_000_000);

    fn hash() -> Hash {
        Hash::of("six sheep on a hill", [1; 16]).unwrap()
    }

    /// A lead who is the administrator, and a nurse.
    fn ward() -> Book {
        let mut book = Book::default();
        book.make_account("Lee, Ann", "Ann", &[Role::Administrator, Role::Lead]).unwrap();
        book.make_account("Ada Nurse", "ada", &[Role::Nurse]).unwrap();
        book
    }

    #[test]
    fn s05_names_are_one_persons_and_roles_are_known() {
        let mut book = ward();
        let id = |made: Result<String, Wrong>| made.map(|_| ());
        assert_eq!(book.by_sign_in(" ANN ").unwrap().name, "Lee, Ann");
        assert_eq!(id(book.make_account("Bo", "ADA", &[Role::Nurse])), Err(Wrong::Taken("sign-in name")));
        assert_eq!(id(book.make_account("ada  nurse", "ada2", &[Role::Nurse])), Err(Wrong::Taken("name")));
        assert_eq!(id(book.make_account("Bo", "bo", &[])), Err(Wrong::Role(String::new())));
        assert_eq!(id(book.make_account("Bo", "bo", &[Role::Display])), Err(Wrong::Role("display".into())));
        for name in ["", "  ", "a\nb\u{7}", "<b>", &"x".repeat(NAME_MAX + 1)] {
            assert!(matches!(book.make_account(name, "bo", &[Role::Nurse]), Err(Wrong::Name { .. })), "{name:?}");
        }
        let id = book.make_account("Bo", "bo", &[Role::Nurse, Role::Biomed, Role::Nurse]).unwrap();
        assert_eq!(book.account(&id).unwrap().roles, [Role::Nurse, Role::Biomed]);
    }

    #[test]
    fn s05_the_last_administrator_stays() {
        let mut book = ward();
        assert_eq!(book.set_roles("a1", &[Role::Lead]), Err(Wrong::LastAdministrator));
        assert_eq!(book.enable("a1", false), Err(Wrong::LastAdministrator));
        assert_eq!(book.account("a1").unwrap().roles, [Role::Lead, Role::Administrator], "nothing of it stays");
        book.set_roles("a2", &[Role::Administrator]).unwrap();
        assert_eq!(book.set_roles("a1", &[Role::Lead]), Ok(()));
        assert_eq!(book.enable("a2", false), Err(Wrong::LastAdministrator));
    }

    #[test]
    fn s01_a_code_works_once_until_its_time_and_the_last_one_only() {
        let mut book = Book::default();
        book.give_code("AAAAABBBBBCCCCCDDDDD", Purpose::First, NOW + FIRST_CODE_FOR);
        assert!(book.look("aaaaa-bbbbb-ccccc-ddddd", NOW).is_some());
        assert!(book.look("AAAAABBBBBCCCCCDDDDE", NOW).is_none());
        assert!(book.look("AAAAABBBBBCCCCCDDDDD", NOW + FIRST_CODE_FOR).is_none(), "over");
        book.give_code("EEEEE", Purpose::First, NOW + FIRST_CODE_FOR);
        assert!(book.look("AAAAABBBBBCCCCCDDDDD", NOW).is_none(), "another one was given out");
        assert_eq!(book.use_code("EEEEE", NOW), Ok(Purpose::First));
        assert_eq!(book.use_code("EEEEE", NOW), Err(Wrong::BadCode));
        book.give_code("FFFFF", Purpose::First, NOW + FIRST_CODE_FOR);
        book.make_account("Lee", "lee", &[Role::Administrator]).unwrap();
        assert!(book.look("FFFFF", NOW).is_none(), "no first account once there is one");
        assert!(!serde_json::to_string(&book).unwrap().contains("FFFFF"), "only its digest is kept");
    }

    #[test]
    fn s09_a_reset_takes_the_old_password_away_and_a_disabled_account_has_no_link() {
        let mut book = ward();
        book.set_password("a2", hash(), None).unwrap();
        book.reset("a2").unwrap();
        assert_eq!(book.account("a2").unwrap().password, None);
        book.give_code("GGGGG", Purpose::Account("a2".into()), NOW + LINK_FOR);
        book.enable("a2", false).unwrap();
        assert!(book.look("GGGGG", NOW).is_none());
        assert_eq!(book.reset("a9"), Err(Wrong::NoAccount));
    }

    #[test]
    fn s07_a_second_factor_counts_once_it_was_confirmed() {
        let mut book = ward();
        assert!(book.account("a1").unwrap().needs_code() && !book.account("a2").unwrap().needs_code());
        let at = Micros::from_secs(59);
        assert_eq!(book.confirm_totp("a1", "287082", &[], at), Err(Wrong::Code), "none was begun");
        book.begin_totp("a1", Totp::new(*b"12345678901234567890")).unwrap();
        assert_eq!(book.confirm_totp("a1", "000000", &[], at), Err(Wrong::Code));
        assert!(book.account("a1").unwrap().needs_code());
        book.confirm_totp("a1", "287082", &["SPARESPARESPARE2".into()], at).unwrap();
        assert!(!book.account("a1").unwrap().needs_code());
        assert_eq!(book.take_code("a1", "287082", at), Err(Wrong::Code), "the one it was confirmed with is used");
        assert_eq!(book.take_code("a1", "sparesparespare2", at), Ok(()));
        book.take_totp("a1").unwrap();
        assert!(book.account("a1").unwrap().needs_code());
    }

    #[test]
    fn s13_a_display_that_was_revoked_is_gone_with_its_link() {
        let mut book = ward();
        let id = book.make_display("Wall, window").unwrap();
        book.give_code("HHHHH", Purpose::Display(id.clone()), NOW + LINK_FOR);
        assert!(book.look("HHHHH", NOW).is_some());
        book.revoke_display(&id).unwrap();
        assert!(book.look("HHHHH", NOW).is_none());
        assert_eq!(book.revoke_display(&id), Err(Wrong::NoDisplay));
        assert!((0..DISPLAYS_MAX).all(|_| book.make_display("Wall").is_ok()));
        assert_eq!(book.make_display("Wall"), Err(Wrong::DisplaysFull));
    }
}
