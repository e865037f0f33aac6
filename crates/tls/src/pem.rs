//! PEM: the text form of certificates and keys.

use crate::TlsError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;

/// Characters of a line (RFC 7468).
const LINE: usize = 64;

/// One certificate as text.
#[must_use]
pub fn certificate(der: &[u8]) -> String {
    block("CERTIFICATE", der)
}

/// One key as text.
pub(crate) fn key(pkcs8: &[u8]) -> String {
    block("PRIVATE KEY", pkcs8)
}

fn block(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut block = format!("-----BEGIN {label}-----\n");
    // Base64 is ASCII: every cut is between characters.
    for line in text.as_bytes().chunks(LINE) {
        block.push_str(&String::from_utf8_lossy(line));
        block.push('\n');
    }
    block + &format!("-----END {label}-----\n")
}

/// Every certificate in a file's text; at least one.
pub(crate) fn certificates(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = |found: String| TlsError::Unusable {
        path: path.to_owned(),
        found,
        expected: "certificates in PEM form (-----BEGIN CERTIFICATE-----)",
    };
    let all = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>();
    match all {
        Ok(all) if all.is_empty() => Err(unusable("no certificate".into())),
        Ok(all) => Ok(all),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// The one key in a file's text.
pub(crate) fn secret(path: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| TlsError::Unusable {
        path: path.to_owned(),
        found: error.to_string(),
        expected: "a private key without a password, in PEM form (-----BEGIN PRIVATE KEY-----)",
    })
}
