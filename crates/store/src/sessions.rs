//! Sessions as the log has them, and what their spans hold.

use crate::{SessionLog, StoreError};
use chairside_observation::session::{Session, SessionId};
use chairside_observation::{ChairId, Deed, Entry, Sequence, Timeline, What};

/// Entries asked for at once.
const PAGE: usize = 4096;

/// Every session of a chair, oldest first.
///
/// # Errors
/// [`StoreError::Read`].
pub async fn sessions_of(log: &dyn SessionLog, chair: &ChairId) -> Result<Vec<Session>, StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let mut sessions: Vec<Session> = Vec::new();
    let mut after = Sequence(0);
    loop {
        let entries = log.deeds(&timeline, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(sessions) };
        after = last.sequence;
        for entry in entries {
            let What::Deed(Deed::Session(done)) = entry.what else { continue };
            match sessions.last_mut() {
                Some(session) if session.is_open() => session.apply(entry.sequence, entry.received, *done),
                _ => sessions.extend(Session::open(entry.sequence, entry.received, *done)),
            }
        }
    }
}

/// The session with this id and its chair; `None` when there is none.
///
/// # Errors
/// [`StoreError::Read`].
pub async fn find_session(log: &dyn SessionLog, id: &SessionId) -> Result<Option<(ChairId, Session)>, StoreError> {
    for head in log.heads().await? {
        let Timeline::Chair(chair) = head.timeline else { continue };
        // The id begins with the chair's: no other chair is read.
        if !id.as_str().strip_prefix(chair.as_str()).is_some_and(|rest| rest.starts_with('-')) {
            continue;
        }
        let mut sessions = sessions_of(log, &chair).await?.into_iter();
        if let Some(session) = sessions.find(|session| session.id == *id) {
            return Ok(Some((chair, session)));
        }
    }
    Ok(None)
}

/// What the chair's timeline holds of `session`: from its first entry on, up to the act that ended it, without what was
/// measured before its span (H02).
///
/// # Errors
/// [`StoreError::Read`].
pub async fn span_of(log: &dyn SessionLog, chair: &ChairId, session: &Session) -> Result<Vec<Entry>, StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let until = if session.is_open() { None } else { session.acts.last().map(|kept| kept.sequence) };
    let mut after = Sequence(session.from.0.saturating_sub(1));
    let mut entries = Vec::new();
    loop {
        let mut page = log.read(&timeline, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        after = last.sequence;
        page.retain(|entry| session.holds(entry));
        entries.append(&mut page);
        if until.is_some_and(|until| after >= until) {
            return Ok(entries);
        }
    }
}
