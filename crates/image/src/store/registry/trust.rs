//! Whose certificates are believed: the system's, or Mozilla's where the system has none, and those that the user
//! names.

use std::path::Path;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

/// The roots of trust.
///
/// # Errors
/// When the user's file cannot be read or holds no certificate.
pub(super) fn roots(extra: Option<&Path>) -> Result<RootCerts, String> {
    let mut certificates = of_system();
    if let Some(path) = extra {
        certificates.extend(read(path)?);
    }
    Ok(or_mozilla(certificates))
}

/// The roots of trust of the system alone.
pub(in crate::store) fn system_roots() -> RootCerts {
    or_mozilla(of_system())
}

fn of_system() -> Vec<Certificate<'static>> {
    let system = rustls_native_certs::load_native_certs().certs;
    system.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
}

fn or_mozilla(certificates: Vec<Certificate<'static>>) -> RootCerts {
    if certificates.is_empty() { RootCerts::WebPki } else { certificates.into() }
}

fn read(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let wrong = |why: &str| format!("cannot use the certificates in {}: {why}", path.display());
    let pem = std::fs::read(path).map_err(|e| wrong(&e.to_string()))?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    let found: Vec<_> = parse_pem(&pem).filter_map(certificate).collect();
    if found.is_empty() { Err(wrong("it holds no certificate in PEM")) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        assert!(roots(Some(&path)).unwrap_err().contains("ca.pem"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(roots(Some(&path)).unwrap_err().contains("no certificate in PEM"));
        assert!(roots(None).is_ok());
    }
}
