//! Finding what is asked for: patients and encounters in the index of sessions, everything else in a record, which is then
//! looked at in the open: the audit says so before anything of it is given.

use super::answer::{Page, Trouble};
use super::ask::Ask;
use super::when::Range;
use crate::App;
use crate::people::{Caller, Signs, acts_as};
use crate::record::{Kept, audit, chair_name, gone, kept, seal, sealed, whole};
use crate::refusal::Refused;
use chairside_export::fhir::Values;
use chairside_export::fhir::rest::{self, Item};
use chairside_export::{Face, Options, Record, pdf};
use chairside_observation::session::{AuditKind, Patient, Person, Role};
use chairside_observation::{Micros, Sequence, Timeline};
use chairside_store::{Find, Line, spelled};
use chairside_wire::Standing;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Lines of the index asked for at once.
const LINES: usize = 500;
/// Most lines looked at for one id: sixteen years of a clinic with five sessions a day.
const LINES_MAX: usize = 30_000;
/// Most patients of one answer; who finds more has to ask for less.
const PATIENTS_MAX: usize = 50;
/// Most sessions of one patient.
const SESSIONS_MAX: usize = 500;
/// Most records read for one page: one of four hours takes a fraction of a second, and a client waits ten.
const RECORDS_MAX: usize = 8;
/// Minutes of an interval value.
const EVERY_MIN: u32 = 5;
/// A span may begin before its session was opened, by a claim, and what was typed may be of before, too.
const SLACK_US: i64 = 24 * 3_600_000_000;
/// Who looks, as the audit names it, while nobody has an account.
const PROGRAM: &str = "a program, over FHIR";

/// Whom the audit names: the account that is signed in, else a program. A role that reads records stands beside it.
pub(super) fn asker(caller: &Caller) -> Person {
    let known = caller.account.as_ref().filter(|_| caller.standing == Standing::In);
    let role = known.and_then(|account| acts_as(&account.roles, Signs::Usual)).unwrap_or(Role::Reviewer);
    let name = Some(caller.name()).filter(|name| !name.is_empty()).unwrap_or(PROGRAM);
    Person { name: name.into(), role }
}

/// A page of what is looked for.
pub(super) async fn search(app: &App, by: &Person, kind: &str, ask: &Ask) -> Result<Page, Trouble> {
    match kind {
        "Patient" => patients(app, ask).await,
        "Encounter" => encounters(app, by, ask).await,
        "DocumentReference" => of_sessions(app, by, ask, "DocumentReference").await,
        _ => of_sessions(app, by, ask, "Observation").await,
    }
}

/// The resource with this id.
pub(super) async fn one(app: &App, by: &Person, kind: &'static str, id: &str) -> Result<Item, Trouble> {
    let item = if kind == "Patient" {
        let line = first(app, |line| rest::patient_id(&line.patient) == id).await?.ok_or_else(Trouble::not_found)?;
        Some(rest::patient(&light(app, &line).await?.1, &Face(&*app.offsets)))
    } else {
        let line = session(app, id).await?;
        looked(app, by, &line, AuditKind::Viewed, "fhir").await?;
        items(app, &line, kind).await?.into_iter().find(|item| item.id == id)
    };
    item.filter(|item| item.kind == kind).ok_or_else(Trouble::not_found)
}

/// The pages of the report with this id.
pub(super) async fn pages(app: &App, by: &Person, id: &str) -> Result<Vec<u8>, Trouble> {
    let line = session(app, id).await?;
    let documents = items(app, &line, "DocumentReference").await?;
    if !documents.iter().any(|item| item.id == id) {
        return Err(Trouble::not_found());
    }
    let found = looked(app, by, &line, AuditKind::Exported, "fhir pdf").await?;
    let record = whole(app, &found.chair, &found.session).await?;
    let (_, digest, _) = seal(app, &found, &record).await?;
    let record = record.with_seal(sealed(&found, digest));
    let offsets = Arc::clone(&app.offsets);
    let made = tokio::task::spawn_blocking(move || pdf::report(&record, &Face(&*offsets), &Options::default()));
    Ok(made.await.map_err(|_| Refused::Internal)?.map_err(|error| {
        tracing::error!(%error, "a report could not be made");
        Refused::Internal
    })?)
}

/// Patients in the order of their newest sessions.
async fn patients(app: &App, ask: &Ask) -> Result<Page, Trouble> {
    let mut find = Find { limit: LINES, ..Find::default() };
    let numbers = ask.identifier.iter().flatten().map(|token| token.code.clone()).filter(|code| !code.is_empty());
    let numbers: Vec<String> = numbers.collect();
    if ask.id.is_none() && numbers.is_empty() && ask.name.is_none() && ask.birthdate.is_none() {
        return Err(Trouble::too_costly("say which patients: by identifier, name, birthdate or _id"));
    }
    if let [number] = numbers.as_slice() {
        find.patient = Some(number.as_str().into());
    }
    let name: Vec<String> = ask.name.iter().flat_map(|name| name.split([' ', ','])).map(spelled).collect();
    find.parts = name.iter().filter(|part| !part.is_empty()).cloned().chain(ask.birthdate.clone()).collect();
    let wanted = |patient: &Patient| {
        let id = rest::patient_id(patient);
        let spelled = spelled(&patient.name);
        ask.id.as_ref().is_none_or(|ids| ids.contains(&id))
            && (numbers.is_empty() || numbers.iter().any(|number| **number == *patient.id))
            && ask.birthdate.as_ref().is_none_or(|born| **born == *patient.born)
            && name.iter().all(|part| spelled.contains(part.as_str()))
    };
    let (mut known, mut lines) = (BTreeSet::new(), Vec::new());
    let more = each(app, find, |line| {
        if wanted(&line.patient) && known.insert(rest::patient_id(&line.patient)) {
            lines.push(line);
        }
        lines.len() > PATIENTS_MAX
    });
    more.await?;
    let hint = (lines.len() > PATIENTS_MAX).then_some("there are more patients; ask for less");
    lines.truncate(PATIENTS_MAX.min(ask.count));
    let mut items = Vec::with_capacity(lines.len());
    for line in &lines {
        items.push(rest::patient(&light(app, line).await?.1, &Face(&*app.offsets)));
    }
    let total = hint.is_none().then_some(items.len());
    Ok(Page { items, total, next: None, hint })
}

/// Sessions, the newest first.
async fn encounters(app: &App, by: &Person, ask: &Ask) -> Result<Page, Trouble> {
    let mut items: Vec<Item> = Vec::new();
    let mut next = None;
    for line in sessions(app, ask).await? {
        if items.len() == ask.count {
            next = Some(format!("{}.0", rest::finds(&line.id)));
            break;
        }
        let named = |token: &super::ask::Token| token.fits("", line.id.as_str());
        if ask.identifier.as_ref().is_some_and(|tokens| !tokens.iter().any(named)) {
            continue;
        }
        let item = rest::encounter(&light(app, &line).await?.1, &Face(&*app.offsets));
        if fits(app, ask, &item) {
            looked(app, by, &line, AuditKind::Viewed, "fhir").await?;
            items.push(item);
        }
    }
    Ok(Page { items, total: None, next, hint: None })
}

/// Resources of records, session by session, the newest first.
async fn of_sessions(app: &App, by: &Person, ask: &Ask, kind: &'static str) -> Result<Page, Trouble> {
    if ask.patient.is_none() && ask.encounter.is_none() && ask.id.is_none() {
        return Err(Trouble::too_costly("say whose they are: by patient or encounter, or _id"));
    }
    let lines = sessions(app, ask).await?;
    let single = lines.len() == 1;
    let mut done = ask.cursor.as_ref().map_or(0, |(_, done)| *done);
    let (mut items, mut total): (Vec<Item>, _) = (Vec::new(), None);
    for (read, line) in lines.iter().enumerate() {
        if read == RECORDS_MAX || items.len() == ask.count {
            let next = Some(format!("{}.0", rest::finds(&line.id)));
            return Ok(Page { items, total, next, hint: None });
        }
        looked(app, by, line, AuditKind::Viewed, "fhir").await?;
        let all = self::items(app, line, kind).await?;
        let hers: Vec<Item> = all.into_iter().filter(|item| item.kind == kind && fits(app, ask, item)).collect();
        total = single.then_some(hers.len());
        let through = (done + ask.count - items.len()).min(hers.len());
        let left = hers.len() - through;
        items.extend(hers.into_iter().take(through).skip(done));
        if left > 0 {
            let next = Some(format!("{}.{through}", rest::finds(&line.id)));
            return Ok(Page { items, total, next, hint: None });
        }
        done = 0;
    }
    Ok(Page { items, total: total.or(lines.is_empty().then_some(0)), next: None, hint: None })
}

/// Whether a resource is one of those asked for, as far as it says so itself.
fn fits(app: &App, ask: &Ask, item: &Item) -> bool {
    let any = |asked: &[Vec<super::ask::Token>], codes: &[(String, String)]| {
        let of = |tokens: &Vec<super::ask::Token>| {
            codes.iter().any(|(system, code)| tokens.iter().any(|token| token.fits(system, code)))
        };
        asked.iter().all(of)
    };
    let dated = || {
        let (from, until) = item.when.as_ref()?;
        let from = Range::read(from, &*app.offsets)?;
        let to = if until.is_empty() { i64::MAX } else { Range::read(until, &*app.offsets)?.to };
        Some(Range { from: from.from, to })
    };
    ask.id.as_ref().is_none_or(|ids| ids.contains(&item.id))
        && any(&ask.code, &item.codes)
        && any(&ask.category, &item.categories)
        && (ask.date.is_empty() || dated().is_some_and(|when| ask.date.iter().all(|bound| bound.fits(when))))
}

/// The sessions a search is about, the newest first, from its mark on.
async fn sessions(app: &App, ask: &Ask) -> Result<Vec<Line>, Trouble> {
    let by_id = ask.encounter.iter().chain(ask.id.iter().flatten());
    let digits: Vec<&str> = by_id.clone().filter_map(|id| rest::found(id)).collect();
    if by_id.count() > 0 && digits.is_empty() {
        return Ok(Vec::new());
    }
    let mut find = Find { limit: LINES, ..Find::default() };
    if let Some(patient) = &ask.patient {
        let of = first(app, |line| rest::patient_id(&line.patient) == *patient).await?;
        let Some(of) = of else { return Ok(Vec::new()) };
        find.patient = Some(of.patient.id);
    }
    let mut begun = ask.cursor.is_none();
    let mut lines = Vec::new();
    each(app, find, |line| {
        let finds = rest::finds(&line.id);
        begun |= ask.cursor.as_ref().is_some_and(|(digits, _)| *digits == finds);
        let hers = ask.patient.as_ref().is_none_or(|patient| rest::patient_id(&line.patient) == *patient);
        let span = Range {
            from: line.opened.0 - SLACK_US,
            to: line.ended.map_or(i64::MAX, |Micros(ended)| ended.saturating_add(SLACK_US)),
        };
        let dated = ask.date.iter().all(|bound| bound.may_fit_within(span));
        let named = ask.encounter.as_deref().and_then(rest::found).is_none_or(|digits| digits == finds);
        let one = ask.id.is_none() || digits.contains(&finds.as_str());
        if begun && hers && dated && named && one {
            lines.push(line);
        }
        // One more than the longest page, so that it is known whether there is a next one.
        lines.len() > SESSIONS_MAX
    })
    .await?;
    Ok(lines)
}

/// The session an id is of.
async fn session(app: &App, id: &str) -> Result<Line, Trouble> {
    let digits = rest::found(id).ok_or_else(Trouble::not_found)?;
    if let Some(line) = first(app, |line| rest::finds(&line.id) == digits).await? {
        return Ok(line);
    }
    let past = app.desk.past();
    let erased = past.all_erased().find(|(session, _)| rest::finds(session) == digits);
    Err(erased.map_or_else(Trouble::not_found, |(session, _)| gone(app, session).into()))
}

async fn first(app: &App, mut wanted: impl FnMut(&Line) -> bool) -> Result<Option<Line>, Trouble> {
    let mut found = None;
    each(app, Find { limit: LINES, ..Find::default() }, |line| {
        if wanted(&line) {
            found = Some(line);
        }
        found.is_some()
    })
    .await?;
    Ok(found)
}

/// Gives one line of the index after the other, the newest first, until `enough` is true.
async fn each(app: &App, mut find: Find, mut enough: impl FnMut(Line) -> bool) -> Result<(), Trouble> {
    for _ in 0..LINES_MAX / LINES {
        let found = app.log.find(&find).await.map_err(Refused::LogUnreadable)?;
        find.after = found.lines.last().map(|line| line.id.clone());
        if found.lines.into_iter().any(&mut enough) || !found.more {
            return Ok(());
        }
    }
    Ok(())
}

/// A record without its values, and the first entry of its span.
async fn light(app: &App, line: &Line) -> Result<(Kept, Record), Trouble> {
    let found = kept(app, line.id.as_str()).await?;
    let timeline = Timeline::Chair(found.chair.clone());
    let before = Sequence(found.session.from.0.saturating_sub(1));
    let first = app.log.read(&timeline, before, 1).await.map_err(Refused::LogUnreadable)?;
    let name = chair_name(app, &found.chair);
    let record = Record::new(&name, found.session.clone(), &first, &app.about.version);
    Ok((found, record))
}

/// What a session has; of a kind that needs no values without reading them.
async fn items(app: &App, line: &Line, kind: &'static str) -> Result<Vec<Item>, Trouble> {
    if matches!(kind, "Encounter" | "DocumentReference") {
        let (found, record) = light(app, line).await?;
        let face = Face(&*app.offsets);
        return Ok(match kind {
            "Encounter" => vec![rest::encounter(&record, &face)],
            // What is still written has no report yet.
            _ if found.session.is_open() => Vec::new(),
            _ => vec![rest::report(&record, &face)],
        });
    }
    let found = kept(app, line.id.as_str()).await?;
    let record = whole(app, &found.chair, &found.session).await?;
    let offsets = Arc::clone(&app.offsets);
    let made = tokio::task::spawn_blocking(move || {
        let mut items = rest::all(&record, &Face(&*offsets), Values::Every(EVERY_MIN));
        items.retain(|item| item.kind == kind);
        items
    });
    Ok(made.await.map_err(|_| Refused::Internal)?)
}

/// That a record is looked at is in the log before anybody sees it.
async fn looked(app: &App, by: &Person, line: &Line, did: AuditKind, what: &str) -> Result<Kept, Trouble> {
    let found = kept(app, line.id.as_str()).await?;
    audit(app, &found, by.clone(), did, what).await?;
    Ok(found)
}
