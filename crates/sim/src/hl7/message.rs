//! What monitors of three makes write. Shapes follow the profiles that `chairside_decode::hl7` reads; device
//! identifiers are made up within the makers' number ranges.

use super::AckMode;
use crate::patient::{Pressure, Vitals};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use std::fmt::Write;

/// A make's way of writing ORU^R01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// IHE PCD-01 by the book.
    Pcd01,
    /// Mindray eGateway.
    Mindray,
    /// GE B105/B125/B155.
    Ge,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Pcd01, Self::Mindray, Self::Ge];

    /// Its word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pcd01 => "pcd01",
            Self::Mindray => "mindray",
            Self::Ge => "ge",
        }
    }

    /// The dialect of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    /// Which acknowledgement it asks for.
    #[must_use]
    pub const fn ack_mode(self) -> AckMode {
        match self {
            Self::Mindray => AckMode::Accept,
            Self::Pcd01 | Self::Ge => AckMode::Application,
        }
    }

    /// Whether it sends a message again on a new connection. GE's data during an outage is lost; of the others it is not
    /// known, and sending again is what a durable receiver has to stand.
    #[must_use]
    pub const fn resends_after_reconnect(self) -> bool {
        !matches!(self, Self::Ge)
    }
}

/// Who and where, as typed at the monitor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Bed.
    pub bed: String,
    /// Unit or point of care.
    pub unit: String,
    /// Patient identifier; empty: none was entered.
    pub patient: String,
    /// Patient name with its components, `DOE^JANE`; empty: none was entered.
    pub name: String,
}

/// Values of one moment; `None`: the monitor has no valid one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Beats per minute, ECG.
    pub heart_rate: Option<u16>,
    /// Beats per minute, oximeter.
    pub pulse_rate: Option<u16>,
    /// Per cent.
    pub spo2: Option<u16>,
    /// Hundredths of a per cent.
    pub perfusion_hundredths: Option<u16>,
    /// Breaths per minute.
    pub resp_rate: Option<u16>,
    /// mmHg.
    pub etco2_mmhg: Option<u16>,
    /// Tenths of a degree Celsius.
    pub temperature_tenths_cel: Option<u16>,
    /// The last cuff measurement, and the moment it was made.
    pub cuff: Option<(Pressure, Timestamp)>,
}

impl Snapshot {
    /// Everything a patient gives; without the oximeter's values when its sensor is off.
    #[must_use]
    pub fn of(vitals: &Vitals, sensor_on: bool, cuff: Option<(Pressure, Timestamp)>) -> Self {
        Self {
            heart_rate: Some(vitals.heart_rate),
            pulse_rate: sensor_on.then_some(vitals.pulse_rate),
            spo2: sensor_on.then_some(vitals.spo2),
            perfusion_hundredths: sensor_on.then_some(vitals.perfusion_hundredths),
            resp_rate: Some(vitals.resp_rate),
            etco2_mmhg: Some(vitals.etco2_mmhg),
            temperature_tenths_cel: Some(vitals.temperature_tenths_cel),
            cuff,
        }
    }
}

/// One value with its code, place and unit.
struct Metric {
    /// OBX-3, `number^REFID`; the system is MDC.
    code: &'static str,
    /// OBX-4 without the number of the metric.
    channel: &'static str,
    /// OBX-6, `number^REFID`.
    unit: &'static str,
    /// OBX-5 in units of 10^-places; `None` is a row without a value.
    value: Option<u16>,
    /// Decimal places of the value.
    places: u8,
}

/// A finished message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// MSH-10.
    pub control_id: String,
    /// The message, segments ended by CR, without its frame.
    pub bytes: Vec<u8>,
}

/// Writes the messages of one monitor.
#[derive(Clone, Debug)]
pub struct Encoder {
    dialect: Dialect,
    identity: Identity,
    device: String,
    offset: Offset,
    demo: bool,
    run_id: String,
    count: u64,
    cuff_sent: Option<Timestamp>,
}

const BEAT: &str = "264864^MDC_DIM_BEAT_PER_MIN";
const BREATH: &str = "264928^MDC_DIM_RESP_PER_MIN";
const PERCENT: &str = "262688^MDC_DIM_PERCENT";
const MMHG: &str = "266016^MDC_DIM_MMHG";
const CELSIUS: &str = "268192^MDC_DIM_DEGC";

impl Encoder {
    /// A monitor with its identity and clock zone. `serial` gives the device its number; `run_id` begins every control
    /// id, so that the messages of two runs are not taken for each other.
    #[must_use]
    pub fn new(dialect: Dialect, identity: Identity, serial: u32, run_id: &str, offset: Offset) -> Self {
        let device = match dialect {
            Dialect::Mindray => format!("00A03700{serial:08X}"),
            Dialect::Ge => format!("080019FFFE{:06X}", serial & 0xFF_FFFF),
            Dialect::Pcd01 => format!("02C5DE00{serial:08X}"),
        };
        let run_id = run_id.to_owned();
        Self { dialect, identity, device, offset, demo: false, run_id, count: 0, cuff_sent: None }
    }

    /// Marks everything as the monitor's own demonstration data, as this make does (H21).
    #[must_use]
    pub fn with_demo(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }

    /// The message of one moment. A cuff measurement stands in it as the make does it: Mindray repeats the last one,
    /// with its own time, until there is another; the others send each once.
    pub fn message(&mut self, snapshot: &Snapshot, now: Timestamp) -> Message {
        self.count += 1;
        let control_id = format!("{}{:08}", self.run_id, self.count);
        let cuff = snapshot.cuff.filter(|(_, at)| self.dialect == Dialect::Mindray || self.cuff_sent != Some(*at));
        self.cuff_sent = snapshot.cuff.map(|(_, at)| at);
        let mut text = self.head(&control_id, now);
        let mut rows = Rows { encoder: self, text: &mut text, set_id: 0, now };
        match self.dialect {
            Dialect::Ge => rows.ge(snapshot, cuff),
            Dialect::Mindray => rows.mindray(snapshot, cuff),
            Dialect::Pcd01 => rows.pcd01(snapshot, cuff),
        }
        Message { control_id, bytes: text.into_bytes() }
    }

    /// MSH, PID, PV1 and OBR.
    fn head(&self, control_id: &str, now: Timestamp) -> String {
        let Self { device, identity, .. } = self;
        let local = self.local(now);
        let (zoned, bare) = (local.strftime("%Y%m%d%H%M%S%z"), local.strftime("%Y%m%d%H%M%S"));
        let status = if self.demo && self.dialect != Dialect::Mindray { "D" } else { "P" };
        let (bed, unit) = (escape(&identity.bed), escape(&identity.unit));
        let (patient, name) = (escape(&identity.patient), escape_components(&identity.name));
        match self.dialect {
            Dialect::Pcd01 => format!(
                "MSH|^~\\&|CHAIRSIDE_SIM^{device}^EUI-64|CHAIRSIDE|||{zoned}||ORU^R01^ORU_R01|{control_id}|{status}|2.6|||NE|AL\
                 ||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
                 PID|||{patient}^^^Hospital^PI||{name}\r\
                 PV1||I|{unit}^^{bed}\r\
                 OBR|1|{control_id}^CHAIRSIDE_SIM^{device}^EUI-64|{control_id}^CHAIRSIDE_SIM^{device}^EUI-64\
                 |182777000^monitoring of patient^SCT|||{zoned}\r"
            ),
            Dialect::Mindray => {
                let time = self.mindray_time(now);
                let sender = format!("MINDRAY_EGATEWAY^{device}^EUI-64");
                format!(
                    "MSH|^~\\&|{sender}|MINDRAY|||{time}||ORU^R01^ORU_R01|{control_id}|{status}|2.6|||AL|NE\
                     ||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
                     PID|||{patient}||{name}\r\
                     PV1||I|{unit}^^{bed}\r\
                     OBR|1|{control_id}^{sender}|{control_id}^{sender}|182777000^monitoring of patient^SCT\
                     |||{time}|||||||{time}\r"
                )
            }
            Dialect::Ge => format!(
                "MSH|^~\\&|VSP^{device}^EUI-64|GE Healthcare|||{zoned}||ORU^R01^ORU_R01|{control_id}|{status}|2.6|||NE|AL\
                 ||UNICODE UTF-8|||PCD_DEC_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
                 PID|||{patient}^^^PID^MR||{name}\r\
                 PV1||E|{unit}^^{bed}\r\
                 OBR|1|{device}{bare}^VSP^{device}^EUI-64|{device}{bare}^VSP^{device}^EUI-64\
                 |182777000^monitoring of patient^SCT|||{bare}\r"
            ),
        }
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(TimeZone::fixed(self.offset))
    }

    /// Mindray's time: four decimals and an offset.
    fn mindray_time(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let ten_thousandths = local.subsec_nanosecond() / 100_000;
        format!("{}.{ten_thousandths:04}{}", local.strftime("%Y%m%d%H%M%S"), local.strftime("%z"))
    }
}

/// The OBX rows of one message on their way into its text.
struct Rows<'a> {
    encoder: &'a Encoder,
    text: &'a mut String,
    set_id: u32,
    now: Timestamp,
}

impl Rows<'_> {
    /// Writes one OBX from its fields 2 to 18, without empty ones at the end.
    fn obx(&mut self, fields: &[&str; 17]) {
        self.set_id += 1;
        let _ = write!(self.text, "OBX|{}|{}", self.set_id, fields.join("|"));
        let end = self.text.trim_end_matches('|').len();
        self.text.truncate(end);
        self.text.push('\r');
    }

    /// A row that names a part of the device and has no value: OBX-11 `X`.
    fn part(&mut self, code: &str, place: &str) {
        self.obx(&["", &format!("{code}^MDC"), place, "", "", "", "", "", "", "X", "", "", "", "", "", "", ""]);
    }

    /// A row of one reading; `own` are OBX-14, OBX-17 and OBX-18.
    fn reading(&mut self, reading: &Metric, metric: &str, own: [&str; 3]) {
        let value = reading.value.map(|value| digits(value, reading.places)).unwrap_or_default();
        let kind = if reading.value.is_some() { "R" } else { "X" };
        let mark = if self.encoder.demo && self.encoder.dialect == Dialect::Mindray { "DEMO" } else { "" };
        let (code, unit) = (format!("{}^MDC", reading.code), format!("{}^MDC", reading.unit));
        let place = format!("{}.{metric}", reading.channel);
        let [time, method, device] = own;
        self.obx(&["NM", &code, &place, &value, &unit, "", mark, "", "", kind, "", "", time, "", "", method, device]);
    }

    /// IHE: device tree first, OBX-14 only on the episodic cuff rows, a row with `X` where a value is missing.
    fn pcd01(&mut self, s: &Snapshot, cuff: Option<(Pressure, Timestamp)>) {
        self.part("69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", "1.0.0.0");
        let device = format!("{}^CHAIRSIDE_SIM^{}^EUI-64", self.encoder.device, self.encoder.device);
        let row = |code, channel, unit, value, places| Metric { code, channel, unit, value, places };
        let rows = [
            row("147842^MDC_ECG_HEART_RATE", "1.1.1", BEAT, s.heart_rate, 0),
            row("150456^MDC_PULS_OXIM_SAT_O2", "1.2.1", PERCENT, s.spo2, 0),
            row("149530^MDC_PULS_OXIM_PULS_RATE", "1.2.1", BEAT, s.pulse_rate, 0),
            row("150448^MDC_PULS_OXIM_PERF_REL", "1.2.1", PERCENT, s.perfusion_hundredths, 2),
            row("151578^MDC_TTHOR_RESP_RATE", "1.3.1", BREATH, s.resp_rate, 0),
            row("151708^MDC_CONC_AWAY_CO2_ET", "1.4.1", MMHG, s.etco2_mmhg, 0),
            row("188496^MDC_TEMP_AXIL", "1.5.1", CELSIUS, s.temperature_tenths_cel, 1),
        ];
        for reading in &rows {
            self.reading(reading, number(reading.code), ["", "AMEAS^auto-measurement^MDC", &device]);
        }
        let Some((p, at)) = cuff else { return };
        let time = self.encoder.local(at).strftime("%Y%m%d%H%M%S%z").to_string();
        for reading in &[
            row("150021^MDC_PRESS_BLD_NONINV_SYS", "1.6.1", MMHG, Some(p.systolic), 0),
            row("150022^MDC_PRESS_BLD_NONINV_DIA", "1.6.1", MMHG, Some(p.diastolic), 0),
            row("150023^MDC_PRESS_BLD_NONINV_MEAN", "1.6.1", MMHG, Some(p.mean), 0),
        ] {
            self.reading(reading, number(reading.code), [&time, "AMEAS^auto-measurement^MDC", &device]);
        }
    }

    /// Mindray: a time on every row, the device only on the first, the cuff with its older time and `^APERIODIC`, its
    /// mean before its diastolic; what is missing has no row.
    fn mindray(&mut self, s: &Snapshot, cuff: Option<(Pressure, Timestamp)>) {
        let device = &self.encoder.device;
        let device = format!("{device}^BIG_DIPPER^{device}^EUI-64");
        let now = self.encoder.mindray_time(self.now);
        let row = |code, channel, unit, value, places| Metric { code, channel, unit, value, places };
        let rows = [
            row("188496^MDC_TEMP_AXIL", "1.2.5", CELSIUS, s.temperature_tenths_cel, 1),
            row("150456^MDC_PULS_OXIM_SAT_O2", "1.3.1", PERCENT, s.spo2, 0),
            row("149530^MDC_PULS_OXIM_PULS_RATE", "1.3.1", BEAT, s.pulse_rate, 0),
            row("150488^MDC_BLD_PERF_INDEX", "1.3.1", PERCENT, s.perfusion_hundredths, 2),
            row("151578^MDC_TTHOR_RESP_RATE", "1.7.1", BREATH, s.resp_rate, 0),
            row("147842^MDC_ECG_HEART_RATE", "1.7.4", BEAT, s.heart_rate, 0),
            row("151708^MDC_CONC_AWAY_CO2_ET", "1.8.1", MMHG, s.etco2_mmhg, 0),
        ];
        for reading in rows.iter().filter(|reading| reading.value.is_some()) {
            let device = if self.set_id == 0 { device.as_str() } else { "" };
            self.reading(reading, number(reading.code), [&now, "", device]);
        }
        let Some((p, at)) = cuff else { return };
        let time = self.encoder.mindray_time(at);
        for reading in &[
            row("150301^MDC_PRESS_CUFF_SYS", "1.1.9", MMHG, Some(p.systolic), 0),
            row("150303^MDC_PRESS_CUFF_MEAN", "1.1.9", MMHG, Some(p.mean), 0),
            row("150302^MDC_PRESS_CUFF_DIA", "1.1.9", MMHG, Some(p.diastolic), 0),
        ] {
            let device = if self.set_id == 0 { device.as_str() } else { "" };
            self.reading(reading, number(reading.code), [&time, "^APERIODIC", device]);
        }
    }

    /// GE: each module a VMD with a row of its own, no time in the rows, no perfusion index, the expired CO2's code for
    /// the end-tidal value; only modules with a valid value are there.
    fn ge(&mut self, s: &Snapshot, cuff: Option<(Pressure, Timestamp)>) {
        const BEATS: (&str, u8) = (BEAT, 0);
        let pressure = |pick: fn(&Pressure) -> u16| cuff.map(|(p, _)| pick(&p));
        let modules: [(&str, &str, &[Value]); 6] = [
            // The manual names the pressure module 16; the code of its row was not seen, this is the invasive module's.
            (
                "69854^MDC_DEV_METER_PRESS_BLD_VMD",
                "1.16",
                &[
                    ("150021^MDC_PRESS_BLD_NONINV_SYS", (MMHG, 0), pressure(|p| p.systolic)),
                    ("150022^MDC_PRESS_BLD_NONINV_DIA", (MMHG, 0), pressure(|p| p.diastolic)),
                    ("150023^MDC_PRESS_BLD_NONINV_MEAN", (MMHG, 0), pressure(|p| p.mean)),
                ],
            ),
            ("69798^MDC_DEV_ECG_VMD", "1.5", &[("147842^MDC_ECG_HEART_RATE", BEATS, s.heart_rate)]),
            (
                "69766^MDC_DEV_GEN_CONC_AWAY_VMD",
                "1.11",
                &[
                    ("151712^MDC_CONC_AWAY_CO2_EXP", (MMHG, 0), s.etco2_mmhg),
                    ("151594^MDC_CO2_RESP_RATE", (BREATH, 0), s.etco2_mmhg.and(s.resp_rate)),
                ],
            ),
            (
                "69642^MDC_DEV_ANALY_SAT_O2_VMD",
                "1.22",
                &[
                    ("149530^MDC_PULS_OXIM_PULS_RATE", BEATS, s.pulse_rate),
                    ("150456^MDC_PULS_OXIM_SAT_O2", (PERCENT, 0), s.spo2),
                ],
            ),
            ("70666^MDC_DEV_ECG_RESP_VMD", "1.6", &[("151562^MDC_RESP_RATE", (BREATH, 0), s.resp_rate)]),
            ("69902^MDC_DEV_METER_TEMP_VMD", "1.26", &[("150344^MDC_TEMP", (CELSIUS, 1), s.temperature_tenths_cel)]),
        ];
        let device = format!("{}^B1X5_GE", self.encoder.device);
        self.part("69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", "1.0.0.0");
        for (module, place, values) in modules {
            if values.iter().all(|(_, _, value)| value.is_none()) {
                continue;
            }
            self.part(module, &format!("{place}.0.0"));
            for (metric, (code, (unit, places), value)) in (1..).zip(values).filter(|(_, (.., value))| value.is_some())
            {
                let reading = Metric { code, channel: place, unit, value: *value, places: *places };
                self.reading(&reading, &format!("1.{metric}"), ["", "", &device]);
            }
        }
    }
}

/// A metric of a GE module: code, unit and decimal places, value.
type Value = (&'static str, (&'static str, u8), Option<u16>);

/// The number of a code.
fn number(code: &str) -> &str {
    code.split('^').next().unwrap_or(code)
}

/// `value` / 10^`places`.
fn digits(value: u16, places: u8) -> String {
    let scale = 10_u16.pow(u32::from(places));
    match usize::from(places) {
        0 => value.to_string(),
        width => format!("{}.{:0width$}", value / scale, value % scale),
    }
}

/// Text as it may stand in a component.
fn escape(text: &str) -> String {
    escaped(text, "|~^&\\")
}

/// Text as it may stand in a field; `^` and `&` part its components.
fn escape_components(text: &str) -> String {
    escaped(text, "|~\\")
}

fn escaped(text: &str, marks: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' if marks.contains(letter) => safe.push_str("\\F\\"),
            '^' if marks.contains(letter) => safe.push_str("\\S\\"),
            '&' if marks.contains(letter) => safe.push_str("\\T\\"),
            '~' if marks.contains(letter) => safe.push_str("\\R\\"),
            '\\' if marks.contains(letter) => safe.push_str("\\E\\"),
            // A line end would end the segment.
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}
