//! The token of a program: `Authorization: Bearer`, sent with each request. No page of another site can make a browser send
//! that header, so it needs no proof of where the request comes from.

use axum::http::{HeaderMap, header};
use chairside_access::Token;

/// What a request sent as its token.
pub(super) struct Sent(Option<Token>);

impl Sent {
    /// The token; `None` for what no token can be.
    pub(super) fn token(self) -> Option<Token> {
        self.0
    }
}

/// What a request says for itself; `None` where it has no such header. Two are as wrong as none of ours.
pub(super) fn read(headers: &HeaderMap) -> Option<Sent> {
    let mut lines = headers.get_all(header::AUTHORIZATION).into_iter();
    let line = lines.next()?;
    let (kind, text) = line.to_str().ok().and_then(|line| line.split_once(' ')).unwrap_or_default();
    let ours = lines.next().is_none() && kind.eq_ignore_ascii_case("bearer");
    Some(Sent(ours.then(|| Token::read(text.trim())).flatten()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_a_programs_token_is_read_strictly_and_a_wrong_one_is_not_passed_over() {
        let token = Token::new([1; 32]);
        let of = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::AUTHORIZATION, line.parse().unwrap());
            }
            read(&headers).map(Sent::token)
        };
        let ours = format!("Bearer {}", token.text());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[&ours]), Some(Some(token.clone())));
        assert_eq!(of(&[&format!("bearer  {}", token.text())]), Some(Some(token.clone())));
        for wrong in ["Bearer x", "Bearer", "", &format!("Basic {}", token.text()), token.text()] {
            assert_eq!(of(&[wrong]), Some(None), "{wrong}");
        }
        assert_eq!(of(&[&ours, &ours]), Some(None), "two are none");
    }
}
