//! The interval table.

use super::{kept, packed, whole};
use crate::App;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use chairside_export::table::{self, Cell};
use chairside_observation::{Amount, Decimal};
use chairside_wire::{SessionTable, TableRow};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Every {
    #[serde(default = "five")]
    every: u32,
}

const fn five() -> u32 {
    5
}

/// `GET /api/sessions/{id}/table?every=5`.
pub(crate) async fn table(
    State(app): State<App>,
    Path(id): Path<String>,
    every: Result<Query<Every>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    let Query(Every { every }) = every.map_err(|_| Refused::BadEvery)?;
    if !table::MINUTES.contains(&every) {
        return Err(Refused::BadEvery);
    }
    let found = kept(&app, &id).await?;
    let record = whole(&app, &found.chair, &found.session).await?;
    let made = tokio::task::spawn_blocking(move || {
        let row = |row: &table::Row| TableRow {
            at_us: row.wall.0,
            since_start_s: record.start().map(|_| row.since_start.0.div_euclid(1_000_000)),
            cells: row.cells.iter().map(cell).collect(),
        };
        let rows = table::of(&record, every).iter().map(row).collect();
        let columns = table::COLUMNS.iter().map(|vital| vital.word().to_owned()).collect();
        packed(&headers, &SessionTable { every, columns, rows })
    });
    made.await.map_err(|_| Refused::Internal)?
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Gap => String::new(),
        Cell::Absent(reason) => (*reason).to_owned(),
        Cell::Median(value) => value.to_string(),
        Cell::Last(amount) => shown(*amount),
    }
}

/// Digits as on a screen: `97`, `131/84 (99)`; a part that was not sent is `-`.
pub(crate) fn shown(amount: Amount) -> String {
    let part = |digits: Option<Decimal>| digits.map_or_else(|| "-".to_owned(), |digits| digits.to_string());
    match amount {
        Amount::One(digits) => digits.to_string(),
        Amount::Pressure { systolic, diastolic, mean: None } => format!("{}/{}", part(systolic), part(diastolic)),
        Amount::Pressure { systolic, diastolic, mean } => {
            format!("{}/{} ({})", part(systolic), part(diastolic), part(mean))
        }
    }
}
