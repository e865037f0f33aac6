//! A limit notice as the log keeps it: raised, changed, or over, with the numbers it was held against.

use crate::fields::{Reader, Writer};
use crate::session::SessionId;
use crate::vital::words;
use crate::{Limits, Micros, NoticeKind, NoticeLevel, Sequence};
use alloc::boxed::Box;
use alloc::string::String;

words! {
    /// Why a notice is over.
    NoticeEnd {
        /// The value is within its limits again.
        Within = "within limits",
        /// The value is too old to be shown: whether it is still true is not known.
        NoSignal = "no signal",
        /// The monitor says that it has no value.
        NoValue = "no value",
        /// The monitor casts doubt on the value.
        Questionable = "questionable",
        /// Staff marked the value as an artefact.
        Artefact = "artefact",
        /// The value is demonstration or test data.
        Demo = "demo",
        /// The value came in a unit the limit is not in.
        Unit = "other unit",
        /// What was late was done.
        Done = "done",
        /// The notice does not belong to the phase the session is in now.
        Phase = "other phase",
        /// The lead switched this kind off.
        Off = "switched off",
        /// The session is over.
        Session = "session over",
    }
}

/// How a notice is from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// It stands.
    Stands(NoticeLevel),
    /// It is over.
    Over(NoticeEnd),
}

/// A notice of the clinic's own limits was raised, changed its level, or is over. It stands in the chair's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// In which session.
    pub session: SessionId,
    /// What it is about.
    pub kind: NoticeKind,
    /// How it is from now on.
    pub state: NoticeState,
    /// The value as it was shown; of something late, by how much.
    pub value: Box<str>,
    /// The limit that decided, as it was shown.
    pub limit: Box<str>,
    /// Every number in force.
    pub limits: Limits,
    /// Some of the numbers are this patient's own.
    pub own: bool,
    /// The entry of the timeline it is about; `None` for something late.
    pub about: Option<Sequence>,
    /// Since when it was so, UTC.
    pub since: Micros,
    /// Changes of this kind just before that were too many to be written (they were shown).
    pub unwritten: u32,
}

impl Noticed {
    /// Its fields as the log keeps them.
    #[must_use]
    pub fn fields(&self) -> String {
        let (state, end) = match self.state {
            NoticeState::Stands(level) => (level.word(), ""),
            NoticeState::Over(end) => ("over", end.word()),
        };
        let mut to = Writer::default();
        to.put("session", &self.session);
        to.put("notice", self.kind.word());
        to.put("is", state);
        to.put("end", end);
        to.put("value", &self.value);
        to.put("limit", &self.limit);
        to.put("limits", self.limits.write());
        to.put("own", if self.own { "yes" } else { "no" });
        if let Some(about) = self.about {
            to.put("about", about.0);
        }
        to.put("since_us", self.since.0);
        to.put("unwritten", self.unwritten);
        to.text()
    }

    /// Reads what [`Noticed::fields`] wrote.
    #[must_use]
    pub fn from_fields(fields: &str) -> Option<Self> {
        let from = Reader::new(fields);
        let state = match from.get("is")? {
            "over" => NoticeState::Over(NoticeEnd::from_word(from.get("end")?)?),
            level => NoticeState::Stands(NoticeLevel::from_word(level)?),
        };
        Some(Self {
            session: from.get("session")?.into(),
            kind: NoticeKind::from_word(from.get("notice")?)?,
            state,
            value: from.text("value")?,
            limit: from.text("limit")?,
            limits: Limits::parse(from.get("limits")?).ok()?,
            own: from.get("own")? == "yes",
            about: from.sequence("about"),
            since: Micros(from.number("since_us")?),
            unwritten: from.number("unwritten")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_survives_its_fields() {
        let mut noticed = Noticed {
            session: "3-10".into(),
            kind: NoticeKind::PreStartSystolic,
            state: NoticeState::Stands(NoticeLevel::Urgent),
            value: "184".into(),
            limit: "118 +20 %".into(),
            limits: Limits::parse("lookHigh=140 urgentHigh=180").unwrap(),
            own: true,
            about: Some(Sequence(77)),
            since: Micros(-5),
            unwritten: 0,
        };
        let ends = NoticeEnd::ALL.iter().map(|end| NoticeState::Over(*end));
        for state in ends.chain(NoticeLevel::ALL.iter().map(|level| NoticeState::Stands(*level))) {
            noticed = Noticed { state, own: !noticed.own, unwritten: noticed.unwritten + 1, ..noticed };
            noticed.about = noticed.about.xor(Some(Sequence(77)));
            assert_eq!(Noticed::from_fields(&noticed.fields()), Some(noticed.clone()), "{}", noticed.fields());
        }
        for broken in ["", "session=1-1", &noticed.fields().replace("is=", "is=very ")] {
            assert_eq!(Noticed::from_fields(broken), None, "{broken}");
        }
    }
}
