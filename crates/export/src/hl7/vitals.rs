//! ORU^R01: interval vitals. One OBR for each window, one for each cuff reading and typed value at its own time.

use super::segment::{Segment, escaped, time};
use super::{Maker, document_number};
use crate::codes::{self, Loinc, Part};
use crate::record::{Said, Sample};
use crate::signals::{Middle, Signal, signals, windows};
use crate::told::{Told, Why, note, told};
use crate::{Face, Record};
use chairside_observation::{Amount, Decimal, Micros, Reading, Vital};

/// The vitals in windows of `minutes`; `None` when there is not one value and not one absence.
#[must_use]
pub fn vitals(record: &Record, face: &Face<'_>, minutes: u32) -> Option<Vec<u8>> {
    let maker = Maker::new(record, face);
    let signals = signals(record);
    let mut groups = intervals(record, &signals, minutes);
    groups.extend(events(&signals));
    if groups.is_empty() {
        return None;
    }
    groups.sort_by_key(|group| (group.from, group.until));
    let orders = groups.iter().enumerate().map(|(n, group)| order(&maker, n + 1, group));
    let body: String = [maker.pid(), maker.pv1()].into_iter().chain(orders).collect();
    Some(maker.message("ORU^R01^ORU_R01", &body))
}

/// What stands under one OBR.
struct Group<'a> {
    name: &'static str,
    from: Micros,
    until: Micros,
    rows: Vec<Row<'a>>,
}

/// One vital of it.
struct Row<'a> {
    signal: &'a Signal<'a>,
    /// Tells the signals of one code apart, OBX-4: the same number for the same signal in the whole message.
    number: usize,
    told: Told,
    doubted: bool,
    /// Its own time: of a middle value the end of its window.
    at: Micros,
    method: String,
    note: Option<String>,
    said: &'a Said,
}

fn intervals<'a>(record: &Record, signals: &'a [Signal<'a>], minutes: u32) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (n, signal) in signals.iter().enumerate().filter(|(_, signal)| !signal.is_event()) {
        for window in windows(record, signal, minutes) {
            let mut at = window.until.wall;
            let (told, method) = match window.middle() {
                Middle::Value(value, count) => (Told::Value(Amount::One(value)), format!("median of {count}")),
                Middle::Pressure(last) => {
                    at = last.at.wall;
                    (told(last), "last of the window".to_owned())
                }
                Middle::Nothing => (Told::Nothing(Why::NotSent), String::new()),
                Middle::Uncounted(last) => match told(last) {
                    Told::Nothing(why) => (Told::Nothing(why), String::new()),
                    Told::Value(_) => (Told::Nothing(Why::Questionable), String::new()),
                },
            };
            let row = Row { signal, number: n + 1, told, doubted: false, at, method, note: None, said: signal.said };
            let (from, until) = (window.from.wall, window.until.wall);
            match groups.iter_mut().find(|group| (group.from, group.until) == (from, until)) {
                Some(group) => group.rows.push(row),
                None => {
                    groups.push(Group { name: "INTERVAL^Vital signs of an interval^L", from, until, rows: vec![row] });
                }
            }
        }
    }
    groups
}

fn events<'a>(signals: &'a [Signal<'a>]) -> Vec<Group<'a>> {
    let of = |(n, signal): (usize, &'a Signal<'a>)| {
        let group = move |sample: &'a Sample| {
            let doubted = matches!(sample.observation.reading, Reading::Questionable(..));
            let method = String::new();
            let at = sample.at.wall;
            let row = Row {
                at,
                signal,
                number: n + 1,
                told: told(sample),
                doubted,
                method,
                note: note(sample),
                said: &sample.said,
            };
            Group { name: "READING^Vital sign at its own time^L", from: at, until: at, rows: vec![row] }
        };
        signal.changes().map(group)
    };
    signals.iter().enumerate().filter(|(_, signal)| signal.is_event()).flat_map(of).collect()
}

fn order(maker: &Maker<'_>, number: usize, group: &Group<'_>) -> String {
    let (from, until) = (time(maker.face, group.from), time(maker.face, group.until));
    let obr = Segment::new("OBR")
        .raw(1, &number.to_string())
        .raw(3, &format!("{}-{number}", document_number(maker.record)))
        .raw(4, group.name)
        .raw(7, &from)
        .raw(8, if group.from == group.until { "" } else { &until })
        .raw(22, &time(maker.face, maker.made()))
        .raw(25, if maker.signed.is_some() { "F" } else { "P" });
    let mut text = obr.end();
    let mut set = 0;
    for row in &group.rows {
        for part in parts(row) {
            set += 1;
            text.push_str(&observation(set, row, &part, &time(maker.face, row.at)));
            let said = match (&part.value, &row.told) {
                (None, Told::Nothing(why)) => Some(row.note.clone().unwrap_or_else(|| why.word().to_owned())),
                (None, Told::Value(_)) => Some("not sent".to_owned()),
                (Some(_), _) => row.note.clone(),
            };
            let nte = said.map(|said| Segment::new("NTE").raw(1, "1").raw(2, "L").text(3, &said).end());
            text.push_str(&nte.unwrap_or_default());
        }
    }
    text
}

/// One OBX of a row.
struct Piece {
    codes: &'static [Loinc],
    word: String,
    value: Option<Decimal>,
}

fn parts(row: &Row<'_>) -> Vec<Piece> {
    let vital = row.signal.vital;
    let pressure = matches!(vital, Vital::Nibp | Vital::Art);
    let part = |part: Part, value| Piece {
        codes: part.codes(vital),
        word: format!("{} {}", vital.word(), part.word()),
        value,
    };
    match row.told {
        Told::Value(Amount::Pressure { systolic, diastolic, mean }) => {
            let mut parts = vec![part(Part::Systolic, systolic), part(Part::Diastolic, diastolic)];
            parts.extend(mean.map(|mean| part(Part::Mean, Some(mean))));
            parts
        }
        Told::Nothing(_) if pressure => vec![part(Part::Systolic, None), part(Part::Diastolic, None)],
        Told::Value(Amount::One(value)) => vec![whole(row, Some(value))],
        Told::Nothing(_) => vec![whole(row, None)],
    }
}

fn whole(row: &Row<'_>, value: Option<Decimal>) -> Piece {
    let signal = row.signal;
    Piece { codes: codes::vital(signal.vital, signal.origin, signal.unit), word: signal.vital.word().to_owned(), value }
}

fn observation(set: usize, row: &Row<'_>, piece: &Piece, at: &str) -> String {
    // The code of the general quantity; what it is to us stands in the alternate one.
    let code = match piece.codes.first() {
        Some((code, name)) => format!("{code}^{name}^LN^{0}^{0}^L", piece.word),
        None => format!("{0}^{0}^L", piece.word),
    };
    let status = match piece.value {
        None => "X",
        Some(_) if row.doubted => "R",
        Some(_) => "F",
    };
    let (source, typed_by) = match row.said {
        Said::Monitor(source) => (escaped(source.as_str()), String::new()),
        Said::Typed(name) => (String::new(), format!("^{}", escaped(name))),
    };
    let typed = !typed_by.is_empty();
    let origin = row.signal.origin.map_or("", |origin| origin.word());
    let words = [if typed { "typed" } else { origin }, &row.method, row.signal.site.unwrap_or("")];
    let method = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
    Segment::new("OBX")
        .raw(1, &set.to_string())
        .raw(2, "NM")
        .raw(3, &code)
        .raw(4, &row.number.to_string())
        .raw(5, &piece.value.map(|value| value.to_string()).unwrap_or_default())
        .raw(6, &format!("{0}^{0}^UCUM", row.signal.unit.word()))
        .raw(11, status)
        .raw(14, at)
        .raw(16, &typed_by)
        .raw(17, &if method.is_empty() { String::new() } else { format!("^{}", escaped(&method)) })
        .raw(18, &source)
        .end()
}
