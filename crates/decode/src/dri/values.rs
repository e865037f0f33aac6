//! The displayed values of a record as observations.

use super::basic::{Basic, Group, Presence, field};
use super::cuff::Cuff;
use crate::Finding;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Civil, Decimal, Doubt, Flag, Flags, Measured, Observation, Origin, Reading, Unit, Vital,
};
use core::ops::{Range, RangeInclusive};

/// Status bits of the ECG group that are words beside the value.
const ECG_FLAGS: &[(u32, Flag)] = &[
    (2, Flag::Asystole),
    (7, Flag::Noise),
    (8, Flag::Artifact),
    (9, Flag::Learning),
    (10, Flag::Pacer),
    (11, Flag::LeadOff),
    (12, Flag::LeadOff),
    (13, Flag::LeadOff),
];
/// Status bits 3 to 6 of the ECG group: the source of the heart rate.
const ECG_SOURCE: u32 = 0b111_1000;
/// Status bits of the CO2 group. They never blank a value: real recordings hold the apnoea bit throughout with RR 15.
const CO2_FLAGS: &[(u32, Flag)] = &[
    (2, Flag::Apnea),
    (3, Flag::Calibrating),
    (4, Flag::Zeroing),
    (5, Flag::Occlusion),
    (6, Flag::Leak),
    (7, Flag::ApneaResp),
    (8, Flag::ApneaOff),
    (9, Flag::WetGas),
];

/// What a value can physically be, as sent; outside of it stands a damaged record that passed its 8-bit sum.
const RATE: RangeInclusive<i16> = 0..=999;
const PERCENT: RangeInclusive<i16> = 0..=10_000;
const TEMPERATURE: RangeInclusive<i16> = 0..=6000;

/// Site names of the four temperature channels; the code table of their labels is not public.
const SITES: [&str; 4] = ["T1", "T2", "T3", "T4"];

/// What is remembered from record to record.
#[derive(Default)]
pub(super) struct Values {
    pub(super) cuff: Cuff,
    /// Groups that measured in the record before: their disappearance is worth a word.
    seen_ecg: bool,
    seen_spo2: bool,
    seen_co2: bool,
    seen_cuff: bool,
    seen_temperature: [bool; SITES.len()],
}

/// One displayed subrecord on its way to `out`.
struct Sheet<'o> {
    bytes: Range<u64>,
    measured: Option<Measured>,
    out: &'o mut Vec<Finding>,
}

impl Values {
    /// Appends what a displayed subrecord says, made at `sent_s` by the monitor's clock.
    pub(super) fn displayed(&mut self, basic: Basic<'_>, sent_s: u32, bytes: &Range<u64>, out: &mut Vec<Finding>) {
        let measured = civil(sent_s).map(|at| Measured::At { at, sent: Some(at) });
        let mut sheet = Sheet { bytes: bytes.clone(), measured, out };
        self.ecg(basic.group(field::ECG), &mut sheet);
        self.nibp(basic.group(field::NIBP), sent_s, &mut sheet);
        for (index, at) in field::TEMPERATURES.into_iter().enumerate() {
            self.temperature(index, basic.group(at), &mut sheet);
        }
        self.spo2(basic.group(field::SPO2), &mut sheet);
        self.co2(basic.group(field::CO2), &mut sheet);
    }

    fn ecg(&mut self, group: Group<'_>, sheet: &mut Sheet<'_>) {
        let flags = group.flags("ecg", ECG_FLAGS, ECG_SOURCE);
        let (vital, origin) = rate_source((group.status() & ECG_SOURCE) >> 3, group.value(0).is_ok());
        let presence = group.presence();
        // A rate from another module stands here although the ECG itself is switched off.
        let from_elsewhere = presence == Presence::Inactive && vital == Vital::PulseRate && group.value(0).is_ok();
        if !from_elsewhere && let Some(reason) = silence(presence, &mut self.seen_ecg, true) {
            if let Some(reason) = reason {
                sheet.absent(Vital::HeartRate, reason, Unit::PerMin, Origin::Ecg);
                sheet.absent(Vital::RespRate, reason, Unit::PerMin, Origin::Impedance);
            }
            return;
        }
        let mut rate = plain(group.value(0), 0, &RATE);
        if origin == Origin::Ecg {
            rate = doubted(rate, &flags);
        }
        let (ecg, unit) = (origin == Origin::Ecg, Unit::PerMin);
        sheet.say(vital, rate, unit, Some(origin), if ecg { flags } else { Flags::NONE });
        if presence == Presence::Active {
            let breaths = plain(group.value(4), 0, &RATE);
            sheet.say(Vital::RespRate, breaths, unit, Some(Origin::Impedance), Flags::NONE);
        }
    }

    fn nibp(&mut self, group: Group<'_>, sent_s: u32, sheet: &mut Sheet<'_>) {
        if let Some(reason) = silence(group.presence(), &mut self.seen_cuff, true) {
            if let Some(reason) = reason {
                self.cuff.silenced();
                sheet.absent(Vital::Nibp, reason, Unit::MmHg, Origin::Cuff);
            }
            return;
        }
        let Some(report) = self.cuff.report(group, sent_s) else { return };
        let measured = match report.reading {
            Reading::Absent(_) => sheet.measured,
            _ => report.measured,
        };
        let base = |vital, reading, unit| Observation {
            origin: Some(Origin::Cuff),
            measured,
            flags: report.flags.clone(),
            ..Observation::new(vital, reading, unit, sheet.bytes.clone())
        };
        let pressure = base(Vital::Nibp, report.reading, Unit::MmHg);
        let pulse = report.pulse.map(|bpm| base(Vital::PulseRate, plain(Ok(bpm), 0, &RATE), Unit::PerMin));
        sheet.out.extend([Some(pressure), pulse].into_iter().flatten().map(Finding::Observation));
    }

    fn temperature(&mut self, index: usize, group: Group<'_>, sheet: &mut Sheet<'_>) {
        let reading = match silence(group.presence(), &mut self.seen_temperature[index], false) {
            None => plain(group.value(0), 2, &TEMPERATURE),
            Some(Some(reason)) => Reading::Absent(reason),
            Some(None) => return,
        };
        let flags = group.flags(SITES[index], &[], 0);
        sheet.out.push(Finding::Observation(Observation {
            site: Some(SITES[index].into()),
            measured: sheet.measured,
            flags: if reading.amount().is_some() { flags } else { Flags::NONE },
            ..Observation::new(Vital::Temperature, reading, Unit::Cel, sheet.bytes.clone())
        }));
    }

    fn spo2(&mut self, group: Group<'_>, sheet: &mut Sheet<'_>) {
        let (saturation, pulse) = (Vital::Spo2, Vital::PulseRate);
        if let Some(reason) = silence(group.presence(), &mut self.seen_spo2, true) {
            if let Some(reason) = reason {
                sheet.absent(saturation, reason, Unit::Percent, Origin::Pleth);
                sheet.absent(pulse, reason, Unit::PerMin, Origin::Pleth);
            }
            return;
        }
        let flags = group.flags("spo2", &[], 0);
        let origin = Some(Origin::Pleth);
        sheet.say(saturation, plain(group.value(0), 2, &PERCENT), Unit::Percent, origin, flags.clone());
        sheet.say(pulse, plain(group.value(1), 0, &RATE), Unit::PerMin, origin, flags);
    }

    fn co2(&mut self, group: Group<'_>, sheet: &mut Sheet<'_>) {
        // Label bits 0 to 2: where this group's respiration rate comes from.
        let origin = match group.label() & 0b111 {
            1 => Some(Origin::Co2),
            2 => Some(Origin::Impedance),
            _ => None,
        };
        if let Some(reason) = silence(group.presence(), &mut self.seen_co2, true) {
            if let Some(reason) = reason {
                sheet.absent(Vital::EtCo2, reason, Unit::Percent, Origin::Co2);
                sheet.absent(Vital::RespRate, reason, Unit::PerMin, origin.unwrap_or(Origin::Co2));
            }
            return;
        }
        let flags = group.flags("co2", CO2_FLAGS, 0);
        sheet.say(Vital::EtCo2, plain(group.value(0), 2, &PERCENT), Unit::Percent, Some(Origin::Co2), flags.clone());
        sheet.say(Vital::RespRate, plain(group.value(2), 0, &RATE), Unit::PerMin, origin, flags);
    }
}

impl Sheet<'_> {
    fn say(&mut self, vital: Vital, reading: Reading, unit: Unit, origin: Option<Origin>, flags: Flags) {
        self.out.push(Finding::Observation(Observation {
            origin,
            measured: self.measured,
            flags,
            ..Observation::new(vital, reading, unit, self.bytes.clone())
        }));
    }

    fn absent(&mut self, vital: Vital, reason: Absence, unit: Unit, origin: Origin) {
        self.say(vital, Reading::Absent(reason), unit, Some(origin), Flags::NONE);
    }
}

/// What the heart rate of the ECG group is, by its source: only the ECG gives a heart rate. No source and no number is
/// the missing heart rate.
fn rate_source(source: u32, has_value: bool) -> (Vital, Origin) {
    match source {
        0 if !has_value => (Vital::HeartRate, Origin::Ecg),
        1 | 9 => (Vital::HeartRate, Origin::Ecg),
        2..=5 | 7 | 8 => (Vital::PulseRate, Origin::Line),
        6 => (Vital::PulseRate, Origin::Pleth),
        _ => (Vital::PulseRate, Origin::HrOrPulse),
    }
}

/// Date and time on the monitor's clock, without an offset: whether the monitor counts UTC or wall time is not documented.
/// `None` for 0, which is "unknown".
pub(super) fn civil(unix_s: u32) -> Option<Civil> {
    if unix_s == 0 { None } else { Civil::from_unix_s(i64::from(unix_s)) }
}

/// `None` when the group measures; else whether its silence is said (`Some(Some(reason))`) or not worth a word
/// (`Some(None)`): a module that never was there. One that is taken out says so once. `say_standby`: one that is there and
/// switched off says so in every record, else once.
fn silence(presence: Presence, seen: &mut bool, say_standby: bool) -> Option<Option<Absence>> {
    let was_seen = core::mem::replace(seen, presence == Presence::Active);
    match presence {
        Presence::Active => None,
        Presence::Inactive => Some((say_standby || was_seen).then_some(Absence::Standby)),
        Presence::Missing => Some(was_seen.then_some(Absence::NotInSnapshot)),
    }
}

/// A value of `places` decimal places, doubted when it is outside of what can be.
fn plain(value: Result<i16, Absence>, places: u8, possible: &RangeInclusive<i16>) -> Reading {
    match value {
        Err(reason) => Reading::Absent(reason),
        Ok(value) => {
            let amount = Amount::One(Decimal::new(i64::from(value), places));
            if possible.contains(&value) {
                Reading::Valid(amount)
            } else {
                Reading::Questionable(amount, Doubt::Implausible)
            }
        }
    }
}

/// A heart rate from an ECG whose own status names artefacts or noise.
fn doubted(reading: Reading, flags: &Flags) -> Reading {
    match reading {
        Reading::Valid(amount) if flags.contains(Flag::Artifact) => Reading::Questionable(amount, Doubt::Artifact),
        Reading::Valid(amount) if flags.contains(Flag::Noise) => Reading::Questionable(amount, Doubt::Interference),
        other => other,
    }
}
