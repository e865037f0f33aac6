//! Which records are signed, and their way into the queue.

use super::{Ehr, Pace, To};
use crate::config::Config;
use crate::export;
use chairside_export::{Face, Options, Record, hl7, pdf};
use chairside_observation::Micros;
use chairside_observation::session::{Act, Finding, Kept, Session};
use chairside_recorder::Clock;
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
/// Addenda are looked for that often in the records of these days: most are made soon after the signature.
const RECENT: Micros = Micros::from_secs(7 * 86_400);
/// In all records at the start and every so many looks, once an hour: each such record has to be opened.
const ALL_EVERY: u32 = 240;
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
    /// The server's clocks.
    pub clock: Clock,
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
pub fn start(needs: Needs, stopped: watch::Receiver<bool>) -> io::Result<Option<(Ehr, To)>> {
    let Some(to) = needs.config.ehr.clone() else { return Ok(None) };
    let to = To { at: to, tls: needs.tls.clone() };
    let folder = needs.config.data.join("ehr");
    let ehr = Ehr::open(&folder, Arc::clone(&needs.clock))?;
    let since = since(&folder, (needs.clock)().wall)?;
    let (wake, woken) = channel();
    let (sender, there) = (ehr.clone(), to.clone());
    // A thread of its own: sockets that hang for half a minute hold up nobody else.
    std::thread::Builder::new().name("ehr".into()).spawn(move || sender.run(&there, Pace::default(), &woken))?;
    let follower = ehr.clone();
    tokio::spawn(async move { follow(&follower, &needs, since, &wake, stopped).await });
    Ok(Some((ehr, to)))
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
    let (mut look, mut looks) = (tokio::time::interval(LOOK_EVERY), 0_u32);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            _ = look.tick() => {}
        }
        let recent = (needs.clock)().wall - RECENT;
        let added_from = if looks.is_multiple_of(ALL_EVERY) { since } else { recent.max(since) };
        looks = looks.wrapping_add(1);
        match signed(ehr, needs, since, added_from).await {
            Ok(0) => {}
            Ok(_) => drop(wake.send(())),
            Err(error) => {
                tracing::error!(%error, "signed records cannot be put into the queue of the EHR; tried again");
            }
        }
    }
}

/// Puts in what was signed since, and what was added since to records signed from `added_from` on, where it is not known
/// yet; how often something was put in.
async fn signed(ehr: &Ehr, needs: &Needs, since: Micros, added_from: Micros) -> Result<usize, FollowError> {
    let (mut ask, mut put) = (Find { state: Some(Stands::Signed), limit: PAGE, ..Find::default() }, 0);
    loop {
        let found = needs.log.find(&ask).await?;
        for line in &found.lines {
            let Some((_, at)) = &line.signed else { continue };
            if *at < since {
                continue;
            }
            let id = &line.id;
            let known = ehr.knows(id.as_str(), *at);
            let maybe_more = line.has.has(Finding::Addendum) && (!known || *at >= added_from);
            if known && !maybe_more {
                continue;
            }
            let Some((chair, session)) = find_session(&*needs.log, id).await? else { continue };
            let added = added(&session).filter(|added| !ehr.knows(id.as_str(), *added));
            if known && added.is_none() {
                continue;
            }
            let house = export::house(&*needs.log, &needs.config).await?;
            let (record, _) = export::record(&*needs.log, &needs.config, &house, &chair, session, None).await?;
            let zone = crate::clock::ClinicZone(needs.config.zone.clone());
            let made = tokio::task::spawn_blocking(move || made(&record, &Face(&zone), !known));
            let Made { first, later } = made.await.map_err(|broken| io::Error::other(broken.to_string()))??;
            for (at, messages) in [(Some(*at), first), (added, later)] {
                if let Some(at) = at.filter(|_| !messages.is_empty()) {
                    ehr.put(id.as_str(), at, &messages)?;
                    put += 1;
                }
            }
        }
        match found.lines.last() {
            Some(last) if found.more => ask.after = Some(last.id.clone()),
            _ => return Ok(put),
        }
    }
}

/// When something was added last to a signed record.
fn added(session: &Session) -> Option<Micros> {
    let signed = session.signed()?.sequence;
    let added = |kept: &&Kept| kept.sequence > signed && matches!(kept.done.act, Act::Addendum { .. });
    session.acts.iter().rfind(added).map(|kept| kept.received.wall)
}

/// What an EHR is told of a record.
struct Made {
    /// Once it is signed: the interval values, and the report.
    first: Vec<Vec<u8>>,
    /// Once something was added: the report in the place of the first one. The values cannot change any more.
    later: Vec<Vec<u8>>,
}

fn made(record: &Record, face: &Face<'_>, anew: bool) -> Result<Made, FollowError> {
    let options = Options::default();
    let pdf = pdf::report(record, face, &options)?;
    let mut first = Vec::new();
    if anew {
        first.extend(hl7::vitals(record, face, options.every_min));
        first.push(hl7::report(record, face, &pdf));
    }
    Ok(Made { first, later: hl7::replacement(record, face, &pdf).into_iter().collect() })
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
        let log = Arc::new(log);
        let ehr = Ehr::open(&folder.path().join("ehr"), crate::clock::system()).expect("a queue");
        let needs = Needs { config, tls: None, log: Arc::<SqliteLog>::clone(&log), clock: crate::clock::system() };
        let since = Micros::from_secs(1000);
        assert_eq!(signed(&ehr, &needs, since, since).await.expect("looked"), 1);
        assert_eq!(signed(&ehr, &needs, since, since).await.expect("looked"), 0, "it is known");
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

    #[tokio::test]
    async fn h19_what_is_added_to_a_signed_record_is_put_in_once_as_a_document_that_replaces_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config { data: folder.path().into(), ..Config::embedded() };
        let log = SqliteLog::open(&folder.path().join("log.db"), "boot", crate::clock::system()).await.expect("a log");
        let log = Arc::new(log);
        let remark = |text: &str| Act::Addendum { text: text.into() };
        let acts = [opened(), typed(), moved(Phase::Cancelled), remark("read"), signed_act()];
        for (sequence, done) in (1..).zip(acts) {
            act(&log, "1-1", sequence, 50, done).await;
        }
        let open = || Ehr::open(&folder.path().join("ehr"), crate::clock::system()).expect("a queue");
        let dyn_log: Arc<dyn SessionLog> = Arc::<SqliteLog>::clone(&log);
        let needs = Needs { config, tls: None, log: dyn_log, clock: crate::clock::system() };
        let (since, late) = (Micros(0), Micros::from_secs(1_000_000));
        let page = |ehr: &Ehr| ehr.page(&To { at: "ehr:1".into(), tls: None });
        let kinds = |ehr: &Ehr| page(ehr).waiting.into_iter().map(|waits| waits.kind).collect::<Vec<_>>();
        let ehr = open();
        assert_eq!(signed(&ehr, &needs, since, since).await.expect("looked"), 1);
        assert_eq!(kinds(&ehr), ["ORU^R01", "MDM^T02"], "a comment before the signature replaces nothing");
        for (n, text) in [(6, "the cuff was on the other arm"), (7, "so it was at 10:15")] {
            act(&log, "1-1", n, 900, remark(text)).await;
            assert_eq!(signed(&ehr, &needs, since, late).await.expect("looked"), 0, "old records only now and then");
            assert_eq!(signed(&ehr, &needs, since, since).await.expect("looked"), 1);
            assert_eq!(signed(&open(), &needs, since, since).await.expect("looked"), 0, "known after a restart too");
        }
        assert_eq!(kinds(&ehr), ["ORU^R01", "MDM^T02", "MDM^T10", "MDM^T10"]);
        let waits = std::fs::read_dir(folder.path().join("ehr/waiting")).expect("a folder");
        let mut paths: Vec<_> = waits.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let messages = paths.iter().map(|path| std::fs::read_to_string(path).expect("a message"));
        let of = |message: &String, name: &str, n: usize| {
            let line = message.split('\r').find(|line| line.starts_with(name)).expect("a segment").to_owned();
            line.split('|').nth(n).unwrap_or_default().to_owned()
        };
        let told: Vec<_> = messages
            .skip(1)
            .map(|m| (of(&m, "TXA", 12), of(&m, "TXA", 13), of(&m, "OBX", 11), of(&m, "MSH", 9)))
            .collect();
        let (first, second, third) = (&told[0], &told[1], &told[2]);
        assert_eq!((first.1.as_str(), first.2.as_str()), ("", "F"));
        for replaces in [second, third] {
            assert_eq!((&replaces.1, replaces.2.as_str()), (&first.0, "C"), "it names the first one");
        }
        assert!(first.0 != second.0 && second.0 != third.0 && second.3 != third.3, "each is a document of its own");
        let all = serde_json::to_string(&page(&ehr)).expect("JSON");
        assert!(!all.contains("Doe") && all.contains("\"session\":\"1-1\""), "{all}");
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
