//! What happened in a session, one line each: what people did, what the monitor said, how its link stood.

use crate::limit::LimitNotice;
use crate::{Note, Record};
use chairside_observation::session::{Act, Kept};
use chairside_observation::{Decimal, Hex, Received, Sequence};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its entry of the chair's timeline.
    pub sequence: Sequence,
    /// When it was.
    pub at: Received,
    /// When it reached the server.
    pub recorded: Received,
    /// A person set the time back.
    pub late: bool,
    /// Who did it, or the source that said it.
    pub by: Box<str>,
    /// What the person is in the clinic; empty for a source.
    pub role: &'static str,
    /// What kind of event.
    pub kind: Box<str>,
    /// As typed or as sent; nothing computes with it.
    pub what: Box<str>,
    /// On the scale of its kind; empty without one.
    pub score: Box<str>,
    /// The entry that undid it.
    pub undone_by: Option<Sequence>,
    /// Done by a person.
    pub act: bool,
}

/// Every event of `record`, in the order of the timeline.
#[must_use]
pub fn of(record: &Record) -> Vec<Event> {
    let acts = record.session.acts.iter().map(act);
    let limits = record.limits.iter().flat_map(limit);
    let mut events: Vec<Event> = acts.chain(record.notes.iter().map(note)).chain(limits).collect();
    events.sort_by_key(|event| (event.sequence, event.at.mono));
    events
}

/// A limit notice: each level it had, and its end.
fn limit(notice: &LimitNotice) -> Vec<Event> {
    let event = |at: Received, sequence: Sequence, kind: String, what: String| Event {
        sequence,
        at,
        recorded: at,
        late: false,
        by: "limits of the clinic".into(),
        role: "",
        kind: kind.into(),
        what: what.into(),
        score: "".into(),
        undone_by: None,
        act: false,
    };
    let word = notice.kind.word();
    let raised = notice.steps.iter().map(|step| {
        let what = format!("{word} {} (limit {})", step.value, step.limit);
        event(step.at, step.sequence, format!("limit notice, {}", step.level.word()), what)
    });
    let over = notice.cleared.iter().map(|over| {
        event(over.at, over.sequence, "limit notice over".to_owned(), format!("{word}: {}", over.why.word()))
    });
    raised.chain(over).collect()
}

fn act(kept: &Kept) -> Event {
    let (kind, what, score) = words(&kept.done.act);
    Event {
        sequence: kept.sequence,
        at: kept.at(),
        recorded: kept.received,
        late: kept.done.about.is_some_and(|about| about.late),
        by: kept.done.by.name.clone(),
        role: kept.done.by.role.word(),
        kind: kind.into(),
        what: what.into(),
        score: score.into(),
        undone_by: kept.undone_by,
        act: true,
    }
}

fn note(note: &Note) -> Event {
    let (sequence, at, by, kind, what) = match note {
        Note::Monitor(sequence, at, source, notice) => {
            let kind = format!("monitor notice, {}", notice.priority.word());
            (*sequence, *at, source.as_str(), kind, notice.text.to_string())
        }
        Note::Link(sequence, at, source, state, reason) => {
            (*sequence, *at, source.as_str(), "link".to_owned(), joined(state.word(), reason))
        }
        Note::Lost(sequence, at, frames) => {
            let what = format!("{frames} frames could not be written to the log");
            (*sequence, *at, "", "frames lost".to_owned(), what)
        }
    };
    Event {
        sequence,
        at,
        recorded: at,
        late: false,
        by: by.into(),
        role: "",
        kind: kind.into(),
        what: what.into(),
        score: "".into(),
        undone_by: None,
        act: false,
    }
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
            (kind.to_owned(), joined(format!("entry {} {text}", of.0).trim_end(), reason), score)
        }
        Act::Signed { meaning, digest, .. } => plain(kind, format!("{meaning}: {}", Hex(digest))),
    }
}

fn joined(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}
