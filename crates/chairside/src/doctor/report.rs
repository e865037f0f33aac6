//! Findings and how they stand on a terminal of 80 columns.

use crate::words::wrapped;
use std::fmt;

/// How good a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In order.
    Fine,
    /// Not looked at, and why.
    Skipped,
    /// Works, but somebody should look at it.
    Look,
    /// Does not work, or is not safe.
    Wrong,
}

impl Mark {
    const fn lead(self) -> &'static str {
        match self {
            Self::Fine => "  ok     ",
            Self::Skipped => "  -      ",
            Self::Look => "  look   ",
            Self::Wrong => "  WRONG  ",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How good it is.
    pub mark: Mark,
    /// What was found.
    pub text: String,
    /// What to do next, where something is to be done.
    pub todo: Option<String>,
}

impl Finding {
    /// In order.
    pub fn fine(text: impl Into<String>) -> Self {
        Self { mark: Mark::Fine, text: text.into(), todo: None }
    }

    /// Not looked at.
    pub fn skipped(text: impl Into<String>) -> Self {
        Self { mark: Mark::Skipped, text: text.into(), todo: None }
    }

    /// To be looked at.
    pub fn look(text: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { mark: Mark::Look, text: text.into(), todo: Some(todo.into()) }
    }

    /// Wrong.
    pub fn wrong(text: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { mark: Mark::Wrong, text: text.into(), todo: Some(todo.into()) }
    }
}

/// Everything found, by section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    sections: Vec<(&'static str, Vec<Finding>)>,
}

impl Report {
    /// Begins a section.
    pub fn section(&mut self, title: &'static str) -> &mut Self {
        self.sections.push((title, Vec::new()));
        self
    }

    /// Adds a finding to the section begun last.
    pub fn push(&mut self, finding: Finding) {
        if let Some((_, findings)) = self.sections.last_mut() {
            findings.push(finding);
        }
    }

    /// Adds several.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    fn count(&self, mark: Mark) -> usize {
        self.sections.iter().flat_map(|(_, findings)| findings).filter(|finding| finding.mark == mark).count()
    }

    /// Nothing is wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.count(Mark::Wrong) == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, findings) in self.sections.iter().filter(|(_, findings)| !findings.is_empty()) {
            writeln!(f, "{title}")?;
            for Finding { mark, text, todo } in findings {
                writeln!(f, "{}", wrapped(mark.lead(), text))?;
                if let Some(todo) = todo {
                    writeln!(f, "{}", wrapped("         Do: ", todo))?;
                }
            }
        }
        let things = |count: usize| if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
        let look = self.count(Mark::Look);
        write!(f, "\n{} wrong, {look} to look at.", things(self.count(Mark::Wrong)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_that_is_not_fine_says_what_to_do_within_80_columns() {
        let mut report = Report::default();
        report.section("Data folder").push(Finding::fine("/data"));
        report.push(Finding::wrong(format!("it is open to others, {}", "which is bad ".repeat(9)), "chmod 700 /data"));
        report.section("Empty");
        report.section("Sources").push(Finding::look("a name that may change", "take another"));
        let text = report.to_string();
        assert!(text.lines().all(|line| line.len() < 80), "{text}");
        assert!(text.contains("\n         Do: chmod 700 /data\n"), "{text}");
        assert!(!text.contains("Empty"), "{text}");
        assert!(text.ends_with("1 thing is wrong, 1 to look at."), "{text}");
        assert!(!report.is_well());
        assert!(Report::default().is_well());
    }
}
