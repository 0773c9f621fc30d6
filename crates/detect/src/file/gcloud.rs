//! Google Cloud: the keys of service accounts and the refresh tokens of people.
//!
//! A service account's key is a private key as well, and its finder parses it; here it has its name.

use tightlip_report::{Confidence, Level};

use crate::context::judge::{credential, length_of};
use crate::key::judge::{armor, known};
use crate::read::json;
use crate::{Example, Finder, Found, Rule, Text};

static ACCOUNT: Rule = Rule::new(
    "gcp-service-account-key",
    "Google Cloud service account key",
    "Whoever holds it acts in the project as the service account.",
)
.of("Google Cloud")
.rotate("https://cloud.google.com/iam/docs/keys-create-delete")
.source("https://cloud.google.com/iam/docs/keys-create-delete");

static PERSON: Rule = Rule::new(
    "gcp-refresh-token",
    "Google Cloud refresh token",
    "Whoever holds it acts in Google Cloud as the person who logged in.",
)
.of("Google Cloud")
.source("https://cloud.google.com/docs/authentication/application-default-credentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "gcloud",
    rules: &[&ACCOUNT, &PERSON],
    wants: |_| true,
    keywords: &["\"service_account\"", "\"authorized_user\"", "\"refresh_token\""],
    find,
    hits: &[Example {
        path: "root/.config/gcloud/application_default_credentials.json",
        text: r#"{"client_id":"x","client_secret":"y","refresh_token":"1//{b64u:60}","type":"authorized_user"}"#,
        rule: "gcp-refresh-token",
    }],
    misses: &[
        Example { path: "doc.md", text: r#"{"type": "service_account", "private_key": "..."}"#, rule: "" },
        Example {
            path: "x.json",
            text: r#"{"grant_type":"refresh_token","type":"service_account"}"#,
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let has = |word: &[u8]| memchr::memmem::find(text.bytes, word).is_some();
    let (account, person) = (has(b"\"service_account\""), has(b"\"authorized_user\""));
    json::leaves(text.bytes, &mut |leaf| match leaf.key() {
        b"private_key" if account => {
            // Only what starts like a key of some length: the manual's dots are none.
            let long = leaf.value.len() > 200 && leaf.value.cut_at(b"PRIVATE KEY-----").is_some();
            if long {
                let secret = json::unescape(leaf.value.bytes()).into_owned();
                let published = published(&secret);
                let shape = length_of("service account key", secret.len());
                let found = Found::here(&ACCOUNT, leaf.value, shape).decoded(secret, &["json"]);
                out(if published { found.at(Level::Note, Confidence::High) } else { found });
            }
        }
        b"refresh_token" if person && leaf.value.len() >= 20 => {
            credential(&PERSON, leaf.value, "refresh token").into_iter().for_each(&mut *out);
        }
        _ => {}
    });
}

/// Whether the key is one that everybody has.
fn published(pem: &[u8]) -> bool {
    let label = memchr::memmem::find(pem, b"PRIVATE KEY-----");
    let body = label.and_then(|at| armor::around(pem, at)).map(|armor| armor.body);
    body.is_some_and(|body| known::known_test_material(&body).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_service_account_has_its_name() {
        let begin = concat!("-----BEGIN PRI", "VATE KEY-----");
        let text = format!(
            "{{\"type\": \"service_account\", \"private_key\": \"{begin}\\n{}\\n\"}}",
            "Ab9/".repeat(100)
        );
        let found = found_in(&FINDER, "sa.json", text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule.id, "gcp-service-account-key");
    }
}
