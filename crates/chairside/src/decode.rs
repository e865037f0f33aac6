//! `chairside decode`: what a raw capture says.

use chairside_decode::catalog::Protocol;
use chairside_decode::hl7::{Framing, Hl7Decoder, Profile};
use chairside_decode::{Decoder, Finding};
use chairside_observation::Micros;
use chairside_wire::line;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// What went wrong before or while the capture was read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No such protocol.
    #[error("--protocol: found {found:?}, known are {known}")]
    Protocol {
        /// What was asked for.
        found: String,
        /// What there is.
        known: String,
    },
    /// No such profile.
    #[error("--profile: found {found:?}, {protocol} knows {known}")]
    Profile {
        /// What was asked for.
        found: String,
        /// Of which protocol.
        protocol: &'static str,
        /// What there is.
        known: String,
    },
    /// The capture cannot be read.
    #[error("{file}: {cause}")]
    Read {
        /// Its path.
        file: String,
        /// Why.
        cause: io::Error,
    },
    /// The lines cannot be written.
    #[error("standard output: {0}")]
    Write(#[source] io::Error),
}

/// Decodes `file` (`-` is standard input) and writes one JSON object a line to `out`. Where the profile is judged by the
/// decoder, each new judgement and its reason go to `remarks`.
///
/// # Errors
/// Unknown protocol or profile, or the file cannot be read.
pub fn run(
    protocol: &str,
    profile: Option<&str>,
    all: bool,
    file: &Path,
    out: &mut dyn Write,
    remarks: &mut dyn Write,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(protocol, profile)?;
    let unread = |cause| DecodeError::Read { file: file.display().to_string(), cause };
    let mut input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(file).map_err(unread)?)
    };
    let mut out = BufWriter::new(out);
    let (mut chunk, mut findings) = (vec![0; CHUNK], Vec::new());
    loop {
        let size = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(size) => size,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(unread(e)),
        };
        // A capture has no arrival times: the decoder sees one moment, and ages count from there.
        reader.decoder().feed(Micros(0), &chunk[..size], &mut findings);
        reader.remark(remarks).map_err(DecodeError::Write)?;
        print(&mut findings, all, &mut out).map_err(DecodeError::Write)?;
    }
    reader.decoder().finish(Micros(0), &mut findings);
    reader.remark(remarks).map_err(DecodeError::Write)?;
    print(&mut findings, all, &mut out).and_then(|()| out.flush()).map_err(DecodeError::Write)
}

/// The decoder, and what was said of its judgement so far.
enum Reader {
    Told(Box<dyn Decoder>),
    Judging(Box<Hl7Decoder>, Option<Profile>),
}

impl Reader {
    fn new(protocol: &str, profile: Option<&str>) -> Result<Self, DecodeError> {
        let decoder = decoder(protocol, profile)?;
        let judging = protocol == Protocol::Hl7.word() && profile.is_none_or(|p| p == "auto");
        Ok(if judging {
            Self::Judging(Box::new(Hl7Decoder::new(None, Framing::MllpOrBare)), None)
        } else {
            Self::Told(decoder)
        })
    }

    fn decoder(&mut self) -> &mut dyn Decoder {
        match self {
            Self::Told(decoder) => decoder.as_mut(),
            Self::Judging(decoder, _) => decoder.as_mut(),
        }
    }

    /// Says which profile was chosen and why, once for each change.
    fn remark(&mut self, remarks: &mut dyn Write) -> io::Result<()> {
        let Self::Judging(decoder, told) = self else { return Ok(()) };
        match decoder.judged() {
            Some((profile, why)) if *told != Some(profile) => {
                *told = Some(profile);
                writeln!(remarks, "chairside: profile auto chose {}: {why}", profile.word())
            }
            _ => Ok(()),
        }
    }
}

fn decoder(protocol: &str, profile: Option<&str>) -> Result<Box<dyn Decoder>, DecodeError> {
    let known = || Protocol::ALL.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ");
    let protocol = Protocol::from_word(protocol)
        .ok_or_else(|| DecodeError::Protocol { found: protocol.to_owned(), known: known() })?;
    protocol.decoder(profile).ok_or_else(|| DecodeError::Profile {
        found: profile.unwrap_or("").to_owned(),
        protocol: protocol.word(),
        known: if protocol.profiles().is_empty() { "no profiles".into() } else { protocol.profiles().join(", ") },
    })
}

fn print(findings: &mut Vec<Finding>, all: bool, out: &mut impl Write) -> io::Result<()> {
    let mut findings = findings.drain(..).peekable();
    while let Some(finding) = findings.next() {
        let line = match finding {
            Finding::Observation(o) => line::observation(&o),
            Finding::Skipped(bytes, skip) => line::skipped(&bytes, skip),
            Finding::Notice(notice) if all => line::notice(&notice),
            Finding::Frame { bytes, kind } if all && !matches!(findings.peek(), Some(Finding::Observation(_))) => {
                line::frame(&bytes, kind)
            }
            Finding::Notice(_) | Finding::Frame { .. } => continue,
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}
