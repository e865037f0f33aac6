//! What one upload says, in both forms a VitalRecorder writes.

use crate::hl7::Snapshot;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// The form of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON, packed with zlib.
    Json,
    /// HL7 v2.6, packed with gzip.
    Hl7,
}

impl Form {
    /// Its word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Hl7 => "hl7",
        }
    }

    /// The form of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Json, Self::Hl7].into_iter().find(|form| form.word() == word)
    }
}

/// Device of every track: a type whose names VitalDB publishes.
const DEVICE: &str = "Solar8000";
/// Samples of the wave in each upload, as VitalRecorder thins them out to 100 Hz.
const SAMPLES: u32 = 100;

/// One numeric track.
struct Track {
    name: &'static str,
    montype: &'static str,
    unit: &'static str,
    /// In units of 10^-places; `None`: the monitor shows none.
    value: Option<u16>,
    places: u8,
}

impl Track {
    /// Digits as a program prints a float that has them.
    fn digits(&self) -> Option<String> {
        let value = self.value?;
        Some(if self.places == 0 { value.to_string() } else { format!("{}.{}", value / 10, value % 10) })
    }
}

/// The tracks of one bed. A cuff's last reading stands there as long as the monitor shows it.
fn tracks(s: &Snapshot) -> Vec<Track> {
    let track = |name, montype, unit, value| Track { name, montype, unit, value, places: 0 };
    let mut tracks = vec![
        track("HR", "ECG_HR", "/min", s.heart_rate),
        track("PLETH_SPO2", "PLETH_SPO2", "%", s.spo2),
        track("PLETH_HR", "PLETH_HR", "/min", s.pulse_rate),
        track("RR", "RESP_RR", "/min", s.resp_rate),
        track("ETCO2", "CO2_CONC", "mmHg", s.etco2_mmhg),
        Track { name: "BT", montype: "BT", unit: "C", value: s.temperature_tenths_cel, places: 1 },
    ];
    if let Some((pressure, _)) = &s.cuff {
        tracks.push(track("NIBP_SBP", "NIBP_SBP", "mmHg", Some(pressure.systolic)));
        tracks.push(track("NIBP_DBP", "NIBP_DBP", "mmHg", Some(pressure.diastolic)));
        tracks.push(track("NIBP_MBP", "NIBP_MBP", "mmHg", Some(pressure.mean)));
    }
    tracks
}

/// Writes the uploads of one VitalRecorder.
#[derive(Clone, Debug)]
pub struct Writer {
    form: Form,
    vrcode: String,
    zone: Offset,
    count: u64,
}

impl Writer {
    /// A recorder with its code and the zone of its computer.
    #[must_use]
    pub const fn new(form: Form, vrcode: String, zone: Offset) -> Self {
        Self { form, vrcode, zone, count: 0 }
    }

    /// The upload of the second before `now`: each bed with its values.
    pub fn upload(&mut self, rooms: &[(String, Snapshot)], now: Timestamp) -> String {
        match self.form {
            Form::Json => self.json(rooms, now),
            Form::Hl7 => self.hl7(rooms, now),
        }
    }

    fn json(&mut self, rooms: &[(String, Snapshot)], now: Timestamp) -> String {
        self.count += 1;
        let rooms: Vec<String> = rooms.iter().map(|(bed, snapshot)| self.room(bed, snapshot, now)).collect();
        let (vrcode, rooms) = (text(&self.vrcode), rooms.join(","));
        format!(r#"{{"ver":"1.18.40","vrcode":{vrcode},"os":"windows","rooms":[{rooms}]}}"#)
    }

    fn room(&self, bed: &str, snapshot: &Snapshot, now: Timestamp) -> String {
        let end = seconds(now);
        let (start, at) = (end - 1.0, end - 0.5);
        let mut out = format!(
            r#"{{"roomname":{},"seqid":{},"dtstart":{start:.3},"dtend":{end:.3},"ptcon":1,"recording":1,"devs":[{{"type":"{DEVICE}","name":"{DEVICE}","status":"run","port":"COM3"}}],"trks":["#,
            text(bed),
            self.count
        );
        let samples: Vec<String> =
            (0..SAMPLES).map(|n| format!("{:.3}", (f64::from(n) * TAU / f64::from(SAMPLES)).sin())).collect();
        let _ = write!(
            out,
            r#"{{"id":1,"name":"ECG_II","type":"wav","dname":"{DEVICE}","montype":"ECG_WAV","srate":100,"unit":"mV","recs":[{{"dt":{start:.3},"val":[{}]}}]}}"#,
            samples.join(",")
        );
        for (track, id) in tracks(snapshot).iter().zip(2..) {
            let Track { name, montype, unit, .. } = track;
            // What a monitor does not show is "not a number" there, written as C++ does.
            let value = track.digits().unwrap_or_else(|| "nan".to_owned());
            let _ = write!(
                out,
                r#",{{"id":{id},"name":"{name}","type":"num","dname":"{DEVICE}","montype":"{montype}","unit":"{unit}","recs":[{{"dt":{at:.3},"val":{value}}}]}}"#
            );
        }
        out.push_str(r#"],"evts":[],"filts":[]}"#);
        out
    }

    /// Only what there is has a row.
    fn hl7(&mut self, rooms: &[(String, Snapshot)], now: Timestamp) -> String {
        let clock = |at: Timestamp| at.to_zoned(TimeZone::fixed(self.zone)).strftime("%Y%m%d%H%M%S").to_string();
        let (from, to) = (clock(now.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(now)), clock(now));
        let mut out = String::new();
        for (bed, snapshot) in rooms {
            self.count += 1;
            let (vrcode, count) = (&self.vrcode, self.count);
            let _ = write!(
                out,
                "MSH|^~\\&|VitalRecorder|{vrcode}|||{to}||ORU^R01|{count}|P|2.6\rPID|||\rPV1||I|{bed}\r\
                 OBR|1|||VITAL_SIGNS|||{from}|{to}\r"
            );
            for (track, id) in tracks(snapshot).iter().filter(|t| t.value.is_some()).zip(1..) {
                let Track { name, montype, unit, .. } = track;
                let value = track.digits().unwrap_or_default();
                let _ = write!(out, "OBX|{id}|NM|{montype}^{DEVICE}/{name}||{value}|{unit}|||||R\r");
            }
        }
        out
    }
}

/// The attachment of an upload.
///
/// # Errors
/// Never in memory; the writers' own type says so.
pub fn pack(form: Form, upload: &str) -> io::Result<Vec<u8>> {
    match form {
        Form::Json => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(upload.as_bytes())?;
            encoder.finish()
        }
        Form::Hl7 => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(upload.as_bytes())?;
            encoder.finish()
        }
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

/// A JSON string.
fn text(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
