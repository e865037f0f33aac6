//! What a wall hears: values, phases and times; of a patient the alias or the initials, and nothing else (S13).

use chairside_observation::clinic::NamesPolicy;
use chairside_wire::{Act, Patient, Person, Session, ToScreen};

/// A session without who it is.
pub(super) fn session(message: ToScreen, names: NamesPolicy) -> ToScreen {
    match message {
        ToScreen::Session { chair, session: Some(session), cleared } => {
            ToScreen::Session { chair, session: Some(Box::new(plain(*session, names))), cleared }
        }
        other => other,
    }
}

fn plain(session: Session, names: NamesPolicy) -> Session {
    let shown = match names {
        NamesPolicy::Initials => initials(&session.patient.name),
        // A wall of its own never has the full name, whatever the room's other screens may show.
        NamesPolicy::Alias | NamesPolicy::Full => session.patient.alias.clone(),
    };
    let patient = Patient { id: String::new(), name: shown.clone(), born: String::new(), alias: shown };
    let mut plain = Session { patient, ..session };
    plain.plan.template.clear();
    plain.stopped_early = plain.stopped_early.map(|_| String::new());
    // What decides which values count and how the phase stands; nothing of what was entered.
    plain.acts.retain(|kept| {
        matches!(kept.act, Act::Typed { .. } | Act::Artefact { .. } | Act::Undo { .. } | Act::Moved { .. })
    });
    for kept in &mut plain.acts {
        kept.by = nobody();
        match &mut kept.act {
            Act::Moved { reason, .. } | Act::Artefact { reason, .. } | Act::Undo { reason, .. } => reason.clear(),
            _ => {}
        }
    }
    plain.nurse = nobody();
    for feed in &mut plain.feeds {
        for text in [&mut feed.bed, &mut feed.patient, &mut feed.name, &mut feed.device] {
            text.clear();
        }
    }
    plain
}

fn nobody() -> Person {
    Person { name: String::new(), role: "nurse".to_owned() }
}

/// `Doe, Jane Ann` and `Jane Ann Doe` are both `J. A. D.`.
fn initials(name: &str) -> String {
    let (family, given) = name.split_once(',').map_or((name, ""), |(family, given)| (family, given));
    let parts = given.split([' ', '-']).chain(family.split([' ', '-'])).filter_map(|part| part.chars().next());
    parts.map(|first| format!("{}.", first.to_uppercase())).collect::<Vec<_>>().join(" ")
}

/// The room as far as a screen shows it: a wall display learns of no chair beyond its layout, and of no feed there (S13).
pub(super) fn roster(message: ToScreen, shows: impl Fn(&str) -> bool) -> ToScreen {
    match message {
        ToScreen::Roster { mut chairs, mut feeds } => {
            let all = chairs.len();
            chairs.retain(|chair| shows(&chair.id));
            if chairs.len() < all {
                feeds.retain(|feed| feed.chair.as_deref().is_some_and(&shows));
            }
            ToScreen::Roster { chairs, feeds }
        }
        other => other,
    }
}

/// The settings without the people.
pub(super) fn clinic(message: ToScreen) -> ToScreen {
    match message {
        ToScreen::Clinic { mut clinic } => {
            clinic.staff.clear();
            clinic.templates.clear();
            clinic.readiness.clear();
            if clinic.names == NamesPolicy::Full.word() {
                // What comes is the alias; a wall that believes it has full names would look for them.
                NamesPolicy::Alias.word().clone_into(&mut clinic.names);
            }
            ToScreen::Clinic { clinic }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: NamesPolicy) -> String {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/session.json");
        let message: ToScreen = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let ToScreen::Session { session: Some(before), .. } = &message else { panic!("no session") };
        for text in [&before.patient.name, &before.patient.id, &before.patient.born, &before.nurse.name] {
            assert!(!text.is_empty(), "the example has what is to be hidden");
        }
        serde_json::to_string(&session(message, names)).unwrap()
    }

    #[test]
    fn s13_a_wall_learns_the_alias_or_the_initials_and_nothing_else() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/session.json");
        let message: ToScreen = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let ToScreen::Session { session: Some(before), .. } = message else { panic!("no session") };
        for policy in [NamesPolicy::Alias, NamesPolicy::Initials, NamesPolicy::Full] {
            let told = told(policy);
            let secrets = [&before.patient.name, &before.patient.id, &before.patient.born, &before.nurse.name];
            for secret in secrets.into_iter().chain([&before.plan.template]) {
                assert!(!told.contains(secret.as_str()), "{secret} in {told}");
            }
        }
        let alias = format!(r#""alias":"{}""#, before.patient.alias);
        assert!(told(NamesPolicy::Alias).contains(&alias) && told(NamesPolicy::Full).contains(&alias));
        assert_eq!([initials("Doe, Jane Ann"), initials("Jane Ann Doe")], ["J. A. D.", "J. A. D."]);
    }
}
