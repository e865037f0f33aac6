//! What people did.

use crate::claim::Claim;
use crate::figures::Figures;
use crate::intake::{NotRecorded, Receipt};
use crate::roster::{Binding, Feed, Roster};
use crate::state::Shared;
use chairside_observation::clinic::ChangeRefused;
use chairside_observation::session::{About, Act, ActKey, Audit, Done, Person, Refused, Session, SessionId};
use chairside_observation::{Accessed, ChairId, Deed, Micros, Past, Received, Sequence, SourceId};
use chairside_store::{Committed, StoreError, find_session};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Longest id of a chair: it stands on tiles and in addresses.
const CHAIR_ID_MAX: usize = 32;
/// Longest name of a chair: it stands whole on a tile.
const CHAIR_NAME_MAX: usize = 40;

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such chair.
    #[error("there is no chair {0}")]
    NoChair(ChairId),
    /// There is no such source.
    #[error("there is no source {0}")]
    NoSource(SourceId),
    /// The text is empty or longer than allowed.
    #[error("{field}: {found} characters, expected 1 to {max}")]
    Length {
        /// Which field.
        field: &'static str,
        /// Characters found.
        found: usize,
        /// Most characters allowed.
        max: usize,
    },
    /// A character that would not survive on a screen, in an address or in the log.
    #[error("{field}: found {found:?}, expected letters, digits, blanks and plain signs{}", if *.field == "chair" { " but neither : nor /" } else { "" })]
    Character {
        /// Which field.
        field: &'static str,
        /// The first such character.
        found: char,
    },
    /// The feed's configuration binds the whole source to a chair.
    #[error("source {0} is bound to its chair in the configuration; change `chair` there")]
    BoundByConfiguration(SourceId),
    /// The chair has a session already.
    #[error("{0} has the chair; end that session before another one begins")]
    Occupied(SessionId),
    /// There is no such session.
    #[error("there is no session {0}")]
    NoSuchSession(SessionId),
    /// The record is another one than the person read.
    #[error("the record has changed since it was read; read it again, then sign")]
    Changed,
    /// No session is open at the chair.
    #[error("no session is open at chair {0}")]
    NoSession(ChairId),
    /// The act is not possible now.
    #[error("{0}")]
    Act(Refused),
    /// A claim reaches back to the previous patient, or past the moment the chair was cleared.
    #[error("the chair was somebody else's until {until}; claim from then on")]
    ClaimedBefore {
        /// On the clinic's clock.
        until: String,
    },
    /// What would be claimed names another patient or device, or is demonstration data.
    #[error(
        "the monitor named somebody else, came from elsewhere or showed test data until {until}; claim from then on"
    )]
    NamesAnother {
        /// On the clinic's clock.
        until: String,
    },
    /// A claim to what is erased, or about to be.
    #[error(
        "what came in then is erased, since nobody claimed it in time (retention.unclaimed_h); claim from a later time"
    )]
    Erased,
    /// A claim to the span it has.
    #[error("the session has the chair since {since} already; claim from an earlier time")]
    BeganAlready {
        /// On the clinic's clock.
        since: String,
    },
    /// The log could not be looked at.
    #[error(transparent)]
    Unreadable(StoreError),
    /// The clinic's settings cannot be changed like this.
    #[error("{0}")]
    Change(ChangeRefused),
    /// A search with too few letters, or too many.
    #[error("{found} letters or digits found, {} to {} expected; type more of the name or number", .expected.0, .expected.1)]
    Search {
        /// Found.
        found: usize,
        /// Fewest and most.
        expected: (usize, usize),
    },
    /// The log does not have it.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

/// The door for people. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) shared: Arc<Shared>,
}

impl Desk {
    /// Chairs, bindings and unassigned feeds now.
    #[must_use]
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.shared.state().roster)
    }

    /// How the house was: which limits held when, which versions ran, what was erased.
    #[must_use]
    pub fn past(&self) -> Arc<Past> {
        Arc::clone(&self.shared.state().past)
    }

    /// How recording goes.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.counting.look(self.shared.state().queue.len())
    }

    /// Adds a chair, or renames it when the id exists.
    ///
    /// # Errors
    /// Bad length or characters, or not recorded.
    pub async fn name_chair(&self, at: Received, chair: &ChairId, name: &str) -> Result<Committed, DeskError> {
        let name = name.trim();
        check("chair", chair.as_str(), CHAIR_ID_MAX, |c| matches!(c, ':' | '/') || c.is_whitespace())?;
        check("name", name, CHAIR_NAME_MAX, |_| false)?;
        self.record(at, Deed::ChairNamed { chair: chair.clone(), name: name.into() }).await
    }

    /// Gives a feed to a chair, or takes it away with `None`. What the feed said before stays in its own timeline. It
    /// takes effect when the log has it.
    ///
    /// # Errors
    /// No such chair or source, the source's chair is fixed in the configuration, or not recorded.
    pub async fn assign_feed(
        &self,
        at: Received,
        source: &SourceId,
        bed: &str,
        chair: Option<&ChairId>,
    ) -> Result<Committed, DeskError> {
        let roster = self.roster();
        match roster.sources.get(source) {
            Some(Binding::Chair(_)) => return Err(DeskError::BoundByConfiguration(source.clone())),
            Some(Binding::Beds(_)) => {}
            None => {
                let feed = Feed { source: source.clone(), bed: bed.into() };
                let known = roster.unassigned.contains(&feed)
                    || roster.assigned.contains_key(&(source.clone(), Box::from(bed)));
                if !known {
                    return Err(DeskError::NoSource(source.clone()));
                }
            }
        }
        if let Some(bad) = bed.chars().find(|c| c.is_control()) {
            return Err(DeskError::Character { field: "bed", found: bad });
        }
        if let Some(chair) = chair.filter(|chair| !roster.has_chair(chair)) {
            return Err(DeskError::NoChair(chair.clone()));
        }
        self.record(at, Deed::FeedAssigned { source: source.clone(), bed: bed.into(), chair: chair.cloned() }).await
    }

    /// The last session of a chair, open or over, as the log has it.
    #[must_use]
    pub fn session(&self, chair: &ChairId) -> Option<Arc<Session>> {
        self.shared.state().sessions.last(chair).cloned()
    }

    /// Whether the chair was cleared after its last session.
    #[must_use]
    pub fn is_cleared(&self, chair: &ChairId) -> bool {
        self.shared.state().sessions.is_cleared(chair)
    }

    /// Makes a chair without a session ready for the next patient: no claim reaches past this, and nothing heard before is
    /// shown there any more.
    ///
    /// # Errors
    /// No such chair, a session is open there, the name cannot stand under a deed, or not recorded.
    pub async fn clear_chair(
        &self,
        at: Received,
        chair: &ChairId,
        by: Person,
    ) -> Result<(Sequence, Committed), DeskError> {
        let _turn = self.shared.acts.lock().await;
        by.may_sign().map_err(DeskError::Act)?;
        self.is_free(chair)?;
        self.act(at, chair, move |_| Deed::ChairCleared { by }).await
    }

    /// The chair is there and nobody has it.
    pub(crate) fn is_free(&self, chair: &ChairId) -> Result<(), DeskError> {
        if !self.roster().has_chair(chair) {
            return Err(DeskError::NoChair(chair.clone()));
        }
        match self.session(chair).filter(|session| session.is_open()) {
            Some(open) => Err(DeskError::Occupied(open.id.clone())),
            None => Ok(()),
        }
    }

    /// Opens a session: `act` is [`Act::Opened`]. Gives the entry that opened it; sent again with the same key, the same
    /// answer.
    ///
    /// # Errors
    /// No such chair, a session is open there, something is missing or too long, a real patient at a chair in test mode or a
    /// test patient at another, or not recorded.
    pub async fn open_session(
        &self,
        at: Received,
        chair: &ChairId,
        press: Press,
    ) -> Result<(Sequence, Committed), DeskError> {
        let _turn = self.shared.acts.lock().await;
        if !self.roster().has_chair(chair) {
            return Err(DeskError::NoChair(chair.clone()));
        }
        if let Some(known) = self.shared.state().sessions.known(chair, press.key) {
            return Ok(known);
        }
        if let Some(open) = self.session(chair).filter(|session| session.is_open()) {
            return Err(DeskError::Occupied(open.id.clone()));
        }
        press.done(SessionId::opened(chair, Sequence(0))).may_open().map_err(DeskError::Act)?;
        let on = self.clinic().is_testing(chair);
        if let Act::Opened { patient, .. } = &press.act
            && patient.is_test() != on
        {
            return Err(DeskError::Act(Refused::TestMode { on }));
        }
        let chair_of = chair.clone();
        let done = move |sequence| press.done(SessionId::opened(&chair_of, sequence));
        self.act(at, chair, move |sequence| Deed::Session(Box::new(done(sequence)))).await
    }

    /// Does an act in the session that is open at the chair. Gives the entry that holds it; sent again with the same key,
    /// the same answer.
    ///
    /// # Errors
    /// No session is open there, it is another one, the act is not possible now, or not recorded.
    pub async fn act_in_session(
        &self,
        at: Received,
        chair: &ChairId,
        session: &SessionId,
        press: Press,
    ) -> Result<(Sequence, Committed), DeskError> {
        self.in_session(at, chair, session, press, None).await
    }

    /// The late start: "she was connected at 10:05". Claims from the first entry at or after `wall` on; the entry in the
    /// press's [`Act::Claimed`] does not count.
    ///
    /// # Errors
    /// As [`Desk::act_in_session`], and when the chair was not free then: the sentence says since when it was.
    pub async fn claim_since(
        &self,
        at: Received,
        chair: &ChairId,
        session: &SessionId,
        press: Press,
        wall: Micros,
    ) -> Result<(Sequence, Committed), DeskError> {
        self.in_session(at, chair, session, press, Some(wall)).await
    }

    /// Does an act in a session wherever it stands: open at its chair, or over, when the chair may have another patient.
    /// `read`: the last act of the record as the person read it; a signature has to name it. Gives the entry that holds the
    /// act; sent again with the same key, the same answer.
    ///
    /// # Errors
    /// There is no such session, the act is not possible now, the record has changed since it was read, or not recorded.
    pub async fn act_in_record(
        &self,
        at: Received,
        session: &SessionId,
        press: Press,
        read: Option<Sequence>,
    ) -> Result<(Sequence, Committed), DeskError> {
        let open = self.shared.state().sessions.chair_of(session);
        if let Some(chair) = open {
            return self.act_in_session(at, &chair, session, press).await;
        }
        let _turn = self.shared.acts.lock().await;
        let found = find_session(&*self.shared.log, session).await.map_err(DeskError::Unreadable)?;
        let (chair, session) = found.ok_or_else(|| DeskError::NoSuchSession(session.clone()))?;
        let receipt = self.shared.state().sessions.receipt.clone();
        if let Some(known) = session.known(press.key).zip(receipt) {
            return Ok(known);
        }
        let done = press.done(session.id.clone());
        session.may(&done, at, Sequence(1)).map_err(DeskError::Act)?;
        let last = session.acts.last().map(|kept| kept.sequence);
        if matches!(done.act, Act::Signed { .. }) && read != last {
            return Err(DeskError::Changed);
        }
        self.act(at, &chair, move |_| Deed::Session(Box::new(done))).await
    }

    async fn in_session(
        &self,
        at: Received,
        chair: &ChairId,
        session: &SessionId,
        press: Press,
        since: Option<Micros>,
    ) -> Result<(Sequence, Committed), DeskError> {
        let _turn = self.shared.acts.lock().await;
        let (known, last, earliest) = {
            let sessions = &self.shared.state().sessions;
            (sessions.known(chair, press.key), sessions.last(chair).cloned(), sessions.earliest(chair))
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let mut done = press.done(session.clone());
        let open = last.ok_or_else(|| DeskError::NoSession(chair.clone()))?;
        if let (Act::Claimed { from, .. }, Some(_)) = (&mut done.act, since) {
            // What else stands against it is told first; the entry is looked for after that.
            *from = open.from;
        }
        let mut done = self.with_values(at, chair, &open, done).await?;
        open.may(&done, at, earliest).map_err(DeskError::Act)?;
        if matches!(done.act, Act::Signed { .. }) {
            // Signed is what was read: the page of the record says what that was.
            return Err(DeskError::Changed);
        }
        self.may_limit(&done.act)?;
        if let Act::Claimed { from, ago } = &mut done.act {
            (*from, *ago) = self.claim(at, chair, &open, *from, since).await?;
        }
        let claims = matches!(done.act, Act::Claimed { .. });
        let recorded = self.act(at, chair, move |_| Deed::Session(Box::new(done))).await?;
        if claims && let Some(session) = self.session(chair) {
            // The claim stands, whether or not the log can be read now.
            if let Err(error) = self.recall_cuffs(chair, &session).await {
                tracing::warn!(%error, "cuff readings before the claim are not known");
            }
        }
        Ok(recorded)
    }

    /// The entry a claim begins with, and how long before `at` it reached the server.
    async fn claim(
        &self,
        at: Received,
        chair: &ChairId,
        session: &Session,
        from: Sequence,
        since: Option<Micros>,
    ) -> Result<(Sequence, Micros), DeskError> {
        let (binding, earliest, roster) = {
            let state = self.shared.state();
            let earliest = (state.sessions.earliest(chair), state.sessions.free_since(chair));
            (state.guard.binding(chair, session), earliest, Arc::clone(&state.roster))
        };
        let (log, zone) = (&*self.shared.log, &*self.shared.zone);
        let keep = roster.keep_unclaimed;
        let claim = Claim { log, zone, chair, session, binding: &binding, earliest, keep };
        let from = match since {
            Some(wall) => claim.entry_at(wall).await?,
            None => from,
        };
        Ok((from, claim.began(at, from, &|source| roster.is_whole(source)).await?))
    }

    /// Records a deed of a chair. While the log cannot be written it is refused and leaves no trace: the screen keeps it and sends it
    /// again.
    async fn act(
        &self,
        at: Received,
        chair: &ChairId,
        deed: impl FnOnce(Sequence) -> Deed + Send,
    ) -> Result<(Sequence, Committed), DeskError> {
        let (waiting, receipt) = oneshot::channel();
        let sequence = {
            let mut state = self.shared.state();
            state.open_for_people()?;
            state.nothing_waits(chair)?;
            state.act(&self.shared, at, chair, deed, waiting)
        };
        self.shared.work.notify_one();
        Ok((sequence, Receipt(receipt).recorded().await?))
    }

    /// Records that somebody looked at a session's record, or made something of it.
    ///
    /// # Errors
    /// The name cannot stand under a deed, or not recorded.
    pub async fn audit(&self, at: Received, chair: &ChairId, audit: Audit) -> Result<Committed, DeskError> {
        audit.by.may_sign().map_err(DeskError::Act)?;
        let (waiting, receipt) = oneshot::channel();
        {
            let mut state = self.shared.state();
            state.open_for_people()?;
            state.audited(&self.shared, at, chair, audit, waiting);
        }
        self.shared.work.notify_one();
        Ok(Receipt(receipt).recorded().await?)
    }

    /// Records what happened at the doors. Nobody waits for it: whoever may see the chairs sees them while the log cannot be
    /// written, too, and what happened is written with all else that waits.
    pub fn note(&self, at: Received, accessed: Accessed) {
        {
            let mut state = self.shared.state();
            if state.stopping {
                return;
            }
            state.deed(&self.shared, at, Deed::Accessed(Box::new(accessed)), None);
        }
        self.shared.work.notify_one();
    }

    /// Records a deed. While the log cannot be written it is refused and leaves no trace: a person is there to do it again.
    pub(crate) async fn record(&self, at: Received, deed: Deed) -> Result<Committed, DeskError> {
        let (waiting, receipt) = oneshot::channel();
        {
            let mut state = self.shared.state();
            state.open_for_people()?;
            state.deed(&self.shared, at, deed, Some(waiting));
        }
        self.shared.work.notify_one();
        Ok(Receipt(receipt).recorded().await?)
    }
}

/// What was pressed on a screen, before it is known of which session it is.
#[derive(Clone, Debug)]
pub struct Press {
    /// By whom.
    pub by: Person,
    /// Made by the screen.
    pub key: ActKey,
    /// When it was, if not now.
    pub about: Option<About>,
    /// What.
    pub act: Act,
}

impl Press {
    pub(crate) fn done(&self, session: SessionId) -> Done {
        Done { session, by: self.by.clone(), key: self.key, about: self.about, act: self.act.clone() }
    }
}

fn check(field: &'static str, text: &str, max: usize, bad: impl Fn(char) -> bool) -> Result<(), DeskError> {
    let found = text.chars().count();
    if found == 0 || found > max {
        return Err(DeskError::Length { field, found, max });
    }
    match text.chars().find(|c| c.is_control() || bad(*c)) {
        Some(found) => Err(DeskError::Character { field, found }),
        None => Ok(()),
    }
}
