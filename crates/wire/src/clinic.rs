//! The clinic's own settings and its limit notices on the wire.

use crate::{Moment, Person};
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
