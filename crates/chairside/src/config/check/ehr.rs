//! `[ehr]`: where signed records go.

use super::{Part, Problem, tls, with_port};
use crate::config::ReachTls;
use toml::{Table, Value};

const LINE: &str = "[ehr] connect = \"ehr.clinic.lan:2575\"";
/// The only occasion there is.
const SIGN: &str = "sign";

/// `host:port` of the EHR and its TLS; nothing inside when none is configured, nothing at all when it is configured wrongly.
#[allow(clippy::option_option, reason = "as above")]
pub(super) fn ehr(table: &Table, problems: &mut Vec<Problem>) -> Option<(Option<String>, Option<ReachTls>)> {
    let Some(value) = table.get("ehr") else { return Some((None, None)) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("ehr".into(), value.to_string(), "written as a table: [ehr]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "ehr.".into(), problems };
    part.only(&["connect", "on", "tls"], LINE);
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
    let tls = secure(&mut part, own)?;
    to.filter(|_| occasion).map(|to| (Some(to), tls))
}

#[allow(clippy::option_option, reason = "as above")]
fn secure(part: &mut Part<'_>, own: &Table) -> Option<Option<ReachTls>> {
    const LINE: &str = "tls = { ca = \"ehr.crt\" }";
    match own.get("tls") {
        None => Some(None),
        Some(Value::Table(own)) => {
            let mut inner = Part { table: own, path: format!("{}tls.", part.path), problems: part.problems };
            tls::reach(&mut inner, LINE).map(Some)
        }
        Some(other) => {
            part.wrong("tls", other, "a table is expected", LINE);
            None
        }
    }
}
