//! What is said again and again is stored once and has a small number: sources, patients' contexts, sets of flags,
//! channels.

use crate::StoreError;
use crate::canonical::flags_of;
use crate::tables::ask::{Arg, Ask, cell, maybe};
use crate::tables::error;
use chairside_observation::{Context, Flags, SourceId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Names of one kind kept in memory. Beyond it the memory (not the table) is emptied: a sender that makes up names
/// without end costs rows, not the program's life, and a name that comes again gets a second row.
const KEPT_MAX: usize = 16_384;

/// One kind of name with the numbers it has in its table.
pub(crate) struct Numbered<K> {
    ids: HashMap<K, i64>,
    next: i64,
    /// Not in the table yet.
    pub(crate) fresh: Vec<(i64, K)>,
    /// Those used since somebody asked.
    watched: Option<HashSet<i64>>,
}

impl<K: Clone + Eq + Hash> Numbered<K> {
    fn new(rows: Vec<(i64, K)>, next: i64) -> Self {
        Self { ids: rows.into_iter().map(|(id, key)| (key, id)).collect(), next, fresh: Vec::new(), watched: None }
    }

    /// The number of `key`, a new one when it has none.
    pub(crate) fn id(&mut self, key: &K) -> i64 {
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
    pub(crate) fn watch(&mut self) {
        self.watched = Some(HashSet::new());
    }

    /// Those used since they are noted; `None`: they are not, or not any more.
    pub(crate) fn watched(&mut self) -> Option<HashSet<i64>> {
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
pub(crate) struct Channel {
    pub(crate) source: i64,
    pub(crate) vital: i64,
    pub(crate) unit: i64,
    pub(crate) origin: Option<i64>,
    pub(crate) site: Option<Box<str>>,
    pub(crate) identity: Option<i64>,
    pub(crate) synthetic: bool,
}

/// All names with their numbers.
pub(crate) struct Names {
    pub(crate) sources: Numbered<SourceId>,
    pub(crate) boots: Numbered<Box<str>>,
    pub(crate) identities: Numbered<Context>,
    pub(crate) flags: Numbered<Flags>,
    pub(crate) channels: Numbered<Channel>,
}

impl Names {
    /// Reads the newest of each table.
    pub(crate) async fn load(conn: &mut impl Ask) -> Result<Self, sqlx::Error> {
        Ok(Self {
            sources: table(conn, "SELECT id, name FROM source", |r| Ok(SourceId::from(&*cell::<Box<str>>(r, 1)?)))
                .await?,
            boots: table(conn, "SELECT id, name FROM boot", |r| cell(r, 1)).await?,
            identities: table(conn, "SELECT id, bed, unit, patient, name, device FROM identity", |r| {
                let (bed, unit, patient) = (maybe(r, 1)?, maybe(r, 2)?, maybe(r, 3)?);
                Ok(Context { bed, unit, patient, name: maybe(r, 4)?, device: maybe(r, 5)? })
            })
            .await?,
            flags: table(conn, "SELECT id, known, others FROM flags", |r| {
                let (known, others): (Box<str>, Option<Box<str>>) = (cell(r, 1)?, maybe(r, 2)?);
                flags_of(&known, others.as_deref()).ok_or_else(|| sqlx::Error::Decode("flags".into()))
            })
            .await?,
            channels: table(
                conn,
                "SELECT id, source, vital, unit, origin, site, identity, synthetic FROM channel",
                |r| {
                    Ok(Channel {
                        source: cell(r, 1)?,
                        vital: cell(r, 2)?,
                        unit: cell(r, 3)?,
                        origin: maybe(r, 4)?,
                        site: maybe(r, 5)?,
                        identity: maybe(r, 6)?,
                        synthetic: cell::<i64>(r, 7)? != 0,
                    })
                },
            )
            .await?,
        })
    }

    /// Whether a commit has to write names, too.
    pub(crate) fn has_fresh(&self) -> bool {
        !(self.sources.fresh.is_empty()
            && self.boots.fresh.is_empty()
            && self.identities.fresh.is_empty()
            && self.flags.fresh.is_empty()
            && self.channels.fresh.is_empty())
    }

    /// The new names are in their tables.
    pub(crate) fn stored(&mut self) {
        self.sources.fresh.clear();
        self.boots.fresh.clear();
        self.identities.fresh.clear();
        self.flags.fresh.clear();
        self.channels.fresh.clear();
    }

    /// The transaction was rolled back.
    pub(crate) fn undo(&mut self) {
        self.sources.undo();
        self.boots.undo();
        self.identities.undo();
        self.flags.undo();
        self.channels.undo();
    }

    /// Writes the new names, inside the caller's transaction.
    pub(crate) async fn write(&self, conn: &mut impl Ask) -> Result<(), sqlx::Error> {
        for (id, name) in &self.sources.fresh {
            conn.run("INSERT INTO source VALUES (?, ?)", vec![(*id).into(), name.as_str().into()]).await?;
        }
        for (id, name) in &self.boots.fresh {
            conn.run("INSERT INTO boot VALUES (?, ?)", vec![(*id).into(), (&**name).into()]).await?;
        }
        for (id, c) in &self.identities.fresh {
            let texts = [&c.bed, &c.unit, &c.patient, &c.name, &c.device].map(|text| Arg::Text(text.as_deref()));
            let args = std::iter::once((*id).into()).chain(texts).collect();
            conn.run("INSERT INTO identity VALUES (?, ?, ?, ?, ?, ?)", args).await?;
        }
        for (id, flags) in &self.flags.fresh {
            let known = crate::canonical::known_text(flags);
            let args = vec![(*id).into(), (&known).into(), flags.others().into()];
            conn.run("INSERT INTO flags VALUES (?, ?, ?)", args).await?;
        }
        for (id, c) in &self.channels.fresh {
            let args = vec![
                (*id).into(),
                c.source.into(),
                c.vital.into(),
                c.unit.into(),
                c.origin.into(),
                c.site.as_deref().into(),
                c.identity.into(),
                i64::from(c.synthetic).into(),
            ];
            conn.run("INSERT INTO channel VALUES (?, ?, ?, ?, ?, ?, ?, ?)", args).await?;
        }
        Ok(())
    }
}

async fn table<K: Clone + Eq + Hash, C: Ask>(
    conn: &mut C,
    select: &str,
    key: impl Fn(&C::Row) -> Result<K, sqlx::Error>,
) -> Result<Numbered<K>, sqlx::Error> {
    let sql = format!("{select} ORDER BY id DESC LIMIT {KEPT_MAX}");
    let rows = conn.rows(&sql, vec![]).await?;
    let next = rows.first().map_or(Ok(0), |row| cell::<i64>(row, 0))? + 1;
    // A damaged row is not used again; what refers to it is a finding of `verify`, not a reason to stop recording.
    let pairs = rows.iter().filter_map(|row| Some((cell(row, 0).ok()?, key(row).ok()?)));
    Ok(Numbered::new(pairs.collect(), next))
}

/// A name as the log is opened.
pub(crate) async fn load(conn: &mut impl Ask) -> Result<Names, StoreError> {
    Names::load(conn).await.map_err(|e| error::read(&e))
}
