//! The record on paper: page 1 for the one who signs, then everything else. Black and white, tagged, the same bytes each time.

mod effects;
mod first;
mod moment;
mod rest;
mod worksheet;

use crate::page::{About, Flow, Fonts, Furniture, write};
use crate::{ExportError, Face, Options, Record, Signed};
use chairside_observation::session::Act;
use moment::Moments;

/// The report.
///
/// # Errors
/// The chart or the pages cannot be made; the sentence says what still can.
pub fn report(record: &Record, face: &Face<'_>, options: &Options) -> Result<Vec<u8>, ExportError> {
    let fonts = Fonts::new()?;
    let moments = Moments::of(record, face);
    let mut flow = Flow::new(&fonts, options.paper, &furniture(record, &moments));
    first::page(&mut flow, record, face, &moments)?;
    rest::pages(&mut flow, record, face, &moments, options.every_min);
    finished(flow, record, "Infusion session record")
}

/// The worksheet for the monitoring form of esketamine.
pub(crate) fn worksheet(record: &Record, face: &Face<'_>, options: &Options) -> Result<Vec<u8>, ExportError> {
    let fonts = Fonts::new()?;
    let moments = Moments::of(record, face);
    let mut flow = Flow::new(&fonts, options.paper, &furniture(record, &moments));
    worksheet::pages(&mut flow, record, &moments);
    finished(flow, record, "Esketamine monitoring worksheet")
}

fn finished(mut flow: Flow<'_>, record: &Record, title: &str) -> Result<Vec<u8>, ExportError> {
    flow.finish();
    let title = format!("{title}, session {}", record.session.id);
    // Reader programs compare documents by this name.
    let id = format!("{title} {}", record.digest());
    write(&flow, &About { title: &title, version: &record.version, id: &id })
}

fn furniture(record: &Record, moments: &Moments<'_>) -> Furniture {
    let patient = &record.session.patient;
    let state = match signed(record) {
        Some(signed) => {
            format!("Signed by {} ({}), {}", signed.by.name, signed.by.role.word(), moments.full(signed.at))
        }
        None => "UNSIGNED DRAFT".to_owned(),
    };
    let plain = |text: &str| text.replace('\n', " ");
    Furniture {
        identity: plain(&format!(
            "Patient {} \u{b7} {} \u{b7} born {} \u{b7} session {}",
            patient.id, patient.name, patient.born, record.session.id
        )),
        state: plain(&format!("{state} \u{b7} chairside {}", record.version)),
        foot: format!("SHA-256 {}", record.digest()),
    }
}

/// Who signed: as the log's seal says, or else the act itself.
fn signed(record: &Record) -> Option<Signed> {
    let sealed = record.seal.as_ref().and_then(|seal| seal.signed.clone());
    sealed.or_else(|| {
        let kept = record.session.signed()?;
        let Act::Signed { meaning, .. } = &kept.done.act else { return None };
        Some(Signed { by: kept.done.by.clone(), at: kept.received, meaning: meaning.clone() })
    })
}
