//! Acknowledging, and restarts.

use super::*;

fn urgent() -> Chair {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2, NoticeKind::Sedation]);
    chair.hear_for(11, Vital::Spo2, 80);
    chair
}

fn seen(chair: &mut Chair, kind: NoticeKind) -> u64 {
    chair.act(Act::Acknowledged { notice: text(kind.word()) })
}

/// Kinds that are quiet now, with the seconds left.
fn quiet(chair: &Chair) -> Vec<(NoticeKind, i64)> {
    let left = |until: Received| (until.mono - at(chair.now_s).mono).0 / 1_000_000;
    chair.standing().iter().filter_map(|it| Some((it.kind, left(it.seen.as_ref()?.1)))).collect()
}

#[test]
fn h13_an_acknowledged_notice_is_quiet_for_a_while_and_comes_back() {
    let mut chair = urgent();
    chair.score(EntryKind::Sedation, 3);
    seen(&mut chair, NoticeKind::Spo2);
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 120)], "one notice, not all of the chair");
    assert_eq!(&*chair.standing()[0].seen.as_ref().unwrap().0.name, "Ada");
    assert_eq!(chair.stands().len(), 2, "it stands all the same");
    seen(&mut chair, NoticeKind::Sedation);
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 120), (NoticeKind::Sedation, 300)]);
    chair.hear_for(119, Vital::Spo2, 80);
    assert_eq!(quiet(&chair)[0], (NoticeKind::Spo2, 1));
    chair.hear_for(1, Vital::Spo2, 80);
    assert_eq!(quiet(&chair), [(NoticeKind::Sedation, 180)], "still true: it is back");
    seen(&mut chair, NoticeKind::Spo2);
    assert_eq!(quiet(&chair)[0], (NoticeKind::Spo2, 120), "and may be acknowledged again");
    assert_eq!(chair.told(), ["spo2 urgent", "sedation look"], "who saw it stands in its own act");
    assert_eq!((QUIET_URGENT, QUIET_LOOK), (Micros::from_secs(120), Micros::from_secs(300)));
}

#[test]
fn h13_what_got_worse_or_came_again_was_not_seen() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.hear_for(16, Vital::Spo2, 92);
    seen(&mut chair, NoticeKind::Spo2);
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 300)]);
    chair.hear_for(11, Vital::Spo2, 85);
    assert_eq!((chair.stands().len(), quiet(&chair).len()), (1, 0), "urgent now");
    seen(&mut chair, NoticeKind::Spo2);
    chair.hear_for(1, Vital::Spo2, 92);
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 119)], "milder: as seen");
    chair.hear_for(1, Vital::Spo2, 97);
    chair.hear_for(16, Vital::Spo2, 92);
    assert_eq!((chair.stands().len(), quiet(&chair).len()), (1, 0), "another one");
}

#[test]
fn a_press_that_waited_for_the_connection_counts_from_when_it_was_made() {
    let mut chair = urgent();
    chair.hear_for(60, Vital::Spo2, 80);
    let about = Some(About { wall: at(chair.now_s - 50).wall, late: false });
    chair.act_by(person("Ada", Role::Nurse), about, Act::Acknowledged { notice: text("spo2") });
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 70)]);
    // Made before the notice was there: it was another one.
    let mut early = urgent();
    let about = Some(About { wall: at(early.now_s - 5).wall, late: false });
    early.act_by(person("Ada", Role::Nurse), about, Act::Acknowledged { notice: text("spo2") });
    assert!(quiet(&early).is_empty());
}

/// The program ended and began again after so many seconds. The log has what was told.
fn restarted(mut chair: Chair, told: &[(Received, Noticed)], after_s: i64) -> Chair {
    chair.now_s += after_s;
    chair.watch = Watch::default();
    chair.told.clear();
    let now = at(chair.now_s);
    for (received, noticed) in told {
        chair.watch.restore(*received, noticed, now);
    }
    chair.look();
    chair
}

#[test]
fn h13_after_a_restart_what_stood_stands_again_once_a_value_bears_it_out() {
    let mut chair = urgent();
    let told: Vec<_> = chair.told.drain(..).map(|noticed| (at(11), noticed)).collect();
    seen(&mut chair, NoticeKind::Spo2);
    let mut chair = restarted(chair, &told, 20);
    assert!(chair.stands().is_empty(), "no value yet: nothing is said");
    chair.hear_for(1, Vital::Spo2, 81);
    assert_eq!(chair.stands(), ["spo2 urgent 81 (90)"], "without lasting anew");
    assert_eq!(quiet(&chair), [(NoticeKind::Spo2, 99)], "as far as the acts say");
    assert_eq!(chair.standing()[0].since, at(1));
    assert!(chair.told().is_empty(), "the log has it already");
}

#[test]
fn h13_after_a_restart_what_is_no_longer_true_is_over() {
    let old = || {
        let mut chair = urgent();
        let told: Vec<_> = chair.told.drain(..).map(|noticed| (at(11), noticed)).collect();
        restarted(chair, &told, 20)
    };
    let mut well = old();
    well.hear_for(1, Vital::Spo2, 97);
    assert_eq!(well.told(), ["spo2 over: within limits"]);
    let mut silent = old();
    silent.pass(59);
    assert!(silent.told().is_empty());
    silent.pass(1);
    assert_eq!(silent.told(), ["spo2 over: no signal"]);
    // It was over when the program ended, or it was of another session.
    let mut chair = urgent();
    chair.hear_for(1, Vital::Spo2, 97);
    let told: Vec<_> = chair.told.drain(..).map(|noticed| (at(11), noticed)).collect();
    assert_eq!(told.len(), 2);
    let mut over = restarted(chair, &told, 20);
    over.hear_for(5, Vital::Spo2, 80);
    assert!(over.stands().is_empty());
    let mut other = urgent();
    let told = other.told.remove(0);
    let told = Noticed { session: "1-5".into(), ..told };
    let mut other = restarted(other, &[(at(11), told)], 20);
    assert_eq!(other.told(), ["spo2 over: session over"], "the log is told, under the session it was of");
    other.hear_for(5, Vital::Spo2, 80);
    assert!(other.stands().is_empty());
}
