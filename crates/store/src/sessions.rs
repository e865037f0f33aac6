//! Sessions as the log has them, and what their spans hold.

use crate::{SessionLog, StoreError, fold};
use chairside_observation::session::{Session, SessionId};
use chairside_observation::{ChairId, Deed, Entry, Sequence, Timeline, What};

/// Entries asked for at once.
const PAGE: usize = 16_384;

/// Every session of a chair, oldest first.
///
/// # Errors
/// [`StoreError::Read`].
pub async fn sessions_of<L: SessionLog + ?Sized>(log: &L, chair: &ChairId) -> Result<Vec<Session>, StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let mut sessions: Vec<Session> = Vec::new();
    let mut after = Sequence(0);
    loop {
        let entries = log.deeds(&timeline, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(sessions) };
        after = last.sequence;
        for entry in entries {
            let What::Deed(Deed::Session(done)) = entry.what else { continue };
            // Also what is done in a session that was over long before: the newest ones are looked at first.
            match sessions.iter_mut().rev().find(|session| session.id == done.session) {
                Some(session) => session.apply(entry.sequence, entry.received, *done),
                None => sessions.extend(Session::open(entry.sequence, entry.received, *done)),
            }
        }
    }
}

/// The session with this id and its chair; `None` when there is none.
///
/// # Errors
/// [`StoreError::Read`].
pub async fn find_session<L: SessionLog + ?Sized>(
    log: &L,
    id: &SessionId,
) -> Result<Option<(ChairId, Session)>, StoreError> {
    let Some((chair, deeds)) = log.deeds_of(id).await? else { return Ok(None) };
    Ok(fold(id, &deeds).map(|session| (chair, session)))
}

/// What the chair's timeline holds of `session`: from its first entry on, up to the act that ended it, without what was
/// measured before its span (H02).
///
/// # Errors
/// [`StoreError::Read`].
pub async fn span_of<L: SessionLog + ?Sized>(
    log: &L,
    chair: &ChairId,
    session: &Session,
) -> Result<Vec<Entry>, StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let mut after = Sequence(session.from.0.saturating_sub(1));
    let mut entries = Vec::new();
    while session.through.is_none_or(|through| after < through) {
        let mut page = log.read(&timeline, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        page.retain(|entry| session.holds(entry));
        entries.append(&mut page);
    }
    Ok(entries)
}
