//! The authority of an installation, and the certificate that is shown.

mod common;

use chairside_tls::{AUTHORITY_DAYS, Accept, Authority, Keeper, Name, Place, RENEW_DAYS, Reach, SERVER_DAYS};
use common::{Ca, Wish, now_s};
use rustls::{ClientConnection, ServerConnection};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const DAY_S: i64 = 86_400;

fn names(all: &[&str]) -> Vec<Name> {
    all.iter().map(|name| name.parse().unwrap()).collect()
}

fn own(folder: &Path, all: &[&str]) -> Place {
    Place::Own { folder: folder.join("tls"), names: names(all) }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// Plays a handshake in memory; what the client made of it.
fn shake(accept: &Accept, ca: &Path, to: &str) -> Result<(), rustls::Error> {
    let reach = Reach::new(ca, None).unwrap();
    let mut client = ClientConnection::new(reach.config(), Reach::name(to).unwrap()).unwrap();
    let mut server = ServerConnection::new(accept.config()).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        let _ = server.process_new_packets();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn s02_an_own_certificate_is_trusted_by_who_trusts_the_authority_and_for_its_names_only() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(own(folder.path(), &["chairside.clinic.local", "192.168.1.10"]), now_s()).unwrap();
    let accept = Accept::browsers(keeper.shown()).unwrap();
    let ca = folder.path().join("tls/ca.crt");
    for to in ["chairside.clinic.local:8443", "192.168.1.10:8443"] {
        shake(&accept, &ca, to).unwrap_or_else(|error| panic!("{to}: {error}"));
    }
    for to in ["other.clinic.local:8443", "192.168.1.11:8443", "sub.chairside.clinic.local:8443"] {
        assert!(shake(&accept, &ca, to).is_err(), "{to}");
    }
    let stranger = Ca::new("stranger").file(folder.path(), "stranger.crt");
    assert!(shake(&accept, &stranger, "chairside.clinic.local:8443").is_err());
    let days = (keeper.facts().until_s - now_s()) / DAY_S;
    assert!((SERVER_DAYS - 1..=SERVER_DAYS).contains(&days), "{days}");
}

#[test]
fn s02_a_stolen_key_of_the_authority_is_good_for_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let tls = folder.path().join("tls");
    let authority = Authority::open_or_make(&tls, &names(&["chairside.local"]), now_s()).unwrap();
    assert_eq!(authority.facts().permits, Some(names(&["chairside.local", "127.0.0.1"])));
    // The thief signs with her own tools, which ask nobody.
    let key = std::fs::read(tls.join("ca.key")).unwrap();
    let key = rustls::pki_types::pem::PemObject::from_pem_slice(&key).unwrap();
    let key = rcgen::KeyPair::try_from(&key as &rustls::pki_types::PrivateKeyDer<'_>).unwrap();
    let mut issuer = rcgen::CertificateParams::default();
    issuer.distinguished_name = rcgen::DistinguishedName::new();
    issuer.distinguished_name.push(rcgen::DnType::OrganizationName, "Chairside");
    issuer.distinguished_name.push(rcgen::DnType::CommonName, authority.facts().subject.clone());
    let issuer = rcgen::Issuer::new(issuer, key);
    for (name, expected) in [("chairside.local", true), ("bank.example", false), ("8.8.8.8", false)] {
        let secret = rcgen::KeyPair::generate().unwrap();
        let signed = rcgen::CertificateParams::new([name.to_owned()]).unwrap().signed_by(&secret, &issuer).unwrap();
        let (certificate, key) = (folder.path().join("stolen.crt"), folder.path().join("stolen.key"));
        std::fs::write(&certificate, chairside_tls::certificate_pem(signed.der())).unwrap();
        let text = chairside_tls::certificate_pem(&secret.serialize_der()).replace("CERTIFICATE", "PRIVATE KEY");
        std::fs::write(&key, text).unwrap();
        std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
        let keeper = Keeper::open(Place::Given { certificate, key }, now_s()).unwrap();
        let shaken = shake(&Accept::browsers(keeper.shown()).unwrap(), &tls.join("ca.crt"), &format!("{name}:1"));
        assert_eq!(shaken.is_ok(), expected, "{name}: {shaken:?}");
    }
}

#[test]
fn s02_an_own_certificate_is_renewed_in_time_and_the_authority_stays() {
    let folder = tempfile::tempdir().unwrap();
    let began = now_s();
    let mut keeper = Keeper::open(own(folder.path(), &["a.local"]), began).unwrap();
    let ca = std::fs::read(folder.path().join("tls/ca.crt")).unwrap();
    let first = keeper.facts().clone();
    let due = first.until_s - RENEW_DAYS * DAY_S;
    for (at, renewed) in [(began + 1, false), (due - 1, false), (due + 1, true), (due + 2, false)] {
        assert_eq!(keeper.look(at).unwrap(), renewed, "{} s after the start", at - began);
    }
    assert!(keeper.facts().until_s > first.until_s && keeper.facts().fingerprint != first.fingerprint);
    let again = Keeper::open(own(folder.path(), &["a.local"]), due + 3).unwrap();
    assert_eq!(again.facts(), keeper.facts(), "a start makes nothing that is not needed");
    // A clock that was years ahead and is right again.
    assert!(keeper.look(began - 100 * DAY_S).unwrap(), "one from the future is not kept");
    assert_eq!(std::fs::read(folder.path().join("tls/ca.crt")).unwrap(), ca);
    let end = Keeper::open(own(folder.path(), &["a.local"]), began + (AUTHORITY_DAYS - 10) * DAY_S).unwrap();
    let authority = Authority::open(&folder.path().join("tls")).unwrap().unwrap();
    assert_eq!(end.facts().until_s, authority.facts().until_s, "never longer than its authority");
}

#[test]
fn a_name_the_authority_may_not_sign_for_is_left_out_and_with_none_left_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let first = Keeper::open(own(folder.path(), &["a.local", "b.local"]), now_s()).unwrap();
    let fewer = Keeper::open(own(folder.path(), &["b.local", "c.local"]), now_s()).unwrap();
    assert_eq!(fewer.facts().names, names(&["b.local"]));
    assert_ne!(first.facts().fingerprint, fewer.facts().fingerprint);
    let error = Keeper::open(own(folder.path(), &["c.local"]), now_s()).unwrap_err().to_string();
    assert!(error.contains("c.local") && error.contains("move that folder away"), "{error}");
}

#[test]
fn s22_keys_are_closed_to_others_and_refused_when_they_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let place = own(folder.path(), &["a.local"]);
    drop(Keeper::open(place.clone(), now_s()).unwrap());
    let tls = folder.path().join("tls");
    assert_eq!(mode(&tls), 0o700);
    for name in ["ca.key", "ca.crt", "server.pem"] {
        assert_eq!(mode(&tls.join(name)), 0o600, "{name}");
    }
    for (path, wide) in [(tls.clone(), 0o750), (tls.join("ca.key"), 0o640), (tls.join("server.pem"), 0o604)] {
        let before = mode(&path);
        std::fs::set_permissions(&path, Permissions::from_mode(wide)).unwrap();
        let error = Keeper::open(place.clone(), now_s()).unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()) && error.contains("others can read it"), "{error}");
        std::fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
    }
    let (certificate, key) = Ca::new("clinic").issue(folder.path(), "given", Wish::of("a", &["a.local"]));
    for (wide, expected) in [(0o600, true), (0o640, true), (0o644, false), (0o660, false)] {
        std::fs::set_permissions(&key, Permissions::from_mode(wide)).unwrap();
        let given = Place::Given { certificate: certificate.clone(), key: key.clone() };
        assert_eq!(Keeper::open(given, now_s()).is_ok(), expected, "{wide:o}");
    }
}

#[test]
fn s02_a_given_certificate_is_read_again_when_its_files_change_and_a_broken_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Ca::new("clinic");
    let (certificate, key) = ca.issue(folder.path(), "server", Wish::of("s", &["a.local"]));
    let root = ca.file(folder.path(), "ca.crt");
    let given = Place::Given { certificate: certificate.clone(), key: key.clone() };
    let mut keeper = Keeper::open(given, now_s()).unwrap();
    let accept = Accept::browsers(keeper.shown()).unwrap();
    assert!(!keeper.look(now_s()).unwrap());
    shake(&accept, &root, "a.local:1").unwrap();
    ca.issue(folder.path(), "server", Wish::of("s", &["b.local"]));
    assert!(keeper.look(now_s()).unwrap());
    shake(&accept, &root, "b.local:1").unwrap();
    // Half exchanged: the certificate is new already, the key still the old one.
    let old_key = std::fs::read(&key).unwrap();
    ca.issue(folder.path(), "server", Wish::of("s", &["c.local"]));
    let new_key = std::fs::read(&key).unwrap();
    std::fs::write(&key, old_key).unwrap();
    let error = keeper.look(now_s()).unwrap_err().to_string();
    assert!(error.contains("server.key") && error.contains("the key of the first certificate"), "{error}");
    shake(&accept, &root, "b.local:1").unwrap();
    std::fs::write(&key, new_key).unwrap();
    assert!(keeper.look(now_s()).unwrap());
    for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u{0}\u{1}"] {
        std::fs::write(&certificate, broken).unwrap();
        assert!(keeper.look(now_s()).unwrap_err().to_string().contains("server.crt"), "{broken:?}");
        shake(&accept, &root, "c.local:1").unwrap();
    }
}

#[test]
fn a_folder_that_lost_a_file_is_told_and_never_made_over() {
    let folder = tempfile::tempdir().unwrap();
    let place = own(folder.path(), &["a.local"]);
    drop(Keeper::open(place.clone(), now_s()).unwrap());
    let tls = folder.path().join("tls");
    let ca = std::fs::read(tls.join("ca.crt")).unwrap();
    // The key of another authority, as after a mixed-up restore.
    let other = tempfile::tempdir().unwrap();
    drop(Keeper::open(own(other.path(), &["a.local"]), now_s()).unwrap());
    std::fs::copy(other.path().join("tls/ca.key"), tls.join("ca.key")).unwrap();
    let error = Keeper::open(place.clone(), now_s()).unwrap_err().to_string();
    assert!(error.contains("beside the certificate of \"Chairside authority"), "{error}");
    std::fs::remove_file(tls.join("ca.key")).unwrap();
    assert!(Keeper::open(place.clone(), now_s()).unwrap_err().to_string().contains("ca.key"));
    assert_eq!(std::fs::read(tls.join("ca.crt")).unwrap(), ca, "what devices trust is never replaced by itself");
    // A first start that was cut off before the certificate was written: nobody trusts it yet.
    std::fs::remove_file(tls.join("ca.crt")).unwrap();
    std::fs::write(tls.join("ca.part"), "half").unwrap();
    assert!(Keeper::open(place, now_s()).is_ok());
}
