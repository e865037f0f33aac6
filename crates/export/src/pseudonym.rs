//! A record without the person: what names her is replaced, and only who has the clinic's key can lead it back.
//!
//! Pseudonyms are HMAC-SHA256 of what they replace under a key that stays at the clinic, so the same patient has the same
//! pseudonym in every export of that clinic and no two clinics have one in common. It is done before a [`Record`](crate::Record)
//! is made: no format can name what its record does not hold.

use chairside_observation::session::{About, Act, Done, Kept, Patient, Person, Session, SessionId};
use chairside_observation::{Deed, Entry, Flags, Link, Micros, MonitorNotice, Noticed, Observation, Received, What};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What stands for a text that people or devices wrote.
pub const REMOVED: &str = "[removed]";
/// Most weeks a patient's times are moved back: five years.
const WEEKS_MAX: u64 = 260;
const WEEK: i64 = 7 * 24 * 3600;

/// The clinic's key.
pub struct Key(pub [u8; 32]);

/// A session without the person, and what leads back to her.
pub struct Pseudonymous {
    /// Name of the chair.
    pub chair: String,
    /// The session.
    pub session: Session,
    /// What its chair holds.
    pub entries: Vec<Entry>,
    /// How many weeks earlier than they were all times stand.
    pub weeks: u64,
}

/// `session` and the `entries` of its chair without the person; `None` when its first act opens no session.
#[must_use]
pub fn pseudonymous(chair: &str, session: &Session, entries: &[Entry], key: &Key) -> Option<Pseudonymous> {
    let Patient { id, name, born, .. } = &session.patient;
    // Two patients without a number are told apart by what else is known of them.
    let person = if id.is_empty() { format!("{name}\n{born}") } else { id.to_string() };
    let weeks = 1 + key.number("weeks", &person) % WEEKS_MAX;
    let earlier = Micros::from_secs(WEEK.saturating_mul(i64::try_from(weeks).unwrap_or(0)));
    let cloak = Cloak { key, earlier, patient: key.text("patient", &person, 6), session: session_id(session, key) };
    let mut acts = session.acts.iter();
    let first: &Kept = acts.next()?;
    let mut cloaked = Session::open(first.sequence, cloak.received(first.received), cloak.done(&first.done)?)?;
    for kept in acts {
        if let Some(done) = cloak.done(&kept.done) {
            cloaked.apply(kept.sequence, cloak.received(kept.received), done);
        }
    }
    let entries = entries.iter().filter_map(|entry| cloak.entry(entry)).collect();
    Some(Pseudonymous { chair: key.text("chair", chair, 3), session: cloaked, entries, weeks })
}

/// What stands for the id of `session`.
#[must_use]
pub fn session_id(session: &Session, key: &Key) -> SessionId {
    let opening = session.acts.first().map_or(session.opened, |opening| opening.received);
    SessionId::from(key.text("session", &format!("{} {}", session.id, opening.wall.0), 8).as_str())
}

impl Key {
    fn digest(&self, kind: &str, of: &str) -> [u8; 32] {
        // A key shorter than the block of the hash is filled with zeros, as HMAC defines.
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(kind.as_bytes());
        mac.update(b"\n");
        mac.update(of.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// `patient-3f9a...`, with so many bytes of the digest.
    fn text(&self, kind: &str, of: &str, bytes: usize) -> String {
        let digits: String = self.digest(kind, of).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect();
        format!("{kind}-{digits}")
    }

    fn number(&self, kind: &str, of: &str) -> u64 {
        self.digest(kind, of).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// What one session is replaced by.
struct Cloak<'a> {
    key: &'a Key,
    earlier: Micros,
    patient: String,
    session: SessionId,
}

fn removed(text: &str) -> Box<str> {
    if text.is_empty() { "".into() } else { REMOVED.into() }
}

impl Cloak<'_> {
    fn wall(&self, wall: Micros) -> Micros {
        wall - self.earlier
    }

    fn received(&self, received: Received) -> Received {
        Received { mono: received.mono, wall: self.wall(received.wall) }
    }

    fn person(&self, person: &Person) -> Person {
        Person { name: self.key.text(person.role.word(), &person.name, 4).into(), role: person.role }
    }

    fn done(&self, done: &Done) -> Option<Done> {
        Some(Done {
            session: self.session.clone(),
            by: self.person(&done.by),
            key: done.key,
            about: done.about.map(|about| About { wall: self.wall(about.wall), ..about }),
            act: self.act(&done.act)?,
        })
    }

    /// Every act by name: a new one does not compile until somebody has decided what of it names a person.
    fn act(&self, act: &Act) -> Option<Act> {
        Some(match act.clone() {
            Act::Opened { patient: _, plan, planned } => {
                let id: Box<str> = self.patient.as_str().into();
                Act::Opened {
                    patient: Patient { id: id.clone(), name: id, born: "".into(), alias: "".into() },
                    plan,
                    planned,
                }
            }
            Act::Moved { to, reason } => Act::Moved { to, reason: removed(&reason) },
            Act::Entry { kind, score, text } => Act::Entry { kind, score, text: removed(&text) },
            Act::Artefact { vital, span, reason } => Act::Artefact { vital, span, reason: removed(&reason) },
            Act::Undo { of, reason } => Act::Undo { of, reason: removed(&reason) },
            Act::HandedOver { to } => Act::HandedOver { to: self.person(&to) },
            Act::Accepted { source, bed, patient, device, reason } => Act::Accepted {
                source,
                bed: removed(&bed),
                patient: removed(&patient),
                device: removed(&device),
                reason: removed(&reason),
            },
            Act::Limited { notice, limits, reason } => Act::Limited { notice, limits, reason: removed(&reason) },
            Act::Addendum { text } => Act::Addendum { text: removed(&text) },
            Act::Corrected { of, score, text, reason } => {
                Act::Corrected { of, score, text: removed(&text), reason: removed(&reason) }
            }
            // A signature is of the record with its names, by the key of a clinic.
            Act::Signed { .. } => return None,
            act @ (Act::Claimed { .. } | Act::Baseline { .. } | Act::Typed { .. } | Act::Acknowledged { .. }) => act,
        })
    }

    /// An entry of the chair; deeds of people are in the session already.
    fn entry(&self, entry: &Entry) -> Option<Entry> {
        let what = match &entry.what {
            What::Reading(told) => What::Reading(observation(told)),
            What::Notice(notice) => {
                let (priority, bytes) = (notice.priority, notice.bytes.clone());
                What::Notice(MonitorNotice { text: removed(&notice.text), priority, context: None, bytes })
            }
            // A link's sentence is ours and never holds a patient's data.
            What::Link(Link { .. }) | What::Skipped { .. } | What::Heard { .. } => entry.what.clone(),
            What::Deed(Deed::Noticed(noticed)) => {
                let (session, since) = (self.session.clone(), self.wall(noticed.since));
                What::Deed(Deed::Noticed(Box::new(Noticed { session, since, ..(**noticed).clone() })))
            }
            What::Deed(Deed::FramesLost { .. }) => entry.what.clone(),
            What::Deed(_) => return None,
        };
        Some(Entry { what, received: self.received(entry.received), ..entry.clone() })
    }
}

/// A reading without the words around it that may name somebody: bed, patient and device as sent, the monitor's clock, and
/// remarks that are not in our list.
fn observation(told: &Observation) -> Observation {
    let flags = told.flags.known().fold(Flags::NONE, Flags::with);
    Observation { context: None, measured: None, flags, ..told.clone() }
}
