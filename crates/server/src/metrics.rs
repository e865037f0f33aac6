//! Figures in the text form of Prometheus (version 0.0.4).

use std::fmt::Write;

/// A counter or gauge. It has no labels: a label with a name of a chair, a bed or a source would lead to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    value: f64,
}

impl Figure {
    /// Something that goes up and down. `name` has its unit last; `help` is one line.
    #[must_use]
    pub fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { name, help, kind: "gauge", value }
    }

    /// Something that only grows while the program runs. The name ends in `_total`.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts stay below 2^53 for longer than a program runs")]
    pub fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        Self { name, help, kind: "counter", value: value as f64 }
    }
}

/// All figures as one text.
pub(crate) fn text(figures: &[Figure]) -> String {
    let mut text = String::new();
    for Figure { name, help, kind, value } in figures {
        // Writing to a String cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let figures = [
            Figure::gauge("chairside_disk_free_bytes", "Free.", 1.5e12),
            Figure::counter("chairside_readings_total", "Readings.", 9_007_199_254_740_992),
            Figure::gauge("chairside_flush_seconds", "Flush.", 0.000_25),
        ];
        assert_eq!(
            text(&figures),
            "# HELP chairside_disk_free_bytes Free.\n# TYPE chairside_disk_free_bytes gauge\nchairside_disk_free_bytes 1500000000000\n\
             # HELP chairside_readings_total Readings.\n# TYPE chairside_readings_total counter\nchairside_readings_total 9007199254740992\n\
             # HELP chairside_flush_seconds Flush.\n# TYPE chairside_flush_seconds gauge\nchairside_flush_seconds 0.00025\n"
        );
    }
}
