//! Who may ask: the host asked for, the site that asks, and what each answer forbids the browser.

use crate::refusal::Refused;
use crate::tls::Tls;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use axum::middleware::Next;
use chairside_tls::Name;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The names this server answers to. A page of another site whose name was re-pointed at this machine ("rebinding")
/// still sends its own name as `Host`, and is refused (S14).
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    names: Arc<[String]>,
    scheme: &'static str,
}

impl Hosts {
    /// The listen address, the names of the machine for itself, and with TLS those it is configured with.
    pub(crate) fn new(listen: SocketAddr, tls: Option<&Tls>) -> Self {
        let port = listen.port();
        let (scheme, usual) = if tls.is_some() { ("https://", 443) } else { ("http://", 80) };
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        // Where a server listens on every address it has, that is no name anybody opens.
        if !listen.ip().is_unspecified() {
            names.push(address(listen.ip()));
        }
        names.extend(tls.into_iter().flat_map(|tls| tls.names.iter()).map(|name| match name {
            Name::Host(host) => host.clone(),
            Name::Address(ip) => address(*ip),
        }));
        let mut hosts = names.iter().map(|name| format!("{name}:{port}")).collect::<Vec<_>>();
        if port == usual {
            // Clients leave the usual port out.
            hosts.extend(names);
        }
        Self { names: hosts.into(), scheme }
    }

    pub(crate) fn knows(&self, host: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether a page that says where it comes from was served as this server serves: a page somebody put in its place
    /// without TLS has the same name and another scheme.
    fn serves(&self, origin: &str) -> bool {
        origin.split_once("://").is_none_or(|(_, host)| !self.knows(host)) || origin.starts_with(self.scheme)
    }
}

fn address(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

/// Refuses requests to unknown hosts, whatever they ask.
pub(crate) async fn check_host(State(hosts): State<Hosts>, request: Request, next: Next) -> Response<axum::body::Body> {
    let mut named = request.headers().get_all(header::HOST).into_iter();
    let host = named.next().and_then(|host| host.to_str().ok()).is_some_and(|host| hosts.knows(host));
    let one = named.next().is_none();
    let target = request.uri().authority().is_none_or(|authority| hosts.knows(authority.as_str()));
    if !(host && one && target) {
        return Refused::UnknownHost.into_answer();
    }
    let origin = request.headers().get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    if origin.is_some_and(|origin| !hosts.serves(origin)) {
        return Refused::CrossOrigin.into_answer();
    }
    next.run(request).await
}

/// Where a request comes from, as far as its headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// A page of this server.
    Same,
    /// A page of another site, or a contradiction.
    Other,
    /// A browser that does not say.
    Unproven,
    /// No browser: every browser of the last years sends one of these headers.
    Program,
}

/// Reads `Origin` and the `Sec-Fetch` headers, which no script can set. `Origin` must be the very `Host`; the wrong one of
/// both schemes was refused by [`check_host`].
pub(crate) fn site(headers: &HeaderMap) -> Site {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    let own = |origin: &str| ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host));
    let origin = text(header::ORIGIN).map(own);
    let fetch = text(HeaderName::from_static("sec-fetch-site")).map(|site| site == "same-origin");
    let browser = headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"));
    match (origin, fetch) {
        (Some(false), _) | (_, Some(false)) => Site::Other,
        (Some(true), _) => Site::Same,
        // A WebSocket of a browser always has an Origin; a plain request may go by its Sec-Fetch-Site.
        (None, Some(true)) => Site::Unproven,
        (None, None) if browser => Site::Unproven,
        (None, None) => Site::Program,
    }
}

/// Whether a WebSocket may open (S15): from a page of this server, or from a program on this machine.
pub(crate) fn may_open_socket(headers: &HeaderMap, peer: Option<SocketAddr>) -> bool {
    match site(headers) {
        Site::Same => true,
        Site::Program => peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback()),
        Site::Other | Site::Unproven => false,
    }
}

/// Whether a request may change state (S14): `Origin` or `Sec-Fetch-Site` proves this server's own page, neither denies it.
pub(crate) fn may_change(headers: &HeaderMap) -> bool {
    match site(headers) {
        Site::Same => true,
        Site::Unproven => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
        Site::Other | Site::Program => false,
    }
}

/// What every answer says to a browser (S19). Styles that scripts set by property (uPlot, signals) are no inline styles.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them.
pub(crate) async fn add_headers(request: Request, next: Next) -> Response<axum::body::Body> {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let parse = |(name, value): &(&str, &str)| -> (HeaderName, HeaderValue) {
            (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(parse).collect()
    }

    #[test]
    fn s14_only_the_servers_own_names_are_known() {
        let hosts = Hosts::new("10.0.0.7:8080".parse().unwrap(), None);
        for host in ["10.0.0.7:8080", "localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(hosts.knows(host), "{host}");
        }
        for host in ["", "localhost", "localhost:8081", "evil.example:8080", "10.0.0.7", "localhost:8080.evil.example"]
        {
            assert!(!hosts.knows(host), "{host}");
        }
        assert!(Hosts::new("[::1]:80".parse().unwrap(), None).knows("localhost"));
        assert!(!Hosts::new("0.0.0.0:8080".parse().unwrap(), None).knows("0.0.0.0:8080"));
    }

    #[test]
    fn s14_a_page_of_the_same_name_over_the_other_scheme_is_not_this_servers() {
        let plain = Hosts::new("127.0.0.1:8080".parse().unwrap(), None);
        for (origin, expected) in [
            ("http://127.0.0.1:8080", true),
            ("https://127.0.0.1:8080", false),
            ("https://other.example", true), // not this one's to judge: no page of ours, whatever its scheme
            ("null", true),
        ] {
            assert_eq!(plain.serves(origin), expected, "{origin}");
        }
    }

    #[test]
    fn s15_the_site_of_a_request_is_read_strictly() {
        let check = |lines: &[(&str, &str)], expected| {
            let mut all = vec![("host", "localhost:8080")];
            all.extend_from_slice(lines);
            assert_eq!(site(&headers(&all)), expected, "of {lines:?}");
        };
        check(&[], Site::Program);
        check(&[("origin", "http://localhost:8080")], Site::Same);
        check(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")], Site::Same);
        check(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")], Site::Other);
        check(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "none")], Site::Other);
        check(&[("origin", "http://127.0.0.1:8080")], Site::Other);
        check(&[("origin", "http://localhost:80800")], Site::Other);
        check(&[("origin", "https://localhost:8080")], Site::Same);
        check(&[("origin", "ftp://localhost:8080")], Site::Other);
        check(&[("origin", "localhost:8080")], Site::Other);
        check(&[("origin", "null")], Site::Other);
        check(&[("origin", "")], Site::Other);
        check(&[("sec-fetch-site", "same-origin")], Site::Unproven);
        check(&[("sec-fetch-mode", "websocket")], Site::Unproven);
        check(&[("sec-fetch-site", "same-site")], Site::Other);
    }

    #[test]
    fn s15_a_program_is_let_in_from_this_machine_only() {
        let plain = headers(&[("host", "localhost:8080")]);
        let check = |peer: &str, expected| assert_eq!(may_open_socket(&plain, peer.parse().ok()), expected, "{peer}");
        check("127.0.0.1:5000", true);
        check("[::1]:5000", true);
        check("[::ffff:127.0.0.1]:5000", true);
        check("10.0.0.9:5000", false);
        check("unknown", false);
    }
}
