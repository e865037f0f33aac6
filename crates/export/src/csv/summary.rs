//! The figures of the summary, each with its definition.

use super::text;
use crate::face::t_plus;
use crate::summary::{self, DEFINITIONS, Extreme, RESP_BELOW, SPO2_BELOW};
use crate::{Face, Record};
use chairside_observation::{Decimal, Micros};

pub(super) const HEADING: [&str; 6] = ["figure", "value", "unit", "at", "since_start", "definition"];

type Row = [String; 6];

pub(super) fn table(record: &Record, face: &Face<'_>) -> Vec<u8> {
    let mut rows = header(record, face);
    rows.extend(figures(record, face));
    super::table(HEADING, rows.into_iter())
}

fn row(figure: &str, value: impl Into<String>, unit: &str, definition: &str) -> Row {
    [figure.to_owned(), value.into(), unit.to_owned(), String::new(), String::new(), definition.to_owned()]
}

fn defined(figure: &str) -> &'static str {
    DEFINITIONS.iter().find(|(name, _)| *name == figure).map_or("", |(_, means)| means)
}

fn header(record: &Record, face: &Face<'_>) -> Vec<Row> {
    let session = &record.session;
    let of = session.plan.of.map(|of| format!(" of {of}")).unwrap_or_default();
    let time = |figure: &str, at: Option<Micros>| {
        let mut row = row(figure, "", "", "");
        row[3] = at.map(|at| face.iso(at)).unwrap_or_default();
        row
    };
    let figures = summary::of(record);
    vec![
        row("session", session.id.as_str(), "", ""),
        row("patient number", text(&session.patient.id), "", ""),
        row("patient name", text(&session.patient.name), "", ""),
        row("birth date", text(&session.patient.born), "", ""),
        row("chair", text(&record.chair), "", ""),
        row("template", text(&session.plan.template), "", ""),
        row("number of the course", format!("{}{of}", session.plan.number), "", ""),
        row("phase", session.phase.word(), "", ""),
        time("span begins", Some(record.begin().wall)),
        time("span ends", Some(record.end.wall)),
        time("infusion started", figures.started),
        time("infusion stopped", figures.stopped),
        time("ready", figures.ready),
        time("left", figures.left),
        row("record read by", format!("chairside {}", record.version), "", ""),
    ]
}

fn figures(record: &Record, face: &Face<'_>) -> Vec<Row> {
    let found = summary::of(record);
    let mut rows = vec![row("counted values", "", "", defined("counted values"))];
    for value in &found.baseline {
        let digits = value.values.iter().map(Decimal::to_string).collect::<Vec<_>>().join("/");
        rows.push(row(&format!("baseline {}", value.vital.word()), digits, "", defined("baseline")));
    }
    let mut extreme = |figure: String, found: Option<&Extreme>, unit: &str, means: &str| {
        let mut row = row(&figure, found.map(|it| it.value.to_string()).unwrap_or_default(), unit, defined(means));
        row[3] = found.map(|it| face.iso(it.at.wall)).unwrap_or_default();
        row[4] = found.and_then(|it| it.since_start).map(t_plus).unwrap_or_default();
        rows.push(row);
    };
    extreme("peak systolic".into(), found.peak_systolic.as_ref(), "mm[Hg]", "peak");
    extreme("peak diastolic".into(), found.peak_diastolic.as_ref(), "mm[Hg]", "peak");
    extreme(format!("peak {}", found.heart.word()), found.peak_heart.as_ref(), "/min", "peak");
    extreme("lowest spo2".into(), found.lowest_spo2.as_ref(), "%", "lowest");
    extreme("lowest resp_rate".into(), found.lowest_resp.as_ref(), "/min", "lowest");
    let seconds = |time: Micros| (time.0 / 1_000_000).to_string();
    let below = defined("time below");
    rows.push(row(&format!("time with spo2 below {SPO2_BELOW}"), seconds(found.spo2_below), "s", below));
    rows.push(row(&format!("time with resp_rate below {RESP_BELOW}"), seconds(found.resp_below), "s", below));
    rows.push(row("time with pressure above", seconds(found.pressure_above), "s", defined("pressure above")));
    for it in &found.coverage {
        let vital = it.vital.word();
        rows.push(row(&format!("coverage {vital}"), it.percent().to_string(), "%", defined("coverage")));
        rows.push(row(&format!("gaps {vital}"), it.gaps.len().to_string(), "1", defined("gap")));
    }
    if let Some((score, at)) = found.lowest_sedation {
        let mut lowest = row("lowest sedation", score.to_string(), "MOAA/S", "");
        lowest[3] = face.iso(at);
        rows.push(lowest);
    }
    for (at, drug) in &found.drugs {
        let mut given = row("drug given, as typed", text(drug), "", "");
        given[3] = face.iso(*at);
        rows.push(given);
    }
    rows
}
