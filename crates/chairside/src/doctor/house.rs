//! Data folder, session log, and how long the disk lasts.

use super::time::shown;
use super::{Finding, Report};
use crate::clock;
use crate::config::Config;
use chairside_observation::Micros;
use chairside_store::sqlite::{LogHealth, SqliteLog};
use rustix::fs::Access;
use std::fmt::Write;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// How long the quick look at the log may take: a terminal should not look dead.
const LOOK_MAX: Duration = Duration::from_secs(60);
/// Below this the log may stop at any moment.
const FREE_WRONG: u64 = 200 << 20;
/// Below this somebody should plan for a larger disk.
const FREE_LOOK: u64 = 2 << 30;
/// Days the disk should last.
const DAYS_LOOK: u64 = 14;
/// A log younger than this says nothing of its pace.
const PACE_FROM: Micros = Micros::from_secs(24 * 3600);
const DAY_S: u64 = 86_400;

/// Looks at the folder of the log.
pub(super) fn folder(folder: &Path) -> Vec<Finding> {
    let name = folder.display();
    let found = match folder.metadata() {
        Ok(found) if found.is_dir() => found,
        Ok(_) => return vec![Finding::wrong(format!("{name} is no folder"), "set `data` to a folder")],
        Err(e) if e.kind() == io::ErrorKind::NotFound => return vec![missing(folder)],
        Err(e) => {
            let todo = "run doctor as the user that runs Chairside, or correct `data`";
            return vec![Finding::wrong(format!("{name}: {e}"), todo)];
        }
    };
    let mode = found.mode() & 0o777;
    let mut all = Vec::new();
    if mode & 0o077 != 0 {
        let text = format!("{name} is open to other users (mode {mode:o}): they can read patients' data");
        all.push(Finding::wrong(text, format!("chmod 700 {name}")));
    }
    let user = rustix::process::geteuid().as_raw();
    if rustix::fs::access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let text = format!("{name} belongs to user {} and cannot be written by this one ({user})", found.uid());
        all.push(Finding::wrong(text, "run doctor as the user that runs Chairside; else chown the folder to it"));
    } else if user != found.uid() {
        let text = format!("{name} belongs to user {}; this is user {user}, who may do other things", found.uid());
        all.push(Finding::look(text, "run doctor as the user that runs Chairside"));
    }
    if all.is_empty() {
        all.push(Finding::fine(format!("{name}, closed to other users")));
    }
    all
}

/// The folder is made at the first start, if it can be.
fn missing(folder: &Path) -> Finding {
    let above = folder.ancestors().skip(1).map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
    let above = above.into_iter().find(|p| p.is_dir()).unwrap_or(Path::new("/"));
    let name = folder.display();
    if rustix::fs::access(above, Access::WRITE_OK).is_ok() {
        return Finding::fine(format!("{name} is not there yet; the first start makes it"));
    }
    let text = format!("{name} is not there, and {} may not be written by this user", above.display());
    Finding::wrong(text, format!("sudo install -d -m 700 -o USER {name}"))
}

/// Looks into the log; what it is like, where it could be opened.
pub(super) async fn log(database: &Path, report: &mut Report) -> Option<LogHealth> {
    let name = database.display();
    if !database.exists() {
        report.push(Finding::fine(format!("{name} is not there yet; the first start makes it")));
        return None;
    }
    let look = async {
        let log = SqliteLog::open_read_only(database, &clock::boot(), clock::system()).await?;
        let health = log.health().await;
        let _ = log.close().await;
        health
    };
    match timeout(LOOK_MAX, look).await {
        Err(_elapsed) => {
            let text = format!("{name} could not be looked through in {} s", LOOK_MAX.as_secs());
            report.push(Finding::look(text, "chairside verify, at a quiet time"));
            None
        }
        Ok(Err(error)) => {
            let todo = "keep the file as it is, restore the last backup beside it, and look at the disk (dmesg)";
            report.push(Finding::wrong(error.to_string(), todo));
            None
        }
        Ok(Ok(health)) => {
            report.extend(told(database, &health));
            Some(health)
        }
    }
}

fn told(database: &Path, health: &LogHealth) -> Vec<Finding> {
    let name = database.display();
    if health.problems.is_empty() {
        let mut text = format!("{name}: opens, version {}, its file is in order", health.version);
        if health.waiting > 0 {
            let _ = write!(text, "; {} appends wait in the journal for the next start", health.waiting);
        }
        return vec![Finding::fine(text)];
    }
    let todo = "stop Chairside, copy the file away, run `chairside verify` on the copy, restore the last backup";
    let problem = |problem: &String| Finding::wrong(format!("{name} is damaged: {problem}"), todo);
    health.problems.iter().map(problem).collect()
}

/// What was written last, and how long the disk lasts at the pace so far.
pub(super) fn space(config: &Config, health: Option<&LogHealth>, now: Micros) -> Vec<Finding> {
    let mut all = Vec::new();
    if let Some(health) = health {
        all.push(match health.last_wall {
            Some(last) => Finding::fine(format!("newest entry {} ({})", shown(last, config), ago(now.since(last)))),
            None => Finding::fine("no entry yet"),
        });
    }
    // Before the first start there is no folder: the disk is that of the nearest one above it.
    let disk = config.data.ancestors().find(|p| p.is_dir()).unwrap_or(Path::new("."));
    let Ok(found) = rustix::fs::statvfs(disk) else {
        all.push(Finding::look(format!("free space of {} cannot be told", disk.display()), "df -h"));
        return all;
    };
    let size = |path: &Path| path.metadata().map_or(0, |m| m.len());
    let mut wal = config.database.clone().into_os_string();
    wal.push("-wal");
    let used = size(&config.database) + size(Path::new(&wal));
    let span = health.and_then(|h| Some(h.last_wall?.since(h.first_wall?)));
    all.push(free(found.f_bavail * found.f_frsize, used, span));
    all
}

/// How long the disk lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Days at the pace so far; `None`: the log is too young to say.
    pub(crate) lasts_days: Option<u64>,
    /// Somebody should make room.
    pub(crate) short: bool,
    /// The log may stop at any moment.
    wrong: bool,
}

impl Room {
    /// `free` bytes on the disk, `used` by a log that spans so much time.
    pub(crate) fn new(free: u64, used: u64, span: Option<Micros>) -> Self {
        let span = span.filter(|span| *span >= PACE_FROM).and_then(|span| u64::try_from(span.0 / 1_000_000).ok());
        let days = span
            .and_then(|s| u128::checked_div(u128::from(free) * u128::from(s), u128::from(used) * u128::from(DAY_S)));
        let lasts_days = days.map(|days| u64::try_from(days).unwrap_or(u64::MAX));
        let wrong = free < FREE_WRONG || lasts_days.is_some_and(|days| days < 1);
        Self { lasts_days, short: wrong || free < FREE_LOOK || lasts_days.is_some_and(|days| days < DAYS_LOOK), wrong }
    }
}

/// `free` bytes on the disk, `used` by a log that spans so much time.
fn free(free: u64, used: u64, span: Option<Micros>) -> Finding {
    let room = Room::new(free, used, span);
    let lasts = match room.lasts_days {
        Some(days) if days > 3650 => "that lasts for years".to_owned(),
        Some(days) => format!("that lasts {days} days at the pace so far"),
        None => "the log is too young to say how long that lasts".to_owned(),
    };
    let text = format!("{} free, the log has {}: {lasts}", bytes(free), bytes(used));
    let todo =
        "make room on the disk, or set `data` to a larger one; screens stay live when it is full, the record stops";
    match room {
        Room { wrong: true, .. } => Finding::wrong(text, todo),
        Room { short: true, .. } => Finding::look(text, todo),
        _ => Finding::fine(text),
    }
}

/// `3.2 GiB`.
fn bytes(count: u64) -> String {
    const UNITS: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in UNITS {
        if count >> shift > 0 {
            return format!("{}.{} {unit}", count >> shift, ((count >> (shift - 10)) % 1024) * 10 / 1024);
        }
    }
    format!("{count} bytes")
}

/// `just now`, `12 min ago`, `3 days ago`.
pub(super) fn ago(age: Micros) -> String {
    let s = age.0 / 1_000_000;
    match s {
        ..0 => "in the future".to_owned(),
        0..2 => "just now".to_owned(),
        2..120 => format!("{s} s ago"),
        120..7200 => format!("{} min ago", s / 60),
        7200..172_800 => format!("{} h ago", s / 3600),
        _ => format!("{} days ago", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_disk_is_judged_by_how_long_it_lasts() {
        let days = |n: i64| Some(Micros::from_secs(n * 86_400));
        for (room, used, span, expected, words) in [
            (100 << 30, 1 << 30, days(10), Mark::Fine, "lasts 1000 days"),
            (100 << 30, 1 << 20, days(10), Mark::Fine, "lasts for years"),
            (10 << 30, 10 << 30, days(10), Mark::Look, "lasts 10 days"),
            (3 << 30, 90 << 30, days(10), Mark::Wrong, "lasts 0 days"),
            (100 << 30, 1 << 30, Some(Micros::from_secs(3600)), Mark::Fine, "too young"),
            (100 << 30, 0, None, Mark::Fine, "too young"),
            (1 << 30, 0, None, Mark::Look, "1.0 GiB free"),
            (100 << 20, 0, None, Mark::Wrong, "100.0 MiB free"),
        ] {
            let found = free(room, used, span);
            assert_eq!(found.mark, expected, "{found:?}");
            assert!(found.text.contains(words), "{found:?}");
            assert_eq!(found.todo.is_some(), expected != Mark::Fine);
        }
    }

    #[test]
    fn s22_a_folder_open_to_others_is_wrong() {
        let data = tempfile::tempdir().unwrap();
        let set = |mode| std::fs::set_permissions(data.path(), Permissions::from_mode(mode)).unwrap();
        set(0o755);
        let found = folder(data.path());
        assert_eq!(found[0].mark, Mark::Wrong, "{found:?}");
        assert!(found[0].text.contains("mode 755") && found[0].todo.as_ref().unwrap().starts_with("chmod 700 "));
        set(0o700);
        assert_eq!(folder(data.path())[0].mark, Mark::Fine);
        assert_eq!(folder(&data.path().join("later"))[0].mark, Mark::Fine, "the first start makes it");
        let file = data.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(folder(&file)[0].mark, Mark::Wrong);
    }

    #[test]
    fn sizes_and_ages_are_short() {
        assert_eq!([bytes(0), bytes(1536), bytes(5 << 30)], ["0 bytes", "1.5 KiB", "5.0 GiB"]);
        let of = |s| ago(Micros::from_secs(s));
        assert_eq!(
            [of(-9), of(1), of(60), of(600), of(9000), of(400_000)].join(", "),
            "in the future, just now, 60 s ago, 10 min ago, 2 h ago, 4 days ago"
        );
    }
}
