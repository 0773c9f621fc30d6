//! Private keys: reported only when they parse.

mod base64_der;
mod der_file;
mod dns_key;
mod gpg_agent;
pub(crate) mod judge;
mod jwk;
mod keystore;
mod openvpn;
mod pem;
mod pgp;
mod pgp_packets;
mod printed;
mod putty;
mod rsa_parameters;
mod signify;
mod solana;
mod ssh2;
mod tarsnap;
mod tor;
mod wireguard;
mod xml_rsa;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &pem::FINDER,
    &pgp::FINDER,
    &pgp_packets::FINDER,
    &gpg_agent::FINDER,
    &putty::FINDER,
    &jwk::FINDER,
    &rsa_parameters::FINDER,
    &keystore::FINDER,
    &wireguard::FINDER,
    &openvpn::FINDER,
    &der_file::FINDER,
    &dns_key::FINDER,
    &xml_rsa::FINDER,
    &base64_der::FINDER,
    &solana::FINDER,
    &signify::FINDER,
    &tor::FINDER,
    &ssh2::FINDER,
    &tarsnap::FINDER,
    &printed::FINDER,
];
