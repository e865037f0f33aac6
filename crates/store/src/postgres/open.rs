//! Opening: which server may be spoken to, one writer, settings that are asked back, migrations.

use super::ask::{Pool, Timed, within};
use crate::StoreError;
use crate::tables::ask::{Ask, cell};
use crate::tables::error;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations-postgres");

/// The oldest version that is tried: 13, the first in which the extension for the claims can be made without a superuser.
const SERVER_VERSION_MIN: i64 = 130_000;
/// The lock that keeps a second writer out of a database ("chairsid" in ASCII).
const WRITER_LOCK: i64 = 0x6368_6169_7273_6964;
/// How long the writer before may take to leave: its connection is closed already, and the server has to notice.
const WRITER_LEAVES_MS: u64 = 5000;
/// Connections for readers.
const READERS_MAX: u32 = 4;
/// Prepared statements kept by a connection: every power of two of each table's rows, and the lookups.
const STATEMENTS_MAX: usize = 256;

/// How long is waited for the server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the answer to one statement.
    pub answer: Duration,
}

impl Default for Patience {
    /// A server in the same house answers in milliseconds; one that is busy with a backup may take seconds.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(15) }
    }
}

/// Where a database is, with what is needed to get in. Shown without the password.
#[derive(Clone)]
pub struct Place {
    options: PgConnectOptions,
    /// The address has the password in it.
    pub has_password: bool,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let socket = self.options.get_socket().map(|path| path.display().to_string());
        let host = socket.unwrap_or_else(|| self.options.get_host().to_owned());
        let database = self.options.get_database().unwrap_or_else(|| self.options.get_username());
        write!(f, "PostgreSQL database {database} at {host}")
    }
}

impl Place {
    /// Reads `postgres://user@host:port/database`, or `postgres:///database?host=/run/postgresql` for a socket. What is not said
    /// comes from the environment (`PGHOST`, `PGUSER`, `PGPASSFILE` ...), as with other programs.
    ///
    /// # Errors
    /// A sentence that repeats nothing of the address.
    pub fn parse(address: &str) -> Result<Self, String> {
        let kind = ["postgres://", "postgresql://"].iter().any(|kind| address.starts_with(kind));
        let options = PgConnectOptions::from_str(address).ok().filter(|_| kind).ok_or(
            "it is no address of a PostgreSQL database, expected postgres://user@host/database or \
             postgres:///database?host=/run/postgresql",
        )?;
        let rest = address.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let has_password = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
            || rest.split(['?', '&']).any(|part| part.starts_with("password="));
        let place = Self { options, has_password };
        if place.is_near() {
            return Ok(place);
        }
        // Nothing of a record crosses a network in the clear (S01).
        Err("the database is on another machine, and this program cannot encrypt the way there; use a socket or a loopback \
             address, with a tunnel (ssh -L, stunnel) to the other machine"
            .to_owned())
    }

    /// Whether the way to the server stays on this machine.
    fn is_near(&self) -> bool {
        let host = self.options.get_host();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        self.options.get_socket().is_some()
            || host.starts_with('/')
            || host.eq_ignore_ascii_case("localhost")
            || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    fn options(&self, patience: Patience) -> PgConnectOptions {
        let answer = patience.answer.as_millis().to_string();
        self.options
            .clone()
            .application_name("chairside")
            .statement_cache_capacity(STATEMENTS_MAX)
            .disable_statement_logging()
            // What nobody waits for any more is not to hold a lock.
            .options([
                ("statement_timeout", answer.clone()),
                ("idle_in_transaction_session_timeout", (patience.answer.as_millis() * 4).to_string()),
                ("lock_timeout", WRITER_LEAVES_MS.to_string()),
                ("tcp_keepalives_idle", "30".to_owned()),
                ("tcp_keepalives_interval", "10".to_owned()),
                ("tcp_keepalives_count", "3".to_owned()),
                ("tcp_user_timeout", "60000".to_owned()),
            ])
    }

    fn unusable(&self, found: impl Into<String>, expected: impl Into<String>) -> StoreError {
        StoreError::Unusable { place: self.to_string(), found: found.into(), expected: expected.into() }
    }
}

/// The one connection that writes.
pub(super) type Writing = Timed<Box<PgConnection>>;

/// Connects, keeps other writers out, and brings the tables up to this version.
pub(super) async fn writer(place: &Place, patience: Patience) -> Result<Writing, StoreError> {
    let options = place.options(patience);
    let connected = within(patience.connect, PgConnection::connect_with(&options)).await;
    let conn = Box::new(connected.map_err(|e| error::write(&e))?);
    let mut conn = Timed { conn, answer: patience.answer };
    settings(&mut conn, place).await?;
    // Held as long as the connection is. Only then is looked at what is there: nobody else writes from here on.
    match conn.run("SELECT pg_advisory_lock(?)", vec![WRITER_LOCK.into()]).await {
        Ok(_) => {}
        Err(e) if error::is_lock_timeout(&e) => {
            return Err(place.unusable("another Chairside that writes it", "one writer; stop the other program"));
        }
        Err(e) => return Err(error::write(&e)),
    }
    migrate(&mut conn.conn, place).await?;
    Ok(conn)
}

async fn settings(conn: &mut Writing, place: &Place) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), \
         current_setting('server_encoding'), current_setting('server_version_num')::bigint";
    let failed = |e: sqlx::Error| error::read(&e);
    let row = conn.row(sql, vec![]).await.map_err(failed)?;
    let row = row.ok_or_else(|| StoreError::Read("the server does not tell its settings".to_owned()))?;
    for (column, name) in ["fsync", "full_page_writes", "synchronous_commit"].into_iter().enumerate() {
        if cell::<String>(&row, column).map_err(failed)? == "off" {
            return Err(
                place.unusable(format!("{name} = off"), format!("{name} = on, so that a commit survives a power cut"))
            );
        }
    }
    let encoding: String = cell(&row, 3).map_err(failed)?;
    if encoding != "UTF8" {
        return Err(place.unusable(format!("the encoding {encoding}"), "a database in UTF8: createdb -E UTF8"));
    }
    let version: i64 = cell(&row, 4).map_err(failed)?;
    if version < SERVER_VERSION_MIN {
        return Err(place.unusable(format!("server version {version}"), "PostgreSQL 13 or newer"));
    }
    Ok(())
}

async fn migrate(conn: &mut PgConnection, place: &Place) -> Result<(), StoreError> {
    MIGRATOR.run_direct(None, conn, false).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) => place.unusable(
            format!("tables of a newer version ({version})"),
            "a log of this or an older version; use the newer program",
        ),
        MigrateError::VersionMismatch(version) => place
            .unusable(format!("migration {version} with another text"), "the migration this program was built with"),
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => error::write(&e),
        other => StoreError::Write(other.to_string()),
    })
}

/// Connections that read.
pub(super) fn readers(place: &Place, patience: Patience) -> Pool {
    let pool = PgPoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(patience.connect)
        .connect_lazy_with(place.options(patience));
    Pool { pool, answer: patience.answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s01_another_machine_is_refused_without_encryption() {
        for near in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1:5433/d",
            "postgres://u@[::1]/d",
            "postgresql:///d?host=/run/postgresql&user=u",
        ] {
            let place = Place::parse(near).unwrap();
            assert!(!place.has_password, "{near}");
        }
        for far in [
            "postgres://u:secret@db.clinic/d",
            "postgres://u:secret@10.0.0.7/d",
            "postgres://u:secret@localhost.evil/d",
        ] {
            let refused = Place::parse(far).unwrap_err();
            assert!(refused.contains("cannot encrypt") && !refused.contains("secret"), "{refused}");
        }
        for other in ["mysql://u:secret@localhost/d", "postgres://u:secret@[::/d", ""] {
            let refused = Place::parse(other).unwrap_err();
            assert!(refused.contains("no address") && !refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn s21_the_password_is_in_nothing_that_is_shown() {
        for address in ["postgres://u:secret@localhost/d", "postgres:///d?host=/run&user=u&password=secret"] {
            let place = Place::parse(address).unwrap();
            assert!(place.has_password, "{address}");
            assert!(!format!("{place} {place:?}").contains("secret"));
        }
    }
}
