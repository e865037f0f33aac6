//! What people did, what the monitor said, and how its link stood, one row each.

use super::text;
use crate::face::t_plus;
use crate::{Face, Note, Record};
use chairside_observation::session::{Act, Kept};
use chairside_observation::{Decimal, Hex, Received, Sequence};

pub(super) const HEADING: [&str; 11] =
    ["seq", "at", "recorded_at", "since_start", "late", "by", "role", "kind", "what", "score", "undone_by"];

pub(super) fn table(record: &Record, face: &Face<'_>) -> Vec<u8> {
    let acts = record.session.acts.iter().map(|kept| (kept.sequence, act(record, kept, face)));
    let notes = record.notes.iter().map(|it| note(record, it, face));
    let mut rows: Vec<(Sequence, [String; 11])> = acts.chain(notes).collect();
    rows.sort_by_key(|(sequence, _)| *sequence);
    super::table(HEADING, rows.into_iter().map(|(_, row)| row))
}

fn act(record: &Record, kept: &Kept, face: &Face<'_>) -> [String; 11] {
    let at = kept.received.before(kept.received.wall - kept.wall());
    let done = &kept.done;
    let (kind, what, score) = words(&done.act);
    [
        kept.sequence.0.to_string(),
        face.iso(at.wall),
        face.iso(kept.received.wall),
        record.since_start(at).map(t_plus).unwrap_or_default(),
        if done.about.is_some_and(|about| about.late) { "late".to_owned() } else { String::new() },
        text(&done.by.name),
        done.by.role.word().to_owned(),
        kind,
        text(&what),
        score,
        kept.undone_by.map(|by| by.0.to_string()).unwrap_or_default(),
    ]
}

fn note(record: &Record, note: &Note, face: &Face<'_>) -> (Sequence, [String; 11]) {
    let (sequence, at, source, kind, what) = match note {
        Note::Monitor(sequence, at, source, notice) => {
            (*sequence, *at, source, format!("monitor notice, {}", notice.priority.word()), notice.text.to_string())
        }
        Note::Link(sequence, at, source, state, reason) => {
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            (*sequence, *at, source, "link".to_owned(), format!("{}{reason}", state.word()))
        }
    };
    let at: Received = at;
    let row = [
        sequence.0.to_string(),
        face.iso(at.wall),
        face.iso(at.wall),
        record.since_start(at).map(t_plus).unwrap_or_default(),
        String::new(),
        text(source.as_str()),
        String::new(),
        kind,
        text(&what),
        String::new(),
        String::new(),
    ];
    (sequence, row)
}

/// Kind, words and score of an act.
fn words(act: &Act) -> (String, String, String) {
    let plain = |kind: &str, what: String| (kind.to_owned(), what, String::new());
    let values = |values: &[Decimal]| values.iter().map(Decimal::to_string).collect::<Vec<_>>().join("/");
    let kind = act.word();
    match act {
        Act::Opened { plan, .. } => plain(kind, plan.template.to_string()),
        Act::Moved { to, reason } => plain("phase", joined(to.word(), reason)),
        Act::Claimed { from, .. } => plain(kind, format!("from entry {}", from.0)),
        Act::Baseline { values: taken } => {
            let each = taken.iter().map(|value| format!("{} {}", value.vital.word(), values(&value.values)));
            plain(kind, each.collect::<Vec<_>>().join(", "))
        }
        Act::Entry { kind, score, text } => {
            let score = score.map(|score| score.to_string()).unwrap_or_default();
            (kind.word().to_owned(), text.to_string(), score)
        }
        Act::Typed { values: typed } => {
            let each = typed.iter().map(|value| format!("{} {}", value.vital.word(), values(&value.values)));
            plain("typed values", each.collect::<Vec<_>>().join(", "))
        }
        Act::Artefact { vital, span, reason } => {
            plain(kind, format!("{} entries {} to {}: {reason}", vital.word(), span.0.0, span.1.0))
        }
        Act::Undo { of, reason } => plain(kind, format!("entry {}: {reason}", of.0)),
        Act::HandedOver { to } => plain(kind, format!("to {} ({})", to.name, to.role.word())),
        Act::Accepted { source, bed, patient, device, reason } => {
            plain("feed accepted", format!("{source} {bed} patient {patient:?} device {device:?}: {reason}"))
        }
        Act::Acknowledged { notice } => plain("notice seen", notice.to_string()),
        Act::Limited { notice, limits, reason } => plain("own limit", format!("{notice} {limits}: {reason}")),
        Act::Addendum { text } => plain(kind, text.to_string()),
        Act::Corrected { of, score, text, reason } => {
            let score = score.map(|score| score.to_string()).unwrap_or_default();
            (kind.to_owned(), joined(&format!("entry {}", of.0), &format!("{text} ({reason})")), score)
        }
        Act::Signed { meaning, digest, .. } => plain(kind, format!("{meaning}: {}", Hex(digest))),
    }
}

fn joined(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}
