//! The only requests this program makes over HTTP: to the configured issuer, over TLS whose certificate is checked, and
//! wherever an answer points to is not gone to (S03).

use axum::body::{Body, to_bytes};
use chairside_tls::Reach;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Longest answer: what a provider says of itself has some KB, its keys some ten.
const ANSWER_MAX: usize = 256 * 1024;
/// From the begin of the connection to the end of the answer: a person waits, and her own request ends after 10 s.
const PATIENCE: Duration = Duration::from_secs(4);

/// What is sent to the token endpoint.
pub(super) struct Form {
    pub(super) body: String,
    /// The header that proves this program, where it goes into one.
    pub(super) proof: Option<String>,
}

/// Asks an address of the issuer's place. The answer has to be 200; anything else is told by its number alone.
///
/// # Errors
/// A sentence for the log; it repeats nothing of what was sent or answered.
pub(super) async fn ask(reach: &Reach, address: &str, form: Option<Form>) -> Result<Vec<u8>, String> {
    let asked = asked(reach, address, form);
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

async fn asked(reach: &Reach, address: &str, form: Option<Form>) -> Result<Vec<u8>, String> {
    let rest = address.strip_prefix("https://").ok_or("no https address")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    // An address of version 6 ends in a bracket, not in its port.
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let to = if has_port { host.to_owned() } else { format!("{host}:443") };
    let name = Reach::name(&to).ok_or("its host has no name a certificate could be for")?;
    let stream = TcpStream::connect(&*to).await.map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(reach.config()).connect(name, stream).await;
    let stream = stream.map_err(|error| chairside_tls::reason(&error))?;
    let (mut sender, connection) =
        http1::handshake::<_, Body>(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request(host, path, form)?).await.map_err(|error| error.to_string());
    let read = match answer {
        Ok(answer) if answer.status() == StatusCode::OK => {
            let bytes = to_bytes(Body::new(answer.into_body()), ANSWER_MAX).await;
            bytes.map(Vec::from).map_err(|_| format!("more than {ANSWER_MAX} bytes, or a broken answer"))
        }
        Ok(answer) => Err(format!("status {} found, 200 expected", answer.status().as_u16())),
        Err(error) => Err(error),
    };
    connection.abort();
    read
}

fn request(host: &str, path: &str, form: Option<Form>) -> Result<Request<Body>, String> {
    let request = Request::builder().uri(path).header(header::HOST, host).header(header::ACCEPT, "application/json");
    let request = match form {
        None => request.body(Body::empty()),
        Some(Form { body, proof }) => {
            let request = request.method("POST").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            match proof {
                Some(proof) => request.header(header::AUTHORIZATION, proof),
                None => request,
            }
            .body(Body::from(body))
        }
    };
    request.map_err(|_| "the request cannot be written".to_owned())
}
