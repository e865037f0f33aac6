//! The two ends of a connection, as rustls wants them configured.

use crate::facts::Facts;
use crate::files;
use crate::keeper::Shown;
use crate::{TlsError, pem, provider};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError, RootCertStore,
    ServerConfig, SignatureScheme, SupportedProtocolVersion, version,
};
use std::path::Path;
use std::sync::Arc;

/// Nothing older is spoken with anybody (S02).
const VERSIONS: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// The end that is connected to.
#[derive(Clone, Debug)]
pub struct Accept(Arc<ServerConfig>);

impl Accept {
    /// For browsers: nobody has to show a certificate.
    ///
    /// # Errors
    /// Never with the provider of this crate.
    pub fn browsers(shown: &Arc<Shown>) -> Result<Self, TlsError> {
        let mut config = builder()?.with_no_client_auth().with_cert_resolver(Arc::clone(shown) as _);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// For senders whose certificates are not asked for.
    ///
    /// # Errors
    /// Never with the provider of this crate.
    pub fn anybody(shown: &Arc<Shown>) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(builder()?.with_no_client_auth().with_cert_resolver(Arc::clone(shown) as _))))
    }

    /// For senders that have to show a certificate of an authority in the file `client_ca` and to be on the list `names`.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn listed(shown: &Arc<Shown>, client_ca: &Path, names: &[String]) -> Result<Self, TlsError> {
        let roots = Arc::new(roots(client_ca)?);
        let webpki = WebPkiClientVerifier::builder_with_provider(roots, provider())
            .build()
            .map_err(|error| TlsError::Make(error.to_string()))?;
        let verifier = Arc::new(Listed { webpki, names: names.into() });
        let mut config = builder()?.with_client_cert_verifier(verifier).with_cert_resolver(Arc::clone(shown) as _);
        // Every connection shows its certificate anew: one that ran out cannot live on in a session of before.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self(Arc::new(config)))
    }

    /// For whoever makes the connection.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0)
    }
}

fn builder() -> Result<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>, TlsError> {
    ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(VERSIONS)
        .map_err(|error| TlsError::Make(error.to_string()))
}

/// The end that connects. The certificate of the other end is always checked: authority, dates and name.
#[derive(Clone, Debug)]
pub struct Reach(Arc<ClientConfig>);

impl Reach {
    /// Trusts the authorities in the file `ca` and no others; shows a certificate of its own where one is given.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn new(ca: &Path, own: Option<&Arc<Shown>>) -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)
            .map_err(|error| TlsError::Make(error.to_string()))?
            .with_root_certificates(roots(ca)?);
        let config = match own {
            Some(own) => config.with_client_cert_resolver(Arc::clone(own) as _),
            None => config.with_no_client_auth(),
        };
        Ok(Self(Arc::new(config)))
    }

    /// For whoever makes the connection.
    #[must_use]
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }

    /// The name the other end's certificate has to be for, out of `host:port`; `None` when that is no host.
    #[must_use]
    pub fn name(to: &str) -> Option<ServerName<'static>> {
        let (host, _) = to.rsplit_once(':')?;
        ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()
    }
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates(path, &files::read(path)?)? {
        roots.add(certificate).map_err(|error| TlsError::Unusable {
            path: path.to_owned(),
            found: error.to_string(),
            expected: "certificates of authorities",
        })?;
    }
    Ok(roots)
}

/// A sender whose certificate is good and who is not on the list.
#[derive(Debug, thiserror::Error)]
#[error("its certificate is for {}, and `names` has none of these", .0.join(", "))]
pub struct Unlisted(Vec<String>);

/// What webpki says, and then the list.
#[derive(Debug)]
struct Listed {
    webpki: Arc<dyn ClientCertVerifier>,
    names: Arc<[String]>,
}

impl ClientCertVerifier for Listed {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.webpki.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.webpki.verify_client_cert(end_entity, intermediates, now)?;
        let facts = Facts::read(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        if facts.is_any_of(&self.names) {
            return Ok(verified);
        }
        Err(CertificateError::Other(OtherError(Arc::new(Unlisted(facts.identities)))).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// Why a handshake failed, for people.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let Some(said) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return error.to_string();
    };
    match said {
        Error::NoCertificatesPresented => "it shows no certificate".into(),
        Error::InvalidCertificate(CertificateError::Other(other)) => other.0.to_string(),
        Error::InvalidCertificate(why) => format!("its certificate is not accepted: {why}"),
        Error::InvalidMessage(_) => "what it says is no TLS".into(),
        Error::AlertReceived(alert) => format!("it ended the handshake: {alert:?}"),
        Error::PeerIncompatible(why) => format!("it knows neither TLS 1.2 nor 1.3 as spoken here ({why:?})"),
        other => other.to_string(),
    }
}
