//! Text for terminals.

/// Columns of a terminal that everybody has.
const COLUMNS: usize = 79;

/// `text` behind `lead`, broken at blanks; further lines stand below the first word.
#[must_use]
pub fn wrapped(lead: &str, text: &str) -> String {
    let indent = " ".repeat(lead.chars().count());
    let (mut all, mut line) = (String::new(), lead.to_owned());
    let mut empty = true;
    for word in text.split_whitespace() {
        let wide = line.chars().count() + usize::from(!empty) + word.chars().count() > COLUMNS;
        if wide && !empty {
            all.push_str(line.trim_end());
            all.push('\n');
            (line, empty) = (indent.clone(), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    all.push_str(line.trim_end());
    all
}

/// `1 frame`, `2 frames`.
#[must_use]
pub fn count(count: impl TryInto<u64>, what: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_the_eightieth_column_and_start_below_the_first_word() {
        let text = wrapped("  Do: ", &"word ".repeat(30));
        for (at, line) in text.lines().enumerate() {
            assert!(line.len() < 80, "{line}");
            assert!(line.starts_with(if at == 0 { "  Do: word" } else { "      word" }), "{line}");
        }
        assert_eq!(text.split_whitespace().count(), 31, "nothing is lost");
        let long = "x".repeat(100);
        assert_eq!(wrapped("- ", &format!("a {long} b")), format!("- a\n  {long}\n  b"));
        assert_eq!(wrapped("- ", ""), "-");
        assert_eq!([count(0_u64, "frame"), count(1_usize, "frame")], ["0 frames", "1 frame"]);
    }
}
