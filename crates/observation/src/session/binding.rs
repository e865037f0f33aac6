//! Whether what a feed says is the patient's who has the chair (H01, H02, H21).
//!
//! A reading of an open session is held against it before anybody sees it. What does not fit is kept with its feed and never
//! becomes the chair's; a person may look and take the feed for this patient's ([`super::Act::Accepted`]). A mismatch never
//! ends, moves or joins a session.

use super::{Act, Patient, Session};
use crate::vital::words;
use crate::{Context, Micros, Received, SourceId};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Rows of one session: a room of ten devices, each heard with three identities. A sender that makes up more of them
/// pushes out the row heard longest ago; nothing of it is let in by that.
pub const ROWS_MAX: usize = 32;
/// Places and devices bound in one session: one message of a room names at most so many. More are never bound, and so
/// withheld.
const BOUND_MAX: usize = 64;

words! {
    /// What a feed says of the patient who has the chair.
    Says {
        /// It names this patient.
        Same = "same",
        /// It names nobody.
        None = "none",
        /// It names another one or came from elsewhere, and a person took it for this patient's.
        Accepted = "accepted",
        /// It names another patient.
        Patient = "patient",
        /// It comes from another device than the one this session began with.
        Device = "device",
        /// The monitor says that it stands at another bed than when this session began.
        Bed = "bed",
        /// It was measured before this patient was bound.
        Before = "before",
        /// Demonstration or test data: never a real patient's.
        Demo = "demo",
    }
}

impl Says {
    /// Whether it may be shown and kept as this patient's.
    #[must_use]
    pub const fn fits(self) -> bool {
        matches!(self, Self::Same | Self::None | Self::Accepted)
    }
}

/// One thing heard for a chair, before it is decided whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// Who heard it.
    pub source: &'a SourceId,
    /// The whole source is bound to the chair, whatever bed it names.
    pub whole: bool,
    /// Bed, patient and device of its group, as sent.
    pub context: Option<&'a Context>,
    /// Demonstration or test data of the monitor.
    pub synthetic: bool,
    /// It is a reading; notices of the monitor are not counted.
    pub reading: bool,
    /// When it arrived.
    pub received: Received,
    /// The earliest moment, on the monotonic clock, at which it can have been measured.
    pub measured: Micros,
}

/// What one feed said so far, one row for each patient and device it named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedSays {
    /// Who hears it.
    pub source: SourceId,
    /// Bed name as sent; empty when none.
    pub bed: Box<str>,
    /// Patient identifier as sent; empty when none.
    pub patient: Box<str>,
    /// Patient name as sent; empty when none.
    pub name: Box<str>,
    /// Device as sent; empty when none.
    pub device: Box<str>,
    /// What it says. Old readings among fitting ones only count as withheld.
    pub says: Says,
    /// Readings withheld since `since`.
    pub withheld: u64,
    /// Since when it is as it is.
    pub since: Received,
    demo: bool,
    heard: Micros,
}

/// What changed for those who look at the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    Nothing,
    /// One more was withheld.
    Withheld,
    /// A feed is new, or says something else.
    Says,
}

/// A place or device, and the message in which it was named first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    source: SourceId,
    bed: Box<str>,
    device: Box<str>,
    first: Received,
}

/// The feeds of one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    rows: Vec<FeedSays>,
    devices: Vec<Bound>,
    /// Beds of sources that are bound whole; `bed` holds unit and bed.
    places: Vec<Bound>,
}

impl Binding {
    /// Every row, in the order first heard.
    #[must_use]
    pub fn rows(&self) -> &[FeedSays] {
        &self.rows
    }

    /// Decides whose `heard` is while `session` is open, and takes note of it.
    pub fn judge(&mut self, session: &Session, heard: &Heard<'_>) -> (Says, Changed) {
        let none = Context::default();
        let context = heard.context.unwrap_or(&none);
        let says = self.says(session, heard, context);
        let says =
            if says.fits() && heard.measured < session.opened.mono && heard.reading { Says::Before } else { says };
        if matches!(says, Says::Same | Says::None) {
            self.bind(heard, context);
        }
        (says, self.note(heard, context, says))
    }

    /// What was bound before a restart: a reading that was let in. It decides nothing and is no row.
    pub fn remember(&mut self, session: &Session, heard: &Heard<'_>) {
        if matches!(self.names(session, heard), Says::Same | Says::None) {
            self.bind(heard, heard.context.unwrap_or(&Context::default()));
        }
    }

    /// Binds what a source is bound to only through feeds that a person accepted: after a restart the last resort, so that
    /// a third device is not taken for the first.
    pub fn remember_accepted(&mut self, heard: &Heard<'_>) {
        let none = Context::default();
        let context = heard.context.unwrap_or(&none);
        let bed = text(context.bed.as_deref());
        if !self.devices.iter().any(|bound| bound.source == *heard.source && *bound.bed == *bed) {
            self.bind(heard, context);
        }
    }

    /// A feed was accepted: its rows say so at once.
    pub fn reconsider(&mut self, session: &Session, at: Received) {
        for row in &mut self.rows {
            let could_be = matches!(row.says, Says::Patient | Says::Device | Says::Bed);
            if could_be && session.accepts(&row.source, &row.bed, &row.patient, &row.device) {
                (row.says, row.withheld, row.since) = (Says::Accepted, 0, at);
            }
        }
    }

    /// Whose `heard` is by what it names alone: whenever it was measured, and whatever was accepted. What a person accepted
    /// counts from then on, not for what came before: that may be of the patient whose number is still in the monitor.
    #[must_use]
    pub fn names(&self, session: &Session, heard: &Heard<'_>) -> Says {
        let none = Context::default();
        let context = heard.context.unwrap_or(&none);
        if heard.synthetic && !session.patient.is_test() {
            return Says::Demo;
        }
        match whose(&session.patient, context) {
            Says::Patient => Says::Patient,
            _ if heard.whole && !self.stands(heard, context) => Says::Bed,
            _ if !self.knows(heard, context) => Says::Device,
            whose => whose,
        }
    }

    fn says(&self, session: &Session, heard: &Heard<'_>, context: &Context) -> Says {
        let says = self.names(session, heard);
        let could_be = matches!(says, Says::Patient | Says::Device | Says::Bed);
        let [bed, patient, device] = [&context.bed, &context.patient, &context.device].map(|t| text(t.as_deref()));
        if could_be && session.accepts(heard.source, bed, patient, device) { Says::Accepted } else { says }
    }

    /// Whether the device is one of the first message that named any. One message of a room may name several.
    fn knows(&self, heard: &Heard<'_>, context: &Context) -> bool {
        let (bed, device) = (text(context.bed.as_deref()), text(context.device.as_deref()));
        let of_feed = || self.devices.iter().filter(|b| b.source == *heard.source && *b.bed == *bed);
        device.is_empty() || fits(of_feed(), heard.received, |bound| *bound.device == *device)
    }

    fn stands(&self, heard: &Heard<'_>, context: &Context) -> bool {
        let place = place(context);
        let of_source = || self.places.iter().filter(|b| b.source == *heard.source);
        place.is_empty() || fits(of_source(), heard.received, |bound| *bound.bed == *place)
    }

    fn bind(&mut self, heard: &Heard<'_>, context: &Context) {
        let bound = |bed: &str, device: &str| Bound {
            source: heard.source.clone(),
            bed: bed.into(),
            device: device.into(),
            first: heard.received,
        };
        let same = |a: &Bound, b: &Bound| a.source == b.source && a.bed == b.bed && a.device == b.device;
        let device = text(context.device.as_deref());
        if !device.is_empty() {
            let new = bound(text(context.bed.as_deref()), device);
            if self.devices.len() < BOUND_MAX && !self.devices.iter().any(|known| same(known, &new)) {
                self.devices.push(new);
            }
        }
        let place = place(context);
        if heard.whole && !place.is_empty() {
            let new = bound(&place, "");
            if self.places.len() < BOUND_MAX && !self.places.iter().any(|known| same(known, &new)) {
                self.places.push(new);
            }
        }
    }

    fn note(&mut self, heard: &Heard<'_>, context: &Context, says: Says) -> Changed {
        let at = self.row(heard, context, says);
        let row = &mut self.rows[at.0];
        row.heard = heard.received.mono;
        // Old readings among fitting ones: a monitor repeats its last cuff reading beside what is new.
        let changed = at.1 || (row.says != says && !(says == Says::Before && row.says.fits()));
        if changed {
            (row.says, row.withheld, row.since) = (says, 0, heard.received);
        }
        let withheld = heard.reading && !says.fits();
        row.withheld += u64::from(withheld);
        match (changed, withheld) {
            (true, _) => Changed::Says,
            (false, true) => Changed::Withheld,
            (false, false) => Changed::Nothing,
        }
    }

    /// The row of this feed, patient and device, and whether it is new.
    fn row(&mut self, heard: &Heard<'_>, context: &Context, says: Says) -> (usize, bool) {
        let [bed, patient, name, device] =
            [&context.bed, &context.patient, &context.name, &context.device].map(|t| text(t.as_deref()));
        let demo = heard.synthetic;
        let same = |row: &FeedSays| {
            row.source == *heard.source
                && (&*row.bed, &*row.patient, &*row.name, &*row.device, row.demo) == (bed, patient, name, device, demo)
        };
        if let Some(at) = self.rows.iter().position(same) {
            return (at, false);
        }
        if self.rows.len() >= ROWS_MAX {
            let oldest = (0..self.rows.len()).min_by_key(|at| self.rows[*at].heard);
            oldest.map(|at| self.rows.remove(at));
        }
        self.rows.push(FeedSays {
            source: heard.source.clone(),
            bed: bed.into(),
            patient: patient.into(),
            name: name.into(),
            device: device.into(),
            says,
            withheld: 0,
            since: heard.received,
            demo,
            heard: heard.received.mono,
        });
        (self.rows.len() - 1, true)
    }
}

/// Whether one of `bound` is meant, or none is bound before this very message.
fn fits<'a>(bound: impl Iterator<Item = &'a Bound>, received: Received, is_meant: impl Fn(&Bound) -> bool) -> bool {
    let mut earlier = false;
    for bound in bound {
        if is_meant(bound) {
            return true;
        }
        earlier |= bound.first != received;
    }
    !earlier
}

impl Session {
    /// Whether a person took this feed, with just this patient and device, for this patient's.
    #[must_use]
    pub fn accepts(&self, source: &SourceId, bed: &str, patient: &str, device: &str) -> bool {
        self.acts.iter().filter(|kept| kept.undone_by.is_none()).any(|kept| match &kept.done.act {
            Act::Accepted { source: s, bed: b, patient: p, device: d, .. } => {
                s == source && (b.trim(), p.trim(), d.trim()) == (bed, patient, device)
            }
            _ => false,
        })
    }
}

/// A field as sent, without the blanks around it; empty when there is none.
fn text(field: Option<&str>) -> &str {
    field.unwrap_or_default().trim()
}

/// Where the monitor says it stands; empty when it says nothing.
fn place(context: &Context) -> String {
    let (unit, bed) = (text(context.unit.as_deref()), text(context.bed.as_deref()));
    if unit.is_empty() { bed.into() } else { alloc::format!("{unit}\u{1f}{bed}") }
}

/// An identifier decides. A name counts only where no identifier is sent, and then only against the feed: two people may
/// share a family name, so a name that fits proves nothing.
fn whose(patient: &Patient, context: &Context) -> Says {
    let id = first(text(context.patient.as_deref()));
    if !id.is_empty() {
        return if equal(id, first(patient.id.trim())) { Says::Same } else { Says::Patient };
    }
    let name = text(context.name.as_deref());
    let family = family(name, '^');
    if family.is_empty() || shares_a_word(family, family_of(&patient.name)) { Says::None } else { Says::Patient }
}

/// The first component of a field: an identifier without its issuer.
fn first(field: &str) -> &str {
    field.split('^').next().unwrap_or_default().trim()
}

/// Leading zeros count: `007` is not `7`.
fn equal(a: &str, b: &str) -> bool {
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

fn family(name: &str, ends: char) -> &str {
    name.split(ends).next().unwrap_or_default().trim()
}

/// The clinic writes "Doe, Jane", or a name in any order; then every word may be the family's.
fn family_of(name: &str) -> &str {
    if name.contains('^') { family(name, '^') } else { family(name, ',') }
}

fn shares_a_word(a: &str, b: &str) -> bool {
    let words = |text| str::split(text, |c: char| !c.is_alphanumeric()).filter(|word: &&str| !word.is_empty());
    words(a).any(|a| words(b).any(|b| equal(a, b)))
}
