//! How the tables are asked, whichever database keeps them.
//!
//! Statements are written once, with `?` and `?1` for their values; a database that numbers them otherwise puts its own there.

use crate::StoreError;
use crate::seal::SealedBlock;
use crate::sqlite::page;
use crate::tables::rows::{Damage, Stored};
use crate::tables::words::Words;
use chairside_observation::Timeline;
use sqlx::{AssertSqlSafe, Column, Row, Sqlite, SqliteConnection};
use std::borrow::Cow;
use std::sync::Arc;

/// A value of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Arg<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
    /// Bytes that are kept elsewhere, too, and not copied.
    Raw(Arc<[u8]>),
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Arg<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Arg<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Some(bytes))
    }
}

/// One row of an answer.
pub(crate) trait Cells {
    /// A whole number; `None`: NULL.
    fn int(&self, column: usize) -> Result<Option<i64>, Damage>;
    /// A text, as it was handed to the log.
    fn text(&self, column: usize) -> Result<Option<Cow<'_, str>>, Damage>;
    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Damage>;
    fn name(&self, column: usize) -> &str;
}

/// What a cell can be read as.
pub(crate) trait Cell<'r>: Sized {
    fn of(row: &'r impl Cells, column: usize) -> Result<Option<Self>, Damage>;
}

impl Cell<'_> for i64 {
    fn of(row: &impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        row.int(column)
    }
}

impl<'r> Cell<'r> for Cow<'r, str> {
    fn of(row: &'r impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        row.text(column)
    }
}

impl Cell<'_> for Box<str> {
    fn of(row: &impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        Ok(row.text(column)?.map(|text| text.into_owned().into()))
    }
}

impl Cell<'_> for String {
    fn of(row: &impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        Ok(row.text(column)?.map(Cow::into_owned))
    }
}

impl<'r> Cell<'r> for &'r [u8] {
    fn of(row: &'r impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        row.bytes(column)
    }
}

impl Cell<'_> for Vec<u8> {
    fn of(row: &impl Cells, column: usize) -> Result<Option<Self>, Damage> {
        Ok(row.bytes(column)?.map(<[u8]>::to_vec))
    }
}

/// A cell that may be NULL.
pub(crate) fn optional<'r, T: Cell<'r>>(row: &'r impl Cells, column: usize) -> Result<Option<T>, Damage> {
    T::of(row, column)
}

/// A cell with something in it.
pub(crate) fn get<'r, T: Cell<'r>>(row: &'r impl Cells, column: usize) -> Result<T, Damage> {
    T::of(row, column)?.ok_or_else(|| nothing(row, column))
}

/// The same for callers that pass on what the database said.
pub(crate) fn cell<'r, T: Cell<'r>>(row: &'r impl Cells, column: usize) -> Result<T, sqlx::Error> {
    get(row, column).map_err(damaged)
}

/// A cell that may be NULL, for callers that pass on what the database said.
pub(crate) fn maybe<'r, T: Cell<'r>>(row: &'r impl Cells, column: usize) -> Result<Option<T>, sqlx::Error> {
    optional(row, column).map_err(damaged)
}

/// Damage as an error of the database.
pub(crate) fn damaged(damage: Damage) -> sqlx::Error {
    sqlx::Error::Decode(damage.into())
}

pub(crate) fn nothing(row: &impl Cells, column: usize) -> Damage {
    format!("{}: nothing there, or not of its kind", row.name(column))
}

/// A connection, or a transaction of one.
pub(crate) trait Ask: Send {
    type Row: Cells + Send + Sync;
    /// How a transaction that writes begins.
    const BEGIN: &'static str;
    /// What follows a column to say that it is one of the numbers in a text, parted by commas, that is bound next.
    const AMONG: &'static str;

    /// Asks, and gives all rows.
    fn rows(
        &mut self,
        sql: &str,
        args: Vec<Arg<'_>>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// Changes, and gives how many rows.
    fn run(&mut self, sql: &str, args: Vec<Arg<'_>>) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// The first row.
    fn row(
        &mut self,
        sql: &str,
        args: Vec<Arg<'_>>,
    ) -> impl Future<Output = Result<Option<Self::Row>, sqlx::Error>> + Send {
        async { Ok(self.rows(sql, args).await?.into_iter().next()) }
    }

    /// The number in the first cell; `None`: there is no row, or NULL.
    fn number(
        &mut self,
        sql: &str,
        args: Vec<Arg<'_>>,
    ) -> impl Future<Output = Result<Option<i64>, sqlx::Error>> + Send {
        async { self.row(sql, args).await?.map_or(Ok(None), |row| maybe(&row, 0)) }
    }

    /// Many readings at once: of a timeline's number, above a sequence, at most so many. `None`: this database has no quicker
    /// way than their rows.
    fn page(
        &mut self,
        _words: &Words,
        _timeline: &Timeline,
        _place: (i64, i64, i64),
    ) -> impl Future<Output = Option<Result<Vec<Stored>, StoreError>>> + Send {
        async { None }
    }

    /// The same of blocks: of a timeline's number, from a block on, those that begin at or before an entry.
    fn blocks(
        &mut self,
        _place: (i64, i64, i64),
    ) -> impl Future<Output = Option<Result<Vec<SealedBlock>, StoreError>>> + Send {
        async { None }
    }
}

/// Numbers for [`Ask::AMONG`].
pub(crate) fn list<'a>(numbers: impl IntoIterator<Item = &'a i64>) -> String {
    numbers.into_iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

/// A pool of readers: each transaction sees one state of the log.
pub(crate) trait Readers: Sync {
    type Tx: Ask;
    fn begin(&self) -> impl Future<Output = Result<Self::Tx, sqlx::Error>> + Send;
}

impl Cells for sqlx::sqlite::SqliteRow {
    fn int(&self, column: usize) -> Result<Option<i64>, Damage> {
        // SQLite reads NULL as 0 when it is asked for a number, so it is never asked like that.
        self.try_get(column).map_err(|_| nothing(self, column))
    }

    fn text(&self, column: usize) -> Result<Option<Cow<'_, str>>, Damage> {
        let text: Option<&str> = self.try_get(column).map_err(|_| nothing(self, column))?;
        Ok(text.map(Cow::Borrowed))
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Damage> {
        self.try_get(column).map_err(|_| nothing(self, column))
    }

    fn name(&self, column: usize) -> &str {
        self.columns().get(column).map_or("?", |column| column.name())
    }
}

fn sqlite_args(args: Vec<Arg<'_>>) -> Result<sqlx::sqlite::SqliteArguments, sqlx::Error> {
    use sqlx::Arguments;
    let mut all = sqlx::sqlite::SqliteArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Int(number) => all.add(number),
            Arg::Text(text) => all.add(text),
            Arg::Bytes(bytes) => all.add(bytes),
            Arg::Raw(bytes) => all.add(bytes),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(all)
}

impl Ask for SqliteConnection {
    type Row = sqlx::sqlite::SqliteRow;
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const AMONG: &'static str = "IN (SELECT value FROM json_each('[' || ? || ']'))";

    async fn rows(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<Vec<Self::Row>, sqlx::Error> {
        // Every text is put together from constants; values are parameters only.
        sqlx::query_with(AssertSqlSafe(sql), sqlite_args(args)?).fetch_all(self).await
    }

    async fn run(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<u64, sqlx::Error> {
        let done = sqlx::query_with(AssertSqlSafe(sql), sqlite_args(args)?).execute(self).await?;
        Ok(done.rows_affected())
    }

    async fn page(
        &mut self,
        words: &Words,
        timeline: &Timeline,
        place: (i64, i64, i64),
    ) -> Option<Result<Vec<Stored>, StoreError>> {
        Some(page::readings(self, words, timeline, place).await)
    }

    async fn blocks(&mut self, place: (i64, i64, i64)) -> Option<Result<Vec<SealedBlock>, StoreError>> {
        Some(page::blocks(self, place).await)
    }
}

impl Ask for sqlx::Transaction<'_, Sqlite> {
    type Row = sqlx::sqlite::SqliteRow;
    const BEGIN: &'static str = SqliteConnection::BEGIN;
    const AMONG: &'static str = SqliteConnection::AMONG;

    async fn rows(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<Vec<Self::Row>, sqlx::Error> {
        SqliteConnection::rows(self, sql, args).await
    }

    async fn run(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<u64, sqlx::Error> {
        SqliteConnection::run(self, sql, args).await
    }

    async fn page(
        &mut self,
        words: &Words,
        timeline: &Timeline,
        place: (i64, i64, i64),
    ) -> Option<Result<Vec<Stored>, StoreError>> {
        SqliteConnection::page(self, words, timeline, place).await
    }

    async fn blocks(&mut self, place: (i64, i64, i64)) -> Option<Result<Vec<SealedBlock>, StoreError>> {
        SqliteConnection::blocks(self, place).await
    }
}

impl Readers for sqlx::SqlitePool {
    type Tx = sqlx::Transaction<'static, Sqlite>;

    async fn begin(&self) -> Result<Self::Tx, sqlx::Error> {
        sqlx::Pool::begin(self).await
    }
}
