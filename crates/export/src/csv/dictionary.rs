//! What each column of the other tables means.

/// Table, column, meaning, unit or form.
pub(super) const COLUMNS: [[&str; 4]; 35] = [
    ["samples", "seq", "entry of the chair's timeline in the session log: the way back to the raw bytes", "integer"],
    ["samples", "measured_at", "when it was measured, as far as known; else when it arrived", "ISO 8601 with offset"],
    ["samples", "received_at", "when it reached the server", "ISO 8601 with offset"],
    ["samples", "since_start", "measured since T+0, the first start of the infusion; negative before it", "h:mm:ss"],
    ["samples", "source", "source of the configuration that heard it; empty for a typed value", "text"],
    ["samples", "typed_by", "who typed it; empty for a monitor's value", "text"],
    ["samples", "vital", "which vital", "word"],
    ["samples", "origin", "signal it was taken from", "word"],
    ["samples", "site", "body site or channel, where there are several", "text as sent"],
    ["samples", "value", "digits as sent; empty when absent", "see unit"],
    ["samples", "systolic", "digits as sent", "see unit"],
    ["samples", "diastolic", "digits as sent", "see unit"],
    ["samples", "mean", "digits as sent", "see unit"],
    ["samples", "unit", "unit as sent", "UCUM"],
    ["samples", "state", "valid, questionable or absent, as the monitor says", "word"],
    ["samples", "reason", "why it is questionable or absent", "word"],
    ["samples", "flags", "the monitor's alarm and quality words", "words"],
    ["samples", "left_out", "why no summary counts it; empty for one that counts", "word"],
    ["events", "seq", "entry of the chair's timeline in the session log", "integer"],
    ["events", "at", "when it was", "ISO 8601 with offset"],
    ["events", "recorded_at", "when it reached the server", "ISO 8601 with offset"],
    ["events", "since_start", "since T+0", "h:mm:ss"],
    ["events", "late", "late: a person set the time back", "word"],
    ["events", "by", "who did it, or the source that said it", "text"],
    ["events", "role", "what the person is in the clinic", "word"],
    ["events", "kind", "what kind of event", "word"],
    ["events", "what", "as typed or as sent; nothing computes with it", "text"],
    ["events", "score", "on the scale of its kind", "integer"],
    ["events", "undone_by", "the entry that undid it; empty while it counts", "integer"],
    ["summary", "figure", "what it is", "words"],
    ["summary", "value", "the figure", "see unit"],
    ["summary", "unit", "its unit", "UCUM or scale"],
    ["summary", "at", "when it was", "ISO 8601 with offset"],
    ["summary", "since_start", "since T+0", "h:mm:ss"],
    ["summary", "definition", "how it is computed", "text"],
];

pub(super) fn table() -> Vec<u8> {
    let rows = COLUMNS.iter().map(|column| column.map(str::to_owned));
    super::table(["table", "column", "meaning", "form"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_table_is_explained_in_its_order() {
        for (table, heading) in [
            ("samples", super::super::samples::HEADING.as_slice()),
            ("events", super::super::events::HEADING.as_slice()),
            ("summary", super::super::summary::HEADING.as_slice()),
        ] {
            let explained: Vec<&str> = COLUMNS.iter().filter(|c| c[0] == table).map(|c| c[1]).collect();
            assert_eq!(explained, heading, "{table}");
        }
    }
}
