//! What people and lists need to know of a certificate. Says nothing of trust.

use crate::Name;
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::net::IpAddr;
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

/// Names and dates of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Common name of the subject; empty when there is none.
    pub subject: String,
    /// The names it is for, as a server's.
    pub names: Vec<Name>,
    /// Everything it calls its holder: alternative names of every kind, then the common name. For lists of peers.
    pub identities: Vec<String>,
    /// Valid from, in seconds since 1970.
    pub from_s: i64,
    /// Valid until, in seconds since 1970.
    pub until_s: i64,
    /// SHA-256 of the whole certificate.
    pub fingerprint: [u8; 32],
    /// What an authority may sign for; `None` for anything.
    pub permits: Option<Vec<Name>>,
}

impl Facts {
    /// Reads a certificate; an error says what is wrong with it.
    ///
    /// # Errors
    /// It is no X.509 certificate.
    pub fn read(der: &CertificateDer<'_>) -> Result<Self, String> {
        let (rest, read) = X509Certificate::from_der(der).map_err(|error| format!("no X.509 certificate ({error})"))?;
        if !rest.is_empty() {
            return Err(format!("a certificate with {} bytes behind it", rest.len()));
        }
        let subject = read.subject().iter_common_name().next().and_then(|name| name.as_str().ok()).unwrap_or_default();
        let alternative = read.subject_alternative_name().map_err(|error| format!("unreadable names ({error})"))?;
        let general = alternative.map_or(&[][..], |extension| &extension.value.general_names);
        let mut identities: Vec<String> = general.iter().filter_map(identity).collect();
        if !subject.is_empty() {
            identities.push(subject.to_owned());
        }
        Ok(Self {
            subject: subject.to_owned(),
            names: general.iter().filter_map(server_name).collect(),
            identities,
            from_s: read.validity().not_before.timestamp(),
            until_s: read.validity().not_after.timestamp(),
            fingerprint: Sha256::digest(der.as_ref()).into(),
            permits: permits(&read),
        })
    }

    /// The fingerprint as devices show it: `AB:12:...`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.iter().enumerate().fold(String::new(), |mut text, (n, byte)| {
            let colon = if n == 0 { "" } else { ":" };
            let _ = write!(text, "{colon}{byte:02X}");
            text
        })
    }

    /// Whether it stands on a list of peers. Case does not count: names of hosts have none.
    #[must_use]
    pub fn is_any_of(&self, list: &[String]) -> bool {
        self.identities.iter().any(|identity| list.iter().any(|listed| listed.eq_ignore_ascii_case(identity)))
    }

    /// Whether an authority with these facts may sign for a name.
    #[must_use]
    pub fn may_sign(&self, name: &Name) -> bool {
        self.permits.as_ref().is_none_or(|permits| permits.contains(name))
    }
}

fn server_name(name: &GeneralName<'_>) -> Option<Name> {
    match name {
        GeneralName::DNSName(host) => host.parse().ok(),
        GeneralName::IPAddress(bytes) => address(bytes).map(Name::Address),
        _ => None,
    }
}

fn identity(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => Some((*text).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The names of the name constraints, as [`crate::Authority`] writes them: single hosts and single addresses.
fn permits(read: &X509Certificate<'_>) -> Option<Vec<Name>> {
    let constraints = read.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::NameConstraints(constraints) => Some(constraints),
        _ => None,
    })?;
    let permitted = constraints.permitted_subtrees.as_ref()?;
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(host) => host.parse().ok(),
        // An address, then a mask of the same length.
        GeneralName::IPAddress(bytes) => address(&bytes[..bytes.len() / 2]).map(Name::Address),
        _ => None,
    };
    Some(permitted.iter().filter_map(|subtree| name(&subtree.base)).collect())
}
