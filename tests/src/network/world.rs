//! One run: the hosts, what goes wrong with them, and the end.

use super::book::{Figures, Shared, Weak};
use super::plan::{END_MS, Fault, HOSTS, MONITORS, Plan, Turn};
use super::screen::Reads;
use super::{SERVER, judge, nurse, screen, sender, server, stranger};
use chairside_store::memory::{Fault as Disk, MemoryDisk};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use turmoil::Sim;

/// How far the hosts are let go ahead of each other.
const TICK: Duration = Duration::from_millis(40);
/// Beyond the end: the end is ours to find.
const FOR_EVER: Duration = Duration::from_secs(3600);
/// Segments of one direction of a connection that nobody has read yet; then whoever writes waits.
const SEGMENTS: usize = 64;
/// After a fault on the way to a host is over: what was held up has come by then.
const WELL_AFTER_MS: u64 = 2_000;
/// A screen that is slow takes one message in this time.
const SLOWLY: Duration = Duration::from_millis(1_800);

/// What became of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its figures.
    pub figures: Figures,
    /// Digest of the trace and of the whole log.
    pub digest: u64,
}

/// Plays a seed with a guard taken away, or with all of them.
///
/// # Errors
/// What the oracle saw, with the last lines of the trace.
pub fn play(seed: u64, weak: Weak) -> Result<Outcome, String> {
    let shared = Shared::new(Plan::of(seed), weak);
    let mut world = World::new(shared.clone());
    world.runs()?;
    judge::judge(&shared, &world.disk);
    let book = shared.book();
    book.verdict()?;
    Ok(Outcome { figures: book.figures, digest: book.digest() })
}

/// The moments of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Begins,
    Ends,
    /// Its consequences on the way to a host are over, too.
    Well,
}

struct World {
    shared: Shared,
    sim: Sim<'static>,
    disk: MemoryDisk,
    /// The turn for which the server is down.
    down: Option<usize>,
}

impl World {
    fn new(shared: Shared) -> Self {
        let plan = Arc::clone(&shared.plan);
        let mut sim = turmoil::Builder::new()
            .rng_seed(plan.seed)
            .tick_duration(TICK)
            .simulation_duration(FOR_EVER)
            .min_message_latency(Duration::from_millis(1))
            .max_message_latency(Duration::from_millis(plan.latency_ms))
            .tcp_capacity(SEGMENTS)
            .build();
        let (disk, starts, all) = (MemoryDisk::default(), AtomicU64::new(0), shared.clone());
        let kept = disk.clone();
        sim.host(SERVER, move || {
            let disk = if all.weak == Weak::DiskLies { kept.copy() } else { kept.clone() };
            server::run(all.clone(), disk, starts.fetch_add(1, Ordering::Relaxed))
        });
        for (chair, host) in HOSTS.into_iter().enumerate().take(MONITORS) {
            let (shared, starts) = (shared.clone(), AtomicU64::new(0));
            sim.host(host, move || sender::run(shared.clone(), chair, starts.fetch_add(1, Ordering::Relaxed)));
        }
        let mut others = |host: usize, reads: Reads, nurse: bool, stranger: bool| {
            let shared = shared.clone();
            sim.host(HOSTS[host], move || others(shared.clone(), host, reads, nurse, stranger));
        };
        others(3, Reads::AtOnce, true, false);
        others(4, Reads::AtOnce, false, false);
        others(5, Reads::Slowly(SLOWLY), false, true);
        Self { shared, sim, disk, down: None }
    }

    fn runs(&mut self) -> Result<(), String> {
        let mut moments = moments(&self.shared.plan.turns).into_iter().peekable();
        loop {
            let now_ms = u64::try_from(self.sim.elapsed().as_millis()).unwrap_or(u64::MAX);
            while let Some((_, moment, index)) = moments.next_if(|(at, ..)| *at <= now_ms) {
                self.turn(moment, index);
            }
            if now_ms >= END_MS || !self.shared.book().wrong.is_empty() {
                return Ok(());
            }
            self.sim.step().map_err(|error| format!("{:.3} s: a host failed: {error}", now_ms as f64 / 1e3))?;
        }
    }

    fn turn(&mut self, moment: Moment, index: usize) {
        let Turn { fault, .. } = self.shared.plan.turns[index];
        let at_us = i64::try_from(self.sim.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.shared.book().say(at_us, &format!("{moment:?}: {fault}"));
        match moment {
            Moment::Begins => self.begins(fault, index),
            Moment::Ends => self.ends(fault, index),
            Moment::Well => self.on_way(fault).iter().for_each(|host| self.shared.trouble(*host, false)),
        }
    }

    /// Hosts whose way to the server is concerned.
    fn on_way(&self, fault: Fault) -> Vec<usize> {
        match fault {
            Fault::Cut(host) | Fault::Mute(host) | Fault::Hold(host) | Fault::Loss(host, _) => vec![host],
            Fault::Power => (0..HOSTS.len()).collect(),
            _ => Vec::new(),
        }
    }

    fn begins(&mut self, fault: Fault, index: usize) {
        self.on_way(fault).iter().for_each(|host| self.shared.trouble(*host, true));
        match fault {
            Fault::Cut(host) => self.sim.partition(SERVER, HOSTS[host]),
            Fault::Mute(host) => self.sim.partition_oneway(SERVER, HOSTS[host]),
            Fault::Hold(host) => self.sim.hold(SERVER, HOSTS[host]),
            Fault::Loss(host, one_in) => self.sim.set_link_fail_rate(SERVER, HOSTS[host], 1.0 / f64::from(one_in)),
            Fault::Kill | Fault::Power | Fault::Stop => self.takes_down(fault, index),
            Fault::Restart(host) => self.sim.crash(HOSTS[host]),
            Fault::Disk(how) => self.disk.fail(how),
            Fault::SlowDisk(ms) => self.shared.flush_more_ms.store(ms, Ordering::Relaxed),
            Fault::Clock(seconds) => self.shared.clock_off_us.store(seconds * 1_000_000, Ordering::Relaxed),
        }
    }

    fn takes_down(&mut self, fault: Fault, index: usize) {
        if self.down.is_some() {
            return;
        }
        self.down = Some(index);
        if fault == Fault::Stop {
            self.shared.stop.send_replace(true);
            return;
        }
        if fault == Fault::Power {
            // Not even the end of its connections is heard.
            HOSTS.iter().for_each(|host| self.sim.partition(SERVER, *host));
        }
        self.sim.crash(SERVER);
        self.shared.book().figures.kills += 1;
    }

    fn ends(&mut self, fault: Fault, index: usize) {
        match fault {
            Fault::Cut(host) | Fault::Mute(host) | Fault::Hold(host) => self.sim.release(SERVER, HOSTS[host]),
            Fault::Loss(host, _) => {
                self.sim.set_link_fail_rate(SERVER, HOSTS[host], 0.0);
                self.sim.release(SERVER, HOSTS[host]);
            }
            Fault::Kill | Fault::Power | Fault::Stop if self.down == Some(index) => {
                if fault == Fault::Power {
                    HOSTS.iter().for_each(|host| self.sim.release(SERVER, *host));
                }
                self.down = None;
                self.shared.stop.send_replace(false);
                self.sim.bounce(SERVER);
            }
            Fault::Restart(host) => self.sim.bounce(HOSTS[host]),
            Fault::Disk(_) => self.disk.fail(Disk::None),
            Fault::SlowDisk(_) => self.shared.flush_more_ms.store(0, Ordering::Relaxed),
            Fault::Kill | Fault::Power | Fault::Stop | Fault::Clock(_) => {}
        }
    }
}

/// Every moment of every turn, in order.
fn moments(turns: &[Turn]) -> Vec<(u64, Moment, usize)> {
    let of = |(index, turn): (usize, &Turn)| {
        let Turn { at_ms, until_ms, .. } = *turn;
        let well_ms = until_ms + WELL_AFTER_MS;
        [(at_ms, Moment::Begins, index), (until_ms, Moment::Ends, index), (well_ms, Moment::Well, index)]
    };
    let mut moments: Vec<_> = turns.iter().enumerate().flat_map(of).collect();
    moments.sort_unstable();
    moments
}

/// A host that is no monitor: a screen, and who else is there.
async fn others(shared: Shared, host: usize, reads: Reads, nurse: bool, stranger: bool) -> turmoil::Result {
    let nurse = async {
        if nurse {
            nurse::run(shared.clone()).await;
        }
    };
    let stranger = async {
        if stranger {
            stranger::run(shared.clone()).await;
        }
    };
    tokio::join!(screen::run(shared.clone(), host, reads), nurse, stranger);
    Ok(())
}
