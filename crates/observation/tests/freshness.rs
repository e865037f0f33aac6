//! The rules of `freshness.rs` against the table the browser client is held to as well.

use chairside_observation::{CuffState, Freshness, Micros, cuff_state, freshness};

const TABLE: &str = include_str!("../../../fixtures/freshness.json");

/// One row of the table: age, expected interval, state.
type Row = (Micros, Micros, &'static str);

/// The rows of one list. The file keeps one row to a line, so no JSON library is needed to read it; a row in any other
/// shape fails the test instead of being left out.
fn rows(list: &str) -> Vec<Row> {
    let start = TABLE.find(&format!("\"{list}\": [")).expect("the table has this list");
    let body = &TABLE[start..];
    let end = body.find(']').expect("the list ends");
    body[..end].lines().skip(1).filter(|line| !line.trim().is_empty()).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let field = |name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\": ")).unwrap_or_else(|| panic!("no {name} in {line}"));
        rest.split([',', '}']).next().unwrap_or_default().trim()
    };
    let micros = |name: &str| Micros(field(name).parse().unwrap_or_else(|e| panic!("{name} in {line}: {e}")));
    (micros("ageUs"), micros("everyUs"), field("state").trim_matches('"'))
}

#[test]
fn h03_continuous_values_age_by_the_shared_table() {
    let rows = rows("continuous");
    assert!(rows.len() >= 80, "only {} rows were read", rows.len());
    for (age, every, state) in rows {
        let said = match freshness(age, every) {
            Freshness::Live => "live",
            Freshness::Delayed => "delayed",
            Freshness::Lost => "lost",
        };
        assert_eq!(said, state, "age {} us, every {} us", age.0, every.0);
    }
}

#[test]
fn h03_cuff_readings_age_by_the_shared_table() {
    let rows = rows("cuff");
    assert!(rows.len() >= 40, "only {} rows were read", rows.len());
    for (age, every, state) in rows {
        let said = match cuff_state(age, every) {
            CuffState::Current => "current",
            CuffState::Old => "old",
            CuffState::Lost => "lost",
        };
        assert_eq!(said, state, "age {} us, every {} us", age.0, every.0);
    }
}
