//! Every reading of a session in columns, straight from the rows of the log.

use super::{kept, packed};
use crate::App;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use chairside_observation::session::{Act, Session};
use chairside_observation::{Amount, ChairId, Decimal, Micros, Reading, Received, Sequence, Timeline, Vital};
use chairside_store::{Series as Channel, Value};
use chairside_wire::{Series, SessionSeries};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows asked for at once: the log's reader is given back in between, so that other screens get their turn.
const PAGE: usize = 16_384;

/// `GET /api/sessions/{id}/series`.
pub(crate) async fn series(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    let found = kept(&app, &id).await?;
    let mut columns = Columns::new(&found.session);
    read(&app, &found.chair, &found.session, &mut columns).await?;
    let answer = tokio::task::spawn_blocking(move || {
        let answer = columns.finish();
        packed(&headers, &answer)
    });
    answer.await.map_err(|_| Refused::Internal)?
}

async fn read(app: &App, chair: &ChairId, session: &Session, columns: &mut Columns) -> Result<(), Refused> {
    let timeline = Timeline::Chair(chair.clone());
    let through = session.through.unwrap_or(Sequence(u64::MAX));
    let mut after = Sequence(session.from.0.saturating_sub(1));
    // What was claimed afterwards is looked at entry by entry: nobody held it against her when it came (H02).
    let claimed = session.claimed_until();
    while after.next() < claimed {
        let page = app.log.read(&timeline, after, PAGE).await.map_err(Refused::LogUnreadable)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.sequence.min(Sequence(claimed.0 - 1));
        let hers = page.iter().filter(|entry| entry.sequence <= after && session.holds(entry));
        hers.filter_map(Value::of).for_each(|value| columns.take(&value));
    }
    while after < through {
        let page = app.log.values(&timeline, after, through, PAGE).await.map_err(Refused::LogUnreadable)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.sequence;
        let hers = page.iter().filter(|value| session.measured_in(value.received, value.age));
        hers.for_each(|value| columns.take(value));
    }
    Ok(())
}

/// One number on its way into a column.
struct Cell {
    sequence: Sequence,
    at: Micros,
    age: Micros,
    reading: Reading,
    artefact: bool,
}

/// The columns in the making.
struct Columns {
    begin: Received,
    artefacts: Vec<(Vital, (Sequence, Sequence))>,
    monitors: BTreeMap<Arc<Channel>, Vec<Cell>>,
    typed: BTreeMap<(Box<str>, Vital), Vec<Cell>>,
}

impl Columns {
    fn new(session: &Session) -> Self {
        let mut columns =
            Self { begin: session.opened, artefacts: Vec::new(), monitors: BTreeMap::new(), typed: BTreeMap::new() };
        for kept in session.acts.iter().filter(|kept| kept.undone_by.is_none()) {
            match &kept.done.act {
                Act::Artefact { vital, span, .. } => columns.artefacts.push((*vital, *span)),
                Act::Typed { values } => {
                    for value in values {
                        let Some(amount) = amount(value.vital, &value.values) else { continue };
                        let cell = Cell {
                            sequence: kept.sequence,
                            at: kept.at().mono,
                            age: kept.received.mono - kept.at().mono,
                            reading: Reading::Valid(amount),
                            artefact: false,
                        };
                        columns.typed.entry((kept.done.by.name.clone(), value.vital)).or_default().push(cell);
                    }
                }
                _ => {}
            }
        }
        columns
    }

    fn take(&mut self, value: &Value) {
        let vital = value.series.vital;
        let marked =
            |(of, span): &(Vital, (Sequence, Sequence))| *of == vital && (span.0..=span.1).contains(&value.sequence);
        let cell = Cell {
            sequence: value.sequence,
            at: value.received.mono - value.age,
            age: value.age,
            reading: value.reading,
            artefact: self.artefacts.iter().any(marked),
        };
        match self.monitors.get_mut(&value.series) {
            Some(cells) => cells.push(cell),
            None => {
                self.monitors.insert(Arc::clone(&value.series), vec![cell]);
            }
        }
    }

    fn finish(self) -> SessionSeries {
        let begin = self.begin;
        let mut series: Vec<Series> = Vec::new();
        for (channel, cells) in &self.monitors {
            let mut of = columns(channel.vital, begin, cells, channel.synthetic);
            of.source = channel.source.to_string();
            of.origin = channel.origin.map(|origin| origin.word().to_owned());
            of.site = channel.site.as_deref().map(str::to_owned);
            channel.unit.word().clone_into(&mut of.unit);
            series.push(of);
        }
        for ((by, vital), cells) in &self.typed {
            let mut of = columns(*vital, begin, cells, false);
            (of.source, of.typed) = (by.to_string(), true);
            chairside_export::usual_unit(*vital).word().clone_into(&mut of.unit);
            series.push(of);
        }
        SessionSeries { begin_us: begin.wall.0, series }
    }
}

fn amount(vital: Vital, values: &[Decimal]) -> Option<Amount> {
    match *values {
        [one] if !matches!(vital, Vital::Nibp | Vital::Art) => Some(Amount::One(one)),
        [systolic, ref rest @ ..] => Some(Amount::Pressure {
            systolic: Some(systolic),
            diastolic: rest.first().copied(),
            mean: rest.get(1).copied(),
        }),
        [] => None,
    }
}

/// The numbers of an amount: one, or systolic, diastolic and mean.
fn parts(reading: &Reading) -> [Option<Decimal>; 3] {
    match reading.amount() {
        Some(Amount::One(one)) => [Some(one), None, None],
        Some(Amount::Pressure { systolic, diastolic, mean }) => [systolic, diastolic, mean],
        None => [None; 3],
    }
}

fn columns(vital: Vital, begin: Received, cells: &[Cell], synthetic: bool) -> Series {
    let decimals = cells
        .iter()
        .flat_map(|cell| parts(&cell.reading))
        .flatten()
        .map(chairside_observation::Decimal::places)
        .max()
        .unwrap_or(0);
    let pressures = matches!(vital, Vital::Nibp | Vital::Art);
    let mut of = Series {
        vital: vital.word().to_owned(),
        source: String::new(),
        origin: None,
        site: None,
        typed: false,
        unit: String::new(),
        decimals,
        seq: Vec::with_capacity(cells.len()),
        at_ms: Vec::with_capacity(cells.len()),
        received_ms: Vec::with_capacity(cells.len()),
        value: Vec::with_capacity(cells.len()),
        low: pressures.then(|| Vec::with_capacity(cells.len())),
        mean: pressures.then(|| Vec::with_capacity(cells.len())),
        state: BTreeMap::new(),
        places: BTreeMap::new(),
    };
    let (mut sequence, mut at) = (0, 0);
    for (index, cell) in (0_u32..).zip(cells) {
        let at_ms = (cell.at - begin.mono).0.div_euclid(1000);
        of.seq.push(cell.sequence.0 - sequence);
        of.at_ms.push(at_ms - at);
        (sequence, at) = (cell.sequence.0, at_ms);
        of.received_ms.push(cell.age.0.div_euclid(1000));
        let [value, low, mean] = parts(&cell.reading);
        of.value.push(value.and_then(|value| scaled(value, decimals)));
        of.low.iter_mut().for_each(|lows| lows.push(low.and_then(|low| scaled(low, decimals))));
        of.mean.iter_mut().for_each(|means| means.push(mean.and_then(|mean| scaled(mean, decimals))));
        if let Some(fewer) = value.map(chairside_observation::Decimal::places).filter(|places| *places < decimals) {
            of.places.insert(index, fewer);
        }
        let words = [cell.reading.reason(), cell.artefact.then_some("artefact"), synthetic.then_some("demo")];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        if !words.is_empty() {
            of.state.insert(index, words.join(","));
        }
    }
    of
}

/// The digits times ten to `decimals`; `None` for one that is too long for that.
fn scaled(value: Decimal, decimals: u8) -> Option<i64> {
    let more = u32::from(decimals.checked_sub(value.places())?);
    value.units().checked_mul(10_i64.checked_pow(more)?)
}
