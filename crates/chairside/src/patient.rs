//! `chairside patient`: what the record holds of one patient.

use crate::audit::{self, Look};
use crate::clock::{self, ClinicZone};
use crate::config::Config;
use crate::export::ExportError;
use chairside_export::Face;
use chairside_observation::session::{AuditKind, Person};
use chairside_store::sqlite::{Held, SqliteLog};

/// A list for people to read, before it is given to the patient or erased. That somebody looked is in the audit first.
///
/// # Errors
/// The log cannot be opened or read, or the look cannot be entered.
pub async fn list(config: &Config, by: &Person, id: &str) -> Result<Vec<String>, ExportError> {
    let log = SqliteLog::open_read_only(&config.database, &clock::boot(), clock::system()).await?;
    let held = log.held(id).await?;
    log.close().await?;
    let look = |held: &Held| {
        let what = "list of what the record holds".to_owned();
        Look { session: held.session.id.clone(), did: AuditKind::Viewed, what }
    };
    let looks: Vec<Look> = held.iter().map(look).collect();
    let entered = audit::enter(config, by, &looks).await?;
    let mut lines = lines(&ClinicZone(config.zone.clone()), id, &held);
    lines.extend(entered.told().map(str::to_owned));
    Ok(lines)
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
