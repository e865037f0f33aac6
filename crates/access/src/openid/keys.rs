//! The keys of a provider (JWKS): those that can have signed an ID token here.

use super::{Unproven, unbase64};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// Most keys that are read: providers have two or three at a time.
const KEYS_MAX: usize = 32;

/// Keys by their ids.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
    /// The point, uncompressed.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct Listed {
    keys: Vec<Jwk>,
}

/// Fields of other kinds of keys are passed over: a provider lists what other programs need, too.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    used: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads the provider's list. Keys of other kinds, or for other uses, are left out.
    ///
    /// # Errors
    /// It is no list of keys.
    pub fn read(json: &[u8]) -> Result<Self, Unproven> {
        let listed: Listed = serde_json::from_slice(json).map_err(|_| Unproven::Unreadable("the list of keys"))?;
        Ok(Self(listed.keys.into_iter().take(KEYS_MAX).filter_map(key).collect()))
    }

    /// Whether one of the keys, the one with this id where one is named, signed it with this algorithm.
    ///
    /// # Errors
    /// The algorithm is not taken, there is no such key, or the signature is wrong.
    pub(super) fn verify(
        &self,
        algorithm: &str,
        id: Option<&str>,
        said: &[u8],
        signature: &[u8],
    ) -> Result<(), Unproven> {
        let fits = |key: &&Key| match (algorithm, &key.kind) {
            ("RS256", Kind::Rsa(..)) | ("ES256", Kind::P256(_)) => id.is_none() || key.id.as_deref() == id,
            _ => false,
        };
        if !matches!(algorithm, "RS256" | "ES256") {
            return Err(Unproven::Algorithm(algorithm.chars().take(20).collect()));
        }
        let mut keys = self.0.iter().filter(fits).peekable();
        if keys.peek().is_none() {
            return Err(Unproven::Key);
        }
        if keys.any(|key| key.signed(said, signature)) { Ok(()) } else { Err(Unproven::Signature) }
    }
}

impl Key {
    fn signed(&self, said: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Rsa(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, said, signature).is_ok()
            }
            Kind::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(said, signature).is_ok()
            }
        }
    }
}

fn key(jwk: Jwk) -> Option<Key> {
    let signs = jwk.used.as_deref().is_none_or(|used| used == "sig");
    let alg = |known: &str| jwk.alg.as_deref().is_none_or(|alg| alg == known);
    let kind = match jwk.kty.as_str() {
        "RSA" if alg("RS256") => {
            let trimmed = |bytes: Vec<u8>| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
            Kind::Rsa(trimmed(unbase64(&jwk.n?)?), trimmed(unbase64(&jwk.e?)?))
        }
        "EC" if alg("ES256") && jwk.crv.as_deref() == Some("P-256") => {
            let (x, y) = (unbase64(&jwk.x?)?, unbase64(&jwk.y?)?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            Kind::P256([&[4][..], &x, &y].concat())
        }
        _ => return None,
    };
    signs.then_some(Key { id: jwk.kid, kind })
}
