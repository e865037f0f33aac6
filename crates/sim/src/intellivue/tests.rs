//! The monitor against the program's own dialogue, in simulated time: two ends that were written apart.

use super::*;
use crate::bedside::Setup;
use crate::faults::Mode;
use crate::patient::Patient;
use chairside_decode::catalog::Protocol;
use chairside_decode::{Dialog, Finding};
use chairside_observation::{Absence, Amount, Decimal, Flag, Measured, Micros, Observation, Reading, Unit, Vital};
use jiff::civil::date;

const EVERY_VITAL: [Vital; 8] = [
    Vital::HeartRate,
    Vital::RespRate,
    Vital::Spo2,
    Vital::PulseRate,
    Vital::PerfusionIndex,
    Vital::Nibp,
    Vital::EtCo2,
    Vital::Temperature,
];

struct Ends {
    dialog: Box<dyn Dialog>,
    monitor: Monitor,
    packing: Packing,
    unpacker: Unpacker,
    now_us: i64,
    mode: Mode,
    said: Vec<Observation>,
}

impl Ends {
    fn new(packing: Packing, options: Options) -> Self {
        let profile = if packing == Packing::Lan { "lan" } else { "rs232" };
        Self {
            dialog: Protocol::Intellivue.dialog(Some(profile)).unwrap(),
            monitor: Monitor::new(options),
            packing,
            unpacker: Unpacker::default(),
            now_us: 0,
            mode: Mode::Normal,
            said: Vec::new(),
        }
    }

    fn moment(&self) -> Moment {
        let elapsed_s = Micros(self.now_us).0 as f64 / 1e6;
        Moment { elapsed_s, started: date(2026, 3, 4).at(14, 5, 9, 250_000_000), mode: self.mode }
    }

    fn tell(&mut self, units: Vec<Vec<u8>>) {
        let mut out = Vec::new();
        for unit in units {
            self.dialog.feed(Micros(self.now_us), &self.packing.pack(&unit), &mut out);
        }
        for finding in out {
            match finding {
                Finding::Observation(o) => self.said.push(o),
                Finding::Skipped(range, skip) => panic!("{range:?} {skip:?}"),
                Finding::Frame { .. } | Finding::Notice(_) => {}
            }
        }
    }

    /// Both ends for so many seconds.
    fn run(&mut self, seconds: i64) -> &mut Self {
        let end = self.now_us + seconds * 1_000_000;
        while self.now_us < end {
            while let Some(request) = self.dialog.next_request(Micros(self.now_us)) {
                let frame = request.frame();
                let units = match self.packing {
                    Packing::Lan => vec![Ok(frame.to_vec())],
                    Packing::Rs232 => self.unpacker.take(&frame),
                };
                let moment = self.moment();
                for unit in units {
                    let answer = self.monitor.answer(&unit.unwrap(), &moment);
                    self.tell(if self.mode == Mode::Silence { Vec::new() } else { answer });
                }
            }
            let moment = self.moment();
            let by_itself = self.monitor.due(&moment);
            self.tell(by_itself);
            self.now_us = self.dialog.deadline().0.clamp(self.now_us + 1, end);
        }
        assert_eq!(self.monitor.summary().faults, 0);
        self
    }

    fn of(&self, vital: Vital) -> Vec<&Observation> {
        self.said.iter().filter(|o| o.vital == vital).collect()
    }
}

fn valid(number: i64, places: u8) -> Reading {
    Reading::Valid(Amount::One(Decimal::new(number, places)))
}

#[test]
fn the_dialogue_reads_the_patients_values_on_both_links_and_asks_what_a_monitor_expects() {
    for packing in [Packing::Rs232, Packing::Lan] {
        for parts in [0, 1, 3, 9] {
            let mut ends = Ends::new(packing, Options { parts, ..Options::default() });
            ends.run(60);
            let summary = ends.monitor.summary();
            assert_eq!((summary.associations, summary.dropped, summary.polls), (1, 0, 60), "{packing:?} {parts}");
            let first = Patient::new(1).at(0.5);
            for vital in EVERY_VITAL {
                assert!(!ends.of(vital).is_empty(), "{packing:?} {parts}: no {vital:?}");
            }
            assert_eq!(ends.of(Vital::HeartRate)[0].reading, valid(first.heart_rate.into(), 0));
            assert_eq!(ends.of(Vital::Spo2)[0].reading, valid(first.spo2.into(), 0));
            assert_eq!(ends.of(Vital::PerfusionIndex)[0].reading, valid(first.perfusion_hundredths.into(), 2));
            assert_eq!(ends.of(Vital::Temperature)[0].reading, valid(first.temperature_tenths_cel.into(), 1));
            assert_eq!(ends.of(Vital::HeartRate).len(), 60);
            assert_eq!(ends.of(Vital::Nibp).len(), 1, "one measurement, told sixty times");
        }
    }
}

#[test]
fn each_cuff_measurement_is_one_event_with_its_own_time() {
    let bedside = Setup { cuff_every_s: 120.0, ..Setup::default() };
    let mut ends = Ends::new(Packing::Lan, Options { bedside, ..Options::default() });
    ends.run(600);
    let times: Vec<String> = ends
        .of(Vital::Nibp)
        .iter()
        .map(|o| match o.measured {
            Some(Measured::At { at, sent: Some(_) }) => at.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = ["05:09", "07:09", "09:09", "11:09", "13:09"].map(|time| format!("2026-03-04T14:{time}"));
    assert_eq!(times, expected);
}

#[test]
fn h11_a_counter_that_never_changes_or_begins_anew_costs_no_value_and_no_cuff_event() {
    for relative in [Relative::Frozen, Relative::From(4_294_900_000), Relative::From(u32::MAX)] {
        let bedside = Setup { cuff_every_s: 60.0, ..Setup::default() };
        let mut ends = Ends::new(Packing::Lan, Options { bedside, relative, ..Options::default() });
        ends.run(300);
        assert_eq!(ends.of(Vital::HeartRate).len(), 300, "{relative:?}");
        assert_eq!(ends.of(Vital::Nibp).len(), 5, "{relative:?}");
        let jumps = |o: &&Observation| match o.measured {
            Some(Measured::At { at, sent: Some(_) }) => !at.to_string().starts_with("2026-03-04T14:"),
            // A counter that stands says no time: the value has that of its arrival. A cuff has a date of its own.
            None => relative != Relative::Frozen || o.vital == Vital::Nibp,
            Some(_) => true,
        };
        assert_eq!(ends.said.iter().find(jumps), None, "{relative:?}");
    }
}

#[test]
fn units_are_sent_and_read_as_the_monitor_is_set() {
    let mut ends = Ends::new(Packing::Rs232, Options { kpa: true, fahrenheit: true, ..Options::default() });
    ends.run(2);
    let pressure = Patient::new(1).cuff(0.0, 300.0).unwrap().pressure;
    let tenths = |mmhg: u16| Some(Decimal::new((f64::from(mmhg) * 1.33322).round() as i64, 1));
    let [systolic, diastolic, mean] = [pressure.systolic, pressure.diastolic, pressure.mean].map(tenths);
    let cuff = ends.of(Vital::Nibp)[0];
    assert_eq!(cuff.reading, Reading::Valid(Amount::Pressure { systolic, diastolic, mean }));
    assert_eq!((cuff.unit, ends.of(Vital::EtCo2)[0].unit), (Unit::KPa, Unit::KPa));
    assert_eq!(ends.of(Vital::Temperature)[0].unit, Unit::DegF);
    let Reading::Valid(Amount::One(degrees)) = ends.of(Vital::Temperature)[0].reading else { panic!() };
    assert!(degrees.to_string().starts_with("9"), "{degrees} F");
}

#[test]
fn each_state_means_what_its_word_says() {
    for (state, expected) in [
        ("spo2=invalid", Reading::Absent(Absence::Invalid)),
        ("spo2=unavailable", Reading::Absent(Absence::Unavailable)),
        ("all=calibrating", Reading::Absent(Absence::Calibrating)),
    ] {
        let mut ends = Ends::new(Packing::Lan, Options { states: vec![state.parse().unwrap()], ..Options::default() });
        ends.run(2);
        assert!(ends.of(Vital::Spo2).iter().all(|o| o.reading == expected), "{state}");
    }
    let states = vec!["all=demo".parse().unwrap(), "hr=in-alarm".parse().unwrap(), "rr=questionable".parse().unwrap()];
    let mut ends = Ends::new(Packing::Lan, Options { states, ..Options::default() });
    ends.run(2);
    assert!(ends.said.iter().all(|o| o.synthetic) && !ends.said.is_empty());
    assert!(ends.of(Vital::HeartRate)[0].flags.contains(Flag::AlarmActive));
    assert!(matches!(ends.of(Vital::RespRate)[0].reading, Reading::Questionable(..)));
    for wrong in ["", "spo2", "spo2=", "x=invalid", "spo2=bad"] {
        assert!(wrong.parse::<Stated>().is_err(), "{wrong}");
    }
}

#[test]
fn a_refusal_is_followed_by_a_pause_and_a_silent_monitor_is_found_again() {
    let mut ends = Ends::new(Packing::Rs232, Options { refuse: 2, ..Options::default() });
    ends.run(22);
    let summary = ends.monitor.summary();
    assert_eq!((summary.refused, summary.associations), (2, 1), "asked at 0, 10 and 20 s");
    ends.mode = Mode::Silence;
    ends.run(30);
    ends.mode = Mode::Normal;
    let before = ends.said.len();
    ends.run(12);
    assert!(ends.said.len() > before);
}

#[test]
fn a_host_that_does_not_poll_loses_the_association() {
    let mut monitor = Monitor::new(Options::default());
    let started = date(2026, 3, 4).at(14, 5, 9, 0);
    let at = |elapsed_s: f64| Moment { elapsed_s, started, mode: Mode::Normal };
    let mut dialog = Protocol::Intellivue.dialog(Some("lan")).unwrap();
    let mut out = Vec::new();
    for s in [0, 1, 2] {
        let request = dialog.next_request(Micros::from_secs(s)).unwrap();
        for unit in monitor.answer(&request.frame(), &at(s as f64)) {
            dialog.feed(Micros::from_secs(s), &unit, &mut out);
        }
    }
    assert!(monitor.due(&at(11.9)).is_empty());
    assert_eq!(monitor.due(&at(12.1)).len(), 1);
    assert_eq!((monitor.summary().dropped, monitor.summary().faults), (1, 0));
}

#[test]
fn h14_whatever_no_monitor_is_asked_is_counted_as_a_fault_of_the_host() {
    let mut ends = Ends::new(Packing::Lan, Options::default());
    ends.run(3);
    let mut poll = single_poll();
    poll[25] = 0x17; // another action
    let mut demographics = single_poll();
    demographics[33] = 0x2A;
    let set = [
        0xE1, 0x00, 0x00, 0x02, 0x00, 0x01, 0x00, 0x0E, 0x00, 0x00, 0x00, 0x05, 0x00, 0x08, 0x00, 0x21, 0, 0, 0, 0, 0,
        0,
    ];
    let moment = ends.moment();
    for (n, unit) in [&poll[..], &demographics, &set, b"?", &[]].into_iter().enumerate() {
        let later = Moment { elapsed_s: moment.elapsed_s + n as f64, ..moment };
        assert!(ends.monitor.answer(unit, &later).is_empty());
        assert_eq!(ends.monitor.summary().faults, n as u64 + 1, "{unit:02X?}");
    }
    for burst in 0..5 {
        let later = Moment { elapsed_s: moment.elapsed_s + 20.0 + f64::from(burst) * 0.01, ..moment };
        ends.monitor.answer(&single_poll(), &later);
    }
    assert!(ends.monitor.summary().faults > 5, "polled far too often");
}

/// A single poll as it is on the LAN.
fn single_poll() -> [u8; 36] {
    [
        0xE1, 0x00, 0x00, 0x02, 0x00, 0x01, 0x00, 0x1C, 0x00, 0x07, 0x00, 0x07, 0x00, 0x16, 0x00, 0x21, 0, 0, 0, 0, 0,
        0, 0, 0, 0x0C, 0x16, 0x00, 0x08, 0x00, 0x01, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00,
    ]
}

#[test]
fn a_damaged_frame_is_given_back_and_the_next_one_is_read() {
    let mut frame = Packing::Rs232.pack(&single_poll());
    let good = frame.clone();
    frame[9] ^= 1;
    let found = Unpacker::default().take(&[&frame[..], &good].concat());
    assert!(matches!(&found[..], [Err(bad), Ok(unit)] if *bad == frame && *unit == single_poll()));
}
