//! What is said again and again is stored once and has a small number: sources, patients' contexts, sets of flags,
//! channels.

use crate::StoreError;
use crate::canonical::flags_of;
use crate::sqlite::error;
use chairside_observation::{Context, Flags, SourceId};
use sqlx::{Row, SqliteConnection};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Names of one kind kept in memory. Beyond it the memory (not the table) is emptied: a sender that makes up names
/// without end costs rows, not the program's life, and a name that comes again gets a second row.
const KEPT_MAX: usize = 16_384;

/// One kind of name with the numbers it has in its table.
pub(super) struct Numbered<K> {
    ids: HashMap<K, i64>,
    next: i64,
    /// Not in the table yet.
    pub(super) fresh: Vec<(i64, K)>,
    /// Those used since somebody asked.
    watched: Option<HashSet<i64>>,
}

impl<K: Clone + Eq + Hash> Numbered<K> {
    fn new(rows: Vec<(i64, K)>, next: i64) -> Self {
        Self { ids: rows.into_iter().map(|(id, key)| (key, id)).collect(), next, fresh: Vec::new(), watched: None }
    }

    /// The number of `key`, a new one when it has none.
    pub(super) fn id(&mut self, key: &K) -> i64 {
        if let Some(id) = self.ids.get(key) {
            if let Some(watched) = &mut self.watched {
                watched.insert(*id);
            }
            return *id;
        }
        if self.ids.len() >= KEPT_MAX && self.fresh.is_empty() {
            self.ids.clear();
        }
        let id = self.next;
        self.next += 1;
        self.ids.insert(key.clone(), id);
        self.fresh.push((id, key.clone()));
        if let Some(watched) = &mut self.watched {
            watched.insert(id);
        }
        id
    }

    /// From now on, notes which are used.
    pub(super) fn watch(&mut self) {
        self.watched = Some(HashSet::new());
    }

    /// Those used since they are noted; `None`: they are not, or not any more.
    pub(super) fn watched(&mut self) -> Option<HashSet<i64>> {
        self.watched.take()
    }

    /// Forgets what did not get into the table.
    fn undo(&mut self) {
        for (id, key) in self.fresh.drain(..) {
            self.ids.remove(&key);
            self.next = self.next.min(id);
        }
    }
}

/// Everything that belongs to a series of readings and rarely changes. Numbers are those of the other tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Channel {
    pub(super) source: i64,
    pub(super) vital: i64,
    pub(super) unit: i64,
    pub(super) origin: Option<i64>,
    pub(super) site: Option<Box<str>>,
    pub(super) identity: Option<i64>,
    pub(super) synthetic: bool,
}

/// All names with their numbers.
pub(super) struct Names {
    pub(super) sources: Numbered<SourceId>,
    pub(super) boots: Numbered<Box<str>>,
    pub(super) identities: Numbered<Context>,
    pub(super) flags: Numbered<Flags>,
    pub(super) channels: Numbered<Channel>,
}

impl Names {
    /// Reads the newest of each table.
    pub(super) async fn load(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let text = |row: &sqlx::sqlite::SqliteRow, i: usize| row.try_get::<Option<Box<str>>, _>(i);
        Ok(Self {
            sources: table(conn, "SELECT id, name FROM source", |r| Ok(SourceId::from(r.try_get::<&str, _>(1)?)))
                .await?,
            boots: table(conn, "SELECT id, name FROM boot", |r| r.try_get::<Box<str>, _>(1)).await?,
            identities: table(conn, "SELECT id, bed, unit, patient, name, device FROM identity", |r| {
                let (bed, unit, patient) = (text(r, 1)?, text(r, 2)?, text(r, 3)?);
                Ok(Context { bed, unit, patient, name: text(r, 4)?, device: text(r, 5)? })
            })
            .await?,
            flags: table(conn, "SELECT id, known, others FROM flags", |r| {
                flags_of(r.try_get(1)?, r.try_get(2)?).ok_or_else(|| sqlx::Error::Decode("flags".into()))
            })
            .await?,
            channels: table(
                conn,
                "SELECT id, source, vital, unit, origin, site, identity, synthetic FROM channel",
                |r| {
                    Ok(Channel {
                        source: r.try_get(1)?,
                        vital: r.try_get(2)?,
                        unit: r.try_get(3)?,
                        origin: r.try_get(4)?,
                        site: r.try_get(5)?,
                        identity: r.try_get(6)?,
                        synthetic: r.try_get(7)?,
                    })
                },
            )
            .await?,
        })
    }

    /// Whether a commit has to write names, too.
    pub(super) fn has_fresh(&self) -> bool {
        !(self.sources.fresh.is_empty()
            && self.boots.fresh.is_empty()
            && self.identities.fresh.is_empty()
            && self.flags.fresh.is_empty()
            && self.channels.fresh.is_empty())
    }

    /// The new names are in their tables.
    pub(super) fn stored(&mut self) {
        self.sources.fresh.clear();
        self.boots.fresh.clear();
        self.identities.fresh.clear();
        self.flags.fresh.clear();
        self.channels.fresh.clear();
    }

    /// The transaction was rolled back.
    pub(super) fn undo(&mut self) {
        self.sources.undo();
        self.boots.undo();
        self.identities.undo();
        self.flags.undo();
        self.channels.undo();
    }

    /// Writes the new names, inside the caller's transaction.
    pub(super) async fn write(&self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        for (id, name) in &self.sources.fresh {
            sqlx::query("INSERT INTO source VALUES (?, ?)").bind(id).bind(name.as_str()).execute(&mut *conn).await?;
        }
        for (id, name) in &self.boots.fresh {
            sqlx::query("INSERT INTO boot VALUES (?, ?)").bind(id).bind(&**name).execute(&mut *conn).await?;
        }
        for (id, c) in &self.identities.fresh {
            sqlx::query("INSERT INTO identity VALUES (?, ?, ?, ?, ?, ?)")
                .bind(id)
                .bind(c.bed.as_deref())
                .bind(c.unit.as_deref())
                .bind(c.patient.as_deref())
                .bind(c.name.as_deref())
                .bind(c.device.as_deref())
                .execute(&mut *conn)
                .await?;
        }
        for (id, flags) in &self.flags.fresh {
            sqlx::query("INSERT INTO flags VALUES (?, ?, ?)")
                .bind(id)
                .bind(crate::canonical::known_text(flags))
                .bind(flags.others())
                .execute(&mut *conn)
                .await?;
        }
        for (id, c) in &self.channels.fresh {
            sqlx::query("INSERT INTO channel VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(id)
                .bind(c.source)
                .bind(c.vital)
                .bind(c.unit)
                .bind(c.origin)
                .bind(c.site.as_deref())
                .bind(c.identity)
                .bind(c.synthetic)
                .execute(&mut *conn)
                .await?;
        }
        Ok(())
    }
}

async fn table<K: Clone + Eq + Hash>(
    conn: &mut SqliteConnection,
    select: &str,
    key: impl Fn(&sqlx::sqlite::SqliteRow) -> Result<K, sqlx::Error>,
) -> Result<Numbered<K>, sqlx::Error> {
    let sql = format!("{select} ORDER BY id DESC LIMIT {KEPT_MAX}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?;
    let next = rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>(0))? + 1;
    // A damaged row is not used again; what refers to it is a finding of `verify`, not a reason to stop recording.
    let pairs = rows.iter().filter_map(|row| Some((row.try_get(0).ok()?, key(row).ok()?)));
    Ok(Numbered::new(pairs.collect(), next))
}

/// A name as the log is opened.
pub(super) async fn load(conn: &mut SqliteConnection) -> Result<Names, StoreError> {
    Names::load(conn).await.map_err(|e| error::read(&e))
}
