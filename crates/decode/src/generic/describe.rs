//! From settings to a checked [`Description`], with every mistake named.

use super::checksum::{Check, Sum};
use super::clock::TimeForm;
use super::description::{
    AbsentMark, Align, Alphabet, Code, Description, FIELDS_MAX, Field, Form, Group, Kind, Meaning, Must, NewWhen, Part,
    Place, Sign, Size, Status, Which,
};
use super::limits::{range, units};
use super::settings::{Fault, Reader, Setting};
use crate::generic::LINE_MAX;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use chairside_observation::{Absence, Decimal, Doubt, Flag, Origin, Unit, Vital};

/// Most forms of line of one device: each line may be tried as each of them.
const FORMS_MAX: usize = 8;
/// Most fields in a line: every byte of the longest one a separator.
#[allow(clippy::cast_possible_wrap)]
const PLACE_MAX: i64 = LINE_MAX as i64;

const LINES: &str = "[source.lines] kind = \"delimited\"";
const FIELD: &str = "[[source.lines.field]] vital = \"spo2\", at = 3";
const STATUS: &str = "status = [{ at = 7, codes = [{ word = \"PS\", absent = \"pulse search\" }] }]";
const CODE: &str = "{ word = \"PS\", absent = \"pulse search\" }";

/// Reads a description: one form of line, or a list of them.
pub(super) fn description(settings: &Setting, path: &str) -> Result<Description, Vec<Fault>> {
    let mut faults = Vec::new();
    let one = |setting, path: String, faults: &mut Vec<Fault>| {
        Reader::new(setting, path, LINES, faults).and_then(|mut lines| form(&mut lines))
    };
    let forms: Vec<Form> = match settings {
        Setting::List(list) if list.is_empty() || list.len() > FORMS_MAX => {
            let wrong = format!("1 to {FORMS_MAX} forms of line are expected");
            let (key, found) = (path.to_owned(), format!("{} of them", list.len()));
            faults.push(Fault { key, found, wrong, example: LINES.to_owned() });
            Vec::new()
        }
        Setting::List(list) => {
            let numbered = list.iter().enumerate();
            numbered.filter_map(|(n, setting)| one(setting, format!("{path}[{}]", n + 1), &mut faults)).collect()
        }
        single => one(single, path.to_owned(), &mut faults).into_iter().collect(),
    };
    if forms.len() > 1
        && let Some(n) = forms.iter().position(|form| form.starts_with.is_none() && form.must.is_empty())
    {
        let wrong =
            "where there are several forms of line, each needs `starts_with` or `must` to be known by".to_owned();
        let key = format!("{path}[{}]", n + 1);
        faults.push(Fault { key, found: "neither".to_owned(), wrong, example: "starts_with = \"NIBP\"".to_owned() });
    }
    if faults.is_empty() { Ok(Description { forms }) } else { Err(faults) }
}

fn form(lines: &mut Reader<'_, '_>) -> Option<Form> {
    const KEYS: &[&str] = &[
        "kind",
        "separator",
        "equals",
        "starts_with",
        "ignore",
        "count",
        "width",
        "must",
        "time",
        "checksum",
        "cuff",
        "field",
        "status",
    ];
    lines.only(KEYS, "kind = \"delimited\"");
    let kind = kind(lines);
    let starts_with = lines.printable("starts_with", "starts_with = \"NIBP\"").map(Into::into);
    let ignore = ignore(lines);
    let kind = kind?;
    let must = must(lines, kind);
    let time = time(lines, kind);
    let check = lines.has("checksum").then(|| checksum(lines));
    let fields = fields(lines, kind);
    let statuses = statuses(lines, kind, &fields);
    let groups = groups(lines, &fields);
    let cuff = cuff(lines, kind, &fields, &groups);
    let mut form = Form {
        kind,
        starts_with,
        ignore,
        size: Size::Any,
        must,
        time,
        check: check.flatten(),
        cuff,
        fields,
        statuses,
        groups,
    };
    form.size = size(lines, &form);
    Some(form)
}

fn kind(lines: &mut Reader<'_, '_>) -> Option<Kind> {
    const WORDS: &[&str] = &["delimited", "key_value", "columns"];
    let word = lines.needed_word("kind", WORDS, |word| word)?;
    let (separated, paired) = (word != "columns", word == "key_value");
    for (key, used) in
        [("separator", separated), ("equals", paired), ("count", word == "delimited"), ("width", !separated)]
    {
        if !used && lines.has(key) {
            lines.wrong(key, format!("lines of kind {word:?} have no such setting"), LINES);
        }
    }
    Some(match word {
        "delimited" => Kind::Delimited { separator: lines.character("separator", b',', "separator = \",\"") },
        "key_value" => {
            let separator = lines.character("separator", b' ', "separator = \" \"");
            let equals = lines.character("equals", b'=', "equals = \"=\"");
            if separator == equals {
                lines.wrong("equals", "it cannot be the separator, too", "equals = \"=\"");
            }
            Kind::KeyValue { separator, equals }
        }
        _ => Kind::Columns,
    })
}

fn ignore(lines: &mut Reader<'_, '_>) -> Vec<Box<str>> {
    const LINE: &str = "ignore = [\"TIME\", \"MODEL\"]";
    let list = lines.list("ignore", LINE);
    let texts = list.iter().map(|item| match item {
        Setting::Text(text) if !text.trim().is_empty() => Some(text.trim().into()),
        _ => None,
    });
    let texts: Option<Vec<_>> = texts.collect();
    if texts.is_none() {
        lines.wrong("ignore", "a list of beginnings of lines is expected", LINE);
    }
    texts.unwrap_or_default()
}

/// Where something stands; exactly one way to say it. `loose` are things that may also stand at columns of a line of pairs,
/// or behind a key.
fn place(part: &mut Reader<'_, '_>, kind: Kind, loose: bool) -> Option<Place> {
    let (allowed, example): (&[&str], _) = match kind {
        Kind::Delimited { .. } if loose => (&["at", "behind"], "at = 3"),
        Kind::Delimited { .. } => (&["at"], "at = 3"),
        Kind::KeyValue { .. } if loose => (&["key", "behind", "from"], "key = \"EXC\""),
        Kind::KeyValue { .. } => (&["key"], "key = \"SPO2\""),
        Kind::Columns => (&["from"], "from = 19, to = 24"),
    };
    let given: Vec<&str> = ["at", "key", "behind", "from"].into_iter().filter(|key| part.has(key)).collect();
    let [way] = given[..] else {
        let wrong = format!("exactly one of {} has to say where it stands", allowed.join(", "));
        part.wrong(given.first().unwrap_or(&allowed[0]), wrong, example);
        return None;
    };
    if !allowed.contains(&way) {
        part.wrong(way, format!("lines of this kind are read by {}", allowed.join(" or ")), example);
        return None;
    }
    match way {
        "at" => part.size("at", 1..=PLACE_MAX, "at = 3").map(Place::Field),
        "key" => part.printable("key", "key = \"SPO2\"").map(|key| Place::Key(key.trim().into())),
        "behind" if matches!(kind, Kind::Delimited { .. }) => {
            part.size("behind", 1..=PLACE_MAX, "behind = 3").map(Place::BehindField)
        }
        "behind" => part.printable("behind", "behind = \"HR\"").map(|key| Place::BehindKey(key.trim().into())),
        _ => {
            let from = part.size("from", 1..=PLACE_MAX, "from = 19, to = 24")?;
            if !part.has("to") {
                part.wrong("to", "the last column is needed, too", "from = 19, to = 24");
            }
            let to = part.size("to", 1..=PLACE_MAX, "from = 19, to = 24")?;
            if to < from {
                part.wrong("to", format!("the last column lies before the first one, {from}"), "from = 19, to = 24");
                return None;
            }
            Some(Place::Columns(from, to))
        }
    }
}

fn must(lines: &mut Reader<'_, '_>, kind: Kind) -> Vec<Must> {
    const LINE: &str = "must = [{ at = 2, is = \"HR\" }]";
    let list = lines.list("must", LINE);
    let one = |(n, setting)| {
        let mut part = lines.item("must", n, setting, LINE)?;
        part.only(&["at", "key", "behind", "from", "to", "is"], LINE);
        let place = place(&mut part, kind, true);
        if !part.has("is") {
            part.wrong("is", "this key is needed", LINE);
        }
        let is = part.text("is", LINE)?.trim().into();
        Some(Must { place: place?, is })
    };
    list.iter().enumerate().filter_map(one).collect()
}

fn time_form(part: &mut Reader<'_, '_>) -> Option<TimeForm> {
    const LINE: &str = "format = \"DD-Mon-YY hh:mm:ss\"";
    match TimeForm::new(part.needed_text("format", LINE)?) {
        Ok(form) => Some(form),
        Err(wrong) => {
            part.wrong("format", wrong, LINE);
            None
        }
    }
}

fn time(lines: &mut Reader<'_, '_>, kind: Kind) -> Option<(Place, TimeForm)> {
    const LINE: &str = "time = { at = 1, format = \"hh:mm:ss\" }";
    let mut part = lines.table("time", LINE)?;
    part.only(&["at", "key", "behind", "from", "to", "format"], LINE);
    let place = place(&mut part, kind, true);
    let form = time_form(&mut part)?;
    if let Some(Place::Columns(from, to)) = place
        && to + 1 - from != form.width()
    {
        let wrong = format!("`format` has {} characters, the columns {}", form.width(), to + 1 - from);
        part.wrong("to", wrong, LINE);
    }
    Some((place?, form))
}

fn checksum(lines: &mut Reader<'_, '_>) -> Option<Check> {
    const LINE: &str = "checksum = { kind = \"xor8\", from = 2, behind = \"*\" }";
    let mut part = lines.table("checksum", LINE)?;
    part.only(&["kind", "from", "behind"], LINE);
    let sum = part.needed_word("kind", Sum::ALL, Sum::word);
    let from = if part.has("from") { part.size("from", 1..=PLACE_MAX, LINE)? } else { 1 };
    let behind = part.printable("behind", LINE).map(Into::into);
    Some(Check { sum: sum?, from: from - 1, behind })
}

fn fields(lines: &mut Reader<'_, '_>, kind: Kind) -> Vec<Field> {
    let list = lines.list("field", FIELD);
    if list.is_empty() || list.len() > FIELDS_MAX {
        lines.wrong(
            "field",
            format!("written as [[source.lines.field]], once for each of 1 to {FIELDS_MAX} numbers"),
            FIELD,
        );
        return Vec::new();
    }
    let mut fields: Vec<Field> = Vec::new();
    for (n, setting) in list.iter().enumerate() {
        let Some(mut part) = lines.item("field", n, setting, FIELD) else { continue };
        let Some(field) = field(&mut part, kind) else { continue };
        let same = |other: &Field| {
            (other.vital, other.part, &other.site, other.origin) == (field.vital, field.part, &field.site, field.origin)
        };
        if fields.iter().any(same) {
            let wrong =
                format!("another field is the {}, too; `site` or `origin` tells two of them apart", field.name());
            part.wrong("vital", wrong, "site = \"T1\"");
            continue;
        }
        fields.push(field);
    }
    fields
}

fn field(part: &mut Reader<'_, '_>, kind: Kind) -> Option<Field> {
    const KEYS: &[&str] = &[
        "vital",
        "part",
        "at",
        "key",
        "from",
        "to",
        "piece",
        "unit",
        "digits",
        "decimals",
        "suffix",
        "align",
        "absent",
        "zero_is_a_value",
        "origin",
        "site",
    ];
    part.only(KEYS, FIELD);
    let vital = part.needed_word("vital", Vital::ALL, Vital::word);
    let place = place(part, kind, false);
    let piece = part.size("piece", 1..=9, "piece = 1");
    let digits = part.size("digits", 1..=9, "digits = 3");
    let decimals = part.whole("decimals", 1..=4, "decimals = 1").and_then(|n| u8::try_from(n).ok());
    let suffix = suffix(part);
    let align = align(part, kind);
    let absent = absent(part);
    let origin = part.word("origin", Origin::ALL, Origin::word);
    let site = part.printable("site", "site = \"T1\"").map(Into::into);
    let vital = vital?;
    let of_pressure = pressure_part(part, vital);
    let unit = unit(part, vital)?;
    let zero_is_a_value = part.flag("zero_is_a_value");
    if zero_is_a_value && !range(vital, unit).contains(&0) {
        part.wrong("zero_is_a_value", format!("no {} in {} is 0", vital.word(), unit.word()), "absent = [\"0\"]");
    }
    if zero_is_a_value && matches!(vital, Vital::Spo2 | Vital::Nibp) {
        part.wrong("zero_is_a_value", format!("no patient has a {} of 0", vital.word()), "absent = [\"0\"]");
    }
    Some(Field {
        vital,
        part: of_pressure,
        place: place?,
        piece,
        unit,
        digits,
        decimals,
        suffix,
        align,
        absent,
        zero_is_a_value,
        origin,
        site,
    })
}

/// One text, or a list of several.
fn suffix(part: &mut Reader<'_, '_>) -> Vec<Box<str>> {
    const LINE: &str = "suffix = \"%\"";
    let texts: Vec<&Setting> = match part.get("suffix") {
        None => return Vec::new(),
        Some(Setting::List(list)) => list.iter().collect(),
        Some(single) => [single].into(),
    };
    let text = |setting: &&Setting| match setting {
        Setting::Text(text) if !text.trim().is_empty() && !text.contains(|c: char| c.is_ascii_digit()) => {
            Some(text.trim().into())
        }
        _ => None,
    };
    let mut all: Vec<Box<str>> = texts.iter().filter_map(text).collect();
    if all.len() < texts.len() {
        part.wrong("suffix", "a text, or a list of texts, without digits is expected", LINE);
    }
    all.sort_by_key(|suffix| core::cmp::Reverse(suffix.len()));
    all
}

fn align(part: &mut Reader<'_, '_>, kind: Kind) -> Align {
    if !matches!(kind, Kind::Columns) && part.has("align") {
        part.wrong("align", "only numbers in columns are aligned", "from = 19, to = 24, align = \"right\"");
    }
    part.word("align", Align::ALL, Align::word).unwrap_or(Align::Right)
}

fn pressure_part(part: &mut Reader<'_, '_>, vital: Vital) -> Option<Part> {
    let pressure = matches!(vital, Vital::Nibp | Vital::Art);
    if !pressure {
        if part.has("part") {
            part.wrong("part", format!("{} has no parts", vital.word()), "vital = \"nibp\", part = \"systolic\"");
        }
        return None;
    }
    part.needed_word("part", Part::ALL, Part::word)
}

fn unit(part: &mut Reader<'_, '_>, vital: Vital) -> Option<Unit> {
    let units = units(vital);
    match units {
        [only] if !part.has("unit") => Some(*only),
        _ => part.needed_word("unit", units, Unit::word),
    }
}

fn absent(part: &mut Reader<'_, '_>) -> Vec<AbsentMark> {
    const LINE: &str = "absent = [\"127\", { text = \"ERR\", reason = \"sensor fault\" }]";
    let list = part.list("absent", LINE);
    let mut marks = Vec::new();
    for (n, setting) in list.iter().enumerate() {
        let (text, reason) = match setting {
            Setting::Text(text) => (Some(text.as_str()), Some(Absence::NoValue)),
            setting => {
                let Some(mut mark) = part.item("absent", n, setting, LINE) else { continue };
                mark.only(&["text", "reason"], LINE);
                (mark.needed_text("text", LINE), mark.needed_word("reason", Absence::ALL, Absence::word))
            }
        };
        let (Some(text), Some(reason)) = (text.map(str::trim), reason) else { continue };
        marks.push(AbsentMark { text: text.into(), number: Decimal::parse(text.as_bytes()).ok(), reason });
    }
    marks
}

fn statuses(lines: &mut Reader<'_, '_>, kind: Kind, fields: &[Field]) -> Vec<Status> {
    let list = lines.list("status", STATUS);
    let one = |(n, setting)| status(&mut lines.item("status", n, setting, STATUS)?, kind, fields);
    list.iter().enumerate().filter_map(one).collect()
}

fn status(part: &mut Reader<'_, '_>, kind: Kind, fields: &[Field]) -> Option<Status> {
    part.only(&["at", "key", "behind", "from", "to", "of", "digits", "codes"], STATUS);
    let place = place(part, kind, true);
    let of = of(part, Which::ALL, fields);
    let list = part.list("codes", STATUS);
    if list.is_empty() {
        part.wrong("codes", "the codes that may stand there are needed", STATUS);
    }
    let mut codes: Vec<Code> = Vec::new();
    for (n, setting) in list.iter().enumerate() {
        let Some(mut item) = part.item("codes", n, setting, CODE) else { continue };
        let Some(code) = code(&mut item, of, fields) else { continue };
        let (alphabet, before) = (alphabet(&code.sign), codes.first().map(|first| self::alphabet(&first.sign)));
        if before.is_some_and(|before| before != alphabet) {
            item.wrong("", "the codes of one status are all words, all letters or all bits", CODE);
        } else if codes.iter().any(|other| other.sign == code.sign) {
            item.wrong("", "this code stands there already", CODE);
        } else {
            codes.push(code);
        }
    }
    let alphabet = alphabet(&codes.first()?.sign);
    let bits = alphabet == Alphabet::Bits;
    if bits != part.has("digits") {
        let wrong = if bits {
            "how many hexadecimal digits it is printed with is needed: a word that lost some would say that all is well"
        } else {
            "only bits are printed in digits"
        };
        part.wrong("digits", wrong, "digits = 4");
    }
    let digits = part.size("digits", 1..=8, "digits = 4").unwrap_or(0);
    Some(Status { place: place?, alphabet, digits, codes, of })
}

const fn alphabet(sign: &Sign) -> Alphabet {
    match sign {
        Sign::Word(_) => Alphabet::Words,
        Sign::Letter(_) => Alphabet::Letters,
        Sign::Bit(_) => Alphabet::Bits,
    }
}

fn code(part: &mut Reader<'_, '_>, of_status: Which, fields: &[Field]) -> Option<Code> {
    part.only(&["word", "letter", "bit", "absent", "questionable", "flag", "of"], CODE);
    let meaning = Meaning {
        absent: part.word("absent", Absence::ALL, Absence::word),
        doubt: part.word("questionable", Doubt::ALL, Doubt::word),
        flag: part.word("flag", Flag::ALL, Flag::word),
    };
    let of = of(part, of_status, fields);
    let given: Vec<&str> = ["word", "letter", "bit"].into_iter().filter(|key| part.has(key)).collect();
    let sign = match given[..] {
        ["word"] => {
            let word = part.printable("word", CODE)?;
            if word.contains([' ', '\t']) {
                part.wrong("word", "words are parted by blanks, so none is in one", CODE);
            }
            Sign::Word(word.into())
        }
        ["letter"] => Sign::Letter(part.character("letter", b'*', "letter = \"*\"")),
        ["bit"] => Sign::Bit(u32::try_from(part.whole("bit", 0..=31, "bit = 5")?).ok()?),
        _ => {
            part.wrong(given.first().unwrap_or(&"word"), "exactly one of word, letter, bit is expected", CODE);
            return None;
        }
    };
    Some(Code { sign, meaning, of })
}

/// The fields of the vitals in `of`; `usual` when the key is not there.
fn of(part: &mut Reader<'_, '_>, usual: Which, fields: &[Field]) -> Which {
    const LINE: &str = "of = [\"spo2\"]";
    if !part.has("of") {
        return usual;
    }
    let mut which = Which(0);
    for item in part.list("of", LINE) {
        let vital = if let Setting::Text(word) = item { Vital::from_word(word) } else { None };
        let of_it: Vec<usize> =
            fields.iter().enumerate().filter(|(_, field)| Some(field.vital) == vital).map(|(n, _)| n).collect();
        if of_it.is_empty() {
            part.wrong("of", format!("no field of these lines has the vital {item}"), LINE);
        }
        of_it.iter().for_each(|field| which.0 |= 1 << field);
    }
    which
}

/// Fields that are one reading, in the order of their first.
fn groups(lines: &mut Reader<'_, '_>, fields: &[Field]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (n, field) in fields.iter().enumerate() {
        let Some(part) = field.part else {
            groups.push(Group::One(n));
            continue;
        };
        let slot = Part::ALL.iter().position(|p| *p == part).unwrap_or(0);
        let together = |other: &Field| {
            (other.vital, &other.site, other.origin, other.unit) == (field.vital, &field.site, field.origin, field.unit)
        };
        let known = groups.iter_mut().find_map(|group| match group {
            Group::Pressure(parts) if parts.iter().flatten().all(|p| together(&fields[*p])) => Some(parts),
            _ => None,
        });
        match known {
            Some(parts) => parts[slot] = Some(n),
            None => {
                let mut parts = [None; 3];
                parts[slot] = Some(n);
                groups.push(Group::Pressure(parts));
            }
        }
    }
    let of_cuff = |group: &&Group| matches!(group, Group::Pressure(parts) if parts.iter().flatten().any(|p| fields[*p].vital == Vital::Nibp));
    if groups.iter().filter(of_cuff).count() > 1 {
        let wrong = "all nibp fields are parts of one cuff reading: of one unit, site and origin";
        lines.wrong("field", wrong, "vital = \"nibp\", part = \"systolic\", unit = \"mm[Hg]\"");
    }
    groups
}

/// How cuff readings are told apart, which nobody can guess: needed as soon as there are any.
fn cuff(lines: &mut Reader<'_, '_>, kind: Kind, fields: &[Field], groups: &[Group]) -> Option<NewWhen> {
    const LINE: &str = "cuff = { new_when = \"changed\" }";
    const WORDS: &[&str] = &["printed", "changed", "time", "age", "counter"];
    let of_cuff = |parts: &[Option<usize>; 3]| parts.iter().flatten().any(|part| fields[*part].vital == Vital::Nibp);
    let has_cuff = groups.iter().any(|group| matches!(group, Group::Pressure(parts) if of_cuff(parts)));
    if !has_cuff && fields.iter().any(|field| field.origin == Some(Origin::Cuff)) {
        lines.wrong("field", "a value of the cuff stands in a line with its nibp", "origin = \"pleth\"");
    }
    if has_cuff != lines.has("cuff") {
        let wrong = if has_cuff {
            "how a new cuff reading is told from a repeated one has to be said"
        } else {
            "no field of these lines is nibp"
        };
        lines.wrong("cuff", wrong, LINE);
        return None;
    }
    let mut part = lines.table("cuff", LINE)?;
    let word = part.needed_word("new_when", WORDS, |word| word)?;
    let (keys, example): (&[&str], _) = match word {
        "time" => (
            &["new_when", "at", "key", "from", "to", "format"],
            "cuff = { new_when = \"time\", at = 9, format = \"hh:mm\" }",
        ),
        "age" => {
            (&["new_when", "at", "key", "from", "to", "unit"], "cuff = { new_when = \"age\", at = 9, unit = \"s\" }")
        }
        "counter" => (&["new_when", "at", "key", "from", "to"], "cuff = { new_when = \"counter\", at = 9 }"),
        _ => (&["new_when"], LINE),
    };
    part.only(keys, example);
    if matches!(word, "printed" | "changed") {
        return Some(if word == "printed" { NewWhen::Printed } else { NewWhen::Changed });
    }
    let place = place(&mut part, kind, true);
    match word {
        "time" => time_form(&mut part).zip(place).map(|(form, place)| NewWhen::Time(place, form)),
        "age" => {
            let unit_s =
                part.needed_word("unit", &["s", "min"], |word| word).map(|unit| if unit == "s" { 1 } else { 60 });
            place.zip(unit_s).map(|(place, unit_s)| NewWhen::Age(place, unit_s))
        }
        _ => place.map(NewWhen::Counter),
    }
}

/// How long a line must be: as said, or long enough for everything that is described.
fn size(lines: &mut Reader<'_, '_>, form: &Form) -> Size {
    let mut places: Vec<&Place> = form.fields.iter().map(|field| &field.place).collect();
    let numbers = reach(&places);
    places.extend(form.statuses.iter().map(|status| &status.place));
    places.extend(form.must.iter().map(|must| &must.place));
    places.extend(form.time.iter().map(|(place, _)| place));
    if let Some(NewWhen::Time(place, _) | NewWhen::Age(place, _) | NewWhen::Counter(place)) = &form.cuff {
        places.push(place);
    }
    let reach = reach(&places);
    match form.kind {
        Kind::KeyValue { .. } => Size::Any,
        Kind::Delimited { .. } => match lines.size("count", 1..=PLACE_MAX, "count = 9") {
            Some(count) if count < reach => {
                lines.wrong("count", format!("field {reach} is described"), &format!("count = {reach}"));
                Size::Any
            }
            Some(count) => Size::Fields(count),
            None => Size::FieldsMin(reach),
        },
        Kind::Columns => match lines.size("width", 1..=PLACE_MAX, "width = 40") {
            Some(width) if width < numbers => {
                lines.wrong("width", format!("a number ends in column {numbers}"), &format!("width = {numbers}"));
                Size::Any
            }
            Some(width) => Size::ColumnsMin(width),
            None => Size::ColumnsMin(reach),
        },
    }
}

/// The last field or column of any of these places.
fn reach(places: &[&Place]) -> usize {
    let end = |place: &&Place| match place {
        Place::Field(end) | Place::BehindField(end) | Place::Columns(_, end) => *end,
        Place::Key(_) | Place::BehindKey(_) => 0,
    };
    places.iter().map(end).max().unwrap_or(0)
}
