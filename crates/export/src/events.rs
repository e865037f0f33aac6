//! What happened in a session as lines of text with their time, for formats that know annotations only.

use crate::record::{Note, Record};
use chairside_observation::Received;

/// One line.
pub(crate) struct Event {
    pub(crate) at: Received,
    pub(crate) text: String,
}

/// Deeds, notices of the monitor and changes of links, in order of their time. A deed that was undone says so.
pub(crate) fn events(record: &Record) -> Vec<Event> {
    let acts = record.session.acts.iter().map(|kept| {
        let (kind, what, score) = crate::csv::words(&kept.done.act);
        let late = if kept.done.about.is_some_and(|about| about.late) { " (late entry)" } else { "" };
        let undone = if kept.undone_by.is_some() { " (undone)" } else { "" };
        let said = [kind, score, what].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        Event { at: kept.at(), text: format!("{said}{late}{undone}") }
    });
    let notes = record.notes.iter().map(|note| match note {
        Note::Monitor(_, at, source, notice) => {
            Event { at: *at, text: format!("monitor {source}: {}: {}", notice.priority.word(), notice.text) }
        }
        Note::Link(_, at, source, state, reason) => {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            Event { at: *at, text: format!("link {source}: {}{reason}", state.word()) }
        }
    });
    let mut all: Vec<Event> = acts.chain(notes).collect();
    all.sort_by_key(|event| event.at.mono);
    all
}
