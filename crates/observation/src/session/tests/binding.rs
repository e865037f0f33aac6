//! Whose values a feed carries.

use super::*;
use crate::{Context, SourceId};
use alloc::boxed::Box;

/// Bed, patient, name, device, as sent; an empty one was not sent.
fn context(bed: &str, patient: &str, name: &str, device: &str) -> Context {
    let word = |text: &str| -> Option<Box<str>> { (!text.is_empty()).then(|| text.into()) };
    Context { bed: word(bed), unit: None, patient: word(patient), name: word(name), device: word(device) }
}

/// One session and what it is told.
struct Room {
    session: Session,
    binding: Binding,
    source: SourceId,
    whole: bool,
    second: i64,
}

impl Room {
    /// The session began at second 0.
    fn new(whole: bool) -> Self {
        Self { session: opened(), binding: Binding::default(), source: "hl7".into(), whole, second: 0 }
    }

    /// A reading one second later, measured `ago` seconds before.
    fn hears_old(&mut self, context: &Context, ago: i64, synthetic: bool) -> Says {
        self.second += 1;
        let received = at(self.second);
        let measured = received.mono - Micros::from_secs(ago);
        let (source, whole) = (&self.source, self.whole);
        let heard = Heard { source, whole, context: Some(context), synthetic, reading: true, received, measured };
        self.binding.judge(&self.session, &heard).0
    }

    fn hears(&mut self, bed: &str, patient: &str, name: &str, device: &str) -> Says {
        self.hears_old(&context(bed, patient, name, device), 0, false)
    }

    fn accepts(&mut self, bed: &str, patient: &str, device: &str) -> Sequence {
        let act = Act::Accepted {
            source: self.source.clone(),
            bed: bed.into(),
            patient: patient.into(),
            device: device.into(),
            reason: "asked her".into(),
        };
        self.acts(act)
    }

    fn acts(&mut self, act: Act) -> Sequence {
        let sequence = Sequence(100 + self.second.cast_unsigned());
        let done = done(u128::from(sequence.0), act);
        assert_eq!(self.session.may(&done, at(self.second), Sequence(1)), Ok(()));
        self.session.apply(sequence, at(self.second), done);
        self.binding.reconsider(&self.session, at(self.second));
        sequence
    }

    /// Says and withheld of each row.
    fn rows(&self) -> Vec<(&str, u64)> {
        self.binding.rows().iter().map(|row| (row.says.word(), row.withheld)).collect()
    }
}

#[test]
fn h01_an_identifier_decides_and_a_name_only_where_none_is_sent() {
    // The session is of 4711, "Doe, Jane".
    let cases = [
        ("", "", "none"),
        ("4711", "", "same"),
        (" 4711 ", "", "same"),
        ("4711^^^HOSP^MR", "", "same"),
        ("4711", "ROE^RICHARD", "same"),
        ("04711", "", "patient"),
        ("471", "", "patient"),
        ("4712", "DOE^JANE", "patient"),
        ("^^^HOSP", "", "none"),
        ("", "DOE^JANE", "none"),
        ("", "doe", "none"),
        ("", "van Doe^J", "none"),
        ("", "ROE^JANE", "patient"),
        ("", "ROE", "patient"),
        ("", "^JANE", "none"),
    ];
    for (patient, name, expected) in cases {
        let mut room = Room::new(false);
        assert_eq!(room.hears("B1", patient, name, "").word(), expected, "{patient:?} {name:?}");
    }
    let mut room = Room::new(false);
    room.session.patient.id = "Ab-7^1".into();
    assert_eq!(room.hears("", "aB-7", "", ""), Says::Same, "the case of letters does not count");
    room.session.patient.name = "Jane van Doe".into();
    assert_eq!(room.hears("", "", "DOE^J", ""), Says::None, "without a comma every word may be the family's");
}

#[test]
fn h01_another_device_is_withheld_until_a_person_took_it_and_the_first_goes_on() {
    let mut room = Room::new(false);
    assert_eq!(room.hears("B1", "", "", ""), Says::None);
    assert_eq!(room.hears("B1", "", "", "A"), Says::None, "the first that is named");
    assert_eq!(room.hears("B1", "", "", "B"), Says::Device);
    assert_eq!(room.hears("B1", "4711", "", "B"), Says::Device);
    assert_eq!(room.hears("B1", "", "", ""), Says::None, "naming none says nothing");
    assert_eq!(room.hears("B2", "", "", "C"), Says::None, "another bed has its own");
    room.accepts("B1", "", "B");
    assert_eq!(room.hears("B1", "", "", "B"), Says::Accepted);
    assert_eq!(room.hears("B1", "4711", "", "B"), Says::Device, "only what was looked at");
    assert_eq!(room.hears("B1", "", "", "A"), Says::None);
    assert_eq!(room.hears("B1", "", "", "D"), Says::Device, "an accepted one is not the first");
}

#[test]
fn several_devices_of_the_first_message_are_all_bound() {
    let mut room = Room::new(false);
    let mut says = |second, device| {
        room.second = second;
        room.hears("B1", "", "", device)
    };
    assert_eq!([says(4, "ecg"), says(4, "oximeter"), says(9, "ecg")], [Says::None; 3]);
    assert_eq!(says(9, "pump"), Says::Device);
}

#[test]
fn h01_a_device_bound_whole_that_says_it_moved_is_withheld() {
    let mut room = Room::new(true);
    assert_eq!([room.hears("", "", "", ""), room.hears("B1", "", "", "")], [Says::None; 2]);
    assert_eq!(room.hears("B2", "", "", ""), Says::Bed);
    let moved = Context { unit: Some("ICU".into()), ..context("B1", "", "", "") };
    assert_eq!(room.hears_old(&moved, 0, false), Says::Bed, "the same name on another ward");
    assert_eq!([room.hears("", "", "", ""), room.hears("B1", "", "", "")], [Says::None; 2]);
    room.accepts("B2", "", "");
    assert_eq!(room.hears("B2", "", "", ""), Says::Accepted);
    let mut routed = Room::new(false);
    assert_eq!([routed.hears("B1", "", "", ""), routed.hears("B2", "", "", "")], [Says::None; 2], "routes are by bed");
}

#[test]
fn h02_what_was_measured_before_the_span_is_withheld_and_a_claim_moves_the_span() {
    let mut room = Room::new(false);
    let plain = context("", "", "", "");
    assert_eq!(room.hears_old(&plain, 1, false), Says::None, "measured at second 0");
    assert_eq!(room.hears_old(&plain, 3, false), Says::Before, "measured at second -1");
    room.acts(Act::Claimed { from: Sequence(8), ago: Micros::from_secs(12) });
    assert_eq!(room.hears_old(&plain, 13, false), Says::None, "measured at second -10");
    assert_eq!(room.hears_old(&plain, 15, false), Says::Before, "measured at second -11");
}

#[test]
fn h21_demonstration_data_is_never_a_patients_even_if_accepted() {
    let mut room = Room::new(false);
    let named = context("B1", "4711", "", "");
    assert_eq!(room.hears_old(&named, 0, true), Says::Demo);
    room.accepts("B1", "4711", "");
    assert_eq!(room.hears_old(&named, 0, true), Says::Demo);
    assert_eq!(room.hears_old(&named, 0, false), Says::Same);
    assert_eq!(room.rows(), [("demo", 2), ("same", 0)]);
}

#[test]
fn an_acceptance_counts_from_then_on_for_one_combination_and_can_be_undone() {
    let mut room = Room::new(false);
    assert_eq!(room.hears("B1", "9", "", "A"), Says::Patient);
    let accepted = room.accepts("B1", "9", "A");
    assert_eq!(room.rows(), [("accepted", 0)], "at once");
    assert_eq!(room.hears("B1", "9", "", "A"), Says::Accepted);
    for (bed, patient, device) in [("B2", "9", "A"), ("B1", "8", "A"), ("B1", "9", "B"), ("B1", "9", "")] {
        assert_eq!(room.hears(bed, patient, "", device), Says::Patient, "{bed} {patient} {device}");
    }
    let plain = context("B1", "9", "", "A");
    assert_eq!(room.hears_old(&plain, 60, false), Says::Before, "H02: accepted or not");
    room.acts(Act::Undo { of: accepted, reason: "wrong bed".into() });
    assert_eq!(room.hears("B1", "9", "", "A"), Says::Patient);
}

#[test]
fn rows_count_what_was_withheld_and_repeated_old_readings_do_not_make_them_flicker() {
    let mut room = Room::new(false);
    let plain = context("", "", "", "");
    assert_eq!(room.hears_old(&plain, 60, false), Says::Before);
    assert_eq!(room.rows(), [("before", 1)]);
    for _ in 0..3 {
        assert_eq!(room.hears_old(&plain, 0, false), Says::None);
        assert_eq!(room.hears_old(&plain, 60, false), Says::Before);
    }
    assert_eq!(room.rows(), [("none", 3)]);
    assert_eq!(room.binding.rows()[0].since, at(2));
    assert_eq!(room.hears("", "9", "", ""), Says::Patient);
    assert_eq!(room.hears("", "9", "", ""), Says::Patient);
    assert_eq!(room.rows(), [("none", 3), ("patient", 2)]);
}

#[test]
fn h24_a_sender_that_makes_up_patients_is_bounded_and_none_gets_in() {
    let mut room = Room::new(false);
    assert_eq!(room.hears("", "4711", "", "A"), Says::Same);
    for n in 0..1000 {
        assert_eq!(room.hears("", &format!("x{n}"), "", &format!("d{n}")), Says::Patient);
        assert_eq!(room.hears("", "4711", "", &format!("d{n}")), Says::Device);
    }
    assert_eq!(room.binding.rows().len(), ROWS_MAX);
    assert_eq!(room.hears("", "4711", "", "A"), Says::Same, "and the patient's own is not forgotten");
}

#[test]
fn what_is_remembered_after_a_restart_keeps_a_third_device_out() {
    let before = |session: &Session, binding: &mut Binding, device: &str, accepted: bool| {
        let source = SourceId::from("hl7");
        let context = context("B1", "", "", device);
        let heard = Heard {
            source: &source,
            whole: false,
            context: Some(&context),
            synthetic: false,
            reading: true,
            received: at(0),
            measured: at(0).mono,
        };
        if accepted { binding.remember_accepted(&heard) } else { binding.remember(session, &heard) }
    };
    let mut room = Room::new(false);
    before(&room.session, &mut room.binding, "A", false);
    before(&room.session, &mut room.binding, "B", true);
    assert!(room.binding.rows().is_empty(), "nothing is claimed to have been heard since");
    assert_eq!([room.hears("B1", "", "", "A"), room.hears("B1", "", "", "B")], [Says::None, Says::Device]);
    let mut room = Room::new(false);
    before(&room.session, &mut room.binding, "B", true);
    assert_eq!(room.hears("B1", "", "", "C"), Says::Device, "where only an accepted one is known");
}
