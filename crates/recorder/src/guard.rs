//! Who stands between a chair and what is heard for it: each reading of an open session is held against the session.

use crate::roster::Roster;
use crate::sessions::Sessions;
use chairside_observation::session::{Binding, Changed, CuffTimes, FeedSays, Heard, Session, SessionId};
use chairside_observation::{ChairId, Entry, Micros, Received, SourceId, Timeline, Vital, What};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A continuous value whose own time is longer ago than this is back-filled: it gets its age, and so no screen shows it as
/// live (rule "late data is history"). Below it the delay of gateways and clocks read to the second would only make noise.
pub(crate) const LATE: Micros = Micros::from_secs(60);
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
    cuffs: CuffTimes,
}

/// Where something heard belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The chair's timeline, or the feed's.
    pub(crate) timeline: Timeline,
    /// How old it was on arrival, as it is shown.
    pub(crate) age: Micros,
    /// The chair whose screens should be told now what its feeds say.
    pub(crate) tell: Option<ChairId>,
}

impl Guard {
    /// Where something belongs, and how old it is. What does not fit the session at its chair goes to the timeline of its
    /// feed: kept with its bytes, never the chair's (H01, H02). `own_age` is what a reading's own time says.
    pub(crate) fn place(
        &mut self,
        roster: &Roster,
        sessions: &Sessions,
        source: &SourceId,
        received: Received,
        what: &What,
        own_age: Micros,
    ) -> Placed {
        let (context, synthetic, reading) = match what {
            What::Reading(o) => (o.context.as_deref(), o.synthetic, Some(o)),
            What::Notice(n) => (n.context.as_deref(), false, None),
            _ => return Placed { timeline: roster.timeline(source, None), age: Micros(0), tell: None },
        };
        let bed = context.and_then(|c| c.bed.as_deref());
        let timeline = roster.timeline(source, bed);
        let holder = match &timeline {
            Timeline::Chair(chair) => sessions.holder(chair).map(|session| (chair, session)),
            Timeline::Feed { .. } | Timeline::House => None,
        };
        let (mut measured, mut age) = (received.mono, Micros(0));
        if let Some(o) = reading {
            let since = holder.map(|(_, session)| session.opened.mono);
            let when = self.cuffs.when(source, o, received, own_age, since);
            (measured, age) = (when.not_before, shown_age(o.vital, received.mono - when.at));
        }
        let Some((chair, session)) = holder else { return Placed { timeline, age, tell: None } };
        let whole = roster.is_whole(source);
        let heard = Heard { source, whole, context, synthetic, reading: reading.is_some(), received, measured };
        let at = self.at(chair, session);
        let (says, changed) = at.binding.judge(session, &heard);
        let tell = at.tell(changed, received.mono).then(|| chair.clone());
        let feed = || Timeline::Feed { source: source.clone(), bed: bed.unwrap_or_default().into() };
        Placed { timeline: if says.fits() { timeline } else { feed() }, age, tell }
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

/// Age of a measurement on arrival, as it is shown. A cuff reading is an event with its own time, so its age counts always.
/// Any other value is taken as of its arrival, unless its own time is more than [`LATE`] ago: then it was filled in later, and
/// its age keeps it from being shown as live.
fn shown_age(vital: Vital, age: Micros) -> Micros {
    if vital == Vital::Nibp || age > LATE { age } else { Micros(0) }
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
