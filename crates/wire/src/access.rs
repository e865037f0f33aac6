//! Accounts on the wire: who is at this screen, what she may do, and how accounts and displays are kept.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How this server stands towards whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// No account exists yet, and only this computer reaches the server: anybody at it can read and enter.
    Trial,
    /// Not signed in.
    Out,
    /// Signed in.
    In,
    /// Signed in, but idle for long or locked by hand: chairs this screen follows go on, all else asks for PIN or password.
    Locked,
    /// A wall display, by its own token.
    Display,
    /// A program, by the token it sends as `Authorization: Bearer`.
    Program,
}

/// Answer of `GET /api/me`, and of whatever changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// How the one who asks stands.
    pub standing: Standing,
    /// Who is signed in, or whose screen is locked.
    pub person: Option<SignedIn>,
    /// What may be done from here, as words of the permission table: `live names enter decide comment sign records export
    /// patients rooms sources bytes settings audit accounts fhir metrics administer`. A screen leaves out what is not among them.
    pub rights: Vec<String>,
    /// Seconds without a press after which the server locks.
    pub lock_after_s: u32,
    /// Who may switch to this screen by PIN: they signed in whole on this device within 12 h, and have one.
    pub people: Vec<PersonHere>,
    /// The roles of this person ask for a second factor, and none is set up yet: only that can be done until it is.
    pub code_needed: bool,
    /// She has a PIN.
    pub pin_set: bool,
    /// She has a second factor.
    pub code_set: bool,
    /// Name of the clinic's provider of accounts, where one is configured: it signs people in, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub open_id: Option<String>,
    /// Emergency accesses that are going on; only for those who read the audit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<EmergencyNow>>")]
    pub emergencies: Vec<EmergencyNow>,
}

/// An emergency access that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyNow {
    /// Who.
    pub by: String,
    /// Why, as typed.
    pub reason: String,
    /// Until when, UTC microseconds.
    #[ts(type = "number")]
    pub until_us: i64,
}

/// Body of `POST /api/emergency`: the records of one patient for an hour, for somebody whose roles show none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskEmergency {
    /// The clinic's number of the patient, whole.
    pub patient: String,
    /// Why: 10 to 120 characters. It stands in the audit and on the screens of those who read it.
    pub reason: String,
    /// Her own password or PIN, once more.
    pub secret: String,
}

/// Answer of `POST /api/emergency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Emergency {
    /// The patient's sessions, the newest first.
    pub sessions: Vec<EmergencySession>,
    /// Until when they may be read, UTC microseconds.
    #[ts(type = "number")]
    pub until_us: i64,
}

/// A session that may be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EmergencySession {
    /// Its id.
    pub id: String,
    /// Id of its chair.
    pub chair: String,
    /// When its span began, UTC microseconds.
    #[ts(type = "number")]
    pub opened_us: i64,
    /// It is not over.
    pub open: bool,
}

/// The person signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// Id of the account.
    pub id: String,
    /// Name as it stands under entries.
    pub name: String,
    /// `nurse clinician reviewer auditor lead biomed administrator`.
    pub roles: Vec<String>,
    /// Name, roles and password are the provider's: there is no password here to change or to ask for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub elsewhere: bool,
    /// What stands beside the name of an entry (`Person.role`); absent when no role of hers makes entries or opens records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub acts_as: Option<String>,
}

/// Somebody who may switch to this screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonHere {
    /// Id of the account.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Body of `POST /api/sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Second factor, or a spare code; sent after the refusal `code_needed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// Answer of `POST /api/openid/begin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginOpenId {
    /// Where the browser goes; the provider sends it back to `/openid`.
    pub to: String,
}

/// Body of `POST /api/openid/finish`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinishOpenId {
    /// `state` of the address the browser came back to.
    pub state: String,
    /// `code` of it; good once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
    /// Second factor here, or a spare code; sent without `code` after the refusal `code_needed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second: Option<String>,
}

/// Body of `POST /api/switch`: by PIN, to another person or back to oneself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Switch {
    /// Id of the account.
    pub person: String,
    /// Her PIN.
    pub pin: String,
}

/// Body of `POST /api/welcome/look`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LookAtWelcome {
    /// The one-time code.
    pub code: String,
}

/// What a one-time code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum WelcomeFor {
    /// The first account: name, sign-in name and password are asked for.
    First,
    /// An invited person, or a reset: a password is asked for.
    Account,
    /// A wall display: nothing is asked for.
    Display,
}

/// Answer of `POST /api/welcome/look`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WelcomeSaid {
    /// What the code is for.
    #[serde(rename = "for")]
    pub purpose: WelcomeFor,
    /// Name of the person or the display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// Her sign-in name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sign_in_name: Option<String>,
}

/// Body of `POST /api/welcome`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Welcome {
    /// The one-time code.
    pub code: String,
    /// Name under entries; of the first account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// Name to sign in with; of the first account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sign_in_name: Option<String>,
    /// New password; of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub password: Option<String>,
    /// New PIN, 4 to 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pin: Option<String>,
}

/// Body of `POST /api/me/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    pub old: String,
    /// From now on: 12 to 128 characters.
    pub new: String,
}

/// Body of `POST /api/me/pin`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePin {
    /// The password.
    pub password: String,
    /// From now on: 4 to 8 digits; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pin: Option<String>,
}

/// Body of `POST /api/me/totp`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskCode {
    /// The password.
    pub password: String,
}

/// Answer of `POST /api/me/totp`: in force once a code of it was confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodeSecret {
    /// For typing into the app, base32.
    pub secret: String,
    /// `otpauth://`, for a QR picture drawn on the screen.
    pub uri: String,
}

/// Body of `POST /api/me/totp/confirm`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmCode {
    /// Six digits.
    pub code: String,
}

/// Answer of `POST /api/me/totp/confirm`. They are shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpareCodes {
    /// Each works once, in place of a code.
    pub spare: Vec<String>,
}

/// Answer of `GET /api/me/sign-ins`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignIns {
    /// Every place this person is signed in at.
    pub sign_ins: Vec<SignInRow>,
}

/// One place somebody is signed in at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInRow {
    /// Its id; no secret.
    pub id: String,
    /// Since when, UTC microseconds.
    #[ts(type = "number")]
    pub since_us: i64,
    /// The last press, UTC microseconds.
    #[ts(type = "number")]
    pub last_us: i64,
    /// Network address.
    pub from: String,
    /// It is the one that asks.
    pub here: bool,
}

/// Body of `POST /api/me/sign-ins/end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndSignIn {
    /// Which.
    pub id: String,
}

/// Answer of `GET /api/accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    /// Every account, in the order they were made.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Name under entries.
    pub name: String,
    /// Name to sign in with.
    pub sign_in_name: String,
    /// `nurse clinician reviewer auditor lead biomed administrator`.
    pub roles: Vec<String>,
    /// It may sign in.
    pub enabled: bool,
    /// Its link was not used yet: there is no password.
    pub invited: bool,
    /// It has a PIN.
    pub pin_set: bool,
    /// It has a second factor.
    pub code_set: bool,
    /// Places it is signed in at.
    pub sign_ins: u32,
    /// The one who asks may change it.
    pub mine_to_change: bool,
    /// Name, roles and password are the provider's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub elsewhere: bool,
}

/// Body of `POST /api/accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    /// Name under entries.
    pub name: String,
    /// Name to sign in with.
    pub sign_in_name: String,
    /// At least one.
    pub roles: Vec<String>,
}

/// Answer of `POST /api/accounts` and `POST /api/displays`, and of a reset. The link is said once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneTimeLink {
    /// Id of the account or display.
    pub id: String,
    /// Path and fragment, `/welcome#CODE`; the screen puts its own origin before it.
    pub link: String,
    /// Until when it works, UTC microseconds.
    #[ts(type = "number")]
    pub until_us: i64,
}

/// Body of `POST /api/accounts/{id}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeAccount {
    /// Name from now on; it stands under later entries only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// Roles from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub roles: Option<Vec<String>>,
    /// It may sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub enabled: Option<bool>,
    /// A new link for a new password; until it is used the old one does not work either.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub reset: bool,
    /// Signed out everywhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub sign_out: bool,
    /// The second factor is taken away: the telephone is lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub unlock_code: bool,
}

/// Answer of `POST /api/accounts/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountChanged {
    /// As it is now.
    pub account: Account,
    /// Of a reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link: Option<OneTimeLink>,
}

/// Answer of `GET /api/displays`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Displays {
    /// Every wall display.
    pub displays: Vec<Display>,
    /// The chairs of the room, to choose from.
    pub chairs: Vec<RoomChair>,
}

/// A chair by its name: who keeps displays sees no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomChair {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A wall display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Display {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its link was opened; until then it shows nothing.
    pub opened: bool,
    /// Ids of the chairs it shows, and no other; empty for every chair of the room.
    pub chairs: Vec<String>,
}

/// Body of `POST /api/displays`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDisplay {
    /// What people call it.
    pub name: String,
    /// Ids of the chairs it shows; left out or empty for every chair of the room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub chairs: Vec<String>,
}

/// Body of `POST /api/displays/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDisplay {
    /// It shows nothing any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub revoke: bool,
    /// Ids of the chairs it shows from now on; empty for every chair of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chairs: Option<Vec<String>>,
}

/// Answer of `GET /api/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Every program that has a token, in the order they were made.
    pub tokens: Vec<ProgramToken>,
}

/// A program that reads by itself. The token is not among it: it is said once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProgramToken {
    /// Its id.
    pub id: String,
    /// What people call it; the audit names it so.
    pub name: String,
    /// `fhir metrics`.
    pub scopes: Vec<String>,
    /// When it was made, UTC microseconds.
    #[ts(type = "number")]
    pub made_us: i64,
    /// When it ends, UTC microseconds; absent when it is revoked only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub until_us: Option<i64>,
    /// Its time is over: it opens nothing.
    pub over: bool,
}

/// Body of `POST /api/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewToken {
    /// What people call the program.
    pub name: String,
    /// At least one of `fhir metrics`.
    pub scopes: Vec<String>,
    /// Days until it ends, 1 to 3650; absent for a token that is revoked only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub days: Option<u16>,
}

/// Answer of `POST /api/tokens`. The token is said once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenMade {
    /// Id of the program.
    pub id: String,
    /// What the program sends as `Authorization: Bearer`.
    pub token: String,
}

/// Body of `POST /api/tokens/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeToken {
    /// It opens nothing any more.
    pub revoke: bool,
}

/// Body of `POST /api/audit/find`. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindAudit {
    /// Not before, UTC microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub from_us: Option<i64>,
    /// Before, UTC microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub to_us: Option<i64>,
    /// Part of a person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub who: Option<String>,
    /// A word of [`AuditRow::what`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub what: Option<String>,
    /// The clinic's number of a patient; only for those who may see names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub patient: Option<String>,
    /// The `cursor` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub before: Option<String>,
    /// Most rows, 1 to 200; absent for 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u16>,
}

/// Answer of `POST /api/audit/find`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// They.
    pub rows: Vec<AuditRow>,
    /// Asks for what is older; absent at the end of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cursor: Option<String>,
}

/// One line of the audit. Never what was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    /// When, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// Its place in the timeline of the chair, or of the house where there is no chair.
    #[ts(type = "number")]
    pub sequence: u64,
    /// Name; empty for the server itself.
    pub who: String,
    /// Network address; absent where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<String>,
    /// What: `signed in`, `sign-in failed`, `viewed`, `entry`, `signed` ...
    pub what: String,
    /// More of it, such as the format of an export or the name of an account; may be empty.
    pub more: String,
    /// The chair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chair: Option<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session: Option<String>,
    /// The clinic's number of the patient; only for those who may see names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub patient: Option<String>,
}

/// What holds a secret says nothing of it where it is printed for debugging.
macro_rules! silent {
    ($($name:ident)*) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str(concat!(stringify!($name), "(..)"))
            }
        })*
    };
}
silent!(SignIn Switch LookAtWelcome Welcome ChangePassword ChangePin AskCode CodeSecret ConfirmCode SpareCodes TokenMade FinishOpenId AskEmergency);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s23_a_body_with_a_secret_does_not_print_it() {
        let sign_in = SignIn { name: "lee".into(), password: "plain horse".into(), code: None };
        assert_eq!(format!("{sign_in:?}"), "SignIn(..)");
    }

    #[test]
    fn s17_a_field_nobody_knows_is_refused() {
        for text in [r#"{"name":"a","password":"b","role":"lead"}"#, r#"{"name":"a"}"#, r#"{"name":1,"password":"b"}"#]
        {
            assert!(serde_json::from_str::<SignIn>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<ChangeAccount>(r#"{"password":"x"}"#).is_err());
    }
}
