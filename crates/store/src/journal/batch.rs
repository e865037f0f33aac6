//! Batches as the payload of a record, and back: the canonical bytes of `docs/log-format.md`, with what an entry shares
//! with its frame written once.

use crate::Batch;
use crate::canonical::{Canon, civil_of, flags_of};
use chairside_observation::{
    Absence, Amount, Civil, Context, Decimal, Deed, Doubt, Entry, Frame, FrameKey, FrameKind, Link, LinkState,
    Measured, Micros, MonitorNotice, Observation, Origin, Priority, Reading, Received, Sequence, Skip, SourceId,
    Timeline, Unit, Vital, What,
};
use std::ops::Range;
use std::sync::Arc;

/// The payload for batches whose monotonic times count in `boot`.
pub(crate) fn encode(boot: &str, batches: &[Arc<Batch>]) -> Vec<u8> {
    let mut c = Canon::default();
    c.text(boot);
    c.u64(batches.len() as u64);
    for batch in batches {
        c.option(batch.frame.as_ref(), frame);
        c.u64(batch.entries.len() as u64);
        for entry in &batch.entries {
            c.text(&entry.timeline.key());
            c.u64(entry.sequence.0);
            if batch.frame.is_none() {
                received(&mut c, entry.received);
                c.optional_text(entry.source.as_ref().map(SourceId::as_str));
            }
            c.i64(entry.age.0);
            c.what(&entry.what);
        }
    }
    c.into_bytes()
}

/// A frame as a record holds it.
pub(crate) fn frame(c: &mut Canon, frame: &Frame) {
    c.text(frame.source.as_str());
    c.u64(frame.offset);
    received(c, frame.received);
    c.text(frame.kind.word());
    c.option(frame.key, |c, key| c.bytes(&key.0));
    c.u64(frame.raw.len() as u64);
    c.bytes(&frame.raw);
}

fn received(c: &mut Canon, received: Received) {
    c.i64(received.wall.0);
    c.i64(received.mono.0);
}

/// Reads what [`encode`] wrote. An error is a word or a form this version does not know.
pub(crate) fn decode(payload: &[u8]) -> Result<(Box<str>, Vec<Arc<Batch>>), String> {
    let mut r = Reader(payload);
    let boot = r.text()?.into();
    let count = r.u64()?;
    let mut batches = Vec::new();
    for _ in 0..count {
        batches.push(Arc::new(r.batch()?));
    }
    if r.0.is_empty() { Ok((boot, batches)) } else { Err(format!("{} bytes too many", r.0.len())) }
}

/// Reads canonical bytes.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or("an end too early")?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| "an end too early".to_owned())
    }

    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, String> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, String> {
        let length = u32::from_be_bytes(self.array()?);
        let bytes = self.take(usize::try_from(length).map_err(|e| e.to_string())?)?;
        std::str::from_utf8(bytes).map_err(|e| e.to_string())
    }

    pub(crate) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<Option<T>, String> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            other => Err(format!("found {other}, expected 0 or 1")),
        }
    }

    fn boxed(&mut self) -> Result<Option<Box<str>>, String> {
        self.option(|r| Ok(r.text()?.into()))
    }

    fn word<T>(&mut self, of: fn(&str) -> Option<T>) -> Result<T, String> {
        let word = self.text()?;
        of(word).ok_or_else(|| format!("the word {word:?} is not known to this version"))
    }

    fn range(&mut self) -> Result<Range<u64>, String> {
        Ok(self.u64()?..self.u64()?)
    }

    fn received(&mut self) -> Result<Received, String> {
        let wall = Micros(self.i64()?);
        Ok(Received { mono: Micros(self.i64()?), wall })
    }

    fn batch(&mut self) -> Result<Batch, String> {
        let frame = self.option(Self::frame)?;
        let count = self.u64()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(self.entry(frame.as_ref())?);
        }
        Ok(Batch { frame, entries })
    }

    pub(crate) fn frame(&mut self) -> Result<Frame, String> {
        let source = SourceId::from(self.text()?);
        let offset = self.u64()?;
        let received = self.received()?;
        let kind = self.word(FrameKind::from_word)?;
        let key = self.option(|r| Ok(FrameKey(r.array()?)))?;
        let length = usize::try_from(self.u64()?).map_err(|e| e.to_string())?;
        Ok(Frame { source, offset, received, kind, raw: Arc::from(self.take(length)?), key })
    }

    fn entry(&mut self, frame: Option<&Frame>) -> Result<Entry, String> {
        let key = self.text()?;
        let timeline = Timeline::from_key(key).ok_or("a text that is the key of no timeline")?;
        let sequence = Sequence(self.u64()?);
        let (received, source) = match frame {
            Some(frame) => (frame.received, Some(frame.source.clone())),
            None => (self.received()?, self.option(|r| Ok(SourceId::from(r.text()?)))?),
        };
        let age = Micros(self.i64()?);
        Ok(Entry { timeline, sequence, received, age, source, what: self.what()? })
    }

    pub(crate) fn what(&mut self) -> Result<What, String> {
        Ok(match self.byte()? {
            1 => What::Reading(self.observation()?),
            2 => What::Notice(MonitorNotice {
                text: self.text()?.into(),
                priority: self.word(Priority::from_word)?,
                context: self.context()?,
                bytes: self.range()?,
            }),
            3 => What::Skipped { bytes: self.range()?, skip: self.word(Skip::from_word)? },
            4 => What::Heard { bytes: self.range()? },
            5 => What::Link(Link {
                source: SourceId::from(self.text()?),
                state: self.word(LinkState::from_word)?,
                reason: self.text()?.into(),
            }),
            6 => {
                let (word, fields) = (self.text()?, self.text()?);
                What::Deed(
                    Deed::from_parts(word, fields).ok_or_else(|| format!("not the fields of the deed {word:?}"))?,
                )
            }
            other => return Err(format!("an entry of the kind {other}, which this version does not know")),
        })
    }

    fn observation(&mut self) -> Result<Observation, String> {
        let vital = self.word(Vital::from_word)?;
        let reading = self.reading()?;
        Ok(Observation {
            vital,
            reading,
            unit: self.word(Unit::from_word)?,
            origin: self.option(|r| r.word(Origin::from_word))?,
            site: self.boxed()?,
            measured: self.measured()?,
            flags: {
                let (known, others) = (self.text()?, self.boxed()?);
                flags_of(known, others.as_deref()).ok_or_else(|| format!("{known:?} is no set of flags"))?
            },
            synthetic: self.byte()? == 1,
            context: self.context()?,
            bytes: self.range()?,
        })
    }

    fn reading(&mut self) -> Result<Reading, String> {
        let state = self.text()?;
        let reason = self.boxed()?;
        let reason = reason.as_deref().unwrap_or("");
        let amount = self.amount()?;
        let reading = match (state, amount) {
            ("valid", Some(amount)) => Some(Reading::Valid(amount)),
            ("questionable", Some(amount)) => {
                Doubt::from_word(reason).map(|doubt| Reading::Questionable(amount, doubt))
            }
            ("absent", None) => Absence::from_word(reason).map(Reading::Absent),
            _ => None,
        };
        reading.ok_or_else(|| format!("the state \"{state} {reason}\" is not known to this version"))
    }

    fn amount(&mut self) -> Result<Option<Amount>, String> {
        Ok(match self.byte()? {
            0 => None,
            1 => Some(Amount::One(self.decimal()?)),
            2 => Some(Amount::Pressure {
                systolic: self.option(Self::decimal)?,
                diastolic: self.option(Self::decimal)?,
                mean: self.option(Self::decimal)?,
            }),
            other => return Err(format!("an amount of the kind {other}, which this version does not know")),
        })
    }

    fn decimal(&mut self) -> Result<Decimal, String> {
        Ok(Decimal::new(self.i64()?, self.byte()?))
    }

    fn measured(&mut self) -> Result<Option<Measured>, String> {
        Ok(match self.byte()? {
            0 => None,
            1 => Some(Measured::At { at: self.civil()?, sent: self.option(Self::civil)? }),
            2 => Some(Measured::Ago(Micros(self.i64()?))),
            other => return Err(format!("a time of the kind {other}, which this version does not know")),
        })
    }

    fn civil(&mut self) -> Result<Civil, String> {
        self.word(civil_of)
    }

    fn context(&mut self) -> Result<Option<Arc<Context>>, String> {
        self.option(|r| {
            Ok(Arc::new(Context {
                bed: r.boxed()?,
                unit: r.boxed()?,
                patient: r.boxed()?,
                name: r.boxed()?,
                device: r.boxed()?,
            }))
        })
    }
}
