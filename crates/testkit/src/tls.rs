//! A certificate authority for one test, a server with a certificate of it, and a client with another.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// What a client needs, in PEM.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The certificate of the authority.
    pub authority: String,
    /// The client's certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The server's side, and the authority's certificate in PEM.
pub(crate) fn authority() -> (Arc<ServerConfig>, String) {
    let issuer = issuer();
    (server(&issuer, None), issuer.pem())
}

/// The side of a server that wants to know who asks, and what that takes.
pub(crate) fn mutual() -> (Arc<ServerConfig>, Papers) {
    let issuer = issuer();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["client".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let papers = Papers { authority: issuer.pem(), certificate: own.pem(), key: key.serialize_pem() };
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    (server(&issuer, Some(roots)), papers)
}

fn issuer() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that lets in everybody, or only who has a certificate of these authorities.
fn server(issuer: &Authority, clients: Option<RootCertStore>) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    Arc::new(builder.with_single_cert(vec![own.der().clone()], key).unwrap())
}
