//! JSON text with the fields in the order they are given and numbers with the digits they were sent with: a FHIR decimal
//! 3.60 says more than 3.6, and a number type of a computer would lose it.

use std::fmt::Write;

/// A JSON value.
pub(super) enum Json {
    Text(String),
    /// Digits that are a JSON number already.
    Number(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// An object without fields.
    pub(super) const fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// The object with one field more.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((name, value.into()));
        }
        self
    }

    /// The object with one field more where there is a value: FHIR knows no null and no empty text.
    pub(super) fn maybe(self, name: &'static str, value: Option<impl Into<Self>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of a field of an object.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    /// The values of a list.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The text of a text.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The text.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => quoted(text, out),
            Self::Number(digits) => out.push_str(digits),
            Self::List(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    comma(n, out);
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (n, (name, value)) in fields.iter().enumerate() {
                    comma(n, out);
                    quoted(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn comma(n: usize, out: &mut String) {
    if n > 0 {
        out.push(',');
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a text cannot fail. Delete and the C1 controls are no JSON matter, and FHIR forbids them.
            control if control.is_control() => drop(write!(out, "\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::List(items)
    }
}

impl<const N: usize> From<[Json; N]> for Json {
    fn from(items: [Json; N]) -> Self {
        Self::List(items.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_texts_stay_texts_and_digits_stay_as_sent() {
        let mut out = String::new();
        let text = Json::from("a\"b\\c\nd\u{1}</script>ä\u{85}");
        let absent: Option<Json> = None;
        let object = Json::object().with("t", text).maybe("none", absent).with("n", Json::Number("3.60".into()));
        Json::from([object, Json::List(Vec::new())]).write(&mut out);
        assert_eq!(out, r#"[{"t":"a\"b\\c\nd\u0001</script>ä\u0085","n":3.60},[]]"#);
    }
}
