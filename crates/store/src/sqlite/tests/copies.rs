//! Copies of a log that is being written.

use super::with_journal::{held, let_go, rows};
use super::*;

async fn copied(log: &SqliteLog) -> (TempDir, SqliteLog) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    log.copy_to(&path).await.unwrap();
    let copy = SqliteLog::open_read_only(&path, "boot-1", clock()).await.unwrap();
    (folder, copy)
}

async fn expect_whole(copy: &SqliteLog, entries: usize) {
    assert_eq!(copy.read(&timeline(0), Sequence(0), usize::MAX).await.unwrap().len(), entries);
    let verified = copy.verify().await.unwrap();
    assert_eq!((verified.entries, verified.broken), (entries as u64, Vec::new()));
}

/// From the program that writes and from another one, while the database is behind the journal.
#[tokio::test]
async fn h28_a_copy_has_what_only_the_journal_had() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    log.append(&rows(5)).await.unwrap();
    expect_whole(&copied(&log).await.1, 12).await;
    let other = SqliteLog::open_read_only(&folder.path().join("log.db"), "boot-1", clock()).await.unwrap();
    log.append(&[frame_batch(&timeline(0), "s", 13, 9, Some(FrameKey([99; 16])))]).await.unwrap();
    expect_whole(&copied(&other).await.1, 14).await;
    let_go(&log);
    log.close().await.unwrap();
    expect_whole(&copied(&other).await.1, 14).await;
}

#[tokio::test]
async fn h28_a_copy_is_a_log_that_goes_on_and_its_file_is_closed_to_others() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    log.append(&rows(2)).await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("copy.db");
    log.copy_to(&path).await.unwrap();
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "one file, and nothing beside it");
    let goes_on = SqliteLog::open(&path, "boot-2", clock()).await.unwrap();
    goes_on.append(&[frame_batch(&timeline(0), "s", 7, 9, Some(FrameKey([99; 16])))]).await.unwrap();
    goes_on.close().await.unwrap();
    expect_whole(&SqliteLog::open_read_only(&path, "boot-2", clock()).await.unwrap(), 8).await;
    let_go(&log);
}

#[tokio::test]
async fn h28_what_cannot_be_copied_whole_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    for row in rows(5) {
        log.append(&[row]).await.unwrap();
    }
    let other = SqliteLog::open_read_only(&folder.path().join("log.db"), "boot-1", clock()).await.unwrap();
    let there = folder.path().join("there.db");
    std::fs::write(&there, "something").unwrap();
    assert!(log.copy_to(&there).await.is_err(), "a file that is there is not overwritten");
    assert_eq!(std::fs::read(&there).unwrap(), b"something");
    // The first record that only the journal has is damaged, and whole ones follow.
    let journal = folder.path().join("log.db.journal-1");
    let mut bytes = std::fs::read(&journal).unwrap();
    let at = bytes.windows(8).position(|w| w == b"chsrec1\n").unwrap();
    bytes[at + 200] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let error = other.copy_to(&folder.path().join("copy.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
    let_go(&log);
}
