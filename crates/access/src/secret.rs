//! Secrets: how they are made from random bytes, and what is kept of them.

use argon2::{Algorithm, Argon2, Params, Version};
use chairside_observation::Hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Memory of one hashing, in KiB (S06).
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it (S06).
pub const PASSES: u32 = 2;
/// Bytes of salt and of hash.
const SALT: usize = 16;
const HASH: usize = 32;
/// Hashes of a file that ask for more than this would be a way to make the server work for nothing.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
const PASSES_MAX: u32 = 10;

/// What is kept of a password or PIN: argon2id with its parameters, so that they can grow.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hash {
    memory_kib: u32,
    passes: u32,
    salt: String,
    hash: String,
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Hash(..)")
    }
}

impl Hash {
    /// Hashes a password or PIN; takes tens of milliseconds on purpose.
    #[must_use]
    pub fn of(secret: &str, salt: [u8; SALT]) -> Option<Self> {
        let hash = argon2id(secret, &salt, MEMORY_KIB, PASSES)?;
        let (salt, hash) = (Hex(&salt).to_string(), Hex(&hash).to_string());
        Some(Self { memory_kib: MEMORY_KIB, passes: PASSES, salt, hash })
    }

    /// Whether it is this one; as much work when it is not.
    #[must_use]
    pub fn is(&self, secret: &str) -> bool {
        let Some(salt) = unhex(&self.salt) else { return false };
        let Some(found) = argon2id(secret, &salt, self.memory_kib, self.passes) else { return false };
        let kept = unhex(&self.hash).unwrap_or_default();
        kept.len() == HASH && bool::from(kept.as_slice().ct_eq(&found))
    }

    /// The same work for somebody who does not exist (S08); never true.
    #[must_use]
    pub fn of_nobody(secret: &str) -> bool {
        let nobody = Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: Hex(&[0; SALT]).to_string(),
            // No hash ends like this: its length is another.
            hash: String::new(),
        };
        nobody.is(secret)
    }

    /// Both numbers are in the range this program makes or will make.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        (MEMORY_KIB..=MEMORY_KIB_MAX).contains(&self.memory_kib)
            && (PASSES..=PASSES_MAX).contains(&self.passes)
            && unhex(&self.salt).is_some_and(|salt| salt.len() == SALT)
            && unhex(&self.hash).is_some_and(|hash| hash.len() == HASH)
    }
}

fn argon2id(secret: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Option<[u8; HASH]> {
    let params = Params::new(memory_kib, passes, 1, Some(HASH)).ok()?;
    let mut out = [0; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.as_bytes(), salt, &mut out)
        .ok()?;
    Some(out)
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let pair = |pair: &[u8]| Some(nibble(pair[0])? << 4 | nibble(pair[1])?);
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(pair).collect()).flatten()
}

/// A token of 256 random bits (S10). It is in a cookie and nowhere else; only its digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Token(..)")
    }
}

impl Token {
    /// From random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(Hex(&random).to_string())
    }

    /// As the cookie holds it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.0)
    }

    /// Reads a cookie; `None` for what no token can be.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }
}

/// SHA-256 of a text, hexadecimal. Enough for what has 80 random bits and more; never for what people choose.
pub(crate) fn digest(text: &str) -> String {
    Hex(&Sha256::digest(text.as_bytes())).to_string()
}

/// Digits and capitals that cannot be taken for one another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code that a person may have to type: 5 bits a letter.
#[must_use]
pub fn code<const N: usize>(random: [u8; N]) -> String {
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

/// A code as it was typed: blanks and dashes go, small letters become capitals.
#[must_use]
pub fn typed(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s06_a_secret_is_known_again_and_no_other() {
        let hash = Hash::of("six sheep on a hill", [7; SALT]).unwrap();
        assert!(hash.is("six sheep on a hill") && hash.is_sound());
        assert!(!hash.is("six sheep on a hil") && !hash.is(""));
        let other = Hash::of("six sheep on a hill", [8; SALT]).unwrap();
        assert_ne!(hash.hash, other.hash, "the salt counts");
        let text = serde_json::to_string(&hash).unwrap();
        assert!(!text.contains("sheep") && text.contains(&MEMORY_KIB.to_string()));
        assert!(serde_json::from_str::<Hash>(&text).unwrap().is("six sheep on a hill"));
        assert_eq!(format!("{hash:?}"), "Hash(..)");
    }

    #[test]
    fn s06_a_weak_or_ruinous_hash_is_not_sound() {
        let hash = Hash::of("x", [7; SALT]).unwrap();
        assert!(!Hash { memory_kib: 8, ..hash.clone() }.is_sound());
        assert!(!Hash { passes: 1, ..hash.clone() }.is_sound());
        assert!(!Hash { memory_kib: u32::MAX, ..hash.clone() }.is_sound());
        assert!(!Hash { hash: String::new(), ..hash }.is_sound());
    }

    #[test]
    fn s08_nobody_has_no_password() {
        assert!(!Hash::of_nobody(""));
        assert!(!Hash::of_nobody("password"));
    }

    proptest! {
        #[test]
        fn s10_a_token_comes_back_from_its_cookie_and_is_not_what_is_kept(random: [u8; 32]) {
            let token = Token::new(random);
            prop_assert_eq!(Token::read(token.text()), Some(token.clone()));
            prop_assert_eq!(token.text().len(), 64);
            prop_assert_ne!(token.digest(), token.text());
            let mut other = random;
            other[31] ^= 1;
            prop_assert_ne!(Token::new(other).digest(), token.digest());
        }

        #[test]
        fn s10_what_is_no_token_is_not_read(text in ".{0,80}") {
            let fits = text.len() == 64 && text.chars().all(|c| "0123456789abcdef".contains(c));
            prop_assert_eq!(Token::read(&text).is_some(), fits);
        }

        #[test]
        fn a_code_survives_being_typed(random: [u8; 20]) {
            let code = code(random);
            prop_assert_eq!(typed(&format!(" {}-{} ", code[..5].to_lowercase(), &code[5..])), code.clone());
            prop_assert!(!code.contains(['0', 'O', '1', 'I']));
        }

        #[test]
        fn hexadecimal_is_read_back(bytes: Vec<u8>) {
            prop_assert_eq!(unhex(&Hex(&bytes).to_string()), Some(bytes));
        }
    }
}
