use super::*;
use crate::bulk::tests::{batch, moved, opened, typed};
use crate::clock::ClinicZone;
use crate::export::{self, ExportError};
use crate::patient;
use crate::serve::roster;
use chairside_export::{Format, Options};
use chairside_hub::Hub;
use chairside_observation::session::{Phase, Role};
use chairside_recorder::Recorder;
use tempfile::TempDir;
use tokio::sync::watch;

/// A log of two sessions of one patient that are over, at one chair.
struct House {
    folder: TempDir,
    config: Config,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, database) = (folder.path().to_owned(), folder.path().join("log.db"));
        let config = Config { data, database, ..Config::embedded() };
        let house = Self { folder, config };
        let log = house.open().await;
        for (first, id) in [(1, "1-1"), (4, "1-4")] {
            for (sequence, act) in (first..).zip([opened(), typed(), moved(Phase::Cancelled)]) {
                log.append(&[batch(id, sequence, 50, act)]).await.unwrap();
            }
        }
        log.close().await.unwrap();
        house
    }

    async fn open(&self) -> SqliteLog {
        SqliteLog::open(&self.config.database, &clock::boot(), clock::system()).await.unwrap()
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    async fn export(&self, id: &str) -> Result<Entered, ExportError> {
        let formats = [Format::Csv, Format::Fhir];
        let done = export::run(&self.config, &by(), id, &formats, &Options::default(), &self.out()).await;
        done.map(|done| done.entered)
    }

    /// Who did what with which session, as the log says, which is whole.
    async fn audit(&self) -> Vec<String> {
        let log = SqliteLog::open_read_only(&self.config.database, &clock::boot(), clock::system()).await.unwrap();
        assert!(log.verify().await.unwrap().broken.is_empty());
        let deeds = log.deeds(&Timeline::Chair("1".into()), Sequence(0), 100).await.unwrap();
        let audits = deeds.into_iter().filter_map(|entry| match entry.what {
            What::Deed(Deed::Audited(it)) => {
                Some(format!("{} {} {} {}: {}", entry.sequence.0, it.session, it.by.name, it.did.word(), it.what))
            }
            _ => None,
        });
        audits.collect()
    }
}

fn by() -> Person {
    Person { name: "command line, user ann".into(), role: Role::Reviewer }
}

/// A server that records, and takes in what the command line asks.
async fn server(house: &House) -> (Arc<SqliteLog>, Recorder, watch::Sender<bool>) {
    let log = Arc::new(house.open().await);
    let dyn_log: Arc<dyn SessionLog> = Arc::<SqliteLog>::clone(&log);
    let zone = Arc::new(ClinicZone(house.config.zone.clone()));
    let begun =
        chairside_recorder::start(Arc::clone(&dyn_log), Hub::new(), roster(&house.config), zone, clock::system());
    let recorder = begun.await.unwrap();
    let (stop, stopped) = watch::channel(false);
    door::start(&house.config.data, &recorder.desk, &dyn_log, &clock::system(), &stopped);
    (log, recorder, stop)
}

#[tokio::test]
async fn s23_what_the_command_line_gives_out_is_in_the_chain_first_when_no_server_runs() {
    let house = House::new().await;
    assert_eq!(house.export("1-4").await.unwrap(), Entered::InLog);
    assert!(house.out().join("session-1-4/samples.csv").is_file());
    assert_eq!(house.audit().await, ["7 1-4 command line, user ann exported: csv, fhir"]);
    // The log it is in goes on, and so does the list of what the record holds of her.
    let lines = patient::list(&house.config, &by(), "20041").await.unwrap();
    assert!(lines[0].ends_with("2 sessions") && !lines.iter().any(|line| line.contains("audit")), "{lines:?}");
    let audit = house.audit().await;
    assert_eq!(audit[1], "8 1-1 command line, user ann viewed: list of what the record holds");
    assert_eq!((audit.len(), &audit[2][..6]), (3, "9 1-4 "));
}

#[tokio::test]
async fn s23_a_running_server_takes_what_the_command_line_gives_out_into_its_chain_before_it_is_given() {
    let house = House::new().await;
    let (log, recorder, stop) = server(&house).await;
    assert_eq!(house.export("1-1").await.unwrap(), Entered::InLog);
    assert_eq!(house.audit().await, ["7 1-1 command line, user ann exported: csv, fhir"]);
    assert!(house.out().join("session-1-1/samples.csv").is_file());
    // One that is not there any more is refused by the server, too, and nothing waits.
    let look = Look { session: "1-99".into(), did: AuditKind::Viewed, what: String::new() };
    assert!(matches!(enter(&house.config, &by(), &[look]).await, Err(AuditError::Refused)));
    assert_eq!(house.audit().await.len(), 1);
    stop.send(true).unwrap();
    recorder.stop().await;
    log.close().await.unwrap();
}

#[tokio::test]
async fn s23_nothing_is_given_out_when_whoever_writes_the_log_takes_no_entry() {
    let house = House::new().await;
    let other = house.open().await;
    let look = Look { session: "1-1".into(), did: AuditKind::Exported, what: "pdf".into() };
    let refused = enter_some(&house.config, &by(), &[look], Duration::ZERO).await.unwrap_err();
    assert!(
        matches!(refused, AuditError::NotTaken) && refused.to_string().contains("nothing was given out"),
        "{refused}"
    );
    other.close().await.unwrap();
    assert!(house.audit().await.is_empty(), "it was withdrawn");
    assert_eq!(std::fs::read_dir(house.config.data.join("looks")).unwrap().count(), 0);
}
