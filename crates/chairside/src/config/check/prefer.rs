//! `prefer` of a chair: which of several devices its tiles take.

use super::{Part, Problem, Seat, Source, list};
use chairside_observation::{ChairId, Preference, SourceId, Vital};
use std::collections::BTreeMap;
use toml::{Table, Value};

const LINE: &str = "prefer = { spo2 = [\"oximeter-1\", \"gateway\"], default = [\"gateway\"] }";
/// The key of the order for all vitals that have none of their own.
const DEFAULT: &str = "default";

/// The orders of all chairs. `sources` are the sound ones: of the others only the id is looked at, so that one mistake is
/// told once.
pub(super) fn preferences(
    table: &Table,
    sources: &[Source],
    problems: &mut Vec<Problem>,
) -> BTreeMap<ChairId, Preference> {
    let written = table.get("source").and_then(Value::as_array).into_iter().flatten();
    let ids: Vec<&str> = written.filter_map(|source| source.get("id")?.as_str()).collect();
    let mut all = BTreeMap::new();
    // Whether the chairs are tables at all was looked at with the chairs themselves.
    for (path, chair) in list(table, "chair", LINE, &mut Vec::new()) {
        let (Some(id), Some(value)) = (chair.get("id").and_then(Value::as_str), chair.get("prefer")) else { continue };
        let Some(prefer) = value.as_table() else {
            let mut part = Part { table: chair, path, problems };
            part.wrong("prefer", value, "a table is expected: a vital, and its sources in order", LINE);
            continue;
        };
        let mut part = Part { table: prefer, path: format!("{path}prefer."), problems };
        let known = Known { chair: id, ids: &ids, sources };
        all.insert(id.into(), preference(&mut part, &known));
    }
    all
}

/// What an order may name.
struct Known<'a> {
    chair: &'a str,
    ids: &'a [&'a str],
    sources: &'a [Source],
}

fn preference(part: &mut Part<'_>, known: &Known<'_>) -> Preference {
    let mut preference = Preference::default();
    for (key, value) in part.table {
        let vital = Vital::from_word(key);
        if vital.is_none() && key != DEFAULT {
            let words: Vec<&str> = Vital::ALL.iter().map(|vital| vital.word()).collect();
            let wrong = format!("no vital has this name; known are {}, and {DEFAULT} for all others", words.join(", "));
            part.wrong(key, value, wrong, LINE);
            continue;
        }
        let order = order(part, key, value, known);
        match vital {
            Some(vital) => drop(preference.vitals.insert(vital, order)),
            None => preference.default = order,
        }
    }
    // The pulse comes from the same finger as the saturation.
    if let (Some(order), None) = (preference.vitals.get(&Vital::Spo2), preference.vitals.get(&Vital::PulseRate)) {
        preference.vitals.insert(Vital::PulseRate, order.clone());
    }
    preference
}

fn order(part: &mut Part<'_>, key: &str, value: &Value, known: &Known<'_>) -> Vec<SourceId> {
    let names: Option<Vec<&str>> = value.as_array().and_then(|all| all.iter().map(Value::as_str).collect());
    let Some(names) = names.filter(|names| !names.is_empty()) else {
        part.wrong(key, value, "a list of sources is expected, first choice first", LINE);
        return Vec::new();
    };
    let mut order: Vec<SourceId> = Vec::with_capacity(names.len());
    for name in names {
        let source = SourceId::from(name);
        if let Some(wrong) = trouble(name, known) {
            part.wrong(key, format!("{name:?}"), wrong, LINE);
        } else if order.contains(&source) {
            part.wrong(key, format!("{name:?}"), "this source stands in the list already", LINE);
        } else {
            order.push(source);
        }
    }
    order
}

/// Why a source cannot stand in an order of this chair.
fn trouble(name: &str, known: &Known<'_>) -> Option<String> {
    if !known.ids.contains(&name) {
        return Some("no [[source]] has this id".into());
    }
    let source = known.sources.iter().find(|source| source.id.as_str() == name)?;
    match &source.seat {
        // Beds can be given to any chair on the settings page.
        Seat::Beds(_) => None,
        Seat::Chair(chair) if chair.as_str() == known.chair => None,
        Seat::Chair(chair) => {
            Some(format!("this source belongs to chair {chair}, so nothing it says can reach this chair"))
        }
    }
}
