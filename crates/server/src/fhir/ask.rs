//! What a search asks, read strictly: what is not known is named, and refused where the client wants that.

use super::answer::Trouble;
use super::when::Bound;
use chairside_export::Offsets;

/// Resources on a page, where none are asked for.
const COUNT: usize = 100;
/// Most resources on a page: some 500 KB of text.
pub(super) const COUNT_MAX: usize = 500;
/// Most values of one parameter.
const VALUES_MAX: usize = 50;
/// Longest value.
const VALUE_MAX: usize = 200;

/// What the types can be searched by. All know `_id`, `_count`, `_format` and the mark of the next page.
const KNOWN: [(&str, &[&str]); 4] = [
    ("Patient", &["identifier", "name", "birthdate"]),
    ("Encounter", &["identifier", "patient", "subject", "date"]),
    ("Observation", &["patient", "subject", "encounter", "code", "category", "date"]),
    ("DocumentReference", &["patient", "subject", "encounter", "date"]),
];

/// Types with a search, and the names of its parameters.
pub(super) fn searched() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    KNOWN.into_iter()
}

/// A code, with the system where one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    system: Option<String>,
    pub(super) code: String,
}

impl Token {
    fn read(text: &str) -> Self {
        match text.split_once('|') {
            Some((system, code)) => Self { system: Some(system.to_owned()), code: code.to_owned() },
            None => Self { system: None, code: text.to_owned() },
        }
    }

    /// Whether a coding is meant. `system|` alone means any code of it.
    pub(super) fn fits(&self, system: &str, code: &str) -> bool {
        self.system.as_deref().is_none_or(|of| of == system) && (self.code.is_empty() || self.code == code)
    }
}

/// A search. Values of one parameter that stand beside each other are alternatives; a parameter that comes again is one more
/// condition.
#[derive(Debug, Default)]
pub(super) struct Ask {
    pub(super) id: Option<Vec<String>>,
    pub(super) identifier: Option<Vec<Token>>,
    pub(super) name: Option<String>,
    pub(super) birthdate: Option<String>,
    pub(super) patient: Option<String>,
    pub(super) encounter: Option<String>,
    pub(super) date: Vec<Bound>,
    pub(super) code: Vec<Vec<Token>>,
    pub(super) category: Vec<Vec<Token>>,
    pub(super) count: usize,
    /// Where the page begins: the digits of a session, and how many of hers were given.
    pub(super) cursor: Option<(String, usize)>,
    /// What of it may stand in an address again: it says nothing of a patient.
    pub(super) used: Vec<(String, String)>,
    /// Parameters nobody knows.
    pub(super) ignored: Vec<String>,
}

impl Ask {
    /// The search for resources of a type. `strict`: what is not known is refused instead of ignored.
    pub(super) fn read(
        kind: &str,
        pairs: Vec<(String, String)>,
        strict: bool,
        zone: &dyn Offsets,
    ) -> Result<Self, Trouble> {
        let known = KNOWN.iter().find(|(of, _)| *of == kind).map(|(_, known)| *known);
        let known = known.ok_or_else(|| Trouble::not_supported(format!("there is no search for {kind}")))?;
        let mut ask = Self { count: COUNT, ..Self::default() };
        for (name, value) in pairs {
            // The type of a reference is the only modifier that means something here.
            let name = name.strip_suffix(":Patient").unwrap_or(&name).to_owned();
            if let Some((of, modifier)) = name.split_once(':') {
                return Err(Trouble::invalid(format!("{of}: the modifier {modifier:?} is not known")));
            }
            let common = matches!(name.as_str(), "_id" | "_count" | "_format" | "_cursor");
            if !common && !known.contains(&name.as_str()) {
                if strict {
                    return Err(Trouble::not_supported(format!("the parameter {name:?} is not known for {kind}")));
                }
                ask.ignored.push(name);
                continue;
            }
            if value.len() > VALUE_MAX || value.is_empty() {
                return Err(Trouble::invalid(format!(
                    "{name}: found {} bytes, expected 1 to {VALUE_MAX}",
                    value.len()
                )));
            }
            ask.take(&name, &value, zone)?;
            ask.used.push((name, value));
        }
        // What says something of a patient is in no address we give.
        ask.used.retain(|(name, _)| !matches!(name.as_str(), "identifier" | "name" | "birthdate" | "_cursor"));
        Ok(ask)
    }

    fn take(&mut self, name: &str, value: &str, zone: &dyn Offsets) -> Result<(), Trouble> {
        let wrong = |expected: &str| Trouble::invalid(format!("{name}: expected {expected}"));
        let values: Vec<&str> = value.split(',').collect();
        if values.len() > VALUES_MAX {
            return Err(wrong("at most 50 values"));
        }
        match name {
            "_id" => self.id = Some(values.into_iter().map(str::to_owned).collect()),
            "identifier" => self.identifier = Some(values.into_iter().map(Token::read).collect()),
            "name" => self.name = Some(value.to_owned()),
            "birthdate" => self.birthdate = Some(value.strip_prefix("eq").unwrap_or(value).to_owned()),
            "patient" | "subject" => {
                self.patient = Some(reference(value, "Patient").ok_or_else(|| wrong("Patient/ID"))?);
            }
            "encounter" => self.encounter = Some(reference(value, "Encounter").ok_or_else(|| wrong("Encounter/ID"))?),
            "date" => self.date.push(Bound::read(value, zone).ok_or_else(|| wrong("a date such as ge2026-03-02"))?),
            "code" => self.code.push(values.into_iter().map(Token::read).collect()),
            "category" => self.category.push(values.into_iter().map(Token::read).collect()),
            "_count" => {
                let count: usize = value.parse().map_err(|_| wrong("a whole number"))?;
                self.count = count.clamp(1, COUNT_MAX);
            }
            "_cursor" => {
                let (digits, done) = value.split_once('.').ok_or_else(|| wrong("the mark of the last answer"))?;
                let done = done.parse().map_err(|_| wrong("the mark of the last answer"))?;
                self.cursor = Some((digits.to_owned(), done));
            }
            "_format" if value.contains("json") => {}
            "_format" => return Err(Trouble::not_acceptable()),
            _ => {}
        }
        Ok(())
    }
}

/// The id of a reference, with or without its type.
fn reference(value: &str, kind: &str) -> Option<String> {
    let id = match value.rsplit_once('/') {
        None => value,
        Some((of, id)) if of == kind || of.ends_with(&format!("/{kind}")) => id,
        Some(_) => return None,
    };
    let fits =
        !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    fits.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::Micros;

    struct Utc;
    impl Offsets for Utc {
        fn offset_min(&self, _: Micros) -> i16 {
            0
        }
    }

    fn read(kind: &str, query: &[(&str, &str)], strict: bool) -> Result<Ask, Trouble> {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ask::read(kind, pairs, strict, &Utc)
    }

    #[test]
    fn what_says_something_of_a_patient_stands_in_no_address() {
        let ask =
            read("Patient", &[("identifier", "x|7"), ("name", "Doe"), ("birthdate", "1970-01-01")], false).unwrap();
        assert_eq!((ask.used.len(), ask.identifier.unwrap()[0].code.as_str()), (0, "7"));
    }

    #[test]
    fn what_is_not_known_is_ignored_by_name_or_refused() {
        let ask = read("Observation", &[("patient", "Patient/p"), ("_lastUpdated", "2026")], false).unwrap();
        assert_eq!((ask.ignored.as_slice(), ask.used.len()), (&["_lastUpdated".to_owned()][..], 1));
        assert_eq!(read("Observation", &[("_lastUpdated", "2026")], true).unwrap_err().status(), 400);
        for wrong in [
            ("code:text", "x"),
            ("patient", "Group/1"),
            ("date", "soon"),
            ("_count", "many"),
            ("_cursor", "x"),
            ("code", ""),
        ] {
            assert_eq!(read("Observation", &[wrong], false).unwrap_err().status(), 400, "{wrong:?}");
        }
        assert_eq!(read("Observation", &[("_format", "xml")], false).unwrap_err().status(), 406);
        assert_eq!(read("Medication", &[], false).unwrap_err().status(), 404);
        assert_eq!(
            read("Encounter", &[("patient:Patient", "http://h/fhir/Patient/p")], false).unwrap().patient.unwrap(),
            "p"
        );
        assert_eq!(read("Encounter", &[("_count", "100000")], false).unwrap().count, COUNT_MAX);
    }

    #[test]
    fn a_token_is_a_code_with_or_without_its_system() {
        for (token, fits) in [
            ("8867-4", true),
            ("http://loinc.org|8867-4", true),
            ("http://loinc.org|", true),
            ("x|8867-4", false),
            ("|8867-4", false),
        ] {
            assert_eq!(Token::read(token).fits("http://loinc.org", "8867-4"), fits, "{token}");
        }
    }
}
