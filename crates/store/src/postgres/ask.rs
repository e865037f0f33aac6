//! How PostgreSQL is asked: numbered placeholders, no answer that is waited for without end, texts that may hold a zero byte.

use crate::tables::ask::{Arg, Ask, Cells, Readers, nothing};
use crate::tables::rows::Damage;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Row, TypeInfo, ValueRef};
use std::borrow::Cow;
use std::io;
use std::ops::DerefMut;
use std::time::Duration;

/// PostgreSQL cannot keep U+0000 in a text, and what a monitor sent may hold one. It is written as this and `0`, and this
/// character itself as itself and `1`.
const ESCAPE: char = '\u{1a}';

/// A text as the database can keep it.
fn kept(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(ESCAPE, "\u{1a}1").replace('\0', "\u{1a}0"))
}

/// The text that was kept so; `None`: nothing of ours is written like this.
fn given(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(ESCAPE) {
        return Some(Cow::Borrowed(text));
    }
    let mut parts = text.split(ESCAPE);
    let mut whole = parts.next()?.to_owned();
    for part in parts {
        let mut chars = part.chars();
        whole.push(match chars.next()? {
            '0' => '\0',
            '1' => ESCAPE,
            _ => return None,
        });
        whole.push_str(chars.as_str());
    }
    Some(Cow::Owned(whole))
}

/// `?` and `?1` as `$1`. None of our statements has a question mark in a text.
fn numbered(sql: &str) -> String {
    let (mut out, mut highest) = (String::with_capacity(sql.len() + 16), 0_usize);
    let mut parts = sql.split('?');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = part[..digits].parse().unwrap_or(highest + 1);
        highest = highest.max(number);
        out.push('$');
        out.push_str(&number.to_string());
        out.push_str(&part[digits..]);
    }
    out
}

fn arguments(args: Vec<Arg<'_>>) -> Result<PgArguments, sqlx::Error> {
    let mut all = PgArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Int(number) => all.add(number),
            Arg::Text(text) => all.add(text.map(kept)),
            Arg::Bytes(bytes) => all.add(bytes),
            Arg::Raw(bytes) => all.add(&*bytes),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(all)
}

impl Cells for PgRow {
    fn int(&self, column: usize) -> Result<Option<i64>, Damage> {
        let failed = |_| nothing(self, column);
        let raw = self.try_get_raw(column).map_err(failed)?;
        if raw.is_null() {
            return Ok(None);
        }
        let narrow = raw.type_info().name() == "INT4";
        let number =
            if narrow { self.try_get::<i32, _>(column).map(i64::from) } else { self.try_get::<i64, _>(column) };
        number.map(Some).map_err(failed)
    }

    fn text(&self, column: usize) -> Result<Option<Cow<'_, str>>, Damage> {
        let text: Option<&str> = self.try_get(column).map_err(|_| nothing(self, column))?;
        text.map(|text| given(text).ok_or_else(|| nothing(self, column))).transpose()
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Damage> {
        self.try_get(column).map_err(|_| nothing(self, column))
    }

    fn name(&self, column: usize) -> &str {
        self.columns().get(column).map_or("?", |column| column.name())
    }
}

/// A connection, or a transaction of one, of which no answer is waited for longer than this. After an answer that did not come
/// the connection is not to be used again.
pub(crate) struct Timed<C> {
    pub(super) conn: C,
    pub(super) answer: Duration,
}

/// Waits so long and no longer.
pub(super) async fn within<T>(
    answer: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(answer, work).await.unwrap_or_else(|_| {
        let words = format!("the server gave no answer within {} s", answer.as_secs_f32());
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, words)))
    })
}

impl<C: DerefMut<Target = PgConnection> + Send> Ask for Timed<C> {
    type Row = PgRow;
    const BEGIN: &'static str = "BEGIN";
    const AMONG: &'static str = "= ANY (string_to_array(?, ',')::bigint[])";

    async fn rows(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<Vec<PgRow>, sqlx::Error> {
        // Every text is put together from constants; values are parameters only.
        let query = sqlx::query_with(AssertSqlSafe(numbered(sql)), arguments(args)?);
        within(self.answer, query.fetch_all(&mut *self.conn)).await
    }

    async fn run(&mut self, sql: &str, args: Vec<Arg<'_>>) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(numbered(sql)), arguments(args)?);
        Ok(within(self.answer, query.execute(&mut *self.conn)).await?.rows_affected())
    }
}

/// Connections that read.
pub(super) struct Pool {
    pub(super) pool: PgPool,
    pub(super) answer: Duration,
}

impl Readers for Pool {
    type Tx = Timed<sqlx::Transaction<'static, sqlx::Postgres>>;

    async fn begin(&self) -> Result<Self::Tx, sqlx::Error> {
        let begun = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        Ok(Timed { conn: within(self.answer, begun).await?, answer: self.answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back() {
        for text in ["", "a", "\0", "\u{1a}", "\u{1a}0", "\0\u{1a}\u{1a}1\0x", "ä\u{1a}"] {
            let there = kept(text);
            assert!(!there.contains('\0'), "{text:?}");
            assert_eq!(given(&there).as_deref(), Some(text));
        }
        for foreign in ["\u{1a}", "\u{1a}2", "a\u{1a}\u{1a}0"] {
            assert_eq!(given(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn placeholders_are_numbered_as_sqlite_counts_them() {
        let cases = [("a = ? AND b = ?", "a = $1 AND b = $2"), ("?1 ?2 ?1 ?", "$1 $2 $1 $3"), ("none", "none")];
        for (sql, expected) in cases {
            assert_eq!(numbered(sql), expected);
        }
    }
}
