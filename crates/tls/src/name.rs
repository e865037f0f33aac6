//! What a server is called: a host name or an address.

use rustls::pki_types::DnsName;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A name that stands in a certificate of a server and in the address bar of a screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Such as `chairside.clinic.local`; in small letters.
    Host(String),
    /// Such as `192.168.1.10`.
    Address(IpAddr),
}

/// Text that is no name of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected a host name such as chairside.clinic.local or an address such as 192.168.1.10")]
pub struct NameError(String);

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let refuse = || NameError(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            // 0.0.0.0 is where a server listens, never what it is called.
            return if address.is_unspecified() { Err(refuse()) } else { Ok(Self::Address(address.to_canonical())) };
        }
        let host = text.to_ascii_lowercase();
        // A name of digits and dots is a mistyped address.
        let address_like = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match DnsName::try_from(host.clone()) {
            Ok(_) if !address_like && !host.ends_with('.') => Ok(Self::Host(host)),
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// Names as people read them.
pub(crate) fn listed(names: &[Name]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_host_or_an_address_and_nothing_else() {
        for (text, expected) in [
            ("chairside.clinic.local", Some("chairside.clinic.local")),
            ("Chairside", Some("chairside")),
            ("192.168.1.10", Some("192.168.1.10")),
            ("::ffff:10.0.0.1", Some("10.0.0.1")),
            ("fd00::7", Some("fd00::7")),
            ("", None),
            ("0.0.0.0", None),
            ("::", None),
            ("192.168.1", None),
            ("192.168.1.300", None),
            ("a b", None),
            ("a..b", None),
            ("clinic.local.", None),
            ("https://clinic.local", None),
            ("clinic.local:8443", None),
            ("*.clinic.local", None),
            ("klinik-süd", None),
        ] {
            let found = text.parse::<Name>().ok().map(|name| name.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
