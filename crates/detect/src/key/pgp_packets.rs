//! OpenPGP private keys as bare packets, under any name: `secring.gpg`, `gpg --export-secret-keys >key`.
//!
//! The packets must parse to the end of the key, and the sum over the secret numbers must hold where there is one. A key under a
//! passphrase is a warning; a stub of GnuPG for a key that is kept elsewhere is none.

use super::judge::known;
use super::judge::openpgp::{Held, transferable};
use super::{pgp, pgp::kind};
use crate::read::Part;
use crate::{Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pgp-packets",
    rules: &[&pgp::PLAIN, &pgp::ENCRYPTED],
    wants: |_| true,
    keywords: &[],
    find,
    hits: &[],
    misses: &[],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // A secret key in the old and the new form of packets.
    if !matches!(text.bytes, [0x94..=0x96 | 0xc5, _, _, ..]) {
        return;
    }
    for key in transferable(text.bytes).into_iter().take_while(|key| key.sound) {
        let Some((rule, word)) = kind(key.held) else { continue };
        let sum = if key.held == Held::Open { ", checksum holds" } else { "" };
        out(known::lowered(Found::here(rule, Part::between(text.bytes, key.span), format!("{word}{sum}"))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;
    use crate::key::judge::openpgp::tests::{packet, secret};

    #[test]
    fn keys_are_found_by_their_packets() {
        let shapes = |bytes: &[u8]| -> Vec<String> {
            found_in(&FINDER, "srv/blob", bytes).into_iter().map(|found| found.shape).collect()
        };
        let open = packet(5, &secret(&[0]));
        let stub = packet(5, &secret(b"\xff\x07\x65\x00GNU\x01"));
        assert_eq!(shapes(&open), ["OpenPGP private key, checksum holds"]);
        assert_eq!(shapes(&packet(5, &secret(&[254, 7, 3, 8]))), ["encrypted OpenPGP private key"]);
        assert!(shapes(&stub).is_empty());
        assert_eq!(shapes(&[&stub[..], &packet(7, &secret(&[0]))].concat()).len(), 1);
        assert_eq!(shapes(&[&open[..], &packet(13, b"x@y.z"), &open].concat()).len(), 2);
        assert!(shapes(&open[..open.len() - 1]).is_empty());
        assert!(shapes(&packet(6, &secret(&[0]))).is_empty(), "a public key");
    }
}
