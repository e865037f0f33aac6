//! The one table of who may do what.

/// Makes an enum whose variants each have one word, on the wire and in the file.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }
        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Its word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
            /// Reads a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }
    };
}

words! {
    /// What somebody is in the clinic. An account has one or more; `display` is a wall screen's own.
    Role {
        /// Runs sessions.
        Nurse = "nurse",
        /// Decides and signs.
        Clinician = "clinician",
        /// Reads records later.
        Reviewer = "reviewer",
        /// Reads the audit, and records.
        Auditor = "auditor",
        /// Sets limits and templates, keeps the ward's accounts.
        Lead = "lead",
        /// Plugs monitors in. Sees no patient's data.
        Biomed = "biomed",
        /// Keeps accounts and displays. Sees no patient's data.
        Administrator = "administrator",
        /// A wall screen.
        Display = "display",
    }
}

words! {
    /// What can be allowed.
    Right {
        /// Live values of the chairs.
        Live = "live",
        /// Names and numbers of patients; without it, what the clinic lets public screens show.
        Names = "names",
        /// Entries and acts of a session.
        Enter = "enter",
        /// What only a clinician decides: a patient's own limits.
        Decide = "decide",
        /// Comments on a record.
        Comment = "comment",
        /// Signing a record.
        Sign = "sign",
        /// Reading past sessions.
        Records = "records",
        /// Making files of them.
        Export = "export",
        /// Searching patients.
        Patients = "patients",
        /// Chairs, and which feed belongs to which.
        Rooms = "rooms",
        /// How the sources stand; no value, no patient.
        Sources = "sources",
        /// The bytes a source sent, with whatever names are in them.
        Bytes = "bytes",
        /// The clinic's limits, templates and lists.
        Settings = "settings",
        /// The audit.
        Audit = "audit",
        /// Accounts of nurses, clinicians, reviewers and leads.
        Accounts = "accounts",
        /// Records over FHIR, read only.
        Fhir = "fhir",
        /// The figures for programs that watch; no value, no patient.
        Metrics = "metrics",
        /// All accounts, and the displays.
        Administer = "administer",
    }
}

words! {
    /// What a program's token opens; each is a right of its own and reads only.
    Scope {
        /// Records over FHIR.
        Fhir = "fhir",
        /// The figures for programs that watch.
        Metrics = "metrics",
    }
}

/// The rights of a program: nothing that enters, changes or looks at a live value.
#[must_use]
pub fn rights_of_program(scopes: &[Scope]) -> Vec<Right> {
    let right = |scope: &Scope| match scope {
        Scope::Fhir => Right::Fhir,
        Scope::Metrics => Right::Metrics,
    };
    let has = scopes.iter().map(right).collect::<Vec<_>>();
    Right::ALL.iter().copied().filter(|right| has.contains(right)).collect()
}

/// The table. A pair that is not here is refused.
#[must_use]
#[rustfmt::skip]
pub const fn rights_of(role: Role) -> &'static [Right] {
    use Right::{
        Accounts, Administer, Audit, Bytes, Comment, Decide, Enter, Export, Fhir, Live, Metrics, Names, Patients, Records,
        Rooms, Settings, Sign, Sources,
    };
    match role {
        Role::Nurse => &[Live, Names, Enter, Comment, Records, Patients, Rooms, Sources, Bytes, Metrics],
        Role::Clinician => &[
            Live, Names, Enter, Decide, Comment, Sign, Records, Export, Patients, Rooms, Sources, Bytes, Fhir, Metrics,
        ],
        Role::Reviewer => &[Names, Comment, Records, Export, Fhir],
        Role::Auditor => &[Names, Records, Audit],
        Role::Lead => &[
            Live, Names, Enter, Decide, Comment, Sign, Records, Export, Patients, Rooms, Sources, Bytes, Settings, Audit, Accounts,
            Fhir, Metrics,
        ],
        Role::Biomed => &[Rooms, Sources, Metrics],
        Role::Administrator => &[Sources, Audit, Accounts, Metrics, Administer],
        Role::Display => &[Live],
    }
}

/// Whether a role has a right.
#[must_use]
pub fn may(role: Role, right: Right) -> bool {
    rights_of(role).contains(&right)
}

/// Rights of somebody with all these roles, in the order of the table.
#[must_use]
pub fn rights(roles: &[Role]) -> Vec<Right> {
    let has = |right: &Right| roles.iter().any(|role| may(*role, *right));
    Right::ALL.iter().copied().filter(has).collect()
}

/// What anybody at this computer may do while there is no account: everything but keeping accounts.
#[must_use]
pub fn trial() -> Vec<Right> {
    let keeps = |right: &Right| matches!(right, Right::Accounts | Right::Administer);
    Right::ALL.iter().copied().filter(|right| !keeps(right)).collect()
}

impl Role {
    /// Roles a ward gives its own people. The others are an administrator's to give.
    #[must_use]
    pub const fn is_of_the_ward(self) -> bool {
        matches!(self, Self::Nurse | Self::Clinician | Self::Reviewer | Self::Lead)
    }

    /// Roles whose password alone is not enough (S07).
    #[must_use]
    pub const fn needs_code(self) -> bool {
        matches!(self, Self::Lead | Self::Administrator)
    }
}

/// In the file as their words.
macro_rules! written {
    ($($name:ident $expected:literal,)*) => { $(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = String::deserialize(from)?;
                let wrong = || serde::de::Error::custom(format!(concat!("found {:?}, expected ", $expected), word));
                Self::from_word(&word).ok_or_else(wrong)
            }
        }
    )* };
}
written! {
    Role "a role",
    Scope "a scope",
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table once more, as people read it: a change of one has to be a change of both.
    const EXPECTED: &str = "
        live        nurse clinician lead display
        names       nurse clinician reviewer auditor lead
        enter       nurse clinician lead
        decide      clinician lead
        comment     nurse clinician reviewer lead
        sign        clinician lead
        records     nurse clinician reviewer auditor lead
        export      clinician reviewer lead
        patients    nurse clinician lead
        rooms       nurse clinician lead biomed
        sources     nurse clinician lead biomed administrator
        bytes       nurse clinician lead
        settings    lead
        audit       auditor lead administrator
        accounts    lead administrator
        fhir        clinician reviewer lead
        metrics     nurse clinician lead biomed administrator
        administer  administrator";

    #[test]
    fn s05_s16_every_pair_of_role_and_right_is_as_written_down() {
        let lines = EXPECTED.lines().filter(|line| !line.trim().is_empty()).map(|line| {
            let mut words = line.split_whitespace();
            (Right::from_word(words.next().unwrap()).unwrap(), words.collect::<Vec<_>>())
        });
        let lines = lines.collect::<Vec<_>>();
        assert_eq!(lines.iter().map(|(right, _)| *right).collect::<Vec<_>>(), Right::ALL);
        for (right, expected) in lines {
            for role in Role::ALL {
                assert_eq!(may(*role, right), expected.contains(&role.word()), "{} {}", role.word(), right.word());
            }
        }
    }

    #[test]
    fn s05_who_keeps_machines_and_accounts_sees_no_patient() {
        let shows = [Right::Live, Right::Names, Right::Records, Right::Bytes, Right::Patients, Right::Export];
        for role in [Role::Biomed, Role::Administrator] {
            assert!(shows.iter().all(|right| !may(role, *right)), "{}", role.word());
        }
        assert_eq!(rights(&[Role::Display]), [Right::Live], "a wall display changes nothing and learns no name");
    }

    #[test]
    fn s05_a_program_has_what_its_scopes_say_and_nothing_that_changes_or_shows_live_values() {
        for (scopes, expected) in [
            (&[][..], &[][..]),
            (&[Scope::Fhir], &[Right::Fhir]),
            (&[Scope::Metrics], &[Right::Metrics]),
            (Scope::ALL, &[Right::Fhir, Right::Metrics]),
        ] {
            assert_eq!(rights_of_program(scopes), expected);
        }
    }

    #[test]
    fn several_roles_have_what_each_of_them_has() {
        assert_eq!(rights(&[]), []);
        let both = rights(&[Role::Biomed, Role::Reviewer]);
        let (names, records) = ([Right::Names, Right::Comment], [Right::Records, Right::Export]);
        let rest = [Right::Rooms, Right::Sources, Right::Fhir, Right::Metrics];
        assert_eq!(both, [&names[..], &records, &rest].concat());
        assert!(!trial().contains(&Right::Accounts) && trial().contains(&Right::Settings));
    }
}
