//! The clinic's own settings: what its people chose, as the fold of their changes in the timeline of the house.
//!
//! [`Changed::may`] says whether a change is possible, [`Clinic::apply`] lets a recorded one take effect. There are no
//! accounts yet: whoever says to be the lead is taken for the lead, and the change keeps that name.

mod fields;
#[cfg(test)]
mod tests;

use crate::session::{Person, Plan, Refused, Role, may_plan, text_of};
use crate::vital::words;
use crate::{BadLimits, ChairId, LimitName, Limits, NoticeKind};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Templates a clinic may have: what still fits a list from which one is chosen at the chair.
pub const TEMPLATES_MAX: usize = 50;
/// People to choose from: a large clinic with all its shifts.
pub const STAFF_MAX: usize = 200;
/// Lines of the list for leaving: a page.
pub const READINESS_MAX: usize = 30;
/// Longest line of that list, in characters: it stands whole beside its mark.
pub const LINE_MAX: usize = 200;

words! {
    /// What public screens show of a patient.
    NamesPolicy {
        /// The alias of the session.
        Alias = "alias",
        /// Initials.
        Initials = "initials",
        /// The whole name.
        Full = "full",
    }
}

/// A kind of session: what the plan of a new one starts from. Times only; no dose is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// As the lead wrote it; unique.
    pub name: Box<str>,
    /// How many sessions the course has; `None` when that is open.
    pub of: Option<u16>,
    /// Planned length of the infusion.
    pub infusion_min: u16,
    /// Expected time between cuff readings while it runs.
    pub cuff_infusing_min: u16,
    /// The same afterwards.
    pub cuff_observing_min: u16,
    /// Least observation after the stop.
    pub observe_min: u16,
    /// Expected time between assessments in the first hour.
    pub assess_first_min: u16,
    /// The same later.
    pub assess_later_min: u16,
}

impl Template {
    /// What the first session of it would be planned as.
    fn plan(&self) -> Plan {
        Plan {
            template: self.name.clone(),
            number: 1,
            of: self.of,
            infusion_min: self.infusion_min,
            cuff_infusing_min: self.cuff_infusing_min,
            cuff_observing_min: self.cuff_observing_min,
            observe_min: self.observe_min,
            assess_first_min: self.assess_first_min,
            assess_later_min: self.assess_later_min,
        }
    }
}

/// One kind of limit notice: whether it is on, and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicLimit {
    /// Which.
    pub kind: NoticeKind,
    /// The lead switched it on.
    pub on: bool,
    /// Its numbers.
    pub limits: Limits,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What public screens show of a patient.
    Names(NamesPolicy),
    /// A template, new or changed.
    Template(Template),
    /// A template is no longer offered. Sessions that used it stay as they are.
    TemplateGone(Box<str>),
    /// A person, new or with another role.
    Staff(Person),
    /// A person is no longer offered.
    StaffGone(Box<str>),
    /// The list for leaving, whole.
    Readiness(Vec<Box<str>>),
    /// One kind of limit notice.
    Limit(ClinicLimit),
    /// A chair is for test patients only, or for real ones again (H21).
    TestChair {
        /// Which.
        chair: ChairId,
        /// It is for test patients.
        on: bool,
    },
}

/// A change, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// By whom.
    pub by: Person,
    /// What.
    pub change: Change,
}

/// Why a change is not possible: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeRefused {
    /// A text or number is not as it has to be.
    Field(Refused),
    /// Only the lead may do this.
    NeedsLead(&'static str),
    /// There are as many as there may be.
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        max: usize,
    },
    /// Another one has this name but for blanks or capital letters, or a line stands twice.
    Alike(&'static str),
    /// There is none of this name.
    NotThere(&'static str),
    /// The numbers are no limits of that kind.
    Limits(BadLimits),
    /// It is switched on, and has no number that could give a notice.
    Silent(NoticeKind),
}

impl fmt::Display for ChangeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(refused) => refused.fmt(f),
            Self::NeedsLead(what) => write!(f, "{what} can be changed by the lead only; found another role"),
            Self::Full { what, max } => write!(f, "there are {max} {what}, the most there may be; remove one first"),
            Self::Alike(what) => {
                write!(f, "{what}: another one is the same but for blanks or capital letters; change that one")
            }
            Self::NotThere(what) => write!(f, "{what}: there is none of this name; look at the settings again"),
            Self::Limits(bad) => bad.fmt(f),
            Self::Silent(kind) => {
                write!(f, "\"{}\" is switched on without a number; give one, or switch it off", kind.word())
            }
        }
    }
}

impl From<Refused> for ChangeRefused {
    fn from(refused: Refused) -> Self {
        Self::Field(refused)
    }
}

/// The settings as their people left them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clinic {
    /// What public screens show of a patient.
    pub names: NamesPolicy,
    /// In the order they were made.
    pub templates: Vec<Template>,
    /// People to choose from on a screen, in the order they were added.
    pub staff: Vec<Person>,
    /// The list for leaving.
    pub readiness: Vec<Box<str>>,
    /// Every kind once, in the order of [`NoticeKind::ALL`].
    pub limits: Vec<ClinicLimit>,
    /// Chairs that are for test patients only.
    pub testing: Vec<ChairId>,
}

/// Examples to change. The esketamine course has 120 minutes of observation; they are counted from the stop, as in every
/// session. T+0 is the first dose and the stop is pressed after the last one, so they are never less than the label's two
/// hours from the first dose.
const EXAMPLES: [(&str, u16, u16); 2] = [("IV ketamine", 40, 60), ("Esketamine, nasal", 10, 120)];

const READINESS: [&str; 7] = [
    "Awake and oriented",
    "Walks safely",
    "Nausea controlled",
    "IV out",
    "Vitals acceptable to the clinician",
    "Escort is here",
    "Instructions given: no driving until after a night's sleep",
];

impl Default for Clinic {
    /// What a new clinic begins with: aliases on public screens, two example templates, nobody's name, every limit off.
    fn default() -> Self {
        let template = |(name, infusion_min, observe_min): (&str, u16, u16)| Template {
            name: name.into(),
            of: None,
            infusion_min,
            cuff_infusing_min: 10,
            cuff_observing_min: 15,
            observe_min,
            assess_first_min: 15,
            assess_later_min: 30,
        };
        let off = |kind: &NoticeKind| ClinicLimit { kind: *kind, on: false, limits: kind.limits() };
        Self {
            names: NamesPolicy::Alias,
            templates: EXAMPLES.map(template).into(),
            staff: Vec::new(),
            readiness: READINESS.map(Into::into).into(),
            limits: NoticeKind::ALL.iter().map(off).collect(),
            testing: Vec::new(),
        }
    }
}

impl Clinic {
    /// The setting of one kind of limit notice.
    #[must_use]
    pub fn limit(&self, kind: NoticeKind) -> ClinicLimit {
        let known = self.limits.iter().find(|limit| limit.kind == kind).copied();
        known.unwrap_or(ClinicLimit { kind, on: false, limits: kind.limits() })
    }

    /// Whether the chair is for test patients only.
    #[must_use]
    pub fn is_testing(&self, chair: &ChairId) -> bool {
        self.testing.contains(chair)
    }

    /// Lets a recorded change take effect.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Names(names) => self.names = names,
            Change::Template(template) => match self.templates.iter_mut().find(|known| known.name == template.name) {
                Some(known) => *known = template,
                None => self.templates.push(template),
            },
            Change::TemplateGone(name) => self.templates.retain(|known| known.name != name),
            Change::Staff(person) => match self.staff.iter_mut().find(|known| known.name == person.name) {
                Some(known) => *known = person,
                None => self.staff.push(person),
            },
            Change::StaffGone(name) => self.staff.retain(|known| known.name != name),
            Change::Readiness(lines) => self.readiness = lines,
            Change::Limit(limit) => {
                self.limits.iter_mut().filter(|known| known.kind == limit.kind).for_each(|known| *known = limit);
            }
            Change::TestChair { chair, on } => {
                self.testing.retain(|known| *known != chair);
                if on {
                    self.testing.push(chair);
                }
            }
        }
    }
}

impl Changed {
    /// Whether this change is possible now.
    ///
    /// # Errors
    /// The first thing that stands against it.
    pub fn may(&self, clinic: &Clinic) -> Result<(), ChangeRefused> {
        self.by.may_sign()?;
        if let Some(what) = self.change.needs_lead()
            && self.by.role != Role::Lead
        {
            return Err(ChangeRefused::NeedsLead(what));
        }
        match &self.change {
            Change::Names(_) | Change::TestChair { .. } => Ok(()),
            Change::Template(template) => {
                may_plan(&template.plan())?;
                let names = clinic.templates.iter().map(|known| &*known.name);
                may_name("templates", &template.name, names, TEMPLATES_MAX)
            }
            Change::TemplateGone(name) => is_there("template", name, clinic.templates.iter().map(|known| &*known.name)),
            Change::Staff(added) => {
                added.may_sign()?;
                may_name("people", &added.name, clinic.staff.iter().map(|known| &*known.name), STAFF_MAX)
            }
            Change::StaffGone(name) => is_there("person", name, clinic.staff.iter().map(|known| &*known.name)),
            Change::Readiness(lines) => may_list(lines),
            Change::Limit(limit) => limit.may(),
        }
    }
}

impl ClinicLimit {
    /// A limit that is on and can never give a notice would look like one that watches.
    fn may(&self) -> Result<(), ChangeRefused> {
        self.limits.may(self.kind).map_err(ChangeRefused::Limits)?;
        let holds = [LimitName::LookHoldS, LimitName::UrgentHoldS];
        let speaks = LimitName::ALL.iter().any(|name| !holds.contains(name) && self.limits.get(*name).is_some());
        if self.on && !speaks { Err(ChangeRefused::Silent(self.kind)) } else { Ok(()) }
    }
}

impl Change {
    /// What only the lead may change. Anybody may add a name to choose from, until there are accounts, and test a chair: under
    /// their name, and seen on every screen.
    const fn needs_lead(&self) -> Option<&'static str> {
        match self {
            Self::Names(_) => Some("what public screens show of a patient"),
            Self::Template(_) | Self::TemplateGone(_) => Some("a template"),
            Self::StaffGone(_) => Some("who is no longer offered"),
            Self::Readiness(_) => Some("the list for leaving"),
            Self::Limit(_) => Some("a limit"),
            Self::Staff(_) | Self::TestChair { .. } => None,
        }
    }
}

/// A name is new and there is room, or it is known letter by letter.
fn may_name<'a>(
    what: &'static str,
    name: &str,
    mut known: impl Iterator<Item = &'a str> + Clone,
    max: usize,
) -> Result<(), ChangeRefused> {
    if known.clone().any(|known| known == name) {
        return Ok(());
    }
    if known.clone().count() >= max {
        return Err(ChangeRefused::Full { what, max });
    }
    let spelled = spelled(name);
    if known.any(|known| self::spelled(known) == spelled) { Err(ChangeRefused::Alike(what)) } else { Ok(()) }
}

fn is_there<'a>(what: &'static str, name: &str, mut known: impl Iterator<Item = &'a str>) -> Result<(), ChangeRefused> {
    if known.any(|known| known == name) { Ok(()) } else { Err(ChangeRefused::NotThere(what)) }
}

fn may_list(lines: &[Box<str>]) -> Result<(), ChangeRefused> {
    if lines.len() > READINESS_MAX {
        return Err(ChangeRefused::Full { what: "lines", max: READINESS_MAX });
    }
    for (n, line) in lines.iter().enumerate() {
        text_of("line", line, LINE_MAX)?;
        if line.contains('\n') {
            return Err(Refused::Text { field: "line", found: line.chars().count(), max: LINE_MAX }.into());
        }
        if lines[..n].iter().any(|earlier| spelled(earlier) == spelled(line)) {
            return Err(ChangeRefused::Alike("line"));
        }
    }
    Ok(())
}

/// A name without what the eye does not tell apart.
fn spelled(name: &str) -> String {
    name.split_whitespace().flat_map(|word| word.chars().flat_map(char::to_lowercase)).collect()
}
