//! A Mindray PDS monitor: it is the server, sends without being answered, and keeps a client only as long as that one's
//! heartbeat comes.

mod server;

pub use server::{Options, Summary, run};

use super::encoder::Person;
use super::rows::{Obx, digits};
use super::{Identity, Snapshot, frame};
use crate::patient::Pressure;
use jiff::civil::DateTime;
use std::net::{IpAddr, SocketAddr};

/// The heartbeat, the same in both directions, without its frame.
pub const HEARTBEAT: &[u8] = b"MSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\r";

/// One local number: id and label, module, value, decimal places.
#[derive(Clone, Copy)]
struct Local {
    id: &'static str,
    label: &'static str,
    module: &'static str,
    value: Option<u16>,
    places: u8,
}

const fn local(id: &'static str, label: &'static str, module: &'static str, value: Option<u16>, places: u8) -> Local {
    Local { id, label, module, value, places }
}

impl Local {
    /// As sent: -100 with the same decimals where there is no value.
    fn value(&self) -> String {
        match (self.value, self.places) {
            (Some(value), places) => digits(value, places),
            (None, 0) => "-100".to_owned(),
            (None, places) => format!("-100.{:0<width$}", "", width = usize::from(places)),
        }
    }

    fn write(&self, access: &str, time: &str, text: &mut String) {
        let (code, value) = (format!("{}^{}", self.id, self.label), self.value());
        let row = Obx { kind: "NM", code: &code, sub_id: self.module, value: &value, ..Obx::default() };
        Obx { status: "F", access, time, ..row }.write(text);
    }
}

/// Writes the frames of one monitor.
#[derive(Clone, Debug)]
pub struct Encoder {
    identity: Identity,
}

/// The header of a frame of this type; there is neither sender nor time nor id.
fn head(event: &str, kind: &str) -> String {
    format!("MSH|^~\\&|||||||{event}|{kind}|P|2.3.1|\r")
}

impl Encoder {
    /// The monitor of this bed.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    /// Place with the monitor's own address: an IPv4 address as one number.
    fn place(&self, at: SocketAddr) -> String {
        let Person { bed, unit, .. } = Person::of(&self.identity);
        let address = match at.ip() {
            IpAddr::V4(v4) => u32::from(v4),
            // The form has no room for another.
            IpAddr::V6(_) => 0,
        };
        format!("PV1||I|^^{unit}&{bed}&{address}&{}&&1|\r", at.port())
    }

    /// 101: what is told to everybody by UDP.
    #[must_use]
    pub fn announcement(&self, at: SocketAddr) -> Vec<u8> {
        frame((head("ADT^A01", "101") + &self.place(at)).as_bytes())
    }

    /// 103: who lies in the bed.
    #[must_use]
    pub fn patient(&self, at: SocketAddr) -> Vec<u8> {
        let Person { bed, patient, name, .. } = Person::of(&self.identity);
        let mut text = head("ORU^R01", "103");
        text.push_str(&format!("PID|||{patient}||{name}\r{}OBR||||Mindray Monitor|||0|\r", self.place(at)));
        let like = Obx { status: "F", ..Obx::default() };
        Obx { kind: "NM", code: "52^", value: "0", ..like }.write(&mut text);
        Obx { kind: "NM", code: "51^", value: "0", ..like }.write(&mut text);
        Obx { kind: "ST", code: "2308^BedNoStr", value: &bed, ..like }.write(&mut text);
        frame(text.as_bytes())
    }

    /// A second's frames, back to back: the values of each module with their states, the cuff, no alarms.
    #[must_use]
    pub fn round(&self, s: &Snapshot, shown: impl Fn(jiff::Timestamp) -> DateTime) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        for module in modules(s) {
            let (mut values, mut states) = (head("ORU^R01", "204"), head("ORU^R01", "205"));
            for parameter in &module {
                parameter.write("", "", &mut values);
                let state = if parameter.value.is_some() { "3^" } else { "2^" };
                let row = Obx { kind: "CE", code: "2037^", sub_id: parameter.id, value: state, ..Obx::default() };
                Obx { status: "F", ..row }.write(&mut states);
            }
            frames.extend([frame(values.as_bytes()), frame(states.as_bytes())]);
        }
        let cuff = s.cuff.map(|(p, at)| (p, shown(at).strftime("%Y%m%d%H%M%S").to_string()));
        frames.push(frame(self::cuff(cuff).as_bytes()));
        for no_alarm in ["54", "56"] {
            frames.push(frame(head("ORU^R01", no_alarm).as_bytes()));
        }
        frames
    }
}

fn modules(s: &Snapshot) -> [Vec<Local>; 5] {
    [
        vec![local("101", "HR", "2101", s.heart_rate, 0)],
        vec![local("151", "RR", "2102", s.resp_rate, 0)],
        vec![
            local("160", "SpO2", "2103", s.spo2, 0),
            local("161", "PR", "2103", s.pulse_rate, 0),
            local("162", "PI", "2103", s.perfusion_hundredths, 2),
        ],
        vec![local("200", "T1", "2104", s.temperature_tenths_cel, 1), local("201", "T2", "2104", None, 1)],
        vec![local("220", "EtCO2", "2106", s.etco2_mmhg, 0)],
    ]
}

/// 503: the last cuff reading with its time, and an empty slot of the monitor's list beside it.
fn cuff(reading: Option<(Pressure, String)>) -> String {
    let mut text = head("ORU^R01", "503");
    let none = "00000000000000";
    let (pressure, time) = reading.map_or((None, none.to_owned()), |(pressure, time)| (Some(pressure), time));
    let rows = [
        local("171", "Dia", "2105", pressure.map(|p| p.diastolic), 0),
        local("172", "Mean", "2105", pressure.map(|p| p.mean), 0),
        local("170", "Sys", "2105", pressure.map(|p| p.systolic), 0),
    ];
    rows.iter().for_each(|row| row.write("APERIODIC", &time, &mut text));
    local("170", "Sys", "2105", None, 0).write("APERIODIC", none, &mut text);
    text
}
