//! Writes every export of one constructed session into a folder, and beside them `held.json`: what was put in, told without
//! the exporter. Programs of other people read the first and compare with the second (`tests/readers`).

mod log;
mod script;

use chairside_export::fhir::{self, Values};
use chairside_export::hl7;
use chairside_export::{Face, Format, Offsets, Options, files};
use chairside_observation::Micros;
use std::path::{Path, PathBuf};

/// Berlin on 2026-10-25: the clocks went back at 01:00 UTC, in the middle of the session.
struct Berlin;

/// Stands for the report: the formats that carry one take any bytes.
const REPORT: &[u8] = b"%PDF-1.7\n\xe2\xe3\xcf\xd3\r\n\0|^~\\& no real one\n%%EOF\n";

/// 2026-10-25 01:00 UTC.
const CLOCKS_BACK: Micros = Micros::from_secs(1_792_890_000);

impl Offsets for Berlin {
    fn offset_min(&self, utc: Micros) -> i16 {
        if utc < CLOCKS_BACK { 120 } else { 60 }
    }
}

fn main() -> Result<(), String> {
    let folder = std::env::args().nth(1).ok_or("name the folder for the exports")?;
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let log = script::session();
    let record = log.record();
    for format in Format::ALL {
        let made = files(*format, &record, &Face(&Berlin), &Options::default()).map_err(|e| e.to_string())?;
        for file in made {
            write(&folder.join(file.name), &file.bytes)?;
        }
    }
    write(&folder.join("report.pdf"), REPORT)?;
    let with_report = fhir::bundle(&record, &Face(&Berlin), Values::Every(5), Some(REPORT));
    write(&folder.join("fhir-with-report.json"), &with_report)?;
    let face = Face(&Berlin);
    for (name, record) in [("report-draft.hl7", &record), ("report-signed.hl7", &log.signed("Dr. A|B"))] {
        write(&folder.join(name), &hl7::report(record, &face, REPORT))?;
    }
    let added = log.added("Dr. A|B", "the cuff was on the other arm");
    let replaced = hl7::replacement(&added, &face, REPORT).ok_or("what was added replaces nothing")?;
    write(&folder.join("report-added.hl7"), &replaced)?;
    write(&folder.join("held.json"), log.held().as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}
