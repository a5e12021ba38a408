//! `gongfu hub serve`: the hub itself, until a signal ends it.

use super::Hub;
use super::args::ServeArgs;
use crate::base::clock::Clock;
use crate::cli::fail::{Exit, Fail};
use crate::cli::interrupt;
use crate::cli::out::Out;
use crate::hub::http::{Limits, Options, ServeError, Stop, TlsFiles, serve};
use crate::hub::keys;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks at whether a signal came.
const LOOK: Duration = Duration::from_millis(100);

/// Runs `hub serve`.
pub(super) fn run(hub: &Hub<'_>, args: &ServeArgs) -> Result<Exit, Fail> {
    hub.may_change()?;
    let context = hub.context;
    let clock = context.clock();
    let options = Options {
        listen: args.listen,
        place: hub.place.clone(),
        clock,
        tls: certificate(hub, args),
        limits: Limits::default(),
        notify: args.notify,
        demo: !matches!(clock, Clock::Real | Clock::Fixed(_)),
    };
    let (stop, signal) = (Stop::new(), interrupt::flag());
    let told = stop.clone();
    let watching = std::thread::Builder::new().name("signals".into()).spawn(move || {
        while !signal.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
        }
        told.tell();
    });
    watching.map_err(|e| fail(hub, &ServeError::Threads(e)))?;
    let (quiet, json) = (context.quiet, context.json);
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let ready = |address: std::net::SocketAddr| {
        let url = format!("{scheme}://{address}");
        let mut out = Out::new();
        // Nobody may be there to read it.
        let _ = match (json, quiet) {
            (true, _) => out.line(&json!({ "listen": url, "store": hub.place.to_string() }).to_string()),
            (false, false) => {
                out.line(&hub.words("hub-serve-ready", &[("url", url), ("place", hub.place.to_string())]))
            }
            (false, true) => Ok(()),
        };
        let _ = out.done();
    };
    serve(&options, ready, &stop).map_err(|e| fail(hub, &e))?;
    Ok(Exit::Done)
}

/// The certificate that was named, or the one `hub init` made.
fn certificate(hub: &Hub<'_>, args: &ServeArgs) -> Option<TlsFiles> {
    if let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) {
        return Some(TlsFiles { certificate: certificate.clone(), key: key.clone() });
    }
    let (certificate, key) = (hub.context.data_dir.join(keys::CERTIFICATE), hub.context.data_dir.join(keys::KEY));
    (certificate.exists() && key.exists()).then_some(TlsFiles { certificate, key })
}

fn fail(hub: &Hub<'_>, error: &ServeError) -> Fail {
    let text = |name: &'static str, value: String| vec![(name, value)];
    let (exit, code, args) = match error {
        ServeError::Plain(address) => (Exit::Usage, "serve-plain", text("address", address.to_string())),
        ServeError::Tls { path, what } => {
            (Exit::Input, "serve-tls", vec![("path", path.display().to_string()), ("why", what.clone())])
        }
        ServeError::NoLedger(path) => (Exit::Input, "serve-none", text("path", path.display().to_string())),
        ServeError::NoBell => (Exit::Usage, "serve-notify", text("place", hub.place.to_string())),
        ServeError::Held => (Exit::Refused, "serve-held", text("place", hub.place.to_string())),
        ServeError::Ledger(e) => return Fail::hub(&e.clone().into(), &hub.context.locale),
        ServeError::Listen(address, e) => {
            (Exit::Input, "serve-listen", vec![("address", address.to_string()), ("why", e.to_string())])
        }
        ServeError::Threads(e) => (Exit::Internal, "serve-threads", text("why", e.to_string())),
    };
    hub.fail(exit, code, &args)
}
