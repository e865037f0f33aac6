//! `[source.lines]`: the description of a device that prints lines. What it may say is checked where it is used, in
//! `chairside_decode::generic`; here it is brought there, and its mistakes back.

use super::check::{Part, Problem};
use chairside_decode::catalog::{Parity, Protocol};
use chairside_decode::generic::{Description, Fault, Setting};
use std::sync::Arc;
use toml::Value;

const LINES: &str = "[source.lines] kind = \"delimited\"   # see docs/configuration.md";

/// The description of a source; `None` for other protocols, and when there is a mistake in it.
pub(super) fn description(part: &mut Part<'_>, protocol: Protocol) -> Option<Arc<Description>> {
    let lines = part.table.get("lines");
    match (lines, protocol) {
        (None, Protocol::Generic) => {
            part.wrong("lines", "nothing", "the lines of a generic source have to be described", LINES);
            None
        }
        (Some(lines), Protocol::Generic) => match Description::new(&setting(lines), &format!("{}lines", part.path)) {
            Ok(description) => Some(Arc::new(description)),
            Err(faults) => {
                part.problems.extend(faults.into_iter().map(Problem::from));
                None
            }
        },
        (Some(_), _) => {
            let wrong = format!("{} has a decoder of its own; only generic lines are described", protocol.word());
            part.wrong("lines", "this key", wrong, "protocol = \"generic\"");
            None
        }
        (None, _) => None,
    }
}

/// The parity of a described device's port; that of any other is its maker's.
pub(super) fn parity(part: &mut Part<'_>, protocol: Protocol) -> Option<Parity> {
    const LINE: &str = "parity = \"even\"";
    let word = part.text("parity", LINE)?;
    if protocol != Protocol::Generic {
        let wrong = format!("the parity of {} is known; only generic sources have this key", protocol.word());
        part.wrong("parity", format!("{word:?}"), wrong, "# no parity");
        return None;
    }
    let parity = match word.as_str() {
        "none" => Some(Parity::None),
        "even" => Some(Parity::Even),
        "odd" => Some(Parity::Odd),
        _ => None,
    };
    if parity.is_none() {
        part.wrong("parity", format!("{word:?}"), "known are none, even, odd", LINE);
    }
    parity
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let Fault { key, found, wrong, example } = fault;
        Self { key, found, wrong, example }
    }
}

fn setting(value: &Value) -> Setting {
    match value {
        Value::String(text) => Setting::Text(text.clone()),
        Value::Integer(number) => Setting::Whole(*number),
        Value::Boolean(flag) => Setting::Flag(*flag),
        Value::Array(list) => Setting::List(list.iter().map(setting).collect()),
        Value::Table(table) => Setting::Table(table.iter().map(|(key, value)| (key.clone(), setting(value))).collect()),
        other @ (Value::Float(_) | Value::Datetime(_)) => Setting::Other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EXAMPLE, check};

    /// The faults of a source with these lines behind `protocol = "generic"`.
    fn problems(rest: &str) -> String {
        let text = format!("[[source]]\nid = \"a\"\nprotocol = \"generic\"\nport = \"/dev/ttyS0\"\n{rest}");
        match check(&text) {
            Ok(_) => "no problem".into(),
            Err(problems) => problems.iter().map(|p| format!("{p}\n")).collect(),
        }
    }

    #[test]
    fn a_described_device_is_taken() {
        let lines = "[source.lines]\nkind = \"key_value\"\n[[source.lines.field]]\nvital = \"spo2\"\nkey = \"SPO2\"\n";
        assert_eq!(problems(&format!("parity = \"odd\"\n{lines}")), "no problem");
    }

    #[test]
    fn the_block_of_the_example_is_a_description_once_its_marks_are_off() {
        let (before, block) = EXAMPLE.split_once("#[[source]]").unwrap();
        let block = block.replace("\n#", "\n");
        let config = check(&format!("{before}[[source]]{block}")).unwrap();
        assert_eq!(config.sources.iter().filter(|source| source.description.is_some()).count(), 1);
    }

    #[test]
    fn mistakes_in_a_description_are_named_like_all_others() {
        for (rest, expected) in [
            ("", "source[1].lines: found nothing: the lines of a generic source have to be described"),
            ("parity = \"mark\"\n", "source[1].parity: found \"mark\": known are none, even, odd"),
            ("lines = 3\n", "source[1].lines: found 3: a table of settings is expected"),
            ("[source.lines]\nkind = 1.5\n", "source[1].lines.kind: found 1.5: a text in quotes is expected"),
            (
                "[source.lines]\nkind = \"columns\"\n[[source.lines.field]]\nvital = \"spo3\"\nfrom = 1\nto = 3\n",
                "source[1].lines.field[1].vital: found \"spo3\": known are heart_rate, ",
            ),
        ] {
            let found = problems(rest);
            assert!(found.contains(expected) && found.contains("For example: "), "{expected:?} is not in:\n{found}");
        }
    }

    #[test]
    fn other_protocols_have_neither_description_nor_parity() {
        let text = "[[source]]\nid = \"a\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyS0\"\nparity = \"even\"\n[source.lines]\n";
        let found = check(text).unwrap_err();
        assert_eq!(found.iter().map(|p| p.key.as_str()).collect::<Vec<_>>(), ["source[1].lines", "source[1].parity"]);
    }
}
