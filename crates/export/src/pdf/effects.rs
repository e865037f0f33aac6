//! Side effects as entered: each with its first, worst and last score. Worst is the highest number of its scale.

use super::first::TEXT;
use super::moment::Moments;
use crate::Record;
use crate::page::{Cell, Column, Flow, Table, Weight};
use chairside_observation::session::{EntryKind, Kept};

/// Kinds of entries that are side effects.
const EFFECTS: [EntryKind; 9] = [
    EntryKind::Dissociation,
    EntryKind::Nausea,
    EntryKind::Vomited,
    EntryKind::Dizziness,
    EntryKind::Drowsiness,
    EntryKind::Anxiety,
    EntryKind::Pain,
    EntryKind::Breathing,
    EntryKind::SideEffect,
];

/// One effect with its entries, oldest first.
struct Effect<'r> {
    name: String,
    all: Vec<&'r Kept>,
}

impl Effect<'_> {
    fn worst(&self) -> Option<&Kept> {
        let mut worst: Option<&Kept> = None;
        for kept in &self.all {
            if worst.is_none_or(|known| score(kept) > score(known)) {
                worst = Some(kept);
            }
        }
        worst
    }
}

fn score(kept: &Kept) -> Option<i8> {
    kept.entered()?.score
}

fn of(record: &Record) -> Vec<Effect<'_>> {
    let mut effects: Vec<Effect<'_>> = Vec::new();
    let serious: Vec<&Kept> = record.session.entries(EntryKind::Serious).collect();
    if !serious.is_empty() {
        effects.push(Effect { name: "serious adverse event".to_owned(), all: serious });
    }
    for kind in EFFECTS {
        for kept in record.session.entries(kind) {
            let text = kept.done.act.text().unwrap_or_default();
            let name = if kind == EntryKind::SideEffect { text.to_owned() } else { kind.word().to_owned() };
            match effects.iter_mut().find(|known| known.name == name) {
                Some(known) => known.all.push(kept),
                None => effects.push(Effect { name, all: vec![kept] }),
            }
        }
    }
    effects
}

/// One line each, for page 1: the worst and the last entry.
pub(super) fn lines(record: &Record, moments: &Moments<'_>) -> String {
    let at = |kept: &Kept| match (score(kept), kept.done.act.text()) {
        (Some(score), _) => format!("{score} at {}", moments.both(kept.at())),
        (None, Some(text)) if !text.is_empty() => format!("\u{201c}{text}\u{201d} at {}", moments.both(kept.at())),
        _ => moments.both(kept.at()),
    };
    let lines = of(record).into_iter().map(|effect| {
        let worst = effect.worst().map(&at).unwrap_or_default();
        match effect.all.as_slice() {
            [_] => format!("{}: {worst}", effect.name),
            [.., last] => format!("{}: worst {worst}, last {}", effect.name, at(last)),
            [] => effect.name,
        }
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "none was entered".to_owned() } else { lines.join("\n") }
}

/// All of them, as a table.
pub(super) fn table(flow: &mut Flow<'_>, record: &Record, moments: &Moments<'_>) {
    let effects = of(record);
    flow.heading(2, "Side effects, as entered", 30.0);
    if effects.is_empty() {
        flow.paragraph("None was entered.", Weight::Regular);
        return;
    }
    let columns = ["Effect", "Entries", "First", "Worst", "at", "Last", "at"];
    let columns =
        columns.map(|title| if title == "Effect" { Column::free(title) } else { Column::fixed(title) }).to_vec();
    let rows = effects.iter().map(|effect| row(effect, moments)).collect();
    flow.table(&Table { columns, rows, heads: true, ruled: true, size: TEXT });
}

fn row(effect: &Effect<'_>, moments: &Moments<'_>) -> Vec<Cell> {
    let at = |kept: Option<&Kept>| kept.map(|kept| moments.both(kept.at())).unwrap_or_default();
    let number =
        |kept: Option<&Kept>| kept.and_then(score).map_or_else(|| "\u{2013}".into(), |score| score.to_string());
    let (first, last) = (effect.all.first().copied(), effect.all.last().copied());
    vec![
        Cell::bold(effect.name.clone()),
        effect.all.len().to_string().into(),
        at(first).into(),
        number(effect.worst()).into(),
        at(effect.worst()).into(),
        number(last).into(),
        at(last).into(),
    ]
}
