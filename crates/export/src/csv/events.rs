//! What people did, what the monitor said, and how its link stood, one row each.

use super::text;
use crate::event::{self, Event};
use crate::face::t_plus;
use crate::{Face, Record};

pub(super) const HEADING: [&str; 11] =
    ["seq", "at", "recorded_at", "since_start", "late", "by", "role", "kind", "what", "score", "undone_by"];

pub(super) fn table(record: &Record, face: &Face<'_>) -> Vec<u8> {
    super::table(HEADING, event::of(record).iter().map(|event| row(record, event, face)))
}

fn row(record: &Record, event: &Event, face: &Face<'_>) -> [String; 11] {
    [
        event.sequence.0.to_string(),
        face.iso(event.at.wall),
        face.iso(event.recorded.wall),
        record.since_start(event.at).map(t_plus).unwrap_or_default(),
        if event.late { "late".to_owned() } else { String::new() },
        text(&event.by),
        event.role.to_owned(),
        event.kind.to_string(),
        text(&event.what),
        event.score.to_string(),
        event.undone_by.map(|by| by.0.to_string()).unwrap_or_default(),
    ]
}
