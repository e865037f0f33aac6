//! Rows back to entries and frames. Strict: a row that would not be written like this is damage and named as such.

use crate::canonical::{civil_of, flags_of};
use crate::tables::ask::{Cells, get, optional};
use crate::tables::words::{DEEDS, List, NOTES, State, Words, state_at};
use chairside_observation::{
    Amount, Civil, Context, Decimal, Deed, Entry, Frame, FrameKey, FrameKind, Link, LinkState, Measured, Micros,
    MonitorNotice, Observation, Origin, Priority, Reading, Received, Sequence, Skip, SourceId, Timeline, Unit, Vital,
    What,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// What does not fit in a row.
pub(crate) type Damage = String;

/// An entry as stored: `received.mono` counts in `boot`.
pub(crate) struct Stored {
    pub(crate) entry: Entry,
    pub(crate) boot: Box<str>,
    pub(crate) frame: Option<i64>,
}

/// Readings with all that belongs to them; `WHERE` and `ORDER BY` follow.
pub(crate) const READINGS: &str = "SELECT r.seq, r.frame, r.state, r.flags, r.value, r.places, \
     c.vital, c.unit, c.origin, c.site, c.synthetic, c.identity, s.name, \
     i.id, i.bed, i.unit, i.patient, i.name, i.device, g.known, g.others, \
     m.pressure, m.diastolic, m.diastolic_places, m.mean, m.mean_places, m.measured_at, m.measured_sent, \
     m.measured_ago_us, m.age_us, m.first_byte, m.end_byte, \
     f.first_byte, length(f.raw), b.name, f.received_mono_us, f.received_wall_us \
     FROM reading r LEFT JOIN channel c ON c.id = r.channel LEFT JOIN source s ON s.id = c.source \
     LEFT JOIN identity i ON i.id = c.identity LEFT JOIN flags g ON g.id = r.flags \
     LEFT JOIN reading_more m ON m.timeline = r.timeline AND m.seq = r.seq \
     LEFT JOIN frame f ON f.id = r.frame LEFT JOIN boot b ON b.id = f.boot ";

/// What rarely changes from reading to reading; `WHERE` follows.
pub(crate) const CHANNEL: &str = "SELECT c.id, s.name, c.vital, c.unit, c.origin, c.site, c.synthetic, c.identity, \
     i.id, i.bed, i.unit, i.patient, i.name, i.device \
     FROM channel c LEFT JOIN source s ON s.id = c.source LEFT JOIN identity i ON i.id = c.identity";

/// A row of [`CHANNEL`].
pub(crate) struct Channel {
    pub(crate) source: SourceId,
    pub(crate) vital: Vital,
    pub(crate) unit: Unit,
    pub(crate) origin: Option<Origin>,
    pub(crate) site: Option<Box<str>>,
    pub(crate) synthetic: bool,
    pub(crate) context: Option<Arc<Context>>,
}

/// Everything else in a timeline; `WHERE` and `ORDER BY` follow.
pub(crate) const NOTES_SELECT: &str = "SELECT n.seq, n.kind, n.frame, n.source, n.word, n.text, n.identity, \
     n.first_byte, n.end_byte, s.name, nb.name, n.received_mono_us, n.received_wall_us, \
     i.id, i.bed, i.unit, i.patient, i.name, i.device, \
     f.first_byte, length(f.raw), fb.name, f.received_mono_us, f.received_wall_us, fs.name, n.boot \
     FROM note n LEFT JOIN source s ON s.id = n.source LEFT JOIN boot nb ON nb.id = n.boot \
     LEFT JOIN identity i ON i.id = n.identity LEFT JOIN frame f ON f.id = n.frame \
     LEFT JOIN boot fb ON fb.id = f.boot LEFT JOIN source fs ON fs.id = f.source ";

/// Whole frames; `WHERE` follows.
pub(crate) const FRAMES: &str = "SELECT f.id, s.name, f.first_byte, b.name, f.received_mono_us, f.received_wall_us, \
     f.kind, f.key, f.raw FROM frame f LEFT JOIN source s ON s.id = f.source LEFT JOIN boot b ON b.id = f.boot ";

/// Turns the rows of one query into entries; contexts that come again are shared.
pub(crate) struct Rows<'a> {
    words: &'a Words,
    contexts: HashMap<i64, Arc<Context>>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(words: &'a Words) -> Self {
        Self { words, contexts: HashMap::new() }
    }

    /// A row of [`CHANNEL`], with its number.
    pub(crate) fn channel(&mut self, row: &impl Cells) -> Result<(i64, Channel), Damage> {
        let channel = Channel {
            source: SourceId::from(&*get::<Cow<'_, str>>(row, 1)?),
            vital: self.word(row, 2, List::Vital, Vital::ALL)?,
            unit: self.word(row, 3, List::Unit, Unit::ALL)?,
            origin: self.optional_word(row, 4, List::Origin, Origin::ALL)?,
            site: optional(row, 5)?,
            synthetic: flag(row, 6, "channel.synthetic")?,
            context: self.context(row, 7, 8)?,
        };
        Ok((get(row, 0)?, channel))
    }

    /// A row of [`READINGS`].
    pub(crate) fn reading(&mut self, timeline: &Timeline, row: &impl Cells) -> Result<Stored, Damage> {
        let frame_start = number(row, 32, "frame.first_byte")?;
        let raw_len = number(row, 33, "frame.raw")?;
        let more: Option<i64> = optional(row, 21)?;
        let (age, bytes) = match more {
            None => (0, whole(frame_start, raw_len)),
            Some(_) => (get::<i64>(row, 29)?, range(row, 30, frame_start, raw_len)?),
        };
        let observation = Observation {
            vital: self.word(row, 6, List::Vital, Vital::ALL)?,
            reading: self.value(row, more)?,
            unit: self.word(row, 7, List::Unit, Unit::ALL)?,
            origin: self.optional_word(row, 8, List::Origin, Origin::ALL)?,
            site: optional(row, 9)?,
            measured: if more.is_some() { measured(row)? } else { None },
            flags: flags(row)?,
            synthetic: flag(row, 10, "channel.synthetic")?,
            context: self.context(row, 11, 13)?,
            bytes,
        };
        let entry = Entry {
            timeline: timeline.clone(),
            sequence: Sequence(number(row, 0, "reading.seq")?),
            received: Received { mono: Micros(get(row, 35)?), wall: Micros(get(row, 36)?) },
            age: Micros(age),
            source: Some(SourceId::from(&*get::<Cow<'_, str>>(row, 12)?)),
            what: What::Reading(observation),
        };
        Ok(Stored { entry, boot: get(row, 34)?, frame: Some(get(row, 1)?) })
    }

    fn value(&self, row: &impl Cells, more: Option<i64>) -> Result<Reading, Damage> {
        let first = (optional(row, 4)?, get(row, 5)?);
        let others = [(optional(row, 22)?, optional(row, 23)?), (optional(row, 24)?, optional(row, 25)?)];
        reading_of(self.words, get(row, 2)?, first, more, others)
    }

    fn context(&mut self, row: &impl Cells, reference: usize, id: usize) -> Result<Option<Arc<Context>>, Damage> {
        let Some(expected) = optional::<i64>(row, reference)? else { return Ok(None) };
        let Some(id_found) = optional::<i64>(row, id)? else {
            return Err(format!("identity {expected} is missing"));
        };
        if let Some(known) = self.contexts.get(&id_found) {
            return Ok(Some(Arc::clone(known)));
        }
        let context = Arc::new(Context {
            bed: optional(row, id + 1)?,
            unit: optional(row, id + 2)?,
            patient: optional(row, id + 3)?,
            name: optional(row, id + 4)?,
            device: optional(row, id + 5)?,
        });
        self.contexts.insert(id_found, Arc::clone(&context));
        Ok(Some(context))
    }

    fn word<T: Copy>(&self, row: &impl Cells, column: usize, list: List, all: &[T]) -> Result<T, Damage> {
        let code: i64 = get(row, column)?;
        self.words
            .index(list, code)
            .and_then(|i| all.get(i).copied())
            .ok_or_else(|| format!("found code {code}, expected one of list {list:?}"))
    }

    fn optional_word<T: Copy>(
        &self,
        row: &impl Cells,
        column: usize,
        list: List,
        all: &[T],
    ) -> Result<Option<T>, Damage> {
        match optional::<i64>(row, column)? {
            None => Ok(None),
            Some(_) => self.word(row, column, list, all).map(Some),
        }
    }

    /// A row of [`NOTES_SELECT`].
    pub(crate) fn note(&mut self, timeline: &Timeline, row: &impl Cells) -> Result<Stored, Damage> {
        let frame: Option<i64> = optional(row, 2)?;
        let kind = *self.word(row, 1, List::Note, &NOTES.each_ref())?;
        if frame.is_none() == matches!(kind, "notice" | "skipped" | "heard") {
            return Err(format!("note.frame: found {frame:?} for kind {kind}"));
        }
        if frame.is_some() && optional::<i64>(row, 3)?.is_some() {
            return Err("note.source: found beside a frame, expected none".to_owned());
        }
        let own_time: Option<i64> = optional(row, 25)?;
        let time = if own_time.is_some() || frame.is_none() { 10 } else { 21 };
        if own_time.is_none() && (optional::<i64>(row, 11)?, optional::<i64>(row, 12)?) != (None, None) {
            return Err("note: a time of its own without its boot".to_owned());
        }
        let source: Option<Cow<'_, str>> = if frame.is_some() { optional(row, 24)? } else { optional(row, 9)? };
        let entry = Entry {
            timeline: timeline.clone(),
            sequence: Sequence(number(row, 0, "note.seq")?),
            received: Received { mono: Micros(get(row, time + 1)?), wall: Micros(get(row, time + 2)?) },
            age: Micros(0),
            source: source.as_deref().map(SourceId::from),
            what: self.what(kind, row)?,
        };
        Ok(Stored { entry, boot: get(row, time)?, frame })
    }

    fn what(&mut self, kind: &str, row: &impl Cells) -> Result<What, Damage> {
        let context = self.context(row, 6, 13)?;
        let text: Option<Cow<'_, str>> = optional(row, 5)?;
        let text = text.as_deref();
        if kind != "notice" && context.is_some() {
            return Err(format!("note.identity: found beside kind {kind}, expected none"));
        }
        let bytes = || range(row, 7, number(row, 19, "frame.first_byte")?, number(row, 20, "frame.raw")?);
        let needed = || text.ok_or_else(|| format!("note.text: found none for kind {kind}"));
        let bare = |word: bool| {
            let unused = text.is_none() && (word || optional::<i64>(row, 4)?.is_none());
            if unused {
                Ok(())
            } else {
                Err(format!("note.text or note.word: found beside kind {kind}, expected none"))
            }
        };
        let no_bytes = || match (optional::<i64>(row, 7)?, optional::<i64>(row, 8)?) {
            (None, None) => Ok(()),
            _ => Err(format!("note.first_byte: found beside kind {kind}, expected none")),
        };
        Ok(match kind {
            "notice" => {
                let priority = self.word(row, 4, List::Priority, Priority::ALL)?;
                What::Notice(MonitorNotice { text: needed()?.into(), priority, context, bytes: bytes()? })
            }
            "skipped" => {
                bare(true)?;
                What::Skipped { bytes: bytes()?, skip: self.word(row, 4, List::Skip, Skip::ALL)? }
            }
            "heard" => {
                bare(false)?;
                What::Heard { bytes: bytes()? }
            }
            "link" => {
                no_bytes()?;
                let source = SourceId::from(&*get::<Cow<'_, str>>(row, 9)?);
                let state = self.word(row, 4, List::Link, LinkState::ALL)?;
                What::Link(Link { source, state, reason: needed()?.into() })
            }
            _ => {
                no_bytes()?;
                if optional::<i64>(row, 3)?.is_some() {
                    return Err("note.source: found beside a deed, expected none".to_owned());
                }
                let word = *self.word(row, 4, List::Deed, &DEEDS.each_ref())?;
                let fields = needed()?;
                let deed = Deed::from_parts(word, fields).filter(|deed| deed.fields() == fields);
                What::Deed(deed.ok_or_else(|| format!("note.text: not the fields of the deed {word:?}"))?)
            }
        })
    }

    /// A row of [`FRAMES`]: its number, the frame with `received.mono` of its boot, and that boot.
    pub(crate) fn frame(&self, row: &impl Cells) -> Result<(i64, Frame, Box<str>), Damage> {
        let key = match optional::<&[u8]>(row, 7)? {
            None => None,
            Some(bytes) => Some(FrameKey(
                bytes.try_into().map_err(|_| format!("frame.key: found {} bytes, expected 16", bytes.len()))?,
            )),
        };
        let frame = Frame {
            source: SourceId::from(&*get::<Cow<'_, str>>(row, 1)?),
            offset: number(row, 2, "frame.first_byte")?,
            received: Received { mono: Micros(get(row, 4)?), wall: Micros(get(row, 5)?) },
            kind: self.word(row, 6, List::Frame, FrameKind::ALL)?,
            raw: Arc::from(get::<&[u8]>(row, 8)?),
            key,
        };
        Ok((get(row, 0)?, frame, get(row, 3)?))
    }
}

fn number(row: &impl Cells, column: usize, name: &str) -> Result<u64, Damage> {
    let found: i64 = get(row, column).map_err(|_| format!("{name}: nothing there"))?;
    u64::try_from(found).map_err(|_| format!("{name}: found {found}, expected 0 or more"))
}

fn flag(row: &impl Cells, column: usize, name: &str) -> Result<bool, Damage> {
    match get::<i64>(row, column)? {
        0 => Ok(false),
        1 => Ok(true),
        found => Err(format!("{name}: found {found}, expected 0 or 1")),
    }
}

/// The range of a whole frame.
fn whole(start: u64, len: u64) -> Range<u64> {
    start..start.saturating_add(len)
}

/// The range in two columns; the whole frame when both are NULL.
fn range(row: &impl Cells, column: usize, start: u64, len: u64) -> Result<Range<u64>, Damage> {
    match (optional::<i64>(row, column)?, optional::<i64>(row, column + 1)?) {
        (None, None) => Ok(whole(start, len)),
        (Some(_), Some(_)) => Ok(number(row, column, "first_byte")?..number(row, column + 1, "end_byte")?),
        _ => Err("first_byte, end_byte: found one of them, expected both or none".to_owned()),
    }
}

fn decimal(name: &str, units: Option<i64>, places: Option<i64>) -> Result<Option<Decimal>, Damage> {
    match (units, places) {
        (None, None) => Ok(None),
        (Some(units), Some(places)) => {
            let places =
                u8::try_from(places).map_err(|_| format!("{name}: found {places} places, expected 0 to 255"))?;
            Ok(Some(Decimal::new(units, places)))
        }
        _ => Err(format!("{name}: found digits or places, expected both or none")),
    }
}

/// What was said, of the columns that hold it: state, value and places, and of a pressure diastolic and mean with theirs.
pub(crate) fn reading_of(
    words: &Words,
    code: i64,
    (value, places): (Option<i64>, i64),
    pressure: Option<i64>,
    [diastolic, mean]: [(Option<i64>, Option<i64>); 2],
) -> Result<Reading, Damage> {
    let first = decimal("reading.value", value, value.map(|_| places))?;
    if value.is_none() && places != 0 {
        return Err(format!("reading.places: found {places} beside no value, expected 0"));
    }
    let others = (decimal("diastolic", diastolic.0, diastolic.1)?, decimal("mean", mean.0, mean.1)?);
    let amount = match (pressure, first, others) {
        (None | Some(0), Some(one), (None, None)) => Some(Amount::One(one)),
        (None | Some(0), None, (None, None)) => None,
        (Some(1), systolic, (diastolic, mean)) => Some(Amount::Pressure { systolic, diastolic, mean }),
        _ => return Err(format!("reading_more.pressure: found {pressure:?} beside other parts, expected 1")),
    };
    let state = words.index(List::State, code).and_then(state_at);
    match (state, amount) {
        (Some(State::Valid), Some(amount)) => Ok(Reading::Valid(amount)),
        (Some(State::Questionable(doubt)), Some(amount)) => Ok(Reading::Questionable(amount, doubt)),
        (Some(State::Absent(absence)), None) => Ok(Reading::Absent(absence)),
        (None, _) => Err(format!("reading.state: found {code}, expected a code of list state")),
        _ => Err(format!("reading.state: found {code} with value {value:?}, expected one or the other")),
    }
}

fn flags(row: &impl Cells) -> Result<chairside_observation::Flags, Damage> {
    let Some(id) = optional::<i64>(row, 3)? else { return Ok(chairside_observation::Flags::NONE) };
    let known: Option<Cow<'_, str>> = optional(row, 19)?;
    let others: Option<Cow<'_, str>> = optional(row, 20)?;
    known
        .and_then(|known| flags_of(&known, others.as_deref()))
        .filter(|flags| !flags.is_empty())
        .ok_or_else(|| format!("flags {id} is missing or not a set of known words"))
}

fn measured(row: &impl Cells) -> Result<Option<Measured>, Damage> {
    let civil = |column| -> Result<Option<Civil>, Damage> {
        let Some(text) = optional::<Cow<'_, str>>(row, column)? else { return Ok(None) };
        civil_of(&text).map(Some).ok_or_else(|| format!("measured: {text:?} is no time this log writes"))
    };
    measured_of([civil(26)?, civil(27)?], optional(row, 28)?)
}

/// When it was measured, of the columns that hold it.
pub(crate) fn measured_of([at, sent]: [Option<Civil>; 2], ago: Option<i64>) -> Result<Option<Measured>, Damage> {
    match (at, sent, ago) {
        (None, None, None) => Ok(None),
        (Some(at), sent, None) => Ok(Some(Measured::At { at, sent })),
        (None, None, Some(ago)) => Ok(Some(Measured::Ago(Micros(ago)))),
        _ => Err("measured: found a time and an age, expected one of them".to_owned()),
    }
}
