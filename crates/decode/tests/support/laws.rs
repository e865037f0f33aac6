//! The laws of `chairside_decode`, each as a check of one input: the property suite and the fuzz targets share them. A
//! broken law comes back as a sentence.

use super::{Case, cases, decode, lines, tiles};
use chairside_decode::{Decoder, Finding, catalog::Protocol};
use chairside_observation::Micros;

/// A sentence that says which law was broken, and how.
pub type Lawful = Result<(), String>;

/// Good bytes of a subject, often enough repeated that noise in front of them cannot swallow the last copy.
pub struct Good {
    bytes: Vec<u8>,
    /// Where the last copy begins.
    last: u64,
    /// What the last copy says when nothing stands before the first.
    alone: Vec<Finding>,
}

/// What is put to the laws: one way to read bytes, with the captures written for it.
pub struct Subject {
    pub name: String,
    make: Box<dyn Fn() -> Box<dyn Decoder> + Send + Sync>,
    pub captures: Vec<Vec<u8>>,
    good: Option<Good>,
}

impl Subject {
    /// Every profile of a protocol, or every device described.
    pub fn all(protocol: Protocol) -> Vec<Self> {
        let cases = cases(protocol);
        let captures: Vec<Vec<u8>> = cases.iter().map(|c| c.capture.clone()).collect();
        if protocol == Protocol::Generic {
            let described = |case: Case| {
                let normal = case.name.starts_with("normal").then(|| case.capture.clone());
                let name = format!("generic {}", case.name);
                Self::new(&name, move || case.decoder(), captures.clone(), normal)
            };
            return cases.into_iter().map(described).collect();
        }
        let profiles = protocol.profiles().iter().map(|p| Some((*p).to_owned()));
        let profiles = profiles.chain(protocol.profiles().is_empty().then_some(None));
        let subject = |profile: Option<String>| {
            let normal = cases
                .iter()
                .find(|c| c.name.starts_with("normal") && (c.profile == profile || profile.as_deref() == Some("auto")))
                .map(|c| c.capture.clone());
            let name = format!("{} {}", protocol.word(), profile.as_deref().unwrap_or(""));
            let make = move || protocol.decoder(profile.as_deref()).expect("the catalog lists the profile");
            Self::new(name.trim_end(), make, captures.clone(), normal)
        };
        profiles.map(subject).collect()
    }

    /// A way to read bytes that `make` begins; `normal` is a capture whose readings must be found after any noise.
    pub fn new(
        name: &str,
        make: impl Fn() -> Box<dyn Decoder> + Send + Sync + 'static,
        captures: Vec<Vec<u8>>,
        normal: Option<Vec<u8>>,
    ) -> Self {
        let good = normal.map(|normal| Good::new(&*make(), &normal));
        let mut subject = Self { name: name.to_owned(), make: Box::new(make), captures, good };
        if let Some(mut good) = subject.good.take() {
            good.alone = good.told(&subject, &[]);
            subject.good = Some(good);
        }
        subject
    }

    /// A decoder at byte 0 of a stream.
    pub fn decoder(&self) -> Box<dyn Decoder> {
        (self.make)()
    }

    /// Laws 1, 2, 3, 5 and 6 on one input, fed whole and in pieces of these sizes (the last size repeats), and that a
    /// finished decoder stands as new but for its place in the stream.
    pub fn keeps_the_laws(&self, bytes: &[u8], pieces: &[usize]) -> Lawful {
        let (mut one, mut two) = (self.decoder(), self.decoder());
        let whole = decode(&mut *one, bytes, &[]);
        tile_the_stream(&whole, bytes.len() as u64)?;
        let pieced = bounded(&mut *two, bytes, pieces)?;
        same("laws 1 and 5, fed whole and in pieces", &whole, &pieced)?;
        let mut again = decode(&mut *one, bytes, &[]);
        for finding in &mut again {
            move_back(finding, bytes.len() as u64);
        }
        same("law 5, before `finish` and after it", &whole, &again)
    }

    /// Law 4, on noise in front of the subject's good bytes.
    pub fn finds_good_bytes_after(&self, noise: &[u8]) -> Lawful {
        let Some(good) = &self.good else { return Ok(()) };
        same("law 4, good bytes alone and after noise", &good.alone, &good.told(self, noise))
    }
}

/// What `decode` gives; law 3 is looked at after every piece.
fn bounded(decoder: &mut dyn Decoder, bytes: &[u8], pieces: &[usize]) -> Result<Vec<Finding>, String> {
    let (mut out, mut fed, mut told, mut turn) = (Vec::new(), 0, 0, 0);
    while fed < bytes.len() {
        let size = pieces.get(turn).or(pieces.last()).copied().unwrap_or(bytes.len()).max(1);
        let (end, before) = ((fed + size).min(bytes.len()), out.len());
        decoder.feed(Micros(0), &bytes[fed..end], &mut out);
        (fed, turn) = (end, turn + 1);
        told = tiles(&out[before..]).last().map_or(told, |t| t.end);
        let held = (fed as u64).saturating_sub(told);
        if held > decoder.max_held() as u64 {
            return Err(format!("law 3, bounded: {held} bytes are held, at most {} were promised", decoder.max_held()));
        }
    }
    decoder.finish(Micros(0), &mut out);
    Ok(out)
}

impl Good {
    /// Noise may look like the start of the longest frame there is, so good data has to go on for longer than that.
    fn new(decoder: &dyn Decoder, normal: &[u8]) -> Self {
        let copies = 3 + 2 * decoder.max_held().min(100_000) / normal.len();
        let last = (normal.len() * (copies - 1)) as u64;
        Self { bytes: normal.repeat(copies), last, alone: Vec::new() }
    }

    /// The readings of the last copy behind `noise`, at the places they have without it.
    fn told(&self, subject: &Subject, noise: &[u8]) -> Vec<Finding> {
        let shift = noise.len() as u64;
        let mut found = decode(&mut *subject.decoder(), &[noise, &self.bytes].concat(), &[]);
        found.retain(|f| matches!(f, Finding::Observation(o) if o.bytes.start >= self.last + shift));
        for finding in &mut found {
            move_back(finding, shift);
            // The first device of a bed that sends a vital has no site there, a second one has: which is first may stand in
            // the noise, when that holds a whole upload of another device.
            if let (true, Finding::Observation(o)) = (subject.name.starts_with("vitalrecorder"), finding) {
                o.site = None;
            }
        }
        found
    }
}

/// Law 6: the ranges tile `0..fed`, and what a frame says has the frame's range.
fn tile_the_stream(out: &[Finding], fed: u64) -> Lawful {
    let (mut at, mut frame) = (0, 0..0);
    for finding in out {
        let bytes = finding.bytes();
        match finding {
            Finding::Frame { .. } | Finding::Skipped(..) => {
                if bytes.start != at || bytes.end <= bytes.start {
                    return Err(format!("law 6: a hole, an overlap or an empty range at {at} in\n{}", lines(out)));
                }
                at = bytes.end;
                if matches!(finding, Finding::Frame { .. }) {
                    frame = bytes;
                }
            }
            Finding::Observation(_) | Finding::Notice(_) if bytes != frame => {
                return Err(format!("law 6: {bytes:?} is said of the frame {frame:?} in\n{}", lines(out)));
            }
            Finding::Observation(_) | Finding::Notice(_) => {}
        }
    }
    if at == fed { Ok(()) } else { Err(format!("law 6: told up to {at} of {fed} bytes in\n{}", lines(out))) }
}

fn same(name: &str, one: &[Finding], two: &[Finding]) -> Lawful {
    if one == two {
        return Ok(());
    }
    let (one, two) = (lines(one), lines(two));
    let differ = one.lines().zip(two.lines()).position(|(a, b)| a != b);
    let line = differ.unwrap_or_else(|| one.lines().count().min(two.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    Err(format!("{name} differ from line {line}:\n{}\n{}\nof\n{one}\nand\n{two}", at(&one), at(&two)))
}

fn move_back(finding: &mut Finding, by: u64) {
    let bytes = match finding {
        Finding::Frame { bytes, .. } | Finding::Skipped(bytes, _) => bytes,
        Finding::Observation(o) => &mut o.bytes,
        Finding::Notice(n) => &mut n.bytes,
    };
    *bytes = bytes.start.saturating_sub(by)..bytes.end.saturating_sub(by);
}
