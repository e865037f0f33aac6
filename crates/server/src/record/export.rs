//! A record as files.

use super::open::audit;
use super::{Kept, kept, seal, whole, zip};
use crate::App;
use crate::api::{body, caller};
use crate::people::{Signs, signer};
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Response, header};
use chairside_export::{ExportError, Face, File, Format, Options, Paper, Record, Seal, Signed, files, table};
use chairside_observation::Hex;
use chairside_observation::session::{Act, AuditKind};
use chairside_wire::{ExportSession, Unreadable};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Exports made at once: each holds a record and its files in memory, and takes a core (S20).
pub(crate) const EXPORTS_MAX: usize = 2;
/// The format that proves itself; it is made of the log's own blocks.
const RECORD: &str = "record";

/// Who may make files now.
#[derive(Clone)]
pub(crate) struct Making(Arc<Semaphore>);

impl Default for Making {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(EXPORTS_MAX)))
    }
}

/// What is asked for.
enum Wanted {
    /// A format of the export.
    Files(Format),
    /// The file that proves itself.
    Record,
}

/// `POST /api/sessions/{id}/export`: that files are made, and by whom, is in the log before anybody has them.
pub(crate) async fn export(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let caller = caller(&request)?;
    let ExportSession { by, format, every, paper } = body(request).await?;
    let by = signer(&caller, by.read().map_err(Refused::Unreadable)?, Signs::Usual)?;
    let (wanted, options) = (wanted(&format)?, options(every, paper.as_deref())?);
    let _turn = app.making.0.try_acquire().map_err(|_| Refused::Busy)?;
    let found = kept(&app, &id).await?;
    audit(&app, &found, by, AuditKind::Exported, &format).await?;
    let name = format!("session-{}", plain(&id));
    let file = match wanted {
        Wanted::Record => {
            let made = app.log.record_file(&found.session.id, &app.about.version).await;
            let bytes = made.map_err(Refused::LogUnreadable)?.ok_or(Refused::NoSuchSession)?;
            File { name: format!("{name}.chairside"), media_type: "application/octet-stream", bytes }
        }
        Wanted::Files(format) => one(made(&app, found, format, options).await?, &name, format)?,
    };
    Ok(attachment(file))
}

fn wanted(word: &str) -> Result<Wanted, Refused> {
    if word == RECORD {
        return Ok(Wanted::Record);
    }
    Format::from_word(word).map(Wanted::Files).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.word()).chain([RECORD]).collect();
        unreadable("format", word, &known.join(", "))
    })
}

fn options(every: Option<u32>, paper: Option<&str>) -> Result<Options, Refused> {
    let mut options = Options::default();
    if let Some(every) = every {
        if !table::MINUTES.contains(&every) {
            return Err(unreadable("every", &every.to_string(), "1, 5, 10 or 15"));
        }
        options.every_min = every;
    }
    if let Some(paper) = paper {
        options.paper = Paper::from_word(paper).ok_or_else(|| unreadable("paper", paper, "a4 or letter"))?;
    }
    Ok(options)
}

fn unreadable(field: &'static str, found: &str, expected: &str) -> Refused {
    let found = found.chars().take(40).collect();
    Refused::Unreadable(Unreadable { field, found, expected: expected.to_owned() })
}

/// The files, made beside the answers of other screens.
async fn made(app: &App, found: Kept, format: Format, options: Options) -> Result<Vec<File>, Refused> {
    let mut record = whole(app, &found.chair, &found.session).await?;
    if !found.session.is_open() {
        let (_, digest, _) = seal(app, &found, &record).await?;
        record = record.with_seal(sealed(&found, digest));
    }
    let offsets = Arc::clone(&app.offsets);
    let made = tokio::task::spawn_blocking(move || write(format, &record, &*offsets, &options));
    made.await.map_err(|_| Refused::Internal)?.map_err(|error| {
        tracing::error!(%error, format = format.word(), "an export could not be made");
        Refused::Internal
    })
}

fn write(
    format: Format,
    record: &Record,
    offsets: &dyn chairside_export::Offsets,
    options: &Options,
) -> Result<Vec<File>, ExportError> {
    files(format, record, &Face(offsets), options)
}

pub(crate) fn sealed(found: &Kept, digest: [u8; 32]) -> Seal {
    let signed = found.session.signed().and_then(|kept| {
        let Act::Signed { meaning, .. } = &kept.done.act else { return None };
        Some(Signed { by: kept.done.by.clone(), at: kept.received, meaning: meaning.clone() })
    });
    Seal { digest: Hex(&digest).to_string().into(), signed }
}

/// One file as it is, several as a zip.
fn one(mut files: Vec<File>, name: &str, format: Format) -> Result<File, Refused> {
    if files.len() == 1
        && let Some(file) = files.pop()
    {
        return Ok(File { name: format!("{name}-{}", plain(&file.name)), ..file });
    }
    let bytes = zip::pack(&files).ok_or(Refused::Internal)?;
    Ok(File { name: format!("{name}-{}.zip", format.word()), media_type: "application/zip", bytes })
}

/// What can stand in a header and in a file's name everywhere.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

fn attachment(file: File) -> Response<Body> {
    let named = HeaderValue::try_from(format!("attachment; filename=\"{}\"", plain(&file.name)));
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_DISPOSITION, named.unwrap_or(HeaderValue::from_static("attachment")));
    response
}
