//! Patients who were here before: what a new session of their course starts from. Never vitals, never doses.

use crate::desk::{Desk, DeskError};
use crate::state::State;
use chairside_observation::session::{EntryKind, Findings, NAME_MAX, Patient, Phase, Plan, SessionId};
use chairside_observation::{ChairId, Micros};
use chairside_store::{FACTS, Line};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Memory for patients: some twenty thousand with texts of the usual length, inside what the program may use (P19). The
/// ones who were here longest ago are let go first; the log still has their sessions.
const KNOWN_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What a patient takes in memory beside the texts.
const KNOWN_BYTES: usize = 256;
/// Patients in one answer: what a person looks through.
const FOUND_MAX: usize = 20;
/// Fewest characters of a search: one letter would list half the clinic.
const TEXT_MIN: usize = 2;

/// A patient with what the last session left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub patient: Patient,
    /// What the last session was planned as; one that was cancelled counts only when there was no other.
    pub plan: Plan,
    /// When it was opened, on the wall clock.
    pub last: Micros,
    /// Texts of the last entries of indication, allergies and escort.
    pub facts: Vec<(EntryKind, Box<str>)>,
}

impl Known {
    /// What one session leaves by itself.
    fn of(session: &Line) -> Self {
        Self {
            patient: session.patient.clone(),
            plan: session.plan.clone(),
            last: session.opened,
            facts: session.facts.clone(),
        }
    }

    /// This session after those before it. One that was cancelled is no session of the course.
    fn over(&self, cancelled: bool, before: Option<&Self>) -> Self {
        let Some(before) = before else { return self.clone() };
        let of = |known: &Self, kind| known.facts.iter().find(|(of, _)| *of == kind).cloned();
        let counts = if cancelled { before } else { self };
        Self {
            patient: self.patient.clone(),
            plan: counts.plan.clone(),
            last: counts.last,
            facts: FACTS.iter().filter_map(|kind| of(self, *kind).or_else(|| of(before, *kind))).collect(),
        }
    }

    fn bytes(&self) -> usize {
        let Patient { id, name, born, alias } = &self.patient;
        let texts = id.len() + name.len() + born.len() + alias.len() + self.plan.template.len();
        KNOWN_BYTES + texts + self.facts.iter().map(|(_, text)| text.len()).sum::<usize>()
    }
}

/// A patient's last session, and what those before it left.
#[derive(Debug)]
struct Kept {
    session: SessionId,
    /// It never came to an infusion.
    cancelled: bool,
    last: Known,
    before: Option<Known>,
    /// Name and number in small letters, made once: a search holds up everything else in the recorder.
    spelled: Box<str>,
    /// Bytes counted for it.
    counted: usize,
}

impl Kept {
    fn of(session: &Line) -> Self {
        let (session, cancelled, last) = (session.id.clone(), false, Known::of(session));
        Self { session, cancelled, last, before: None, spelled: "".into(), counted: 0 }
    }

    fn known(&self) -> Known {
        self.last.over(self.cancelled, self.before.as_ref())
    }

    /// A session as it stands now. At a start the newest are read first, so one may come that is older.
    fn note(&mut self, session: &Line) {
        let (noted, cancelled) = (Known::of(session), session.phase == Phase::Cancelled);
        if session.id != self.session && noted.last < self.last.last {
            self.before = Some(match &self.before {
                Some(newer) if noted.last < newer.last => newer.over(false, Some(&noted)),
                older => noted.over(cancelled, older.as_ref()),
            });
            return;
        }
        if session.id != self.session {
            self.before = Some(self.known());
            self.session = session.id.clone();
        }
        // A blank between them: no part of a search reaches from one into the other.
        self.spelled = format!("{} {}", noted.patient.name, noted.patient.id).to_lowercase().into();
        (self.last, self.cancelled) = (noted, cancelled);
    }

    fn bytes(&self) -> usize {
        self.spelled.len() + self.last.bytes() + self.before.as_ref().map_or(0, Known::bytes)
    }
}

/// Patients by the clinic's number.
#[derive(Debug, Default)]
pub(crate) struct Patients {
    known: BTreeMap<Box<str>, Kept>,
    bytes: usize,
    full: bool,
}

impl Patients {
    /// Takes note of how a session stands.
    pub(crate) fn note(&mut self, session: &Line) {
        let id = &session.patient.id;
        let mut kept = self.known.remove(id).unwrap_or_else(|| Kept::of(session));
        self.bytes -= kept.counted;
        kept.note(session);
        kept.counted = kept.bytes();
        self.bytes += kept.counted;
        self.known.insert(id.clone(), kept);
        self.shrink();
    }

    /// Whether there was no room for one who was here longest ago.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    fn shrink(&mut self) {
        while self.bytes > KNOWN_BYTES_MAX {
            self.full = true;
            let oldest = self.known.iter().min_by_key(|(_, kept)| kept.last.last).map(|(id, _)| id.clone());
            let Some(kept) = oldest.and_then(|id| self.known.remove(&id)) else { return };
            self.bytes -= kept.counted;
        }
    }

    fn find(&self, text: &str) -> Vec<Known> {
        let parts: Vec<String> = text
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|p| !p.is_empty())
            .map(str::to_lowercase)
            .collect();
        let fits = self.known.values().filter(|kept| parts.iter().all(|part| kept.spelled.contains(part)));
        let mut found: Vec<&Kept> = fits.collect();
        found.sort_by_key(|kept| (Reverse(kept.last.last), &kept.last.patient.id));
        found.into_iter().take(FOUND_MAX).map(Kept::known).collect()
    }
}

impl State {
    /// The last session of a chair changed.
    pub(crate) fn note_patient(&mut self, chair: &ChairId) {
        if let Some(session) = self.sessions.last(chair) {
            self.patients.note(&Line::of(chair, session, Findings::default()));
        }
    }
}

impl Desk {
    /// Patients whose name or number has every part of `text`, the one who was here last first, at most 20.
    ///
    /// # Errors
    /// Fewer than two characters, or more than a name has.
    pub fn find_patients(&self, text: &str) -> Result<Vec<Known>, DeskError> {
        let found = text.chars().filter(|c| !c.is_whitespace() && *c != ',').count();
        if found < TEXT_MIN || text.chars().count() > NAME_MAX {
            return Err(DeskError::Search { found, expected: (TEXT_MIN, NAME_MAX) });
        }
        Ok(self.shared.state().patients.find(text))
    }
}
