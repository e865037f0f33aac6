//! The figures of the summary, each with its definition.

use super::text;
use crate::face::t_plus;
use crate::summary;
use crate::{Face, Record};
use chairside_observation::Micros;

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
    let mut rows = vec![row("counted values", "", "", summary::DEFINITIONS[0].1)];
    rows.extend(summary::lines(record).iter().map(|line| {
        [
            line.key.clone(),
            text(&line.value),
            line.unit.to_owned(),
            line.at.map(|at| face.iso(at.wall)).unwrap_or_default(),
            line.at.and_then(|at| record.since_start(at)).map(t_plus).unwrap_or_default(),
            line.definition.to_owned(),
        ]
    }));
    rows
}
