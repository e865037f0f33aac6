//! `[ehr]`: where signed records go.

use super::{Part, Problem, with_port};
use toml::{Table, Value};

const LINE: &str = "[ehr] connect = \"ehr.clinic.lan:2575\"";
/// The only occasion there is.
const SIGN: &str = "sign";

/// `host:port` of the EHR; nothing inside when none is configured, nothing at all when it is configured wrongly.
#[allow(clippy::option_option, reason = "as above")]
pub(super) fn ehr(table: &Table, problems: &mut Vec<Problem>) -> Option<Option<String>> {
    let Some(value) = table.get("ehr") else { return Some(None) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("ehr".into(), value.to_string(), "written as a table: [ehr]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "ehr.".into(), problems };
    part.only(&["connect", "on"], LINE);
    let occasion = match own.get("on") {
        None => true,
        Some(Value::String(found)) if found == SIGN => true,
        Some(other) => {
            part.wrong("on", other, "records are sent when they are signed", "on = \"sign\"");
            false
        }
    };
    let given = part.needed("connect", LINE)?;
    let to = with_port(&given, None);
    if to.is_none() {
        part.wrong("connect", format!("{given:?}"), "no host with a port", LINE);
    }
    to.filter(|_| occasion).map(Some)
}
