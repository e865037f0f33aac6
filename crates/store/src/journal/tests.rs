//! The journal's bytes: whole, torn at every length, damaged at every bit; and which pages are free.

use super::file::{first_page, salt_of};
use super::*;
use crate::canonical::Hash;
use proptest::prelude::*;
use std::collections::VecDeque;

const SALT: Salt = [7; 16];
const CHAIN: Hash = [9; 32];

/// A journal with one record for each payload, from number `applied + 1` on, over `old` bytes.
struct Built {
    bytes: Vec<u8>,
    /// Where each record begins, and how long head and payload are.
    places: Vec<(usize, usize)>,
}

fn build(old: &[u8], applied: u64, payloads: &[&[u8]]) -> Built {
    let mut bytes = old.to_vec();
    let (mut at, mut chain, mut places) = (PAGE, CHAIN, Vec::new());
    for (payload, number) in payloads.iter().zip(applied + 1..) {
        let (record, digest) = seal(&SALT, number, &chain, payload).unwrap();
        bytes[at..at + record.len()].copy_from_slice(&record);
        places.push((at, 100 + payload.len()));
        at += record.len();
        chain = digest;
    }
    Built { bytes, places }
}

fn found(bytes: &[u8], applied: u64) -> Result<(Vec<u64>, Option<u64>), String> {
    let found = unapplied(&[(SALT, bytes)], applied, CHAIN).map_err(|damage| damage.found)?;
    Ok((found.records.iter().map(|record| record.number).collect(), found.torn))
}

/// Payloads of one page, of exactly one page with the head, and of three.
fn payloads() -> [Vec<u8>; 3] {
    [vec![1; 500], (0..PAGE - 100).map(|n| n.to_le_bytes()[0]).collect(), vec![3; 2 * PAGE + 17]]
}

#[test]
fn what_was_written_is_read_in_order() {
    let payloads = payloads();
    let refs: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    let built = build(&vec![0; 8 * PAGE], 40, &refs);
    let all = unapplied(&[(SALT, &built.bytes)], 40, CHAIN).unwrap();
    assert_eq!(all.records.iter().map(|record| record.payload).collect::<Vec<_>>(), refs);
    assert_eq!((all.records[2].number, all.torn), (43, None));
    assert_eq!(pages_of(refs[1].len()), 1);
    assert_eq!(pages_of(refs[1].len() + 1), 2);
}

/// What a journal looks like before its last write: new, or full of records the database has.
fn olds() -> [Vec<u8>; 2] {
    let old: Vec<Vec<u8>> = (0..7).map(|n| vec![n; 900]).collect();
    let refs: Vec<&[u8]> = old.iter().map(Vec::as_slice).collect();
    [vec![0; 8 * PAGE], build(&vec![0; 8 * PAGE], 10, &refs).bytes]
}

#[test]
fn a_torn_end_is_known_at_every_length() {
    let payloads = payloads();
    let refs: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    for old in olds() {
        let before = build(&old, 40, &refs[..2]).bytes;
        let Built { bytes: after, places } = build(&old, 40, &refs);
        let (at, length) = places[2];
        for cut in 0..=length {
            let mut torn = before.clone();
            torn[at..at + cut].copy_from_slice(&after[at..at + cut]);
            let expected = match cut {
                // What came is the same as what had been there only by chance, and never for the head.
                _ if torn[at..at + length] == after[at..at + length] => (vec![41, 42, 43], None),
                100.. => (vec![41, 42], Some(43)),
                _ => (vec![41, 42], None),
            };
            assert_eq!(found(&torn, 40), Ok(expected), "cut after {cut} of {length} bytes");
        }
        // A disk may write the pages of the last write in any order.
        for pages in 0..8_usize {
            let mut torn = before.clone();
            for page in (0..3).filter(|page| pages & (1 << page) != 0) {
                let page = at + page * PAGE..at + (page + 1) * PAGE;
                torn[page.clone()].copy_from_slice(&after[page]);
            }
            let (records, _) = found(&torn, 40).unwrap();
            assert_eq!(records.len(), if pages == 7 { 3 } else { 2 }, "pages {pages:03b}");
        }
    }
}

#[test]
fn p06_a_flipped_bit_is_never_dropped_without_a_word() {
    let payloads = payloads();
    let refs: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    let Built { mut bytes, places } = build(&vec![0; 8 * PAGE], 40, &refs);
    for (record, (at, length)) in places.into_iter().enumerate() {
        // Every bit of every head and of a record's beginning and end; every bit of a byte in 13 between.
        let positions = (0..length).filter(|n| *n < 300 || *n + 40 > length || n % 13 == 0);
        for position in positions.flat_map(|n| (0..8).map(move |bit| (at + n, 1 << bit))) {
            bytes[position.0] ^= position.1;
            match found(&bytes, 40) {
                Err(words) => assert!(record < 2 && words.contains("page"), "{words}"),
                // Only the last record can be taken for a write that never had a receipt.
                Ok((records, _)) => assert_eq!((record, records), (2, vec![41, 42]), "at {position:?}"),
            }
            bytes[position.0] ^= position.1;
        }
    }
    assert_eq!(found(&bytes, 40), Ok((vec![41, 42, 43], None)));
}

#[test]
fn what_the_database_has_may_be_damaged_or_written_over() {
    let payloads = payloads();
    let refs: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    let Built { mut bytes, places } = build(&vec![0; 8 * PAGE], 40, &refs);
    bytes[places[0].0 + 3] ^= 1;
    bytes[places[1].0 + 200] ^= 1;
    let second = seal(&SALT, 42, &seal(&SALT, 41, &CHAIN, refs[0]).unwrap().1, refs[1]).unwrap().1;
    let all = unapplied(&[(SALT, &bytes)], 42, second).unwrap();
    assert_eq!(all.records.len(), 1);
    assert_eq!(found(&bytes, 43), Ok((vec![], None)));
}

#[test]
fn h17_records_that_do_not_belong_here_are_refused() {
    let Built { bytes, .. } = build(&vec![0; 8 * PAGE], 40, &[b"one", b"two"]);
    let other_chain = unapplied(&[(SALT, &bytes)], 40, [1; 32]).unwrap_err();
    assert!(other_chain.found.contains("does not follow"), "{other_chain:?}");
    let gap = unapplied(&[(SALT, &bytes)], 38, CHAIN).unwrap_err();
    assert_eq!(gap.expected, 39);
    assert_eq!(
        unapplied(&[([8; 16], &bytes)], 40, CHAIN).unwrap().records,
        [],
        "another salt: bytes that only look so"
    );
    // The same with two files, as between a failed flush and the removal of its file.
    let Built { bytes: first, places } = build(&vec![0; 4 * PAGE], 40, &[b"one", b"two"]);
    let mut second = vec![0; 4 * PAGE];
    second[PAGE..2 * PAGE].copy_from_slice(&first[places[1].0..places[1].0 + PAGE]);
    let mut first = first;
    first[places[1].0..].fill(0);
    assert_eq!(unapplied(&[(SALT, &first), (SALT, &second)], 40, CHAIN).unwrap().records.len(), 2);
}

#[test]
fn a_journal_knows_its_own_first_page() {
    let mut bytes = first_page(&SALT, 4);
    bytes.resize(4 * PAGE, 0);
    assert_eq!(salt_of(&bytes), Ok(SALT));
    assert!(salt_of(&bytes[..3 * PAGE]).unwrap_err().contains("pages"));
    assert!(salt_of(&[]).is_err());
    for position in 0..64 {
        bytes[position] ^= 4;
        assert!(salt_of(&bytes).is_err(), "byte {position}");
        bytes[position] ^= 4;
    }
}

proptest! {
    #[test]
    fn no_page_that_is_needed_is_written_again(steps in prop::collection::vec((1..5_u64, 0..3_u64), 1..200)) {
        const PAGES: u64 = 16;
        let mut ring = Ring::new(PAGES);
        let mut held: VecDeque<(u64, std::ops::Range<u64>)> = VecDeque::new();
        for (number, (count, release)) in steps.into_iter().enumerate() {
            let number = number as u64;
            if let Some(page) = ring.place(count) {
                let taken = page..page + count;
                assert!(taken.start >= 1 && taken.end <= PAGES);
                assert!(held.iter().all(|(_, h)| h.end <= taken.start || taken.end <= h.start), "{taken:?} of {held:?}");
                ring.hold(number, page, count);
                held.push_back((number, taken));
            } else {
                assert!(!held.is_empty(), "an empty journal has room for {count}");
            }
            let used: u64 = held.iter().map(|(_, h)| h.end - h.start).sum();
            assert!(used * 2 <= PAGES || ring.is_crowded());
            for _ in 0..release {
                if let Some((number, _)) = held.pop_front() {
                    ring.release(number);
                }
            }
        }
    }
}
