//! Who stands between a chair and what is heard for it: each reading of an open session is held against the session.

use chairside_observation::session::{Binding, Changed, Cuffs, FeedSays, Heard, Session, SessionId, When};
use chairside_observation::{ChairId, Entry, Micros, Observation, Received, SourceId, What};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Screens are told how many readings were withheld this often at most.
const TELL_EVERY: Micros = Micros::from_secs(5);
/// Changes of what feeds say that are told at once before [`TELL_EVERY`] holds for them, too: a room of devices that come
/// on one after the other. A sender that makes up patients must not fill the screens' queues.
const TELL_BURST: u8 = 8;

/// The feeds of the session that has a chair.
struct AtChair {
    session: SessionId,
    binding: Binding,
    told: Micros,
    burst: u8,
    /// Something changed that screens were not told.
    owed: bool,
}

/// Every chair's feeds, and every cuff's last reading.
#[derive(Default)]
pub(crate) struct Guard {
    chairs: BTreeMap<ChairId, AtChair>,
    cuffs: Cuffs,
}

/// What came of judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// It is the patient's who has the chair.
    pub(crate) fits: bool,
    /// Screens of the chair should be told now.
    pub(crate) tell: bool,
}

impl Guard {
    /// When a reading was measured; see [`Cuffs::when`].
    pub(crate) fn when(
        &mut self,
        source: &SourceId,
        o: &Observation,
        received: Received,
        age: Micros,
        session: Option<&Session>,
    ) -> When {
        self.cuffs.when(source, o, received, age, session.map(|session| session.opened.mono))
    }

    /// Holds what was heard for a chair against the session that has it.
    pub(crate) fn judge(&mut self, chair: &ChairId, session: &Session, heard: &Heard<'_>) -> Verdict {
        let at = self.at(chair, session);
        let (says, changed) = at.binding.judge(session, heard);
        Verdict { fits: says.fits(), tell: at.tell(changed, heard.received.mono) }
    }

    /// A feed was accepted: its row says so at once.
    pub(crate) fn reconsider(&mut self, chair: &ChairId, session: &Session, received: Received) {
        self.at(chair, session).binding.reconsider(session, received);
    }

    /// What each feed of this session said, in the order first heard.
    pub(crate) fn rows(&self, chair: &ChairId, session: &Session) -> Vec<FeedSays> {
        let at = self.chairs.get(chair).filter(|at| at.session == session.id);
        at.map(|at| at.binding.rows().to_vec()).unwrap_or_default()
    }

    /// What this session's feeds are bound to.
    pub(crate) fn binding(&self, chair: &ChairId, session: &Session) -> Binding {
        let at = self.chairs.get(chair).filter(|at| at.session == session.id);
        at.map(|at| at.binding.clone()).unwrap_or_default()
    }

    /// After a restart: what the session's feeds were bound to, from the first entries of its span and the newest ones. The
    /// newest alone may hold only a device that was swapped in.
    pub(crate) fn remember(
        &mut self,
        chair: &ChairId,
        session: &Session,
        whole: &impl Fn(&SourceId) -> bool,
        log: [&[Entry]; 2],
    ) {
        let at = self.at(chair, session);
        let mut accepted = Vec::new();
        for entry in log.into_iter().flatten().filter(|entry| session.holds(entry)) {
            let Some(heard) = heard(entry, whole) else { continue };
            let [bed, patient, device] = as_sent(&heard);
            if session.accepts(heard.source, bed, patient, device) {
                accepted.push(heard);
            } else {
                at.binding.remember(session, &heard);
            }
        }
        accepted.iter().for_each(|heard| at.binding.remember_accepted(heard));
    }

    /// After a restart: the last cuff readings.
    pub(crate) fn remember_cuffs(&mut self, latest: &[Entry]) {
        for entry in latest {
            if let (What::Reading(o), Some(source)) = (&entry.what, &entry.source) {
                self.cuffs.remember(source, o, entry.received, entry.age);
            }
        }
    }

    fn at(&mut self, chair: &ChairId, session: &Session) -> &mut AtChair {
        let new = || AtChair {
            session: session.id.clone(),
            binding: Binding::default(),
            told: Micros(i64::MIN),
            burst: 0,
            owed: false,
        };
        let at = self.chairs.entry(chair.clone()).or_insert_with(new);
        if at.session != session.id {
            *at = new();
        }
        at
    }
}

impl AtChair {
    fn tell(&mut self, changed: Changed, now: Micros) -> bool {
        self.owed |= changed != Changed::Nothing;
        let rested = now - self.told >= TELL_EVERY;
        if rested {
            self.burst = 0;
        }
        if !self.owed || !(rested || changed == Changed::Says && self.burst < TELL_BURST) {
            return false;
        }
        (self.told, self.owed) = (now, false);
        self.burst += 1;
        true
    }
}

/// An entry of a chair as it was heard; `None` for what comes from no group of a message.
pub(crate) fn heard<'a>(entry: &'a Entry, whole: &impl Fn(&SourceId) -> bool) -> Option<Heard<'a>> {
    let source = entry.source.as_ref()?;
    let (context, synthetic, reading): (&Option<Arc<_>>, _, _) = match &entry.what {
        What::Reading(o) => (&o.context, o.synthetic, true),
        What::Notice(n) => (&n.context, false, false),
        _ => return None,
    };
    Some(Heard {
        source,
        whole: whole(source),
        context: context.as_deref(),
        synthetic,
        reading,
        received: entry.received,
        measured: entry.received.mono - entry.age,
    })
}

fn as_sent<'a>(heard: &Heard<'a>) -> [&'a str; 3] {
    heard.context.map_or([""; 3], |context| {
        [&context.bed, &context.patient, &context.device].map(|text| text.as_deref().unwrap_or_default().trim())
    })
}
