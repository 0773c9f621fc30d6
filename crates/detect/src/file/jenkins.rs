//! The keys of a Jenkins: `secrets/master.key` and what it opens, `secrets/hudson.util.Secret`.
//!
//! Together they decrypt every `{AQAA…}` of `credentials.xml` and the files of the jobs, so after a leak of both it is those
//! passwords and tokens that have to be changed, not only the keys.

use tightlip_report::{Confidence, Level};

use super::judge::{is_called, lies_at};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static MASTER: Rule = Rule::new(
    "jenkins-master-key",
    "Jenkins master key",
    "With `hudson.util.Secret` beside it, it decrypts every password and token in `credentials.xml` and the jobs: change those where they come from.",
)
.of("Jenkins")
.rotate("https://www.jenkins.io/doc/developer/security/secrets/")
.source("https://www.jenkins.io/doc/developer/security/secrets/");

static UTIL: Rule = Rule::new(
    "jenkins-secret-key",
    "Jenkins key of stored secrets, encrypted under the master key",
    "With `master.key` beside it, it decrypts every password and token in `credentials.xml` and the jobs: change those where they come from.",
)
.of("Jenkins")
.rotate("https://www.jenkins.io/doc/developer/security/secrets/")
.source("https://www.jenkins.io/doc/developer/security/secrets/")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "jenkins",
    rules: &[&MASTER, &UTIL],
    wants: |hint| is_called(hint, &["master.key"]) || is_util(hint),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "var/jenkins_home/secrets/master.key",
            text: "{hex:256}",
            rule: "jenkins-master-key",
        },
        Example { path: "backup/master.key", text: "{hex:256}\n", rule: "jenkins-master-key" },
    ],
    misses: &[
        Example { path: "app/config/master.key", text: "{hex:32}", rule: "" },
        Example { path: "var/jenkins_home/secrets/master.key", text: "see the vault\n", rule: "" },
        Example { path: "secrets/hudson.util.Secret", text: "import hudson.util.Secret\n", rule: "" },
    ],
};

/// 128 random bytes in hexadecimal.
const MASTER_LENGTH: usize = 256;
/// 256 random bytes and the mark behind them by which Jenkins knows that it decrypted well, in blocks of AES.
const UTIL_LENGTH: usize = 272;

fn is_util(hint: &Hint<'_>) -> bool {
    lies_at(hint, &["hudson.util.Secret", "com.cloudbees.plugins.credentials.SecretBytes.KEY"])
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    if is_util(&text.hint) {
        if text.binary && matches!(whole.len(), 256..=UTIL_LENGTH) {
            out(Found::here(&UTIL, whole, format!("key of {} bytes", whole.len())));
        }
        return;
    }
    let key = whole.trim();
    let bytes = key.bytes();
    let mixed = bytes.iter().any(|b| Some(b) != bytes.first());
    if key.len() == MASTER_LENGTH && bytes.iter().all(u8::is_ascii_hexdigit) && mixed {
        out(Found::here(&MASTER, key, "256 hexadecimal digits"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn the_key_under_the_master_key_is_a_warning() {
        let key: Vec<u8> = (0..272_u32).map(|n| (n * n * 37 + n * 101) as u8).collect();
        let found = found_in(&FINDER, "var/lib/jenkins/secrets/hudson.util.Secret", &key);
        assert_eq!(found[0].rule.id, "jenkins-secret-key");
        assert!(found_in(&FINDER, "var/lib/jenkins/secrets/hudson.util.Secret", &key[..90]).is_empty());
    }
}
