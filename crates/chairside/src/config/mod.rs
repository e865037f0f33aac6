//! The configuration: a file as written, then a checked value the program runs on.
//!
//! [`Config::read`] collects every mistake instead of stopping at the first; each names the key, what stood there, and a
//! valid example.

mod check;
mod example;
mod lines;

pub use check::{Problem, check};
pub use example::EXAMPLE;

use chairside_decode::catalog::{Parity, Protocol};
use chairside_decode::generic::Description;
use chairside_observation::{ChairId, Micros, Preference, SourceId};
use chairside_store::postgres::Place;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the screens are served when nothing else is said.
pub const LISTEN: &str = "127.0.0.1:8080";
/// Where HL7 is listened for without a configuration: the registered port.
pub const HL7_LISTEN: &str = "127.0.0.1:2575";
/// The data folder when nothing else is said, below the folder the program is started in.
pub const DATA: &str = "chairside-data";
/// Hours for which what no session claims is kept when nothing else is said.
pub const UNCLAIMED_H: i64 = 24;
/// Fewest and most hours it may be kept: a late start has to be possible for a shift, and what nobody claimed within a month
/// nobody will claim.
pub const UNCLAIMED_H_RANGE: (i64, i64) = (1, 744);
/// Chairs of a house without configuration; more are added on the settings page.
pub const CHAIRS: u8 = 4;

/// What the program runs on: nothing in it is unchecked, nothing optional that is not really so.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the log and the raw captures.
    pub data: PathBuf,
    /// Address of the screens.
    pub listen: SocketAddr,
    /// The SQLite file.
    pub database: PathBuf,
    /// The PostgreSQL database the log is taken to, too.
    pub forward: Option<Forward>,
    /// The clinic's zone.
    pub zone: TimeZone,
    /// Chairs in room order.
    pub chairs: Vec<(ChairId, Box<str>)>,
    /// Which of several devices the tiles of a chair take first.
    pub prefer: BTreeMap<ChairId, Preference>,
    /// Sources.
    pub sources: Vec<Source>,
    /// `host:port` of the EHR that gets signed records; `None`: they are sent nowhere.
    pub ehr: Option<String>,
    /// How long what no session claims is kept.
    pub keep_unclaimed: Micros,
}

/// Where the address of a PostgreSQL database stands.
#[derive(Clone, Debug)]
pub enum Forward {
    /// Here.
    At(Box<Place>),
    /// In a file, which [`Config::read`] has read: no checked configuration has this.
    File(PathBuf),
}

/// One source.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What it speaks.
    pub protocol: Protocol,
    /// How to read it, where there are several ways.
    pub profile: Option<String>,
    /// The lines of a device that is described.
    pub description: Option<Arc<Description>>,
    /// Parity of its port, where it is not the protocol's usual one.
    pub parity: Option<Parity>,
    /// How it is reached.
    pub transport: Transport,
    /// How its values find a chair.
    pub seat: Seat,
    /// Never ask the monitor anything, whatever its protocol.
    pub passive: bool,
    /// Keep every received byte in a file beside the log.
    pub capture: bool,
}

/// How a source is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A serial port.
    Port {
        /// Path of the port.
        path: PathBuf,
        /// Bits per second.
        baud: u32,
    },
    /// We listen, the monitor or gateway connects.
    Listen {
        /// Our address.
        at: SocketAddr,
        /// Who may connect: addresses or networks; empty for anybody who reaches the address.
        allow: Vec<String>,
    },
    /// The monitor listens, we connect; or it is asked over the LAN.
    Connect {
        /// Host and port.
        to: String,
    },
}

/// How a source's values find a chair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// All belong to one chair.
    Chair(ChairId),
    /// By bed name; others are unassigned feeds.
    Beds(BTreeMap<Box<str>, ChairId>),
}

impl Config {
    /// What the program runs on without a configuration file.
    #[must_use]
    pub fn embedded() -> Self {
        // The example of an empty file: all defaults, and the one listener that needs no description.
        let mut config =
            check("").unwrap_or_else(|problems| unreachable!("an empty configuration is valid: {problems:?}"));
        config.chairs = (1..=CHAIRS).map(|n| (n.to_string().into(), format!("Chair {n}").into())).collect();
        config.sources.push(Source {
            id: "hl7".into(),
            protocol: Protocol::Hl7,
            profile: None,
            description: None,
            parity: None,
            transport: Transport::Listen { at: SocketAddr::from(([127, 0, 0, 1], 2575)), allow: Vec::new() },
            seat: Seat::Beds(BTreeMap::new()),
            passive: false,
            capture: false,
        });
        config
    }

    /// Reads and checks a file. Relative paths in it start at the file's own folder.
    ///
    /// # Errors
    /// Every mistake in it, or the one that it cannot be read.
    pub fn read(file: &Path) -> Result<Self, Vec<Problem>> {
        let text = std::fs::read_to_string(file).map_err(|e| vec![Problem::unreadable(file, &e)])?;
        let mut config = check(&text)?;
        let base = file.parent().unwrap_or(Path::new(""));
        config.data = base.join(&config.data);
        config.database = base.join(&config.database);
        if let Some(Forward::File(address)) = &config.forward {
            let place = check::database::address(&base.join(address)).map_err(|problem| vec![problem])?;
            config.forward = Some(Forward::At(Box::new(place)));
        }
        Ok(config)
    }
}
