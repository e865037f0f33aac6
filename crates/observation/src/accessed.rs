//! What happened at the doors: who signed in or failed to, saw, searched, or changed who may. Never what was seen.

use crate::fields::{Reader, Writer};
use crate::vital::words;
use alloc::boxed::Box;
use alloc::string::String;

words! {
    /// What happened.
    AccessKind {
        /// Signed in with the password.
        SignedIn = "signed in",
        /// A wrong name, password or code.
        SignInFailed = "sign-in failed",
        /// Took a screen over, or unlocked it, by PIN.
        Switched = "switched",
        /// A wrong PIN, or a wrong password where it was asked for again.
        SecretFailed = "secret failed",
        /// Locked the screen.
        Locked = "locked",
        /// Signed out.
        SignedOut = "signed out",
        /// Asked for what the table does not allow.
        Refused = "refused",
        /// A chair with its patient was opened on a screen.
        ChairViewed = "chair viewed",
        /// Values or pages of a past session were read.
        RecordViewed = "record viewed",
        /// Bytes a source sent were read.
        BytesViewed = "bytes viewed",
        /// Patients were searched.
        PatientsSearched = "patients searched",
        /// Past sessions were searched.
        RecordsSearched = "records searched",
        /// The audit was searched.
        AuditSearched = "audit searched",
        /// A chair was named, or a feed given to one.
        RoomsChanged = "rooms changed",
        /// An account was made.
        AccountMade = "account made",
        /// An account was changed: name, roles, enabled or not.
        AccountChanged = "account changed",
        /// A new password was asked for by somebody else.
        PasswordReset = "password reset",
        /// A password was set by its owner.
        PasswordSet = "password set",
        /// A PIN was set or taken away by its owner.
        PinSet = "PIN set",
        /// A second factor was set up by its owner.
        CodeSet = "second factor set",
        /// A second factor was taken away.
        CodeTaken = "second factor taken away",
        /// A wall display was made.
        DisplayMade = "display made",
        /// A wall display was opened.
        DisplayOpened = "display opened",
        /// A wall display shows other chairs.
        DisplayChanged = "display changed",
        /// A wall display was revoked.
        DisplayRevoked = "display revoked",
        /// Somebody whose roles show no patient asked for the records of one; what: the reason.
        EmergencyBegun = "emergency access",
        /// One of those records was read.
        EmergencyUsed = "emergency view",
        /// A program was given a token.
        TokenMade = "token made",
        /// A program's token was used for what is not noted otherwise.
        TokenUsed = "token used",
        /// A program's token was revoked.
        TokenRevoked = "token revoked",
    }
}

/// One of these. It stands in the timeline of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accessed {
    /// What happened.
    pub did: AccessKind,
    /// Name of the person, or of the display; empty where nobody is known.
    pub by: Box<str>,
    /// Network address; empty where there was none.
    pub from: Box<str>,
    /// Of what: a chair, a session, a source, an account, a route. Never a patient's data, never a secret.
    pub what: Box<str>,
}

impl Accessed {
    /// The fields as the log keeps them.
    #[must_use]
    pub fn fields(&self) -> String {
        let mut to = Writer::default();
        to.put("did", self.did.word());
        to.put("by", &self.by);
        to.put("from", &self.from);
        to.put("what", &self.what);
        to.text()
    }

    /// Reads what [`Accessed::fields`] wrote.
    #[must_use]
    pub fn from_fields(fields: &str) -> Option<Self> {
        let from = Reader::new(fields);
        Some(Self {
            did: AccessKind::from_word(from.get("did")?)?,
            by: from.text("by")?,
            from: from.text("from")?,
            what: from.text("what")?,
        })
    }
}
