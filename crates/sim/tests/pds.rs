//! A Mindray PDS monitor over real TCP: what its client reads, and what it does with clients that keep silent.

use chairside_decode::hl7::{Profile, judge};
use chairside_decode::{Decoder, Finding, catalog::Protocol};
use chairside_observation::{Absence, Amount, Decimal, Doubt, Micros, Observation, Reading, Vital};
use chairside_sim::bedside::{Bedside, Setup};
use chairside_sim::control::Control;
use chairside_sim::faults::Mode;
use chairside_sim::hl7::pds::{Encoder, HEARTBEAT, Options, Summary, run};
use chairside_sim::hl7::{Cutter, Identity, Snapshot, frame};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread::JoinHandle;
use std::time::Duration;

struct Monitor {
    control: Control,
    at: SocketAddr,
    thread: JoinHandle<Summary>,
}

impl Monitor {
    fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (control, at) = (Control::new(), listener.local_addr().unwrap());
        let steered = control.clone();
        let thread = std::thread::spawn(move || run(&options, &steered, &listener).unwrap());
        Self { control, at, thread }
    }

    fn stop(self) -> Summary {
        self.control.stop();
        self.thread.join().unwrap()
    }
}

fn options() -> Options {
    Options { interval_s: 0.01, ..Options::new("B7", "P4711") }
}

/// A client with the decoder of the product.
struct Client {
    stream: TcpStream,
    decoder: Box<dyn Decoder>,
}

impl Client {
    fn of(monitor: &Monitor) -> Self {
        let stream = TcpStream::connect(monitor.at).unwrap();
        // Only reached when a test fails.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream, decoder: Protocol::Hl7.decoder(Some("pds")).unwrap() }
    }

    /// Reads until a reading is as `wanted`.
    fn until(&mut self, wanted: impl Fn(&Observation) -> bool) -> Observation {
        let mut buffer = [0; 4096];
        loop {
            let count = self.stream.read(&mut buffer).unwrap();
            assert!(count > 0, "the monitor closed the connection");
            let mut findings = Vec::new();
            self.decoder.feed(Micros(0), &buffer[..count], &mut findings);
            for finding in findings {
                if let Finding::Observation(o) = finding
                    && wanted(&o)
                {
                    return o;
                }
            }
        }
    }
}

fn patient(o: &Observation) -> Option<&str> {
    o.context.as_ref().and_then(|c| c.patient.as_deref())
}

#[test]
fn what_the_monitor_meant_is_what_its_client_reads() {
    let identity = Identity { bed: "B7".into(), unit: "INF".into(), patient: "P1".into(), name: "DOE^JANE".into() };
    let encoder = Encoder::new(identity);
    let mut bedside = Bedside::new(Setup::default(), "2026-03-04T09:00:00Z".parse().unwrap());
    let mut decoder = Protocol::Hl7.decoder(Some("auto")).unwrap();
    let mut read = |bytes: &[u8]| {
        let mut findings = Vec::new();
        decoder.feed(Micros(0), bytes, &mut findings);
        let observation = |finding| match finding {
            Finding::Observation(o) => Some(o),
            Finding::Skipped(range, skip) => panic!("{range:?} skipped: {}", skip.word()),
            Finding::Frame { .. } | Finding::Notice(_) => None,
        };
        findings.into_iter().filter_map(observation).collect::<Vec<_>>()
    };
    assert!(read(&encoder.patient("10.0.0.9:4601".parse().unwrap())).is_empty());
    let mut cuffs = 0;
    for step in 0..120_u32 {
        let mode = if step % 10 == 3 { Mode::SensorOff } else { Mode::Normal };
        let moment = bedside.moment(f64::from(step) * 60.0, mode);
        let cuff = moment.cuff.map(|cuff| (cuff.pressure, cuff.at));
        let s = Snapshot::of(&moment.vitals, moment.sensor_on(), cuff);
        let frames = encoder.round(&s, |at| moment.shown(at));
        assert!(frames.iter().all(|frame| judge(frame).0 == Profile::Pds));
        let found = read(&frames.concat());
        let is = |vital: Vital, value: Option<u16>, places: u8, unproven: bool| {
            let mut ours = found.iter().filter(|o| o.vital == vital && o.site.as_deref() != Some("T2"));
            let o = ours.next().unwrap_or_else(|| panic!("no {vital:?} in {found:?}"));
            assert!(ours.next().is_none(), "{vital:?} twice");
            let expected = match value.map(|v| Amount::One(Decimal::new(i64::from(v), places))) {
                None => Reading::Absent(Absence::Invalid),
                Some(amount) if unproven => Reading::Questionable(amount, Doubt::Unproven),
                Some(amount) => Reading::Valid(amount),
            };
            assert_eq!(o.reading, expected, "{vital:?}");
            assert_eq!((patient(o), o.context.as_ref().unwrap().bed.as_deref()), (Some("P1"), Some("B7")));
        };
        is(Vital::HeartRate, s.heart_rate, 0, false);
        is(Vital::RespRate, s.resp_rate, 0, false);
        is(Vital::Spo2, s.spo2, 0, false);
        is(Vital::PulseRate, s.pulse_rate, 0, true);
        is(Vital::PerfusionIndex, s.perfusion_hundredths, 2, true);
        is(Vital::Temperature, s.temperature_tenths_cel, 1, false);
        is(Vital::EtCo2, s.etco2_mmhg, 0, true);
        for cuff in found.iter().filter(|o| o.vital == Vital::Nibp) {
            cuffs += 1;
            let p = moment.cuff.unwrap().pressure;
            let part = |value: u16| Some(Decimal::whole(i64::from(value)));
            let (systolic, diastolic, mean) = (part(p.systolic), part(p.diastolic), part(p.mean));
            assert_eq!(cuff.reading, Reading::Valid(Amount::Pressure { systolic, diastolic, mean }));
        }
    }
    assert_eq!(cuffs, 24, "two hours, one every five minutes, told once");
}

#[test]
fn a_client_with_a_heartbeat_is_kept_and_one_without_is_dropped() {
    let monitor = Monitor::start(Options { heartbeat_timeout: Duration::from_secs(2), ..options() });
    let mut silent = Client::of(&monitor);
    let mut rest = Vec::new();
    silent.stream.read_to_end(&mut rest).unwrap();
    assert!(!rest.is_empty(), "it got its frames until then");
    let mut beating = Client::of(&monitor);
    for _ in 0..20 {
        beating.stream.write_all(&frame(HEARTBEAT)).unwrap();
        beating.until(|o| o.vital == Vital::HeartRate);
    }
    let summary = monitor.stop();
    assert_eq!((summary.connections, summary.dropped, summary.unwanted_bytes), (2, 1, 0));
    assert!(summary.heartbeats >= 1);
}

#[test]
fn h14_bytes_that_are_no_heartbeat_are_counted() {
    let monitor = Monitor::start(options());
    let mut client = Client::of(&monitor);
    client.until(|o| o.vital == Vital::HeartRate);
    client
        .stream
        .write_all(&[b"??", frame(b"MSH|^~\\&|||||||ACK|1|P|2.3.1|\r").as_slice(), &frame(HEARTBEAT)].concat())
        .unwrap();
    client.stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    client.stream.read_to_end(&mut rest).unwrap();
    let summary = monitor.stop();
    assert_eq!((summary.heartbeats, summary.unwanted_bytes), (1, 2 + 30));
}

#[test]
fn h01_values_before_the_patient_message_belong_to_nobody() {
    let monitor = Monitor::start(Options { patient_after: Duration::from_secs(1), ..options() });
    let mut client = Client::of(&monitor);
    let early = client.until(|o| o.vital == Vital::HeartRate);
    assert_eq!(patient(&early), None);
    client.until(|o| o.vital == Vital::HeartRate && patient(o) == Some("P4711"));
    monitor.stop();
}

#[test]
fn faults_reach_the_wire() {
    let monitor = Monitor::start(options());
    let mut client = Client::of(&monitor);
    client.until(|o| o.vital == Vital::Spo2 && o.reading.amount().is_some());
    monitor.control.set_mode(Some(Mode::SensorOff));
    client.until(|o| o.reading == Reading::Absent(Absence::Invalid) && o.vital == Vital::Spo2);
    monitor.control.set_mode(Some(Mode::Cut));
    // The connection ends with it.
    client.stream.read_to_end(&mut Vec::new()).unwrap();
    monitor.stop();
}

#[test]
fn it_announces_where_it_is() {
    let ear = UdpSocket::bind("127.0.0.1:0").unwrap();
    ear.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let to = ear.local_addr().unwrap().to_string();
    let monitor = Monitor::start(Options { announce: Some(to), ..options() });
    let mut buffer = [0; 1000];
    let count = ear.recv(&mut buffer).unwrap();
    let message = Cutter::default().feed(&buffer[..count]).remove(0);
    let port = monitor.at.port();
    let expected = format!("MSH|^~\\&|||||||ADT^A01|101|P|2.3.1|\rPV1||I|^^&B7&2130706433&{port}&&1|\r");
    assert_eq!(String::from_utf8_lossy(&message), expected);
    monitor.stop();
}
