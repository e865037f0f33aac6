//! The session: two hours over the night the clocks go back, with everything that may go wrong in one.

use super::log::{Log, Said};
use chairside_observation::session::{Act, EntryKind, Patient, Phase, Plan};
use chairside_observation::{Absence, Amount, Decimal, Doubt, LinkState, Origin, Reading, Sequence, Unit, Vital};
use std::ops::{Range, RangeInclusive};

const SECOND: i64 = 1000;
const END: i64 = 7200 * SECOND;
/// Nothing reaches the server in here: a cable is out.
const GAP: Range<i64> = 4000 * SECOND..4300 * SECOND;
/// The probe was wiggled: the saturations of these seconds are marked as artefacts.
const WIGGLED: RangeInclusive<i64> = 2002..=WIGGLED_END;
const WIGGLED_END: i64 = 2006;

pub(crate) fn session() -> Log {
    let mut log = Log::new();
    readings(&mut log, -60 * SECOND, false);
    log.open(0, patient(), plan());
    let mut wiggled = Vec::new();
    for second in 0..7200 {
        people(&mut log, second);
        let saturation = readings(&mut log, second * SECOND, true);
        wiggled.extend(saturation.filter(|_| WIGGLED.contains(&second)));
        if let (WIGGLED_END, [from, .., through]) = (second, wiggled.as_slice()) {
            let (vital, span) = (Vital::Spo2, (*from, *through));
            log.act(second * SECOND + 500, None, Act::Artefact { vital, span, reason: "probe wiggled".into() });
        }
    }
    log.phase(END, Phase::Discharged);
    readings(&mut log, END + 60 * SECOND, false);
    log
}

/// A patient whose name means something to every format it may stand in.
fn patient() -> Patient {
    let text = |text: &str| text.into();
    Patient {
        id: text("=20|041"),
        name: text("O'Müller & Söhne^\\X|~<b>, Ada"),
        born: text("1980-02-29"),
        alias: text("AM"),
    }
}

fn plan() -> Plan {
    Plan {
        template: "IV, 40 min".into(),
        number: 2,
        of: Some(6),
        infusion_min: 40,
        cuff_infusing_min: 5,
        cuff_observing_min: 5,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    }
}

fn people(log: &mut Log, second: i64) {
    let ms = second * SECOND;
    let entry = |kind, score, text: &str| Act::Entry { kind, score, text: text.into() };
    match second {
        60 => log.phase(ms, Phase::Baseline),
        300 => log.phase(ms, Phase::Infusing),
        900 => {
            let typo = log.act(ms, None, entry(EntryKind::Sedation, Some(3), ""));
            log.act(ms + 1, None, Act::Undo { of: typo, reason: "=wrong \"chair\"".into() });
        }
        1500 => {
            log.act(ms, Some(1440 * SECOND), entry(EntryKind::Drug, None, "+4 mg ondansetron, \"slow\""));
        }
        1600 => {
            log.act(ms, None, entry(EntryKind::Note, None, "@home|call^back\\ ~ & <i>ä</i>"));
        }
        1700 => {
            log.act(ms, None, entry(EntryKind::Nausea, Some(2), "after \"standing\""));
        }
        2700 => log.phase(ms, Phase::Observing),
        4150 => log.typed(ms, 4100 * SECOND, Vital::Nibp, Unit::MmHg, &[163, 88]),
        4160 => log.typed(ms, 4150 * SECOND, Vital::Spo2, Unit::Percent, &[96]),
        6600 => log.phase(ms, Phase::Ready),
        _ => {}
    }
    match second {
        1200 => log.notice(ms, "bed", "=SpO2|SENSOR OFF"),
        4000 => log.link(ms, "bed", LinkState::Lost, "the port is gone: look at the cable"),
        4300 => log.link(ms, "bed", LinkState::Live, ""),
        _ => {}
    }
}

/// What the devices send in a second; gives the entry of the saturation.
fn readings(log: &mut Log, ms: i64, hers: bool) -> Option<Sequence> {
    if GAP.contains(&ms) {
        return None;
    }
    let second = ms / SECOND;
    let saturation = (second % 2 == 0).then(|| pulses(log, ms, second, hers));
    if second % 4 == 0 {
        let breaths = one(14 + second / 100 % 5, 0);
        log.reading(ms, hers, &said(Vital::RespRate, breaths, Unit::PerMin, Origin::Co2));
        let carbon = match second {
            2400.. => Reading::Absent(Absence::NotMonitoring),
            _ => one(48 + second % 7, 1),
        };
        log.reading(ms, hers, &said(Vital::EtCo2, carbon, Unit::KPa, Origin::Co2));
    }
    if second % 60 == 0 {
        let warm =
            Said { origin: None, ..Said::new("bed", Vital::Temperature, one(3680 + second / 600, 2), Unit::Cel) };
        log.reading(ms, hers, &Said { site: Some("T1"), ..warm.clone() });
        log.reading(ms, hers, &Said { site: Some("T2"), reading: one(984, 1), unit: Unit::DegF, ..warm });
    }
    if second % 300 == 30 || ms < 0 {
        log.reading(ms, hers, &Said { age_ms: 2500, ..said(Vital::Nibp, cuff(second), Unit::MmHg, Origin::Cuff) });
    }
    if (3000..3600).contains(&second) && second % 10 == 0 {
        let line = pressure(118 + second / 10 % 8, Some(71), Some(88));
        log.reading(ms, hers, &said(Vital::Art, line, Unit::MmHg, Origin::Line));
    }
    saturation
}

/// What comes each other second; gives the entry of the saturation. The times do not fall on whole seconds: a grid of one second must not be taken for granted.
fn pulses(log: &mut Log, ms: i64, second: i64, hers: bool) -> Sequence {
    let ms = ms + if hers { 120 } else { 0 };
    let heart = Said {
        demo: (5000..5020).contains(&second),
        ..said(Vital::HeartRate, one(72 + second / 60 % 9, 0), Unit::PerMin, Origin::Ecg)
    };
    log.reading(ms, hers, &heart);
    let marked = WIGGLED.contains(&second);
    let saturation = match second {
        1200..1230 => Reading::Absent(Absence::SensorOff),
        1300..1320 => Reading::Questionable(Amount::One(Decimal::whole(91)), Doubt::Motion),
        _ if marked => one(71, 0),
        _ => one(94 + second / 120 % 5, 0),
    };
    let finger = Said { artefact: marked, ..said(Vital::Spo2, saturation, Unit::Percent, Origin::Pleth) };
    let sequence = log.reading(ms, hers, &finger);
    // A second oximeter, of another make, on the same finger: never mixed with the first.
    let other = Said { source: "oximeter", ..said(Vital::Spo2, one(93, 0), Unit::Percent, Origin::Pleth) };
    if second % 10 == 0 {
        log.reading(ms, hers, &other);
        let index = Said { reading: one(360, 2), vital: Vital::PerfusionIndex, ..other.clone() };
        log.reading(ms, hers, &index);
    }
    log.reading(ms, hers, &said(Vital::PulseRate, one(71 + second / 60 % 9, 0), Unit::PerMin, Origin::Pleth));
    sequence
}

fn said(vital: Vital, reading: Reading, unit: Unit, origin: Origin) -> Said {
    Said { origin: Some(origin), ..Said::new("bed", vital, reading, unit) }
}

fn one(units: i64, places: u8) -> Reading {
    Reading::Valid(Amount::One(Decimal::new(units, places)))
}

fn cuff(second: i64) -> Reading {
    match second {
        1830 => Reading::Absent(Absence::CuffFailed),
        2430 => pressure(151, Some(92), None),
        _ => pressure(128 + second / 300, Some(79), Some(95)),
    }
}

fn pressure(systolic: i64, diastolic: Option<i64>, mean: Option<i64>) -> Reading {
    let part = |number: Option<i64>| number.map(Decimal::whole);
    Reading::Valid(Amount::Pressure {
        systolic: Some(Decimal::whole(systolic)),
        diastolic: part(diastolic),
        mean: part(mean),
    })
}
