//! Signing in with an account of a provider: a small one of our own, over real TLS, with real keys, that can be made to lie.

use crate::people::{PASSWORD, Ward, cookie, me, post, send, ward_with};
use crate::rig::{Answer, NOW_S};
use chairside_access::Role;
use chairside_access::openid::{Mapping, challenge};
use chairside_server::{OpenId, Secret, Under};
use chairside_tls::{Accept, Authority, Keeper, Name, Place, Reach};
use chairside_wire::{BeginOpenId, Me, Standing};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How a provider lies: it changes what it says of itself, or the claims of a token.
type Lie = fn(&mut Value);

/// What it has been told to do, and what was asked of it.
#[derive(Default)]
struct Told {
    /// Nonce and challenge of the sign-in under way.
    nonce: String,
    challenge: String,
    claims: Option<Lie>,
    document: Option<Lie>,
    status: Option<&'static str>,
    /// Bodies of the token endpoint.
    asked: Vec<String>,
    /// Documents and keys that were asked for.
    looked: usize,
}

struct Provider {
    issuer: String,
    told: Arc<Mutex<Told>>,
    reach: Reach,
    _folder: tempfile::TempDir,
}

/// Base64 as tokens have it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let chunk = |chunk: &[u8]| {
        let bits = (0..3).fold(0_u32, |bits, n| bits << 8 | u32::from(chunk.get(n).copied().unwrap_or(0)));
        (0..=chunk.len()).map(move |n| char::from(LETTERS[(bits >> (18 - 6 * n) & 63) as usize])).collect::<String>()
    };
    bytes.chunks(3).map(chunk).collect()
}

async fn provider() -> Provider {
    let folder = tempfile::tempdir().unwrap();
    let tls = folder.path().join("tls");
    let names: [Name; 1] = ["127.0.0.1".parse().unwrap()];
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let keeper = Keeper::open(Place::Own { folder: tls.clone(), names: names.to_vec() }, now_s as i64).unwrap();
    let reach = Reach::new(&Authority::open(&tls).unwrap().unwrap().file(), None).unwrap();
    let acceptor = TlsAcceptor::from(Accept::anybody(keeper.shown()).unwrap().config());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("https://{}/realms/ward", listener.local_addr().unwrap());
    let told = Arc::new(Mutex::new(Told::default()));
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
    let (key, at, said) = (Arc::new(key), issuer.clone(), Arc::clone(&told));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut heard = Vec::new();
            let mut piece = [0; 4096];
            while !whole(&heard) {
                match stream.read(&mut piece).await {
                    Ok(n) if n > 0 => heard.extend_from_slice(&piece[..n]),
                    _ => break,
                }
            }
            let answer = answer(&String::from_utf8_lossy(&heard), &at, &key, &said);
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    Provider { issuer, told, reach, _folder: folder }
}

/// Head and body are there.
fn whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.is_none_or(|(_, length)| body.len() >= length.parse::<usize>().unwrap())
}

fn answer(heard: &str, issuer: &str, key: &EcdsaKeyPair, told: &Mutex<Told>) -> String {
    let mut told = told.lock().unwrap();
    let path = heard.split(' ').nth(1).unwrap_or_default();
    let body = match path.strip_prefix("/realms/ward/").unwrap_or_default() {
        ".well-known/openid-configuration" => {
            told.looked += 1;
            let mut document = json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys")});
            told.document.inspect(|lie| lie(&mut document));
            document
        }
        "keys" => {
            let point = key.public_key().as_ref();
            let (x, y) = (base64(&point[1..33]), base64(&point[33..]));
            json!({"keys": [{"kty": "EC", "kid": "k1", "crv": "P-256", "alg": "ES256", "x": x, "y": y}]})
        }
        "token" => {
            let asked = heard.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
            let verifier = asked.split('&').find_map(|part| part.strip_prefix("code_verifier=")).unwrap_or_default();
            assert_eq!(challenge(verifier), told.challenge, "PKCE: who ends is who began");
            assert!(heard.contains("uthorization: Basic Y2hhaXJzaWRlOmh1bnRlcjI="), "{heard}");
            told.asked.push(asked);
            json!({"access_token": "x", "token_type": "Bearer", "id_token": token(issuer, key, &told)})
        }
        _ => json!({}),
    };
    let (status, more) = told.status.map_or(("200 OK", ""), |status| (status, "Location: https://127.0.0.1:1/\r\n"));
    let text = body.to_string();
    format!("HTTP/1.1 {status}\r\n{more}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

fn token(issuer: &str, key: &EcdsaKeyPair, told: &Told) -> String {
    let mut claims = json!({"iss": issuer, "aud": "chairside", "sub": "u-1", "nonce": told.nonce, "iat": NOW_S,
        "exp": NOW_S + 300, "name": "Moss, Ida", "preferred_username": "ida", "groups": ["ward-nurses", "all"]});
    told.claims.inspect(|lie| lie(&mut claims));
    let head = json!({"alg": "ES256", "kid": "k1"});
    let said = format!("{}.{}", base64(head.to_string().as_bytes()), base64(claims.to_string().as_bytes()));
    let signature = key.sign(&SystemRandom::new(), said.as_bytes()).unwrap();
    format!("{said}.{}", base64(signature.as_ref()))
}

/// The ward, with that provider configured.
async fn clinic() -> (Ward, Provider) {
    let provider = provider().await;
    let roles = [("ward-nurses", Role::Nurse), ("ward-leads", Role::Lead), ("it", Role::Biomed)];
    let openid = OpenId {
        name: "Clinic".into(),
        issuer: provider.issuer.clone(),
        client: "chairside".into(),
        secret: Secret("hunter2".into()),
        claim: "groups".into(),
        mapping: Mapping(roles.map(|(word, role)| (word.to_owned(), role)).into_iter().collect::<BTreeMap<_, _>>()),
        reach: provider.reach.clone(),
        state: Under::default(),
    };
    (ward_with(Some(openid)).await, provider)
}

/// A sign-in under way: the browser's cookie and what comes back with it.
struct Begun {
    flow: String,
    state: String,
}

impl Begun {
    fn body(&self, rest: &str) -> String {
        format!(r#"{{"state":"{}"{rest}}}"#, self.state)
    }
}

/// Begins, as a browser does that is then sent to the provider, where somebody signs in.
async fn begin(ward: &Ward, provider: &Provider) -> Begun {
    let answer = post(&ward.rig, "", "/api/openid/begin", "{}").await;
    let flow = cookie(&answer);
    assert!(answer.header("set-cookie").contains("; Secure; HttpOnly; SameSite=Strict"));
    let BeginOpenId { to } = serde_json::from_slice(&answer.body).unwrap();
    let part = |name: &str| {
        let found = to.split(['?', '&']).find_map(|part| part.strip_prefix(&format!("{name}=")));
        found.unwrap_or_else(|| panic!("{name} in {to}")).to_owned()
    };
    assert!(to.starts_with(&format!("{}/auth?", provider.issuer)), "{to}");
    let back = format!("http://{}/openid", ward.rig.address).replace(':', "%3A").replace('/', "%2F");
    assert_eq!(part("redirect_uri"), back);
    let mut told = provider.told.lock().unwrap();
    (told.nonce, told.challenge) = (part("nonce"), part("code_challenge"));
    Begun { flow, state: part("state") }
}

async fn finish(ward: &Ward, begun: &Begun, rest: &str) -> Answer {
    post(&ward.rig, &begun.flow, "/api/openid/finish", &begun.body(rest)).await
}

/// Begins and ends with a code.
async fn come(ward: &Ward, provider: &Provider) -> Answer {
    let begun = begin(ward, provider).await;
    finish(ward, &begun, r#","code":"c-1""#).await
}

fn lie(provider: &Provider, claims: Lie) {
    provider.told.lock().unwrap().claims = Some(claims);
}

#[tokio::test]
async fn s05_somebody_the_provider_knows_comes_in_with_the_roles_that_are_mapped_and_a_pin_of_her_own() {
    let (ward, provider) = clinic().await;
    assert_eq!(me(&ward.rig, "").await.open_id.as_deref(), Some("Clinic"));
    let answer = come(&ward, &provider).await;
    let ida = cookie(&answer);
    let told: Me = serde_json::from_slice(&answer.body).unwrap();
    let person = told.person.unwrap();
    assert_eq!((&*person.name, &*person.roles, person.elsewhere), ("Moss, Ida", &["nurse".to_owned()][..], true));
    assert_eq!(me(&ward.rig, &ida).await.standing, Standing::In);
    assert!(provider.told.lock().unwrap().asked[0].contains("code=c-1&redirect_uri=http%3A%2F%2F127.0.0.1"));
    ward.audited("account made|Moss, Ida|127.0.0.1|").await;
    ward.audited("signed in|Moss, Ida|127.0.0.1|openid").await;
    // She has no password here to be asked for: coming from there is as good, for a while.
    let set = post(&ward.rig, &ida, "/api/me/pin", r#"{"password":"","pin":"4711"}"#).await;
    assert_eq!(set.status, 200, "{}", String::from_utf8_lossy(&set.body));
    assert_eq!(post(&ward.rig, &ida, "/api/lock", "{}").await.status, 200);
    let switch = format!(r#"{{"person":"{}","pin":"4711"}}"#, person.id);
    let ida = cookie(&post(&ward.rig, &ida, "/api/switch", &switch).await);
    assert_eq!(me(&ward.rig, &ida).await.standing, Standing::In);
    // No password of this server opens her account, and none is made for it.
    let by_password = format!(r#"{{"name":"ida","password":"{PASSWORD}"}}"#);
    assert_eq!(post(&ward.rig, "", "/api/sign-in", &by_password).await.code(), "bad_sign_in");
    let reset = ward.post("administrator", &format!("/api/accounts/{}", person.id), r#"{"reset":true}"#).await;
    assert_eq!(reset.code(), "not_possible");
    // What the provider took away is gone with her next coming, everywhere.
    lie(&provider, |claims| claims["groups"] = json!(["it"]));
    let answer = come(&ward, &provider).await;
    let told: Me = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(told.person.unwrap().roles, ["biomed"]);
    assert_eq!(me(&ward.rig, &ida).await.standing, Standing::Out);
    assert_eq!(provider.told.lock().unwrap().looked, 1, "what it says of itself is asked for once");
}

#[tokio::test]
async fn s05_a_token_for_another_sign_in_or_of_nobody_with_a_role_opens_nothing() {
    let (ward, provider) = clinic().await;
    let lies: [(&str, Lie); 7] = [
        ("nonce", |claims| claims["nonce"] = "other".into()),
        ("audience", |claims| claims["aud"] = "other".into()),
        ("time", |claims| claims["exp"] = json!(NOW_S - 61)),
        ("issuer", |claims| claims["iss"] = "https://evil.example".into()),
        ("subject", |claims| claims["sub"] = "".into()),
        ("no role", |claims| claims["groups"] = json!(["all", "administrator", "nurse"])),
        ("no role", |claims| claims["groups"] = json!({"ward-nurses": true})),
    ];
    for (why, change) in lies {
        lie(&provider, change);
        let answer = come(&ward, &provider).await;
        assert_eq!((answer.status, &*answer.code()), (401, "bad_openid"), "{why}");
        assert_eq!(answer.header("set-cookie"), "", "{why}");
        ward.audited(&format!("|127.0.0.1|openid {why}")).await;
        provider.told.lock().unwrap().claims = None;
        // Each was a wrong try; one that is right keeps the next from waiting.
        let name = format!("right after {why}");
        assert_eq!(come(&ward, &provider).await.status, 200, "{name}");
    }
    // An account of this server is nobody's for being called the same.
    lie(&provider, |claims| {
        claims["sub"] = "u-2".into();
        claims["name"] = "Person, nurse".into();
    });
    assert_eq!(come(&ward, &provider).await.code(), "not_possible");
}

#[tokio::test]
async fn s14_a_sign_in_ends_once_in_the_browser_that_began_it() {
    let (ward, provider) = clinic().await;
    let begun = begin(&ward, &provider).await;
    let code = r#","code":"c-1""#;
    let other = Begun { flow: format!("__Host-chairside-openid={}", "ab".repeat(32)), state: begun.state.clone() };
    assert_eq!(finish(&ward, &other, code).await.code(), "bad_openid", "a link sent to somebody else");
    let none = Begun { flow: String::new(), state: begun.state.clone() };
    assert_eq!(finish(&ward, &none, code).await.code(), "bad_openid");
    let state = Begun { flow: begun.flow.clone(), state: "other".into() };
    assert_eq!(finish(&ward, &state, code).await.code(), "bad_openid");
    assert!(provider.told.lock().unwrap().asked.is_empty(), "no code of theirs was changed for a token");
    assert_eq!(finish(&ward, &begun, code).await.status, 200);
    assert_eq!(finish(&ward, &begun, code).await.code(), "bad_openid", "once");
    let headers = [("Origin", "https://evil.example"), ("Content-Type", "application/json"), ("Cookie", &*begun.flow)];
    let answer = crate::rig::ask(&ward.rig, "POST /api/openid/finish", &headers, b"{}").await;
    assert_eq!(answer.code(), "cross_origin");
}

#[tokio::test]
async fn s07_a_lead_of_the_provider_has_her_second_factor_here() {
    let (ward, provider) = clinic().await;
    lie(&provider, |claims| claims["groups"] = json!(["ward-leads"]));
    let answer = come(&ward, &provider).await;
    let ida = cookie(&answer);
    assert!(me(&ward.rig, &ida).await.code_needed);
    assert_eq!(send(&ward.rig, &ida, "GET /api/accounts", "").await.code(), "code_required");
    let secret = post(&ward.rig, &ida, "/api/me/totp", r#"{"password":""}"#).await;
    let secret: chairside_wire::CodeSecret = serde_json::from_slice(&secret.body).unwrap();
    assert_eq!(secret.secret.len(), 32);
    let id = me(&ward.rig, &ida).await.person.unwrap().id;
    crate::people::give_spare_code(&ward, &id);
    let begun = begin(&ward, &provider).await;
    assert_eq!(finish(&ward, &begun, r#","code":"c-1""#).await.code(), "code_needed");
    assert_eq!(finish(&ward, &begun, r#","second":"000000""#).await.code(), "bad_sign_in");
    let answer = finish(&ward, &begun, &format!(r#","second":"{}""#, crate::people::SPARE)).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[tokio::test]
async fn s03_a_provider_that_leads_elsewhere_sends_on_or_shows_another_certificate_is_asked_nothing_more() {
    for (document, status, code) in [
        (Some((|d| d["token_endpoint"] = "https://evil.example/token".into()) as Lie), None, "bad_openid"),
        (Some((|d| d["issuer"] = "https://evil.example".into()) as Lie), None, "bad_openid"),
        (None, Some("302 Found"), "provider_unavailable"),
        (None, Some("500 Oops"), "provider_unavailable"),
    ] {
        let (ward, provider) = clinic().await;
        {
            let mut told = provider.told.lock().unwrap();
            (told.document, told.status) = (document, status);
        }
        let answer = post(&ward.rig, "", "/api/openid/begin", "{}").await;
        assert_eq!(answer.code(), code, "{status:?}");
        assert_eq!(provider.told.lock().unwrap().looked, 1);
    }
    // Another authority made its certificate.
    let (honest, other) = (provider().await, provider().await);
    let openid = OpenId {
        name: "Clinic".into(),
        issuer: honest.issuer.clone(),
        client: "chairside".into(),
        secret: Secret("hunter2".into()),
        claim: "groups".into(),
        mapping: Mapping::default(),
        reach: other.reach.clone(),
        state: Under::default(),
    };
    let ward = ward_with(Some(openid)).await;
    assert_eq!(post(&ward.rig, "", "/api/openid/begin", "{}").await.code(), "provider_unavailable");
    assert_eq!(honest.told.lock().unwrap().looked, 0);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way() {
    let ward = ward_with(None).await;
    assert_eq!(post(&ward.rig, "", "/api/openid/begin", "{}").await.code(), "no_provider");
    assert_eq!(post(&ward.rig, "", "/api/openid/finish", r#"{"state":"x"}"#).await.code(), "no_provider");
    assert_eq!(me(&ward.rig, "").await.open_id, None);
}
