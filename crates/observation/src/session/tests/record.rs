//! What may be done with the record of a session that is over.

use super::*;

/// Over, with a nausea entry at 12 and typed values at 13.
fn over() -> Session {
    let typed = TypedVital { vital: crate::Vital::Spo2, values: vec![Decimal::whole(97)] };
    let mut session = after(&[
        moved(Phase::Baseline),
        entry(EntryKind::Nausea, Some(2), ""),
        Act::Typed { values: vec![typed] },
        moved(Phase::Infusing),
        moved(Phase::Observing),
    ]);
    for (n, to) in [(20, Phase::Ready), (21, Phase::Discharged)] {
        session.apply(Sequence(n), at(7200), done(u128::from(n), moved(to)));
    }
    session
}

fn signed() -> Act {
    Act::Signed { meaning: "read".into(), digest: [1; 32], key: [2; 32], signature: [3; 64], summary: "".into() }
}

fn corrected(of: u64, score: i8) -> Act {
    Act::Corrected { of: Sequence(of), score: Some(score), text: "".into(), reason: "pressed wrong".into() }
}

fn by(role: Role, late: bool, act: Act) -> Done {
    let about = late.then(|| About { wall: at(300).wall, late });
    Done { by: person("Lee", role), about, ..done(99, act) }
}

#[test]
fn h17_after_the_end_only_what_belongs_to_a_record_is_taken_and_after_signing_addenda() {
    let open = after(&[moved(Phase::Baseline)]);
    let over = over();
    let mut sealed = over.clone();
    sealed.apply(Sequence(30), at(9000), by(Role::Clinician, false, signed()));
    let mark = Act::Artefact { vital: crate::Vital::Spo2, span: (Sequence(11), Sequence(12)), reason: "probe".into() };
    let undo = Act::Undo { of: Sequence(13), reason: "of another".into() };
    let addendum = Act::Addendum { text: "called her".into() };
    let note = entry(EntryKind::Note, None, "x");
    let late = true;
    // What is done, and whether it is taken while open, over, and signed.
    for (what, done, taken) in [
        ("an addendum", by(Role::Nurse, !late, addendum), [true, true, true]),
        ("a late entry", by(Role::Nurse, late, note.clone()), [true, true, false]),
        ("an entry of now", by(Role::Nurse, !late, note), [true, false, false]),
        ("a correction", by(Role::Nurse, !late, corrected(12, 1)), [false, true, false]),
        ("a correction off its scale", by(Role::Nurse, !late, corrected(12, 4)), [false, false, false]),
        ("a correction of what is no entry", by(Role::Nurse, !late, corrected(13, 1)), [false, false, false]),
        ("a mark", by(Role::Nurse, !late, mark), [true, true, false]),
        ("undoing", by(Role::Nurse, !late, undo), [false, true, false]),
        ("a signature of a clinician", by(Role::Clinician, !late, signed()), [false, true, false]),
        ("a signature of a reviewer", by(Role::Reviewer, !late, signed()), [false, true, false]),
        ("a signature of a nurse", by(Role::Nurse, !late, signed()), [false, false, false]),
        ("a hand-over", by(Role::Nurse, !late, Act::HandedOver { to: nurse() }), [true, false, false]),
        ("a step", by(Role::Nurse, !late, moved(Phase::Infusing)), [true, false, false]),
    ] {
        let sessions = [(&open, at(400)), (&over, at(9100)), (&sealed, at(9100))];
        let found = sessions.map(|(session, now)| session.may(&done, now, Sequence(5)).is_ok());
        assert_eq!(found, taken, "{what}");
    }
    let sentence = refused(&sealed, at(9100), &by(Role::Lead, !late, corrected(12, 1)));
    assert_eq!(sentence, "the record is signed; it only takes addenda");
}

#[test]
fn a_correction_stands_in_the_place_of_its_entry_and_can_be_taken_back() {
    let mut session = over();
    let says = |session: &Session| -> Vec<_> {
        let entries = session.entries(EntryKind::Nausea);
        entries.map(|kept| (kept.sequence.0, kept.entered().unwrap().score, kept.wall())).collect()
    };
    assert_eq!(says(&session), [(12, Some(2), at(120).wall)]);
    session.apply(Sequence(30), at(9000), by(Role::Nurse, false, corrected(12, 1)));
    assert_eq!(says(&session), [(30, Some(1), at(120).wall)], "its time is that of the entry");
    assert!(session.act(Sequence(12)).is_some_and(|kept| kept.corrected && kept.undone_by == Some(Sequence(30))));
    session.apply(Sequence(31), at(9001), by(Role::Nurse, true, corrected(30, 0)));
    assert_eq!(says(&session), [(31, Some(0), at(300).wall)], "unless a person gave another");
    let again = by(Role::Nurse, false, corrected(12, 3));
    assert!(refused(&session, at(9002), &again).contains("entry 12 is none that could be corrected"));
    for (n, of, expected) in [(32, 31, (30, Some(1))), (33, 30, (12, Some(2)))] {
        let undo = Act::Undo { of: Sequence(of), reason: "was right".into() };
        session.apply(Sequence(n), at(9002), by(Role::Nurse, false, undo));
        let (sequence, score, _) = says(&session)[0];
        assert_eq!((sequence, score), expected);
    }
}

#[test]
fn acts_of_a_record_survive_their_fields() {
    for act in [Act::Addendum { text: "two\nlines = 1".into() }, corrected(12, -3), signed()] {
        let done = by(Role::Reviewer, true, act);
        assert_eq!(Done::from_fields(&done.fields()), Some(done));
    }
}
