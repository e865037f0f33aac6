//! The course of treatment: every session of a patient, side by side. Nothing of it says what it means.

use super::open::audit;
use super::{kept, packed, with_cuffs};
use crate::App;
use crate::api::{body, caller};
use crate::people::{Signs, signer};
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use chairside_export::summary::{self, Extreme};
use chairside_export::{Offsets, Record};
use chairside_observation::session::{AuditKind, Cuffs, EntryKind, FixedMark, MarkKind, Phase};
use chairside_observation::{Amount, Micros, Received, Vital};
use chairside_store::{Find, Line};
use chairside_wire::{AskCourse, Course, CourseRow, CourseScore, CourseValues, Finding, WorstScore};

/// Most sessions of a course, the newest: two a week for half a year. Each is read whole.
const SESSIONS_MAX: usize = 50;
/// A rate beside a cuff reading is at most so old.
const BESIDE: Micros = Micros::from_secs(60);
/// A day.
const DAY_US: i64 = 86_400_000_000;
/// Side effects whose highest score is shown.
const EFFECTS: [EntryKind; 8] = [
    EntryKind::Nausea,
    EntryKind::Dizziness,
    EntryKind::Dissociation,
    EntryKind::Drowsiness,
    EntryKind::Breathing,
    EntryKind::SideEffect,
    EntryKind::Pain,
    EntryKind::Anxiety,
];

/// `POST /api/course`.
pub(crate) async fn course(State(app): State<App>, request: Request) -> Result<Response<Body>, Refused> {
    let headers = request.headers().clone();
    let caller = caller(&request)?;
    let AskCourse { session, by } = body(request).await?;
    let by = signer(&caller, by.read().map_err(Refused::Unreadable)?, Signs::Usual)?;
    let asked = kept(&app, &session).await?;
    audit(&app, &asked, by, AuditKind::Viewed, "course").await?;
    let patient = asked.session.patient.clone();
    let ask = Find { patient: Some(patient.id.clone()), limit: SESSIONS_MAX, ..Find::default() };
    let mut lines = app.log.find(&ask).await.map_err(Refused::LogUnreadable)?.lines;
    lines.reverse();
    let (mut rows, mut scores, mut before) = (Vec::new(), Vec::new(), None);
    for line in &lines {
        let found = kept(&app, line.id.as_str()).await?;
        let (record, cuffs) = with_cuffs(&app, &found.chair, &found.session).await?;
        scores.extend(scales(&record));
        let day = day(&*app.offsets, line.opened);
        rows.push(row(line, &record, &cuffs, before.map(|before: i64| day - before)));
        before = Some(day);
    }
    packed(&headers, &Course { patient: (&patient).into(), rows, scores })
}

/// Days since 1970 on the clinic's wall.
fn day(offsets: &dyn Offsets, at: Micros) -> i64 {
    (at.0 + i64::from(offsets.offset_min(at)) * 60_000_000).div_euclid(DAY_US)
}

fn row(line: &Line, record: &Record, cuffs: &Cuffs, days_since: Option<i64>) -> CourseRow {
    let found = summary::of(record);
    let marks = record.session.fixed_marks(cuffs);
    let texts = |kind| -> Vec<String> {
        let entries = record.session.entries(kind).filter_map(|kept| Some(kept.entered()?.text.to_owned()));
        entries.collect()
    };
    CourseRow {
        id: line.id.to_string(),
        number: line.plan.number,
        of: line.plan.of,
        opened_us: line.opened.0,
        days_since,
        template: line.plan.template.to_string(),
        phase: line.phase.word().to_owned(),
        dose: texts(EntryKind::Dose).join("; "),
        minutes: minutes(record.start(), record.stop()),
        planned_min: line.plan.infusion_min,
        baseline: baseline(record, found.heart),
        peak: CourseValues {
            sys: digits(found.peak_systolic.as_ref()),
            dia: digits(found.peak_diastolic.as_ref()),
            hr: digits(found.peak_heart.as_ref()),
        },
        stop: at_mark(record, found.heart, &marks, MarkKind::Stop),
        leaving: at_mark(record, found.heart, &marks, MarkKind::Leaving),
        lowest_spo2: digits(found.lowest_spo2.as_ref()),
        minutes_to_peak: found.peak_systolic.as_ref().and_then(|peak| minutes(record.start(), Some(peak.at))),
        minutes_over: found.pressure_above.map(|above| above.0 / 60_000_000),
        worst: EFFECTS.into_iter().filter_map(|kind| worst(record, kind)).collect(),
        lowest_moaas: found.lowest_sedation.map(|(score, ..)| score.to_string()),
        drugs: texts(EntryKind::Drug),
        minutes_to_ready: minutes(record.stop(), record.reached(Phase::Ready)),
        has: line.has.iter().map(Finding::from).collect(),
        signed: line.signed.is_some(),
        stopped_early: record.stopped_early().map(str::to_owned),
    }
}

fn digits(extreme: Option<&Extreme>) -> Option<String> {
    extreme.map(|extreme| extreme.value.to_string())
}

/// Whole minutes from one moment to a later one.
fn minutes(from: Option<Received>, to: Option<Received>) -> Option<i64> {
    Some((to?.mono - from?.mono).0.div_euclid(60_000_000)).filter(|minutes| *minutes >= 0)
}

fn baseline(record: &Record, heart: Vital) -> CourseValues {
    let of = |vital| record.session.baseline.iter().find(|value| value.vital == vital);
    let part = |vital, at: usize| of(vital).and_then(|value| value.values.get(at)).map(ToString::to_string);
    CourseValues { sys: part(Vital::Nibp, 0), dia: part(Vital::Nibp, 1), hr: part(heart, 0) }
}

/// The fixed reading, and the rate beside it.
fn at_mark(record: &Record, heart: Vital, marks: &[FixedMark], kind: MarkKind) -> CourseValues {
    let picked = marks.iter().find(|mark| mark.kind == kind).and_then(|mark| mark.picked.as_ref());
    let Some(cuff) = picked else { return CourseValues::default() };
    let [systolic, diastolic, _] = cuff.parts;
    let beside = record.of(heart).into_iter().rev().find(|sample| {
        sample.at.mono <= cuff.at.mono && cuff.at.mono - sample.at.mono <= BESIDE && sample.counted().is_some()
    });
    let rate = beside.and_then(|sample| match sample.counted() {
        Some(Amount::One(rate)) => Some(rate.to_string()),
        _ => None,
    });
    CourseValues { sys: systolic.map(|d| d.to_string()), dia: diastolic.map(|d| d.to_string()), hr: rate }
}

fn worst(record: &Record, kind: EntryKind) -> Option<WorstScore> {
    let scores = record.session.entries(kind).filter_map(|kept| kept.entered()?.score);
    scores.max().map(|score| WorstScore { entry: kind.word().to_owned(), score })
}

/// Scales as typed, `PHQ-9 14`: what stands before the last number is the name.
fn scales(record: &Record) -> Vec<CourseScore> {
    let typed = record.session.entries(EntryKind::Scale);
    typed
        .filter_map(|kept| {
            let text = kept.entered()?.text.trim();
            let (scale, score) = match text.rsplit_once(char::is_whitespace) {
                Some((scale, score)) if score.parse::<f64>().is_ok() => (scale.trim_end(), score),
                _ => (text, ""),
            };
            Some(CourseScore { at: kept.wall().0, scale: scale.to_owned(), score: score.to_owned() })
        })
        .collect()
}
