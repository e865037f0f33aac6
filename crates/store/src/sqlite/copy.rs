//! A copy of the log in a file of its own, also while a server writes it.

use super::apply;
use super::behind::Group;
use super::write::{Mark, Writer};
use super::{SqliteLog, error, open};
use crate::StoreError;
use sqlx::Connection;
use std::path::Path;
use std::sync::Arc;

impl SqliteLog {
    /// Writes one state of the log to `into`, which must not be there yet or be empty: everything that has a receipt when this is
    /// called is in it, whether the database or only the journal had it. The copy has no journal and needs none.
    ///
    /// It is read in one transaction, so whoever writes meanwhile neither waits for it nor makes it begin again.
    ///
    /// # Errors
    /// [`StoreError::Read`] or [`StoreError::Unusable`]: the log cannot be read whole; [`StoreError::Write`]: the copy
    /// cannot be written. What there is of the copy is not to be used.
    pub async fn copy_to(&self, into: &Path) -> Result<(), StoreError> {
        // The journal first, then the database: nothing falls between the two.
        let tail = self.tail().await?;
        // SQLite takes an empty file, and leaves its permissions as they are.
        open::private_file(into).map_err(|e| StoreError::Write(format!("{}: {e}", into.display())))?;
        let mut conn = open::copier(&self.path).await?;
        let target = into.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO ?").bind(target).execute(&mut conn).await.map_err(|e| error::write(&e))?;
        conn.close().await.map_err(|e| error::read(&e))?;
        let mut writer = Writer::open(into, &self.boot).await?;
        let taken_in = writer.mark().number;
        for group in tail.iter().filter(|group| group.number > taken_in) {
            let mark = Mark { number: group.number, digest: group.digest };
            writer.append(&group.batches, &group.boot, Some(mark)).await?;
        }
        writer.without_journal().await?;
        writer.close().await?;
        let file = std::fs::OpenOptions::new().write(true).open(into);
        // SQLite does not flush what it writes this way.
        file.and_then(|file| file.sync_all()).map_err(|e| StoreError::Write(format!("{}: {e}", into.display())))
    }

    /// What may be only in the journal.
    async fn tail(&self) -> Result<Vec<Arc<Group>>, StoreError> {
        if let Some(writing) = &self.writing {
            return Ok(writing.behind.pending());
        }
        let mut conn = self.readers.acquire().await.map_err(|e| error::read(&e))?;
        apply::tail(&self.path, &mut conn).await
    }
}
