//! JSON with something wrong, from a seed: what a page that was changed, or is not ours, may send.

use super::dice::{Dice, NUMBERS, TEXTS};
use serde_json::{Map, Value, json};

/// Depth at which a reader that counts its stack must have given up.
const DEEP: usize = 5_000;
/// Length of a text or list beyond what any field takes, and within what a body may have.
const LONG: usize = 3_000;

/// `from` with one to three things wrong, as text.
pub(crate) fn spoiled(dice: &mut Dice, from: &Value) -> Vec<u8> {
    let mut value = from.clone();
    for _ in 0..=dice.roll(3) {
        let count = count(&value);
        let mut at = dice.roll(count);
        spoil(dice, &mut value, &mut at);
    }
    let text = value.to_string().into_bytes();
    match dice.roll(12) {
        0 => dice.bytes(&text),
        1 => [b"[".repeat(DEEP), text].concat(),
        2 => [&text[..], b" {}"].concat(),
        _ => text,
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(count).sum(),
        Value::Object(all) => all.values().map(count).sum(),
        _ => 0,
    }
}

/// Walks to the `at`-th value and changes it.
fn spoil(dice: &mut Dice, value: &mut Value, at: &mut usize) {
    if *at == 0 {
        *value = wrong(dice, value);
        *at = usize::MAX;
        return;
    }
    *at -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(all) => all.iter_mut().collect(),
        Value::Object(all) => all.values_mut().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        if *at == usize::MAX {
            return;
        }
        spoil(dice, value, at);
    }
}

fn wrong(dice: &mut Dice, value: &Value) -> Value {
    match (dice.roll(10), value) {
        (0, _) => Value::Null,
        (1, _) => json!(dice.roll(2) == 0),
        (2, _) => json!([value, value, value]),
        (3, _) => json!({ "is": value }),
        (4, Value::String(text)) => json!(text.repeat(LONG / text.len().max(1))),
        (4 | 5, Value::Array(all)) => {
            all.iter().cycle().take(if all.is_empty() { 0 } else { LONG / 10 }).cloned().collect()
        }
        (4..=6, Value::Object(all)) => Value::Object(other_keys(dice, all)),
        (7 | 8, Value::String(_)) | (4..=6, _) => json!(dice.one(&TEXTS)),
        _ => serde_json::from_str(dice.one(&NUMBERS)).unwrap_or(Value::Null),
    }
}

/// One field gone, or one too many.
fn other_keys(dice: &mut Dice, all: &Map<String, Value>) -> Map<String, Value> {
    let mut all = all.clone();
    let key = all.keys().nth(dice.roll(all.len())).cloned();
    match (dice.roll(3), key) {
        (0, _) => drop(all.insert("unknown".to_owned(), json!(1))),
        (_, Some(key)) => drop(all.remove(&key)),
        _ => {}
    }
    all
}
