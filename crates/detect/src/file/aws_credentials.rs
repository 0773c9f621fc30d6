//! AWS's shared credentials file: the secret half of an access key, and session tokens.
//!
//! The access key id next to it is no secret by itself; the pair is one finding. It is told by its keys wherever it
//! lies, so `~/.aws/config`, a copy and a heredoc count as well.

use crate::context::judge::credential;
use crate::context::judge::value::{Worth, worth};
use crate::read::ini;
use crate::{Example, Finder, Found, Rule, Text};

static SECRET: Rule = Rule::new(
    "aws-secret-access-key",
    "AWS secret access key",
    "With the access key id next to it, whoever holds it acts in the AWS account as its owner.",
)
.of("AWS")
.rotate("https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html")
.source("https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html");

static SESSION: Rule = Rule::new(
    "aws-session-token",
    "AWS session token",
    "With the keys next to it, whoever holds it acts in the AWS account until it expires.",
)
.of("AWS")
.source("https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "aws-credentials",
    rules: &[&SECRET, &SESSION],
    wants: |_| true,
    keywords: &["aws_secret_access_key", "aws_session_token", "aws_security_token"],
    find,
    hits: &[
        Example {
            path: "root/.aws/credentials",
            text: "[default]\naws_access_key_id = x\naws_secret_access_key = a8/{b64:37}\n",
            rule: "aws-secret-access-key",
        },
        Example {
            path: "app/.env",
            text: "export AWS_SECRET_ACCESS_KEY='a8/{b64:37}'\n",
            rule: "aws-secret-access-key",
        },
        Example {
            path: "root/.aws/credentials",
            text: "aws_session_token={b64:300}\n",
            rule: "aws-session-token",
        },
    ],
    misses: &[
        Example {
            path: "root/.aws/credentials",
            text: "aws_secret_access_key = ${SECRET}\naws_session_token=\n",
            rule: "",
        },
        Example { path: "doc.md", text: "aws_secret_access_key = {b64:30}EXAMPLEKEY\n", rule: "" },
        Example { path: "x.py", text: "aws_secret_access_key=credentials.secret_key,\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes) {
        let key = pair.key.bytes().rsplit(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
        let value = pair.value.trim_of(|b| matches!(b, b',' | b';' | b'"' | b'\'' | b' '));
        let base64 = value.bytes().iter().all(|b| crate::read::base64::is_digit(*b));
        if !base64 || worth(value.bytes()) < Worth::Default {
            continue;
        }
        let found = if key.eq_ignore_ascii_case(b"aws_secret_access_key") && value.len() == 40 {
            credential(&SECRET, value, "AWS secret access key")
        } else if [&b"aws_session_token"[..], b"aws_security_token"]
            .iter()
            .any(|k| key.eq_ignore_ascii_case(k))
            && value.len() >= 80
        {
            credential(&SESSION, value, "AWS session token")
        } else {
            None
        };
        found.into_iter().for_each(&mut *out);
    }
}
