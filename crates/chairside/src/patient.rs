//! `chairside patient`: what the record holds of one patient.

use crate::clock::{self, ClinicZone};
use chairside_export::Face;
use chairside_store::StoreError;
use chairside_store::sqlite::{Held, SqliteLog};
use std::path::Path;

/// A list for people to read, before it is given to the patient or erased.
///
/// # Errors
/// The log cannot be opened or read.
pub async fn list(database: &Path, zone: &ClinicZone, id: &str) -> Result<Vec<String>, StoreError> {
    let log = SqliteLog::open_read_only(database, &clock::boot(), clock::system()).await?;
    let held = log.held(id).await?;
    log.close().await?;
    Ok(lines(zone, id, &held))
}

/// The list itself.
pub(crate) fn lines(zone: &ClinicZone, id: &str, held: &[Held]) -> Vec<String> {
    let count = match held.len() {
        0 => "no session".to_owned(),
        1 => "1 session".to_owned(),
        n => format!("{n} sessions"),
    };
    let mut lines = vec![format!("Patient {id}: {count}")];
    for Held { chair, session, request, readings, notices, frames: (frames, bytes) } in held {
        let at = |wall| Face(zone).iso(wall);
        let (opened, until) = (at(session.opened.wall), at(session.phase_since.wall));
        lines.push(format!("  {}  {opened}  {}  {}", session.id, session.phase.word(), session.plan.template));
        lines.push(match request.span {
            Some((first, last)) if !session.is_open() => {
                format!("    chair {chair}, entries {} to {}, until {until}", first.0, last.0)
            }
            Some((first, _)) => format!("    chair {chair}, entries from {} on, open", first.0),
            None => format!("    chair {chair}, planned only; no values are hers"),
        });
        let deeds = request.deeds.len();
        lines.push(format!(
            "    {readings} readings, {notices} notices of monitors and frames without values, {deeds} acts, \
             {frames} raw frames of {bytes} bytes"
        ));
    }
    if !held.is_empty() {
        lines.push(
            "What no session claimed is not in this list: it is erased by itself (retention.unclaimed_h).".into(),
        );
    }
    lines
}
