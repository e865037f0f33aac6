//! `[backup]`: what the server backs up by itself.

use super::{Part, Problem};
use crate::config::Backups;
use toml::{Table, Value};

const LINE: &str = "[backup] to = \"/mnt/backup\", every_h = 24, keep = 14";
/// Hours between two backups: less than one would keep the disk busy, more than a week is no backup.
const EVERY_H: (i64, i64) = (1, 168);
const EVERY_H_USUAL: u32 = 24;
/// Backups that are kept: one that turns out to be useless needs another before it.
const KEEP: (i64, i64) = (2, 1000);
const KEEP_USUAL: usize = 14;

/// The backups; nothing inside when none are configured, nothing at all when they are configured wrongly.
#[allow(clippy::option_option, reason = "as above")]
pub(super) fn backup(table: &Table, problems: &mut Vec<Problem>) -> Option<Option<Backups>> {
    let Some(value) = table.get("backup") else { return Some(None) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("backup".into(), value.to_string(), "written as a table: [backup]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "backup.".into(), problems };
    part.only(&["to", "every_h", "keep", "encrypt_to"], LINE);
    let to = part.needed("to", "to = \"/mnt/backup\"");
    let every_h = whole(&mut part, "every_h", EVERY_H, i64::from(EVERY_H_USUAL));
    let keep = whole(&mut part, "keep", KEEP, i64::try_from(KEEP_USUAL).unwrap_or(KEEP.0));
    let encrypt_to = recipient(&mut part);
    Some(Some(Backups {
        to: to?.into(),
        every_h: u32::try_from(every_h?).unwrap_or(EVERY_H_USUAL),
        keep: usize::try_from(keep?).unwrap_or(KEEP_USUAL),
        encrypt_to: encrypt_to?,
    }))
}

fn whole(part: &mut Part<'_>, key: &str, (fewest, most): (i64, i64), usual: i64) -> Option<i64> {
    match part.table.get(key) {
        None => Some(usual),
        Some(Value::Integer(found)) if (fewest..=most).contains(found) => Some(*found),
        Some(other) => {
            let other = other.to_string();
            let wrong = format!("a whole number from {fewest} to {most} is expected");
            part.wrong(key, other, wrong, &format!("{key} = {usual}"));
            None
        }
    }
}

#[allow(clippy::option_option, reason = "outer: no mistake; inner: not encrypted")]
fn recipient(part: &mut Part<'_>) -> Option<Option<crate::backup::Recipient>> {
    const KEY: &str = "encrypt_to = \"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"";
    if !part.table.contains_key("encrypt_to") {
        return Some(None);
    }
    let text = part.text("encrypt_to", KEY)?;
    let found = text.parse().ok();
    if found.is_none() {
        part.wrong("encrypt_to", format!("{text:?}"), "no public key as age-keygen prints it", KEY);
    }
    found.map(Some)
}

#[cfg(test)]
mod tests {
    use crate::config::check;

    #[test]
    fn h28_backups_are_read_and_mistakes_named() {
        let plain = check("[backup]\nto = \"/mnt/backup\"").unwrap().backup.unwrap();
        assert_eq!((plain.every_h, plain.keep, plain.encrypt_to), (24, 14, None));
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let text = format!("[backup]\nto = \"b\"\nevery_h = 1\nkeep = 48\nencrypt_to = \"{key}\"");
        let own = check(&text).unwrap().backup.unwrap();
        assert_eq!((own.every_h, own.keep, own.encrypt_to.unwrap().to_string().as_str()), (1, 48, key));
        for (text, expected) in [
            ("backup = true", "backup: found true: written as a table"),
            ("[backup]", "backup.to: found nothing"),
            ("[backup]\nto = \"b\"\nkeep = 1", "backup.keep: found 1: a whole number from 2 to 1000"),
            ("[backup]\nto = \"b\"\nevery_h = \"x\"", "backup.every_h: found \"x\""),
            ("[backup]\nto = \"b\"\nencrypt_to = \"age1x\"", "backup.encrypt_to: found \"age1x\": no public key"),
            (
                "[backup]\nto = \"b\"\nencrypt = 1",
                "backup.encrypt: found 1: there is no such key; did you mean `encrypt_to`?",
            ),
        ] {
            let found: String = check(text).unwrap_err().iter().map(|p| format!("{p}\n")).collect();
            assert!(found.contains(expected), "{expected:?} is not in {found}");
        }
    }
}
