//! What all links of one source share, and the ear of one stream.

use crate::SourceSpec;
use crate::capture::Capture;
use crate::mllp::{ControlIds, key};
use crate::stats::SourceStats;
use crate::supervise::Link;
use crate::tail::Tail;
use chairside_decode::catalog::Protocol;
use chairside_decode::hl7::{Framing, Hl7Decoder, Profile};
use chairside_decode::{Decoder, Dialog, Finding};
use chairside_observation::{Frame, FrameKind, Received, Skip, What};
use chairside_recorder::{Clock, Heard, Intake, Receipt};
use chairside_request::Request;
use std::sync::Arc;
use std::time::Duration;

/// One source: its settings, its way to the recorder, its link and its counters.
pub(crate) struct Source {
    pub(crate) spec: SourceSpec,
    pub(crate) intake: Intake,
    pub(crate) clock: Clock,
    pub(crate) stats: Arc<SourceStats>,
    pub(crate) link: Link,
    pub(crate) ids: ControlIds,
}

impl Source {
    /// An ear for a new stream.
    pub(crate) fn ear(self: &Arc<Self>) -> Option<Ear> {
        let profile = self.spec.profile.as_deref();
        let mut decoder = if self.spec.protocol == Protocol::Hl7 {
            // The catalog's decoder is for files; on a socket nothing but MLLP frames counts.
            let profile = profile.and_then(Profile::from_word);
            StreamDecoder::Hl7(Box::new(Hl7Decoder::new(profile, Framing::Mllp)))
        } else {
            match self.spec.dialog() {
                Some(dialog) => StreamDecoder::Asked(dialog),
                None => StreamDecoder::Heard(self.spec.decoder()?),
            }
        };
        let tail = Tail::new(self.spec.id.clone(), decoder.get().max_held());
        Some(Ear {
            source: Arc::clone(self),
            decoder,
            tail,
            capture: None,
            findings: Vec::new(),
            misplaced: 0,
            judged: None,
        })
    }
}

/// The decoder of one stream. HL7 has its own case because only MLLP knows a quiet moment.
enum StreamDecoder {
    Hl7(Box<Hl7Decoder>),
    Heard(Box<dyn Decoder>),
    Asked(Box<dyn Dialog>),
}

impl StreamDecoder {
    fn get(&mut self) -> &mut dyn Decoder {
        match self {
            Self::Hl7(decoder) => decoder.as_mut(),
            Self::Heard(decoder) => decoder.as_mut(),
            Self::Asked(dialog) => dialog.as_mut(),
        }
    }
}

/// A frame the recorder has been told of.
pub(crate) struct Told {
    pub(crate) frame: Frame,
    pub(crate) receipt: Receipt,
    /// A frame longer than the protocol's limit was among what it said.
    pub(crate) too_long: bool,
}

/// One stream: bytes in, frames to the recorder.
pub(crate) struct Ear {
    source: Arc<Source>,
    decoder: StreamDecoder,
    tail: Tail,
    capture: Option<Capture>,
    findings: Vec<Finding>,
    misplaced: u64,
    /// The profile last judged.
    judged: Option<Profile>,
}

impl Ear {
    /// The port was opened or the connection made: counts it, and begins its raw capture where one is wanted.
    pub(crate) fn begin(&mut self) {
        let source = &self.source;
        let number = source.stats.connected();
        let folder = source.spec.capture.as_deref();
        self.capture = folder.and_then(|f| Capture::begin(f, &source.spec.id, (source.clock)(), number, &source.stats));
    }

    /// Whether there is ever something to ask.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.decoder, StreamDecoder::Asked(_))
    }

    /// What the monitor is to be asked now. What is returned is counted as sent.
    pub(crate) fn next_request(&mut self) -> Option<Request> {
        let now = (self.source.clock)();
        let StreamDecoder::Asked(dialog) = &mut self.decoder else { return None };
        let request = dialog.next_request(now.mono)?;
        self.source.stats.asked();
        Some(request)
    }

    /// How long [`Ear::next_request`] has nothing, unless bytes arrive.
    pub(crate) fn until_due(&self) -> Duration {
        let StreamDecoder::Asked(dialog) = &self.decoder else { return Duration::MAX };
        let left = dialog.deadline() - (self.source.clock)().mono;
        Duration::from_micros(u64::try_from(left.0).unwrap_or(0))
    }

    /// What to say before the port is closed in order.
    pub(crate) fn farewell(&mut self) -> Option<Request> {
        let StreamDecoder::Asked(dialog) = &mut self.decoder else { return None };
        dialog.farewell()
    }

    /// Why the monitor gives no values although it answers.
    fn trouble(&self) -> Option<&'static str> {
        let StreamDecoder::Asked(dialog) = &self.decoder else { return None };
        dialog.trouble()
    }

    /// Bytes that arrived and belong to no finished frame.
    pub(crate) fn held(&self) -> &[u8] {
        self.tail.held()
    }

    /// Takes bytes that just arrived, and tells the recorder each frame they complete.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Told> {
        let now = (self.source.clock)();
        if let Some(capture) = &self.capture {
            capture.take(now, bytes);
        }
        self.source.stats.received(now.mono, bytes.len());
        self.tail.push(bytes);
        self.decoder.get().feed(now.mono, bytes, &mut self.findings);
        let heard = self.tail.cut(now, &mut self.findings);
        self.tell(now, heard)
    }

    /// Nothing more came for a while: a message that only waits for its last framing byte is complete.
    pub(crate) fn quiet(&mut self) -> Vec<Told> {
        let now = (self.source.clock)();
        if let StreamDecoder::Hl7(decoder) = &mut self.decoder {
            decoder.quiet(&mut self.findings);
        }
        let heard = self.tail.cut(now, &mut self.findings);
        self.tell(now, heard)
    }

    /// The stream ended: what was held is recorded as it is.
    pub(crate) fn end(&mut self) -> Vec<Told> {
        let now = (self.source.clock)();
        self.decoder.get().finish(now.mono, &mut self.findings);
        let mut heard = self.tail.cut(now, &mut self.findings);
        heard.extend(self.tail.rest(now));
        self.tell(now, heard)
    }

    /// Ends the raw capture of this opening, if there is one.
    pub(crate) async fn close(&mut self) {
        if let Some(capture) = self.capture.take() {
            capture.end().await;
        }
    }

    /// Which profile `auto` chose, and why: for the Sources page.
    fn note_judgement(&mut self) {
        let StreamDecoder::Hl7(decoder) = &self.decoder else { return };
        let Some((profile, why)) = decoder.judged().filter(|(profile, _)| self.judged != Some(*profile)) else {
            return;
        };
        self.judged = Some(profile);
        tracing::debug!(source = %self.source.spec.id, profile = profile.word(), why, "profile auto");
        self.source.stats.near().judged = Some((profile.word(), why));
    }

    fn tell(&mut self, now: Received, heard: Vec<Heard>) -> Vec<Told> {
        self.note_judgement();
        let misplaced = self.tail.misplaced() - std::mem::replace(&mut self.misplaced, self.tail.misplaced());
        if misplaced > 0 {
            self.source.stats.misplaced(misplaced);
            tracing::error!(source = %self.source.spec.id, bytes = misplaced, "a decoder's findings do not tile its stream");
        }
        heard.into_iter().map(|heard| self.tell_one(now, heard)).collect()
    }

    fn tell_one(&self, now: Received, mut heard: Heard) -> Told {
        let source = &self.source;
        if source.spec.protocol == Protocol::Hl7 && heard.frame.kind != FrameKind::Noise {
            heard.frame.key = key::of(&source.spec.id, source.spec.profile.as_deref(), &heard.frame.raw);
        }
        let has_reading = heard.said.iter().any(|w| matches!(w, What::Reading(_)));
        let too_long = heard.said.iter().any(|w| matches!(w, What::Skipped { skip: Skip::TooLong, .. }));
        source.stats.heard(&heard.frame, &heard.said);
        let frame = heard.frame.clone();
        // Shown first, then the link: a screen that turns to "live" already has the value.
        let receipt = source.intake.hear(heard);
        // A message with one unknown row counts as not understood; the monitor speaks all the same.
        if let Some(why) = self.trouble() {
            source.link.withheld(why);
        } else if frame.kind == FrameKind::Understood || has_reading {
            source.link.heard(now);
        }
        Told { frame, receipt, too_long }
    }
}
