//! `chairside decode`: what a raw capture says.

use crate::config::{Config, Problem};
use crate::explain::Explainer;
use chairside_decode::catalog::Protocol;
use chairside_decode::generic::{Description, Generic};
use chairside_decode::hl7::{Framing, Hl7Decoder, Profile};
use chairside_decode::{Decoder, Finding};
use chairside_observation::Micros;
use chairside_wire::line;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// How a capture is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What the monitor speaks.
    pub protocol: &'a str,
    /// How to read it, where there are several ways.
    pub profile: Option<&'a str>,
    /// Where its lines are described; for the protocol `generic`.
    pub described: Option<Described<'a>>,
    /// Also frames without vitals and the monitor's notices.
    pub all: bool,
}

/// A description of lines.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// The configuration file.
    pub config: &'a Path,
    /// Which of its generic sources; `None` for the only one.
    pub source: Option<&'a str>,
    /// Say what was made of each line.
    pub explain: bool,
}

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
    /// The lines of a generic source, without their description.
    #[error("--config: protocol generic is read by the description in a configuration file: give --config FILE")]
    NoDescription,
    /// A description for a protocol that has a decoder of its own.
    #[error("--config: protocol {protocol} has a decoder of its own; only generic lines are described")]
    NotDescribed {
        /// The protocol.
        protocol: &'static str,
    },
    /// No such source, or several.
    #[error("--source: {file} has {found}; {expected}")]
    Source {
        /// The configuration file.
        file: String,
        /// Its generic sources.
        found: String,
        /// What to do.
        expected: &'static str,
    },
    /// The configuration has mistakes.
    #[error("{}: {} mistakes", file.display(), problems.len())]
    Config {
        /// The file.
        file: PathBuf,
        /// All of them.
        problems: Vec<Problem>,
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
/// decoder, each new judgement and its reason go to `remarks`; so do the figures of a description and what it made of
/// each line.
///
/// # Errors
/// Unknown protocol or profile, a description that is missing or has mistakes, or the file cannot be read.
pub fn run(wanted: &Wanted<'_>, file: &Path, out: &mut dyn Write, remarks: &mut dyn Write) -> Result<(), DecodeError> {
    let description = description(wanted)?;
    let mut reader = Reader::new(wanted, description.as_ref())?;
    let mut explainer = description.map(Explainer::new);
    let unread = |cause| DecodeError::Read { file: file.display().to_string(), cause };
    let mut input: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(file).map_err(unread)?)
    };
    let mut out =
        Lines { out: BufWriter::new(out), all: wanted.all, explain: wanted.described.is_some_and(|d| d.explain) };
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
        if let Some(explainer) = &mut explainer {
            explainer.push(&chunk[..size]);
        }
        reader.remark(remarks).map_err(DecodeError::Write)?;
        out.print(&mut findings, explainer.as_mut(), remarks).map_err(DecodeError::Write)?;
    }
    reader.decoder().finish(Micros(0), &mut findings);
    reader.remark(remarks).map_err(DecodeError::Write)?;
    out.print(&mut findings, explainer.as_mut(), remarks).and_then(|()| out.out.flush()).map_err(DecodeError::Write)?;
    explainer.map_or(Ok(()), |explainer| explainer.summary(remarks)).map_err(DecodeError::Write)
}

/// The description that was asked for.
fn description(wanted: &Wanted<'_>) -> Result<Option<Arc<Description>>, DecodeError> {
    let protocol = protocol(wanted.protocol)?;
    let Some(described) = wanted.described else {
        return if protocol == Protocol::Generic { Err(DecodeError::NoDescription) } else { Ok(None) };
    };
    if protocol != Protocol::Generic {
        return Err(DecodeError::NotDescribed { protocol: protocol.word() });
    }
    if let Some(profile) = wanted.profile {
        let (found, known) = (profile.to_owned(), "no profiles".to_owned());
        return Err(DecodeError::Profile { found, protocol: protocol.word(), known });
    }
    let config = Config::read(described.config)
        .map_err(|problems| DecodeError::Config { file: described.config.to_owned(), problems })?;
    let mut sources: Vec<_> =
        config.sources.into_iter().filter_map(|source| Some((source.id, source.description?))).collect();
    let found = match &sources[..] {
        [] => "no generic source".to_owned(),
        sources => {
            format!("the generic sources {}", sources.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", "))
        }
    };
    sources.retain(|(id, _)| described.source.is_none_or(|wanted| id.as_str() == wanted));
    match (sources.pop(), &sources[..]) {
        (Some((_, description)), []) => Ok(Some(description)),
        (None, _) => Err((found, "name one of them, or describe one")),
        (Some(_), _) => Err((found, "say which with --source ID")),
    }
    .map_err(|(found, expected)| DecodeError::Source {
        file: described.config.display().to_string(),
        found,
        expected,
    })
}

/// The decoder, and what was said of its judgement so far.
enum Reader {
    Told(Box<dyn Decoder>),
    Judging(Box<Hl7Decoder>, Option<Profile>),
}

impl Reader {
    fn new(wanted: &Wanted<'_>, description: Option<&Arc<Description>>) -> Result<Self, DecodeError> {
        if let Some(description) = description {
            return Ok(Self::Told(Box::new(Generic::new(Arc::clone(description)))));
        }
        let Wanted { protocol, profile, .. } = *wanted;
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

fn protocol(word: &str) -> Result<Protocol, DecodeError> {
    let known = || Protocol::ALL.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ");
    Protocol::from_word(word).ok_or_else(|| DecodeError::Protocol { found: word.to_owned(), known: known() })
}

fn decoder(word: &str, profile: Option<&str>) -> Result<Box<dyn Decoder>, DecodeError> {
    let protocol = protocol(word)?;
    protocol.decoder(profile).ok_or_else(|| DecodeError::Profile {
        found: profile.unwrap_or("").to_owned(),
        protocol: protocol.word(),
        known: if protocol.profiles().is_empty() { "no profiles".into() } else { protocol.profiles().join(", ") },
    })
}

/// The lines that are printed.
struct Lines<W: Write> {
    out: W,
    all: bool,
    explain: bool,
}

impl<W: Write> Lines<W> {
    /// Prints findings. Explanations go to `remarks`, each before the lines it explains.
    fn print(
        &mut self,
        findings: &mut Vec<Finding>,
        explainer: Option<&mut Explainer>,
        remarks: &mut dyn Write,
    ) -> io::Result<()> {
        let Some(explainer) = explainer else {
            self.write(findings)?;
            findings.clear();
            return Ok(());
        };
        let findings = std::mem::take(findings);
        for group in findings.chunk_by(|_, next| matches!(next, Finding::Observation(_) | Finding::Notice(_))) {
            if let (Some(text), true) = (explainer.line(group), self.explain) {
                self.out.flush()?;
                writeln!(remarks, "{text}")?;
            }
            self.write(group)?;
        }
        Ok(())
    }

    fn write(&mut self, findings: &[Finding]) -> io::Result<()> {
        let mut findings = findings.iter().peekable();
        while let Some(finding) = findings.next() {
            let line = match finding {
                Finding::Observation(o) => line::observation(o),
                Finding::Skipped(bytes, skip) => line::skipped(bytes, *skip),
                Finding::Notice(notice) if self.all => line::notice(notice),
                Finding::Frame { bytes, kind }
                    if self.all && !matches!(findings.peek(), Some(Finding::Observation(_))) =>
                {
                    line::frame(bytes, *kind)
                }
                Finding::Notice(_) | Finding::Frame { .. } => continue,
            };
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}
