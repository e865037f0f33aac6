//! The monitor's own alarms, relayed as notices and never interpreted: IHE ACM messages (`ORU^R40`) and Philips alert rows.
//! Values in an alarm message are evidence inside its text, never readings.

use super::codes::number;
use super::message::is_null;
use super::row::Row;
use super::text::{Charset, text};
use alloc::string::String;
use chairside_observation::Priority;

/// An alarm being put together from its rows.
#[derive(Debug)]
pub(super) struct Alarm {
    /// What the monitor said, words parted by blanks in the order of the rows.
    pub(super) text: String,
    /// Priority the monitor gave.
    pub(super) priority: Priority,
}

/// What a row of an alarm message means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Facet {
    /// The event itself: begins an alarm.
    Event,
    /// Phase, state, inactivation: words.
    Word,
    /// Priority.
    Priority,
    /// Kind of alarm: physiological, technical, advisory.
    Kind,
    /// Source of the alarm and the value that caused it.
    Source,
}

/// By the row's code. 68164 to 68167 stand where 68480 to 68483 belong in messages of GE Mural.
fn facet(row: &Row<'_>) -> Facet {
    match number(row.code(1)) {
        Some(196_616) => Facet::Event,
        Some(68_480..=68_483 | 68_164..=68_167) => Facet::Word,
        Some(68_484) => Facet::Priority,
        Some(68_485) => Facet::Kind,
        _ => Facet::Source,
    }
}

impl Alarm {
    /// Takes a row of an alarm message. A row that begins the next alarm returns the finished one.
    pub(super) fn take(open: &mut Option<Self>, row: &Row<'_>, charset: Charset) -> Option<Self> {
        let value = row.value();
        let facet = facet(row);
        if facet == Facet::Event {
            let words = shown(row, value, charset);
            return open.replace(Self { text: words, priority: Priority::Advisory });
        }
        let alarm = open.as_mut()?;
        if is_null(value) {
            return None;
        }
        match facet {
            Facet::Priority => {
                alarm.priority = match value {
                    b"PH" => Priority::High,
                    b"PM" => Priority::Medium,
                    b"PL" => Priority::Low,
                    _ => alarm.priority,
                };
            }
            Facet::Kind => {}
            Facet::Source => {
                alarm.add(&text(row.code(2), &row.d, charset));
                alarm.add(&shown(row, value, charset));
            }
            Facet::Event | Facet::Word => alarm.add(&shown(row, value, charset)),
        }
        None
    }

    fn add(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        self.text.push(' ');
        self.text.push_str(words);
    }
}

/// A value as people read it: of a coded one the original text, else the name, else the code; repetitions parted by commas.
fn shown(row: &Row<'_>, value: &[u8], charset: Charset) -> String {
    let d = row.d;
    let mut all = String::new();
    for part in d.repetitions(value) {
        let named = [9, 2, 1].into_iter().map(|n| d.component(part, n)).find(|p| !is_null(p)).unwrap_or(&[]);
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(&text(named, &d, charset));
    }
    all
}
