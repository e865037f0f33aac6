//! The certificates this program shows and trusts, looked after while it runs, and `chairside tls show`.

use crate::config::{Config, Pair, ReachTls, Source, SourceTls, Transport};
use chairside_ingest::mllp::Secure;
use chairside_recorder::Clock;
use chairside_server::Tls;
use chairside_tls::{Accept, Authority, FOLDER, Facts, Keeper, Name, Place, Reach, Shown, TlsError};
use chairside_wire::CertificateHealth;
use jiff::Timestamp;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::watch;

/// Files are looked at this often: whoever exchanges a certificate sees it shown before the coffee is made.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A given certificate is told of so many days before its end: ordering one takes a clinic weeks.
const ENDS_DAYS: i64 = 30;
const DAY_S: i64 = 86_400;

/// All certificates of this program, each once.
#[derive(Debug)]
pub struct Certificates {
    own: Place,
    keepers: Vec<(Place, Keeper)>,
    /// Of the one the screens are shown.
    ends: Option<(Place, Ends)>,
    now_s: i64,
}

/// When the certificate of the screens ends, as known now.
#[derive(Clone, Debug)]
pub struct Ends {
    until_s: Arc<AtomicI64>,
    renews: bool,
}

impl Ends {
    /// For the health page.
    #[must_use]
    pub fn health(&self) -> CertificateHealth {
        CertificateHealth { ends_wall_us: self.until_s.load(Relaxed).saturating_mul(1_000_000), renews: self.renews }
    }
}

impl Certificates {
    /// None yet: each is read or made when it is asked for.
    #[must_use]
    pub fn new(config: &Config, now_s: i64) -> Self {
        Self { own: own(config), keepers: Vec::new(), ends: None, now_s }
    }

    /// TLS of the screens.
    ///
    /// # Errors
    /// The certificate cannot be used or made.
    pub fn web(&mut self, config: &Config) -> Result<Option<Tls>, TlsError> {
        let Some(web) = &config.tls else { return Ok(None) };
        let keeper = self.keeper(web.pair.as_ref())?;
        let accept = Accept::browsers(keeper.shown())?;
        let (mut names, until_s) = (keeper.facts().names.clone(), Arc::new(AtomicI64::new(keeper.facts().until_s)));
        self.ends = Some((self.place(web.pair.as_ref()), Ends { until_s, renews: web.pair.is_none() }));
        let authority = match &self.own {
            Place::Own { folder, names: wanted } if web.pair.is_none() => {
                let left_out = wanted.iter().filter(|name| !names.contains(name)).map(ToString::to_string);
                let left_out = left_out.collect::<Vec<_>>().join(", ");
                if !left_out.is_empty() {
                    tracing::warn!(
                        names = left_out,
                        "the authority in the folder `tls` was made without these names, so the certificate is not for \
                         them; docs/tls.md says how to have a new one made"
                    );
                }
                Authority::open(folder)?.map(|authority| authority.pem().into())
            }
            _ => None,
        };
        let more: Vec<Name> = web.names.iter().filter(|name| !names.contains(name)).cloned().collect();
        names.extend(more);
        Ok(Some(Tls { accept, names: names.into(), authority }))
    }

    /// TLS of a source.
    ///
    /// # Errors
    /// A certificate cannot be used or made.
    pub fn source(&mut self, source: &Source) -> Result<Option<Secure>, TlsError> {
        Ok(match &source.tls {
            None => None,
            Some(SourceTls::Reach(reach)) => Some(Secure::Reach(self.reach(reach)?)),
            Some(SourceTls::Accept { pair, clients }) => {
                let shown = self.shown(pair.as_ref())?;
                Some(Secure::Accept(match clients {
                    Some((ca, names)) => Accept::listed(&shown, ca, names)?,
                    None => Accept::anybody(&shown)?,
                }))
            }
        })
    }

    /// TLS of a connection we make.
    ///
    /// # Errors
    /// A certificate cannot be used.
    pub fn reach(&mut self, tls: &ReachTls) -> Result<Reach, TlsError> {
        let own = tls.pair.as_ref().map(|pair| self.shown(Some(pair))).transpose()?;
        Reach::new(&tls.ca, own.as_ref())
    }

    fn shown(&mut self, pair: Option<&Pair>) -> Result<Arc<Shown>, TlsError> {
        self.keeper(pair).map(|keeper| Arc::clone(keeper.shown()))
    }

    /// When the certificate of the screens ends; `None` without TLS.
    #[must_use]
    pub fn ends(&self) -> Option<Ends> {
        self.ends.as_ref().map(|(_, ends)| ends.clone())
    }

    fn place(&self, pair: Option<&Pair>) -> Place {
        pair.map_or_else(
            || self.own.clone(),
            |Pair { certificate, key }| Place::Given { certificate: certificate.clone(), key: key.clone() },
        )
    }

    fn keeper(&mut self, pair: Option<&Pair>) -> Result<&Keeper, TlsError> {
        let place = self.place(pair);
        let at = match self.keepers.iter().position(|(known, _)| *known == place) {
            Some(at) => at,
            None => {
                let keeper = Keeper::open(place.clone(), self.now_s)?;
                self.keepers.push((place, keeper));
                self.keepers.len() - 1
            }
        };
        Ok(&self.keepers[at].1)
    }

    /// Looks after them until the program stops.
    pub async fn keep(mut self, clock: Clock, mut stopped: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut told = vec![String::new(); self.keepers.len()];
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                _ = look.tick() => {}
            }
            let now_s = clock().wall.0.div_euclid(1_000_000);
            for ((place, keeper), told) in self.keepers.iter_mut().zip(&mut told) {
                let trouble = look_at(place, keeper, now_s);
                // Once, not every minute.
                if trouble != *told && !trouble.is_empty() {
                    tracing::error!("{trouble}");
                }
                *told = trouble;
                if let Some((_, ends)) = self.ends.as_ref().filter(|(of, _)| of == place) {
                    ends.until_s.store(keeper.facts().until_s, Relaxed);
                }
            }
        }
    }
}

/// What is wrong with a certificate now; empty when nothing is.
fn look_at(place: &Place, keeper: &mut Keeper, now_s: i64) -> String {
    match keeper.look(now_s) {
        Err(error) => return format!("the certificate of before is still shown: {error}"),
        Ok(true) => tracing::info!(until = %day(keeper.facts().until_s), "a new certificate is shown"),
        Ok(false) => {}
    }
    let left = (keeper.facts().until_s - now_s).div_euclid(DAY_S);
    match place {
        Place::Given { certificate, .. } if left < ENDS_DAYS => {
            format!(
                "{}: it ends in {left} days, and browsers then refuse this server; put a new one there",
                certificate.display()
            )
        }
        _ => String::new(),
    }
}

/// Our own authority, and everything this server may be called by.
fn own(config: &Config) -> Place {
    let mut names: Vec<Name> = config.tls.iter().flat_map(|tls| tls.names.iter().cloned()).collect();
    let listens =
        config.sources.iter().filter(|source| source.tls.is_some()).filter_map(|source| match &source.transport {
            Transport::Listen { at, .. } => Some(*at),
            _ => None,
        });
    let addresses = listens.chain([config.listen]).map(|at: SocketAddr| at.ip()).filter(|ip| !ip.is_unspecified());
    let host = rustix::system::uname().nodename().to_string_lossy().parse().ok();
    let loopback = ["127.0.0.1", "::1", "localhost"].iter().filter_map(|name| name.parse().ok());
    names.extend(host.into_iter().chain(addresses.map(Name::Address)).chain(loopback));
    let mut once = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    Place::Own { folder: config.data.join(FOLDER), names: once }
}

/// The address people are told to open, port included.
#[must_use]
pub fn address(config: &Config, web: SocketAddr) -> String {
    let Some(tls) = &config.tls else { return format!("http://{web}/") };
    let first = tls.names.first().map(|name| match name {
        Name::Address(IpAddr::V6(ip)) => format!("[{ip}]"),
        name => name.to_string(),
    });
    match first {
        Some(name) if web.ip().is_unspecified() => format!("https://{name}:{}/", web.port()),
        _ => format!("https://{web}/"),
    }
}

/// `chairside tls show`: what is shown to whom, until when, and how devices come to trust it. Only looks: another user than
/// the server's may ask, and must leave no files of its own behind.
///
/// # Errors
/// A certificate cannot be read.
pub fn show(config: &Config, now_s: i64) -> Result<String, TlsError> {
    let mut text = String::new();
    if config.tls.is_none() {
        let _ = writeln!(text, "The screens are served without TLS, on {} of this machine only.", config.listen);
        if !config.sources.iter().any(|source| source.tls.is_some()) {
            text.push_str("Add [tls] to the configuration, or listen on another address, and ask again.\n");
            return Ok(text);
        }
    }
    if let Some(Pair { certificate, key }) = config.tls.as_ref().and_then(|tls| tls.pair.clone()) {
        let place = Place::Given { certificate: certificate.clone(), key };
        told(&mut text, "Certificate of this server", &Keeper::facts_of(&place)?, now_s);
        let _ = writeln!(text, "  file         {} (given; read again when it changes)", certificate.display());
        return Ok(text);
    }
    let Some(authority) = Authority::open(&config.data.join(FOLDER))? else {
        text.push_str("There is no certificate yet: the first start makes it. Ask again then.\n");
        return Ok(text);
    };
    told(&mut text, "Certificate of this server", &Keeper::facts_of(&own(config))?, now_s);
    text.push('\n');
    told(&mut text, "Authority of this installation, to be trusted by every device", authority.facts(), now_s);
    let _ = writeln!(text, "  file         {}", on_disk(authority.file()));
    let _ = write!(
        text,
        "\nOn each device, once:\n\
         \x20 1. Bring the file there, or open {}ca.crt and accept the warning this one time.\n\
         \x20 2. Compare the fingerprint of the authority with the one above, digit by digit.\n\
         \x20 3. Install it as a trusted authority: docs/tls.md has the steps for iPad, Android, Windows and Linux.\n",
        address(config, config.listen)
    );
    Ok(text)
}

fn on_disk(path: PathBuf) -> String {
    std::path::absolute(&path).unwrap_or(path).display().to_string()
}

fn told(text: &mut String, title: &str, facts: &Facts, now_s: i64) {
    let left = (facts.until_s - now_s).div_euclid(DAY_S);
    let names = facts.names.iter().chain(facts.permits.iter().flatten()).map(ToString::to_string);
    let _ = writeln!(text, "{title}");
    let _ = writeln!(text, "  name         {}", facts.subject);
    let _ = writeln!(text, "  for          {}", names.collect::<Vec<_>>().join(", "));
    let _ = writeln!(text, "  valid until  {} ({left} days)", day(facts.until_s));
    let _ = writeln!(text, "  SHA-256      {}", facts.fingerprint());
}

fn day(unix_s: i64) -> String {
    Timestamp::from_second(unix_s).map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;

    fn config(text: &str, folder: &std::path::Path) -> Config {
        Config { data: folder.to_owned(), ..check(text).expect("a valid configuration") }
    }

    /// 2026-03-02.
    const NOW_S: i64 = 1_772_409_600;

    #[test]
    fn s02_one_certificate_is_for_every_name_this_server_is_opened_by() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "listen = \"192.168.1.10:8443\"\n[tls]\nnames = [\"chairside.local\", \"192.168.1.10\"]\n\
                    [[source]]\nid = \"g\"\nprotocol = \"hl7\"\nlisten = \"192.168.20.2:2575\"\nallow = [\"192.168.20.0/24\"]\ntls = {}\n\
                    [[source]]\nid = \"p\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.2:2575\"\n";
        let config = config(text, folder.path());
        let Place::Own { names, .. } = own(&config) else { panic!("own") };
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        for name in ["chairside.local", "192.168.1.10", "192.168.20.2", "127.0.0.1", "::1", "localhost"] {
            assert_eq!(names.iter().filter(|found| *found == name).count(), 1, "{name} in {names:?}");
        }
        assert!(!names.contains(&"127.0.0.2".to_owned()), "a listener without TLS shows no certificate");
        let mut certificates = Certificates::new(&config, NOW_S);
        assert!(certificates.ends().is_none());
        let tls = certificates.web(&config).expect("a certificate").expect("TLS");
        assert!(tls.authority.is_some() && tls.names.len() == names.len());
        assert!(matches!(certificates.source(&config.sources[0]), Ok(Some(Secure::Accept(_)))));
        assert!(matches!(certificates.source(&config.sources[1]), Ok(None)));
        let health = certificates.ends().expect("TLS").health();
        assert_eq!((health.ends_wall_us, health.renews), ((NOW_S + 365 * DAY_S) * 1_000_000, true));
        assert_eq!(certificates.keepers.len(), 1, "each certificate is looked after once");
    }

    #[test]
    fn tls_show_names_the_file_the_fingerprint_and_the_steps() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "listen = \"0.0.0.0:8443\"\n[tls]\nnames = [\"chairside.local\"]";
        let config = config(text, folder.path());
        assert!(show(&config, NOW_S).expect("shown").contains("the first start makes it"));
        assert!(!folder.path().join("tls").exists(), "looking makes nothing");
        Certificates::new(&config, NOW_S).web(&config).expect("made");
        let said = show(&config, NOW_S).expect("shown");
        let file = folder.path().join("tls/ca.crt");
        let authority = Authority::open(&folder.path().join("tls")).expect("read").expect("made");
        for part in [
            "valid until  2027-03-02 (365 days)",
            "valid until  2036-02-28",
            &authority.facts().fingerprint(),
            &file.display().to_string(),
            "https://chairside.local:8443/ca.crt",
            "docs/tls.md",
        ] {
            assert!(said.contains(part), "{part:?} is not in:\n{said}");
        }
        assert_eq!(show(&config, NOW_S + 360 * DAY_S).expect("shown").matches("2027-03-02 (5 days)").count(), 1);
        let plain = Config { data: folder.path().join("other"), ..check("").expect("valid") };
        assert!(show(&plain, NOW_S).expect("shown").contains("without TLS"));
        assert!(!plain.data.exists());
    }
}
