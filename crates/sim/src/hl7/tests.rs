//! Messages as a receiver sees them, and senders against a receiver that behaves as each test says.

use super::Dialect::{Ge, Mindray, Pcd01};
use super::*;
use crate::control::Control;
use crate::faults::Mode;
use crate::patient::{Pressure, Vitals};
use jiff::Timestamp;
use jiff::tz::Offset;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: &str = "2026-03-04T13:05:09.25Z";
const CUFF: &str = "2026-03-04T13:01:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn snapshot() -> Snapshot {
    let pressure = Pressure { systolic: 131, diastolic: 79, mean: 98 };
    Snapshot {
        heart_rate: Some(72),
        pulse_rate: Some(73),
        spo2: Some(97),
        perfusion_hundredths: Some(305),
        resp_rate: Some(14),
        etco2_mmhg: Some(38),
        temperature_tenths_cel: Some(366),
        cuff: Some((pressure, at(CUFF))),
    }
}

fn identity() -> Identity {
    Identity { bed: "B 07".into(), unit: "INF".into(), patient: "P|1^2".into(), name: "DOE^JANE".into() }
}

fn encoder(dialect: Dialect) -> Encoder {
    Encoder::new(dialect, identity(), 0x00AB_12CD, "RUN", Offset::constant(1))
}

/// A message as lines.
fn text(message: &Message) -> String {
    String::from_utf8(message.bytes.clone()).unwrap().replace('\r', "\n")
}

/// Field `n` of the first segment that begins so; MSH counts its separator.
fn field(text: &str, begins: &str, n: usize) -> String {
    let segment = text.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no {begins} in {text}"));
    let n = if begins == "MSH" { n - 1 } else { n };
    segment.split('|').nth(n).unwrap_or_default().to_owned()
}

#[test]
fn mindray_writes_as_its_gateway_does() {
    let said = text(&encoder(Mindray).message(&snapshot(), at(NOW)));
    assert_eq!(field(&said, "MSH", 3), "MINDRAY_EGATEWAY^00A0370000AB12CD^EUI-64");
    assert_eq!(field(&said, "MSH", 7), "20260304140509.2500+0100");
    assert_eq!((field(&said, "MSH", 15), field(&said, "MSH", 16)), ("AL".into(), "NE".into()));
    assert_eq!(field(&said, "PV1", 3), "INF^^B 07");
    assert_eq!(field(&said, "PID", 3), "P\\F\\1\\S\\2");
    let rows: Vec<&str> = said.lines().filter(|line| line.starts_with("OBX")).collect();
    let device = "00A0370000AB12CD^BIG_DIPPER^00A0370000AB12CD^EUI-64";
    assert!(
        rows[0].ends_with(device) && rows[1..].iter().all(|row| !row.contains("BIG_DIPPER")),
        "only on the first row"
    );
    assert!(rows.iter().all(|row| row.split('|').nth(14).is_some_and(|time| !time.is_empty())), "a time on every row");
    let cuff: Vec<&str> = rows.iter().copied().filter(|row| row.contains("1.1.9.")).collect();
    assert_eq!(
        cuff[0],
        "OBX|8|NM|150301^MDC_PRESS_CUFF_SYS^MDC|1.1.9.150301|131|266016^MDC_DIM_MMHG^MDC|||||R|||20260304140100.0000+0100|||^APERIODIC"
    );
    assert!(cuff[1].contains("MEAN^MDC|1.1.9.150303|98|") && cuff[2].contains("DIA^MDC|1.1.9.150302|79|"));
}

#[test]
fn ge_writes_as_its_monitors_do() {
    let said = text(&encoder(Ge).message(&snapshot(), at(NOW)));
    assert_eq!(field(&said, "MSH", 3), "VSP^080019FFFEAB12CD^EUI-64");
    assert_eq!(field(&said, "MSH", 7), "20260304140509+0100");
    assert_eq!(field(&said, "OBR", 7), "20260304140509", "no zone here: it stands in MSH-7");
    assert_eq!((field(&said, "MSH", 15), field(&said, "MSH", 16)), ("NE".into(), "AL".into()));
    assert_eq!(field(&said, "OBX|1|", 3), "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC");
    assert_eq!((field(&said, "OBX|1|", 2), field(&said, "OBX|1|", 11)), (String::new(), "X".into()));
    assert!(said.contains("|NM|151712^MDC_CONC_AWAY_CO2_EXP^MDC|1.11.1.1|38|"));
    assert!(said.contains("|NM|151562^MDC_RESP_RATE^MDC|1.6.1.1|14|"));
    assert!(said.contains("|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.22.1.2|97|"));
    assert!(said.contains("|NM|150344^MDC_TEMP^MDC|1.26.1.1|36.6|"));
    let values = said.lines().filter(|line| line.contains("|NM|"));
    assert!(values.clone().all(|row| row.ends_with("|R|||||||080019FFFEAB12CD^B1X5_GE")), "{said}");
    assert_eq!(values.count(), 10);
}

#[test]
fn pcd01_dates_only_the_cuff() {
    let said = text(&encoder(Pcd01).message(&snapshot(), at(NOW)));
    for row in said.lines().filter(|line| line.contains("|NM|")) {
        let cuff = row.contains("NONINV");
        let time = if cuff { "20260304140100+0100" } else { "" };
        assert_eq!(row.split('|').nth(14), Some(time), "{row}");
    }
    let off = Snapshot { spo2: None, ..snapshot() };
    let said = text(&encoder(Pcd01).message(&off, at(NOW)));
    assert!(said.contains("|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456||262688^MDC_DIM_PERCENT^MDC|||||X|"));
}

#[test]
fn mindray_repeats_the_cuff_the_others_send_each_once() {
    for (dialect, expected) in [(Mindray, [true, true, true, true]), (Ge, [true, false, false, true])] {
        let mut encoder = encoder(dialect);
        let later = Snapshot { cuff: snapshot().cuff.map(|(p, _)| (p, at("2026-03-04T13:06:00Z"))), ..snapshot() };
        let sent = [snapshot(), snapshot(), snapshot(), later]
            .map(|snapshot| text(&encoder.message(&snapshot, at(NOW))).contains("_SYS^MDC|"));
        assert_eq!(sent, expected, "{dialect:?}");
    }
}

#[test]
fn h06_what_is_not_measured_has_no_value() {
    for dialect in [Pcd01, Mindray, Ge] {
        let said = text(&encoder(dialect).message(&Snapshot { heart_rate: Some(71), ..Snapshot::default() }, at(NOW)));
        let values =
            said.lines().filter(|l| l.starts_with("OBX") && l.split('|').nth(5).is_some_and(|v| !v.is_empty()));
        assert_eq!(values.count(), 1, "{said}");
    }
}

#[test]
fn h21_demonstration_data_is_marked_as_each_make_marks_it() {
    let said = |dialect| text(&encoder(dialect).with_demo(true).message(&snapshot(), at(NOW)));
    assert!(said(Mindray).lines().filter(|l| l.starts_with("OBX")).all(|l| l.split('|').nth(8) == Some("DEMO")));
    assert_eq!(field(&said(Ge), "MSH", 11), "D");
    assert_eq!(field(&said(Pcd01), "MSH", 11), "D");
}

#[test]
fn text_of_people_cannot_break_a_message() {
    let identity = Identity { bed: "A\rOBX|9".into(), patient: "a|b^c&d~e\\f".into(), ..identity() };
    let message = Encoder::new(Ge, identity, 1, "RUN", Offset::UTC).message(&Snapshot::default(), at(NOW));
    let said = text(&message);
    assert_eq!(field(&said, "PV1", 3), "INF^^AOBX\\F\\9");
    assert!(said.contains("|||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f^^^PID^MR|"));
    assert_eq!(said.lines().count(), 5, "MSH, PID, PV1, OBR and the device: {said}");
}

/// How a receiver answers one message.
#[derive(Clone, Copy, Debug)]
enum Reply {
    Code(&'static str),
    /// An acknowledgement of some other message first, then the right one.
    LateThen(&'static str),
    Nothing,
    Close,
}

/// A receiver that answers each message, counted over all connections, as `script` says.
struct Receiver {
    address: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    fn start(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, all) = (Arc::new(script), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, all) = (Arc::clone(&script), Arc::clone(&all));
                std::thread::spawn(move || serve(stream, &*script, &all));
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().clone()
    }

    fn control_ids(&self) -> Vec<String> {
        self.seen().iter().map(|m| control_id(m)).collect()
    }
}

fn control_id(message: &[u8]) -> String {
    field(&String::from_utf8_lossy(message).replace('\r', "\n"), "MSH", 10)
}

fn serve(mut stream: TcpStream, script: &dyn Fn(usize) -> Reply, seen: &Mutex<Vec<Vec<u8>>>) {
    let (mut cutter, mut buffer) = (Cutter::default(), [0; 1000]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        for message in cutter.feed(&buffer[..count]) {
            let id = control_id(&message);
            let index = {
                let mut seen = seen.lock().unwrap();
                seen.push(message);
                seen.len() - 1
            };
            let ack =
                |code: &str, id: &str| frame(format!("MSH|^~\\&|||||||ACK|1|P|2.6\rMSA|{code}|{id}\r").as_bytes());
            let answer = match script(index) {
                Reply::Code(code) => ack(code, &id),
                Reply::LateThen(code) => [ack(code, "another"), ack(code, &id)].concat(),
                Reply::Nothing => Vec::new(),
                Reply::Close => return,
            };
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    }
}

fn options(receiver: &Receiver, dialect: Dialect, count: u64) -> Options {
    Options {
        pace: Pace::AsFastAsPossible,
        count: Some(count),
        // Only reached where a test lets it.
        ack_timeout: Duration::from_secs(30),
        ..Options::new(&receiver.address, dialect, "B1", "P1")
    }
}

#[test]
fn acknowledged_control_ids_are_logged_in_order() {
    let receiver = Receiver::start(|_| Reply::Code("CA"));
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("acked");
    let options = Options { log_acknowledged: Some(log.clone()), ..options(&receiver, Mindray, 50) };
    let summary = run(&options, &Control::new()).unwrap();
    assert_eq!((summary.sent, summary.acknowledged, summary.connections), (50, 50, 1));
    let logged = std::fs::read_to_string(log).unwrap();
    assert_eq!(logged.lines().map(str::to_owned).collect::<Vec<_>>(), receiver.control_ids());
}

#[test]
fn an_error_is_repeated_three_times_in_all_a_refusal_never() {
    let receiver = Receiver::start(|n| match n {
        0 | 1 => Reply::Code("AE"),
        2 => Reply::Code("AA"),
        3..6 => Reply::Code("AE"),
        6 => Reply::Code("AR"),
        _ => Reply::Code("AA"),
    });
    let summary = run(&options(&receiver, Ge, 4), &Control::new()).unwrap();
    assert_eq!((summary.sent, summary.acknowledged, summary.given_up, summary.refused), (4, 2, 1, 1));
    assert_eq!(summary.repeats, 4);
    assert_eq!(summary.connections, 3, "after three attempts, and after a refusal, GE disconnects");
    let seen = receiver.seen();
    assert!(seen[0] == seen[1] && seen[1] == seen[2], "the same bytes again");
}

#[test]
fn h19_a_message_without_its_receipt_is_sent_again_on_the_next_connection_but_not_by_ge() {
    let run = |dialect: Dialect, code| {
        let receiver = Receiver::start(move |n| if n == 1 { Reply::Close } else { Reply::Code(code) });
        let summary = run(&options(&receiver, dialect, 3), &Control::new()).unwrap();
        assert_eq!(summary.connections, 2, "{dialect:?}");
        let ids = receiver.control_ids();
        let mut distinct = ids.clone();
        distinct.dedup();
        (summary.acknowledged, summary.given_up, ids.len(), distinct.len())
    };
    assert_eq!(run(Mindray, "CA"), (3, 0, 4, 3));
    assert_eq!(run(Ge, "AA"), (2, 1, 3, 3));
}

#[test]
fn p01_only_the_right_code_for_the_right_message_counts_as_acknowledged() {
    let receiver = Receiver::start(|_| Reply::Code("AA"));
    let summary = run(&options(&receiver, Mindray, 1), &Control::new()).unwrap();
    assert_eq!((summary.acknowledged, summary.wrong_mode, summary.given_up), (0, 3, 1));
    let receiver = Receiver::start(|_| Reply::LateThen("AA"));
    let summary = run(&options(&receiver, Pcd01, 2), &Control::new()).unwrap();
    assert_eq!((summary.acknowledged, summary.unexpected), (2, 2));
    let receiver = Receiver::start(|n| if n == 0 { Reply::Nothing } else { Reply::Code("AA") });
    let impatient = Options { ack_timeout: Duration::from_secs(1), ..options(&receiver, Pcd01, 1) };
    let summary = run(&impatient, &Control::new()).unwrap();
    assert_eq!((summary.acknowledged, summary.repeats), (1, 1), "no answer in time: sent again");
}

#[test]
fn each_connection_is_a_monitor_of_its_own() {
    let receiver = Receiver::start(|_| Reply::Code("AA"));
    let summary = run(&Options { connections: 5, ..options(&receiver, Pcd01, 4) }, &Control::new()).unwrap();
    assert_eq!((summary.acknowledged, summary.connections), (20, 5));
    let mut ids = receiver.control_ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20, "no control id twice");
    let of = |begins: &str, n| {
        let mut found: Vec<String> =
            receiver.seen().iter().map(|m| field(&String::from_utf8_lossy(m).replace('\r', "\n"), begins, n)).collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(of("PV1", 3), ["^^B1-1", "^^B1-2", "^^B1-3", "^^B1-4", "^^B1-5"]);
    assert_eq!(of("PID", 3).len(), 5);
    assert_eq!(of("MSH", 3).len(), 5, "each with its own device number");
}

#[test]
fn faults_reach_the_wire() {
    let with = |mode: Mode, count| {
        let receiver = Receiver::start(|_| Reply::Code("AA"));
        let control = Control::new();
        control.set_mode(Some(mode));
        let summary = run(&options(&receiver, Pcd01, count), &control).unwrap();
        (summary, receiver.seen())
    };
    let values = |message: &Vec<u8>| {
        let text = String::from_utf8_lossy(message).into_owned();
        text.split('\r')
            .filter(|l| l.contains("|NM|"))
            .map(|l| l.split('|').nth(5).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (summary, seen) = with(Mode::Repeat, 3);
    assert!(summary.acknowledged == 3 && seen[0] == seen[1] && seen[1] == seen[2]);
    let (_, seen) = with(Mode::Freeze, 3);
    assert!(seen[0] != seen[1] && values(&seen[1]) == values(&seen[2]));
    let (_, seen) = with(Mode::SensorOff, 1);
    assert!(!text_of(&seen[0]).contains("MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456|9"));
    let (summary, seen) = with(Mode::Garbage, 5);
    assert_eq!((summary.acknowledged, summary.repeats), (5, 0));
    assert!(seen.len() >= 5);
    let (summary, seen) = with(Mode::Cut, 2);
    assert_eq!((summary.acknowledged, summary.connections, seen.len()), (0, 2, 0));
}

fn text_of(message: &[u8]) -> String {
    String::from_utf8_lossy(message).into_owned()
}

#[test]
fn a_stop_ends_a_sender_whose_receiver_is_away() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let control = Control::new();
    let stopper = control.clone();
    let thread = std::thread::spawn(move || run(&Options::new(&address, Mindray, "B1", "P1"), &control));
    stopper.stop();
    assert_eq!(thread.join().unwrap().unwrap().acknowledged, 0);
}

#[test]
fn a_snapshot_without_the_sensor_has_no_oximeter_values() {
    let vitals: Vitals = crate::patient::Patient::new(1).at(100.0);
    let off = Snapshot::of(&vitals, false, None);
    assert_eq!((off.spo2, off.pulse_rate, off.perfusion_hundredths), (None, None, None));
    assert_eq!(off.heart_rate, Some(vitals.heart_rate));
}
