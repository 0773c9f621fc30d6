//! Private keys: reported only when they parse.

mod base64_der;
mod der_file;
mod dns_key;
pub(crate) mod judge;
mod jwk;
mod keystore;
mod openvpn;
mod pem;
mod pgp;
mod putty;
mod wireguard;
mod xml_rsa;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &pem::FINDER,
    &pgp::FINDER,
    &putty::FINDER,
    &jwk::FINDER,
    &keystore::FINDER,
    &wireguard::FINDER,
    &openvpn::FINDER,
    &der_file::FINDER,
    &dns_key::FINDER,
    &xml_rsa::FINDER,
    &base64_der::FINDER,
];
