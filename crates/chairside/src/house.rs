//! How the program and its machine are, for the health page and for programs that watch.

use crate::backup::schedule::{Known, Status};
use crate::config::Config;
use crate::ehr::{self, Ehr};
use crate::tls::Ends;
use crate::{clock, doctor};
use chairside_ingest::{Counts, View};
use chairside_observation::{LinkState, Micros};
use chairside_recorder::{Clock, Desk};
use chairside_server::{Figure, Standing};
use chairside_store::SqliteLog;
use chairside_wire::{BackupHealth, ClockHealth, DiskHealth, EhrPage, QueueHealth};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A backup made by hand is old after so many hours; one the server makes, after twice its own time.
const OLD_H: u32 = 7 * 24;

/// Everything the health page asks.
pub(crate) struct Machine {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) started: Micros,
    /// UTC of the oldest entry of the log, for the pace it grows at.
    pub(crate) since: Option<Micros>,
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) desk: Desk,
    pub(crate) views: Vec<View>,
    pub(crate) backups: Status,
    pub(crate) ehr: Option<(Ehr, ehr::To)>,
    pub(crate) certificate: Option<Ends>,
}

impl Machine {
    fn up(&self) -> u64 {
        self.views.iter().filter(|view| view.link().state == LinkState::Live).count() as u64
    }

    fn disk(&self, now: Micros) -> Option<DiskHealth> {
        let found = rustix::fs::statvfs(&self.config.data).ok()?;
        let (free_bytes, log_bytes) = (found.f_bavail * found.f_frsize, size_of_log(&self.config.database));
        let span = self.since.map(|since| now.since(since));
        let room = doctor::Room::new(free_bytes, log_bytes, span);
        Some(DiskHealth { free_bytes, log_bytes, lasts_days: room.lasts_days, short: room.short })
    }

    fn queues(&self) -> Vec<QueueHealth> {
        let queue = |to: &str, waiting| QueueHealth { to: to.into(), waiting, refused: 0, trouble: None };
        let mut queues = vec![
            queue("log", self.desk.figures().waiting),
            QueueHealth { trouble: self.log.trouble(), ..queue("database", self.log.behind()) },
        ];
        if let Some((ehr, _)) = &self.ehr {
            let status = ehr.status();
            let trouble = Some(status.why).filter(|why| !why.is_empty());
            let (waiting, refused) = (status.waiting as u64, status.refused.len() as u64);
            queues.push(QueueHealth { refused, trouble, ..queue("ehr", waiting) });
        }
        queues
    }
}

fn size_of_log(database: &Path) -> u64 {
    let mut wal = database.as_os_str().to_owned();
    wal.push("-wal");
    let size = |path: &Path| path.metadata().map_or(0, |found| found.len());
    size(database) + size(&PathBuf::from(wal))
}

/// Backups against what was asked for.
fn backup(every_h: Option<u32>, known: Known, now: Micros) -> BackupHealth {
    let Known { last, trouble } = known;
    let old_h = every_h.map_or(OLD_H, |hours| hours.saturating_mul(2));
    let age = last.as_ref().map(|last| now - Micros(last.made_wall_us));
    BackupHealth {
        every_h,
        last_wall_us: last.as_ref().map(|last| last.made_wall_us),
        bytes: last.as_ref().map(|last| last.bytes),
        encrypted: last.as_ref().map(|last| last.encrypted),
        late: age.is_none_or(|age| age > Micros::from_secs(i64::from(old_h) * 3600)),
        trouble,
    }
}

impl chairside_server::House for Machine {
    fn standing(&self) -> Standing {
        let now = (self.clock)().wall;
        let every_h = self.config.backup.as_ref().map(|backup| backup.every_h);
        Standing {
            started_wall_us: self.started.0,
            disk: self.disk(now),
            backup: backup(every_h, self.backups.known(), now),
            certificate: self.certificate.as_ref().map(Ends::health),
            clock: ClockHealth {
                zone: clock::ClinicZone(self.config.zone.clone()).name(),
                set_by_server: doctor::clock_is_set(),
                wrong: doctor::clock_is_wrong(now),
            },
            queues: self.queues(),
            parts: cfg!(feature = "limits").then(|| "limits".to_owned()).into_iter().collect(),
            sources_up: self.up(),
            sources: self.views.len() as u64,
        }
    }

    fn ehr(&self) -> EhrPage {
        self.ehr.as_ref().map_or_else(|| ehr::none((self.clock)()), |(ehr, to)| ehr.page(to))
    }

    fn figures(&self) -> Vec<Figure> {
        let now = (self.clock)().wall;
        let mut all = self.heard();
        all.extend(self.recorded());
        all.extend(self.disk(now).into_iter().flat_map(|disk| {
            [
                gauge("chairside_disk_free_bytes", "Free bytes on the disk of the data folder.", disk.free_bytes),
                gauge("chairside_log_bytes", "Bytes of the session log.", disk.log_bytes),
            ]
        }));
        let last = self.backups.known().last.map_or(0, |last| last.made_wall_us / 1_000_000);
        let help = "Unix time of the last backup that was verified; 0: none is known.";
        all.push(gauge("chairside_backup_last_timestamp_seconds", help, u64::try_from(last).unwrap_or(0)));
        let started = u64::try_from(self.started.0 / 1_000_000).unwrap_or(0);
        all.push(gauge("chairside_start_timestamp_seconds", "Unix time of the start.", started));
        all
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts and bytes stay below 2^53")]
fn gauge(name: &'static str, help: &'static str, value: u64) -> Figure {
    Figure::gauge(name, help, value as f64)
}

impl Machine {
    /// Of all sources together: a figure of one would name it.
    fn heard(&self) -> Vec<Figure> {
        let counts: Vec<Counts> = self.views.iter().map(View::counts).collect();
        let sum = |of: fn(&Counts) -> u64| counts.iter().map(of).sum();
        vec![
            gauge("chairside_sources", "Configured sources.", self.views.len() as u64),
            gauge("chairside_sources_up", "Sources whose monitor is heard.", self.up()),
            Figure::counter("chairside_received_bytes_total", "Bytes received.", sum(|c| c.bytes)),
            Figure::counter("chairside_frames_total", "Frames understood.", sum(|c| c.frames)),
            Figure::counter("chairside_faulty_frames_total", "Frames not understood.", sum(|c| c.faults)),
            Figure::counter("chairside_skipped_bytes_total", "Bytes in no frame.", sum(|c| c.skipped_bytes)),
            Figure::counter("chairside_readings_total", "Readings, absent ones included.", sum(|c| c.readings)),
            Figure::counter("chairside_values_total", "Readings with a number.", sum(|c| c.values)),
            Figure::counter("chairside_connections_total", "Ports opened, connections made.", sum(|c| c.connections)),
            Figure::counter("chairside_requests_total", "Requests sent to monitors.", sum(|c| c.requests)),
            Figure::counter("chairside_refused_peers_total", "Senders refused.", sum(|c| c.refused_peers)),
            Figure::counter("chairside_ended_peers_total", "Connections ended by us.", sum(|c| c.ended_by_us)),
            Figure::counter("chairside_not_recorded_total", "Messages answered as not kept.", sum(|c| c.not_recorded)),
            Figure::counter("chairside_acknowledgements_total", "Answers sent.", sum(|c| c.acks.iter().sum())),
        ]
    }

    #[allow(clippy::cast_precision_loss, reason = "microseconds of flushes stay below 2^53")]
    fn recorded(&self) -> Vec<Figure> {
        let figures = self.desk.figures();
        let seconds = |us: u64| us as f64 / 1e6;
        let mut all = vec![
            Figure::counter("chairside_receipts_total", "Appends with a receipt.", figures.receipts),
            Figure::counter("chairside_flushes_total", "Flushes that gave receipts.", figures.flushes),
            Figure::counter("chairside_failed_flushes_total", "Flushes that failed.", figures.failures),
            Figure::gauge("chairside_flush_seconds", "Time of the last flush.", seconds(figures.last_us)),
            Figure::gauge("chairside_flush_most_seconds", "Longest flush since the start.", seconds(figures.most_us)),
            gauge("chairside_waiting_for_log", "Appends without a receipt yet.", figures.waiting),
            gauge("chairside_behind_database", "Records only the journal has.", self.log.behind()),
        ];
        if let Some((ehr, _)) = &self.ehr {
            let status = ehr.status();
            all.push(gauge("chairside_ehr_waiting", "Messages that wait for the EHR.", status.waiting as u64));
            all.push(gauge("chairside_ehr_refused", "Messages the EHR refused.", status.refused.len() as u64));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::last::Last;

    #[test]
    fn h28_a_backup_is_late_when_none_is_known_or_twice_its_time_has_gone() {
        let hours = |h: i64| Micros::from_secs(h * 3600);
        let made = |h| Last { made_wall_us: hours(h).0, bytes: 5, took_s: 1, encrypted: true };
        for (every_h, last, now_h, late) in [
            (None, None, 1, true),
            (Some(24), None, 1, true),
            (Some(24), Some(0), 48, false),
            (Some(24), Some(0), 49, true),
            (None, Some(0), 168, false),
            (None, Some(0), 169, true),
        ] {
            let known = Known { last: last.map(made), trouble: None };
            assert_eq!(backup(every_h, known, hours(now_h)).late, late, "{every_h:?} {last:?} {now_h}");
        }
    }
}
