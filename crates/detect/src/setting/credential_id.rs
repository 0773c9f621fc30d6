//! Names of credentials that Jenkins keeps: `credentials('3f2b…')`, `credentialsId: '3f2b…'`. Jenkins makes UUIDs for them, which open
//! nothing by themselves. <https://www.jenkins.io/doc/book/using/using-credentials/>

use crate::candidate::Candidate;

/// How far before its quote the call or name begins, in bytes.
const NEAR: usize = 20;

/// Whose name it is, where it is one of those.
pub(super) fn of_jenkins(text: &[u8], candidate: &Candidate<'_>) -> Option<&'static str> {
    let start = candidate.span.start;
    let before = text.get(start.saturating_sub(NEAR)..start)?;
    let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\""))?;
    let before = before.trim_ascii_end();
    let named = [&b"credentials("[..], b"credentialsId:", b"credentialsId =", b"credentialsId("];
    named.iter().any(|name| before.ends_with(name)).then_some("the name of a credential in Jenkins")
}

#[cfg(test)]
mod tests {
    use crate::{Hint, RuleSet, Sampler, Scanner, ScannerOptions};
    use tightlip_report::Level;

    #[test]
    fn the_name_of_a_credential_fails_no_build() {
        let uuid = String::from_utf8(Sampler::new(3).expand("{uuid}").unwrap()).unwrap();
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let denied = |text: &str| {
            struct Denied(bool);
            impl crate::Sink for Denied {
                fn hit(&mut self, found: &crate::Match<'_>) {
                    self.0 |= found.level == Level::Deny;
                }

                fn gap(&mut self, _: crate::Skipped) {}
            }
            let mut seen = Denied(false);
            scanner.bytes(Hint::File(b"ci/Jenkinsfile"), text.as_bytes(), &mut seen);
            seen.0
        };
        assert!(!denied(&format!("NEXUS_TOKEN = credentials('{uuid}')\n")));
        assert!(denied(&format!("NEXUS_TOKEN = '{uuid}'\n")));
    }
}
