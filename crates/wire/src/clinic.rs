//! The clinic's own settings and its limit notices on the wire.

use crate::session::{Unreadable, word, wrong};
use crate::{Moment, Person, ToScreen};
use chairside_observation::session as acts;
use chairside_observation::{Limits, Micros, NoticeKind, clinic as domain};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A template of a course: what a session of that kind starts with. Times only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// Name, as the lead wrote it; unique.
    pub name: String,
    /// How many sessions the course has; absent when open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub of: Option<u16>,
    /// Planned minutes of the infusion.
    pub infusion_min: u16,
    /// Expected minutes between cuff readings while it runs.
    pub cuff_infusing_min: u16,
    /// The same afterwards.
    pub cuff_observing_min: u16,
    /// Least minutes of observation.
    pub observe_min: u16,
    /// Expected minutes between assessments in the first hour.
    pub assess_first_min: u16,
    /// The same later.
    pub assess_later_min: u16,
}

/// One kind of the clinic's limit notices. A number that is absent gives no notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limit {
    /// `pre-start systolic`, `pre-start diastolic`, `systolic`, `diastolic`, `mean`, `spo2`, `heart rate`, `resp rate`,
    /// `etco2`, `sedation`, `rass`, `cuff`, `assessment`.
    pub notice: String,
    /// Whether the lead switched it on.
    pub on: bool,
    /// `name=number` pairs parted by blanks: `lookLow lookHigh urgentLow urgentHigh onceHigh overPct underPct lookHoldS
    /// urgentHoldS lateS`.
    pub limits: String,
}

/// The clinic's settings, as its people left them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Clinic {
    /// What public screens show of a patient: `alias`, `initials`, `full`.
    pub names: String,
    /// Templates of courses, in the order they were made.
    pub templates: Vec<Template>,
    /// People to choose from on a screen.
    pub staff: Vec<Person>,
    /// The clinic's list for leaving.
    pub readiness: Vec<String>,
    /// Limit notices, every kind once.
    pub limits: Vec<Limit>,
    /// Whether this program has the layer of limit notices at all.
    pub has_limits: bool,
    /// Ids of the chairs that are for test patients only.
    pub testing: Vec<String>,
}

/// A change of the clinic's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Change {
    /// What public screens show of a patient.
    Names {
        /// `alias`, `initials`, `full`.
        names: String,
    },
    /// A template, new or changed.
    Template {
        /// It.
        template: Template,
    },
    /// A template is no longer offered. Sessions that used it stay as they are.
    TemplateGone {
        /// Its name.
        name: String,
    },
    /// A person, new or with another role.
    Staff {
        /// Who.
        person: Person,
    },
    /// A person is no longer offered.
    StaffGone {
        /// Name.
        name: String,
    },
    /// The list for leaving.
    Readiness {
        /// Its lines, in order.
        lines: Vec<String>,
    },
    /// One kind of limit notices.
    Limit {
        /// It.
        limit: Limit,
    },
    /// A chair is for test patients only, or for real ones again. It is cleared with it.
    TestChair {
        /// Its id.
        chair: String,
        /// It is for test patients.
        on: bool,
    },
}

/// Body of `POST /api/clinic`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeClinic {
    /// By whom.
    pub by: Person,
    /// What.
    pub change: Change,
}

/// A notice of the clinic's own limits. Never an alarm: the bedside monitor has those.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitNotice {
    /// Word of its kind ([`Limit::notice`]).
    pub notice: String,
    /// `look` or `urgent`.
    pub level: String,
    /// What it is about, as shown: `88`, or the minutes something is overdue.
    pub value: String,
    /// The limit in force.
    pub limit: String,
    /// Since when.
    pub since: Moment,
    /// Who saw it; absent while nobody did, or when that time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seen_by: Option<Person>,
    /// Until when it stays quiet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quiet_until: Option<Moment>,
}

/// Body of `POST /api/patients/find`. In a body, since no address may hold a name or number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindPatients {
    /// A part of a name or of the clinic's number; at least two characters.
    pub text: String,
}

/// A patient who was here before, with what a new session of the course starts from. Never vitals or doses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnownPatient {
    /// Who.
    pub patient: crate::Patient,
    /// What the last session was planned as.
    pub plan: crate::Plan,
    /// When it was opened, UTC microseconds.
    #[ts(type = "number")]
    pub last_wall_us: i64,
    /// Texts of the last entries of these kinds: `indication`, `allergies`, `escort`.
    pub facts: Vec<Fact>,
}

/// One fact of a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// Kind of entry.
    pub entry: String,
    /// As typed.
    pub text: String,
}

/// Answer to [`FindPatients`]: the newest first, at most 20.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundPatients {
    /// They.
    pub found: Vec<KnownPatient>,
}

/// Body of `POST /api/chairs/{id}/clear`: the chair was cleaned; nothing measured before can be claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearChair {
    /// By whom.
    pub by: Person,
}

impl From<&domain::Template> for Template {
    fn from(template: &domain::Template) -> Self {
        Self {
            name: template.name.to_string(),
            of: template.of,
            infusion_min: template.infusion_min,
            cuff_infusing_min: template.cuff_infusing_min,
            cuff_observing_min: template.cuff_observing_min,
            observe_min: template.observe_min,
            assess_first_min: template.assess_first_min,
            assess_later_min: template.assess_later_min,
        }
    }
}

impl From<Template> for domain::Template {
    fn from(template: Template) -> Self {
        Self {
            name: template.name.trim().into(),
            of: template.of,
            infusion_min: template.infusion_min,
            cuff_infusing_min: template.cuff_infusing_min,
            cuff_observing_min: template.cuff_observing_min,
            observe_min: template.observe_min,
            assess_first_min: template.assess_first_min,
            assess_later_min: template.assess_later_min,
        }
    }
}

impl From<&domain::ClinicLimit> for Limit {
    fn from(limit: &domain::ClinicLimit) -> Self {
        Self { notice: limit.kind.word().to_owned(), on: limit.on, limits: limit.limits.write() }
    }
}

impl Limit {
    fn read(self) -> Result<domain::ClinicLimit, Unreadable> {
        let kind = word("notice", &self.notice, NoticeKind::ALL, NoticeKind::word)?;
        let limits = Limits::parse(&self.limits).map_err(|bad| wrong("limits", &self.limits, bad.to_string()))?;
        Ok(domain::ClinicLimit { kind, on: self.on, limits })
    }
}

impl Change {
    fn read(self) -> Result<domain::Change, Unreadable> {
        let trimmed = |text: &String| text.trim().into();
        Ok(match self {
            Self::Names { names } => {
                domain::Change::Names(word("names", &names, domain::NamesPolicy::ALL, domain::NamesPolicy::word)?)
            }
            Self::Template { template } => domain::Change::Template(template.into()),
            Self::TemplateGone { name } => domain::Change::TemplateGone(trimmed(&name)),
            Self::Staff { person } => domain::Change::Staff(person.read()?),
            Self::StaffGone { name } => domain::Change::StaffGone(trimmed(&name)),
            Self::Readiness { lines } => domain::Change::Readiness(lines.iter().map(trimmed).collect()),
            Self::Limit { limit } => domain::Change::Limit(limit.read()?),
            Self::TestChair { chair, on } => domain::Change::TestChair { chair: chair.into(), on },
        })
    }
}

impl ChangeClinic {
    /// Who changes what.
    ///
    /// # Errors
    /// The first word or number that is none of ours.
    pub fn read(self) -> Result<domain::Changed, Unreadable> {
        Ok(domain::Changed { by: self.by.read()?, change: self.change.read()? })
    }
}

/// What a screen is told of the clinic's settings.
#[must_use]
pub fn clinic(clinic: &domain::Clinic, has_limits: bool) -> ToScreen {
    ToScreen::Clinic {
        clinic: Clinic {
            names: clinic.names.word().to_owned(),
            templates: clinic.templates.iter().map(Into::into).collect(),
            staff: clinic.staff.iter().map(Into::into).collect(),
            readiness: clinic.readiness.iter().map(ToString::to_string).collect(),
            limits: clinic.limits.iter().map(Into::into).collect(),
            has_limits,
            testing: clinic.testing.iter().map(ToString::to_string).collect(),
        },
    }
}

impl KnownPatient {
    /// A patient with what the last session left.
    #[must_use]
    pub fn new(
        patient: &acts::Patient,
        plan: &acts::Plan,
        last: Micros,
        facts: &[(acts::EntryKind, Box<str>)],
    ) -> Self {
        let fact =
            |(kind, text): &(acts::EntryKind, Box<str>)| Fact { entry: kind.word().to_owned(), text: text.to_string() };
        Self {
            patient: patient.into(),
            plan: plan.into(),
            last_wall_us: last.0,
            facts: facts.iter().map(fact).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(change: &str) -> Result<domain::Change, String> {
        let text = format!(r#"{{"by":{{"name":" Lee, Ann ","role":"lead"}},"change":{change}}}"#);
        let asked: ChangeClinic = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let changed = asked.read().map_err(|e| format!("{}: {} ({})", e.field, e.found, e.expected))?;
        assert_eq!(&*changed.by.name, "Lee, Ann");
        Ok(changed.change)
    }

    #[test]
    fn a_change_reaches_the_settings_and_comes_back_as_it_went() {
        let template = r#"{"name":"IV 60 min","of":8,"infusionMin":60,"cuffInfusingMin":5,"cuffObservingMin":10,"observeMin":90,"assessFirstMin":15,"assessLaterMin":30}"#;
        let mut settings = domain::Clinic::default();
        for change in [
            r#"{"is":"names","names":"initials"}"#.to_owned(),
            format!(r#"{{"is":"template","template":{template}}}"#),
            r#"{"is":"templateGone","name":"IV ketamine"}"#.to_owned(),
            r#"{"is":"staff","person":{"name":" Bo ","role":"nurse"}}"#.to_owned(),
            r#"{"is":"readiness","lines":[" Walks safely ","Escort is here"]}"#.to_owned(),
            r#"{"is":"limit","limit":{"notice":"spo2","on":true,"limits":"urgentLow=88 lookLow=92"}}"#.to_owned(),
            r#"{"is":"testChair","chair":"3","on":true}"#.to_owned(),
        ] {
            settings.apply(body(&change).unwrap());
        }
        let ToScreen::Clinic { clinic } = clinic(&settings, true) else { panic!("not the settings") };
        assert_eq!((clinic.names.as_str(), clinic.has_limits), ("initials", true));
        assert_eq!(
            clinic.templates.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
            ["Esketamine, nasal", "IV 60 min"]
        );
        assert_eq!(serde_json::to_string(&clinic.templates[1]).unwrap(), template);
        assert_eq!((clinic.staff[0].name.as_str(), clinic.staff[0].role.as_str()), ("Bo", "nurse"));
        assert_eq!(clinic.readiness, ["Walks safely", "Escort is here"]);
        assert_eq!(clinic.testing, ["3"]);
        let spo2 = clinic.limits.iter().find(|limit| limit.notice == "spo2").unwrap();
        assert_eq!((spo2.on, spo2.limits.as_str()), (true, "lookLow=92 urgentLow=88"));
        assert_eq!(clinic.limits.len(), NoticeKind::ALL.len(), "every kind once");
    }

    #[test]
    fn words_of_a_change_that_are_none_of_ours_are_named() {
        for (change, expected) in [
            (r#"{"is":"names","names":"nickname"}"#, "names: nickname (alias, initials, full)"),
            (
                r#"{"is":"staff","person":{"name":"Bo","role":"boss"}}"#,
                "role: boss (nurse, clinician, reviewer, lead, auditor)",
            ),
            (r#"{"is":"limit","limit":{"notice":"mood","on":true,"limits":""}}"#, "notice: mood (pre-start systolic"),
            (r#"{"is":"limit","limit":{"notice":"spo2","on":true,"limits":"low=9"}}"#, "limits: low=9 (limits: found"),
            (r#"{"is":"dose","mg":5}"#, "unknown variant"),
        ] {
            let found = body(change).unwrap_err();
            assert!(found.starts_with(expected), "{found}");
        }
    }
}
