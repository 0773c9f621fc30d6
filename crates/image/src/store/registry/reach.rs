//! Why nobody answers, without anything that a request holds.

use super::address::Address;
use super::error::{Reach, RegistryError};

/// A transport's error.
pub(super) fn reach(url: &Address, error: ureq::Error) -> RegistryError {
    let why = match error {
        ureq::Error::HostNotFound => Reach::NoHost,
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            Reach::TooSlow("the time for connecting")
        }
        ureq::Error::Timeout(_) => Reach::TooSlow("the time for an answer"),
        ureq::Error::Io(e) => reach_io(&e),
        ureq::Error::Tls(why) => Reach::Tls(why.to_owned()),
        ureq::Error::Rustls(why) => Reach::Tls(why.to_string()),
        ureq::Error::Protocol(why) => Reach::Other(format!("the answer is no HTTP: {why}")),
        ureq::Error::ConnectProxyFailed(_) => Reach::Other("the proxy does not let us through".to_owned()),
        ureq::Error::ConnectionFailed => Reach::Other("the connection failed".to_owned()),
        _ => Reach::Other("the request failed".to_owned()),
    };
    RegistryError::Unreachable { host: url.host(), why }
}

fn reach_io(error: &std::io::Error) -> Reach {
    use std::io::ErrorKind;
    let text = error.to_string();
    match error.kind() {
        ErrorKind::ConnectionRefused => Reach::Refused,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Reach::TooSlow("the time for an answer"),
        // rustls comes through as data that is wrong.
        ErrorKind::InvalidData => Reach::Tls(text),
        _ if text.contains("lookup address") => Reach::NoHost,
        _ => Reach::Other(text),
    }
}
