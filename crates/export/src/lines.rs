//! Events as lines of text with their time, for formats that know annotations only.

use crate::{Record, event};
use chairside_observation::Received;

/// One line.
pub(crate) struct Line {
    pub(crate) at: Received,
    pub(crate) text: String,
}

/// Every event in order of its time. A deed that was undone says so.
pub(crate) fn lines(record: &Record) -> Vec<Line> {
    let mut all: Vec<Line> = event::of(record)
        .into_iter()
        .map(|event| {
            let source = if event.act { "" } else { &*event.by };
            let parts = [source, &*event.kind, &*event.score, &*event.what];
            let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
            let late = if event.late { " (late entry)" } else { "" };
            let undone = if event.undone_by.is_some() { " (undone)" } else { "" };
            Line { at: event.at, text: format!("{said}{late}{undone}") }
        })
        .collect();
    all.sort_by_key(|line| line.at.mono);
    all
}
