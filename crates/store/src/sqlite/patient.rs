//! What the record holds of one patient.

use super::erasures::{self, ClaimLeft};
use super::retention::Request;
use super::{SqliteLog, error, read};
use crate::{SessionLog, StoreError, session_of, sessions_of};
use chairside_observation::session::{Act, Session, SessionId};
use chairside_observation::{ChairId, Sequence, Timeline};
use std::collections::{BTreeMap, BTreeSet};

/// Deeds read at a time.
const PAGE: usize = 4096;

/// One session of a patient, with what the log holds of it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Where she sat.
    pub chair: ChairId,
    /// The session.
    pub session: Session,
    /// What has to go when it is erased.
    pub request: Request,
    /// Readings of its span.
    pub readings: u64,
    /// Notices of monitors, skipped bytes and frames without readings of its span.
    pub notices: u64,
    /// Frames of its span, and their bytes.
    pub frames: (u64, u64),
}

impl SqliteLog {
    /// Every session of the patient with this identifier, as the clinic writes it, by chair and in order.
    ///
    /// # Errors
    /// [`StoreError::Read`].
    pub async fn held(&self, patient: &str) -> Result<Vec<Held>, StoreError> {
        self.caught_up().await?;
        let mut all = Vec::new();
        for head in self.heads().await? {
            let Timeline::Chair(chair) = &head.timeline else { continue };
            let mut sessions = sessions_of(self, chair).await?;
            sessions.retain(|session| *session.patient.id == *patient);
            if sessions.is_empty() {
                continue;
            }
            let mut deeds = self.deeds_of(&head.timeline).await?;
            for session in sessions {
                let deeds = deeds.remove(&session.id).unwrap_or_default();
                all.push(self.held_of(chair, session, deeds).await?);
            }
        }
        Ok(all)
    }

    /// Where the deeds of each session of a chair stand.
    async fn deeds_of(&self, timeline: &Timeline) -> Result<BTreeMap<SessionId, BTreeSet<Sequence>>, StoreError> {
        let (mut all, mut after) = (BTreeMap::<SessionId, BTreeSet<Sequence>>::new(), Sequence(0));
        loop {
            let page = self.deeds(timeline, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.sequence;
            for entry in page {
                if let Some(session) = session_of(&entry.what) {
                    all.entry(session.clone()).or_default().insert(entry.sequence);
                }
            }
        }
    }

    async fn held_of(&self, chair: &ChairId, session: Session, deeds: BTreeSet<Sequence>) -> Result<Held, StoreError> {
        let failed = |e: sqlx::Error| error::read(&e);
        let timeline = Timeline::Chair(chair.clone());
        let mut conn = self.readers.acquire().await.map_err(failed)?;
        let id = read::timeline_id(&mut *conn, &timeline).await?.unwrap_or(0);
        let mut own = erasures::claims(&mut *conn, id).await.map_err(failed)?;
        own.retain(|_, claim| claim.session.as_deref() == Some(session.id.as_str()));
        let sequence = |seq: i64| Sequence(seq.cast_unsigned());
        let opening = session.acts.iter().filter(|kept| matches!(kept.done.act, Act::Opened { .. }));
        let claims = own.keys().copied().map(sequence).chain(opening.map(|kept| kept.sequence)).collect();
        let span = span(&own).map(|(first, last)| (sequence(first), sequence(last)));
        let (first, last) = span.unwrap_or((Sequence(1), Sequence(0)));
        let (readings, notices, frames, bytes): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM reading WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3), \
             (SELECT count(*) FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 AND frame IS NOT NULL), \
             count(*), coalesce(sum(length(raw)), 0) FROM frame WHERE id IN \
             (SELECT frame FROM reading WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 UNION \
             SELECT frame FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3)",
        )
        .bind(id)
        .bind(super::write::whole(first.0, "sequence")?)
        .bind(i64::try_from(last.0).unwrap_or(i64::MAX))
        .fetch_one(&mut *conn)
        .await
        .map_err(failed)?;
        let count = i64::cast_unsigned;
        Ok(Held {
            chair: chair.clone(),
            session,
            request: Request { timeline, span, deeds, claims },
            readings: count(readings),
            notices: count(notices),
            frames: (count(frames), count(bytes)),
        })
    }
}

/// First and last entry of a session, from its own claims; `None` when it never had the chair.
fn span(claims: &BTreeMap<i64, ClaimLeft>) -> Option<(i64, i64)> {
    super::erase::spans(claims).pop()
}
