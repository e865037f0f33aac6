//! Page 1: whose record, when, the figures, the chart, side effects, drugs, and who signs.

use super::moment::{Moments, length};
use super::{effects, signed};
use crate::chart;
use crate::device::{Device, Heard};
use crate::page::{Cell, Column, Flow, Item, Owner, Paint, Shape, Table, Weight};
use crate::summary::{self, Extreme, Numbers, Summary, digits};
use crate::{ExportError, Face, Record};
use chairside_observation::session::{Act, EntryKind, Kept, Person, Phase};
use chairside_observation::{Decimal, Micros, Received, Vital};

/// Size of the text.
pub(super) const TEXT: f32 = 10.0;
/// The chart is at least so high where page 1 holds everything; what is left of the page is given to it, up to the most.
const CHART: (f32, f32) = (180.0, 320.0);
/// Its height where page 1 is too short anyway.
const CHART_ALONE: f32 = 250.0;
/// What the last rows ask for beyond what they take.
const SLACK: f32 = 6.0;
/// Height of the lines for a signature.
const SIGN: f32 = 36.0;

pub(super) fn page(
    flow: &mut Flow<'_>,
    record: &Record,
    face: &Face<'_>,
    moments: &Moments<'_>,
) -> Result<(), ExportError> {
    let found = &summary::of(record);
    let scene = chart::Scene::of(record);
    // Once to see how much of the page is left, and once for good.
    let mut trial = flow.like();
    lay(&mut trial, record, face, (found, moments), &scene, CHART.0)?;
    let spare = (trial.left_on_page() - SLACK).max(0.0);
    let high = if trial.pages.len() == 1 { (CHART.0 + spare).min(CHART.1) } else { CHART_ALONE };
    lay(flow, record, face, (found, moments), &scene, high)
}

fn lay(
    flow: &mut Flow<'_>,
    record: &Record,
    face: &Face<'_>,
    (found, moments): (&Summary, &Moments<'_>),
    scene: &chart::Scene,
    high: f32,
) -> Result<(), ExportError> {
    flow.heading(1, "Infusion session record", 60.0);
    header(flow, record, face, moments);
    flow.skip(2.0);
    times(flow, record, found, moments);
    flow.skip(2.0);
    figures(flow, record, found, moments);
    flow.skip(4.0);
    let (items, words) = chart::items(scene, face, flow.fonts, (flow.width(), high))?;
    flow.figure(items, high, &words);
    flow.skip(2.0);
    let drugs = drugs(record, moments);
    pairs(flow, vec![row("Side effects", effects::lines(record, moments)), row("Drugs, typed", drugs)]);
    sign_off(flow, record, moments);
    Ok(())
}

/// A table of pairs: what, and what it is.
pub(super) fn pairs(flow: &mut Flow<'_>, rows: Vec<(String, String)>) {
    let rows = rows.into_iter().map(|(what, text)| vec![Cell::bold(what), text.into()]).collect();
    let columns = vec![Column::names(), Column::free("")];
    flow.table(&Table { columns, rows, heads: true, ruled: false, size: TEXT });
}

fn header(flow: &mut Flow<'_>, record: &Record, face: &Face<'_>, moments: &Moments<'_>) {
    let session = &record.session;
    let plan = &session.plan;
    let of = plan.of.map(|of| format!(" of {of}")).unwrap_or_default();
    let patient = &session.patient;
    pairs(flow, vec![row("Patient", format!("{} \u{b7} {} \u{b7} born {}", patient.id, patient.name, patient.born))]);
    let mut rows = vec![
        row("Session", format!("{} of the course{of} \u{b7} {}", plan.number, record.chair)),
        row("Template", &*plan.template),
        row("State", state(record)),
        row("Staff", staff(record)),
    ];
    let entries = [
        ("Indication", EntryKind::Indication),
        ("Allergies", EntryKind::Allergies),
        ("Medicines", EntryKind::Medicines),
        ("Weight", EntryKind::Weight),
        ("Fasting", EntryKind::Fasting),
        ("Escort", EntryKind::Escort),
        ("Identity", EntryKind::Identity),
        ("Consent seen", EntryKind::Consent),
        ("Scales", EntryKind::Scale),
        ("Go", EntryKind::Go),
    ];
    let mut missing = Vec::new();
    for (word, kind) in entries {
        match entered(record, kind, moments) {
            Some(text) => rows.push(row(word, text)),
            None => missing.push(word),
        }
    }
    if !missing.is_empty() {
        rows.push(row("Not entered", missing.join(", ")));
    }
    beside(flow, &rows);
    pairs(flow, vec![row("Monitors", monitors(record, face)), row("Time", moments.explained())]);
}

/// Pairs, two of them in each line.
fn beside(flow: &mut Flow<'_>, rows: &[(String, String)]) {
    let cells = |two: &[(String, String)]| {
        let mut cells: Vec<Cell> =
            two.iter().flat_map(|(what, text)| [Cell::bold(&**what), text.as_str().into()]).collect();
        cells.resize(4, Cell::default());
        cells
    };
    let rows = rows.chunks(2).map(cells).collect();
    let columns = vec![Column::names(), Column::free(""), Column::names(), Column::free("")];
    flow.table(&Table { columns, rows, heads: false, ruled: false, size: TEXT });
}

fn row(what: &str, text: impl Into<String>) -> (String, String) {
    (what.to_owned(), text.into())
}

fn state(record: &Record) -> String {
    let phase = record.session.phase.word();
    match record.stopped_early() {
        Some(why) => format!("{phase}; stopped early: {why}"),
        None => phase.to_owned(),
    }
}

/// Everybody who did something, in the order of their first act.
fn staff(record: &Record) -> String {
    let mut people: Vec<&Person> = Vec::new();
    let handed = record.acts().filter_map(|kept| match &kept.done.act {
        Act::HandedOver { to } => Some(to),
        _ => None,
    });
    for person in record.session.acts.iter().map(|kept| &kept.done.by).chain(handed) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people.iter().map(|person| format!("{} ({})", person.name, person.role.word())).collect::<Vec<_>>().join(", ")
}

/// What was entered of a kind, and when; `None` when nothing was.
pub(super) fn entered(record: &Record, kind: EntryKind, moments: &Moments<'_>) -> Option<String> {
    let texts: Vec<String> = record
        .session
        .entries(kind)
        .map(|kept| match kept.done.act.text() {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => format!("yes, {} {}", moments.clock(kept.at()), kept.done.by.name),
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// Each source with what it called itself and what its clock showed.
fn monitors(record: &Record, face: &Face<'_>) -> String {
    let words = |device: &Device| {
        let mut names: Vec<&str> =
            device.heard.iter().map(|it: &Heard| &*it.device).filter(|name| !name.is_empty()).collect();
        names.dedup();
        let names = if names.is_empty() { "names no device".to_owned() } else { names.join(", ") };
        let adapter = if device.adapter.is_empty() { String::new() } else { format!(" read as {}", device.adapter) };
        format!("{}{adapter}: {names}{}", device.source, apart(device, face))
    };
    let all: Vec<String> = record.devices.iter().map(words).collect();
    if all.is_empty() { "none was heard".to_owned() } else { all.join("; ") }
}

/// How far the monitor's own clock stood from the server's; empty when it showed none.
pub(super) fn apart(device: &Device, face: &Face<'_>) -> String {
    let Some((shown, received)) = device.clock else { return String::new() };
    let local = shown.utc().unwrap_or_else(|| shown.face() - face.east(received.wall));
    let by = local - received.wall;
    let by = Micros(by.0.saturating_add(500_000).div_euclid(1_000_000).saturating_mul(1_000_000));
    let word = if by.0 < 0 { "behind" } else { "ahead" };
    format!(", its clock {} {word}", length(Micros(by.0.saturating_abs())))
}

/// When the session came to what.
fn times(flow: &mut Flow<'_>, record: &Record, found: &Summary, moments: &Moments<'_>) {
    let baseline = record.acts().find(|kept| matches!(kept.done.act, Act::Baseline { .. })).map(Kept::at);
    let moment = |at: Option<Received>| -> (String, String) {
        at.map_or_else(|| ("\u{2013}".into(), String::new()), |at| (moments.clock(at), moments.since(at)))
    };
    let paused = found.paused.map_or_else(|| "\u{2013}".into(), length);
    let all = [
        moment(Some(record.begin())),
        moment(baseline),
        moment(record.start()),
        (paused, String::new()),
        moment(record.stop()),
        moment(record.reached(Phase::Ready)),
        moment(record.reached(Phase::Discharged)),
    ];
    let titles = ["", "Begin", "Baseline", "Start (T+0)", "Paused", "Stop", "Ready", "Left"];
    let columns = titles.map(Column::free).to_vec();
    let clock = std::iter::once(Cell::bold("Clock")).chain(all.iter().map(|it| it.0.clone().into())).collect();
    let since = std::iter::once(Cell::bold("T+")).chain(all.iter().map(|it| it.1.clone().into())).collect();
    flow.table(&Table { columns, rows: vec![clock, since], heads: true, ruled: false, size: TEXT });
}

/// The figures the one who signs looks for; all of them, with their definitions, come later.
fn figures(flow: &mut Flow<'_>, record: &Record, found: &Summary, moments: &Moments<'_>) {
    let columns = [
        Column::fixed(""),
        Column::fixed("Baseline"),
        Column::fixed("Peak"),
        Column::fixed("Lowest"),
        Column::free("at"),
        Column::fixed("At stop"),
        Column::fixed("At leaving"),
        Column::fixed("Coverage"),
        Column::fixed("Gaps"),
    ];
    let heart = if found.heart == Vital::HeartRate { "Heart rate /min" } else { "Pulse rate /min" };
    let rows = vec![
        figure(record, moments, found, ("Systolic mmHg", Vital::Nibp, Some(0)), found.peak_systolic.as_ref(), true),
        figure(record, moments, found, ("Diastolic mmHg", Vital::Nibp, Some(1)), found.peak_diastolic.as_ref(), true),
        figure(record, moments, found, (heart, found.heart, None), found.peak_heart.as_ref(), true),
        figure(record, moments, found, ("SpO\u{2082} %", Vital::Spo2, None), found.lowest_spo2.as_ref(), false),
        figure(record, moments, found, ("Resp. rate /min", Vital::RespRate, None), found.lowest_resp.as_ref(), false),
    ];
    flow.table(&Table { columns: columns.to_vec(), rows, heads: true, ruled: true, size: TEXT });
    flow.skip(3.0);
    let for_time = |time: Option<Micros>| time.map_or_else(|| "nothing counted".to_owned(), length);
    let Numbers { spo2, resp, systolic, diastolic } = &found.against;
    let sedation = found.lowest_sedation.as_ref();
    let sedation = sedation.map_or_else(
        || "no MOAA/S entered".to_owned(),
        |(score, at, _)| format!("lowest MOAA/S {score} at {}", moments.both(*at)),
    );
    flow.paragraph(
        &format!(
            "SpO\u{2082} % below {spo2}: {} \u{b7} respiration /min below {resp}: {} \u{b7} pressure from {systolic} \
             systolic or {diastolic} diastolic on: {} \u{b7} {sedation} \u{b7} marked as artefact: {} \u{b7} typed by hand: {}. \
             Definitions: \u{201c}All figures\u{201d}.",
            for_time(found.spo2_below),
            for_time(found.resp_below),
            for_time(found.pressure_above),
            found.artefacts,
            found.by_hand,
        ),
        Weight::Regular,
    );
}

/// A row: `part` is 0 for systolic and 1 for diastolic.
fn figure(
    record: &Record,
    moments: &Moments<'_>,
    found: &Summary,
    (title, vital, part): (&str, Vital, Option<usize>),
    extreme: Option<&Extreme>,
    peak: bool,
) -> Vec<Cell> {
    let none = "\u{2013}".to_owned();
    let baseline = found.baseline.iter().find(|value| value.vital == vital);
    let baseline = baseline.and_then(|value| value.values.get(part.unwrap_or(0))).map(Decimal::to_string);
    let stood = |at: Option<Received>| -> String {
        let sample = at.and_then(|at| summary::standing(record, vital, at));
        let text = sample.map(|sample| digits(&sample.observation));
        let text = text.map(|text| part.map_or(text.clone(), |part| nth(&text, part)));
        text.unwrap_or_else(|| none.clone())
    };
    let value = extreme.map_or_else(|| none.clone(), |it| format!("{}{}", it.value, if it.typed { " h" } else { "" }));
    let (peak, lowest) = if peak { (value, String::new()) } else { (String::new(), value) };
    let coverage = found.coverage.iter().find(|it| it.vital == vital);
    let of_pressure = part == Some(1);
    vec![
        Cell::bold(title),
        baseline.unwrap_or_else(|| none.clone()).into(),
        peak.into(),
        lowest.into(),
        extreme.map(|it| moments.both(it.at)).unwrap_or_default().into(),
        stood(record.stop()).into(),
        stood(record.reached(Phase::Discharged)).into(),
        coverage.filter(|_| !of_pressure).map(|it| format!("{} %", it.percent())).unwrap_or_default().into(),
        coverage.filter(|_| !of_pressure).map(|it| record.gaps(it.vital).len().to_string()).unwrap_or_default().into(),
    ]
}

/// The systolic or the diastolic one of `124/78 (93)`.
fn nth(pressure: &str, part: usize) -> String {
    let pair = pressure.split_whitespace().next().unwrap_or_default();
    pair.split('/').nth(part).unwrap_or_default().to_owned()
}

/// Drugs and what was done about the dose, one line each; what was undone stands among the events.
fn drugs(record: &Record, moments: &Moments<'_>) -> String {
    let lines = record.acts().filter_map(|kept| {
        let entered = kept.entered().filter(|it| matches!(it.kind, EntryKind::Drug | EntryKind::Dose))?;
        let at = moments.both(kept.at());
        Some(format!("{at} {}: {} ({})", entered.kind.word(), entered.text, kept.done.by.name))
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "none was entered".to_owned() } else { lines.join("\n") }
}

/// Who signed, or room to sign.
pub(super) fn sign_off(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.skip(2.0);
    if let Some(signed) = signed(record) {
        flow.room(4.0 * TEXT * 1.5);
        let mut rows = vec![
            row("Signed by", format!("{} ({})", signed.by.name, signed.by.role.word())),
            row("When", moments.full(signed.at)),
            row("Meaning", &*signed.meaning),
            row("Digest", &*record.digest()),
        ];
        rows.extend(addenda(record, signed.at, moments));
        pairs(flow, rows);
        return;
    }
    flow.room(SIGN + 1.3 * TEXT);
    flow.paragraph("UNSIGNED DRAFT: nobody has signed this record in the log.", Weight::Bold);
    lines_to_sign(flow);
}

/// What was added after the signature.
fn addenda(record: &Record, signed: Received, moments: &Moments<'_>) -> Vec<(String, String)> {
    let added = record.acts().filter(|kept| kept.received.mono > signed.mono).filter_map(|kept| match &kept.done.act {
        Act::Addendum { text } => {
            Some(row("Addendum", format!("{} {}: {text}", moments.full(kept.at()), kept.done.by.name)))
        }
        _ => None,
    });
    added.collect()
}

/// Three lines to write on.
pub(super) fn lines_to_sign(flow: &mut Flow<'_>) {
    flow.room(SIGN);
    let (left, width, y) = (flow.left(), flow.width(), flow.y());
    let third = width / 3.0;
    flow.skip(SIGN - 16.0);
    for n in 0..3_u8 {
        let x = left + third * f32::from(n);
        let ends = vec![(x, y + SIGN - 17.0), (x + third - 12.0, y + SIGN - 17.0)];
        flow.put(Owner::Nobody, Item::Shape(Shape::Path(ends, false), Paint::Stroke(0.6, 0)));
    }
    let labels = ["Name", "Date and time", "Signature"];
    flow.labels(&[(0.0, labels[0]), (third, labels[1]), (2.0 * third, labels[2])]);
}
