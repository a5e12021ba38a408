//! TLS with keys the hub made itself: trusted by who has the authority's file, by nobody else.

use super::wire::Wire;
use super::{Hub, console, options};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use gongfu::hub::http::{ServeError, Stop, TlsFiles, serve};
use gongfu::hub::keys::{self, Keys, KeysError};
use gongfu::wire::protocol::HEAD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn made(dir: &Path) -> Keys {
    keys::make(dir, &["hub.example".into(), "127.0.0.1".into()], at(0)).expect("keys")
}

/// The time of the test's keys, not of the machine.
#[derive(Debug)]
struct Then;

impl rustls::time_provider::TimeProvider for Then {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(at(0).as_second()).expect("after 1970");
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn connect(
    address: SocketAddr,
    ca: &Path,
    name: &str,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> Result<Tls, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).expect("a certificate")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Then))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut tls = StreamOwned::new(client, socket);
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock)?;
    }
    Ok(tls)
}

fn secured(bench: &Bench, keys: &Keys) -> Hub {
    Hub::with(bench, |o| {
        o.listen = "0.0.0.0:0".parse().expect("an address");
        o.tls = Some(TlsFiles { certificate: keys.certificate.clone(), key: keys.key.clone() });
    })
}

#[test]
fn a_console_with_the_authoritys_file_speaks_tls_and_one_with_another_does_not() {
    let bench = &benches()[0];
    let (dir, strange) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (keys, others) = (made(dir.path()), made(strange.path()));
    let hub = secured(bench, &keys);
    let address = SocketAddr::from(([127, 0, 0, 1], hub.address.port()));
    let (_, token) = console(bench, 0);
    for (version, name) in [(&rustls::version::TLS13, "hub.example"), (&rustls::version::TLS12, "127.0.0.1")] {
        let tls = connect(address, &keys.ca, name, &[version], &["http/1.1"]).expect("a connection");
        assert_eq!(tls.conn.protocol_version(), Some(version.version));
        let mut wire = Wire::over(tls);
        for _ in 0..2 {
            let reply = wire.ask("GET", HEAD, &[&super::bearer(&token)], b"");
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
    }
    let all = rustls::ALL_VERSIONS;
    let newest = connect(address, &keys.ca, "hub.example", all, &["h2", "http/1.1"]).expect("a connection");
    assert_eq!(
        (newest.conn.protocol_version(), newest.conn.alpn_protocol()),
        (Some(ProtocolVersion::TLSv1_3), Some(&b"h2"[..]))
    );
    assert!(connect(address, &others.ca, "hub.example", all, &[]).is_err(), "another authority");
    assert!(connect(address, &keys.ca, "other.example", all, &[]).is_err(), "another name");
    // Who does not speak TLS at all gets no answer in the open.
    let mut plain = Wire::open(address);
    plain.send(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n").expect("sent");
    let mut first = [0_u8; 1];
    let read = std::io::Read::read(&mut plain.into_inner(), &mut first);
    assert!(!matches!(read, Ok(1)) || first[0] != b'H', "{read:?}");
    let tls = connect(address, &keys.ca, "hub.example", all, &[]).expect("the hub goes on");
    assert_eq!(Wire::over(tls).ask("GET", "/healthz", &[], b"").status, 200);
}

#[test]
fn keys_are_private_and_never_overwritten() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(matches!(keys::make(dir.path(), &[], at(0)), Err(KeysError::Nameless)));
    assert!(keys::make(dir.path(), &["not a name\u{e9}".into()], at(0)).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0, "nothing half made");
    let keys = made(dir.path());
    let text = |p: &Path| std::fs::read_to_string(p).expect("text");
    let mode = |p: &Path| p.metadata().expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode(&keys.key), mode(&dir.path().join(keys::CA_KEY))), (0o600, 0o600));
    let before: Vec<String> = [&keys.ca, &keys.certificate, &keys.key].map(|p| text(p)).to_vec();
    let again = keys::make(dir.path(), &["hub.example".into()], at(0));
    assert!(matches!(again, Err(KeysError::There(_))), "{again:?}");
    assert_eq!([&keys.ca, &keys.certificate, &keys.key].map(|p| text(p)).to_vec(), before);
    std::fs::remove_file(&keys.ca).expect("removed");
    assert!(keys::make(dir.path(), &["hub.example".into()], at(0)).is_err(), "one of them is enough");
    assert!(!keys.ca.exists());
}

#[test]
fn files_that_are_no_keys_are_named() {
    let bench = &benches()[0];
    let dir = tempfile::tempdir().expect("a folder");
    let (keys, others) = (made(dir.path()), tempfile::tempdir().expect("a folder"));
    let others = made(others.path());
    let missing = dir.path().join("missing.pem");
    for (certificate, key, named) in [
        (&missing, &keys.key, &missing),
        (&keys.key, &keys.key, &keys.key),
        (&keys.certificate, &missing, &missing),
        (&keys.certificate, &keys.certificate, &keys.certificate),
        (&keys.certificate, &others.key, &keys.certificate),
    ] {
        let mut options = options(bench);
        options.tls = Some(TlsFiles { certificate: certificate.clone(), key: key.clone() });
        let e = serve(&options, |_| panic!("it serves"), &Stop::new()).expect_err("it does not begin");
        assert!(matches!(&e, ServeError::Tls { path, .. } if path == named), "{e}");
        assert!(e.to_string().contains(&named.display().to_string()), "{e}");
    }
}
