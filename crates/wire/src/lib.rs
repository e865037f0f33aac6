//! The only JSON. What a screen hears ([`ToScreen`]), what it may say ([`FromScreen`]), and the bodies of the HTTP routes.
//!
//! The TypeScript in `web/src/wire/` is generated from these types by `cargo xtask generate`; a test fails when it is
//! stale. All 64-bit numbers stay below 2^53: times are in microseconds.
#![warn(missing_docs)]

mod access;
mod clinic;
mod ehr;
mod from_observation;
mod generate;
mod health;
pub mod line;
mod record;
mod session;

pub use access::{
    Account, AccountChanged, Accounts, AskCode, AskEmergency, AuditPage, AuditRow, BeginOpenId, ChangeAccount,
    ChangeDisplay, ChangePassword, ChangePin, ChangeToken, CodeSecret, ConfirmCode, Display, Displays, Emergency,
    EmergencyNow, EmergencySession, EndSignIn, FindAudit, FinishOpenId, LookAtWelcome, Me, NewAccount, NewDisplay,
    NewToken, OneTimeLink, PersonHere, ProgramToken, RoomChair, SignIn, SignInRow, SignIns, SignedIn, SpareCodes,
    Standing, Switch, TokenMade, Tokens, Welcome, WelcomeFor, WelcomeSaid,
};
pub use clinic::{
    Change, ChangeClinic, ClearChair, Clinic, Fact, FindPatients, FoundPatients, KnownPatient, Limit, LimitNotice,
    Template, clinic,
};
pub use ehr::{EhrPage, EhrRefused, EhrSent, EhrWaits, EhrWay};
pub use from_observation::{heard_frame, item, link, raw_frame, reading, recording};
pub use generate::{TYPESCRIPT_PATH, typescript};
pub use health::{BackupHealth, CertificateHealth, ClockHealth, DiskHealth, Health, HealthPage, QueueHealth};
pub use record::{
    AskCourse, AuditLine, ByteMark, Course, CourseRow, CourseScore, CourseValues, ExportSession, FindSessions, Finding,
    Offset, OpenSession, Provenance, RecordGap, RecordLimit, RecordNote, RecordSigned, RecordSource, RowSigned, Series,
    SessionList, SessionRecord, SessionRow, SessionSeries, SessionState, SessionStood, SessionTable, StoodLimits,
    StoodNotices, StoodSchedule, SummaryLine, TableRow, WorstScore,
};
pub use session::{
    Act, BoundFeed, DoAct, FixedMark, Kept, NamedValue, Patient, Person, Plan, Schedule, Session, Unreadable, session,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Version of the messages; a screen whose bundle speaks another reloads itself.
pub const WIRE_VERSION: u32 = 1;

/// A moment on both of the server's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// Monotonic microseconds, comparable within one boot of the server's machine: ages come from it.
    #[ts(type = "number")]
    pub mono_us: i64,
    /// UTC microseconds since 1970: people read it.
    #[ts(type = "number")]
    pub wall_us: i64,
}

/// A chair of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chair {
    /// Its id.
    pub id: String,
    /// Its name on screens.
    pub name: String,
    /// Which of several devices a tile takes: one order for each vital the configuration names, and last one without a
    /// vital for all others. A source in none of them comes last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefer: Vec<Prefer>,
}

/// The order of a chair's sources for one vital. The settings page cannot change it: it is in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Prefer {
    /// The vital it was declared for; absent for all that have no order of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub vital: Option<String>,
    /// First choice first.
    pub sources: Vec<String>,
}

/// A feed and the chair it has, if any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Feed {
    /// Source that hears it.
    pub source: String,
    /// Bed name as sent; empty when the source names none.
    pub bed: String,
    /// The chair it was given; absent for an unassigned feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chair: Option<String>,
    /// Whether the configuration fixes it, so that the settings page cannot.
    pub fixed: bool,
}

/// `valid`, `questionable` or `absent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The monitor stands by it.
    Valid,
    /// Doubt, with a reason.
    Questionable,
    /// No value, with a reason.
    Absent,
}

/// One reading. Digits are text, exactly as sent; a browser must not compute with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Position in the chair's timeline.
    #[ts(type = "number")]
    pub seq: u64,
    /// Source it came from.
    pub source: String,
    /// Vital: `heart_rate pulse_rate spo2 perfusion_index nibp resp_rate temperature etco2 art`.
    pub vital: String,
    /// Signal it was taken from: `ecg co2 impedance pleth cuff line ...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub origin: Option<String>,
    /// Body site or channel, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub site: Option<String>,
    /// Valid, questionable or absent.
    pub state: State,
    /// Digits, for all but pressures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<String>,
    /// Digits of the systolic pressure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub systolic: Option<String>,
    /// Digits of the diastolic pressure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub diastolic: Option<String>,
    /// Digits of the mean pressure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mean: Option<String>,
    /// UCUM unit as sent.
    pub unit: String,
    /// Why it is questionable or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// The monitor's alarm and quality words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Demonstration or test data of the monitor.
    #[serde(default)]
    pub synthetic: bool,
    /// When the value was measured, as far as known: the arrival for continuous values, the measurement for a cuff.
    pub at: Moment,
    /// When it reached the server.
    pub received: Moment,
}

/// State of a source's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Position in the chair's timeline.
    #[ts(type = "number")]
    pub seq: u64,
    /// The source.
    pub source: String,
    /// `initial connecting live silent lost`.
    pub state: String,
    /// One sentence for people.
    pub reason: String,
    /// Since when.
    pub since: Moment,
}

/// The monitor's own notice, relayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorNotice {
    /// Position in the chair's timeline.
    #[ts(type = "number")]
    pub seq: u64,
    /// Source it came from.
    pub source: String,
    /// Text as sent.
    pub text: String,
    /// `advisory low medium high`.
    pub priority: String,
    /// When it reached the server.
    pub received: Moment,
}

/// One entry of a timeline that a screen shows.
// Nearly every item is a reading: boxing it would cost an allocation each to make the rare ones smaller.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Item {
    /// A reading.
    Reading(Reading),
    /// A change of a link.
    Link(Link),
    /// A notice of the monitor.
    Notice(MonitorNotice),
}

/// Expected interval of a source on a chair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Every {
    /// The source.
    pub source: String,
    /// Microseconds between values.
    #[ts(type = "number")]
    pub every_us: i64,
}

/// How far a chair is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// The chair.
    pub chair: String,
    /// Newest sequence shown.
    #[ts(type = "number")]
    pub head: u64,
    /// Newest sequence on disk.
    #[ts(type = "number")]
    pub recorded: u64,
    /// UTC microseconds of that entry; absent when nothing was ever recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub recorded_wall_us: Option<i64>,
}

/// Whether the log can be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// The log takes everything.
    pub ok: bool,
    /// UTC microseconds since when not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub since_wall_us: Option<i64>,
    /// What failed and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// Everything the server says on a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ToScreen {
    /// First message of a connection.
    Hello {
        /// [`WIRE_VERSION`].
        wire: u32,
        /// Version of the program.
        version: String,
        /// Changes with every start of the program.
        run: String,
        /// Identifies the boot of the server's machine: monotonic times compare only within one.
        boot: String,
        /// IANA name of the clinic's time zone.
        zone: String,
        /// Server time.
        now: Moment,
    },
    /// Chairs in room order and all feeds; sent at the start and whenever they change.
    Roster {
        /// Chairs in room order.
        chairs: Vec<Chair>,
        /// Feeds that come by bed, with or without a chair.
        feeds: Vec<Feed>,
    },
    /// State of a chair at the moment it was followed: replaces what the screen knew, but not its trend.
    Snapshot {
        /// The chair.
        chair: String,
        /// Newest sequence at that moment; what comes after it comes as `Items`.
        #[ts(type = "number")]
        head: u64,
        /// Server time.
        now: Moment,
        /// Newest reading of each vital and source, and newest link of each source.
        latest: Vec<Item>,
        /// Expected intervals.
        every: Vec<Every>,
    },
    /// Entries the screen missed, from the log, oldest first; several may follow each other. No live effect: trend only.
    History {
        /// The chair.
        chair: String,
        /// The entries.
        items: Vec<Item>,
        /// Sequence through which the history now reaches.
        #[ts(type = "number")]
        through: u64,
        /// Whether this was the last part.
        done: bool,
        /// Only in a last part: some entries of this span could be read neither from the log nor from memory. They are
        /// missing here, not absent from the record; following again later asks for them again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        incomplete: bool,
    },
    /// New entries.
    Items {
        /// The chair.
        chair: String,
        /// Server time when it was sent.
        now: Moment,
        /// The entries, in order.
        items: Vec<Item>,
        /// Expected intervals that changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        every: Vec<Every>,
    },
    /// How the session at a followed chair stands; sent before each snapshot and whenever it changes.
    Session {
        /// The chair.
        chair: String,
        /// The last session, open or over; absent when there never was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, as = "Option<Session>")]
        session: Option<Box<Session>>,
        /// The chair was cleared after that session.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        cleared: bool,
    },
    /// The clinic's settings; sent at the start and whenever they change.
    Clinic {
        /// They.
        clinic: Clinic,
    },
    /// The clinic's limit notices of a followed chair that stand now; sent after each snapshot and whenever they change.
    Notices {
        /// The chair.
        chair: String,
        /// They, the oldest first.
        notices: Vec<LimitNotice>,
        /// Why the layer does not work now; absent while it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        failed: Option<String>,
    },
    /// Live updates were dropped because this screen was slow: follow again from the last sequence.
    Dropped {
        /// How many updates.
        #[ts(type = "number")]
        count: u64,
    },
    /// Once a second, whatever else is said.
    Beat {
        /// Server time.
        now: Moment,
        /// Whether the log can be written.
        recording: Recording,
        /// How far each followed chair is recorded.
        marks: Vec<Mark>,
    },
    /// A chair cannot be followed; the connection goes on.
    Refused {
        /// The chair, as asked for.
        chair: String,
        /// One sentence.
        reason: String,
    },
    /// The server says why it will close the connection.
    Bye {
        /// One sentence.
        reason: String,
    },
}

/// All a socket may say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FromScreen {
    /// Send this chair: a snapshot, the history after `after` (or the last `window_s` seconds when absent), then live.
    Follow {
        /// The chair.
        chair: String,
        /// Last sequence the screen has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        after: Option<u64>,
        /// How far back history may go, in seconds; 0 for none. At most 8 h.
        #[serde(default)]
        window_s: u32,
    },
    /// Send this chair no more.
    Unfollow {
        /// The chair.
        chair: String,
    },
}

/// Body of `PUT /api/chairs/{id}`: adds or renames a chair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NameChair {
    /// 1 to 40 characters.
    pub name: String,
}

/// Body of `POST /api/feeds/assign`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignFeed {
    /// Source that hears it.
    pub source: String,
    /// Bed name as sent.
    pub bed: String,
    /// The chair; absent takes the feed away from its chair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub chair: Option<String>,
}

/// Body of `POST /api/feeds/look`: what a feed without a chair says now, before it is given one. In a body, since no
/// address may hold what could be a patient's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LookAtFeed {
    /// Source that hears it.
    pub source: String,
    /// Bed name as sent.
    pub bed: String,
}

/// Answer to [`LookAtFeed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedValues {
    /// Server time.
    pub now: Moment,
    /// Its newest readings.
    pub latest: Vec<Item>,
}

/// Answer of a deed: it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Sequence in the house timeline.
    #[ts(type = "number")]
    pub recorded: u64,
}

/// Every refusal of an HTTP route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// For programs: `no_chair`, `log_unavailable` ...
    pub code: String,
    /// For people.
    pub message: String,
}

/// What was refused, cut off or dropped since the program started. What sources refused stands with each source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RefusedCounts {
    /// Connections cut since they sent no request, in time or while others waited for a place.
    #[ts(type = "number")]
    pub connections_cut: u64,
    /// Requests answered with a refusal or a failure.
    #[ts(type = "number")]
    pub requests: u64,
    /// Screens refused since all places were taken.
    #[ts(type = "number")]
    pub screens: u64,
    /// Screens cut off: they took nothing, gave no sign of life, or said too much.
    #[ts(type = "number")]
    pub screens_cut: u64,
    /// Sign-ins with a wrong name, password or code.
    #[serde(default)]
    #[ts(type = "number")]
    pub sign_ins_failed: u64,
    /// Sign-ins sent away unread: too many wrong ones from there, or too many at once.
    #[serde(default)]
    #[ts(type = "number")]
    pub sign_ins_refused: u64,
    /// Live updates dropped for slow screens, each told to its screen.
    #[ts(type = "number")]
    pub updates_dropped: u64,
}

/// How far the database the log is taken to is behind. The log itself is not: it is in the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Entries it does not have; null: it was not reached since the start.
    #[ts(type = "number | null")]
    pub entries: Option<u64>,
    /// How long the oldest of them waits, in microseconds; null: none waits.
    #[ts(type = "number | null")]
    pub age_us: Option<i64>,
    /// Why nothing is taken there now; null: it is.
    pub trouble: Option<String>,
    /// Timelines that cannot be taken there while the others are; the program's log says which and why.
    #[ts(type = "number")]
    pub stuck: u64,
    /// What a person should know or do; null: nothing.
    pub notice: Option<String>,
}

/// Answer of `GET /api/chairs/{id}/frame/{seq}`: the bytes an entry was decoded from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RawFrame {
    /// Source that heard it.
    pub source: String,
    /// Where it begins in the source's stream, in bytes since the source was opened.
    #[ts(type = "number")]
    pub offset: u64,
    /// When its last byte arrived.
    pub received: Moment,
    /// `understood fault noise`.
    pub frame: String,
    /// Number of bytes.
    #[ts(type = "number")]
    pub length: u64,
    /// The bytes, two lower-case hexadecimal digits each, without blanks.
    pub hex: String,
    /// The bytes for people: printable ASCII as it is, `\\` for a backslash, all others `\r \n \t` or `\x1b`.
    pub text: String,
}

/// Answer of `GET /api/sources`: every source of the configuration, in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    /// Server time.
    pub now: Moment,
    /// The sources.
    pub sources: Vec<Source>,
}

/// A source as it stands: no value, no patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its id.
    pub id: String,
    /// What it speaks: `nellcor hl7 ...`.
    pub protocol: String,
    /// The dialect, where one is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub profile: Option<String>,
    /// How it is reached: `serial port /dev/ttyUSB0, 9600 baud 8N1, listens only`.
    pub way: String,
    /// `initial connecting live silent lost`.
    pub state: String,
    /// What was found and what was expected, in one sentence.
    pub reason: String,
    /// UTC microseconds since when it is in this state.
    #[ts(type = "number")]
    pub since_wall_us: i64,
    /// What to do next, for people; `chairside doctor` says the same.
    pub advice: String,
    /// Whether somebody has to do something.
    pub well: bool,
    /// Chairs its values go to.
    pub chairs: Vec<String>,
    /// Beds it sends that no chair has been given; one without a name is empty.
    pub waiting_beds: Vec<String>,
    /// Bytes received since the program started, as all counters here.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Frames understood.
    #[ts(type = "number")]
    pub frames: u64,
    /// Frames complete but not understood.
    #[ts(type = "number")]
    pub faults: u64,
    /// Bytes that fit no frame.
    #[ts(type = "number")]
    pub skipped_bytes: u64,
    /// Readings with a number.
    #[ts(type = "number")]
    pub values: u64,
    /// Times the port was opened or a connection stood.
    #[ts(type = "number")]
    pub connections: u64,
    /// Requests sent to a monitor that has to be asked.
    #[ts(type = "number")]
    pub requests: u64,
    /// Connections refused.
    #[ts(type = "number")]
    pub refused_peers: u64,
    /// Why the last one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_refusal: Option<String>,
    /// Bytes per second over the last 10 s, as all rates here.
    pub bytes_per_s: f64,
    /// Frames understood per second.
    pub frames_per_s: f64,
    /// Skipped bytes among all received since the program started, 0 to 1.
    pub skipped_share: f64,
    /// The same over the last 10 s; absent when nothing came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub skipped_share_lately: Option<f64>,
    /// UTC microseconds of the last understood frame; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_frame_wall_us: Option<i64>,
    /// How long ago that was, on the clock that no one sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_frame_age_us: Option<i64>,
}

/// Answer of `GET /api/sources/{id}/bytes`: what the source sent last. This is a patient's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceBytes {
    /// The source.
    pub source: String,
    /// Number of its newest frame: what to send as `after` next.
    #[ts(type = "number")]
    pub newest: u64,
    /// The frames after `after` that are still kept, oldest first.
    pub frames: Vec<HeardFrame>,
}

/// One frame, message or stretch of noise, and what was decoded from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeardFrame {
    /// 1 for the first frame of the source since the program started; no number is left out.
    #[ts(type = "number")]
    pub number: u64,
    /// Where it begins in its stream, in bytes since the port was opened or the connection made.
    #[ts(type = "number")]
    pub offset: u64,
    /// When its last byte arrived, UTC microseconds.
    #[ts(type = "number")]
    pub received_wall_us: i64,
    /// `understood fault noise`.
    pub kind: String,
    /// Bytes it has; `hex` and `text` may end before.
    #[ts(type = "number")]
    pub length: u64,
    /// The bytes, as in [`RawFrame`].
    pub hex: String,
    /// The bytes for people, as in [`RawFrame`].
    pub text: String,
    /// What they said, one fact each: `spo2 97 %`, `skipped: bad checksum`.
    pub said: Vec<String>,
}
