//! Which records are signed, and their way into the queue.

use super::{Ehr, Pace, To};
use crate::config::Config;
use crate::export;
use chairside_export::{Face, Options, Record, hl7, pdf};
use chairside_observation::Micros;
use chairside_store::{Find, SessionLog, Stands, StoreError, find_session};
use chairside_tls::Reach;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tokio::sync::watch;

/// Signed records are looked for this often: nobody waits for the EHR by the second.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Lines of the index asked for at once.
const PAGE: usize = 500;
/// Holds when the first start with an EHR was: what was signed before is not sent by itself.
const SINCE: &str = "since";

/// What it needs of the program.
pub struct Needs {
    /// Names the EHR, the data folder and the zone.
    pub config: Config,
    /// TLS on the way there.
    pub tls: Option<Reach>,
    /// Where the records are.
    pub log: Arc<dyn SessionLog>,
    /// UTC now.
    pub now: Micros,
}

/// Why signed records cannot be sent.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Log(#[from] StoreError),
    #[error(transparent)]
    Export(#[from] export::ExportError),
    #[error(transparent)]
    Made(#[from] chairside_export::ExportError),
    #[error("the queue of the EHR: {0}")]
    Queue(#[from] io::Error),
}

/// Starts sending; `None` when no EHR is configured. What waits on disk goes on waiting when the program ends.
///
/// # Errors
/// The queue in the data folder cannot be made or read.
pub fn start(needs: Needs, stopped: watch::Receiver<bool>) -> io::Result<Option<Ehr>> {
    let Some(to) = needs.config.ehr.clone() else { return Ok(None) };
    let to = To { at: to, tls: needs.tls.clone() };
    let folder = needs.config.data.join("ehr");
    let ehr = Ehr::open(&folder)?;
    let since = since(&folder, needs.now)?;
    let (wake, woken) = channel();
    let sender = ehr.clone();
    // A thread of its own: sockets that hang for half a minute hold up nobody else.
    std::thread::Builder::new().name("ehr".into()).spawn(move || sender.run(&to, Pace::default(), &woken))?;
    let follower = ehr.clone();
    tokio::spawn(async move { follow(&follower, &needs, since, &wake, stopped).await });
    Ok(Some(ehr))
}

/// When the first start with an EHR was.
fn since(folder: &Path, now: Micros) -> io::Result<Micros> {
    let path = folder.join(SINCE);
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Micros).map_err(|_| {
            let wrong = format!("{}: found {text:?}, expected microseconds since 1970", path.display());
            io::Error::new(io::ErrorKind::InvalidData, wrong)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::write(&path, format!("{}\n", now.0))?;
            Ok(now)
        }
        Err(error) => Err(error),
    }
}

async fn follow(ehr: &Ehr, needs: &Needs, since: Micros, wake: &Sender<()>, mut stopped: watch::Receiver<bool>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            _ = look.tick() => {}
        }
        match signed(ehr, needs, since).await {
            Ok(0) => {}
            Ok(_) => drop(wake.send(())),
            Err(error) => {
                tracing::error!(%error, "signed records cannot be put into the queue of the EHR; tried again");
            }
        }
    }
}

/// Puts in what was signed since and is not known yet; how many sessions.
async fn signed(ehr: &Ehr, needs: &Needs, since: Micros) -> Result<usize, FollowError> {
    let (mut ask, mut put) = (Find { state: Some(Stands::Signed), limit: PAGE, ..Find::default() }, 0);
    loop {
        let found = needs.log.find(&ask).await?;
        for line in &found.lines {
            let Some((_, at)) = &line.signed else { continue };
            if *at < since || ehr.knows(line.id.as_str(), *at) {
                continue;
            }
            let Some((chair, session)) = find_session(&*needs.log, &line.id).await? else { continue };
            let (record, _) = export::record(&*needs.log, &needs.config, &chair, session, None).await?;
            let zone = crate::clock::ClinicZone(needs.config.zone.clone());
            let messages = tokio::task::spawn_blocking(move || messages(&record, &Face(&zone)));
            let messages = messages.await.map_err(|broken| io::Error::other(broken.to_string()))??;
            if !messages.is_empty() {
                ehr.put(line.id.as_str(), *at, &messages)?;
                put += 1;
            }
        }
        match found.lines.last() {
            Some(last) if found.more => ask.after = Some(last.id.clone()),
            _ => return Ok(put),
        }
    }
}

/// What an EHR is told of a record: the interval values, and the report.
fn messages(record: &Record, face: &Face<'_>) -> Result<Vec<Vec<u8>>, FollowError> {
    let options = Options::default();
    let mut all: Vec<_> = hl7::vitals(record, face, options.every_min).into_iter().collect();
    all.push(hl7::report(record, face, &pdf::report(record, face, &options)?));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::tests::{batch, moved, opened, typed};
    use chairside_observation::session::{Act, Phase};
    use chairside_store::SqliteLog;

    /// Signs, or does something else, at this second.
    async fn act(log: &SqliteLog, session: &str, sequence: u64, second: i64, act: Act) {
        log.append(&[batch(session, sequence, second, act)]).await.expect("appended");
    }

    fn signed_act() -> Act {
        Act::Signed {
            meaning: "reviewed".into(),
            digest: [1; 32],
            key: [2; 32],
            signature: [3; 64],
            summary: "".into(),
        }
    }

    #[tokio::test]
    async fn a_record_is_put_in_once_when_it_is_signed_and_not_if_that_was_before_there_was_an_ehr() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config { data: folder.path().into(), ..Config::embedded() };
        let log = SqliteLog::open(&folder.path().join("log.db"), "boot", crate::clock::system()).await.expect("a log");
        for (first, signed_at) in [(1, 100), (5, 2000)] {
            let session = format!("1-{first}");
            let acts = [(50, opened()), (50, typed()), (60, moved(Phase::Cancelled)), (signed_at, signed_act())];
            for (sequence, (second, done)) in (first..).zip(acts) {
                act(&log, &session, sequence, second, done).await;
            }
        }
        act(&log, "1-9", 9, 2500, opened()).await;
        let ehr = Ehr::open(&folder.path().join("ehr")).expect("a queue");
        let needs = Needs { config, tls: None, log: Arc::new(log), now: Micros(0) };
        let since = Micros::from_secs(1000);
        assert_eq!(signed(&ehr, &needs, since).await.expect("looked"), 1);
        assert_eq!(signed(&ehr, &needs, since).await.expect("looked"), 0, "it is known");
        assert_eq!(ehr.status().waiting, 2, "the values and the report");
        // The batches of the tests are that many seconds apart.
        let at = Micros::from_secs(2000 + 8);
        assert!(ehr.knows("1-5", at) && !ehr.knows("1-1", Micros::from_secs(104)));
        let waits = std::fs::read_dir(folder.path().join("ehr/waiting")).expect("a folder");
        let mut paths: Vec<_> = waits.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let message = std::fs::read_to_string(&paths[0]).expect("a message");
        assert!(message.starts_with("MSH|^~\\&|CHAIRSIDE|") && message.contains("|ORU^R01^ORU_R01|"), "{message}");
        let report = std::fs::read_to_string(&paths[1]).expect("a message");
        assert!(report.contains("|MDM^T02^MDM_T02|") && report.contains("^Base64^JVBERi0"), "{}", &report[..200]);
        assert!(message.contains("=Doe, Jane") && !paths[0].to_string_lossy().contains("Doe"));
    }

    #[test]
    fn the_first_start_with_an_ehr_is_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(since(folder.path(), Micros(7)).expect("made"), Micros(7));
        assert_eq!(since(folder.path(), Micros(9)).expect("read"), Micros(7));
        std::fs::write(folder.path().join(SINCE), "yesterday").expect("written");
        assert!(since(folder.path(), Micros(9)).expect_err("refused").to_string().contains("found \"yesterday"));
    }
}
