//! TLS: the certificate and its key from files.
//!
//! Owns which versions and protocols are spoken: TLS 1.3 and 1.2, HTTP/2 and HTTP/1.1.

use super::ServeError;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// PEM files: the certificate with those that lead to its authority, and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The protocol of a connection, as both sides agree on it.
pub(super) const H2: &[u8] = b"h2";

pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ServeError> {
    let bad = |path: &Path, what: String| ServeError::Tls { path: path.to_owned(), what };
    let no_certificate = |e: rustls::pki_types::pem::Error| bad(&files.certificate, format!("no certificate: {e}"));
    let chain = CertificateDer::pem_file_iter(&files.certificate).map_err(no_certificate)?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(no_certificate)?;
    if chain.is_empty() {
        return Err(bad(&files.certificate, "no certificate is in this file".into()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| bad(&files.key, format!("no private key: {e}")))?;
    let unfit = |e: rustls::Error| bad(&files.certificate, format!("certificate and key do not serve: {e}"));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unfit)?;
    config.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
