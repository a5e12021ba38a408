//! Keys of a hub without a certificate from elsewhere: an authority of its own and a certificate signed by it, as PEM files.
//!
//! Owns their names in a folder. Overwrites nothing: consoles trust what was made once.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What consoles trust.
pub const CA: &str = "ca.pem";
/// The authority's own key: wanted again only for the next certificate; better kept elsewhere.
pub const CA_KEY: &str = "ca.key.pem";
/// The hub's certificate.
pub const CERTIFICATE: &str = "hub.pem";
/// The hub's key.
pub const KEY: &str = "hub.key.pem";

/// How long the authority is good for: consoles carry its file for years.
const CA_YEARS: i64 = 10;
/// How long the hub's certificate is good for.
const YEARS: i64 = 2;

/// Why no keys were made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("{0} is there already; keys are never overwritten: use it, or move it away first")]
    There(PathBuf),
    #[error("a hub's certificate must name at least one host name or address")]
    Nameless,
    #[error("{path} cannot be written: {error}")]
    Write { path: PathBuf, error: std::io::Error },
    #[error("the certificate cannot be made: {0}")]
    Make(#[from] rcgen::Error),
}

/// The files that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Makes an authority and a certificate for these host names and addresses in `dir`, from the day before `now` on: the clocks of
/// consoles differ. Private keys can be read by their owner only.
///
/// # Errors
/// When one of the files is there already (nothing is made then), a name is none, or a file cannot be written.
pub fn make(dir: &Path, names: &[String], now: Timestamp) -> Result<Keys, KeysError> {
    let [ca, ca_key, certificate, key] = [CA, CA_KEY, CERTIFICATE, KEY].map(|name| dir.join(name));
    if let Some(there) = [&ca, &ca_key, &certificate, &key].into_iter().find(|p| p.symlink_metadata().is_ok()) {
        return Err(KeysError::There(there.clone()));
    }
    if names.is_empty() {
        return Err(KeysError::Nameless);
    }
    let authority = authority(now)?;
    let authority_key = KeyPair::generate()?;
    let authority_text = authority.self_signed(&authority_key)?.pem();
    let own_key = KeyPair::generate()?;
    let authority_key_text = authority_key.serialize_pem();
    let own = own(names, now)?.signed_by(&own_key, &Issuer::new(authority, authority_key))?;
    write(&ca_key, &authority_key_text, 0o600)?;
    write(&key, &own_key.serialize_pem(), 0o600)?;
    write(&ca, &authority_text, 0o644)?;
    write(&certificate, &own.pem(), 0o644)?;
    Ok(Keys { ca, certificate, key })
}

fn authority(now: Timestamp) -> Result<CertificateParams, KeysError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    valid(&mut params, now, CA_YEARS);
    params.distinguished_name.push(DnType::CommonName, "gongfu hub authority");
    // It signs hubs, no further authorities.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn own(names: &[String], now: Timestamp) -> Result<CertificateParams, KeysError> {
    let mut params = CertificateParams::new(names)?;
    valid(&mut params, now, YEARS);
    params.distinguished_name.push(DnType::CommonName, "gongfu hub");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn valid(params: &mut CertificateParams, now: Timestamp, years: i64) {
    let after = |days: i64| {
        let at = now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let day: Date = at.to_zoned(TimeZone::UTC).date();
        let part = |n: i8| u8::try_from(n).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(day.year()), part(day.month()), part(day.day()))
    };
    params.not_before = after(-1);
    params.not_after = after(365 * years);
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), KeysError> {
    let error = |error| KeysError::Write { path: path.to_owned(), error };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(error)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(error)
}
