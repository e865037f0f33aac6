//! What follows page 1: the interval table, every event, notices, gaps, devices, and every figure with its definition.

use super::effects::table as effects;
use super::first::{TEXT, apart};
use super::moment::{Moments, length};
use crate::device::{Device, Heard};
use crate::event::{self, Event};
use crate::gap::Gap;
use crate::in_force::InForce;
use crate::limit::LimitNotice;
use crate::page::{Cell as Text, Column, Flow, Table, Weight};
use crate::record::Said;
use crate::summary::{self, DIASTOLIC_FROM, RESP_BELOW, SPO2_BELOW, SYSTOLIC_FROM};
use crate::table::{self, COLUMNS, Cell};
use crate::{Face, Record};
use chairside_observation::{Amount, Decimal, Vital};

pub(super) fn pages(flow: &mut Flow<'_>, record: &Record, face: &Face<'_>, moments: &Moments<'_>, every_min: u32) {
    effects(flow, record, moments);
    intervals(flow, record, moments, every_min);
    phases(flow, record, moments);
    events(flow, record, moments);
    notices(flow, record, moments);
    gaps(flow, record, moments);
    devices(flow, record, face, moments);
    all_figures(flow, record, moments);
}

/// Heading of a column of the interval table.
const fn title(vital: Vital) -> &'static str {
    match vital {
        Vital::HeartRate => "HR /min",
        Vital::PulseRate => "PR /min",
        Vital::Spo2 => "SpO\u{2082} %",
        Vital::PerfusionIndex => "PI %",
        Vital::Nibp => "BP mmHg",
        Vital::RespRate => "RR /min",
        Vital::Temperature => "Temp",
        Vital::EtCo2 => "EtCO\u{2082}",
        Vital::Art => "Art mmHg",
    }
}

fn intervals(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>, every_min: u32) {
    flow.heading(2, &format!("Values, every {every_min} min"), 60.0);
    let rows = table::of(record, every_min);
    let sent = |n: usize| rows.iter().any(|row| row.cells.get(n).is_some_and(|cell| *cell != Cell::Gap));
    let (there, never): (Vec<usize>, Vec<usize>) = (0..COLUMNS.len()).partition(|n| sent(*n));
    let never: Vec<&str> = never.iter().map(|n| COLUMNS[*n].word()).collect();
    let never = if never.is_empty() { String::new() } else { format!(" Never sent: {}.", never.join(", ")) };
    flow.paragraph(
        &format!(
            "Of a pressure the last reading of the interval; else the middle one of its counted values, a value as it was sent. \
             An empty cell: nothing was sent; words: nothing counts, and why.{never}"
        ),
        Weight::Regular,
    );
    if there.is_empty() {
        return;
    }
    let mut columns = vec![Column::fixed("T+"), Column::fixed("Clock")];
    columns.extend(there.iter().map(|n| Column::free(title(COLUMNS[*n]))));
    let rows = rows
        .iter()
        .map(|row| {
            let at = record.moment(record.start().unwrap_or(record.begin()).mono + row.since_start);
            let since = if record.start().is_some() { crate::face::t_plus(row.since_start) } else { String::new() };
            let mut cells: Vec<Text> = vec![since.into(), moments.clock(at).into()];
            cells.extend(there.iter().map(|n| Text::from(row.cells.get(*n).map(shown).unwrap_or_default())));
            cells
        })
        .collect();
    flow.table(&Table { columns, rows, heads: true, ruled: true, size: TEXT });
}

fn shown(cell: &Cell) -> String {
    let part = |value: &Option<Decimal>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    match cell {
        Cell::Gap => String::new(),
        Cell::Absent(why) => format!("-- {why}"),
        Cell::Median(value) | Cell::Last(Amount::One(value)) => value.to_string(),
        Cell::Last(Amount::Pressure { systolic, diastolic, mean }) => {
            let mean = mean.map(|mean| format!(" ({mean})")).unwrap_or_default();
            format!("{}/{}{mean}", part(systolic), part(diastolic))
        }
    }
}

fn phases(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(2, "Phases", 40.0);
    let rows = record
        .phases()
        .iter()
        .map(|span| {
            vec![
                moments.clock(span.from).into(),
                moments.since(span.from).into(),
                Text::bold(span.phase.word()),
                length(span.to.mono - span.from.mono).into(),
                format!("{} ({})", span.by.name, span.by.role.word()).into(),
            ]
        })
        .collect();
    let columns = vec![
        Column::fixed("Clock"),
        Column::fixed("T+"),
        Column::fixed("Phase"),
        Column::fixed("Length"),
        Column::free("By"),
    ];
    flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
}

fn events(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(2, "Events", 60.0);
    flow.paragraph(
        "In the order they were recorded, as typed or as sent; nothing computes with it. An entry that was undone or \
         corrected is struck through and stays.",
        Weight::Regular,
    );
    let columns = vec![
        Column::fixed("Entry"),
        Column::fixed("Clock"),
        Column::fixed("T+"),
        Column::free("What"),
        Column::free("By"),
    ];
    let all = event::of(record);
    let corrected = |event: &Event| {
        let by = all.iter().find(|other| Some(other.sequence) == event.undone_by);
        by.is_some_and(|by| &*by.kind == "corrected")
    };
    let rows = all.iter().map(|event| happened(event, corrected(event), moments)).collect();
    flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
}

fn happened(event: &Event, corrected: bool, moments: &Moments<'_>) -> Vec<Text> {
    let struck = event.undone_by.is_some();
    let score = if event.score.is_empty() { String::new() } else { format!(" {}", event.score) };
    let text = if event.what.is_empty() { String::new() } else { format!(": {}", event.what) };
    let mut what = format!("{}{score}{text}", event.kind.replace('_', " "));
    let mut add = |words: String| {
        what.push(' ');
        what.push_str(&words);
    };
    if event.late {
        add(format!("[late entry, recorded {}]", moments.clock(event.recorded)));
    } else if event.recorded.wall.since(event.at.wall).0 >= 1_000_000 {
        add(format!("[reached the server {}]", moments.clock(event.recorded)));
    }
    if let Some(by) = event.undone_by {
        add(format!("[{} by entry {}]", if corrected { "corrected" } else { "undone" }, by.0));
    }
    vec![
        event.sequence.0.to_string().into(),
        moments.clock(event.at).into(),
        moments.since(event.at).into(),
        Text { struck, ..what.into() },
        event.by.to_string().into(),
    ]
}

fn notices(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(2, "Limits of the clinic, as they stood", 40.0);
    in_force(flow, record, moments);
    flow.heading(2, "Limit notices of the clinic, as they stood", 40.0);
    if record.limits.is_empty() {
        flow.paragraph("None was raised.", Weight::Regular);
        return;
    }
    let columns = vec![
        Column::fixed("Raised"),
        Column::fixed("Notice"),
        Column::free("Value (limit)"),
        Column::free("Numbers in force"),
        Column::free("Seen by"),
        Column::free("Over"),
    ];
    let rows = record.limits.iter().map(|notice| stood(notice, moments)).collect();
    flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
}

/// Which notices were on, with which numbers, from when to when.
fn in_force(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    let all = record.in_force();
    if all.is_empty() {
        let none = format!(
            "No limit notice was switched on. Times in this record are counted against fixed numbers: SpO\u{2082} \
             {SPO2_BELOW} %, respiration {RESP_BELOW}/min, pressure {SYSTOLIC_FROM} systolic or {DIASTOLIC_FROM} diastolic mmHg."
        );
        flow.paragraph(&none, Weight::Regular);
        return;
    }
    let columns = vec![
        Column::fixed("From"),
        Column::fixed("To"),
        Column::fixed("Notice"),
        Column::free("Numbers in force"),
        Column::fixed("Whose"),
    ];
    let row = |stood: &InForce| {
        vec![
            moments.clock(stood.from).into(),
            moments.clock(stood.to).into(),
            Text::bold(stood.kind.word()),
            stood.limits.write().into(),
            if stood.own { "this patient's own" } else { "the clinic's" }.into(),
        ]
    };
    let rows = all.iter().map(row).collect();
    flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
    flow.paragraph("A notice that is not in this table was switched off.", Weight::Regular);
}

fn stood(notice: &LimitNotice, moments: &Moments<'_>) -> Vec<Text> {
    let steps = notice.steps.iter().enumerate().map(|(n, step)| {
        let at = if n == 0 { String::new() } else { format!("{} ", moments.clock(step.at)) };
        format!("{at}{}: {} ({})", step.level.word(), step.value, step.limit)
    });
    let seen = notice.seen.iter().map(|(at, by)| format!("{} {}", by.name, moments.clock(*at)));
    let over = notice.cleared.map_or_else(
        || "stood to the end".to_owned(),
        |over| format!("{} {}", moments.clock(over.at), over.why.word()),
    );
    let own = if notice.own { " (this patient's own)" } else { "" };
    let mut steps = steps.collect::<Vec<_>>();
    if notice.unwritten > 0 {
        steps.push(format!("[{} changes before it were too many to be written]", notice.unwritten));
    }
    vec![
        moments.clock(notice.raised).into(),
        Text::bold(notice.kind.word()),
        steps.join("\n").into(),
        format!("{}{own}", notice.limits.write()).into(),
        seen.collect::<Vec<_>>().join("\n").into(),
        over.into(),
    ]
}

fn gaps(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(2, "Gaps", 40.0);
    let found = summary::of(record);
    let gaps: Vec<Gap> = found.coverage.iter().flat_map(|it| record.gaps(it.vital)).collect();
    if gaps.is_empty() {
        let none = if found.coverage.is_empty() { "No monitor sent a value." } else { "None." };
        flow.paragraph(none, Weight::Regular);
        return;
    }
    let columns = vec![
        Column::fixed("Vital"),
        Column::free("Source"),
        Column::fixed("From"),
        Column::fixed("To"),
        Column::fixed("Length"),
        Column::free("Why"),
    ];
    let row = |gap: &Gap| {
        vec![
            Text::bold(gap.vital.word().replace('_', " ")),
            gap.source.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            moments.clock(gap.from).into(),
            moments.clock(gap.to).into(),
            length(gap.length()).into(),
            gap.why.to_string().into(),
        ]
    };
    let rows = gaps.iter().map(row).collect();
    flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
}

fn devices(flow: &mut Flow<'_>, record: &Record, face: &Face<'_>, moments: &Moments<'_>) {
    flow.heading(2, "Devices", 40.0);
    if record.devices.is_empty() {
        flow.paragraph("None was heard.", Weight::Regular);
    } else {
        let columns = vec![
            Column::fixed("Source"),
            Column::free("Device, as it names itself"),
            Column::free("Bed"),
            Column::free("Patient, as sent"),
            Column::free("Heard"),
            Column::free("Notes"),
        ];
        let rows = record.devices.iter().flat_map(|device| device_rows(device, face, moments)).collect();
        flow.table(&Table { columns, rows, heads: false, ruled: true, size: TEXT });
    }
    let versions = if record.recorded_with.is_empty() {
        String::new()
    } else {
        format!("Recorded with chairside {}. ", record.recorded_with.join(", "))
    };
    flow.skip(2.0);
    flow.paragraph(&format!("{versions}Read with chairside {}.", record.version), Weight::Regular);
}

fn device_rows(device: &Device, face: &Face<'_>, moments: &Moments<'_>) -> Vec<Vec<Text>> {
    let adapter = if device.adapter.is_empty() { String::new() } else { format!("read as {}, ", device.adapter) };
    let skipped = if device.skipped == 0 {
        String::new()
    } else {
        format!(", {} stretches ({} bytes) not understood", device.skipped, device.skipped_bytes)
    };
    let notes = format!("{adapter}{} values{skipped}{}", device.values, apart(device, face));
    let row = |source: &str, heard: Option<&Heard>, notes: &str| -> Vec<Text> {
        let text = |of: fn(&Heard) -> &str| heard.map(of).unwrap_or_default();
        let span = heard.map(|it| format!("{} to {}", moments.clock(it.first), moments.clock(it.last)));
        vec![
            Text::bold(source),
            text(|it| &it.device).into(),
            text(|it| &it.bed).into(),
            text(|it| &it.patient).into(),
            span.unwrap_or_default().into(),
            notes.into(),
        ]
    };
    // What came without a name in between says nothing that the named rows do not.
    let named = |it: &&Heard| !(it.device.is_empty() && it.bed.is_empty() && it.patient.is_empty());
    let heard: Vec<&Heard> = device.heard.iter().filter(named).collect();
    let heard = if heard.is_empty() { device.heard.iter().collect() } else { heard };
    if heard.is_empty() {
        return vec![row(device.source.as_str(), None, &notes)];
    }
    let rows = heard.into_iter().enumerate();
    rows.map(
        |(n, heard)| if n == 0 { row(device.source.as_str(), Some(heard), &notes) } else { row("", Some(heard), "") },
    )
    .collect()
}

/// Every figure with its definition: each definition once, below the figures it belongs to.
fn all_figures(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    flow.heading(2, "All figures", 90.0);
    flow.paragraph(&format!("Counted are {}.", summary::DEFINITIONS[0].1), Weight::Regular);
    let columns = vec![
        Column::free("Figure"),
        Column::free("Value"),
        Column::fixed("At"),
        Column::fixed("Entry"),
        Column::free("What it means"),
    ];
    let lines = summary::lines(record);
    let row = |(n, line): (usize, &summary::Line)| -> Vec<Text> {
        let value = if line.value.is_empty() { "\u{2013}" } else { &line.value };
        let typed = if line.typed { ", typed" } else { "" };
        let again = n > 0 && lines[n - 1].definition == line.definition;
        vec![
            Text::bold(line.key.replace('_', " ")),
            format!("{value}{}{typed}", unit(line.unit)).into(),
            line.at.map(|at| moments.clock(at)).unwrap_or_default().into(),
            line.sequence.map(|sequence| sequence.0.to_string()).unwrap_or_default().into(),
            if again { "as above".into() } else { line.definition.into() },
        ]
    };
    let rows = lines.iter().enumerate().map(row).collect();
    flow.table(&Table { columns, rows, heads: true, ruled: true, size: TEXT });
    let typed = record.samples().iter().filter(|sample| matches!(sample.said, Said::Typed(_))).count();
    if typed > 0 {
        flow.paragraph("h, typed: read off by a person and typed.", Weight::Regular);
    }
}

/// A unit as people write it, after a blank.
fn unit(ucum: &str) -> String {
    match ucum {
        "" | "1" => String::new(),
        "mm[Hg]" => " mmHg".to_owned(),
        "Cel" => " \u{b0}C".to_owned(),
        other => format!(" {other}"),
    }
}
