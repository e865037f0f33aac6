//! `chairside doctor`: what is in order, what is not, and what to do next. Looks only: it opens no serial port, writes
//! nothing, and touches the monitors' network only when asked to.

mod door;
mod house;
mod report;
mod server;
mod time;

pub(crate) use house::Room;
pub use report::{Finding, Mark, Report};
pub(crate) use time::{is_set as clock_is_set, is_wrong as clock_is_wrong};

use crate::clock;
use crate::config::{Config, Problem};
use crate::words::count;
use server::Running;
use std::path::Path;

/// Looks at everything the configuration names. With `connect`, connections to monitors that listen are tried.
pub async fn run(file: Option<&Path>, connect: bool) -> Report {
    let mut report = Report::default();
    let config = match file.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => {
            mistakes(&mut report, file.unwrap_or(Path::new("")), &problems);
            return report;
        }
    };
    let (chairs, sources) = (config.chairs.len(), config.sources.len());
    let name = file.map_or_else(|| "no file: the embedded defaults".to_owned(), |file| file.display().to_string());
    let (chairs, sources) = (count(chairs, "chair"), count(sources, "source"));
    report.section("Configuration").push(Finding::fine(format!("{name}: {chairs}, {sources}")));
    if config.sources.is_empty() {
        let todo = "add a [[source]]; `chairside identify PORT` writes one for a serial monitor";
        report.push(Finding::look("no [[source]]: nothing can be heard", todo));
    }

    let now = clock::now().wall;
    report.section("Data folder");
    report.extend(house::folder(&config.data));
    report.section("Session log");
    let health = house::log(&config.database, &mut report).await;
    report.extend(house::space(&config, health.as_ref(), now));
    report.section("Clock");
    report.extend(time::check(&config, now, health.as_ref().and_then(|h| h.last_wall)));

    report.section("Server");
    let running = Running::of(&config);
    report.extend(running.findings());
    report.section("Sources");
    for source in &config.sources {
        report.extend(running.source(source, now));
        report.extend(door::check(source, &running, connect));
    }
    report
}

fn mistakes(report: &mut Report, file: &Path, problems: &[Problem]) {
    report.section("Configuration");
    for problem in problems {
        let Problem { key, found, wrong, example } = problem;
        report.push(Finding::wrong(format!("{key}: found {found}: {wrong}"), format!("such as {example}")));
    }
    let todo = format!("chairside config check {}, then run doctor again", file.display());
    report.push(Finding::skipped(format!("the rest can be looked at once these are corrected: {todo}")));
}
