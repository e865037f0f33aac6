//! Who looked at a record, and what was made of it.

use super::{Person, SessionId};
use crate::fields::{Reader, Writer};
use crate::vital::words;
use alloc::boxed::Box;
use alloc::string::String;

words! {
    /// What was done with a record.
    AuditKind {
        /// It was opened on a screen.
        Viewed = "viewed",
        /// Files were made of it.
        Exported = "exported",
        /// It was printed.
        Printed = "printed",
        /// It was played again as the live screen showed it.
        Replayed = "replayed",
        /// Its chain and seal were computed again.
        Verified = "verified",
    }
}

/// Somebody looked at a record, or made something of it. It stands in the timeline of the session's chair and is no part of
/// what is sealed: reading a record does not change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Of which session.
    pub session: SessionId,
    /// Who.
    pub by: Person,
    /// What was done.
    pub did: AuditKind,
    /// More of it: the format of an export, `course` for a row of the course; may be empty. Never a patient's data.
    pub what: Box<str>,
}

impl Audit {
    /// The fields as the log keeps them.
    #[must_use]
    pub fn fields(&self) -> String {
        let mut to = Writer::default();
        to.put("session", &self.session);
        to.put("by", &self.by.name);
        to.put("role", self.by.role.word());
        to.put("did", self.did.word());
        to.put("what", &self.what);
        to.text()
    }

    /// Reads what [`Audit::fields`] wrote.
    #[must_use]
    pub fn from_fields(fields: &str) -> Option<Self> {
        let from = Reader::new(fields);
        Some(Self {
            session: from.get("session")?.into(),
            by: from.person("by", "role")?,
            did: AuditKind::from_word(from.get("did")?)?,
            what: from.text("what")?,
        })
    }
}
