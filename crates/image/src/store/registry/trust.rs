//! Whose certificates are believed, and with which we say who we are: the system's, or Mozilla's where the system has
//! none, those that the user names, and those that lie in `certs.d`.
//!
//! Source: docker/docs "Verify repository client with certificates", containers-certs.d(5).

use std::path::{Path, PathBuf};

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, parse_pem};

use crate::store::RegistryOptions;

/// What a connection with TLS needs.
pub(super) struct Trust {
    /// Who is believed.
    pub(super) roots: RootCerts,
    /// Who we are, if the registry is to know.
    pub(super) own: Option<ClientCert>,
}

/// What is trusted for a registry, `host[:port]`.
///
/// # Errors
/// When a file cannot be read or does not hold what it should.
pub(super) fn of(host: &str, options: &RegistryOptions) -> Result<Trust, String> {
    let mut believed = of_system();
    if let Some(path) = &options.ca {
        believed.extend(certificates(path)?);
    }
    let files = beside(host, &options.certificates);
    for path in files.iter().filter(|path| ends(path, "crt")) {
        believed.extend(certificates(path)?);
    }
    let own = files.iter().find(|path| ends(path, "cert")).map(|path| {
        Ok::<_, String>(ClientCert::new_with_certs(
            &certificates(path)?,
            private_key(&path.with_extension("key"))?,
        ))
    });
    Ok(Trust { roots: or_mozilla(believed), own: own.transpose()? })
}

/// The files in the first folder that knows the host, by their names.
fn beside(host: &str, folders: &[PathBuf]) -> Vec<PathBuf> {
    // A host that is no name could lead out of the folder.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    if !host.bytes().all(plain) || host.starts_with('.') {
        return Vec::new();
    }
    let listed = folders.iter().find_map(|folder| std::fs::read_dir(folder.join(host)).ok());
    let mut files: Vec<PathBuf> = listed.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn ends(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}

/// The roots of trust of the system alone.
pub(in crate::store) fn system_roots() -> RootCerts {
    or_mozilla(of_system())
}

/// How many authorities the system names.
pub(in crate::store) fn system_authorities() -> usize {
    of_system().len()
}

fn of_system() -> Vec<Certificate<'static>> {
    let system = rustls_native_certs::load_native_certs().certs;
    system.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
}

fn or_mozilla(certificates: Vec<Certificate<'static>>) -> RootCerts {
    if certificates.is_empty() { RootCerts::WebPki } else { certificates.into() }
}

/// The certificates in a file.
///
/// # Errors
/// When it cannot be read or holds none.
pub(in crate::store) fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let certificate = |item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    };
    let found: Vec<_> = items(path)?.into_iter().filter_map(certificate).collect();
    if found.is_empty() { Err(wrong(path, "it holds no certificate in PEM")) } else { Ok(found) }
}

/// The private key in a file.
///
/// # Errors
/// When it cannot be read or holds none.
pub(in crate::store) fn private_key(path: &Path) -> Result<PrivateKey<'static>, String> {
    let key = |item| match item {
        PemItem::PrivateKey(key) => Some(key),
        _ => None,
    };
    let found = items(path)?.into_iter().find_map(key);
    found.ok_or_else(|| wrong(path, "it holds no private key in PEM"))
}

fn items(path: &Path) -> Result<Vec<PemItem<'static>>, String> {
    let pem = std::fs::read(path).map_err(|e| wrong(path, &e.to_string()))?;
    Ok(parse_pem(&pem).flatten().collect())
}

fn wrong(path: &Path, why: &str) -> String {
    format!("cannot use the certificates in {}: {why}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusting(ca: Option<PathBuf>, certificates: Vec<PathBuf>) -> Result<Trust, String> {
        of("r.example:5000", &RegistryOptions { ca, certificates, ..RegistryOptions::default() })
    }

    #[test]
    fn a_file_without_certificates_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        assert!(trusting(Some(path.clone()), Vec::new()).err().unwrap().contains("ca.pem"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(trusting(Some(path), Vec::new()).err().unwrap().contains("no certificate in PEM"));
        assert!(trusting(None, Vec::new()).is_ok());
    }

    #[test]
    fn the_folder_of_a_registry_is_looked_at_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let folders = vec![dir.path().join("none"), dir.path().to_owned()];
        for host in ["other.example", "r.example:5000"] {
            std::fs::create_dir(dir.path().join(host)).unwrap();
        }
        std::fs::write(dir.path().join("other.example/ca.crt"), "no certificate").unwrap();
        assert!(trusting(None, folders.clone()).is_ok());
        std::fs::write(dir.path().join("r.example:5000/ca.crt"), "no certificate").unwrap();
        assert!(trusting(None, folders.clone()).err().unwrap().contains("ca.crt"));
        assert!(beside("..", &folders).is_empty() && beside("a/b", &folders).is_empty());
    }
}
