//! Which senders may connect.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address, or all addresses that share its first bits: `10.1.2.3`, `192.168.8.0/24`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

/// Text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected an address such as 192.168.8.20 or a network such as 192.168.8.0/24")]
pub struct NetworkError(String);

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let refuse = || NetworkError(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let base = canonical(address.parse().map_err(|_| refuse())?);
        let widest = width(base);
        let prefix = match prefix {
            None => widest,
            Some(digits) => digits.parse().ok().filter(|p| *p <= widest).ok_or_else(refuse)?,
        };
        Ok(Self { base, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == width(self.base) {
            write!(f, "{}", self.base)
        } else {
            write!(f, "{}/{}", self.base, self.prefix)
        }
    }
}

impl Network {
    /// Whether `peer` is in it. An IPv4 address in IPv6 form counts as the IPv4 address it is.
    #[must_use]
    pub fn contains(&self, peer: IpAddr) -> bool {
        let peer = canonical(peer);
        let shift = u32::from(width(self.base) - self.prefix);
        width(peer) == width(self.base) && bits(peer).checked_shr(shift) == bits(self.base).checked_shr(shift)
    }
}

/// Whether `peer` may send here. Loopback may always; with no network named, nobody else may (S04).
#[must_use]
pub(crate) fn allowed(networks: &[Network], peer: IpAddr) -> bool {
    canonical(peer).is_loopback() || networks.iter().any(|n| n.contains(peer))
}

fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, peer: &str, expected: bool) {
        let network: Network = network.parse().unwrap();
        assert_eq!(network.contains(peer.parse().unwrap()), expected, "{peer} in {network}");
    }

    #[test]
    fn h29_a_network_holds_its_own_addresses_only() {
        check("192.168.8.0/24", "192.168.8.255", true);
        check("192.168.8.0/24", "192.168.9.1", false);
        check("192.168.8.77/24", "192.168.8.1", true);
        check("10.0.0.5", "10.0.0.5", true);
        check("10.0.0.5", "10.0.0.6", false);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("0.0.0.0/0", "fd00::1", false);
        check("::/0", "fd00::1", true);
        check("fd00::/8", "fd12::1", true);
        check("fd00::/8", "fe80::1", false);
        check("10.0.0.5", "::ffff:10.0.0.5", true);
    }

    #[test]
    fn h29_without_an_allow_list_only_this_machine_may_send() {
        assert!(allowed(&[], "127.0.0.1".parse().unwrap()));
        assert!(allowed(&[], "::1".parse().unwrap()));
        assert!(!allowed(&[], "10.0.0.5".parse().unwrap()));
    }

    #[test]
    fn text_that_is_no_network_is_refused_with_an_example() {
        for text in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "host", "fd00::/129", "10.0.0.0/"] {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")) && error.contains("192.168.8.0/24"), "{error}");
        }
    }
}
