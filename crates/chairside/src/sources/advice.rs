//! What to do next at a source: one table, read by the Sources page and by `chairside doctor`.
//!
//! Two pure steps: [`hears`] sums up what came, [`advice`] has a sentence for that, the state of the link and the way.
//! Sentences hold no number that changes by itself, so that a reader is not told the same thing twice.

use chairside_decode::catalog::Protocol;
use chairside_ingest::{Counts, Noise, Tally};
use chairside_observation::LinkState;

/// Before so many frames a source without readings is only at its beginning: monitors send headers first.
const FRAMES_TO_JUDGE: u64 = 5;
/// One skipped byte in so many is more than a cut frame at the start of a stream.
const DAMAGED_ONE_IN: u64 = 50;

/// How a source is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A serial port.
    Serial(Talk),
    /// Senders connect to us; `local` when only this machine can.
    Listen {
        /// The address is a loopback address.
        local: bool,
    },
    /// We connect.
    Connect,
    /// We ask over the network, in datagrams.
    Lan,
    /// A VitalRecorder connects to us.
    Relay,
}

/// How a monitor on a serial port comes to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// By itself.
    Listens,
    /// We ask it.
    Asks,
    /// Another system asks it, we overhear the answers.
    Passive,
}

/// What is known of a source.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// State of its link.
    pub state: LinkState,
    /// How it is reached.
    pub way: Way,
    /// What it should speak.
    pub protocol: Protocol,
    /// Its serial line, as `9600 baud 8N1`; empty for others.
    pub line: &'a str,
    /// Since the program started.
    pub ever: &'a Counts,
    /// In the last seconds.
    pub lately: &'a Tally,
    /// What the bytes look like that fit nothing.
    pub noise: Option<Noise>,
    /// It sends beds that no chair has.
    pub waiting_beds: bool,
}

/// What is heard of a source, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    /// Not one byte, ever.
    Nothing,
    /// Not one byte, and somebody was refused.
    Refused,
    /// The first bytes, too early to judge.
    Begun,
    /// Bytes that form no frame.
    NoFrames,
    /// Frames that are complete and not understood.
    Faults,
    /// Frames in earlier times, and nothing now.
    Stopped,
    /// Frames without any vital sign.
    NoReadings,
    /// Vital signs, and not one number among them.
    NoValues,
    /// Values for a bed that has no chair.
    WaitingBed,
    /// Values among damaged bytes.
    Damaged,
    /// Values.
    Values,
}

/// Sums up what came.
#[must_use]
pub fn hears(known: &Known<'_>) -> Hears {
    let Known { ever, lately, .. } = *known;
    if ever.bytes == 0 {
        return if ever.refused_peers > 0 && ever.connections == 0 { Hears::Refused } else { Hears::Nothing };
    }
    if lately.faults > 0 && lately.frames == 0 && lately.values == 0 {
        return Hears::Faults;
    }
    if known.state == LinkState::Connecting && ever.frames == 0 && ever.faults == 0 {
        return Hears::Begun;
    }
    if lately.bytes > 0 && lately.frames == 0 && lately.values == 0 && lately.skipped_bytes > 0 {
        return Hears::NoFrames;
    }
    if known.state != LinkState::Live {
        return match (ever.frames, ever.faults) {
            (0, 0) => Hears::NoFrames,
            (0, _) => Hears::Faults,
            _ => Hears::Stopped,
        };
    }
    if ever.readings == 0 && ever.frames >= FRAMES_TO_JUDGE {
        Hears::NoReadings
    } else if lately.readings > 0 && lately.values == 0 {
        Hears::NoValues
    } else if known.waiting_beds {
        Hears::WaitingBed
    } else if lately.skipped_bytes * DAMAGED_ONE_IN > lately.bytes {
        Hears::Damaged
    } else {
        Hears::Values
    }
}

/// Whether nobody has to do anything.
#[must_use]
pub fn well(known: &Known<'_>) -> bool {
    known.state == LinkState::Live && hears(known) == Hears::Values
}

/// What to do next.
#[must_use]
pub fn advice(known: &Known<'_>) -> String {
    let hears = hears(known);
    match (known.state, known.way, hears) {
        (LinkState::Initial, ..) => "Nothing yet: the source is being started.".into(),
        (LinkState::Lost, way, _) => lost(way, known.ever.connections > 0).into(),
        (_, _, Hears::Begun) => {
            "Nothing yet: the first bytes have come, and a whole frame is waited for, 10 s at most.".into()
        }
        (_, _, Hears::NoFrames) => no_frames(known),
        (_, _, Hears::Faults) => faults(known.protocol),
        (_, way, Hears::Nothing) => nothing(way, known),
        (_, way, Hears::Refused | Hears::Stopped) => gone_or_refused(way, hears).into(),
        (_, _, heard) => heard_well(heard, known.protocol).into(),
    }
}

/// The port or the connection is gone.
const fn lost(way: Way, stood_before: bool) -> &'static str {
    match (way, stood_before) {
        (Way::Serial(_), true) => {
            "Plug the USB adapter and the cable in again: the port is opened again by itself within a second. If both are \
             in, try another USB socket. If the port has another name now, correct `port` in chairside.toml."
        }
        (Way::Serial(_), false) => {
            "The port could not be opened yet: what was found says why, and what to change. It is tried again each second; \
             plugging an adapter in needs no restart, a change of chairside.toml does."
        }
        (Way::Lan, _) => {
            "Check that the monitor is on, its network cable, and that `connect` in chairside.toml has its address. It is \
             asked again every 2 s by itself."
        }
        (Way::Connect | Way::Listen { .. } | Way::Relay, _) => {
            "Check that the monitor or gateway is on, its network cable, and that `connect` in chairside.toml has its \
             address. It is tried again every 2 s by itself."
        }
    }
}

/// Not one byte.
fn nothing(way: Way, known: &Known<'_>) -> String {
    let connected = known.ever.connections > 0;
    match way {
        Way::Serial(Talk::Passive) => format!(
            "Not one byte has arrived. A {} monitor speaks only when it is asked, and here Chairside only overhears: check \
             that the other system on this line is running, then the cable.",
            known.protocol.word()
        ),
        Way::Serial(Talk::Asks) => format!(
            "The monitor is asked and does not answer. Check in this order: it is on; the cable sits in its data port and in \
             the adapter; data output is switched on in its menu, at {}; the cable has both directions, as this monitor \
             needs them.",
            known.line
        ),
        Way::Serial(Talk::Listens) => "Not one byte has arrived. Check in this order: the monitor is on; the cable sits in its data port \
             and in the adapter; data output is switched on in the monitor's menu; it is the cable this monitor needs. The \
             speed is not the cause: at a wrong speed bytes would arrive, as noise."
            .into(),
        Way::Lan => "The monitor is asked over the network and does not answer. Check that it is on, its network cable, that \
             `connect` in chairside.toml has its address, and that its data export over the network is switched on."
            .into(),
        Way::Relay if connected => "VitalRecorder is connected and has sent nothing. Check in VitalRecorder that its devices are \
             connected and show values."
            .into(),
        Way::Relay => "No VitalRecorder has connected. Check that it runs, that sending to a server is switched on there \
             (SEND_WEB=1) with this machine's address and this port, and any firewall between."
            .into(),
        Way::Listen { .. } | Way::Connect if connected => "The connection stands and nothing was sent. Check at the monitor or \
             gateway that a patient is admitted, that it has values, and how often its HL7 output sends."
            .into(),
        Way::Listen { local: true } => "No sender has connected, and only programs on this machine can: `listen` in \
             chairside.toml has an address that other machines do not reach. Give it this machine's address in the \
             monitors' network, name the senders in `allow`, and restart."
            .into(),
        Way::Listen { local: false } => "No sender has connected. Set the HL7 output of the monitor or gateway to this \
             machine's address and this port, then check its network cable and any firewall between."
            .into(),
        Way::Connect => "Check that the monitor or gateway is on, and that `connect` in chairside.toml has its address.".into(),
    }
}

/// It spoke and stopped, or somebody was turned away.
const fn gone_or_refused(way: Way, hears: Hears) -> &'static str {
    match (way, hears) {
        (Way::Lan, Hears::Refused) => {
            "Datagrams came from another address than the monitor's and were thrown away. If the monitor has a new address, \
             correct `connect` in chairside.toml and restart; if not, find out who sends them."
        }
        (_, Hears::Refused) => {
            "A sender was refused; the last refusal names its address. If that is one of your monitors or gateways, add it to \
             `allow` in chairside.toml and restart; if not, find out who it is."
        }
        (Way::Serial(_), _) => {
            "It was heard before and stopped. Check that the monitor is on and not in standby, then its cable at both ends. \
             It comes back by itself."
        }
        (Way::Listen { .. } | Way::Connect | Way::Lan | Way::Relay, _) => {
            "It was heard before and stopped. Check that the monitor is on, has a patient and is not in standby, then its \
             network cable. It comes back by itself."
        }
    }
}

/// Protocols that are lines of text: there, unreadable bytes mean a wrong speed, and readable ones a right one.
const fn is_text(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Nellcor | Protocol::Masimo | Protocol::Dinamap)
}

/// Bytes that form no frame.
fn no_frames(known: &Known<'_>) -> String {
    let (protocol, line) = (known.protocol.word(), known.line);
    match (known.way, known.noise) {
        (_, Some(Noise::WrongMode)) => format!(
            "The monitor speaks, but in a mode that is not decoded. Choose another output in its menu, the one that \
             Chairside reads as {protocol}."
        ),
        (Way::Lan, _) => format!(
            "Datagrams arrive and none is a frame of {protocol}: another program may answer at the address in `connect`. \
             Compare it with the monitor's network settings."
        ),
        (Way::Relay, _) => {
            "Uploads arrive and none has the form of VitalRecorder's: check which program sends to this port; the \
             Sources page shows what it sends."
                .into()
        }
        (Way::Listen { .. } | Way::Connect, _) => "Bytes arrive and none of them is an HL7 message over MLLP. Set the \
             sender's output to HL7 version 2 over MLLP; the Sources page shows what it sends."
            .into(),
        (Way::Serial(_), Some(Noise::Text)) => format!(
            "What arrives is readable, so the speed is right, and it is not {protocol}. Choose this output in the monitor's \
             menu, or correct `protocol` in chairside.toml; the Sources page shows what it sends."
        ),
        (Way::Serial(_), _) if is_text(known.protocol) => format!(
            "Bytes arrive as noise: the monitor's speed or parity is another. This port is set to {line}. Set the monitor \
             to that, or `baud` in chairside.toml to the monitor's speed."
        ),
        (Way::Serial(_), _) => format!(
            "Bytes arrive and none is a frame of {protocol}. This port is set to {line}: compare speed and parity with the \
             monitor's menu, then the output it is set to."
        ),
    }
}

/// Frames that are complete and not understood.
fn faults(protocol: Protocol) -> String {
    let profiles = match protocol.profiles() {
        [] => String::new(),
        all => format!("Try another `profile` in chairside.toml ({}). ", all.join(", ")),
    };
    let expected = if protocol == Protocol::Hl7 { "Expected are HL7 version 2 results (ORU^R01). " } else { "" };
    format!(
        "Complete messages arrive and are not understood. {expected}{profiles}The Sources page shows them; copy one for \
         whoever maintains the decoder."
    )
}

/// Frames arrive and are understood.
const fn heard_well(hears: Hears, protocol: Protocol) -> &'static str {
    match (hears, protocol) {
        (Hears::NoReadings, Protocol::Hl7) => {
            "Messages are understood, and none holds a vital sign. Check that the sender sends results (ORU^R01) and that \
             `profile` in chairside.toml fits it."
        }
        (Hears::NoReadings, _) => {
            "Frames are understood, and none holds a vital sign. Choose an output with values in the monitor's menu."
        }
        (Hears::NoValues, _) => {
            "The link works; the monitor itself has no values now. Look at its sensors on the patient: the reason stands \
             beside each value on the chair's screen."
        }
        (Hears::WaitingBed, _) => "Values arrive for a bed that has no chair. Give it to a chair on the Settings page.",
        (Hears::Damaged, _) => {
            "Values arrive, and a part of the bytes is damaged. Check the plugs, lay the cable away from power cables, or \
             try another cable or adapter."
        }
        _ => "Nothing to do.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkState::{Connecting, Initial, Live, Lost, Silent};
    use Protocol::{Dri, Hl7, Nellcor, Nonin};

    const LOCAL: Way = Way::Listen { local: true };
    const SERIAL: Way = Way::Serial(Talk::Listens);
    const OPEN: Way = Way::Listen { local: false };

    fn known<'a>(state: LinkState, way: Way, protocol: Protocol, ever: &'a Counts, lately: &'a Tally) -> Known<'a> {
        Known { state, way, protocol, line: "9600 baud 8N1", ever, lately, noise: None, waiting_beds: false }
    }

    /// So many bytes, frames, faults and readings since the start, in that order.
    fn ever(connections: u64, refused_peers: u64, [bytes, frames, faults, readings]: [u64; 4]) -> Counts {
        Counts { connections, refused_peers, bytes, frames, faults, readings, ..Counts::default() }
    }

    /// The same of the last seconds, then skipped bytes and values.
    fn lately([bytes, frames, faults, readings, skipped_bytes, values]: [u64; 6]) -> Tally {
        Tally { bytes, frames, faults, skipped_bytes, readings, values }
    }

    const QUIET: [u64; 6] = [0; 6];

    #[test]
    fn what_is_heard_is_summed_up() {
        let check = |state, all: Counts, now: [u64; 6], waiting_beds, expected| {
            let now = lately(now);
            let known = Known { waiting_beds, ..known(state, SERIAL, Nellcor, &all, &now) };
            assert_eq!(hears(&known), expected, "{known:?}");
        };
        check(Silent, ever(1, 0, [0; 4]), QUIET, false, Hears::Nothing);
        check(Connecting, ever(0, 3, [0; 4]), QUIET, false, Hears::Refused);
        check(Silent, ever(1, 3, [0; 4]), QUIET, false, Hears::Nothing);
        check(Silent, ever(1, 0, [80, 0, 0, 0]), [80, 0, 0, 0, 72, 0], false, Hears::NoFrames);
        check(Silent, ever(1, 0, [80, 0, 0, 0]), QUIET, false, Hears::NoFrames);
        check(Connecting, ever(1, 0, [80, 0, 0, 0]), [80, 0, 0, 0, 72, 0], false, Hears::Begun);
        check(Connecting, ever(1, 0, [900, 0, 3, 0]), [900, 0, 3, 0, 0, 0], false, Hears::Faults);
        check(Live, ever(1, 0, [8_080, 99, 0, 99]), [80, 0, 0, 0, 80, 0], false, Hears::NoFrames);
        check(Live, ever(1, 0, [8_080, 99, 0, 99]), [80, 0, 0, 0, 0, 0], false, Hears::Values);
        check(Silent, ever(1, 0, [900, 0, 3, 0]), [900, 0, 3, 0, 0, 0], false, Hears::Faults);
        check(Silent, ever(1, 0, [900, 0, 3, 0]), QUIET, false, Hears::Faults);
        check(Live, ever(1, 0, [900, 0, 3, 9]), [900, 0, 3, 9, 0, 9], false, Hears::Values);
        check(Silent, ever(1, 0, [900, 9, 0, 9]), QUIET, false, Hears::Stopped);
        check(Live, ever(1, 0, [90, 4, 0, 0]), [90, 4, 0, 0, 0, 0], false, Hears::Values);
        check(Live, ever(1, 0, [90, 5, 0, 0]), [90, 5, 0, 0, 0, 0], false, Hears::NoReadings);
        check(Live, ever(1, 0, [900, 9, 0, 9]), [90, 5, 0, 5, 0, 0], false, Hears::NoValues);
        check(Live, ever(1, 0, [900, 9, 0, 9]), [90, 5, 0, 5, 0, 5], true, Hears::WaitingBed);
        check(Live, ever(1, 0, [900, 9, 0, 9]), [100, 5, 0, 5, 2, 5], false, Hears::Values);
        check(Live, ever(1, 0, [900, 9, 0, 9]), [100, 5, 0, 5, 3, 5], false, Hears::Damaged);
        check(Live, ever(1, 0, [900, 9, 0, 9]), QUIET, false, Hears::Values);
    }

    #[test]
    fn each_state_has_its_own_advice() {
        let check = |state, way, protocol, all: Counts, now: [u64; 6], noise, says: &str| {
            let now = lately(now);
            let known = Known { noise, ..known(state, way, protocol, &all, &now) };
            let said = advice(&known);
            assert!(said.contains(says), "{known:?}\nfound    {said}\nexpected {says}");
            assert!(!well(&known), "{said}");
        };
        let (never, opened) = (ever(0, 0, [0; 4]), ever(1, 0, [0; 4]));
        let noise = || ever(1, 0, [80, 0, 0, 0]);
        let spoke = || ever(1, 0, [900, 9, 0, 9]);
        const NOISE: [u64; 6] = [80, 0, 0, 0, 80, 0];
        check(Initial, SERIAL, Nellcor, never.clone(), QUIET, None, "being started");
        check(Connecting, SERIAL, Nellcor, noise(), NOISE, None, "first bytes have come");
        check(Lost, SERIAL, Nellcor, never.clone(), QUIET, None, "could not be opened yet");
        check(Lost, SERIAL, Nellcor, spoke(), QUIET, None, "Plug the USB adapter");
        check(Lost, Way::Connect, Hl7, never.clone(), QUIET, None, "`connect` in chairside.toml");
        check(Silent, SERIAL, Nellcor, opened.clone(), QUIET, None, "The speed is not the cause");
        check(Silent, Way::Serial(Talk::Passive), Dri, opened.clone(), QUIET, None, "only when it is asked");
        check(Silent, Way::Serial(Talk::Asks), Dri, opened.clone(), QUIET, None, "does not answer");
        check(Silent, SERIAL, Nellcor, spoke(), QUIET, None, "not in standby");
        check(Silent, SERIAL, Nellcor, noise(), NOISE, Some(Noise::Binary), "set to 9600 baud 8N1. Set the monitor");
        check(Silent, SERIAL, Nellcor, noise(), NOISE, Some(Noise::Text), "so the speed is right");
        check(Silent, SERIAL, Nellcor, noise(), NOISE, Some(Noise::WrongMode), "in a mode that is not decoded");
        check(Silent, SERIAL, Nonin, noise(), NOISE, Some(Noise::Binary), "none is a frame of nonin");
        check(Silent, SERIAL, Nonin, noise(), NOISE, Some(Noise::Text), "it is not nonin");
        check(Connecting, LOCAL, Hl7, never.clone(), QUIET, None, "only programs on this machine can");
        check(Connecting, OPEN, Hl7, never, QUIET, None, "this machine's address and this port");
        check(Connecting, OPEN, Hl7, ever(0, 1, [0; 4]), QUIET, None, "add it to `allow`");
        check(Silent, OPEN, Hl7, opened, QUIET, None, "a patient is admitted");
        check(Silent, OPEN, Hl7, spoke(), QUIET, None, "network cable");
        check(Silent, OPEN, Hl7, noise(), NOISE, Some(Noise::Text), "over MLLP");
        check(Silent, OPEN, Hl7, ever(1, 0, [900, 0, 3, 0]), QUIET, None, "ORU^R01");
        check(Silent, OPEN, Hl7, ever(1, 0, [900, 0, 3, 0]), QUIET, None, "`profile`");
        check(Live, OPEN, Hl7, ever(1, 0, [90, 5, 0, 0]), [90, 5, 0, 0, 0, 0], None, "ORU^R01");
        check(Live, SERIAL, Nellcor, spoke(), [90, 5, 0, 5, 0, 0], None, "sensors on the patient");
        check(Live, SERIAL, Nellcor, spoke(), [90, 5, 0, 5, 30, 5], None, "damaged");
    }

    #[test]
    fn all_is_well_only_when_values_come() {
        let (all, now) = (ever(1, 0, [900, 9, 0, 9]), lately([90, 5, 0, 5, 0, 5]));
        let fine = known(Live, OPEN, Hl7, &all, &now);
        assert_eq!((well(&fine), &*advice(&fine)), (true, "Nothing to do."));
        let waiting = Known { waiting_beds: true, ..fine };
        assert!(!well(&waiting) && advice(&waiting).contains("Settings page"));
    }
}
