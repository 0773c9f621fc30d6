//! Poetry's and uv's `auth.toml` and `credentials.toml`: tokens and passwords of Python package indexes.

use super::judge::lies_at;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "python-index-credential",
    "Credential of a Python package index",
    "Whoever holds it can install, and often upload, packages as its owner.",
)
.of("Poetry")
.source("https://python-poetry.org/docs/repositories/#configuring-credentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "poetry-auth",
    rules: &[&RULE],
    wants: |hint| {
        lies_at(hint, &["pypoetry/auth.toml", "uv/credentials/credentials.toml", "poetry/auth.toml"])
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.config/pypoetry/auth.toml",
            text: "[pypi-token]\npypi = \"a1{base62:30}\"\n",
            rule: "python-index-credential",
        },
        Example {
            path: "root/.local/share/uv/credentials/credentials.toml",
            text: "[[credential]]\nservice = \"https://h/\"\nusername = \"bob\"\npassword = \"p{lower:8}\"\n",
            rule: "python-index-credential",
        },
    ],
    misses: &[Example {
        path: "root/.config/pypoetry/auth.toml",
        text: "[http-basic.x]\nusername = \"bob\"\npassword = \"\"\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut in_tokens = false;
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        if line.bytes().starts_with(b"[") {
            in_tokens = line.strip("[pypi-token").is_some();
        }
        let Some((key, value)) = line.cut(|b| b == b'=') else { continue };
        if in_tokens || key.trim().is("password") || key.trim().is("token") {
            credential(&RULE, value.trim().unquote(), "index credential").into_iter().for_each(&mut *out);
        }
    }
}
