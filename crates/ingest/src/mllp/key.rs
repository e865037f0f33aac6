//! The key that makes a repeated message the same message (H19).

use super::messages::{self, Message};
use chairside_observation::{FrameKey, SourceId};
use sha2::{Digest, Sha256};

/// Digest of source, MSH-10 and bytes. `None` where a repetition proves nothing: no header, no MSH-10, a batch, or a
/// profile whose MSH-10 is a kind of message. Same MSH-10 with other bytes is another message.
#[must_use]
pub(crate) fn of(source: &SourceId, profile: Option<&str>, raw: &[u8]) -> Option<FrameKey> {
    let messages = Message::all(raw);
    let [message] = messages.as_slice() else { return None };
    let id = message.header.control_id;
    if id.is_empty() || !messages::profile(profile, raw).control_id_is_unique() {
        return None;
    }
    let mut digest = Sha256::new();
    for part in [source.as_str().as_bytes(), id, raw] {
        // The length in front keeps `ab`+`c` and `a`+`bc` apart.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let whole: [u8; 32] = digest.finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(&whole[..16]);
    Some(FrameKey(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(source: &str, profile: Option<&str>, raw: &str) -> Option<FrameKey> {
        of(&source.into(), profile, raw.as_bytes())
    }

    #[test]
    fn h19_only_the_same_bytes_from_the_same_source_are_the_same_message() {
        let message = "MSH|^~\\&|GE||||t||ORU^R01|17|P|2.6\rOBX|1\r";
        let first = key("a", None, message);
        assert!(first.is_some());
        assert_eq!(first, key("a", None, message));
        assert_ne!(first, key("b", None, message));
        assert_ne!(first, key("a", None, &message.replace("OBX|1", "OBX|2")));
    }

    #[test]
    fn h19_where_msh_10_is_no_id_nothing_is_a_repetition() {
        let pds = "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX|1\r";
        assert_eq!(key("a", Some("pds"), pds), None);
        assert_eq!(key("a", Some("auto"), pds), None, "the shape tells it");
        assert_eq!(key("a", None, "MSH|^~\\&|GE||||t||ORU^R01||P|2.6\r"), None, "no MSH-10");
        assert_eq!(key("a", None, "no header"), None);
    }
}
