//! The certificate a server shows, exchanged while it runs.

use crate::facts::Facts;
use crate::files::{self, Owner};
use crate::name::Name;
use crate::{Authority, DAY_S, TlsError, pem, provider};
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{SignatureScheme, pki_types};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Days before its end at which our own certificate is made anew: a server that is off for a holiday comes back with a
/// valid one.
pub const RENEW_DAYS: i64 = 30;

/// Key and certificate of our own authority: one file, so that one rename exchanges both.
const SERVER: &str = "server.pem";

/// Where key and certificate come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Files the clinic looks after.
    Given {
        /// The certificate, then those that lead to its authority; PEM.
        certificate: PathBuf,
        /// Its key; PEM.
        key: PathBuf,
    },
    /// Our own authority.
    Own {
        /// Its folder.
        folder: PathBuf,
        /// What this server is called.
        names: Vec<Name>,
    },
}

/// What is shown now; shared by every listener.
#[derive(Debug)]
pub struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    fn now(&self) -> Arc<CertifiedKey> {
        // Whole values are put in, so a panic elsewhere leaves a valid one.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Looks after the certificate that is shown.
#[derive(Debug)]
pub struct Keeper {
    place: Place,
    shown: Arc<Shown>,
    facts: Facts,
    /// Digest of the files of which `shown` was made.
    seen: [u8; 32],
}

impl Keeper {
    /// Reads the certificate, or makes it.
    ///
    /// # Errors
    /// There is none that could be shown.
    pub fn open(place: Place, now_s: i64) -> Result<Self, TlsError> {
        if let Place::Own { folder, names } = &place {
            renew(folder, names, now_s)?;
        }
        let (pair, facts, seen) = read(&place)?;
        Ok(Self { shown: Arc::new(Shown(RwLock::new(Arc::new(pair)))), place, facts, seen })
    }

    /// Names and dates of what would be shown, for somebody who only looks: nothing is made or renewed.
    ///
    /// # Errors
    /// There is none that could be shown.
    pub fn facts_of(place: &Place) -> Result<Facts, TlsError> {
        read(place).map(|(_, facts, _)| facts)
    }

    /// Looks whether there is something new to show, and shows it. On an error the old one stays.
    ///
    /// # Errors
    /// The files changed and cannot be used.
    pub fn look(&mut self, now_s: i64) -> Result<bool, TlsError> {
        if let Place::Own { folder, names } = &self.place {
            renew(folder, names, now_s)?;
        }
        if digest(&contents(&self.place)?) == self.seen {
            return Ok(false);
        }
        let (pair, facts, seen) = read(&self.place)?;
        self.shown.put(pair);
        (self.facts, self.seen) = (facts, seen);
        Ok(true)
    }

    /// What is shown, for the ends of connections.
    #[must_use]
    pub const fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    /// Names and dates of what is shown.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// Sees to it that our own certificate is there, valid for a while, and for these names.
fn renew(folder: &Path, names: &[Name], now_s: i64) -> Result<(), TlsError> {
    let path = folder.join(SERVER);
    let authority = Authority::open_or_make(folder, names, now_s)?;
    let wanted: Vec<&Name> = names.iter().filter(|name| authority.facts().may_sign(name)).collect();
    let fits = |facts: &Facts| {
        let same = facts.names.len() == wanted.len() && wanted.iter().all(|name| facts.names.contains(name));
        // One from the future was made while the clock was wrong.
        let soon = now_s < facts.from_s || now_s > facts.until_s - RENEW_DAYS * DAY_S;
        // With an authority that ends itself nothing better can be made.
        same && (!soon || facts.until_s == authority.facts().until_s)
    };
    if path.exists() {
        let text = files::read_secret(&path, Owner::Us)?;
        let chain = pem::certificates(&path, &text).unwrap_or_default();
        let of_this = chain.last().is_some_and(|last| pem::certificate(last) == authority.pem());
        if of_this && chain.first().and_then(|first| Facts::read(first).ok()).is_some_and(|facts| fits(&facts)) {
            return Ok(());
        }
    }
    files::write(&path, &authority.issue(names, now_s)?)
}

/// The bytes of the files: certificates, then key.
fn contents(place: &Place) -> Result<[Vec<u8>; 2], TlsError> {
    match place {
        Place::Given { certificate, key } => Ok([files::read(certificate)?, files::read_secret(key, Owner::Clinic)?]),
        Place::Own { folder, .. } => {
            let both = files::read_secret(&folder.join(SERVER), Owner::Us)?;
            Ok([both.clone(), both])
        }
    }
}

fn digest([certificates, key]: &[Vec<u8>; 2]) -> [u8; 32] {
    let each = [Sha256::digest(certificates), Sha256::digest(key)].concat();
    Sha256::digest(each).into()
}

fn read(place: &Place) -> Result<(CertifiedKey, Facts, [u8; 32]), TlsError> {
    let contents = contents(place)?;
    let (certificate, key) = match place {
        Place::Given { certificate, key } => (certificate.clone(), key.clone()),
        Place::Own { folder, .. } => (folder.join(SERVER), folder.join(SERVER)),
    };
    let mut chain = pem::certificates(&certificate, &contents[0])?;
    if matches!(place, Place::Own { .. }) {
        // Devices have the authority's own certificate already.
        chain.truncate(1);
    }
    let secret: pki_types::PrivateKeyDer<'static> = pem::secret(&key, &contents[1])?;
    let unusable = |path: &Path, found: String, expected| TlsError::Unusable { path: path.to_owned(), found, expected };
    let facts =
        Facts::read(&chain[0]).map_err(|found| unusable(&certificate, found, "a certificate of this server"))?;
    let pair = CertifiedKey::from_der(chain, secret, &provider())
        .map_err(|error| unusable(&key, error.to_string(), "the key of the first certificate"))?;
    Ok((pair, facts, digest(&contents)))
}
