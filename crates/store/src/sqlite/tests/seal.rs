//! What is signed stays what it was, in the log and in a file.

use super::index::{Chair, WHOLE, ada, text};
use super::*;
use crate::find_session;
use crate::seal::{SigningKey, unsound, verify_file};
use chairside_observation::session::{Act, Session};

const KEY: [u8; 32] = [7; 32];
const LINES: &str = "peak systolic\t131";

/// A session with frames before, in and after its span, each append a block of its own.
pub(crate) async fn held(log: &SqliteLog) -> (Chair, String) {
    let mut chair = Chair::new("1");
    chair.batches.push(frame_batch(&chair.timeline, "s", 1, 1, None));
    chair.next = 3;
    let id = chair.session(2, "Doe, Jane", false);
    for second in 3..40 {
        let batch = frame_batch(&chair.timeline, "s", chair.next, second, None);
        chair.batches.push(batch);
        chair.next += 2;
    }
    chair.way(41, &id, &WHOLE);
    // The last block of her span holds the next patient's first reading, too.
    chair.batches.push(frame_batch(&chair.timeline, "s", chair.next, 50, None));
    chair.next += 2;
    for some in chair.batches.chunks(5) {
        log.append(some).await.unwrap();
        log.verify().await.unwrap();
    }
    chair.batches.clear();
    (chair, id)
}

pub(crate) async fn sign(log: &SqliteLog, chair: &mut Chair, id: &str) {
    let sealing = log.sealing(&id.into()).await.unwrap().unwrap();
    let (key, digest) = (SigningKey::new(&KEY), sealing.digest(None, LINES));
    let signature = key.sign(&digest, &ada(), "read and agreed");
    let (meaning, summary, key) = (text("read and agreed"), text(LINES), key.public());
    chair.act(60, id, false, Act::Signed { meaning, digest, key, signature, summary });
    chair.act(61, id, false, Act::Addendum { text: text("called her at home") });
    log.append(&chair.batches).await.unwrap();
    chair.batches.clear();
}

async fn why(log: &SqliteLog, id: &str) -> Option<&'static str> {
    let session: Session = find_session(log, &id.into()).await.unwrap().unwrap().1;
    unsound(&log.sealing(&id.into()).await.unwrap().unwrap(), session.signed().unwrap())
}

#[tokio::test]
async fn p06_a_signed_record_holds_and_an_addendum_does_not_touch_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let (mut chair, id) = held(&log).await;
    let file = log.record_file(&id.as_str().into(), "0.1.0").await.unwrap().unwrap();
    let unsigned = verify_file(&file);
    assert_eq!((unsigned.broken.as_slice(), &unsigned.signed), (&[][..], &None));
    sign(&log, &mut chair, &id).await;
    assert_eq!(why(&log, &id).await, None);
    let file = log.record_file(&id.as_str().into(), "0.1.0").await.unwrap().unwrap();
    let report = verify_file(&file);
    assert!(report.broken.is_empty(), "{report:?}");
    assert_eq!((report.session.as_str(), report.entries, report.frames), (&*id, 80, 37));
    let signed = report.signed.unwrap();
    assert_eq!((&*signed.by, &*signed.meaning), ("Ada, reviewer", "read and agreed"));
    let foreign = b"PR=045 at 50";
    assert!(!file.windows(foreign.len()).any(|bytes| bytes == foreign), "nothing of the next patient is in it");
    let verified = log.verify().await.unwrap();
    assert_eq!((verified.broken.as_slice(), verified.seals), (&[][..], 1));
    assert_eq!(log.sealing(&"1-999".into()).await.unwrap(), None);
}

#[tokio::test]
async fn h17_a_thousand_damages_of_a_records_file_are_all_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let (mut chair, id) = held(&log).await;
    sign(&log, &mut chair, &id).await;
    let whole = log.record_file(&id.as_str().into(), "0.1.0").await.unwrap().unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let mut blocks = 0;
    for round in 0..1000 {
        let mut file = whole.clone();
        let at = random(file.len());
        match round % 4 {
            0 => file.truncate(at),
            1 => drop(file.remove(at)),
            2 => file.insert(at, file[at] ^ 0x55),
            _ => file[at] ^= 1 << random(8),
        }
        let broken = verify_file(&file).broken;
        assert_eq!(broken.len(), 1, "round {round}, byte {at} of {}", whole.len());
        blocks += usize::from(broken[0].starts_with("block "));
    }
    assert!(blocks > 500, "most of a file is blocks, and those are named: {blocks}");
}

#[tokio::test]
async fn h17_a_changed_act_block_or_signature_under_a_signed_record_is_found_by_verify() {
    let spoils = [
        ("UPDATE note SET text = replace(text, 'Doe', 'Roe') WHERE text LIKE '%Doe, Jane%'", "entry"),
        ("UPDATE note SET text = replace(text, 'read and agreed', 'read and denied')", "seal of session"),
        ("UPDATE block SET hash = zeroblob(32) WHERE number = 3", "chain"),
        ("UPDATE frame SET raw = zeroblob(length(raw)) WHERE id = 5", "chain"),
    ];
    for (spoil, expected) in spoils {
        let folder = tempfile::tempdir().unwrap();
        let log = open(&folder).await;
        let (mut chair, id) = held(&log).await;
        sign(&log, &mut chair, &id).await;
        log.close().await.unwrap();
        let mut conn = SqliteConnectOptions::new().filename(folder.path().join("log.db")).connect().await.unwrap();
        sqlx::raw_sql(spoil).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let log = open(&folder).await;
        let broken = log.verify().await.unwrap().broken;
        assert!(broken.iter().any(|sentence| sentence.contains(expected)), "{spoil}: {broken:?}");
        if let Ok(Some(file)) = log.record_file(&id.as_str().into(), "0.1.0").await {
            assert!(!verify_file(&file).broken.is_empty(), "{spoil}");
        }
    }
}

#[test]
fn s22_a_signing_key_is_made_once_closed_and_of_its_length() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signing.key");
    let made = SigningKey::load_or_make(&path, || Ok(KEY)).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = SigningKey::load_or_make(&path, || panic!("it is there")).unwrap();
    assert_eq!(made.public(), again.public());
    assert!(!format!("{made:?}").contains("0707"), "the secret is in no message");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(SigningKey::load_or_make(&path, || Ok(KEY)).unwrap_err().to_string().contains("others can read"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, b"short").unwrap();
    assert!(SigningKey::load_or_make(&path, || Ok(KEY)).unwrap_err().to_string().contains("5 bytes"));
}

#[path = "../../../../../tests/hostile/dice.rs"]
mod dice;

/// The sections of a file, unpacked.
fn sections(file: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let (mut rest, mut all) = (&file[b"chairside record 1\n".len()..], Vec::new());
    while rest[0] != b'E' {
        let length = u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize;
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&rest[5..5 + length]), &mut bytes).unwrap();
        all.push((rest[0], bytes));
        rest = &rest[5 + length..];
    }
    all
}

/// A file of these sections whose digest fits.
fn packed(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    use sha2::Digest;
    let mut file = b"chairside record 1\n".to_vec();
    for (kind, bytes) in sections {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        let packed = encoder.finish().unwrap();
        file.push(*kind);
        file.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_be_bytes());
        file.extend_from_slice(&packed);
    }
    file.push(b'E');
    let digest = sha2::Sha256::digest(&file);
    file.extend_from_slice(&digest);
    file
}

/// Somebody else's file is checked on any machine: it may say what it likes, with a digest that fits.
#[tokio::test]
async fn p12_no_file_of_a_record_breaks_the_check_whatever_its_digests_say() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder).await;
    let (mut chair, id) = held(&log).await;
    sign(&log, &mut chair, &id).await;
    let whole = log.record_file(&id.as_str().into(), "0.1.0").await.unwrap().unwrap();
    let good = sections(&whole);
    assert!(verify_file(&packed(&good)).broken.is_empty());
    // Numbers no log has, in the head and in the first block.
    let mut absurd = good.clone();
    let end = absurd[0].1.len() - b"....0.1.0".len();
    absurd[0].1[end - 16..end - 8].fill(0xFF);
    absurd[1].1[..8].fill(0xFF);
    assert!(!verify_file(&packed(&absurd)).broken.is_empty());
    let mut dice = dice::Dice::new(0x5EED_0001);
    let mut found = 0;
    let rounds = dice::rounds(3000);
    for _ in 0..rounds {
        let mut spoiled = good.clone();
        let which = dice.roll(spoiled.len());
        let (kind, bytes) = &mut spoiled[which];
        let end = bytes.len();
        match (dice.roll(4), *kind) {
            // The numbers of the head stand before the version, at its end.
            (0 | 1, b'H') => {
                let at = end - b"....0.1.0".len() - 8 * (1 + dice.roll(4));
                bytes[at..at + 8].fill(dice.one(&[0, 0x7F, 0xFF]));
            }
            (0, _) => {
                let at = dice.roll(end.saturating_sub(8));
                bytes[at..(at + 8).min(end)].fill(dice.one(&[0, 0x7F, 0x80, 0xFF]));
            }
            _ => *bytes = dice.bytes(bytes),
        }
        let report = verify_file(&packed(&spoiled));
        found += usize::from(!report.broken.is_empty());
    }
    assert!(found > rounds / 2, "{found}");
}
