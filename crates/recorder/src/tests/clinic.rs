//! The clinic's settings through the desk.

use super::*;
use chairside_observation::clinic::{Change, ChangeRefused, Changed, NamesPolicy};
use chairside_observation::session::{Person, Role};

fn changed(role: Role, change: Change) -> Changed {
    Changed { by: Person { name: "Lee, Ann".into(), role }, change }
}

fn staff(name: &str) -> Change {
    Change::Staff(Person { name: name.into(), role: Role::Nurse })
}

#[tokio::test]
async fn a_setting_counts_when_the_log_has_it_and_stays_after_a_restart() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.hub.join();
    let desk = &run.recorder.desk;
    let full = Change::Names(NamesPolicy::Full);
    let committed = desk.change_clinic(at(1), changed(Role::Lead, full)).await.unwrap();
    assert!(committed.through().iter().any(|(timeline, _)| *timeline == Timeline::House));
    assert!(matches!(told(&screen).await, Told::ClinicChanged));
    desk.change_clinic(at(2), changed(Role::Nurse, staff("Bo"))).await.unwrap();
    let before = desk.clinic();
    assert_eq!((before.names, before.staff.len()), (NamesPolicy::Full, 1));
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    assert_eq!(run.recorder.desk.clinic(), before);
    run.recorder.stop().await;
}

#[tokio::test]
async fn a_change_that_is_refused_or_not_recorded_changes_nothing() {
    let house = House::new();
    let run = house.start().await;
    let desk = &run.recorder.desk;
    let before = desk.clinic();
    let error = desk.change_clinic(at(1), changed(Role::Nurse, Change::Names(NamesPolicy::Full))).await.unwrap_err();
    assert!(matches!(error, DeskError::Change(ChangeRefused::NeedsLead(_))), "{error}");
    run.disk.fail(0..usize::MAX, Fault::Before);
    let error = desk.change_clinic(at(2), changed(Role::Nurse, staff("Bo"))).await.unwrap_err();
    assert!(matches!(error, DeskError::NotRecorded(_)), "{error}");
    assert_eq!(desk.clinic(), before);
    run.recorder.stop().await;
}

#[tokio::test]
async fn of_two_changes_at_once_the_second_is_judged_by_what_the_first_left() {
    let house = House::new();
    let run = house.start().await;
    let desk = &run.recorder.desk;
    let add = |name| desk.change_clinic(at(1), changed(Role::Nurse, staff(name)));
    let (first, second) = tokio::join!(add("Ann Lee"), add("ann lee"));
    assert!(first.is_ok() && matches!(second, Err(DeskError::Change(ChangeRefused::Alike(_)))), "{second:?}");
    run.recorder.stop().await;
}
