//! How the program and its machine are: for the health page, without any patient's data.

use crate::{Database, Moment, Recording, RefusedCounts};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Answer of `GET /healthz`. No patient data, no chair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Version of the program.
    pub version: String,
    /// Changes with every start of the program.
    pub run: String,
    /// Whether the log can be written.
    pub recording: Recording,
    /// Screens connected.
    #[ts(type = "number")]
    pub screens: u64,
    /// Free bytes on the disk of the data folder; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub disk_free_bytes: Option<u64>,
    /// UTC microseconds of the last backup that was verified; absent when none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_backup_wall_us: Option<i64>,
    /// Sources whose monitor is heard now.
    #[ts(type = "number")]
    pub sources_up: u64,
    /// All sources.
    #[ts(type = "number")]
    pub sources: u64,
    /// What was refused or cut off since the program started.
    #[serde(default)]
    pub refused: RefusedCounts,
    /// The database the log is taken to, where one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub database: Option<Database>,
}

/// Answer of `GET /api/health`: what a person looks at who keeps the server running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HealthPage {
    /// When this was asked; the server's clocks.
    pub now: Moment,
    /// Version of the program.
    pub version: String,
    /// UTC microseconds of its start.
    #[ts(type = "number")]
    pub started_wall_us: i64,
    /// Whether the log can be written.
    pub recording: Recording,
    /// Screens connected.
    #[ts(type = "number")]
    pub screens: u64,
    /// Sources whose monitor is heard now.
    #[ts(type = "number")]
    pub sources_up: u64,
    /// All sources.
    #[ts(type = "number")]
    pub sources: u64,
    /// The disk of the data folder; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub disk: Option<DiskHealth>,
    /// Backups.
    pub backup: BackupHealth,
    /// The certificate of the screens' address; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub certificate: Option<CertificateHealth>,
    /// The machine's clock.
    pub clock: ClockHealth,
    /// What waits to be taken somewhere.
    pub queues: Vec<QueueHealth>,
    /// What was refused or cut off since the program started.
    #[serde(default)]
    pub refused: RefusedCounts,
    /// The database the log is taken to, where one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub database: Option<Database>,
    /// Layers and parts this program was built with.
    pub parts: Vec<String>,
}

/// The disk of the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiskHealth {
    /// Bytes free for this user.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Bytes of the log.
    #[ts(type = "number")]
    pub log_bytes: u64,
    /// Days that lasts at the pace so far; absent while the log is too young to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub lasts_days: Option<u64>,
    /// Whether somebody should make room.
    pub short: bool,
}

/// Backups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupHealth {
    /// Hours between two the server makes by itself; absent: a person has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub every_h: Option<u32>,
    /// UTC microseconds of the last one that was verified; absent when none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_wall_us: Option<i64>,
    /// Its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub bytes: Option<u64>,
    /// Whether it is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub encrypted: Option<bool>,
    /// None is known, or the last one is older than it should be.
    pub late: bool,
    /// Why the last attempt failed, with what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<String>,
}

/// The certificate of the screens' address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateHealth {
    /// UTC microseconds from which on browsers refuse it.
    #[ts(type = "number")]
    pub ends_wall_us: i64,
    /// The server renews it by itself.
    pub renews: bool,
}

/// The machine's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClockHealth {
    /// IANA name of the clinic's zone.
    pub zone: String,
    /// Whether a time server sets it; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub set_by_server: Option<bool>,
    /// It shows a time at which this program did not exist.
    pub wrong: bool,
}

/// What waits to be taken somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueHealth {
    /// Where to: `log` (heard, not on disk yet), `database` (in the journal only), `ehr`.
    pub to: String,
    /// How many wait.
    #[ts(type = "number")]
    pub waiting: u64,
    /// How many were refused for good.
    #[ts(type = "number")]
    pub refused: u64,
    /// Why they wait, with what to do; absent when nothing is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<String>,
}
