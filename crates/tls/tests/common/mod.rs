//! Certificates of all kinds, as a clinic's own authority or an intruder's makes them; also for the tests of other crates.
#![allow(dead_code, unreachable_pub)]

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use time::{Duration, OffsetDateTime};

/// An authority that is not this program's.
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

/// What a certificate is for, and when.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Alternative names, hosts or addresses.
    pub names: &'a [&'a str],
    /// Common name.
    pub subject: &'a str,
    /// First and last day, counted from today.
    pub days: (i64, i64),
}

impl Wish<'_> {
    /// Valid today.
    pub const fn of<'a>(subject: &'a str, names: &'a [&'a str]) -> Wish<'a> {
        Wish { names, subject, days: (-1, 30) }
    }
}

impl Ca {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { issuer: Issuer::new(params, key), der }
    }

    /// Its certificate in a file.
    pub fn file(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, chairside_tls::certificate_pem(&self.der)).unwrap();
        path
    }

    /// Certificate and key in two files, named so.
    pub fn issue(&self, folder: &Path, name: &str, wish: Wish<'_>) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let mut params =
            CertificateParams::new(wish.names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, wish.subject);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let now = OffsetDateTime::now_utc();
        params.not_before = now + Duration::days(wish.days.0);
        params.not_after = now + Duration::days(wish.days.1);
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        let (certificate, secret) = (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, chairside_tls::certificate_pem(signed.der())).unwrap();
        // A key is PEM with another label.
        let text = chairside_tls::certificate_pem(&key.serialize_der()).replace("CERTIFICATE", "PRIVATE KEY");
        std::fs::write(&secret, text).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        (certificate, secret)
    }
}

/// Seconds since 1970.
pub fn now_s() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
