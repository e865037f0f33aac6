//! The small certificate authority of one installation. It signs for its own few names and nothing else, so that a stolen
//! key of it is good for nothing but this server.

use crate::facts::Facts;
use crate::files::{self, Owner};
use crate::name::{Name, listed};
use crate::{DAY_S, TlsError, pem};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// How long the authority lasts: every device has to be visited when it ends.
pub const AUTHORITY_DAYS: i64 = 3650;
/// How long a server's certificate lasts: no browser takes more than 398 days, and Mozilla's guideline ends at 366.
pub const SERVER_DAYS: i64 = 365;
/// Begins so long before now, for devices whose clock is behind.
const BEFORE_S: i64 = 3600;

const KEY: &str = "ca.key";
const CERTIFICATE: &str = "ca.crt";

/// An authority with its key.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    facts: Facts,
}

impl Authority {
    /// The authority in `folder`, made for these names at `now_s` when there is none yet.
    ///
    /// # Errors
    /// Its files cannot be read or written, others can read them, or they do not belong together.
    pub fn open_or_make(folder: &Path, names: &[Name], now_s: i64) -> Result<Self, TlsError> {
        files::folder(folder)?;
        match Self::open(folder)? {
            Some(authority) => Ok(authority),
            None => Self::make(folder, names, now_s),
        }
    }

    /// The authority in `folder`, if there is one.
    ///
    /// # Errors
    /// As [`Authority::open_or_make`].
    pub fn open(folder: &Path) -> Result<Option<Self>, TlsError> {
        let (key, certificate) = (folder.join(KEY), folder.join(CERTIFICATE));
        // The certificate is written last: without one nobody ever trusted this authority.
        if !certificate.exists() {
            return Ok(None);
        }
        files::folder(folder)?;
        let secret = pem::secret(&key, &files::read_secret(&key, Owner::Us)?)?;
        let unusable = |found: String| TlsError::Unusable {
            path: key.clone(),
            found,
            expected: "the key of ca.crt beside it; restore both from your backup, or move the folder away to have a new \
                       authority made, which every device then has to trust anew",
        };
        let secret = KeyPair::try_from(&secret).map_err(|error| unusable(error.to_string()))?;
        let mut all = pem::certificates(&certificate, &files::read(&certificate)?)?;
        let (der, more) = (all.remove(0), all.len());
        let facts = Facts::read(&der).map_err(&unusable)?;
        let params = params(&secret);
        let named = common_name(&secret);
        if more > 0 || facts.subject != named {
            return Err(unusable(format!("the key of \"{named}\" beside the certificate of \"{}\"", facts.subject)));
        }
        let issuer = Issuer::new(params, secret);
        Ok(Some(Self { folder: folder.to_owned(), issuer, certificate: der, facts }))
    }

    fn make(folder: &Path, names: &[Name], now_s: i64) -> Result<Self, TlsError> {
        let secret = KeyPair::generate().map_err(made)?;
        let mut params = params(&secret);
        params.name_constraints = Some(constraints(names));
        (params.not_before, params.not_after) = (moment(now_s - BEFORE_S)?, moment(now_s + AUTHORITY_DAYS * DAY_S)?);
        let certificate = params.self_signed(&secret).map_err(made)?;
        files::write(&folder.join(KEY), &pem::key(&secret.serialize_der()))?;
        files::write(&folder.join(CERTIFICATE), &pem::certificate(certificate.der()))?;
        let facts = Facts::read(certificate.der()).map_err(TlsError::Make)?;
        let certificate = certificate.der().clone();
        Ok(Self { folder: folder.to_owned(), issuer: Issuer::new(params, secret), certificate, facts })
    }

    /// A new key with a certificate for those of the names the authority may sign for: one file's text, key first.
    ///
    /// # Errors
    /// It may sign for none of them.
    pub fn issue(&self, names: &[Name], now_s: i64) -> Result<String, TlsError> {
        let may: Vec<&Name> = names.iter().filter(|name| self.facts.may_sign(name)).collect();
        let Some(first) = may.first() else {
            return Err(TlsError::NoName { folder: self.folder.clone(), names: listed(names) });
        };
        let secret = KeyPair::generate().map_err(made)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, first.to_string());
        params.subject_alt_names = may.iter().map(|name| alternative(name)).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let until_s = (now_s + SERVER_DAYS * DAY_S).min(self.facts.until_s);
        (params.not_before, params.not_after) = (moment(now_s - BEFORE_S)?, moment(until_s)?);
        let signed = params.signed_by(&secret, &self.issuer).map_err(made)?;
        Ok(pem::key(&secret.serialize_der()) + &pem::certificate(signed.der()) + &self.pem())
    }

    /// What it signs for, and until when.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Its certificate as text, for devices to trust.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::certificate(&self.certificate)
    }

    /// The file of its certificate.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }
}

/// The part of the authority's certificate that follows from its key alone.
fn params(secret: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Chairside");
    params.distinguished_name.push(DnType::CommonName, common_name(secret));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Tells this installation's authority from any other in a device's list.
fn common_name(secret: &KeyPair) -> String {
    let digest = Sha256::digest(secret.public_key_raw());
    let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("Chairside authority {short}")
}

/// Each name alone; of a kind that does not occur, something harmless, since a kind that is not named is not constrained.
fn constraints(names: &[Name]) -> NameConstraints {
    let mut permitted_subtrees: Vec<_> = names
        .iter()
        .map(|name| match name {
            Name::Host(host) => GeneralSubtree::DnsName(host.clone()),
            Name::Address(address) => {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, bits))
            }
        })
        .collect();
    if !names.iter().any(|name| matches!(name, Name::Host(_))) {
        permitted_subtrees.push(GeneralSubtree::DnsName("localhost".into()));
    }
    if !names.iter().any(|name| matches!(name, Name::Address(_))) {
        let loopback = CidrSubnet::from_addr_prefix(IpAddr::V4(Ipv4Addr::LOCALHOST), 32);
        permitted_subtrees.push(GeneralSubtree::IpAddress(loopback));
    }
    NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() }
}

fn alternative(name: &Name) -> Result<SanType, TlsError> {
    Ok(match name {
        Name::Host(host) => SanType::DnsName(host.as_str().try_into().map_err(made)?),
        Name::Address(address) => SanType::IpAddress(*address),
    })
}

fn moment(unix_s: i64) -> Result<OffsetDateTime, TlsError> {
    OffsetDateTime::from_unix_timestamp(unix_s)
        .map_err(|error| TlsError::Make(format!("the clock of this machine is wrong: {error}")))
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn made(error: rcgen::Error) -> TlsError {
    TlsError::Make(error.to_string())
}
