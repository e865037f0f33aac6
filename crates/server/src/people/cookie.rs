//! The one cookie (S10): a token, for this host only, on secure connections only, out of reach of every script.

use axum::http::{HeaderMap, HeaderValue, header};
use chairside_access::Token;

/// `__Host-` makes a browser insist on `Secure`, on this host and on the path `/`.
const NAME: &str = "__Host-chairside";
/// The one of a sign-in at the provider of accounts that is under way.
const FLOW: &str = "__Host-chairside-openid";
/// As long as such a sign-in may take.
const FLOW_S: i64 = 10 * 60;
/// How long a person's browser keeps it: as long as she may switch by PIN.
const PERSON_S: i64 = 12 * 3_600;
/// How long a wall's browser keeps it: the longest browsers allow.
const DISPLAY_S: i64 = 400 * 24 * 3_600;

/// Whose browser it is for.
#[derive(Clone, Copy)]
pub(super) enum Keeps {
    Person,
    Display,
}

/// The token of a request; `None` when there is none, two, or one that cannot be ours.
pub(super) fn read(headers: &HeaderMap) -> Option<Token> {
    named(NAME, headers)
}

/// The same of a sign-in under way.
pub(super) fn read_flow(headers: &HeaderMap) -> Option<Token> {
    named(FLOW, headers)
}

fn named(wanted: &str, headers: &HeaderMap) -> Option<Token> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    let first = ours.next()?;
    ours.next().is_none().then(|| Token::read(first)).flatten()
}

/// The header that gives it.
pub(super) fn give(token: &Token, keeps: Keeps) -> Option<HeaderValue> {
    let seconds = match keeps {
        Keeps::Person => PERSON_S,
        Keeps::Display => DISPLAY_S,
    };
    header_of(NAME, token, seconds)
}

/// The header that gives the one of a sign-in under way.
pub(super) fn give_flow(token: &Token) -> Option<HeaderValue> {
    header_of(FLOW, token, FLOW_S)
}

fn header_of(name: &str, token: &Token, seconds: i64) -> Option<HeaderValue> {
    let text = format!("{name}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict", token.text());
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<Token> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        read(&headers)
    }

    #[test]
    fn s10_the_cookie_is_read_strictly() {
        let (token, other) = (Token::new([1; 32]), Token::new([2; 32]));
        let ours = format!("{NAME}={}", token.text());
        assert_eq!(of(&[&ours]), Some(token.clone()));
        assert_eq!(of(&[&format!("theme=dark; {ours}; x=y")]), Some(token));
        assert_eq!(of(&["theme=dark"]), None);
        assert_eq!(of(&[&ours, &format!("{NAME}={}", other.text())]), None, "two are none");
        assert_eq!(of(&[&format!("chairside={}", other.text())]), None);
        assert_eq!(of(&[&format!("{NAME}=x")]), None);
    }

    #[test]
    fn s10_the_cookie_is_given_for_this_host_and_no_script() {
        let given = give(&Token::new([1; 32]), Keeps::Person).unwrap();
        let text = given.to_str().unwrap();
        for part in
            ["__Host-chairside=0101", "; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Strict", "Max-Age=43200"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("Domain") && given.is_sensitive());
    }
}
