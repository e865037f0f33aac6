//! What a provider says of itself, and the address a browser is sent to.

use super::{Unproven, base64};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The addresses of a provider, all at the issuer's own place: nothing else is ever contacted (S03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Where the browser signs in.
    pub authorize: String,
    /// Where the code is changed for a token.
    pub token: String,
    /// Where its keys are.
    pub keys: String,
    /// The secret of this program goes into the body, and not into a header: it takes nothing else.
    pub secret_in_body: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Provider {
    /// Where a provider says what it is.
    #[must_use]
    pub fn document(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads that document. It has to be the configured issuer's, to the letter, and to lead nowhere else.
    ///
    /// # Errors
    /// It cannot be read, is another issuer's, or names another place.
    pub fn read(json: &[u8], issuer: &str) -> Result<Self, Unproven> {
        let unreadable = |_| Unproven::Unreadable("what the provider says of itself");
        let document: Document = serde_json::from_slice(json).map_err(unreadable)?;
        let elsewhere = |what, found: &str, expected: &str| Unproven::Elsewhere {
            what,
            found: found.chars().take(200).collect(),
            expected: expected.to_owned(),
        };
        if document.issuer != issuer {
            return Err(elsewhere("issuer", &document.issuer, issuer));
        }
        let (authorize, token) = (document.authorization_endpoint, document.token_endpoint);
        let at = [("authorization_endpoint", &authorize), ("token_endpoint", &token), ("jwks_uri", &document.jwks_uri)];
        if let Some((what, found)) = at.into_iter().find(|(_, address)| !same_place(address, issuer)) {
            return Err(elsewhere(what, found, "an https address at the issuer's own host"));
        }
        let methods = document.token_endpoint_auth_methods_supported.unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|known| known == method);
        let secret_in_body = !takes("client_secret_basic") && takes("client_secret_post");
        Ok(Self { authorize, token, keys: document.jwks_uri, secret_in_body })
    }

    /// Where the browser goes to sign in.
    #[must_use]
    pub fn sign_in_at(&self, client: &str, back: &str, begun: &Begun) -> String {
        let challenge = challenge(&begun.verifier);
        let parts = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", back),
            ("scope", "openid profile email"),
            ("state", begun.state.as_str()),
            ("nonce", begun.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let parts = parts.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let mark = if self.authorize.contains('?') { '&' } else { '?' };
        format!("{}{mark}{parts}", self.authorize)
    }

    /// The body that changes a code for a token. `secret` where it goes into the body.
    #[must_use]
    pub fn exchange(client: &str, secret: Option<&str>, back: &str, code: &str, verifier: &str) -> String {
        let parts = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("client_id", client),
            ("code_verifier", verifier),
        ];
        let parts = parts.into_iter().chain(secret.map(|secret| ("client_secret", secret)));
        parts.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
    }

    /// The header a program proves itself by; both parts are encoded before, as the standard says.
    #[must_use]
    pub fn basic(client: &str, secret: &str) -> String {
        use base64::Engine;
        let pair = format!("{}:{}", encoded(client), encoded(secret));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

/// What one sign-in is known by: three texts nobody can foresee.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Comes back with the browser.
    pub state: String,
    /// Comes back inside the token.
    pub nonce: String,
    /// Proves that who began is who ends (PKCE).
    pub verifier: String,
}

impl Begun {
    /// From random bytes.
    #[must_use]
    pub fn new(random: [[u8; 32]; 3]) -> Self {
        let [state, nonce, verifier] = random.map(|bytes| base64(&bytes));
        Self { state, nonce, verifier }
    }
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Begun(..)")
    }
}

/// The challenge of a PKCE verifier (S256).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    base64(&Sha256::digest(verifier.as_bytes()))
}

/// `host` or `host:port` of an https address; `None` for any other, and for one with a name or password in it.
fn place(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://")?;
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !place.is_empty() && !place.contains('@') && place.is_ascii();
    (plain && address.bytes().all(|b| b.is_ascii_graphic())).then_some(place)
}

/// Both are https addresses at the same host and port.
#[must_use]
pub fn same_place(address: &str, issuer: &str) -> bool {
    place(address).is_some_and(|found| place(issuer).is_some_and(|own| own.eq_ignore_ascii_case(found)))
}

/// As a form encodes it.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.clinic.example:8443/realms/ward";

    fn document(change: impl Fn(&mut serde_json::Value)) -> Result<Provider, Unproven> {
        let at = |path: &str| format!("{ISSUER}/{path}");
        let mut json = serde_json::json!({
            "issuer": ISSUER,
            "authorization_endpoint": at("auth?kc=1"),
            "token_endpoint": at("token"),
            "jwks_uri": at("keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "something_else": {"x": 1},
        });
        change(&mut json);
        Provider::read(json.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn s03_a_provider_is_the_configured_issuer_and_leads_nowhere_else() {
        let provider = document(|_| ()).unwrap();
        assert_eq!((&*provider.keys, provider.secret_in_body), (&*format!("{ISSUER}/keys"), false));
        for (field, value) in [
            ("issuer", "https://id.clinic.example:8443/realms/other"),
            ("issuer", "https://id.clinic.example:8443/realms/ward/"),
            ("authorization_endpoint", "http://id.clinic.example:8443/auth"),
            ("token_endpoint", "https://id.clinic.example/token"),
            ("token_endpoint", "https://id.clinic.example:8443@evil.example/token"),
            ("token_endpoint", "https://id.clinic.example:8443.evil.example/token"),
            ("jwks_uri", "https://evil.example/keys"),
            ("jwks_uri", "https://id.clinic.example:8443/ke ys"),
            ("jwks_uri", "/keys"),
        ] {
            let found = document(|json| json[field] = value.into());
            assert!(
                matches!(&found, Err(Unproven::Elsewhere { what, .. }) if *what == field),
                "{field} {value} {found:?}"
            );
        }
        assert!(matches!(Provider::read(b"{}", ISSUER), Err(Unproven::Unreadable(_))));
        let post = document(|json| json["token_endpoint_auth_methods_supported"] = ["client_secret_post"].into());
        assert!(post.unwrap().secret_in_body);
        assert_eq!(Provider::document("https://a.b/"), "https://a.b/.well-known/openid-configuration");
    }

    #[test]
    fn a_browser_is_sent_with_everything_that_has_to_come_back() {
        let begun = Begun::new([[1; 32], [2; 32], [3; 32]]);
        let to = document(|_| ()).unwrap().sign_in_at("chair side", "https://x:1/openid", &begun);
        let expected = format!(
            "{ISSUER}/auth?kc=1&response_type=code&client_id=chair%20side&redirect_uri=https%3A%2F%2Fx%3A1%2Fopenid\
             &scope=openid%20profile%20email&state={}&nonce={}&code_challenge={}&code_challenge_method=S256",
            begun.state,
            begun.nonce,
            challenge(&begun.verifier)
        );
        assert_eq!(to, expected);
        assert!(!to.contains(&begun.verifier), "what proves the end is not said at the begin");
        assert!(begun.verifier.len() >= 43 && begun.state != begun.nonce);
        assert_eq!(format!("{begun:?}"), "Begun(..)");
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_program_proves_itself_as_the_standard_says() {
        assert_eq!(Provider::basic("chairside", "a:b c"), "Basic Y2hhaXJzaWRlOmElM0FiJTIwYw==");
        let body = Provider::exchange("c", Some("s&t"), "https://x/openid", "co de", "v");
        assert_eq!(
            body,
            "grant_type=authorization_code&code=co%20de&redirect_uri=https%3A%2F%2Fx%2Fopenid&client_id=c&code_verifier=v\
             &client_secret=s%26t"
        );
    }
}
