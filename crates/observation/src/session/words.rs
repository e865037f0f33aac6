//! Fixed words of a session.

use crate::vital::words;

words! {
    /// What a person is in the clinic. It stands beside the name on every act.
    Role {
        /// Runs the session.
        Nurse = "nurse",
        /// Prescribes, decides, signs.
        Clinician = "clinician",
        /// Reads later.
        Reviewer = "reviewer",
        /// Sets limits, forms and templates.
        Lead = "lead",
        /// Reads who did what; enters nothing.
        Auditor = "auditor",
    }
}

words! {
    /// Where a session stands.
    Phase {
        /// The patient is expected at the chair; nothing measured is hers yet.
        Planned = "planned",
        /// The patient is at the chair: identity, consent, fasting, escort.
        CheckedIn = "checked in",
        /// A monitor is on; the values before the infusion are taken.
        Baseline = "baseline",
        /// The infusion runs; T+0 was its first start.
        Infusing = "infusing",
        /// The infusion is interrupted.
        Paused = "paused",
        /// The infusion is over, the patient is watched.
        Observing = "observing",
        /// The list for leaving is complete.
        Ready = "ready",
        /// The patient has left.
        Discharged = "discharged",
        /// It never came to an infusion.
        Cancelled = "cancelled",
    }
}

words! {
    /// What an entry of the nurse is about. The scale of a score is the clinic's; a number is kept as pressed.
    EntryKind {
        /// MOAA/S, 0 to 5; 5 is alert.
        Sedation = "sedation",
        /// RASS, -5 to +4.
        Rass = "rass",
        /// 0 to 3.
        Nausea = "nausea",
        /// 0 to 3.
        Dizziness = "dizziness",
        /// 0 to 3.
        Dissociation = "dissociation",
        /// 0 to 10.
        Pain = "pain",
        /// 0 to 10.
        Anxiety = "anxiety",
        /// Drowsy, 0 to 3.
        Drowsiness = "drowsiness",
        /// The patient was looked after: comfort check.
        Comfort = "comfort check",
        /// Vomited.
        Vomited = "vomited",
        /// The vein was looked at.
        IvSite = "iv site check",
        /// Another side effect: its name as typed, 0 (over) to 3 (severe).
        SideEffect = "side effect",
        /// A drug that was given, as typed.
        Drug = "drug given",
        /// What was done about the dose, as typed.
        Dose = "dose event",
        /// Free text.
        Note = "note",
        /// A line of the list for leaving that is done.
        Readiness = "readiness",
        /// Two identifiers were asked for and fit.
        Identity = "identity confirmed",
        /// Why the patient is treated, as typed.
        Indication = "indication",
        /// Allergies, as typed.
        Allergies = "allergies",
        /// Fasting since, as typed.
        Fasting = "fasting",
        /// Who takes the patient home, as typed.
        Escort = "escort",
        /// Medicines taken or held today, as typed.
        Medicines = "medicines",
        /// The signed consent was seen.
        Consent = "consent seen",
        /// Weight, as typed.
        Weight = "weight",
        /// A scale filled in before or between sessions: its name and result, as typed, `PHQ-9 14`.
        Scale = "scale",
        /// The clinician's "go" before the infusion.
        Go = "go",
        /// Aldrete score for leaving, 0 to 10.
        Aldrete = "aldrete",
        /// Respiratory depression, 0 to 3.
        Breathing = "respiratory depression",
        /// A serious adverse event, as typed.
        Serious = "serious adverse event",
    }
}

impl EntryKind {
    /// Lowest and highest score; `None` for a kind without one.
    #[must_use]
    pub const fn scale(self) -> Option<(i8, i8)> {
        match self {
            Self::Sedation => Some((0, 5)),
            Self::Rass => Some((-5, 4)),
            Self::Nausea
            | Self::Dizziness
            | Self::Dissociation
            | Self::Drowsiness
            | Self::Breathing
            | Self::SideEffect => Some((0, 3)),
            Self::Pain | Self::Anxiety | Self::Aldrete => Some((0, 10)),
            _ => None,
        }
    }

    /// Whether it says nothing without a text.
    #[must_use]
    pub const fn needs_text(self) -> bool {
        matches!(
            self,
            Self::SideEffect
                | Self::Drug
                | Self::Dose
                | Self::Note
                | Self::Readiness
                | Self::Indication
                | Self::Allergies
                | Self::Fasting
                | Self::Escort
                | Self::Medicines
                | Self::Weight
                | Self::Scale
                | Self::Serious
        )
    }
}
