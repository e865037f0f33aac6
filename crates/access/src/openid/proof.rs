//! The ID token: whose it is, and whether that is to be believed (OpenID Connect Core, 3.1.3.7).

use super::keys::Keys;
use super::{Unproven, unbase64};
use chairside_observation::Micros;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How far the clocks of both may be apart.
pub const LEEWAY: Micros = Micros::from_secs(60);
/// Longest token: one with some hundred groups has 10 KB.
const TOKEN_MAX: usize = 64 * 1024;
/// Longest subject, as the standard says.
const SUBJECT_MAX: usize = 255;
/// Words of the roles that are looked at.
const WORDS_MAX: usize = 1_000;

/// What a token has to say to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The configured issuer.
    pub issuer: &'a str,
    /// This program's id there.
    pub client: &'a str,
    /// What this sign-in began with.
    pub nonce: &'a str,
    /// Where the words of the roles stand: a claim, or a way to one with dots.
    pub roles: &'a str,
    /// UTC.
    pub now: Micros,
}

/// What is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The provider's own id of the person.
    pub subject: String,
    /// Name under entries.
    pub name: String,
    /// What she is called when she signs in there.
    pub sign_in: String,
    /// Words of her roles, as the provider writes them.
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    /// Something that must be understood; nothing is.
    crit: Option<Value>,
}

/// Checks a token and says whose it is. The signature comes first: nothing is read of what nobody signed.
///
/// # Errors
/// What does not fit.
pub fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Unproven> {
    let unreadable = || Unproven::Unreadable("the token");
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(unreadable());
    };
    if token.len() > TOKEN_MAX {
        return Err(unreadable());
    }
    let bytes = |part: &str| unbase64(part).ok_or_else(unreadable);
    let Head { alg, kid, crit } = serde_json::from_slice(&bytes(head)?).map_err(|_| unreadable())?;
    if crit.is_some() {
        return Err(unreadable());
    }
    let said = &token[..head.len() + 1 + body.len()];
    keys.verify(&alg, kid.as_deref(), said.as_bytes(), &bytes(signature)?)?;
    let claims: Map<String, Value> = serde_json::from_slice(&bytes(body)?).map_err(|_| unreadable())?;
    fits(&claims, expected)?;
    read(&claims, expected.roles)
}

fn fits(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Unproven> {
    let is = |name: &str, text: &str| claims.get(name).and_then(Value::as_str) == Some(text);
    if !is("iss", expected.issuer) {
        return Err(Unproven::Issuer);
    }
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == expected.client,
        // With others beside us the token says itself whom it was made for.
        Some(Value::Array(all)) => {
            let ours = all.iter().any(|one| one.as_str() == Some(expected.client));
            ours && (all.len() == 1 || is("azp", expected.client))
        }
        _ => false,
    };
    if !audience || (claims.contains_key("azp") && !is("azp", expected.client)) {
        return Err(Unproven::Audience);
    }
    let second = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = expected.now.0.div_euclid(1_000_000) as f64;
    let leeway = (LEEWAY.0 / 1_000_000) as f64;
    let over = second("exp").is_none_or(|exp| now >= exp + leeway);
    let early = |name| second(name).is_some_and(|at| at > now + leeway);
    if over || !claims.contains_key("iat") || early("iat") || early("nbf") {
        return Err(Unproven::Time);
    }
    if !is("nonce", expected.nonce) || expected.nonce.is_empty() {
        return Err(Unproven::Nonce);
    }
    Ok(())
}

fn read(claims: &Map<String, Value>, roles: &str) -> Result<Claims, Unproven> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let subject = text("sub").filter(|sub| sub.len() <= SUBJECT_MAX).ok_or(Unproven::Subject)?;
    let sign_in = text("preferred_username").or_else(|| text("email")).unwrap_or(subject);
    let name = text("name").unwrap_or(sign_in);
    Ok(Claims {
        subject: subject.to_owned(),
        name: name.to_owned(),
        sign_in: sign_in.to_owned(),
        words: words(claims, roles),
    })
}

/// The words at a claim of this name, or at the end of this way through several.
fn words(claims: &Map<String, Value>, way: &str) -> Vec<String> {
    let mut steps = way.split('.');
    let first = steps.next().and_then(|step| claims.get(step));
    let found = claims.get(way).or_else(|| steps.fold(first, |at, step| at?.as_object()?.get(step)));
    let all = match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().take(WORDS_MAX).filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::base64;
    use super::*;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
    };
    use serde_json::json;
    use std::sync::LazyLock;

    const ISSUER: &str = "https://id.example";
    const NOW: Micros = Micros::from_secs(1_800_000_000);

    fn expected() -> Expected<'static> {
        Expected { issuer: ISSUER, client: "chairside", nonce: "n-1", roles: "groups", now: NOW }
    }

    /// Both keys of a provider. The RSA one was made for these tests with `openssl genpkey`.
    struct Signs {
        rsa: RsaKeyPair,
        ec: EcdsaKeyPair,
        keys: Keys,
    }

    static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
        let random = SystemRandom::new();
        let rsa = RsaKeyPair::from_pkcs8(include_bytes!("rsa_for_tests.der")).unwrap();
        let fresh = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, fresh.as_ref(), &random).unwrap();
        let RsaPublicKeyComponents::<Vec<u8>> { n, e } = rsa.public().into();
        let point = ec.public_key().as_ref().to_vec();
        let listed = json!({"keys": [
            {"kty": "oct", "kid": "hmac", "k": "c2VjcmV0"},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": base64(&n), "e": base64(&e)},
            {"kty": "RSA", "kid": "r1", "use": "sig", "alg": "RS256", "n": base64(&n), "e": base64(&e)},
            {"kty": "EC", "kid": "e1", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..])},
        ]});
        let keys = Keys::read(listed.to_string().as_bytes()).unwrap();
        Signs { rsa, ec, keys }
    });

    fn claims() -> Value {
        let now = NOW.0 / 1_000_000;
        json!({"iss": ISSUER, "aud": "chairside", "exp": now + 300, "iat": now, "nonce": "n-1", "sub": "u-7",
            "name": "Lee, Ann", "preferred_username": "ann", "groups": ["nurses", "staff"]})
    }

    fn signed(head: &Value, claims: &Value) -> String {
        let said = format!("{}.{}", base64(head.to_string().as_bytes()), base64(claims.to_string().as_bytes()));
        let random = SystemRandom::new();
        let signature = if head["alg"] == "ES256" {
            SIGNS.ec.sign(&random, said.as_bytes()).unwrap().as_ref().to_vec()
        } else {
            let mut signature = vec![0; SIGNS.rsa.public().modulus_len()];
            SIGNS.rsa.sign(&RSA_PKCS1_SHA256, &random, said.as_bytes(), &mut signature).unwrap();
            signature
        };
        format!("{said}.{}", base64(&signature))
    }

    fn of(head: &Value, change: impl Fn(&mut Value)) -> Result<Claims, Unproven> {
        let mut claims = claims();
        change(&mut claims);
        check(&signed(head, &claims), &SIGNS.keys, &expected())
    }

    #[test]
    fn a_token_of_either_kind_says_whose_it_is() {
        let ann = Claims {
            subject: "u-7".into(),
            name: "Lee, Ann".into(),
            sign_in: "ann".into(),
            words: vec!["nurses".into(), "staff".into()],
        };
        for head in
            [json!({"alg": "RS256", "kid": "r1"}), json!({"alg": "ES256", "kid": "e1"}), json!({"alg": "RS256"})]
        {
            assert_eq!(of(&head, |_| ()), Ok(ann.clone()), "{head}");
        }
        let plain = of(&json!({"alg": "RS256"}), |claims| {
            for name in ["name", "preferred_username", "groups"] {
                claims.as_object_mut().unwrap().remove(name);
            }
        });
        let plain = plain.unwrap();
        assert_eq!((&*plain.name, &*plain.sign_in, plain.words.len()), ("u-7", "u-7", 0));
    }

    #[test]
    fn s05_a_token_that_is_not_for_this_sign_in_is_refused() {
        type Change = fn(&mut Value);
        let cases: [(Change, Unproven); 17] = [
            (|c| c["nonce"] = "n-2".into(), Unproven::Nonce),
            (|c| drop(c.as_object_mut().unwrap().remove("nonce")), Unproven::Nonce),
            (|c| c["aud"] = "other".into(), Unproven::Audience),
            (|c| c["aud"] = json!(["other"]), Unproven::Audience),
            (|c| c["aud"] = json!(["chairside", "other"]), Unproven::Audience),
            (|c| c["azp"] = "other".into(), Unproven::Audience),
            (|c| drop(c.as_object_mut().unwrap().remove("aud")), Unproven::Audience),
            (|c| c["iss"] = "https://id.example/".into(), Unproven::Issuer),
            (|c| c["iss"] = json!([ISSUER]), Unproven::Issuer),
            (|c| c["exp"] = json!(NOW.0 / 1_000_000 - 60), Unproven::Time),
            (|c| c["exp"] = "2999-01-01".into(), Unproven::Time),
            (|c| drop(c.as_object_mut().unwrap().remove("exp")), Unproven::Time),
            (|c| c["iat"] = json!(NOW.0 / 1_000_000 + 61), Unproven::Time),
            (|c| drop(c.as_object_mut().unwrap().remove("iat")), Unproven::Time),
            (|c| c["nbf"] = json!(NOW.0 / 1_000_000 + 61), Unproven::Time),
            (|c| c["sub"] = "".into(), Unproven::Subject),
            (|c| c["sub"] = "x".repeat(256).into(), Unproven::Subject),
        ];
        for (n, (change, why)) in cases.into_iter().enumerate() {
            assert_eq!(of(&json!({"alg": "RS256", "kid": "r1"}), change), Err(why.clone()), "case {n}: {why}");
        }
        let several = of(&json!({"alg": "ES256"}), |c| {
            c["aud"] = json!(["chairside", "other"]);
            c["azp"] = "chairside".into();
        });
        assert!(several.is_ok(), "made for us, beside others");
        assert!(
            of(&json!({"alg": "RS256"}), |c| c["exp"] = json!(NOW.0 / 1_000_000 - 59)).is_ok(),
            "clocks differ a little"
        );
    }

    #[test]
    fn s05_a_token_nobody_signed_or_with_another_key_is_refused() {
        let ec = json!({"alg": "ES256", "kid": "e1"});
        for (head, why) in [
            (json!({"alg": "none"}), Unproven::Algorithm("none".into())),
            (json!({"alg": "HS256", "kid": "hmac"}), Unproven::Algorithm("HS256".into())),
            (json!({"alg": "RS512", "kid": "r1"}), Unproven::Algorithm("RS512".into())),
            (json!({"alg": "RS256", "kid": "r2"}), Unproven::Key),
            (json!({"alg": "RS256", "kid": "enc"}), Unproven::Key),
            (json!({"alg": "RS256", "kid": "e1"}), Unproven::Key),
            (json!({"alg": "ES256", "kid": "r1"}), Unproven::Key),
            (json!({"alg": "RS256", "kid": "r1", "crit": ["exp"]}), Unproven::Unreadable("the token")),
        ] {
            assert_eq!(of(&head, |_| ()), Err(why), "{head}");
        }
        let whole = signed(&ec, &claims());
        let (said, signature) = whole.rsplit_once('.').unwrap();
        let (head, _) = said.split_once('.').unwrap();
        let mut lead = claims();
        lead["groups"] = json!(["leads"]);
        let other = base64(lead.to_string().as_bytes());
        let found = |token: &str| check(token, &SIGNS.keys, &expected());
        assert_eq!(found(&format!("{head}.{other}.{signature}")), Err(Unproven::Signature));
        assert_eq!(found(&format!("{said}.")), Err(Unproven::Signature));
        for broken in
            ["", "a.b", "a.b.c", said, &format!("{whole}.x"), &format!("{whole}="), &format!("{head}. .{signature}")]
        {
            assert!(found(broken).is_err(), "{broken}");
        }
        assert_eq!(check(&whole, &Keys::default(), &expected()), Err(Unproven::Key));
        assert!(matches!(Keys::read(b"[]"), Err(Unproven::Unreadable(_))));
    }

    #[test]
    fn words_of_roles_stand_where_providers_put_them() {
        let claims =
            json!({"groups": ["a", 7, ""], "role": "b", "realm_access": {"roles": ["c"]}, "https://x.y/roles": ["d"]});
        for (way, expected) in [
            ("groups", &["a"][..]),
            ("role", &["b"]),
            ("realm_access.roles", &["c"]),
            ("https://x.y/roles", &["d"]),
            ("realm_access", &[]),
            ("none.at.all", &[]),
        ] {
            assert_eq!(words(claims.as_object().unwrap(), way), expected, "{way}");
        }
    }

    proptest! {
        #[test]
        fn s05_no_changed_token_is_believed(at in 0_usize..400, to in any::<u8>()) {
            let mut bytes = signed(&json!({"alg": "ES256", "kid": "e1"}), &claims()).into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to && to.is_ascii());
            bytes[at] = to;
            let token = String::from_utf8(bytes).unwrap();
            prop_assert!(check(&token, &SIGNS.keys, &expected()).is_err());
        }
    }
}
