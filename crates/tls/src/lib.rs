//! Certificates and TLS for screens, senders and the EHR.
//!
//! A server shows a [`Keeper`]'s certificate: one the clinic gave, read again when its files change, or one of the small
//! [`Authority`] of this installation, renewed by itself. [`Accept`] is the end that is connected to, [`Reach`] the end that
//! connects; both know TLS 1.2 and 1.3 with forward secrecy and nothing else. Whether a certificate is to be trusted is
//! always said by rustls; what this crate reads in certificates itself is names and dates.
//!
//! Time is a parameter where certificates are made or renewed. It opens no socket.
#![warn(missing_docs)]

mod authority;
mod ends;
mod facts;
mod files;
mod keeper;
mod name;
mod pem;

pub use authority::{AUTHORITY_DAYS, Authority, SERVER_DAYS};
pub use ends::{Accept, Reach, Unlisted, reason};
pub use facts::Facts;
pub use keeper::{Keeper, Place, RENEW_DAYS, Shown};
pub use name::{Name, NameError};
pub use pem::certificate as certificate_pem;

use rustls::crypto::{CryptoProvider, ring};
use std::path::PathBuf;
use std::sync::Arc;

/// The files of the authority and its certificate, inside the data folder.
pub const FOLDER: &str = "tls";

/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;

/// Why a certificate cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Others can read a secret.
    #[error("{}: others can read it ({mode:04o}), and it holds a secret key: run `chmod {wanted}` on it", path.display())]
    Wide {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// What they should be.
        wanted: &'static str,
    },
    /// The content is not what it has to be.
    #[error("{}: found {found}, expected {expected}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What should be there, or what to do.
        expected: &'static str,
    },
    /// Nothing is left that the authority may put into a certificate.
    #[error(
        "the authority in {} may sign none of the names {names}: move that folder away to have a new one made, which every \
         device then has to trust anew",
        folder.display()
    )]
    NoName {
        /// The authority's folder.
        folder: PathBuf,
        /// The names wanted.
        names: String,
    },
    /// A key or certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Make(String),
}

/// The one provider: suites of TLS 1.2 and 1.3, each with an ephemeral key exchange.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
