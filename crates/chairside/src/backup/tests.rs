use super::restore::RestoreError;
use super::*;
use chairside_observation::{Sequence, Timeline};
use chairside_store::story;
use std::os::unix::fs::MetadataExt;
use tempfile::TempDir;

const NOW: Micros = Micros::from_secs(1_795_342_500);

struct House {
    folder: TempDir,
    log: SqliteLog,
}

impl House {
    /// A data folder with a log of three entries, a key and a message that waits.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let log = SqliteLog::open(&data.join("chairside.db"), &clock::boot(), clock::system()).await.unwrap();
        let chair = Timeline::Chair("1".into());
        let act = story::act_batch(&chair, 1, "1-1", story::opened("4711", false));
        log.append(&[act, story::frame_batch(&chair, "oximeter", 2, 1, None)]).await.unwrap();
        std::fs::write(data.join("signing.key"), [7; 32]).unwrap();
        std::fs::create_dir_all(data.join("ehr/waiting")).unwrap();
        std::fs::write(data.join("ehr/waiting/1.hl7"), "MSH|").unwrap();
        std::fs::write(folder.path().join("chairside.toml"), "data = \"data\"\n").unwrap();
        std::fs::create_dir(folder.path().join("to")).unwrap();
        Self { folder, log }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn back_up(&self, encrypt_to: Option<&Recipient>) -> Result<Made, BackupError> {
        let (data, to, config) = (self.at("data"), self.at("to"), self.at("chairside.toml"));
        let database = data.join("chairside.db");
        let config = Some(&*config);
        let wanted = Wanted { data: &data, database: &database, config, to: &to, encrypt_to, now: NOW };
        make(&wanted, &self.log).await
    }

    fn nothing_is_left_behind(&self) {
        assert!(!self.at("data").join(folder::WORK).exists());
        let names = std::fs::read_dir(self.folder.path()).unwrap().map(|e| e.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.starts_with('.'));
        assert!(names.is_empty(), "{names:?}");
    }
}

async fn entries(data: &Path) -> usize {
    let log = SqliteLog::open_read_only(&data.join("chairside.db"), &clock::boot(), clock::system()).await.unwrap();
    log.read(&Timeline::Chair("1".into()), Sequence(0), 99).await.unwrap().len()
}

#[tokio::test]
async fn h28_a_backup_becomes_the_same_data_folder_again() {
    let house = House::new().await;
    let made = house.back_up(None).await.unwrap();
    assert_eq!(made.file, house.at("to/chairside-20261122T101500Z.tar"));
    assert_eq!(made.file.metadata().unwrap().mode() & 0o777, 0o600);
    let names: Vec<&str> = made.manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["chairside.db", "ehr/waiting/1.hl7", "signing.key", CONFIGURATION]);
    let to = house.at("restored");
    let restored = restore::run(&made.file, None, &to).await.unwrap();
    assert_eq!((restored.entries, entries(&to).await), (3, 3));
    assert_eq!(std::fs::read(to.join("signing.key")).unwrap(), [7; 32]);
    assert_eq!(std::fs::read(to.join("ehr/waiting/1.hl7")).unwrap(), b"MSH|");
    assert_eq!(std::fs::read(to.join(CONFIGURATION)).unwrap(), b"data = \"data\"\n");
    for (path, mode) in [("", 0o700), ("ehr", 0o700), ("chairside.db", 0o600), ("signing.key", 0o600)] {
        assert_eq!(to.join(path).metadata().unwrap().mode() & 0o777, mode, "{path:?}");
    }
    house.nothing_is_left_behind();
}

#[tokio::test]
async fn s21_an_encrypted_backup_opens_with_its_key_alone() {
    let house = House::new().await;
    let (ours, others) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    for (name, key) in [("ours", &ours), ("others", &others)] {
        let secret = key.to_string();
        std::fs::write(house.at(name), age::secrecy::ExposeSecret::expose_secret(&secret)).unwrap();
    }
    let recipient: Recipient = ours.to_public().to_string().parse().unwrap();
    let made = house.back_up(Some(&recipient)).await.unwrap();
    assert!(made.file.to_str().unwrap().ends_with(".tar.age"));
    let bytes = std::fs::read(&made.file).unwrap();
    assert!(!bytes.windows(4).any(|w| w == b"4711") && !bytes.windows(4).any(|w| w == b"MSH|"));
    let to = house.at("restored");
    for (identity, expected) in [
        (None, "give the file with its secret key"),
        (Some(house.at("others")), "opens this backup: it was encrypted to another one"),
        (Some(house.at("chairside.toml")), "found no key"),
        (Some(house.at("nothing")), "No such file"),
    ] {
        let error = restore::run(&made.file, identity.as_deref(), &to).await.unwrap_err().to_string();
        assert!(error.contains(expected) && !to.exists(), "{error}");
    }
    restore::run(&made.file, Some(&house.at("ours")), &to).await.unwrap();
    assert_eq!(entries(&to).await, 3);
    // In the head, in the middle, and at the end.
    for at in [3, 60, 150, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&made.file, changed).unwrap();
        let again = house.at("again");
        assert!(restore::run(&made.file, Some(&house.at("ours")), &again).await.is_err(), "byte {at}");
        assert!(!again.exists(), "byte {at}");
    }
    house.nothing_is_left_behind();
}

#[tokio::test]
async fn h28_a_damaged_or_cut_backup_is_refused_and_leaves_nothing() {
    let house = House::new().await;
    let made = house.back_up(None).await.unwrap();
    let whole = std::fs::read(&made.file).unwrap();
    let to = house.at("restored");
    for at in (0..whole.len()).step_by(whole.len() / 40).chain([whole.len() - 1]) {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        for bytes in [&changed[..], &whole[..at]] {
            std::fs::write(&made.file, bytes).unwrap();
            let error = restore::run(&made.file, None, &to).await.unwrap_err();
            assert!(matches!(error, RestoreError::Damaged { .. }) && !to.exists(), "byte {at}: {error}");
        }
    }
    house.nothing_is_left_behind();
}

#[tokio::test]
async fn h28_nothing_is_restored_over_other_files() {
    let house = House::new().await;
    let made = house.back_up(None).await.unwrap();
    let to = house.at("restored");
    std::fs::create_dir(&to).unwrap();
    std::fs::write(to.join("file"), "mine").unwrap();
    let error = restore::run(&made.file, None, &to).await.unwrap_err();
    assert!(matches!(error, RestoreError::NotEmpty(_)), "{error}");
    assert_eq!(std::fs::read(to.join("file")).unwrap(), b"mine");
    std::fs::remove_file(to.join("file")).unwrap();
    restore::run(&made.file, None, &to).await.unwrap();
    assert_eq!(entries(&to).await, 3, "an empty folder is as good as none");
}

/// A log that does not verify is not put into a backup, and one in a backup is not restored: its digests are made again as
/// somebody would who wants to hide a change.
#[tokio::test]
async fn h28_a_log_that_does_not_verify_is_neither_backed_up_nor_restored() {
    let house = House::new().await;
    let made = house.back_up(None).await.unwrap();
    let to = house.at("restored");
    restore::run(&made.file, None, &to).await.unwrap();
    let database = to.join("chairside.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(8).position(|w| w == b"oximeter").unwrap();
    bytes[at] = b'O';
    std::fs::write(&database, &bytes).unwrap();

    let log = SqliteLog::open_read_only(&database, &clock::boot(), clock::system()).await.unwrap();
    let backups = house.at("to");
    let wanted =
        Wanted { data: &to, database: &database, config: None, to: &backups, encrypt_to: None, now: Micros(0) };
    let error = make(&wanted, &log).await.unwrap_err();
    assert!(matches!(error, BackupError::Broken(_)), "{error}");
    assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 1, "only the good one is there");

    let mut writer = Writer::new(Vec::new());
    writer.file("chairside.db", bytes.len() as u64, &*bytes).unwrap();
    let about = |files| Manifest { files, ..made.manifest.clone() };
    std::fs::write(&made.file, writer.finish(about).unwrap().0).unwrap();
    let error = restore::run(&made.file, None, &house.at("again")).await.unwrap_err();
    assert!(matches!(error, RestoreError::Broken(_)), "{error}");
    assert!(!house.at("again").exists());
}

#[tokio::test]
async fn a_backup_is_made_by_one_program_at_a_time_and_elsewhere() {
    let house = House::new().await;
    let held = claim(&house.at("data")).unwrap();
    assert!(matches!(house.back_up(None).await.unwrap_err(), BackupError::Busy(_)));
    drop(held);
    // What a killed one left is in nobody's way.
    std::fs::create_dir(house.at("data").join(folder::WORK)).unwrap();
    std::fs::write(house.at("data").join(folder::WORK).join("chairside.db"), "half").unwrap();
    std::fs::write(house.at("to/chairside-20260101T000000Z.tar.part"), "half").unwrap();
    house.back_up(None).await.unwrap();
    assert_eq!(std::fs::read_dir(house.at("to")).unwrap().count(), 1);
    let (data, database) = (house.at("data"), house.at("data/chairside.db"));
    let inside = data.join("backups");
    let wanted = Wanted { data: &data, database: &database, config: None, to: &inside, encrypt_to: None, now: NOW };
    assert!(matches!(make(&wanted, &house.log).await.unwrap_err(), BackupError::Inside(_)));
}

#[test]
fn only_the_oldest_backups_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "chairside-20260101T000000Z.tar",
        "chairside-20260102T000000Z.tar.age",
        "chairside-20260103T000000Z.tar",
        "chairside-2025.tar",
        "chairside-20250101T000000Z.tar.part",
        "holiday.tar",
        "chairside-20250101T000000Z.txt",
    ];
    for name in names {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    assert_eq!(thin_out(folder.path(), 2).unwrap(), [names[0]]);
    assert_eq!(thin_out(folder.path(), 2).unwrap(), [""; 0]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
}
