//! The web bundle inside the program.

use crate::refusal::Refused;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use flate2::read::GzDecoder;
use std::io::Read;

/// One file of the bundle, as `build.rs` put it in.
pub(crate) struct File {
    /// From the top of the bundle, with a leading `/`.
    pub(crate) path: &'static str,
    /// The file, as gzip where that is smaller: it is in the program once.
    pub(crate) bytes: &'static [u8],
    /// Whether it is.
    pub(crate) gzip: bool,
    /// Content type.
    pub(crate) content_type: &'static str,
    /// Start of the file's SHA-256.
    pub(crate) etag: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// Names under `/assets/` hold a digest of their content, so another content has another name.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for again each time, and answered 304 when it is the same.
const ASK_AGAIN: &str = "no-cache";

/// The file with this path.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

/// The page of every client route.
pub(crate) fn index(asked: &HeaderMap) -> Response<Body> {
    // `build.rs` refuses a bundle without it.
    find("/index.html").map_or_else(|| Refused::NoRoute.into_answer(), |file| answer(file, asked))
}

/// `file`, as the request's headers want it: compressed or not, or only that it is unchanged.
pub(crate) fn answer(file: &File, asked: &HeaderMap) -> Response<Body> {
    let encoding = (file.gzip && takes_gzip(asked)).then_some("gzip");
    let etag = if encoding.is_some() { format!("\"{}-gz\"", file.etag) } else { format!("\"{}\"", file.etag) };
    let unchanged = has_etag(asked, &etag);
    let body = match (unchanged, encoding) {
        (true, _) => Body::empty(),
        (false, None) if file.gzip => unpacked(file.bytes).into(),
        (false, _) => Body::from(file.bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let caching = if file.path.starts_with("/assets/") { IMMUTABLE } else { ASK_AGAIN };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let (Some(encoding), false) = (encoding, unchanged) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// For the few that take no gzip: programs, no browser. `build.rs` packed it, so it is whole.
fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(gzip.len() * 4);
    let read = GzDecoder::new(gzip).read_to_end(&mut bytes);
    debug_assert!(read.is_ok(), "a file of the bundle does not unpack");
    bytes
}

/// Whether `Accept-Encoding` names gzip and does not refuse it with `q=0`.
pub(crate) fn takes_gzip(asked: &HeaderMap) -> bool {
    listed(asked, header::ACCEPT_ENCODING).any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused = words.any(|word| {
            word.strip_prefix("q=")
                .is_some_and(|q| q.trim_end_matches('0').trim_end_matches('.').trim_end_matches('0').is_empty())
        });
        named && !refused
    })
}

fn has_etag(asked: &HeaderMap, etag: &str) -> bool {
    listed(asked, header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

fn listed(asked: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = asked.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_gzip(accept: &'static str, expected: bool) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
        assert_eq!(takes_gzip(&headers), expected, "of {accept:?}");
    }

    #[test]
    fn gzip_is_sent_only_to_who_takes_it() {
        check_gzip("gzip, deflate, br", true);
        check_gzip("br;q=1.0, GZIP;q=0.5", true);
        check_gzip("*", true);
        check_gzip("gzip;q=0", false);
        check_gzip("gzip; q=0.000", false);
        check_gzip("gzip;q=0.001", true);
        check_gzip("br", false);
        check_gzip("", false);
    }

    #[test]
    fn every_file_says_what_it_is() {
        assert!(find("/index.html").is_some());
        for file in FILES {
            assert!(file.path.starts_with('/') && !file.path.contains(".."), "{}", file.path);
            assert_ne!(file.content_type, "application/octet-stream", "{} needs a content type in build.rs", file.path);
            assert_eq!(file.etag.len(), 20);
        }
    }
}
