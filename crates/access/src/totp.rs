//! The second factor: codes of an authenticator app (RFC 6238, SHA-1, six digits, 30 s), each good once.

use crate::secret::{digest, typed};
use chairside_observation::Micros;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;

/// Seconds a code stands for.
const STEP_S: i64 = 30;
/// Steps a telephone's clock may be off, each way.
const DRIFT: i64 = 1;
/// Codes that work once without the telephone.
pub const SPARE: usize = 8;

/// A second factor as it is kept. The secret has to be readable to compute with; the file is for this user only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totp {
    secret: [u8; 20],
    /// The step of the last code that was taken: neither it nor an earlier one is taken again.
    last_step: i64,
    /// Digests of the spare codes that are left.
    spare: Vec<String>,
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Totp(..)")
    }
}

impl Totp {
    /// A new one without spare codes.
    #[must_use]
    pub const fn new(secret: [u8; 20]) -> Self {
        Self { secret, last_step: i64::MIN, spare: Vec::new() }
    }

    /// These spare codes from now on.
    pub fn set_spare(&mut self, codes: &[String]) {
        self.spare = codes.iter().map(|code| digest(code)).collect();
    }

    /// Takes a code, or a spare one; neither is taken twice (S07).
    #[must_use]
    pub fn take(&mut self, code: &str, now: Micros) -> bool {
        let code = typed(code);
        let step = now.0.div_euclid(1_000_000 * STEP_S);
        let fits = (step - DRIFT..=step + DRIFT).find(|step| *step > self.last_step && self.at(*step) == code);
        if let Some(step) = fits {
            self.last_step = step;
            return true;
        }
        let kept = digest(&code);
        let before = self.spare.len();
        self.spare.retain(|spare| *spare != kept);
        self.spare.len() < before
    }

    /// The six digits of a step.
    fn at(&self, step: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.secret) else { return String::new() };
        mac.update(&step.to_be_bytes());
        let found = mac.finalize().into_bytes();
        let offset = usize::from(found[19] & 15);
        let four = [found[offset] & 0x7f, found[offset + 1], found[offset + 2], found[offset + 3]];
        format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
    }

    /// For typing into the app.
    #[must_use]
    pub fn base32(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let chunk = |chunk: &[u8]| {
            let bits = chunk.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().map(move |n| char::from(LETTERS[(bits >> (5 * n) & 31) as usize])).collect::<String>()
        };
        self.secret.chunks(5).map(chunk).collect()
    }

    /// For a QR picture. `name` is the sign-in name.
    #[must_use]
    pub fn uri(&self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name = name.chars().map(plain).collect::<String>();
        format!("otpauth://totp/Chairside:{name}?secret={}&issuer=Chairside", self.base32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> Totp {
        Totp::new(*b"12345678901234567890")
    }

    fn at(second: i64) -> Micros {
        Micros::from_secs(second)
    }

    /// RFC 6238, appendix B; the last six of its eight digits.
    #[test]
    fn s07_the_codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert!(rfc().take(code, at(second)), "{second}");
        }
        assert_eq!(rfc().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let uri = rfc().uri("le e&x");
        assert_eq!(uri, "otpauth://totp/Chairside:le_e_x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Chairside");
    }

    #[test]
    fn s07_a_code_works_once_and_near_its_time_only() {
        let mut totp = rfc();
        assert!(!totp.take("287082", at(59 + 90)), "too old");
        assert!(!totp.take("287082", at(59 - 90)), "not yet");
        assert!(totp.take("287 082", at(59 + 30)), "a telephone may be half a minute off");
        assert!(!totp.take("287082", at(59)), "taken");
        for wrong in ["", "287083", "28708", "2870820"] {
            assert!(!rfc().take(wrong, at(59)), "{wrong}");
        }
    }

    #[test]
    fn s07_a_spare_code_works_once() {
        let mut totp = rfc();
        totp.set_spare(&["ABCDEFGHJKLMNPQR".to_owned(), "22222222222222222".to_owned()]);
        assert!(totp.take("abcd-efgh-jklm-npqr", at(0)));
        assert!(!totp.take("ABCDEFGHJKLMNPQR", at(0)));
        assert!(totp.take("22222222222222222", at(0)));
        assert!(!totp.take("", at(0)));
    }
}
