use super::*;
use chairside_observation::session::{Act, ActKey, Done, EntryKind, Patient, Person, Phase, Plan, Role, TypedVital};
use chairside_observation::{Decimal, Deed, Entry, Received, Sequence, Vital, What};
use chairside_store::Batch;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use tempfile::TempDir;

/// 2026-03-02 23:30 UTC, which is the 3rd in Berlin.
const LATE: i64 = 1_772_494_200;
const DAY: i64 = 86_400;

/// A log of three sessions at one chair: on the 2nd and the 3rd of March on the clinic's clock, and one that goes on.
struct Rig {
    folder: TempDir,
    config: Config,
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: folder.path().into(),
            database: folder.path().join("log.db"),
            zone: TimeZone::get("Europe/Berlin").expect("a zone"),
            ..Config::embedded()
        };
        let log = SqliteLog::open(&config.database, "boot", clock::system()).await.expect("a log");
        let mut next = 1;
        for (begin, is_over) in [(LATE - DAY / 2, true), (LATE, true), (LATE + DAY, false)] {
            let id = format!("1-{next}");
            let mut acts = vec![opened(), typed(), note(), moved(Phase::Cancelled)];
            if !is_over {
                acts.pop();
            }
            for act in acts {
                log.append(&[batch(&id, next, begin, act)]).await.expect("appended");
                next += 1;
            }
        }
        Self { folder, config }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    async fn run(&self, days: (Option<&str>, Option<&str>), pseudonymous: bool) -> Result<Report, ExportError> {
        let day = |text: Option<&str>| text.map(|text| text.parse().expect("a day"));
        let out = self.out();
        let wanted = Wanted {
            config: &self.config,
            by: &Person { name: "command line, user ann".into(), role: Role::Reviewer },
            from: day(days.0),
            to: day(days.1),
            only: None,
            formats: &[Format::Csv, Format::Fhir],
            options: Options::default(),
            out: &out,
            pseudonymous,
        };
        run(&wanted, &ProgressBar::hidden()).await
    }

    fn folders(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(self.out()).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
    }
}

pub(crate) fn batch(session: &str, sequence: u64, second: i64, act: Act) -> Arc<Batch> {
    let by = Person { name: "Ada Nurse".into(), role: Role::Nurse };
    let done = Done { session: session.into(), by, key: ActKey(u128::from(sequence)), about: None, act };
    let micros = Micros::from_secs(second) + Micros::from_secs(i64::try_from(sequence).expect("small"));
    let entry = Entry {
        timeline: Timeline::Chair("1".into()),
        sequence: Sequence(sequence),
        received: Received { mono: micros, wall: micros },
        age: Micros(0),
        source: None,
        what: What::Deed(Deed::Session(Box::new(done))),
    };
    Arc::new(Batch { frame: None, entries: vec![entry] })
}

pub(crate) fn opened() -> Act {
    let text = |text: &str| text.into();
    let patient = Patient { id: text("20041"), name: text("=Doe, Jane"), born: text("1980-02-29"), alias: text("J") };
    let plan = Plan {
        template: text("IV"),
        number: 1,
        of: None,
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    };
    Act::Opened { patient, plan, planned: false }
}

pub(crate) fn typed() -> Act {
    Act::Typed { values: vec![TypedVital { vital: Vital::Spo2, values: vec![Decimal::whole(96)] }] }
}

fn note() -> Act {
    Act::Entry { kind: EntryKind::Note, score: None, text: "Jane's son called".into() }
}

pub(crate) fn moved(to: Phase) -> Act {
    Act::Moved { to, reason: "no vein".into() }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn the_days_are_those_of_the_clinics_clock_and_an_open_session_waits() {
    let rig = Rig::new().await;
    let report = rig.run((Some("2026-03-03"), Some("2026-03-03")), false).await.expect("exported");
    assert_eq!(report, Report { written: 1, ..Report::default() });
    assert_eq!(rig.folders(), set(&["manifest.jsonl", "session-1-5"]));
    let report = rig.run((None, None), false).await.expect("exported");
    assert_eq!(report, Report { written: 1, skipped: 1, open: 1, unentered: false });
    assert_eq!(report.to_string(), "1 sessions written, 1 were there already, 1 go on and were left out");
}

#[tokio::test]
async fn what_is_finished_is_skipped_and_what_was_broken_off_is_made_anew() {
    let rig = Rig::new().await;
    rig.run((None, None), false).await.expect("exported");
    let manifest = rig.out().join("manifest.jsonl");
    let whole = std::fs::read_to_string(&manifest).expect("the manifest");
    let again = || rig.run((None, None), false);
    assert_eq!(again().await.expect("exported").written, 0);
    // Killed while the second folder was written: no line of it, its files under another name.
    let part = rig.out().join("session-1-5.part");
    std::fs::rename(rig.out().join("session-1-5"), &part).expect("renamed");
    std::fs::write(part.join("left.over"), "x").expect("written");
    assert_eq!(again().await.expect("exported").written, 1, "the folder is gone");
    assert!(!part.exists() && !rig.out().join("session-1-5/left.over").exists());
    // Killed while the line was written.
    std::fs::write(&manifest, &whole[..whole.len() - 5]).expect("cut");
    assert_eq!(again().await.expect("exported").written, 1, "half a line is none");
    assert_eq!(std::fs::read_to_string(&manifest).expect("the manifest"), whole);
    // The session has got an act since.
    std::fs::write(&manifest, whole.replace("\"through\":8", "\"through\":7")).expect("written");
    assert_eq!(again().await.expect("exported"), Report { written: 1, skipped: 1, open: 1, unentered: false });
}

#[tokio::test]
async fn two_kinds_of_export_never_share_a_folder() {
    let rig = Rig::new().await;
    rig.run((None, None), false).await.expect("exported");
    let refused = rig.run((None, None), true).await.expect_err("refused").to_string();
    assert!(
        refused
            .contains("found an export of `csv,fhir every 5 min a4`, expected `csv,fhir every 5 min a4 pseudonymous`"),
        "{refused}"
    );
}

#[tokio::test]
async fn h22_without_the_persons_no_name_leaves_the_data_folder_and_the_list_there_leads_back() {
    let rig = Rig::new().await;
    rig.run((None, None), true).await.expect("exported");
    let mut looked_at = 0;
    for folder in rig.folders() {
        assert!(!folder.contains("1-1") && !folder.contains("1-5"), "{folder}");
        let path = rig.out().join(&folder);
        let files = if path.is_dir() { std::fs::read_dir(&path).expect("a folder").collect() } else { Vec::new() };
        let files = files.into_iter().map(|entry| entry.expect("an entry").path());
        for file in files.chain([rig.out().join("manifest.jsonl")]) {
            let text = std::fs::read_to_string(&file).expect("text");
            // In the report, base64 of compressed pages, three letters stand side by side by chance.
            let text = text.split('"').filter(|part| part.len() < 1000).collect::<Vec<_>>().join("\"");
            for secret in ["20041", "Doe", "Jane", "1980", "Ada", "no vein", "\"1-1\"", "\"1-5\"", "2026-03-0"] {
                assert!(!text.contains(secret), "{}: {secret}", file.display());
            }
            looked_at += 1;
        }
    }
    assert!(looked_at >= 10, "{looked_at}");
    let mapping = rig.folder.path().join("pseudonyms.csv");
    let text = std::fs::read_to_string(&mapping).expect("the list");
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains("\"20041\",\"'=Doe, Jane\",\"1980-02-29\",\"1-5\""), "{text}");
    for line in text.lines().skip(1) {
        let session = line.split(',').nth(1).expect("a cell").trim_matches('"').to_owned();
        assert!(rig.folders().contains(&session), "{session}");
    }
    for path in [mapping.clone(), rig.folder.path().join("pseudonym.key")] {
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    // Made again from nothing, the pseudonyms are the same: the list does not grow.
    let before = rig.folders();
    std::fs::remove_dir_all(rig.out()).expect("removed");
    rig.run((None, None), true).await.expect("exported");
    assert_eq!(rig.folders(), before);
    assert_eq!(std::fs::read_to_string(&mapping).expect("the list"), text);
}

#[tokio::test]
async fn a_key_that_others_may_read_or_that_is_none_is_refused() {
    let rig = Rig::new().await;
    let path = rig.folder.path().join("pseudonym.key");
    for (text, mode, says) in [("00", 0o600, "no 64 hexadecimal digits"), ("00", 0o640, "others may read it")] {
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        let refused = rig.run((None, None), true).await.expect_err("refused").to_string();
        assert!(refused.contains(says), "{refused}");
        assert!(!rig.out().exists(), "nothing was written");
    }
}
