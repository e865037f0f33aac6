//! The monitor that writes: its identity, its clock, its counter, and what it has said before.

use super::rows::{escape, escape_components};
use super::write::{alarm, capsule, experimental, ge, mindray, nihon_kohden, pcd01, philips};
use super::{Dialect, Identity, Snapshot};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

/// A finished message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// MSH-10.
    pub control_id: String,
    /// The message, segments ended by CR, without its frame.
    pub bytes: Vec<u8>,
}

/// One step in the life of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It begins.
    Start,
    /// It is over.
    End,
}

/// An alarm of the heart rate's upper limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartRateHigh {
    /// What it does now.
    pub phase: Phase,
    /// Heart rate.
    pub heart_rate: u16,
    /// The limit.
    pub limit: u16,
}

/// Writes the messages of one monitor, or of a gateway with several beds.
#[derive(Clone, Debug)]
pub struct Encoder {
    pub(super) dialect: Dialect,
    pub(super) beds: Vec<Identity>,
    pub(super) serial: u32,
    pub(super) demo: bool,
    pub(super) heart_rate_high: Option<u16>,
    offset: Offset,
    run_id: String,
    count: u64,
    /// Of each bed, when the cuff measurement last sent was made.
    cuffs_sent: Vec<Option<Timestamp>>,
    clock_told: Option<Timestamp>,
}

/// How often a Philips gateway tells its clock: ours.
const CLOCK_EVERY: SignedDuration = SignedDuration::from_secs(60);

impl Encoder {
    /// A monitor with its identity and clock zone. `serial` gives the device its number; `run_id` begins every control
    /// id, so that the messages of two runs are not taken for each other.
    #[must_use]
    pub fn new(dialect: Dialect, identity: Identity, serial: u32, run_id: &str, offset: Offset) -> Self {
        Self {
            dialect,
            beds: vec![identity],
            serial,
            demo: false,
            heart_rate_high: None,
            offset,
            run_id: run_id.to_owned(),
            count: 0,
            cuffs_sent: vec![None],
            clock_told: None,
        }
    }

    /// Marks everything as the monitor's own demonstration data, as this make does (H21).
    #[must_use]
    pub const fn with_demo(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }

    /// A heart rate above this limit is relayed as an alarm, where the make does so.
    #[must_use]
    pub const fn with_heart_rate_high(mut self, limit: Option<u16>) -> Self {
        self.heart_rate_high = limit;
        self
    }

    /// A gateway: these beds instead of the one.
    #[must_use]
    pub fn with_beds(mut self, beds: Vec<Identity>) -> Self {
        self.cuffs_sent = vec![None; beds.len()];
        self.beds = beds;
        self
    }

    /// The message of one moment of one bed.
    pub fn message(&mut self, snapshot: &Snapshot, now: Timestamp) -> Message {
        self.message_of(&[*snapshot], now)
    }

    /// The message of one moment of all beds, in their order.
    pub fn message_of(&mut self, snapshots: &[Snapshot], now: Timestamp) -> Message {
        let control_id = self.control_id(now);
        let mut shown = snapshots.to_vec();
        for (snapshot, sent) in shown.iter_mut().zip(&mut self.cuffs_sent) {
            let made = snapshot.cuff.map(|(_, at)| at);
            if made == *sent && !self.dialect.repeats_cuff() {
                snapshot.cuff = None;
            }
            *sent = made;
        }
        let write = match self.dialect {
            Dialect::Pcd01 => pcd01::message,
            Dialect::Mindray => mindray::message,
            Dialect::Ge => ge::message,
            Dialect::PhilipsIc => philips::message,
            Dialect::Efficia => philips::efficia,
            Dialect::NihonKohden => nihon_kohden::bedside,
            Dialect::NihonKohdenGateway => nihon_kohden::gateway,
            Dialect::Capsule => capsule::message,
            Dialect::Vc150 => experimental::vc150,
            Dialect::Comen => experimental::comen,
            Dialect::Northern => experimental::northern,
            Dialect::Xh80x => experimental::xh80x,
        };
        let text = write(self, &control_id, &shown, now);
        Message { control_id, bytes: self.bytes(&text) }
    }

    /// The ACM message (`ORU^R40`) of an alarm; `None` for a make that has none.
    pub fn alarm(&mut self, event: HeartRateHigh, now: Timestamp) -> Option<Message> {
        if !matches!(self.dialect, Dialect::Pcd01 | Dialect::Mindray) {
            return None;
        }
        let control_id = self.control_id(now);
        let text = alarm::message(self, &control_id, event, now);
        Some(Message { control_id, bytes: self.bytes(&text) })
    }

    /// The clock message that is due between the others; only Philips has them.
    pub fn clock(&mut self, now: Timestamp) -> Option<Message> {
        let is_due = self.clock_told.is_none_or(|told| now.duration_since(told) >= CLOCK_EVERY);
        if self.dialect != Dialect::PhilipsIc || !is_due {
            return None;
        }
        self.clock_told = Some(now);
        let control_id = self.control_id(now);
        let text = philips::clock(self, &control_id, now);
        Some(Message { control_id, bytes: self.bytes(&text) })
    }

    /// The connection is a new one: a make that sends each cuff measurement once may send the last one again.
    pub fn reconnected(&mut self) {
        if self.dialect == Dialect::PhilipsIc {
            self.cuffs_sent.fill(None);
        }
    }

    fn control_id(&mut self, now: Timestamp) -> String {
        self.count += 1;
        let own = format!("{}{:08}", self.run_id, self.count);
        match self.dialect {
            Dialect::PhilipsIc => format!("HP{}{own}", self.local(now).strftime("%m%d%H%M%S%3f")),
            // Ten characters of the device and ten that count, from a place of this run's own.
            Dialect::Efficia => format!("{}{:010X}", self.efficia_serial(), self.count_from_run()),
            _ => own,
        }
    }

    pub(super) fn efficia_serial(&self) -> String {
        format!("XX{:08X}", self.serial)
    }

    fn count_from_run(&self) -> u64 {
        // FNV-1a: any spreading of the run's letters over 40 bits will do.
        let hash = self
            .run_id
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
        (hash.wrapping_add(self.count)) & 0xFF_FFFF_FFFF
    }

    /// The one bed of a monitor, as it may stand in fields.
    pub(super) fn person(&self) -> Person {
        Person::of(&self.beds[0])
    }

    /// The device number within the maker's range; the rest is made up.
    pub(super) fn device(&self) -> String {
        let serial = self.serial;
        match self.dialect {
            Dialect::Mindray | Dialect::Xh80x => format!("00A03700{serial:08X}"),
            Dialect::Ge => format!("080019FFFE{:06X}", serial & 0xFF_FFFF),
            _ => format!("02C5DE00{serial:08X}"),
        }
    }

    pub(super) fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(TimeZone::fixed(self.offset))
    }

    /// `20260304140509`.
    pub(super) fn bare(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y%m%d%H%M%S").to_string()
    }

    /// `20260304140509+0100`.
    pub(super) fn zoned(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y%m%d%H%M%S%z").to_string()
    }

    /// With so many decimals and the zone.
    pub(super) fn fine(&self, at: Timestamp, decimals: u32) -> String {
        let local = self.local(at);
        let part = local.subsec_nanosecond() / 10_i32.pow(9 - decimals);
        let width = usize::try_from(decimals).unwrap_or(0);
        format!("{}.{part:0width$}{}", local.strftime("%Y%m%d%H%M%S"), local.strftime("%z"))
    }

    /// The text in the character set of the make: Philips sends Latin-1, where anything else becomes a question mark.
    fn bytes(&self, text: &str) -> Vec<u8> {
        if self.dialect == Dialect::PhilipsIc {
            return text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
        }
        text.as_bytes().to_vec()
    }
}

/// Who and where, escaped for their fields.
pub(super) struct Person {
    pub(super) bed: String,
    pub(super) unit: String,
    pub(super) patient: String,
    pub(super) name: String,
}

impl Person {
    pub(super) fn of(identity: &Identity) -> Self {
        Self {
            bed: escape(&identity.bed),
            unit: escape(&identity.unit),
            patient: escape(&identity.patient),
            name: escape_components(&identity.name),
        }
    }
}
