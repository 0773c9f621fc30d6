//! The key that Debian's package ssl-cert makes for the machine that it is installed on, with a certificate that it signs itself, so
//! that servers start. Installed in a build, it is in the image, and whoever has that has the key.
//! <https://packages.debian.org/stable/ssl-cert>

use crate::Hint;
use crate::candidate::{Candidate, Rank};

/// What is said of a key that lies where the package puts its own.
pub(super) fn snakeoil(hint: &Hint<'_>, candidate: &Candidate<'_>) -> Option<&'static str> {
    let its_own = candidate.rank == Rank::Key && hint.path().ends_with(PATH);
    its_own.then_some("made by the package ssl-cert for a certificate that nobody should trust: whoever has the image has it")
}

const PATH: &[u8] = b"etc/ssl/private/ssl-cert-snakeoil.key";

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;
    use tightlip_report::Level;

    use crate::key::judge::tests::rsa_key;
    use crate::{Hint, Match, RuleSet, Scanner, ScannerOptions, Sink, Skipped};

    struct Told(Vec<Level>);

    impl Sink for Told {
        fn hit(&mut self, found: &Match<'_>) {
            self.0.push(found.level);
        }

        fn gap(&mut self, _: Skipped) {}
    }

    #[test]
    fn the_key_of_the_package_is_a_warning_where_it_lies() {
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let label = concat!("RSA PRI", "VATE KEY");
        let key =
            format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(rsa_key(2048)));
        let levels = |path: &str| {
            let mut told = Told(Vec::new());
            scanner.bytes(Hint::File(path.as_bytes()), key.as_bytes(), &mut told);
            told.0
        };
        assert_eq!(levels("etc/ssl/private/ssl-cert-snakeoil.key"), [Level::Warn]);
        assert_eq!(levels("etc/ssl/private/server.key"), [Level::Deny]);
    }
}
