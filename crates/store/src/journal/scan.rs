//! What is in a journal at a start: the records the database does not have, what is only the torn end of the last write,
//! and what is damage.

use super::record::{self, Head, PAGE, Salt};
use crate::canonical::Hash;

/// A record the database does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) number: u64,
    pub(crate) digest: Hash,
    pub(crate) payload: &'a [u8],
}

/// What the database does not have, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unapplied<'a> {
    pub(crate) records: Vec<Found<'a>>,
    /// Number of a last record that was begun and is not whole: a write without a receipt.
    pub(crate) torn: Option<u64>,
}

/// A record with a receipt that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Number of the record that was expected.
    pub(crate) expected: u64,
    /// What there is instead.
    pub(crate) found: String,
}

struct Seen<'a> {
    head: Head,
    page: usize,
    payload: Option<&'a [u8]>,
}

/// Finds the records after `applied`, whose digest is `chain`, in the pages of all journal files.
///
/// Records are numbered without a gap, and each is flushed before the next one is written. So whatever does not fit is the
/// end of the last write if nothing comes after it, and damage if anything does.
pub(crate) fn unapplied<'a>(files: &[(Salt, &'a [u8])], applied: u64, chain: Hash) -> Result<Unapplied<'a>, Damage> {
    let mut seen: Vec<Seen<'a>> = files.iter().flat_map(|(salt, pages)| heads(salt, pages, applied)).collect();
    seen.sort_by_key(|seen| (seen.head.number, seen.payload.is_none()));
    let mut found = Unapplied::default();
    let (mut expected, mut previous) = (applied + 1, chain);
    let last = seen.last().map_or(0, |seen| seen.head.number);
    for Seen { head, page, payload } in seen {
        let damage = |found: String| Err(Damage { expected, found });
        match payload {
            _ if head.number != expected => {
                return damage(format!(
                    "record {} in page {page}; what comes before it is damaged or gone",
                    head.number
                ));
            }
            None if head.number == last => found.torn = Some(head.number),
            None => return damage(format!("a damaged record in page {page}, and whole ones after it")),
            Some(_) if head.previous != previous => {
                return damage(format!("a record in page {page} that does not follow the one before"));
            }
            Some(payload) => {
                found.records.push(Found { number: head.number, digest: head.digest, payload });
                previous = head.digest;
                expected += 1;
            }
        }
    }
    Ok(found)
}

/// Every page that begins a record after `applied`.
fn heads<'a>(salt: &Salt, pages: &'a [u8], applied: u64) -> Vec<Seen<'a>> {
    let starts = pages.chunks(PAGE).enumerate();
    let heads = starts.filter_map(|(page, bytes)| Some((page, record::head(salt, bytes)?)));
    heads
        .filter(|(_, head)| head.number > applied)
        .map(|(page, head)| Seen { head, page, payload: record::payload(salt, &head, &pages[page * PAGE..]) })
        .collect()
}
