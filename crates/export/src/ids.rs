//! Ids that follow from the content: the same record gives the same ids each time, so a bundle sent again names the same
//! resources.

use crate::Record;
use sha2::{Digest, Sha256};

/// A UUID of version 8 (RFC 9562: made by a rule of one's own): the first 128 bits of a SHA-256.
pub(crate) fn uuid(kind: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update("chairside id 1\n");
    for part in std::iter::once(&kind).chain(parts) {
        // Lengths first, so that two lists of parts never run together.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The id of the session among the sessions of every clinic: its own id alone says chair and entry only.
pub(crate) fn session(record: &Record) -> String {
    let session = &record.session;
    let opened = session.acts.first().map_or(session.opened, |opening| opening.received).wall.0.to_string();
    uuid("session", &[session.id.as_str(), &opened, &session.patient.id, &session.patient.born])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_its_parts_and_has_the_form_of_a_uuid() {
        let one = uuid("device", &["a", "bc"]);
        assert_eq!(one, uuid("device", &["a", "bc"]));
        assert_ne!(one, uuid("device", &["ab", "c"]));
        assert_ne!(one, uuid("patient", &["a", "bc"]));
        let groups: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&one[14..15], "8");
        assert!(["8", "9", "a", "b"].contains(&&one[19..20]));
    }
}
