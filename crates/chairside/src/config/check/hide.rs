//! What a message may repeat of a configuration: a password typed into the wrong place would stand in the terminal and in
//! the journal of the system.

/// What stands for a hidden character.
const HIDDEN: char = '*';

/// A line that is no TOML: its key and its signs, and nothing of its value.
pub(super) fn line(line: &str) -> String {
    let line = line.trim();
    let (key, value) = match line.split_once('=') {
        Some((key, value)) if is_key(key) => (format!("{key}="), value),
        // The head of a table names no secret.
        None if line.starts_with('[') && is_key(line.trim_matches(['[', ']'])) => return line.to_owned(),
        // Part of a value of several lines, or nothing that has a key.
        _ => (String::new(), line),
    };
    key + &value.chars().map(sign).collect::<String>()
}

fn is_key(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c))
}

/// The signs a mistake is usually about stay.
fn sign(c: char) -> char {
    if c.is_whitespace() || "\"'[]{},=#".contains(c) { c } else { HIDDEN }
}

/// A value as it may be repeated: before the `@` of an address stand a name and a password, and under a key of this kind
/// stands a secret.
pub(super) fn value(key: &str, value: String) -> String {
    let key = key.to_ascii_lowercase();
    if ["password", "passwd", "secret", "token"].iter().any(|word| key.contains(word)) {
        return "a value that is not repeated here".to_owned();
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(begin), Some(end)) if begin + 3 < end => format!("{}...{}", &value[..begin + 3], &value[end..]),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;

    #[test]
    fn s22_a_line_that_is_no_toml_keeps_its_key_and_its_signs() {
        for (text, shown) in [
            ("database = \"postgres://u:pw@h", "database = \"*****************"),
            ("listen = 127.0.0.1", "listen = *********"),
            ("chair = [\"a\", b]", "chair = [\"*\", *]"),
            ("u:hunter2=x@h", "*********=***"),
            ("hunter2", "*******"),
            ("[[chair]", "[[chair]"),
            ("[\"hunter2\"", "[\"*******\""),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn s22_no_message_repeats_a_password_wherever_it_was_typed() {
        for text in [
            "database = \"postgres://u:hunter2@localhost/d",
            "database = postgres://u:hunter2@localhost/d",
            "database = \"\"\"\npostgres://u:hunter2@localhost/d\n",
            "database = \"postgres://u:hunter2@localhost/d\" hunter2",
            "databse = \"postgres://u:hunter2@localhost/d\"",
            "database = \"postgres://u:hunter2@localhost/d\"",
            "database = \"mysql://u:hunter2@localhost/d\"",
            "database = [\"postgres://u:hunter2@localhost/d\"]",
            "database_password = \"hunter2\"",
            "listen = \"postgres://u:hunter2@localhost/d\"",
            "[ehr]\nconnect = \"tcp://u:hunter2@ehr\"",
            "[ehr]\npassword = \"hunter2\"",
            "hunter2",
            "\"hunter2",
        ] {
            let problems = check(text).map(|_| ()).unwrap_err();
            let told = problems.iter().map(|problem| format!("{problem} {problem:?}")).collect::<String>();
            assert!(!told.contains("hunter2"), "{text} is told as {told}");
        }
    }
}
