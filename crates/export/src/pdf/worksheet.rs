//! A worksheet for the monitoring form of esketamine: what the record holds of it, each number with where it came from, and
//! lines to write on for what only people can say. Nothing comes from another session, nothing is judged.

use super::first::{TEXT, entered, lines_to_sign};
use super::moment::Moments;
use crate::page::{Cell, Column, Flow, Table, Weight};
use crate::record::{Record, Said, Sample};
use crate::summary::{self, digits};
use chairside_observation::session::{Act, EntryKind, Kept, Phase};
use chairside_observation::{Micros, Received, Sequence, Vital};

/// Time after the dose at which the form asks for a pressure.
const AFTER_DOSE: Micros = Micros::from_secs(40 * 60);
/// A reading this far from it is the one; its own time stands beside it.
const NEAR: Micros = Micros::from_secs(10 * 60);
/// A place to write.
const BLANK: &str = "______________________";
const YES_NO: &str = "\u{2610} yes   \u{2610} no";

/// A row: item, what the record holds, where from.
type Row = (String, String, String);

pub(super) fn pages(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(1, "Esketamine monitoring worksheet", 60.0);
    flow.paragraph(
        "For filling in the monitoring form. Each value stands as it was measured or typed in this session, with its source; \
         nothing is taken from another session. What the record does not hold is left to be written.",
        Weight::Regular,
    );
    flow.paragraph(&moments.explained(), Weight::Regular);
    section(flow, "Patient and session", who(record, moments));
    section(flow, "Dose", dose(record, moments));
    section(flow, "Times", times(record, moments));
    section(flow, "Blood pressure", pressures(record, moments));
    section(flow, "Oxygen saturation", saturation(record, moments));
    section(flow, "Sedation, dissociation, respiratory depression", states(record, moments));
    section(flow, "Serious adverse events", serious(record, moments));
    flow.heading(2, "Person who monitored", 70.0);
    flow.paragraph(&format!("In the record: {}", people(record)), Weight::Regular);
    lines_to_sign(flow);
}

fn section(flow: &mut Flow<'_>, title: &str, rows: Vec<Row>) {
    flow.heading(2, title, 30.0);
    let columns = vec![Column::free("Item"), Column::free("In the record"), Column::free("Where from")];
    let rows = rows.into_iter().map(|(item, value, from)| vec![Cell::bold(item), value.into(), from.into()]).collect();
    flow.table(&Table { columns, rows, heads: true, ruled: true, size: TEXT });
}

fn row(item: &str, value: impl Into<String>, from: impl Into<String>) -> Row {
    (item.to_owned(), value.into(), from.into())
}

fn blank(item: &str) -> Row {
    row(item, BLANK, "not in the record")
}

fn who(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let session = &record.session;
    let opened = session.acts.first().map(|kept| source(kept, moments)).unwrap_or_default();
    let plan = &session.plan;
    let of = plan.of.map(|of| format!(" of {of}")).unwrap_or_default();
    let mut rows = vec![
        row("Patient number", &*session.patient.id, opened.clone()),
        row("Name", &*session.patient.name, opened.clone()),
        row("Birth date", &*session.patient.born, opened.clone()),
        row("Session", format!("{}{of}, {}", plan.number, plan.template), opened),
    ];
    let classes = "Benzodiazepines, other sedatives, psychostimulants, MAO inhibitors";
    rows.push(match kept_of(record, EntryKind::Medicines).last() {
        Some(kept) => row(
            "Medicines today, as typed",
            entered(record, EntryKind::Medicines, moments).unwrap_or_default(),
            source(kept, moments),
        ),
        None => blank("Medicines today"),
    });
    rows.push(row(classes, YES_NO, "to be said by staff"));
    rows
}

fn dose(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let doses: Vec<&Kept> = kept_of(record, EntryKind::Dose).chain(kept_of(record, EntryKind::Drug)).collect();
    let mut rows: Vec<Row> = doses
        .iter()
        .map(|kept| row("Documented, as typed", kept.done.act.text().unwrap_or_default(), source(kept, moments)))
        .collect();
    rows.extend(["Drug", "Dose", "Lot"].map(|item| row(item, BLANK, "copy from the line above, or write")));
    if doses.is_empty() {
        rows = ["Drug", "Dose", "Lot"].map(blank).to_vec();
    }
    rows
}

fn times(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let moved =
        |to: Phase| record.acts().find(|kept| matches!(&kept.done.act, Act::Moved { to: there, .. } if *there == to));
    let start = record.start();
    let since = |kept: Option<&Kept>, item: &str| match (start, kept) {
        (Some(start), Some(kept)) => {
            let minutes = (kept.at().mono - start.mono).0 / 60_000_000;
            let from = format!("whole minutes from the first dose to {}", source(kept, moments));
            row(item, format!("{minutes} min"), from)
        }
        _ => blank(item),
    };
    let mut rows = vec![match (start, moved(Phase::Infusing)) {
        (Some(start), Some(kept)) => row("First dose", moments.clock(start), source(kept, moments)),
        _ => blank("First dose"),
    }];
    rows.push(since(moved(Phase::Discharged), "Monitored in all"));
    rows.push(since(moved(Phase::Ready), "Minutes until the list for leaving was complete"));
    rows.push(row(
        "Minutes until ready to leave, had there been no minimum",
        BLANK,
        "to be said by staff; the line above is when the list was complete",
    ));
    rows
}

fn pressures(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let cuffs: Vec<&Sample> = record.of(Vital::Nibp).into_iter().filter(|sample| sample.counted().is_some()).collect();
    let value = |item: &str, sample: Option<&&Sample>| match sample {
        Some(sample) => row(item, format!("{} mmHg", digits(&sample.observation)), measured(sample, moments)),
        None => blank(item),
    };
    let before = record.start().and_then(|start| cuffs.iter().rfind(|sample| sample.at.mono <= start.mono));
    let after = record.start().and_then(|start| {
        let wanted = start.mono + AFTER_DOSE;
        let far = |sample: &&Sample| Micros((sample.at.mono - wanted).0.abs());
        cuffs.iter().filter(|sample| far(sample) <= NEAR).min_by_key(|sample| far(sample))
    });
    let left = record.reached(Phase::Discharged);
    let last = left.and_then(|left| cuffs.iter().rfind(|sample| sample.at.mono <= left.mono));
    vec![
        value("Before the dose, last reading", before),
        value("About 40 min after it, nearest reading within 10 min", after),
        value("Before leaving, last reading", last),
        row("Vitals acceptable before the dose", YES_NO, "to be said by staff"),
        row("Vitals acceptable before leaving", YES_NO, "to be said by staff"),
    ]
}

fn saturation(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let at = |item: &str, moment: Option<Received>| {
        let stood = moment.and_then(|moment| summary::standing(record, Vital::Spo2, moment));
        match stood {
            Some(sample) => row(item, format!("{} %", digits(&sample.observation)), measured(sample, moments)),
            None => blank(item),
        }
    };
    let start = record.start();
    let mut rows = vec![
        at("At the first dose", start),
        at("40 min after it", start.map(|start| start.after(AFTER_DOSE))),
        at("At leaving", record.reached(Phase::Discharged)),
    ];
    let lowest = summary::of(record).lowest_spo2;
    rows.push(lowest.map_or_else(
        || blank("Lowest"),
        |lowest| {
            let typed = if lowest.typed { ", typed" } else { "" };
            let from = format!("entry {}{typed}, {}", lowest.sequence.0, moments.both(lowest.at));
            row("Lowest of the session", format!("{} %", lowest.value), from)
        },
    ));
    rows
}

/// Each state with the scores entered: the first beyond "none", and the first back at it.
fn states(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (word, kind, none) in [
        ("Sedation (MOAA/S, 5 is alert)", EntryKind::Sedation, 5),
        ("Dissociation (0 to 3)", EntryKind::Dissociation, 0),
        ("Respiratory depression (0 to 3)", EntryKind::Breathing, 0),
    ] {
        let scores: Vec<(&Kept, i8)> =
            kept_of(record, kind).filter_map(|kept| Some((kept, kept.entered()?.score?))).collect();
        if scores.is_empty() {
            rows.push(row(word, format!("{YES_NO}   onset {BLANK}\nresolved {BLANK}"), "nothing was entered"));
            continue;
        }
        let listed: Vec<String> =
            scores.iter().map(|(kept, score)| format!("{score} at {}", moments.both(kept.at()))).collect();
        let by = scores.iter().map(|(kept, _)| entry(kept.sequence)).collect::<Vec<_>>().join(", ");
        rows.push(row(&format!("{word}: entered"), listed.join("\n"), by));
        let onset = scores.iter().position(|(_, score)| *score != none);
        let Some(onset) = onset else {
            rows.push(row(&format!("{word}: any"), format!("each entry says {none}"), "the entries above"));
            continue;
        };
        let first = scores[onset].0;
        rows.push(row(
            &format!("{word}: first entry other than {none}"),
            moments.both(first.at()),
            source(first, moments),
        ));
        let over =
            scores[onset..].iter().rposition(|(_, score)| *score != none).and_then(|last| scores.get(onset + last + 1));
        let item = format!("{word}: first entry of {none} with none other after it");
        rows.push(match over {
            Some((kept, _)) => row(&item, moments.both(kept.at()), source(kept, moments)),
            None => row(&item, BLANK, "no such entry"),
        });
    }
    rows
}

fn serious(record: &Record, moments: &Moments<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = kept_of(record, EntryKind::Serious)
        .map(|kept| row("As typed", kept.done.act.text().unwrap_or_default(), source(kept, moments)))
        .collect();
    if rows.is_empty() {
        rows.push(row("Any serious adverse event", YES_NO, "none was entered"));
    }
    rows
}

fn people(record: &Record) -> String {
    let mut names: Vec<&str> = Vec::new();
    for kept in &record.session.acts {
        let handed = match &kept.done.act {
            Act::HandedOver { to } => Some(&*to.name),
            _ => None,
        };
        for name in std::iter::once(&*kept.done.by.name).chain(handed) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.join(", ")
}

fn kept_of(record: &Record, kind: EntryKind) -> impl Iterator<Item = &Kept> {
    record.session.entries(kind)
}

fn entry(sequence: Sequence) -> String {
    format!("entry {}", sequence.0)
}

/// Where an entry of a person came from.
fn source(kept: &Kept, moments: &Moments<'_>) -> String {
    let late = if kept.done.about.is_some_and(|about| about.late) { ", late entry" } else { "" };
    format!("{}, {}, {}{late}", entry(kept.sequence), kept.done.by.name, moments.clock(kept.at()))
}

/// Where a value came from.
fn measured(sample: &Sample, moments: &Moments<'_>) -> String {
    let who = match &sample.said {
        Said::Monitor(source) => format!("source {source}"),
        Said::Typed(name) => format!("typed by {name}"),
    };
    format!("{}, {who}, {}", entry(sample.sequence), moments.both(sample.at))
}
