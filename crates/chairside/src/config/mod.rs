//! The configuration: a file as written, then a checked value the program runs on.
//!
//! [`Config::read`] collects every mistake instead of stopping at the first; each names the key, what stood there, and a
//! valid example.

mod check;
mod example;
mod lines;

pub use check::{Problem, check};
pub use example::EXAMPLE;

use chairside_access::openid::Mapping;
use chairside_decode::catalog::{Parity, Protocol};
use chairside_decode::generic::Description;
use chairside_observation::{ChairId, Micros, Preference, SourceId};
use chairside_store::postgres::Place;
use chairside_tls::Name;
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
    /// TLS of the screens; never `None` where other machines can reach them.
    pub tls: Option<WebTls>,
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
    /// TLS on the way there.
    pub ehr_tls: Option<ReachTls>,
    /// How long what no session claims is kept.
    pub keep_unclaimed: Micros,
    /// How the program writes what it says of itself while it runs.
    pub log: LogForm,
    /// Backups the server makes by itself; `None`: a person has to.
    pub backup: Option<Backups>,
    /// From the last press at a screen to its lock.
    pub lock_after: Micros,
    /// The clinic's own provider of accounts; `None`: there are local ones only.
    pub openid: Option<OpenIdAt>,
}

/// A provider of accounts.
#[derive(Clone, Debug)]
pub struct OpenIdAt {
    /// Its issuer.
    pub issuer: String,
    /// This program's id there.
    pub client: String,
    /// Where this program's secret is.
    pub secret_file: PathBuf,
    /// The authorities that are trusted on the way there, and no others.
    pub ca: PathBuf,
    /// What the button says.
    pub name: String,
    /// The claim with the words of the roles.
    pub claim: String,
    /// Which words are which roles.
    pub mapping: Mapping,
}

impl OpenIdAt {
    /// The secret, out of its file.
    ///
    /// # Errors
    /// It cannot be read, or others may read it.
    pub fn secret(&self) -> Result<String, Problem> {
        check::openid::secret(&self.secret_file)
    }
}

/// How the program writes what it says of itself while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogForm {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line, for programs that collect them.
    Json,
}

/// Backups the server makes by itself.
#[derive(Clone, Debug)]
pub struct Backups {
    /// Folder they go to.
    pub to: PathBuf,
    /// Hours between two.
    pub every_h: u32,
    /// How many are kept.
    pub keep: usize,
    /// Who alone can open them; `None`: everybody who can read the files.
    pub encrypt_to: Option<crate::backup::Recipient>,
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
    /// TLS, where it has it.
    pub tls: Option<SourceTls>,
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

/// A certificate the clinic gave, and its key: two PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The certificate, and those that lead to its authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// TLS of the screens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebTls {
    /// What is shown; `None`: a certificate of our own authority.
    pub pair: Option<Pair>,
    /// What the server is called, beside its address and the machine's name.
    pub names: Vec<Name>,
}

/// TLS of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceTls {
    /// Senders connect to us.
    Accept {
        /// What is shown; `None`: as the screens.
        pair: Option<Pair>,
        /// The authority of the senders' certificates, and who of them may send; `None`: no certificate is asked for.
        clients: Option<(PathBuf, Vec<String>)>,
    },
    /// We connect.
    Reach(ReachTls),
}

/// TLS of a connection we make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachTls {
    /// The authorities that are trusted, and no others.
    pub ca: PathBuf,
    /// What we show.
    pub pair: Option<Pair>,
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
            tls: None,
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
        if let Some(backup) = &mut config.backup {
            backup.to = base.join(&backup.to);
        }
        config.each_file(|path| *path = base.join(&*path));
        if let Some(openid) = &config.openid {
            openid.secret().map_err(|problem| vec![problem])?;
        }
        if let Some(Forward::File(address)) = &config.forward {
            let place = check::database::address(&base.join(address)).map_err(|problem| vec![problem])?;
            config.forward = Some(Forward::At(Box::new(place)));
        }
        Ok(config)
    }

    /// Every file of certificates or keys that is named.
    fn each_file(&mut self, mut change: impl FnMut(&mut PathBuf)) {
        let mut pairs: Vec<&mut Pair> = Vec::new();
        pairs.extend(self.tls.iter_mut().filter_map(|tls| tls.pair.as_mut()));
        for tls in self.sources.iter_mut().filter_map(|source| source.tls.as_mut()) {
            match tls {
                SourceTls::Accept { pair, clients } => {
                    pairs.extend(pair);
                    clients.iter_mut().for_each(|(ca, _)| change(ca));
                }
                SourceTls::Reach(reach) => {
                    change(&mut reach.ca);
                    pairs.extend(reach.pair.as_mut());
                }
            }
        }
        for reach in self.ehr_tls.iter_mut() {
            change(&mut reach.ca);
            pairs.extend(reach.pair.as_mut());
        }
        for openid in self.openid.iter_mut() {
            change(&mut openid.secret_file);
            change(&mut openid.ca);
        }
        for Pair { certificate, key } in pairs {
            change(certificate);
            change(key);
        }
    }
}
