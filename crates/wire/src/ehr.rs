//! What goes to the EHR and what waits for it, without any patient's data.

use crate::Moment;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Answer of `GET /api/ehr`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EhrPage {
    /// When this was asked; the server's clocks.
    pub now: Moment,
    /// The way there; absent when no EHR is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub way: Option<EhrWay>,
    /// Messages that wait, the next one first; at most 100.
    pub waiting: Vec<EhrWaits>,
    /// How many wait in all.
    #[ts(type = "number")]
    pub waiting_all: u64,
    /// Messages the EHR will not have, the newest first; at most 100.
    pub refused: Vec<EhrRefused>,
    /// How many were refused in all.
    #[ts(type = "number")]
    pub refused_all: u64,
    /// How often the first of those that wait was tried since the start, in vain.
    pub tries: u32,
    /// Why it still waits, as the EHR or the connection said; absent when nothing is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<String>,
    /// UTC microseconds of the next try; absent while one is under way, or nothing waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next_wall_us: Option<i64>,
    /// Messages the EHR took since the start.
    #[ts(type = "number")]
    pub sent: u64,
    /// The last one it took since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_sent: Option<EhrSent>,
}

/// How the EHR is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EhrWay {
    /// `host:port`.
    pub to: String,
    /// Over TLS.
    pub tls: bool,
}

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EhrWaits {
    /// Its session.
    pub session: String,
    /// Message type and event as in MSH-9: `ORU^R01`, `MDM^T02`, `MDM^T10`.
    pub kind: String,
    /// UTC microseconds since which there is something to send: of the signature, or of what was added after it.
    #[ts(type = "number")]
    pub since_wall_us: i64,
}

/// A message the EHR will not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EhrRefused {
    /// Its session.
    pub session: String,
    /// Message type and event as in MSH-9.
    pub kind: String,
    /// As of one that waits.
    #[ts(type = "number")]
    pub since_wall_us: i64,
    /// Its name in the folder `ehr/refused`, without the ending.
    pub name: String,
    /// The EHR's words.
    pub why: String,
}

/// A message the EHR took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EhrSent {
    /// Its session.
    pub session: String,
    /// Message type and event as in MSH-9.
    pub kind: String,
    /// UTC microseconds of the EHR's answer.
    #[ts(type = "number")]
    pub at_wall_us: i64,
}
