//! The kinds of file a record can become, and what each consists of.

use crate::fhir::{self, Values};
use crate::{Face, Record, chart, csv, edf, hl7, pdf, vital};
use std::fmt;

/// A kind of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Samples, events, summary and dictionary as comma-separated tables.
    Csv,
    /// The record on paper.
    Pdf,
    /// The worksheet for the monitoring form of esketamine, on paper.
    Worksheet,
    /// The chart as a drawing.
    Svg,
    /// The chart as a picture.
    Png,
    /// A FHIR R4 bundle with interval values.
    Fhir,
    /// A FHIR R4 bundle with every value.
    FhirRaw,
    /// HL7 v2 messages, as they would be sent.
    Hl7,
    /// A `.vital` file of VitalDB.
    Vital,
    /// Trends of one second as EDF+.
    Edf,
}

impl Format {
    /// Every format, in the order people are offered them.
    pub const ALL: &'static [Self] = &[
        Self::Csv,
        Self::Pdf,
        Self::Worksheet,
        Self::Svg,
        Self::Png,
        Self::Fhir,
        Self::FhirRaw,
        Self::Hl7,
        Self::Vital,
        Self::Edf,
    ];

    /// Its word in commands and on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Pdf => "pdf",
            Self::Worksheet => "worksheet",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Fhir => "fhir",
            Self::FhirRaw => "fhir-raw",
            Self::Hl7 => "hl7",
            Self::Vital => "vital",
            Self::Edf => "edf",
        }
    }

    /// The format with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.word() == word)
    }
}

/// How a record is laid out, where a format leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Minutes of a row of the interval table; one of [`crate::table::MINUTES`].
    pub every_min: u32,
    /// Size of a page.
    pub paper: Paper,
}

impl Default for Options {
    fn default() -> Self {
        Self { every_min: 5, paper: Paper::A4 }
    }
}

/// Size of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// Every size, in the order people are offered them.
    pub const ALL: &'static [Self] = &[Self::A4, Self::Letter];

    /// Width and height in points.
    pub(crate) const fn points(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }

    /// Its word in commands and on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }

    /// The size with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|paper| paper.word() == word)
    }
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name. It bears nothing of the patient: file names are seen by everybody.
    pub name: String,
    /// What it holds, as an Internet media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a record could not be made into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportError {
    /// The font inside the program cannot be read.
    Font,
    /// The chart could not be drawn; what the drawing said.
    Chart(String),
    /// The pages could not be written; what the writer said.
    Pdf(String),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font => f.write_str("the font inside the program cannot be read; install the program anew"),
            Self::Chart(why) => write!(f, "the chart could not be drawn: {why}; csv holds the same values"),
            Self::Pdf(why) => write!(f, "the pages could not be written: {why}; csv holds the same record"),
        }
    }
}

impl std::error::Error for ExportError {}

/// The files of `record` in `format`. The same record gives the same bytes.
///
/// # Errors
/// A chart or pages cannot be made; the sentence says what still can.
pub fn files(format: Format, record: &Record, face: &Face<'_>, options: &Options) -> Result<Vec<File>, ExportError> {
    let one = |name: &str, media_type, bytes| vec![File { name: name.to_owned(), media_type, bytes }];
    Ok(match format {
        Format::Csv => csv::tables(record, face)
            .into_iter()
            .map(|(name, bytes)| File { name: name.to_owned(), media_type: "text/csv; charset=utf-8", bytes })
            .collect(),
        Format::Fhir => {
            let pages = pdf::report(record, face, options)?;
            vec![bundle("fhir.json", record, face, Values::Every(options.every_min), &pages)]
        }
        Format::Pdf => one("record.pdf", "application/pdf", pdf::report(record, face, options)?),
        Format::Worksheet => one("worksheet.pdf", "application/pdf", pdf::worksheet(record, face, options)?),
        Format::Svg => one("chart.svg", "image/svg+xml", chart::svg(record, face)?),
        Format::Png => one("chart.png", "image/png", chart::png(record, face)?),
        Format::FhirRaw => {
            let pages = pdf::report(record, face, options)?;
            vec![bundle("fhir-raw.json", record, face, Values::Raw, &pages)]
        }
        Format::Hl7 => {
            let vitals = hl7::vitals(record, face, options.every_min);
            let file = |bytes| File { name: "vitals.hl7".to_owned(), media_type: "x-application/hl7-v2+er7", bytes };
            vitals.into_iter().map(file).collect()
        }
        Format::Vital => vec![binary("record.vital", vital::vital(record, face))],
        Format::Edf => vec![binary("record.edf", edf::edf(record, face))],
    })
}

fn binary(name: &str, bytes: Vec<u8>) -> File {
    File { name: name.to_owned(), media_type: "application/octet-stream", bytes }
}

fn bundle(name: &str, record: &Record, face: &Face<'_>, values: Values, pages: &[u8]) -> File {
    let bytes = fhir::bundle(record, face, values, Some(pages));
    File { name: name.to_owned(), media_type: "application/fhir+json", bytes }
}
