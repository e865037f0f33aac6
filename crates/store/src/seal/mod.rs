//! What is signed of a record, and whether a signature holds. `docs/log-format.md`, "The seal", byte by byte.

mod file;
mod key;

pub use file::{FileReport, FileSigned, verify_file};
pub(crate) use file::{Part, Writer};
pub use key::SigningKey;

use crate::canonical::{Canon, Hash, Salt};
use chairside_observation::session::{Act, Kept, Person, Session, SessionId};
use chairside_observation::{Sequence, Timeline};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// Title of the digest of her entries in a block that holds others, too.
pub(crate) const EDGE: &str = "chairside edge 1\n";
/// Title of the digest of one act.
pub(crate) const ACT: &str = "chairside act 1\n";

/// A block of the chair's chain that holds entries of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlock {
    /// Its number in the chain.
    pub number: u64,
    /// First entry in it.
    pub first: Sequence,
    /// Last entry in it.
    pub last: Sequence,
    /// The latest wall time up to it, as the chain has it.
    pub reached_wall_us: i64,
    /// Its hash, which covers every entry and frame in it and all blocks before.
    pub hash: [u8; 32],
    /// Digest of her entries in it, where it holds others, too.
    pub edge: Option<[u8; 32]>,
    /// What the digests of its entries are made with, in a block of form 2 of which nothing is erased. Its hash covers it.
    pub(crate) salt: Option<Salt>,
}

/// Everything of the log that a seal covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// The session.
    pub session: SessionId,
    /// The chair's timeline.
    pub timeline: Timeline,
    /// First entry of her span.
    pub first: Sequence,
    /// Last entry of her span; one less than `first` when nothing of the chair was ever hers.
    pub last: Sequence,
    /// The blocks, in order.
    pub blocks: Vec<SealedBlock>,
    /// Every act with its digest, in order.
    pub acts: Vec<(Sequence, [u8; 32])>,
}

impl Sealing {
    /// The digest a signature covers: of the acts before `signed` and these lines of the summary.
    #[must_use]
    pub fn digest(&self, signed: Option<Sequence>, summary: &str) -> [u8; 32] {
        let mut c = Canon::default();
        c.bytes(b"chairside seal 1\n");
        c.text(self.session.as_str());
        c.text(&self.timeline.key());
        c.u64(self.first.0);
        c.u64(self.last.0);
        c.u64(self.blocks.len() as u64);
        for block in &self.blocks {
            c.u64(block.number);
            c.u64(block.first.0);
            c.u64(block.last.0);
            c.i64(block.reached_wall_us);
            c.bytes(&block.hash);
            c.option(block.edge.as_ref(), |c, edge| c.bytes(edge));
        }
        let acts: Vec<&Hash> =
            self.acts.iter().filter(|(at, _)| signed.is_none_or(|signed| *at < signed)).map(|(_, act)| act).collect();
        c.u64(acts.len() as u64);
        acts.into_iter().for_each(|act| c.bytes(act));
        c.text(summary);
        Sha256::digest(c.into_bytes()).into()
    }
}

/// What is signed: the digest with who signs and what the signature stands for.
fn message(digest: &Hash, by: &Person, meaning: &str) -> Vec<u8> {
    let mut c = Canon::default();
    c.bytes(b"chairside signature 1\n");
    c.bytes(digest);
    c.text(&by.name);
    c.text(by.role.word());
    c.text(meaning);
    c.into_bytes()
}

/// Why a signature does not hold, or `None`.
#[must_use]
pub fn unsound(sealing: &Sealing, signed: &Kept) -> Option<&'static str> {
    let Act::Signed { meaning, digest, key, signature, summary } = &signed.done.act else {
        return Some("the act is no signature");
    };
    if sealing.digest(Some(signed.sequence), summary) != *digest {
        return Some("the record does not say what was signed");
    }
    let Ok(key) = VerifyingKey::from_bytes(key) else { return Some("the public key is none") };
    let sound = key.verify_strict(&message(digest, &signed.done.by, meaning), &Signature::from_bytes(signature));
    sound.is_err().then_some("the signature is not of this digest, person and meaning by this key")
}

/// The span of a session's entries as a seal has it; an open one ends at `head`.
pub(crate) fn span(session: &Session, head: Sequence) -> (Sequence, Sequence) {
    (session.from, session.through.unwrap_or(head))
}
