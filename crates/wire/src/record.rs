//! Past sessions on the wire: finding them, reading a record, the course of treatment.

use crate::{Limit, LimitNotice, Moment, Patient, Person, Schedule, Session};
use chairside_observation::session as domain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Body of `POST /api/sessions/find`. In a body, since no address may hold a name. What is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindSessions {
    /// Parts of the patient's name, number or birth date, parted by blanks; capitals and accents do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<String>,
    /// Id of the chair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chair: Option<String>,
    /// Opened at or after, UTC microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub from_us: Option<i64>,
    /// Opened before, UTC microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub to_us: Option<i64>,
    /// `open`: not over. `over`: over. `unsigned`: over, not cancelled and not signed. `signed`. `cancelled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<SessionState>,
    /// Every one of these was found in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Finding>>")]
    pub has: Vec<Finding>,
    /// Id of the last row of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub after: Option<String>,
    /// Most rows, 1 to 200; 50 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u16>,
}

/// Where a session stands, as the list of sessions parts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// It is held now, or planned.
    Open,
    /// It is over, cancelled or not, signed or not.
    Over,
    /// It was held, is over, and nobody signed it.
    Unsigned,
    /// It is signed.
    Signed,
    /// It never came to an infusion.
    Cancelled,
}

/// What is worth knowing of a session before its record is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    /// Something was entered late.
    Late,
    /// Values were typed.
    Typed,
    /// Readings were marked as artefacts.
    Artefact,
    /// A monitor fell silent or was lost.
    Gap,
    /// A monitor gave a notice of its own.
    Notice,
    /// A notice of the clinic's limits was raised.
    Limit,
    /// Demonstration or test data was withheld, or stands in it.
    Demo,
    /// It has comments or addenda.
    Addendum,
    /// Something was corrected or undone.
    Corrected,
    /// The infusion was stopped before its time.
    #[serde(rename = "stopped early")]
    #[ts(rename = "stopped early")]
    StoppedEarly,
}

/// Answer to [`FindSessions`]: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionList {
    /// They.
    pub rows: Vec<SessionRow>,
    /// There are more after the last row.
    pub more: bool,
    /// How many there are in all.
    #[ts(type = "number")]
    pub total: u64,
}

/// One session of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// The chair.
    pub chair: String,
    /// What people call the chair now.
    pub chair_name: String,
    /// Who was treated.
    pub patient: Patient,
    /// Which one of the course.
    pub number: u16,
    /// How many the course has; absent when open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub of: Option<u16>,
    /// Name of the template.
    pub template: String,
    /// Where it stands.
    pub phase: String,
    /// Who had it last.
    pub nurse: String,
    /// When its span began, UTC microseconds, as all times here.
    #[ts(type = "number")]
    pub opened_us: i64,
    /// T+0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub started_us: Option<i64>,
    /// The last stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub stopped_us: Option<i64>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub ended_us: Option<i64>,
    /// Who signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub signed: Option<RowSigned>,
    /// What is worth knowing of it.
    pub has: Vec<Finding>,
}

/// Who signed a session, in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowSigned {
    /// Name.
    pub by: String,
    /// When, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
}

/// Body of `POST /api/sessions/{id}/open`: that the record was looked at, and by whom, is recorded first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenSession {
    /// By whom.
    pub by: Person,
    /// `viewed`, or what else is done with it: `printed replayed exported` (its course as CSV). Absent: `viewed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub did: Option<String>,
    /// Only what a chart is drawn with, at once; who asks like this asks again for the rest.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(optional, as = "Option<bool>")]
    pub first: bool,
}

/// Answer to [`OpenSession`]: everything of a session but its time series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionRecord {
    /// The session with every act.
    pub session: Session,
    /// The chair.
    pub chair: String,
    /// What people call the chair.
    pub chair_name: String,
    /// When her span of the chair's timeline begins.
    pub begin: Moment,
    /// When it ends, or how far it was read.
    pub end: Moment,
    /// IANA name of the clinic's time zone.
    pub zone: String,
    /// Offsets of the zone over the span; the first one holds at its begin.
    pub offsets: Vec<Offset>,
    /// What its values came from.
    pub sources: Vec<RecordSource>,
    /// The monitors' own notices, and what happened to their links.
    pub notes: Vec<RecordNote>,
    /// The clinic's limit notices as they stood.
    pub limits: Vec<RecordLimit>,
    /// Stretches in which no value of a vital stood.
    pub gaps: Vec<RecordGap>,
    /// The figures of the summary, each with its definition.
    pub summary: Vec<SummaryLine>,
    /// Who looked at it and what was made of it, this time included.
    pub audit: Vec<AuditLine>,
    /// Who signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub signed: Option<RecordSigned>,
    /// What a signature would sign now; of a signed record what it signed, computed again.
    pub digest: String,
    /// Version of the program that made this of the log.
    pub version: String,
    /// This is only what a chart is drawn with, as was asked: nothing of sources, notes, limits, gaps, figures and signature.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(optional, as = "Option<bool>")]
    pub first: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// From when on the clinic's clocks differ from UTC by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Offset {
    /// UTC microseconds.
    #[ts(type = "number")]
    pub from_us: i64,
    /// Minutes ahead of UTC.
    pub offset_min: i16,
}

/// A source of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordSource {
    /// Its id.
    pub source: String,
    /// Make, model and serial as the monitor said; empty when it said nothing.
    pub words: String,
    /// What decoded it: protocol and profile; empty when the source is no longer configured.
    pub adapter: String,
}

/// Something a monitor or its link said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordNote {
    /// Its entry.
    #[ts(type = "number")]
    pub seq: u64,
    /// When it reached the server.
    pub at: Moment,
    /// The source.
    pub source: String,
    /// `monitor`, `link`, or `log` for frames that could not be written.
    pub kind: String,
    /// Of a link its state, of a monitor's notice its priority.
    pub word: String,
    /// As sent, or what was found.
    pub text: String,
}

/// A limit notice of the clinic as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordLimit {
    /// Entry that raised it.
    #[ts(type = "number")]
    pub seq: u64,
    /// Word of its kind.
    pub notice: String,
    /// `look` or `urgent`: the highest it came to.
    pub level: String,
    /// What it was about, as shown.
    pub value: String,
    /// The limit that decided.
    pub limit: String,
    /// Every number in force.
    pub limits: String,
    /// Some of the numbers were this patient's own.
    pub own: bool,
    /// When it was raised.
    pub raised: Moment,
    /// When it was over; absent while it stood to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub over: Option<Moment>,
    /// Why it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub end: Option<String>,
    /// Who saw it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seen_by: Option<Person>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seen: Option<Moment>,
}

/// A stretch in which no value of a vital stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordGap {
    /// The vital's word.
    pub vital: String,
    /// The source, where only one sends the vital; empty otherwise.
    pub source: String,
    /// Its begin.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// What is known of the reason: what the monitor said instead, that its link was lost, or that nothing was sent.
    pub why: String,
}

/// One figure of the summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SummaryLine {
    /// What it is: `peak systolic`, `coverage spo2`.
    pub key: String,
    /// Digits as text, or words.
    pub value: String,
    /// Unit; may be empty.
    pub unit: String,
    /// When that was, UTC microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub at_us: Option<i64>,
    /// The entry it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub seq: Option<u64>,
    /// How it is computed.
    pub definition: String,
}

/// Somebody looked at the record, or made something of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    /// When, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// Who.
    pub by: Person,
    /// `viewed exported printed replayed verified`.
    pub did: String,
    /// More of it: the format; may be empty.
    pub what: String,
}

/// Who signed a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordSigned {
    /// Who.
    pub by: Person,
    /// When, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// What the signature stands for.
    pub meaning: String,
    /// What was signed.
    pub digest: String,
    /// Public key, hexadecimal.
    pub key: String,
    /// The signature is of this digest by this key, and the record still says what was signed.
    pub holds: bool,
}

/// Answer of `GET /api/sessions/{id}/series`: every reading of the span, in columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionSeries {
    /// Begin of the span, UTC microseconds: what the times count from.
    #[ts(type = "number")]
    pub begin_us: i64,
    /// One for each vital, source, signal and site.
    pub series: Vec<Series>,
}

/// The readings of one vital from one source. All columns have the same length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// The vital's word.
    pub vital: String,
    /// The source; of typed values the person.
    pub source: String,
    /// Signal it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub origin: Option<String>,
    /// Site or channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub site: Option<String>,
    /// A person read them off.
    pub typed: bool,
    /// UCUM unit as sent.
    pub unit: String,
    /// Decimal places of every number: 975 with 1 is 97.5.
    pub decimals: u8,
    /// Entries: the first, then how much further each is.
    #[ts(type = "number[]")]
    pub seq: Vec<u64>,
    /// When measured: milliseconds since the begin, then since the one before.
    #[ts(type = "number[]")]
    pub at_ms: Vec<i64>,
    /// How many milliseconds later each reached the server.
    #[ts(type = "number[]")]
    pub received_ms: Vec<i64>,
    /// Digits as sent, times ten to `decimals`; of pressures the systolic one. null: there was none.
    #[ts(type = "(number | null)[]")]
    pub value: Vec<Option<i64>>,
    /// Diastolic pressures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "(number | null)[]")]
    pub low: Option<Vec<Option<i64>>>,
    /// Mean pressures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "(number | null)[]")]
    pub mean: Option<Vec<Option<i64>>>,
    /// By index, only of those that are not plainly valid: why absent or in doubt, `artefact`, `demo`. Several are parted
    /// by commas.
    #[ts(type = "{ [index: number]: string }")]
    pub state: BTreeMap<u32, String>,
    /// By index: digits with fewer decimals than `decimals` were sent, so many.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(optional, type = "{ [index: number]: number }")]
    pub places: BTreeMap<u32, u8>,
}

/// Answer of `GET /api/sessions/{id}/table?every=5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionTable {
    /// Minutes of a row.
    pub every: u32,
    /// Vitals.
    pub columns: Vec<String>,
    /// Rows from the begin on.
    pub rows: Vec<TableRow>,
}

/// One row of the interval table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableRow {
    /// Begin of its window, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// The same since T+0, in seconds; absent when the infusion was never started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub since_start_s: Option<i64>,
    /// One for each column: digits, `131/84 (99)`, a reason, or empty for a gap.
    pub cells: Vec<String>,
}

/// Answer of `GET /api/sessions/{id}/frame/{seq}`: where a number came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// Its entry.
    #[ts(type = "number")]
    pub seq: u64,
    /// Source that heard it.
    pub source: String,
    /// Make, model and serial as the monitor said; empty when it said nothing.
    pub words: String,
    /// When it was measured, on the server's clocks; absent when the monitor gave no time of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub measured: Option<Moment>,
    /// When its last byte arrived.
    pub received: Moment,
    /// The monitor's own clock, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device_time: Option<String>,
    /// The vital's word; empty for an entry that is no reading.
    pub vital: String,
    /// As on a screen: `97`, `131/84 (99)`; empty when there is none.
    pub value: String,
    /// UCUM unit as sent.
    pub unit: String,
    /// `valid questionable absent`.
    pub state: String,
    /// Why it is in doubt or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// `understood fault noise`.
    pub frame: String,
    /// The whole frame, two lower-case hexadecimal digits a byte.
    pub bytes: String,
    /// Which of the bytes said it, counted from the frame's first.
    pub marks: Vec<ByteMark>,
}

/// Some bytes of a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ByteMark {
    /// First byte.
    #[ts(type = "number")]
    pub from: u64,
    /// Byte after the last one.
    #[ts(type = "number")]
    pub to: u64,
    /// What they are: `value`, `OBX segment`, `frame`.
    pub field: String,
}

/// Body of `POST /api/sessions/{id}/export`: the answer is the file, or a zip of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportSession {
    /// By whom.
    pub by: Person,
    /// What is made: `csv`, `record` ...
    pub format: String,
    /// Minutes of the interval table: 1, 5, 10 or 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub every: Option<u32>,
    /// `a4` or `letter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub paper: Option<String>,
}

/// Body of `POST /api/course`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskCourse {
    /// A session of the patient.
    pub session: String,
    /// By whom.
    pub by: Person,
}

/// Every session of a patient, oldest first. Nothing of it says what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Course {
    /// Who.
    pub patient: Patient,
    /// One for each session.
    pub rows: Vec<CourseRow>,
    /// Scales filled in before or between sessions, as typed.
    pub scores: Vec<CourseScore>,
}

/// A scale's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseScore {
    /// When, UTC microseconds.
    #[ts(type = "number")]
    pub at: i64,
    /// Its name: what stood before the last number.
    pub scale: String,
    /// The result: the last number, or empty where the text has none.
    pub score: String,
}

/// A cuff reading and a rate of the course, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseValues {
    /// Systolic pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sys: Option<String>,
    /// Diastolic pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub dia: Option<String>,
    /// Heart rate, or pulse rate where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hr: Option<String>,
}

/// The highest score of a side effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorstScore {
    /// Kind of entry.
    pub entry: String,
    /// Its highest score.
    pub score: i8,
}

/// One session of a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseRow {
    /// Its id.
    pub id: String,
    /// Which one of the course.
    pub number: u16,
    /// How many the course has; absent when open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub of: Option<u16>,
    /// When its span began, UTC microseconds.
    #[ts(type = "number")]
    pub opened_us: i64,
    /// Calendar days in the clinic's zone since the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub days_since: Option<i64>,
    /// Name of the template.
    pub template: String,
    /// Where it stands.
    pub phase: String,
    /// Dose events as documented, as typed.
    pub dose: String,
    /// Whole minutes from the first start to the last stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub minutes: Option<i64>,
    /// Planned minutes.
    pub planned_min: u16,
    /// The stored baseline.
    pub baseline: CourseValues,
    /// The highest of each.
    pub peak: CourseValues,
    /// At the stop.
    pub stop: CourseValues,
    /// Before leaving.
    pub leaving: CourseValues,
    /// The lowest saturation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lowest_spo2: Option<String>,
    /// Whole minutes from T+0 to the highest systolic pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub minutes_to_peak: Option<i64>,
    /// Whole minutes above the limits of pressure, as the summary defines them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub minutes_over: Option<i64>,
    /// The highest score of each side effect.
    pub worst: Vec<WorstScore>,
    /// Lowest MOAA/S.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lowest_moaas: Option<String>,
    /// Drugs that were given, as typed.
    pub drugs: Vec<String>,
    /// Whole minutes from the stop to the complete list for leaving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub minutes_to_ready: Option<i64>,
    /// What is worth knowing of it.
    pub has: Vec<Finding>,
    /// It is signed.
    pub signed: bool,
    /// Why it was stopped before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stopped_early: Option<String>,
}

impl From<domain::Finding> for Finding {
    fn from(finding: domain::Finding) -> Self {
        Self::ALL[finding as usize]
    }
}

impl Finding {
    /// The finding, in the words of the house.
    #[must_use]
    pub fn read(self) -> domain::Finding {
        domain::Finding::ALL[self as usize]
    }

    /// Every one, in the order of a row.
    pub const ALL: [Self; 10] = [
        Self::Late,
        Self::Typed,
        Self::Artefact,
        Self::Gap,
        Self::Notice,
        Self::Limit,
        Self::Demo,
        Self::Addendum,
        Self::Corrected,
        Self::StoppedEarly,
    ];
}

/// Answer to `GET /api/sessions/{id}/stood`: what a screen at the chair was told beside the values, each time it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionStood {
    /// What was due.
    pub schedules: Vec<StoodSchedule>,
    /// The clinic's limits, when the session began and as they were set in it.
    pub limits: Vec<StoodLimits>,
    /// Whether this program has the layer of limit notices at all.
    pub has_limits: bool,
    /// The notices of the clinic's limits that stood.
    pub notices: Vec<StoodNotices>,
}

/// What was due from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoodSchedule {
    /// From when on, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// It; absent once the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub schedule: Option<Schedule>,
}

/// The clinic's limits from a moment on. A patient's own stand among the acts of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoodLimits {
    /// From when on, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// Every kind once.
    pub limits: Vec<Limit>,
}

/// The notices that stood from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoodNotices {
    /// From when on, UTC microseconds.
    #[ts(type = "number")]
    pub at_us: i64,
    /// They, as they were shown.
    pub notices: Vec<LimitNotice>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_the_word_the_log_has() {
        assert_eq!(Finding::ALL.len(), domain::Finding::ALL.len());
        for finding in domain::Finding::ALL {
            let wire = Finding::from(*finding);
            assert_eq!(serde_json::to_value(wire).unwrap(), finding.word());
            assert_eq!(wire.read(), *finding);
        }
    }
}
