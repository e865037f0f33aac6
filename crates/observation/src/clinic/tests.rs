use super::*;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;

fn person(name: &str, role: Role) -> Person {
    Person { name: name.into(), role }
}

fn template(name: &str) -> Template {
    Template { name: name.into(), ..Clinic::default().templates[0].clone() }
}

fn limit(kind: NoticeKind, on: bool, limits: &str) -> Change {
    Change::Limit(ClinicLimit { kind, on, limits: Limits::parse(limits).unwrap() })
}

fn by(role: Role, change: Change) -> Changed {
    Changed { by: person("Lee, Ann", role), change }
}

/// The clinic after changes the lead made.
fn after(changes: &[Change]) -> Clinic {
    let mut clinic = Clinic::default();
    for change in changes {
        assert_eq!(by(Role::Lead, change.clone()).may(&clinic), Ok(()), "{change:?}");
        clinic.apply(change.clone());
    }
    clinic
}

#[test]
fn h13_a_new_clinic_has_every_limit_off_and_the_numbers_of_the_table() {
    let clinic = Clinic::default();
    assert_eq!(clinic.names, NamesPolicy::Alias, "nobody's name on a wall");
    let names: Vec<_> = clinic.templates.iter().map(|t| (&*t.name, t.infusion_min, t.observe_min)).collect();
    assert_eq!(names, [("IV ketamine", 40, 60), ("Esketamine, nasal", 10, 120)]);
    let kinds: Vec<_> = clinic.limits.iter().map(|limit| limit.kind).collect();
    assert_eq!(kinds, NoticeKind::ALL);
    for kind in NoticeKind::ALL {
        assert_eq!(clinic.limit(*kind), ClinicLimit { kind: *kind, on: false, limits: kind.limits() });
    }
    for template in clinic.templates {
        assert_eq!(
            by(Role::Lead, Change::Template(template)).may(&Clinic::default()),
            Ok(()),
            "it can be kept as it is"
        );
    }
    assert_eq!(by(Role::Lead, Change::Readiness(clinic.readiness)).may(&Clinic::default()), Ok(()));
}

#[test]
fn the_settings_are_what_the_changes_left() {
    let clinic = after(&[
        Change::Names(NamesPolicy::Initials),
        Change::Template(template("IV 60 min")),
        Change::Template(Template { infusion_min: 90, ..template("IV ketamine") }),
        Change::TemplateGone("Esketamine, nasal".into()),
        Change::Staff(person("Bo", Role::Nurse)),
        Change::Staff(person("Cy", Role::Clinician)),
        Change::Staff(person("Bo", Role::Lead)),
        Change::StaffGone("Cy".into()),
        Change::Readiness(vec!["Walks safely".into()]),
        Change::TestChair { chair: "3".into(), on: true },
        Change::TestChair { chair: "4".into(), on: true },
        Change::TestChair { chair: "3".into(), on: false },
        limit(NoticeKind::Spo2, true, "lookLow=92"),
    ]);
    assert_eq!(clinic.names, NamesPolicy::Initials);
    let templates: Vec<_> = clinic.templates.iter().map(|t| (&*t.name, t.infusion_min)).collect();
    assert_eq!(templates, [("IV ketamine", 90), ("IV 60 min", 40)], "changed in its place");
    assert_eq!(clinic.staff, [person("Bo", Role::Lead)]);
    assert_eq!(clinic.readiness, ["Walks safely".into()]);
    let spo2 = clinic.limit(NoticeKind::Spo2);
    assert_eq!((spo2.on, spo2.limits.write().as_str()), (true, "lookLow=92"));
    assert_eq!(clinic.limits.len(), NoticeKind::ALL.len());
    assert_eq!(clinic.testing, ["4".into()]);
    assert!(clinic.is_testing(&"4".into()) && !clinic.is_testing(&"3".into()));
}

#[test]
fn only_the_lead_changes_what_the_clinic_works_by() {
    let clinic = after(&[Change::Staff(person("Bo", Role::Nurse))]);
    for change in [
        Change::Names(NamesPolicy::Full),
        Change::Template(template("IV 60 min")),
        Change::TemplateGone("IV ketamine".into()),
        Change::StaffGone("Bo".into()),
        Change::Readiness(vec![]),
        limit(NoticeKind::Spo2, true, "lookLow=92"),
    ] {
        assert_eq!(by(Role::Lead, change.clone()).may(&clinic), Ok(()), "{change:?}");
        for role in [Role::Nurse, Role::Clinician, Role::Reviewer] {
            let found = by(role, change.clone()).may(&clinic).unwrap_err();
            assert!(matches!(found, ChangeRefused::NeedsLead(_)), "{change:?}: {found}");
        }
    }
    assert_eq!(by(Role::Nurse, Change::Staff(person("Cy", Role::Nurse))).may(&clinic), Ok(()), "anybody adds a name");
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let clinic = after(&[Change::Staff(person("Ann  Lee", Role::Nurse))]);
    let check = |change: Change, expected: &str| {
        let found = by(Role::Lead, change).may(&clinic).unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found}");
    };
    let other = |change: fn(&mut Template)| {
        let mut template = template("IV ketamine");
        change(&mut template);
        Change::Template(template)
    };
    check(other(|t| t.name = " ".into()), "template: found 1 characters, expected 1 to 120");
    check(other(|t| t.name = "a\u{1f}b".into()), "template: found 3 characters, expected 1 to 120 without control");
    check(other(|t| t.infusion_min = 0), "planned minutes: found 0, expected 1 to 1440");
    check(other(|t| t.cuff_observing_min = 1441), "cuff interval while observing: found 1441");
    check(other(|t| t.assess_later_min = 0), "assessment interval after the first hour: found 0");
    check(other(|t| t.of = Some(0)), "session number: found 1, expected 1 to 0");
    check(Change::Template(template("iv  Ketamine")), "templates: another one is the same but for blanks or capital");
    check(Change::Staff(person("ann lee", Role::Nurse)), "people: another one is the same");
    check(Change::Staff(person("", Role::Nurse)), "name of the person: found 0 characters");
    check(Change::TemplateGone("IV 60 min".into()), "template: there is none of this name");
    check(Change::StaffGone("Bo".into()), "person: there is none of this name");
    check(Change::Readiness(vec!["a".into(), "A ".into()]), "line: another one is the same");
    check(Change::Readiness(vec!["n".repeat(LINE_MAX + 1).into()]), "line: found 201 characters, expected 1 to 200");
    check(Change::Readiness(vec!["two\nlines".into()]), "line: found 9 characters");
    let lines = (0..=READINESS_MAX).map(|n| format!("line {n}").into()).collect();
    check(Change::Readiness(lines), "there are 30 lines, the most there may be");
    check(limit(NoticeKind::Spo2, false, "lookHigh=99"), "limits: found lookHigh, but \"spo2\" has only");
    check(limit(NoticeKind::Spo2, true, "lookHoldS=15"), "\"spo2\" is switched on without a number");
    let nobody = Changed { by: person("", Role::Lead), change: Change::Names(NamesPolicy::Full) };
    assert_eq!(
        nobody.may(&clinic).unwrap_err().to_string(),
        "name of the person: found 0 characters, expected 1 to 120 without control characters"
    );
}

#[test]
fn lists_have_an_end_and_what_is_on_them_can_still_be_changed() {
    let mut clinic = Clinic::default();
    for n in clinic.templates.len()..TEMPLATES_MAX {
        clinic.apply(Change::Template(template(&format!("template {n}"))));
    }
    for n in 0..STAFF_MAX {
        clinic.apply(Change::Staff(person(&format!("person {n}"), Role::Nurse)));
    }
    let may = |change| by(Role::Lead, change).may(&clinic).map_err(|refused| refused.to_string());
    let full = "there are 50 templates, the most there may be; remove one first";
    assert_eq!(may(Change::Template(template("one more"))), Err(full.to_string()));
    assert_eq!(may(Change::Template(template("template 40"))), Ok(()));
    let full = "there are 200 people, the most there may be; remove one first";
    assert_eq!(may(Change::Staff(person("one more", Role::Nurse))), Err(full.to_string()));
    assert_eq!(may(Change::Staff(person("person 7", Role::Lead))), Ok(()));
}

#[test]
fn every_change_survives_its_fields() {
    for change in [
        Change::Names(NamesPolicy::Full),
        Change::Template(Template { of: Some(6), ..template("IV = 40") }),
        Change::Template(template("IV ketamine")),
        Change::TemplateGone("IV ketamine".into()),
        Change::Staff(person("Bo = 2", Role::Reviewer)),
        Change::StaffGone("Bo".into()),
        Change::Readiness(vec![]),
        Change::Readiness(vec!["Walks safely".into(), "a = b".into()]),
        limit(NoticeKind::Rass, true, "lookLow=-2 urgentLow=-4"),
        limit(NoticeKind::PreStartSystolic, false, ""),
    ] {
        let changed = by(Role::Lead, change);
        assert_eq!(Changed::from_fields(&changed.fields()), Some(changed.clone()), "{}", changed.fields());
    }
    let broken =
        ["", "change=names", "change=limit\u{1f}by=A\u{1f}role=lead\u{1f}notice=spo2\u{1f}on=yes\u{1f}limits=x=1"];
    for broken in broken {
        assert_eq!(Changed::from_fields(broken), None, "{broken}");
    }
}
