//! One record: a head with its own check, a payload, a digest that chains it to the record before.

use crate::canonical::Hash;
use sha2::{Digest, Sha256};

/// A record begins on a multiple of this, and is filled up with zeros to one: the unit in which disks and systems write.
pub(crate) const PAGE: usize = 4096;
/// What a record begins with.
const MAGIC: [u8; 8] = *b"chsrec1\n";
/// Domains of the two digests, so that neither can be taken for anything else.
const RECORD: &[u8] = b"chairside journal record 1\n";
const HEAD: &[u8] = b"chairside journal head 1\n";

const NUMBER: usize = 8;
const LENGTH: usize = 16;
const PREVIOUS: usize = 20;
const DIGEST: usize = 52;
const CHECK: usize = 84;
/// Bytes before the payload.
pub(super) const HEAD_BYTES: usize = 100;

/// What makes the heads of one journal file its own: a message that looks like a record never is one.
pub(crate) type Salt = [u8; 16];

/// Head of a record that fits its check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) length: usize,
    pub(super) previous: Hash,
    pub(super) digest: Hash,
}

/// Pages a payload of this length takes.
pub(crate) const fn pages_of(payload: usize) -> u64 {
    (HEAD_BYTES + payload).div_ceil(PAGE) as u64
}

/// Bytes of a record as they are written, and its digest. `None`: the payload is longer than any record can be.
pub(crate) fn seal(salt: &Salt, number: u64, previous: &Hash, payload: &[u8]) -> Option<(Vec<u8>, Hash)> {
    let length = u32::try_from(payload.len()).ok()?;
    let digest = digest(salt, number, length, previous, payload);
    let mut bytes = Vec::with_capacity((HEAD_BYTES + payload.len()).next_multiple_of(PAGE));
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(previous);
    bytes.extend_from_slice(&digest);
    let check = check(salt, &bytes);
    bytes.extend_from_slice(&check);
    bytes.extend_from_slice(payload);
    bytes.resize(bytes.len().next_multiple_of(PAGE), 0);
    Some((bytes, digest))
}

fn digest(salt: &Salt, number: u64, length: u32, previous: &Hash, payload: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(RECORD);
    hasher.update(salt);
    hasher.update(number.to_be_bytes());
    hasher.update(length.to_be_bytes());
    hasher.update(previous);
    hasher.update(payload);
    hasher.finalize().into()
}

fn check(salt: &Salt, head: &[u8]) -> [u8; HEAD_BYTES - CHECK] {
    let mut hasher = Sha256::new();
    hasher.update(HEAD);
    hasher.update(salt);
    hasher.update(head);
    let whole: Hash = hasher.finalize().into();
    let mut short = [0; HEAD_BYTES - CHECK];
    short.copy_from_slice(&whole[..HEAD_BYTES - CHECK]);
    short
}

/// The head at the beginning of a page, when there is one that fits its check.
pub(super) fn head(salt: &Salt, page: &[u8]) -> Option<Head> {
    let bytes = page.get(..HEAD_BYTES)?;
    if bytes[..NUMBER] != MAGIC || bytes[CHECK..] != check(salt, &bytes[..CHECK]) {
        return None;
    }
    let length = u32::from_be_bytes(bytes[LENGTH..PREVIOUS].try_into().ok()?);
    Some(Head {
        number: u64::from_be_bytes(bytes[NUMBER..LENGTH].try_into().ok()?),
        length: usize::try_from(length).ok()?,
        previous: bytes[PREVIOUS..DIGEST].try_into().ok()?,
        digest: bytes[DIGEST..CHECK].try_into().ok()?,
    })
}

/// The payload behind a head, when it is what was written.
pub(super) fn payload<'a>(salt: &Salt, head: &Head, record: &'a [u8]) -> Option<&'a [u8]> {
    let payload = record.get(HEAD_BYTES..HEAD_BYTES.checked_add(head.length)?)?;
    let length = u32::try_from(head.length).ok()?;
    (digest(salt, head.number, length, &head.previous, payload) == head.digest).then_some(payload)
}
