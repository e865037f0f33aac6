//! The newest reading of every device of a chair, and the one a tile shows. A notice is about that one and no other, so
//! the rules are those of `observation::choose` and `web/src/model/view.ts`.

use crate::acts::Acts;
use chairside_observation::{
    Amount, Candidate, CuffState, Entry, Flag, Flags, Freshness, LinkState, Micros, NoticeEnd, Order, Origin,
    Preference, Reading, Said, Sequence, SourceId, Unit, Vital, What, choose, choose_cuff, cuff_state, freshness,
};
use std::collections::BTreeMap;

/// Readings kept of one chair: six vitals of ten devices. A device that makes up sites loses its oldest (H24).
const SLOTS_MAX: usize = 64;
/// Where nobody declared an order, a source that said nothing of a vital for this long is not its first choice any more.
const FORGOTTEN: Micros = Micros::from_secs(60 * 60);
/// Vitals that have limits.
const VITALS: [Vital; 6] =
    [Vital::HeartRate, Vital::PulseRate, Vital::Spo2, Vital::Nibp, Vital::RespRate, Vital::EtCo2];
/// Words of a monitor that cast doubt on a value it still sends as valid. Its alarm words are none of these.
const DOUBTS: [Flag; 11] = [
    Flag::Motion,
    Flag::LowPerfusion,
    Flag::LowSignal,
    Flag::Interference,
    Flag::AmbientLight,
    Flag::OutOfTrack,
    Flag::Artifact,
    Flag::BadPulse,
    Flag::Noise,
    Flag::Early,
    Flag::FromMemory,
];
/// Words that make it nobody's value (H21).
const NOBODYS: [Flag; 3] = [Flag::Demo, Flag::Test, Flag::TrainingOnly];

/// One device's place for a vital.
type Slot = (SourceId, Vital, Option<Origin>, Option<Box<str>>);

/// One reading, as far as a limit is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) vital: Vital,
    pub(crate) sequence: Sequence,
    /// When it was measured, on the monotonic clock.
    pub(crate) at: Micros,
    pub(crate) reading: Reading,
    pub(crate) unit: Unit,
    /// Demonstration or test data.
    nobodys: bool,
}

impl Seen {
    fn of(entry: &Entry) -> Option<Self> {
        let What::Reading(said) = &entry.what else { return None };
        if !VITALS.contains(&said.vital) {
            return None;
        }
        let any = |flags: &Flags, of: &[Flag]| of.iter().any(|flag| flags.contains(*flag));
        let reading = match said.reading {
            Reading::Valid(amount) if any(&said.flags, &DOUBTS) => {
                Reading::Questionable(amount, chairside_observation::Doubt::Questionable)
            }
            reading => reading,
        };
        Some(Self {
            vital: said.vital,
            sequence: entry.sequence,
            at: entry.received.mono - entry.age,
            reading,
            unit: said.unit,
            nobodys: said.synthetic || any(&said.flags, &NOBODYS),
        })
    }

    /// The number or numbers a limit may be held against, or why there are none.
    pub(crate) fn amount(&self, acts: &Acts) -> Result<Amount, NoticeEnd> {
        match self.reading {
            Reading::Absent(_) => Err(NoticeEnd::NoValue),
            _ if self.nobodys => Err(NoticeEnd::Demo),
            _ if acts.marked_between(self.vital, self.sequence, self.sequence) => Err(NoticeEnd::Artefact),
            Reading::Questionable(..) => Err(NoticeEnd::Questionable),
            Reading::Valid(amount) => Ok(amount),
        }
    }

    const fn has_number(&self) -> bool {
        !matches!(self.reading, Reading::Absent(_))
    }

    const fn valid(&self) -> bool {
        matches!(self.reading, Reading::Valid(_))
    }
}

#[derive(Clone, Copy, Debug)]
struct Held {
    newest: Seen,
    /// The last cuff reading with a number, while the next one is being measured.
    before: Option<Seen>,
    /// Since when it has given values without a break.
    run: Option<Micros>,
}

/// What a tile shows of a vital.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) seen: Seen,
    /// Live, or a cuff reading that is current. One that is not keeps a notice, but raises none.
    pub(crate) current: bool,
}

/// Which devices may be asked, and in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) now: Micros,
    /// First entry that is this patient's.
    pub(crate) from: Sequence,
    /// What was measured earlier is another patient's, whenever it was sent (H02).
    pub(crate) since: Micros,
    pub(crate) prefer: &'a Preference,
    pub(crate) sources: &'a [SourceId],
}

impl Asked<'_> {
    /// Whether a reading is of the session's patient.
    pub(crate) fn hers(&self, seen: Seen) -> bool {
        seen.sequence >= self.from && seen.at >= self.since
    }
}

#[derive(Debug, Default)]
pub(crate) struct Latest {
    slots: BTreeMap<Slot, Held>,
    every: BTreeMap<SourceId, Micros>,
    links: BTreeMap<SourceId, (Sequence, LinkState)>,
}

impl Latest {
    /// Takes note of a reading or a link. The reading, where it is one.
    pub(crate) fn hear(&mut self, entry: &Entry) -> Option<Seen> {
        let source = entry.source.as_ref()?;
        if let What::Link(link) = &entry.what {
            self.link(source, entry.sequence, link.state);
            return None;
        }
        let seen = Seen::of(entry)?;
        let What::Reading(said) = &entry.what else { return None };
        let slot = (source.clone(), said.vital, said.origin, said.site.clone());
        let known = self.slots.get(&slot);
        if known.is_some_and(|held| held.newest.sequence > seen.sequence) {
            return None;
        }
        let held = Held { newest: seen, before: before(known, seen), run: self.run(source, known, seen) };
        if known.is_none() && self.slots.len() >= SLOTS_MAX {
            self.forget_oldest();
        }
        self.slots.insert(slot, held);
        Some(seen)
    }

    /// How often a source speaks.
    pub(crate) fn every(&mut self, source: &SourceId, every: Micros) {
        self.every.insert(source.clone(), every);
    }

    /// What was heard before is not known to be without a break: as on a screen that just joined, it counts as steady.
    pub(crate) fn steady(&mut self) {
        let links = &self.links;
        for ((source, ..), held) in &mut self.slots {
            let stands = held.newest.has_number() && !cut_off(links, source, held.newest.sequence);
            held.run = stands.then_some(Micros(i64::MIN));
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.slots.iter().min_by_key(|(_, held)| held.newest.at).map(|(slot, _)| slot.clone());
        if let Some(oldest) = oldest {
            self.slots.remove(&oldest);
        }
    }

    fn link(&mut self, source: &SourceId, sequence: Sequence, state: LinkState) {
        if self.links.get(source).is_some_and(|(known, _)| *known > sequence) {
            return;
        }
        self.links.insert(source.clone(), (sequence, state));
        let links = &self.links;
        for ((of, ..), held) in &mut self.slots {
            if of == source && cut_off(links, source, held.newest.sequence) {
                held.run = None;
            }
        }
    }

    /// An absence or a gap in which a value would be lost ends a run; a valid value begins one, a doubtful one does not.
    fn run(&self, source: &SourceId, known: Option<&Held>, now: Seen) -> Option<Micros> {
        let every = self.every.get(source).copied().unwrap_or_default();
        let joined = known.is_some_and(|held| freshness(now.at - held.newest.at, every) != Freshness::Lost);
        match known.and_then(|held| held.run) {
            Some(run) if joined && now.has_number() => Some(run),
            _ => now.valid().then_some(now.at),
        }
    }

    /// What the tile of a kind of vital shows; `None` while nothing of it was heard in this session.
    pub(crate) fn shown(&self, vital: Vital, asked: Asked<'_>) -> Option<Shown> {
        if vital == Vital::HeartRate {
            // The heart tile: the pulse stands in it where no device gives a heart rate. That of a cuff or an arterial line
            // never does.
            let declared = asked.prefer.vitals.contains_key(&Vital::HeartRate);
            let rate = self.candidates(Vital::HeartRate, asked);
            let heard = |(_, held): &(&Slot, &Held)| declared || asked.now - held.newest.at <= FORGOTTEN;
            if !rate.iter().any(heard) {
                let pulse = self.pick(Vital::PulseRate, asked);
                return if pulse.is_some() { pulse } else { self.pick(Vital::HeartRate, asked) };
            }
        }
        self.pick(vital, asked)
    }

    fn candidates(&self, vital: Vital, asked: Asked<'_>) -> Vec<(&Slot, &Held)> {
        let own_tile = |origin| vital == Vital::PulseRate && matches!(origin, Some(Origin::Cuff | Origin::Line));
        let all = self.slots.iter().filter(|((_, of, origin, _), _)| *of == vital && !own_tile(*origin));
        all.filter(|(_, held)| asked.hers(held.newest)).collect()
    }

    fn pick(&self, vital: Vital, asked: Asked<'_>) -> Option<Shown> {
        let declared = asked.prefer.vitals.contains_key(&vital);
        let mut slots = self.candidates(vital, asked);
        let remembered = |held: &Held| asked.now - held.newest.at <= FORGOTTEN;
        if !declared && slots.iter().any(|(_, held)| remembered(held)) {
            slots.retain(|(_, held)| remembered(held));
        }
        let told: Vec<Seen> = slots.iter().map(|(_, held)| held.told(asked)).collect();
        let candidates: Vec<_> =
            slots.iter().zip(&told).map(|((slot, held), seen)| self.candidate(slot, held, seen, asked.now)).collect();
        let sources = asked.prefer.order(Some(vital), asked.sources);
        let order = Order { sources: &sources, declared };
        let chosen = if vital == Vital::Nibp { choose_cuff(order, &candidates) } else { choose(order, &candidates) }?;
        let candidate = candidates[chosen.shown];
        let seen = told[chosen.shown];
        if candidate.age == Freshness::Lost {
            return None;
        }
        // A link that is gone makes a value late at once; a cuff reading was made all the same.
        let cut_off = candidate.link_lost && !is_event(candidate.origin, vital);
        let current = candidate.age == Freshness::Live && !cut_off;
        Some(Shown { seen, current })
    }

    fn candidate<'a>(&self, slot: &'a Slot, held: &Held, seen: &Seen, now: Micros) -> Candidate<'a> {
        let (source, vital, origin, site) = slot;
        let every = self.every.get(source).copied().unwrap_or_default();
        let age = now - seen.at;
        Candidate {
            source: source.as_str(),
            origin: *origin,
            site: site.as_deref(),
            said: match seen.reading {
                Reading::Valid(_) => Said::Valid,
                Reading::Questionable(..) => Said::Questionable,
                Reading::Absent(_) => Said::Absent,
            },
            age: if is_event(*origin, *vital) { cuff_age(age) } else { freshness(age, every) },
            link_lost: cut_off(&self.links, source, seen.sequence),
            run: held.run.map_or(Micros(i64::MIN), |run| now - run),
            at: seen.at,
        }
    }
}

impl Held {
    /// A measurement under way takes nothing from the one before, unless that was another patient's (H02).
    fn told(&self, asked: Asked<'_>) -> Seen {
        self.before.filter(|before| asked.hers(*before)).unwrap_or(self.newest)
    }
}

/// The cuff reading that goes on standing while the next one is measured.
fn before(known: Option<&Held>, now: Seen) -> Option<Seen> {
    let measuring = now.vital == Vital::Nibp
        && matches!(now.reading, Reading::Absent(chairside_observation::Absence::CuffMeasuring));
    let known = known.filter(|_| measuring)?;
    known.before.or(known.newest.has_number().then_some(known.newest))
}

/// A cuff measures now and then: what it says is an event with its own time.
fn is_event(origin: Option<Origin>, vital: Vital) -> bool {
    vital == Vital::Nibp || origin == Some(Origin::Cuff)
}

/// Screens know no expected interval of a cuff: an old reading goes after the least time the rules allow.
fn cuff_age(age: Micros) -> Freshness {
    match cuff_state(age, Micros(0)) {
        CuffState::Current => Freshness::Live,
        CuffState::Old => Freshness::Delayed,
        CuffState::Lost => Freshness::Lost,
    }
}

/// Whether a reading came over a link that is gone since.
fn cut_off(links: &BTreeMap<SourceId, (Sequence, LinkState)>, source: &SourceId, reading: Sequence) -> bool {
    links.get(source).is_some_and(|(sequence, state)| match state {
        LinkState::Live | LinkState::Silent => false,
        LinkState::Lost => true,
        LinkState::Initial | LinkState::Connecting => *sequence > reading,
    })
}
